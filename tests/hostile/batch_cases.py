"""Hostile batches: three payments of one Safe through MultiSendCallOnly, one thing changed, beside the honest one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from countersign.ethereum import erc20, multisend
from countersign.ethereum.abi import Address, address_word, word
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import SafeTx, SafeVersion
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.review.case import Case
from hostile.table import Hostile
from support import settlement_world as world
from support.review_cases import batch_plan, story

ATTACKER = Address(keccak256(b"attacker")[12:])
TOKEN = Address(eip55.parse(world.USDC_ADDRESS))
PLAIN_MULTI_SEND = Address(bytes.fromhex("38869bf66a61cf6bdb996a6ae40d5853fd43b526"))
HEADER = 4 + 32 + 32  # selector, offset, length: here the packed calls begin

Calls = Callable[[tuple[InnerCall, ...]], Sequence[InnerCall]]


def honest() -> Case:
    """Dollars, euros and ether to two places, in one transaction."""
    return altered()


def altered(**fields: object) -> Case:
    """The batch in a transaction with other fields."""
    return story(plan=batch_plan(), safe=lambda tx: replace(tx, **fields)).safe_case()  # type: ignore[arg-type]


def with_data(change: Callable[[bytes], bytes]) -> Case:
    """Other call data."""
    return story(plan=batch_plan(), safe=lambda tx: replace(tx, data=change(tx.data))).safe_case()


def with_calls(change: Calls) -> Case:
    """Other inner calls, packed as they should be."""
    return with_data(lambda data: multisend.serialise(change(multisend.parse(data))))


def packed(change: Callable[[bytearray], bytes | bytearray]) -> Case:
    """The packed calls changed as bytes, their length and padding put right."""

    def changed(data: bytes) -> bytes:
        size = int.from_bytes(data[HEADER - 32 : HEADER], "big")
        found = bytes(change(bytearray(data[HEADER : HEADER + size])))
        return data[:36] + word(len(found)) + found + bytes(-len(found) % 32)

    return with_data(changed)


def inner_delegate_call(calls: bytearray) -> bytearray:
    """The first inner call's operation byte says 1."""
    calls[0] = 1
    return calls


def longer_than_it_is(calls: bytearray) -> bytearray:
    """The last inner call, which carries no data, says that it has a byte."""
    calls[-1] = 1
    return calls


def and_one_more(to: Address, value: int, data: bytes) -> Calls:
    """The honest calls and one behind them."""
    return lambda calls: (*calls, InnerCall(to, value, data))


def but(number: int, **fields: object) -> Calls:
    """The honest calls, one of them with other fields."""

    def change(calls: tuple[InnerCall, ...]) -> Sequence[InnerCall]:
        found = list(calls)
        found[number] = replace(found[number], **fields)  # type: ignore[arg-type]
        return found

    return change


def paying(number: int, *, to: Address | None = None, more: int = 0) -> Calls:
    """One transfer to another recipient, or of another amount."""

    def change(calls: tuple[InnerCall, ...]) -> Sequence[InnerCall]:
        found = erc20.decode(calls[number].data)
        data = erc20.encode(erc20.Transfer(to or found.recipient, found.amount + more))
        return but(number, data=data)(calls)

    return change


def exchanged(calls: tuple[InnerCall, ...]) -> Sequence[InnerCall]:
    """Each of two transfers has the other's amount: the sum is the same."""
    first, second = (erc20.decode(call.data) for call in calls[:2])
    data = [erc20.encode(erc20.Transfer(a.recipient, b.amount)) for a, b in ((first, second), (second, first))]
    return [*(replace(call, data=new) for call, new in zip(calls, data, strict=False)), *calls[2:]]


def to_the_safe(value: int, data: bytes) -> Case:
    """One more inner call, to the Safe itself."""

    def change(tx: SafeTx) -> SafeTx:
        calls = (*multisend.parse(tx.data), InnerCall(tx.safe, value, data))
        return replace(tx, data=multisend.serialise(calls))

    return story(plan=batch_plan(), safe=change).safe_case()


def and_a_batch(calls: bytearray) -> bytes:
    """One more inner call: another batch, in which one wei leaves."""
    return bytes(calls) + b"\x00" + ATTACKER + word(0) + word(len(BATCH)) + BATCH


def crowd(count: int) -> Case:
    """So many calls, a wei each; packed by hand, for the codec makes none that is too large."""
    one = b"\x00" + ATTACKER + word(1) + word(0)
    return packed(lambda calls: calls + one * (count - 3))


BATCH = multisend.serialise((InnerCall(ATTACKER, 1, b""),))
OWNER = bytes.fromhex("0d582f13") + address_word(ATTACKER) + word(1)
APPROVE = bytes.fromhex("095ea7b3") + address_word(ATTACKER) + b"\xff" * 32
STOLEN = erc20.encode(erc20.Transfer(ATTACKER, 1))
PRECOMPILED = Address(bytes(19) + b"\x04")
OTHER_RELEASE = multisend.pinned(SafeVersion(1, 3, 0))

CASES: list[Hostile] = [
    *[
        Hostile("E3", name, reason, hostile, honest, frozenset(("C7", "E4", "E5", "E6")))
        for name, reason, hostile in (
            ("inner operation 1", "E3.inner-operation", partial(packed, inner_delegate_call)),
            ("inner length past the end", "E3.inner-length", partial(packed, longer_than_it_is)),
            ("bytes behind the last inner call", "E3.inner-trailing", partial(packed, lambda calls: calls + bytes(33))),
            ("bytes behind the batch", "E3.batch-form", partial(with_data, lambda data: data + bytes(32))),
            ("padding not zero", "ethereum.dynamic-padding", partial(with_data, lambda data: data[:-1] + b"\x01")),
            ("a batch within the batch", "E3.nested", partial(packed, and_a_batch)),
            ("129 calls", "E3.batch-size", partial(crowd, 129)),
            ("a batch to plain MultiSend", "E3.delegatecall-known", partial(altered, to=PLAIN_MULTI_SEND)),
        )
    ],
    Hostile("E3", "MultiSendCallOnly of another release", "E3.other-release", partial(altered, to=OTHER_RELEASE), honest),
    Hostile("E3", "wei of the batch itself", "E3.batch-value", partial(altered, value=1), honest),
    Hostile("E4", "a batch as a plain call", "E4.admin-call", partial(altered, operation=0), honest,
            frozenset(("C7", "E5", "E6"))),
    *[
        Hostile("E4", f"{name} in a batch", reason, hostile, honest, frozenset(("C7", also)))
        for name, reason, hostile, also in (
            ("addOwnerWithThreshold", "E4.self-call", partial(to_the_safe, 0, OWNER), "E5"),
            ("an empty call to the Safe", "E4.self-call", partial(to_the_safe, 0, b""), "E6"),
            ("approve(max)", "E4.admin-call", partial(with_calls, and_one_more(TOKEN, 0, APPROVE)), "E5"),
            ("ether to a precompiled contract", "E4.reserved", partial(with_calls, and_one_more(PRECOMPILED, 1, b"")), "E6"),
        )
    ],
    *[
        Hostile("E5", name, reason, partial(with_calls, change), honest, frozenset(also))
        for name, reason, change, also in (
            ("one more transfer in a batch", "E5.extra", and_one_more(TOKEN, 0, STOLEN), ("C7",)),
            ("one transfer twice in a batch", "E5.extra", lambda calls: (calls[0], *calls), ()),
            ("a call with unknown data in a batch", "E5.extra", and_one_more(ATTACKER, 0, b"\x12\x34\x56\x78"), ("C7",)),
            ("one transfer left out of a batch", "E5.unpaid", lambda calls: calls[1:], ()),
            ("one unit more in a batch", "E5.amount", paying(1, more=1), ()),
            ("two amounts exchanged in a batch", "E5.amount", exchanged, ()),
            ("another recipient in a batch", "E5.recipient", paying(1, to=ATTACKER), ("C7",)),
            ("a fake USDC in a batch", "E5.token", but(1, to=ATTACKER), ("C7",)),
            ("ether with a transfer in a batch", "E5.ether-with-it", but(1, value=1), ("C7",)),
            ("67 bytes in a batch", "E5.length", lambda calls: but(1, data=calls[1].data[:-1])(calls), ("C7",)),
        )
    ],
    *[
        Hostile("E6", name, reason, partial(with_calls, change), honest, frozenset(also))
        for name, reason, change, also in (
            ("one wei more in a batch", "E6.amount", but(2, value=400 * 10**18 + 1), ()),
            ("another recipient of ether in a batch", "E6.recipient", but(2, to=ATTACKER), ("C7",)),
            ("one more payment of ether in a batch", "E6.extra", and_one_more(ATTACKER, 1, b""), ("C7",)),
            ("the ether left out of a batch", "E6.unpaid", lambda calls: calls[:-1], ()),
        )
    ],
]  # fmt: skip
