"""The cold vault's console: what it takes in, what it refuses, what it signs and answers again."""

from dataclasses import replace
from pathlib import Path

import pytest

from countersign.airgap import envelope as envelopes
from countersign.audit.pin import require_not_restored
from countersign.desk.replica import Replica
from countersign.errors import Refused
from countersign.formats import strict_json
from countersign.keys.public_key import Curve
from countersign.review.case import Channel
from countersign.review.finding import Status
from countersign.settlement import events
from countersign.settlement.bodies import InstructionRefused
from countersign.settlement.records import ContractState
from support import settlement_world as settlement
from support.crossing_world import CrossingWorld, adopt, no_progress, resealed, show
from support.refusals import refused
from support.review_cases import signed_head
from support.software_keys import SoftwareKey

DRIVE = Path("/drive")
BOTH = pytest.mark.parametrize("channel", [Channel.USB, Channel.QR])


@pytest.fixture
def world(tmp_path: Path) -> CrossingWorld:
    return CrossingWorld(tmp_path)


async def request(world: CrossingWorld, channel: Channel, *, safe: bool = False) -> bytes:
    """A request for an instruction of a new settlement."""
    return await world.crossing.request(world.prepare()[safe], "officer-c", channel)


async def answer(world: CrossingWorld) -> bytes:
    return world.courier.files[await world.vault.answer_to_usb(DRIVE)]


def untouched(world: CrossingWorld) -> bool:
    """Nothing was signed with a vault key."""
    return world.tokens["officer-c"].signed == []


@BOTH
@pytest.mark.parametrize("safe", [False, True])
async def test_every_check_passes_and_the_share_is_signed(world: CrossingWorld, channel: Channel, safe: bool) -> None:
    await world.vault.confirm_clock(True)
    view = await show(world, await request(world, channel, safe=safe), channel)
    assert view.instruction.verdict.against == ()
    assert view.review.contract_verdict.against == ()
    owner, family = ("harbour", "eip155") if safe else ("meridian", "bip122")
    slots = range(1 if safe else 3)
    assert view.keys == tuple(settlement.vault_key("officer-c", family, owner, at).public.data.hex() for at in slots)
    for check in ("T1", "L3", "L4", "L5", "L6", "C4", "H2", "H3", "S1"):
        assert {finding.status for finding in view.instruction.verdict.of(check)} == {Status.PASS}, check
    signed = await world.vault.sign(no_progress)
    assert signed.answered
    assert len(world.tokens["officer-c"].signed) == (1 if safe else 3)


async def test_a_locked_token_signs_nothing_until_the_next_pin(world: CrossingWorld) -> None:
    async def pin(_code: str) -> str:
        return "4711"

    await world.vault.confirm_clock(True)
    await show(world, await request(world, Channel.USB), Channel.USB)
    assert not (await world.vault.lock()).unlocked
    token = (await world.vault.strip()).token
    assert token is not None
    assert not token.unlocked
    assert (await world.vault.unlock(pin)).unlocked
    assert (await world.vault.sign(no_progress)).answered


@BOTH
async def test_the_same_request_again_is_answered_from_the_record(world: CrossingWorld, channel: Channel) -> None:
    await world.vault.confirm_clock(True)
    data = await request(world, channel)
    await show(world, data, channel)
    await world.vault.sign(no_progress)
    first, count = await answer(world), len(world.tokens["officer-c"].signed)
    again = await show(world, data, channel)
    assert again.answered
    await world.vault.sign(no_progress)
    assert await answer(world) == first
    assert len(world.tokens["officer-c"].signed) == count


@BOTH
async def test_it_is_answered_from_the_record_after_a_restart_and_after_newer_heads(
    world: CrossingWorld, channel: Channel
) -> None:
    await world.vault.confirm_clock(True)
    data = await request(world, channel)
    await show(world, data, channel)
    await world.vault.sign(no_progress)
    first = await answer(world)
    await world.crossing.take_answer(first)
    world.take_in()
    safe = world.desk.instructions(settlement.Trade(1, world.desk_contract()))[1]
    await show(world, await world.crossing.request(safe, "officer-c", Channel.USB), Channel.USB)
    world.cold = world.reopened(world.cold, "cold", world.vault_clock)
    world.vault = world.vault_of(world.cold)
    assert (await show(world, data, channel)).answered
    assert await answer(world) == first


@BOTH
async def test_another_envelope_under_the_same_sequence_is_refused(world: CrossingWorld, channel: Channel) -> None:
    await world.vault.confirm_clock(True)
    data = await request(world, channel)
    await show(world, data, channel)
    await world.vault.sign(no_progress)
    first, count = await answer(world), len(world.tokens["officer-c"].signed)
    with refused("T1.sequence-reused", Refused):
        await show(world, resealed(world, data, "officer-a", request_id="request-again"), channel)
    assert await world.vault.request() is None
    assert len(world.tokens["officer-c"].signed) == count
    await show(world, data, channel)
    assert await answer(world) == first


@BOTH
async def test_another_envelope_under_the_next_sequence_is_taken_in(world: CrossingWorld, channel: Channel) -> None:
    data = await request(world, channel)
    await show(world, data, channel)
    view = await show(world, resealed(world, data, "officer-a", request_id="request-again", sequence=2), channel)
    assert not view.answered


@pytest.mark.parametrize(
    ("change", "signer", "code"),
    [
        ({"sequence": 2}, "officer-a", "T1.sequence"),
        ({"recipient": "officer-d"}, "officer-a", "T1.recipient"),
        ({"desk": "other.example/desk"}, "officer-a", "T1.desk"),
        ({}, "a stranger", "T1.unknown-key"),
        ({}, "meridian", "T1.unknown-key"),
        ({}, "operations", "T1.sender-key"),
        ({"settlement_id": "cycle-9"}, "officer-a", "desk.request-differs"),
        ({"contract_hashes": (bytes(32),)}, "officer-a", "desk.request-differs"),
    ],
)
async def test_an_envelope_that_is_not_for_this_turn_is_refused(
    world: CrossingWorld, change: dict[str, object], signer: str, code: str
) -> None:
    data = await request(world, Channel.QR)
    with refused(code, Refused):
        await show(world, resealed(world, data, signer, **change), Channel.QR)
    assert await world.vault.request() is None


@BOTH
async def test_the_same_envelope_sealed_again_unchanged_passes(world: CrossingWorld, channel: Channel) -> None:
    view = await show(world, resealed(world, await request(world, channel), "officer-a"), channel)
    assert view.crossing.phase == "request"


def other_identity(officer: str) -> dict[str, object]:
    """The roster entry of an officer with another identity key, the vault keys as they were."""
    entry = settlement.officer_entry(officer)
    fresh = SoftwareKey.generate(Curve.P256, f"the next identity of {officer}").public
    for key in entry["keys"]:  # type: ignore[attr-defined]
        if key["purpose"] == "identity":
            key["jwk"] = fresh.jwk()
    return settlement.no_entries() | {"officers": [entry]}


@BOTH
@pytest.mark.parametrize(("officer", "code"), [("officer-a", "T1.sender-key"), ("officer-d", None)])
async def test_a_sender_whose_key_the_request_itself_revokes_is_refused(
    world: CrossingWorld, channel: Channel, officer: str, code: str | None
) -> None:
    name = world.prepare()[0]
    world.desk.log("roster.changed", ["compliance", "officer-d"], other_identity(officer))
    world.publish()
    world.take_in()
    data = await world.crossing.request(name, "officer-c", channel)
    if code is None:
        assert not (await show(world, data, channel)).answered
    else:
        with refused(code, Refused):
            await show(world, data, channel)


async def test_a_gap_in_a_usb_bundle_is_named_and_nothing_is_kept(world: CrossingWorld) -> None:
    data = await request(world, Channel.USB)
    body = envelopes.peek(data).request
    start, size = world.cold.log.size, world.cold.profile.archive.size()
    holed = replace(body, events=(*body.events[:1], *body.events[2:]))
    with refused("desk.events-missing", Refused):
        await show(world, resealed(world, data, "officer-a", body=holed), Channel.USB)
    assert (world.cold.log.size, world.cold.profile.archive.size()) == (start, size)
    await show(world, resealed(world, data, "officer-a", request_id="whole", sequence=2), Channel.USB)
    assert world.cold.log.size == len(world.desk.entries)


async def test_an_altered_event_in_a_usb_bundle_does_not_lead_to_the_head(world: CrossingWorld) -> None:
    data = await request(world, Channel.USB)
    body = envelopes.peek(data).request
    moved = replace(body.events[0], time_ms=body.events[0].time_ms + 1)
    with refused("L4.inconsistent", Refused):
        await show(
            world, resealed(world, data, "officer-a", body=replace(body, events=(moved, *body.events[1:]))), Channel.USB
        )


async def test_an_event_that_does_not_stand_in_the_head_is_refused_by_qr(world: CrossingWorld) -> None:
    data = await request(world, Channel.QR)
    body = envelopes.peek(data).request
    moved = replace(body.events[0], time_ms=body.events[0].time_ms + 1)
    with refused("L3.root", Refused):
        await show(
            world, resealed(world, data, "officer-a", body=replace(body, events=(moved, *body.events[1:]))), Channel.QR
        )


async def test_an_entry_from_the_future_is_refused_by_qr_and_moves_no_clock(world: CrossingWorld) -> None:
    data, now = await request(world, Channel.QR), world.desk.now_ms
    world.wait(30 * 86_400)
    late = world.desk.log(
        "price.published", ["desk"], {"asset": settlement.BTC, "price": "80000", "source": "Northgate"}
    )
    world.desk.now_ms = now
    body, log, pin = envelopes.peek(data).request, world.log(late.index + 1), world.vault.replica.pin
    assert pin is not None
    carried = tuple(world.proven(index, log) for index in (*(each.index for each in body.events), late.index))
    changes = {
        "body": replace(body, events=carried),
        "log_head": world.head(log.size).serialise(),
        "consistency_proof": tuple(log.tree.consistency_proof(pin.size, log.size)),
    }
    with refused("desk.entries-ahead", Refused):
        await show(world, resealed(world, data, "officer-a", **changes), Channel.QR)
    assert world.vault.replica.profile.journal.clock_floor() * 1000 <= now


async def test_an_event_that_an_excerpt_does_not_carry_is_refused_by_name(world: CrossingWorld) -> None:
    data = await request(world, Channel.QR)
    body, log = envelopes.peek(data).request, world.log(len(world.desk.entries))
    hold = next(each for each in world.desk.entries if events.parse(each.event).type == "hold.placed")
    smuggled = world.proven(hold.index, log)
    carried = tuple(sorted((*body.events, smuggled), key=lambda each: each.index))
    with refused("settlement.excerpt-event", Refused):
        await show(world, resealed(world, data, "officer-a", body=replace(body, events=carried)), Channel.QR)


@BOTH
async def test_an_older_head_is_a_rollback(world: CrossingWorld, channel: Channel) -> None:
    older = await request(world, channel)
    world.desk.log("price.published", ["desk"], {"asset": settlement.BTC, "price": "80001", "source": "x"})
    world.publish()
    world.take_in()
    name = envelopes.peek(older).request.event(envelopes.peek(older).request.instruction).event
    newer = await world.crossing.request(events.parse(name).hash, "officer-c", channel)
    await show(world, newer, channel)
    with refused("L4.rollback", Refused):
        await show(world, older, channel)
    assert world.cold.profile.journal.signing_frozen() is None
    assert not (await show(world, newer, channel)).answered


@BOTH
async def test_a_head_of_another_history_freezes_signing_and_keeps_both_notes(
    world: CrossingWorld, channel: Channel
) -> None:
    await world.vault.confirm_clock(True)
    data = await request(world, channel)
    await show(world, data, channel)
    honest = envelopes.peek(data)
    now = world.desk.now_ms // 1_000
    lie = signed_head(replace(world.head(len(world.desk.entries)).checkpoint, root=bytes(32)), [now, now])
    changes = {"log_head": lie.serialise(), "sequence": 2, "request_id": "lie"}
    with refused("L4.equivocation", Refused):
        await show(world, resealed(world, data, "officer-a", **changes), channel)
    evidence = world.cold.profile.journal.signing_frozen()
    assert evidence is not None
    kept = strict_json.parse(world.cold.profile.artefacts.get(evidence))
    assert kept == {"offered": lie.serialise().decode(), "pinned": honest.log_head.decode()}
    await show(world, data, channel)
    with refused("L4.signing-frozen", Refused):
        await world.vault.sign(no_progress)
    assert untouched(world)


async def test_a_larger_head_needs_its_proof_by_qr(world: CrossingWorld) -> None:
    data = await request(world, Channel.QR)
    proof = envelopes.peek(data).consistency_proof
    for number, wrong in enumerate(((), proof[:-1], (bytes(32), *proof[1:])), start=1):
        code = "L4.inconsistent" if len(wrong) == len(proof) else "L4.proof-length"
        with refused(code, Refused):
            await show(
                world,
                resealed(world, data, "officer-a", consistency_proof=wrong, sequence=number, request_id=f"r{number}"),
                Channel.QR,
            )
    await show(world, resealed(world, data, "officer-a", sequence=4), Channel.QR)


@BOTH
async def test_a_head_without_its_witnesses_is_refused(world: CrossingWorld, channel: Channel) -> None:
    data = await request(world, channel)
    head, now = world.head(len(world.desk.entries)), world.desk.now_ms // 1_000
    one = signed_head(head.checkpoint, [now], who=(0,))
    with refused("L5.quorum", Refused):
        await show(world, resealed(world, data, "officer-a", log_head=one.serialise()), channel)
    assert world.cold.pin.size == world.cold.log.size < head.checkpoint.size


@BOTH
async def test_a_request_carried_for_longer_than_a_day_is_too_old(world: CrossingWorld, channel: Channel) -> None:
    data = await request(world, channel)
    world.vault_clock.ahead = 25 * 3_600
    with refused("L5.quorum", Refused):
        await show(world, data, channel)


@BOTH
async def test_a_request_older_than_the_policy_allows_is_not_signed(world: CrossingWorld, channel: Channel) -> None:
    adopt(world.desk, 2, request_lifetime_seconds=3_600)
    await world.vault.confirm_clock(True)
    data = await request(world, channel)
    world.vault_clock.ahead = 3_700
    view = await show(world, data, channel)
    assert [finding.reason for finding in view.instruction.verdict.against] == ["C4.request-too-old"]
    with refused("desk.checks-forbid", Refused):
        await world.vault.sign(no_progress)
    assert untouched(world)
    world.vault_clock.ahead = 3_500
    await world.vault.sign(no_progress)
    assert not untouched(world)


@BOTH
async def test_an_unconfirmed_clock_forbids_the_signature(world: CrossingWorld, channel: Channel) -> None:
    view = await show(world, await request(world, channel), channel)
    assert not view.clock_confirmed
    assert [finding.reason for finding in view.instruction.verdict.against] == ["C4.clock-unconfirmed"]
    await world.vault.confirm_clock(False)
    with refused("desk.checks-forbid", Refused):
        await world.vault.sign(no_progress)
    assert untouched(world)
    assert world.cold.profile.journal.clock_confirmed() is None
    await world.vault.confirm_clock(True)
    assert (await world.vault.sign(no_progress)).answered
    assert world.cold.profile.journal.clock_confirmed() == world.desk.now_ms // 1_000


async def test_a_clock_confirmed_in_an_earlier_session_does_not_count(world: CrossingWorld) -> None:
    await world.vault.confirm_clock(True)
    world.vault = world.vault_of(world.cold)
    view = await show(world, await request(world, Channel.USB), Channel.USB)
    assert not view.clock_confirmed


@BOTH
async def test_other_bytes_than_were_prepared_are_refused_and_the_refusal_is_signed(
    world: CrossingWorld, channel: Channel
) -> None:
    await world.vault.confirm_clock(True)
    data = await request(world, channel, safe=True)
    body = envelopes.peek(data).request
    altered = body.artefact.replace(b'"operation":0', b'"operation":1')
    assert altered != body.artefact
    view = await show(world, resealed(world, data, "officer-a", body=replace(body, artefact=altered)), channel)
    assert {"C5", "E3"} <= {finding.check for finding in view.instruction.verdict.against}
    with refused("desk.checks-forbid", Refused):
        await world.vault.sign(no_progress)
    await world.vault.refuse("not what was prepared")
    said = envelopes.peek(await answer(world)).answer
    event = events.parse(said.parts[0].event)
    assert said.is_refusal
    assert isinstance(event.body, InstructionRefused)
    assert {"C5", "E3"} <= {finding.check for finding in event.body.findings}
    assert untouched(world)


async def test_what_was_refused_is_not_signed_afterwards(world: CrossingWorld) -> None:
    await world.vault.confirm_clock(True)
    data = await request(world, Channel.USB)
    await show(world, data, Channel.USB)
    await world.vault.refuse("a reason")
    first = await answer(world)
    await world.vault.sign(no_progress)
    assert await answer(world) == first
    assert untouched(world)
    with refused("desk.answered-already", Refused):
        await world.vault.refuse("another reason")


async def test_nothing_open_nothing_answered_is_said_by_name(world: CrossingWorld) -> None:
    for call in (world.vault.sign(no_progress), world.vault.refuse("x"), world.vault.answer_frames()):
        with refused("desk.no-request", Refused):
            await call
    await show(world, await request(world, Channel.USB), Channel.USB)
    with refused("desk.no-answer", Refused):
        await world.vault.answer_to_usb(DRIVE)


async def test_a_locked_token_is_said_and_then_unlocked(world: CrossingWorld) -> None:
    asked: list[str] = []

    async def ask(code: str) -> str:
        asked.append(code)
        return "1234"

    world.tokens["officer-c"].unlocked = False
    view = await show(world, await request(world, Channel.USB), Channel.USB)
    assert {finding.status for finding in view.instruction.verdict.of("H2")} == {Status.NOT_APPLICABLE}
    assert (await world.vault.unlock(ask)).unlocked
    assert len(asked) == 1


# What a QR crossing leaves behind


async def test_a_qr_crossing_pins_the_head_and_leaves_the_archive_where_it_was(world: CrossingWorld) -> None:
    before = world.cold.log.size
    view = await show(world, await request(world, Channel.QR), Channel.QR)
    assert not view.crossing.later_cancellation_checked
    assert (world.cold.log.size, world.cold.profile.archive.size()) == (before, before)
    assert world.cold.pin.size == len(world.desk.entries)
    assert world.cold.replayed.size == before
    assert view.review.proof is not None
    assert (view.review.proof.size, view.review.proof.root) == (world.cold.pin.size, world.cold.pin.root.hex())


async def test_the_pin_ahead_of_the_archive_survives_a_restart(world: CrossingWorld) -> None:
    await show(world, await request(world, Channel.QR), Channel.QR)
    pin, replayed = world.cold.pin, world.cold.replayed
    world.cold = world.reopened(world.cold, "cold", world.vault_clock)
    assert (world.cold.pin, world.cold.replayed) == (pin, replayed)
    require_not_restored(world.cold.pin, world.cold.outside_pin)
    world.vault = world.vault_of(world.cold)
    assert (await world.vault.log()).size == pin.size
    assert (await world.vault.proof(0)).size == replayed.size
    await world.vault.verify_everything(no_progress)


async def test_the_next_usb_bundle_must_lead_through_the_head_that_came_by_qr(world: CrossingWorld) -> None:
    data = await request(world, Channel.QR)
    await show(world, data, Channel.QR)
    asked = envelopes.peek(data).request
    name = events.parse(asked.event(asked.instruction).event).hash
    by_usb = await world.crossing.request(name, "officer-c", Channel.USB)
    await show(world, by_usb, Channel.USB)
    assert world.cold.log.size == world.cold.pin.size == world.cold.replayed.size == len(world.desk.entries)
    assert world.cold.state.contracts[world.desk_contract().hash].state is ContractState.INSTRUCTED


async def test_an_excerpt_reaches_the_same_contract_and_instruction_as_the_whole_history(world: CrossingWorld) -> None:
    data = await request(world, Channel.QR)
    view = await show(world, data, Channel.QR)
    assert view.review.state == ContractState.INSTRUCTED.value
    assert view.crossing.instruction in world.desk.state.instructions
    assert world.cold.state.contracts.get(world.desk_contract().hash) is None  # kept nowhere


async def test_a_profile_that_holds_no_pin_takes_in_no_excerpt(world: CrossingWorld) -> None:
    profile = world.profile("empty")
    profile.journal.set_setting("anchor", world.cold.anchor.serialise())
    with refused("desk.nothing-pinned", Refused):
        Replica(profile, world.clock).look_ahead(world.published[-1], ())


async def test_no_interface_is_up(world: CrossingWorld) -> None:
    assert await world.vault.interfaces_up() == ()


async def test_the_strip_says_that_this_machine_has_no_desk_to_reach(world: CrossingWorld) -> None:
    strip = await world.vault.strip()
    assert (strip.desk_reachable, strip.log_size, strip.witnesses_seen) == (None, world.cold.pin.size, 2)
