"""One call for several Safes: exactly those executions, in their one form, and nothing that could fail alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from eth_abi import encode as abi_encode
from eth_abi.packed import encode_packed
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import CountersignError, Malformed, Refused
from countersign.ethereum import atomic, deployments, erc20, execute, multisend
from countersign.ethereum.abi import ZERO_ADDRESS, Address, padded, selector, word
from countersign.ethereum.atomic import SafeCall
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import DELEGATECALL, SafeTx, SafeVersion, plain_tx
from support.refusals import refused

A, B, C = (Address(bytes([number]) * 20) for number in (0xA1, 0xB2, 0xC3))
TOKEN, TAKER = Address(b"\x70" * 20), Address(b"\x71" * 20)
BLOB = b"\x11" * 130
OLD, CURRENT, NEW = SafeVersion(1, 3, 0), SafeVersion(1, 4, 1), SafeVersion(1, 5, 0)


def paying(safe: Address, amount: int = 5) -> SafeTx:
    return plain_tx(31337, safe, TOKEN, 0, erc20.encode(erc20.Transfer(TAKER, amount)), nonce=3)


def finished(tx: SafeTx) -> SafeCall:
    return SafeCall(tx.safe, execute.encode(tx, BLOB))


def around(*calls: InnerCall, after: bytes = b"") -> bytes:
    """An outer call around any inner calls, as another library packs them."""
    packed = b"".join(
        encode_packed(
            ["uint8", "address", "uint256", "uint256", "bytes"],
            [0, "0x" + call.to.hex(), call.value, len(call.data), call.data],
        )
        for call in calls
    )
    return selector("multiSend(bytes)") + abi_encode(["bytes"], [packed + after])


def inner(call: SafeCall, value: int = 0) -> InnerCall:
    return InnerCall(call.safe, value, call.calldata)


ONE, TWO, THREE = finished(paying(A)), finished(paying(B, 7)), finished(paying(C, 9))
GOOD = atomic.encode((ONE, TWO))


def test_the_near_miss_of_all_these_is_two_executions_in_order() -> None:
    assert around(inner(ONE), inner(TWO)) == GOOD
    assert atomic.decode(GOOD) == (ONE, TWO)
    assert atomic.decode(around(inner(TWO), inner(ONE))) == (TWO, ONE)
    assert atomic.decode(atomic.encode((ONE, TWO, THREE))) == (ONE, TWO, THREE)


def altered(call: SafeCall, **changes: object) -> InnerCall:
    made = execute.decode(call.calldata)
    tx = replace(made.safe_tx(31337, call.safe, 0), **changes)  # type: ignore[arg-type]
    return InnerCall(call.safe, 0, execute.encode(tx, BLOB))


def operation(number: int) -> bytes:
    """The outer call with another operation byte before its second execution."""
    data = bytearray(GOOD)
    start = 4 + 64 + multisend.HEADER + len(ONE.calldata)
    assert data[start] == 0
    data[start] = number
    return bytes(data)


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "one alone": ("ethereum.atomic-size", lambda: around(inner(ONE))),
    "none": ("E3.batch-size", lambda: around()),
    "a delegate call": ("E3.inner-operation", lambda: operation(1)),
    "an unknown operation": ("E3.inner-operation", lambda: operation(2)),
    "ether on the way": ("ethereum.atomic-value", lambda: around(inner(ONE), inner(TWO, value=1))),
    "a Safe twice": ("ethereum.atomic-safe-twice", lambda: around(inner(ONE), inner(TWO), inner(ONE))),
    "a batch within": ("E3.nested", lambda: around(inner(ONE), InnerCall(B, 0, GOOD))),
    "the contract itself": (
        "ethereum.atomic-safe",
        lambda: around(inner(ONE), replace(inner(TWO), to=multisend.pinned(CURRENT))),
    ),
    "nobody's address": ("ethereum.atomic-safe", lambda: around(inner(ONE), replace(inner(TWO), to=ZERO_ADDRESS))),
    "a payment beside": ("ethereum.exec-selector", lambda: around(inner(ONE), inner(TWO), InnerCall(C, 0, b""))),
    "a token call beside": (
        "ethereum.exec-selector",
        lambda: around(inner(ONE), inner(TWO), InnerCall(TOKEN, 0, paying(A).data)),
    ),
    "an execution and a byte": (
        "ethereum.exec-form",
        lambda: around(inner(ONE), replace(inner(TWO), data=TWO.calldata + b"\0")),
    ),
    "left over": ("E3.inner-trailing", lambda: around(inner(ONE), inner(TWO), after=b"\0")),
    "a word behind": ("E3.batch-form", lambda: GOOD + bytes(32)),
    "a byte behind": ("E3.batch-form", lambda: GOOD + b"\0"),
    "padding": ("ethereum.dynamic-padding", lambda: GOOD[:-1] + b"\1"),
    "cut": ("ethereum.truncated", lambda: GOOD[:-1]),
    "another function": ("E3.batch-selector", lambda: b"\x8d\x80\xff\x0b" + GOOD[4:]),
    "one execution alone": ("E3.batch-selector", lambda: ONE.calldata),
    "another offset": ("E3.batch-form", lambda: multisend.SELECTOR + word(64) + word(0) + GOOD[36:]),
    "gas for one that may fail": ("ethereum.atomic-refund", lambda: around(inner(ONE), altered(TWO, safe_tx_gas=1))),
    "a gas price": ("ethereum.atomic-refund", lambda: around(inner(ONE), altered(TWO, gas_price=1))),
    "base gas": ("ethereum.atomic-refund", lambda: around(inner(ONE), altered(TWO, base_gas=1))),
    "a refund token": ("ethereum.atomic-refund", lambda: around(inner(ONE), altered(TWO, gas_token=TOKEN))),
    "a refund receiver": ("ethereum.atomic-refund", lambda: around(inner(ONE), altered(TWO, refund_receiver=TAKER))),
    "an execution of an execution": (
        "ethereum.atomic-nested",
        lambda: around(inner(ONE), altered(TWO, to=C, data=THREE.calldata)),
    ),
    "a batch without its delegate call": (
        "ethereum.atomic-nested",
        lambda: around(inner(ONE), altered(TWO, to=multisend.pinned(CURRENT), data=GOOD)),
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_not_exactly_executions_is_refused_by_name(case: str) -> None:
    code, made = HOSTILE[case]
    with refused(code, Malformed):
        atomic.decode(made())


def test_a_safe_may_itself_make_several_payments() -> None:
    """A delegate call of the Safe to the pinned batch is one execution like any other: E3 judges it, before any signature."""
    calls = multisend.serialise((InnerCall(TOKEN, 0, paying(A).data), InnerCall(TAKER, 5, b"")))
    batch = replace(plain_tx(31337, A, multisend.pinned(CURRENT), 0, calls, 0), operation=DELEGATECALL)
    assert atomic.decode(atomic.encode((finished(batch), TWO))) == (finished(batch), TWO)
    assert atomic.gas((finished(batch), TWO)) == atomic.gas((ONE, TWO)) + atomic.GAS_OF_A_CALL


@pytest.mark.parametrize(
    "calls",
    [(), (ONE,), (ONE, ONE), (ONE, SafeCall(B, b"")), (ONE, SafeCall(B, altered(TWO, safe_tx_gas=9).data))],
    ids=["none", "one", "twice", "no execution", "may fail alone"],
)
def test_nothing_is_written_that_would_not_be_read(calls: tuple[SafeCall, ...]) -> None:
    with pytest.raises(Malformed):
        atomic.encode(calls)


@given(st.data())
def test_what_is_read_is_written_back_the_same(draw: st.DataObject) -> None:
    """An outer call with a few bytes changed, cut or added: executions with these very bytes, or a named refusal."""
    data = bytearray(GOOD)
    for _ in range(draw.draw(st.integers(1, 3))):
        at = draw.draw(st.integers(0, len(data)))
        data[at : at + draw.draw(st.integers(0, 2))] = draw.draw(st.binary(max_size=2))
    assert outcome(bytes(data)) in (bytes(data), "E3", "ethereum")


def outcome(data: bytes) -> bytes | str:
    """What is written back, or whose rule refuses the data."""
    try:
        return atomic.encode(atomic.decode(data))
    except Malformed as error:
        return error.code.split(".")[0]


def test_a_call_is_one_execution_or_several_through_a_pinned_contract() -> None:
    where = multisend.pinned(NEW)
    assert atomic.parts(A, ONE.calldata) == (ONE,)
    assert atomic.parts(where, GOOD) == (ONE, TWO)
    for to, data in ((where, ONE.calldata), (A, GOOD), (TAKER, b"")):
        with pytest.raises(Malformed):
            atomic.parts(to, data)


def test_what_an_outer_call_brings_a_safe() -> None:
    assert atomic.carried(GOOD, A) == ONE.calldata
    assert atomic.carried(GOOD, B) == TWO.calldata
    assert atomic.carried(GOOD, C) is None
    assert atomic.carried(ONE.calldata, A) is None
    assert atomic.carried(GOOD + b"\0", A) is None


def test_the_newest_release_among_the_safes_executes_and_its_code_is_pinned() -> None:
    assert atomic.executor((OLD, CURRENT)) == multisend.pinned(CURRENT)
    assert atomic.executor((OLD, NEW, CURRENT)) == multisend.pinned(NEW)
    with refused("E3.no-release", Refused):
        atomic.executor((OLD, SafeVersion(1, 4, 0), SafeVersion(1, 6, 0)))
    for version in (OLD, CURRENT, NEW):
        assert atomic.code_hash(multisend.pinned(version)) == deployments.MULTI_SEND_CODE[version]
    with pytest.raises(CountersignError):
        atomic.code_hash(TAKER)


def test_what_needs_more_gas_than_a_transaction_may_use_is_said() -> None:
    calls = [finished(paying(Address(bytes([0xD0, number]) * 10))) for number in range(42)]
    assert atomic.gas(calls[:41]) <= atomic.MOST_GAS < atomic.gas(calls)
    atomic.require_room(calls[:41])
    with refused("ethereum.atomic-gas", Refused, count=42, limit=2**24):
        atomic.require_room(calls)


def test_the_padding_of_the_outer_bytes_is_the_abis() -> None:
    assert GOOD[:36] == multisend.SELECTOR + word(32)
    assert GOOD[36:] == padded(GOOD[68 : 68 + int.from_bytes(GOOD[36:68], "big")])
