"""A Bitcoin leg that died and was made afresh, read aloud: whatever a reorganisation brings back, the leg is paid once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from countersign.bitcoin.transaction import Outpoint, Output, Satoshis, from_display
from countersign.demonstration import cast
from countersign.desk import afresh, ceremony, declaring, founding, legs, mending, preparing, releasing
from countersign.errors import Refused
from countersign.settlement.records import Instruction
from support import stopped_stage as stage
from support.contrary_chains import Forgetful, Pooling, desk_over
from support.software_stage import Table, silent


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    found = Table.at(tmp_path)
    yield found
    found.stage.holds.close()


async def released(table: Table, cycle: str) -> None:
    release = await releasing.make_release(table.desk, cycle, table.author("operations"), "compliance")
    await releasing.check_release(table.desk, release, table.author("compliance"))


def coins(instruction: Instruction) -> set[str]:
    return {spend.outpoint for spend in instruction.spends}


def gone(table: Table, outpoint: str) -> Callable[[], None]:
    """A reorganisation drops what made a coin; what is returned brings it back."""
    txid, _, vout = outpoint.partition(":")
    place, chain = Outpoint(from_display(txid), int(vout)), table.stage.bitcoin.ledger.coins
    coin = chain.pop(place)
    return lambda: chain.__setitem__(place, coin)


async def one_sided(table: Table) -> tuple[str, str, Instruction]:
    """Ethereum's leg is in a block, Bitcoin's waits in the pool; contract, cycle and what waits."""
    await table.until("step-found")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_by_both(table, cycle)
    await released(table, cycle)
    await sent_into_the_pool(table, cycle)
    return contract, cycle, stage.live(table, cycle)[0]


async def sent_into_the_pool(table: Table, cycle: str) -> None:
    """What was released is sent; Bitcoin's transaction lies in the pool and no further."""
    name = releasing.finish(table.desk, stage.live(table, cycle)[0]).transaction
    pool = desk_over(table, bitcoin=Pooling(Forgetful(table.stage.bitcoin, gone={name})))
    await releasing.broadcast(pool, cycle, table.author("operations"))
    await releasing.observe(pool, cycle, table.author("operations"))


async def more_coins(table: Table, satoshis: int) -> None:
    """A deposit into the seller's vault, credited."""
    desk, entry = table.desk, table.desk.state.roster.vaults[cast.SELLER.coins]
    table.stage.outside.pay_coins(ceremony.registered_address(entry, cast.RECEIVING_SLOT), satoshis)
    await founding.credit_coins(desk, table.author("operations"), cast.SELLER.coins, cast.BTC)


async def made_afresh(table: Table, contract: str, cycle: str) -> Instruction:
    """Bitcoin's leg prepared again, signed by who signed before, online and cold, and released."""
    await preparing.prepare(table.desk, table.author("operations"), cycle, rate=cast.RATE)
    assert await stage.online_objects(table, contract) == set()
    leg = stage.live(table, cycle)[0]
    await table.officer.unlock(table.stage.ask_pin)
    await table.officer.sign(leg.hash, silent)
    seen = await stage.cold_sees(table, leg.hash)
    assert seen["may_sign"], seen["against"]
    await stage.cold_signs(table)
    await released(table, cycle)
    return stage.live(table, cycle)[0]


async def test_a_leg_made_afresh_shares_coins_with_every_one_before_it_so_that_one_is_mined(table: Table) -> None:
    contract, cycle, first = await one_sided(table)
    desk, operations, chain = table.desk, table.author("operations"), table.stage.bitcoin
    await more_coins(table, 9_500_000_000)
    a, *left = sorted(coins(first))
    a_back = gone(table, a)
    await mending.record_failure(desk, operations, first.hash, "A coin of it is gone.")
    first = stage.live(table, cycle)[0]
    assert (first.executable, first.for_good) == (False, False)

    # Both machines signed the coins that are left already; the log shows that only one of the two can be mined.
    second = await made_afresh(table, contract, cycle)
    assert set(left) < coins(second)
    await sent_into_the_pool(table, cycle)
    d = next(iter(coins(second) - set(left)))
    await more_coins(table, 9_400_000_000)
    d_back = gone(table, d)
    await mending.record_failure(desk, operations, second.hash, "A coin of this one too.")
    third = await made_afresh(table, contract, cycle)
    assert set(left) < coins(third)

    # Everything is back: each may be mined, and with the first of them none of the others.
    a_back()
    d_back()
    raw = [releasing.finish(desk, each).raw for each in (first, second, third)]
    assert [await chain.test(each) for each in raw] == [None, None, None]
    await chain.broadcast(raw[0])
    assert None not in [await chain.test(each) for each in raw]
    await releasing.observe(desk, cycle, operations)
    assert stage.live(table, cycle)[0].hash == first.hash
    assert stage.stands(table, contract) == "settling"
    await releasing.make_final(desk, cycle)
    assert all(each.closed is not None for each in desk.state.breaks[cycle])
    assert await stage.books_balance(table)


async def test_where_every_coin_is_gone_a_leg_waits_until_it_is_gone_for_good(table: Table) -> None:
    contract, cycle, first = await one_sided(table)
    desk, operations, chain = table.desk, table.author("operations"), table.stage.bitcoin
    for satoshis in (9_500_000_000, 9_400_000_000, 9_300_000_000):
        await more_coins(table, satoshis)
    back = [gone(table, each) for each in sorted(coins(first))]
    await mending.record_failure(desk, operations, first.hash, "Every coin of it is gone.")
    assert (
        await stage.refusal(lambda: preparing.prepare(desk, operations, cycle, rate=cast.RATE)) == "desk.leg-not-past"
    )
    view = await legs.look(desk, contract, 0)
    assert [each.for_good for each in view.legs if each.kind == "psbt"] == [False]

    # One is back and spent by somebody: with the policy's confirmations, the first can never be mined.
    back[0]()
    chain.adopt(taking(sorted(coins(first))[0]))
    await mending.record_failure(desk, operations, first.hash, "What spends a coin of it is confirmed.")
    assert desk.state.instruction(first.hash).for_good
    second = await made_afresh(table, contract, cycle)
    assert not coins(first) & coins(second)
    assert await chain.test(releasing.finish(desk, first).raw) == "missing-inputs"
    await releasing.broadcast(desk, cycle, operations)
    await releasing.observe(desk, cycle, operations)
    await releasing.make_final(desk, cycle)
    assert stage.stands(table, contract) == "final"


async def sent_once(table: Table, *, by_qr: bool) -> tuple[str, str, Instruction]:
    """As `one_sided`; the cold machine was reached by QR, or by USB."""
    await table.until("step-found")
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_by_both(table, cycle, by_qr=by_qr)
    await released(table, cycle)
    await sent_into_the_pool(table, cycle)
    return contract, cycle, stage.live(table, cycle)[0]


async def prepared_anew(table: Table, cycle: str) -> Instruction:
    """Bitcoin's leg once more, signed online."""
    await preparing.prepare(table.desk, table.author("operations"), cycle, rate=cast.RATE)
    await table.officer.synchronise()
    leg = stage.live(table, cycle)[0]
    await table.officer.unlock(table.stage.ask_pin)
    await table.officer.sign(leg.hash, silent)
    return leg


@pytest.mark.parametrize("first_by_qr", [False, True])
async def test_by_qr_a_machine_that_signed_the_first_leg_sees_it_die_and_signs_the_next(
    table: Table, *, first_by_qr: bool
) -> None:
    _, cycle, first = await sent_once(table, by_qr=first_by_qr)
    await more_coins(table, 9_500_000_000)
    gone(table, sorted(coins(first))[0])
    await mending.record_failure(table.desk, table.author("operations"), first.hash, "A coin of it is gone.")
    second = await prepared_anew(table, cycle)
    assert coins(first) & coins(second)
    seen = await stage.cold_sees(table, second.hash, by_qr=True)
    assert seen["may_sign"], seen["against"]
    await stage.cold_signs(table)
    assert len(stage.live(table, cycle)[0].shares) == 2


@pytest.mark.parametrize("silent_about_it", [False, True])
async def test_by_qr_over_other_coins_the_first_must_be_seen_to_be_gone_for_good(
    table: Table, monkeypatch: pytest.MonkeyPatch, *, silent_about_it: bool
) -> None:
    _, cycle, first = await sent_once(table, by_qr=True)
    for satoshis in (9_500_000_000, 9_400_000_000, 9_300_000_000):
        await more_coins(table, satoshis)
    back = [gone(table, each) for each in sorted(coins(first))]
    back[0]()
    table.stage.bitcoin.adopt(taking(sorted(coins(first))[0]))
    await mending.record_failure(table.desk, table.author("operations"), first.hash, "What spends a coin is confirmed.")
    second = await prepared_anew(table, cycle)
    assert not coins(first) & coins(second)
    if silent_about_it:
        # As far as a reader can tell, the first lives. Who exports says where that would end ...
        monkeypatch.setattr(afresh, "beside", lambda *_: {first.index})
        assert await stage.refusal(lambda: table.officer.request_frames(second.hash)) == "desk.only-by-usb"
        # ... and a console that does not shows it to a machine that knows from two officers that something failed.
        monkeypatch.setattr(afresh, "require_told", lambda *_: None)
        shown = stage.refusal(lambda: stage.cold_sees(table, second.hash, by_qr=True))
        assert await shown == "settlement.attested-failed"
        return
    seen = await stage.cold_sees(table, second.hash, by_qr=True)
    assert stage.objections(seen) == []
    await stage.cold_signs(table)
    assert len(stage.live(table, cycle)[0].shares) == 2


async def test_what_paid_the_leg_already_is_not_taken_for_what_stands_in_its_way(table: Table) -> None:
    """The first was mined and nobody looked: its coins are gone, and a second leg would pay again."""
    _, cycle, first = await one_sided(table)
    desk, operations = table.desk, table.author("operations")
    half = await declaring.make_replacement(desk, operations, first.hash, rate=cast.RATE * 3)
    await declaring.declare(desk, half, table.author("compliance"))
    await table.officer.synchronise()
    replacement = stage.live(table, cycle)[0]
    await table.officer.unlock(table.stage.ask_pin)
    await table.officer.sign(replacement.hash, silent)
    assert (await stage.cold_sees(table, replacement.hash))["may_sign"]
    await stage.cold_signs(table)
    await released(table, cycle)
    await table.stage.bitcoin.broadcast(releasing.finish(desk, first).raw)
    with pytest.raises(Refused, match=r"desk\.executed-after-all") as refused:
        await mending.record_failure(desk, operations, replacement.hash, "Its coins are gone.")
    assert refused.value.values["transaction"] == first.transaction
    await releasing.observe(desk, cycle, operations)
    assert stage.live(table, cycle)[0].hash == first.hash


def taking(outpoint: str) -> bytes:
    """A transaction of nobody here that spends a coin: this chain is given it unjudged."""
    txid, _, vout = outpoint.partition(":")
    spent = from_display(txid) + int(vout).to_bytes(4, "little") + b"\x00" + b"\xff" * 4
    paid = Output(bytes.fromhex("0014") + b"\x07" * 20, Satoshis(1_000)).serialise()
    return b"\x02\x00\x00\x00\x01" + spent + b"\x01" + paid + bytes(4)
