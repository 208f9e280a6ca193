"""What two people's deeds do, in words: everything that is paid, and of many contracts how many."""

from dataclasses import replace

from countersign.resources.governance_words import said
from countersign.settlement import deed_words
from countersign.settlement.bodies import InstructionPrepared, ReleaseAuthorised
from support import settlement_world as world
from support import trouble_world as trouble


def test_many_contracts_are_counted_so_that_what_follows_them_is_still_seen() -> None:
    desk, trade = trouble.begun("signed")
    state, waiting = desk.state, trouble.live(desk, trade, "psbt").hash
    cycle = state.cycle(state.instruction(waiting).cycle)
    body = ReleaseAuthorised(cycle.id, (waiting,), "operations", "compliance")
    for count, shown in ((deed_words.NAMED, trade.contract.terms.id), (500, "… (500)")):
        many = replace(state, cycles=state.cycles.set(cycle.id, replace(cycle, contracts=cycle.contracts * count)))
        head, *paid = deed_words.released(many, body)
        named = str(head.then.values["contracts"])
        assert named.endswith(shown)
        assert named.count(trade.contract.terms.id) == deed_words.NAMED
        assert [each.then.code for each in paid] == ["deed.pays", "deed.people"]


def said_of(desk: world.Desk, kind: str, body: dict[str, object]) -> list[str]:
    event = world.events.parse(world.event_bytes(kind, ["operations", "compliance"], body, id="x", at=0))
    assert isinstance(event.body, InstructionPrepared)
    return [said(each.then.code, each.then.values) for each in deed_words.declared(desk.state, event.body)]


def test_a_consent_says_how_high_the_fee_may_be_and_what_it_takes_the_place_of() -> None:
    desk, trade = trouble.begun("instructed")
    before = trouble.live(desk, trade, "psbt").hash
    *_, instead, fee = said_of(desk, "instruction.prepared", world.psbt_body(trade))
    assert instead == f"It takes the place of the instruction {before}."
    most = "0.00050000 BTC"
    assert fee == f"Both officers consent to its fee: at most {most}, and under 10.00 % of what leaves the vaults."


def test_a_void_says_how_high_its_fee_may_be_and_a_safes_void_costs_no_owner_anything() -> None:
    desk, trade = trouble.begun("partly signed")
    kind, _, body = trouble.prepared(trade, trouble.live(desk, trade, "psbt"), "void")
    assert (
        said_of(desk, kind, body)[-1] == "Its network fee is at most 0.00050000 BTC, and under 10.00 % of what moves."
    )
    kind, _, body = trouble.prepared(trade, trouble.live(desk, trade, "safe-tx"), "void")
    assert "used up by an empty call" in said_of(desk, kind, body)[-1]
