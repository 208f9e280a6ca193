"""Many contracts and participants' events at once: a folder, or one file with a JWS on each line.

- Every item gets exactly one outcome: new, already here, twice in the batch, in conflict, refused, malformed. One bad
  item stops no other.
- Equal terms are one contract: of two copies in a batch the one with more signatures is taken, the other is a duplicate.
- One id and version that stands for two contracts is a conflict wherever the other one is, here or in the batch: both are
  named, neither copy in the batch is filed.
- Earlier versions go first, so an amendment may come in one batch with what it amends.
- `plan` files nothing and judges each item against the state alone; `carry_out` files what is new, in order, and tells
  what became of each. What was refused is tried again in its turn: it may need what was filed before it.
- Whoever stops `carry_out` leaves what was filed in the log; the same batch again finds that already here.

    >>> [item.outcome for item in plan(state, {"a.json": data}, now)]
    [<Outcome.NEW: 'new'>]
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from countersign.desk.author import Author, signed
from countersign.desk.recognising import recognise
from countersign.errors import Conflict, CountersignError, Malformed, Refused
from countersign.settlement import agreement, builder, events, templates
from countersign.settlement import contract as contracts
from countersign.settlement.contract import Contract
from countersign.settlement.events import Event
from countersign.settlement.state import State

if TYPE_CHECKING:
    from countersign.desk.workplace import Workplace

MOST_ITEMS = 10_000
"""The most items of one batch."""


class Outcome(StrEnum):
    """What became of an item, or would."""

    NEW = "new"
    ALREADY = "already here"
    TWICE = "twice in the batch"
    CONFLICT = "conflict"
    REFUSED = "refused"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Item:
    """One JWS: where it came from ("trades.jsonl:3"), what it is, its outcome, and why it is not filed.

    `hash`: the contract's or the event's; `id`: the contract's id and version, or the event's type and id.
    """

    name: str
    outcome: Outcome
    id: str = ""
    hash: str = ""
    error: CountersignError | None = None
    found: Contract | Event | None = None
    index: int | None = None  # where it was filed


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


def plan(state: State, files: Mapping[str, bytes], now: int) -> list[Item]:
    """What each item of the batch is, and whether it would be filed at `now` (unix seconds). Files nothing."""
    read = [_read(name, data) for name, data in items_of(files).items()]
    judged = _without_conflicts(_without_twins(read))
    logged = frozenset(state.events.values())
    return [_judged(state, logged, item, now) if item.outcome is Outcome.NEW else item for item in judged]


async def carry_out(
    desk: Workplace, officer: Author, files: Mapping[str, bytes], progress: Callable[[int, int], None] = lambda *_: None
) -> list[Item]:
    """File what is new, earlier versions first, by the officer who imports it; the batch's items in their order.

    `progress` is told how many of those to file are done. Unavailable where the token or the desk is gone meanwhile.
    """
    now = max(desk.scribe.clock.now_ms(), desk.state.time_ms) // 1_000
    planned = await asyncio.to_thread(plan, desk.state, files, now)
    done = {item.name: item for item in planned}
    wanted = [item for item in sorted(planned, key=_order) if to_file(item)]
    for number, item in enumerate(wanted, 1):
        done[item.name] = await _filed(desk, officer, item)
        progress(number, len(wanted))
    return [done[item.name] for item in planned]


def to_file(item: Item) -> bool:
    """Whether `carry_out` would give it to the desk."""
    return item.found is not None and item.index is None and item.outcome in (Outcome.NEW, Outcome.REFUSED)


def _order(item: Item) -> tuple[int, int, str]:
    """Contracts before events, earlier versions before later ones."""
    return (0, item.found.terms.version, item.name) if isinstance(item.found, Contract) else (1, 0, item.name)


async def _filed(desk: Workplace, officer: Author, item: Item) -> Item:
    try:
        if isinstance(item.found, Contract):
            draft = desk.scribe.draft(kind_of(desk.state, item.found), builder.contract_body(item.found))
            receipt = await desk.submit(await signed(draft, [officer]))
        elif isinstance(item.found, Event):
            receipt = await desk.submit(events.serialise(item.found))
        else:
            return item
    except (Refused, Malformed, Conflict) as error:
        return replace(item, outcome=Outcome.REFUSED, error=error)
    return replace(item, outcome=Outcome.NEW, error=None, index=receipt.index)


def kind_of(state: State, contract: Contract) -> str:
    """The event by which an officer files a contract: both institutions signed, or one so far."""
    signers = contracts.signed_by(contract, state.roster)
    return "contract.affirmed" if len(signers) == len(contract.terms.leis) else "contract.proposed"


def _read(name: str, data: bytes) -> Item:
    found = recognise(name, data)
    if found.error is not None:
        outcome = Outcome.REFUSED if isinstance(found.error, Refused) else Outcome.MALFORMED
        return Item(name, outcome, error=found.error)
    if isinstance(found.parsed, Contract):
        terms = found.parsed.terms
        return Item(name, Outcome.NEW, f"{terms.id} v{terms.version}", found.parsed.hash, found=found.parsed)
    if isinstance(found.parsed, Event):
        event = found.parsed
        return Item(name, Outcome.NEW, f"{event.type} {event.id}", event.hash, found=event)
    return Item(name, Outcome.MALFORMED, error=Malformed("desk.not-importable", kind=found.kind.value))


def _signatures(item: Item) -> int:
    return len(item.found.jws.signatures) if item.found is not None else 0


def _without_twins(items: Sequence[Item]) -> list[Item]:
    """Of equal terms the copy with the most signatures stays, the first of those; the others are duplicates of it."""
    best: dict[str, Item] = {}
    for item in items:
        if item.found is not None and (item.hash not in best or _signatures(item) > _signatures(best[item.hash])):
            best[item.hash] = item
    return [
        item if item.found is None or best[item.hash] is item else _twin(item, best[item.hash].name) for item in items
    ]


def _twin(item: Item, other: str) -> Item:
    return replace(item, outcome=Outcome.TWICE, error=Conflict("desk.batch-twice", name=item.name, other=other))


def _without_conflicts(items: Sequence[Item]) -> list[Item]:
    """Different terms under one id and version: none of them is filed."""
    names: dict[str, list[Item]] = {}
    for item in items:
        if item.outcome is Outcome.NEW and isinstance(item.found, Contract):
            names.setdefault(item.id, []).append(item)
    result = []
    for item in items:
        others = (
            [each.name for each in names.get(item.id, ()) if each is not item] if item.outcome is Outcome.NEW else []
        )
        result.append(_clashing(item, others[0]) if others else item)
    return result


def _clashing(item: Item, other: str) -> Item:
    error = Conflict("desk.batch-conflict", id=item.id, name=item.name, other=other)
    return replace(item, outcome=Outcome.CONFLICT, error=error)


def _judged(state: State, logged: frozenset[str], item: Item, now: int) -> Item:
    if isinstance(item.found, Event):
        return replace(item, outcome=Outcome.ALREADY) if item.hash in logged else item
    if not isinstance(item.found, Contract):
        return item
    known = state.contracts.get(item.hash)
    if known is not None and _signatures(item) <= (1 if known.proposer else len(known.leis)):
        return replace(item, outcome=Outcome.ALREADY)
    other = state.versions.get((item.found.terms.id, item.found.terms.version))
    if other is not None and other != item.hash:
        error = Conflict("desk.import-conflict", id=item.id, contract=item.hash, other=other)
        return replace(item, outcome=Outcome.CONFLICT, error=error)
    try:
        _check(state, item.found, now)
    except (Refused, Malformed) as error:
        return replace(item, outcome=Outcome.REFUSED, error=error)
    return item


def _check(state: State, contract: Contract, now: int) -> None:
    if contract.terms.template not in templates.SALES:
        raise Refused("settlement.not-a-sale", contract=contract.hash, template=contract.terms.template)
    kind_of(state, contract)
    agreement.check_admissible(state, contract, now)
