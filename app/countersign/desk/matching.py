"""Which files of one call belong together, and which logged instruction a transaction claims to be.

- One event, one opening, one proof belong together whatever they say. Of several, an opening and a proof belong
  together by their index, an event with those under whose root its leaf stands, or with the entry that this machine
  knows it as. What is left over is put together in the order given, so that a false piece beside true ones fails by
  name instead of being passed over.
- A contract's event is the one that carries it; with a single contract, the one event or opening that is there.
- A transaction is its logged instruction by its bytes, else by what is signed: the same unsigned transaction, the same
  safeTxHash. One that is neither is held against the live instruction of the same kind: of the contracts given, else of
  whoever spends its coins or stands at its Safe's nonce. An order that a Safe change its owners is one of these.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import zip_longest

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.tlog_proof import TlogProof
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.transaction import display
from countersign.desk.ground import Ground
from countersign.desk.recognising import Recognised
from countersign.desk.reports import Kind
from countersign.errors import CountersignError
from countersign.ethereum import safe_file
from countersign.ethereum.safe import ClaimedSafeTx
from countersign.formats import eip55
from countersign.settlement import events
from countersign.settlement.bodies import ContractProposed
from countersign.settlement.contract import Contract
from countersign.settlement.events import Event
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Trio:
    """An event with its opening and proof, as far as they were given."""

    event: Recognised | None = None
    opening: Recognised | None = None
    proof: Recognised | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The files' names."""
        return tuple(each.name for each in (self.event, self.opening, self.proof) if each is not None)

    @property
    def index(self) -> int | None:
        """The place in the log that opening or proof name."""
        if self.opening is not None and isinstance(self.opening.parsed, Opening):
            return self.opening.parsed.index
        return self.proof.parsed.index if self.proof is not None and isinstance(self.proof.parsed, TlogProof) else None

    @property
    def carried(self) -> Contract | None:
        """The contract that the event carries."""
        event = self.event.parsed if self.event is not None else None
        if not isinstance(event, Event):
            return None
        return event.body.contract if isinstance(event.body, ContractProposed) else events.binding(event)


def trios(files: Sequence[Recognised], ground: Ground | None) -> list[Trio]:
    """Events, openings and proofs, put together."""
    given, openings, proofs = _of(files, Kind.EVENT), _of(files, Kind.OPENING), _of(files, Kind.PROOF)
    if max(len(given), len(openings), len(proofs)) <= 1:
        alone = Trio(*(next(iter(each), None) for each in (given, openings, proofs)))
        return [alone] if alone.names else []
    found: dict[int, Trio] = {}
    loose: list[list[Recognised]] = [[], [], []]
    for place, kind in ((1, openings), (2, proofs)):
        for each in kind:
            index = each.parsed.index if isinstance(each.parsed, Opening | TlogProof) else None
            known = found.get(index, Trio()) if index is not None else None
            if index is None or known is None or (known.opening if place == 1 else known.proof) is not None:
                loose[place].append(each)
            else:
                found[index] = replace(known, opening=each) if place == 1 else replace(known, proof=each)
    for each in given:
        index = _place_of(each, found, ground)
        if index is None or found.get(index, Trio()).event is not None:
            loose[0].append(each)
        else:
            found[index] = replace(found.get(index, Trio()), event=each)
    return _joined(list(found.values()), loose)


def _joined(whole: list[Trio], loose: list[list[Recognised]]) -> list[Trio]:
    """What is left over fills the gaps of what was found, in order; the rest stands by itself."""
    filled = []
    for each in whole:
        event, opening, proof = each.event, each.opening, each.proof
        event = event or (loose[0].pop(0) if loose[0] else None)
        opening = opening or (loose[1].pop(0) if loose[1] else None)
        proof = proof or (loose[2].pop(0) if loose[2] else None)
        filled.append(Trio(event, opening, proof))
    return filled + [Trio(*parts) for parts in zip_longest(*loose)]


def _place_of(event: Recognised, found: dict[int, Trio], ground: Ground | None) -> int | None:
    """The index at which an event stands, by its leaf, or by what this machine has replayed."""
    for index, each in found.items():
        opening = each.opening.parsed if each.opening is not None else None
        proof = each.proof.parsed if each.proof is not None else None
        if isinstance(opening, Opening) and isinstance(proof, TlogProof) and _stands(event.data, opening, proof):
            return index
    known = event.parsed
    return ground.index_of(known.hash) if ground is not None and isinstance(known, Event) else None


def _stands(event: bytes, opening: Opening, proof: TlogProof) -> bool:
    try:
        proof.verify(opening.leaf(event), SignedCheckpoint.parse(proof.checkpoint).checkpoint)
    except CountersignError:
        return False
    return True


def claim(contracts: Sequence[Recognised], parts: Iterable[Trio]) -> tuple[list[tuple[Recognised, Trio]], list[Trio]]:
    """Each contract with its trio; and the trios that no contract claims."""
    rest = list(parts)
    pairs = []
    for each in contracts:
        own = next((one for one in rest if _carries(one, each)), None)
        if own is None and len(contracts) == 1:
            own = next((one for one in rest if one.carried or one.event is None or one.event.parsed is None), None)
        if own is not None:
            rest.remove(own)
        pairs.append((each, own or Trio()))
    return pairs, rest


def _carries(one: Trio, contract: Recognised) -> bool:
    parsed, carried = contract.parsed, one.carried
    return isinstance(parsed, Contract) and carried is not None and carried.hash == parsed.hash


def instruction_for(
    ground: Ground, kind: str, data: bytes, parsed: Psbt | ClaimedSafeTx | None, contracts: Sequence[str]
) -> Instruction | None:
    """The logged instruction that these bytes are, or must be held against."""
    state, digest = ground.state, sha256(data).hexdigest()
    named = state.artefacts.get(digest)
    if named is not None:
        return state.instructions[named]
    ordered = [each for each in _ordered(state) if each.artefact == digest]
    known = (*state.instructions.values(), *_ordered(state))
    same = ordered or [each for each in known if each.group.kind == kind and _same(ground, each, parsed)]
    if same:
        return min(same, key=_liveness)
    cycles = {record.cycle for each in contracts if (record := state.contracts.get(each)) and record.cycle}
    live = [one for cycle in sorted(cycles) for one in state.live(state.cycle(cycle)) if one.group.kind == kind]
    return live[0] if live else _rival(ground, parsed)


def _ordered(state: State) -> tuple[Instruction, ...]:
    """The transactions by which Safes change their own owners."""
    return tuple(each.instruction for each in state.orders.values())


def _liveness(instruction: Instruction) -> tuple[bool, int]:
    return instruction.superseded_by is not None, -instruction.index


def _same(ground: Ground, instruction: Instruction, parsed: Psbt | ClaimedSafeTx | None) -> bool:
    """Whether what is signed is the same."""
    original = ground.artefact(instruction.artefact)
    try:
        if isinstance(parsed, Psbt):
            return original is not None and parse_psbt(original).unsigned == parsed.unsigned
        if isinstance(parsed, ClaimedSafeTx):
            return original is not None and safe_file.parse(original).tx.digest == parsed.tx.digest
    except CountersignError:
        return False
    return False


def _rival(ground: Ground, parsed: Psbt | ClaimedSafeTx | None) -> Instruction | None:
    """The instruction that spends the same coin, or stands at the same nonce of the same Safe."""
    state = ground.state
    if isinstance(parsed, Psbt):
        coins = (f"{display(bytes(each.prevout.hash))}:{each.prevout.n}" for each in parsed.tx.vin)
        rival = next((name for coin in coins if (name := state.spending.get(coin)) is not None), None)
        return state.instructions.get(rival) if rival is not None else None
    if not isinstance(parsed, ClaimedSafeTx):
        return None
    tx = parsed.tx
    found = [
        each
        for each in (*state.instructions.values(), *_ordered(state))
        if each.nonce == tx.nonce
        and isinstance(vault := state.roster.vaults.get(each.group.vaults[0]), SafeVault)
        and (vault.address, vault.chain) == (eip55.checksum(tx.safe), f"eip155:{tx.chain_id}")
    ]
    return min(found, key=_liveness, default=None)


def _of(files: Iterable[Recognised], kind: Kind) -> list[Recognised]:
    return [each for each in files if each.kind is kind]
