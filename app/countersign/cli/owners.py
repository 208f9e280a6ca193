"""A Safe's owners, at an officer's seat: propose a change, look at it, sign, send, observe (`countersign officer owners…`).

    $ countersign officer … owners harbour-safe --add KEY --threshold 3     # a proposal; two administrators approve it
    $ countersign officer … owners-sign harbour-safe                         # the Safe's owners of today
    $ countersign officer … owners-send harbour-safe                         # operations, once the quorum is there

- Without --add, --remove and --threshold `owners` proposes to take back what is under way: an empty call, the same number.
- Everything is shown with every check before the PIN is asked for.
"""

from collections.abc import Iterator
from typing import Annotated

import typer

from countersign.cli import findings
from countersign.cli.owner_lines import owner_lines
from countersign.cli.review_lines import judged_lines
from countersign.cli.seated import tell_proposed
from countersign.cli.words import words
from countersign.desk.console import OfficerConsole
from countersign.desk.reports import HardwareScreen
from countersign.desk.views import OwnersView
from countersign.settlement import owning

VaultArgument = Annotated[str, typer.Argument(metavar="VAULT", help="A Safe's id in the roster.")]
AddOption = Annotated[
    str | None, typer.Option("--add", help="The new owner's key (thumbprint), as `roster show` lists it.")
]
RemoveOption = Annotated[
    str | None,
    typer.Option("--remove", help="The key of the owner who goes, as `roster show` lists it."),
]
ThresholdOption = Annotated[int | None, typer.Option("--threshold", min=1, help="How many owners sign afterwards.")]


def owners(
    context: typer.Context,
    vault: VaultArgument,
    add: AddOption = None,
    remove: RemoveOption = None,
    threshold: ThresholdOption = None,
) -> None:
    """Propose a change of a Safe's owners or threshold, one call a time; it is signed with `approve`."""

    async def work(console: OfficerConsole) -> None:
        tell_proposed(await console.owner_changes.propose(vault, add=add, remove=remove, threshold=threshold))

    context.obj.do(work, logs=False)


def owners_show(context: typer.Context, vault: VaultArgument) -> None:
    """Show a Safe's change of owners that is under way, with every check."""

    async def work(console: OfficerConsole) -> None:
        findings.show(lines(await console.owner_changes.look(vault)))

    context.obj.do(work, logs=False)


def owners_sign(context: typer.Context, vault: VaultArgument) -> None:
    """Sign a Safe's change of owners with your vault key, once every check has passed."""

    async def work(console: OfficerConsole) -> None:
        view = await console.owner_changes.look(vault)
        findings.warn(lines(view))
        await context.obj.unlock(console)
        await console.owner_changes.sign(vault, lambda *_: None, view.instruction)

    context.obj.do(work)


def owners_send(context: typer.Context, vault: VaultArgument) -> None:
    """Send a Safe's change of owners that its quorum has signed."""

    async def work(console: OfficerConsole) -> None:
        findings.warn(lines(await console.owner_changes.look(vault)))
        await context.obj.unlock(console)
        await console.owner_changes.send(vault)

    context.obj.do(work)


def owners_observe(context: typer.Context, vault: VaultArgument) -> None:
    """Log what your own node sees of a Safe's change of owners; with enough confirmations the roster follows."""

    async def work(console: OfficerConsole) -> None:
        await context.obj.unlock(console)
        logged = await console.owner_changes.observe(vault)
        told = [] if logged is not None else [words("The log has what your node sees.")]
        findings.show([*told, *await _standing(console, vault)])

    context.obj.do(work)


async def _standing(console: OfficerConsole, vault: str) -> list[str]:
    """Where the change is now: under way, with its confirmations; or over, with who owns the Safe."""
    state = console.replica.state
    if owning.under_way(state, vault) is not None:
        return list(_sent(await console.owner_changes.look(vault)))
    safe = owning.safe(state, vault)
    [names] = [each.people for each in console.governance.roster().vaults if each.id == vault]
    return [words("No change is under way: by the roster {people} own the Safe {vault}; {count} of them sign.",
                  people=", ".join(names), vault=vault, count=safe.threshold)]  # fmt: skip


def _sent(view: OwnersView) -> Iterator[str]:
    if view.transaction is None:
        yield words("It was not sent.")
    else:
        yield words("Sent as {transaction}; confirmations in the log: {count}", transaction=view.transaction,
                    count=view.confirmations)  # fmt: skip


def lines(view: OwnersView) -> list[str]:
    """The change for a person: what is called, who signed, what a hardware wallet shows, every check."""
    name = words("the order {order}", order=view.change.order)
    told = [
        *owner_lines(view.change),
        words("Signed by {people}; {missing} lacking", people=", ".join(view.signed) or "-", missing=view.missing),
    ]
    if view.transaction is not None:
        told += _sent(view)
    digests = tuple((each.label, each.hex) for each in view.instruction.digests)
    screen = HardwareScreen(name, view.chain_id, view.change.address, view.nonce, digests)
    return [*told, *findings.screen_lines([screen]), *judged_lines(name, view.instruction.verdict)]


VERBS = {
    "owners": owners,
    "owners-show": owners_show,
    "owners-sign": owners_sign,
    "owners-send": owners_send,
    "owners-observe": owners_observe,
}
"""The verbs by their names."""
