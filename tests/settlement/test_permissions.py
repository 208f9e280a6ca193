"""Who may sign and who may read: the table against the words of the design."""

import pytest

from countersign.errors import Refused
from countersign.settlement import audience, events, permissions
from countersign.settlement.bodies import Short
from countersign.settlement.permissions import TABLE, Signer
from countersign.settlement.roster import Holder, HolderKind
from support import settlement_world as world

MERIDIAN, HARBOUR = (Holder(HolderKind.PARTICIPANT, lei) for lei in (world.MERIDIAN, world.HARBOUR))
STRANGER, OFFICER = Holder(HolderKind.PARTICIPANT, "5493STRANGER"), Holder(HolderKind.OFFICER, "officer-a")


def test_the_desk_alone_signs_prices_holds_cycles_and_finality() -> None:
    alone = {kind for kind, permission in TABLE.items() if permission.signers == ((Signer.DESK,),)}
    assert alone == {
        "contract.expired",
        "lending.accrued",
        "price.published",
        "hold.placed",
        "hold.released",
        "cycle.closed",
        "settlement.final",
        "settlement.voided",
    }


def test_administrators_sign_founding_roster_and_policy() -> None:
    found = {
        kind for kind, permission in TABLE.items() if any(Signer.ADMINISTRATORS in one for one in permission.signers)
    }
    assert found == {"desk.founded", "roster.changed", "policy.adopted", "log.rotated", "owners.ordered"}


def test_one_person_with_two_keys_is_one_person() -> None:
    desk = world.founded()
    holder = Holder(HolderKind.OFFICER, "compliance")
    with pytest.raises(Refused) as caught:
        permissions.check_signers("roster.changed", desk.state.roster, (holder, holder))
    assert caught.value.code == "settlement.one-person-twice"


def test_participants_read_what_concerns_them_and_never_instructions_or_shares() -> None:
    desk = world.founded()
    desk.play(desk.trade())
    hidden = {"instruction.prepared", "state.attested", "share.added"}
    for entry in desk.entries:
        event = events.parse(entry.event)
        allowed = {who: audience.may_receive(desk.state, event, who) for who in (MERIDIAN, HARBOUR, STRANGER, OFFICER)}
        everyone = event.type in ("desk.founded", "policy.adopted", "price.published")
        assert allowed[OFFICER]
        assert allowed[STRANGER] == everyone
        if event.type == "deposit.credited":
            assert allowed[MERIDIAN] != allowed[HARBOUR]
        else:
            assert allowed[MERIDIAN] == allowed[HARBOUR] == (event.type not in hidden)


def test_who_is_left_out_of_a_cycle_learns_it() -> None:
    desk = world.founded()
    trade, other = desk.trade(), world.lei("98OTHER")
    desk.play(trade, until="held")
    left_out = world.replace(world.terms(5), parties=(world.OWNERS["meridian"], world.Party(other, "main")))
    record = world.replace(desk.state.contract(trade.hash), hash="ab" * 32, terms=left_out)
    state = world.replace(desk.state, contracts=desk.state.contracts.set("ab" * 32, record))
    short = [Short("ab" * 32, other, "main", world.BTC, 5)]
    for named, may in ((short, True), ([], False)):
        body = world.builder.cycle_body("cycle-x", [trade.hash], world.START, short=named)
        event = events.parse(desk.entry("cycle.closed", ["desk"], body).event)
        assert audience.may_receive(state, event, Holder(HolderKind.PARTICIPANT, other)) is may
