"""The digests that vault keys sign: BIP-143 for segwit inputs, and the original algorithm for BIP-174's older examples.

- `Bip143.of` hashes outpoints, sequences and outputs once a transaction; each digest then costs one short preimage;
- every sighash type can be digested; which of them may be signed is B5's question, not this module's;
- a digest commits to one amount and one script: both must come from where B3 and B4 looked.

    >>> SIGHASH_ALL, ANYONE_CAN_PAY
    (1, 128)
"""

from dataclasses import dataclass, field

from bitcoin.core import CTxIn

from countersign.bitcoin import compact_size, transaction
from countersign.bitcoin.layout import Layout, scan
from countersign.bitcoin.transaction import Output, double_sha256
from countersign.errors import Malformed

SIGHASH_ALL = 1
SIGHASH_NONE = 2
SIGHASH_SINGLE = 3
ANYONE_CAN_PAY = 0x80
_ZERO = b"\x00" * 32
_ONE = b"\x01" + b"\x00" * 31


@dataclass(frozen=True, slots=True)
class Bip143:
    """A transaction's midstates: everything of BIP-143's preimage that its inputs share."""

    layout: Layout
    hash_prevouts: bytes
    hash_sequence: bytes
    hash_outputs: bytes
    head: bytes = field(repr=False)
    tail: bytes = field(repr=False)
    """What every SIGHASH_ALL preimage of the transaction begins and ends with."""

    @classmethod
    def of(cls, data: bytes, *, witness: bool = False) -> "Bip143":
        """The midstates of a serialised transaction; `witness` if it may carry witnesses. Malformed: B2.*."""
        layout = scan(data, witness=witness)
        prevouts = b"".join([data[at : at + 36] for at, _, _ in layout.inputs])
        sequences = b"".join([data[end : end + 4] for _, _, end in layout.inputs])
        first = layout.outputs[0][0] if layout.outputs else 0
        outputs = data[first : layout.outputs[-1][2]] if layout.outputs else b""
        hashes = double_sha256(prevouts), double_sha256(sequences), double_sha256(outputs)
        head = data[:4] + hashes[0] + hashes[1]
        return cls(layout, *hashes, head, hashes[2] + data[-4:] + SIGHASH_ALL.to_bytes(4, "little"))

    def digest(self, index: int, script_code: bytes, satoshis: int, sighash: int = SIGHASH_ALL) -> bytes:
        """The 32 bytes signed for input `index`; `script_code` is the witness script of a P2WSH input."""
        return double_sha256(self.preimage(index, script_code, satoshis, sighash))

    def preimage(self, index: int, script_code: bytes, satoshis: int, sighash: int = SIGHASH_ALL) -> bytes:
        """What `digest` hashes (BIP-143, Specification)."""
        data, (at, _, end) = self.layout.data, self.layout.inputs[index]
        if sighash == SIGHASH_ALL:
            spent = data[at : at + 36] + compact_size.encode(len(script_code)) + script_code
            return self.head + spent + satoshis.to_bytes(8, "little") + data[end : end + 4] + self.tail
        one_input, kind = bool(sighash & ANYONE_CAN_PAY), sighash & 0x1F
        every_sequence = not one_input and kind not in (SIGHASH_NONE, SIGHASH_SINGLE)
        return b"".join(
            (
                data[:4],
                _ZERO if one_input else self.hash_prevouts,
                self.hash_sequence if every_sequence else _ZERO,
                data[at : at + 36],
                compact_size.encode(len(script_code)),
                script_code,
                satoshis.to_bytes(8, "little"),
                data[end : end + 4],
                self._outputs(index, kind),
                data[-4:],
                sighash.to_bytes(4, "little"),
            )
        )

    def _outputs(self, index: int, kind: int) -> bytes:
        if kind == SIGHASH_NONE:
            return _ZERO
        if kind != SIGHASH_SINGLE:
            return self.hash_outputs
        if index >= len(self.layout.outputs):
            return _ZERO
        at, _, end = self.layout.outputs[index]
        return double_sha256(self.layout.data[at:end])


def legacy(data: bytes, index: int, script_code: bytes, sighash: int = SIGHASH_ALL) -> bytes:
    """The original digest of input `index` over an unsigned transaction; `script_code` holds no OP_CODESEPARATOR.

    Each call serialises the whole transaction: quadratic by the protocol's own design, and why vaults are segwit.
    """
    tx = transaction.build(scan(data, witness=False))
    if index >= len(tx.vin):
        raise Malformed("bitcoin.input-number", found=index)
    kind = sighash & 0x1F
    if kind == SIGHASH_SINGLE and index >= len(tx.vout):
        return _ONE
    chosen = [index] if sighash & ANYONE_CAN_PAY else range(len(tx.vin))
    inputs = [_legacy_input(tx.vin[i], script_code if i == index else b"", kind, i == index) for i in chosen]
    outputs = [Output(bytes(out.scriptPubKey), out.nValue).serialise() for out in tx.vout]
    if kind == SIGHASH_NONE:
        outputs = []
    elif kind == SIGHASH_SINGLE:
        outputs = [b"\xff" * 8 + b"\x00"] * index + [outputs[index]]
    count = compact_size.encode
    body = b"".join((data[:4], count(len(inputs)), *inputs, count(len(outputs)), *outputs, data[-4:]))
    return double_sha256(body + sighash.to_bytes(4, "little"))


def _legacy_input(spent: CTxIn, code: bytes, kind: int, signing: bool) -> bytes:
    sequence = spent.nSequence if signing or kind not in (SIGHASH_NONE, SIGHASH_SINGLE) else 0
    prevout = spent.prevout.hash + spent.prevout.n.to_bytes(4, "little")
    return b"".join((prevout, compact_size.encode(len(code)), code, sequence.to_bytes(4, "little")))
