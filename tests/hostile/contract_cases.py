"""Hostile contracts and requests, each beside the honest one."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from countersign.bitcoin import psbt as psbts
from countersign.keys import jws as jose
from countersign.review.case import Case, Channel, JournalFacts, Mode, SignerFacts, TransportFacts
from countersign.settlement import contract, machine
from countersign.settlement.records import ContractState
from hostile.table import Hostile, overlaps
from support import alter, review_cases
from support import settlement_world as world
from support.review_cases import Plan, Scene, signed_head, story

SHORT = Plan((world.terms(1, settle_by=world.START + 3_600),))
LATER = Plan((world.terms(1, not_before=world.START + 3_000),))


def honest() -> Case:
    """The PSBT's case as it should be."""
    return story().psbt_case()


def with_contract(change: Callable[[bytes], bytes]) -> Case:
    """The contract's terms in other bytes, signed by both parties over these."""
    scene = story()
    payload = change(scene.trades[0].contract.terms.serialise())
    signed = jose.serialise(world.sign(payload, contract.TYP, ("meridian", "harbour")))
    return scene.psbt_case(contracts=(scene.contract(scene.trades[0], jws=signed),))


def swapped(before: str, after: str) -> Callable[[bytes], bytes]:
    """One text in the terms in place of another."""

    def change(terms: bytes) -> bytes:
        assert terms.count(before.encode()) == 1, before
        return terms.replace(before.encode(), after.encode())

    return change


def deep() -> Case:
    """An array of depth 100,000 in place of the contract's file."""
    scene = story()
    data = b"[" * 100_000 + b"]" * 100_000
    return scene.psbt_case(contracts=(scene.contract(scene.trades[0], jws=data),))


AMOUNT = f'"amount":"{world.BTC_UNITS}"'


def logged_with_a_false_signature() -> Case:
    """The desk logged the same terms again, one party's signature false: included, but never signed by both."""
    return _logged_again(good=False)


def logged_twice() -> Case:
    """The desk logged the very same contract again."""
    return _logged_again(good=True)


def _logged_again(*, good: bool) -> Case:
    scene = story()
    trade = scene.trades[0]
    jws = trade.contract.jws
    if not good:
        first, second = jws.signatures
        jws = replace(jws, signatures=(replace(first, signature=first.signature[:-1] + b"\x00"), second))
    body = {"contract": jose.to_object(jws)}
    desk = scene.desk.copy()
    event = world.event_bytes("contract.affirmed", ["operations"], body, id="again", at=desk.now_ms // 1_000)
    entry = machine.Entry(len(desk.entries), desk.now_ms, event)
    desk.entries.append(entry)
    desk.state = machine.replay([entry], desk.state)
    desk.now_ms += 1_000
    again = Scene(desk, scene.trades, scene.psbt, scene.safe_tx, scene.prepared)
    facts = again.contract(
        trade, jws=jose.serialise(jws), event=event, opening=again.opening(entry.index), proof=again.proof(entry.index)
    )
    return again.psbt_case(contracts=(facts,))


def event_of_another() -> Case:
    """The event beside the contract carries another contract."""
    scene = story()
    other = world.signed_contract(world.terms(7))
    event = world.event_bytes(
        "contract.affirmed", ["operations"], {"contract": jose.to_object(other.jws)}, id="other", at=world.START
    )
    return scene.psbt_case(contracts=(scene.contract(scene.trades[0], event=event),))


def journal(contract_hash: str | None) -> Case:
    """This machine knows the contract's id and version under a hash (None: the right one)."""
    scene = story()
    known = contract_hash or scene.trades[0].hash
    return scene.psbt_case(journal=JournalFacts(contracts={("MH-2026-0001", 1): known}))


def ended(state: ContractState) -> Case:
    """The contract's state in the replayed log."""
    scene = story()
    hash_ = scene.trades[0].hash
    record = replace(scene.state.contracts[hash_], state=state)
    return scene.psbt_case(state=replace(scene.state, contracts=scene.state.contracts.set(hash_, record)))


def newer_version() -> Case:
    """The log holds version 2 of the same id."""
    scene = story()
    versions = scene.state.versions.set(("MH-2026-0001", 2), "cd" * 32)
    return scene.psbt_case(state=replace(scene.state, versions=versions))


def at(plan: Plan, now: int, floor: int | None = None) -> Case:
    """Judged at a moment, the head cosigned within the hour before T."""
    scene = story(plan=plan)
    clock = scene.clock(now=now) if floor is None else scene.clock(now=now, floor=floor)
    head = signed_head(scene.log.checkpoint(), [clock.judged - 60, clock.judged - 60]).serialise()
    return scene.psbt_case(clock=clock, head=scene.head(note=head))


def unconfirmed_clock(*, confirmed: bool) -> Case:
    """A cold console whose operator has or has not confirmed the clock."""
    scene = story().attest("compliance", "officer-d")
    way = TransportFacts(Channel.QR, None, sender="officer-a", sequence=1)
    return scene.psbt_case(clock=scene.clock(confirmed=confirmed), channel=Channel.QR, transport=way)


def both_roles(body: dict[str, object]) -> None:
    """Officer A holds the operations role too."""
    for officer in body["officers"]:  # type: ignore[attr-defined]
        if officer["id"] == "officer-a":
            officer["roles"] = ["operations", "signing"]


TWO_HATS = Plan(founding=both_roles)


def own_request(preparer: str) -> Case:
    """Officer A, who may also prepare, signs what `preparer` prepared."""
    return story(plan=TWO_HATS, preparer=preparer).psbt_case()


def own_bytes(*, same: bool) -> Case:
    """What officer A prepared, another asked for again: the very `same` bytes, or others in their place."""
    scene = story(plan=TWO_HATS, preparer="operations")
    name = scene.prepared["psbt"]
    record = scene.state.instructions[name]
    first = replace(record, hash="ab" * 32, preparer="officer-a", superseded_by=name)
    first = first if same else replace(first, artefact="cd" * 32)
    cycle = scene.state.cycles[record.cycle]
    state = replace(
        scene.state,
        instructions=scene.state.instructions.set(first.hash, first),
        cycles=scene.state.cycles.set(cycle.id, replace(cycle, requested=(first.hash, *cycle.requested))),
    )
    return scene.psbt_case(state=state)


def called_off(*, called: bool) -> Case:
    """The cycle came to nothing before anybody signed: a dispute, a cancellation, an order over another contract of it."""
    scene = story()
    cycle = scene.state.cycles[scene.trades[0].cycle]
    cycles = scene.state.cycles.set(cycle.id, replace(cycle, called_off=called))
    return scene.psbt_case(state=replace(scene.state, cycles=cycles))


def field_more(psbt: bytes) -> bytes:
    """The same PSBT with a proprietary field that nobody asked for."""
    return psbts.serialise(alter.header(psbts.parse(psbt), b"\xfc\x01a\x00", b"x"))


def other_bytes(*, prepared: bool) -> Case:
    """A PSBT with a field more, which operations prepared so or did not."""
    scene = story(psbt=lambda psbt: field_more(psbts.serialise(psbt))) if prepared else story()
    case = scene.psbt_case()
    assert case.instruction is not None
    data = case.instruction.data if prepared else field_more(case.instruction.data)
    return replace(case, instruction=replace(case.instruction, data=data, original=None))


def under_event(kind: str, event: str) -> Case:
    """An instruction of one kind that claims the event which prepared another one."""
    scene = story()
    case = scene.psbt_case() if kind == "psbt" else scene.safe_case()
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, prepared=scene.prepared[event]))


def of_kind(kind: str) -> Case:
    """The PSBT, said to be something else."""
    case = story().psbt_case()
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, kind=kind))


def not_prepared() -> Case:
    """The request names an `instruction.prepared` that is not in the log."""
    case = honest()
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, prepared="ef" * 32))


def nothing_to_sign() -> Case:
    """A signature is asked for, and there is no instruction."""
    return story().contract_case(mode=Mode.SIGN)


def prepared_by_somebody_else(*, operations: bool) -> Case:
    """The preparer has lost the operations role since, or not."""
    scene = story()
    officer = scene.state.roster.officers["operations"]
    roster = scene.state.roster
    if not operations:
        roster = replace(roster, officers=roster.officers.set("operations", replace(officer, roles=())))
    return scene.psbt_case(state=replace(scene.state, roster=roster))


def signer(name: str) -> Case:
    """Who is about to sign."""
    return replace(honest(), signer=SignerFacts(name, world.vault_key(name, "bip122", "meridian", 0).public))


CASES: list[Hostile] = [
    *(
        Hostile("C2", name, reason, partial(with_contract, change), honest, parser=True)
        for name, reason, change in (
            ("duplicate amount key", "C2.duplicate-key", swapped(AMOUNT, f"{AMOUNT},{AMOUNT}")),
            ("amount 1e3", "C2.amount", swapped(AMOUNT, '"amount":"1e3"')),
            ("amount +5", "C2.amount", swapped(AMOUNT, '"amount":"+5"')),
            ("amount 007", "C2.amount", swapped(AMOUNT, '"amount":"007"')),
            ("amount in full-width digits", "C2.amount", swapped(AMOUNT, '"amount":"１２３"')),
            ("amount as a float", "C2.float", swapped(AMOUNT, '"amount":2.5e10')),
            ("NaN", "C2.not-a-number", swapped(AMOUNT, '"amount":NaN')),
            ("a field nobody knows", "C2.unknown-field", swapped('"version":1', '"version":1,"vip":true')),
            ("spaces between", "C2.not-canonical", swapped('"version":1', '"version": 1')),
            (
                "right-to-left override in a name",
                "D3.hidden-character",
                swapped("Northgate reference", "Northgate \u202ereference"),
            ),
            (
                "Cyrillic letters in a name",
                "D3.mixed-scripts",
                swapped("Northgate reference", "N\u043erthgate reference"),
            ),
            ("byte order mark", "C2.byte-order-mark", lambda terms: b"\xef\xbb\xbf" + terms),
        )
    ),
    Hostile("C2", "array 100,000 deep", "C2.depth", deep, honest, parser=True),
    Hostile(
        "C1", "logged again, one signature false", "keys.bad-signature", logged_with_a_false_signature, logged_twice
    ),
    Hostile("C1", "the event carries another contract", "C1.event-differs", event_of_another, honest, overlaps("L3")),
    Hostile(
        "C3",
        "same id, another hash on this machine",
        "C3.other-hash",
        partial(journal, "ab" * 32),
        partial(journal, None),
    ),
    *(
        Hostile(
            "C3",
            f"{state.value} already",
            "C3.ended",
            partial(ended, state),
            partial(ended, ContractState.PARTLY_SIGNED),
            overlaps(*also),
        )
        for state, also in (
            (ContractState.FINAL, ()),
            (ContractState.CANCELLED, ("L8",)),
            (ContractState.DECLINED, ("L8",)),
        )
    ),
    Hostile("C3", "a newer version in the log", "C3.superseded", newer_version, honest),
    Hostile(
        "C4", "expired", "C4.too-late", partial(at, SHORT, world.START + 3_601), partial(at, SHORT, world.START + 3_600)
    ),
    Hostile(
        "C4",
        "expired, then the clock set back",
        "C4.too-late",
        partial(at, SHORT, world.START + 700, world.START + 3_601),
        partial(at, SHORT, world.START + 700),
    ),
    Hostile(
        "C4", "not yet", "C4.not-yet", partial(at, LATER, world.START + 2_999), partial(at, LATER, world.START + 3_000)
    ),
    Hostile(
        "C4",
        "request a day old",
        "C4.request-too-old",
        partial(at, review_cases.STORY, world.START + 86_400 + 12),
        partial(at, review_cases.STORY, world.START + 86_400 + 11),
    ),
    Hostile(
        "C4",
        "nobody confirmed the clock",
        "C4.clock-unconfirmed",
        partial(unconfirmed_clock, confirmed=False),
        partial(unconfirmed_clock, confirmed=True),
    ),
    Hostile(
        "C5",
        "signer made the bytes that another asked for again",
        "C5.own-request",
        partial(own_bytes, same=True),
        partial(own_bytes, same=False),
    ),
    Hostile(
        "C5",
        "signer is the originator",
        "C5.own-request",
        partial(own_request, "officer-a"),
        partial(own_request, "operations"),
    ),
    Hostile(
        "C5",
        "other bytes than were prepared",
        "C5.other-artefact",
        partial(other_bytes, prepared=False),
        partial(other_bytes, prepared=True),
    ),
    Hostile("C5", "never prepared", "C5.not-prepared", not_prepared, honest, overlaps("C4", "C6", "B12")),
    Hostile(
        "C5",
        "a PSBT under a Safe transaction's event",
        "C5.not-prepared",
        partial(under_event, "psbt", "safe-tx"),
        partial(under_event, "psbt", "psbt"),
        overlaps("C4", "C6", "B12"),
    ),
    Hostile(
        "C5",
        "a Safe transaction under a PSBT's event",
        "C5.not-prepared",
        partial(under_event, "safe-tx", "psbt"),
        partial(under_event, "safe-tx", "safe-tx"),
        overlaps("C4", "C6", "E8"),
    ),
    Hostile(
        "C5",
        "a kind that nobody knows",
        "C5.not-prepared",
        partial(of_kind, "message"),
        partial(of_kind, "psbt"),
        overlaps("C4", "C6", "C7"),
    ),
    Hostile("C5", "nothing to sign", "C5.nothing-to-sign", nothing_to_sign, honest),
    Hostile(
        "C5",
        "its cycle was called off",
        "C5.called-off",
        partial(called_off, called=True),
        partial(called_off, called=False),
    ),
    Hostile(
        "C5",
        "preparer is no operations officer",
        "C5.not-operations",
        partial(prepared_by_somebody_else, operations=False),
        partial(prepared_by_somebody_else, operations=True),
    ),
    Hostile(
        "C6", "one leg without an instruction", "C6.leg-missing", lambda: story(safe_prepared=False).psbt_case(), honest
    ),
    Hostile(
        "C6",
        "the contract is not there",
        "C6.contracts-missing",
        lambda: story().psbt_case(contracts=()),
        honest,
        overlaps("B8", "B9"),
    ),
]
