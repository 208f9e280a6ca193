"""The desk's policy: one versioned document, adopted by the administrators, effective at its place in the log.

- Versions count up by one. Every limit of a check that CHECKS.md marks "e.g." stands here, never in code.
- `caps` are whole dollars, null where there is none: on one transaction, on what one payer gives away in any 24 hours,
  and on what one payer gives one receiver in any 24 hours. There is a minimum notional and no maximum.
- `quorums`: from so many dollars on, an instruction is paid only from vaults of at least so many signatures.
- `hours`: when officers' shares and releases count, in UTC, Monday 1 to Sunday 7; null is always.
- `four_eyes`: "standard" (who prepares does not sign, maker is not checker) or "strict" (nor does anybody who signed a
  share, or the endorser, have a hand in the release).
- `cycles`: daily cut-offs (UTC), how long a shortfall may be topped up after them, and how many contracts a cycle that
  needs cold shares may hold. `lending`: pool limit and yearly rate by asset; an asset not named is never lent.
- `witnesses` are C2SP verifier keys; `quorum` of them must have cosigned a checkpoint before it counts.

    {"version":1,"minimum_notional_usd":"100000","price_tolerance_bps":100,
     "caps":{"transaction_usd":null,"day_usd":"500000000","counterparty_usd":null},
     "quorums":[{"from_usd":"250000000","signatures":3}],"hours":{"days":[1,2,3,4,5],"from":"07:00","until":"20:00"},
     "four_eyes":"standard","request_lifetime_seconds":86400,"destination_cooling_seconds":172800,
     "checkpoint_age_seconds":86400,"safe_state_age_seconds":3600,
     "cycles":{"cut_offs":["16:00"],"top_up_seconds":3600,"cold_contracts":500},
     "lending":{"bip122:0f91…/slip44:0":{"limit":"100000000000","rate_bps":250}},
     "confirmations":{"bip122:0f9188f13cb7b2c71f2a335e3a4fc328":2,"eip155:31337":2},
     "fees":{"max_sat_vb":500,"dual_percent":5,"never_percent":10},
     "witnesses":{"quorum":2,"keys":["witness-one+0a0b0c0d+BA…","witness-two+…"]}}
"""

from dataclasses import dataclass
from itertools import pairwise

from countersign.errors import Malformed
from countersign.formats import times
from countersign.settlement import readers
from countersign.settlement.safe_state import SNAPSHOT_SECONDS

LONGEST_CHECKPOINT_AGE = 24 * 3_600
"""L5's bound, in seconds. A policy may ask for younger heads, and for younger states of a Safe than E10 does; never for older."""
STANDARD, STRICT = "standard", "strict"
"""How strictly persons are kept apart."""


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@dataclass(frozen=True, slots=True)
class FeeBounds:
    """B9's bounds: satoshis a virtual byte, and percentages of the value that leaves."""

    max_sat_vb: int
    dual_percent: int
    never_percent: int


@dataclass(frozen=True, slots=True)
class Witnesses:
    """How many of which witnesses must have cosigned a checkpoint (L5); vkeys as text."""

    quorum: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may leave, in whole dollars; None where the policy sets no cap."""

    transaction_usd: int | None
    day_usd: int | None
    counterparty_usd: int | None


@dataclass(frozen=True, slots=True)
class Quorum:
    """From `from_usd` whole dollars on, a paying vault needs a threshold of at least `signatures`."""

    from_usd: int
    signatures: int


@dataclass(frozen=True, slots=True)
class Hours:
    """When officers act: ISO weekdays 1 to 7, and minutes of the day in UTC, the first included, the last not."""

    days: tuple[int, ...]
    opens: int
    closes: int

    @property
    def text(self) -> str:
        """In words: "Mon Tue Wed, 07:00 to 20:00 UTC"."""
        days = " ".join(_DAYS[day - 1] for day in self.days)
        return f"{days}, {_clock(self.opens)} to {_clock(self.closes)} UTC"

    def hold(self, seconds: int) -> bool:
        """Whether a moment (unix seconds) lies within them."""
        day, second = divmod(seconds, times.DAY)
        weekday = (day + 3) % 7 + 1  # 1970-01-01 was a Thursday
        return weekday in self.days and self.opens * 60 <= second < self.closes * 60


@dataclass(frozen=True, slots=True)
class Cycles:
    """Cut-offs in minutes of the UTC day, seconds to top up after one, and the most contracts where cold shares are needed."""

    cut_offs: tuple[int, ...]
    top_up_seconds: int
    cold_contracts: int


@dataclass(frozen=True, slots=True)
class Lending:
    """The pool's limit in base units of one asset, and the yearly rate it pays in basis points."""

    limit: int
    rate_bps: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the policy. Seconds and basis points are integers; confirmations by CAIP-2, lending by CAIP-19."""

    version: int
    minimum_notional_usd: int
    price_tolerance_bps: int
    caps: Caps
    quorums: tuple[Quorum, ...]
    hours: Hours | None
    four_eyes: str
    request_lifetime_seconds: int
    destination_cooling_seconds: int
    checkpoint_age_seconds: int
    safe_state_age_seconds: int
    cycles: Cycles
    lending: tuple[tuple[str, Lending], ...]
    confirmations: tuple[tuple[str, int], ...]
    fees: FeeBounds
    witnesses: Witnesses

    def confirmations_on(self, chain: str) -> int:
        """Confirmations that make a transaction of this chain final; a chain not named needs six."""
        return dict(self.confirmations).get(chain, 6)

    def signatures_for(self, usd: int) -> int:
        """The least threshold of a vault that pays `usd` whole dollars; 1 where no quorum is asked for."""
        return max((each.signatures for each in self.quorums if usd >= each.from_usd), default=1)


def _fees(value: object, where: str) -> FeeBounds:
    percent = readers.integer(0, 100)
    fields = {"max_sat_vb": readers.integer(1, 100_000), "dual_percent": percent, "never_percent": percent}
    found = FeeBounds(**readers.record(value, where, fields))
    if found.dual_percent > found.never_percent:
        raise Malformed("settlement.fee-bounds", where=where)
    return found


def _witnesses(value: object, where: str) -> Witnesses:
    fields = {"quorum": readers.integer(0, 64), "keys": readers.ascending(readers.prose, maximum=64)}
    found = Witnesses(**readers.record(value, where, fields))
    if found.quorum > len(found.keys):
        raise Malformed("settlement.witness-quorum", where=where, quorum=found.quorum, known=len(found.keys))
    return found


def _caps(value: object, where: str) -> Caps:
    cap = readers.nullable(readers.positive_amount)
    return Caps(**readers.record(value, where, {"transaction_usd": cap, "day_usd": cap, "counterparty_usd": cap}))


def _quorum(value: object, where: str) -> Quorum:
    return Quorum(**readers.record(value, where, {"from_usd": readers.amount, "signatures": readers.integer(1, 15)}))


def _quorums(value: object, where: str) -> tuple[Quorum, ...]:
    """More dollars never ask for fewer signatures."""
    found = readers.array(_quorum, maximum=32)(value, where)
    for low, high in pairwise(found):
        if low.from_usd >= high.from_usd or low.signatures >= high.signatures:
            raise Malformed("settlement.quorums-order", where=where)
    return found


def _hours(value: object, where: str) -> Hours:
    fields = {
        "days": readers.array(readers.integer(1, 7), minimum=1, maximum=7),
        "from": readers.minute,
        "until": readers.minute,
    }
    found = readers.record(value, where, fields)
    if list(found["days"]) != sorted(set(found["days"])):
        raise Malformed("settlement.not-ascending", where=f"{where}.days")
    if found["from"] >= found["until"]:
        raise Malformed("settlement.hours-order", where=where)
    return Hours(found["days"], found["from"], found["until"])


def _cycles(value: object, where: str) -> Cycles:
    fields = {
        "cut_offs": readers.array(readers.minute, minimum=1, maximum=96),
        "top_up_seconds": readers.integer(0, 86_400),
        "cold_contracts": readers.integer(1, 10_000),
    }
    found = Cycles(**readers.record(value, where, fields))
    if list(found.cut_offs) != sorted(set(found.cut_offs)):
        raise Malformed("settlement.not-ascending", where=f"{where}.cut_offs")
    return found


def _lending(value: object, where: str) -> Lending:
    fields = {"limit": readers.amount, "rate_bps": readers.integer(0, 100_000)}
    return Lending(**readers.record(value, where, fields))


_SECONDS = readers.integer(0, 10 * 366 * 86_400)

_FIELDS: dict[str, readers.Reader[object]] = {
    "version": readers.integer(1),
    "minimum_notional_usd": readers.amount,
    "price_tolerance_bps": readers.integer(0, 10_000),
    "caps": _caps,
    "quorums": _quorums,
    "hours": readers.nullable(_hours),
    "four_eyes": readers.one_of(STANDARD, STRICT),
    "request_lifetime_seconds": _SECONDS,
    "destination_cooling_seconds": _SECONDS,
    "checkpoint_age_seconds": readers.integer(60, LONGEST_CHECKPOINT_AGE),
    "safe_state_age_seconds": readers.integer(60, SNAPSHOT_SECONDS),
    "cycles": _cycles,
    "lending": readers.pairs(readers.asset, _lending),
    "confirmations": readers.pairs(readers.chain, readers.integer(1, 10_000)),
    "fees": _fees,
    "witnesses": _witnesses,
}


def read(value: object, where: str) -> Policy:
    """The policy document; unknown and missing fields are refused."""
    return Policy(**readers.record(value, where, _FIELDS))
