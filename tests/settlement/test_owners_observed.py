"""What a chain takes back of a Safe's change of owners the roster takes back, until a later number was used; and no longer."""

import pytest

from countersign.settlement import builder
from countersign.settlement.fingerprint import state_hash
from countersign.settlement.owners_observed import holding
from countersign.settlement.owning import safe, under_way
from countersign.settlement.snapshot import parse, serialise
from support import owner_cases as ordered
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk, Trade

SAFE = "harbour-safe"
A, C, D = world.SAFE_OWNERS
OUT, THREE = (A, C), (A, C, D)
AGAIN, THRICE = "0x" + "a9" * 32, "0x" + "a3" * 32


def keys(people: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(world.vault_key(each, "eip155", "harbour").kid for each in people))


def order(desk: Desk, people: tuple[str, ...], threshold: int = 2, **changes: object) -> str:
    desk.log("owners.ordered", ordered.BY, world.owners_body(desk, people, threshold, **changes))
    return waiting(desk)


def waiting(desk: Desk) -> str:
    found = under_way(desk.state, SAFE)
    assert found is not None
    return found.instruction.hash


def executed(desk: Desk, name: str, people: tuple[str, ...] = (A, C)) -> None:
    """Signed by these owners, sent, and told with enough confirmations."""
    for officer in people:
        desk.log(*world.share_step(name, officer, SAFE))
    desk.log(*trouble.broadcast(desk.state.instruction(name)))
    told(desk, name)


def told(desk: Desk, name: str, confirmations: int | None = None) -> None:
    """What the node says of it: enough confirmations unless told otherwise; 0: in no block."""
    count = desk.state.adopted().confirmations_on(world.ETHEREUM) if confirmations is None else confirmations
    desk.log(*trouble.observed(desk.state.instruction(name), count))


def owners(desk: Desk) -> tuple[tuple[str, ...], int]:
    known = safe(desk.state, SAFE)
    return known.keys, known.threshold


def changed() -> tuple[Desk, str]:
    """A desk whose Safe has lost an owner, as a transaction said that is told to be in no block in a moment."""
    desk = ordered.ground().copy()
    name = order(desk, OUT)
    executed(desk, name)
    assert owners(desk) == (keys(OUT), 2)
    return desk, name


def test_what_is_in_no_block_any_more_waits_again_and_is_sent_again() -> None:
    desk, name = changed()
    first = desk.state.instruction(name).transaction
    told(desk, name, 0)
    assert owners(desk) == (keys(THREE), 2)
    assert waiting(desk) == name
    assert desk.state.orders[name].done is None
    assert desk.state.safes[SAFE].executed is None
    assert desk.state.missing(desk.state.instruction(name)) == 0
    assert state_hash(parse(serialise(desk.state))) == state_hash(desk.state)
    desk.log(*trouble.broadcast(desk.state.instruction(name), AGAIN))
    assert desk.state.instruction(name).transaction != first
    assert desk.attempt(*trouble.broadcast(desk.state.instruction(name), THRICE)) == "settlement.broadcast-already"
    told(desk, name)
    assert owners(desk) == (keys(OUT), 2)
    assert under_way(desk.state, SAFE) is None


def test_less_than_no_block_takes_nothing_back() -> None:
    """Near misses: fewer confirmations, or another block, are not none."""
    desk, name = changed()
    told(desk, name, 1)
    assert owners(desk) == (keys(OUT), 2)
    told(desk, name)
    assert owners(desk) == (keys(OUT), 2)
    assert under_way(desk.state, SAFE) is None


def test_what_was_taken_back_can_lose_its_place_to_another_under_its_number() -> None:
    desk, name = changed()
    told(desk, name, 0)
    void = order(desk, THREE, replaces=name)
    assert desk.attempt(*trouble.broadcast(desk.state.instruction(name))) == "settlement.superseded"
    executed(desk, void)
    assert owners(desk) == (keys(THREE), 2)
    assert desk.state.safes[SAFE].executed == 0
    told(desk, void, 0)
    assert waiting(desk) == void
    told(desk, name)  # the first was mined after all
    assert owners(desk) == (keys(OUT), 2)
    assert desk.state.safes[SAFE].pending is None


def test_of_two_told_under_one_number_both_taken_back_the_owners_before_them_are_there() -> None:
    desk = ordered.ground().copy()
    first = order(desk, OUT)
    for officer in (A, C):
        desk.log(*world.share_step(first, officer, SAFE))
    desk.log(*trouble.broadcast(desk.state.instruction(first)))
    second = order(desk, THREE, 3, replaces=first)
    executed(desk, second)
    told(desk, first)
    assert owners(desk) == (keys(OUT), 2)
    told(desk, second, 0)  # beaten already: nothing changes
    assert owners(desk) == (keys(OUT), 2)
    told(desk, first, 0)
    assert owners(desk) == (keys(THREE), 2)
    assert waiting(desk) == second
    told(desk, second)
    assert owners(desk) == (keys(THREE), 3)


def test_once_a_later_number_is_used_nothing_is_taken_back() -> None:
    desk, name = changed()
    later = order(desk, (A, C, D), nonce=1)
    executed(desk, later)
    now = owners(desk)
    told(desk, name, 0)
    assert owners(desk) == now
    assert holding(desk.state, SAFE) == desk.state.orders[later]
    assert under_way(desk.state, SAFE) is None


def test_an_order_that_waits_behind_it_was_made_for_other_owners_and_goes() -> None:
    desk, name = changed()
    later = order(desk, THREE, nonce=1)
    told(desk, name, 0)
    assert waiting(desk) == name
    assert desk.attempt(*world.share_step(later, A, SAFE)) == "settlement.superseded"
    told(desk, name)
    assert under_way(desk.state, SAFE) is None
    assert desk.state.safes[SAFE].pending is None


@pytest.fixture
def settling() -> tuple[Desk, str, Trade, str]:
    """A change of owners, and behind it a settlement's instruction of the same Safe: who ordered, what was prepared."""
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="held")
    name = order(desk, OUT)
    executed(desk, name)
    desk.log("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], world.START))
    body = {**desk.safe_body(trade), "nonce": 1}
    desk.log("instruction.prepared", ["operations"], body)
    return desk, name, trade, desk.state.safes[SAFE].pending or ""


def test_a_settlement_behind_it_keeps_no_safe_until_the_number_is_used_again(
    settling: tuple[Desk, str, Trade, str],
) -> None:
    desk, name, trade, prepared = settling
    told(desk, name, 0)
    assert waiting(desk) == name
    body = {**desk.safe_body(trade), "nonce": 1}
    assert desk.attempt("instruction.prepared", ["operations"], body) == "settlement.safe-busy"
    told(desk, name)
    assert desk.state.safes[SAFE].pending == prepared
    assert desk.state.safes[SAFE].executed == 0
    assert owners(desk) == (keys(OUT), 2)


def test_a_settlement_that_ended_meanwhile_takes_no_place(settling: tuple[Desk, str, Trade, str]) -> None:
    desk, name, trade, _ = settling
    told(desk, name, 0)
    desk.log("contract.cancelled", ["meridian", "harbour"], {"contract": trade.hash, "reason": "Ended."})
    told(desk, name)
    assert (desk.state.safes[SAFE].pending, desk.state.safes[SAFE].executed) == (None, 0)


def test_what_waits_again_is_signed_for_by_the_owners_before() -> None:
    """More owners must sign than had: their quorum is the one that counts before the change takes effect."""
    desk = ordered.ground().copy()
    name = order(desk, THREE, 3)
    executed(desk, name)
    assert desk.state.missing(desk.state.instruction(name)) == 1
    told(desk, name, 0)
    assert desk.state.missing(desk.state.instruction(name)) == 0
    assert desk.attempt(*trouble.broadcast(desk.state.instruction(name), AGAIN)) is None
