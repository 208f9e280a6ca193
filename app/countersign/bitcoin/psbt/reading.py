"""Reading the key-value maps of a PSBT, one pass, one dictionary a map.

    map = (length key length value)* 00

- a dictionary keeps the original order and every field, so writing it back gives the same bytes;
- a key twice in one map is refused; lengths are compared with what is left before anything is cut out;
- the parent of a coin is scanned and hashed once for each distinct sequence of bytes, and its bytes are kept once;
- fields, and outputs of parents, are counted over the whole PSBT: millions of tiny ones would take gigabytes and minutes.
"""

from collections.abc import Mapping

from countersign.bitcoin import compact_size, parent
from countersign.bitcoin.compact_size import WIDE, read
from countersign.bitcoin.parent import Parent
from countersign.bitcoin.psbt import bip370, fields
from countersign.bitcoin.psbt.fields import check
from countersign.errors import Malformed

Fields = Mapping[bytes, bytes]
MAX_FIELDS = 250_000
"""Of all maps together: 2,400 inputs of fifteen cosigners have some 90,000."""
MAX_PARENT_OUTPUTS = 1_000_000
"""Of all parents together: as many as nine blocks hold."""

Rules = tuple[Mapping[int, fields.Rule], frozenset[int]]
"""A map's table, and the types that it must not have."""
_INPUT: Mapping[int, Rules] = {0: (fields.INPUT, bip370.INPUT_TYPES), 2: (bip370.INPUT, frozenset())}
_OUTPUT: Mapping[int, Rules] = {0: (fields.OUTPUT, bip370.OUTPUT_TYPES), 2: (bip370.OUTPUT, frozenset())}


class MapReader:
    """A cursor over one PSBT's bytes, and the parents it has met; `version` is known once the global map is read."""

    __slots__ = ("at", "data", "fields_left", "outputs_left", "parents", "version")

    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at
        self.version = 0
        self.fields_left, self.outputs_left = MAX_FIELDS, MAX_PARENT_OUTPUTS
        self.parents: dict[bytes, Parent] = {}

    def globals(self) -> Fields:
        """The global map. Malformed: B2.psbt-version, .no-unsigned-transaction, .v0-field, .v2-field, B2.*."""
        header = self._map(bip370.GLOBAL, frozenset())
        version = int.from_bytes(header.get(fields.PSBT_VERSION, b""), "little")
        if version not in (0, 2):
            raise Malformed("B2.psbt-version", found=version)
        if version == 2 and fields.UNSIGNED_TX in header:
            raise Malformed("B2.v0-field")
        if version == 0:
            for key in header:
                if key[0] in bip370.GLOBAL_TYPES:
                    raise Malformed("B2.v2-field", type=f"{key[0]:02x}")
            if fields.UNSIGNED_TX not in header:
                raise Malformed("B2.no-unsigned-transaction")
        self.version = version
        return header

    def maps(self, inputs: int, outputs: int) -> tuple[tuple[Fields, ...], tuple[Fields, ...]]:
        """So many input and output maps, and then nothing. Malformed: B2.trailing, B2.*."""
        spent = tuple(self._input() for _ in range(inputs))
        paid = tuple(self._map(*_OUTPUT[self.version]) for _ in range(outputs))
        if self.at != len(self.data):
            raise Malformed("B2.trailing", offset=self.at)
        return spent, paid

    def _input(self) -> Fields:
        found = self._map(*_INPUT[self.version])
        carried = found.get(fields.NON_WITNESS_UTXO)
        if carried is not None:
            known = self.parents.get(carried)
            if known is None:
                known = self.parents[carried] = parent.read(carried)
                self.outputs_left -= len(known.spans)
                if self.outputs_left < 0:
                    raise Malformed("B2.parent-outputs", limit=MAX_PARENT_OUTPUTS)
            found[fields.NON_WITNESS_UTXO] = known.data
        return found

    def _map(self, rules: Mapping[int, fields.Rule], refused: frozenset[int]) -> dict[bytes, bytes]:
        data, at, total = self.data, self.at, len(self.data)
        found: dict[bytes, bytes] = {}
        while True:
            at += 1
            # Nearly every length is one byte; whatever else stands there, or does not, is for `read` to judge.
            if at > total or (length := data[at - 1]) >= WIDE:
                length, at = read(data, at - 1)
            if length == 0:
                self.at = at
                self.fields_left -= len(found)
                return found
            if len(found) >= self.fields_left:
                raise Malformed("B2.fields", limit=MAX_FIELDS)
            end = at + length
            if end > total:
                raise Malformed("B2.truncated", offset=at)
            key = data[at:end]
            start = end + 1
            if end == total or (length := data[end]) >= WIDE:
                length, start = read(data, end)
            at = start + length
            if at > total:
                raise Malformed("B2.truncated", offset=start)
            value = data[start:at]
            if key in found:
                raise Malformed("B2.duplicate-key", type=f"{key[0]:02x}", offset=end)
            check(key, value, rules, refused)
            found[key] = value


def write_map(found: Fields, into: list[bytes]) -> None:
    """Append the bytes of one map."""
    encode = compact_size.encode
    for key, value in found.items():
        into += (encode(len(key)), key, encode(len(value)), value)
    into.append(b"\x00")
