"""The desk's policy: one versioned document, adopted by the administrators, effective at its place in the log.

- Versions count up by one. Every limit of a check that CHECKS.md marks "e.g." stands here, never in code.
- `witnesses` are C2SP verifier keys; `quorum` of them must have cosigned a checkpoint before it counts.

    {"version":1,"minimum_notional_usd":"100000","price_tolerance_bps":100,"request_lifetime_seconds":86400,
     "destination_cooling_seconds":172800,"checkpoint_age_seconds":86400,"safe_state_age_seconds":3600,
     "confirmations":{"bip122:0f9188f13cb7b2c71f2a335e3a4fc328":2,"eip155:31337":2},
     "fees":{"max_sat_vb":500,"dual_percent":5,"never_percent":10},
     "witnesses":{"quorum":2,"keys":["witness-one+0a0b0c0d+BA…","witness-two+…"]}}
"""

from dataclasses import dataclass

from countersign.errors import Malformed
from countersign.settlement import readers


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
class Policy:
    """One version of the policy. Seconds and basis points are integers; confirmations by CAIP-2."""

    version: int
    minimum_notional_usd: int
    price_tolerance_bps: int
    request_lifetime_seconds: int
    destination_cooling_seconds: int
    checkpoint_age_seconds: int
    safe_state_age_seconds: int
    confirmations: tuple[tuple[str, int], ...]
    fees: FeeBounds
    witnesses: Witnesses

    def confirmations_on(self, chain: str) -> int:
        """Confirmations that make a transaction of this chain final; a chain not named needs six."""
        return dict(self.confirmations).get(chain, 6)


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


def read(value: object, where: str) -> Policy:
    """The policy document; unknown and missing fields are refused."""
    seconds = readers.integer(0, 10 * 366 * 86_400)
    return Policy(
        **readers.record(
            value,
            where,
            {
                "version": readers.integer(1),
                "minimum_notional_usd": readers.amount,
                "price_tolerance_bps": readers.integer(0, 10_000),
                "request_lifetime_seconds": seconds,
                "destination_cooling_seconds": seconds,
                "checkpoint_age_seconds": seconds,
                "safe_state_age_seconds": seconds,
                "confirmations": readers.pairs(readers.chain, readers.integer(1, 10_000)),
                "fees": _fees,
                "witnesses": _witnesses,
            },
        )
    )
