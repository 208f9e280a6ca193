"""Signed notes: published notes and keys, and L1 and L2 with hostile notes beside near misses."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.audit import note
from countersign.audit.note import COSIGNATURE, ED25519, KNOWN_TYPES, Note, Signature, VerifierKey
from countersign.audit.spelling import base64_text, unbase64
from countersign.errors import CountersignError, Malformed, Refused
from support import small_log
from support.vectors import load_vectors

TEXT = "This is an example message.\n"
# c2sp.org/signed-note, the document's example, typed in so that a clone alone proves something.
SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    TEXT + "\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
SEED = bytes(range(32))
NAME = "log.example"
KEY = note.verifier_key(SEED, NAME, ED25519)


def signed_text(text: str = TEXT) -> str:
    return f"{text}\n{note.sign(SEED, NAME, text).line()}"


def test_the_documents_example_verifies() -> None:
    parsed = Note.parse(SPEC_NOTE.encode())
    assert parsed.text == TEXT
    assert parsed.serialise() == SPEC_NOTE.encode()
    (signed,) = note.verify(parsed, [VerifierKey.parse(SPEC_VKEY)])
    assert str(signed.key) == SPEC_VKEY


def test_published_keys_of_our_two_types_parse_and_all_others_are_unknown() -> None:
    for case in load_vectors("tlog/signed_note.json")["keys"]:
        if case["valid"] and case["type"] in KNOWN_TYPES:
            assert str(VerifierKey.parse(case["vkey"])) == case["vkey"]
        else:
            with pytest.raises(Malformed) as error:
                VerifierKey.parse(case["vkey"])
            assert error.value.code == ("L2.vkey" if case["type"] in KNOWN_TYPES else "L2.key-type")


def test_the_published_signing_key_makes_the_published_key() -> None:
    pair = load_vectors("tlog/signed_note.json")["skey"]
    secret = unbase64(pair["skey"].split("+", 4)[4], "L2.vkey")
    name = VerifierKey.parse(pair["vkey"]).name
    assert str(note.verifier_key(secret[1:], name, secret[0])) == pair["vkey"]


def test_published_valid_notes_verify_and_come_back_the_same() -> None:
    for case in load_vectors("tlog/signed_note.json")["valid"]:
        parsed = Note.parse(case["note"].encode())
        assert (parsed.text, parsed.serialise()) == (case["text"], case["note"].encode())
        keys = [VerifierKey.parse(vkey) for vkey in case["vkeys"]]
        assert [signed.key for signed in note.verify(parsed, keys)] == keys


def test_published_notes_with_a_false_signature_are_rejected_whole() -> None:
    for case in load_vectors("tlog/signed_note.json")["invalid_signature"]:
        with pytest.raises(Refused, match=r"L2\.bad-signature"):
            note.verify(Note.parse(case["note"].encode()), [VerifierKey.parse(vkey) for vkey in case["vkeys"]])


def test_published_malformed_notes_are_malformed() -> None:
    for case in load_vectors("tlog/signed_note.json")["malformed"]:
        data = bytes.fromhex(case["note_hex"]) if "note_hex" in case else case["note"].encode()
        with pytest.raises(Malformed) as error:
            Note.parse(data)
        assert error.value.check == "L1", case["why"]


def test_a_hundred_and_one_signatures_are_over_the_limit() -> None:
    for case in load_vectors("tlog/signed_note.json")["ignore"]:
        with pytest.raises(Malformed, match=r"L1\.too-many-signatures"):
            Note.parse(case["note"].encode())


def with_lines(count: int) -> bytes:
    return f"{TEXT}\n{note.sign(SEED, NAME, TEXT).line() * count}".encode()


HOSTILE = {
    "65 signatures": (with_lines(65), "L1.too-many-signatures"),
    "over 512 KiB": (b"a" * note.MAX_SIZE + signed_text().encode(), "L1.too-large"),
    "carriage return": (signed_text().replace(".\n", ".\r\n").encode(), "L1.control-character"),
    "nul": (signed_text().replace("example", "exam\0ple").encode(), "L1.control-character"),
    "delete": (signed_text().replace("example", "exam\x7fple").encode(), "L1.control-character"),
    "C1 control": (signed_text().replace("example", "exam\x85ple").encode(), "L1.control-character"),
    "not UTF-8": (b"\xff" + signed_text().encode(), "L1.utf-8"),
    "surrogate in UTF-8": (b"\xed\xa0\x80" + signed_text().encode(), "L1.utf-8"),
    "hyphen for em dash": (signed_text().replace("— ", "- ").encode(), "L1.signature-line"),
    "en dash for em dash": (signed_text().replace("— ", "– ").encode(), "L1.signature-line"),
    "em dash missing": (signed_text().replace("— ", "").encode(), "L1.signature-line"),
    "no space after the dash": (signed_text().replace("— ", "—").encode(), "L1.signature-line"),
    "two spaces": (signed_text().replace(f"{NAME} ", f"{NAME}  ").encode(), "L1.signature-line"),
    "plus in the name": (signed_text().replace(f"— {NAME}", f"— {NAME}+").encode(), "L1.signature-line"),
    "wide space in the name": (signed_text().replace(f"— {NAME}", f"— a\u3000{NAME}").encode(), "L1.signature-line"),
    "no name": (signed_text().replace(f"— {NAME} ", "—  ").encode(), "L1.signature-line"),
    "key id only": (f"{TEXT}\n— {NAME} {base64_text(KEY.key_id)}\n".encode(), "L1.signature-line"),
    "base64 without padding": (signed_text().replace("=", "").encode(), "L1.signature-base64"),
    "url-safe base64": (signed_text().replace("/", "_").replace("+", "-").encode(), "L1.signature-base64"),
    "no final newline": (signed_text()[:-1].encode(), "L1.no-final-newline"),
    "a blank line behind": ((signed_text() + "\n").encode(), "L1.no-signatures"),
    "no blank line": (signed_text().replace("\n\n", "\n").encode(), "L1.no-signatures"),
    "nothing": (b"", "L1.no-signatures"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_note_of_another_form_is_malformed(name: str) -> None:
    data, code = HOSTILE[name]
    with pytest.raises(Malformed) as error:
        Note.parse(data)
    assert error.value.code == code


NEAR_MISS = {
    "64 signatures": with_lines(64),
    "just under 512 KiB": b"a" * (note.MAX_SIZE - len(signed_text().encode())) + signed_text().encode(),
    "empty lines in the text": signed_text("one\n\n\ntwo\n").encode(),
    "an em dash in the text": signed_text("— not a signature\n").encode(),
    "other scripts": signed_text("ed è subito sera — 夜\n").encode(),
}


@pytest.mark.parametrize("name", NEAR_MISS)
def test_its_near_miss_parses_and_comes_back_the_same(name: str) -> None:
    assert Note.parse(NEAR_MISS[name]).serialise() == NEAR_MISS[name]


def test_signatures_of_unknown_keys_are_ignored_even_where_a_name_or_an_id_agrees() -> None:
    good = note.sign(SEED, NAME, TEXT)
    strangers = [
        Signature("stranger.example", b"\1\2\3\4", bytes(64)),
        Signature(NAME, b"\1\2\3\4", bytes(64)),
        Signature("stranger.example", KEY.key_id, bytes(64)),
    ]
    found = note.verify(Note(TEXT, (*strangers, good)), [KEY])
    assert [signed.signature for signed in found] == [good]
    with pytest.raises(Refused, match=r"L2\.no-known-key"):
        note.verify(Note(TEXT, tuple(strangers)), [KEY])


@pytest.mark.parametrize("data", [bytes(64), bytes(63), b"\0", b"\xff" * 64, bytes(72)])
def test_one_failing_line_of_a_known_key_rejects_the_whole_note(data: bytes) -> None:
    good = note.sign(SEED, NAME, TEXT)
    bad = Signature(NAME, KEY.key_id, data)
    for lines in ((good, bad), (bad, good), (bad,)):
        with pytest.raises(Refused, match=r"L2\.bad-signature"):
            note.verify(Note(TEXT, lines), [KEY])
    assert note.verify(Note(TEXT, (good, good)), [KEY])


def test_a_collision_of_name_and_key_id_proves_nothing() -> None:
    """A stranger's key under the trusted name and id: the bytes decide, not the 32 bits."""
    stranger = note.sign(bytes(32), NAME, TEXT)
    with pytest.raises(Refused, match=r"L2\.bad-signature"):
        note.verify(Note(TEXT, (Signature(NAME, KEY.key_id, stranger.data),)), [KEY])


def test_the_type_is_part_of_the_key_id() -> None:
    cosigner = note.verifier_key(SEED, NAME, COSIGNATURE)
    assert cosigner.key_id != KEY.key_id
    assert KEY.key_id == hashlib.sha256(NAME.encode() + b"\n\x01" + KEY.public).digest()[:4]
    with pytest.raises(Refused, match=r"L2\.no-known-key"):
        note.verify(Note(TEXT, (note.sign(SEED, NAME, TEXT),)), [cosigner])


def vkey_of(material: bytes) -> str:
    """A vkey whose key id is right for whatever stands in it."""
    identity = hashlib.sha256(b"name\n" + material).digest()[:4].hex()
    return f"name+{identity}+{base64_text(material)}"


@pytest.mark.parametrize(
    "vkey, code",
    [
        ("", "L2.vkey"),
        ("name+530d903a", "L2.vkey"),
        ("name+530d903a+", "L2.vkey"),
        (SPEC_VKEY + "\n", "L2.vkey"),
        (SPEC_VKEY.replace("530d903a", "530D903A"), "L2.key-id"),
        (SPEC_VKEY.replace("530d903a", "530d903b"), "L2.key-id"),
        (SPEC_VKEY.replace("foo", "bar"), "L2.key-id"),
        (SPEC_VKEY.replace("example.com/foo", "example com"), "L2.key-name"),
        (SPEC_VKEY.replace("example.com/foo", ""), "L2.key-name"),
        (
            SPEC_VKEY.replace("example.com/foo", "example.com/\udcff"),
            "L2.key-name",
        ),  # a terminal's bytes that are no UTF-8
        (SPEC_VKEY + "=", "L2.vkey"),
        (vkey_of(bytes([1]) + bytes(31)), "L2.key-length"),
        (vkey_of(bytes([1]) + bytes(33)), "L2.key-length"),
        (vkey_of(bytes([2]) + bytes(32)), "L2.key-type"),
        (vkey_of(bytes([1]) + b"\xff" * 32), "keys.not-on-curve"),
    ],
)
def test_a_vkey_has_one_spelling(vkey: str, code: str) -> None:
    with pytest.raises(Malformed) as error:
        VerifierKey.parse(vkey)
    assert error.value.code == code


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_parsing_is_total_and_comes_back_the_same(data: bytes) -> None:
    try:
        parsed = Note.parse(data)
    except Malformed:
        return
    assert parsed.serialise() == data


@settings(deadline=None)
@given(st.integers(0, len(SPEC_NOTE.encode()) - 1), st.integers(0, 7))
def test_any_altered_bit_of_the_documents_example_is_noticed(at: int, bit: int) -> None:
    data = bytearray(SPEC_NOTE.encode())
    data[at] ^= 1 << bit
    with pytest.raises(CountersignError):
        note.verify(Note.parse(bytes(data)), [VerifierKey.parse(SPEC_VKEY)])


def test_a_signature_line_is_not_added_twice() -> None:
    line = note.sign(SEED, NAME, TEXT)
    assert Note(TEXT, (line,)).signed_by(line) == Note(TEXT, (line,))
    assert small_log.signed(small_log.filled_log(2).checkpoint(), [0]).note.signatures[0].by(small_log.log_key())
