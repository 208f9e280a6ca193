"""The states at places passed lately, so that an earlier one is replayed from near by and not from the founding.

- History is judged before an instruction's first share: an audit asks for one such place after another, a screen for the
  same few again and again.
- States are persistent, so a remembered one costs what changed since; a few places are remembered, the latest used.
- What is asked for is replayed from the nearest remembered place before it, and places on the way are remembered.

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


class Passed:
    """A few states of one history. `entries(start, stop)` gives its entries from `start` to before `stop`."""

    def __init__(self, entries: Callable[[int, int], Iterable[Entry]]) -> None:
        self._entries = entries
        self._known: dict[int, State] = {}  # size → state, the latest used last

    def remember(self, state: State) -> None:
        """A state that was reached otherwise: after its first `size` entries, looked at without a gap."""
        self._known.pop(state.size, None)
        self._known[state.size] = state
        if len(self._known) > PLACES:
            del self._known[next(iter(self._known))]

    def near(self, index: int) -> State:
        """The nearest remembered state at or before a place; the empty one where none is."""
        size = max((each for each in self._known if each <= index), default=0)
        state = self._known.get(size, EMPTY)
        if size:
            self.remember(state)
        return state

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
        return state
