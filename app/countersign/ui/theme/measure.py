"""The 8-pixel grid and the type scale, in device-independent pixels."""

from typing import Final

HALF: Final = 4
UNIT: Final = 8
GAP: Final = 16
WIDE: Final = 24
HUGE: Final = 32

CAPTION: Final = 12
BODY: Final = 13
STRONG: Final = 15
TITLE: Final = 20
LARGE: Final = 24  # the vault's wizard, read at arm's length

RAIL: Final = 150
RADIUS: Final = 6
CONTROL: Final = 32
ROW: Final = 64
SIDE: Final = 42 * UNIT
"""A list of things to choose one of, beside what is shown of it."""
ITEM: Final = SIDE - 5 * GAP - UNIT
"""What a line in it has: less the page's and the button's margins, the scroll bar and the frame."""
LINE_ROW: Final = 52
ICON: Final = 16
RAIL_ICON: Final = 20
SCREEN: Final = (1440, 900)
