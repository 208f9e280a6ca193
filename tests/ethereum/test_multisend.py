"""A batch is its one packed form or it is none, and it goes to the pinned address of the Safe's own release (E3)."""

import pytest
from eth_abi import encode as abi_encode
from eth_abi.packed import encode_packed
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from countersign.errors import CountersignError, Malformed, Refused
from countersign.ethereum import multisend
from countersign.ethereum.abi import Address, padded, selector, word
from countersign.ethereum.deployments import DEPLOYMENTS
from countersign.ethereum.multisend import HEADER, MOST_CALLS, SELECTOR, InnerCall, parse, serialise
from countersign.ethereum.safe import SafeVersion
from countersign.formats import eip55
from support.refusals import refused

A, B = Address(b"\x0a" * 20), Address(b"\x0b" * 20)
TWO = (InnerCall(A, 5, b""), InnerCall(B, 0, b"\x01\x02\x03\x04\x05"))
GOOD = serialise(TWO)
RELEASES = [SafeVersion(1, 3, 0), SafeVersion(1, 4, 1), SafeVersion(1, 5, 0)]

inner: SearchStrategy[InnerCall] = st.builds(
    InnerCall,
    to=st.binary(min_size=20, max_size=20).map(Address),
    value=st.one_of(st.integers(0, 3), st.integers(0, 2**256 - 1)),
    data=st.binary(max_size=100).filter(lambda data: data[:4] != SELECTOR),
)
batches = st.lists(inner, min_size=1, max_size=6).map(tuple)


def packed(*calls: InnerCall) -> bytes:
    """The inner calls alone, as another library packs them."""
    return b"".join(
        encode_packed(
            ["uint8", "address", "uint256", "uint256", "bytes"],
            [0, "0x" + call.to.hex(), call.value, len(call.data), call.data],
        )
        for call in calls
    )


def around(calls: bytes) -> bytes:
    """Call data of `multiSend(bytes)` around any bytes."""
    return SELECTOR + word(32) + padded(calls)


def outcome(data: bytes) -> bytes | str:
    """What is written back, or whose rule refuses the data."""
    try:
        return serialise(parse(data))
    except Malformed as error:
        return error.code.split(".")[0]


@given(batches)
def test_another_library_writes_the_same_and_it_reads_back(calls: tuple[InnerCall, ...]) -> None:
    data = serialise(calls)
    assert data == selector("multiSend(bytes)") + abi_encode(["bytes"], [packed(*calls)])
    assert parse(data) == calls


@given(batches, st.data())
def test_what_parses_is_written_back_the_same(calls: tuple[InnerCall, ...], draw: st.DataObject) -> None:
    """A real batch with a few bytes changed, cut or added: a value with these very bytes, or a named refusal."""
    data = bytearray(serialise(calls))
    for _ in range(draw.draw(st.integers(1, 3))):
        at = draw.draw(st.integers(0, len(data)))
        data[at : at + draw.draw(st.integers(0, 2))] = draw.draw(st.binary(max_size=2))
    assert outcome(bytes(data)) in (bytes(data), "E3", "ethereum")


@given(st.binary(max_size=300))
def test_any_packed_bytes_are_a_batch_or_a_named_refusal(calls: bytes) -> None:
    assert outcome(around(calls)) in (around(calls), "E3")


def test_the_near_miss_of_all_these_parses() -> None:
    assert parse(around(packed(*TWO))) == TWO
    assert around(packed(*TWO)) == GOOD


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E3.batch-selector"),
        (b"\x00" * 4 + GOOD[4:], "E3.batch-selector"),
        (GOOD[:4], "ethereum.truncated"),
        (GOOD[:-1], "ethereum.truncated"),
        (GOOD[:-1] + b"\x01", "ethereum.dynamic-padding"),
        (GOOD + b"\x00", "E3.batch-form"),
        (GOOD + bytes(32), "E3.batch-form"),
        (SELECTOR + word(64) + word(0) + GOOD[36:], "E3.batch-form"),
        (SELECTOR + word(2**255) + GOOD[36:], "ethereum.truncated"),
        (around(b""), "E3.batch-size"),
    ],
    ids=[
        "nothing",
        "selector",
        "selector alone",
        "cut",
        "padding",
        "a byte more",
        "a word more",
        "offset",
        "far",
        "empty",
    ],
)
def test_the_argument_has_one_form(data: bytes, code: str) -> None:
    with refused(code):
        parse(data)


@pytest.mark.parametrize("operation", [1, 2, 255])
@pytest.mark.parametrize("place", [0, 1])
def test_an_inner_call_is_plain(operation: int, place: int) -> None:
    calls = bytearray(packed(*TWO))
    calls[place * HEADER] = operation
    with refused("E3.inner-operation", Malformed, number=place + 1, operation=operation):
        parse(around(bytes(calls)))


@pytest.mark.parametrize("size", [6, 32, 2**64, 2**256 - 1])
def test_no_length_reaches_past_the_end(size: int) -> None:
    calls = packed(TWO[0]) + b"\x00" + B + word(0) + word(size) + TWO[1].data
    with refused("E3.inner-length", Malformed, number=2):
        parse(around(calls))


@pytest.mark.parametrize("length", [1, 32, 33, HEADER - 1])
def test_nothing_is_left_over_behind_the_last_call(length: int) -> None:
    with refused("E3.inner-trailing", Malformed, length=length, count=2):
        parse(around(packed(*TWO) + bytes(length)))


@pytest.mark.parametrize("rest", [b"", GOOD[4:], b"\x00"])
def test_a_batch_holds_no_batch(rest: bytes) -> None:
    with refused("E3.nested", Malformed, number=2):
        parse(around(packed(TWO[0], InnerCall(A, 0, SELECTOR + rest))))


def test_a_batch_has_its_bounds() -> None:
    one = InnerCall(A, 1, b"")
    assert len(parse(serialise((one,) * MOST_CALLS))) == MOST_CALLS
    for count in (0, MOST_CALLS + 1):
        with refused("E3.batch-size", Malformed, count=count, limit=MOST_CALLS):
            serialise((one,) * count)
    with refused("E3.batch-size"):
        parse(around(packed(*[one] * (MOST_CALLS + 1))))


@pytest.mark.parametrize("version", RELEASES)
def test_each_release_has_its_own_address(version: SafeVersion) -> None:
    where = multisend.pinned(version)
    assert multisend.release(where) == version
    multisend.require_pinned(where, version)
    for other in RELEASES:
        if other != version:
            with refused("E3.other-release", Refused, found=str(version), version=str(other)):
                multisend.require_pinned(where, other)


@pytest.mark.parametrize("text", ["1.1.1", "1.4.0", "1.6.0"])
def test_a_release_without_a_pinned_address_makes_no_batch(text: str) -> None:
    version = SafeVersion.parse(text)
    for unpinned in (
        lambda: multisend.pinned(version),
        lambda: multisend.require_pinned(multisend.pinned(RELEASES[1]), version),
    ):
        with refused("E3.no-release", Refused, version=text):
            unpinned()


def test_every_other_released_contract_is_refused_by_its_name() -> None:
    others = [one for one in DEPLOYMENTS if one.address not in multisend.RELEASES]
    assert {one.name for one in others} >= {"MultiSend", "SafeMigration", "SignMessageLib", "CreateCall"}
    for one in others:
        with refused("E3.delegatecall-known", Refused, to=one.text, contract=f"{one.name} {one.version}"):
            multisend.require_pinned(one.address, one.version)


def test_an_unknown_address_is_refused() -> None:
    with pytest.raises(CountersignError) as caught:
        multisend.require_pinned(A, RELEASES[1])
    assert (caught.value.code, dict(caught.value.values)) == ("E3.delegatecall", {"to": eip55.checksum(A)})
