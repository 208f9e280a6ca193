"""Hostile legs made afresh after a void, each beside the honest one."""

from dataclasses import replace
from functools import partial

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.inspect import facts
from countersign.review.case import Case, JournalFacts, PaidBefore
from hostile.table import Hostile
from support import settlement_world as world
from support.afresh_cases import afresh_case, half_voided
from support.review_cases import story

CAP = 50_000
SUNK = 30_000
"""Satoshis that the void took of the cap."""

OWN = tuple(str(each.outpoint) for each in facts(psbts.parse(story().psbt)).inputs)
OTHERS = tuple(f"{world.digest(f'another coin {number}')}:0" for number in range(2))


def signed_before(*coins: str, case: Case | None = None, instruction: str = "") -> Case:
    """This machine signed another payment of the same contract, over these coins, and no log knows of it."""
    case = story().psbt_case() if case is None else case
    before = PaidBefore(story().trades[0].contract.terms.id, world.digest("the first time"), instruction, coins)
    return replace(case, journal=JournalFacts(payments=(before,)))


def voided_before(*, confirmed: bool) -> Case:
    """The leg is made afresh by a machine that signed the first, whose coins went home; `confirmed`: with enough blocks."""
    case = afresh_case(sunk=SUNK, fee=CAP - SUNK)
    assert case.state is not None
    first = half_voided(SUNK)
    void = first.state.live(first.state.cycle(first.trades[0].cycle))[0]
    coins = tuple(spend.outpoint for spend in void.spends)
    if not confirmed:
        known = case.state.instructions[void.hash]
        assert known.observed is not None
        young = replace(known, observed=replace(known.observed, confirmations=1))
        case = replace(case, state=replace(case.state, instructions=case.state.instructions.set(void.hash, young)))
    return signed_before(*coins, case=case, instruction=void.replaces or "")


CASES: list[Hostile] = [
    Hostile(
        "B9",
        "a leg made afresh, a satoshi over what its void left of the cap",
        "B9.over-cap",
        partial(afresh_case, sunk=SUNK, fee=CAP - SUNK + 1),
        partial(afresh_case, sunk=SUNK, fee=CAP - SUNK),
    ),
    Hostile(
        "B12",
        "the same contract again over other coins, its first signatures withheld",
        "B12.paid-before",
        partial(signed_before, *OTHERS),
        partial(signed_before, OTHERS[0], OWN[0]),
    ),
    Hostile(
        "B12",
        "the same contract again while a reorganisation may bring back what its void spent",
        "B12.paid-before",
        partial(voided_before, confirmed=False),
        partial(voided_before, confirmed=True),
    ),
]
