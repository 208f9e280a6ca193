"""The colours, light and dark, and the arithmetic of contrast (WCAG 2.2, 1.4.3).

- A tone is a meaning (ok, warn, bad, info, quiet) with an ink for words and a ground behind them.
- `PAIRS` lists every (ink, ground) that carries words; a test computes that each reaches 4.5 : 1 in both palettes.
- QR codes are black on white in every theme and take no colour from here but `CODE_INK` and `CODE_GROUND`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Final

CODE_INK: Final = "#000000"
CODE_GROUND: Final = "#ffffff"
PAPER: Final = "#ffffff"
PRINT: Final = {"ink": "#000000", "quiet": "#444444", "rule": "#999999"}
"""On paper, in every theme."""
"""What a document's page is painted on, in every theme: its ink was chosen for paper."""


@dataclass(frozen=True, slots=True)
class Palette:
    """One theme's colours, as #rrggbb."""

    name: str
    window: str
    surface: str
    raised: str
    line: str
    ink: str
    quiet: str
    accent: str
    on_accent: str
    accent_soft: str
    selection: str
    ok: str
    ok_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    info: str
    info_soft: str
    quiet_soft: str
    on_bad: str
    banner_online: str
    banner_vault: str
    banner_auditor: str
    banner_demonstration: str
    banner_alarm: str
    on_banner: str
    on_banner_demonstration: str


LIGHT: Final = Palette(
    name="light",
    window="#f3f5f8",
    surface="#ffffff",
    raised="#f9fafc",
    line="#d3dae3",
    ink="#141a22",
    quiet="#505c6b",
    accent="#1f4fc4",
    on_accent="#ffffff",
    accent_soft="#e5ecfb",
    selection="#dbe6fb",
    ok="#14663a",
    ok_soft="#e2f3e8",
    warn="#7a4b00",
    warn_soft="#fdf0d5",
    bad="#a31c14",
    bad_soft="#fde7e5",
    info="#1b4a91",
    info_soft="#e4edfa",
    quiet_soft="#e9edf2",
    on_bad="#ffffff",
    banner_online="#1c4797",
    banner_vault="#145436",
    banner_auditor="#57318f",
    banner_demonstration="#f2b933",
    banner_alarm="#b01f16",
    on_banner="#ffffff",
    on_banner_demonstration="#201600",
)

DARK: Final = Palette(
    name="dark",
    window="#10151c",
    surface="#181f28",
    raised="#1e2731",
    line="#344050",
    ink="#e9eef4",
    quiet="#a5b1c0",
    accent="#86b1ff",
    on_accent="#0b1626",
    accent_soft="#1d2d47",
    selection="#26395a",
    ok="#76d8a0",
    ok_soft="#15322a",
    warn="#f2bd6b",
    warn_soft="#38290f",
    bad="#ff9d94",
    bad_soft="#421c1b",
    info="#9cc2ff",
    info_soft="#1b2c45",
    quiet_soft="#283341",
    on_bad="#2b0806",
    banner_online="#1c4797",
    banner_vault="#145436",
    banner_auditor="#57318f",
    banner_demonstration="#f2b933",
    banner_alarm="#b01f16",
    on_banner="#ffffff",
    on_banner_demonstration="#201600",
)

PAIRS: Final[tuple[tuple[str, str], ...]] = (
    *((ink, ground) for ink in ("ink", "quiet", "accent") for ground in ("window", "surface", "raised", "selection")),
    *((tone, ground) for tone in ("ok", "warn", "bad", "info") for ground in ("window", "surface", "raised")),
    *((tone, f"{tone}_soft") for tone in ("ok", "warn", "bad", "info", "quiet")),
    *(("ink", f"{tone}_soft") for tone in ("ok", "warn", "bad", "info", "quiet", "accent")),
    ("accent", "accent_soft"),
    ("on_accent", "accent"),
    ("on_bad", "bad"),
    *(("on_banner", f"banner_{mode}") for mode in ("online", "vault", "auditor", "alarm")),
    ("on_banner_demonstration", "banner_demonstration"),
)


@cache
def colours(palette: Palette) -> Mapping[str, str]:
    """Name to #rrggbb. Asked for by each icon and each painted cell."""
    return MappingProxyType({field.name: getattr(palette, field.name) for field in fields(palette)})


def tone(palette: Palette, name: str) -> tuple[str, str]:
    """Ink and ground of a tone: ok, warn, bad, info, quiet."""
    table = colours(palette)
    return table[name], table[f"{name}_soft"]


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
