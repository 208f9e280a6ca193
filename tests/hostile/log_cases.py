"""Hostile logs: older, forked, unwitnessed, or without the contract. Each beside the honest one."""

from dataclasses import replace
from functools import partial

from countersign.audit import note
from countersign.audit.checkpoint import Checkpoint, SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.log import Log
from countersign.audit.tlog_proof import TlogProof
from countersign.keys import jws as jose
from countersign.review.case import Case, ContractFacts
from countersign.settlement import builder, machine
from hostile.table import Hostile
from support import settlement_world as world
from support.review_cases import LOG_SEED, Scene, signed_head, story
from support.settlement_world import Trade


def honest() -> Case:
    """The PSBT's case as it should be."""
    return story().psbt_case()


def with_note(before: str, after: str) -> Case:
    """One text of the checkpoint in place of another."""
    scene = story()
    data = scene.note.serialise().replace(before.encode(), after.encode(), 1)
    assert data != scene.note.serialise()
    return scene.psbt_case(head=scene.head(note=data))


def size_with_zero() -> Case:
    """The size with a leading zero."""
    return with_note(f"\n{story().log.size}\n", f"\n0{story().log.size}\n")


def control_character() -> Case:
    """A tab in the origin line."""
    return with_note(world.ORIGIN, world.ORIGIN + "\t")


def false_log_signature() -> Case:
    """The log's line carries a signature over another text."""
    scene = story()
    head = scene.log.checkpoint()
    lines = [line for line in scene.note.note.signatures if line.name != world.ORIGIN]
    wrong = SignedCheckpoint.sign(head, note.sign(LOG_SEED, world.ORIGIN, "another text\n"), *lines)
    return scene.psbt_case(head=scene.head(note=wrong.serialise()))


def other_opening(*, millisecond: int = 0, index: int = 0) -> Case:
    """An opening that does not lead to the logged leaf."""
    scene = story()
    found = scene.contract(scene.trades[0])
    assert isinstance(found.opening, Opening)
    moved = replace(found.opening, time_ms=found.opening.time_ms + millisecond, index=found.opening.index + index)
    return scene.psbt_case(contracts=(replace(found, opening=moved),))


def short_proof() -> Case:
    """A proof with its last hash cut off."""
    scene = story()
    found = scene.contract(scene.trades[0])
    assert isinstance(found.proof, TlogProof)
    return scene.psbt_case(contracts=(replace(found, proof=replace(found.proof, hashes=found.proof.hashes[:-1])),))


def unlogged() -> Case:
    """A contract under another id, validly signed by both parties, that never came into the log."""
    found = world.signed_contract(world.terms(2))
    return story().contract_case(contracts=(ContractFacts(jose.serialise(found.jws)),))


def logged() -> Case:
    """The contract that is in the log."""
    return story().contract_case()


def older_head(size: int) -> Case:
    """This machine has pinned the newest head; what it is offered has `size` entries."""
    scene = story()
    head = Checkpoint(world.ORIGIN, size, scene.log.tree.root(size))
    offered = signed_head(head, [scene.now - 60, scene.now - 60]).serialise()
    newest = scene.pin(scene.log.size)
    return scene.psbt_case(
        head=scene.head(note=offered, pin=newest, outside_pin=newest, consistency=()),
        contracts=(_proved_to(scene, scene.log, size, offered),),
    )


def forked_head() -> Case:
    """The same size with another root, both signed by the log and both cosigned."""
    scene = story()
    fork = Log(world.ORIGIN)
    entries = [scene.opening(entry.index).entry(entry.event) for entry in scene.desk.entries]
    fork.extend([*entries[:-1], bytes(32)])
    offered = signed_head(fork.checkpoint(), [scene.now - 60, scene.now - 60]).serialise()
    newest = scene.pin(scene.log.size)
    return scene.psbt_case(
        head=scene.head(note=offered, pin=newest, outside_pin=newest, consistency=()),
        contracts=(_proved_to(scene, fork, fork.size, offered),),
    )


def _proved_to(scene: Scene, log: Log, size: int, head: bytes) -> ContractFacts:
    found = scene.contract(scene.trades[0])
    assert isinstance(found.opening, Opening)
    index = found.opening.index
    return replace(found, proof=TlogProof(index, log.tree.inclusion_proof(index, size), head))


def refused_entry(*, refused: bool) -> Case:
    """Another contract of both institutions, logged by an entry that the rules took in, or `refused`: it is too small."""
    scene, number = story(), 2
    desk, terms = scene.desk.copy(), world.terms(number)
    if refused:
        terms = replace(terms, notional=replace(terms.notional, usd=5))
    trade = Trade(number, world.signed_contract(terms))
    entry = desk.entry("contract.affirmed", ["operations"], builder.contract_body(trade.contract), id="another")
    desk.entries.append(entry)
    desk.state = machine.replay([entry], desk.state)
    desk.now_ms += 1_000
    assert (entry.index in desk.state.faults) is refused
    more = Scene(desk, scene.trades, scene.psbt, scene.safe_tx, scene.prepared)
    facts = ContractFacts(
        jose.serialise(trade.contract.jws), entry.event, more.opening(entry.index), more.proof(entry.index)
    )
    return more.contract_case(contracts=(facts,))


def wrong_consistency() -> Case:
    """A consistency proof with one hash that is not the tree's."""
    scene = story()
    proof = scene.log.tree.consistency_proof(scene.log.size - 5)
    return scene.psbt_case(head=scene.head(consistency=(*proof[:-1], bytes(32))))


def cosigned(*who: int, age: int = 60) -> Case:
    """The head cosigned by these witnesses, so many seconds ago; this machine never saw them before."""
    scene = story()
    note_ = signed_head(scene.log.checkpoint(), [scene.now - age + number for number in range(len(who))], who)
    pin = replace(scene.pin(scene.log.size - 5), witness_times={})
    return scene.psbt_case(head=scene.head(note=note_.serialise(), pin=pin))


def history(*, before_entry: bool) -> Case:
    """History: the cosignatures are a week old; they must not be older than the first share's entry."""
    scene = story()
    entry_ms = scene.state.time_ms
    second = entry_ms // 1_000 - (1 if before_entry else 0)
    head = scene.head(note=signed_head(scene.log.checkpoint(), [second, second]).serialise(), entry_ms=entry_ms)
    week = 7 * 86_400
    return scene.psbt_case(head=head, clock=scene.clock(now=scene.now + week, as_of=entry_ms // 1_000))


def restored(size: int) -> Case:
    """The store's pin has `size` entries, the copy outside ten."""
    scene = story()
    consistency = scene.log.tree.consistency_proof(size)
    return scene.psbt_case(head=scene.head(pin=scene.pin(size), outside_pin=scene.pin(10), consistency=consistency))


CASES: list[Hostile] = [
    Hostile("L1", "size with a leading zero", "L1.size-leading-zero", size_with_zero, honest, parser=True),
    Hostile("L1", "a control character", "L1.control-character", control_character, honest, parser=True),
    Hostile(
        "L2",
        "the log's signature is over another text",
        "L2.bad-signature",
        false_log_signature,
        honest,
        frozenset({"L5"}),
    ),
    Hostile("L3", "opening of another moment", "L3.root", partial(other_opening, millisecond=1), other_opening),
    Hostile("L3", "opening of another index", "L3.index-differs", partial(other_opening, index=1), other_opening),
    Hostile("L3", "proof one hash short", "L3.proof-length", short_proof, honest),
    Hostile("L3", "validly signed by both, not in the log", "L3.not-in-log", unlogged, logged),
    Hostile(
        "L3",
        "logged, by an entry that the log's rules refused",
        "L3.refused",
        partial(refused_entry, refused=True),
        partial(refused_entry, refused=False),
    ),
    Hostile("L4", "an older checkpoint", "L4.rollback", partial(older_head, 12), partial(older_head, 13)),
    Hostile("L4", "same size, two signed roots", "L4.equivocation", forked_head, partial(older_head, 13)),
    Hostile("L4", "a false hash in the consistency proof", "L4.inconsistent", wrong_consistency, honest),
    Hostile("L5", "one cosignature short", "L5.quorum", partial(cosigned, 0), partial(cosigned, 0, 1)),
    Hostile("L5", "the same witness twice", "L5.quorum", partial(cosigned, 0, 0), partial(cosigned, 0, 1)),
    Hostile(
        "L5",
        "cosigned more than a day ago",
        "L5.quorum",
        partial(cosigned, 0, 1, age=86_401),
        partial(cosigned, 0, 1, age=86_400),
    ),
    Hostile(
        "L5",
        "history cosigned before the entry",
        "L5.quorum",
        partial(history, before_entry=True),
        partial(history, before_entry=False),
    ),
    Hostile("L6", "store restored from yesterday", "L6.restored", partial(restored, 8), partial(restored, 10)),
]
