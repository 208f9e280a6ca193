"""A partially signed transaction, version 0 (BIP-174) or 2 (BIP-370), lossless: `serialise(parse_bip174(x)) == x`.

    70736274ff | global map | one map an input | one map an output

- `parse_bip174` takes what the two documents take; `parse` adds B2's limits (`form`) and is what settlement uses;
- everything behind asks for `unsigned`: carried whole in version 0, put together from the maps in version 2;
- sizes are refused before anything is parsed; the unsigned transaction has empty scriptSigs and no witness form;
- maps are dictionaries from whole key to value in the order of the bytes; nothing unknown or proprietary is lost.

    >>> parse_bip174(bytes.fromhex("70736274ff" "01000a" "00000000000000000000" "00")).inputs
    ()
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countersign.bitcoin import transaction
from countersign.bitcoin.layout import Layout
from countersign.bitcoin.parent import Parent
from countersign.bitcoin.psbt import bip370, fields, form
from countersign.bitcoin.psbt.reading import Fields, MapReader, write_map
from countersign.bitcoin.transaction import CTransaction, Output, Txid
from countersign.errors import Malformed

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
    assembled: bytes = field(default=b"", compare=False, repr=False)
    """In version 2 the unsigned transaction put together from the maps; nothing in version 0."""
    proven: dict[int, Output] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What `inspect.spent_output` has proven of these maps so far: only a memory of a pure function."""

    @property
    def version(self) -> int:
        """0 (BIP-174) or 2 (BIP-370)."""
        return 0 if fields.UNSIGNED_TX in self.globals else 2

    @property
    def unsigned(self) -> bytes:
        """The bytes of the unsigned transaction, whatever the version."""
        return self.globals.get(fields.UNSIGNED_TX, self.assembled)

    def layout(self) -> Layout:
        """Where everything lies in the unsigned transaction."""
        return transaction.unsigned_layout(self.unsigned)

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
    """A PSBT as settlement admits it, `limit` in bytes. Malformed: B2.*."""
    psbt = _parse(data, limit, strict=True)
    form.check_weight(len(psbt.unsigned), psbt.inputs)
    return psbt


def parse_bip174(data: bytes, *, limit: int = MAX_BYTES) -> Psbt:
    """Any valid PSBT of version 0 or 2. Malformed: B2.*."""
    return _parse(data, limit, strict=False)


def _parse(data: bytes, limit: int, *, strict: bool) -> Psbt:
    if len(data) > limit:
        raise Malformed("B2.too-large", size=len(data), limit=limit)
    if data[:5] != MAGIC:
        raise Malformed("B2.magic")
    reader = MapReader(data, 5)
    header = reader.globals()
    return _version_2(reader, header, strict) if reader.version else _version_0(reader, header, strict)


def _version_0(reader: MapReader, header: Fields, strict: bool) -> Psbt:
    """The transaction says how many maps follow."""
    layout = transaction.unsigned_layout(header[fields.UNSIGNED_TX])
    if strict:
        form.check_layout(layout)
    inputs, outputs = reader.maps(len(layout.inputs), len(layout.outputs))
    return Psbt(header, inputs, outputs, transaction.build(layout), reader.parents)


def _version_2(reader: MapReader, header: Fields, strict: bool) -> Psbt:
    """The maps say what the transaction is."""
    announced = bip370.counts(header)
    if strict:
        form.check_announced(header, *announced)
    inputs, outputs = reader.maps(*announced)
    unsigned = bip370.unsigned_transaction(header, inputs, outputs)
    layout = transaction.unsigned_layout(unsigned)
    if strict:
        form.check_layout(layout)
    return Psbt(header, inputs, outputs, transaction.build(layout), reader.parents, unsigned)


def serialise(psbt: Psbt) -> bytes:
    """The bytes of a PSBT: of a parsed one, the same it was parsed from."""
    parts = [MAGIC]
    write_map(psbt.globals, parts)
    for found in (*psbt.inputs, *psbt.outputs):
        write_map(found, parts)
    return b"".join(parts)


def of_maps(header: Fields, inputs: tuple[Fields, ...], outputs: tuple[Fields, ...], like: Psbt) -> Psbt:
    """New maps over the unsigned transaction of `like`, whose transaction and parents are taken over unread."""
    return Psbt(header, inputs, outputs, like.tx, like.parents, like.assembled)


def bare(psbt: Psbt) -> Psbt:
    """Only the unsigned transaction, in version 0: every map empty, the same bytes of the transaction."""
    header: Fields = {fields.UNSIGNED_TX: psbt.unsigned}
    return Psbt(header, ({},) * len(psbt.inputs), ({},) * len(psbt.outputs), psbt.tx, {})
