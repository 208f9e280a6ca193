"""Which Safe transactions a transaction executed: what each Safe's own events in the receipt say, and how such receipts are found.

- A Safe says `ExecutionSuccess` with its safeTxHash for what it executed. Nobody else can say it for that Safe.
- A transaction may execute several Safes: through MultiSendCallOnly the desk's own does, and a stranger's may by any contract.
- What `eth_getLogs` answers only names a transaction; that it executed something, its receipt says.
"""

from collections.abc import Mapping
from typing import Any

from countersign.chains import answers, ethereum_logs
from countersign.chains.ethereum_logs import Call, entries, entry
from countersign.desk.ports import Executed
from countersign.errors import Unavailable
from countersign.ethereum import movements, multisend, views
from countersign.ethereum.abi import WORD, Address, Digest
from countersign.ethereum.movements import Movement
from countersign.ethereum.views import LogEntry, Outcome
from countersign.formats import eip55

RECEIPT = "eth_getTransactionReceipt"


def executed(receipt: Mapping[str, Any]) -> tuple[Executed, ...]:
    """Every Safe transaction that a receipt says was executed with success, in its order; none of one that reverted."""
    return tuple(each for each, _ in executions(receipt))


def executions(receipt: Mapping[str, Any]) -> tuple[tuple[Executed, tuple[Movement, ...]], ...]:
    """The same, each with what token logs say that moved since the one before: a Safe says `ExecutionSuccess` after its calls."""
    if receipt.get("status") != "0x1":
        return ()
    found, since = list[tuple[Executed, tuple[Movement, ...]]](), list[LogEntry]()
    for each in entries(receipt, RECEIPT):
        since.append(each)
        subject = _subject(each)
        if subject is not None and views.outcome(each.emitter, subject, [each]) is Outcome.SUCCESS:
            moved, _ = movements.logged(since)
            found.append((Executed(eip55.checksum(each.emitter), "0x" + subject.hex()), moved))
            since.clear()
    return tuple(found)


def succeeded(receipt: Mapping[str, Any]) -> bool:
    """Whether the call went through and what it did succeeded: by the called Safe's own events, or where several Safes were
    called through MultiSendCallOnly, by theirs."""
    if receipt.get("status") != "0x1":
        return False
    called = receipt.get("to")
    place = None if called is None else answers.data(called, RECEIPT)
    through = place in multisend.RELEASES
    heads = {each.topics[0] for each in entries(receipt, RECEIPT) if each.topics and (through or each.emitter == place)}
    return views.SUCCESS_TOPIC in heads and views.FAILURE_TOPIC not in heads


async def executing(call: Call, safe: Address, digest: Digest, first: int, last: int) -> tuple[str, ...]:
    """The transactions of these blocks whose logs say that a Safe executed what has this safeTxHash, the newest first.

    Before 1.4.0 the hash stands in the data, so the Safe's every success is asked for. RpcError where the node refuses even a
    single block; Unavailable.
    """
    wanted: dict[str, object] = {"address": eip55.checksum(safe), "topics": ["0x" + views.SUCCESS_TOPIC.hex()]}
    places: dict[str, int] = {}
    for given in await ethereum_logs.between(call, wanted, first, last):
        log = answers.record(given, ethereum_logs.METHOD)
        if log.get("removed") is True or log.get("blockNumber") is None:
            continue
        height = answers.quantity(log.get("blockNumber"), ethereum_logs.METHOD)
        said = views.outcome(safe, digest, [entry(log, ethereum_logs.METHOD)])
        transaction = answers.data(log.get("transactionHash"), ethereum_logs.METHOD)
        if len(transaction) != WORD:
            raise Unavailable("chains.odd-answer", method=ethereum_logs.METHOD)
        if said is Outcome.SUCCESS and first <= height <= last:
            places["0x" + transaction.hex()] = height
    return tuple(sorted(places, key=lambda each: places[each], reverse=True))


def _subject(said: LogEntry) -> Digest | None:
    """The safeTxHash that an event names: a topic since 1.4.0, the data before."""
    subject = said.topics[1] if len(said.topics) > 1 else said.data[:WORD]
    return Digest(subject) if len(subject) == WORD else None
