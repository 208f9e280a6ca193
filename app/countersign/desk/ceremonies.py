"""A ceremony is recorded: what was on the table, the words read aloud, and everybody who was there signs.

- The document is kept as an artefact under the hash that the record names. At a founding and an enrolment it is the anchor
  (whom to trust), so anybody who has the document can work the twelve words out again; at the replacement of a token it is
  the change of the roster that was signed.
- Those present may sign at once (`record`), or one after another as a proposal (`governance`).

    await record(desk, [ada, conrad], ENROLMENT, anchor.serialise(), phrase_of(anchor))
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from countersign.desk.anchor import Anchor
from countersign.desk.author import Author, signed
from countersign.desk.enrolment import phrase_of
from countersign.desk.ports import Receipt
from countersign.settlement.governance_bodies import ENROLMENT, FOUNDING

if TYPE_CHECKING:
    from countersign.desk.embedded import EmbeddedDesk


def body(kind: str, document: bytes, phrase: str | None, present: Sequence[str]) -> dict[str, object]:
    """The body of `ceremony.recorded`."""
    return {"kind": kind, "document": sha256(document).hexdigest(), "phrase": phrase, "present": sorted(present)}


async def record(
    desk: EmbeddedDesk, present: Sequence[Author], kind: str, document: bytes, phrase: str | None
) -> Receipt:
    """Log the record, signed by everybody present. Refused: settlement.ceremony-alone, what the desk refuses."""
    await desk.put_artefact(document)
    draft = desk.scribe.draft("ceremony.recorded", body(kind, document, phrase, [each.id for each in present]))
    return await desk.submit(await signed(draft, present))


async def founded(desk: EmbeddedDesk, present: Sequence[Author], anchor: Anchor) -> Receipt:
    """The founding is on record, with the words that every machine of the desk will show for its anchor."""
    return await record(desk, present, FOUNDING, anchor.serialise(), phrase_of(anchor))


async def enrolled(desk: EmbeddedDesk, present: Sequence[Author], anchor: Anchor) -> Receipt:
    """A machine was enrolled: its words were compared with the desk's, and were these."""
    return await record(desk, present, ENROLMENT, anchor.serialise(), phrase_of(anchor))
