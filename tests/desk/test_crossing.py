"""The online side of a crossing, and both sides together: round trips by QR and by USB."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.airgap import envelope as envelopes
from countersign.desk.carrying import Carrying
from countersign.desk.crossing import phrase_of
from countersign.errors import Malformed, Refused, Unavailable
from countersign.formats import strict_json
from countersign.rails import ethereum
from countersign.review.case import Channel
from countersign.settlement import events, excerpt, netting
from countersign.settlement.bodies import InstructionRefused
from support import settlement_world as settlement
from support.crossing_world import CrossingWorld, no_progress, resealed, show
from support.refusals import refused
from support.review_cases import signed_head

DRIVE = Path("/drive")
REQUEST = DRIVE / "request.countersign"


@pytest.fixture
def world(tmp_path: Path) -> CrossingWorld:
    return CrossingWorld(tmp_path)


async def answered(world: CrossingWorld, instruction: str, channel: Channel) -> bytes:
    """What the cold vault answers to a request that it signs."""
    request = await world.crossing.request(instruction, "officer-c", channel)
    await world.vault.confirm_clock(True)
    await show(world, request, channel)
    await world.vault.sign(no_progress)
    return world.courier.files[await world.vault.answer_to_usb(DRIVE)]


def signers(world: CrossingWorld, instruction: str) -> list[str]:
    return [share.officer for share in world.desk.state.instruction(instruction).shares]


@pytest.mark.parametrize("channel", [Channel.USB, Channel.QR])
async def test_both_instructions_and_their_shares_cross(world: CrossingWorld, channel: Channel) -> None:
    for instruction in world.prepare():
        taken = await world.crossing.take_answer(await answered(world, instruction, channel))
        world.take_in()
        assert (taken.phase, taken.channel, taken.later_cancellation_checked) == (
            "answered",
            channel.value,
            channel is Channel.USB,
        )
        assert signers(world, instruction) == ["officer-c"]


async def test_bitcoin_by_qr_then_ethereum_by_usb(world: CrossingWorld) -> None:
    psbt, safe = world.prepare()
    await world.crossing.take_answer(await answered(world, psbt, Channel.QR))
    world.take_in()
    await world.crossing.take_answer(await answered(world, safe, Channel.USB))
    assert (signers(world, psbt), signers(world, safe)) == (["officer-c"], ["officer-c"])
    assert world.cold.log.size == world.cold.pin.size  # the USB bundle led through the head that came by QR


def lossy(texts: Sequence[str], seed: int) -> list[str]:
    """20 % dropped, 10 % repeated, the rest shuffled."""
    dice = random.Random(seed)
    kept = dice.sample(list(texts), len(texts) - len(texts) // 5)
    kept += dice.sample(kept, len(texts) // 10)
    dice.shuffle(kept)
    return kept


@pytest.mark.parametrize("seed", range(3))
async def test_frames_may_be_lost_repeated_and_shuffled_both_ways(world: CrossingWorld, seed: int) -> None:
    psbt, _ = world.prepare()
    carrying = Carrying(world.online, world.crossing, world.courier, world.clock)
    await world.vault.confirm_clock(True)
    complete = False
    for text in lossy(await carrying.request_frames(psbt), seed):
        if not complete:
            _, _, complete = await world.vault.take_frame(text)
    assert complete
    view = await world.vault.sign(no_progress)
    assert not view.crossing.later_cancellation_checked
    complete = False
    for text in lossy(await world.vault.answer_frames(), seed):
        if not complete:
            _, _, complete = await carrying.take_frame(text)
    assert signers(world, psbt) == ["officer-c"]


async def test_too_few_pictures_are_named_and_all_of_them_pass(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    carrying = Carrying(world.online, world.crossing, world.courier, world.clock)
    texts = await carrying.request_frames(psbt)
    paths = [Path(f"/frames/request-{number:04d}.png") for number, _ in enumerate(texts)]
    world.courier.files |= dict(zip(paths, (text.encode() for text in texts), strict=True))
    with refused("desk.frames-missing", Unavailable):
        await world.vault.take_pictures(paths[:2], no_progress)
    view = await world.vault.take_pictures(paths, no_progress)
    assert view.crossing.instruction == psbt


async def test_both_machines_show_the_same_words(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    request = await world.crossing.request(psbt, "officer-c", Channel.USB)
    await world.vault.confirm_clock(True)
    view = await show(world, request, Channel.USB)
    assert view.crossing.phrase == world.crossing.waiting()[0].phrase == phrase_of(request)
    signed = await world.vault.sign(no_progress)
    taken = await world.crossing.take_answer(world.courier.files[await world.vault.answer_to_usb(DRIVE)])
    assert signed.crossing.phrase == taken.phrase != view.crossing.phrase


async def test_what_waits_is_listed_until_it_is_answered(world: CrossingWorld) -> None:
    psbt, safe = world.prepare()
    assert [(each.instruction, each.phase) for each in world.crossing.waiting()] == [
        (psbt, "request"),
        (safe, "request"),
    ]
    answer = await answered(world, psbt, Channel.USB)
    assert [each.phase for each in world.crossing.waiting()] == ["carried", "request"]
    await world.crossing.take_answer(answer)
    world.take_in()
    assert [(each.instruction, each.recipient) for each in world.crossing.waiting()] == [
        (psbt, "officer-d"),  # the quorum still lacks one, and D's machine is the other cold one
        (safe, "officer-c"),
    ]


async def test_asked_again_under_the_same_head_gives_the_same_bytes(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    first = await world.crossing.request(psbt, "officer-c", Channel.USB)
    assert await world.crossing.request(psbt, "officer-c", Channel.USB) == first
    world.desk.log("price.published", ["desk"], {"asset": settlement.BTC, "price": "80001", "source": "x"})
    world.publish()
    world.take_in()
    assert await world.crossing.request(psbt, "officer-c", Channel.USB) != first


async def test_a_session_goes_on_once_answered_and_is_new_after_a_lost_request(world: CrossingWorld) -> None:
    psbt, safe = world.prepare()
    first = envelopes.peek(await world.crossing.request(psbt, "officer-c", Channel.USB))
    lost = envelopes.peek(await world.crossing.request(safe, "officer-c", Channel.QR))
    assert (first.sequence, lost.sequence) == (1, 1)
    assert first.session != lost.session
    await world.crossing.take_answer(await answered(world, safe, Channel.QR))
    world.take_in()
    after = envelopes.peek(await world.crossing.request(psbt, "officer-c", Channel.QR))
    assert (after.session, after.sequence) == (lost.session, 2)


async def test_an_answer_taken_in_twice_is_logged_once(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    answer = await answered(world, psbt, Channel.USB)
    first = await world.crossing.take_answer(answer)
    size = len(world.desk.entries)
    assert await world.crossing.take_answer(answer) == first
    assert len(world.desk.entries) == size


async def test_an_interrupted_taking_in_is_finished_from_the_same_bytes(
    world: CrossingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    psbt, _ = world.prepare()
    answer = await answered(world, psbt, Channel.USB)

    async def gone(data: bytes) -> bytes:
        raise Unavailable("sync.unreachable")

    with monkeypatch.context() as patch:
        patch.setattr(world, "put_artefact", gone)
        with refused("sync.unreachable", Unavailable):
            await world.crossing.take_answer(answer)
    assert signers(world, psbt) == []
    await world.crossing.take_answer(answer)
    assert signers(world, psbt) == ["officer-c"]


async def test_an_answer_logged_before_the_crash_is_not_submitted_again(
    world: CrossingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    psbt, _ = world.prepare()
    answer = await answered(world, psbt, Channel.USB)
    submit = world.submit

    async def cut_off(event: bytes) -> None:
        await submit(event)
        raise Unavailable("sync.unreachable")

    with monkeypatch.context() as patch:
        patch.setattr(world, "submit", cut_off)
        with refused("sync.unreachable", Unavailable):
            await world.crossing.take_answer(answer)
    assert (await world.crossing.take_answer(answer)).phase == "answered"
    assert signers(world, psbt) == ["officer-c"]


async def test_a_refusal_comes_back_and_is_logged(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    await show(world, await world.crossing.request(psbt, "officer-c", Channel.QR), Channel.QR)
    await world.vault.refuse("the counterparty called")
    await world.crossing.take_answer(world.courier.files[await world.vault.answer_to_usb(DRIVE)])
    logged = events.parse(world.desk.entries[-1].event).body
    assert isinstance(logged, InstructionRefused)
    assert (logged.sha256, logged.reason) == (
        world.desk.state.instruction(psbt).artefact,
        "the counterparty called",
    )
    assert "C4" in {finding.check for finding in logged.findings}  # the clock was never confirmed
    assert world.desk.state.refusals[logged.sha256][0].officer == "officer-c"


def altered(world: CrossingWorld, answer: bytes, **changes: object) -> bytes:
    """The answer with something changed, sealed again by officer C."""
    return resealed(world, answer, "officer-c", **changes)


@pytest.mark.parametrize(
    ("change", "code", "kind"),
    [
        ({"request_id": "request-other"}, "desk.answer-differs", Refused),
        ({"settlement_id": "cycle-9"}, "desk.answer-differs", Refused),
        ({"contract_hashes": (bytes(32),)}, "desk.answer-differs", Refused),
        ({"recipient": "officer-d"}, "T1.recipient", Refused),
        ({"desk": "other.example/desk"}, "T1.desk", Refused),
        ({"sender": "officer-d"}, "T1.sender-key", Refused),
        ({"sequence": 2}, "T1.sequence", Refused),
    ],
)
async def test_an_answer_that_is_not_the_requests_own_is_refused(
    world: CrossingWorld, change: dict[str, object], code: str, kind: type[Refused]
) -> None:
    psbt, _ = world.prepare()
    answer = await answered(world, psbt, Channel.USB)
    with refused(code, kind):
        await world.crossing.take_answer(altered(world, answer, **change))
    assert signers(world, psbt) == []


async def test_an_answer_sealed_again_without_a_change_passes(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    await world.crossing.take_answer(altered(world, await answered(world, psbt, Channel.USB)))
    assert signers(world, psbt) == ["officer-c"]


async def test_an_answer_to_no_request_of_ours_is_refused(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    answer = await answered(world, psbt, Channel.USB)
    body = replace(envelopes.peek(answer).answer, request=bytes(32))
    with refused("desk.not-our-request", Refused):
        await world.crossing.take_answer(altered(world, answer, body=body))


@pytest.mark.parametrize("share", [b"other bytes", None])
async def test_a_share_other_than_the_one_signed_for_is_refused(world: CrossingWorld, share: bytes | None) -> None:
    psbt, _ = world.prepare()
    answer = await answered(world, psbt, Channel.USB)
    said = envelopes.peek(answer).answer
    body = replace(said, parts=(replace(said.parts[0], share=share),))
    with refused("desk.answer-differs", Refused):
        await world.crossing.take_answer(altered(world, answer, body=body))
    assert signers(world, psbt) == []


async def test_a_strangers_answer_is_refused(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    answer = await answered(world, psbt, Channel.USB)
    with refused("T1.unknown-key", Refused):
        await world.crossing.take_answer(resealed(world, answer, "a stranger"))


async def test_a_request_is_no_answer(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    with refused("airgap.kind", Malformed):
        await world.crossing.take_answer(await world.crossing.request(psbt, "officer-c", Channel.USB))


async def test_the_head_travels_back_and_is_remembered(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    before = world.online.profile.journal.peer_head("officer-c")
    await world.crossing.take_answer(await answered(world, psbt, Channel.QR))
    after = world.online.profile.journal.peer_head("officer-c")
    assert before is not None
    assert after is not None
    assert (before.size, after.size) == (world.cold.log.size, world.cold.pin.size)


async def test_a_head_of_another_history_freezes_signing_and_keeps_both_notes(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    answer = await answered(world, psbt, Channel.USB)
    head = world.published[-1].checkpoint
    now = world.desk.now_ms // 1_000
    lie = signed_head(replace(head, root=bytes(32)), [now, now])
    with refused("L4.equivocation", Refused):
        await world.crossing.take_answer(altered(world, answer, log_head=lie.serialise()))
    evidence = world.online.profile.journal.signing_frozen()
    assert evidence is not None
    kept = strict_json.parse(world.online.profile.artefacts.get(evidence))
    assert kept == {"offered": lie.serialise().decode(), "pinned": world.published[-1].serialise().decode()}


async def test_an_older_head_of_another_history_freezes_signing_too(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    answer = await answered(world, psbt, Channel.USB)
    now = world.desk.now_ms // 1_000
    older = world.log(5).checkpoint()
    lie = signed_head(replace(older, root=bytes(32)), [now, now])
    with refused("L4.equivocation", Refused):
        await world.crossing.take_answer(altered(world, answer, log_head=lie.serialise()))
    assert world.online.profile.journal.signing_frozen() is not None


async def test_an_older_head_of_the_same_history_passes(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    answer = await answered(world, psbt, Channel.USB)
    await world.crossing.take_answer(altered(world, answer, log_head=world.head(5).serialise()))
    assert signers(world, psbt) == ["officer-c"]


async def test_a_recipient_of_whom_nothing_is_known_is_only_reached_by_usb(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    with refused("desk.recipient-unknown", Refused):
        await world.crossing.request(psbt, "officer-d", Channel.QR)
    whole = envelopes.peek(await world.crossing.request(psbt, "officer-d", Channel.USB)).request
    assert [event.index for event in whole.events] == list(range(world.online.log.size))
    world.crossing.remember("officer-d", world.head(5))
    assert await world.crossing.request(psbt, "officer-d", Channel.QR)


async def test_a_recipient_that_is_ahead_of_us_is_named(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()
    world.desk.log("price.published", ["desk"], {"asset": settlement.BTC, "price": "80001", "source": "x"})
    ahead = world.head(len(world.desk.entries)).checkpoint
    world.online.profile.journal.raise_peer_head("officer-c", world.peer(ahead))
    with refused("desk.behind-recipient", Refused):
        await world.crossing.request(psbt, "officer-c", Channel.USB)


@pytest.mark.parametrize("officer", ["officer-a", "compliance", "nobody"])
async def test_who_signs_on_no_cold_machine_gets_no_request(world: CrossingWorld, officer: str) -> None:
    psbt, _ = world.prepare()
    with refused("desk.nothing-to-carry", Refused):
        await world.crossing.request(psbt, officer, Channel.USB)


async def test_qr_carries_only_what_an_excerpt_takes_in(world: CrossingWorld) -> None:
    psbt, _ = world.prepare()

    def carried(data: bytes) -> list[str]:
        return [events.parse(event.event).type for event in envelopes.peek(data).request.events]

    by_qr = carried(await world.crossing.request(psbt, "officer-c", Channel.QR))
    by_usb = carried(await world.crossing.request(psbt, "officer-c", Channel.USB))
    assert all(excerpt.carried(kind) for kind in by_qr)
    assert by_qr == [kind for kind in by_usb if kind != "hold.placed"]


def prepare_netted(world: CrossingWorld, count: int) -> str:
    """A netted cycle over so many contracts; the hash of its Safe's instruction."""
    desk, hashes = world.desk, []
    for number in range(1, count + 1):
        terms = settlement.terms(number)
        legs = tuple(replace(leg, amount=leg.amount // 160) for leg in terms.legs)
        notional = replace(terms.notional, usd=125_000)
        contract = settlement.signed_contract(replace(terms, legs=legs, notional=notional))
        desk.log("contract.affirmed", ["operations"], settlement.builder.contract_body(contract))
        desk.log("contract.endorsed", ["compliance"], {"contract": contract.hash})
        for leg in (0, 1):
            desk.log("hold.placed", ["desk"], settlement.builder.hold_body(contract.terms, contract.hash, leg))
        hashes.append(contract.hash)
    body = settlement.builder.cycle_body("netted", hashes, settlement.START, netting="multilateral")
    desk.log("cycle.closed", ["desk"], body)
    cycle = desk.state.cycle("netted")
    (group,) = [each for each in cycle.groups if each.kind == "safe-tx"]
    vault = desk.state.roster.vault(group.vaults[0])
    data = ethereum.serialise(ethereum.build(netting.owed_by(cycle.obligations, group), vault, 0))
    artefact = world._keep(data)
    desk.log(
        "instruction.prepared",
        ["operations"],
        settlement.builder.safe_instruction_body("netted", hashes, group.chain, vault.id, artefact, 0),
    )
    world.publish()
    world.take_in()
    return desk.state.cycle("netted").instructions[group]


async def test_a_cycle_too_large_for_qr_is_refused_by_name_and_crosses_by_usb(world: CrossingWorld) -> None:
    for asset, owner in ((settlement.BTC, "meridian"), (settlement.USDC, "harbour")):
        world.desk.deposit(owner, asset, 10**13, 7)
    instruction = prepare_netted(world, 130)
    with refused("desk.too-large-for-qr", Refused):
        await world.crossing.request(instruction, "officer-c", Channel.QR)
    assert not world.crossing.requested(instruction, "officer-c")
    request = await world.crossing.request(instruction, "officer-c", Channel.USB)
    assert len(request) > 512 * 1024
    await world.vault.confirm_clock(True)
    view = await show(world, request, Channel.USB)
    against = [each.reason for each in view.instruction.verdict.against]
    # The Bitcoin instruction is not prepared in this test, so that nobody can attest the cycle either.
    assert against == ["C6.leg-missing", "E10.not-attested"]
