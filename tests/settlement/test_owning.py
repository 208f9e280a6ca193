"""A Safe's owners change by an order of the administrators, the owners' own quorum, and what the chain then says; not else."""

import pytest

from countersign.settlement import builder
from countersign.settlement.fingerprint import state_hash
from countersign.settlement.owning import under_way
from countersign.settlement.roster import SafeVault
from countersign.settlement.snapshot import parse, serialise
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
    assert desk.attempt(*world.share_step(name, D, SAFE)) == "C5.preparer-signs"
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
    assert refused(desk, (A, C, D), 3) == "settlement.replaces"
    assert refused(desk, (A, C, D), 3, replaces=first, nonce=1) == "E8.nonce"
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


def test_a_request_of_a_day_is_signed_no_more_and_is_ordered_anew() -> None:
    desk = world.founded()
    first = order(desk)
    desk.now_ms += (desk.state.adopted().request_lifetime_seconds + 1) * 1_000
    assert desk.attempt(*world.share_step(first, A, SAFE)) == "C4.request-expired"
    again = order(desk, replaces=first)
    signed(desk, again, A, C)


def test_an_order_is_kept_in_a_snapshot() -> None:
    desk = world.founded()
    signed(desk, order(desk), A)
    assert state_hash(parse(serialise(desk.state))) == state_hash(desk.state)
