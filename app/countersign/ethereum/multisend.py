"""Several calls in one Safe transaction: `multiSend(bytes)` of MultiSendCallOnly, and the addresses it is pinned to.

Implements MultiSendCallOnly.sol of the Safe contracts, the same form in 1.3.0 to 1.5.0 (check E3):

- an inner call is operation (1 byte, only 0) ‖ to (20) ‖ value (32) ‖ length of the data (32) ‖ the data, unpadded;
- the inner calls, one behind the other, are the one `bytes` argument in the Contract ABI's one canonical encoding;
- nothing is left over, no length reaches past the end, and no inner call is itself a `multiSend`. The contract is laxer:
  it reads on into empty memory, and passes over up to 32 bytes at the end;
- 1 to 128 inner calls, so that the whole fits one transaction's gas on every chain (2^24 since EIP-7825);
- a delegate call goes to the canonical address of the Safe's own release. Every other target is refused by name.

    >>> data = serialise((InnerCall(Address(b"\\x02" * 20), 5, b""), InnerCall(Address(b"\\x03" * 20), 7, b"\\x01")))
    >>> [call.value for call in parse(data)], len(data)
    ([5, 7], 260)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from countersign.errors import Malformed, Refused
from countersign.ethereum import deployments
from countersign.ethereum.abi import WORD, Address, Arguments, address, padded, word
from countersign.ethereum.deployments import MULTI_SEND_CALL_ONLY
from countersign.ethereum.safe import CALL, SafeVersion
from countersign.formats import eip55

SELECTOR = bytes.fromhex("8d80ff0a")
MOST_CALLS = 128
ZERO_MEANS_SELF = SafeVersion(1, 5, 0)
"""Since this release an inner call to the zero address is a call to the Safe itself."""
HEADER = 1 + 20 + 2 * WORD
RELEASES = {where: version for version, where in MULTI_SEND_CALL_ONLY.items()}
"""The Safe's release for each address at which its MultiSendCallOnly is pinned."""


@dataclass(frozen=True, slots=True)
class InnerCall:
    """One plain call that the Safe makes within a batch: to whom, how many wei, with which data."""

    to: Address
    value: int
    data: bytes


def serialise(calls: Sequence[InnerCall]) -> bytes:
    """The call data of a batch. Malformed: `E3.batch-size`, `ethereum.uint256`, `ethereum.address-length`."""
    _require_size(len(calls))
    packed = b"".join(
        bytes((CALL,)) + address(call.to) + word(call.value) + word(len(call.data)) + call.data for call in calls
    )
    return SELECTOR + word(WORD) + padded(packed)


def parse(data: bytes) -> tuple[InnerCall, ...]:
    """The inner calls, in order, read strictly: `serialise` of them is `data`.

    Malformed: `E3.batch-selector`, `E3.batch-form`, `E3.batch-size`, `E3.inner-…`, `E3.nested`, and what `abi` raises.
    """
    if data[:4] != SELECTOR:
        raise Malformed("E3.batch-selector", selector=data[:4].hex())
    calls = tuple(_calls(Arguments(data[4:]).dynamic(0)))
    if serialise(calls) != data:
        raise Malformed("E3.batch-form")
    return calls


def release(to: Address) -> SafeVersion:
    """Which Safe release's MultiSendCallOnly stands at `to`. Refused: `E3.delegatecall-known`, `E3.delegatecall`."""
    if to in RELEASES:
        return RELEASES[to]
    known = deployments.named(to)
    if known is not None:
        raise Refused("E3.delegatecall-known", to=eip55.checksum(to), contract=f"{known.name} {known.version}")
    raise Refused("E3.delegatecall", to=eip55.checksum(to))


def pinned(version: SafeVersion) -> Address:
    """The one address to which a Safe of this release may make a delegate call. Refused: `E3.no-release`."""
    if version not in MULTI_SEND_CALL_ONLY:
        raise Refused("E3.no-release", version=str(version))
    return MULTI_SEND_CALL_ONLY[version]


def require_pinned(to: Address, version: SafeVersion) -> None:
    """Refuse a delegate call of a Safe of this release to anything but its MultiSendCallOnly.

    Refused: `E3.other-release`, and what `release` and `pinned` raise.
    """
    found = release(to)
    if to != pinned(version):
        raise Refused("E3.other-release", to=eip55.checksum(to), found=str(found), version=str(version))


def _require_size(count: int) -> None:
    if not 1 <= count <= MOST_CALLS:
        raise Malformed("E3.batch-size", count=count, limit=MOST_CALLS)


def _calls(packed: bytes) -> Iterator[InnerCall]:
    start, number = 0, 1
    while start < len(packed):
        call = _call(packed[start:], number)
        yield call
        start, number = start + HEADER + len(call.data), number + 1


def _call(rest: bytes, number: int) -> InnerCall:
    """The inner call at the beginning of `rest`, the `number`-th of its batch."""
    if number > MOST_CALLS:
        raise Malformed("E3.batch-size", count=number, limit=MOST_CALLS)
    if rest[0] != CALL:
        raise Malformed("E3.inner-operation", number=number, operation=rest[0])
    if len(rest) < HEADER:
        raise Malformed("E3.inner-trailing", length=len(rest), count=number - 1)
    size = int.from_bytes(rest[HEADER - WORD : HEADER], "big")
    if size > len(rest) - HEADER:
        raise Malformed("E3.inner-length", number=number)
    data = rest[HEADER : HEADER + size]
    if data[:4] == SELECTOR:
        raise Malformed("E3.nested", number=number)
    return InnerCall(address(rest[1:21]), int.from_bytes(rest[21 : 21 + WORD], "big"), data)
