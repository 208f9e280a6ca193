"""A history with gaps forgives a Safe's number that went on, and nothing else: what is refused leaves the number as it was."""

from countersign.settlement import gapped
from settlement.test_owning import BY, SAFE, A, C, D, enough, order, seen, sent, signed
from support import settlement_world as world


def test_what_is_refused_makes_no_used_number_good_again() -> None:
    desk = world.founded()
    name = order(desk, (A, C), 2)
    signed(desk, name, A, C)
    sent(desk, name)
    seen(desk, name, enough(desk))
    far = desk.entry("owners.ordered", ["compliance"], world.owners_body(desk, (A, C, D), 2, nonce=900))
    told = gapped.replay([*desk.entries, far])
    assert [each.code for each in told.faults.values()] == ["settlement.wrong-signers"]
    assert told.safes[SAFE].executed == 0
    desk.entries.append(far)
    desk.now_ms += 1_000
    used = desk.entry("owners.ordered", BY, world.owners_body(desk, (A, C, D), 2, nonce=0))
    assert [each.code for each in gapped.replay([*desk.entries, used]).faults.values()][1:] == ["E8.nonce"]
