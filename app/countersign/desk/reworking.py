"""Every artefact of a settlement worked again: shares verified, combined, finished, compared with what was broadcast.

DESIGN.md §6 (`share.added`), §8. `decide` sees hashes; here are the bytes behind them.

- A share must be its officer's whole and valid share of the prepared bytes, through the same rails that accepted it.
- The prepared transaction with its shares must finish into exactly what the desk broadcast; of one call for several Safes,
  into this Safe's part of it.
- What is false here is the desk's fault: it signed for it. So is a second signature under one r of a key (H8): the log shows
  the key to every reader then.
"""

from collections.abc import Iterator

from countersign.desk.ground import Ground
from countersign.desk.randomness import Register
from countersign.desk.reports import faulted, noted, refused
from countersign.desk.shares import verify_share
from countersign.errors import CountersignError, Refused
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import ethereum as ethereum_rail
from countersign.review.finding import Finding, Status
from countersign.settlement.records import Instruction, Share
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State


def rework(ground: Ground, instruction: Instruction, seen: Register | None = None) -> Iterator[Finding]:
    """Every share of an instruction, and what they finish into. `seen`: the r of all that was worked before."""
    seen = seen or Register()
    about = f"{instruction.group.kind} {instruction.hash}"
    prepared = ground.artefact(instruction.artefact)
    if prepared is None:
        yield missing(about, instruction.artefact)
        return
    shares = []
    for each in instruction.shares:
        data = ground.artefact(each.artefact)
        if data is None:
            yield missing(about, each.artefact)
            continue
        shares.append(data)
        yield from _share(ground, instruction, prepared, each, data, seen)
    if instruction.finished is not None and len(shares) == len(instruction.shares):
        yield _finished(ground, instruction, prepared, shares, about)


def missing(about: str, artefact: str) -> Finding:
    """An artefact that an event names and that is not here."""
    return faulted("desk.audit-artefact-missing", about, artefact, "not here", artefact=artefact)


def _share(
    ground: Ground, instruction: Instruction, prepared: bytes, share: Share, data: bytes, seen: Register
) -> Iterator[Finding]:
    expected, where = f"a whole, valid share of {share.officer}", f"entry {share.index}"
    try:
        state = ground.state_before(share.index)  # a key withdrawn later was good then
        found = verify_share(state, instruction, share.vault, share.keys, prepared, data)
    except CountersignError as error:
        yield refused(error, where, expected)
        return
    yield noted("desk.audit-share", where, expected, "valid", index=share.index, officer=share.officer)
    if seen.repeated(found):
        yield repeated(share.index, share.officer)


def repeated(index: int, officer: str) -> Finding:
    """A signature with the r of another one under its key (H8)."""
    return Finding("H8", Status.FAIL, "desk.audit-repeated-r", f"entry {index}", "an r of its own", "that of another signature",
                   {"index": index, "officer": officer})  # fmt: skip


def _finished(ground: Ground, instruction: Instruction, prepared: bytes, shares: list[bytes], about: str) -> Finding:
    raw = ground.artefact(instruction.finished or "")
    if raw is None:
        return missing(about, instruction.finished or "")
    try:
        signed = ground.state_before(instruction.shares[-1].index) if shares else ground.state
        own, transaction = finish(signed, instruction, prepared, shares)
    except CountersignError as error:
        return refused(error, about, "finishes into the broadcast transaction")
    same = own == raw if instruction.group.kind == "psbt" else ethereum_rail.brings(raw, prepared, own)
    if not same or (transaction is not None and transaction != instruction.transaction):
        return faulted("desk.audit-other-finished", about, own.hex(), raw.hex(), instruction=instruction.hash)
    found = instruction.transaction or ""
    return noted("desk.audit-finished", about, "finishes into the broadcast transaction", found, transaction=found)


def finish(state: State, instruction: Instruction, prepared: bytes, shares: list[bytes]) -> tuple[bytes, str | None]:
    """The finished bytes, and on Bitcoin the transaction's id. Refused: B13.*, E9.*, desk.not-a-safe."""
    if instruction.group.kind == "psbt":
        done = bitcoin_rail.finalise(bitcoin_rail.combine(prepared, shares))
        return done.raw, done.transaction
    vault = state.roster.vault(instruction.group.vaults[0])
    if not isinstance(vault, SafeVault):
        raise Refused("desk.not-a-safe", vault=vault.id)
    return ethereum_rail.finalise(prepared, shares, vault, state.roster).calldata, None
