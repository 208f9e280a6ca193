"""A profile whose log holds a netted cycle with a contract left out, one under way beside it, and others for the next cut-off.

story = netted()                       # cached; do not log to it, copy it
write_profile(tmp_path / "profile", story.over)
"""

from dataclasses import dataclass
from functools import cache

from countersign.formats import times
from countersign.settlement import builder, netting
from countersign.settlement.contract import Terms
from countersign.settlement.holding import shortfall
from support import finished_settlement
from support import settlement_world as world
from support.finished_settlement import Finished
from support.settlement_world import BTC, USDC, Desk, Trade

CYCLE = "cycle-2026-11-22-1600-1"
CUT_OFF = times.parse("2026-11-22T16:00:00Z")


@dataclass(frozen=True)
class Netted:
    """The history; the hashes of the two that net against each other, of the short one, and of those for tomorrow."""

    over: Finished
    there: Trade
    back: Trade
    short: Trade
    blocking: Trade


def sale(number: int, satoshis: int, *, back: bool = False) -> Trade:
    """Meridian's bitcoin against Harbour's dollars at 80,000, or the other way round."""
    names = ("harbour", "meridian") if back else ("meridian", "harbour")
    legs = (
        world.Leg(0, 1, BTC, satoshis, world.destination(names[1], BTC)),
        world.Leg(1, 0, USDC, satoshis * 800, world.destination(names[0], USDC)),
    )
    notional = world.Notional(satoshis * 800 // 10**6, "80000", "Northgate reference")
    parties = tuple(world.OWNERS[each] for each in names)
    terms: Terms = world.terms(number, parties=parties, legs=legs, notional=notional)
    return Trade(number, world.signed_contract(terms))


def held(desk: Desk, trade: Trade) -> Trade:
    desk.play(trade, until="held")
    return trade


@cache
def netted() -> Netted:
    """16:00 with a shortfall that nobody topped up; at 17:00 the rest closes, and a gross cycle blocks Harbour's Safe."""
    desk = Desk()
    keys = finished_settlement.cases.quorum()
    desk.log("desk.founded", ["desk", "compliance", "officer-d"], world.founding_body() | {"log": str(keys.log)})
    witnesses = {"quorum": 2, "keys": sorted(str(key) for key in keys.witnesses)}
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": world.policy_document(witnesses=witnesses)})
    for asset, price in ((BTC, "80000"), (USDC, "1")):
        desk.log("price.published", ["desk"], {"asset": asset, "price": price, "source": "Northgate reference"})
    for number, owner in enumerate(world.OWNERS):
        desk.deposit(owner, BTC, 4 * 10**9, number)
        desk.deposit(owner, USDC, 4 * 800 * 10**9, number)
    blocking = held(desk, sale(9, 5 * 10**8))
    desk.log("cycle.closed", ["desk"], builder.cycle_body("cycle-9", [blocking.hash], world.START))
    desk.log("instruction.prepared", ["operations"], desk.safe_body(blocking))
    there, back = held(desk, sale(1, 3 * 10**9)), held(desk, sale(2, 10**9, back=True))
    short = sale(3, 9 * 10**9)
    desk.play(short, until="endorsed")
    desk.now_ms = (CUT_OFF + 3_600) * 1_000
    lacking = shortfall(desk.state, desk.state.contract(short.hash))
    body = builder.cycle_body(CYCLE, [there.hash, back.hash], CUT_OFF, netting=netting.MULTILATERAL, short=lacking)
    desk.log("cycle.closed", ["desk"], body)
    compared = {"as_of": len(desk.entries), "report": "ab" * 32, "accounts": 4, "breaks": 1}
    desk.log("reconciliation.recorded", ["desk", "operations"], compared)
    return Netted(Finished(desk, there), there, back, short, blocking)
