"""How much gas the relayer gives an outer transaction.

- A Safe transaction gets a million: signatures, and any token's transfer, with room to spare.
- One call for several Safes gets what `atomic.gas` says.
- A batch gets 100,000 more for each of its calls. The largest stays under what one transaction may use (2^24, EIP-7825).
- What is not used is not paid. Whether it is enough is tested with `eth_call` before anything is sent.

    >>> gas_limit(b"")
    1000000
"""

from countersign.errors import Malformed
from countersign.ethereum import atomic, execute, multisend

GAS = 1_000_000
GAS_OF_A_CALL = 100_000


def gas_limit(data: bytes) -> int:
    """The gas limit of the outer transaction with this call data. Total."""
    if data[:4] == multisend.SELECTOR:
        return _together(data)
    try:
        calls = multisend.parse(execute.decode(data).data)
    except Malformed:
        return GAS
    return GAS + GAS_OF_A_CALL * len(calls)


def _together(data: bytes) -> int:
    try:
        return atomic.gas(atomic.decode(data))
    except Malformed:
        return GAS
