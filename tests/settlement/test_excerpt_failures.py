"""An excerpt that carries a failure: who says it is judged, and what is prepared after it is judged as after a failure."""

from collections.abc import Callable

import pytest

from countersign.errors import Refused
from countersign.settlement import events, machine, rivalry
from countersign.settlement.excerpt import carried, excerpt
from countersign.settlement.machine import Entry
from countersign.settlement.records import ContractState, Instruction
from countersign.settlement.state import State
from support import settlement_world as world
from support import trouble_world as trouble
from support.refusals import refused
from support.settlement_world import Desk, Trade


def failed(*, seen: bool = False) -> tuple[Desk, Trade, Instruction, State]:
    """Bitcoin delivered, Ethereum's leg dead for good and prepared again; what a machine replayed: the founding, or the shares
    too (`seen`)."""
    desk = world.founded()
    pinned, trade = desk.state, desk.trade()
    desk.play(trade, until="signed")
    pinned = desk.state if seen else pinned
    _, safe = trouble.half_delivered(desk, trade)
    desk.log(*trouble.failed(trade, safe, executable=False, for_good=True))
    anew = desk.safe_body(trade) | {"nonce": 1, "artefact": world.digest("anew")}
    desk.log("instruction.prepared", ["operations"], anew)
    return desk, trade, safe, pinned


def told(desk: Desk, pinned: State, without: str = "") -> list[Entry]:
    """The entries since, as far as an excerpt carries them."""
    kinds = {each.index: events.parse(each.event).type for each in desk.entries[pinned.size :]}
    return [each for each in desk.entries[pinned.size :] if carried(kinds[each.index]) and kinds[each.index] != without]


@pytest.mark.parametrize("seen", [False, True])
def test_a_leg_that_died_and_was_prepared_again_is_known_as_the_whole_history_knows_it(*, seen: bool) -> None:
    desk, trade, first, pinned = failed(seen=seen)
    found = excerpt(told(desk, pinned), pinned)
    anew = trouble.live(desk, trade, "safe-tx")
    assert found.contracts[trade.hash].state is ContractState.FAILED
    assert found.cycle(trade.cycle).failed == desk.state.cycle(trade.cycle).failed
    known = found.instruction(first.hash)
    assert (known.executable, known.for_good, known.superseded_by) == (False, True, anew.hash)
    assert rivalry.past(found, known)
    assert found.instruction(anew.hash) == anew
    assert not found.breaks  # what the custodian owes is no part of it


def test_without_the_failure_a_machine_that_saw_shares_takes_no_second_leg() -> None:
    desk, _, _, pinned = failed(seen=True)
    with refused("settlement.wrong-state", Refused):
        excerpt(told(desk, pinned, without="settlement.failed"), pinned)


def test_without_the_failure_the_first_leg_is_not_past() -> None:
    desk, _, first, pinned = failed()
    found = excerpt(told(desk, pinned, without="settlement.failed"), pinned)
    assert not rivalry.past(found, found.instruction(first.hash))


def test_that_an_earlier_leg_is_gone_for_good_may_come_after_the_next_one() -> None:
    desk = world.founded()
    pinned, trade = desk.state, desk.trade()
    desk.play(trade, until="signed")
    psbt, safe = trouble.live(desk, trade, "psbt"), trouble.live(desk, trade, "safe-tx")
    desk.log(*trouble.release(desk, trade, psbt, safe))
    desk.log(*trouble.broadcast(safe))
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 1))
    desk.log(*trouble.failed(trade, psbt, executable=False, for_good=False))
    desk.log("instruction.prepared", ["operations"], world.psbt_body(trade) | {"artefact": world.digest("anew")})
    anew = trouble.live(desk, trade, "psbt")
    assert not rivalry.past(excerpt(told(desk, pinned), pinned), psbt)
    desk.log(*trouble.failed(trade, psbt, executable=False, for_good=True))
    found = excerpt(told(desk, pinned), pinned)
    assert rivalry.past(found, psbt)
    assert found.instruction(psbt.hash).for_good
    assert found.cycle(trade.cycle).failed == desk.state.cycle(trade.cycle).failed
    assert dict(found.spending) == {spend.outpoint: anew.hash for spend in anew.spends}


@pytest.mark.parametrize(
    ("names", "change", "code"),
    [
        (trouble.CHAIN, lambda _: {}, None),
        (["desk"], lambda _: {}, "settlement.wrong-signers"),
        (["operations"], lambda _: {}, "settlement.wrong-signers"),
        (trouble.CHAIN, lambda _: {"executable": True}, "settlement.failed-contradicts"),
        (trouble.CHAIN, lambda _: {"for_good": False}, "settlement.not-for-good"),
        (trouble.CHAIN, lambda _: {"cycle": "another"}, "settlement.unknown-cycle"),
        (trouble.CHAIN, lambda _: {"instruction": world.digest("none")}, "settlement.unknown-instruction"),
    ],
)
def test_who_says_it_and_of_what_is_judged(
    names: list[str], change: Callable[[object], dict[str, object]], code: str | None
) -> None:
    desk = world.founded()
    pinned, trade = desk.state, desk.trade()
    desk.play(trade, until="instructed")
    kind, _, body = trouble.failed(trade, trouble.live(desk, trade, "safe-tx"), executable=False, for_good=True)
    entries = [*told(desk, pinned), desk.entry(kind, names, {**body, **change(body)})]
    if code is None:
        assert excerpt(entries, pinned).contracts[trade.hash].state is ContractState.FAILED
    else:
        with refused(code, Refused):
            excerpt(entries, pinned)


def test_what_is_known_to_be_in_a_block_has_not_failed() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="signed")
    psbt, safe = trouble.half_delivered(desk, trade)
    pinned = desk.state
    step = trouble.failed(trade, psbt, executable=False)
    with refused("settlement.already-executed", Refused):
        excerpt([desk.entry(*step)], pinned)
    assert (
        excerpt([desk.entry(*trouble.failed(trade, safe))], pinned).contracts[trade.hash].state is ContractState.FAILED
    )


def faulted(*, before: bool) -> tuple[Desk, Trade, State, list[Entry]]:
    """Both legs are asked for and nobody signed, as far as the log knows. The desk and one operations officer log that a leg
    failed, which every console that follows the log refuses; two others attest what theirs accepted, after it or `before` it."""
    desk = world.founded()
    pinned, trade = desk.state, desk.trade()
    desk.play(trade, until="instructed")
    step = trouble.failed(trade, trouble.live(desk, trade, "psbt"), executable=False, for_good=True)
    assert desk.attempt(*step) == "settlement.wrong-state"
    attested = ("state.attested", ["compliance", "officer-d"])
    if before:
        desk.log(*attested, world.attested_body(desk, trade))
    false = desk.entry(*step)
    desk.state = machine.replay([false], desk.state)
    desk.entries.append(false)
    desk.now_ms += 1_000
    if not before:
        desk.log(*attested, world.attested_body(desk, trade))
    assert false.index in desk.state.faults
    return desk, trade, pinned, told(desk, pinned)


def test_a_failure_that_the_rules_refused_is_shown_beside_no_attestation_of_those_who_refused_it() -> None:
    """Else a cold machine that signed the first request would take it for gone for good, and sign a second one."""
    desk, trade, pinned, entries = faulted(before=False)
    with refused("settlement.attested-failed", Refused):
        excerpt(entries, pinned)
    found = excerpt([each for each in entries if each.index not in desk.state.faults], pinned)
    assert found.attestations[trade.cycle] == desk.state.attestations[trade.cycle]


def test_a_failure_that_is_shown_behind_the_attestation_is_not_the_one_that_was_attested() -> None:
    desk, trade, pinned, entries = faulted(before=True)
    found = excerpt(entries, pinned)
    assert found.contracts[trade.hash].state is ContractState.FAILED
    assert found.failures(trade.cycle) != found.attestations[trade.cycle].failed == ()
    assert desk.state.failures(trade.cycle) == ()


@pytest.mark.parametrize("seen", [False, True])
def test_what_failed_is_attested_and_shown(*, seen: bool) -> None:
    desk, trade, _, pinned = failed(seen=seen)
    desk.log("state.attested", ["compliance", "officer-d"], world.attested_body(desk, trade))
    found = excerpt(told(desk, pinned), pinned)
    assert len(found.attestations[trade.cycle].failed) == 1
    assert found.failures(trade.cycle) == found.attestations[trade.cycle].failed
    if not seen:  # nor is one left out
        with refused("settlement.attested-failed", Refused):
            excerpt(told(desk, pinned, without="settlement.failed"), pinned)
