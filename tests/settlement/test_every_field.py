"""Every field of every event, however deep it lies: missing, doubled, out of order, negative, huge. The state stays as it was.

- Contracts travel inside an event as what their parties signed: their own fields are tried in `test_contract.py`.
- A map from names to values (confirmations by chain, a finding's values) may lack any of its names: those are no fields.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from countersign.formats import jcs, times
from countersign.keys import jws as jose
from countersign.settlement import events
from settlement.test_events import KINDS, before, raw_event, refuse
from support import settlement_world as world

Path = tuple[str | int, ...]
MAPS = {("policy", "confirmations"), ("policy", "lending"), ("fees",)}
"""Objects whose names are data; so are a finding's `values`."""
HUGE = "1" + "0" * 78


def places(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Every place below a value, with what stands there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield (*path, name), each
        yield from places(each, (*path, name))


def within(value: Any, path: Path) -> Any:
    for name in path:
        value = value[name]
    return value


def fields(body: dict[str, object]) -> Iterator[tuple[Path, object]]:
    """Every place that is a field by its format; a signed contract is one field."""
    for path, value in places(body):
        if path[0] != "contract" or len(path) == 1:
            yield path, value


def is_field(path: Path) -> bool:
    return isinstance(path[-1], str) and path[:-1] not in MAPS and path[-2:-1] != ("values",)


def changed(body: dict[str, object], path: Path, value: object) -> dict[str, object]:
    found = deepcopy(body)
    within(found, path[:-1])[path[-1]] = value
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_may_be_missing_at_any_depth(kind: str) -> None:
    desk, _, (_, names, body) = before(kind)
    for path, _value in fields(body):
        if is_field(path):
            less = deepcopy(body)
            del within(less, path[:-1])[path[-1]]
            code = "C2.wrong-type" if path[0] == "vaults" and path[-1] == "kind" else "C2.missing-field"
            assert refuse(desk, raw_event(kind, names, less, desk)).code == code, path


def written(value: object, path: Path, doubled: Path) -> str:
    """Canonical JSON in which one field stands twice."""
    if isinstance(value, dict):
        parts = []
        for name in sorted(value):
            part = f"{jcs.encode(name).decode()}:{written(value[name], (*path, name), doubled)}"
            parts += [part, part] if (*path, name) == doubled else [part]
        return "{" + ",".join(parts) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(each, (*path, at), doubled) for at, each in enumerate(value)) + "]"
    return jcs.encode(value).decode()  # type: ignore[arg-type]


def payload(kind: str, body: dict[str, object], now_ms: int) -> dict[str, object]:
    at = times.text(now_ms // 1_000)
    return {"type": kind, "desk": world.ORIGIN, "id": "raw", "at": at, "body": body}


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_may_stand_twice_at_any_depth(kind: str) -> None:
    desk, _, (_, names, body) = before(kind)
    whole = payload(kind, body, desk.now_ms)
    assert written(whole, (), ("none",)).encode() == jcs.encode(whole)  # type: ignore[arg-type]
    for path, _value in places(whole):
        if isinstance(path[-1], str):
            data = written(whole, (), path).encode()
            event = jose.serialise(world.sign(data, events.TYP, names))
            assert refuse(desk, event).code == "C2.duplicate-key", path


@pytest.mark.parametrize("kind", KINDS)
def test_fields_stand_in_their_one_order(kind: str) -> None:
    desk, _, (_, names, body) = before(kind)
    parts = [f'"{name}":{jcs.encode(each).decode()}' for name, each in payload(kind, body, desk.now_ms).items()]  # type: ignore[arg-type]
    data = ("{" + ",".join(sorted(parts, reverse=True)) + "}").encode()
    event = jose.serialise(world.sign(data, events.TYP, names))
    assert refuse(desk, event).code == "C2.not-canonical"


@pytest.mark.parametrize("kind", KINDS)
def test_no_number_may_be_negative_or_huge_at_any_depth(kind: str) -> None:
    desk, _, (_, names, body) = before(kind)
    for path, value in fields(body):
        if isinstance(value, bool) or "values" in path:  # a finding may say any number
            continue
        wrong: tuple[object, ...] = ()
        if isinstance(value, int):
            wrong = (-1 - value, 2**53 - 1)
        elif isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 40:
            wrong = ("-" + value, "-1", HUGE, "0" + value)
        for each in wrong:
            refuse(desk, raw_event(kind, names, changed(body, path, each), desk))
