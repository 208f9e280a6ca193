"""A fire drill: what an attacker would hand an officer, made on purpose so that officers see it refused.

Each differs from an accepted thing by one field and what follows from it. Nothing here signs.

- the recipient of a reviewed PSBT, altered: one output script, the same length;
- a Safe transaction with `operation` 1, its safeTxHash recomputed, as an attacker would;
- another envelope under a sequence number that was used (T1).
"""

from dataclasses import replace
from hashlib import sha256

from countersign.airgap import envelope as envelopes
from countersign.desk.author import Author
from countersign.errors import Refused
from countersign.ethereum import safe_file
from countersign.ethereum.safe import DELEGATECALL
from countersign.rails import bitcoin as rail

ATTACKER = b"countersign drill: a script that nobody can spend\n"


def altered_recipient(psbt: bytes, destination: str) -> bytes:
    """The PSBT with the output that pays `destination` paying somebody else. Refused("desk.drill-recipient")."""
    theirs = rail.script_at(destination)
    attacker = theirs[:2] + sha256(ATTACKER).digest()[: len(theirs) - 2]
    if psbt.count(theirs) != 1:
        raise Refused("desk.drill-recipient", count=psbt.count(theirs))
    return psbt.replace(theirs, attacker)


def delegate_call(safe_tx: bytes) -> bytes:
    """The Safe transaction as a delegate call, with the hash that follows."""
    return safe_file.serialise(replace(safe_file.parse(safe_tx).tx, operation=DELEGATECALL))


async def same_sequence(sealed: bytes, sender: Author) -> bytes:
    """Another envelope under the same session and sequence, properly sealed by the same sender."""
    known = envelopes.peek(sealed)
    other = replace(known, request_id=f"{known.request_id}-again")
    signature = await sender.signer.sign_message(sender.key, envelopes.unsigned(other, sender.key))
    return envelopes.seal(other, sender.key, signature)
