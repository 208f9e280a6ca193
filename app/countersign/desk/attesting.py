"""Two officers attest a settlement, or an order of a Safe's owners, for a cold machine (DESIGN.md §3, checks L8 and E10).

- Each computes the facts on their own console, from the log that it replayed and proved. The second signs the first
  one's very words only where their own console says the same of that checkpoint; else it refuses.
- A checkpoint of the same size with another root is not signed: somebody was shown another history.
- Each reads the Safes that pay on their own nodes: the first at the newest block, the second at that very block. A Safe
  that is not as registered is attested by nobody (check E10).
- Neither half counts alone. Who is to sign on the cold machine must not be one of the two.

    half = await attesting.attest(replica, "cycle-1", author, scribe, safes)           # on one console
    receipt = await mailbox.submit(await attesting.join(other, half, second, safes))   # on the other
"""

from collections.abc import Iterable

from countersign.desk.author import Author, Scribe, add_signature, signed
from countersign.desk.replica import Replica
from countersign.desk.safe_reader import SafeReader, first_difference
from countersign.errors import Refused
from countersign.settlement import attesting, events, owners_observed
from countersign.settlement.attest_bodies import READERS, StateAttested
from countersign.settlement.readers import record
from countersign.settlement.records import Instruction, SafeUse
from countersign.settlement.roster import SafeVault
from countersign.settlement.safe_state import ChainSnapshot
from countersign.settlement.state import State

KIND = "state.attested"


async def attest(replica: Replica, name: str, author: Author, scribe: Scribe, safes: SafeReader) -> bytes:
    """One officer's half: the facts at this console's newest checkpoint and its nodes' newest blocks, signed.

    Raises as `attesting.body` and the nodes; Refused("E10.…") for a Safe that is not as registered.
    """
    size, root, state = replica.log.size, replica.log.tree.root().hex(), replica.state
    attesting.body(state, name, size, root)  # it stands, or nobody need ask a node
    chains = await safes.snapshots(attesting.safes(state, name))
    _require_registered(state, name, chains)
    return await signed(scribe.draft(KIND, attesting.body(state, name, size, root, chains)), [author])


async def join(replica: Replica, half: bytes, author: Author, safes: SafeReader) -> bytes:
    """The event with the second officer's signature, after their own console found the same.

    Malformed, Refused("desk.not-attestation", "desk.attested-ahead", "desk.attested-root", "desk.attested-differs",
    "desk.attested-chain", "E10.…"), Unavailable where a node is absent or knows the block no more, and what
    `attesting.body` raises where the settlement stands no more.
    """
    said = events.parse(half)
    if not isinstance(said.body, StateAttested):
        raise Refused("desk.not-attestation", type=said.type)
    found, size = said.body, replica.log.size
    if found.size > size:
        raise Refused("desk.attested-ahead", size=found.size, here=size)
    root = replica.log.tree.root(found.size).hex()
    if root != found.root:
        raise Refused("desk.attested-root", size=found.size)
    state = replica.state if found.size == size else replica.state_before(found.size)
    if _computed(attesting.body(state, found.cycle, found.size, root, found.chains)) != found:
        raise Refused("desk.attested-differs", cycle=found.cycle, size=found.size)
    attesting.body(replica.state, found.cycle, found.size, root)  # it still stands in the newest state
    blocks = {each.chain: each.block for each in found.chains}
    here = await safes.snapshots(attesting.safes(replica.state, found.cycle), blocks)
    for mine, theirs in zip(here, found.chains, strict=False):
        if mine != theirs:
            raise Refused("desk.attested-chain", chain=mine.chain, number=theirs.number, here=mine.number)
    if len(here) != len(found.chains):
        raise Refused("desk.attested-differs", cycle=found.cycle, size=found.size)
    _require_registered(replica.state, found.cycle, here)
    return await add_signature(half, author)


def _require_registered(state: State, name: str, chains: tuple[ChainSnapshot, ...]) -> None:
    for vault in (each for vaults in attesting.safes(state, name).values() for each in vaults):
        seen = next((found for each in chains if each.chain == vault.chain and (found := each.of(vault.address))), None)
        if seen is not None:
            require_seen(state, vault, seen.owners, seen.threshold, seen.nonce)
    nonces = {each.group.vaults[0]: _next(state, each) for each in attesting.live(state, name)}
    drift = first_difference(chains, attesting.safes(state, name), state.roster, nonces)
    if drift is not None:
        raise Refused(drift.code, expected=drift.expected, found=drift.found)


def require_seen(state: State, vault: SafeVault, owners: Iterable[str], threshold: int, nonce: int) -> None:
    """The Safe has executed the change of owners by which it has its owners in the roster. Refused E10.order-unseen."""
    if (order := owners_observed.unseen(state, vault, owners, threshold, nonce)) is not None:
        raise Refused("E10.order-unseen", vault=vault.id, transaction=order.instruction.transaction or "")


def _next(state: State, instruction: Instruction) -> int:
    """The number that a Safe must stand at: its instruction's own, or where that was executed, the one after all that were."""
    vault, nonce = instruction.group.vaults[0], instruction.nonce or 0
    executed = state.safes.get(vault, SafeUse()).executed
    return nonce if not instruction.seen or executed is None else executed + 1


def _computed(body: object) -> StateAttested:
    _, fields = READERS[KIND]
    return StateAttested(**record(body, "body", fields))
