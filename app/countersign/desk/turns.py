"""Whose turn it is in a conversation across the air gap: T1, judged by `airgap.session` over what the journal remembers.

- A sender is an officer of the replayed roster, signing with a registered identity key; nobody else is heard.
- An envelope that is this sender's next is recorded, durably, before anything is done with it. The same bytes again
  give the recorded answer. Other bytes under a recorded number are refused and change nothing.

    answer = take(replica, "officer-c", unseal(data, identity_keys(replica.state)))
"""

from countersign.airgap import session
from countersign.airgap.envelope import Unsealed
from countersign.airgap.session import SessionState, Turn
from countersign.desk.ports import Journal
from countersign.desk.replica import Replica
from countersign.keys.public_key import PublicKey
from countersign.settlement.state import State


def identity_keys(state: State) -> dict[str, PublicKey]:
    """Every officer's identity keys, by kid: whose envelopes are opened."""
    return {key.kid: key for officer in state.roster.officers.values() for key in officer.identity_keys}


def take(replica: Replica, recipient: str, arrived: Unsealed) -> bytes | None:
    """Judge and record an envelope's turn. Returns the answer given to these very bytes before, or None.

    Refused: "T1.desk", "T1.recipient", "T1.sender", "T1.sender-key", "T1.sequence-reused", "T1.sequence".
    """
    journal, envelope = replica.profile.journal, arrived.envelope
    known = SessionState(
        desk=replica.anchor.origin,
        recipient=recipient,
        senders={
            officer.id: frozenset(key.kid for key in officer.identity_keys)
            for officer in replica.state.roster.officers.values()
        },
        records=_records(journal, session.turn(envelope)),
    )
    session.judge(known, arrived)
    return journal.receive(envelope.sender, envelope.session, envelope.sequence, arrived.sha256)


def _records(journal: Journal, here: Turn) -> dict[Turn, session.Record]:
    """As much of the conversation as this turn is judged by: its own place, and the newest."""
    newest = journal.last_received(here.sender, here.session)
    found = {}
    for sequence in {here.sequence, newest} - {0}:
        digest = journal.received(here.sender, here.session, sequence)
        if digest is not None:
            found[Turn(here.sender, here.session, sequence)] = session.Record(digest, None)
    return found
