"""The fountain: the reference's parts, loss and disorder, and T3's hostile parts beside near misses."""

import random
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.airgap import fountain
from countersign.airgap.fountain import Decoder, Encoder, Part, fragment_length
from countersign.airgap.xoshiro import Xoshiro256
from countersign.errors import Malformed, Unavailable
from countersign.formats import cbor
from support.vectors import load_vectors


def message(length: int, seed: bytes = b"Wolf") -> bytes:
    return Xoshiro256(seed).next_data(length)


def reference():
    return load_vectors("ur/bc-ur_reference.json")


# --- the reference -------------------------------------------------------------------------------------------------


def test_the_references_nominal_lengths():
    cases = reference()["find_nominal_fragment_length"]
    assert len(cases) == 2
    for case in cases:
        assert fragment_length(case["message_len"], case["min"], case["max"]) == case["result"]


def test_the_references_partition():
    case = reference()["partition"]
    encoder = Encoder(message(case["message_len"]), case["max_fragment"], case["min_fragment"])
    assert [fragment.hex() for fragment in encoder.fragments] == case["fragments"]


def test_the_references_parts_as_values_and_as_cbor():
    case = reference()["fountain_encoder"]
    encoder = Encoder(message(case["message_len"]), case["max_fragment_len"])
    for number, (published, encoded) in enumerate(zip(case["parts"], case["cbor"], strict=True), start=1):
        part = encoder.part(number)
        found = (part.seq_num, part.seq_len, part.message_len, part.checksum)
        assert found == tuple(int(published[name]) for name in ("seqNum", "seqLen", "messageLen", "checksum"))
        assert part.data.hex() == published["data"]
        assert part.serialise().hex() == encoded
        assert Part.parse(bytes.fromhex(encoded)) == part


# --- restoring -----------------------------------------------------------------------------------------------------


def feed(parts, *, decoder=None):
    decoder = decoder or Decoder()
    for part in parts:
        if decoder.receive(part, now=0).complete:
            break
    return decoder


@given(
    st.binary(min_size=1, max_size=3000),
    st.integers(min_value=1, max_value=300),
    st.integers(min_value=0, max_value=2**32 - 1),
)
def test_a_message_returns_from_any_order_with_a_fifth_lost_and_a_tenth_repeated(data, length, seed):
    encoder, chance = Encoder(data, length, min_fragment=1), random.Random(seed)
    encoder_parts = range(1, max(2 * encoder.seq_len, encoder.seq_len + 12) + 1)
    numbers = [number for number in encoder_parts if chance.random() >= 0.2]
    numbers += chance.choices(numbers, k=len(numbers) // 10) if numbers else []
    chance.shuffle(numbers)
    decoder = feed(encoder.part(number) for number in numbers)
    if decoder.message is None:  # whatever the dice left out, the row goes on for ever
        feed((encoder.part(number) for number in range(100_000, 101_000)), decoder=decoder)
    assert decoder.message == data


def test_mixed_parts_alone_restore_a_message():
    data = message(1000)
    encoder = Encoder(data, 30)
    decoder = feed(encoder.part(number) for number in range(encoder.seq_len + 1, 1000))
    assert decoder.message == data


def test_progress_counts_what_brought_something_and_names_what_is_missing():
    encoder, decoder = Encoder(message(90), 30), Decoder()
    first = decoder.receive(encoder.part(2), now=0)
    again = decoder.receive(encoder.part(2), now=0)
    assert (first.received, first.needed, first.missing, first.repeated) == (1, 3, (0, 2), False)
    assert (again.received, again.missing, again.repeated, again.complete) == (1, (0, 2), True, False)


def test_parts_after_the_last_needed_one_change_nothing():
    encoder = Encoder(message(90), 30)
    decoder = feed(encoder.part(number) for number in (1, 2, 3))
    assert decoder.receive(encoder.part(77), now=10_000).complete
    assert decoder.message == message(90)


def test_never_more_equations_are_held_than_parts_are_needed():
    encoder, decoder = Encoder(message(3000), 30), Decoder()
    for number in range(encoder.seq_len + 1, 3 * encoder.seq_len):
        decoder.receive(encoder.part(number), now=0)
        assert decoder.held <= encoder.seq_len <= 2 * encoder.seq_len


# --- T3 ------------------------------------------------------------------------------------------------------------

GOOD = Encoder(message(256), 30).part(1)


def refusal(part: Part) -> str:
    with pytest.raises(Malformed) as refused:
        Part.parse(part.serialise())
    return refused.value.code


def test_the_near_miss_of_every_refusal_below_is_read():
    assert Part.parse(GOOD.serialise()) == GOOD


def test_a_part_count_of_a_million_is_refused_without_being_allocated():
    hostile = cbor.encode([1, 1_000_000, 1_000_000, 0, b"\0"])
    Part.parse(GOOD.serialise())
    tracemalloc.start()
    with pytest.raises(Malformed) as refused:
        Part.parse(hostile)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.code == "T3.seq-len"
    assert peak < 100_000


def test_a_sequence_number_beyond_the_part_count_is_ordinary():
    encoder = Encoder(message(256), 30)
    for number in (10, 1000, 2**32 - 1):
        assert Part.parse(encoder.part(number).serialise()).seq_num == number


@pytest.mark.parametrize(
    "change, code",
    [
        ({"seq_len": 4097}, "T3.seq-len"),
        ({"seq_len": 0}, "T3.seq-len"),
        ({"seq_num": 0}, "T3.seq-num"),
        ({"seq_num": 2**32}, "T3.seq-num"),
        ({"message_len": 512 * 1024 + 1}, "T3.message-len"),
        ({"message_len": 0}, "T3.message-len"),
        ({"checksum": 2**32}, "T3.part-form"),
        ({"checksum": -1}, "T3.part-form"),
        ({"checksum": True}, "T3.part-form"),
        ({"data": GOOD.data[:-1]}, "T3.fragment-len"),
        ({"data": GOOD.data + b"\0"}, "T3.fragment-len"),
        ({"seq_len": 10}, "T3.fragment-len"),
        ({"message_len": 262}, "T3.fragment-len"),
    ],
)
def test_one_field_changed_is_refused_by_name(change, code):
    assert refusal(replace(GOOD, **change)) == code


def test_a_part_with_room_to_spare_is_refused():
    # ceil(10 / 7) = 2, but five fragments of 2 bytes hold 10: a seventh would be nothing but padding
    assert refusal(Part(1, 7, 10, 0, b"\0\0")) == "T3.fragment-len"
    assert Part.parse(Part(1, 5, 10, 0, b"\0\0").serialise()).seq_len == 5


@pytest.mark.parametrize("value", [[1, 9, 256, 0], [1, 9, 256, 0, "text"], {"a": 1}, b"", [1, 9, 256, b"", b""]])
def test_another_shape_is_refused(value):
    with pytest.raises(Malformed) as refused:
        Part.parse(cbor.encode(value))
    assert refused.value.code == "T3.part-form"


@pytest.mark.parametrize(
    "hostile, check",
    [
        (bytes.fromhex("9affffffff"), "T4"),
        (b"\x81" * 200_000, "T4"),
        (GOOD.serialise() + b"\0", "T4"),
        (GOOD.serialise()[:-1], "T4"),
        (b"\x9f" + GOOD.serialise()[1:] + b"\xff", "T4"),
        (b"\x85\x18\x01" + GOOD.serialise()[2:], "T4"),
    ],
)
def test_hostile_cbor_is_refused_before_anything_is_built(hostile, check):
    with pytest.raises(Malformed) as refused:
        Part.parse(hostile)
    assert refused.value.check == check


def test_parts_of_two_messages_are_refused_by_name_and_the_scan_goes_on():
    ours, other = Encoder(message(256), 30), Encoder(message(256, b"Fox"), 30)
    decoder = Decoder()
    for number in range(1, 9):
        decoder.receive(ours.part(number), now=0)
    with pytest.raises(Malformed) as refused:
        decoder.receive(other.part(9), now=0)
    assert refused.value.code == "T3.mixed-messages"
    assert decoder.receive(ours.part(9), now=0).complete
    assert decoder.message == message(256)


def test_a_part_that_contradicts_the_rest_is_refused_and_the_scan_goes_on():
    encoder = Encoder(message(256), 30)
    decoder = Decoder()
    decoder.receive(encoder.part(1), now=0)
    good = encoder.part(1)
    forged = replace(good, data=bytes([good.data[0] ^ 1]) + good.data[1:])
    with pytest.raises(Malformed) as refused:
        decoder.receive(forged, now=0)
    assert refused.value.code == "T3.part-contradicts"
    assert feed((encoder.part(number) for number in range(2, 10)), decoder=decoder).message == message(256)


def test_a_whole_with_a_wrong_checksum_is_refused_and_the_scan_starts_again():
    encoder = Encoder(message(256), 30)
    decoder = Decoder()
    good = encoder.part(1)
    decoder.receive(replace(good, data=bytes([good.data[0] ^ 1]) + good.data[1:]), now=0)
    for number in range(2, 9):
        decoder.receive(encoder.part(number), now=0)
    with pytest.raises(Malformed) as refused:
        decoder.receive(encoder.part(9), now=0)
    assert refused.value.code == "T3.message-checksum"
    assert decoder.message is None
    assert feed((encoder.part(number) for number in range(1, 10)), decoder=decoder).message == message(256)


def test_padding_that_is_not_zero_is_refused():
    encoder = Encoder(message(256), 30)
    last = encoder.part(9)
    decoder = feed(encoder.part(number) for number in range(1, 9))
    with pytest.raises(Malformed) as refused:
        decoder.receive(replace(last, data=last.data[:-1] + b"\x01"), now=0)
    assert refused.value.code == "T3.message-checksum"


def test_five_minutes_after_the_first_part_the_scan_is_over():
    encoder = Encoder(message(256), 30)
    decoder = Decoder()
    decoder.receive(encoder.part(1), now=1000)
    decoder.receive(encoder.part(2), now=1300)
    with pytest.raises(Unavailable) as refused:
        decoder.receive(encoder.part(3), now=1301)
    assert refused.value.code == "T3.timeout"


@pytest.mark.parametrize(
    "data, length, code",
    [
        (b"", 30, "T3.message-len"),
        (bytes(fountain.MESSAGE_LIMIT + 1), 1000, "T3.message-len"),
        (bytes(fountain.SEQ_LEN_LIMIT * 10 + 10), 10, "T3.seq-len"),
    ],
)
def test_what_no_reader_would_take_is_not_written(data, length, code):
    with pytest.raises(Malformed) as refused:
        Encoder(data, length)
    assert refused.value.code == code


def test_the_largest_message_is_written():
    assert Encoder(bytes(fountain.MESSAGE_LIMIT), 1000).seq_len == 525
    assert Encoder(bytes(fountain.SEQ_LEN_LIMIT * 10), 10).seq_len == fountain.SEQ_LEN_LIMIT


def read_or_refused(data: bytes) -> Part | str | None:
    """The part, or the check that refused it."""
    try:
        return Part.parse(data)
    except Malformed as refused:
        return refused.check


@given(st.binary(max_size=300))
def test_any_bytes_are_a_part_or_malformed(data):
    found = read_or_refused(data)
    assert found in ("T3", "T4") if isinstance(found, str) else found.serialise() == data


@given(
    st.integers(min_value=-1, max_value=2**33),
    st.integers(min_value=-1, max_value=5000),
    st.integers(min_value=-1, max_value=2**20),
    st.binary(max_size=40),
)
def test_any_numbers_are_a_part_or_malformed_and_cost_nothing(seq_num, seq_len, message_len, data):
    found = read_or_refused(cbor.encode([seq_num, seq_len, message_len, 0, data]))
    if isinstance(found, str):
        assert found == "T3"
    elif seq_len > 1:
        assert Decoder().receive(found, now=0).needed == seq_len
