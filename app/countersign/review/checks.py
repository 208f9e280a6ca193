"""All checks in one order, and the one function that judges a case with them (CHECKS.md).

- The order is that of the letters: contract, log, Bitcoin, Ethereum, token, transport, store. Within a letter a check
  stands behind those that prevent it (C2 before C1, B2 before B1, E2 before E1, T2–T4 before T1); C7 stands behind
  both chains' checks, for it is judged on what they decode.
- All run every time; a verdict lists every finding. There is no override.
- `without` switches checks off for the tests that prove each one is needed; nothing else uses it.

    >>> verdict(case).may_sign
    True
"""

from countersign.review import (
    bitcoin_input_checks,
    bitcoin_output_checks,
    bitcoin_signature_checks,
    contract_checks,
    ethereum_checks,
    ethereum_signature_checks,
    log_checks,
    machine_checks,
    policy_checks,
    safe_state_checks,
    standing_checks,
)
from countersign.review.case import Case, Mode, SignatureFacts
from countersign.review.check import Check, Judged, judge, judge_again, judge_to_keep
from countersign.review.finding import Verdict

CHECKS: tuple[Check, ...] = (
    *contract_checks.CHECKS,
    *log_checks.CHECKS,
    *standing_checks.CHECKS,
    *bitcoin_input_checks.CHECKS,
    *bitcoin_output_checks.CHECKS,
    *bitcoin_signature_checks.CHECKS,
    *ethereum_checks.CHECKS,
    *ethereum_signature_checks.CHECKS,
    *safe_state_checks.CHECKS,
    *policy_checks.CHECKS,
    *machine_checks.CHECKS,
)
"""Every check, in the order in which a verdict lists them."""

CODES: tuple[str, ...] = tuple(check.code for check in CHECKS)
"""Their codes, in the same order."""


def verdict(case: Case, *, without: frozenset[str] = frozenset()) -> Verdict:
    """Every check's findings on a case. Total: whatever the case holds, there is a verdict."""
    return judge(case, CHECKS, without=without)


def judged(case: Case, before: Judged | None = None) -> Judged:
    """A verdict to be kept. `before`: one kept earlier; what cannot have changed since is not judged again.

    A verdict follows from its case and nothing else, so that it stands for an equal case. The clock never stands still:
    where nothing else differs, the checks that asked for it run again, and all of them where one now stands otherwise.
    """
    again = judge_again(case, before) if before is not None else None
    return again if again is not None else judge_to_keep(case, CHECKS)


def verdict_on_signature(facts: SignatureFacts) -> Verdict:
    """H4 and H7 alone, over what a token just returned, before it counts as a signature."""
    after = tuple(check for check in CHECKS if check.code in {"H4", "H7"})
    return judge(Case(Mode.SIGN, signature=facts), after)
