"""By when a proposal must be signed and logged: the last moment at which the rules would let it pass, whatever ends first."""

from countersign.desk import proposal_due, proposals
from countersign.desk.proposals import parse
from countersign.settlement import machine
from countersign.settlement.deadlines import Deadline
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk

SETTLE_BY = world.terms().settle_by
HOUR = 3_600


def due(desk: Desk, kind: str, body: dict[str, object]) -> tuple[int, str]:
    """The deadline of a draft of now; it passes until then, and not a second later."""
    data = world.event_bytes(kind, ["operations"], body, id="draft", at=desk.now_ms // 1_000)
    proposal = parse(data)
    found = proposal_due.act_by(desk.state, proposal.event)
    in_time = proposals.examine(desk.state, proposal, found.at * 1_000)
    late = proposals.examine(desk.state, proposal, (found.at + 1) * 1_000)
    assert (in_time.objection, late.objection is None) == (None, False)
    return found.at, found.reason


def at(desk: Desk, seconds: int) -> None:
    desk.now_ms = seconds * 1_000


def test_a_release_waits_a_day_or_until_its_contract_is_to_be_settled() -> None:
    desk, trade = trouble.begun("signed")
    body = world.release_body(trade, *desk.instructions(trade))
    assert due(desk, "release.authorised", body) == (desk.now_ms // 1_000 + 24 * HOUR, proposal_due.PROPOSAL)
    at(desk, SETTLE_BY - HOUR)
    assert due(desk, "release.authorised", body) == (SETTLE_BY, "settlement.act-by-release")


def test_an_instruction_that_wants_two_officers_is_bound_by_it_too_and_a_void_is_not() -> None:
    desk, trade = trouble.begun("instructed")
    at(desk, SETTLE_BY - HOUR)
    assert due(desk, "instruction.prepared", world.psbt_body(trade)) == (SETTLE_BY, "settlement.act-by-settle")
    desk, trade = trouble.begun("partly signed")
    at(desk, SETTLE_BY - HOUR)
    kind, _, body = trouble.prepared(trade, trouble.live(desk, trade, "psbt"), "void")
    assert due(desk, kind, body) == (SETTLE_BY + 23 * HOUR, proposal_due.PROPOSAL)


def test_the_release_of_a_void_is_not_bound_by_it() -> None:
    desk, trade = trouble.begun("partly signed")
    trouble.void_declared(desk, trade)
    voids = desk.state.live(desk.state.cycle(trade.cycle))
    for each in voids:
        trouble.signed(desk, each)
    at(desk, SETTLE_BY - HOUR)
    body = world.release_body(trade, *(each.hash for each in voids))
    assert due(desk, "release.authorised", body) == (SETTLE_BY + 23 * HOUR, proposal_due.PROPOSAL)


def test_a_change_of_the_roster_waits_a_week() -> None:
    desk = world.founded()
    body = world.no_entries() | {"participants": [world.participant_entry("harbour", suspended=True)]}
    event = parse(world.event_bytes("roster.changed", ["compliance"], body, id="draft", at=world.START)).event
    week = machine.WEEK_MS // 1_000
    assert proposal_due.act_by(desk.state, event) == Deadline(world.START + week, proposal_due.PROPOSAL)


def test_what_names_nothing_that_the_log_knows_has_its_patience_alone() -> None:
    desk, trade = trouble.begun("signed")
    body = world.release_body(trade, *desk.instructions(trade)) | {"cycle": "cycle-9"}
    event = parse(world.event_bytes("release.authorised", ["operations"], body, id="draft", at=SETTLE_BY - HOUR)).event
    assert proposal_due.act_by(desk.state, event).reason == proposal_due.PROPOSAL
