"""What a closed cycle still wants prepared: each reason beside what wants nothing, and the rules take what is wanted."""

from dataclasses import replace

import pytest

from countersign.settlement import renewing
from countersign.settlement.state import State
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk, Trade

LIFETIME = 24 * 60 * 60


def wants(state: State, trade: Trade, seconds: int) -> list[tuple[str, bool]]:
    """The kinds of what is wanted, and whether it is over the same bytes."""
    return [(each.group.kind, each.same) for each in renewing.of_contract(state, trade.hash, seconds)]


def test_what_is_closed_and_lacks_its_instructions_wants_all_of_them_afresh() -> None:
    desk = world.founded()
    trade = desk.trade()
    for kind, names, body in desk.story(trade):
        desk.log(kind, names, body)
        if kind == "cycle.closed":
            break
    assert sorted(wants(desk.state, trade, desk.now_ms // 1_000)) == [("psbt", False), ("safe-tx", False)]


def test_a_contract_without_a_cycle_and_an_unknown_one_want_nothing() -> None:
    desk = world.founded()
    trade = desk.trade()
    assert renewing.of_contract(desk.state, trade.hash, 0) == ()


@pytest.mark.parametrize("until", ["instructed", "partly signed"])
def test_a_request_is_wanted_again_a_second_after_its_lifetime_while_nobody_has_signed(until: str) -> None:
    desk, trade = trouble.begun(until)
    first, last = sorted(trouble.live(desk, trade, kind).time_ms // 1_000 for kind in ("psbt", "safe-tx"))
    assert desk.state.adopted().request_lifetime_seconds == LIFETIME
    assert wants(desk.state, trade, first + LIFETIME) == []
    found = sorted(wants(desk.state, trade, last + LIFETIME + 1))
    assert found == ([("psbt", True), ("safe-tx", True)] if until == "instructed" else [])


def test_what_was_prepared_over_a_coin_that_is_gone_is_wanted_afresh() -> None:
    desk, trade = trouble.begun("instructed")
    psbt = trouble.live(desk, trade, "psbt")
    dead = replace(psbt, executable=False, dead_ms=desk.now_ms)
    state = replace(desk.state, instructions=desk.state.instructions.set(psbt.hash, dead))
    assert wants(desk.state, trade, desk.now_ms // 1_000) == []
    assert wants(state, trade, desk.now_ms // 1_000) == [("psbt", False)]


def test_a_failed_leg_is_wanted_once_it_can_never_execute_and_again_when_its_request_got_too_old() -> None:
    desk, trade = trouble.begun("signed")
    _, safe = trouble.half_delivered(desk, trade)
    desk.log(*trouble.failed(trade, safe))
    assert wants(desk.state, trade, desk.now_ms // 1_000 + 9 * LIFETIME) == []  # it may still be sent, however old
    desk.log(*trouble.failed(trade, trouble.live(desk, trade, "safe-tx"), executable=False))
    assert wants(desk.state, trade, desk.now_ms // 1_000) == [("safe-tx", False)]
    body = desk.safe_body(trade) | {"nonce": 1, "artefact": world.digest("anew")}
    desk.log("instruction.prepared", ["operations"], body)
    anew = trouble.live(desk, trade, "safe-tx")
    assert wants(desk.state, trade, anew.time_ms // 1_000 + LIFETIME) == []
    assert wants(desk.state, trade, anew.time_ms // 1_000 + LIFETIME + 1) == [("safe-tx", True)]
    desk.now_ms = anew.time_ms + (LIFETIME + 1) * 1_000
    assert desk.attempt("instruction.prepared", ["operations"], body) is None
    desk.now_ms = anew.time_ms + 1_000
    trouble.signed(desk, anew)
    desk.log(*trouble.release(desk, trade, anew))
    assert wants(desk.state, trade, anew.time_ms // 1_000 + 9 * LIFETIME) == []


def test_a_final_settlement_wants_nothing(finished: tuple[Desk, Trade]) -> None:
    desk, trade = finished
    assert wants(desk.state, trade, desk.now_ms // 1_000 + 9 * LIFETIME) == []


@pytest.fixture
def finished() -> tuple[Desk, Trade]:
    return trouble.begun("final")
