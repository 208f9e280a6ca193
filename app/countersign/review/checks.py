"""Every check of this version, in the order in which an officer reads them: C, L, B, E, H, T, S.

>>> [check.code for check in CHECKS][:3]
['C2', 'C1', 'C3']
"""

from countersign.review import (
    bitcoin_input_checks,
    bitcoin_output_checks,
    contract_checks,
    ethereum_checks,
    log_checks,
    machine_checks,
)
from countersign.review.case import Case, Mode, SignatureFacts
from countersign.review.check import Check, judge
from countersign.review.finding import Verdict

CHECKS: tuple[Check, ...] = (
    *contract_checks.CHECKS,
    *log_checks.CHECKS,
    *bitcoin_input_checks.CHECKS,
    *bitcoin_output_checks.CHECKS,
    *bitcoin_input_checks.LATER,
    *ethereum_checks.CHECKS,
    *machine_checks.CHECKS,
)
CODES: tuple[str, ...] = tuple(check.code for check in CHECKS)


def verdict(case: Case, *, without: frozenset[str] = frozenset()) -> Verdict:
    """Every finding of every check on this case. `without` is for the tests that prove each check is needed."""
    return judge(case, CHECKS, without=without)


def verdict_on_signature(facts: SignatureFacts) -> Verdict:
    """H4 and H7 alone, over what a token just returned, before it counts as a signature."""
    after = tuple(check for check in CHECKS if check.code in {"H4", "H7"})
    return judge(Case(Mode.SIGN, signature=facts), after)
