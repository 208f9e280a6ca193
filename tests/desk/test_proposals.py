"""The file form of a proposal: what the page shows is read, signed by others, and joined whichever way it comes."""

import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from countersign.desk import proposals
from countersign.desk.author import Author
from countersign.desk.proposals import examine, parse
from countersign.errors import Refused
from countersign.keys import jws as jose
from countersign.keys.public_key import PublicKey
from countersign.resources.governance_words import said
from countersign.settlement import machine
from support import settlement_world as world
from support import trouble_world as trouble
from support.refusals import refused

PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "proposal.md").read_text("utf-8")
EXAMPLE, SCHEMA = (part.split("\n```")[0] for part in PAGE.split("```json\n")[1:])


class Held:
    """A signer over a software key."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def sign_message(self, key: PublicKey, message: bytes) -> bytes:
        return world.identity(self.name).sign(message)

    async def sign_digest(self, key: PublicKey, digest: bytes) -> bytes:
        raise AssertionError("an event is a message")


def author(name: str) -> Author:
    return Author(name, world.identity(name).public, Held(name))


def test_the_page_shows_a_draft_that_nobody_has_signed() -> None:
    desk = world.founded()
    found = examine(desk.state, parse(EXAMPLE.encode()), desk.now_ms)
    assert parse(EXAMPLE.encode()).serialise() == EXAMPLE.encode()
    assert (found.signed, found.wanted, found.complete) == ((), 2, False)
    (change,) = found.differences
    words = "The certification of Harbour Prime runs until 2028-06-30 instead of 2027-06-30."
    assert said(change.then.code, change.then.values) == words
    assert set(json.loads(SCHEMA)["required"]) == set(json.loads(EXAMPLE))


async def test_signatures_are_joined_in_any_order_to_the_same_bytes_and_logged_as_they_are() -> None:
    desk = world.founded()
    files = [await proposals.sign(desk.state, EXAMPLE.encode(), author(each), desk.now_ms)
             for each in ("compliance", "officer-d")]  # fmt: skip
    joined = {proposals.merge(parse(one), parse(other)).serialise() for one, other in permutations(files)}
    assert len(joined) == 1
    data = joined.pop()
    assert examine(desk.state, parse(data), desk.now_ms).complete
    assert await proposals.sign(desk.state, data, author("compliance"), desk.now_ms) == data
    desk.append(world.machine.Entry(len(desk.entries), desk.now_ms, data))
    assert desk.state.roster.participant(world.HARBOUR).certified_until == "2028-06-30"
    assert examine(desk.state, parse(data), desk.now_ms).logged


async def test_a_signature_whose_key_was_withdrawn_since_stands_against_the_file() -> None:
    desk = world.founded()
    data = await proposals.sign(desk.state, EXAMPLE.encode(), author("compliance"), desk.now_ms)
    entry = world.officer_entry("compliance")
    entry["keys"][0]["jwk"] = world.identity("another token").public.jwk()  # type: ignore[index]
    desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "officers": [entry]})
    found = examine(desk.state, parse(data), desk.now_ms)
    assert found.objection is not None
    assert found.objection.code == "settlement.key-withdrawn"
    assert (found.signed, found.complete) == ((), False)


async def test_nobody_signs_with_a_key_that_was_withdrawn_or_is_somebody_elses() -> None:
    desk = world.founded()
    old = author("compliance")
    entry = world.officer_entry("compliance")
    entry["keys"][0]["jwk"] = world.identity("another token").public.jwk()  # type: ignore[index]
    desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "officers": [entry]})
    with refused("settlement.key-withdrawn", Refused):
        await proposals.sign(desk.state, EXAMPLE.encode(), old, desk.now_ms)
    with refused("desk.proposal-not-yours", Refused):
        await proposals.sign(desk.state, EXAMPLE.encode(), replace(author("officer-a"), id="compliance"), desk.now_ms)
    new = Author("compliance", world.identity("another token").public, Held("another token"))
    data = await proposals.sign(desk.state, EXAMPLE.encode(), new, desk.now_ms)
    assert [each.id for each in examine(desk.state, parse(data), desk.now_ms).signed] == ["compliance"]


SCOPE = {"kind": "asset", "lei": None, "book": None, "contract": None, "asset": world.BTC}
ORDER = {"order": "HC-1", "scope": SCOPE, "document_sha256": "11" * 32, "reason": "By order."}


def signed_too(data: bytes, *names: str) -> bytes:
    """The same proposal with more signatures, made past every rule."""
    known = parse(data).event.jws
    keys = [world.identity(each) for each in names]
    made = [(key.public, key.sign(jose.signing_input(known.payload, key.public, jose.EVENT))) for key in keys]
    return jose.serialise(jose.merge(known, jose.attach(known.payload, jose.EVENT, made)))


@pytest.mark.parametrize("stranger", ["operations", "harbour", "desk"])
def test_a_signature_that_could_never_be_logged_with_the_others_is_not_carried_along(stranger: str) -> None:
    desk, trade = trouble.begun("signed")
    names = [trouble.live(desk, trade, kind).hash for kind in ("psbt", "safe-tx")]
    release = drafted(desk, "release.authorised", world.release_body(trade, *names), "compliance")
    found = examine(desk.state, parse(signed_too(release, "operations")), desk.now_ms)
    assert (found.objection, found.complete) == (None, True)
    beside = "officer-a" if stranger == "operations" else stranger  # operations makes the release, officer A does not
    change = {**world.no_entries(), "participants": [world.participant_entry("harbour")]}
    for data, extra in (
        (release, beside),
        (drafted(desk, "roster.changed", change, "compliance"), stranger),
        (drafted(desk, "freeze.ordered", ORDER, "compliance", "operations"), beside),
    ):
        found = examine(desk.state, parse(signed_too(data, extra)), desk.now_ms)
        assert found.objection is not None, parse(data).event.type
        assert found.objection.code == "settlement.wrong-signers"
        assert not found.complete


def test_whoever_may_sign_is_named_in_one_order() -> None:
    desk = world.founded()
    found = examine(desk.state, parse(drafted(desk, "freeze.ordered", ORDER)), desk.now_ms)
    able = [each.id for each in found.missing]
    assert able == sorted(desk.state.roster.officers)


def drafted(desk: world.Desk, kind: str, body: dict[str, object], *names: str) -> bytes:
    """A draft, already signed by these."""
    payload = world.builder.payload(kind, desk.state.desk, f"{kind}-1", desk.now_ms // 1_000, body)
    if not names:
        return proposals.Proposal(world.events.from_jws(jose.Jws(payload, ()))).serialise()
    return world.event_bytes(kind, list(names), body, id=f"{kind}-1", at=desk.now_ms // 1_000)


def with_units() -> world.Desk:
    """A desk at which Meridian has bitcoin to lend."""
    desk, _ = trouble.begun("endorsed")
    return desk


def test_a_loan_is_signed_by_its_owner_and_then_by_compliance() -> None:
    desk = with_units()
    bare = examine(desk.state, parse(drafted(desk, "lending.authorised", world.loan_body())), desk.now_ms)
    assert bare.objection is None
    assert [each.id for each in bare.missing] == [world.MERIDIAN, "compliance"]
    owned = examine(desk.state, parse(drafted(desk, "lending.authorised", world.loan_body(), "meridian")), desk.now_ms)
    assert ([each.id for each in owned.missing], owned.wanted, owned.complete) == (["compliance"], 2, False)
    assert [said(each.then.code, each.then.values) for each in owned.differences] == [
        "Meridian Capital (main) lends 5.00000000 BTC to the pool at 2.50 % a year, as the loan loan-1.",
        "The pool then has 5.00000000 BTC on loan, of at most 30.00000000 BTC.",
    ]
    both = drafted(desk, "lending.authorised", world.loan_body(), "meridian", "compliance")
    assert examine(desk.state, parse(both), desk.now_ms).complete


@pytest.mark.parametrize(
    ("names", "objection"),
    [
        (["harbour"], "settlement.loan-owner"),
        (["operations"], "settlement.wrong-signers"),
        (["meridian", "harbour"], "settlement.wrong-signers"),
    ],
)
def test_a_loan_that_the_wrong_ones_signed_is_refused(names: list[str], objection: str) -> None:
    desk = with_units()
    found = examine(desk.state, parse(drafted(desk, "lending.authorised", world.loan_body(), *names)), desk.now_ms)
    assert found.objection is not None
    assert found.objection.code == objection
    assert not found.complete


def test_an_instruction_waits_a_day_for_its_second_signature_and_minutes_with_one() -> None:
    desk, trade = trouble.begun("instructed")
    data = drafted(desk, "instruction.prepared", world.psbt_body(trade), "operations")
    found = examine(desk.state, parse(data), desk.now_ms)
    assert (found.objection, found.complete, [each.id for each in found.missing]) == (None, False, ["compliance"])
    words = [said(each.then.code, each.then.values) for each in found.differences]
    assert words[0].startswith("The cycle ")
    assert words[-1].startswith("Both officers consent to its fee")
    later = world.machine.Entry(len(desk.entries), desk.now_ms + machine.DAY_MS, data)
    with refused("settlement.author-time", Refused):
        machine.decide(desk.state, later, world.events.parse(data))
    both = drafted(desk, "instruction.prepared", world.psbt_body(trade), "operations", "compliance")
    machine.decide(desk.state, replace(later, event=both), world.events.parse(both))


def test_a_void_waits_for_compliance() -> None:
    desk, trade = trouble.begun("partly signed")
    kind, _, body = trouble.prepared(trade, trouble.live(desk, trade, "psbt"), "void")
    found = examine(desk.state, parse(drafted(desk, kind, body, "operations")), desk.now_ms)
    assert (found.objection, found.complete, [each.id for each in found.missing]) == (None, False, ["compliance"])


def test_a_release_waits_for_the_checker_whom_its_maker_named() -> None:
    desk, trade = trouble.begun("signed")
    names = [trouble.live(desk, trade, kind).hash for kind in ("psbt", "safe-tx")]
    body = world.release_body(trade, *names)
    found = examine(desk.state, parse(drafted(desk, "release.authorised", body, "operations")), desk.now_ms)
    assert ([each.id for each in found.missing], found.wanted, found.complete) == (["compliance"], 2, False)
    late = desk.now_ms + machine.DAY_MS
    assert examine(desk.state, parse(drafted(desk, "release.authorised", body)), late).objection is None
    stale = examine(desk.state, parse(drafted(desk, "release.authorised", body)), late + 1).objection
    assert stale is not None
    assert stale.code == "desk.proposal-old"
