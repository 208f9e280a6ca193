"""The orders of a cold vault's process: whatever a line is, it is answered in one, by name."""

import pytest

from countersign.cli import vault_lines


@pytest.mark.parametrize(
    "line, code",
    [
        (b"\n", "C2.syntax"),
        (b"[\n", "C2.syntax"),
        (b"\xff\n", "C2.not-utf-8"),
        (b"[" * 100_000 + b"\n", "C2.depth"),
        (b"[1]\n", "cli.unknown-order"),
        (b'{"order":["show"]}\n', "cli.unknown-order"),
        (b'{"order":"shout"}\n', "cli.unknown-order"),
    ],
)
async def test_a_line_that_is_no_order_is_refused_by_name(line: bytes, code: str) -> None:
    answer = await vault_lines._answer({"show": _show}, line)
    assert answer["error"]["code"] == code  # type: ignore[index]


async def test_an_order_is_done() -> None:
    assert await vault_lines._answer({"show": _show}, b'{"order":"show","what":1}\n') == {"done": {"shown": 1}}


async def _show(wanted: vault_lines.Mapping[str, object]) -> dict[str, object]:
    return {"shown": wanted["what"]}
