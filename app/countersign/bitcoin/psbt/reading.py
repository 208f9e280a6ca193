"""Reading the key-value maps of a PSBT, one pass, one dictionary a map.

    map = (length key length value)* 00

- a dictionary keeps the original order and every field, so writing it back gives the same bytes;
- a key twice in one map is refused; lengths are compared with what is left before anything is cut out;
- the parent of a coin is scanned and hashed once for each distinct sequence of bytes, and its bytes are kept once.
"""

from collections.abc import Mapping

from countersign.bitcoin import compact_size, parent
from countersign.bitcoin.parent import Parent
from countersign.bitcoin.psbt import fields
from countersign.errors import Malformed

Fields = Mapping[bytes, bytes]


class MapReader:
    """A cursor over one PSBT's bytes, and the parents it has met."""

    __slots__ = ("at", "data", "parents")

    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at
        self.parents: dict[bytes, Parent] = {}

    def globals(self) -> Fields:
        """The global map, of either version. Malformed: B2.*."""
        return self._map(fields.GLOBAL, frozenset())

    def input(self) -> Fields:
        """The next input map. Malformed: B2.*."""
        found = self._map(fields.INPUT, fields.INPUT_V2)
        carried = found.get(fields.NON_WITNESS_UTXO)
        if carried is not None:
            known = self.parents.get(carried)
            if known is None:
                known = self.parents[carried] = parent.read(carried)
            found[fields.NON_WITNESS_UTXO] = known.data
        return found

    def output(self) -> Fields:
        """The next output map. Malformed: B2.*."""
        return self._map(fields.OUTPUT, fields.OUTPUT_V2)

    def finish(self) -> None:
        """Malformed: B2.trailing if anything is left."""
        if self.at != len(self.data):
            raise Malformed("B2.trailing", offset=self.at)

    def _map(self, rules: Mapping[int, fields.Rule], version_2: frozenset[int]) -> dict[bytes, bytes]:
        data, at, total = self.data, self.at, len(self.data)
        found: dict[bytes, bytes] = {}
        read = compact_size.read
        while True:
            length, at = read(data, at)
            if length == 0:
                self.at = at
                return found
            end = at + length
            if end > total:
                raise Malformed("B2.truncated", offset=at)
            key = data[at:end]
            length, start = read(data, end)
            at = start + length
            if at > total:
                raise Malformed("B2.truncated", offset=start)
            value = data[start:at]
            if key in found:
                raise Malformed("B2.duplicate-key", type=f"{key[0]:02x}", offset=end)
            fields.check(key, value, rules, version_2)
            found[key] = value


def write_map(found: Fields, into: list[bytes]) -> None:
    """Append the bytes of one map."""
    encode = compact_size.encode
    for key, value in found.items():
        into += (encode(len(key)), key, encode(len(value)), value)
    into.append(b"\x00")
