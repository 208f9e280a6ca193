"""A partially signed transaction, version 0 (BIP-174), lossless: `serialise(parse_bip174(x)) == x`.

    70736274ff | global map | one map an input | one map an output

- `parse_bip174` takes what BIP-174 takes; `parse` adds B2's limits (`form`) and is what settlement uses;
- version 2 (BIP-370) is recognised and refused by its name;
- sizes are refused before anything is parsed; the unsigned transaction has empty scriptSigs and no witness form;
- maps are dictionaries from whole key to value in the order of the bytes; nothing unknown or proprietary is lost.

    >>> parse_bip174(bytes.fromhex("70736274ff" "01000a" "00000000000000000000" "00")).inputs
    ()
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countersign.bitcoin import transaction
from countersign.bitcoin.parent import Parent
from countersign.bitcoin.psbt import fields, form
from countersign.bitcoin.psbt.reading import Fields, MapReader, write_map
from countersign.bitcoin.transaction import CTransaction, Output, Txid
from countersign.errors import Malformed, Refused

MAGIC = b"psbt\xff"
MAX_BYTES = 16 << 20
MAX_USB_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Psbt:
    """The maps of a PSBT. `tx` is the unsigned transaction, `parents` the distinct non_witness_utxo by their bytes."""

    globals: Fields
    inputs: tuple[Fields, ...]
    outputs: tuple[Fields, ...]
    tx: CTransaction = field(compare=False, repr=False)
    parents: Mapping[bytes, Parent] = field(compare=False, repr=False)

    @property
    def unsigned(self) -> bytes:
        """The bytes of the unsigned transaction."""
        return self.globals[fields.UNSIGNED_TX]

    @property
    def txid(self) -> Txid:
        """The txid of the unsigned transaction, and of the finished one where every input is native segwit."""
        return Txid(transaction.double_sha256(self.unsigned))

    def parent(self, index: int) -> Parent | None:
        """The previous transaction that input `index` carries, or None."""
        carried = self.inputs[index].get(fields.NON_WITNESS_UTXO)
        return None if carried is None else self.parents[carried]

    def witness_utxo(self, index: int) -> Output | None:
        """The output that input `index` claims to spend, unproved, or None."""
        carried = self.inputs[index].get(fields.WITNESS_UTXO)
        if carried is None:
            return None
        return Output(carried[9 if carried[8] < 253 else 11 :], transaction.amount(carried, 0))


def parse(data: bytes, *, limit: int = MAX_BYTES) -> Psbt:
    """A PSBT as settlement admits it, `limit` in bytes. Malformed: B2.*; Refused: B2.version-2."""
    psbt = _parse(data, limit, strict=True)
    form.check_weight(len(psbt.unsigned), psbt.inputs)
    return psbt


def parse_bip174(data: bytes, *, limit: int = MAX_BYTES) -> Psbt:
    """Any valid PSBT version 0. Malformed: B2.*; Refused: B2.version-2."""
    return _parse(data, limit, strict=False)


def _parse(data: bytes, limit: int, *, strict: bool) -> Psbt:
    if len(data) > limit:
        raise Malformed("B2.too-large", size=len(data), limit=limit)
    if data[:5] != MAGIC:
        raise Malformed("B2.magic")
    reader = MapReader(data, 5)
    header = _globals(reader)
    layout = transaction.unsigned_layout(header[fields.UNSIGNED_TX])
    if strict:
        form.check_layout(layout)
    inputs = tuple(reader.input() for _ in layout.inputs)
    outputs = tuple(reader.output() for _ in layout.outputs)
    reader.finish()
    return Psbt(header, inputs, outputs, transaction.build(layout), reader.parents)


def _globals(reader: MapReader) -> Fields:
    header = reader.globals()
    version = int.from_bytes(header.get(fields.PSBT_VERSION, b"\x00"), "little")
    if fields.UNSIGNED_TX not in header:
        raise Refused("B2.version-2") if version == 2 else Malformed("B2.no-unsigned-transaction")
    if version:
        raise Malformed("B2.psbt-version", found=version)
    for key in header:
        if key[0] in fields.GLOBAL_V2:
            raise Malformed("B2.v2-field", type=f"{key[0]:02x}")
    return header


def serialise(psbt: Psbt) -> bytes:
    """The bytes of a PSBT: of a parsed one, the same it was parsed from."""
    parts = [MAGIC]
    write_map(psbt.globals, parts)
    for found in (*psbt.inputs, *psbt.outputs):
        write_map(found, parts)
    return b"".join(parts)


def of_maps(header: Fields, inputs: tuple[Fields, ...], outputs: tuple[Fields, ...], like: Psbt) -> Psbt:
    """New maps over the unsigned transaction of `like`, whose transaction and parents are taken over unread."""
    return Psbt(header, inputs, outputs, like.tx, like.parents)


def bare(psbt: Psbt) -> Psbt:
    """Only the unsigned transaction: every map empty, the same bytes of the transaction."""
    header: Fields = {fields.UNSIGNED_TX: psbt.unsigned}
    return Psbt(header, ({},) * len(psbt.inputs), ({},) * len(psbt.outputs), psbt.tx, {})
