"""What B12 asks of a leg made afresh: a coin that this machine signed for another request of the same leg.

That other transaction may be stood against, though nobody declared it, where all of this holds:

- the log knows it by these very bytes as prepared for the same leg (cycle and vaults), and another took its place there;
- the one at hand counts, and spends a coin of it: no chain can ever hold both;
- whatever else was signed for the leg is apart from it. Of what stands in the log its rules demand that (`settlement/rivalry.py`),
  of what this machine alone knows `paid_before`: of three in a row of which each shares a coin with the next, the first and the
  third could both pay.

Anything else that was signed over one of these coins is refused as ever.

    >>> against(reading, facts)
    frozenset({'60c7f4a8…'})
"""

from countersign.bitcoin.inspect import PsbtFacts
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.transaction import display
from countersign.errors import CountersignError
from countersign.review.reading import Reading


def parsed(data: bytes | None) -> Psbt | None:
    """The PSBT of these bytes; None where they are not here or are none."""
    try:
        return None if data is None else parse_psbt(data)
    except CountersignError:
        return None


def against(reading: Reading, facts: PsbtFacts) -> frozenset[str]:
    """The ids of the transactions that a leg made afresh, or the replacement of one, may stand against."""
    record = reading.record
    if record is None or record.returns or record.superseded_by is not None:
        return frozenset()
    return superseded(reading, facts)


def superseded(reading: Reading, facts: PsbtFacts) -> frozenset[str]:
    """The ids of what was prepared for the same leg, spends one of these coins, and gave way to another in the log."""
    coins = {str(fact.outpoint) for fact in facts.inputs}
    found = (parsed(data) for each, data in reading.rivals if each.superseded_by is not None)
    return frozenset(display(psbt.txid) for psbt in found if psbt is not None and not coins.isdisjoint(_spent(psbt)))


def _spent(psbt: Psbt) -> set[str]:
    """The coins by the very bytes: what an event says of them is its preparer's word."""
    return {f"{display(each.prevout.hash)}:{each.prevout.n}" for each in psbt.tx.vin}
