"""What may only go forward: pinned log heads (L6), the clock (C4), settlement ids (C3), change indexes (B7); and
settings.

- A pin is advanced from the one that was read: if it moved meanwhile nothing is written (`L6.moved`), so N never
  overwrites N+K. The consistency proof between the two is the caller's; a smaller size or another root of the same size
  is refused here as well.
- The clock's floor is the newest second this machine has acted on; T = max(system clock, floor, newest log time).
- A settlement's id and version belong to the first hash seen; a closed id never signs again.
- A setting is public and small (the desk's origin, trusted keys); the last value counts, earlier ones stay readable in
  the journal.
"""

from countersign.audit.pin import Pin
from countersign.errors import Conflict, Refused
from countersign.store.bodies import body, fields, name, number
from countersign.store.chain import Chain
from countersign.store.database import Database


class Floors:
    """Pins, clock, settlement ids, change indexes, settings. Part of `Journal`."""

    _database: Database
    _chain: Chain

    def pin(self, origin: str) -> Pin | None:
        """The pinned head of a log, or None before the first."""
        found = self._chain.last("pin", origin.encode())
        return None if found is None else Pin.parse(found)

    def pins(self) -> tuple[Pin, ...]:
        """The pinned head of every log, by origin."""
        return tuple(Pin.parse(entry.body) for entry in self._chain.newest("pin"))

    def advance_pin(self, old: Pin | None, new: Pin) -> None:
        """Replaces the pin that was read (`old`) by `new` (from `audit.pin.advance`), durably, in one transaction; use
        `new` only after it returns.

        Raises `Conflict("L6.moved")` if the pin is no longer `old`, `Refused("L6.pin-back")`,
        `Refused("L6.pin-other-root")`.
        """
        origin = new.checkpoint.origin
        with self._database.transaction():
            known = self.pin(origin)
            if known == new:
                return
            if known != old:
                raise Conflict("L6.moved", size=known.size if known else 0)
            if known is not None:
                _require_forward(known, new)
            self._chain.append("pin", origin.encode(), new.serialise())

    def clock_floor(self) -> int:
        """Unix seconds before which this machine never judges again; 0 at first."""
        return int.from_bytes(self._chain.last("clock") or b"", "big")

    def raise_clock(self, seconds: int) -> int:
        """Raises the floor, durably; an earlier time changes nothing. Returns the floor that holds."""
        with self._database.transaction():
            floor = self.clock_floor()
            if seconds > floor:
                self._chain.append("clock", b"", seconds.to_bytes(8, "big"))
        return max(floor, seconds)

    def confirm_clock(self, seconds: int, source: str) -> None:
        """Records that an officer compared the clock with a second source at this second (a cold machine's session)."""
        with self._database.transaction():
            self.raise_clock(seconds)
            self._chain.append("clock-confirmed", b"", body({"seconds": seconds, "source": source}))

    def clock_confirmed(self) -> int | None:
        """Unix seconds of the last confirmation, or None."""
        found = self._chain.last("clock-confirmed")
        return None if found is None else number(fields(found), "seconds")

    def see_settlement(self, settlement: str, version: int, digest: bytes) -> None:
        """Binds an id and version to a contract hash, durably. Raises `Conflict("C3.bound-otherwise")`,
        `Refused("C3.id-closed")`."""
        with self._database.transaction():
            if (how := self.settlement_closed(settlement)) is not None:
                raise Refused("C3.id-closed", settlement=settlement, state=how)
            known = self.settlement_hash(settlement, version)
            if known is None:
                self._chain.append("settlement", _version_name(settlement, version), digest)
            elif known != digest:
                raise Conflict("C3.bound-otherwise", settlement=settlement, version=version, known=known.hex())

    def settlement_hash(self, settlement: str, version: int) -> bytes | None:
        """The contract hash first seen under this id and version, or None."""
        return self._chain.last("settlement", _version_name(settlement, version))

    def close_settlement(self, settlement: str, state: str) -> None:
        """Records that an id is settled, cancelled or superseded, durably; the first word stands."""
        with self._database.transaction():
            if self.settlement_closed(settlement) is None:
                self._chain.append("settlement-closed", settlement.encode(), state.encode())

    def settlement_closed(self, settlement: str) -> str | None:
        """How an id was closed, or None while it is open."""
        found = self._chain.last("settlement-closed", settlement.encode())
        return None if found is None else found.decode()

    def high_water(self, vault: str) -> int:
        """The highest change index ever used for a vault; −1 before the first."""
        found = self._chain.last("high-water", vault.encode())
        return -1 if found is None else int.from_bytes(found, "big")

    def raise_high_water(self, vault: str, index: int) -> None:
        """Raises the highest change index, durably; a lower one changes nothing."""
        with self._database.transaction():
            if index > self.high_water(vault):
                self._chain.append("high-water", vault.encode(), index.to_bytes(8, "big"))

    def setting(self, key: str) -> bytes | None:
        """The last value of a setting, or None."""
        return self._chain.last("setting", key.encode())

    def set_setting(self, key: str, value: bytes) -> None:
        """Records a setting, durably; the same value again changes nothing."""
        with self._database.transaction():
            if self.setting(key) != value:
                self._chain.append("setting", key.encode(), value)


def _version_name(settlement: str, version: int) -> bytes:
    return name(settlement.encode(), version.to_bytes(8, "big"))


def _require_forward(known: Pin, new: Pin) -> None:
    """The last defence behind `audit.pin.advance`, whose proof is not seen here."""
    if new.size < known.size or new.pinned_at < known.pinned_at:
        raise Refused("L6.pin-back", size=new.size, pinned=known.size)
    if new.size == known.size and new.root != known.root:
        raise Refused("L6.pin-other-root", size=new.size)
