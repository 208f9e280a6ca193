"""A transaction and a chain as the embedded Bitcoin chain's rules look at them: what is spent, what is made, what is known.

- A transaction is read with our own strict reader; its amounts stay as signed as they are written, for the rules to judge.
- A chain is whatever satisfies `View`; `bitcoin_ledger.Ledger` does.

    >>> read(bytes.fromhex("02000000" "01" + "00" * 36 + "00" "ffffffff" "01" + "ff" * 8 + "00" "00000000")).outputs
    ((b'', -1),)
"""

from dataclasses import dataclass
from typing import Protocol

from countersign.bitcoin.layout import Layout, scan
from countersign.bitcoin.transaction import Outpoint, Output, Txid, double_sha256, virtual_size

NULL_OUTPOINT = bytes(32) + b"\xff" * 4


@dataclass(frozen=True, slots=True)
class Unspent:
    """A coin of the chain: what it holds, the block that made it, and whether a coinbase did."""

    output: Output
    height: int
    coinbase: bool


class View(Protocol):
    """The chain as a new transaction meets it."""

    @property
    def height(self) -> int:
        """Height of the best block; a new transaction would stand in the next one."""

    def unspent(self, place: Outpoint) -> Unspent | None: ...

    def known(self, txid: Txid) -> bool:
        """Whether this transaction is in the chain and some output of it unspent."""

    def median_time(self, height: int) -> int:
        """BIP-113's median of the eleven block times up to `height`, in unix seconds."""


@dataclass(frozen=True, slots=True)
class Spend:
    """A transaction read for judging: where everything lies, what it spends and what it makes."""

    layout: Layout
    txid: Txid
    places: tuple[Outpoint, ...]
    sequences: tuple[int, ...]
    outputs: tuple[tuple[bytes, int], ...]
    weight: int

    @property
    def virtual_size(self) -> int:
        """vbytes."""
        return virtual_size(self.weight)


def read(raw: bytes) -> Spend:
    """The transaction in `raw`, amounts as signed as they are written. Malformed: B2.*."""
    layout = scan(raw, witness=True)
    stripped = layout.stripped()
    places = (
        Outpoint(Txid(raw[at : at + 32]), int.from_bytes(raw[at + 32 : at + 36], "little"))
        for at, _, _ in layout.inputs
    )
    amounts = (int.from_bytes(raw[at : at + 8], "little", signed=True) for at, _, _ in layout.outputs)
    return Spend(
        layout,
        Txid(double_sha256(stripped)),
        tuple(places),
        tuple(int.from_bytes(raw[end : end + 4], "little") for _, _, end in layout.inputs),
        tuple((raw[start:end], amount) for (_, start, end), amount in zip(layout.outputs, amounts, strict=True)),
        3 * len(stripped) + len(raw),
    )
