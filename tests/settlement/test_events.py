"""Every type of event refused by name: field missing or unknown, wrong signer, other desk, replayed id, wrong state."""

from functools import cache

import pytest

from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import jcs, strict_json, times
from countersign.keys import jws as jose
from countersign.settlement import builder, events, machine
from countersign.settlement.body_readers import READERS
from countersign.settlement.fingerprint import state_hash
from countersign.settlement.permissions import TABLE
from support import settlement_world as world
from support import trouble_world as trouble
from support.settlement_world import Desk, Step, Trade


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


def refuse(desk: Desk, event: bytes) -> CountersignError:
    """The error with which the event is refused, the state's hash being the same afterwards, in the replay too."""
    mark = state_hash(desk.state)
    entry = machine.Entry(len(desk.entries), desk.now_ms, event)
    with pytest.raises((Malformed, Refused)) as caught:
        machine.apply(desk.state, entry)
    after = machine.replay([entry], desk.state)
    assert state_hash(after) == mark == state_hash(desk.state)
    assert after.faults[entry.index].code == caught.value.code
    return caught.value


KINDS = sorted(READERS)


def test_every_type_has_a_rule_and_a_permission() -> None:
    assert set(READERS) == set(TABLE) == set(machine.RULES)


@pytest.mark.parametrize("kind", KINDS)
def test_the_event_itself_is_accepted(kind: str) -> None:
    desk, _, step = before(kind)
    assert desk.attempt(*step) is None


@pytest.mark.parametrize("kind", KINDS)
def test_each_missing_field_is_refused(kind: str) -> None:
    desk, _, (_, names, body) = before(kind)
    for field in body:
        event = raw_event(kind, names, {name: value for name, value in body.items() if name != field}, desk)
        assert refuse(desk, event).code == "C2.missing-field"


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_field_is_refused(kind: str) -> None:
    desk, _, (_, names, body) = before(kind)
    assert refuse(desk, raw_event(kind, names, {**body, "note": "x"}, desk)).code == "C2.unknown-field"
    assert refuse(desk, raw_event(kind, names, body, desk, extra=1)).code == "C2.unknown-field"


@pytest.mark.parametrize("kind", KINDS)
def test_wrong_values_are_refused(kind: str) -> None:
    desk, _, (_, names, body) = before(kind)
    for field in body:
        for value in (-1, "10" * 600, [[]], {"x": 1}, True):
            event = raw_event(kind, names, {**body, field: value}, desk)
            if (kind, field) == ("roster.changed", "administrators"):
                continue
            refuse(desk, event)


@pytest.mark.parametrize("kind", KINDS)
def test_wrong_signers_are_refused(kind: str) -> None:
    desk, _, (_, names, body) = before(kind)
    strangers = [
        ["harbour", "meridian", "officer-c"],
        [*names, "officer-a" if "officer-a" not in names else "operations"],
    ]
    strangers += [names[:-1]] if len(names) > 1 else []
    for wrong in strangers:
        code = refuse(desk, raw_event(kind, wrong, body, desk)).code
        named = {"settlement.wrong-signers", "settlement.cancel-both", "settlement.resolve-all"}
        assert code in named | {"settlement.ceremony-present"}, wrong


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_nobody_registered_is_refused(kind: str) -> None:
    desk, _, (_, _, body) = before(kind)
    assert refuse(desk, raw_event(kind, ["a stranger"], body, desk)).code == "settlement.unknown-key"


@pytest.mark.parametrize("kind", KINDS)
def test_another_desks_event_is_refused(kind: str) -> None:
    desk, _, (_, names, body) = before(kind)
    if kind == "desk.founded":
        desk = world.founded()
    assert refuse(desk, raw_event(kind, names, body, desk, desk="other.example/desk")).code == "settlement.other-desk"


@pytest.mark.parametrize("kind", KINDS)
def test_a_replayed_event_is_refused(kind: str) -> None:
    desk, _, step = before(kind)
    desk = desk.copy()
    entry = desk.log(*step)
    assert refuse(desk, entry.event).code == "settlement.replayed"


@pytest.mark.parametrize("kind", KINDS)
def test_an_authors_clock_five_minutes_off_is_refused_and_less_is_not(kind: str) -> None:
    desk, _, (_, names, body) = before(kind)
    early = machine.patience_ms(events.parse(raw_event(kind, names, body, desk))) // 1_000
    for seconds in (-early - 1, 301):
        at = times.text(desk.now_ms // 1_000 + seconds)
        assert refuse(desk, raw_event(kind, names, body, desk, at=at)).code == "settlement.author-time"
    assert desk.attempt(kind, names, body, at=desk.now_ms // 1_000 + 300) is None
    assert desk.attempt(kind, names, body, at=desk.now_ms // 1_000 - early) is None


WRONG_STATE = {
    "desk.founded": "settlement.founded-already",
    "roster.changed": None,  # administrators may change the roster at any time
    "log.rotated": "settlement.log-used",
    "ceremony.recorded": None,  # people may meet again
    "policy.adopted": "settlement.policy-version",
    "price.published": None,
    "deposit.credited": "settlement.deposit-credited",
    "instruction.refused": None,  # a refusal moves nothing
    "state.attested": None,  # a later attestation takes the place of an earlier one
    "cycle.closed": "settlement.cycle-taken",
    "lending.authorised": "settlement.loan-taken",
    "lending.accrued": "settlement.accrual-late",
    "lending.recalled": "settlement.loan-over",
    "reconciliation.recorded": "settlement.reconciliation-again",
    "transaction.observed": "settlement.observation-late",
    "dispute.retracted": "settlement.no-dispute",
    "dispute.resolved": "settlement.no-dispute",
    "freeze.ordered": "settlement.order-taken",
    "freeze.lifted": "settlement.order-lifted",
    "transaction.replaced": "settlement.not-broadcast",
    "settlement.failed": "settlement.failed-already",
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_statement_again_does_not_fit_the_state_it_led_to(kind: str) -> None:
    desk, trade, step = before(kind)
    desk = desk.copy()
    desk.log(*step)
    if kind in ("contract.affirmed", "share.added", "transaction.broadcast", "delivery.confirmed", "hold.placed"):
        desk.play_rest(trade)
    expected = WRONG_STATE.get(kind, "settlement.wrong-state")
    if kind == "hold.released":
        expected = "settlement.no-hold"
    if kind == "instruction.prepared":
        return  # may be prepared anew until the first share: tested with the shares
    assert desk.attempt(*step) == expected


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"desk.founded"}))
def test_nothing_comes_before_the_founding(kind: str) -> None:
    desk, _, (_, names, body) = before(kind)
    empty = Desk(now_ms=desk.now_ms)
    assert refuse(empty, raw_event(kind, names, body, empty)).code == "settlement.not-founded"


@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_signature_bit_is_refused(kind: str) -> None:
    desk, _, (_, names, body) = before(kind)
    good = world.sign(builder.payload(kind, world.ORIGIN, "raw", desk.now_ms // 1_000, body), events.TYP, names)
    value = jose.to_object(good)
    text = value["signatures"][0]["signature"]  # type: ignore[index]
    value["signatures"][0]["signature"] = ("B" if text[0] == "A" else "A") + text[1:]  # type: ignore[index]
    refuse(desk, jcs.encode(value))


@pytest.mark.parametrize("kind", ["contract.revived", "settlement.reversed", "Desk.founded", "x"])
def test_a_type_that_does_not_exist_here_is_unknown(kind: str) -> None:
    desk = world.founded()
    assert refuse(desk, raw_event(kind, ["desk"], {}, desk)).code == "settlement.unknown-event"


def test_an_event_is_its_payload() -> None:
    desk = world.founded()
    entry = desk.entry("price.published", ["desk"], {"asset": world.BTC, "price": "1", "source": "x"})
    event = events.parse(entry.event)
    assert jose.serialise(event.jws) == entry.event
    assert strict_json.parse_canonical(event.jws.payload) is not None
    assert event.hash == world.sha256(event.jws.payload).hexdigest()


def test_an_entry_before_the_last_one_is_refused() -> None:
    desk = world.founded()
    entry = desk.entry("price.published", ["desk"], {"asset": world.BTC, "price": "1", "source": "x"})
    back = machine.Entry(entry.index, desk.entries[-1].time_ms - 1, entry.event)
    taken = machine.Entry(entry.index - 1, entry.time_ms, entry.event)
    for wrong, code in ((back, "settlement.time-back"), (taken, "settlement.place-taken")):
        with pytest.raises(Refused) as caught:
            machine.apply(desk.state, wrong)
        assert caught.value.code == code
