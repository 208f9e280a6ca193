"""Hostile cases of a Safe whose numbers were used outside the log (E8, E10), each beside the honest one."""

from dataclasses import replace
from functools import partial

from countersign.review.case import Case
from countersign.settlement.house_records import Outside, Reconciled
from countersign.settlement.records import SafeUse
from hostile.table import Hostile
from support.review_cases import story

SAFE = "harbour-safe"


def passed_by(*, compared: bool = True, chain: int = 3) -> Case:
    """Number 3 is prepared; 0 to 2 were used outside the log, as it was told, and the chain is at `chain`.

    `compared`: the books were compared since.
    """
    scene = story(nonce=3)
    state = scene.state
    told, record = Outside(0, 2, state.size - 1), state.instructions[scene.prepared["safe-tx"]]
    as_of = state.size if compared else state.size - 1
    state = replace(
        state,
        safes=state.safes.set(SAFE, SafeUse(record.hash, 2)),
        outside=state.outside.set(SAFE, (told,)),
        reconciled=Reconciled(as_of, "cd" * 32, 4, 0, state.size - 1),
    )
    return scene.safe_case(state=state, safes=scene.seen(nonce=chain))


CASES: list[Hostile] = [
    Hostile(
        "E8",
        "numbers used outside the log, and the books not compared since",
        "E8.uncompared",
        partial(passed_by, compared=False),
        passed_by,
    ),
    Hostile(
        "E10",
        "a number ahead of the chain, as if those before it were used outside the log",
        "E10.nonce",
        partial(passed_by, chain=2),
        passed_by,
    ),
]
