"""Ctrl+K: settlements by id, hash, party, officer; by address and digest once a settlement has been reviewed. Vaults by any
word, address or descriptor."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from countersign.desk.vault_views import VaultPage
from countersign.desk.views import ReviewView, SettlementRow
from countersign.ui.presenters import desk, vaults, writing
from countersign.ui.strings import label_or

_MOST = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """One settlement found, or one vault; at `place`, where one of its addresses was looked for."""

    contract: str
    words: str
    vault: str = ""
    place: int | None = None


def compact(text: str) -> str:
    """Groups of four joined again, case forgotten."""
    return "".join(text.casefold().split())


def _texts(view: ReviewView) -> Iterable[str]:
    for instruction in view.instructions:
        yield from (instruction.instruction, instruction.artefact)
        yield from (digest.hex for digest in instruction.digests)
        for line in instruction.lines:
            yield from (line.owed_to, line.paid_to)
        yield from (flow.address for flow in instruction.flows)
    yield from (lei for _, lei in view.parties)


def find(
    rows: Sequence[SettlementRow], stacks: Sequence[str], reviewed: Mapping[str, ReviewView], needle: str
) -> tuple[Hit, ...]:
    """The first settlements that hold every word of `needle`, or the whole of it as one hash or address.

    `stacks`: the rows' haystacks (`desk.Stacks`), as far as they are at hand.
    """
    words, whole = needle.casefold().split(), compact(needle)
    deep = {name: "\n".join(_texts(view)).casefold() for name, view in reviewed.items()}
    hits: list[Hit] = []
    for at, texts in enumerate(stacks or map(desk.haystack, rows)):
        if (
            all(word in texts for word in words)
            or whole in texts
            or (deep and whole in deep.get(rows[at].contract, ""))
        ):
            hits.append(Hit(rows[at].contract, describe(rows[at])))
        if len(hits) == _MOST:
            break
    return tuple(hits)


def find_vaults(pages: Sequence[VaultPage], needle: str) -> tuple[Hit, ...]:
    """The first vaults that hold every word of `needle`, or the whole of it as one address. Nothing for no word."""
    whole = compact(needle)
    found = vaults.found(pages, needle)[:_MOST] if whole else []
    return tuple(Hit("", vaults.describe(each), each.id, _place(each, whole)) for each in found)


def _place(page: VaultPage, whole: str) -> int | None:
    at = next((at for at, each in enumerate(page.addresses) if each.casefold() == whole), None)
    return page.places[at] if at is not None else None


def describe(row: SettlementRow) -> str:
    """A settlement in one line."""
    exchange = desk.exchange(row, writing.short)
    state = label_or(f"state.{row.state}", row.state)
    return f"{row.contract_id} · {row.parties[0]} ⇄ {row.parties[1]} · {exchange} · {state}"
