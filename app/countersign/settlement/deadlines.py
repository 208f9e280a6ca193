"""By when somebody must act on a contract, and why: every deadline that still bites, the first first.

- Deadlines are moments of the log (unix seconds); they are judged by entry time, so `now` is never before the last entry.
- `settle-by` bites until the release, on whoever signs and then (`release`) on whoever releases; what was released and not
  sent (`send`), sent and in no block (`observe`), or delivered by half (`failed`) is measured by it too, though nothing is
  refused after it. It binds no void, and no leg that is signed again after a failure.
- A prepared instruction that lacks shares has its `request`'s lifetime. Where a cold machine signs for a Safe, what two
  officers attested of it grows too old (`attestation`, check E10). A coin or a Safe's number that is gone (`staleness`) is
  a deadline that has passed: what it says is to be done now.
- `cut-off` is the policy's next one for a contract that waits for a cycle; `top-up` the end of the time in which a
  deliverer may still bring what it lacks; `certification` the last moment at which compliance can endorse the parties;
  `dispute` the end of the window after finality.
- What has no deadline says why (`unbounded`): a dispute, a void, a chain, an end has none, and none is made up.
- `Deadlines` is for many contracts of one state: what they share (cut-offs, certifications, cycles) is worked out once.

    >>> act_by(state, record, now)
    Deadline(at=1795363200, reason='settlement.act-by-cut-off', values={})
"""

from dataclasses import dataclass, field
from operator import is_, itemgetter

from countersign.errors import Values
from countersign.formats import times
from countersign.settlement import lifting, staleness
from countersign.settlement.cut_off import last_cut_off, next_cut_off
from countersign.settlement.disputing import window_ends
from countersign.settlement.holding import shortfall
from countersign.settlement.instructing import completes
from countersign.settlement.owners_order import attested_as
from countersign.settlement.records import ContractRecord, ContractState, Cycle, Instruction
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State

SETTLE = "settlement.act-by-settle"
RELEASE = "settlement.act-by-release"
SEND = "settlement.act-by-send"
OBSERVE = "settlement.act-by-observe"
FAILED = "settlement.act-by-failed"
CUT_OFF = "settlement.act-by-cut-off"
TOP_UP = "settlement.act-by-top-up"
REQUEST = "settlement.act-by-request"
ATTESTATION = "settlement.act-by-attestation"
COINS = "settlement.act-by-coins"
NONCE = "settlement.act-by-nonce"
CERTIFICATION = "settlement.act-by-certification"
DISPUTE = "settlement.act-by-dispute"
REASONS = (
    SETTLE, RELEASE, SEND, OBSERVE, FAILED, CUT_OFF, TOP_UP, REQUEST, ATTESTATION, COINS, NONCE, CERTIFICATION, DISPUTE,
)  # fmt: skip
"""Why a moment matters: codes of sentences, each with a short label beside."""

DISPUTED = "settlement.no-deadline-dispute"
VOIDING = "settlement.no-deadline-void"
ON_CHAIN = "settlement.no-deadline-chain"
OVER = "settlement.no-deadline-over"
UNBOUNDED = (DISPUTED, VOIDING, ON_CHAIN, OVER)
"""Why there is no moment: codes of sentences as well."""

_BEFORE_ENDORSEMENT = (ContractState.PROPOSED, ContractState.AGREED)
_WAITING = (ContractState.ENDORSED, ContractState.HELD)
_UNTIL_RELEASE = (
    *_BEFORE_ENDORSEMENT,
    *_WAITING,
    ContractState.INSTRUCTED,
    ContractState.PARTLY_SIGNED,
    ContractState.SIGNED,
)
_UNDER_WAY = (ContractState.RELEASED, ContractState.SETTLING, ContractState.FAILED)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment (unix seconds), why it bites, and the values of its sentence."""

    at: int
    reason: str
    values: Values = field(default_factory=dict)


def act_by(state: State, record: ContractRecord, now: int) -> Deadline | None:
    """The deadline that bites first; None where nothing waits for anybody."""
    return Deadlines(state, now).first(record)


def deadlines(state: State, record: ContractRecord, now: int) -> tuple[Deadline, ...]:
    """Every deadline of a contract, the first first; one that has passed still stands until something is done."""
    return Deadlines(state, now).all(record)


def of_request(state: State, instruction: Instruction) -> tuple[Deadline, ...]:
    """Every deadline of one instruction that lacks shares, the first first: its own, and its contracts' time to settle
    if it settles any."""
    found = _of_instruction(state, instruction)
    if instruction.hash in state.orders:
        return tuple(_of_vaults(each) for each in sorted(found, key=_moment))
    cycle = state.cycle(instruction.cycle)
    if not completes(cycle, instruction):
        found.append((min(state.contract(each).terms.settle_by for each in cycle.contracts), SETTLE, ""))
    return tuple(_of_vaults(each) for each in sorted(found, key=_moment))


_Bite = tuple[int, str, str]
"""A moment, why it bites, and whose it is: a LEI, an asset that somebody lacks, a vault. Made for every contract, so light."""
_moment = itemgetter(0)


@dataclass(frozen=True, slots=True)
class _Together:
    """What bites on all contracts of a cycle; and whether something released was not sent, or stands in no block."""

    bites: tuple[_Bite, ...]
    unsent: bool
    unseen: bool


_NOTHING = _Together((), unsent=False, unseen=False)


class Deadlines:
    """The deadlines of one state's contracts at `now` (unix seconds). `before`: those of an earlier state; what cycles have
    in common is not worked out again where nothing that it rests on has changed."""

    def __init__(self, state: State, now: int, before: "Deadlines | None" = None) -> None:
        self._state, self._now = state, now
        self._rests = (
            state.roster, state.policy, state.instructions, state.spending, state.transactions, state.safes,
            state.safes_seen, state.attestations,
        )  # fmt: skip
        same = before is not None and all(map(is_, self._rests, before._rests))
        self._cycles: dict[str, tuple[Cycle, _Together]] = before._cycles if before is not None and same else {}
        self._certified: dict[str, tuple[_Bite, ...]] = {}  # by LEI
        self._top_up_ends, self._cut_off = 0, (0, CUT_OFF, "")
        if state.policy is not None:
            self._top_up_ends = last_cut_off(state.policy, now) + state.policy.cycles.top_up_seconds
            self._cut_off = (next_cut_off(state.policy, now), CUT_OFF, "")

    def moment(self, record: ContractRecord) -> int | None:
        """The moment (unix seconds) of the deadline that bites first."""
        found = self._bites(record)
        return min(found)[0] if found else None

    def first(self, record: ContractRecord) -> Deadline | None:
        """The deadline that bites first; None where nothing waits for anybody."""
        found = self._bites(record)
        return self._said(record, min(found, key=_moment)) if found else None

    def all(self, record: ContractRecord) -> tuple[Deadline, ...]:
        """Every deadline, the first first."""
        return tuple(self._said(record, each) for each in sorted(self._bites(record), key=_moment))

    def unbounded(self, record: ContractRecord) -> str | None:
        """Why a contract has no deadline: one of `UNBOUNDED`; None where it has one."""
        if self._bites(record):
            return None
        cycle = self._state.cycles.get(record.cycle or "")
        if cycle is not None and cycle.voiding:
            return VOIDING
        if _disputed(record):
            return DISPUTED
        return ON_CHAIN if record.state in _UNDER_WAY else OVER

    def rests_on(self, cycle: Cycle) -> object:
        """What the deadlines of a cycle's contracts have in common: equal where they are the same again."""
        return self._together(cycle)

    def _said(self, record: ContractRecord, bite: _Bite) -> Deadline:
        at, reason, whose = bite
        match reason:
            case kind if kind == CERTIFICATION:
                return Deadline(at, reason, {"name": self._state.roster.participant(whose).name})
            case kind if kind == TOP_UP:
                name = self._state.roster.participant(shortfall(self._state, record)[0].lei).name
                return Deadline(at, reason, {"name": name, "asset": whose})
        return _of_vaults(bite)

    def _bites(self, record: ContractRecord) -> list[_Bite]:
        state, found = record.state, list[_Bite]()
        if state in _UNTIL_RELEASE:
            cycle = None if record.cycle is None else self._state.cycles.get(record.cycle)
            if cycle is None or not cycle.voiding:
                found.append((record.terms.settle_by, RELEASE if state is ContractState.SIGNED else SETTLE, ""))
            if cycle is not None:
                found += self._together(cycle).bites
            elif state in _BEFORE_ENDORSEMENT:
                self._of_parties(record, found)
            elif state in _WAITING:
                self._of_cut_off(record, found)
        elif state in _UNDER_WAY:
            self._of_sending(record, found)
        if record.final_ms is not None and record.terms.sale and (ends := window_ends(record)) and self._now <= ends:
            found += () if _disputed(record) else ((ends, DISPUTE, ""),)  # afterwards nothing bites any more
        return found

    def _of_parties(self, record: ContractRecord, found: list[_Bite]) -> None:
        for party in record.terms.parties:
            for each in self._certification(party.lei):
                if each not in found:
                    found.append(each)

    def _certification(self, lei: str) -> tuple[_Bite, ...]:
        known = self._certified.get(lei)
        if known is None:
            found = self._state.roster.participants.get(lei)
            last = None if found is None else (times.parse_date(found.certified_until) + 1) * times.DAY - 1
            known = self._certified[lei] = () if last is None else ((last, CERTIFICATION, lei),)
        return known

    def _of_cut_off(self, record: ContractRecord, found: list[_Bite]) -> None:
        if self._state.policy is None:
            return
        if record.state is ContractState.ENDORSED and self._now <= self._top_up_ends:
            short = shortfall(self._state, record)
            if short:
                found.append((self._top_up_ends, TOP_UP, short[0].asset))
                return
        found.append(self._cut_off)

    def _of_sending(self, record: ContractRecord, found: list[_Bite]) -> None:
        cycle = self._state.cycles.get(record.cycle or "")
        if cycle is None:
            return
        together = self._together(cycle)
        found += together.bites
        if cycle.voiding or not (together.unsent or together.unseen):
            return
        reason = FAILED if record.state is ContractState.FAILED else SEND if together.unsent else OBSERVE
        found.append((record.terms.settle_by, reason, ""))

    def _together(self, cycle: Cycle) -> _Together:
        known = self._cycles.get(cycle.id)
        if known is not None and known[0] is cycle:
            return known[1]
        if cycle.final is not None or cycle.voided is not None or cycle.called_off:
            found = _NOTHING
        else:
            live = lifting.waiting(self._state, cycle)
            bites = tuple([bite for each in live for bite in _of_instruction(self._state, each)])
            unsent = any(each.released is not None and each.transaction is None for each in live)
            under_way = cycle.released is not None or cycle.failed is not None
            unseen = under_way and {each.group for each in live if each.delivers} != set(cycle.groups)
            found = _Together(bites, unsent, unseen)
        self._cycles[cycle.id] = cycle, found
        return found


def _disputed(record: ContractRecord) -> bool:
    return record.dispute is not None and record.dispute.closed is None


def _of_vaults(bite: _Bite) -> Deadline:
    at, reason, vaults = bite
    return Deadline(at, reason, {"vault": vaults} if vaults else {})


def _of_instruction(state: State, instruction: Instruction) -> list[_Bite]:
    """What an instruction rests on that is gone, and while it lacks shares how long it may be signed."""
    found = list[_Bite]()
    if (lost := staleness.coin(state, instruction)) is not None:
        found.append((lost.at, COINS, ", ".join(lost.vaults)))
    if (lost := staleness.number(state, instruction)) is not None:
        found.append((lost.at, NONCE, ", ".join(lost.vaults)))
    if state.policy is not None and instruction.released is None and state.missing(instruction):
        lifetime, vaults = state.policy.request_lifetime_seconds, ", ".join(instruction.group.vaults)
        found.append((instruction.time_ms // 1_000 + lifetime, REQUEST, vaults))
        seen = _attested(state, instruction)
        if seen is not None:
            found.append((seen + lifetime, ATTESTATION, vaults))
    return found


def _attested(state: State, instruction: Instruction) -> int | None:
    """The block at which two officers attested the Safe, where a cold machine must still sign on their word (E10)."""
    vault, found = (
        state.roster.vaults.get(instruction.group.vaults[0]),
        state.attestations.get(attested_as(instruction)),
    )
    if not isinstance(vault, SafeVault) or found is None or instruction.hash not in found.instructions:
        return None
    known, signed = (state.roster.keys.get(kid) for kid in vault.keys), instruction.signers(vault.id)
    online = {each.holder.id for each in known if each is not None and each.online}
    if len(online.difference(signed)) >= vault.threshold - len(signed):
        return None
    return next((each.time for each in found.chains if each.chain == vault.chain), None)
