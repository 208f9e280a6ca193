"""From a state to the read models of `deed_views`: what two officers may propose now, and the orders that stand.

What is possible is asked of the machine's own rules, with an event that is drafted for the question and never signed.
"""

from collections.abc import Iterable, Iterator, Mapping

from countersign.desk.author import Scribe
from countersign.desk.deed_views import (
    AWARD,
    CONSENT,
    FREEZE,
    LIFT,
    RELEASE,
    REPLACE,
    VOID,
    Offer,
    OrderView,
    TargetView,
)
from countersign.desk.questions import Question
from countersign.errors import Refused
from countersign.settlement import awarding, builder, delivery, renewing, stops
from countersign.settlement.bodies import CHILD, REPLACEMENT, Spend
from countersign.settlement.bodies import VOID as VOIDING
from countersign.settlement.freeze_words import scope_said
from countersign.settlement.records import OVER, ContractRecord, Cycle, Freeze, Instruction
from countersign.settlement.roster import Role
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import ASSET, BOOK, CONTRACT, PARTICIPANT, Scope

_NO_BYTES = "00" * 32


def offers(state: State, contract: str, officer: str, scribe: Scribe, now_ms: int) -> tuple[Offer, ...]:
    """What this officer may propose about a contract now; what it may not says why. Refused: an unknown contract."""
    record = state.contract(contract)
    found = [_freeze(state, record)]
    if record.dispute is not None:
        found = [_award(state, record), *found]
    if record.cycle is not None:
        cycle = state.cycle(record.cycle)
        asked = Question(state, scribe, now_ms)
        wanted = [each.group.kind for each in renewing.wanted(state, cycle, now_ms // 1_000)]
        if "psbt" in wanted or any(each.kind == "psbt" and each not in cycle.instructions for each in cycle.groups):
            found = [_consent(record, waits=bool(wanted)), *found]
        found = [_release(asked, cycle, officer), *_declared(asked, cycle), *found]
    return tuple(found)


def _consent(record: ContractRecord, *, waits: bool) -> Offer:
    """Whether the cycle waits for its instructions."""
    if waits:
        return Offer(CONSENT, (), None)
    return Offer(CONSENT, (), Refused("settlement.wrong-state", contract=record.hash, state=record.state.value))


def _release(asked: Question, cycle: Cycle, officer: str) -> Offer:
    state = asked.state
    waiting = tuple(sorted(each.hash for each in delivery.waiting(state, cycle)))
    checker = next(iter(checkers(state, officer)), (officer, ""))[0]
    body = {"cycle": cycle.id, "instructions": waiting, "maker": officer, "checker": checker}
    return Offer(RELEASE, waiting, asked.objection("release.authorised", body))


def checkers(state: State, officer: str) -> tuple[tuple[str, str], ...]:
    """Who may check a release that an officer makes: id and name, by name."""
    able = [each for each in state.roster.officers.values() if Role.COMPLIANCE in each.roles and each.identity_keys]
    return tuple((each.id, each.name) for each in sorted(able, key=lambda each: each.name) if each.id != officer)


def _declared(asked: Question, cycle: Cycle) -> Iterator[Offer]:
    live = asked.state.live(cycle)
    shared = tuple(each for each in live if each.shares and not each.void)
    objections = [asked.objection("instruction.prepared", _respent(cycle, each, VOIDING)) for each in shared]
    nothing = Refused("desk.nothing-to-void", cycle=cycle.id)
    against = next((each for each in objections if each is not None), None) if shared else nothing
    yield Offer(VOID, tuple(each.hash for each in shared), against)
    for each in live:
        if each.group.kind == "psbt":
            body = _respent(cycle, each, REPLACEMENT)
            yield Offer(REPLACE, (each.hash,), asked.objection("instruction.prepared", body))
            yield Offer(LIFT, (each.hash,), asked.objection("instruction.prepared", _lifting(asked.state, cycle, each)))


def _lifting(state: State, cycle: Cycle, parent: Instruction) -> dict[str, object]:
    """A child over whatever output each vault may have: which one is its change, only the bytes say."""
    spends = [Spend(f"{parent.transaction or _NO_BYTES}:{at}", vault, _place_of(parent, vault))
              for at, vault in enumerate(parent.group.vaults)]  # fmt: skip
    before = state.child(parent)
    if before is not None:
        spends = list(before.spends)
    return builder.psbt_instruction_body(
        cycle.id,
        cycle.contracts,
        parent.group.chain,
        _NO_BYTES,
        spends,
        purpose=CHILD,
        replaces=None if before is None else before.hash,
        lifts=parent.hash,
    )


def _place_of(parent: Instruction, vault: str) -> int:
    return next(each.slot for each in parent.spends if each.vault == vault)


def _respent(cycle: Cycle, old: Instruction, purpose: str) -> dict[str, object]:
    if old.group.kind == "psbt":
        return builder.psbt_instruction_body(
            cycle.id, cycle.contracts, old.group.chain, _NO_BYTES, old.spends, purpose=purpose, replaces=old.hash
        )
    vault, nonce = old.group.vaults[0], old.nonce or 0
    return builder.safe_instruction_body(
        cycle.id, cycle.contracts, old.group.chain, vault, _NO_BYTES, nonce, purpose=purpose, replaces=old.hash
    )


def _freeze(state: State, record: ContractRecord) -> Offer:
    standing = stops.stopping(state, record)
    if record.state in OVER:
        return Offer(FREEZE, (), Refused("settlement.wrong-state", contract=record.hash, state=record.state.value))
    if standing is not None:
        return Offer(FREEZE, (), Refused("settlement.frozen", contract=record.hash, order=standing.order))
    return Offer(FREEZE, (), None)


def _award(state: State, record: ContractRecord) -> Offer:
    """Whether its dispute is open still, or what ended it leaves room for an award."""
    try:
        awarding.check_dispute(state, record)
    except Refused as error:
        return Offer(AWARD, (), error)
    return Offer(AWARD, (), None)


def orders(state: State, moments: Mapping[int, int]) -> tuple[OrderView, ...]:
    """Every order, those that stand first, the newest first. `moments`: of the entries, in unix seconds, as far as known."""
    standing = sorted(state.freezes.values(), key=lambda each: -each.index)
    lifted = sorted(state.lifted.values(), key=lambda each: -each.index)
    return tuple(_order(state, each, moments) for each in (*standing, *lifted))


def entries_of(state: State) -> set[int]:
    """The entries that ordered and lifted."""
    known: Iterable[Freeze] = (*state.freezes.values(), *state.lifted.values())
    return {index for each in known for index in (each.index, each.lifted) if index is not None}


def _order(state: State, freeze: Freeze, moments: Mapping[int, int]) -> OrderView:
    running = (each for each in state.contracts.values() if each.state not in OVER)
    stopped = 0 if freeze.lifted is not None else sum(stops.within(freeze.scope, each) for each in running)
    return OrderView(
        order=freeze.order,
        scope=scope_said("freeze", state, freeze.order, freeze.scope),
        reason=freeze.reason,
        document=freeze.document_sha256,
        officers=tuple(state.roster.officer(each).name for each in freeze.officers),
        index=freeze.index,
        at=moments.get(freeze.index),
        contracts=stopped,
        lifted=freeze.lifted,
        lifted_at=None if freeze.lifted is None else moments.get(freeze.lifted),
    )


def targets(state: State) -> tuple[TargetView, ...]:
    """Everything that an order may name: institutions and their books, assets, contracts that are not over."""
    return tuple(_targets(state))


def _targets(state: State) -> Iterator[TargetView]:
    people = sorted(state.roster.participants.values(), key=lambda each: (each.name, each.lei))
    for each in people:
        yield TargetView(Scope(PARTICIPANT, each.lei), f"{each.name} ({each.lei})")
    for each in people:
        for book in each.books:
            yield TargetView(Scope(BOOK, each.lei, book), f"{each.name}, {book}")
    for asset in sorted(state.roster.assets.values(), key=lambda each: (each.symbol, each.id)):
        yield TargetView(Scope(ASSET, asset=asset.id), f"{asset.symbol} ({asset.id})")
    open_ = (each for each in state.contracts.values() if each.state not in OVER)
    for record in sorted(open_, key=lambda each: each.terms.id):
        yield TargetView(Scope(CONTRACT, contract=record.hash), f"{record.terms.id}, {record.terms.version}")
