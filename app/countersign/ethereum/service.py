"""Safe transactions as the Safe transaction service writes them: one object, or a page of results.

Implements the shape of its `multisig-transactions` answers (api v1 and v2), read for checking only:

- strict JSON, but not canonical, and fields that we do not use are left alone: it is another house's format;
- an integer may be a JSON integer or a decimal string, an address all lower case, `data` null;
- once read, the same `SafeTx` and the same limits as everywhere; the hash in it is a claim;
- the service names neither chain nor version: whoever asked it says them;
- listed confirmations are kept as they stand: that one is listed here does not say what it signed.

    >>> page = parse(answer, chain_id=1, version=SafeVersion(1, 1, 1))
    >>> [row.claim.tx.operation for row in page.rows]
    [1, 0]
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from countersign.ethereum.abi import ZERO_ADDRESS, Address, Digest
from countersign.ethereum.safe import CURRENT, ClaimedSafeTx, SafeTx, SafeVersion
from countersign.ethereum.safe_file import HEX_LIMIT, prefixed_hash, prefixed_hex
from countersign.formats import eip55, ids, shape, strict_json

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One listed confirmation: whose the service says it is, and its bytes (empty if it gives none)."""

    owner: Address
    signature: bytes


@dataclass(frozen=True, slots=True)
class ServiceTx:
    """One listed transaction with the confirmations listed under it; `executed` is the service's word."""

    claim: ClaimedSafeTx
    confirmations: tuple[Confirmation, ...]
    executed: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one answer. `complete` is False if the service has more pages than this one."""

    rows: tuple[ServiceTx, ...]
    complete: bool


def recognises(value: object) -> bool:
    """Whether parsed JSON is in the service's form rather than in ours: a page, or an object without `chainId`."""
    return isinstance(value, dict) and ("results" in value or ("safeTxHash" in value and "chainId" not in value))


def parse(data: bytes, chain_id: int, version: SafeVersion = CURRENT) -> Page:
    """Read a page, or one transaction as a page of one.

    Malformed: C2 codes, `formats.address`, `E6.checksum`, `ethereum.*`.
    """
    value = strict_json.parse(data)
    if not (isinstance(value, dict) and "results" in value):
        return Page((_row(value, "transaction", chain_id, version),), complete=True)
    page = _known(value, "page", {"results": _as_list}, {"next": shape.anything, "previous": shape.anything})
    rows = tuple(_row(row, f"results[{index}]", chain_id, version) for index, row in enumerate(page["results"]))
    return Page(rows, complete=page.get("next") is None and page.get("previous") is None)


def _row(value: object, where: str, chain_id: int, version: SafeVersion) -> ServiceTx:
    found = _known(value, where, _REQUIRED, _OPTIONAL)
    tx = SafeTx(
        chain_id=chain_id,
        safe=found["safe"],
        to=found["to"],
        value=found["value"],
        data=found.get("data", b""),
        operation=found["operation"],
        safe_tx_gas=found.get("safeTxGas", 0),
        base_gas=found.get("baseGas", 0),
        gas_price=found.get("gasPrice", 0),
        gas_token=found.get("gasToken", ZERO_ADDRESS),
        refund_receiver=found.get("refundReceiver", ZERO_ADDRESS),
        nonce=found["nonce"],
        version=version,
    )
    return ServiceTx(
        ClaimedSafeTx(tx, found["safeTxHash"]), found.get("confirmations", ()), found.get("isExecuted", False)
    )


def _known(
    value: object, where: str, required: dict[str, shape.Reader[object]], optional: dict[str, shape.Reader[object]]
) -> dict[str, Any]:
    """As `shape.record`, but what we do not name is left alone."""
    if isinstance(value, dict):
        value = {name: each for name, each in value.items() if name in required or name in optional}
    return shape.record(value, where, required, optional)


def _whole(value: object, where: str) -> int:
    """An integer written as a JSON integer or as a decimal string."""
    return shape.string(ids.amount)(value, where) if isinstance(value, str) else shape.integer(minimum=0)(value, where)


def _or(default: T, reader: shape.Reader[T]) -> shape.Reader[T]:
    """A reader for which null means `default`."""
    return lambda value, where: default if value is None else reader(value, where)


def _lower(parse_hex: Callable[[str], T]) -> Callable[[str], T]:
    return lambda text: parse_hex(text.lower())


def _as_list(value: object, where: str) -> tuple[object, ...]:
    return shape.array(shape.anything, maximum=1_000)(value, where)


def _confirmation(value: object, where: str) -> Confirmation:
    found = _known(value, where, {"owner": _ADDRESS}, {"signature": _BYTES})
    return Confirmation(found["owner"], found.get("signature", b""))


_ADDRESS: shape.Reader[Address] = shape.string(lambda text: Address(eip55.parse_machine(text)))
_BYTES: shape.Reader[bytes] = _or(b"", shape.string(_lower(prefixed_hex), maximum=HEX_LIMIT))
_HASH: shape.Reader[Digest] = shape.string(_lower(prefixed_hash))
_REQUIRED: dict[str, shape.Reader[object]] = {
    "safe": _ADDRESS,
    "to": _ADDRESS,
    "value": _whole,
    "operation": _whole,
    "nonce": _whole,
    "safeTxHash": _HASH,
}
_OPTIONAL: dict[str, shape.Reader[object]] = {
    "data": _BYTES,
    "safeTxGas": _or(0, _whole),
    "baseGas": _or(0, _whole),
    "gasPrice": _or(0, _whole),
    "gasToken": _or(ZERO_ADDRESS, _ADDRESS),
    "refundReceiver": _or(ZERO_ADDRESS, _ADDRESS),
    "confirmations": _or((), shape.array(_confirmation, maximum=1_000)),
    "isExecuted": _or(False, shape.boolean),
}
