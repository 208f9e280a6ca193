"""The items of a batch: files and lines read as what they are, copies of one thing made one, contradictions named.

- What is a contract or an event, or a broken one, is an item to judge; whatever else lies there is passed over.
- Equal terms are one contract. Of copies with the same signers one is taken and the others are duplicates of it; a copy
  with the other party's signature is joined to it, and so is the half that the log has: the halves are one affirmed
  contract, for an affirmation is a signature over the same bytes.
- Only good signatures are joined or taken first: a forged copy is refused by itself and harms no other.
- One id and version that stands for two contracts is a conflict: both are named, neither copy is filed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from countersign.desk import trial
from countersign.desk.recognising import names_jws, recognise
from countersign.desk.reports import Kind
from countersign.errors import Conflict, CountersignError, Malformed, Refused
from countersign.keys import jws as jose
from countersign.settlement import audience, events
from countersign.settlement.contract import Contract, signed_by
from countersign.settlement.events import Event
from countersign.settlement.records import ContractRecord, ContractState
from countersign.settlement.state import State

if TYPE_CHECKING:
    from countersign.desk.ports import Record

MOST_ITEMS = 10_000
"""The most items of one batch."""

Records = Callable[[int], "Record"]
"""The archive's entry at an index: the state keeps no signatures."""


class Outcome(StrEnum):
    """What became of an item, or would."""

    NEW = "new"
    ALREADY = "already here"
    JOINED = "joined"
    TWICE = "twice in the batch"
    CONFLICT = "conflict"
    REFUSED = "refused"
    MALFORMED = "malformed"
    PASSED = "passed over"


@dataclass(frozen=True, slots=True)
class Item:
    """One JWS: where it came from ("trades.jsonl:3"), what it is, its outcome, and why it is not filed by itself.

    `hash`: the contract's or the event's; `id`: the contract's id and version, or the event's type and id; `found`: with
    every signature that would be filed; `kind`: what it is by its content.
    """

    name: str
    outcome: Outcome
    id: str = ""
    hash: str = ""
    error: CountersignError | None = None
    found: Contract | Event | None = None
    index: int | None = None  # where it was filed
    kind: Kind = Kind.UNKNOWN


def items_of(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """One entry for each JWS: a file, or each line of a file of lines. Malformed("desk.batch-too-large")."""
    found: dict[str, bytes] = {}
    for name, data in sorted(files.items()):
        lines = data.split(b"\n")
        if len(lines) == 1 or not data.startswith(b"{"):
            found[name] = data
        else:
            found |= {f"{name}:{number}": line for number, line in enumerate(lines, 1) if line}
    if len(found) > MOST_ITEMS:
        raise Malformed("desk.batch-too-large", found=len(found), limit=MOST_ITEMS)
    return found


def read(name: str, data: bytes) -> Item:
    """One item by itself: new as far as one can see without a log."""
    found = recognise(name, data)
    item = Item(name, Outcome.NEW, error=found.error, kind=found.kind)
    if isinstance(found.parsed, Contract):
        terms = found.parsed.terms
        return replace(item, id=f"{terms.id} v{terms.version}", hash=found.parsed.hash, found=found.parsed)
    if isinstance(found.parsed, Event):
        return replace(item, id=f"{found.parsed.type} {found.parsed.id}", hash=found.parsed.hash, found=found.parsed)
    if _of_another_kind(item, data):
        error = found.error if item.kind is Kind.UNKNOWN else Malformed("desk.not-importable", kind=item.kind.value)
        return replace(item, outcome=Outcome.PASSED, error=error)
    return replace(item, outcome=Outcome.REFUSED if isinstance(found.error, Refused) else Outcome.MALFORMED)


def _of_another_kind(item: Item, data: bytes) -> bool:
    """Known to be no contract and no event; JSON that is broken, or empty, may have been meant for one."""
    if item.kind is not Kind.UNKNOWN:
        return item.kind not in (Kind.CONTRACT, Kind.EVENT)
    return item.error is not None and item.error.code == "desk.unknown-file" and not names_jws(data)


def passed_over(items: Iterable[Item]) -> list[tuple[str, int]]:
    """What was passed over and how much of it: ("PSBT", 4), the most frequent first."""
    return Counter(item.kind.value for item in items if item.outcome is Outcome.PASSED).most_common()


def one_of_each(state: State, records: Records, items: Sequence[Item], now_ms: int) -> list[Item]:
    """Copies of one thing made one, what contradicts itself in conflict; the rest as it came. Unavailable: the archive."""
    hashes: dict[str, set[str]] = defaultdict(set)
    copies: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.found is not None:
            hashes[item.id].add(item.hash)
            copies[item.hash].append(item)
    told = {item.name: item for item in items}
    for several in copies.values():
        first = several[0]
        if isinstance(first.found, Event):
            found = _one_event(state, several, now_ms)
        elif len(several) > 1 or len(hashes[first.id]) > 1 or first.hash in state.contracts:
            found = _one_contract(state, records, several)
        else:
            found = several  # by itself: its rule verifies it
        told |= {item.name: item for item in found}
    return _without_conflicts([told[item.name] for item in items])


def _one_contract(state: State, records: Records, copies: Iterable[Item]) -> list[Item]:
    told, good = [], []
    for item in copies:
        known = state.contracts.get(item.hash)
        try:
            good.append((item, set(signed_by(_contract(item), state.roster))))
        except (Refused, Malformed) as error:  # what the log took in was good then, whatever became of its keys since
            same = known is not None and known.signed == _contract(item).signed
            told.append(replace(item, outcome=Outcome.ALREADY) if same else _refused(item, error))
    if good:
        told += _joined(state, records, sorted(good, key=lambda each: -len(each[1])))
    return told


def _joined(state: State, records: Records, good: Sequence[tuple[Item, set[str]]]) -> list[Item]:
    """The first with whatever signature it lacks, from its copies and from the log."""
    (first, have), told = good[0], []
    contract = _contract(first)
    for item, signers in good[1:]:
        joins = not signers & have
        told.append(_copy(item, first.name, joins=joins))
        if joins:
            contract, have = _merged(contract, _contract(item)), have | signers
    known = state.contracts.get(first.hash)
    if known is not None:
        logged = {known.proposer} if known.proposer else set(known.leis)
        if have <= logged:
            return [*told, replace(first, outcome=Outcome.ALREADY)]
        if known.state is ContractState.PROPOSED and not have & logged:
            contract = _merged(_proposed(records, known), contract)
    return [*told, replace(first, found=contract)]


def _contract(item: Item) -> Contract:
    if not isinstance(item.found, Contract):
        raise AssertionError(f"{item.name} is no contract")
    return item.found


def _merged(a: Contract, b: Contract) -> Contract:
    return replace(a, jws=jose.merge(a.jws, b.jws))


def _proposed(records: Records, known: ContractRecord) -> Contract:
    """A logged proposal with its one signature, from the entry that brought it."""
    index = known.causes[ContractState.PROPOSED.value]
    found = audience.carried(events.parse(records(index).event))
    if found is None:
        raise Refused("L3.not-affirmed", type=known.concerns[0].type)
    return found


def _one_event(state: State, copies: Sequence[Item], now_ms: int) -> list[Item]:
    """The copy with the most signatures among those whose signatures are good; of none, among all."""
    if len(copies) == 1:
        return [*copies]
    good = [item for item in copies if _good(state, item, now_ms)] or copies
    best = max(good, key=lambda item: len(item.found.jws.signatures) if item.found else 0)
    return [item if item is best else _copy(item, best.name, joins=False) for item in copies]


def _good(state: State, item: Item, now_ms: int) -> bool:
    try:
        return isinstance(item.found, Event) and bool(trial.authors(state, item.found, now_ms))
    except (Refused, Malformed):
        return False


def _copy(item: Item, other: str, *, joins: bool) -> Item:
    outcome, code = (Outcome.JOINED, "desk.batch-joined") if joins else (Outcome.TWICE, "desk.batch-twice")
    return replace(item, outcome=outcome, error=Conflict(code, name=item.name, other=other))


def _refused(item: Item, error: CountersignError) -> Item:
    return replace(item, outcome=Outcome.REFUSED, error=error)


def _without_conflicts(items: Sequence[Item]) -> list[Item]:
    """Different terms under one id and version: none of them is filed."""
    names: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.outcome is Outcome.NEW and isinstance(item.found, Contract):
            names[item.id].append(item)
    result = []
    for item in items:
        others = [each.name for each in names[item.id] if each is not item] if item.outcome is Outcome.NEW else []
        result.append(_clashing(item, others[0]) if others else item)
    return result


def _clashing(item: Item, other: str) -> Item:
    error = Conflict("desk.batch-conflict", id=item.id, name=item.name, other=other)
    return replace(item, outcome=Outcome.CONFLICT, error=error)
