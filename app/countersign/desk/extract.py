"""A participant's extract: every event that one participant may read, in one file that needs no server to be verified.

DESIGN.md §1, docs/formats/extract.md. The file is a `bundles` zip; its manifest names the participant by LEI.

- Who may read what is the table of permissions' word alone (`EmbeddedDesk.records_for`); what everyone reads is in it too, so
  that the roster under which each signature is judged lies beside it.
- Every proof leads to the newest head that enough witnesses have cosigned; what is newer than that head is not in it.
- Of every other event it holds nothing: not its bytes, not its opening. Hashes of salted leaves stand in the proofs.

    found = await of_desk(desk, "9845MERDINDEMO000088")
    extract.parse(bundles.serialise(found)) == found
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.quorum import Quorum
from countersign.desk import bundles
from countersign.desk.bundles import Bundle
from countersign.errors import Refused
from countersign.formats import ids, shape
from countersign.settlement.roster import Holder, HolderKind

if TYPE_CHECKING:
    from countersign.desk.embedded import EmbeddedDesk
    from countersign.desk.ports import Record

SCHEMA = "countersign-extract/1"
MOST = 16_000
"""How many events one file holds: each has three parts, and a zip of ours has its bound (`stored_zip`)."""
Prove = Callable[[int, int], Sequence[bytes]]
"""The inclusion path of an entry, by index, under a head of so many entries."""


@dataclass(frozen=True)
class Extract(Bundle):
    """An extract's parts. `reader` is a LEI. Nothing is verified yet."""

    SCHEMA: ClassVar[str] = SCHEMA
    reader: str

    @property
    def claims(self) -> dict[str, str]:
        """For whom it was made."""
        return {"reader": self.reader}


def parse(data: bytes) -> Extract:
    """A file's bytes, strictly. Malformed: desk.pack-…, C2.…, L1.…, L2.…, L3.…."""
    claimed, files = bundles.opened(data, SCHEMA, {"reader": shape.string(ids.lei)})
    found = Extract(
        desk=claimed["desk"],
        checkpoint=bundles.checkpoint(files),
        exhibits=bundles.exhibits(files),
        vkeys=bundles.vkeys(files),
        reader=claimed["reader"],
    )
    return bundles.same(found, files)


def made(records: Iterable["Record"], prove: Prove, signed: SignedCheckpoint, vkeys: Quorum, reader: str) -> Extract:
    """The extract of these entries, which the reader (LEI) may read, as far as they stand under the head.

    Refused("desk.extract-too-large").
    """
    size = signed.checkpoint.size
    under = [each for each in records if each.index < size]
    if len(under) > MOST:
        raise Refused("desk.extract-too-large", lei=reader, count=len(under), limit=MOST)
    shown = (bundles.exhibit(each, prove(each.index, size), signed) for each in under)
    return Extract(desk=vkeys.origin, checkpoint=signed, exhibits=tuple(shown), vkeys=vkeys, reader=reader)


async def of_desk(desk: "EmbeddedDesk", lei: str) -> Extract:
    """The extract of one participant. Refused("settlement.unknown-participant", "desk.extract-too-large"),
    Unavailable("desk.no-checkpoint")."""
    from countersign.desk.anchor import Anchor

    reader = Holder(HolderKind.PARTICIPANT, desk.state.roster.participant(lei).lei)
    signed = SignedCheckpoint.parse(await desk.checkpoint())
    vkeys = Anchor(desk.sequencer.quorum).of_size(desk.state, signed.checkpoint.size)
    return made(await desk.records_for(reader, 0), desk.sequencer.inclusion_proof, signed, vkeys, lei)
