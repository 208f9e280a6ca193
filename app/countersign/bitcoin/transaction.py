"""Transactions: python-bitcoinlib's types behind a strict reader, and the few numbers everyone asks of them.

- `parse` reads the form of BIP-144 or the original one; `parse_unsigned` only the original one, with empty scriptSigs;
- trailing bytes, a spelling longer than needed and a superfluous witness are refused: `serialise(parse(x)) == x`;
- a txid is the double SHA-256 without witnesses, 32 bytes in internal order; `display` is the order people write;
- weight is 3 × size without witnesses + size with them (BIP-141), vsize a quarter of it rounded up.

    >>> tx = parse(bytes.fromhex("01000000" "01" + "00" * 36 + "00" "ffffffff" "01" + "00" * 8 + "00" "00000000"))
    >>> len(tx.vin), weight(tx)
    (1, 240)
"""

import hashlib
from dataclasses import dataclass
from typing import NewType

from bitcoin.core import COutPoint, CTransaction, CTxIn, CTxInWitness, CTxOut, CTxWitness
from bitcoin.core.script import CScript, CScriptWitness

from countersign.bitcoin import compact_size
from countersign.bitcoin.layout import MARKER, Layout, scan
from countersign.errors import Malformed

Satoshis = NewType("Satoshis", int)
Txid = NewType("Txid", bytes)
MAX_MONEY = 21_000_000 * 100_000_000
WITNESS_SCALE = 4

__all__ = ["CTransaction", "Outpoint", "Output", "Satoshis", "Txid"]


@dataclass(frozen=True, slots=True, order=True)
class Outpoint:
    """The place of a coin: the transaction that made it (internal order) and the number of the output there."""

    txid: Txid
    vout: int

    @classmethod
    def parse(cls, text: str) -> "Outpoint":
        """The reverse of `str`. Malformed: bitcoin.txid."""
        txid, _, vout = text.partition(":")
        if not vout.isascii() or not vout.isdecimal() or (vout[0] == "0" and vout != "0"):
            raise Malformed("bitcoin.txid")
        if len(vout) > 10 or int(vout) >= 1 << 32:
            raise Malformed("bitcoin.txid")
        return cls(from_display(txid), int(vout))

    def serialise(self) -> bytes:
        """36 bytes, as an input carries them."""
        return self.txid + self.vout.to_bytes(4, "little")

    def __str__(self) -> str:
        return f"{display(self.txid)}:{self.vout}"


@dataclass(frozen=True, slots=True)
class Output:
    """An amount locked by a script."""

    script_pubkey: bytes
    satoshis: Satoshis

    def serialise(self) -> bytes:
        """As a transaction and PSBT_IN_WITNESS_UTXO carry it."""
        script = self.script_pubkey
        return b"".join((self.satoshis.to_bytes(8, "little"), compact_size.encode(len(script)), script))


def double_sha256(data: bytes) -> bytes:
    """SHA-256 of SHA-256."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def display(txid: bytes) -> str:
    """The txid as people and RPC write it: hex of the reversed bytes."""
    return txid[::-1].hex()


def from_display(text: str) -> Txid:
    """The internal order of a txid as people write it. Malformed: bitcoin.txid."""
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise Malformed("bitcoin.txid")
    return Txid(bytes.fromhex(text)[::-1])


def parse(data: bytes) -> CTransaction:
    """A transaction with or without witnesses. Malformed: B2.*."""
    return build(scan(data, witness=True))


def parse_unsigned(data: bytes) -> CTransaction:
    """The transaction of a PSBT v0: no witness form, every scriptSig empty. Malformed: B2.*."""
    return build(unsigned_layout(data))


def unsigned_layout(data: bytes) -> Layout:
    """The layout of an unsigned transaction. Malformed: B2.unsigned-witness, B2.script-sig, B2.*."""
    try:
        layout = scan(data, witness=False)
    except Malformed as error:
        # Without inputs and with one output the original form begins like the other: only a failure tells them apart.
        if data[4:6] == MARKER:
            raise Malformed("B2.unsigned-witness") from error
        raise
    for number, (_, start, end) in enumerate(layout.inputs):
        if start != end:
            raise Malformed("B2.script-sig", input=number)
    return layout


def build(layout: Layout) -> CTransaction:
    """python-bitcoinlib's immutable transaction for a scanned layout. Malformed: B2.amount."""
    data = layout.data
    inputs = [
        CTxIn(
            COutPoint(data[at : at + 32], int.from_bytes(data[at + 32 : at + 36], "little")),
            CScript(data[start:end]),
            int.from_bytes(data[end : end + 4], "little"),
        )
        for at, start, end in layout.inputs
    ]
    outputs = [CTxOut(amount(data, at), CScript(data[start:end])) for at, start, end in layout.outputs]
    witness = CTxWitness(
        tuple(CTxInWitness(CScriptWitness(tuple(data[a:b] for a, b in stack))) for stack in layout.stacks)
    )
    return CTransaction(inputs, outputs, layout.lock_time, layout.version, witness)


def amount(data: bytes, at: int) -> Satoshis:
    """The 64-bit amount at an offset; a negative one is refused, the money limit is B8's. Malformed: B2.amount."""
    value = int.from_bytes(data[at : at + 8], "little", signed=True)
    if value < 0:
        raise Malformed("B2.amount")
    return Satoshis(value)


def serialise(tx: CTransaction) -> bytes:
    """The bytes of a transaction, with its witnesses where it has some."""
    data: bytes = tx.serialize()
    return data


def stripped(tx: CTransaction) -> bytes:
    """The bytes without witnesses."""
    data: bytes = tx.serialize({"include_witness": False})
    return data


def txid(tx: CTransaction) -> Txid:
    """Double SHA-256 of the bytes without witnesses, internal order."""
    return Txid(double_sha256(stripped(tx)))


def weight(tx: CTransaction) -> int:
    """BIP-141 weight units."""
    return 3 * len(stripped(tx)) + len(serialise(tx))


def virtual_size(weight_units: int) -> int:
    """vbytes: weight divided by four, rounded up."""
    return -(-weight_units // WITNESS_SCALE)


def outpoint(tx: CTransaction, index: int) -> Outpoint:
    """What input `index` spends."""
    prevout = tx.vin[index].prevout
    return Outpoint(Txid(prevout.hash), prevout.n)
