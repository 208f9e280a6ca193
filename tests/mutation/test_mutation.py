"""Mutation (issue 4): from valid settlements, byte, field and semantic mutants; each is refused, or proved equal by a judge
that shares no code with the checks.

A few thousand everyday, others each day; any number by command:

    COUNTERSIGN_MUTANTS=100000 installers/test tests/mutation -m long -s

`COUNTERSIGN_SEED` repeats a run; the seed and the table are printed.
"""

import os
import time
from collections.abc import Callable
from functools import cache, partial

import pytest

from countersign.bitcoin import descriptor
from countersign.review.case import Case
from countersign.settlement.roster import SlotVault
from mutation import envelope_mutants, log_mutants, psbt_judge, psbt_mutants, safe_mutants
from mutation.logged import accepting, prepared, received
from mutation.subject import REFUSED, SAME_DIGEST, SAME_EFFECTS, Subject, Tally, mutant, outcome, play
from support.review_cases import batch_plan, ether_plan, story, two_vaults

EVERYDAY = 24
"""Mutants a subject and run."""


@cache
def subjects() -> tuple[Subject, ...]:
    """Everything that is mutated."""
    plain, batch, ether = story(), story(plan=batch_plan()), story(plan=ether_plan())
    return (
        *_psbts("PSBT", plain.psbt_case()),
        *_psbts("PSBT of two vaults", two_vaults())[:1],
        *_safe_txs("Safe transfer", plain.safe_case()),
        *_safe_txs("Safe batch", batch.safe_case()),
        *_safe_txs("Safe ether", ether.safe_case())[:1],
        *log_mutants.subjects(plain),
        *envelope_mutants.subjects(),
    )


def _psbts(name: str, case: Case) -> list[Subject]:
    assert case.instruction is not None
    honest = case.instruction.data
    kinds, judge = psbt_mutants.kinds(honest), _bitcoin_judge(case, honest)
    return [Subject(f"{name}, {how}", honest, kinds, accepting(case, put), judge) for how, put in _WAYS]


def _safe_txs(name: str, case: Case) -> list[Subject]:
    assert case.instruction is not None
    honest = case.instruction.data
    kinds, judge = safe_mutants.kinds(honest), safe_mutants.Judge(honest)
    return [Subject(f"{name}, {how}", honest, kinds, accepting(case, put), judge) for how, put in _WAYS]


_WAYS: tuple[tuple[str, Callable[[Case, bytes], Case]], ...] = (("logged", prepared), ("swapped", received))
"""Operations prepared and logged the mutant; or it came in the place of what was logged."""


def _bitcoin_judge(case: Case, honest: bytes) -> psbt_judge.Judge:
    state, facts = case.state, case.instruction
    assert state is not None
    assert facts is not None
    assert facts.prepared is not None
    record = state.instructions[facts.prepared]
    vaults = [state.roster.vaults[name] for name in record.group.vaults]
    registered = sorted(
        (each for each in vaults if isinstance(each, SlotVault)), key=lambda each: each.slots[0].descriptor[-8:]
    )
    scripts = {descriptor.parse(slot.descriptor).script_pubkey: each.id for each in registered for slot in each.slots}
    outputs = psbt_mutants.take_apart(honest)
    payments = frozenset(
        (code, sats) for (sats, code), found in zip(outputs.tx.outputs, outputs.outputs, strict=True) if not found
    )
    return psbt_judge.Judge(honest, scripts, {each.id: 200_000 for each in registered}, payments)


def seed() -> int:
    """The run's: chosen, or today's."""
    return int(os.environ.get("COUNTERSIGN_SEED", time.time_ns() // 86_400_000_000_000))


def told(tally: Tally, number: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Print what became of them."""
    with capsys.disabled():
        print(
            f"\nseed {number}: {tally.total():,} mutants, {tally.total(REFUSED):,} refused, "
            f"{tally.total(SAME_DIGEST) + tally.total(SAME_EFFECTS):,} proved equal, "
            f"{len(tally.survivors):,} survivors\n{tally.table()}"
        )


def test_every_mutant_of_a_sample_is_refused_or_proved_equal() -> None:
    tally = play(subjects(), range(EVERYDAY), seed())
    assert tally.survivors == []
    assert tally.total(REFUSED) > tally.total() // 2


@pytest.mark.long
@pytest.mark.timeout(7_200)
def test_no_mutant_survives(capsys: pytest.CaptureFixture[str]) -> None:
    count = int(os.environ.get("COUNTERSIGN_MUTANTS", "6000"))
    tally = play(subjects(), range(EVERYDAY, EVERYDAY + -(-count // len(subjects()))), seed())
    told(tally, seed(), capsys)
    assert tally.survivors == []


@pytest.mark.parametrize("subject", subjects(), ids=lambda subject: subject.name)
def test_the_honest_one_is_accepted_and_judged_equal(subject: Subject) -> None:
    assert subject.accepted(subject.honest)
    assert subject.judge(subject.honest) in (SAME_DIGEST, SAME_EFFECTS)


def blind(subject: Subject) -> Subject:
    """The same, in front of a check that lets everything through that can be read at all."""
    return Subject(subject.name, subject.honest, subject.kinds, lambda _: True, partial(_readable, subject))


def _readable(subject: Subject, data: bytes) -> str:
    try:
        return subject.judge(data)
    except Exception as error:
        return f"unreadable: {error!r}"


@pytest.mark.parametrize("subject", subjects(), ids=lambda subject: subject.name)
def test_without_our_checks_the_judge_finds_survivors(subject: Subject) -> None:
    found = {outcome(blind(subject), mutant(subject, 1, number)[1]) for number in range(60)}
    assert found - {REFUSED, SAME_DIGEST, SAME_EFFECTS}
