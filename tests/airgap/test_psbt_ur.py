"""A plain PSBT as UR: both versions read, version 2 written."""

import pytest

from countersign.airgap import psbt_ur, ur
from countersign.airgap.ur import Message
from countersign.errors import Malformed
from countersign.formats import cbor
from support.vectors import load_vectors

PSBT = b"psbt\xff\x01"


def test_version_2_is_written_unless_asked():
    assert psbt_ur.encode(PSBT) == Message("psbt", b"\x46psbt\xff\x01")
    assert psbt_ur.encode(PSBT, version=1) == Message("crypto-psbt", b"\x46psbt\xff\x01")


@pytest.mark.parametrize("version", [1, 2])
def test_what_is_written_is_read(version):
    assert psbt_ur.decode(psbt_ur.encode(PSBT, version=version)) == PSBT


@pytest.mark.parametrize("kind, tag", [("psbt", 40310), ("crypto-psbt", 310)])
def test_the_tag_of_the_type_is_read(kind, tag):
    assert psbt_ur.decode(Message(kind, cbor.encode(cbor.Tag(tag, PSBT)))) == PSBT


@pytest.mark.parametrize(
    "message",
    [
        Message("psbt", cbor.encode(cbor.Tag(310, PSBT))),
        Message("crypto-psbt", cbor.encode(cbor.Tag(40310, PSBT))),
        Message("psbt", cbor.encode(cbor.Tag(40310, cbor.Tag(40310, PSBT)))),
        Message("psbt", cbor.encode("psbt")),
        Message("psbt", cbor.encode([PSBT])),
        Message("psbt", cbor.encode(PSBT) + b"\0"),
        Message("psbt", bytes.fromhex("9affffffff")),
        Message("psbt", bytes.fromhex("5affffffff")),
        Message("countersign", cbor.encode(PSBT)),
    ],
)
def test_anything_else_is_refused(message):
    with pytest.raises(Malformed) as refused:
        psbt_ur.decode(message)
    assert refused.value.check in ("T3", "T4")


def test_the_papers_psbt():
    cases = [case for case in load_vectors("ur/research_papers.json")["cases"] if case["type"] == "psbt"]
    assert len(cases) == 1
    psbt = psbt_ur.decode(ur.parse(cases[0]["ur"]))
    assert psbt.startswith(b"psbt\xff")
    assert ur.encode(psbt_ur.encode(psbt)) == cases[0]["ur"]
