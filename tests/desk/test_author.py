"""Drafting and signing events: what is signed is the draft, by everybody who must, and a false signature goes nowhere."""

import pytest

from countersign.desk.author import Author, Scribe, add_signature, signed
from countersign.errors import CountersignError, Malformed
from countersign.keys import jws as jose
from countersign.keys.jws import EVENT
from countersign.settlement import events
from support.software_stage import CountedEntropy, SetClock, SoftwareToken, software_token

DESK = "demonstration.northgate.example/desk"


def author(name: str) -> Author:
    token = software_token(name, ())
    return Author(name, token.public["identity"], token)


def scribe() -> Scribe:
    return Scribe(DESK, SetClock(), CountedEntropy())


def endorsement(pen: Scribe) -> bytes:
    return pen.draft("contract.endorsed", {"contract": "ab" * 32})


async def test_a_draft_is_dated_now_and_names_its_desk() -> None:
    event = events.parse(await signed(endorsement(scribe()), [author("compliance")]))
    assert (event.desk, event.at, event.type) == (DESK, SetClock().seconds, "contract.endorsed")


def test_two_drafts_of_the_same_thing_have_different_ids() -> None:
    pen = scribe()
    assert endorsement(pen) != endorsement(pen)


def test_a_body_of_another_type_is_not_drafted() -> None:
    with pytest.raises(Malformed):
        scribe().draft("contract.endorsed", {"price": "1"})


async def test_signatures_of_several_people_stand_over_the_same_payload() -> None:
    people = [author("compliance"), author("officer-d")]
    whole = jose.parse(await signed(endorsement(scribe()), people), EVENT)
    jose.verify(whole, {each.key.kid: each.key for each in people}, EVENT)
    assert set(whole.kids) == {each.key.kid for each in people}


async def test_a_later_signature_joins_the_same_payload() -> None:
    maker, checker = author("operations"), author("compliance")
    first = await signed(endorsement(scribe()), [maker])
    both = jose.parse(await add_signature(first, checker), EVENT)
    assert both.payload == jose.parse(first, EVENT).payload
    jose.verify(both, {each.key.kid: each.key for each in (maker, checker)}, EVENT)


async def test_one_person_signing_twice_is_not_two_signatures() -> None:
    once = await signed(endorsement(scribe()), [author("operations")])
    assert len(jose.parse(await add_signature(once, author("operations")), EVENT).kids) == 1


async def test_a_signature_over_something_else_is_refused_before_it_is_used() -> None:
    token = software_token("compliance", ())

    class Lying(SoftwareToken):
        async def sign_message(self, key, message):  # type: ignore[no-untyped-def]
            return token.labels["identity"].sign(message + b"!")

    liar = Author("compliance", token.public["identity"], Lying("compliance", token.labels))
    with pytest.raises(CountersignError):
        await signed(endorsement(scribe()), [liar])
