"""The tests that Bitcoin vaults brought into the log, verified again by whoever audits (decision 0023).

- Each is judged as it was when it was logged: under the roster before its entry, whatever was withdrawn or added since.
- A test that does not hold, or is of nobody's vault, is a fault of the desk's, which logged it, and of every administrator's who
  signed it; so is a vault that nobody tried, without a word why. With one, it is no fault: it is shown, with those words.
- The founding's vaults bring none.

    >>> [each.reason for each in tried(ground)]
    ['desk.audit-tested', 'desk.audit-untested']
"""

from collections.abc import Iterator

from countersign.desk.ground import Ground
from countersign.desk.randomness import Register
from countersign.desk.reports import faulted, noted
from countersign.desk.reworking import repeated
from countersign.desk.vault_proof import require_holds
from countersign.errors import CountersignError, Value
from countersign.review.finding import Finding
from countersign.settlement import events, roster_change
from countersign.settlement.bodies import RosterChanged
from countersign.settlement.roster import Roster
from countersign.settlement.vault_trials import lacking

FALSE = {"desk.enrol-test-stray": "desk.audit-test-stray", "desk.enrol-test-false": "desk.audit-test-false"}


def tried(ground: Ground, seen: Register | None = None) -> Iterator[Finding]:
    """A finding for each test, and for each vault that somebody did not try. `seen`: the r of what was read besides."""
    for index in ground.state.trials:
        body = events.parse(ground.exhibit(index).event).body
        if isinstance(body, RosterChanged):
            yield from _change(index, ground.state_before(index).roster, body, seen or Register())


def _change(index: int, before: Roster, body: RosterChanged, seen: Register) -> Iterator[Finding]:
    after, where = roster_change.changed(before, body.entries, time_ms=0), f"entry {index}"
    for each in body.tests:
        named: dict[str, Value] = {"index": index, "vault": each.vault, "officer": each.officer}
        try:
            found = require_holds(before, after, body, each)
        except CountersignError as error:
            why = str(dict(error.values).get("why", error.code))
            code = FALSE.get(error.code, "desk.audit-test-false")
            yield faulted(code, where, "the cosigner's own test of the vault", why, **named, why=why)
        else:
            yield noted("desk.audit-tested", where, "the cosigner's own test of the vault", "valid", **named)
            if seen.repeated(found):
                yield repeated(index, each.officer)
    for trial, officers in lacking(before, after, body):
        names = ", ".join(officers)
        if body.untested is None:
            yield faulted("desk.audit-untried", where, "a test by every cosigner, or why not", "neither",
                          index=index, vault=trial.vault.id, officers=names)  # fmt: skip
        else:
            yield noted("desk.audit-untested", where, "a test by every cosigner, or why not", body.untested,
                        index=index, vault=trial.vault.id, officers=names, reason=body.untested)  # fmt: skip
