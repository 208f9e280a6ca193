"""What B8, B9 and B12 say of an honest child, and of one of two vaults."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from immutables import Map

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.build import create
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.transaction import Output, Satoshis, display
from countersign.rails import bitcoin as rail
from countersign.rails import wallets
from countersign.rails.bitcoin_child import lift
from countersign.rails.wallets import Wallet
from countersign.review.case import Case
from countersign.review.checks import verdict
from countersign.review.finding import Status
from countersign.settlement import netting
from countersign.settlement.bodies import CHILD, Spend
from hostile.bitcoin_changes import moved_between_vaults
from support import review_cases
from support.declared_cases import child_case, replacement_over_child, second_child_case


def reasons(case: Case, check: str) -> list[str]:
    return [finding.reason for finding in verdict(case).of(check)]


def test_who_signed_the_parent_may_sign_its_declared_child() -> None:
    case = child_case()
    found = verdict(case)
    assert found.may_sign, [(each.check, each.reason) for each in found.against]
    said = {check: reasons(case, check) for check in ("C5", "C6", "B8", "B9", "B12", "C7")}
    assert said == {
        "C5": ["C5.declared"],
        "C6": ["C6.child"],
        "B8": ["B8.returns"],
        "B9": ["B9.child-fee"],
        "B12": ["B12.declared-child"],
        "C7": ["C7.any-hour", "C7.moves-nothing"],
    }


def test_a_second_child_and_a_replacement_over_a_child_may_be_signed_at_a_fee_that_takes_their_place() -> None:
    assert verdict(second_child_case()).may_sign
    assert verdict(replacement_over_child(more=0)).may_sign


@pytest.mark.parametrize("officer", ["operations", "compliance"])
def test_who_declared_a_child_does_not_sign_it(officer: str) -> None:
    case = child_case()
    assert case.signer is not None
    own = replace(case, signer=replace(case.signer, officer=officer))
    [finding] = verdict(own).of("C5")
    assert (finding.status, finding.reason) == (Status.FAIL, "C5.own-request")


def of_two_vaults(change: review_cases.PsbtChange | None = None) -> Case:
    """A child of two vaults' transaction, put into the state by hand (`review_cases.two_vaults`)."""
    case = review_cases.two_vaults()
    assert case.state is not None
    assert case.instruction is not None
    state, parent_data = case.state, case.instruction.data
    parent = state.instructions[case.instruction.prepared or ""]
    txid = display(psbts.parse(parent_data).txid)
    paying = wallets.paying(state, parent.group.vaults)
    cycle = state.cycles[parent.cycle]
    owed = netting.owed_by(cycle.obligations, parent.group)
    spare = {each.id: 2 for each in paying}
    made = lift(parent_data, paying, settled=owed, rate=20, spare=spare).psbt
    found = change(made) if change else made
    data = found if isinstance(found, bytes) else psbts.serialise(found)
    spends = tuple(
        Spend(str(each.outpoint), own.id, place)
        for each in facts(psbts.parse(data)).inputs
        for own in paying
        if (place := own.spent_place(each)) is not None
    )
    child = replace(
        parent,
        hash="c" * 64,
        artefact=rail.artefact(data),
        spends=spends,
        purpose=CHILD,
        lifts=parent.hash,
        declarer="compliance",
    )
    parent = replace(parent, transaction=txid)
    state = replace(
        state,
        instructions=state.instructions.set(child.hash, child).set(parent.hash, parent),
        cycles=state.cycles.set(cycle.id, replace(cycle, children=Map({parent.hash: child.hash}))),
    )
    told = replace(case.instruction, data=data, original=data, prepared=child.hash, replaced=(parent_data,))
    return replace(case, state=state, instruction=told)


def test_the_change_of_both_vaults_bears_its_share_to_the_satoshi() -> None:
    case = of_two_vaults()
    assert (reasons(case, "B8"), reasons(case, "B9"), reasons(case, "B12")) == (
        ["B8.returns"], ["B9.child-fee"], ["B12.declared-child"]
    )  # fmt: skip
    assert set(reasons(of_two_vaults(moved_between_vaults(1)), "B8")) == {"B8.vault-equation"}


def test_a_child_that_spares_one_vault_is_refused() -> None:
    def of_one(psbt: Psbt, paying: Sequence[Wallet]) -> Psbt:
        read, (made,) = facts(psbt), psbt.parents.values()
        own = next(each for each in paying if each.spent_place(read.inputs[0]) is not None)
        coin = rail.coin_of(own, made, read.inputs[0].outpoint.vout)
        home = own.descriptor(2)
        left = Satoshis(int(coin.output.satoshis) - (read.fee or 0))
        return create([coin], [(Output(home.script_pubkey, left), home)])

    case = review_cases.two_vaults()
    assert case.state is not None
    paying = wallets.paying(case.state, ("harbour-btc", "meridian-btc"))
    assert reasons(of_two_vaults(lambda psbt: of_one(psbt, paying)), "B12") == ["B12.child-coins"]
