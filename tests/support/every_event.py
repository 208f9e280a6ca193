"""Every type of event just before a desk that would accept it; refused, the state stays what it was.

desk, trade, (kind, names, body) = before("hold.placed")
"""

from dataclasses import fields
from functools import cache

import pytest

from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import jcs, times
from countersign.keys import jws as jose
from countersign.settlement import builder, events, machine
from countersign.settlement.body_readers import READERS
from countersign.settlement.fingerprint import state_hash
from countersign.settlement.state import State
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk, Step, Trade

KINDS = sorted(READERS)


@cache
def before(kind: str) -> tuple[Desk, Trade, Step]:
    """A desk just before an event of this type that it would accept."""
    desk = world.founded()
    trade = desk.trade()
    ready = {
        "roster.changed": (["compliance", "officer-d"], world.no_entries()),
        "policy.adopted": (["compliance", "officer-d"], {"policy": world.policy_document(version=2)}),
        "log.rotated": (
            ["desk", "compliance", "officer-d"],
            {"log": world.LATER_LOG, "reason": "The module is replaced."},
        ),
        "ceremony.recorded": (["compliance", "officer-a"], world.ceremony_body("compliance", "officer-a")),
        "owners.ordered": (["compliance", "officer-d"], world.owners_body(desk, world.SAFE_OWNERS, 3)),
        "price.published": (["desk"], {"asset": world.BTC, "price": "80001.5", "source": "Northgate reference"}),
        "deposit.credited": (["desk", "operations"], world.deposit_body("harbour", world.BTC, 7, 9)),
        "reconciliation.recorded": (
            ["desk", "operations"],
            {"as_of": len(desk.entries), "report": "ab" * 32, "accounts": 4, "breaks": 1},
        ),
    }
    if kind == "desk.founded":
        return Desk(), trade, (kind, ["desk", "compliance", "officer-d"], world.founding_body())
    if kind in ready:
        return desk, trade, (kind, *ready[kind])
    if kind == "contract.proposed":
        half = world.signed_contract(world.terms(50), ["meridian"])
        return desk, trade, (kind, ["meridian"], builder.contract_body(half))
    if kind.startswith("lending."):
        return lending(kind, desk, trade)
    if kind == "withdrawal.requested":
        mine = world.signed_contract(world.withdrawal(), ["meridian"])
        return desk, trade, (kind, ["meridian"], builder.contract_body(mine))
    if kind in TROUBLE:
        return troubled(kind, desk, trade)
    if kind in ASIDE:
        return aside(kind, desk, trade)
    for step in desk.story(trade):
        if step[0] == kind:
            return desk, trade, step
        desk.log(*step)
    raise AssertionError(kind)


def lending(kind: str, desk: Desk, trade: Trade) -> tuple[Desk, Trade, Step]:
    """A desk before one of lending's events."""
    if kind != "lending.authorised":
        desk.log("lending.authorised", ["meridian", "compliance"], world.loan_body())
        desk.now_ms += 86_400_000
    today = times.text(desk.now_ms // 1_000 - 86_400)[:10]
    interest = str(500_000_000 * 250 // 3_600_000)
    steps: dict[str, tuple[list[str], dict[str, object]]] = {
        "lending.authorised": (["meridian", "compliance"], world.loan_body()),
        "lending.accrued": (["desk"], {"asset": world.BTC, "date": today, "loans": 1, "interest": interest}),
        "lending.recalled": (["meridian"], {"loan": "loan-1", "reason": "Needed for a settlement."}),
    }
    return desk, trade, (kind, *steps[kind])


STOPS = (
    "dispute.opened",
    "dispute.retracted",
    "dispute.resolved",
    "freeze.ordered",
    "freeze.lifted",
    "award.made",
)
ASIDE = (
    "contract.declined",
    "contract.cancelled",
    "contract.expired",
    "hold.released",
    "instruction.refused",
    *STOPS,
    "state.attested",
)
"""Events that leave the story of a settlement that goes well."""


def aside(kind: str, desk: Desk, trade: Trade) -> tuple[Desk, Trade, Step]:
    """A desk before one of the events that leave the story."""
    until = {"contract.declined": "agreed", "contract.cancelled": "instructed", "hold.released": "held"}.get(
        kind, "instructed"
    )
    desk.play(trade, until=until)
    if kind in STOPS:
        return desk, trade, stop(kind, desk, trade)
    if kind == "contract.expired":
        desk.now_ms = (trade.contract.terms.settle_by + 1) * 1_000
    reason = {"contract": trade.hash, "reason": "Not what we agreed."}
    finding = {"check": "B8", "code": "B8.recipient", "values": {"expected": "one", "count": 2}}
    refusal = {"kind": "instruction", "sha256": "ab" * 32, "findings": [finding], "reason": "Recipient altered."}
    steps: dict[str, tuple[list[str], dict[str, object]]] = {
        "contract.declined": (["compliance"], reason),
        "contract.cancelled": (["meridian", "harbour"], reason),
        "contract.expired": (["desk"], {"contract": trade.hash}),
        "hold.released": (["desk"], {"contract": trade.hash, "leg": 0, "reason": "Window over."}),
        "instruction.refused": (["officer-a"], refusal),
    }
    if kind == "state.attested":
        steps[kind] = (["compliance", "officer-d"], world.attested_body(desk, trade))
    return desk, trade, (kind, *steps[kind])


def stop(kind: str, desk: Desk, trade: Trade) -> Step:
    """One of the events that stop a settlement or start it again; the desk is brought before it."""
    if kind == "freeze.ordered":
        return world.freeze_step()
    if kind == "freeze.lifted":
        desk.log(*world.freeze_step())
        return world.lift_step()
    opened = world.dispute_step(trade.hash, "harbour", world.transfer("meridian", "harbour", world.BTC, 7))
    if kind == "dispute.opened":
        return opened
    desk.log(*opened)
    if kind == "award.made":
        return world.award_step(world.award(trade.hash))
    body = {"contract": trade.hash, "reason": "We were mistaken."}
    if kind == "dispute.resolved":
        return kind, ["meridian", "harbour"], {**body, "outcome": "cancel"}
    return kind, ["harbour"], body


TROUBLE = ("settlement.voided", "settlement.failed", "transaction.replaced")
"""Events of a settlement that goes wrong after the first share."""


def troubled(kind: str, desk: Desk, trade: Trade) -> tuple[Desk, Trade, Step]:
    """A desk before one of the events of a settlement that goes wrong."""
    if kind == "settlement.voided":
        desk.play(trade, until="partly signed")
        trouble.void_all(desk, trade)
        return desk, trade, (kind, ["desk"], {"cycle": trade.cycle})
    _, safe = trouble.half_delivered(desk, trade)
    if kind == "transaction.replaced":
        return desk, trade, trouble.replaced(safe, safe.transaction or "", trouble.transaction_of(safe, 1))
    desk.log(*trouble.failed(trade, safe))
    return desk, trade, trouble.failed(trade, safe, executable=False)


def raw_event(kind: str, names: list[str], body: dict[str, object], here: Desk, **payload: object) -> bytes:
    """A signed event whose payload nobody checked."""
    fields = {"type": kind, "desk": world.ORIGIN, "id": "raw", "at": times.text(here.now_ms // 1_000), "body": body}
    return jose.serialise(world.sign(jcs.encode(fields | payload), events.TYP, names))


PARTS = [each.name for each in fields(State) if each.name not in {"size", "faults"}]
"""What a refusal leaves alone: all but the count of entries and the desk's faults."""


SEEN: dict[int, tuple[State, bytes]] = {}


def marked(state: State) -> bytes:
    """The hash of this very object when it was first seen: whatever refusal changes it in place, it shows from then on."""
    if id(state) not in SEEN:
        SEEN[id(state)] = (state, state_hash(state))
    return SEEN[id(state)][1]


def refuse(desk: Desk, event: bytes) -> CountersignError:
    """The error with which the event is refused. The state's hash is the same afterwards; the replay holds the very same parts."""
    mark = marked(desk.state)
    entry = machine.Entry(len(desk.entries), desk.now_ms, event)
    with pytest.raises((Malformed, Refused)) as caught:
        machine.apply(desk.state, entry)
    after = machine.replay([entry], desk.state)
    assert state_hash(desk.state) == mark
    assert all(getattr(after, name) is getattr(desk.state, name) for name in PARTS)
    assert after.faults[entry.index].code == caught.value.code
    return caught.value
