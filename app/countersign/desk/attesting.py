"""Two officers attest a settlement for a cold machine that is reached by QR (DESIGN.md §3, check L8).

- Each computes the facts on their own console, from the log that it replayed and proved. The second signs the first
  one's very words only where their own console says the same of that checkpoint; else it refuses.
- A checkpoint of the same size with another root is not signed: somebody was shown another history.
- Neither half counts alone. Who is to sign on the cold machine must not be one of the two.

    half = await attesting.attest(replica, "cycle-1", author, scribe)              # on one console
    receipt = await mailbox.submit(await attesting.join(other, half, second))      # on the other
"""

from countersign.desk.author import Author, Scribe, add_signature, signed
from countersign.desk.replica import Replica
from countersign.errors import Refused
from countersign.settlement import attesting, events
from countersign.settlement.attest_bodies import READERS, StateAttested
from countersign.settlement.readers import record

KIND = "state.attested"


async def attest(replica: Replica, cycle: str, author: Author, scribe: Scribe) -> bytes:
    """One officer's half: the facts at this console's newest checkpoint, signed. Raises as `attesting.body`."""
    body = attesting.body(replica.state, cycle, replica.log.size, replica.log.tree.root().hex())
    return await signed(scribe.draft(KIND, body), [author])


async def join(replica: Replica, half: bytes, author: Author) -> bytes:
    """The event with the second officer's signature, after their own console found the same.

    Malformed, Refused("desk.not-attestation", "desk.attested-ahead", "desk.attested-root", "desk.attested-differs"), and
    what `attesting.body` raises where the settlement stands no more.
    """
    said = events.parse(half)
    if not isinstance(said.body, StateAttested):
        raise Refused("desk.not-attestation", type=said.type)
    found, here = said.body, replica.log.size
    if found.size > here:
        raise Refused("desk.attested-ahead", size=found.size, here=here)
    root = replica.log.tree.root(found.size).hex()
    if root != found.root:
        raise Refused("desk.attested-root", size=found.size)
    state = replica.state if found.size == here else replica.state_before(found.size)
    if _computed(attesting.body(state, found.cycle, found.size, root)) != found:
        raise Refused("desk.attested-differs", cycle=found.cycle, size=found.size)
    attesting.body(replica.state, found.cycle, found.size, root)  # it still stands in the newest state
    return await add_signature(half, author)


def _computed(body: object) -> StateAttested:
    _, fields = READERS[KIND]
    return StateAttested(**record(body, "body", fields))
