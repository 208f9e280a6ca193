"""Pages are made anew from state and bytes: terms whole, proofs drawn step by step, deadlines by reason."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

import pytest

from countersign.audit.leaf import Opening
from countersign.desk import cases, pages
from countersign.errors import Refused
from countersign.settlement import deadlines
from countersign.settlement.records import ContractState
from support.software_stage import Table


@pytest.fixture(scope="module")
def final(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """A settlement that is over; looked at only."""
    table = Table.at(tmp_path_factory.mktemp("pages"))
    asyncio.run(table.until("step-final"))
    yield table
    table.stage.holds.close()


def test_every_entry_climbs_to_the_root(final: Table) -> None:
    replica = final.officer.replica
    for index in range(replica.state.size):
        view = pages.proof_view(replica, index)
        assert view.leaf == sha256(b"\x00" + bytes.fromhex(view.entry)).hexdigest()
        node = bytes.fromhex(view.leaf)
        for step in view.steps:
            pair = (bytes.fromhex(step.sibling), node) if step.side == "left" else (node, bytes.fromhex(step.sibling))
            node = sha256(b"\x01" + b"".join(pair)).digest()
            assert node.hex() == step.result
        assert node.hex() == view.root


def test_a_proof_names_its_witnesses_and_how_many_are_needed(final: Table) -> None:
    view = pages.proof_view(final.officer.replica, 0)
    assert [each.name for each in view.witnesses] == [each.key.name for each in final.stage.witnesses]
    assert all(each.cosigned_at == final.stage.clock.seconds for each in view.witnesses)
    assert (view.needed, view.origin) == (2, final.stage.quorum.origin)


def test_a_path_of_another_entry_is_not_drawn(final: Table) -> None:
    replica = final.officer.replica
    shown, held = cases.proof(replica, 3), replica.record(3)
    assert replica.pin is not None
    with pytest.raises(Refused):
        pages.drawn(replica, Opening(3, held.time_ms, held.salt), held.event, shown.hashes[:-1], replica.pin.signed)


def test_the_terms_are_shown_whole(final: Table) -> None:
    replica = final.officer.replica
    moment = cases.Circumstances(now=final.stage.clock.seconds)
    found = cases.basis(replica, (final.story.contract,))
    view = pages.review_view(found, replica.profile, final.story.contract, moment, (), None)
    terms, shown = replica.state.contract(final.story.contract).terms, dict(view.terms)
    assert shown["notional"] == "20,000,000 USD at 80000 (Northgate reference)"
    assert shown["fee-caps"].startswith("0.0005")
    assert shown["confirmations"] == "BTC 1, USDC 1"
    assert shown["legal-text"] == terms.legal_text_sha256
    assert (view.parties[0][0], view.custodian, view.state) == ("Meridian Capital", "Northgate Trust", "final")
    assert view.finality == "desk.finality-mutual"


def test_what_is_over_has_no_deadline(final: Table) -> None:
    state = final.officer.replica.state
    record = state.contract(final.story.contract)
    ends = deadlines.act_by(state, record, 0)
    assert ends is not None
    assert ends.reason == "settlement.act-by-dispute"
    assert deadlines.act_by(state, record, ends.at + 1) is None
    for ended in (ContractState.CANCELLED, ContractState.DECLINED):
        assert deadlines.act_by(state, replace(record, state=ended, final_ms=None), 0) is None
    assert deadlines.act_by(state, replace(record, state=ContractState.SIGNED, final_ms=None), 0) is not None


def test_with_shares_the_page_is_history(final: Table) -> None:
    replica = final.officer.replica
    moment = cases.Circumstances(now=final.stage.clock.seconds)
    found, case, data = pages.history_or_now(replica, final.live("psbt"), moment)
    assert found.state.size == final.live("psbt").shares[0].index
    view = pages.instruction_view(found, replica.profile, final.live("psbt"), data, case, signed_by_me=True)
    assert view.verdict.against == ()
    assert view.artefact == final.live("psbt").artefact == sha256(data).hexdigest()
