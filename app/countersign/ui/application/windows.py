"""The officer's and the vault operator's windows: plain constructors that assign; `begin` starts reading."""

from countersign.desk.surfaces import OfficerConsole, VaultConsole
from countersign.ui.presenters.banner import BannerFacts
from countersign.ui.presenters.instruments import Instruments
from countersign.ui.views.officer_window import OfficerWindow
from countersign.ui.views.vault_window import VaultWindow

__all__ = ["OfficerWindow", "VaultWindow", "open_officer", "open_vault"]


def open_officer(console: OfficerConsole, banner: BannerFacts, instruments: Instruments) -> OfficerWindow:
    """A signing officer's window; not yet shown, nothing read. Call `show()` and `begin()`."""
    return OfficerWindow(console, banner, instruments)


def open_vault(console: VaultConsole, banner: BannerFacts, instruments: Instruments) -> VaultWindow:
    """A vault operator's window; not yet shown, nothing read. Call `show()` and `begin()`."""
    return VaultWindow(console, banner, instruments)
