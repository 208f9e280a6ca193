"""Of two orders under one number one was mined; what is told of the other later turns no owners and no number back."""

from countersign.settlement.owning import under_way
from settlement.test_owning import SAFE, A, C, D, enough, order, safe, seen, sent, signed
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk


def two(desk: Desk) -> tuple[str, str]:
    """Two orders under number 0, both signed and sent; the second took the first's place and took effect."""
    first = order(desk, (A, C), 2)
    signed(desk, first, A, C)
    sent(desk, first)
    second = order(desk, (A, C, D), 2, replaces=first)
    signed(desk, second, A, C)
    desk.log(*trouble.broadcast(desk.state.instruction(second), "0x" + world.digest("second")))
    seen(desk, second, enough(desk))
    return first, second


def late(desk: Desk, name: str) -> str | None:
    """What the machine says of the old one's transaction in a block now; logged where it lets it pass."""
    step = trouble.observed(desk.state.instruction(name), enough(desk))
    code = desk.attempt(*step)
    if code is None:
        desk.log(*step)
    return code


def test_of_two_orders_under_one_number_the_one_told_last_holds_until_a_later_one_comes() -> None:
    desk = world.founded()
    first, second = two(desk)
    before = safe(desk)
    assert late(desk, first) is None
    assert safe(desk) != before
    desk.log(*trouble.observed(desk.state.instruction(second), enough(desk) + 1))
    assert (safe(desk), desk.state.safes[SAFE].executed) == (before, 0)


def test_a_superseded_order_takes_no_effect_after_later_numbers_were_used() -> None:
    desk = world.founded()
    first, _ = two(desk)
    third = order(desk, (A, C, D), 3, nonce=1)
    before = safe(desk)
    assert late(desk, first) == "E8.nonce"
    assert (safe(desk), under_way(desk.state, SAFE) is not None) == (before, True)
    assert (desk.state.safes[SAFE].pending, desk.state.safes[SAFE].executed) == (third, 0)
