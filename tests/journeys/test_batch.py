"""A Safe that owes two payments makes both in one transaction: prepared, reviewed, signed hot and cold, released, final."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.demonstration import cast
from countersign.desk import evidence, export, grounding, output_parts, reworking
from countersign.desk.checking import check
from countersign.desk.evidence import Pack
from countersign.desk.matching import instruction_for
from countersign.desk.pack_checking import judge_pack
from countersign.errors import Refused
from countersign.ethereum import execute, multisend, safe_file
from countersign.ethereum.inspect import Erc20Transfer, read
from countersign.ethereum.safe import SafeVersion
from countersign.formats import eip55
from countersign.review.finding import Status
from countersign.settlement import events
from support.batch_story import DOLLARS, EURC, EURO, EUROS, batch_table
from support.refusals import refused
from support.software_stage import Table


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    found = batch_table(tmp_path)
    yield found
    await found.stage.aclose()


def usdc(table: Table) -> str:
    return table.stage.outside.token().rsplit(":", 1)[1]


def safe(table: Table, vault: str) -> str:
    return table.desk.state.roster.vault(vault).address  # type: ignore[union-attr]


async def test_two_contracts_settle_with_one_safe_transaction_that_pays_twice(table: Table) -> None:
    await table.until("step-prepare")
    tx = safe_file.parse(table.artefact("safe-tx")).tx
    multisend.require_pinned(tx.to, SafeVersion(1, 4, 1))
    seller, buyer = safe(table, cast.SELLER.safe), safe(table, cast.BUYER.safe)
    paid = {each.call for each in read(tx).batch}
    tokens = ((eip55.parse(usdc(table)), DOLLARS), (EURO, EUROS))
    assert paid == {Erc20Transfer(token, eip55.parse(seller), units) for token, units in tokens}  # type: ignore[arg-type]

    review = await table.story.review()
    shown = next(each for each in review.instructions if each.kind == "safe-tx")
    assert [(line.matches, line.paid_to) for line in shown.lines] == [(True, seller)] * 2
    assert {(line.owed.symbol, line.owed.units) for line in shown.lines} == {("USDC", DOLLARS), ("EURC", EUROS)}
    assert shown.extra_effects == ()
    assert [each.status for each in shown.verdict.of("E5")] == [Status.PASS] * 2

    await table.until("step-final")
    chain = table.stage.ethereum
    assert await chain.safe_nonce(buyer) == 1
    for token, units in ((usdc(table), DOLLARS), (eip55.checksum(EURO), EUROS)):
        assert await chain.token_balance(token, seller) == units
    assert [table.desk.state.contract(each).state.value for each in table.story.contracts] == ["final"] * 2  # type: ignore[attr-defined]
    assert all(book.ledger == book.chain for book in table.story.books)
    assert {book.asset for book in table.story.books} >= {EURC}


async def test_history_works_again_and_finds_the_batch_by_what_is_signed(table: Table) -> None:
    await table.until("step-final")
    ground = grounding.of_replica(table.officer.replica)
    instruction = table.live("safe-tx")
    findings = list(reworking.rework(ground, instruction))
    assert [each.reason for each in findings] == ["desk.audit-share", "desk.audit-share", "desk.audit-finished"]
    data = table.artefact("safe-tx")
    claim = safe_file.parse(data)
    calls = multisend.parse(claim.tx.data)
    turned = safe_file.serialise(replace(claim.tx, data=multisend.serialise(calls[::-1])))
    for file in (data, turned):
        found = instruction_for(ground, "safe-tx", file, safe_file.parse(file), [])
        assert found is not None
        assert found.hash == instruction.hash
    files = export.ethereum_files(table.officer.replica, instruction, table.desk.artefacts)
    assert all(each.ok for each in output_parts.ethereum(files, ground, table.story.contract))
    forged = files | {"ethereum/safe_tx.json": turned}
    against = [each for each in output_parts.ethereum(forged, ground, table.story.contract) if not each.ok]
    assert [each.looked_at for each in against] == ["ethereum/safe_tx.json"]
    pack = evidence.gather(table.officer.replica, table.story.contract)
    assert objections(table, pack) == set()
    (beside,) = set(table.story.contracts) - {table.story.contract}  # type: ignore[attr-defined]
    hidden = [each for each in pack.exhibits if events.parse(each.event).body != affirmed(table, beside)]
    assert "desk.audit-fault" in objections(table, replace(pack, exhibits=tuple(hidden)))
    # In another order it pays the same, but it is not what was prepared, and nobody signed it.
    for file, fails in ((data, []), (turned, ["C5.other-artefact", "E9.not-an-owner"])):
        report = check({"safe_tx.json": file}, table.stage.officer_store, None, table.stage.clock)
        assert [each.reason for one in report.judged for each in one.verdict.against] == fails
    finished = execute.decode(table.desk.artefacts.get(bytes.fromhex(instruction.finished or "")))
    assert multisend.parse(finished.data) == calls


def objections(table: Table, pack: Pack) -> set[str]:
    """What a reader of the pack alone objects to: obligations follow from all contracts of the cycle."""
    judged = judge_pack(pack, "pack", grounding.of_pack(pack, pack.vkeys), pack.vkeys, table.stage.clock.seconds)
    assert [each.about[0] for each in judged][:2] == ["pack", "pack"]
    return {finding.reason for each in judged for finding in each.verdict.against}


def affirmed(table: Table, contract: str) -> object:
    """The body of the event by which a contract stands in the log."""
    (record,) = [each for each in table.desk.state.contracts.values() if each.hash == contract]
    index = record.causes["agreed"]
    (found,) = table.desk.archive.records(index, index + 1)
    return events.parse(found.event).body


async def test_a_batch_that_operations_altered_is_refused_by_the_signing_officer(table: Table) -> None:
    """One unit more to the seller in one inner call; prepared and logged like an honest one."""
    await table.until("step-contract")
    desk, kept = table.desk, table.desk.artefacts.put

    def altered(data: bytes) -> bytes:
        return kept(bent(data) if data.startswith(b'{"baseGas"') else data)

    desk.artefacts.put = altered  # type: ignore[method-assign]
    await table.until("step-prepare")
    desk.artefacts.put = kept  # type: ignore[method-assign]
    with refused("desk.checks-forbid", Refused):
        await table.until("step-sign")
    view = next(each for each in (await table.story.review()).instructions if each.kind == "safe-tx")
    assert [each.reason for each in view.verdict.against] == ["E5.amount"]
    assert sorted(line.matches for line in view.lines) == [False, True]


def bent(data: bytes) -> bytes:
    """The last inner call pays one base unit more."""
    tx = safe_file.parse(data).tx
    *calls, last = multisend.parse(tx.data)
    more = (int.from_bytes(last.data[36:], "big") + 1).to_bytes(32, "big")
    calls.append(replace(last, data=last.data[:36] + more))
    return safe_file.serialise(replace(tx, data=multisend.serialise(calls)))


async def test_a_batch_that_the_chain_would_not_take_whole_is_not_released(table: Table) -> None:
    """Euros left the Safe meanwhile: the dollars do not go alone, and nobody's release is logged."""
    await table.until("step-usb")
    chain = table.stage.ethereum
    before = {token: dict(held) for token, held in chain.balances.items()}
    chain.balances[EURO] = dict.fromkeys(chain.balances[EURO], EUROS - 1)
    with refused("desk.chain-would-refuse", Refused, reason="GS013"):
        await table.until("step-release")
    assert table.contract_state == "signed"
    chain.balances.update(before)
    await table.until("step-final")
    assert table.contract_state == "final"
