"""The verdicts on one call's contracts and transactions, all of one settlement.

- With transactions, the contracts are judged in each of their verdicts; by themselves, in one of their own.
- The contracts of a transaction's settlement that were not given are taken from the log.
- A share by itself (signatures without coins) is judged in the prepared PSBT whose unsigned transaction it has.
- An answer of the Safe service names no chain: the registered Safe's is taken, else the first of the known chains under
  which the listed hash is true, else Ethereum's main chain. Each row has its verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from countersign.audit.tlog_proof import TlogProof
from countersign.bitcoin.inspect import facts as facts_of_psbt
from countersign.bitcoin.psbt import Psbt
from countersign.desk import matching
from countersign.desk.ground import Ground, case, facts_of, moment
from countersign.desk.matching import Trio
from countersign.desk.proving import completed
from countersign.desk.recognising import Recognised
from countersign.desk.reports import Judged, Kind
from countersign.errors import CountersignError
from countersign.ethereum.safe import ClaimedSafeTx
from countersign.keys import jws as jose
from countersign.rails import bitcoin as bitcoin_rail
from countersign.review import checks
from countersign.review.case import Case, ContractFacts, HeadFacts, InstructionFacts, Mode
from countersign.settlement.contract import Contract
from countersign.settlement.records import Instruction

KINDS = {Kind.PSBT: "psbt", Kind.SAFE_TX: "safe-tx"}


@dataclass(frozen=True, slots=True)
class Given:
    """The contracts of one call with what was given of their places in the log; `hashes` of those that parse."""

    facts: tuple[ContractFacts, ...]
    hashes: tuple[str, ...]
    names: tuple[str, ...]


def contracts_of(pairs: Sequence[tuple[Recognised, Trio]], ground: Ground | None) -> Given:
    """The contract files and their trios as a case wants them."""
    return Given(
        facts=tuple(_facts(file, trio, ground) for file, trio in pairs),
        hashes=tuple(file.parsed.hash for file, _ in pairs if isinstance(file.parsed, Contract)),
        names=tuple(dict.fromkeys(name for file, trio in pairs for name in (file.name, *trio.names))),
    )


def inside(trio: Trio) -> tuple[Recognised, Trio] | None:
    """The contract that an event carries, as if its file had been given; None where it carries none."""
    carried, event = trio.carried, trio.event
    if carried is None or event is None:
        return None
    return Recognised(event.name, jose.serialise(carried.jws), Kind.CONTRACT, carried, None), trio


def _facts(file: Recognised, trio: Trio, ground: Ground | None) -> ContractFacts:
    event, opening, proof = completed(trio, ground)
    known = ground.contract(file.parsed.hash, file.name) if ground and isinstance(file.parsed, Contract) else None
    if known is not None:
        event, opening, proof = event or known.event, opening or known.opening, proof or known.proof
    return ContractFacts(file.data, event, opening, proof, file.name)


def judge_contracts(given: Given, ground: Ground | None, now: int) -> Judged:
    """The contracts by themselves; as history if their settlement has shares."""
    if ground is None:
        found = _unanchored(given, None)
        return Judged(given.names, checks.verdict(found))
    shared = [each for one in given.hashes if (each := ground.first_share(one)) is not None]
    first = min(shared, key=lambda each: each.shares[0].index, default=None)
    when = moment(ground, first)
    return Judged(given.names, checks.verdict(case(ground, when, now, given.facts)), when.size)


def judge_transaction(file: Recognised, given: Given, ground: Ground | None, now: int) -> Judged:
    """One PSBT or Safe transaction, against the logged instruction that it is or must be held against."""
    parsed = file.parsed if isinstance(file.parsed, Psbt | ClaimedSafeTx) else None
    kind, data = KINDS[file.kind], file.data
    found = matching.instruction_for(ground, kind, data, parsed, given.hashes) if ground else None
    if ground is not None and found is not None and isinstance(parsed, Psbt):
        data = _with_parents(data, parsed, ground.artefact(found.artefact))
    return judge(InstructionFacts(kind, data, about=file.name), found, given, ground, now)


def _with_parents(data: bytes, parsed: Psbt, prepared: bytes | None) -> bytes:
    """A bare share laid into the prepared PSBT that it signs: by itself it carries signatures and no coins."""
    if prepared is None or any(each.spent is not None for each in facts_of_psbt(parsed).inputs):
        return data
    try:
        return bitcoin_rail.combine(prepared, [data])
    except CountersignError:
        return data


def judge(facts: InstructionFacts, found: Instruction | None, given: Given, ground: Ground | None, now: int) -> Judged:
    """The verdict on a transaction: `found` is the logged instruction that it is held against, if there is one."""
    names = (facts.about, *given.names)
    if ground is None:
        return Judged(names, checks.verdict(_unanchored(given, facts)))
    when = moment(ground, found)
    contracts = given.facts
    if found is not None:
        logged = facts_of(ground, found, facts.data, facts.about)
        # The service's confirmations are judged as listed; the log's shares are the same signatures again.
        facts = replace(
            logged, claim=facts.claim, confirmations=facts.confirmations, shares=() if facts.claim else logged.shares
        )
        others = [each for each in ground.state.settles(found) if each not in given.hashes]
        contracts += tuple(one for each in others if (one := ground.contract(each, f"contract {each}")) is not None)
    return Judged(names, checks.verdict(case(ground, when, now, contracts, facts)), when.size)


def _unanchored(given: Given, facts: InstructionFacts | None) -> Case:
    """A case in which nothing can be believed: form is judged, the rest is blocked by the missing anchor."""
    proof = next((each.proof for each in given.facts if isinstance(each.proof, TlogProof)), None)
    head = HeadFacts(proof.checkpoint, quorum=None, pin=None) if proof is not None else None
    return Case(Mode.LOOK, head=head, contracts=given.facts, instruction=facts)
