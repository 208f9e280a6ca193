"""What Review tells of a settlement beside its transactions: every leg, its cycle with the conservation proof, what stops it.

- The proof is made here from the logged contracts and the obligations the cycle was closed with; nothing is taken on trust.

    cycle(state, record).proved
"""

from countersign.desk.money import money
from countersign.desk.names import owner
from countersign.desk.settlement_views import CycleView, LegView, PositionView, StopView
from countersign.settlement import proof
from countersign.settlement.contract import Terms
from countersign.settlement.proof import Position
from countersign.settlement.records import ContractRecord
from countersign.settlement.roster import Party
from countersign.settlement.state import State
from countersign.settlement.stops import stopping


def legs(state: State, terms: Terms) -> tuple[LegView, ...]:
    """Every leg of a contract, in its order."""
    return tuple(
        LegView(
            _named(state, terms.payer(leg)),
            _named(state, terms.parties[leg.receiver]),
            money(state.roster, leg.asset, leg.amount),
            leg.destination,
        )
        for leg in terms.legs
    )


def cycle(state: State, record: ContractRecord) -> CycleView | None:
    """The cycle of a contract, proved; None before one is closed over it."""
    found = state.cycles.get(record.cycle or "")
    if found is None:
        return None
    shown = proof.of_cycle(state, found)
    worth = proof.dollars(state, shown)
    return CycleView(
        id=found.id,
        netting=found.netting,
        cut_off=found.cut_off,
        contracts=tuple(state.contract(each).terms.id for each in found.contracts),
        obligations=tuple(
            LegView(
                _named(state, each.payer),
                _named(state, each.receiver),
                money(state.roster, each.asset, each.amount),
                each.destination,
            )
            for each in found.obligations
        ),
        positions=tuple(_position(state, each) for each in shown.positions),
        proved=shown.holds,
        transactions_gross=shown.transactions_gross,
        transactions_net=shown.transactions_net,
        usd_gross=worth.gross,
        usd_net=worth.net,
    )


def _position(state: State, each: Position) -> PositionView:
    parts = (each.gross_in, each.gross_out, each.before, each.after)
    return PositionView(_named(state, each.book), *(money(state.roster, each.asset, units) for units in parts))


def stops(state: State, record: ContractRecord) -> tuple[StopView, ...]:
    """The order that stops a contract, and the dispute that stands over it: after its end too, within its window."""
    freeze, dispute = stopping(state, record), record.dispute
    known = state.roster.officers
    found = []
    if freeze is not None:
        names = tuple(known[each].name if each in known else each for each in freeze.officers)
        found.append(StopView("frozen", names, freeze.order, freeze.reason, freeze.document_sha256, freeze.index))
    if dispute is not None and dispute.closed is None:
        opener = owner(state.roster, dispute.opener)
        expected = tuple(
            LegView(
                _named(state, each.payer),
                _named(state, each.receiver),
                money(state.roster, each.asset, each.amount),
                "",
            )
            for each in dispute.expected
        )
        found.append(StopView("disputed", (opener,), "", dispute.reason, "", dispute.index, expected))
    return tuple(found)


def _named(state: State, party: Party) -> str:
    """ "Harbour Prime (main)"."""
    return f"{owner(state.roster, party.lei)} ({party.book})"
