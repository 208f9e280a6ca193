"""Where each leg of a released settlement is, at a terminal: what was done, or why nothing was.

Instruction 902e… (psbt, replacement) on bip122:…: not sent; it is signed, and not released yet
Instruction f868… (psbt, child) on bip122:…: in block 114, confirmations: 1
  transaction cb33…
"""

from collections.abc import Awaitable, Callable, Iterator

from countersign.cli import findings
from countersign.cli.words import words
from countersign.desk.console import OfficerConsole
from countersign.desk.legs import ChainLeg, LegsView, Where

_THERE = {
    Where.UNSENT: "not sent; it is released",
    Where.NOWHERE: "sent, and your node has it no more",
    Where.REVERTED: "in a block, in which it did nothing",
    Where.WAITING: "sent, and it waits for a block",
}

UNPAID = (
    "{there} of {all} legs are delivered. Executed without moving what is owed: {unpaid}; that does not count as paid."
)


def tell_legs(view: LegsView) -> None:
    """Show them."""
    findings.show(list(_lines(view)))


def telling_legs(
    verb: Callable[[OfficerConsole, str], Awaitable[LegsView]],
) -> Callable[[OfficerConsole, str], Awaitable[None]]:
    """What does something to a settlement on its chains, and shows its legs after it."""

    async def act(console: OfficerConsole, contract: str) -> None:
        tell_legs(await verb(console, contract))

    return act


def _lines(view: LegsView) -> Iterator[str]:
    counted = [each for each in view.legs if not each.earlier]
    unpaid = sum(each.where is Where.OTHERWISE for each in counted)
    if unpaid:
        there = sum(each.where is Where.BLOCK for each in counted)
        yield words(UNPAID, there=there, all=len(counted), unpaid=unpaid)
    for each in view.legs:
        yield words("Instruction {hash} ({kind}, {purpose}) on {chain}: {there}", hash=each.instruction, kind=each.kind,
                    purpose=each.purpose, chain=each.chain, there=_there(each))  # fmt: skip
        if each.transaction:
            yield words("  transaction {transaction}", transaction=each.transaction)
        if not each.executable and each.where not in (Where.BLOCK, Where.OTHERWISE):
            yield words("  it cannot execute: a coin that it spends is gone, or its nonce is used")


def _there(leg: ChainLeg) -> str:
    if leg.where is Where.BLOCK:
        return words("in block {height}, confirmations: {count}", height=leg.height or 0, count=leg.confirmations)
    if leg.where is Where.OTHERWISE:
        return words("executed, and the token did not move what is owed: {differs}", differs=leg.differs)
    if leg.where is Where.UNSENT and leg.missing:
        return words("not sent; signatures that it lacks: {count}", count=leg.missing)
    if leg.where is Where.UNSENT and not leg.released:
        return words("not sent; it is signed, and not released yet")
    return words(_THERE[leg.where])
