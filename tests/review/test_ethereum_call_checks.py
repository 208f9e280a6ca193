"""What the hostile cases leave open about E3 to E6: batches that pay what is owed, and what is said without an anchor."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.ethereum import multisend, owners, safe_file
from countersign.ethereum.abi import Address
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import CALL, SafeTx, SafeVersion
from countersign.formats import eip55
from countersign.resources.text import sentence
from countersign.review.case import Case, InstructionFacts, Mode
from countersign.review.checks import verdict
from countersign.review.ethereum_call_checks import administration, ether, operation, token_transfer
from countersign.review.finding import Status, Verdict
from countersign.review.reading import Reading
from countersign.settlement.roster import SafeVault
from support.review_cases import batch_plan, story
from support.safe_snapshots import at, registered

CODES = ("E3", "E4", "E5", "E6")


def batch() -> SafeTx:
    """The honest batch."""
    return safe_file.parse(story(plan=batch_plan()).safe_tx).tx


def bare(tx: SafeTx) -> Verdict:
    """A Safe transaction for somebody who has no profile."""
    return verdict(Case(Mode.LOOK, instruction=InstructionFacts("safe-tx", safe_file.serialise(tx))))


def of_release(text: str, tx: SafeTx) -> Verdict:
    """The batch judged for a vault that is registered with another release."""
    scene = story(plan=batch_plan(), safe=lambda _: tx)
    roster = scene.state.roster
    vault = roster.vaults["harbour-safe"]
    assert isinstance(vault, SafeVault)
    vault = replace(vault, version=text)
    roster = replace(roster, vaults=roster.vaults.set("harbour-safe", vault))
    safes = None if text == "1.4.0" else at(vault.chain, scene.now, registered(vault, roster))
    return verdict(scene.safe_case(state=replace(scene.state, roster=roster), safes=safes))


def test_a_batch_is_judged_call_by_call_and_may_be_signed() -> None:
    found = verdict(story(plan=batch_plan()).safe_case())
    assert found.may_sign
    assert [each.reason for each in found.of("E3")] == ["E3.batch"]
    said = [(each.check, each.looked_at, each.status) for code in ("E5", "E6") for each in found.of(code)]
    assert said == [
        ("E5", "call 1 of 3", Status.PASS),
        ("E5", "call 2 of 3", Status.PASS),
        ("E6", "call 3 of 3", Status.PASS),
    ]


@pytest.mark.parametrize("order", [(0, 2, 1), (1, 0, 2), (2, 1, 0)])
def test_in_another_order_a_batch_pays_the_same_and_is_signed_as_itself(order: tuple[int, ...]) -> None:
    tx = batch()
    calls = multisend.parse(tx.data)
    other = replace(tx, data=multisend.serialise([calls[number] for number in order]))
    scene = story(plan=batch_plan(), safe=lambda _: other)
    assert verdict(scene.safe_case()).may_sign
    assert safe_file.parse(scene.safe_tx).tx.digest == other.digest != tx.digest


def test_the_order_of_what_was_prepared_cannot_be_changed_afterwards() -> None:
    scene = story(plan=batch_plan())
    tx = batch()
    other = replace(tx, data=multisend.serialise(multisend.parse(tx.data)[::-1]))
    case = scene.safe_case()
    assert case.instruction is not None
    changed = replace(case, instruction=replace(case.instruction, data=safe_file.serialise(other)))
    found = verdict(changed)
    assert [each.reason for each in found.against] == ["C5.other-artefact"]


@pytest.mark.parametrize("text", ["1.3.0", "1.5.0"])
def test_a_vault_of_another_release_has_its_own_address(text: str) -> None:
    tx = batch()
    assert of_release(text, tx).of("E3")[0].reason == "E3.other-release"
    own = replace(tx, to=multisend.pinned(SafeVersion.parse(text)))
    assert of_release(text, own).may_sign


def test_a_vault_of_a_release_without_an_address_makes_no_batch() -> None:
    assert of_release("1.4.0", batch()).of("E3")[0].reason == "E3.no-release"


def test_one_payment_alone_does_not_discharge_three() -> None:
    tx = batch()
    first = multisend.parse(tx.data)[0]
    alone = replace(tx, to=first.to, data=first.data, operation=CALL)
    found = verdict(story(plan=batch_plan(), safe=lambda _: alone).safe_case())
    assert [each.reason for each in found.of("E5")] == ["E5.pays-what-is-owed", "E5.unpaid"]
    assert [each.reason for each in found.of("E6")] == ["E6.unpaid"]


def test_a_batch_of_one_that_pays_what_is_owed_may_be_signed() -> None:
    def wrapped(tx: SafeTx) -> SafeTx:
        data = multisend.serialise((InnerCall(tx.to, tx.value, tx.data),))
        return replace(tx, to=multisend.pinned(SafeVersion(1, 4, 1)), data=data, operation=1)

    assert verdict(story(safe=wrapped).safe_case()).may_sign


def test_a_change_of_owners_is_refused_as_a_payment_and_said_with_its_arguments() -> None:
    new = Address(b"\x0e" * 20)

    def changed(tx: SafeTx) -> SafeTx:
        return replace(tx, to=tx.safe, value=0, data=owners.serialise(owners.AddOwner(new, 3)))

    (finding,) = verdict(story(safe=changed).safe_case()).of("E4")
    assert (finding.status, finding.reason) == (Status.FAIL, "E4.self-call")
    said = f"addOwnerWithThreshold(owner {eip55.checksum(new)}, threshold 3)"
    assert dict(finding.values)["call"] == said
    assert said in sentence(finding.reason, finding.values)


class TestWithoutAnAnchor:
    """Nobody here knows which Safe it is, but bytes that are wrong by themselves are said to be."""

    def test_a_batch_waits_for_the_registered_release(self) -> None:
        found = bare(batch())
        assert [found.of(code)[0].blocked_by for code in CODES] == ["anchor", None, "anchor", "anchor"]
        assert found.of("E4")[0].status is Status.PASS

    def test_a_batch_that_is_none_fails_and_blocks_what_follows(self) -> None:
        tx = batch()
        found = bare(replace(tx, data=tx.data + bytes(32)))
        assert found.of("E3")[0].reason == "E3.batch-form"
        assert [found.of(code)[0].blocked_by for code in CODES[1:]] == ["E3"] * 3

    def test_an_inner_call_that_administers_fails(self) -> None:
        tx = batch()
        calls = (*multisend.parse(tx.data), InnerCall(tx.safe, 0, bytes.fromhex("694e80c3") + bytes(32)))
        found = bare(replace(tx, data=multisend.serialise(calls)))
        assert [(each.reason, each.looked_at) for each in found.of("E4")] == [("E4.self-call", "call 4 of 4")]

    def test_a_malformed_inner_transfer_fails_by_its_place(self) -> None:
        tx = batch()
        first, *rest = multisend.parse(tx.data)
        calls = (*rest, replace(first, data=first.data + b"\x00"))
        found = bare(replace(tx, data=multisend.serialise(calls)))
        assert [(each.reason, each.looked_at) for each in found.of("E5")] == [("E5.length", "call 3 of 3")]

    def test_a_delegate_call_to_anything_else_is_refused_at_once(self) -> None:
        tx = batch()
        assert bare(replace(tx, to=tx.safe)).of("E3")[0].reason == "E3.delegatecall"


CASE = story(plan=batch_plan()).safe_case()
HONEST = multisend.parse(batch().data)
OTHERS = (
    replace(HONEST[0], data=HONEST[0].data[:-1] + b"\x01"),
    replace(HONEST[1], data=HONEST[0].data),
    replace(HONEST[2], value=1),
    replace(HONEST[2], to=HONEST[0].to),
)


@given(st.lists(st.sampled_from(HONEST + OTHERS), min_size=1, max_size=5), st.permutations(HONEST), st.booleans())
def test_a_batch_passes_if_and_only_if_its_payments_are_what_is_owed(
    drawn: list[InnerCall], honest: list[InnerCall], as_owed: bool
) -> None:
    calls = honest if as_owed else drawn
    assert CASE.instruction is not None
    data = safe_file.serialise(replace(batch(), data=multisend.serialise(calls)))
    reading = Reading(replace(CASE, instruction=replace(CASE.instruction, data=data)))
    findings = [*operation(reading), *administration(reading), *token_transfer(reading), *ether(reading)]
    assert all(each.ok for each in findings) is (Counter(calls) == Counter(HONEST))


def test_several_malformed_transfers_and_one_good_are_each_said() -> None:
    tx = batch()
    one, two, three = multisend.parse(tx.data)
    calls = (replace(one, data=one.data[:-1]), two, three, replace(two, data=two.data[:9]))
    changed = replace(tx, data=multisend.serialise(calls))
    found = verdict(story(plan=batch_plan(), safe=lambda _: changed).safe_case())
    assert [(each.reason, each.looked_at) for each in found.of("E5")] == [
        ("E5.length", "call 1 of 4"),
        ("E5.length", "call 4 of 4"),
        ("E5.pays-what-is-owed", "call 2 of 4"),
    ]
    assert [each.reason for each in found.of("E6")] == ["E6.pays-what-is-owed"]
