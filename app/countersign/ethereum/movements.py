"""What moves when an outer transaction is executed: tokens by their `Transfer` logs, ether by the logs that a simulation adds.

Implements the event of EIP-20 and the address of ERC-7528, under which a simulating node writes each movement of ether.

- What is owed and what moves are compared as multisets: no more, no less, whatever the order.
- A movement of nothing moves nothing. A log that says more than an ERC-20 transfer can (an approval out of a Safe, a
  `Transfer` of another shape) is an effect beyond it, and is named.
- `decoded` reads the same from the call's own bytes, for a node that simulates without logs.
- `short` holds a mined execution against what is owed: only by the tokens that are owed, and from the payer's first movement on.

    >>> difference([Movement(token, safe, buyer, 5)], found)
    'what is owed does not move: 5 base units of 0x70…70 from 0x5A…5A to 0xDD…DD'
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from countersign.errors import Malformed
from countersign.ethereum import arrivals, execute, inspect, views
from countersign.ethereum.abi import WORD, Address, Arguments
from countersign.ethereum.atomic import SafeCall
from countersign.ethereum.inspect import CallFacts, Erc20Transfer, EtherTransfer
from countersign.ethereum.views import LogEntry
from countersign.formats import eip55
from countersign.formats.keccak import keccak256

ETHER = Address(b"\xee" * 20)
"""ERC-7528: the address that stands for a chain's own coin."""
APPROVAL_TOPIC = keccak256(b"Approval(address,address,uint256)")


@dataclass(frozen=True, slots=True)
class Movement:
    """Who pays whom how much. `token`: whose base units, None for wei."""

    token: Address | None
    payer: Address
    receiver: Address
    amount: int


def decoded(called: Sequence[SafeCall]) -> tuple[Movement, ...]:
    """What the calls of these Safes say that they move. Malformed("ethereum.unread-call") where one says anything else.

    A call of a Safe to itself moves nothing: a void, or the Safe's own administration.
    """
    return tuple(moved for each in called for moved in _of(each))


def _of(called: SafeCall) -> Iterable[Movement]:
    facts = inspect.read(execute.decode(called.calldata).safe_tx(0, called.safe, 0))
    if facts.delegatecall and not facts.batch:
        raise Malformed("ethereum.unread-call", to=eip55.checksum(facts.target))
    for call in facts.calls:
        if (found := _call(called.safe, call)) is not None:
            yield found


def _call(safe: Address, facts: CallFacts) -> Movement | None:
    match facts.call:
        case EtherTransfer(recipient, amount):
            return Movement(None, safe, recipient, amount)
        case Erc20Transfer(token, recipient, amount) if not facts.ether:
            return Movement(token, safe, recipient, amount)
        case inspect.SelfCall() if not facts.ether:
            return None
    raise Malformed("ethereum.unread-call", to=eip55.checksum(facts.target))


def logged(logs: Iterable[LogEntry]) -> tuple[tuple[Movement, ...], tuple[str, ...]]:
    """What logs say that moved, and what they say beyond that, in plain values."""
    moved, beyond = [], []
    for entry in logs:
        if not entry.topics:
            continue
        if entry.topics[0] == APPROVAL_TOPIC:
            beyond.append(f"an approval by a log of {eip55.checksum(entry.emitter)}")
        if entry.topics[0] != arrivals.TRANSFER_TOPIC:
            continue
        if (found := _transfer(entry)) is None:
            beyond.append(f"a transfer that is none of ERC-20, by a log of {eip55.checksum(entry.emitter)}")
        elif found.amount:
            moved.append(found)
    return tuple(moved), tuple(beyond)


def _transfer(entry: LogEntry) -> Movement | None:
    if len(entry.topics) != 3 or len(entry.data) != WORD:
        return None
    parties = Arguments(b"".join(entry.topics[1:]))
    try:
        payer, receiver = parties.address(0), parties.address(1)
    except Malformed:
        return None
    token = None if entry.emitter == ETHER else entry.emitter
    return Movement(token, payer, receiver, int.from_bytes(entry.data, "big"))


def difference(owed: Sequence[Movement], moved: Sequence[Movement], beyond: Sequence[str] = ()) -> str | None:
    """What differs, in plain values, the missing first; None where everything owed moves and nothing else."""
    wanted, found = Counter(owed), Counter(moved)
    told = [f"what is owed does not move: {words(each)}" for each in (wanted - found).elements()]
    told += [f"what nobody is owed moves: {words(each)}" for each in (found - wanted).elements()]
    told += [f"beyond what is owed: {each}" for each in beyond]
    return "; ".join(told) or None


def short(owed: Sequence[Movement], moved: Sequence[Movement]) -> str | None:
    """What one execution of a Safe moved otherwise than it owes, in plain values; None where what is owed moved, exactly.

    `moved`: what logs say, in their order, between that Safe's execution before and this one.

    - Ether needs no log, and to an account there is none: a Safe reverts as a whole where a payment of ether fails (Safe.sol,
      safeTxGas 0; MultiSendCallOnly each of its calls), so its ExecutionSuccess says that the ether moved.
    - A token's success says nothing (it may answer `false`, or take a part): its logs are held against what is owed.
    - Logs of other tokens are anybody's: whoever sends the transaction can put them there, and they take nothing from the Safe.
      So can whoever holds an owed token, but only before the Safe's own call of it begins.
    """
    tokens = [each for each in owed if each.token is not None]
    payers = {(each.token, each.payer) for each in tokens}
    begun, found = set[Address | None](), list[Movement]()
    for each in moved:
        if (each.token, each.payer) in payers:
            begun.add(each.token)
        if each.token in begun:
            found.append(each)
    return difference(tokens, found)


def succeeded(called: Sequence[SafeCall], logs: Iterable[LogEntry]) -> bool:
    """Whether every called Safe says itself that what it was told to execute succeeded, and none says that one failed."""
    heads = Counter((entry.emitter, entry.topics[0]) for entry in logs if entry.topics)
    wanted = Counter(each.safe for each in called)
    return all(
        heads[safe, views.SUCCESS_TOPIC] >= count and not heads[safe, views.FAILURE_TOPIC]
        for safe, count in wanted.items()
    )


def holders(owed: Sequence[Movement]) -> tuple[tuple[Address, Address], ...]:
    """Each token that is owed with everybody whose balance of it moves."""
    found = {(each.token, who) for each in owed if each.token is not None for who in (each.payer, each.receiver)}
    return tuple(sorted((token, who) for token, who in found if token is not None))


def credited(owed: Sequence[Movement], balances: Mapping[tuple[Address, Address], tuple[int, int]]) -> str | None:
    """What a token's own balances say otherwise than what is owed, in plain values: (token, holder) → before, after."""
    for (token, who), (before, after) in balances.items():
        into = sum(each.amount for each in owed if (each.token, each.receiver) == (token, who))
        out = sum(each.amount for each in owed if (each.token, each.payer) == (token, who))
        if after - before != into - out:
            changes = f"{after - before} instead of {into - out} base units"
            return f"the balance of {eip55.checksum(who)} in {eip55.checksum(token)} changes by {changes}"
    return None


def words(moved: Movement) -> str:
    """A movement in plain values."""
    what = "wei" if moved.token is None else f"base units of {eip55.checksum(moved.token)}"
    return f"{moved.amount} {what} from {eip55.checksum(moved.payer)} to {eip55.checksum(moved.receiver)}"
