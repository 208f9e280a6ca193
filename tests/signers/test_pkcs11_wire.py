"""Frames between the console and the token's process, and the sentences of everything the room can say."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import countersign.signers
from countersign.errors import Conflict, CountersignError, Malformed, Refused, Unavailable
from countersign.resources.sentences.signers import SENTENCES
from countersign.signers import pkcs11_wire as wire
from countersign.signers.secret import Secret
from support.refusals import refused

VALUES = st.integers(-(2**53), 2**53) | st.text(max_size=10) | st.binary(max_size=10) | st.booleans() | st.none()


@given(st.dictionaries(st.text(max_size=8), VALUES | st.lists(VALUES), max_size=5))
def test_a_message_comes_back(message: dict[str, object]) -> None:
    frame = wire.frame(message)
    header, body = frame[: wire.HEADER.size], frame[wire.HEADER.size :]
    assert wire.body_length(header, wire.ANSWER_LIMIT) == len(body)
    assert wire.message(body, wire.ANSWER_LIMIT) == message


def test_a_secret_is_opened_in_its_frame_only() -> None:
    assert wire.frame({"pin": Secret("1234")}) == wire.frame({"pin": b"1234"})


@pytest.mark.parametrize("kind", [Malformed, Refused, Unavailable, Conflict])
def test_a_named_error_crosses_as_itself(kind: type[CountersignError]) -> None:
    error = wire.outcome(wire.refusal(kind("H7.length", length=63, key="k")))
    assert (type(error), error.code, error.values) == (kind, "H7.length", {"length": 63, "key": "k"})


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"ok": 1, "code": "x"},
        {"kind": "bug", "code": "x", "values": {}},
        {"kind": "refused", "code": "x"},
        {"kind": "refused", "code": "x", "values": {"a": b"1"}},
        {"kind": "refused", "code": "x", "values": []},
        {"kind": [], "code": "x", "values": {}},
        {"kind": "refused", "code": 5, "values": {}},
        {"kind": "refused", "code": "x", "values": {1: "a"}},
        {"kind": "refused", "code": "x", "values": {"findings": "a"}},
    ],
)
def test_what_is_no_answer_is_malformed(answer: dict[str, object]) -> None:
    with refused("signers.token-protocol"):
        wire.outcome(answer)


def test_every_code_of_the_room_has_its_sentence_and_no_sentence_is_idle() -> None:
    [folder] = countersign.signers.__path__
    text = "".join(path.read_text("utf-8") for path in Path(folder).glob("*.py"))
    assert set(re.findall(r'"((?:H[0-9]|signers)\.[a-z0-9-]+)"', text)) == set(SENTENCES)
