"""Labels of the legal text: its line on Review, and the dialog that shows it."""

LABELS: dict[str, str] = {
    "legal.name": "Legal text (SHA-256)",
    "legal.kind-pdf": "at hand, hash checked: PDF",
    "legal.kind-text": "at hand, hash checked: plain text",
    "legal.kind-other": "at hand, hash checked: neither PDF nor plain text",
    "legal.kind-absent": "not at hand",
    "legal.kind-altered": "the bytes kept here have another hash",
    "legal.open": "Read…",
    "legal.open-tip": "Read the legal text",
    "legal.take": "Take in the file…",
    "legal.take-tip": "Take in the legal text from a file; it is recognised by its hash",
    "legal.drop": "or drop the file here: PDF or plain text",
    "legal.files": "PDF or plain text (*.pdf *.PDF *.txt *.TXT);;Every file (*)",
    "legal.taken": "The legal text was taken in and its hash checked.",
    "legal.taken-here": "The legal text was taken in and its hash checked. The desk was not reached: only this console has it.",
    "legal.taken-other": "The file is the legal text of {contracts}, not of this contract. It was taken in there.",
    "legal.title": "Legal text of contract {id}",
    "legal.checked": "hash checked",
    "legal.pdf-note": (
        "Pictures of the pages, painted in a closed process. Links, scripts, attachments and what stands in form fields are not "
        "shown and do nothing. Letters whose font the file does not carry are drawn with a built-in one."
    ),
    "legal.text-note": "Plain text as it stands in the file. Long lines are wrapped; invisible characters are spelt out.",
    "legal.opening": "Opening the document…",
    "legal.page": "Page {page} of {pages}",
    "legal.drawing": "Drawing page {page} of {pages}…",
    "legal.previous": "Previous page",
    "legal.next": "Next page",
    "legal.smaller": "Smaller",
    "legal.larger": "Larger",
    "legal.fit": "Fit the width",
    "legal.zoom": "{percent} %",
    "legal.area": "The page",
}
