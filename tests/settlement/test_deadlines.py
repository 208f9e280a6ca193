"""Deadlines: one reason each, the first one first, and nothing for what is over."""

import pytest

from countersign.formats import times
from countersign.resources.text import next_step, sentence
from countersign.settlement import deadlines
from countersign.settlement.records import ContractState
from countersign.ui.strings.desk import LABELS
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk, Trade

MORNING = times.parse("2026-11-22T09:30:00Z")
NOON = times.parse("2026-11-22T12:00:00Z")
CUT_OFF = times.parse("2026-11-22T16:00:00Z")
TOMORROW = CUT_OFF + 86_400
SETTLE_BY, LIFETIME = world.terms().settle_by, 86_400


def at(state: str, now: int = NOON, **sums: int) -> list[tuple[int, str]]:
    desk = world.founded(**sums)
    trade = desk.trade()
    desk.play(trade, until=state)
    return found(desk, trade, now)


def found(desk: Desk, trade: Trade, now: int) -> list[tuple[int, str]]:
    each = deadlines.deadlines(desk.state, desk.state.contract(trade.hash), now)
    first = deadlines.act_by(desk.state, desk.state.contract(trade.hash), now)
    assert first == (each[0] if each else None)
    return [(deadline.at, deadline.reason.removeprefix("settlement.act-by-")) for deadline in each]


def unbounded(desk: Desk, trade: Trade) -> str | None:
    return deadlines.Deadlines(desk.state, NOON).unbounded(desk.state.contract(trade.hash))


def test_before_endorsement_certification_and_the_contract_itself_bite() -> None:
    certified = times.parse("2027-06-30T23:59:59Z")
    assert at("agreed") == [(SETTLE_BY, "settle"), (certified, "certification"), (certified, "certification")]


def test_a_certification_that_ends_first_is_named() -> None:
    desk = world.founded()
    entries = world.no_entries() | {"participants": [world.participant_entry("harbour", certified_until="2026-11-22")]}
    desk.log("roster.changed", ["compliance", "officer-d"], entries)
    trade = desk.trade()
    desk.play(trade, until="agreed")
    first = deadlines.act_by(desk.state, desk.state.contract(trade.hash), NOON)
    assert first == deadlines.Deadline(
        times.parse("2026-11-22T23:59:59Z"), "settlement.act-by-certification", {"name": "Harbour Prime"}
    )


@pytest.mark.parametrize("state", ["endorsed", "held"])
def test_what_waits_for_a_cycle_waits_for_the_next_cut_off(state: str) -> None:
    assert at(state)[0] == (CUT_OFF, "cut-off")
    assert at(state, now=CUT_OFF + 1)[0] == (TOMORROW, "cut-off")


def test_who_is_short_at_the_cut_off_may_top_up_for_an_hour() -> None:
    assert at("endorsed", now=CUT_OFF + 60, dollars=1)[0] == (CUT_OFF + 3_600, "top-up")
    assert at("endorsed", now=CUT_OFF + 3_601, dollars=1)[0] == (TOMORROW, "cut-off")
    assert at("endorsed", now=CUT_OFF + 60)[0] == (TOMORROW, "cut-off")


def test_a_prepared_request_bites_until_the_second_from_which_its_shares_are_refused() -> None:
    desk, trade = trouble.begun("instructed")
    psbt = trouble.live(desk, trade, "psbt")
    ends = psbt.time_ms // 1_000 + LIFETIME
    assert found(desk, trade, NOON) == [(ends, "request"), (ends + 1, "request"), (SETTLE_BY, "settle")]
    desk.now_ms = ends * 1_000
    assert desk.attempt(*world.share_step(psbt.hash, "officer-a", "meridian-btc")) is None
    desk.now_ms += 1_000
    assert desk.attempt(*world.share_step(psbt.hash, "officer-a", "meridian-btc")) == "C4.request-expired"


def test_the_first_of_two_instructions_has_its_lifetime_before_the_second_is_prepared() -> None:
    desk = world.founded()
    trade = desk.trade()
    for step in desk.story(trade):
        desk.log(*step)
        if step[0] == "instruction.prepared":
            break
    assert desk.stands(trade) is ContractState.HELD
    assert found(desk, trade, NOON)[0] == (desk.state.time_ms // 1_000 + LIFETIME, "request")


def test_what_is_signed_is_released_by_the_second_from_which_a_release_is_refused() -> None:
    desk, trade = trouble.begun("signed")
    assert found(desk, trade, NOON) == [(SETTLE_BY, "release")]
    live = desk.state.live(desk.state.cycle(trade.cycle))
    desk.now_ms = SETTLE_BY * 1_000
    assert desk.attempt(*trouble.release(desk, trade, *live)) is None
    desk.now_ms += 1_000
    assert desk.attempt(*trouble.release(desk, trade, *live)) == "C4.expired"


def test_what_is_released_is_sent_what_is_sent_is_seen_and_in_blocks_nobody_is_waited_for() -> None:
    desk, trade = trouble.begun("released")
    psbt, safe = trouble.live(desk, trade, "psbt"), trouble.live(desk, trade, "safe-tx")
    assert found(desk, trade, NOON) == [(SETTLE_BY, "send")]
    desk.log(*trouble.broadcast(psbt))
    desk.log(*trouble.observed(psbt, 1))
    assert found(desk, trade, NOON) == [(SETTLE_BY, "send")]
    desk.log(*trouble.broadcast(safe))
    assert found(desk, trade, NOON) == [(SETTLE_BY, "observe")]
    desk.log(*trouble.observed(safe, 1))
    assert found(desk, trade, NOON) == []
    assert unbounded(desk, trade) == deadlines.ON_CHAIN
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 0))
    assert found(desk, trade, NOON) == [(SETTLE_BY, "observe")]


def test_a_failed_leg_bites_until_it_is_delivered_and_its_new_request_before_it() -> None:
    desk, trade = trouble.begun("signed")
    _, safe = trouble.half_delivered(desk, trade)
    desk.log(*trouble.failed(trade, safe))
    assert found(desk, trade, NOON) == [(SETTLE_BY, "failed")]
    desk.log(*trouble.failed(trade, safe, executable=False))
    gone = desk.state.time_ms // 1_000
    assert found(desk, trade, NOON) == [(gone, "nonce"), (SETTLE_BY, "failed")]
    body = desk.safe_body(trade) | {"nonce": 1, "artefact": world.digest("anew")}
    desk.log("instruction.prepared", ["operations"], body)
    ends = desk.state.time_ms // 1_000 + LIFETIME
    assert found(desk, trade, NOON) == [(ends, "request"), (SETTLE_BY, "failed")]
    anew = trouble.live(desk, trade, "safe-tx")
    trouble.signed(desk, anew)
    assert found(desk, trade, NOON) == [(SETTLE_BY, "failed")]
    desk.log(*trouble.release(desk, trade, anew))
    desk.log(*trouble.broadcast(anew))
    desk.log(*trouble.observed(anew, 1))
    assert found(desk, trade, NOON) == []


def test_a_void_is_bound_by_its_request_alone_and_once_signed_by_nothing() -> None:
    desk, trade = trouble.begun("partly signed")
    assert (SETTLE_BY, "settle") in found(desk, trade, NOON)
    trouble.void_declared(desk, trade)
    moments = [each.time_ms // 1_000 + LIFETIME for each in desk.state.live(desk.state.cycle(trade.cycle))]
    assert found(desk, trade, NOON) == [(each, "request") for each in sorted(moments)]
    desk.now_ms = (SETTLE_BY + 60) * 1_000
    for each in desk.state.live(desk.state.cycle(trade.cycle)):
        desk.log(*trouble.prepared(trade, each, "void", number=2))
        trouble.signed(desk, trouble.live(desk, trade, each.group.kind))
    assert desk.stands(trade) is ContractState.SIGNED
    assert found(desk, trade, SETTLE_BY + 120) == []
    assert unbounded(desk, trade) == deadlines.VOIDING


def test_a_dispute_has_no_moment_and_says_so_and_what_resumes_has_its_own_again() -> None:
    desk, trade = trouble.begun("held")
    before = found(desk, trade, NOON)
    desk.log(*world.dispute_step(trade.hash))
    assert found(desk, trade, NOON) == []
    assert unbounded(desk, trade) == deadlines.DISPUTED
    desk.log("dispute.retracted", ["harbour"], {"contract": trade.hash, "reason": "Settled."})
    assert found(desk, trade, NOON) == before
    assert unbounded(desk, trade) is None


def test_a_dispute_after_finality_ends_the_wait_for_one_until_it_is_taken_back() -> None:
    desk, trade = trouble.begun("final")
    [window] = found(desk, trade, NOON)
    assert window[1] == "dispute"
    desk.log(*world.dispute_step(trade.hash))
    assert found(desk, trade, NOON) == []
    assert unbounded(desk, trade) == deadlines.DISPUTED
    desk.log("dispute.retracted", ["harbour"], {"contract": trade.hash, "reason": "Settled."})
    assert found(desk, trade, NOON) == [window]


def attested(desk: Desk, trade: Trade) -> int:
    """Two officers attest; the block's moment."""
    desk.log("state.attested", ["compliance", "officer-d"], world.attested_body(desk, trade))
    return desk.state.attestations[trade.cycle].chains[0].time


def test_what_was_attested_of_a_safe_is_too_old_with_the_block_it_was_read_at() -> None:
    desk, trade = trouble.begun("instructed")
    safe = trouble.live(desk, trade, "safe-tx")
    assert "attestation" not in [reason for _, reason in found(desk, trade, NOON)]
    block = attested(desk, trade)
    assert (block + LIFETIME, "attestation") in found(desk, trade, NOON)
    desk.now_ms += 600_000
    later = attested(desk, trade)
    assert later > block
    assert [at for at, reason in found(desk, trade, NOON) if reason == "attestation"] == [later + LIFETIME]
    desk.log(*world.share_step(trouble.live(desk, trade, "psbt").hash, "officer-a", "meridian-btc"))
    desk.log(*world.share_step(safe.hash, "officer-c", "harbour-safe"))
    reasons = [reason for _, reason in found(desk, trade, NOON)]
    assert "attestation" not in reasons, "what is lacking an online machine can sign"
    assert "request" in reasons


def test_an_attestation_of_other_instructions_bounds_nothing() -> None:
    desk, trade = trouble.begun("instructed")
    attested(desk, trade)
    desk.log("instruction.prepared", ["operations"], desk.safe_body(trade) | {"artefact": world.digest("another")})
    assert "attestation" not in [reason for _, reason in found(desk, trade, NOON)]


def test_one_request_has_its_own_deadlines_and_its_contracts_time_to_settle() -> None:
    desk, trade = trouble.begun("instructed")
    block = attested(desk, trade)
    psbt, safe = trouble.live(desk, trade, "psbt"), trouble.live(desk, trade, "safe-tx")
    told = [(each.at, each.reason.rpartition("-")[2]) for each in deadlines.of_request(desk.state, safe)]
    ends = safe.time_ms // 1_000 + LIFETIME
    assert sorted(told) == sorted([(ends, "request"), (block + LIFETIME, "attestation"), (SETTLE_BY, "settle")])
    assert [moment for moment, _ in told] == sorted(moment for moment, _ in told)
    assert [each.values for each in deadlines.of_request(desk.state, psbt)] == [{"vault": "meridian-btc"}, {}]
    trouble.signed(desk, psbt, "officer-a")
    desk.log(*trouble.prepared(trade, trouble.live(desk, trade, "psbt"), "void"))
    void = trouble.live(desk, trade, "psbt")
    assert [each.reason for each in deadlines.of_request(desk.state, void)] == [deadlines.REQUEST]


def test_what_is_final_may_be_disputed_until_the_window_ends() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade)
    final_ms = desk.state.contract(trade.hash).final_ms
    assert final_ms is not None
    ends = final_ms // 1_000 + 86_400
    assert found(desk, trade, ends) == [(ends, "dispute")]
    assert found(desk, trade, ends + 1) == []


def test_every_reason_has_a_sentence_what_to_do_and_a_short_label() -> None:
    for code in (*deadlines.REASONS, *deadlines.UNBOUNDED):
        values = {"name": "Harbour Prime", "asset": "USDC", "vault": "harbour-safe"}
        told, do = sentence(code, values), next_step(code, values)
        assert "" not in (told, do), code
        assert not any(each in told + do for each in (code, "{")), code
        assert f"act-by.{code}" in LABELS, code


@pytest.mark.parametrize("state", sorted(set(ContractState) - set(deadlines._UNTIL_RELEASE)))
def test_what_is_over_or_under_way_waits_for_nobody(state: ContractState) -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="agreed")
    record = world.replace(desk.state.contract(trade.hash), state=state)
    assert deadlines.deadlines(desk.state, record, NOON) == ()
    under_way = state in deadlines._UNDER_WAY
    assert deadlines.Deadlines(desk.state, NOON).unbounded(record) == (
        deadlines.ON_CHAIN if under_way else deadlines.OVER
    )
