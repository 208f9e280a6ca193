"""The officer's and the vault operator's windows: plain constructors that assign; `begin` starts reading."""

from countersign.desk.surfaces import OfficerConsole
from countersign.ui.presenters.banner import BannerFacts
from countersign.ui.presenters.instruments import Instruments
from countersign.ui.views.officer_window import OfficerWindow

__all__ = ["OfficerWindow", "open_officer"]


def open_officer(console: OfficerConsole, banner: BannerFacts, instruments: Instruments) -> OfficerWindow:
    """A signing officer's window; not yet shown, nothing read. Call `show()` and `begin()`."""
    return OfficerWindow(console, banner, instruments)
