"""Each pair of the table: every event type by every set of up to three signers, and before every kind of reader.

- The cast has pure roles, so that a signature stands for one thing: a desk, an officer of each role, three administrators
  of whom two are needed, two participants, a stranger, an officer whose key was withdrawn.
- What the table allows is spelt out here as the whole list of sets that it means, not asked of `check_signers`.
- Readers are judged over real histories: in the state after the event, again from the archive at the end of all, and in the
  file that a participant takes away (desk/extract.py), in which nothing of any other event may stand.
"""

from collections.abc import Iterator
from functools import cache
from itertools import combinations, product

import pytest

from countersign.errors import CountersignError
from countersign.settlement import audience, events, machine
from countersign.settlement.permissions import TABLE, Reader, Signer
from countersign.settlement.roster import Holder, HolderKind
from settlement.test_events import KINDS, before, raw_event
from support import settlement_world as world
from support.extracts import extract_of, verified
from support.finished_settlement import Finished
from support.settlement_world import Desk

ROLES = {
    "an operations officer": ["operations"],
    "a compliance officer": ["compliance"],
    "a signing officer": ["signing"],
    "a vault operator": ["vault"],
    "administrator one": ["administrator"],
    "administrator two": ["administrator"],
    "administrator three": ["administrator"],
}
ADMINISTRATORS = [name for name in ROLES if name.startswith("administrator")]
PARTIES = ["meridian", "harbour"]
CAST = ["desk", *ROLES, *PARTIES]
WITHDRAWN, STRANGER = "an officer of every role", "a stranger"
SINGLE = {
    Signer.DESK: ["desk"],
    Signer.OPERATIONS: ["an operations officer"],
    Signer.COMPLIANCE: ["a compliance officer"],
    Signer.SIGNING: ["a signing officer"],
    Signer.VAULT: ["a vault operator"],
    Signer.OFFICER: list(ROLES),
    Signer.PARTY: PARTIES,
}
SETS = [frozenset(chosen) for count in (1, 2, 3) for chosen in combinations(CAST, count)]
SETS.append(frozenset({"desk", *ADMINISTRATORS}))


def some(names: list[str], least: int) -> list[frozenset[str]]:
    """Every set of at least so many of these."""
    counts = range(least, len(names) + 1)
    return [frozenset(chosen) for count in counts for chosen in combinations(names, count)]


def means(signer: Signer) -> list[frozenset[str]]:
    """Every set of people that this place in the table can stand for."""
    groups = {
        Signer.ADMINISTRATORS: (ADMINISTRATORS, 2),
        Signer.ALL_PARTIES: (PARTIES, 1),
        Signer.PRESENT: (list(ROLES), 1),
    }
    return some(*groups[signer]) if signer in groups else [frozenset({name}) for name in SINGLE[signer]]


@cache
def allowed(kind: str) -> frozenset[frozenset[str]]:
    """Every set of signers that the table means for a type: nobody stands in two places."""
    return frozenset(
        frozenset().union(*chosen)
        for alternative in TABLE[kind].signers
        for chosen in product(*(means(signer) for signer in alternative))
        if sum(len(each) for each in chosen) == len(frozenset().union(*chosen))
    )


def officer(name: str, roles: list[str], key: str) -> dict[str, object]:
    ident = name.replace(" ", "-")
    token = {"serial": f"serial-{ident}", "label": ident, "model": "SoftHSM v2"}
    jwk = world.identity(key).public.jwk()
    keys = [{"purpose": "identity", "jwk": jwk, "token": token, "label": "identity", "online": True}]
    return {"id": ident, "name": name.title(), "roles": roles, "keys": keys}


def entries() -> dict[str, object]:
    """The cast's officers and administrators as roster entries."""
    every = ["compliance", "operations", "signing", "vault"]
    people = [officer(name, roles, name) for name, roles in ROLES.items()]
    chosen = {"officers": sorted(name.replace(" ", "-") for name in ADMINISTRATORS), "threshold": 2}
    return {"officers": [*people, officer(WITHDRAWN, every, WITHDRAWN)], "administrators": chosen}


@cache
def ready(kind: str) -> tuple[Desk, dict[str, object]]:
    """A desk just before an event of this type with the cast in its roster, and the event's body."""
    desk, _, (_, _, body) = before(kind)
    desk = desk.copy()
    if kind == "desk.founded":
        known: list[object] = body["officers"]  # type: ignore[assignment]
        return desk, {**body, **entries(), "officers": [*known, *entries()["officers"]]}  # type: ignore[misc]
    desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), **entries()})
    every = ["compliance", "operations", "signing", "vault"]
    second = officer(WITHDRAWN, every, "its second key")
    desk.log("roster.changed", ADMINISTRATORS[:2], {**world.no_entries(), "officers": [second]})
    return desk, body


def refusal(kind: str, names: frozenset[str]) -> str | None:
    """The code with which the machine refuses these signers, or None. The type's own rule is not asked."""
    desk, body = ready(kind)
    event = raw_event(kind, sorted(names), body, desk)
    try:
        machine.admit(desk.state, machine.Entry(len(desk.entries), desk.now_ms, event), events.parse(event))
    except CountersignError as error:
        return error.code
    return None


@pytest.mark.parametrize("kind", KINDS)
def test_exactly_the_signers_of_the_table_are_let_in(kind: str) -> None:
    for names in SETS:
        expected = None if names in allowed(kind) else "settlement.wrong-signers"
        assert refusal(kind, names) == expected, sorted(names)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stranger_spoils_every_set_and_so_does_a_withdrawn_key(kind: str) -> None:
    good = min(allowed(kind), key=sorted)
    gone = "settlement.key-withdrawn"
    for names in (frozenset({STRANGER}), good | {STRANGER}):
        assert refusal(kind, names) == "settlement.unknown-key"
    if kind != "desk.founded":  # before it there is no key to withdraw
        for names in (frozenset({WITHDRAWN}), good | {WITHDRAWN}):
            assert refusal(kind, names) == gone


def test_the_list_is_not_empty_and_no_type_is_open_to_all() -> None:
    for kind in KINDS:
        assert 0 < len(allowed(kind) & set(SETS)) < len(SETS) / 2


OFFICERS = [Holder(HolderKind.OFFICER, name.replace(" ", "-")) for name in ROLES] + [
    Holder(HolderKind.DESK, world.ORIGIN)
]
ONE_OWNER = {"deposit.credited": {world.HARBOUR}, "withdrawal.requested": {world.MERIDIAN}}
BOTH = {world.MERIDIAN, world.HARBOUR}
OTHER = world.lei("9845STRNGR")


def entitled(kind: str) -> set[str]:
    """The participants who receive the event that `before` logs; Meridian and Harbour are the parties of its contract."""
    match TABLE[kind].reader:
        case Reader.EVERYONE:
            return {*BOTH, OTHER}
        case Reader.OFFICERS:
            return set()
        case Reader.PARTIES:
            lending = {world.MERIDIAN} if kind.startswith("lending.") else BOTH
            return ONE_OWNER.get(kind, lending)


def received(desk: Desk, event: events.Event) -> Iterator[str]:
    for lei in (world.MERIDIAN, world.HARBOUR, OTHER):
        if audience.may_receive(desk.state, event, Holder(HolderKind.PARTICIPANT, lei)):
            yield lei


@pytest.mark.parametrize("kind", KINDS)
def test_exactly_the_readers_of_the_table_receive_it(kind: str) -> None:
    desk, _, step = before(kind)
    desk = desk.copy()
    event = events.parse(desk.log(*step).event)
    assert set(received(desk, event)) == entitled(kind)
    assert all(audience.may_receive(desk.state, event, who) for who in OFFICERS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_participant_receives_the_same_from_the_archive(kind: str) -> None:
    desk, _, step = before(kind)
    desk = desk.copy()
    last = desk.log(*step)
    found = [(entry.index, entry.event) for entry in desk.entries]
    for lei in (world.MERIDIAN, world.HARBOUR, OTHER):
        given = set(audience.receivable(desk.state, found, Holder(HolderKind.PARTICIPANT, lei)))
        assert (last.index in given) == (lei in entitled(kind))
        assert len(given) < len(found) or kind == "desk.founded"
    assert len(list(audience.receivable(desk.state, found, OFFICERS[0]))) == len(found)


@pytest.mark.parametrize("kind", KINDS)
def test_an_extract_holds_it_for_its_readers_alone_and_nothing_of_what_they_may_not_read(kind: str) -> None:
    desk, trade, step = before(kind)
    over = Finished(desk.copy(), trade)
    last = over.desk.log(*step)
    for lei in (world.MERIDIAN, world.HARBOUR, OTHER):
        found = extract_of(over, lei)
        held = {each.index for each in found.exhibits}
        assert (last.index in held) == (lei in entitled(kind))
        assert verified(found) == ([] if lei in BOTH else ["settlement.unknown-participant"])
        parts = b"".join((*found.files.values(), found.manifest))
        for each in over.desk.entries:
            opening = over.opening(each.index)
            secrets = (each.event, opening.serialise(), opening.salt, opening.salt.hex().encode())
            assert {secret in parts for secret in secrets[:2]} == {each.index in held}
            assert each.index in held or not any(secret in parts for secret in secrets)


def test_what_the_rules_refused_is_shown_to_officers_only() -> None:
    desk = world.founded()
    price = {"asset": world.BTC, "price": "1", "source": "x"}
    bad = desk.entry("price.published", ["operations"], price)
    desk.entries.append(bad)
    desk.state = machine.replay([bad], desk.state)
    found = [(bad.index, bad.event), (bad.index + 1, b"no event at all")]
    assert list(audience.receivable(desk.state, found, Holder(HolderKind.PARTICIPANT, world.HARBOUR))) == []
    assert list(audience.receivable(desk.state, found, OFFICERS[0])) == [bad.index, bad.index + 1]
