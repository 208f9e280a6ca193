"""The relayer as the desk knows it: where it keeps what it sent, what is told of it, and whose key it may not be (E11).

- It pays for outer transactions and owns nothing else: no Safe, and no key that anybody registered, now or ever.

    require_free(state.roster, key)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from countersign.errors import Refused

if TYPE_CHECKING:
    from countersign.desk.records import Outgoing
    from countersign.keys.public_key import PublicKey
    from countersign.settlement.roster import Roster


class Outbox(Protocol):
    """What a relayer sent: part of `Journal`."""

    def keep(self, outgoing: Outgoing) -> None:
        """Journal a signed transaction, durably, before it is sent."""

    def sent(self, chain: str, account: bytes) -> tuple[Outgoing, ...]:
        """All that an account sent on a chain, oldest first."""


@dataclass(frozen=True, slots=True)
class WaitingTransaction:
    """A relayer's transaction that is in no block yet. `fee`: the most it pays, in wei for a unit of gas.

    `known`: whether its node has it in its pool.
    """

    nonce: int
    transaction: str
    fee: int
    known: bool


@dataclass(frozen=True, slots=True)
class RelayerView:
    """A relayer's account (EIP-55) on a chain: balance and fees in wei.

    `mined`, `pending`: how many of its transactions the chain has, and the node with its pool. `simulates`: the method by
    which its node tells effects before sending, None where the node offers no logs.
    """

    chain: str
    account: str
    balance: int
    mined: int
    pending: int
    waiting: tuple[WaitingTransaction, ...]
    fee_cap: int
    gas_cap: int
    simulates: str | None

    @property
    def transactions(self) -> tuple[str, ...]:
        """What waits."""
        return tuple(each.transaction for each in self.waiting)


def require_free(roster: Roster, key: PublicKey) -> None:
    """Refuse a key that is or was somebody's: a vault's owner, a person's, a participant's, the desk's.

    Refused("E11.relayer-registered").
    """
    for known in (roster.keys, roster.retired):
        if (found := known.get(key.kid)) is not None:
            raise Refused("E11.relayer-registered", key=key.kid, holder=str(found.holder))
