"""A Safe's owners change by an order of the administrators, the owners' own quorum, and what the chain then says; not else."""

from dataclasses import replace

import pytest

from countersign.settlement import builder
from countersign.settlement.fingerprint import state_hash
from countersign.settlement.owning import under_way
from countersign.settlement.records import ContractState
from countersign.settlement.roster import SafeVault
from countersign.settlement.snapshot import parse, serialise
from support import owner_cases as ordered
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk

BY = ["compliance", "officer-d"]
SAFE = "harbour-safe"
A, C, D = world.SAFE_OWNERS


def order(desk: Desk, people: tuple[str, ...] = (A, C), threshold: int = 2, **changes: object) -> str:
    """An order in the log; its hash."""
    return desk.log("owners.ordered", BY, world.owners_body(desk, people, threshold, **changes)) and name_of(desk)


def name_of(desk: Desk) -> str:
    found = under_way(desk.state, SAFE)
    assert found is not None
    return found.instruction.hash


def safe(desk: Desk) -> SafeVault:
    found = desk.state.roster.vaults[SAFE]
    assert isinstance(found, SafeVault)
    return found


def refused(desk: Desk, people: tuple[str, ...], threshold: int, **changes: object) -> str | None:
    return desk.attempt("owners.ordered", BY, world.owners_body(desk, people, threshold, **changes))


def signed(desk: Desk, name: str, *people: str) -> None:
    for officer in people:
        desk.log(*world.share_step(name, officer, SAFE))


def sent(desk: Desk, name: str) -> None:
    desk.log(*trouble.broadcast(desk.state.instruction(name)))


def seen(desk: Desk, name: str, confirmations: int) -> None:
    desk.log(*trouble.observed(desk.state.instruction(name), confirmations))


def enough(desk: Desk) -> int:
    return desk.state.adopted().confirmations_on(world.ETHEREUM)


def test_the_roster_follows_when_the_chain_has_it_with_enough_confirmations_and_not_before() -> None:
    desk = world.founded()
    before = safe(desk)
    name = order(desk)
    assert safe(desk) == before
    signed(desk, name, A, C)
    sent(desk, name)
    if enough(desk) > 1:
        seen(desk, name, enough(desk) - 1)
        assert safe(desk) == before
    seen(desk, name, enough(desk))
    after = safe(desk)
    assert set(after.keys) == {world.vault_key(each, "eip155", "harbour").kid for each in (A, C)}
    assert (after.threshold, after.address) == (2, before.address)
    assert under_way(desk.state, SAFE) is None
    assert desk.state.safes[SAFE].executed == 0


def test_an_order_needs_the_administrators_threshold() -> None:
    desk = world.founded()
    body = world.owners_body(desk, (A, C), 2)
    for names in (["compliance"], ["officer-d"], ["operations"], ["compliance", "officer-a"], ["desk", "compliance"]):
        assert desk.attempt("owners.ordered", names, body) == "settlement.wrong-signers"
    assert desk.attempt("owners.ordered", BY, body) is None


def test_who_ordered_it_does_not_sign_it_and_an_officer_counts_once() -> None:
    desk = world.founded()
    name = order(desk)
    assert desk.attempt(*world.share_step(name, D, SAFE)) == "C5.orderer-signs"
    signed(desk, name, A)
    assert desk.attempt(*world.share_step(name, A, SAFE)) == "settlement.share-twice"
    assert desk.attempt(*trouble.broadcast(desk.state.instruction(name))) == "settlement.no-quorum"
    signed(desk, name, C)
    assert desk.attempt(*trouble.broadcast(desk.state.instruction(name))) is None


@pytest.mark.parametrize(
    ("people", "threshold", "code"),
    [
        ((A, C, D), 2, "settlement.owners-same"),
        ((A, C, D), 4, "settlement.vault-threshold"),
        ((A, C, D), 1, "settlement.vault-threshold"),
        ((A, C), 3, "settlement.vault-threshold"),
        ((A, C), 2, None),
        ((A, C, D), 3, None),
    ],
)
def test_owners_and_threshold_keep_what_a_vault_must(people: tuple[str, ...], threshold: int, code: str | None) -> None:
    assert refused(world.founded(), people, threshold) == code


def test_one_call_a_time() -> None:
    desk = world.founded()
    strangers = sorted(world.vault_key(each, "bip122", "harbour", 0).kid for each in (A, C))
    assert refused(desk, (A, C), 2, keys=strangers) == "settlement.owners-one-call"
    kept = world.vault_key(A, "eip155", "harbour").kid
    one_other = sorted((kept, world.vault_key(C, "eip155", "harbour").kid, world.vault_key(C, "bip122", "harbour").kid))
    assert refused(desk, (A, C), 2, keys=one_other) == "settlement.vault-key-purpose"
    assert refused(desk, (A, C), 2, vault="harbour-btc") == "settlement.owners-not-safe"


def test_the_roster_itself_never_changes_a_safes_owners() -> None:
    desk = world.founded()
    _, known = world.vault_entries("harbour")
    for change in ({"threshold": 3}, {"keys": sorted(known["keys"])[:2]}):  # type: ignore[call-overload]
        body = {**world.no_entries(), "vaults": [known | change]}
        assert desk.attempt("roster.changed", BY, body) == "settlement.owners-by-order"
    assert desk.attempt("roster.changed", BY, {**world.no_entries(), "vaults": [known]}) is None


def test_a_safe_with_an_order_prepares_no_settlement_and_one_in_a_settlement_takes_no_order() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="held")
    other = desk.copy()
    order(desk)
    prepared = other.copy()
    prepared.play(trade, until="instructed")
    assert refused(prepared, (A, C), 2) == "settlement.safe-busy"
    desk.log("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], world.START))
    assert desk.attempt("instruction.prepared", ["operations"], desk.safe_body(trade)) == "settlement.safe-busy"


def test_another_order_takes_its_place_under_the_same_number_until_it_is_executed() -> None:
    desk = world.founded()
    first = order(desk)
    signed(desk, first, A)
    assert refused(desk, (A, C, D), 3) == "settlement.order-waits"
    assert refused(world.founded(), (A, C, D), 3, replaces=first) == "settlement.replaces-nothing"
    assert refused(desk, (A, C, D), 3, replaces="7e" * 32) == "settlement.replaces"
    assert (
        refused(desk, (A, C, D), 3, replaces=first, nonce=1) is None
    )  # where the Safe is past it, as its desk's node says
    later = desk.copy()
    order(later, (A, C, D), 3, replaces=first, nonce=3)
    assert refused(later, (A, C), 2, replaces=name_of(later), nonce=2) == "E8.nonce"
    assert later.state.safes[SAFE].executed == 2
    void = order(desk, (A, C, D), 2, replaces=first)
    assert desk.attempt(*world.share_step(first, C, SAFE)) == "settlement.superseded"
    before = safe(desk)
    signed(desk, void, A, C)
    sent(desk, void)
    seen(desk, void, enough(desk))
    assert safe(desk) == before
    assert desk.state.safes[SAFE].executed == 0
    assert refused(desk, (A, C), 2, nonce=0) == "E8.nonce"
    assert refused(desk, (A, C), 2, nonce=1) is None


def test_what_was_executed_is_signed_sent_and_observed_no_more() -> None:
    desk = world.founded()
    name = order(desk)
    signed(desk, name, A, C)
    assert desk.attempt(*trouble.observed(desk.state.instruction(name), 0)) == "settlement.observation-late"
    sent(desk, name)
    seen(desk, name, enough(desk))
    assert desk.attempt(*world.share_step(name, A, SAFE)) == "settlement.owners-done"
    assert desk.attempt(*trouble.broadcast(desk.state.instruction(name))) == "settlement.owners-done"
    known = desk.state.instruction(name)
    assert desk.attempt(*trouble.observed(known, enough(desk))) == "settlement.observation-late"
    before = state_hash(desk.state)
    desk.log(*trouble.observed(known, 0))
    assert safe(desk).threshold == 2
    assert state_hash(desk.state) != before


@pytest.mark.parametrize("first", ["leg", "order", "both sides of the order"])
def test_a_stranger_who_executes_it_together_with_a_settlements_leg_keeps_neither_from_counting(first: str) -> None:
    """Both calls wait in public; somebody puts both into one transaction of his own."""
    desk, trade = trouble.begun("released")
    body = world.owners_body(desk, (A, C), 2, vault="meridian-safe")
    body["keys"] = sorted(world.vault_key(each, "eip155", "meridian").kid for each in (A, C))
    desk.log("owners.ordered", BY, body)
    found = under_way(desk.state, "meridian-safe")
    assert found is not None
    name, leg, together = found.instruction.hash, trouble.live(desk, trade, "safe-tx"), "0x" + "5a" * 32
    for officer in (A, C):
        desk.log(*world.share_step(name, officer, "meridian-safe"))
    sent(desk, name)
    desk.log(*trouble.broadcast(leg))
    told = trouble.observed(desk.state.instruction(name), enough(desk), transaction=together)
    early = trouble.observed(desk.state.instruction(name), 1, transaction=together)
    of_leg = trouble.observed(leg, 1, transaction=together)
    for step in {"leg": [of_leg, told], "order": [told, of_leg], "both sides of the order": [early, of_leg, told]}[
        first
    ]:
        desk.log(*step)
    assert desk.state.roster.vaults["meridian-safe"].keys == tuple(body["keys"])  # type: ignore[arg-type]
    assert trouble.live(desk, trade, "safe-tx").transaction == together


def test_the_transaction_of_an_order_carries_no_other_of_the_same_number() -> None:
    desk = world.founded()
    old = order(desk)
    signed(desk, old, A, C)
    sent(desk, old)
    name = trouble.transaction_of(desk.state.instruction(old))
    new = order(desk, people=(A, C, D), replaces=old)
    signed(desk, new, A, C)
    told = trouble.observed(desk.state.instruction(new), 1, transaction=name)
    assert desk.attempt(*told) == "settlement.transaction-taken"
    assert desk.attempt(*trouble.observed(desk.state.instruction(new), 1, transaction="0x" + "5a" * 32)) is None


def test_a_request_of_a_day_is_signed_no_more_and_is_ordered_anew() -> None:
    desk = world.founded()
    first = order(desk)
    desk.now_ms += (desk.state.adopted().request_lifetime_seconds + 1) * 1_000
    assert desk.attempt(*world.share_step(first, A, SAFE)) == "C4.request-expired"
    again = order(desk, replaces=first)
    signed(desk, again, A, C)


class TestFrozen:
    """An order of compliance that stops what lies in the Safe lets its owners be narrowed, never widened."""

    COMES = ((A, C, D, ordered.NEW), 2)

    @pytest.mark.parametrize(
        "scope",
        [
            {"lei": world.HARBOUR},
            {"lei": world.HARBOUR, "book": "main"},
            {"asset": world.USDC},
        ],
        ids=["participant", "book", "asset"],
    )
    def test_nobody_comes_while_it_stands_and_an_owner_may_go(self, scope: dict[str, object]) -> None:
        desk = ordered.ground().copy()
        desk.log(*world.freeze_step(**scope))
        for people, threshold in (self.COMES, ((A, C, ordered.NEW), 2)):
            assert refused(desk, people, threshold) == "settlement.frozen-owners"
        for people, threshold in (((A, C), 2), ((A, C, D), 3)):
            assert refused(desk, people, threshold) is None
        desk.log(*world.lift_step())
        assert refused(desk, *self.COMES) is None

    @pytest.mark.parametrize("scope", [{"lei": world.MERIDIAN}, {"asset": world.BTC}], ids=["another", "another chain"])
    def test_an_order_for_something_else_stops_nothing(self, scope: dict[str, object]) -> None:
        desk = ordered.ground().copy()
        desk.log(*world.freeze_step(**scope))
        assert refused(desk, *self.COMES) is None

    def test_an_order_for_a_contract_of_its_owner_stops_it_until_the_contract_is_over(self) -> None:
        desk = ordered.ground().copy()
        (contract,) = desk.state.contracts
        desk.log(*world.freeze_step(contract=contract))
        assert refused(desk, *self.COMES) == "settlement.frozen-owners"
        record = replace(desk.state.contracts[contract], state=ContractState.FINAL)
        desk.state = replace(desk.state, contracts=desk.state.contracts.set(contract, record))
        assert refused(desk, *self.COMES) is None

    def test_fewer_signatures_are_a_widening_too(self) -> None:
        desk = ordered.ground().copy()
        vaults = desk.state.roster.vaults
        three = replace(safe(desk), threshold=3)
        desk.state = replace(desk.state, roster=replace(desk.state.roster, vaults=vaults.set(SAFE, three)))
        assert refused(desk, (A, C, D), 2) is None
        assert refused(desk, (A, C), 2) is None
        desk.log(*world.freeze_step())
        assert refused(desk, (A, C, D), 2) == "settlement.frozen-owners"
        assert refused(desk, (A, C), 2) == "settlement.frozen-owners"

    def test_what_was_under_way_is_signed_no_more_and_can_be_taken_back(self) -> None:
        desk = ordered.ground().copy()
        first = order(desk, *self.COMES)
        signed(desk, first, A)
        desk.log(*world.freeze_step())
        assert desk.attempt(*world.share_step(first, C, SAFE)) == "settlement.frozen-owners"
        void = order(desk, (A, C, D), 2, replaces=first)
        signed(desk, void, A, C)
        sent(desk, void)
        seen(desk, void, enough(desk))
        assert set(safe(desk).keys) == {world.vault_key(each, "eip155", "harbour").kid for each in (A, C, D)}

    def test_what_the_chain_has_executed_is_true_frozen_or_not(self) -> None:
        desk = ordered.ground().copy()
        name = order(desk, *self.COMES)
        signed(desk, name, A, C)
        sent(desk, name)
        desk.log(*world.freeze_step())
        seen(desk, name, enough(desk))
        assert len(safe(desk).keys) == 4


def withdraw(desk: Desk, officer: str, entry: dict[str, object]) -> None:
    """The roster lists an officer without a key that they had."""
    keys = [each for each in entry["keys"] if each["label"] != "safe harbour"]  # type: ignore[attr-defined]
    desk.log("roster.changed", BY, {**world.no_entries(), "officers": [{**entry, "keys": keys}]})
    assert world.vault_key(officer, "eip155", "harbour").kid in desk.state.roster.retired


def test_the_key_of_who_comes_must_count_when_it_is_ordered_and_whenever_it_is_signed() -> None:
    desk = ordered.ground().copy()
    other = desk.copy()
    name = order(desk, *TestFrozen.COMES)
    signed(desk, name, A)
    for each in (desk, other):
        withdraw(each, ordered.NEW, ordered.key_of(ordered.NEW))
    assert desk.attempt(*world.share_step(name, C, SAFE)) == "settlement.key-withdrawn"
    assert refused(other, *TestFrozen.COMES) == "settlement.key-withdrawn"


def test_an_owner_whose_key_was_withdrawn_goes_and_those_left_must_be_able_to_sign() -> None:
    desk = world.founded()
    withdraw(desk, D, world.officer_entry(D))
    assert refused(desk, (A, D), 2) == "settlement.owners-unreachable"
    assert refused(desk, (A, C, D), 3) == "settlement.owners-unreachable"
    assert refused(desk, (A, C), 2) is None


def test_an_order_is_kept_in_a_snapshot() -> None:
    desk = world.founded()
    signed(desk, order(desk), A)
    assert state_hash(parse(serialise(desk.state))) == state_hash(desk.state)
