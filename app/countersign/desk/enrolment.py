"""Enrolment: the one moment at which a profile is told whom to trust. Afterwards nothing it reads can change that.

- The anchor (log key, witnesses, how many) is compared by people: twelve words, the same on every machine of the desk.
- Then the founding history is taken in like any other: proved against a head that the anchor's keys have signed, replayed,
  pinned. What does not lead to that head is refused and nothing of it is kept but the anchor.
- A profile that has pinned a head under one anchor never takes another; a new desk needs a new profile.

    phrase_of(anchor)                                   # read aloud, on both machines
    replica = enrol(profile, clock, anchor, records, checkpoint)
"""

from collections.abc import Sequence
from hashlib import sha256

from countersign.airgap.phrase import Purpose, phrase
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.desk import anchor as anchors
from countersign.desk.anchor import Anchor
from countersign.desk.ports import Clock, Profile, Record
from countersign.desk.replica import Replica
from countersign.errors import Conflict


def phrase_of(anchor: Anchor) -> str:
    """The twelve words of an anchor: two machines that trust the same desk in the same way show the same."""
    return phrase(Purpose.TRUST, sha256(anchor.serialise()).digest())


def enrol(
    profile: Profile, clock: Clock, anchor: Anchor, records: Sequence[Record], checkpoint: SignedCheckpoint
) -> Replica:
    """Trust this desk, then take in its history up to a head. The same again changes nothing.

    Conflict("desk.enrolled-otherwise") where another anchor has pinned a head here; what `Replica.advance` raises.
    """
    journal, wanted = profile.journal, anchor.serialise()
    known = journal.setting(anchors.SETTING)
    if known is not None and known != wanted:
        before = Anchor.parse(known)
        if journal.pin(before.origin) is not None:
            raise Conflict("desk.enrolled-otherwise", desk=before.origin)
    journal.set_setting(anchors.SETTING, wanted)
    replica = Replica(profile, clock)
    if replica.pin is None or replica.pin.signed != checkpoint:
        replica.advance([each for each in records if each.index >= replica.log.size], checkpoint)
    return replica
