"""Python's collector of circular garbage, kept from looking through a history again and again.

A state is made of values that refer to nothing that refers back: it needs no collector, and it stays. Yet each time it has
grown by a quarter the collector looks through all of it, which makes replaying cost more the longer the history is, and a
window stand still. What is young is looked through as ever, so that circular garbage (an error with its trace) still goes.

    >>> with spared():
    ...     state = machine.replay(entries)
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 1_000
"""Everything is looked through once so many rounds over what is young, not after ten."""


def spare() -> None:
    """From now on, and for what is there already never (a console, once it has replayed)."""
    gc.set_threshold(*gc.get_threshold()[:2], SELDOM)
    gc.freeze()


@contextmanager
def spared() -> Iterator[None]:
    """While a history is replayed or a kept state is read."""
    before = gc.get_threshold()
    gc.set_threshold(*before[:2], SELDOM * SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
