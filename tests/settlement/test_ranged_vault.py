"""Vaults of extended keys in the log: one key an officer for every place, one vault a key, the gap limit, for ever."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from countersign.settlement import builder, machine, roster_words, sharing, snapshot
from countersign.settlement.bodies import Spend
from countersign.settlement.records import ContractState
from countersign.settlement.roster import GAP_LIMIT, RangedVault
from support import ranged_world
from support import settlement_world as world
from support.settlement_world import Desk, Trade

BOTH = ["compliance", "officer-d"]


def change(desk: Desk, **entries: object) -> str | None:
    return desk.attempt("roster.changed", BOTH, {**world.no_entries(), **entries})


def prepared(desk: Desk, *places: int) -> tuple[Trade, str]:
    """A trade whose PSBT spends one coin in each of these places of Meridian's vault, and its instruction."""
    trade = desk.trade()
    desk.play(trade, until="held")
    desk.log("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], world.START))
    desk.log("instruction.prepared", ["operations"], psbt_body(trade, *places))
    desk.log("instruction.prepared", ["operations"], desk.safe_body(trade))
    return trade, desk.instructions(trade)[0]


def psbt_body(trade: Trade, *places: int) -> dict[str, object]:
    coins = [Spend(f"{world.digest(f'coin {trade.number} {place}')}:0", ranged_world.VAULT, place) for place in places]
    return builder.psbt_instruction_body(
        trade.cycle, [trade.hash], world.BITCOIN, world.digest(f"psbt {trade.number}"), tuple(coins)
    )


def test_the_vault_is_its_descriptor_and_the_devices_account_keys() -> None:
    vault = ranged_world.founded().state.roster.vault(ranged_world.VAULT)
    assert isinstance(vault, RangedVault)
    assert (vault.kind, vault.descriptor) == ("wsh-ranged", ranged_world.descriptor())
    assert set(vault.keys) == {ranged_world.device(officer).kid for officer in world.COSIGNERS}


def test_one_key_of_an_officer_covers_every_place() -> None:
    desk = ranged_world.founded()
    trade, psbt = prepared(desk, 0, 7, 12)
    assert desk.attempt(*ranged_world.share_step(psbt, "officer-a")) is None
    stranger = world.vault_key("officer-a", "bip122", "meridian", 0).kid
    for keys in ([stranger], sorted([stranger, ranged_world.device("officer-a").kid])):
        assert desk.attempt(*ranged_world.share_step(psbt, "officer-a", keys=keys)) == "settlement.share-key"
    another = ranged_world.device("officer-c").kid
    assert desk.attempt(*ranged_world.share_step(psbt, "officer-a", keys=[another])) == "settlement.share-key"
    desk.log(*ranged_world.share_step(psbt, "officer-a"))
    assert desk.attempt(*ranged_world.share_step(psbt, "officer-a")) == "settlement.share-twice"
    assert desk.stands(trade) is ContractState.PARTLY_SIGNED


def test_an_index_that_is_200_beyond_what_was_spent_is_accepted_and_201_is_not() -> None:
    desk = ranged_world.founded()
    trade = desk.trade()
    desk.play(trade, until="held")
    desk.log("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], world.START))
    for branch in (0, 1):
        beyond, last = 2 * (GAP_LIMIT + 1) + branch, 2 * GAP_LIMIT + branch
        step = "instruction.prepared", ["operations"]
        assert desk.attempt(*step, psbt_body(trade, 0, beyond)) == "settlement.place-far"
        assert desk.attempt(*step, psbt_body(trade, 0, last)) is None


def test_a_preparers_word_alone_never_moves_how_far_a_vault_is_watched() -> None:
    desk = ranged_world.founded()
    first, _ = prepared(desk, 2 * GAP_LIMIT)
    for index in (GAP_LIMIT, GAP_LIMIT - 1):
        desk.log("instruction.prepared", ["operations"], psbt_body(first, 2 * index))
        assert desk.state.high_water(ranged_world.VAULT) == 0
    far = "instruction.prepared", ["operations"], psbt_body(first, 2 * (GAP_LIMIT + 1))
    assert desk.attempt(*far) == "settlement.place-far"


def test_the_highest_index_that_was_signed_for_is_kept_and_never_falls() -> None:
    desk = ranged_world.founded()
    _, psbt = prepared(desk, 2 * 150 + 1, 3)
    assert desk.state.high_water(ranged_world.VAULT) == 0
    desk.log(*ranged_world.share_step(psbt, "officer-a"))
    assert desk.state.high_water(ranged_world.VAULT) == 150
    signed = desk.state.instruction(psbt)
    for place, highest in ((4, 150), (2 * 350, 350)):
        later = replace(signed, spends=(Spend(f"{world.digest('later')}:0", ranged_world.VAULT, place),))
        reached = sharing.reached(desk.state, later, ranged_world.VAULT)
        assert reached.high_water(ranged_world.VAULT) == highest
    assert not machine.replay(desk.entries).faults
    assert snapshot.parse(snapshot.serialise(desk.state)) == desk.state


def test_slots_and_safes_have_no_high_water() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="instructed")
    assert not desk.state.used_places


@pytest.mark.parametrize(
    "moved",
    [
        lambda: ranged_world.vault_entry(threshold=3),
        lambda: ranged_world.vault_entry() | {"descriptor": ranged_world.descriptor(1)},
        lambda: ranged_world.vault_entry() | {"keys": ranged_world.vault_entry()["keys"][:2]},  # type: ignore[index]
        lambda: world.vault_entries("meridian")[0],
    ],
    ids=["threshold", "descriptor", "keys", "kind"],
)
def test_a_ranged_vault_keeps_everything_for_ever(moved: Callable[[], dict[str, object]]) -> None:
    desk = ranged_world.founded()
    assert change(desk, vaults=[moved()]) == "settlement.vault-moved"
    assert change(desk, vaults=[ranged_world.vault_entry()]) is None


def _harbours(keys: list[str]) -> dict[str, object]:
    """A ranged vault for another book of nobody's yet: the lending pool's."""
    owner = {"lei": world.NORTHGATE, "book": "lending-pool"}
    return ranged_world.vault_entry(1, id="pool-btc", owner=owner, keys=sorted(keys))


def _officers_with(account: int) -> list[dict[str, object]]:
    found = []
    for officer in world.COSIGNERS:
        entry = world.officer_entry(officer)
        entry["keys"] = [*entry["keys"], *(ranged_world.officer_key(officer, each) for each in (0, account))]  # type: ignore[misc]
        found.append(entry)
    return found


def test_an_extended_key_is_one_vaults() -> None:
    desk = ranged_world.founded()
    officers = _officers_with(1)
    fresh = [ranged_world.device(officer, 1).kid for officer in world.COSIGNERS]
    taken = [*fresh[:2], ranged_world.device(world.COSIGNERS[2]).kid]
    assert change(desk, officers=officers, vaults=[_harbours(taken)]) == "settlement.vault-key-elsewhere"
    assert change(desk, officers=officers, vaults=[_harbours(fresh)]) is None
    slots = world.vault_entries("harbour")[0]
    stands: list[dict[str, Any]] = list(slots["slots"])  # type: ignore[call-overload]
    last = stands[-1]
    mixed = last | {"number": len(stands), "keys": [*last["keys"][:2], ranged_world.device(world.COSIGNERS[2]).kid]}
    assert change(desk, vaults=[slots | {"slots": [*stands, mixed]}]) == "settlement.vault-key-elsewhere"
    own = last | {"number": len(stands), "keys": [*last["keys"][:2], fresh[2]]}
    assert change(desk, officers=officers, vaults=[slots | {"slots": [*stands, own]}]) is None


def test_a_document_of_another_shape_is_malformed() -> None:
    entry = ranged_world.vault_entry()
    for wrong, code in (
        (entry | {"slots": []}, "C2.unknown-field"),
        (entry | {"chain": world.ETHEREUM}, "settlement.vault-chain"),
        (entry | {"keys": entry["keys"][::-1]}, "settlement.not-ascending"),  # type: ignore[index]
        (entry | {"kind": "tr"}, "C2.not-allowed"),
    ):
        found = change(ranged_world.founded(), vaults=[wrong])
        assert found == code


def test_whoever_signs_a_new_vault_reads_its_whole_descriptor() -> None:
    before, after = world.founded().state.roster, ranged_world.founded().state.roster
    known = before.vaults.delete(ranged_world.VAULT)
    without = type(before)(**{name: getattr(before, name) for name in before.__slots__} | {"vaults": known})
    said = [each.then for each in roster_words.differences(without, after, cooling=0)]
    (described,) = [each for each in said if each.code == "roster.vault-ranged"]
    assert dict(described.values)["descriptor"] == ranged_world.descriptor()


def test_a_withdrawn_device_leaves_the_vault_to_the_others() -> None:
    desk = ranged_world.founded()
    entry = world.officer_entry("officer-a")
    desk.log("roster.changed", BOTH, {**world.no_entries(), "officers": [entry]})
    vault = desk.state.roster.vault(ranged_world.VAULT)
    assert desk.state.roster.able(vault)
    _, psbt = prepared(desk, 0)
    assert desk.attempt(*ranged_world.share_step(psbt, "officer-a")) == "settlement.key-withdrawn"
    assert desk.attempt(*ranged_world.share_step(psbt, "officer-c")) is None
