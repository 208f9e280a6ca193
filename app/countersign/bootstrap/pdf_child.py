"""The program that opens a stranger's PDF: Qt's painter in the confined process (docs/decisions/0006).

python -I -m countersign.bootstrap.pdf_child
"""

from countersign.couriers.pdf_child import serve
from countersign.ui.rendering.pdf import PdfPainter

if __name__ == "__main__":
    serve(PdfPainter())
