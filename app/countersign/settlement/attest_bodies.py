"""The body of `state.attested`, with its strict reader: what two officers' consoles found at one checkpoint.

- It is for a machine that receives an excerpt of the log by QR and cannot see what was left out.
- `used` lists what the cycle's payers gave in the 24 hours before the checkpoint's newest entry, beside the attested
  instructions, in whole dollars rounded up, ascending by payer and receiver.
- `failed` names every `settlement.failed` that those consoles accepted of the cycle: one that the rules refuse lies in the log as
  well, and whoever carries an excerpt could show it.
- `chains` holds what both officers' own nodes say of the Safes that pay in the cycle (`safe_state.py`), each chain at one
  block.

The worked example stands in docs/formats/events.md.
"""

from dataclasses import dataclass

from countersign.errors import Malformed
from countersign.settlement import readers, safe_state
from countersign.settlement.safe_state import ChainSnapshot


@dataclass(frozen=True, slots=True, order=True)
class Given:
    """Whole dollars that one institution gave another in 24 hours, rounded up (LEIs)."""

    payer: str
    receiver: str
    usd: int


@dataclass(frozen=True, slots=True)
class StateAttested:
    """`instructions`: the cycle's live ones, ascending; `size` and `root`: the checkpoint that both replayed to; `policy`: the
    entry that adopted the policy in force; `roster`: the one that changed the roster last; `failed`: events (SHA-256),
    ascending."""

    cycle: str
    instructions: tuple[str, ...]
    size: int
    root: str
    policy: int
    roster: int
    failed: tuple[str, ...]
    used: tuple[Given, ...]
    chains: tuple[ChainSnapshot, ...]


def _given(value: object, where: str) -> Given:
    fields = {"payer": readers.lei, "receiver": readers.lei, "usd": readers.positive_amount}
    return Given(**readers.record(value, where, fields))


def _used(value: object, where: str) -> tuple[Given, ...]:
    found = readers.array(_given, maximum=100_000)(value, where)
    pairs = [(each.payer, each.receiver) for each in found]
    if pairs != sorted(set(pairs)):
        raise Malformed("settlement.not-ascending", where=where)
    return found


READERS: dict[str, tuple[type, dict[str, readers.Reader[object]]]] = {
    "state.attested": (
        StateAttested,
        {
            "cycle": readers.identifier,
            "instructions": readers.ascending(readers.sha256, minimum=1),
            "size": readers.integer(1),
            "root": readers.sha256,
            "policy": readers.integer(0),
            "roster": readers.integer(0),
            "failed": readers.ascending(readers.sha256),
            "used": _used,
            "chains": safe_state.read_all,
        },
    ),
}
"""Body and fields of the type."""
