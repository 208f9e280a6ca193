"""A profile for as long as a command reads it: opened, its history replayed, closed again. The store is imported then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countersign.cli.options import Ask
    from countersign.desk.ports import Clock
    from countersign.desk.replica import Replica


@contextmanager
def replayed(profile: Path, clock: Clock, ask: Ask) -> Iterator[Replica]:
    """The replica of a profile's history; raises what opening and replaying raise."""
    from countersign.desk.replica import Replica
    from countersign.store.profile import open_profile

    with open_profile(profile, ask) as store:
        yield Replica(store, clock)
