"""The two logs that say that something came into a Safe: a token's `Transfer`, and the proxy's own `SafeReceived`.

Implements the event of EIP-20 and the one that Safe's `receive()` emits since 1.3.0 (EtherPaymentFallback.sol).

- A proxy that is paid ether emits `SafeReceived` whoever pays it and however: a plain transaction or a call within one.
- What emits nothing (a block's reward, a contract that destroys itself, ether that lay there before the proxy) is no
  arrival.
- A log of another shape is no arrival either: never half read.

    >>> read(LogEntry(token, (TRANSFER_TOPIC, address_word(payer), address_word(safe)), word(5))).amount
    5
"""

from dataclasses import dataclass

from countersign.errors import Malformed
from countersign.ethereum.abi import WORD, Address, Arguments
from countersign.ethereum.views import LogEntry
from countersign.formats.keccak import keccak256

TRANSFER_TOPIC = keccak256(b"Transfer(address,address,uint256)")
RECEIVED_TOPIC = keccak256(b"SafeReceived(address,uint256)")


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who paid whom how much. `token`: whose base units, None for wei."""

    token: Address | None
    payer: Address
    receiver: Address
    amount: int


def read(entry: LogEntry) -> Arrival | None:
    """What a log says arrived, or None if it says nothing of the kind."""
    if len(entry.data) != WORD or not entry.topics:
        return None
    parties, amount = Arguments(b"".join(entry.topics[1:])), int.from_bytes(entry.data, "big")
    try:
        if entry.topics[0] == TRANSFER_TOPIC and len(entry.topics) == 3:
            return Arrival(entry.emitter, parties.address(0), parties.address(1), amount)
        if entry.topics[0] == RECEIVED_TOPIC and len(entry.topics) == 2:
            return Arrival(None, parties.address(0), entry.emitter, amount)
    except Malformed:
        return None
    return None
