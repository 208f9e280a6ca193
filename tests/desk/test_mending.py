"""What the desk's own node must confirm before a failure, a replacement or an older observation is logged."""

import pytest

from countersign.demonstration import cast
from countersign.desk import chain_facts, mending, releasing
from countersign.desk.author import signed
from countersign.errors import Refused
from support.contrary_chains import Dropping, desk_over
from support.software_stage import Table


@pytest.fixture
async def sent(table: Table) -> Table:
    """Both transactions are sent; Ethereum's was taken by no block, Bitcoin's is observed."""
    await table.until("step-usb")
    operations = table.author("operations")
    release = await releasing.make_release(table.desk, table.story.cycle, operations, "compliance")
    await releasing.check_release(table.desk, release, table.author("compliance"))
    dropping = desk_over(table, ethereum=Dropping(table.stage.ethereum))
    await releasing.broadcast(dropping, table.story.cycle, operations)
    await releasing.observe(dropping, table.story.cycle, operations)
    return table


async def log(table: Table, kind: str, body: dict[str, object]) -> None:
    draft = table.desk.scribe.draft(kind, body)
    await table.desk.submit(await signed(draft, [table.author("operations")]))


async def code(table: Table, kind: str, body: dict[str, object]) -> str:
    with pytest.raises(Refused) as refused:
        await log(table, kind, body)
    return refused.value.code


def failure(table: Table, kind: str, *, executable: bool) -> dict[str, object]:
    return {
        "cycle": table.story.cycle,
        "instruction": table.live(kind).hash,
        "executable": executable,
        "for_good": not executable,
        "reason": "It is in no block.",
    }


async def test_a_failure_says_of_execution_what_the_desks_node_says(sent: Table) -> None:
    assert await code(sent, "settlement.failed", failure(sent, "safe-tx", executable=False)) == "desk.other-executable"
    await log(sent, "settlement.failed", failure(sent, "safe-tx", executable=True))
    for safe in sent.stage.ethereum.safes.values():
        safe.nonce += 1  # somebody used the nonce for something else
    assert not (await mending.prospect(sent.desk, sent.live("safe-tx"))).executable
    await mending.record_failure(sent.desk, sent.author("operations"), sent.live("safe-tx").hash, "Its nonce is used.")
    assert not sent.live("safe-tx").executable


async def test_what_is_in_a_block_has_not_failed(sent: Table) -> None:
    body = failure(sent, "psbt", executable=False)
    assert await code(sent, "settlement.failed", body) == "desk.executed-after-all"


async def test_a_replacement_carries_the_call_that_was_signed_and_is_known_to_the_node(sent: Table) -> None:
    safe = sent.live("safe-tx")
    done = releasing.finish(sent.desk, safe)
    body: dict[str, object] = {
        "instruction": safe.hash,
        "transaction": safe.transaction,
        "replacement": "0x" + "ab" * 32,
        "artefact": sent.desk.artefacts.put(b"another call").hex(),
        "reason": "More gas.",
    }
    assert await code(sent, "transaction.replaced", body) == "desk.other-transaction"
    body["artefact"] = sent.desk.artefacts.put(done.raw).hex()
    assert await code(sent, "transaction.replaced", body) == "desk.transaction-not-seen"
    body["replacement"] = await sent.stage.ethereum.broadcast(done.to, done.raw)
    await log(sent, "transaction.replaced", body)
    assert sent.live("safe-tx").others == (safe.transaction,)


async def test_an_older_observation_and_a_false_disappearance_are_not_vouched_for(sent: Table) -> None:
    for _ in range(2):
        await releasing.observe(sent.desk, sent.story.cycle, sent.author("operations"))
    psbt = sent.live("psbt")
    assert psbt.observed is not None
    old: dict[str, object] = {
        "instruction": psbt.hash,
        "transaction": psbt.transaction,
        "block": psbt.observed.block,
        "height": psbt.observed.height,
        "confirmations": 1,
        "fees": {vault: str(fee) for vault, fee in psbt.observed.fees},
    }
    assert await code(sent, "transaction.observed", old) == "desk.transaction-not-seen"
    gone = {**old, "block": None, "height": None, "confirmations": 0}
    assert await code(sent, "transaction.observed", gone) == "desk.transaction-not-seen"


async def test_what_was_sent_once_and_still_waits_is_not_sent_twice(sent: Table) -> None:
    waiting = desk_over(sent, ethereum=Dropping(sent.stage.ethereum))
    assert await mending.retry(waiting, sent.story.cycle, sent.author("operations"), "Again?") == []
    assert sent.live("safe-tx").others == ()


async def test_a_psbts_transaction_is_known_before_anybody_sends_it(table: Table) -> None:
    await table.until("step-usb")
    psbt = table.live("psbt")
    names = chain_facts.transactions(psbt, table.desk.artefacts)
    assert names == (releasing.finish(table.desk, psbt).transaction,)
    assert chain_facts.transactions(table.live("safe-tx"), table.desk.artefacts) == ()
    assert not await chain_facts.coin_is_gone(table.stage.bitcoin, psbt, table.desk.state)
    await table.stage.bitcoin.broadcast(releasing.finish(table.desk, psbt).raw)
    assert await chain_facts.coin_is_gone(table.stage.bitcoin, psbt, table.desk.state)
    assert psbt.group.chain == cast.BITCOIN


async def test_what_a_crash_left_unlogged_is_logged_and_not_raised_again(sent: Table) -> None:
    desk, operations, safe = sent.desk, sent.author("operations"), sent.live("safe-tx")
    done = releasing.finish(desk, safe)
    real = await sent.stage.ethereum.broadcast(done.to, done.raw, done.moves)
    assert len(await mending.raise_fees(desk, sent.story.cycle, operations, "More gas.")) == 1
    assert (sent.live("safe-tx").transaction, sent.live("safe-tx").others) == (real, (safe.transaction,))
    with pytest.raises(Refused, match=r"chains\.mined-already"):
        await mending.raise_fees(desk, sent.story.cycle, operations, "More gas.")
    await releasing.observe(desk, sent.story.cycle, operations)
    with pytest.raises(Refused, match=r"desk\.nothing-stuck"):
        await mending.raise_fees(desk, sent.story.cycle, operations, "More gas.")


async def test_what_waits_is_replaced_with_what_it_must_move_and_logged(sent: Table) -> None:
    safe, asked = sent.live("safe-tx"), []

    class Raising(Dropping):
        async def raise_fees(self, transaction: str, moves: object) -> str:
            asked.append((transaction, moves))
            done = releasing.finish(sent.desk, safe)
            return await sent.stage.ethereum.broadcast(done.to, done.raw)

    desk = desk_over(sent, ethereum=Raising(sent.stage.ethereum))
    await mending.raise_fees(desk, sent.story.cycle, sent.author("operations"), "The block is full.")
    assert asked == [(safe.transaction, releasing.finish(sent.desk, safe).moves)]
    assert sum(each.amount for each in asked[0][1]) == sum(each.amount for each in sent.desk.state.owed(safe)) > 0
    assert sent.live("safe-tx").others == (safe.transaction,)
