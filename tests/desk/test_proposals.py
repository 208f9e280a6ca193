"""The file form of a proposal: what the page shows is read, signed by others, and joined whichever way it comes."""

import json
from itertools import permutations
from pathlib import Path

from countersign.desk import proposals
from countersign.desk.author import Author
from countersign.desk.proposals import examine, parse
from countersign.keys.public_key import PublicKey
from countersign.resources.governance_words import said
from support import settlement_world as world

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
