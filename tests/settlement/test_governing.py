"""The log's key changes by desk and administrators; a ceremony is signed by exactly those who were there."""

import pytest

from countersign.audit import note
from countersign.errors import Malformed
from countersign.settlement.body_readers import READERS
from countersign.settlement.house_records import FormerLog
from support import settlement_world as world

THREE = ["desk", "compliance", "officer-d"]


def vkey(seed: int, name: str = world.ORIGIN) -> str:
    return str(note.verifier_key(bytes([seed]) * 32, name, note.ED25519))


def rotation(log: str) -> dict[str, object]:
    return {"log": log, "reason": "The module is replaced."}


def test_the_key_changes_at_its_entry_and_the_old_ones_are_remembered() -> None:
    desk = world.founded()
    first, size = desk.state.log, len(desk.entries)
    desk.log("log.rotated", THREE, rotation(vkey(1)))
    desk.log("log.rotated", THREE, rotation(vkey(2)))
    assert desk.state.log == vkey(2)
    assert desk.state.former_logs == (FormerLog(first, size), FormerLog(vkey(1), size + 1))


def test_a_key_is_never_the_logs_twice_and_bears_its_name() -> None:
    desk = world.founded()
    desk.log("log.rotated", THREE, rotation(vkey(1)))
    desk.log("log.rotated", THREE, rotation(vkey(2)))
    assert desk.attempt("log.rotated", THREE, rotation(vkey(1))) == "settlement.log-used"
    assert desk.attempt("log.rotated", THREE, rotation(vkey(2))) == "settlement.log-used"
    assert desk.attempt("log.rotated", THREE, rotation(vkey(3, "other.example/log"))) == "settlement.log-name"


@pytest.mark.parametrize("names", [["desk", "compliance"], ["compliance", "officer-d"], ["desk"]])
def test_neither_desk_nor_administrators_change_it_alone(names: list[str]) -> None:
    assert world.founded().attempt("log.rotated", names, rotation(vkey(1))) == "settlement.wrong-signers"


@pytest.mark.parametrize(
    "log",
    [
        "northgate.example/desk+0a0b0c0d+test",
        vkey(1).replace("northgate", "southgate"),  # the short id is another's
        vkey(1)[:-1],
        vkey(1) + "\n",
        str(note.verifier_key(bytes([1]) * 32, world.ORIGIN, note.COSIGNATURE)),
    ],
)
def test_what_is_no_log_key_is_malformed(log: str) -> None:
    with pytest.raises(Malformed) as caught:
        READERS["log.rotated"](rotation(log), "body")
    assert caught.value.code == "settlement.not-log-key"


def test_exactly_those_present_sign() -> None:
    desk, body = world.founded(), world.ceremony_body("compliance", "officer-a")
    assert desk.attempt("ceremony.recorded", ["compliance", "officer-a"], body) is None
    for names in (["compliance"], ["compliance", "officer-a", "officer-d"], ["compliance", "officer-d"]):
        assert desk.attempt("ceremony.recorded", names, body) == "settlement.ceremony-present"


@pytest.mark.parametrize("kind", ["founding", "enrolment", "key-replacement", "clock"])
def test_only_a_clock_is_compared_alone_or_without_an_administrator(kind: str) -> None:
    desk, expected = world.founded(), None if kind == "clock" else "settlement.ceremony-alone"
    for present in (["officer-d"], ["officer-a", "officer-c"]):
        assert desk.attempt("ceremony.recorded", present, world.ceremony_body(*present, kind=kind)) == expected


def test_the_record_is_kept() -> None:
    desk = world.founded()
    body = world.ceremony_body("compliance", "officer-d", phrase=None, kind="founding")
    entry = desk.log("ceremony.recorded", ["compliance", "officer-d"], body)
    held = desk.state.ceremonies[entry.index]
    assert (held.kind, held.phrase, held.present) == ("founding", None, ("compliance", "officer-d"))


@pytest.mark.parametrize("phrase", ["", "each jolt", "Each " + "jolt " * 10 + "cusp", " ".join(["jolts"] * 12)])
def test_what_is_no_phrase_is_malformed(phrase: str) -> None:
    with pytest.raises(Malformed) as caught:
        READERS["ceremony.recorded"](world.ceremony_body("compliance", phrase=phrase), "body")
    assert caught.value.code == "settlement.not-phrase"


def test_a_witness_does_not_become_the_log() -> None:
    desk = world.founded()
    witness = str(note.verifier_key(bytes([4]) * 32, "witness.example", note.COSIGNATURE))
    policy = world.policy_document(version=2, witnesses={"quorum": 1, "keys": [witness]})
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": policy})
    assert desk.attempt("log.rotated", THREE, rotation(vkey(4))) == "settlement.log-witness"
    assert desk.attempt("log.rotated", THREE, rotation(vkey(5))) is None
