"""What two people's deeds on a settlement do, statement by statement: releases, voids, replacements, awards, loans.

- Everything is worked out from the state and the event's own body; institutions, assets and vaults go by their names.

    >>> [each.then.code for each in released(state, body)]
    ['deed.release', 'deed.pays', 'deed.pays', 'deed.people']
"""

from collections.abc import Iterable

from countersign.settlement import lending, netting
from countersign.settlement.bodies import CHILD, SETTLEMENT, VOID, InstructionPrepared, ReleaseAuthorised
from countersign.settlement.instructing import group_of
from countersign.settlement.lending_bodies import LendingAuthorised
from countersign.settlement.netting import Obligation
from countersign.settlement.roster import Party
from countersign.settlement.saying import Difference, Said, grouped, percent, said
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import AwardMade

NAMED = 8
"""How many contracts a statement names at most."""


def released(state: State, body: ReleaseAuthorised) -> tuple[Difference, ...]:
    """What goes to the chains, and who says so."""
    cycle = state.cycle(body.cycle)
    waiting = [state.instruction(each) for each in body.instructions]
    owed = [each for instruction in waiting for each in state.owed(instruction)]
    maker, checker = (state.roster.officer(each).name for each in (body.maker, body.checker))
    return _all(
        said("deed.release", cycle=cycle.id, contracts=_numbers(state, cycle.contracts), count=len(waiting)),
        *(_pays(state, each) for each in owed),
        *(said("deed.ends", instruction=each.hash) for each in waiting if each.void),
        *(said("deed.lifts", instruction=each.hash, parent=each.lifts or "") for each in waiting if each.child),
        said("deed.people", maker=maker, checker=checker),
    )


def declared(state: State, body: InstructionPrepared) -> tuple[Difference, ...]:
    """What a void ends, what a replacement pays again, what a child lifts, what is paid at a fee that wants two officers."""
    contracts = _numbers(state, body.contracts)
    vaults = ", ".join(body.vaults)
    if body.purpose == SETTLEMENT:
        owed = netting.owed_by(state.cycle(body.cycle).obligations, group_of(body))
        head = said("deed.instruct", cycle=body.cycle, chain=body.chain, contracts=contracts)
        before = state.cycle(body.cycle).instructions.get(group_of(body))
        instead = () if before is None else (said("deed.instead", instruction=before),)
        return _all(head, *(_pays(state, each) for each in owed), *instead, *_fee(state, body, "deed.consent"))
    if body.purpose == CHILD:
        head = said("deed.child", instruction=body.lifts or "", chain=body.chain, contracts=contracts)
        way = said("deed.child-coins", count=len(body.spends), vaults=vaults)
        instead = () if body.replaces is None else (said("deed.instead", instruction=body.replaces),)
        return _all(head, way, *instead, *_fee(state, body, "deed.child-fee"))
    if body.purpose != VOID:
        old = state.instruction(body.replaces or "")
        head = said("deed.replacement", instruction=old.hash, chain=body.chain, contracts=contracts)
        return _all(head, *(_pays(state, each) for each in state.owed(old)), *_fee(state, body, "deed.fee"))
    if body.nonce is not None:
        way = said("deed.void-safe", vault=vaults, nonce=body.nonce)
    else:
        way = said("deed.void-coins", count=len(body.spends), vaults=vaults)
    head = said("deed.void", instruction=body.replaces or "", chain=body.chain, contracts=contracts)
    return _all(head, way, *_fee(state, body, "deed.fee"))


def _fee(state: State, body: InstructionPrepared, code: str) -> tuple[Said, ...]:
    """What its fee may be at most: the vaults' agreed caps, and under a percentage. A Safe's gas is the custodian's."""
    contracts = [state.contract(each).terms for each in body.contracts]
    known = netting.fee_caps(state.roster, contracts, state.sunk(state.cycle(body.cycle)))
    caps = [each for each in known if each.vault in body.vaults]
    if body.kind != "psbt" or not caps:
        return ()
    most = _amount(state, caps[0].coin, sum(each.cap for each in caps))
    return (said(code, most=most, percent=percent(state.adopted().fees.never_percent * 100)),)


def awarded(state: State, body: AwardMade) -> tuple[Difference, ...]:
    """What a ruling moves, and on which contract."""
    terms = body.contract.terms
    disputed = state.contract(terms.replaces or "").terms
    moves = (_moves(state, terms.payer(each), terms.receiver(each), each.asset, each.amount) for each in terms.legs)
    return _all(
        said("deed.award", award=terms.id, id=disputed.id, version=disputed.version),
        *moves,
        *(said("deed.fee-cap", amount=_amount(state, coin, cap)) for coin, cap in terms.fees if cap),
        said("deed.ruling", document=terms.legal_text_sha256),
    )


def lent(state: State, body: LendingAuthorised) -> tuple[Difference, ...]:
    """What goes to the pool, at which rate, and how full the pool is then."""
    limit = dict(state.adopted().lending)[body.asset].limit
    there = lending.lent(state, body.asset) + body.amount
    return _all(
        said(
            "deed.loan",
            loan=body.loan,
            owner=_name(state, body.owner),
            amount=_amount(state, body.asset, body.amount),
            rate=percent(body.rate_bps),
        ),
        said("deed.pool", there=_amount(state, body.asset, there), limit=_amount(state, body.asset, limit)),
    )


def _pays(state: State, owed: Obligation) -> Said:
    return _moves(state, owed.payer, owed.receiver, owed.asset, owed.amount)


def _moves(state: State, payer: Party, receiver: Party, asset: str, units: int) -> Said:
    amount = _amount(state, asset, units)
    return said("deed.pays", payer=_name(state, payer), receiver=_name(state, receiver), amount=amount)


def _name(state: State, party: Party) -> str:
    known = state.roster.participants.get(party.lei)
    name = known.name if known is not None else state.roster.custodian.name
    return f"{name} ({party.book})"


def _amount(state: State, asset: str, units: int) -> str:
    """ "1,000.00000000 BTC"."""
    return state.roster.asset(asset).display(units)


def _numbers(state: State, contracts: Iterable[str]) -> str:
    """Their numbers; of many the first few and how many they are, so that what follows them is still seen."""
    names = [state.contract(each).terms.id for each in contracts]
    return ", ".join(names) if len(names) <= NAMED else f"{', '.join(names[:NAMED])}, … ({grouped(len(names))})"


def _all(*statements: Said) -> tuple[Difference, ...]:
    return tuple(Difference(each) for each in statements)
