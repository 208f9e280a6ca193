"""A window's instruments without a camera, codes, drives or a place for evidence."""

from collections.abc import Callable

from countersign.cli import reading
from countersign.ui.presenters.instruments import Instruments
from support import window_world as world


def instruments(now: Callable[[], int]) -> Instruments:
    """At the moment that `now` says; evidence is kept nowhere."""
    return Instruments(
        now, world.draw_code, lambda grey, width, height: [], lambda trace: trace, world.DrivesDouble(),
        lambda data: world.PdfDouble(), lambda place: reading.read_batch((place,)),
    )  # fmt: skip
