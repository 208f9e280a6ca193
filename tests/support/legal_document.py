"""The legal text of the demonstration's contracts, as a PDF that is the same byte for byte wherever it is made.

    python -m support.legal_document      # from tests/: writes resources/demonstration/legal-text.pdf anew

`tests/demonstration/test_legal_text.py` compares what is committed with what this makes.
"""

from pathlib import Path

from support import pdfs

PLACE = Path(__file__).resolve().parents[2] / "resources" / "demonstration" / "legal-text.pdf"
FONTS = (
    "/Font << /R << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >> "
    "/B << /Type /Font /Subtype /Type1 /BaseFont /Times-Bold /Encoding /WinAnsiEncoding >> >>"
)
LEFT, TOP, LEADING = 72, 770, 15

PAGES = (
    """
= Terms for the settlement of digital assets held in custody
~ Legal text of the contracts of the Countersign demonstration. Nobody is bound by it.

# 1. The contract
These terms belong to every contract that names this document by its SHA-256. The contract itself is
the signed message: it names the parties and their books, the assets and amounts that each delivers, the
addresses to which they are delivered, the price, the dates, the caps on network fees, and these terms by
their hash. Both parties sign the same bytes. Where these terms and the signed message differ, the signed
message prevails.

# 2. Custody
Each party's assets lie in vaults that the custodian keeps in that party's name. From the moment at which
the custodian has placed a hold, the amount held and the fee cap serve this contract alone. A hold is not a
delivery, and it passes no title.

# 3. Delivery against payment
Neither delivery is released before every instruction of the settlement has the signatures that its vault
requires. One officer prepares and others sign; who makes a release does not check it. Deliveries on one
chain execute together or not at all. If, after release, the delivery on one chain succeeds and on another
fails, the custodian makes the failed delivery good at its own cost.

# 4. Netting
The custodian may close this contract into a cycle with others. What is then owed between two vaults in
one asset is the difference of what the contracts of the cycle owe. Every party can recompute it from the
contracts in the log.

# 5. Finality
A delivery is final when its transaction has the confirmations that the contract names. Where the contract
carries the clause of mutual confirmation, it is final as soon as both parties have confirmed delivery, once
every transaction of the settlement has been observed. A later reorganisation of a chain does not undo a
final delivery; the custodian bears it.

# 6. Fees
Each deliverer bears the network fee of the chain of its asset's coin, up to the cap that the contract names.
Where the custodian executes a token transfer, it bears the fee of execution.
""",
    """
# 7. Ending without delivery
Both parties may cancel before the first signature of an officer. After it, the contract ends without
delivery only if it is voided: coins are spent back to the vaults from which they would have come, and the
holds return when that is final.

# 8. Records
Every act under this contract is an event in the custodian's transparency log, in the order in which it was
logged. Each party may have the events that concern it, with proofs of their place in the log. A signed
refusal is an event like any other.

# 9. Disputes
A party may dispute a delivery within the window that the contract names. A dispute freezes the holds of
the contract. It is decided in the forum and under the rules that the contract names; the custodian executes
the award by ordinary instructions.

# 10. This document
This document is known by the SHA-256 of its bytes. A file that was opened and saved again is another
document.

~ End of the legal text.
""",
)


def made() -> bytes:
    """The document."""
    contents = [_page(text.strip("\n"), number) for number, text in enumerate(PAGES, start=1)]
    return pdfs.document(contents=contents, resources=FONTS, catalog="/Lang (en-GB)", trailer="")


def _page(text: str, number: int) -> bytes:
    lines = [f"BT {LEADING} TL {LEFT} {TOP} Td"]
    for line in text.split("\n"):
        font, words = {"= ": ("/B 15", line[2:]), "# ": ("/B 11", line[2:]), "~ ": ("/R 10", line[2:])}.get(
            line[:2], ("/R 11", line)
        )
        lines.append(f"{font} Tf ({words.translate(pdfs.ESCAPED)}) Tj T*")
    foot = f"ET BT /R 9 Tf {LEFT} 40 Td (Page {number} of {len(PAGES)}) Tj ET"
    return "\n".join([*lines, foot]).encode("cp1252")


if __name__ == "__main__":
    PLACE.write_bytes(made())
