"""Putting windows together and running them: the only place that knows qasync."""

from countersign.ui.application.loop import run
from countersign.ui.application.screens import SCREENS, grab, texts
from countersign.ui.application.windows import OfficerWindow, VaultWindow, open_officer, open_vault
from countersign.ui.presenters.banner import BannerFacts, Mode
from countersign.ui.presenters.instruments import DrawCode, Instruments, ReadPicture
from countersign.ui.theme.dress import wear

__all__ = [
    "SCREENS",
    "BannerFacts",
    "DrawCode",
    "Instruments",
    "Mode",
    "OfficerWindow",
    "ReadPicture",
    "VaultWindow",
    "grab",
    "open_officer",
    "open_vault",
    "run",
    "texts",
    "wear",
]
