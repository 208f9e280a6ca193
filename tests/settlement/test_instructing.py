"""Instructions and shares: four eyes, the order of quorums, coins and nonces, deadlines."""

import pytest

from countersign.settlement.records import ContractState
from support import settlement_world as world
from support.settlement_world import Desk, Trade


@pytest.fixture
def instructed() -> tuple[Desk, Trade]:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="instructed")
    return desk, trade


def test_the_share_that_completes_the_first_quorum_waits_for_the_other(
    instructed: tuple[Desk, Trade],
) -> None:
    desk, trade = instructed
    psbt, safe = desk.instructions(trade)
    desk.log(*world.share_step(psbt, "officer-a", "meridian-btc"))
    assert desk.attempt(*world.share_step(psbt, "officer-c", "meridian-btc")) == "settlement.first-quorum"
    desk.log(*world.share_step(safe, "officer-a", "harbour-safe"))
    desk.log(*world.share_step(psbt, "officer-c", "meridian-btc"))
    assert desk.stands(trade) is ContractState.PARTLY_SIGNED
    desk.log(*world.share_step(safe, "officer-d", "harbour-safe"))
    assert desk.stands(trade) is ContractState.SIGNED
    assert desk.attempt(*world.share_step(safe, "officer-c", "harbour-safe")) == "settlement.wrong-state"


def test_one_officer_counts_once(instructed: tuple[Desk, Trade]) -> None:
    desk, trade = instructed
    psbt, _ = desk.instructions(trade)
    desk.log(*world.share_step(psbt, "officer-a", "meridian-btc"))
    assert desk.attempt(*world.share_step(psbt, "officer-a", "meridian-btc")) == "settlement.share-twice"


def test_a_complete_quorum_takes_no_more(instructed: tuple[Desk, Trade]) -> None:
    desk, trade = instructed
    psbt, safe = desk.instructions(trade)
    for name, vault in ((psbt, "meridian-btc"), (safe, "harbour-safe")):
        desk.log(*world.share_step(name, "officer-a", vault))
    desk.log(*world.share_step(psbt, "officer-c", "meridian-btc"))
    assert desk.attempt(*world.share_step(psbt, "officer-d", "meridian-btc")) == "settlement.quorum-complete"


def test_who_prepares_does_not_sign() -> None:
    desk = world.founded()
    entry = world.officer_entry("officer-a") | {"roles": ["operations", "signing"]}
    desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "officers": [entry]})
    trade = desk.trade()
    desk.play(trade, until="held")
    desk.log("cycle.closed", ["desk"], world.builder.cycle_body(trade.cycle, [trade.hash], world.START))
    desk.log("instruction.prepared", ["officer-a"], world.psbt_body(trade))
    desk.log("instruction.prepared", ["operations"], desk.safe_body(trade))
    psbt, safe = desk.instructions(trade)
    for name, vault in ((psbt, "meridian-btc"), (safe, "harbour-safe")):
        assert desk.attempt(*world.share_step(name, "officer-a", vault)) == "C5.preparer-signs"
        assert desk.attempt(*world.share_step(name, "officer-c", vault)) is None


def test_who_prepared_what_another_took_the_place_of_before_anybody_signed_may_sign() -> None:
    desk = world.founded()
    entry = world.officer_entry("officer-a") | {"roles": ["operations", "signing"]}
    desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "officers": [entry]})
    trade = desk.trade()
    desk.play(trade, until="held")
    desk.log("cycle.closed", ["desk"], world.builder.cycle_body(trade.cycle, [trade.hash], world.START))
    desk.log("instruction.prepared", ["officer-a"], world.psbt_body(trade))
    desk.log("instruction.prepared", ["operations"], desk.safe_body(trade))
    safe = desk.instructions(trade)[1]
    assert desk.attempt(*world.share_step(safe, "officer-a", "harbour-safe")) == "C5.preparer-signs"
    asked_again = world.psbt_body(trade)
    for body, code in ((asked_again, "C5.preparer-signs"), (asked_again | {"artefact": world.digest("others")}, None)):
        desk.log("instruction.prepared", ["operations"], body)
        for name, vault in zip(desk.instructions(trade), ("meridian-btc", "harbour-safe"), strict=True):
            assert desk.attempt(*world.share_step(name, "officer-a", vault)) == code


def test_a_share_covers_every_slot_with_the_officers_own_keys(instructed: tuple[Desk, Trade]) -> None:
    desk, trade = instructed
    psbt, safe = desk.instructions(trade)
    body = world.share_body(psbt, "officer-a", "meridian-btc")
    keys = [world.vault_key("officer-a", "bip122", "meridian", slot).kid for slot in range(4)]
    theirs = world.vault_key("officer-c", "bip122", "meridian", 2).kid
    cases = {
        "settlement.share-incomplete": [sorted(keys[:2]), sorted(keys), sorted([keys[0], keys[1], keys[3]])],
        "settlement.share-key": [sorted([*keys[:2], theirs]), sorted([*keys[:2], world.identity("officer-a").kid])],
    }
    for code, wrong in cases.items():
        for chosen in wrong:
            assert desk.attempt("share.added", ["desk", "officer-a"], {**body, "keys": chosen}) == code
    assert desk.attempt("share.added", ["desk", "officer-c"], body) == "settlement.share-key"
    assert desk.attempt("share.added", ["desk", "officer-a"], {**body, "instruction": safe}) == "settlement.share-vault"
    assert desk.attempt("share.added", ["desk", "officer-a"], body) is None


def test_until_the_first_share_another_instruction_may_take_its_place(instructed: tuple[Desk, Trade]) -> None:
    desk, trade = instructed
    old, safe = desk.instructions(trade)
    body = world.psbt_body(trade) | {"artefact": world.digest("better psbt")}
    desk.log("instruction.prepared", ["operations"], body)
    new, _ = desk.instructions(trade)
    assert desk.state.instruction(old).superseded_by == new
    assert desk.stands(trade) is ContractState.INSTRUCTED
    assert desk.attempt(*world.share_step(old, "officer-a", "meridian-btc")) == "settlement.superseded"
    desk.log(*world.share_step(safe, "officer-a", "harbour-safe"))
    assert desk.attempt("instruction.prepared", ["operations"], body) == "settlement.wrong-state"


def test_a_coin_is_spent_by_one_instruction_only() -> None:
    desk = world.founded(bitcoin=60_000_000_000, dollars=45_000_000_000_000)
    first, second = desk.trade(), desk.trade()
    desk.play(first, until="instructed")
    desk.play(second, until="held")
    desk.log("cycle.closed", ["desk"], world.builder.cycle_body(second.cycle, [second.hash], world.START))
    body = world.psbt_body(second) | {"spends": world.psbt_body(first)["spends"]}
    assert desk.attempt("instruction.prepared", ["operations"], body) == "B12.outpoint-taken"
    reason = {"contract": first.hash, "reason": "Called off."}
    desk.log("contract.cancelled", ["meridian", "harbour"], reason)
    assert desk.attempt("instruction.prepared", ["operations"], body) is None


def coin(vault: str, slot: int) -> dict[str, object]:
    return {"outpoint": "ab" * 32 + ":0", "vault": vault, "slot": slot}


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"vaults": ["harbour-btc"]}, "settlement.not-owed"),
        ({"vaults": ["harbour-btc", "meridian-btc"]}, "settlement.not-owed"),
        ({"chain": "bip122:000000000019d6689c085ae165831e93"}, "settlement.not-owed"),
        ({"contracts": ["ab" * 32]}, "settlement.instruction-contracts"),
        ({"cycle": "cycle-9"}, "settlement.unknown-cycle"),
        ({"nonce": 0}, "settlement.instruction-kind"),
        ({"spends": []}, "settlement.instruction-kind"),
        ({"spends": [{"outpoint": "ab" * 32 + ":0", "vault": "harbour-btc", "slot": 0}]}, "settlement.foreign-coin"),
        ({"spends": [{"outpoint": "ab" * 32 + ":0", "vault": "meridian-btc", "slot": 9}]}, "settlement.slot-unknown"),
        (
            {"spends": [{"outpoint": "ab" * 32 + ":0", "vault": "meridian-btc", "slot": 0}] * 2},
            "settlement.outpoint-twice",
        ),
    ],
)
def test_an_instruction_is_for_what_the_cycle_owes(changes: dict[str, object], code: str) -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="held")
    desk.log("cycle.closed", ["desk"], world.builder.cycle_body(trade.cycle, [trade.hash], world.START))
    body = world.psbt_body(trade)
    event = world.jose.serialise(
        world.sign(
            world.builder.jcs.encode(
                {
                    "type": "instruction.prepared",
                    "desk": world.ORIGIN,
                    "id": "raw",
                    "at": world.times.text(desk.now_ms // 1_000),
                    "body": body | changes,
                }
            ),
            world.events.TYP,
            ["operations"],
        )
    )
    with pytest.raises(world.CountersignError) as caught:
        desk.append(world.machine.Entry(len(desk.entries), desk.now_ms, event))
    assert caught.value.code == code
    assert desk.attempt("instruction.prepared", ["operations"], body) is None


@pytest.mark.parametrize("chain", ["eip155:1", "eip155:31338"])
def test_an_instruction_on_a_chain_that_the_registry_does_not_give_its_safe_is_refused(chain: str) -> None:
    """A Safe's chain is its registered vault's; the same address on another chain is nobody's (E1)."""
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="held")
    desk.log("cycle.closed", ["desk"], world.builder.cycle_body(trade.cycle, [trade.hash], world.START))

    def prepared(chain: str) -> dict[str, object]:
        return world.builder.safe_instruction_body(trade.cycle, [trade.hash], chain, "harbour-safe", "ab" * 32, 0)

    assert chain not in {each.chain for each in desk.state.roster.vaults.values()}
    assert desk.attempt("instruction.prepared", ["operations"], prepared(chain)) == "settlement.not-owed"
    assert desk.attempt("instruction.prepared", ["operations"], prepared(world.ETHEREUM)) is None


def test_a_request_lives_a_day_by_entry_time_and_ends_with_the_contracts_window(instructed: tuple[Desk, Trade]) -> None:
    desk, trade = instructed
    psbt, _ = desk.instructions(trade)
    prepared = desk.state.instruction(psbt).time_ms
    step = world.share_step(psbt, "officer-a", "meridian-btc")
    desk.now_ms = prepared + 86_400_000
    assert desk.attempt(*step) is None
    desk.now_ms = prepared + 86_401_000
    assert desk.attempt(*step) == "C4.request-expired"
    desk.now_ms = (trade.contract.terms.settle_by + 1) * 1_000
    assert desk.attempt(*step) == "C4.expired"


def test_nothing_is_signed_before_the_window_opens() -> None:
    desk = world.founded()
    trade = desk.trade(not_before=world.START + 3_600)
    desk.play(trade, until="instructed")
    step = world.share_step(desk.instructions(trade)[0], "officer-a", "meridian-btc")
    assert desk.attempt(*step) == "C4.too-early"
    desk.now_ms = (world.START + 3_600) * 1_000
    assert desk.attempt(*step) is None


def test_a_refusal_is_recorded_where_it_belongs_and_moves_nothing(instructed: tuple[Desk, Trade]) -> None:
    desk, trade = instructed
    finding = {"check": "B8", "code": "B8.recipient", "values": {"found": "", "position": 1}}
    for kind, name in (("instruction", world.digest(f"psbt {trade.number}")), ("contract", "cd" * 32)):
        body = {"kind": kind, "sha256": name, "findings": [finding], "reason": "Recipient altered."}
        desk.log("instruction.refused", ["officer-c"], body)
        assert desk.state.refusals[name][0].officer == "officer-c"
    assert desk.stands(trade) is ContractState.INSTRUCTED
    assert desk.state.concerns(desk.state.contract(trade.hash))[-1].type == "instruction.refused"


def test_a_coin_has_one_spelling(instructed: tuple[Desk, Trade]) -> None:
    desk, first = instructed
    desk.deposit("meridian", world.BTC, 30_000_000_000, 7)
    desk.deposit("harbour", world.USDC, 25_000_000_000_000, 7)
    second = desk.trade()
    desk.play(second, until="held")
    desk.log("cycle.closed", ["desk"], world.builder.cycle_body(second.cycle, [second.hash], world.START))
    body = world.psbt_body(second)
    taken = [{"outpoint": each.outpoint, "vault": each.vault, "slot": each.slot} for each in first.spends]
    assert desk.attempt("instruction.prepared", ["operations"], body | {"spends": taken}) == "B12.outpoint-taken"
    hidden = [each | {"outpoint": f"0x{each['outpoint']}"} for each in taken]
    prepared = desk.attempt("instruction.prepared", ["operations"], body | {"spends": hidden})
    assert prepared == "settlement.transaction-chain"
