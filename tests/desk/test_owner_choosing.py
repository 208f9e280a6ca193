"""What a window offers of a Safe's owners, and that it names what the log would refuse, before anything is proposed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import pytest

from countersign.desk import owner_choosing
from countersign.desk.owner_choices import OwnersPlan, OwnersWanted
from countersign.desk.owner_views import COMES, GOES, STAYS
from countersign.errors import Refused
from countersign.settlement import owning
from countersign.settlement.roster import Administrators, Role
from countersign.settlement.state import State
from support import owner_cases
from support import settlement_world as world
from support.owner_cases import BY, NEW, SAFE, A, C, D, ground
from support.owner_cases import GOES as D_GOES
from support.settlement_world import Desk, vault_key

KEYS = {each: vault_key(each, "eip155", "harbour").kid for each in (A, C, D, NEW)}
PEOPLE = {kid: officer for officer, kid in KEYS.items()}


def frozen() -> Desk:
    desk = ground().copy()
    desk.log(*world.freeze_step(kind="participant", lei=world.HARBOUR))
    return desk


def withdrawn() -> Desk:
    """Officer C's key of the Safe is withdrawn: two of three are left."""
    desk = ground().copy()
    entry = world.officer_entry(C)
    left = [each for each in entry["keys"] if each["label"] != "safe harbour"]  # type: ignore[attr-defined]
    desk.log("roster.changed", BY, {**world.no_entries(), "officers": [{**entry, "keys": left}]})
    return desk


def under_way() -> Desk:
    desk = ground().copy()
    owner_cases.logged(desk, D_GOES, b"removes D")
    return desk


def every() -> Iterator[OwnersWanted]:
    """Every change that a window can put together, and more."""
    yield OwnersWanted()
    for add, remove, threshold in product((None, *KEYS.values()), (None, KEYS[A], KEYS[D]), (None, 1, 2, 3, 4, 5)):
        yield OwnersWanted(add, remove, threshold)


def refused(desk: Desk, wanted: OwnersWanted) -> str | None:
    """The code with which the log refuses the same order."""
    keys, threshold = owner_choosing.keys(owner_cases.registered(desk), wanted)
    order = owning.under_way(desk.state, SAFE)
    live = None if order is None else order.instruction.hash
    people = [PEOPLE[each] for each in keys]
    return desk.attempt("owners.ordered", BY, world.owners_body(desk, people, threshold, replaces=live))


def planned(
    state: State, add: str | None = None, remove: str | None = None, threshold: int | None = None
) -> OwnersPlan:
    given = (None if each is None else KEYS[each] for each in (add, remove))
    return owner_choosing.plan(state, SAFE, OwnersWanted(*given, threshold))


@pytest.mark.parametrize("made", [ground, frozen, withdrawn, under_way], ids=lambda made: made.__name__)
def test_what_is_said_against_a_change_is_what_the_log_refuses_it_for(made: Callable[[], Desk]) -> None:
    desk, found = made(), set[str | None]()
    for wanted in every():
        said = owner_choosing.plan(desk.state, SAFE, wanted).objection
        assert (said.code if said is not None else None) == refused(desk, wanted), wanted
        found.add(said.code if said is not None else None)
    assert None in found
    assert len(found) > 2


def test_a_busy_safe_is_said_to_be_busy() -> None:
    desk = owner_cases.scene().desk
    use = desk.state.safes[SAFE]
    busy = replace(desk.state, safes=desk.state.safes.set(SAFE, replace(use, pending="ab" * 32)))
    found = planned(busy, remove=D).objection
    assert found is not None
    assert (found.code, found.values["instruction"]) == ("settlement.safe-busy", "ab" * 32)


def test_who_comes_is_chosen_of_registered_keys_that_own_nothing_here() -> None:
    state = ground().state
    found = owner_choosing.ground(state, SAFE)
    assert {each.kid for each in found.owners} == {KEYS[A], KEYS[C], KEYS[D]}
    others = {each.kid: each for each in found.others}
    new = vault_key(NEW, "eip155", "harbour").public.ethereum_address()
    assert others[KEYS[NEW]].owner.lower() == f"0x{new.hex()}"
    assert not others.keys() & {KEYS[A], KEYS[C], KEYS[D]}
    assert all(state.roster.keys[kid].purpose == "eip155" for kid in others)
    assert all(each.owner and not each.withdrawn for each in found.others)
    assert (found.administrators, found.wanted) == (("Conrad Lake", "Dora Finch"), 2)
    assert not found.under_way
    assert owner_choosing.ground(under_way().state, SAFE).under_way
    gone = {each.kid for each in owner_choosing.ground(withdrawn().state, SAFE).others}
    assert KEYS[C] not in gone


def test_before_and_after_are_the_orders() -> None:
    plan = planned(ground().state, add=NEW, threshold=3)
    assert (plan.before, plan.after) == ((2, 3), (3, 4))
    assert sorted(each.fate for each in plan.owners) == [COMES, STAYS, STAYS, STAYS]
    plan = planned(ground().state, add=NEW, remove=D)
    assert (plan.before, plan.after) == ((2, 3), (2, 3))
    fates = {each.name: each.fate for each in plan.owners}
    assert fates == {"Ada Vale": STAYS, "Cyrus Holt": STAYS, "Dora Finch": GOES, "Olive Penn": COMES}


def test_who_could_not_sign_is_named() -> None:
    state = ground().state
    assert planned(state, add=NEW).unable == ("Olive Penn",)  # operations sign nothing
    officer = state.roster.officer(NEW)
    able = replace(officer, roles=(*officer.roles, Role.SIGNING))
    roster = replace(state.roster, officers=state.roster.officers.set(NEW, able))
    assert planned(replace(state, roster=roster), add=NEW).unable == ()


def test_an_order_that_nobody_would_be_left_to_sign_is_said_to_be_one() -> None:
    """Whoever orders signs no transaction: two administrators of whom one is an owner leave two of three."""
    state = ground().state
    assert planned(state, remove=D).able == 2
    owners = replace(state.roster, administrators=Administrators((A, D), 2))
    assert planned(replace(state, roster=owners), remove=D).able == 1
    one = replace(state.roster, administrators=Administrators((A, D), 1))
    assert planned(replace(state, roster=one), remove=D).able == 2


def test_a_safe_that_would_not_be_cold_any_more_is_said_to_be_so() -> None:
    state = ground().state
    keys = state.roster.keys
    warm = replace(state.roster, keys=keys.set(KEYS[NEW], replace(keys[KEYS[NEW]], online=True)))
    assert planned(state, remove=D).cold == (True, True)
    assert planned(replace(state, roster=warm), add=NEW).cold == (True, False)


def test_another_vault_and_a_stranger_are_refused() -> None:
    state = ground().state
    with pytest.raises(Refused) as other:
        owner_choosing.ground(state, "harbour-btc")
    assert other.value.code == "settlement.owners-not-safe"
    with pytest.raises(Refused) as stranger:
        planned(state, remove=NEW)
    assert stranger.value.code == "desk.owner-unknown"
