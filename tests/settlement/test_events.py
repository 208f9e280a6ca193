"""Every type of event refused by name: field missing or unknown, wrong signer, other desk, replayed id, wrong state."""

import pytest

from countersign.errors import Refused
from countersign.formats import jcs, strict_json, times
from countersign.keys import jws as jose
from countersign.settlement import builder, events, machine
from countersign.settlement.body_readers import READERS
from countersign.settlement.permissions import TABLE
from support import settlement_world as world
from support.every_event import KINDS, before, raw_event, refuse
from support.settlement_world import Desk


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
            if (kind, field) == ("roster.changed", "administrators") or body[field] is value:
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
    "owners.ordered": "settlement.order-waits",
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


def test_a_small_event_is_remembered_and_a_large_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    data = world.founded().entries[-1].event
    assert events.parse(data) is events.parse(bytes(bytearray(data)))
    monkeypatch.setattr(events, "SMALL", len(data) - 1)
    assert events.parse(data) is not events.parse(data)
    assert events.parse(data) == events.parse(data)
