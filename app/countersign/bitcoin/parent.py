"""A previous transaction, read only as far as its spender needs: its txid and its outputs.

PSBT carries the whole parent of every coin (`non_witness_utxo`), because only the parent's hash proves an amount.
A fat parent shared by hundreds of inputs is scanned and hashed once; outputs are cut out of its bytes when asked for.

- the same strictness as `layout`: minimal CompactSize, no trailing bytes, no superfluous witness;
- an output of a negative amount is refused here, so that reading an output later cannot fail;
- the txid strips the witness, so a parent may come with or without one.

    >>> one_input, one_output = "01" + "00" * 36 + "00" "ffffffff", "01" "0500000000000000" "01" "51"
    >>> read(bytes.fromhex("01000000" + one_input + one_output + "00000000")).output(0)
    Output(script_pubkey=b'Q', satoshis=5)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from countersign.bitcoin.layout import Span, scan
from countersign.bitcoin.transaction import Output, Txid, amount, double_sha256
from countersign.errors import Malformed


@dataclass(frozen=True, slots=True)
class Parent:
    """The bytes of a previous transaction with its txid. `output(n)` is one of its outputs, None where it has none."""

    data: bytes = field(repr=False)
    txid: Txid
    spans: Sequence[Span] = field(repr=False, compare=False)

    def output(self, vout: int) -> Output | None:
        """Output number `vout`, or None if the parent has no such output."""
        if not 0 <= vout < len(self.spans):
            return None
        at, start, end = self.spans[vout]
        return Output(self.data[start:end], amount(self.data, at))

    def output_bytes(self, vout: int) -> bytes:
        """An existing output as the transaction writes it: amount, script with its length."""
        at, _, end = self.spans[vout]
        return self.data[at:end]

    def without_witness(self) -> "Parent":
        """The same parent in the original form: the same txid in fewer bytes, as Bitcoin Core writes it into a PSBT."""
        stripped = scan(self.data, witness=True).stripped()
        return self if stripped is self.data else read(stripped)


def read(data: bytes) -> Parent:
    """The parent in `data`. Malformed: B2.*."""
    layout = scan(data, witness=True)
    for at, _, _ in layout.outputs:
        if data[at + 7] & 0x80:
            raise Malformed("B2.amount")
    return Parent(data, Txid(double_sha256(layout.stripped())), layout.outputs)
