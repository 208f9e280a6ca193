"""Several Safes act in one call or none does: executions of finished Safe transactions behind one MultiSendCallOnly.

DESIGN.md §8, "atomic DvP". The relayer calls the pinned contract itself, plainly: no Safe, no delegate call. Each inner call is
one party's `execTransaction`. MultiSendCallOnly reverts with the first inner call that reverts, and a Safe reverts where its
own call fails (GS013), so that the whole happens or nothing does. This holds under two rules, which are kept here:

- nothing refunds gas, and `safeTxGas` is 0: otherwise a Safe whose call fails says so, its nonce stays used, and the others go on;
- each inner call is operation 0, carries no ether, and goes to the Safe whose transaction it is.

And so that nobody reads two things into one call: 2 to 128 executions, each Safe once, none that is itself a batch or an
execution, in the one form of `multisend` and `execute`. The Safes' own transactions are E1 to E9's matter, not this module's.

    >>> decode(encode(calls)) == calls
    True
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from countersign.errors import Malformed, Refused
from countersign.ethereum import deployments, execute, multisend
from countersign.ethereum.abi import ZERO_ADDRESS, Address
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import CALL, DELEGATECALL, SafeVersion
from countersign.formats import eip55

FEWEST = 2
MOST_GAS = 2**24
"""What one transaction may use on chains that heed EIP-7825."""
GAS, GAS_OF_A_SAFE, GAS_OF_A_CALL = 100_000, 300_000, 100_000


@dataclass(frozen=True, slots=True)
class SafeCall:
    """One finished execution: the Safe, and the call data of its `execTransaction`."""

    safe: Address
    calldata: bytes


def encode(calls: Sequence[SafeCall]) -> bytes:
    """The call data of the outer call, executions in this order.

    Malformed: `ethereum.atomic-size`, `-safe-twice`, `-refund`, `-nested`, and what `execute.decode` raises.
    """
    _check(calls)
    return multisend.serialise([InnerCall(each.safe, 0, each.calldata) for each in calls])


def decode(data: bytes) -> tuple[SafeCall, ...]:
    """The executions of an outer call, in order, read strictly: `encode` of them is `data`.

    Malformed as `encode`, `ethereum.atomic-value`, and what `multisend.parse` raises.
    """
    inner = multisend.parse(data)
    for number, call in enumerate(inner, 1):
        if call.value:
            raise Malformed("ethereum.atomic-value", number=number)
    calls = tuple(SafeCall(call.to, call.data) for call in inner)
    _check(calls)
    return calls


def parts(to: Address, data: bytes) -> tuple[SafeCall, ...]:
    """What a relayer's call executes: one Safe's `execTransaction`, or several through a pinned MultiSendCallOnly.

    Malformed as `decode` and `execute.decode`.
    """
    if to in multisend.RELEASES:
        return decode(data)
    execute.decode(data)
    return (SafeCall(to, data),)


def batches(to: Address, data: bytes) -> tuple[Address, ...]:
    """Every pinned MultiSendCallOnly that a relayer's call runs: its own, and those of the called Safes' batches. Total."""
    try:
        made = [execute.decode(each.calldata) for each in parts(to, data)]
    except Malformed:
        made = []
    run = [to, *(each.to for each in made if each.operation == DELEGATECALL)]
    return tuple(dict.fromkeys(each for each in run if each in multisend.RELEASES))


def carried(data: bytes, safe: Address) -> bytes | None:
    """The call data that an outer call brings this Safe, or None where it is no such call or leaves the Safe out. Total."""
    try:
        calls = decode(data)
    except Malformed:
        return None
    return next((each.calldata for each in calls if each.safe == safe), None)


def executor(versions: Iterable[SafeVersion]) -> Address:
    """The MultiSendCallOnly that executes Safes of these releases: that of the newest. Refused: `E3.no-release`.

    Whether its code stands on the chain is not known here: who asks the chain compares `code_hash`.
    """
    return multisend.pinned(max(versions))


def code_hash(where: Address) -> str:
    """The keccak-256 (`0x…`) of the code that must stand at a pinned address. Refused as `multisend.release`."""
    return deployments.MULTI_SEND_CODE[multisend.release(where)]


def gas(calls: Sequence[SafeCall]) -> int:
    """The gas that an outer call is given: for each Safe 300,000 and for each of its payments 100,000, and 100,000 on top."""
    return GAS + sum(GAS_OF_A_SAFE + GAS_OF_A_CALL * _payments(each) for each in calls)


def require_room(calls: Sequence[SafeCall]) -> None:
    """Refused(`ethereum.atomic-gas`) where the outer call needs more gas than one transaction may use."""
    if (needed := gas(calls)) > MOST_GAS:
        raise Refused("ethereum.atomic-gas", count=len(calls), gas=needed, limit=MOST_GAS)


def _payments(call: SafeCall) -> int:
    try:
        return len(multisend.parse(execute.decode(call.calldata).data))
    except Malformed:
        return 1


def _check(calls: Sequence[SafeCall]) -> None:
    if not FEWEST <= len(calls) <= multisend.MOST_CALLS:
        raise Malformed("ethereum.atomic-size", count=len(calls), least=FEWEST, limit=multisend.MOST_CALLS)
    seen: set[Address] = set()
    for number, call in enumerate(calls, 1):
        if call.safe in seen:
            raise Malformed("ethereum.atomic-safe-twice", number=number, safe=eip55.checksum(call.safe))
        seen.add(call.safe)
        _check_execution(number, call)


def _check_execution(number: int, call: SafeCall) -> None:
    if call.safe == ZERO_ADDRESS or deployments.named(call.safe) is not None:
        raise Malformed("ethereum.atomic-safe", number=number, safe=eip55.checksum(call.safe))
    made = execute.decode(call.calldata)
    refund = (made.safe_tx_gas, made.base_gas, made.gas_price, made.gas_token, made.refund_receiver)
    if refund != (0, 0, 0, ZERO_ADDRESS, ZERO_ADDRESS):
        raise Malformed("ethereum.atomic-refund", number=number)
    head = made.data[:4]
    if head == execute.SELECTOR or (head == multisend.SELECTOR and made.operation == CALL):
        raise Malformed("ethereum.atomic-nested", number=number)
