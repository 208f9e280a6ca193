"""Putting windows together and running them: the only place that knows qasync."""

from countersign.ui.application.loop import run
from countersign.ui.application.screens import SCREENS, grab, texts
from countersign.ui.application.windows import OfficerWindow, open_officer

__all__ = ["SCREENS", "OfficerWindow", "grab", "open_officer", "run", "texts"]
