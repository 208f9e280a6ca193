"""The legal text in words: whether it is at hand; plain text laid out on pages; how large pages are shown.

- A page of text has at most 60 lines of at most 120 columns (a wide letter takes two); a form feed begins a new one. Longer lines
  are wrapped at a space where there is one. Nothing is left out, whatever the text.
- Zoom is in percent of the paper's own size at 96 dots an inch.

    >>> pages("one\\ntwo\\fthree")
    ('one\\ntwo', 'three')
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final
from unicodedata import east_asian_width

from countersign.desk.views import KeptLegalText, LegalKind, LegalTextView
from countersign.resources.visible import visible
from countersign.ui.strings import label

LINES: Final = 60
COLUMNS: Final = 120
TAB: Final = 8
ZOOMS: Final = (25, 50, 75, 100, 125, 150, 200, 300, 400)
DOTS_A_POINT: Final = 96 / 72
_TONES: Final = {
    LegalKind.PDF: ("ok", "pass"),
    LegalKind.TEXT: ("ok", "pass"),
    LegalKind.OTHER: ("warn", "warning"),
    LegalKind.ABSENT: ("warn", "warning"),
    LegalKind.ALTERED: ("bad", "fail"),
}


def state(view: LegalTextView) -> tuple[str, str, str]:
    """Tone, icon, words: what of the legal text is on this machine."""
    return *_TONES[view.kind], label(f"legal.kind-{view.kind}")


def taken(kept: KeptLegalText, contract_id: str) -> str:
    """What taking in a file brought, for whoever looks at a contract."""
    if contract_id not in kept.contracts:
        return label("legal.taken-other", contracts=", ".join(kept.contracts))
    return label("legal.taken" if kept.given else "legal.taken-here")


def zoomed(percent: int, steps: int) -> int:
    """The next larger or smaller zoom.

    >>> zoomed(87, 1), zoomed(87, -1), zoomed(400, 1)
    (100, 75, 400)
    """
    further = [each for each in ZOOMS if (each > percent if steps > 0 else each < percent)]
    return (min(further) if steps > 0 else max(further)) if further else percent


def pages(text: str) -> tuple[str, ...]:
    """A plain text on pages; never none."""
    laid: list[str] = []
    for sheet in text.split("\f"):
        lines = [line for each in sheet.split("\n") for line in wrapped(visible(each.expandtabs(TAB)))]
        if lines[-1:] == [""] and len(lines) > 1:
            lines.pop()  # the line end at the end of a file
        laid += ["\n".join(lines[at : at + LINES]) for at in range(0, len(lines), LINES)]
    return tuple(laid)


def wrapped(line: str) -> Iterator[str]:
    """A line in pieces of at most `COLUMNS` columns, broken behind a space where there is one; never none."""
    cuts = [0]
    column = space = 0
    for at, letter in enumerate(line):
        column += 2 if east_asian_width(letter) in "WF" else 1
        if column > COLUMNS:
            cuts.append(space if space > cuts[-1] else at)
            column = sum(2 if east_asian_width(each) in "WF" else 1 for each in line[cuts[-1] : at + 1])
        if letter == " ":
            space = at + 1
    for start, end in pairwise([*cuts, len(line)]):
        yield line[start:end].rstrip(" ") if end < len(line) else line[start:end]
