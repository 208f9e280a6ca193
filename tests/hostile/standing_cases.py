"""Settlements that stand no more, and attestations that do not count; each beside one that does."""

from dataclasses import replace
from functools import partial
from typing import Any

from countersign.review.case import Case, Channel, HeadFacts, TransportFacts
from countersign.settlement.records import Concern, ContractState, Freeze
from countersign.settlement.stop_bodies import CONTRACT, Scope
from hostile.table import Hostile, overlaps
from support import settlement_world as world
from support.review_cases import Scene, story


def became(state: ContractState) -> Case:
    """What the replayed log says of the contract."""
    scene = story()
    hash_ = scene.trades[0].hash
    record = replace(scene.state.contracts[hash_], state=state)
    return scene.psbt_case(state=replace(scene.state, contracts=scene.state.contracts.set(hash_, record)))


def frozen(contract: str | None) -> Case:
    """An order stops a contract; None: this one."""
    scene = story()
    scope = Scope(CONTRACT, contract=contract or scene.trades[0].hash)
    order = Freeze("HC-2026-114", scope, "ab" * 32, "Court order.", ("compliance", "officer-d"), scene.state.size - 1)
    return scene.psbt_case(state=replace(scene.state, freezes=scene.state.freezes.set(order.order, order)))


def disputed(*, still: bool) -> Case:
    """Harbour disputed the contract, and has retracted it or not."""
    scene = story()
    desk, trade = scene.desk.copy(), scene.trades[0]
    record = scene.state.contracts[trade.hash]
    desk.log(*world.dispute_step(trade.hash))
    opened = desk.state.contracts[trade.hash].dispute
    found = replace(record, state=ContractState.DISPUTED, dispute=opened) if still else replace(record, dispute=opened)
    return scene.psbt_case(state=replace(scene.state, contracts=scene.state.contracts.set(trade.hash, found)))


def withheld(entries: int) -> Case:
    """The head covers more entries than this machine could replay."""
    scene = story()
    return scene.psbt_case(state=replace(scene.state, size=scene.state.size - entries))


def by_qr(scene: Scene, **changes: Any) -> Case:
    """The case on a cold machine that is reached by QR."""
    way = TransportFacts(Channel.QR, None, sender="officer-a", sequence=1)
    return scene.psbt_case(channel=Channel.QR, transport=way, clock=scene.clock(confirmed=True), **changes)


def attested(*officers: str) -> Case:
    """Attested by these officers; officer A signs."""
    return by_qr(story().attest(*officers))


def altered(**changes: Any) -> Case:
    """Two others attested, and something about it differs."""
    scene = story().attest("compliance", "officer-d")
    name, found = next(iter(scene.state.attestations.items()))
    attestations = scene.state.attestations.set(name, replace(found, **changes))
    return by_qr(scene, state=replace(scene.state, attestations=attestations))


def failure_shown(*, attested: bool) -> Case:
    """The excerpt holds a failure of the settlement, which the two attested too, or which the log's rules refused."""
    scene = story().attest("compliance", "officer-d")
    name, found = next(iter(scene.state.attestations.items()))
    record = scene.state.contracts[scene.trades[0].hash]
    concern = Concern(scene.state.size - 1, "settlement.failed", "ef" * 32)
    state = replace(
        scene.state,
        contracts=scene.state.contracts.set(record.hash, replace(record, concerns=(*record.concerns, concern))),
        attestations=scene.state.attestations.set(name, replace(found, failed=(concern.event,) if attested else ())),
    )
    return by_qr(scene, state=state)


def proof(*, cut: bool) -> Case:
    """The consistency proof from the attested checkpoint, whole or one hash short."""
    scene = story().attest("compliance", "officer-d")
    head: HeadFacts = scene.head()
    return by_qr(scene, head=replace(head, attested=head.attested[:-1] if cut else head.attested))


def without_officer(*, gone: bool) -> Case:
    """One of the two has no key any more."""
    scene = story().attest("compliance", "officer-d")
    officers = scene.state.roster.officers
    if gone:
        officers = officers.set("compliance", replace(officers["compliance"], keys=()))
    roster = replace(scene.state.roster, officers=officers)
    return by_qr(scene, state=replace(scene.state, roster=roster))


TWO = partial(attested, "compliance", "officer-d")

CASES: list[Hostile] = [
    *(
        Hostile("L8", f"{state.value} since", "L8.revoked", partial(became, state),
                partial(became, ContractState.INSTRUCTED), overlaps("C3"))
        for state in (
            ContractState.EXPIRED, ContractState.SUPERSEDED, ContractState.VOIDED, ContractState.AWARDED,
        )
    ),
    Hostile("L8", "disputed since", "L8.revoked", partial(became, ContractState.DISPUTED), partial(became, ContractState.FAILED)),
    Hostile("L8", "frozen since", "L8.frozen", partial(frozen, None), partial(frozen, "ab" * 32)),
    Hostile("L8", "disputed by a party", "L8.disputed", partial(disputed, still=True), partial(disputed, still=False)),
    Hostile("L8", "an entry withheld", "L8.entries-missing", partial(withheld, 1), partial(withheld, 0)),
    Hostile("L8", "by QR, attested by nobody", "L8.not-attested", lambda: by_qr(story()), TWO),
    Hostile("L8", "attested by who signs", "L8.attested-by-signer", partial(attested, "compliance", "officer-a"), TWO),
    Hostile("L8", "attested for other instructions", "L8.attested-other", partial(altered, instructions=("ab" * 32,)), altered),
    Hostile("L8", "attested by somebody who is an officer no more", "L8.attested-by-gone",
            partial(without_officer, gone=True), partial(without_officer, gone=False)),
    Hostile("L8", "by QR, a failure that the attesting officers' consoles did not accept", "L8.attested-failed",
            partial(failure_shown, attested=False), partial(failure_shown, attested=True)),
    Hostile("L8", "attested in another history", "L8.other-history", partial(altered, root="cd" * 32), altered),
    Hostile("L8", "attested checkpoint without its whole proof", "L8.other-history", partial(proof, cut=True),
            partial(proof, cut=False)),
]  # fmt: skip
