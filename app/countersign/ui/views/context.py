"""What every screen is given: the runner of its tasks and the window's instruments."""

from dataclasses import dataclass

from countersign.ui.presenters.instruments import Instruments
from countersign.ui.tasks.runner import Runner


@dataclass(frozen=True, slots=True)
class Context:
    """Shared by the screens of one window; holds no state of the desk."""

    runner: Runner
    instruments: Instruments

    @property
    def now(self) -> int:
        """Unix seconds."""
        return self.instruments.now()
