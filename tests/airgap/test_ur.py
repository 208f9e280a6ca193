"""UR texts: the reference's and the papers' strings, both cases, and T3's refusals beside near misses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.airgap import bytewords, fountain, ur
from countersign.airgap.bytewords import Style
from countersign.airgap.ur import Message, MultiPart, Parts, Scan
from countersign.airgap.xoshiro import Xoshiro256
from countersign.errors import Malformed
from countersign.formats import cbor
from support.refusals import refused
from support.vectors import load_vectors

BYTES = frozenset(("bytes",))


def vector_message(length: int) -> Message:
    return Message("bytes", cbor.encode(Xoshiro256(b"Wolf").next_data(length)))


def test_a_known_ur_reads_and_writes():
    # BCR-2020-005, the paper's example of a seed
    text = "ur:seed/oyadgdstaslplabghydrpfmkbggufgludprfgmamdpwmox"
    found = ur.parse(text, frozenset(("seed",)))
    assert found == Message("seed", bytes.fromhex("a10150c7098580125e2ab0981253468b2dbc52"))
    assert ur.encode(found) == text


def test_the_references_single_part():
    case = load_vectors("ur/bc-ur_reference.json")["single_part_ur"]
    assert ur.encode(vector_message(case["message_len"])) == case["ur"]
    assert ur.parse(case["ur"], BYTES) == vector_message(case["message_len"])


def test_the_references_many_parts():
    case = load_vectors("ur/bc-ur_reference.json")["ur_encoder"]
    parts = Parts(vector_message(case["message_len"]), case["max_fragment_len"])
    assert [parts.text(number) for number in range(1, len(case["parts"]) + 1)] == case["parts"]


def test_the_references_parts_restore_the_message():
    case = load_vectors("ur/bc-ur_reference.json")["ur_encoder"]
    scan = Scan(BYTES)
    for text in reversed(case["parts"]):
        scan.receive(text, now=0)
    assert scan.message == vector_message(case["message_len"])


def test_every_ur_of_the_papers_reads_to_its_cbor_and_writes_back():
    cases = load_vectors("ur/research_papers.json")["cases"]
    assert len(cases) == 35
    for case in cases:
        found = ur.parse(case["ur"], frozenset((case["type"],)))
        if isinstance(found, MultiPart):
            assert found.part.serialise().hex() == case["part_cbor"]
            assert ur.encode_part(found) == case["ur"]
        else:
            assert found.cbor.hex() == case["cbor"]
            assert ur.encode(found) == case["ur"]


PSBT = Message("psbt", bytes.fromhex("450102030405"))
TEXT = "ur:psbt/feadaoaxaaahjlkbghmd"


@pytest.mark.parametrize("text", [TEXT, TEXT.upper()])
def test_both_cases_are_read(text):
    assert ur.parse(text) == PSBT


@pytest.mark.parametrize(
    "text, code",
    [
        ("UR:psbt/feadaoaxaaahjlkbghmd", "T3.ur-form"),
        ("ur:psbt/feadaoaxaaahjlkbghMD", "T3.ur-form"),
        ("ur:psbt/feadaoaxaaahjlkbghmd\n", "T3.ur-form"),
        (" ur:psbt/feadaoaxaaahjlkbghmd", "T3.ur-form"),
        ("ur:psbt", "T3.ur-form"),
        ("ur:psbt/", "T3.ur-form"),
        ("ur:psbt/1-2-3/feadaoaxaaahjlkbghmd", "T3.ur-form"),
        ("ur:psbt/１-9/feadaoaxaaahjlkbghmd", "T3.ur-form"),
        ("ur:bytes/feadaoaxaaahjlkbghmd", "T3.type"),
        ("ur:crypto-seed/feadaoaxaaahjlkbghmd", "T3.type"),
        ("ur:psbt/feadaoaxaaahjlkbghme", "T3.checksum"),
        ("ur:psbt/feadaoaxaaahjlkbghm", "T3.byteword"),
        ("ur:psbt/1-1/feadaoaxaaahjlkbghmd", "T3.part-form"),
        ("http://psbt/feadaoaxaaahjlkbghmd", "T3.ur-form"),
        ("", "T3.ur-form"),
        ("ur:psbt/" + "ae" * 600_000, "T3.text-limit"),
    ],
)
def test_a_near_miss_is_refused_by_name(text, code):
    with pytest.raises(Malformed) as refused:
        ur.parse(text)
    assert refused.value.code == code


def part_texts(message: Message, length: int = 30) -> list[str]:
    parts = Parts(message, length)
    return [parts.text(number) for number in range(1, parts.seq_len + 1)]


LONG = Message("psbt", cbor.encode(Xoshiro256(b"Wolf").next_data(256)))
OTHER = Message("psbt", cbor.encode(Xoshiro256(b"Fox").next_data(256)))


@pytest.mark.parametrize("path", ["2-9", "1-10", "01-9", "1-09", "1-1"])
def test_a_path_that_disagrees_with_its_part_is_refused(path):
    text = part_texts(LONG)[0]
    assert ur.parse(text).part.seq_num == 1
    with pytest.raises(Malformed) as refused:
        ur.parse(text.replace("/1-9/", f"/{path}/"))
    assert refused.value.code == "T3.sequence"


def test_a_million_parts_in_one_frame_are_refused():
    hostile = bytewords.encode(cbor.encode([1, 1_000_000, 500_000, 0, b"\0"]), Style.MINIMAL)
    with pytest.raises(Malformed) as refused:
        ur.parse(f"ur:psbt/1-1000000/{hostile}")
    assert refused.value.code == "T3.seq-len"


def test_a_scan_reports_and_completes():
    scan = Scan()
    seen = [scan.receive(text.upper(), now=0) for text in part_texts(LONG)]
    assert [progress.received for progress in seen] == list(range(1, 10))
    assert scan.message == LONG


def test_parts_of_two_messages_mixed_are_refused_and_the_scan_goes_on():
    scan, ours = Scan(), part_texts(LONG)
    scan.receive(ours[0], now=0)
    with pytest.raises(Malformed) as refused:
        scan.receive(part_texts(OTHER)[1], now=0)
    assert refused.value.code == "T3.mixed-messages"
    with pytest.raises(Malformed) as refused:
        scan.receive(part_texts(Message("crypto-psbt", LONG.cbor))[1], now=0)
    assert refused.value.code == "T3.mixed-types"
    with pytest.raises(Malformed) as refused:
        scan.receive(TEXT, now=0)
    assert refused.value.code == "T3.mixed-messages"
    for text in ours[1:]:
        scan.receive(text, now=0)
    assert scan.message == LONG


def test_a_first_frame_that_is_refused_fixes_nothing():
    scan = Scan()
    with pytest.raises(Malformed):
        scan.receive("ur:seed/oyadgdstaslplabghydrpfmkbggufgludprfgmamdpwmox", now=0)
    scan.receive(TEXT, now=0)
    assert scan.message == PSBT


def test_a_single_part_completes_at_once_and_may_be_seen_again():
    scan = Scan()
    assert scan.receive(TEXT, now=0).complete
    assert scan.receive(TEXT, now=1).repeated
    with pytest.raises(Malformed) as refused:
        scan.receive(ur.encode(Message("psbt", b"\x41\x00")), now=2)
    assert refused.value.code == "T3.mixed-messages"


def test_a_message_too_long_for_any_reader_is_not_written():
    with pytest.raises(Malformed) as refused:
        ur.encode(Message("psbt", bytes(fountain.MESSAGE_LIMIT + 1)))
    assert refused.value.code == "T3.message-len"
    longest = ur.encode(Message("psbt", bytes(fountain.MESSAGE_LIMIT)))
    assert len(longest) <= ur.TEXT_LIMIT
    assert isinstance(ur.parse(longest), Message)


@given(st.binary(min_size=1, max_size=500), st.booleans())
def test_what_is_written_is_read(data, shout):
    text = ur.encode(Message("countersign", data))
    assert ur.parse(text.upper() if shout else text) == Message("countersign", data)


@given(st.text(max_size=200))
def test_any_other_text_is_refused_by_name(text):
    with pytest.raises(Malformed) as refused:
        ur.parse("ur:psbt/" + text)
    assert refused.value.check in ("T3", "T4")


def test_a_letter_that_only_folds_to_ascii_is_refused() -> None:
    text = ur.encode(ur.Message("psbt", bytes.fromhex("450102030405"))).upper()
    assert "K" in text
    with refused("T3.ur-form"):
        ur.parse(text.replace("K", "\u212a"))
