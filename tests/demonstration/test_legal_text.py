"""The demonstration's legal text is shipped, is what its source makes, and can be shown page by page."""

import sys

from countersign.bootstrap.stage import LEGAL_TEXT
from countersign.couriers.pdf_pages import PdfPages
from countersign.desk.legal_text import kind_of
from countersign.desk.views import LegalKind
from countersign.resources.location import data_path
from support import legal_document


def test_what_is_shipped_is_what_its_source_makes() -> None:
    assert data_path(LEGAL_TEXT) == legal_document.PLACE
    assert legal_document.PLACE.read_bytes() == legal_document.made()


def test_it_is_a_pdf_of_two_pages_that_the_confined_process_paints() -> None:
    data = legal_document.made()
    assert kind_of(data) is LegalKind.PDF
    document = PdfPages(data, (sys.executable, "-I", "-m", "countersign.bootstrap.pdf_child"))
    try:
        assert len(document.open()) == len(legal_document.PAGES) == 2
        inked = [sum(alpha > 128 for alpha in document.paint(page, 595).pixels[3::4]) for page in range(2)]
        assert min(inked) > 5_000
    finally:
        document.close()
