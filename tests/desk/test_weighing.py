"""Contracts and transactions of one call: what each verdict takes in, and on which chain the service's rows stand."""

import pytest

from countersign.bitcoin.psbt import Psbt
from countersign.desk import grounding
from countersign.desk.ground import Ground
from countersign.desk.matching import Trio
from countersign.desk.recognising import recognise
from countersign.desk.replica import Replica
from countersign.desk.service_checking import judge_rows
from countersign.desk.weighing import contracts_of, inside, judge_contracts, judge_transaction
from countersign.formats import jcs, strict_json
from countersign.store.profile import Profile
from support.finished_settlement import Finished
from support.vectors import vector_path


@pytest.fixture(scope="module")
def ground(auditor: Profile, over: Finished) -> Ground:
    return grounding.of_replica(Replica(auditor, over.clock))


def test_a_contract_in_an_event_counts_as_given(files: dict[str, bytes], ground: Ground, over: Finished) -> None:
    trio = Trio(recognise("e", files["contract.event"]))
    pair = inside(trio)
    assert pair is not None
    given = contracts_of([pair], ground)
    assert given.facts[0].jws == files["contract.json"]
    assert given.facts[0].proof is not None
    assert judge_contracts(given, ground, over.now).verdict.may_sign
    assert inside(Trio(recognise("e", files["refused/altered.event"]))) is None
    assert inside(Trio()) is None


def test_the_settlements_own_contract_is_always_in_the_verdict(
    files: dict[str, bytes], ground: Ground, over: Finished
) -> None:
    psbt = recognise("psbt", files["bitcoin/unsigned.psbt"])
    assert isinstance(psbt.parsed, Psbt)
    alone = judge_transaction(psbt, contracts_of([], ground), ground, over.now)
    assert alone.verdict.may_sign
    assert {each.looked_at for each in alone.verdict.of("C1")} == {f"contract {over.trade.hash}"}
    stranger = contracts_of([(recognise("c", files["refused/unlogged.json"]), Trio())], ground)
    both = judge_transaction(psbt, stranger, ground, over.now)
    assert {"L3", "C6"} <= {each.check for each in both.verdict.against}


def test_without_ground_form_is_judged(files: dict[str, bytes], over: Finished) -> None:
    psbt = recognise("psbt", files["bitcoin/unsigned.psbt"])
    found = judge_transaction(psbt, contracts_of([], None), None, over.now)
    assert [each.status.value for each in found.verdict.of("B2")] == ["pass"]
    assert not found.verdict.may_sign


def test_a_row_stands_on_the_chain_that_its_hash_is_true_on(files: dict[str, bytes], over: Finished) -> None:
    page = recognise("page", vector_path("safe/bybit_safe_tx_71.json").read_bytes())
    rows = list(judge_rows(page, contracts_of([], None), None, over.now))
    assert [each.about for each in rows] == [("page [0]",), ("page [1]",)]
    row = strict_json.parse(files["ethereum/safe_tx.json"])
    assert isinstance(row, dict)
    row.pop("chainId")
    (ours,) = judge_rows(recognise("row", jcs.encode(row)), contracts_of([], None), None, over.now)
    assert [each.status.value for each in ours.verdict.of("E2")] == ["pass"]
    assert ours.about == ("row",)
