"""The states at places passed lately, so that an earlier one is replayed from near by and not from the founding.

- History is judged before an instruction's first share: an audit asks for one such place after another, a screen for the
  same few again and again.
- States are persistent, so a remembered one costs what changed since; a few places are remembered, the latest used.
- What is asked for is replayed from the nearest remembered place before it, and places on the way are remembered; so are
  the places asked for lately, beside them, so that many questions near each other push out none far away.

    >>> passed = Passed(lambda start, stop: entries[start:stop])
    >>> passed.before(70_000).size
    70000
"""

from collections.abc import Callable, Iterable

from countersign.settlement import machine
from countersign.settlement.machine import Entry
from countersign.settlement.state import EMPTY, State

STEP = 256
"""Every so many entries a place is remembered."""
PLACES = 64
"""How many places are remembered at most."""
LATELY = 16
"""How many of the places last asked for."""


class Passed:
    """A few states of one history. `entries(start, stop)` gives its entries from `start` to before `stop`."""

    def __init__(self, entries: Callable[[int, int], Iterable[Entry]]) -> None:
        self._entries = entries
        self._known: dict[int, State] = {}  # size → state, the latest used last
        self._asked: dict[int, State] = {}  # the same

    def remember(self, state: State) -> None:
        """A state that was reached otherwise: after its first `size` entries, looked at without a gap."""
        _keep(self._known, state, PLACES)

    def near(self, index: int) -> State:
        """The nearest remembered state at or before a place; the empty one where none is."""
        size = max((each for each in (*self._known, *self._asked) if each <= index), default=0)
        if (state := self._known.get(size)) is not None:
            self.remember(state)
        return state or self._asked.get(size, EMPTY)

    def before(self, index: int) -> State:
        """The state after the first `index` entries."""
        state = self.near(index)
        size = state.size
        while size < index:
            stop = min(size + STEP - size % STEP, index)
            state = machine.replay(self._entries(size, stop), state)
            size = stop
            if size % STEP == 0:
                self.remember(state)
        _keep(self._asked, state, LATELY)
        return state


def _keep(known: dict[int, State], state: State, places: int) -> None:
    known.pop(state.size, None)
    known[state.size] = state
    if len(known) > places:
        del known[next(iter(known))]
