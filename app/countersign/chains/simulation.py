"""What a call would do, as a node simulates it: the logs it would write, ether by logs of ERC-7528, and balances before and
after.

- `eth_simulateV1` (execution-apis; go-ethereum since 1.14.9, anvil) with `traceTransfers`; else `debug_traceCall` with the
  call tracer's logs (go-ethereum's debug namespace), whose frames say what ether moves. A node that offers neither simulates
  without logs: None, and the caller says so.
- With `eth_simulateV1` each token's own `balanceOf` is asked in the same simulated block before and after: a token that
  credits less than its log says is found by that.
- A frame that fails moves nothing, nor does anything inside it; a delegate call moves nothing of its own.

    >>> found = await Simulator(asking).simulate(call, [(token, buyer)])
    >>> found.by, found.balances[token, buyer]
    ('eth_simulateV1', (0, 5))
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from countersign.chains import answers
from countersign.chains.asking import UNKNOWN_METHOD, Asking, hexed, reason
from countersign.chains.ethereum_logs import entries
from countersign.chains.jsonrpc import RpcError
from countersign.errors import Malformed, Refused, Unavailable
from countersign.ethereum import arrivals, views
from countersign.ethereum.abi import Address, address, address_word, word
from countersign.ethereum.movements import ETHER
from countersign.ethereum.views import LogEntry
from countersign.formats import eip55

SIMULATE, TRACE = "eth_simulateV1", "debug_traceCall"
MOVES_ETHER = frozenset(("CALL", "CREATE", "CREATE2", "SELFDESTRUCT"))
MOST_FRAMES = 100_000
Held = tuple[Address, Address]
"""A token and who holds some of it."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """The logs in order; balances in base units before and after, of what was asked for. `by`: the node's method."""

    logs: tuple[LogEntry, ...]
    by: str
    balances: Mapping[Held, tuple[int, int]] = field(default_factory=dict)


class Simulator:
    """One node's simulations; what it does not offer is asked once."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._lacks: set[str] = set()

    async def simulate(self, call: Mapping[str, object], held: Sequence[Held]) -> Simulated | None:
        """What a call would do at the newest block; None where the node offers no logs.

        Refused("chains.ethereum-refused") with the chain's reason; Unavailable.
        """
        for method, simulated in ((SIMULATE, self._simulated), (TRACE, self._traced)):
            if method in self._lacks:
                continue
            try:
                return await simulated(call, held)
            except RpcError as error:
                if error.number not in UNKNOWN_METHOD:
                    raise Refused("chains.ethereum-refused", reason=reason(error, method)) from None
                self._lacks.add(method)
        return None

    async def offers(self) -> str | None:
        """The method that the node simulates with, None where it offers no logs. Unavailable."""
        nobody = eip55.checksum(bytes(20))
        found = await self.simulate({"from": nobody, "to": nobody}, ())
        return None if found is None else found.by

    async def _simulated(self, call: Mapping[str, object], held: Sequence[Held]) -> Simulated:
        asked = [{"to": eip55.checksum(token), "data": hexed(views.ask_balance(who))} for token, who in held]
        block = {"calls": [*asked, call, *asked]}
        options = {"blockStateCalls": [block], "traceTransfers": True, "validation": False}
        given = answers.array(await self._asking.rpc.call(SIMULATE, options, "latest"), SIMULATE)
        blocks = [answers.record(each, SIMULATE) for each in given]
        made = [answers.record(each, SIMULATE) for one in blocks for each in answers.array(one.get("calls"), SIMULATE)]
        if len(made) != len(block["calls"]):
            raise Unavailable("chains.odd-answer", method=SIMULATE)
        acted = made[len(held)]
        if acted.get("status") != "0x1":
            raise Refused("chains.ethereum-refused", reason=_why(acted))
        before, after = made[: len(held)], made[len(held) + 1 :]
        balances = {each: (_balance(one), _balance(two)) for each, one, two in zip(held, before, after, strict=True)}
        return Simulated(tuple(entries(acted, SIMULATE)), SIMULATE, balances)

    async def _traced(self, call: Mapping[str, object], _: Sequence[Held]) -> Simulated:
        options = {"tracer": "callTracer", "tracerConfig": {"withLog": True}}
        frame = answers.record(await self._asking.rpc.call(TRACE, call, "latest", options), TRACE)
        if frame.get("error"):
            raise Refused("chains.ethereum-refused", reason=str(frame["error"])[:200])
        return Simulated(tuple(_written(frame)), TRACE)


def _why(acted: Mapping[str, Any]) -> str:
    error = acted.get("error")
    return str(error.get("message", ""))[:200] if isinstance(error, dict) else "it would fail"


def _balance(made: Mapping[str, Any]) -> int:
    if made.get("status") != "0x1":
        return 0
    try:
        return views.read_uint(answers.data(made.get("returnData"), SIMULATE))
    except Malformed:
        return 0


def _written(frame: dict[str, Any]) -> Iterator[LogEntry]:
    """The logs of a frame and those within it that did not fail; ether by one of ERC-7528 each."""
    waiting = [frame]
    for _ in range(MOST_FRAMES):
        if not waiting:
            return
        each = waiting.pop()
        if each.get("error"):
            continue
        yield from _ether(each)
        yield from entries({"logs": each.get("logs", [])}, TRACE)
        waiting += [answers.record(one, TRACE) for one in reversed(answers.array(each.get("calls", []), TRACE))]
    raise Unavailable("chains.odd-answer", method=TRACE)


def _ether(frame: Mapping[str, Any]) -> Iterator[LogEntry]:
    amount = answers.quantity(frame.get("value", "0x0"), TRACE)
    if frame.get("type") in MOVES_ETHER and amount:
        parties = (address(answers.data(frame.get(each), TRACE)) for each in ("from", "to"))
        yield LogEntry(ETHER, (arrivals.TRANSFER_TOPIC, *map(address_word, parties)), word(amount))
