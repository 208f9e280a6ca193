"""What a Safe transaction would do, decoded from the bytes that are hashed.

For the checks E3–E7 and for every screen. It judges nothing: it names, and `review/` decides.

- A delegate call is shown (`Facts.shown`) as the handing over of the Safe itself, whatever its data is dressed as.
- A delegate call to a pinned MultiSendCallOnly is a batch: `Facts.batch` holds its inner calls, `Facts.fault` why it is
  none. Whether it is the Safe's own release's is not known here (E3).
- A call to the Safe itself, a call that administers something and a call nobody knows are three different facts.
- Only a transfer that decodes strictly is shown as a transfer.

    >>> tx = plain_tx(31337, Address(b"\\x01" * 20), Address(b"\\x02" * 20), 5, b"", nonce=0)
    >>> read(tx).call
    EtherTransfer(recipient=b'\\x02...', amount=5)
"""

from dataclasses import dataclass

from countersign.errors import Malformed, Values
from countersign.ethereum import deployments, erc20, multisend, owners
from countersign.ethereum.abi import ZERO_ADDRESS, Address
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.owners import OwnerChange
from countersign.ethereum.safe import DELEGATECALL, SafeTx

REFUSED_SELECTORS: dict[bytes, str] = {
    bytes.fromhex(selector): signature
    for selector, signature in (
        ("0d582f13", "addOwnerWithThreshold(address,uint256)"),
        ("f8dc5dd9", "removeOwner(address,address,uint256)"),
        ("e318b52b", "swapOwner(address,address,address)"),
        ("694e80c3", "changeThreshold(uint256)"),
        ("610b5925", "enableModule(address)"),
        ("e009cfde", "disableModule(address,address)"),
        ("e19a9dd9", "setGuard(address)"),
        ("e068df37", "setModuleGuard(address)"),
        ("f08a0323", "setFallbackHandler(address)"),
        ("b63e800d", "setup(address[],uint256,address,bytes,address,address,uint256,address)"),
        ("d4d9bdcd", "approveHash(bytes32)"),
        ("8d80ff0a", "multiSend(bytes)"),
        (
            "6a761202",
            "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)",
        ),
        ("85a5affe", "signMessage(bytes)"),
        ("f2fde38b", "transferOwnership(address)"),
        ("3659cfe6", "upgradeTo(address)"),
        ("4f1ef286", "upgradeToAndCall(address,bytes)"),
        ("095ea7b3", "approve(address,uint256)"),
        ("39509351", "increaseAllowance(address,uint256)"),
        ("a22cb465", "setApprovalForAll(address,bool)"),
        ("23b872dd", "transferFrom(address,address,uint256)"),
        ("d505accf", "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"),
    )
}
"""Check E4: calls that no settlement makes, by selector, with the signatures that hash to them."""


@dataclass(frozen=True, slots=True)
class EtherTransfer:
    """Plain ether: empty data. `amount` in wei."""

    recipient: Address
    amount: int


@dataclass(frozen=True, slots=True)
class Erc20Transfer:
    """A strictly decoded `transfer`; `amount` in the token's base units."""

    token: Address
    recipient: Address
    amount: int


@dataclass(frozen=True, slots=True)
class MalformedTransfer:
    """Data that begins like a transfer and is none; `code` and `values` say why (E5)."""

    token: Address
    code: str
    values: Values


@dataclass(frozen=True, slots=True)
class SelfCall:
    """A call to the Safe itself. With no data and no value it only consumes the nonce (a declared void).

    `change`: what it does to the Safe's owners, where it decodes strictly as one of the four calls that do.
    """

    selector: bytes
    name: str | None
    change: OwnerChange | None = None

    @property
    def said(self) -> str:
        """What it calls, with its arguments where they can be read; "an empty call" without data."""
        if self.change is not None:
            return owners.spelt(self.change)
        return self.name or self.selector.hex() or "an empty call"


@dataclass(frozen=True, slots=True)
class AdminCall:
    """A selector of E4's list on any target; `name` is its full signature."""

    target: Address
    selector: bytes
    name: str


@dataclass(frozen=True, slots=True)
class UnknownCall:
    """Anything else: at most the first 4 bytes of its data are worth showing."""

    target: Address
    selector: bytes


PlainCall = EtherTransfer | Erc20Transfer | MalformedTransfer | SelfCall | AdminCall | UnknownCall


@dataclass(frozen=True, slots=True)
class DelegateCall:
    """Operation 1: the target's code runs as the Safe itself. `resembles` is what the data is merely dressed as."""

    target: Address
    resembles: PlainCall


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One plain call of the Safe: what it means, and whom it calls.

    `contract` names a released Safe contract at `target`, or None. `ether` is the value in wei that travels with the
    call. `reserved_target`: nobody can hold `target`.
    """

    call: PlainCall
    contract: deployments.Deployment | None
    ether: int
    reserved_target: bool
    target: Address


@dataclass(frozen=True, slots=True)
class MalformedBatch:
    """Data sent to a MultiSendCallOnly that is no batch of plain calls; `code` and `values` say why (E3)."""

    code: str
    values: Values


@dataclass(frozen=True, slots=True)
class Facts(CallFacts):
    """Everything that is known about one Safe transaction from its fields.

    `call` is what the data means as a plain call: for the checks, each of which judges its own part. `shown` is for
    people. `gas_refund` names the fields of E7 that are not zero. `batch`: the inner calls of a batch, each judged like
    a transaction of its own; empty if it is none.
    """

    delegatecall: bool
    gas_refund: tuple[str, ...]
    batch: tuple[CallFacts, ...] = ()
    fault: MalformedBatch | None = None

    @property
    def calls(self) -> tuple[CallFacts, ...]:
        """The calls to judge: a batch's inner ones, in order, else the transaction itself."""
        return self.batch or (self,)

    @property
    def shown(self) -> PlainCall | DelegateCall:
        """What a screen shows: never a transfer where the operation is 1 (E3, D1)."""
        return DelegateCall(self.target, self.call) if self.delegatecall else self.call

    @property
    def void(self) -> bool:
        """Whether it does nothing but consume the Safe's nonce (DESIGN.md §6, rule 10)."""
        empty = isinstance(self.call, SelfCall) and not self.call.selector
        return empty and not self.ether and not self.delegatecall


def read(tx: SafeTx) -> Facts:
    """Decode a Safe transaction. Total: every SafeTx has facts."""
    batch, fault = _batch(tx)
    return Facts(
        call=read_call(tx.safe, tx.to, tx.value, tx.data),
        contract=deployments.named(tx.to),
        ether=tx.value,
        reserved_target=is_reserved(tx.to),
        target=tx.to,
        delegatecall=tx.operation == DELEGATECALL,
        gas_refund=gas_refund_fields(tx),
        batch=batch,
        fault=fault,
    )


def _batch(tx: SafeTx) -> tuple[tuple[CallFacts, ...], MalformedBatch | None]:
    if tx.operation != DELEGATECALL or tx.to not in multisend.RELEASES:
        return (), None
    try:
        calls = multisend.parse(tx.data)
    except Malformed as error:
        return (), MalformedBatch(error.code, error.values)
    zero_is_self = multisend.RELEASES[tx.to] >= multisend.ZERO_MEANS_SELF
    return tuple(_inner(tx.safe, call, zero_is_self=zero_is_self) for call in calls), None


def _inner(safe: Address, inner: InnerCall, *, zero_is_self: bool) -> CallFacts:
    to = safe if zero_is_self and inner.to == ZERO_ADDRESS else inner.to
    return CallFacts(
        call=read_call(safe, to, inner.value, inner.data),
        contract=deployments.named(to),
        ether=inner.value,
        reserved_target=is_reserved(to),
        target=to,
    )


def read_call(safe: Address, to: Address, value: int, data: bytes) -> PlainCall:
    """What a plain call from `safe` to `to` would do, by its data."""
    selector = data[:4]
    if to == safe:
        return SelfCall(selector, REFUSED_SELECTORS.get(selector), _owner_change(data))
    if not data:
        return EtherTransfer(to, value)
    if (name := REFUSED_SELECTORS.get(selector)) is not None:
        return AdminCall(to, selector, name)
    if selector != erc20.SELECTOR:
        return UnknownCall(to, selector)
    try:
        transfer = erc20.decode(data)
    except Malformed as error:
        return MalformedTransfer(to, error.code, error.values)
    return Erc20Transfer(to, transfer.recipient, transfer.amount)


def _owner_change(data: bytes) -> OwnerChange | None:
    try:
        return owners.parse(data)
    except Malformed:
        return None


def gas_refund_fields(tx: SafeTx) -> tuple[str, ...]:
    """The names of the five gas and refund fields that are not zero (E7)."""
    fields = {
        "safeTxGas": tx.safe_tx_gas != 0,
        "baseGas": tx.base_gas != 0,
        "gasPrice": tx.gas_price != 0,
        "gasToken": tx.gas_token != ZERO_ADDRESS,
        "refundReceiver": tx.refund_receiver != ZERO_ADDRESS,
    }
    return tuple(name for name, present in fields.items() if present)


def is_reserved(where: Address) -> bool:
    """Whether nobody can hold this address: zero, the Safe's sentinel 0x1, a precompiled contract.

    E4 names 0x0 … 0x9; later forks added 0xa … 0x11 and 0x100, so the whole first 65,536 addresses count.
    """
    return not any(where[:18])
