"""A cold vault's console driven line by line: for the demonstration's operator, and for tests of the whole crossing.

- One JSON object a line in, one out: `{"order": …, …}` → `{"done": {…}}` or `{"error": {"kind","code","values"}}`.
- An order is a verb of `VaultHands`; an unknown one is refused. End of input ends the process.
- The PIN of the operator's token never crosses: the token was made inside, and its PIN stays inside.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from countersign.errors import CountersignError, Malformed
from countersign.formats import strict_json
from countersign.formats.excerpt import excerpt

Order = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, object]]]


async def serve(orders: Mapping[str, Order]) -> None:
    """Answer orders from standard input until it ends."""
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        print(json.dumps(await _answer(orders, line)), flush=True)  # noqa: T201


async def _answer(orders: Mapping[str, Order], line: bytes) -> dict[str, object]:
    try:
        wanted = strict_json.parse(line.rstrip(b"\n"))
        name = wanted.get("order") if isinstance(wanted, dict) else None
        order = orders.get(name) if isinstance(name, str) else None
        if order is None or not isinstance(wanted, dict):
            raise Malformed("cli.unknown-order", order=excerpt(name))
        return {"done": dict(await order(wanted))}
    except CountersignError as error:
        kind = next(each.__name__ for each in type(error).__mro__ if each.__module__ == "countersign.errors")
        return {"error": {"kind": kind, "code": error.code, "values": dict(error.values)}}
