"""What an instruction rests on and has lost: coins spent or gone, a Safe's number used or taken; each beside what stands."""

from dataclasses import replace

import pytest

from countersign.settlement import safe_state, staleness
from countersign.settlement.bodies import Spend
from countersign.settlement.records import Instruction, SafeUse
from countersign.settlement.staleness import Lost
from support import safe_snapshots
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk, Trade

OTHER = "an instruction of another settlement"


@pytest.fixture
def prepared() -> tuple[Desk, Trade]:
    return trouble.begun("instructed")


def with_other(desk: Desk, other: Instruction) -> None:
    desk.state = replace(desk.state, instructions=desk.state.instructions.set(other.hash, other))


def test_what_was_just_prepared_rests_on_what_is_there(prepared: tuple[Desk, Trade]) -> None:
    desk, trade = prepared
    for kind in ("psbt", "safe-tx"):
        each = trouble.live(desk, trade, kind)
        assert staleness.coin(desk.state, each) is staleness.number(desk.state, each) is None


def spending_change() -> tuple[Desk, Instruction, Instruction]:
    """A second trade that spends a coin which the first one's Bitcoin transaction made: (desk, maker, spender)."""
    desk = world.founded(bitcoin=60_000_000_000, dollars=50_000_000_000_000)
    first, second = desk.trade(), desk.trade()
    desk.play(first)
    maker = trouble.live(desk, first, "psbt")
    desk.log(*trouble.observed(maker, 6))
    for step in desk.story(second):
        kind, names, body = step
        if kind == "instruction.prepared" and body["kind"] == "psbt":
            change = {"outpoint": f"{maker.transaction}:1", "vault": "meridian-btc", "slot": 0}
            body = {**body, "spends": [change]}
        desk.log(kind, names, body)
        if kind == "instruction.prepared" and body["kind"] == "safe-tx":
            break
    return desk, maker, trouble.live(desk, second, "psbt")


def test_a_coin_is_gone_while_what_made_it_stands_in_no_block() -> None:
    desk, maker, spender = spending_change()
    assert staleness.coin(desk.state, spender) is None
    desk.log(*trouble.observed(desk.state.instruction(maker.hash), 0))
    assert staleness.coin(desk.state, spender) == Lost(desk.state.time_ms // 1_000, ("meridian-btc",))
    desk.log(*trouble.observed(desk.state.instruction(maker.hash), 1, block="another block"))
    assert staleness.coin(desk.state, spender) is None, "it is there again, and will be confirmed again"


def test_a_coin_is_gone_where_another_transaction_was_mined_than_the_one_that_made_it() -> None:
    desk, maker, spender = spending_change()
    known = desk.state.instruction(maker.hash)
    with_other(desk, replace(known, transaction=world.digest("another"), others=(known.transaction or "",)))
    assert staleness.coin(desk.state, spender) is not None
    with_other(desk, known)
    assert staleness.coin(desk.state, spender) is None


@pytest.mark.parametrize("mined", [True, False])
def test_a_coin_is_spent_once_its_spender_stands_in_a_block(mined: bool) -> None:
    desk, maker, spender = spending_change()
    known = desk.state.instruction(maker.hash)
    seen = known.observed if mined else None
    with_other(desk, replace(known, hash=OTHER, observed=seen))
    desk.state = replace(desk.state, spending=desk.state.spending.set(spender.spends[0].outpoint, OTHER))
    lost = staleness.coin(desk.state, spender)
    assert lost == (Lost(seen.time_ms // 1_000, ("meridian-btc",)) if seen else None)


def test_the_coin_that_went_first_is_told_with_its_vault() -> None:
    desk, maker, spender = spending_change()
    desk.log(*trouble.observed(desk.state.instruction(maker.hash), 0))
    earlier = replace(desk.state.instruction(maker.hash), hash=OTHER, observed=maker.observed)
    with_other(desk, earlier)
    taken = Spend(f"{world.digest('an earlier coin')}:0", "harbour-btc", 0)
    desk.state = replace(desk.state, spending=desk.state.spending.set(taken.outpoint, OTHER))
    found = staleness.coin(desk.state, replace(spender, spends=(*spender.spends, taken)))
    assert maker.observed is not None
    assert found == Lost(maker.observed.time_ms // 1_000, ("harbour-btc",))


@pytest.mark.parametrize("executable", [True, False])
def test_what_no_chain_can_take_any_more_is_gone_from_the_entry_that_says_so(executable: bool) -> None:
    desk, trade = trouble.begun("signed")
    _, safe = trouble.half_delivered(desk, trade)
    desk.log(*trouble.failed(trade, safe, executable=executable))
    lost = staleness.number(desk.state, trouble.live(desk, trade, "safe-tx"))
    assert lost == (None if executable else Lost(desk.state.time_ms // 1_000, ("harbour-safe",)))


@pytest.mark.parametrize(("nonce", "gone"), [(0, False), (1, True)])
def test_a_number_is_used_where_two_officers_attest_the_safe_beyond_it(
    prepared: tuple[Desk, Trade], nonce: int, gone: bool
) -> None:
    desk, trade = prepared
    vault = desk.state.roster.vault("harbour-safe")
    safe = safe_snapshots.registered(vault, desk.state.roster, nonce)  # type: ignore[arg-type]
    seen = safe_snapshots.at(world.ETHEREUM, desk.now_ms // 1_000, safe)
    body = world.attested_body(desk, trade, chains=safe_state.bodies([seen]))
    desk.log("state.attested", ["compliance", "officer-d"], body)
    live = trouble.live(desk, trade, "safe-tx")
    assert staleness.number(desk.state, live) == (Lost(seen.time, ("harbour-safe",)) if gone else None)
    sent = replace(live, transaction="0x" + world.digest("sent"))
    assert staleness.number(desk.state, sent) is None, "it may be this one that used it"


def test_the_newest_block_tells_and_an_older_one_no_more(prepared: tuple[Desk, Trade]) -> None:
    desk, trade = prepared
    vault = desk.state.roster.vault("harbour-safe")
    for after, nonce in ((0, 1), (60, 0)):
        safe = safe_snapshots.registered(vault, desk.state.roster, nonce)  # type: ignore[arg-type]
        seen = safe_snapshots.at(world.ETHEREUM, desk.now_ms // 1_000 + after, safe)
        body = world.attested_body(desk, trade, chains=safe_state.bodies([seen]))
        desk.log("state.attested", ["compliance", "officer-d"], body)
        lost = staleness.number(desk.state, trouble.live(desk, trade, "safe-tx"))
        assert (lost is not None) is (nonce == 1)


@pytest.mark.parametrize(("number", "gone"), [(0, True), (1, False)])
def test_a_number_is_taken_where_another_unexecuted_instruction_has_it(
    prepared: tuple[Desk, Trade], number: int, gone: bool
) -> None:
    desk, trade = prepared
    live = trouble.live(desk, trade, "safe-tx")
    with_other(desk, replace(live, hash=OTHER, nonce=number, time_ms=live.time_ms + 5_000))
    desk.state = replace(desk.state, safes=desk.state.safes.set("harbour-safe", SafeUse(OTHER, None)))
    lost = staleness.number(desk.state, live)
    assert lost == (Lost(live.time_ms // 1_000 + 5, ("harbour-safe",)) if gone else None)


@pytest.mark.parametrize(("executed", "gone"), [(0, True), (None, False)])
def test_a_number_is_used_where_another_instruction_executed_it(
    prepared: tuple[Desk, Trade], executed: int | None, gone: bool
) -> None:
    desk, trade = prepared
    live = trouble.live(desk, trade, "safe-tx")
    done = trouble.begun("final")
    other = replace(trouble.live(*done, "safe-tx"), hash=OTHER)
    with_other(desk, other)
    desk.state = replace(desk.state, safes=desk.state.safes.set("harbour-safe", SafeUse(live.hash, executed)))
    lost = staleness.number(desk.state, live)
    assert other.observed is not None
    assert lost == (Lost(other.observed.time_ms // 1_000, ("harbour-safe",)) if gone else None)
