"""What goes out in one transaction: a PSBT, one Safe's call, or several Safes' calls in one that executes all or none.

DESIGN.md §8. Where a settlement moves several Safes of one Ethereum chain, the relayer makes one plain call to the pinned
MultiSendCallOnly. Where that cannot be, each goes out by itself, one after the other, and what is said of atomicity is then the
desk's discipline and not the chain's:

- the Safes' releases have no pinned contract, or its released code does not stand on this chain;
- together they need more gas than one transaction may use.

Voids go out by themselves: each brings home what it can, and none waits for another.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countersign.desk.deed_views import Way
from countersign.desk.workplace import Workplace
from countersign.errors import CountersignError, Refused
from countersign.ethereum.movements import Movement
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import ethereum as ethereum_rail
from countersign.rails import safe_movements
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault


@dataclass(frozen=True, slots=True)
class Finished:
    """One instruction ready for its chain: the bytes that go out, and for Bitcoin the combined PSBT and the id."""

    instruction: str
    kind: str
    chain: str
    to: str  # the Safe; empty for Bitcoin
    raw: bytes
    combined: bytes  # the combined PSBT, or `signatures.json`'s content comes from `ethereum`
    transaction: str  # Bitcoin's txid, known before; empty for Ethereum
    consensus: str  # what Bitcoin Core's code said: accepted, absent, or empty
    moves: tuple[Movement, ...] = ()  # what must move on Ethereum, no more and no less


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one transaction carries. `apart`: why several Safes of a chain are not in one, where they are not."""

    carried: tuple[Finished, ...]
    chain: str
    to: str
    raw: bytes
    apart: CountersignError | None = None

    @property
    def moves(self) -> tuple[Movement, ...]:
        """What must move on Ethereum, of all that it carries."""
        return tuple(move for each in self.carried for move in each.moves)

    @property
    def kind(self) -> str:
        """`psbt` or `safe-tx`."""
        return self.carried[0].kind

    @property
    def atomic(self) -> bool:
        """Whether it executes several Safes, all or none."""
        return len(self.carried) > 1


def finish(desk: Workplace, instruction: Instruction) -> Finished:
    """Combine the logged shares and finish. Refused: B13.*, E9.*."""
    data = desk.artefacts.get(bytes.fromhex(instruction.artefact))
    shares = [desk.artefacts.get(bytes.fromhex(share.artefact)) for share in instruction.shares]
    chain = instruction.group.chain
    if instruction.group.kind == "psbt":
        combined = bitcoin_rail.combine(data, shares)
        done = bitcoin_rail.finalise(combined)
        return Finished(instruction.hash, "psbt", chain, "", done.raw, combined, done.transaction, done.consensus)
    vault = _safe(desk, instruction)
    call = ethereum_rail.finalise(data, shares, vault, desk.state.roster)
    moves = safe_movements.movements(desk.state.owed(instruction), vault)
    return Finished(instruction.hash, "safe-tx", chain, call.to, call.calldata, b"", "", "", moves)


async def parcels(desk: Workplace, finished: Sequence[Finished]) -> tuple[Parcel, ...]:
    """What goes out, in the order of what is finished. Raises as the nodes do."""
    chains: dict[str, list[Finished]] = {}
    for each in finished:
        if each.kind == "safe-tx" and not desk.state.instruction(each.instruction).void:
            chains.setdefault(each.chain, []).append(each)
    joint = {chain: await _joint(desk, chain, several) for chain, several in chains.items() if len(several) > 1}
    return _in_order(finished, joint)


def _in_order(finished: Sequence[Finished], joint: Mapping[str, Parcel | CountersignError]) -> tuple[Parcel, ...]:
    found: dict[str, Parcel] = {}
    for each in finished:
        together = joint.get(each.chain) if each.kind == "safe-tx" else None
        if isinstance(together, Parcel) and each in together.carried:
            found.setdefault(each.chain, together)
            continue
        apart = together if isinstance(together, CountersignError) else None
        found[each.instruction] = Parcel((each,), each.chain, each.to, each.raw, apart)
    return tuple(found.values())


async def _joint(desk: Workplace, chain: str, several: Sequence[Finished]) -> Parcel | CountersignError:
    """One call for several Safes of a chain, or why there is none."""
    vaults = [_safe(desk, desk.state.instruction(each.instruction)) for each in several]
    calls = [ethereum_rail.Finished(each.to, each.raw, ()) for each in several]
    try:
        made = ethereum_rail.together(calls, vaults)
    except CountersignError as error:
        return error
    if await desk.ethereum(chain).code_hash(made.to) != made.code_hash:
        return Refused("desk.no-atomic-contract", chain=chain, contract=made.to)
    return Parcel(tuple(several), chain, made.to, made.calldata)


def ways(found: Sequence[Parcel]) -> tuple[Way, ...]:
    """How chains on which several Safes pay are served, in the order of what goes out."""
    safes = [each for each in found if each.kind == "safe-tx"]
    count = Counter(each.chain for parcel in safes for each in parcel.carried)
    apart = {each.chain: each.apart for each in safes if each.apart is not None}
    return tuple(Way(chain, several, apart.get(chain)) for chain, several in count.items() if several > 1)


async def require_acceptable(desk: Workplace, parcel: Parcel) -> None:
    """The chain would take it now. Refused("desk.chain-would-refuse"), or for several Safes "desk.atomic-would-refuse", which
    names those that fail by themselves."""
    if parcel.kind == "psbt":
        reason = await desk.bitcoin(parcel.chain).test(parcel.raw)
    else:
        reason = await desk.ethereum(parcel.chain).test(parcel.to, parcel.raw, parcel.moves)
    if reason is None:
        return
    if not parcel.atomic:
        raise Refused("desk.chain-would-refuse", chain=parcel.chain, reason=reason)
    failing = await _failing(desk, parcel)
    if not failing:
        raise Refused("desk.atomic-together-refused", chain=parcel.chain, count=len(parcel.carried), reason=reason)
    named = ", ".join(f"{vault} ({why})" for vault, why in failing.items())
    raise Refused("desk.atomic-would-refuse", chain=parcel.chain, count=len(parcel.carried), failing=named)


async def _failing(desk: Workplace, parcel: Parcel) -> dict[str, str]:
    """The vaults whose execution fails by itself, with the chain's reasons."""
    found: dict[str, str] = {}
    for each in parcel.carried:
        reason = await desk.ethereum(each.chain).test(each.to, each.raw)
        if reason is not None:
            found[desk.state.instruction(each.instruction).group.vaults[0]] = reason
    return found


def _safe(desk: Workplace, instruction: Instruction) -> SafeVault:
    vault = desk.state.roster.vault(instruction.group.vaults[0])
    if not isinstance(vault, SafeVault):
        raise Refused("desk.not-a-safe", vault=vault.id)
    return vault
