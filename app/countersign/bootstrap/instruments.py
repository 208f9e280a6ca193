"""What the windows are handed besides a console: a clock, codes, removable drives, a place for evidence."""

import secrets
import sys
from pathlib import Path

import platformdirs

from countersign.bootstrap.machine import CLOCK
from countersign.bootstrap.preferences import FilePreferences, file_of_this_machine, parts
from countersign.cli import reading
from countersign.couriers import pictures
from countersign.couriers.carrier import Carrier
from countersign.couriers.drives import Drives
from countersign.couriers.pdf_pages import PdfPages
from countersign.couriers.pictures import Grey
from countersign.ui.presenters.instruments import Instruments

PDF_CHILD = (sys.executable, "-I", "-m", "countersign.bootstrap.pdf_child")
"""The program that opens PDFs."""


def instruments(carrier: Carrier) -> Instruments:
    """The instruments of one machine; pictures are read in the carrier's confined process."""
    return Instruments(
        now=lambda: CLOCK.now_ms() // 1000,
        draw_code=pictures.modules,
        read_picture=lambda grey, width, height: carrier.read_grey(Grey(width, height, grey)),
        keep_evidence=keep_evidence,
        drives=Drives(),
        open_pdf=lambda pdf: PdfPages(pdf, PDF_CHILD),
        read_batch=lambda place: reading.read_batch((place,)),
        preferences=FilePreferences(file_of_this_machine()),
        parts=parts(),
    )


def keep_evidence(trace: str) -> str:
    """Write the trace of a bug of ours (places and kinds, never values) into a file of its own; its path."""
    folder = Path(platformdirs.user_log_dir("countersign"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = folder / f"unexpected-{CLOCK.now_ms()}-{secrets.token_hex(4)}.log"
    place.write_text(trace, "utf-8")
    return str(place)
