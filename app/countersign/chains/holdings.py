"""What the demonstration's Ethereum holds, and what the calls of one Safe transaction would move: all of it, or nothing.

- `Holdings` is the chain's own state: ERC-20 balances and ether.
- `Moves` makes one call after the other on a draft, as OpenZeppelin's ERC-20 and a plain account would: each sees what
  the one before it moved. The first that fails ends it; only `settle` changes the holdings.
- A Safe's call to itself may change its owners, as OwnerManager.sol does (`ethereum.owners`): the next call finds the new ones.

    >>> moves = Moves(Holdings({}, {SAFE: 5}), SAFE, frozenset(), "GS013")
    >>> moves.call(InnerCall(A, 3, b"")), moves.call(InnerCall(A, 3, b""))
    (None, 'GS013')
"""

from collections import Counter
from dataclasses import dataclass, field

from countersign.chains.embedded import unsupported
from countersign.errors import Malformed, Refused
from countersign.ethereum import erc20, owners
from countersign.ethereum.abi import ZERO_ADDRESS, Address, address
from countersign.ethereum.arrivals import Arrival
from countersign.ethereum.erc20 import Transfer
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.owners import OwnerList

PRECOMPILES = 2**16


@dataclass(frozen=True, slots=True)
class Holdings:
    """Token → holder → base units, and holder → wei."""

    balances: dict[Address, dict[Address, int]]
    ether: dict[Address, int]


@dataclass(frozen=True, slots=True)
class Moves:
    """A draft of what the calls of `safe` move, in order in `made`. `contracts` take no ether; `failed` is what a failing
    call is called; `owned`: each Safe's owners after the calls so far."""

    holdings: Holdings
    safe: Address
    contracts: frozenset[Address]
    failed: str
    drafted: Counter[tuple[Address | None, Address]] = field(default_factory=Counter)
    made: list[Arrival] = field(default_factory=list)
    owned: dict[Address, OwnerList] = field(default_factory=dict)

    def call(self, call: InnerCall) -> str | None:
        """Draft one call; None, or why it does not happen."""
        if ZERO_ADDRESS < call.to < PRECOMPILES.to_bytes(20, "big"):
            return unsupported("a call to a precompiled contract")
        if call.value > self._held(None, self.safe):
            return self.failed
        if call.to in self.holdings.balances:
            return self.failed if call.value or not call.data else self._token(call)
        if call.to == self.safe and call.data[:4] in owners.SELECTORS:
            return self.failed if call.value else self._change_owners(call.data)
        if call.data:
            return unsupported("a call with data to anything but a known token")
        if call.to in self.contracts:
            return self.failed
        self._move(None, call.to, call.value)
        return None

    def settle(self) -> None:
        """Make every drafted move."""
        for (token, holder), change in self.drafted.items():
            ledger = self.holdings.ether if token is None else self.holdings.balances[token]
            ledger[holder] = ledger.get(holder, 0) + change

    def _change_owners(self, data: bytes) -> str | None:
        try:
            change = owners.parse(data)
        except Malformed as error:
            return unsupported(f"a change of owners in another form than the canonical one ({error.code})")
        try:
            self.owned[self.safe] = owners.apply(self.owned[self.safe], change, self.safe)
        except Refused:
            return self.failed
        return None

    def _token(self, call: InnerCall) -> str | None:
        if call.data[:4] != erc20.SELECTOR:
            return unsupported("a token call other than transfer")
        if len(call.data) < erc20.LENGTH:
            return self.failed
        transfer = _transfer(call.data)
        if self._held(call.to, self.safe) < transfer.amount or transfer.recipient == ZERO_ADDRESS:
            return self.failed
        self._move(call.to, transfer.recipient, transfer.amount)
        return None

    def _held(self, token: Address | None, holder: Address) -> int:
        ledger = self.holdings.ether if token is None else self.holdings.balances[token]
        return ledger.get(holder, 0) + self.drafted[token, holder]

    def _move(self, token: Address | None, taker: Address, amount: int) -> None:
        if amount:
            self.drafted[token, self.safe] -= amount
            self.drafted[token, taker] += amount
            self.made.append(Arrival(token, self.safe, taker, amount))


def _transfer(data: bytes) -> Transfer:
    """As the contract reads it: a recipient's padding and what follows the amount mean nothing to it."""
    return Transfer(address(data[16:36]), int.from_bytes(data[36 : erc20.LENGTH], "big"))
