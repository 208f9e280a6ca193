"""Gathering a case: from what a machine holds and has proved to the values that `review` judges.

- A `Basis` is what a machine can rest a verdict on: its replayed state, the head it stands under, the contracts' proofs. An
  online machine's basis is its replica; a QR crossing's basis is the pinned state and the proven excerpt.
- Before a signature the newest state counts. An instruction that has shares already is history: judged on the prefix of the
  log before its first share, at that entry's time (CHECKS.md).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from countersign.audit.leaf import Opening
from countersign.audit.pin import Pin
from countersign.audit.tlog_proof import TlogProof
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.transaction import display
from countersign.desk.ports import Artefacts, Journal, Profile
from countersign.desk.records import Outpoint, SafeNonce
from countersign.desk.replica import Replica
from countersign.errors import CountersignError, Refused, Unavailable
from countersign.ethereum import safe_file
from countersign.formats import eip55
from countersign.keys import jws as jose
from countersign.review.case import (
    Case,
    Channel,
    ClockFacts,
    ContractFacts,
    HeadFacts,
    InstructionFacts,
    JournalFacts,
    Mode,
    PaidBefore,
    PaidSeen,
    Shared,
    SignerFacts,
    StoreFacts,
    TokenFacts,
    TransportFacts,
)
from countersign.settlement import audience, events
from countersign.settlement.contract import Contract
from countersign.settlement.records import ContractRecord, ContractState, Instruction
from countersign.settlement.roster import SafeVault
from countersign.settlement.safe_state import ChainSnapshot
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class Basis:
    """What a verdict rests on. `contracts` by hash; `newest` is the log's last entry time in unix seconds."""

    state: State
    head: HeadFacts
    contracts: Mapping[str, ContractFacts]
    newest: int


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is true of the moment: the clock, who is about to sign with what, how the request came, what this machine's own
    node says of the Safe (`Case.safes`) and of earlier payments (`Case.paid`)."""

    now: int
    signer: SignerFacts | None = None
    token: TokenFacts | None = None
    transport: TransportFacts | None = None
    channel: Channel = Channel.ONLINE
    clock_confirmed: bool | None = None
    store: StoreFacts | None = field(default=None)
    safes: ChainSnapshot | CountersignError | None = None
    paid: Mapping[str, PaidSeen | CountersignError] | None = None


def basis(replica: Replica, contracts: tuple[str, ...]) -> Basis:
    """An online machine's basis: everything it has replayed and pinned."""
    facts = contract_facts(replica, contracts)
    return Basis(replica.state, head_facts(replica), facts, replica.state.time_ms // 1000)


def history(replica: Replica, instruction: Instruction) -> Basis:
    """The basis before an instruction's first share: the prefix's state, cosignatures not earlier than that entry."""
    first = instruction.shares[0].index
    moment = replica.record(first).time_ms
    state = replica.state_before(first)
    facts = contract_facts(replica, replica.state.cycles[instruction.cycle].contracts)
    return Basis(state, head_facts(replica, entry_ms=moment), facts, moment // 1000)


def head_facts(replica: Replica, *, entry_ms: int | None = None) -> HeadFacts:
    """The pinned head as the case's head; without a pin there is nothing to prove anything against."""
    pin = replica.pin
    if pin is None:
        raise Unavailable("desk.nothing-pinned")
    return HeadFacts(
        note=pin.signed.serialise(),
        quorum=replica.anchor.now(replica.state),
        pin=pin,
        outside_pin=replica.outside_pin,
        insiders=replica.anchor.insiders,
        roots=Roots(replica),
        entry_ms=entry_ms,
    )


class Roots(Mapping[int, bytes]):
    """Roots of earlier sizes, computed from this machine's own entries when asked for."""

    def __init__(self, replica: Replica) -> None:
        self._tree = replica.log.tree

    def __getitem__(self, size: int) -> bytes:
        if not 0 <= size <= self._tree.size:
            raise KeyError(size)
        return self._tree.root(size)

    def __eq__(self, other: object) -> bool:
        """A replica's tree is never altered, a grown one takes its place."""
        return isinstance(other, Roots) and self._tree is other._tree

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return self._tree.size + 1

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._tree.size + 1))


def contract_facts(replica: Replica, contracts: tuple[str, ...]) -> dict[str, ContractFacts]:
    """Logged contracts, each with its event, opening and a proof to the pinned head. Refused for one not in the log."""
    pin = replica.replayed
    return {each: _facts_of(replica, each, pin) for each in contracts}


def _facts_of(replica: Replica, contract: str, pin: Pin | None) -> ContractFacts:
    record = replica.state.contract(contract)
    index = record.cause(ContractState.AGREED)
    jws = jose.serialise(signed_contract(replica, record).jws)
    if index is None:
        return ContractFacts(jws)
    held = replica.record(index)
    return ContractFacts(jws, held.event, Opening(index, held.time_ms, held.salt), _proof(replica, index, pin))


def signed_contract(replica: Replica, record: ContractRecord) -> Contract:
    """A logged contract with its signatures, from the last entry that carries it. Refused("L3.not-affirmed")."""
    index = record.cause(ContractState.AGREED)
    event = events.parse(replica.record(record.concerns[0].index if index is None else index).event)
    found = audience.carried(event)
    if found is None:
        raise Refused("L3.not-affirmed", type=event.type)
    return found


def proof(replica: Replica, index: int) -> TlogProof:
    """Entry `index` under the head that the archive leads to. Unavailable("desk.nothing-pinned")."""
    return _proof(replica, index, replica.replayed)


def _proof(replica: Replica, index: int, pin: Pin | None) -> TlogProof:
    if pin is None:
        raise Unavailable("desk.nothing-pinned")
    return TlogProof(index, replica.log.tree.inclusion_proof(index, pin.size), pin.signed.serialise())


def contract_case(found: Basis, contract: str, moment: Circumstances, profile: Profile) -> Case:
    """The case of a contract by itself."""
    return _case(found, (contract,), None, moment, profile, Mode.LOOK)


def instruction_case(
    found: Basis, instruction: Instruction, data: bytes, moment: Circumstances, profile: Profile, mode: Mode
) -> Case:
    """The case of one instruction: its settlement's contracts, its bytes, the shares already logged.

    In history (`mode`) the shares are those of the newest log, though the state is the prefix's.
    """
    contracts = found.state.settles(instruction)
    facts = InstructionFacts(
        kind=instruction.group.kind,
        data=data,
        prepared=instruction.hash,
        original=known(profile.artefacts, instruction.artefact),
        replaced=replaced(found.state, profile.artefacts, instruction),
        shares=logged_shares(profile.artefacts, instruction),
    )
    return _case(found, contracts, facts, moment, profile, mode)


def replaced(state: State, artefacts: Artefacts, instruction: Instruction) -> tuple[bytes, ...]:
    """The bytes of what an instruction takes the place of, the nearest first, as far as they are here."""
    held = (known(artefacts, each.artefact) for each in state.around(instruction))
    return tuple(data for data in held if data is not None)


def logged_shares(artefacts: Artefacts, instruction: Instruction) -> tuple[Shared, ...]:
    """The shares that stand in the log, as far as their bytes are here."""
    held = ((share.keys[0], known(artefacts, share.artefact)) for share in instruction.shares)
    return tuple(Shared(key, data) for key, data in held if data is not None)


def known(artefacts: Artefacts, digest: str) -> bytes | None:
    """An artefact by its SHA-256 (hex); None where it is not here."""
    try:
        return artefacts.get(bytes.fromhex(digest))
    except Unavailable:
        return None


def _case(
    found: Basis,
    contracts: tuple[str, ...],
    instruction: InstructionFacts | None,
    moment: Circumstances,
    profile: Profile,
    mode: Mode,
) -> Case:
    facts = tuple(found.contracts[each] for each in contracts if each in found.contracts)
    clock = ClockFacts(
        now=moment.now,
        floor=profile.journal.clock_floor(),
        log=found.newest,
        as_of=found.newest if mode is Mode.HISTORY else None,
        confirmed=moment.clock_confirmed if mode is not Mode.HISTORY else None,
    )
    journal = JournalFacts()
    if mode is not Mode.HISTORY:
        journal = journal_facts(profile.journal, found.state, contracts, instruction)
    return Case(
        mode=mode,
        clock=clock,
        state=found.state,
        head=found.head,
        contracts=facts,
        instruction=instruction,
        signer=moment.signer,
        token=moment.token,
        transport=moment.transport,
        store=moment.store,
        journal=journal,
        channel=moment.channel,
        safes=moment.safes,
        paid=moment.paid,
    )


def journal_facts(
    journal: Journal, state: State, contracts: tuple[str, ...], instruction: InstructionFacts | None
) -> JournalFacts:
    """What this machine signed before for these coins, this nonce, these contracts' ids."""
    ids = [(known.terms.id, known.terms.version) for each in contracts if (known := state.contracts.get(each))]
    hashes = {key: digest.hex() for key in ids if (digest := journal.settlement_hash(*key)) is not None}
    if instruction is None or instruction.prepared is None:
        return JournalFacts(contracts=hashes)
    order = state.orders.get(instruction.prepared)
    record = state.instructions.get(instruction.prepared) if order is None else order.instruction
    if record is None:
        return JournalFacts(contracts=hashes)
    if instruction.kind == "psbt":
        coins = _outpoints(journal, record.group.chain, instruction.data)
        return JournalFacts(outpoints=coins, contracts=hashes, payments=payments(journal, state, record))
    nonces = _nonces(journal, state, record, instruction.data)
    return JournalFacts(nonces=nonces, contracts=hashes, payments=payments(journal, state, record))


def payments(journal: Journal, state: State, record: Instruction) -> tuple[PaidBefore, ...]:
    """What this machine set out to sign for the contracts that an instruction settles, on its chain."""
    psbt = record.group.kind == "psbt"
    return _payments(journal, state, record) if psbt else _safe_payments(journal, state, record)


def outpoints(chain: str, psbt: Psbt) -> tuple[Outpoint, ...]:
    """The coins that a PSBT spends, as the journal names them."""
    return tuple(Outpoint(chain, bytes(each.prevout.hash), each.prevout.n) for each in psbt.tx.vin)


def _outpoints(journal: Journal, chain: str, data: bytes) -> dict[str, str]:
    try:
        psbt = parse_psbt(data)
    except CountersignError:
        return {}
    found = {}
    for coin in outpoints(chain, psbt):
        for signed in journal.signed_outpoint(coin)[-1:]:
            found[f"{display(coin.txid)}:{coin.vout}"] = display(signed.transaction)
    return found


def _payments(journal: Journal, state: State, record: Instruction) -> tuple[PaidBefore, ...]:
    """The transactions, by the coins that were promised."""
    return tuple(
        PaidBefore(name, display(each.transaction), each.instruction.hex(), coins)
        for name, each in journal.promised(contract_ids(state, record))
        if (
            coins := tuple(
                f"{display(one.txid)}:{one.vout}" for one in each.outpoints if one.chain == record.group.chain
            )
        )
    )


def _safe_payments(journal: Journal, state: State, record: Instruction) -> tuple[PaidBefore, ...]:
    """Those of Safes, by the places that were promised; but for another Safe's leg of the same settlement."""
    vault, found = state.roster.vaults.get(record.group.vaults[0]), list[PaidBefore]()
    for name, each in journal.promised(contract_ids(state, record)):
        for intent in journal.intents(each.instruction)[:1]:
            at = intent.nonce
            if at is None or not isinstance(vault, SafeVault) or at.chain != vault.chain:
                continue
            if eip55.checksum(at.safe) != vault.address and intent.settlement == record.cycle:
                continue
            place = at.chain, eip55.checksum(at.safe), at.nonce
            found.append(PaidBefore(name, each.transaction.hex(), each.instruction.hex(), (), place))
    return tuple(found)


def contract_ids(state: State, record: Instruction) -> tuple[str, ...]:
    """The ids of the contracts that an instruction settles, and of those in whose place they stand."""
    found = (state.contracts.get(each) for each in state.settles(record))
    return tuple(sorted({one.terms.id for each in found if each is not None for one in state.replaced(each)}))


def _nonces(journal: Journal, state: State, record: Instruction, data: bytes) -> dict[tuple[str, str, int], str]:
    vault = state.roster.vaults.get(record.group.vaults[0])
    try:
        tx = safe_file.parse(data).tx
    except CountersignError:
        return {}
    if not isinstance(vault, SafeVault):
        return {}
    key = SafeNonce(vault.chain, eip55.parse(vault.address), tx.nonce)
    signed = journal.signed_nonce(key)
    return {(vault.chain, vault.address, tx.nonce): signed[-1].transaction.hex()} if signed else {}


def store_facts(profile: Profile) -> StoreFacts:
    """What the store found when it was opened; a store that failed its integrity check was refused there."""
    return StoreFacts(profile.pragmas(), "ok")
