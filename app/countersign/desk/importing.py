"""Many contracts and participants' events at once: a folder, or one file with a JWS on each line.

- Every item gets exactly one outcome (`batch.Outcome`). One bad item stops no other.
- What is told new is what would be filed: each item is tried as the log would judge it, in the order of filing, over the
  state that the items before it would make (`trial`). What the desk verifies on the chains is not known here.
- Contracts go first, earlier versions before later ones, so an amendment may come in one batch with what it amends; then
  events by the moment at which they were signed.
- `plan` files nothing; `carry_out` files exactly what is new, in that order, and tells what became of each.
- Whoever stops `carry_out` leaves what was filed in the log; the same batch again finds that already here.

    >>> [item.outcome for item in plan(state, archive.record, {"a.json": data}, now)]
    [<Outcome.NEW: 'new'>]
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from countersign.desk import batch, trial
from countersign.desk.author import Author, signed
from countersign.desk.batch import Item, Outcome, Records
from countersign.errors import Conflict, Malformed, Refused
from countersign.settlement import builder, events
from countersign.settlement.contract import Contract
from countersign.settlement.events import Event
from countersign.settlement.state import State

if TYPE_CHECKING:
    from countersign.desk.workplace import Workplace


def plan(state: State, records: Records, files: Mapping[str, bytes], now: int) -> list[Item]:
    """What each item of the batch is, and whether it would be filed at `now` (unix seconds). Files nothing.

    `records`: the entries that made `state`. Malformed("desk.batch-too-large").
    """
    read = [batch.read(name, data) for name, data in batch.items_of(files).items()]
    items = batch.one_of_each(state, records, read, now * 1_000)
    told, logged = {item.name: item for item in items}, frozenset(state.events.values())
    for item in sorted(filter(to_file, items), key=_order):
        if item.hash in logged:
            told[item.name] = replace(item, outcome=Outcome.ALREADY)
        else:
            state, told[item.name] = _tried(state, item, now * 1_000)
    return [told[item.name] for item in items]


async def carry_out(
    desk: Workplace,
    officer: Author,
    files: Mapping[str, bytes],
    progress: Callable[[int, int], None] = lambda *_: None,
    only: Container[str] | None = None,
) -> list[Item]:
    """File what is new, earlier versions first, by the officer who imports it; the batch's items in their order.

    `only`: the names of the items that the officer was shown as new. What time or the log has made good since is left.
    `progress` is told how many of those to file are done. Unavailable where the token or the desk is gone meanwhile.
    """
    now = max(desk.scribe.clock.now_ms(), desk.state.time_ms) // 1_000
    planned = await asyncio.to_thread(plan, desk.state, desk.archive.record, files, now)
    done = {item.name: item for item in planned}
    shown = (each for each in planned if only is None or each.name in only)
    wanted = sorted(filter(to_file, shown), key=_order)
    for number, item in enumerate(wanted, 1):
        done[item.name] = await _filed(desk, officer, item)
        progress(number, len(wanted))
    return [done[item.name] for item in planned]


def to_file(item: Item) -> bool:
    """Whether `carry_out` would give it to the desk."""
    return item.outcome is Outcome.NEW and item.index is None


def _order(item: Item) -> tuple[int, int, str]:
    """Contracts before events, earlier versions before later ones, earlier events before later ones."""
    if isinstance(item.found, Contract):
        return 0, item.found.terms.version, item.name
    return 1, item.found.at if item.found else 0, item.name


def _tried(state: State, item: Item, now_ms: int) -> tuple[State, Item]:
    """The state with the item filed; the same state where it is not, and why."""
    try:
        if isinstance(item.found, Contract):
            version = (item.found.terms.id, item.found.terms.version)
            other = state.versions.get(version)
            if other is not None and other != item.hash:
                error = Conflict("desk.import-conflict", id=item.id, contract=item.hash, other=other)
                return state, replace(item, outcome=Outcome.CONFLICT, error=error)
            return trial.file_contract(state, item.found, now_ms), item
        if isinstance(item.found, Event):
            return trial.file_event(state, item.found, now_ms), item
    except (Refused, Malformed, Conflict) as error:
        return state, replace(item, outcome=Outcome.REFUSED, error=error)
    return state, item


async def _filed(desk: Workplace, officer: Author, item: Item) -> Item:
    try:
        if isinstance(item.found, Contract):
            draft = desk.scribe.draft(trial.kind_of(desk.state, item.found), builder.contract_body(item.found))
            receipt = await desk.submit(await signed(draft, [officer]))
        elif isinstance(item.found, Event):
            receipt = await desk.submit(events.serialise(item.found))
        else:
            return item
    except (Refused, Malformed, Conflict) as error:
        return replace(item, outcome=Outcome.REFUSED, error=error)
    return replace(item, index=receipt.index)
