"""Which output an unpaid obligation was probably meant to have: shown beside it, so that a difference is seen where it is.

It decides nothing: an obligation without exactly its output is unpaid, whatever stands beside it (`rails.bitcoin.readback`).
"""

from collections.abc import Callable, Sequence

from countersign.bitcoin.inspect import OutputFacts
from countersign.formats import likeness
from countersign.rails.bitcoin import script_of
from countersign.settlement.netting import Obligation

Alike = Callable[[Obligation, OutputFacts], bool]


def beside(
    missing: Sequence[Obligation], outputs: Sequence[OutputFacts], address: Callable[[bytes], str]
) -> dict[int, OutputFacts]:
    """By place in `missing`, the output (each for one only): the same script, else the same amount, else an address like it."""
    found: dict[int, OutputFacts] = {}
    free = list(outputs)
    kinds: tuple[Alike, ...] = (
        lambda owed, each: script_of(owed) == each.output.script_pubkey,
        lambda owed, each: owed.amount == each.output.satoshis,
        lambda owed, each: likeness.alike(owed.destination.rpartition(":")[2], address(each.output.script_pubkey)),
    )
    for alike in kinds:
        for place, owed in enumerate(missing):
            output = None if place in found else next((each for each in free if alike(owed, each)), None)
            if output is not None:
                found[place] = output
                free.remove(output)
    return found
