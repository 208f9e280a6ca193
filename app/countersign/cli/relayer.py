"""`countersign officer … relayer`, `raise-fee`, `send`: the account that pays for Ethereum transactions, and what it sends.

    $ countersign officer --desk northgate --profile olive --token olive --softhsm olive-token relayer
    $ countersign officer … raise-fee MH-2026-0001 --reason "The block is full."

- Before something is sent the account is shown: what it holds, what waits, how its node tells effects before they happen.
- The PIN of the relayer's token is asked for when it first signs, from a person or `--relayer-pin-file`.
"""

from collections.abc import Iterator
from typing import Annotated

import typer

from countersign.cli import findings
from countersign.cli.leg_lines import tell_legs, telling_legs
from countersign.cli.review_lines import review_lines
from countersign.cli.seated import contract_of, reviewed
from countersign.cli.words import words
from countersign.desk.console import OfficerConsole
from countersign.desk.relaying import RelayerView
from countersign.errors import Refused

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A contract's id, or its hash.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is logged.")]
CancelOption = Annotated[
    str | None, typer.Option("--cancel", metavar="TRANSACTION", help="Replace this one, which waits, by an empty one.")
]
DECIMALS = 18
GWEI = 10**9


def send(context: typer.Context, id: IdArgument, reason: ReasonOption) -> None:
    """Send what was released and is nowhere on its chain, first or again."""

    async def work(console: OfficerConsole) -> None:
        contract = contract_of(console, id)
        findings.warn(review_lines(await console.review(contract)))
        for each in await console.operations.relayers(contract):
            findings.warn(relayer_lines(each))
        await context.obj.unlock(console)
        tell_legs(await console.operations.send(contract, reason))

    context.obj.do(work)


def raise_fee(context: typer.Context, id: IdArgument, reason: ReasonOption) -> None:
    """Replace a settlement's Ethereum transaction that waits by the same one with higher fees."""
    reviewed(context, id, telling_legs(lambda console, contract: console.operations.raise_fees(contract, reason)))


def relayer(context: typer.Context, cancel: CancelOption = None) -> None:
    """Show the accounts that pay for Ethereum transactions: address, balance, nonces, what waits."""

    async def work(console: OfficerConsole) -> None:
        found = await console.operations.relayers()
        if not found:
            raise Refused("chains.no-relayer")
        for each in found:
            findings.show(relayer_lines(each))
        if cancel is not None:
            done = await console.operations.cancel(cancel)
            findings.show([words("Sent in its place, empty: {transaction}", transaction=done)])

    context.obj.do(work, logs=False)


def relayer_lines(view: RelayerView) -> list[str]:
    """An account on its chain, line by line."""
    return list(_lines(view))


def _lines(view: RelayerView) -> Iterator[str]:
    yield words("Relayer {account} on {chain}", account=view.account, chain=view.chain)
    yield words("  holds {ether} ether; pays at most {fee} gwei for a unit of gas, {gas} units in one transaction",
                ether=ether(view.balance), fee=gwei(view.fee_cap), gas=f"{view.gas_cap:,}")  # fmt: skip
    yield words(
        "  in blocks: {mined}; with those that its node has waiting: {pending}", mined=view.mined, pending=view.pending
    )
    for each in view.waiting:
        told = words("  waits: nonce {nonce}, {transaction}, at most {fee} gwei", nonce=each.nonce,
                     transaction=each.transaction, fee=gwei(each.fee))  # fmt: skip
        yield told if each.known else told + words(" (its node does not have it: it is sent again with the next)")
    if view.simulates is None:
        yield words(
            "  this node simulates without logs: before sending, the call's own bytes are compared with what is owed"
        )
    else:
        yield words("  before sending, what moves is compared with what is owed by {method}", method=view.simulates)


def ether(wei: int) -> str:
    """Wei as ether, every decimal."""
    whole, part = divmod(wei, 10**DECIMALS)
    return f"{whole:,}.{part:0{DECIMALS}d}"


def gwei(wei: int) -> str:
    """Wei as gwei, without zeros at the end."""
    whole, part = divmod(wei, GWEI)
    return f"{whole:,}" if not part else f"{whole:,}.{part:09d}".rstrip("0")
