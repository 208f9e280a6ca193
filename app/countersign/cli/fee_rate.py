"""The fee rate of a Bitcoin transaction at a terminal: said with `--rate`, else the node's estimate, and then shown."""

from typing import Annotated

import typer

from countersign.cli import findings
from countersign.cli.words import words
from countersign.desk.console import OfficerConsole

RateOption = Annotated[
    int | None,
    typer.Option("--rate", min=1, help="Bitcoin's fee, in satoshis a vbyte; left out, the node's estimate is taken."),
]


async def rate_of(console: OfficerConsole, contract: str, given: int | None) -> int:
    """Satoshis a vbyte; what was taken from the node is printed on stderr. Refused("desk.no-fee-estimate")."""
    if given is not None:
        return given
    from countersign.desk.fee_rates import require_rate

    found = await console.operations.fee_rate(contract)
    taken = require_rate(found)
    if found is not None:
        estimated = "Fee rate: {rate} satoshis a virtual byte, the node's estimate for {blocks} blocks."
        capped = "Fee rate: {rate} satoshis a virtual byte, the policy's most; the node estimates {estimate}."
        said = words(
            estimated if found.estimate == taken else capped, rate=taken, blocks=found.blocks, estimate=found.estimate
        )
        findings.warn([said])
    return taken
