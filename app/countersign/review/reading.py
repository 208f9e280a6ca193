"""One reading of a case: every file parsed once, what follows from it computed once, shared by all checks.

- A part that does not parse is kept as its error; the check whose rule it broke reports it, the others are blocked.
- Obligations are recomputed here from the contracts of the case, with the same netting as the machine, never taken from
  the request (DESIGN.md §7).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.tlog_proof import TlogProof
from countersign.bitcoin import inspect
from countersign.bitcoin.inspect import PartialSignature, PsbtFacts
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.errors import CountersignError, Malformed, Refused
from countersign.ethereum import safe_file
from countersign.ethereum.safe import ClaimedSafeTx
from countersign.keys import jws as jose
from countersign.rails import bitcoin as rail
from countersign.rails import wallets
from countersign.rails.bitcoin import Readback
from countersign.rails.wallets import SpentPlace, Wallet
from countersign.review.case import Case, ClockFacts, ContractFacts, InstructionFacts, PaidSeen
from countersign.settlement import contract as contracts
from countersign.settlement import events, netting
from countersign.settlement.contract import Contract, Terms
from countersign.settlement.netting import FeeCap, Group, Obligation
from countersign.settlement.owners_order import OwnersOrder
from countersign.settlement.records import Instruction
from countersign.settlement.roster import BitcoinVault, Vault
from countersign.settlement.safe_state import ChainSnapshot
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Lifted:
    """The parent of a child: its record, its bytes, what they say, and what they do against what it owes."""

    record: Instruction
    psbt: Psbt
    facts: PsbtFacts
    read: Readback


class Reading:
    """A case and what its bytes say. Everything is computed on first use."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.timed = False  # whether anybody asked for the clock, or for what a node said
        self._contracts: dict[bytes, Contract | CountersignError] = {}
        self._heads: dict[bytes, SignedCheckpoint] = {}  # verified; the contracts of a case are proven under one head

    @property
    def safes(self) -> ChainSnapshot | CountersignError | None:
        """What this machine's node said of the Safe. It changes with the moment like the clock, and is asked for here only."""
        self.timed = True
        return self.case.safes

    @property
    def paid(self) -> Mapping[str, PaidSeen | CountersignError] | None:
        """What this machine's node said of earlier payments. It changes with the moment too, and is asked for here only."""
        self.timed = True
        return self.case.paid

    @property
    def clock(self) -> ClockFacts | None:
        """The case's clock. Checks ask here and nowhere else, so that it is known which of them depend on the moment."""
        self.timed = True
        return self.case.clock

    @property
    def state(self) -> State | None:
        """The replayed state, or None where there is no anchor."""
        return self.case.state

    @cached_property
    def signed_head(self) -> SignedCheckpoint | CountersignError:
        """The newest checkpoint note, parsed."""
        head = self.case.head
        if head is None:
            return Malformed("L1.absent")
        try:
            return SignedCheckpoint.parse(head.note)
        except Malformed as error:
            return error

    def contract(self, facts: ContractFacts) -> Contract | CountersignError:
        """A contract's terms and signatures, or why its bytes are none."""
        return self._contract(facts.jws)

    def _contract(self, data: bytes) -> Contract | CountersignError:
        if data not in self._contracts:
            try:
                self._contracts[data] = contracts.parse(data)
            except CountersignError as error:
                self._contracts[data] = error
        return self._contracts[data]

    def contract_hash(self, facts: ContractFacts) -> str | None:
        """SHA-256 of the payload, hex; None where the bytes do not parse."""
        found = self.contract(facts)
        return found.hash if isinstance(found, Contract) else None

    def contract_in_event(self, facts: ContractFacts) -> bytes:
        """The JWS that the case's event brings into force, re-encoded. Malformed, Refused L3.not-affirmed."""
        event = events.parse(facts.event or b"")
        carried = events.binding(event)
        if carried is None:
            raise Refused("L3.not-affirmed", type=event.type)
        return jose.serialise(carried.jws)

    def contract_hash_in_event(self, facts: ContractFacts) -> str:
        """SHA-256 of the payload of that JWS, hex. Malformed, Refused L3.not-affirmed."""
        found = self._contract(self.contract_in_event(facts))
        if isinstance(found, CountersignError):
            raise found
        return found.hash

    def proof_head(self, proof: TlogProof) -> SignedCheckpoint:
        """The head a proof leads to: the case's own, or an older one whose root this machine computed itself.

        Malformed(L1.…), Refused(L2.…, L3.foreign-head).
        """
        if (known := self._heads.get(proof.checkpoint)) is not None:
            return known
        head = self.case.head
        signed = SignedCheckpoint.parse(proof.checkpoint)
        if head is None or head.quorum is None or isinstance(self.signed_head, CountersignError):
            raise Refused("L3.foreign-head", size=signed.checkpoint.size)
        head.quorum.verify_log(signed)
        newest = self.signed_head.checkpoint
        root = newest.root if signed.checkpoint.size == newest.size else head.roots.get(signed.checkpoint.size)
        if root != signed.checkpoint.root:
            raise Refused("L3.foreign-head", size=signed.checkpoint.size)
        self._heads[proof.checkpoint] = signed
        return signed

    @cached_property
    def terms(self) -> tuple[Terms, ...]:
        """The terms of every contract of the case that parses."""
        found = (self.contract(facts) for facts in self.case.contracts)
        return tuple(each.terms for each in found if isinstance(each, Contract))

    @cached_property
    def record(self) -> Instruction | None:
        """The `instruction.prepared` in the replayed state that the instruction claims; None where that is of another kind."""
        instruction = self.case.instruction
        if self.state is None or instruction is None or instruction.prepared is None:
            return None
        found = self.order.instruction if self.order is not None else self.state.instructions.get(instruction.prepared)
        return found if found is not None and found.group.kind == instruction.kind else None

    @cached_property
    def order(self) -> OwnersOrder | None:
        """The administrators' order that the instruction claims: a Safe changes its own owners, in no settlement."""
        instruction = self.case.instruction
        if self.state is None or instruction is None or instruction.prepared is None:
            return None
        found = self.state.orders.get(instruction.prepared)
        return found if found is not None and found.instruction.group.kind == instruction.kind else None

    @property
    def void(self) -> bool:
        """Whether the instruction was declared to end the settlement without delivery."""
        return self.record is not None and self.record.void

    @property
    def returns(self) -> bool:
        """Whether the instruction pays nobody: a void, or a child that lifts another."""
        return self.record is not None and self.record.returns

    @cached_property
    def lifted(self) -> "Lifted | None":
        """What a child lifts, as far as its bytes are here and are a PSBT of registered vaults."""
        if self.record is None or self.record.lifts is None or self.state is None:
            return None
        found = next((each for each in self.earlier if each[0].hash == self.record.lifts), None)
        psbt = None if found is None or found[1] is None else _psbt_or_error(found[1])
        if found is None or not isinstance(psbt, Psbt) or isinstance(self.obligations, Refused):
            return None
        parent, facts = found[0], inspect.facts(psbt)
        try:
            paying = tuple(each.reaching(facts) for each in wallets.paying(self.state, parent.group.vaults))
            read = rail.readback(facts, paying, netting.owed_by(self.obligations, parent.group))
        except CountersignError:
            return None
        return Lifted(parent, psbt, facts, read)

    @cached_property
    def earlier(self) -> tuple[tuple[Instruction, bytes | None], ...]:
        """What a declared instruction takes the place of or lifts, the nearest first, then the children of those; each with its
        bytes where they are here."""
        if self.state is None or self.record is None:
            return ()
        return self._with_bytes(self.state.replaced_by(self.record))

    @cached_property
    def rivals(self) -> tuple[tuple[Instruction, bytes | None], ...]:
        """What else was prepared for the leg of this instruction (of a child: of what it lifts), the newest first; each with its
        bytes where they are here."""
        if self.state is None or self.record is None:
            return ()
        lifted = self.record.lifts is not None and self.state.instructions.get(self.record.lifts)
        return self._with_bytes(self.state.others(lifted or self.record))

    def _with_bytes(self, found: tuple[Instruction, ...]) -> tuple[tuple[Instruction, bytes | None], ...]:
        replaced = () if self.case.instruction is None else self.case.instruction.replaced
        known = {sha256(data).hexdigest(): data for data in replaced}
        return tuple((each, known.get(each.artefact)) for each in found)

    @cached_property
    def psbt(self) -> Psbt | CountersignError | None:
        """The PSBT under review; None where the case holds none."""
        instruction = self._of_kind("psbt")
        return None if instruction is None else _psbt_or_error(instruction.data)

    @cached_property
    def psbt_facts(self) -> PsbtFacts | None:
        """The PSBT's decoded facts; None where there is no PSBT that parses."""
        return inspect.facts(self.psbt) if isinstance(self.psbt, Psbt) else None

    @cached_property
    def psbt_shares(self) -> tuple[Psbt | CountersignError, ...]:
        """The shares beside the PSBT, in the case's order, parsed; why one is none."""
        instruction = self._of_kind("psbt")
        return () if instruction is None else tuple(_psbt_or_error(share.data) for share in instruction.shares)

    @cached_property
    def partial_signatures(self) -> tuple[tuple[int, PartialSignature], ...]:
        """Every signature there is, with its input: the PSBT's own, then those of shares over the same transaction."""
        if not isinstance(self.psbt, Psbt):
            return ()
        unsigned = self.psbt.unsigned
        shares = [share for share in self.psbt_shares if isinstance(share, Psbt) and share.unsigned == unsigned]
        return tuple(
            (index, signature)
            for source in (self.psbt, *shares)
            for index, found in enumerate(source.inputs)
            for signature in inspect.partial_signatures(found)
        )

    @cached_property
    def safe_tx(self) -> ClaimedSafeTx | CountersignError | None:
        """The Safe transaction under review; None where the case holds none."""
        instruction = self._of_kind("safe-tx")
        if instruction is None:
            return None
        if instruction.claim is not None:
            return instruction.claim
        try:
            return safe_file.parse(instruction.data)
        except CountersignError as error:
            return error

    @cached_property
    def obligations(self) -> tuple[Obligation, ...] | Refused:
        """What the contracts of the case oblige every vault to, or why that cannot be computed."""
        if self.state is None:
            return Refused("review.no-anchor")
        try:
            return netting.obligations(self.state.roster, self.terms, self._netting(self.state))
        except Refused as error:
            return error

    @cached_property
    def group(self) -> Group | None:
        """The obligations that this instruction must discharge: the prepared one's, else the only group of its kind."""
        if self.record is not None:
            return self.record.group
        instruction, owed = self.case.instruction, self.obligations
        if instruction is None or isinstance(owed, Refused):
            return None
        same = [group for group in netting.groups(owed) if group.kind == instruction.kind]
        return same[0] if len(same) == 1 else None

    @cached_property
    def owed(self) -> tuple[Obligation, ...]:
        """The obligations of this instruction's group; a void discharges none, nor does a child."""
        if self.returns or self.group is None or isinstance(self.obligations, Refused):
            return ()
        return netting.owed_by(self.obligations, self.group)

    @property
    def sunk(self) -> Mapping[str, int]:
        """What voids took of the fee caps before the leg was prepared anew, by vault."""
        if self.state is None or self.record is None or self.order is not None:
            return {}
        return self.state.sunk(self.state.cycle(self.record.cycle), self.record.hash)

    @cached_property
    def fee_caps(self) -> tuple[FeeCap, ...]:
        """The fee caps of this instruction's paying vaults; none where a contract's payer has no vault (C6 says so)."""
        if self.state is None or self.group is None:
            return ()
        try:
            caps = netting.fee_caps(self.state.roster, self.terms, self.sunk)
        except Refused:
            return ()
        return tuple(cap for cap in caps if cap.vault in self.group.vaults)

    @cached_property
    def vaults(self) -> tuple[Vault, ...]:
        """The registered vaults that pay in this instruction."""
        if self.state is None or self.group is None:
            return ()
        known = self.state.roster.vaults
        return tuple(known[vault] for vault in self.group.vaults if vault in known)

    @cached_property
    def wallets(self) -> tuple[Wallet, ...] | CountersignError | None:
        """The paying Bitcoin vaults with their descriptors; why they cannot be read; None where nothing is registered."""
        if self.state is None:
            return None
        try:
            found = [wallets.of(self.state, vault) for vault in self.vaults if isinstance(vault, BitcoinVault)]
            return tuple(found if self.psbt_facts is None else (each.reaching(self.psbt_facts) for each in found))
        except CountersignError as error:
            return error

    @cached_property
    def places(self) -> tuple[SpentPlace | None, ...]:
        """For each input of the PSBT the paying vault's place that it spends; nothing without PSBT or wallets."""
        if self.psbt_facts is None or not isinstance(self.wallets, tuple):
            return ()
        return wallets.spent_places(self.psbt_facts, self.wallets)

    @cached_property
    def readback(self) -> Readback | None:
        """Every input and output of the PSBT sorted, against the paying vaults and what they owe; None without either."""
        if self.psbt_facts is None or not isinstance(self.wallets, tuple):
            return None
        return rail.readback(self.psbt_facts, self.wallets, self.owed)

    def _netting(self, state: State) -> str:
        """How the logged cycle of these contracts was netted; gross where none is known."""
        if self.record is not None and self.order is None:
            return state.cycle(self.record.cycle).netting
        names = tuple(sorted(contracts.hash_of(terms.serialise()) for terms in self.terms))
        found = (cycle.netting for cycle in state.cycles.values() if cycle.contracts == names and not cycle.called_off)
        return next(found, netting.GROSS)

    def _of_kind(self, kind: str) -> InstructionFacts | None:
        instruction = self.case.instruction
        return instruction if instruction is not None and instruction.kind == kind else None


def _psbt_or_error(data: bytes) -> Psbt | CountersignError:
    try:
        return parse_psbt(data)
    except CountersignError as error:
        return error
