"""A void, read aloud: one share on each chain, then the settlement is called off, and everything comes home."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.transaction import display
from countersign.demonstration import cast
from countersign.desk import declaring, mending, releasing
from countersign.settlement.ledger import Balance
from support import stopped_stage as stage
from support.software_stage import Table, silent


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    found = Table.at(tmp_path)
    yield found
    found.stage.holds.close()


async def declared(table: Table, cycle: str) -> None:
    """Operations prepares the voids, compliance declares them with it."""
    for half in await declaring.make_void(table.desk, table.author("operations"), cycle, rate=cast.RATE + 3):
        await declaring.declare(table.desk, half, table.author("compliance"))
    await table.officer.synchronise()


async def released(table: Table, cycle: str) -> None:
    """Released by two and sent."""
    operations = table.author("operations")
    release = await releasing.make_release(table.desk, cycle, operations, "compliance")
    await releasing.check_release(table.desk, release, table.author("compliance"))
    await releasing.broadcast(table.desk, cycle, operations)


async def confirmed(table: Table, cycle: str) -> None:
    """Observed until the policy's confirmations."""
    for _ in range(cast.CONFIRMATIONS):
        await releasing.observe(table.desk, cycle, table.author("operations"))


async def test_after_one_share_on_both_chains_it_is_voided_and_everything_comes_home(table: Table) -> None:
    await table.until("step-found")
    coins, dollars = sum(cast.DEPOSITS), stage.balance(table, stage.BUYER, table.stage.outside.token())
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_online(table, cycle)
    originals = stage.live(table, cycle)
    assert stage.stands(table, contract) == "partly signed"

    # The parties think again. Nobody can cancel what carries shares; two officers declare a void of each instruction.
    await declared(table, cycle)
    voids = stage.live(table, cycle)
    assert [each.purpose for each in voids] == ["void", "void"]
    for each in originals:
        assert await stage.refusal(lambda each=each: table.officer.sign(each.hash, silent)) == "desk.checks-forbid"

    # Officer A signed the originals on this machine: its journal lets the same coins and the same nonce go once more,
    # for the declared void only. The cold machine signs too, after reading all of it for itself.
    assert await stage.online_objects(table, contract) == set()
    await stage.signed_online(table, cycle)
    for each in voids:
        seen = await stage.cold_sees(table, each.hash)
        assert seen["may_sign"], seen["against"]
        await stage.cold_signs(table)
    assert stage.stands(table, contract) == "signed"

    # Released by two, sent, confirmed: only now the holds return, less what the network took.
    await released(table, cycle)
    assert await stage.refusal(lambda: mending.make_voided(table.desk, cycle)) == "settlement.void-unconfirmed"
    await confirmed(table, cycle)
    assert stage.balance(table, stage.SELLER, cast.BTC).held == cast.SOLD + cast.FEE_CAP
    await mending.make_voided(table.desk, cycle)
    assert stage.stands(table, contract) == "voided"
    home = stage.balance(table, stage.SELLER, cast.BTC)
    assert (home.held, home.frozen) == (0, 0)
    assert 0 < coins - home.available <= cast.FEE_CAP
    assert stage.balance(table, stage.BUYER, table.stage.outside.token()) == dollars
    assert stage.balance(table, stage.BUYER, cast.BTC) == Balance()
    assert await stage.books_balance(table)


@pytest.mark.parametrize("before", ["released", "not released"])
async def test_an_original_that_somebody_sends_in_spite_of_its_void_is_settled(table: Table, before: str) -> None:
    await table.until("step-found")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_by_both(table, cycle)
    psbt, safe = stage.live(table, cycle)
    sent = releasing.finish(table.desk, psbt)

    # Whole, released or not; voids are declared. But somebody who has both shares sends the Bitcoin transaction.
    if before == "released":
        release = await releasing.make_release(table.desk, cycle, table.author("operations"), "compliance")
        await releasing.check_release(table.desk, release, table.author("compliance"))
    await declared(table, cycle)
    await table.stage.bitcoin.broadcast(sent.raw)
    await releasing.observe(table.desk, cycle, table.author("operations"))
    assert stage.stands(table, contract) == "failed"
    [owed] = table.desk.state.breaks[cycle]
    assert (owed.creditor, owed.units) == (stage.SELLER, cast.PAID)

    # What the chain did is the truth: the other leg's own instruction counts again, is released and sent.
    assert [each.hash for each in stage.live(table, cycle)] == [psbt.hash, safe.hash]
    if before == "released":
        await releasing.broadcast(table.desk, cycle, table.author("operations"))
    else:
        await released(table, cycle)
    await confirmed(table, cycle)
    await releasing.make_final(table.desk, cycle)
    assert stage.stands(table, contract) == "final"
    assert table.desk.state.breaks[cycle][0].closed is not None
    assert await stage.books_balance(table)


async def test_compliance_declares_only_what_it_reads_in_the_bytes(table: Table) -> None:
    await table.until("step-found")
    cycle = await stage.instructed(table, await stage.agreed(table))
    psbt, safe = stage.live(table, cycle)
    operations, compliance = table.author("operations"), table.author("compliance")
    nothing = await stage.refusal(lambda: declaring.make_void(table.desk, operations, cycle, rate=5))
    assert nothing == "desk.nothing-to-void"
    await stage.signed_online(table, cycle)
    halves = await declaring.make_void(table.desk, operations, cycle, rate=5)
    for half, original in zip(halves, (psbt, safe), strict=True):
        bad = {
            "cycle": cycle,
            "contracts": list(table.desk.state.cycle(cycle).contracts),
            "chain": original.group.chain,
            "kind": original.group.kind,
            "purpose": "void",
            "replaces": original.hash,
            "lifts": None,
            "vaults": list(original.group.vaults),
            "artefact": original.artefact,
            "nonce": original.nonce,
            "spends": [{"outpoint": each.outpoint, "vault": each.vault, "slot": each.slot} for each in original.spends],
        }
        draft = table.desk.scribe.draft("instruction.prepared", bad)
        wrong = await releasing.signed(draft, [operations])
        refused = await stage.refusal(lambda wrong=wrong: declaring.declare(table.desk, wrong, compliance))
        assert refused == "desk.not-declared"
        await declaring.declare(table.desk, half, compliance)
    data = table.desk.artefacts.get(bytes.fromhex(stage.live(table, cycle)[0].artefact))
    spent = {f"{display(bytes(each.prevout.hash))}:{each.prevout.n}" for each in parse_psbt(data).tx.vin}
    assert spent == {each.outpoint for each in psbt.spends}
