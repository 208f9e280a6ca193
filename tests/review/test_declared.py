"""What the checks say of an honest void and an honest replacement."""

from dataclasses import replace

import pytest

from countersign.review.case import Case, JournalFacts
from countersign.review.checks import verdict
from countersign.review.finding import Status
from support.declared_cases import replacement_case, void_case


def late(case: Case) -> Case:
    """The case a day after the time to settle."""
    assert case.state is not None
    assert case.clock is not None
    latest = max(record.terms.settle_by for record in case.state.contracts.values())
    return replace(case, clock=replace(case.clock, as_of=latest + 60))


def reasons(case: Case, check: str) -> list[str]:
    return [finding.reason for finding in verdict(case).of(check)]


@pytest.mark.parametrize("kind", ["psbt", "safe-tx"])
def test_who_signed_the_original_may_sign_its_declared_void(kind: str) -> None:
    found = verdict(void_case(kind))
    assert found.may_sign, [(each.check, each.reason) for each in found.against]
    assert reasons(void_case(kind), "C5") == ["C5.declared"]
    assert reasons(void_case(kind), "C6") == ["C6.void"]


def test_a_void_says_what_it_does_in_the_checks_of_its_chain() -> None:
    assert reasons(void_case("psbt"), "B8") == ["B8.returns"]
    assert reasons(void_case("psbt"), "B12") == ["B12.declared-void"]
    assert reasons(void_case("safe-tx"), "E4") == ["E4.declared-void"]
    assert reasons(void_case("safe-tx"), "E8") == ["E8.declared-void"]
    assert reasons(void_case("safe-tx"), "E5") == ["E5.void"]


def test_a_machine_that_never_saw_the_original_may_sign_its_void_and_not_its_replacement() -> None:
    for kind in ("psbt", "safe-tx"):
        case = void_case(kind, journal=JournalFacts())
        assert case.instruction is not None
        assert verdict(replace(case, instruction=replace(case.instruction, replaced=()))).may_sign
    case = replacement_case(journal=JournalFacts())
    assert case.instruction is not None
    assert reasons(replace(case, instruction=replace(case.instruction, replaced=())), "B12") == ["B12.replaced-absent"]


def test_a_replacement_pays_the_same_with_a_higher_fee() -> None:
    assert verdict(replacement_case()).may_sign
    assert reasons(replacement_case(), "B12") == ["B12.declared-replacement"]


def test_the_time_to_settle_does_not_bind_what_only_brings_home_or_completes() -> None:
    for case in (void_case("psbt"), void_case("safe-tx"), replacement_case()):
        assert "C4.completes" in reasons(late(case), "C4")
        assert "C4.too-late" not in reasons(late(case), "C4")


@pytest.mark.parametrize("kind", ["psbt", "safe-tx"])
def test_who_declared_a_void_does_not_sign_it(kind: str) -> None:
    case = void_case(kind)
    assert case.signer is not None
    own = replace(case, signer=replace(case.signer, officer="compliance"))
    [finding] = verdict(own).of("C5")
    assert (finding.status, finding.reason) == (Status.FAIL, "C5.own-request")
