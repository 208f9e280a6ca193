"""A token on the embedded chain whose code was changed after it was admitted: it answers `false`, or keeps a part.

desk = desk_over(table, ethereum=Turned(chain, ANSWERS_FALSE))   # what this node sends is mined as the new code would have it
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from countersign.chains.embedded_ethereum import EmbeddedEthereum
from countersign.ethereum.abi import Address
from countersign.ethereum.movements import Movement

TAKER = Address(b"\xfe" * 20)
Changed = Callable[[Movement], tuple[Movement, ...]]


def answers_false(_paid: Movement) -> tuple[Movement, ...]:
    """The call succeeds, and nothing moves."""
    return ()


def keeps_a_part(paid: Movement) -> tuple[Movement, ...]:
    """A hundredth goes elsewhere."""
    part = paid.amount // 100
    return (replace(paid, amount=paid.amount - part), replace(paid, receiver=TAKER, amount=part))


def takes_more(paid: Movement) -> tuple[Movement, ...]:
    """The receiver has all of it, and the payer loses one unit beside."""
    return (paid, replace(paid, receiver=TAKER, amount=1))


def takes_back(paid: Movement) -> tuple[Movement, ...]:
    """The receiver has all of it, and loses one unit of it at once."""
    return (paid, replace(paid, payer=paid.receiver, receiver=TAKER, amount=1))


def honest(paid: Movement) -> tuple[Movement, ...]:
    """As it was."""
    return (paid,)


@dataclass
class Turned:
    """The chain, on which what is sent here moves as the changed code would have it: balances and logs."""

    chain: EmbeddedEthereum
    changed: Changed

    def __getattr__(self, name: str) -> object:
        return getattr(self.chain, name)

    async def broadcast(self, *given: object) -> str:
        transaction = await self.chain.broadcast(*given)  # type: ignore[arg-type]
        groups = self.chain.moved[transaction]
        for each in (one for group in groups for one in group):
            self._move(each, -1)
            for instead in self.changed(each):
                self._move(instead, 1)
        turned = tuple(tuple(one for each in group for one in self.changed(each)) for group in groups)
        self.chain.moved[transaction] = turned
        return transaction

    def _move(self, moved: Movement, sign: int) -> None:
        assert moved.token is not None
        ledger = self.chain.balances[moved.token]
        ledger[moved.payer] = ledger.get(moved.payer, 0) - sign * moved.amount
        ledger[moved.receiver] = ledger.get(moved.receiver, 0) + sign * moved.amount
