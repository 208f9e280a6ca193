"""What is true at one place in the log.

- Frozen values over persistent maps: evolving costs O(log n), and the state before stays as it was.
- Entries that were refused leave the count of entries looked at and a fault; nothing that rules decide by.

    >>> state.contracts[contract].state
    <ContractState.HELD: 'held'>
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from immutables import Map

from countersign.errors import Refused
from countersign.keys.public_key import PublicKey
from countersign.settlement import netting
from countersign.settlement.assets import Price
from countersign.settlement.house_records import Ceremony, FormerLog, Outside, Reconciled
from countersign.settlement.ledger import Account, Ledger
from countersign.settlement.owners_order import OwnersOrder
from countersign.settlement.policy import Policy
from countersign.settlement.records import (
    Attestation,
    Break,
    Concern,
    ContractRecord,
    Cycle,
    Fault,
    Freeze,
    Instruction,
    Loan,
    Receipt,
    Refusal,
    SafeUse,
    Tip,
)
from countersign.settlement.roster import Roster
from countersign.settlement.safe_state import SafeSeen
from countersign.settlement.usage import Usage


@dataclass(frozen=True, slots=True)
class State:
    """Everything at one place in the log. Maps are keyed by the id named in their comment."""

    desk: str = ""  # the log's origin; empty before the founding
    desk_key: PublicKey | None = None
    log: str = ""  # the log's vkey in force
    former_logs: tuple[FormerLog, ...] = ()  # the vkeys before it, in order
    roster: Roster = field(default_factory=Roster)
    trials: tuple[int, ...] = ()  # the entries that brought Bitcoin vaults, or tests of them, in order
    policy: Policy | None = None
    policy_index: int = 0  # the entry that adopted it
    roster_index: int = 0  # the entry that changed the roster last: the founding at first
    prices: Map[str, Price] = field(default_factory=Map)  # asset
    ledger: Ledger = field(default_factory=Ledger)
    deposits: Map[str, int] = field(default_factory=Map)  # "chain reference" → index
    contracts: Map[str, ContractRecord] = field(default_factory=Map)  # contract hash
    unended: Map[str, int] = field(default_factory=Map)  # contract hash of those that are not over → their settle_by
    versions: Map[tuple[str, int], str] = field(default_factory=Map)  # contract id, version → contract hash
    cycles: Map[str, Cycle] = field(default_factory=Map)  # cycle id
    cut_offs: Map[int, int] = field(
        default_factory=Map
    )  # a cut-off, unix seconds → the entry that closed its first cycle
    instructions: Map[str, Instruction] = field(default_factory=Map)  # event hash
    orders: Map[str, OwnersOrder] = field(default_factory=Map)  # event hash of an order that a Safe change its owners
    spending: Map[str, str] = field(default_factory=Map)  # outpoint → live or executed instruction
    spent: Map[str, Usage] = field(default_factory=Map)  # payer (LEI) → what it gave away in 24 hours
    safes: Map[str, SafeUse] = field(default_factory=Map)  # Safe vault id
    outside: Map[str, tuple[Outside, ...]] = field(default_factory=Map)  # Safe vault id → numbers used outside the log
    used_places: Map[str, int] = field(default_factory=Map)  # ranged vault id → highest index that somebody signed for
    artefacts: Map[str, str] = field(default_factory=Map)  # SHA-256 of an instruction's artefact → instruction
    transactions: Map[str, str] = field(default_factory=Map)  # transaction id → instruction
    receipts: Map[str, tuple[Receipt, ...]] = field(default_factory=Map)  # instruction → unconfirmed deliveries
    unconfirmed: Map[Account, int] = field(default_factory=Map)  # the same, by account
    breaks: Map[str, tuple[Break, ...]] = field(default_factory=Map)  # cycle id → the custodian's debts
    refusals: Map[str, tuple[Refusal, ...]] = field(default_factory=Map)  # SHA-256 of what was refused
    ceremonies: Map[int, Ceremony] = field(default_factory=Map)  # index
    loans: Map[str, Loan] = field(default_factory=Map)  # loan id
    lent: Map[str, tuple[str, ...]] = field(default_factory=Map)  # asset → loans that are out
    accruals: Map[str, int] = field(default_factory=Map)  # asset → last day accrued, since 1970
    freezes: Map[str, Freeze] = field(default_factory=Map)  # order → the freeze that stands
    lifted: Map[str, Freeze] = field(default_factory=Map)  # order → a freeze that was lifted
    reconciled: Reconciled | None = None  # the last reconciliation
    attestations: Map[str, Attestation] = field(default_factory=Map)  # cycle, or order → the last one
    tips: Map[str, Tip] = field(default_factory=Map)  # CAIP-2 → the newest attested block
    safes_seen: Map[tuple[str, str], SafeSeen] = field(default_factory=Map)  # CAIP-2, address → as attested last
    seen: Map[str, Map[str, int]] = field(default_factory=Map)  # signer → event id → index
    events: Map[int, str] = field(default_factory=Map)  # index → event hash, accepted entries only
    size: int = 0  # one past the last entry looked at
    time_ms: int = 0  # the last accepted entry's moment
    faults: Map[int, Fault] = field(default_factory=Map)

    def high_water(self, vault: str) -> int:
        """The highest index of a ranged vault that a signed instruction spends from; 0 before the first (B7)."""
        return self.used_places.get(vault, 0)

    def contract(self, contract: str) -> ContractRecord:
        """The contract of that hash; `Refused` settlement.unknown-contract."""
        found = self.contracts.get(contract)
        if found is None:
            raise Refused("settlement.unknown-contract", contract=contract)
        return found

    def replaced(self, record: ContractRecord) -> tuple[ContractRecord, ...]:
        """The contract and those that it stands in the place of, newest first: earlier versions, what it was awarded on."""
        found = [record]
        while (name := found[-1].terms.replaces) is not None and name in self.contracts:
            found.append(self.contracts[name])
        return tuple(found)

    def concerns(self, record: ContractRecord) -> tuple[Concern, ...]:
        """Every entry that concerned a contract, its cycle's among them, in the log's order."""
        cycle = self.cycles.get(record.cycle or "")
        return tuple(sorted((*record.concerns, *(cycle.concerns if cycle else ())), key=lambda each: each.index))

    def failures(self, name: str) -> tuple[str, ...]:
        """The events by which instructions of a cycle failed, by hash, ascending; none of an order of owners. Raises `Refused`."""
        if name in self.orders:
            return ()
        records = (self.contract(each) for each in self.cycle(name).contracts)
        found = (each for record in records for each in self.concerns(record) if each.type == "settlement.failed")
        return tuple(sorted({each.event for each in found}))

    def open_contracts(self) -> Iterator[ContractRecord]:
        """The contracts that are not over, in no order."""
        return (self.contracts[each] for each in self.unended)

    def open_cycles(self) -> list[Cycle]:
        """The cycles of contracts that are not over, in the order in which they were closed."""
        names = {each.cycle for each in self.open_contracts() if each.cycle is not None}
        return sorted((self.cycles[each] for each in names), key=lambda each: each.index)

    def cycle(self, cycle: str) -> Cycle:
        """The cycle of that id; `Refused` settlement.unknown-cycle."""
        found = self.cycles.get(cycle)
        if found is None:
            raise Refused("settlement.unknown-cycle", cycle=cycle)
        return found

    def instruction(self, instruction: str) -> Instruction:
        """The instruction, or the order to a Safe, of that event hash; `Refused` settlement.unknown-instruction."""
        found = self.instructions.get(instruction)
        if found is None and (order := self.orders.get(instruction)) is not None:
            return order.instruction
        if found is None:
            raise Refused("settlement.unknown-instruction", instruction=instruction)
        return found

    def live(self, cycle: Cycle) -> tuple[Instruction, ...]:
        """The cycle's instructions that count, in the order of their groups."""
        found = (cycle.instructions.get(group) for group in cycle.groups)
        return tuple(self.instructions[each] for each in found if each is not None)

    def child(self, instruction: Instruction) -> Instruction | None:
        """The child that counts for an instruction, whether that itself counts or not."""
        cycle = self.cycles.get(instruction.cycle)
        name = None if cycle is None else cycle.children.get(instruction.hash)
        return None if name is None else self.instructions[name]

    def children_of(self, instruction: Instruction) -> tuple[Instruction, ...]:
        """Every child of an instruction: the one that counts, then those whose place it took. The last sent lies in the pool."""
        found, each = list[Instruction](), self.child(instruction)
        while each is not None:
            found.append(each)
            each = self.instructions.get(each.replaces or "")
        return tuple(found)

    def under_way(self, cycle: Cycle) -> tuple[Instruction, ...]:
        """The cycle's instructions that count, each followed by its child. A child counts as long as its parent does."""
        both = (one for each in self.live(cycle) for one in (each, self.child(each)))
        return tuple(one for one in both if one is not None)

    def makers(self, cycle: Cycle, *, void: bool) -> set[str]:
        """Who has a hand in what is signed in a cycle (rule 4): in what counts in it, in what a replacement pays again, and in an
        earlier request over the very bytes of one of these, whoever asked for them again.

        `void`: for a void, which pays nobody: it is not kept from the preparer of what it ends, or few officers could not end a
        settlement.
        """
        live = self.under_way(cycle)
        paid = () if void else [old for each in live for old in self.replaced_by(each)]
        made = {each.artefact for each in (*live, *paid)}
        asked = (self.instructions[name] for name in cycle.requested)
        same = [each for each in asked if each.artefact in made]
        return {hand for each in (*live, *paid, *same) for hand in each.hands}

    def sunk(self, cycle: Cycle, but: str = "") -> dict[str, int]:
        """The network fees, by vault, of the voids in blocks (`but` of one) whose legs were prepared anew: of the same caps."""
        live, fees = {each.hash for each in self.live(cycle)}, dict[str, int]()
        for each in (self.instructions[name] for name in cycle.sunk if name != but):
            if (
                each.observed is None
                or not each.seen
                or not live.isdisjoint(one.hash for one in self.replaced_by(each))
            ):
                continue  # what it voided was mined after all
            for vault, fee in each.observed.fees:
                fees[vault] = fees.get(vault, 0) + fee
        return fees

    def settles(self, instruction: Instruction) -> tuple[str, ...]:
        """The contracts that an instruction settles, by hash; none for a Safe's change of its own owners. Raises `Refused`."""
        return () if instruction.hash in self.orders else self.cycle(instruction.cycle).contracts

    def owed(self, instruction: Instruction) -> tuple[netting.Obligation, ...]:
        """What an instruction discharges; a void discharges nothing, nor does a child."""
        if instruction.hash in self.orders:
            return ()  # a Safe's change of its own owners pays nobody
        cycle = self.cycle(instruction.cycle)
        return () if instruction.returns else netting.owed_by(cycle.obligations, instruction.group)

    def ready(self, cycle: Cycle) -> bool:
        """Whether every instruction that counts has its quorum, and in a void every one that has shares is voided."""
        live = self.live(cycle)
        return all(self.missing(each) == 0 and (each.void or not cycle.voiding) for each in live)

    def replaced_by(self, instruction: Instruction) -> tuple[Instruction, ...]:
        """The instructions in whose place a declared one stands, or that a child lifts, the nearest first; then their children.

        Of an order of a Safe's owners, the orders in whose place it stands.
        """
        if instruction.hash in self.orders:
            return self._orders_before(instruction)
        found: list[Instruction] = []
        name = instruction.replaces or instruction.lifts
        while name is not None and name in self.instructions:
            found.append(self.instructions[name])
            name = found[-1].replaces or found[-1].lifts
        known = {instruction.hash, *(each.hash for each in found)}
        return (*found, *(one for each in found for one in self.children_of(each) if one.hash not in known))

    def _orders_before(self, instruction: Instruction) -> tuple[Instruction, ...]:
        found, name = list[Instruction](), instruction.replaces
        while name is not None and name in self.orders:
            found.append(self.orders[name].instruction)
            name = found[-1].replaces
        return tuple(found)

    def prepared_for(self, cycle: str, group: netting.Group) -> tuple[Instruction, ...]:
        """Whatever was prepared for a leg, the oldest first; children apart. Nothing for a Safe's change of its own owners."""
        known = self.cycles.get(cycle)
        found = (self.instructions[name] for name in (known.requested if known is not None else ()))
        return tuple(each for each in found if each.group == group)

    def others(self, instruction: Instruction) -> tuple[Instruction, ...]:
        """What else was prepared for the same leg over other bytes, voids among it, the newest first; nothing for a child."""
        found = () if instruction.child else self.prepared_for(instruction.cycle, instruction.group)
        return tuple(each for each in reversed(found) if each.artefact != instruction.artefact)

    def around(self, instruction: Instruction) -> tuple[Instruction, ...]:
        """What an instruction stands in the place of or lifts, with the children of those, and what else was prepared for the
        leg."""
        nearest = self.replaced_by(instruction)
        found = (*nearest, *(one for each in (instruction, *nearest) for one in self.others(each)))
        return tuple({each.hash: each for each in found if each.hash != instruction.hash}.values())

    def missing(self, instruction: Instruction) -> int:
        """How many shares its vaults still lack for their quorums."""
        return sum(
            max(0, self.roster.vault(vault).threshold - len(instruction.signers(vault)))
            for vault in instruction.group.vaults
        )

    def adopted(self) -> Policy:
        """The policy in force; `Refused` settlement.no-policy before the first."""
        if self.policy is None:
            raise Refused("settlement.no-policy")
        return self.policy


EMPTY = State()
"""Before the founding."""
