"""The examples on the format pages are what the code reads and writes."""

import doctest
import re
from hashlib import sha256
from pathlib import Path

from countersign.airgap import answer, bytewords, envelope, fountain, members, psbt_ur, request, ur, xoshiro
from countersign.airgap import phrase as phrase_module
from countersign.airgap.phrase import Purpose, phrase
from countersign.keys.public_key import PublicKey

PAGES = Path(__file__).parents[2] / "docs" / "formats"


def test_the_envelope_page_shows_an_envelope():
    page = (PAGES / "envelope.md").read_text("utf-8")
    example = bytes.fromhex(re.search(r"```\n([0-9a-f\n]+)```", page)[1].replace("\n", ""))
    key = PublicKey.from_ed25519(bytes.fromhex(re.search(r"`([0-9a-f]{64})`", page)[1]))
    found = envelope.unseal(example, {key.kid: key})
    assert found.envelope.answer.is_refusal
    assert phrase(Purpose.ENVELOPE, sha256(example).digest()) in page


def test_the_phrase_page_shows_a_phrase_and_every_purpose():
    page = (PAGES / "phrase.md").read_text("utf-8")
    assert phrase(Purpose.EVIDENCE, bytes(32)) in page
    assert re.findall(r"^\| `([a-z]+)` \|", page, re.MULTILINE) == [purpose.value for purpose in Purpose]


def test_the_ur_page_shows_a_ur_and_every_type():
    page = (PAGES / "ur.md").read_text("utf-8")
    text = re.search(r"`(ur:psbt/[a-z]+)`", page)[1]
    assert ur.parse(text).cbor == bytes.fromhex("450102030405")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == set(ur.TYPES)


def test_the_worked_examples_of_the_modules_are_true():
    for module in (bytewords, fountain, members, phrase_module, psbt_ur, answer, request, ur, xoshiro):
        failed, tried = doctest.testmod(module)
        assert tried > 0
        assert failed == 0
