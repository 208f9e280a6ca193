"""The verdicts on an evidence pack: its events under its checkpoint, their replay, and the settlement as history.

- Proofs and hashes are verified whether or not anything is trusted; what they prove counts only under keys from
  elsewhere.
- The pack's own state is what its events replay to. An event that the rules refuse is shown as the desk's fault; a key
  of `jwks.json` that no logged event registers is a fault of whoever made the pack, and so is a signer's key, a witness
  of the policy or an artefact that is missing there or lies there for nothing.
- The tests that vaults brought into the log are verified again (`trial_auditing`).
- What a pack cannot show is said: that no entry was left out of it (`pack_against`, with a profile).
- The contract and every instruction of its settlement are judged before the settlement's first share.
"""

from collections.abc import Iterator

from countersign.audit.quorum import AsOf, Quorum
from countersign.desk import ground as grounds
from countersign.desk import grounding
from countersign.desk.bundles import Bundle
from countersign.desk.evidence import Pack, artefacts_of
from countersign.desk.ground import Exhibit, Ground
from countersign.desk.randomness import Register
from countersign.desk.reports import Fingerprint, Judged, faulted, noted, refused
from countersign.desk.trial_auditing import tried
from countersign.errors import CountersignError, Refused
from countersign.resources.counting import counted
from countersign.review import checks
from countersign.review.case import ANCHOR
from countersign.review.finding import Finding, Verdict, blocked, failed, passed
from countersign.settlement.events import Event
from countersign.settlement.events import parse as parse_event
from countersign.settlement.records import ContractState, Instruction
from countersign.settlement.state import State

SHOWN = 20


def fingerprint(name: str, pack: Bundle) -> Fingerprint:
    """What people compare."""
    return Fingerprint(name, pack.fingerprint.hex(), pack.words)


def judge_pack(
    pack: Pack, name: str, ground: Ground, trust: Quorum | None, now: int, seen: Register | None = None
) -> list[Judged]:
    """Every verdict on a pack, replayed to `ground`; under `trust`, or blocked where that is None."""
    size = pack.checkpoint.checkpoint.size
    findings = (*head(pack, trust, ground.state), *events(pack, trust), *replay(pack, ground, seen))
    judged = [Judged((name,), Verdict(findings), size)]
    contract = ground.contract(pack.contract, f"{name}: contract")
    if contract is None:
        missing = failed("L3", "not-in-pack", "contract", pack.contract, "not in this pack", hash=pack.contract)
        return [*judged, Judged((name,), Verdict((missing,)))]
    record = ground.state.contracts[pack.contract]
    live = ground.state.under_way(ground.state.cycle(record.cycle)) if record.cycle is not None else ()
    for each in (None, *live):
        judged.append(settlement(pack, name, ground, each, now, trusted=trust is not None))
    return judged


def settlement(
    pack: Pack, name: str, ground: Ground, instruction: Instruction | None, now: int, *, trusted: bool
) -> Judged:
    """The contract by itself (None) or one instruction of its settlement over all contracts netted with it, as history."""
    when = grounds.moment(ground, instruction or ground.first_share(pack.contract))
    names = (pack.contract,) if instruction is None else ground.state.cycle(instruction.cycle).contracts
    contracts = tuple(each for one in names if (each := ground.contract(one, f"{name}: contract")) is not None)
    facts, about = None, name
    if instruction is not None:
        about = f"{name}: {instruction.group.kind}"
        data = ground.artefact(instruction.artefact)
        if data is None:
            code = "desk.audit-artefact-missing"
            gone = faulted(code, about, instruction.artefact, "not in the pack", artefact=instruction.artefact)
            return Judged((about,), Verdict((gone,)))
        facts = grounds.facts_of(ground, instruction, data, about)
    found = grounds.case(ground, when, now, contracts, facts)
    if not trusted:
        found = grounds.unanchored(found)
    return Judged((about,), checks.verdict(found), when.size)


def head(pack: Bundle, trust: Quorum | None, state: State) -> Iterator[Finding]:
    """Whose checkpoint it is: the named desk's, under the keys it carries, under the keys that are trusted."""
    found = pack.checkpoint
    own = (pack.desk, pack.vkeys.origin, state.desk)
    if len({*own, found.checkpoint.origin}) != 1:
        names = ", ".join(own)
        yield faulted("desk.audit-other-desk", "checkpoint", found.checkpoint.origin, names, names=names)
        return
    try:
        pack.vkeys.verify_log(found)
    except CountersignError as error:
        yield refused(error, "checkpoint", "signed by the keys in vkeys.json")
        return
    yield noted("desk.audit-own-keys", "checkpoint", "signed by the keys in vkeys.json", "valid", desk=pack.desk)
    if trust is None:
        yield blocked("L5", ANCHOR, "checkpoint")
        return
    newest = max((each.opening.time_ms for each in pack.exhibits), default=0)
    try:
        seen = grounding.effective(trust, state).verify(found, AsOf(newest))
    except CountersignError as error:
        yield refused(error, "checkpoint", "the trusted log and its witnesses, not before the newest entry")
        return
    have = len(seen.times())
    yield passed(
        "L5", "witnessed", "checkpoint", "witnesses not before the newest entry", str(have), have=have, need=have
    )


def events(pack: Bundle, trust: Quorum | None) -> Iterator[Finding]:
    """L3 of every event: its leaf under the pack's checkpoint."""
    wrong = [(each, error) for each in pack.exhibits if (error := _misplaced(pack, each)) is not None]
    for each, error in wrong[:SHOWN]:
        yield refused(error, f"entry {each.index}", "its leaf under the checkpoint")
    if wrong:
        return
    count, size = len(pack.exhibits), pack.checkpoint.checkpoint.size
    if trust is None:
        yield blocked("L3", ANCHOR, counted(count, "events"))
        return
    yield noted(
        "desk.audit-all-included", "events", "every leaf under the checkpoint", str(count), count=count, size=size
    )


def _misplaced(pack: Bundle, each: Exhibit) -> CountersignError | None:
    try:
        if each.proof.checkpoint != pack.checkpoint.serialise():
            return Refused("desk.pack-other-head", index=each.index)
        each.proof.verify(each.opening.leaf(each.event), pack.checkpoint.checkpoint)
    except CountersignError as error:
        return error
    return None


def replay(pack: Pack, ground: Ground, seen: Register | None = None) -> Iterator[Finding]:
    """What the rules say of the pack's events, and whether every key it carries is registered by one of them."""
    faults = sorted(ground.state.faults.items())
    for index, fault in faults[:SHOWN]:
        where = f"entry {index}"
        yield faulted("desk.audit-fault", where, "accepted by the rules", fault.code, index=index, why=fault.code)
    roster = ground.state.roster
    strangers = [key.kid for key in pack.keys if key.kid not in roster.keys and key.kid not in roster.retired]
    for kid in strangers[:SHOWN]:
        yield faulted("desk.audit-stranger", "jwks.json", "registered by a logged event", kid, kid=kid)
    yield from _beside(pack, ground)
    yield from tried(ground, seen)
    count, size = len(pack.exhibits), pack.checkpoint.checkpoint.size
    if count < size:
        yield noted("desk.pack-part", "events", counted(size, "entries"), f"{count} of them", count=count, size=size)
    if not faults and not strangers:
        state = _stands(pack, ground)
        yield noted(
            "desk.audit-replayed", "events", "every event accepted", state, count=len(pack.exhibits), state=state
        )


def _beside(pack: Pack, ground: Ground) -> Iterator[Finding]:
    """What lies beside the events is what they name: their signers' keys, the policy's witnesses, their artefacts."""
    roster = ground.state.roster
    parsed = [found for each in pack.exhibits if (found := _event(each)) is not None]
    signers = {kid for each in parsed for kid in each.jws.kids if kid in roster.keys or kid in roster.retired}
    if lacking := sorted(signers - {key.kid for key in pack.keys}):
        yield faulted("desk.audit-differs", "jwks.json", "every signer's key", ", ".join(lacking), name="jwks.json")
    yield from witnesses(pack, ground.state)
    named = {digest for each in parsed for digest in artefacts_of(each)}
    for digest in sorted(set(pack.artefacts) - named)[:SHOWN]:
        yield faulted("desk.audit-unnamed", "artefacts", "named by an event", digest, artefact=digest)


def witnesses(pack: Bundle, state: State) -> Iterator[Finding]:
    """A fail if the witnesses' keys that lie in it are not those that the policy in it names."""
    adopted = set() if state.policy is None else set(state.policy.witnesses.keys)
    carried = {str(key) for key in pack.vkeys.witnesses}
    if adopted and carried != adopted:
        names = ", ".join(sorted(carried))
        yield faulted("desk.audit-differs", "vkeys.json", "the policy's witnesses", names, name="vkeys.json")


def _event(each: Exhibit) -> Event | None:
    try:
        return parse_event(each.event)
    except CountersignError:  # a fault already
        return None


def _stands(pack: Pack, ground: Ground) -> str:
    record = ground.state.contracts.get(pack.contract)
    return (record.state if record is not None else ContractState.PROPOSED).value
