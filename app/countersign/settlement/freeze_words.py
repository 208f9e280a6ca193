"""What a freeze by order does, and what lifting one does, statement by statement, from the state and never from who asks.

- An order's scope is said by names: an institution, a book, a contract by its own number, an asset by its symbol.
- What stands open inside the scope is counted: that many settlements stop with the order.

    >>> [each.then.code for each in freeze_ordered(state, body)]
    ['freeze.book', 'freeze.stops', 'freeze.paper']
"""

from dataclasses import replace

from countersign.settlement import stops
from countersign.settlement.records import OVER, Freeze
from countersign.settlement.saying import Difference, Said, grouped, said
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import FreezeLifted, FreezeOrdered, Scope


def freeze_ordered(state: State, body: FreezeOrdered) -> tuple[Difference, ...]:
    """What the order stops. Refused: the scope names nothing that is known here."""
    order = Freeze(body.order, body.scope, body.document_sha256, body.reason, (), state.size)
    after = replace(state, freezes=state.freezes.set(body.order, order))
    stopped = _stopped(after) - _stopped(state)
    return _differences(
        scope_said("freeze", state, body.order, body.scope),
        *_over(state, body.scope),
        said("freeze.stops", count=grouped(stopped)),
        said("freeze.paper", document=body.document_sha256, reason=body.reason),
    )


def freeze_lifted(state: State, body: FreezeLifted) -> tuple[Difference, ...]:
    """What is stopped no more; another order may still stop some of it."""
    scope = state.freezes[body.order].scope
    freed = _stopped(state) - _stopped(replace(state, freezes=state.freezes.delete(body.order)))
    return _differences(
        scope_said("lift", state, body.order, scope),
        said("lift.frees", count=grouped(freed)),
        said("lift.paper", document=body.document_sha256, reason=body.reason),
    )


def scope_said(verb: str, state: State, order: str, scope: Scope) -> Said:
    """An order's scope by the names of what it holds."""
    if scope.contract is not None:
        terms = state.contract(scope.contract).terms
        return said(f"{verb}.contract", order=order, id=terms.id, version=terms.version)
    if scope.asset is not None:
        return said(f"{verb}.asset", order=order, symbol=state.roster.asset(scope.asset).symbol, asset=scope.asset)
    lei = scope.lei or ""
    name = state.roster.participant(lei).name
    if scope.book is not None:
        return said(f"{verb}.book", order=order, name=name, lei=lei, book=scope.book)
    return said(f"{verb}.participant", order=order, name=name, lei=lei)


def _over(state: State, scope: Scope) -> tuple[Said, ...]:
    """A warning where the one contract that is named is over: two people need not sign for nothing."""
    over = scope.contract is not None and state.contract(scope.contract).state in OVER
    return (said("freeze.over"),) if over else ()


def _stopped(state: State) -> int:
    running = (each for each in state.contracts.values() if each.state not in OVER)
    return sum(stops.stopping(state, each) is not None for each in running)


def _differences(*statements: Said) -> tuple[Difference, ...]:
    return tuple(Difference(each) for each in statements)
