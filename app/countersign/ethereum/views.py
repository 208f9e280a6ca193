"""What custody asks a Safe and a token, and what it reads in a receipt: call data and its strict answers.

Implements the view functions of Safe.sol and EIP-20 that `chains/` needs, and the two events that tell whether an
executed SafeTx succeeded (Safe.sol, `ExecutionSuccess`, `ExecutionFailure`).

- A question is bytes; asking is not done here.
- An answer of the wrong shape is Malformed: a node that answers oddly is not interpreted.
- The SafeTx hash stands in a topic since 1.4.0 and in the data before; both are read.

    >>> ask_nonce().hex(), read_uint(word(7))
    ('affed0e0', 7)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from countersign.errors import Malformed
from countersign.ethereum.abi import WORD, Address, Arguments, Digest, address_word, padded, selector, word
from countersign.ethereum.execute import HEAD
from countersign.ethereum.safe import SafeTx, SafeVersion
from countersign.formats.keccak import keccak256

SUCCESS_TOPIC = keccak256(b"ExecutionSuccess(bytes32,uint256)")
FAILURE_TOPIC = keccak256(b"ExecutionFailure(bytes32,uint256)")


class Outcome(StrEnum):
    """What a receipt says about one SafeTx."""

    SUCCESS = "success"
    FAILURE = "failure"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One event of a receipt: who emitted it, its topics (32 bytes each) and data."""

    emitter: Address
    topics: tuple[bytes, ...]
    data: bytes


def ask_nonce() -> bytes:
    """Call data of `nonce()`; answered by `read_uint`."""
    return selector("nonce()")


def ask_threshold() -> bytes:
    """Call data of `getThreshold()`; answered by `read_uint`."""
    return selector("getThreshold()")


def ask_owners() -> bytes:
    """Call data of `getOwners()`; answered by `read_addresses`."""
    return selector("getOwners()")


def ask_is_owner(account: Address) -> bytes:
    """Call data of a Safe's `isOwner(account)`; answered by `read_uint`, 0 or 1."""
    return selector("isOwner(address)") + address_word(account)


def ask_version() -> bytes:
    """Call data of `VERSION()`; answered by `read_version`."""
    return selector("VERSION()")


def ask_balance(holder: Address) -> bytes:
    """Call data of a token's `balanceOf(holder)`; answered by `read_uint`."""
    return selector("balanceOf(address)") + address_word(holder)


def ask_transaction_hash(tx: SafeTx) -> bytes:
    """Call data of `getTransactionHash(…)`: the contract's own hash of the fields, for comparing only."""
    signature = "getTransactionHash(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,uint256)"
    head = (
        address_word(tx.to),
        word(tx.value),
        word(HEAD),
        word(tx.operation),
        word(tx.safe_tx_gas),
        word(tx.base_gas),
        word(tx.gas_price),
        address_word(tx.gas_token),
        address_word(tx.refund_receiver),
        word(tx.nonce),
    )
    return selector(signature) + b"".join(head) + padded(tx.data)


def read_uint(answer: bytes) -> int:
    """One uint256. Malformed (`ethereum.answer-length`, `ethereum.truncated`)."""
    _require_length(answer, WORD)
    return Arguments(answer).uint(0)


def read_addresses(answer: bytes) -> tuple[Address, ...]:
    """One `address[]`. Malformed (`ethereum.answer-length` and what `abi` raises)."""
    arguments = Arguments(answer)
    count = arguments.uint(1)
    _require_length(answer, (2 + count) * WORD)
    return tuple(arguments.address(2 + index) for index in range(count))


def read_version(answer: bytes) -> SafeVersion:
    """One string, a Safe's version. Malformed (`ethereum.safe-version` and what `abi` raises)."""
    try:
        text = Arguments(answer).dynamic(0).decode("ascii")
    except UnicodeDecodeError as error:
        raise Malformed("ethereum.safe-version") from error
    return SafeVersion.parse(text)


def outcome(safe: Address, digest: Digest, logs: Sequence[LogEntry]) -> Outcome:
    """Whether the SafeTx with this digest succeeded in a receipt: by the Safe's own event, nobody else's."""
    for entry in logs:
        if entry.emitter != safe or not entry.topics:
            continue
        subject = entry.topics[1] if len(entry.topics) > 1 else entry.data[:WORD]
        if subject == digest and entry.topics[0] == SUCCESS_TOPIC:
            return Outcome.SUCCESS
        if subject == digest and entry.topics[0] == FAILURE_TOPIC:
            return Outcome.FAILURE
    return Outcome.ABSENT


def _require_length(answer: bytes, length: int) -> None:
    if len(answer) != length:
        raise Malformed("ethereum.answer-length", length=len(answer), expected=length)
