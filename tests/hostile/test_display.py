"""D1: whatever differs between the screen and the bytes, nothing is signed; the near miss is the screen as it was.

Scripted, for a screen is no file (CHECKS.md). With the check switched off (nobody says what was shown) the same is signed.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.desk.views import Flow, InstructionView, MatchLine
from countersign.errors import Refused
from support.software_stage import Table

Lie = Callable[[InstructionView], InstructionView]


def silent(done: int, total: int) -> None:
    """No progress."""


@pytest.fixture
async def prepared(tmp_path: Path) -> AsyncIterator[Table]:
    """Both instructions prepared; officer A's token is unlocked."""
    table = Table.at(tmp_path)
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    yield table
    table.stage.holds.close()


def _line(view: InstructionView, **changes: object) -> InstructionView:
    first: MatchLine = view.lines[0]
    return replace(view, lines=(replace(first, **changes), *view.lines[1:]))  # type: ignore[arg-type]


def _flow(view: InstructionView, **changes: object) -> InstructionView:
    last: Flow = view.flows[-1]
    return replace(view, flows=(*view.flows[:-1], replace(last, **changes)))  # type: ignore[arg-type]


LIES: dict[str, Lie] = {
    "another amount": lambda view: _line(view, paid=replace(view.lines[0].owed, units=view.lines[0].owed.units - 1)),
    "another address": lambda view: _line(view, paid_to=view.lines[0].paid_to[:-1] + "x"),
    "another receiver": lambda view: _line(view, receiver="Somebody Else"),
    "another asset": lambda view: _line(view, owed=replace(view.lines[0].owed, asset="eip155:1/slip44:60")),
    "another owner of what leaves": lambda view: _flow(view, owner="Somebody Else"),
    "another fee or payment": lambda view: _flow(view, money=replace(view.flows[-1].money, units=1)),
    "an effect less": lambda view: replace(view, flows=view.flows[:-1]),
    "an effect more": lambda view: replace(view, extra_effects=("1 sat to nobody",)),
    "another digest": lambda view: replace(view, digests=(replace(view.digests[0], hex="00" * 32), *view.digests[1:])),
    "another fact": lambda view: replace(view, facts=view.facts[:-1]),
    "a void": lambda view: replace(view, purpose="void"),
    "other bytes": lambda view: replace(view, artefact="00" * 32),
    "another instruction": lambda view: replace(view, instruction="00" * 32),
}


async def shown(table: Table, kind: str) -> InstructionView:
    """What the screen shows of an instruction."""
    review = await table.officer.review(table.story.contract)
    return next(each for each in review.instructions if each.kind == kind)


@pytest.mark.parametrize("kind", ["psbt", "safe-tx"])
async def test_nothing_is_signed_but_what_was_shown(prepared: Table, kind: str) -> None:
    view = await shown(prepared, kind)
    for name, lie in LIES.items():
        with pytest.raises(Refused) as refused:
            await prepared.officer.sign(view.instruction, silent, lie(view))
        assert refused.value.code == "D1.other-than-shown", name
    assert prepared.live(kind).shares == ()
    await prepared.officer.sign(view.instruction, silent, view)
    assert [share.officer for share in prepared.live(kind).shares] == ["officer-a"]


async def test_switched_off_the_lie_is_signed(prepared: Table) -> None:
    view = LIES["another address"](await shown(prepared, "psbt"))
    await prepared.officer.sign(view.instruction, silent, None)
    assert [share.officer for share in prepared.live("psbt").shares] == ["officer-a"]
