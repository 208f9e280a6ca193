"""The proposals that a console, or the embedded desk, keeps until they are logged, stale, or withdrawn.

- Kept in the profile's journal under one setting, so they are still there after a restart; a proposal that comes in twice
  is one proposal with the signatures of both.
- What was withdrawn here is remembered by its hash and not taken in again.

    {"open":[{"payload":"…","signatures":[…]}],"withdrawn":["9f…"]}
"""

from collections.abc import Mapping
from typing import Protocol

from countersign.desk import proposals
from countersign.desk.proposals import Proposal
from countersign.errors import Refused
from countersign.formats import jcs, shape, strict_json

SETTING = "proposals"
LIMIT, MOST, MOST_WITHDRAWN = 16 << 20, 1_000, 10_000
"""Bytes, open proposals and withdrawn ones that a box holds: more is refused before it is kept, for it could not be read."""
_FIELDS = {
    "open": shape.array(shape.anything, maximum=MOST),
    "withdrawn": shape.array(shape.string(), maximum=MOST_WITHDRAWN),
}


class Kept(Protocol):
    """Where settings are kept: a profile's journal."""

    def setting(self, key: str) -> bytes | None: ...
    def set_setting(self, key: str, value: bytes) -> None: ...


class Settings:
    """Settings of a desk without a journal: kept while it runs."""

    def __init__(self) -> None:
        self._values: dict[str, bytes] = {}

    def setting(self, key: str) -> bytes | None:
        """The value, or None."""
        return self._values.get(key)

    def set_setting(self, key: str, value: bytes) -> None:
        """Keep a value."""
        self._values[key] = value


class ProposalBox:
    """Open proposals by their hash, in the order in which they came."""

    def __init__(self, kept: Kept | None = None) -> None:
        self._kept: Kept = kept if kept is not None else Settings()

    def all(self) -> tuple[Proposal, ...]:
        """Every open proposal."""
        return tuple(self._load()[0].values())

    def get(self, id: str) -> Proposal:
        """One of them. Refused("desk.proposal-unknown")."""
        found = self._load()[0].get(id)
        if found is None:
            raise Refused("desk.proposal-unknown", id=id)
        return found

    def joined(self, new: Proposal) -> Proposal:
        """A proposal with the signatures that are known here as well."""
        return _join(self._load()[0], new)

    def take_in(self, data: bytes) -> Proposal:
        """Keep a proposal, joined with what is known of it.

        Raises as `proposals.parse`; Refused("desk.proposal-withdrawn"), Refused("desk.proposals-full").
        """
        new = proposals.parse(data)
        known, withdrawn = self._load()
        if new.id in withdrawn:
            raise Refused("desk.proposal-withdrawn", id=new.event.id)
        joined = _join(known, new)
        self._store({**known, new.id: joined}, withdrawn)
        return joined

    def drop(self, id: str) -> None:
        """Forget one that was logged."""
        known, withdrawn = self._load()
        self._store({name: each for name, each in known.items() if name != id}, withdrawn)

    def withdraw(self, id: str) -> None:
        """Forget one, and do not take it in again. Refused("desk.proposal-unknown")."""
        self.get(id)
        known, withdrawn = self._load()
        self._store({name: each for name, each in known.items() if name != id}, {*withdrawn, id})

    def _load(self) -> tuple[dict[str, Proposal], set[str]]:
        data = self._kept.setting(SETTING)
        if data is None:
            return {}, set()
        found = shape.record(strict_json.parse_canonical(data, limit=LIMIT), "proposals", _FIELDS)
        held = [proposals.parse(jcs.encode(each)) for each in found["open"]]
        return {each.id: each for each in held}, set(found["withdrawn"])

    def _store(self, known: dict[str, Proposal], withdrawn: set[str]) -> None:
        held = [strict_json.parse(each.serialise()) for each in known.values()]
        data = jcs.encode({"open": held, "withdrawn": sorted(withdrawn)})
        if len(held) > MOST or len(withdrawn) > MOST_WITHDRAWN or len(data) > LIMIT:
            raise Refused("desk.proposals-full", count=len(held))
        self._kept.set_setting(SETTING, data)


def _join(known: Mapping[str, Proposal], new: Proposal) -> Proposal:
    return proposals.merge(known[new.id], new) if new.id in known else new
