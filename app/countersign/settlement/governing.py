"""Rules of the desk's own order: its log's key changes, ceremonies are recorded.

- A new log key has the log's name, is no witness's, and was never this log's key before. Heads of more entries than this
  one's index are signed with it; shorter heads stay as they were signed (`State.former_logs`).
- A ceremony is signed by exactly the officers it names as present. Only the comparing of a clock is one person's act;
  at every other ceremony there are two or more, an administrator among them.
- What a ceremony decided stands in events of its own; this is the record that people met over it.
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement.case import Case, Rule
from countersign.settlement.governance_bodies import CLOCK, CeremonyRecorded, LogRotated, public_of
from countersign.settlement.house_records import Ceremony, FormerLog
from countersign.settlement.state import State


def _judge_rotated(case: Case, body: LogRotated) -> None:
    state = case.state
    if body.log.split("+", 1)[0] != state.desk:
        raise Refused("settlement.log-name", log=body.log, desk=state.desk)
    if body.log == state.log or body.log in {former.log for former in state.former_logs}:
        raise Refused("settlement.log-used", log=body.log)
    witnesses = state.policy.witnesses.keys if state.policy else ()
    if public_of(body.log) in {public_of(witness) for witness in witnesses}:
        raise Refused("settlement.log-witness", log=body.log)


def _fold_rotated(case: Case, body: LogRotated) -> State:
    state = case.state
    return replace(state, log=body.log, former_logs=(*state.former_logs, FormerLog(state.log, case.index)))


def _judge_ceremony(case: Case, body: CeremonyRecorded) -> None:
    if set(case.officers) != set(body.present):
        signed = ", ".join(sorted(case.officers))
        raise Refused("settlement.ceremony-present", present=", ".join(body.present), signed=signed)
    administrators = set(case.state.roster.administrators.officers)
    if body.kind != CLOCK and (len(body.present) < 2 or not administrators & set(body.present)):
        raise Refused("settlement.ceremony-alone", kind=body.kind, present=", ".join(body.present))


def _fold_ceremony(case: Case, body: CeremonyRecorded) -> State:
    held = Ceremony(body.kind, body.document, body.phrase, body.present, case.index, case.time_ms)
    return replace(case.state, ceremonies=case.state.ceremonies.set(case.index, held))


ROTATED = Rule(_judge_rotated, _fold_rotated)
CEREMONY = Rule(_judge_ceremony, _fold_ceremony)
