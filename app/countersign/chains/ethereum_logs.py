"""The logs of an Ethereum node: the entries of a receipt, and which transactions say that something came in (`eth_getLogs`).

- What `eth_getLogs` answers only names transactions; what came in is what the receipt of each says (`EthereumRpc.payments`).
- A log that its node took back (`removed`), that stands in no block, that moved nothing, or that says anything but what was
  asked for, names none. The same transaction twice is one.
- Nodes bound what they answer, each otherwise: an error, or too much at once, halves the blocks that are asked for.

    >>> await paying(rpc.call, token, safe, 18_000_000, 18_001_999)
    ('0x5c50…',)
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from countersign.chains import answers
from countersign.chains.jsonrpc import RpcError
from countersign.errors import Unavailable
from countersign.ethereum import arrivals
from countersign.ethereum.abi import Address, address, address_word
from countersign.ethereum.views import LogEntry
from countersign.formats import eip55

METHOD = "eth_getLogs"
TOO_MUCH = "chains.answer-too-large"
Call = Callable[..., Awaitable[Any]]
"""A method and its parameters; RpcError where the node answers with an error of its own."""


async def paying(call: Call, token: Address | None, receiver: Address, first: int, last: int) -> tuple[str, ...]:
    """The transactions of these blocks, the newest first, whose logs say that a token (None: ether) came to an address.

    RpcError where the node refuses even a single block; Unavailable.
    """
    if token is None:
        wanted: dict[str, object] = {"address": eip55.checksum(receiver), "topics": [_hex(arrivals.RECEIVED_TOPIC)]}
    else:
        topics = [_hex(arrivals.TRANSFER_TOPIC), None, _hex(address_word(receiver))]
        wanted = {"address": eip55.checksum(token), "topics": topics}
    places: dict[str, tuple[int, int]] = {}
    for given in await between(call, wanted, first, last):
        found = _place(given, token, receiver, first, last)
        if found is not None:
            transaction, place = found
            places[transaction] = max(place, places.get(transaction, place))
    return tuple(sorted(places, key=lambda each: places[each], reverse=True))


async def between(call: Call, wanted: Mapping[str, object], first: int, last: int) -> list[Any]:
    """What the node has in these blocks, asked for in as few questions as it answers. Fails at the first block it refuses.

    RpcError, Unavailable.
    """
    try:
        given = await call(METHOD, {**wanted, "fromBlock": hex(first), "toBlock": hex(last)})
    except (RpcError, Unavailable) as error:
        if first == last or (isinstance(error, Unavailable) and error.code != TOO_MUCH):
            raise
        middle = (first + last) // 2
        before = await between(call, wanted, first, middle)
        return [*before, *await between(call, wanted, middle + 1, last)]
    return answers.array(given, METHOD)


def _place(
    given: object, token: Address | None, receiver: Address, first: int, last: int
) -> tuple[str, tuple[int, int]] | None:
    """The transaction of a log and where the log stands (block, position); None if it does not say what was asked for."""
    log = answers.record(given, METHOD)
    if log.get("removed") is True or log.get("blockNumber") is None:
        return None
    height, position = (answers.quantity(log.get(name), METHOD) for name in ("blockNumber", "logIndex"))
    transaction = answers.data(log.get("transactionHash"), METHOD)
    if len(transaction) != 32:
        raise Unavailable("chains.odd-answer", method=METHOD)
    said = arrivals.read(entry(log, METHOD))
    if said is None or (said.token, said.receiver) != (token, receiver) or not said.amount:
        return None
    if not first <= height <= last:
        return None
    return _hex(transaction), (height, position)


def entries(receipt: Mapping[str, Any], method: str) -> list[LogEntry]:
    """A receipt's events, in its order. Unavailable("chains.odd-answer")."""
    return [entry(answers.record(each, method), method) for each in answers.array(receipt.get("logs"), method)]


def entry(log: Mapping[str, Any], method: str) -> LogEntry:
    """One event as a node writes it. Unavailable("chains.odd-answer")."""
    emitter = answers.data(log.get("address"), method)
    if len(emitter) != 20:
        raise Unavailable("chains.odd-answer", method=method)
    topics = tuple(answers.data(each, method) for each in answers.array(log.get("topics"), method))
    return LogEntry(address(emitter), topics, answers.data(log.get("data"), method))


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
