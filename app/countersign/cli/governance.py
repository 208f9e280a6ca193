"""`countersign roster` and `countersign policy`: what is in force, in plain sentences, and changes of it as files.

    $ countersign roster show --profile profile
    $ countersign roster propose change.json --profile profile --out change.proposal
    $ countersign policy propose change.proposal --profile profile       (looks at one, writes nothing)
    $ countersign policy explain share.added
    $ countersign policy explain --profile profile --instruction 9f3c…

- FILE is JSON with the new entries (roster) or the whole new policy, or a `.proposal` that somebody sent; either way the
  changes are said in words. `--out` writes the draft, which nobody has signed: administrators sign it on their consoles.
- `--nodes FILE` names nodes of this machine's own: they are asked about the Safes and tokens that a change enters. Without it
  the words say that nothing here looked at them.
- Exit 0 when it was shown; 1 if the rules or those nodes refuse the proposal or the case passes a limit; 2 and 3 as everywhere.
  docs/formats/governance-json.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countersign.cli import findings, outcome, reading
from countersign.cli.governance_lines import (
    case_lines,
    case_value,
    explained_lines,
    explained_value,
    policy_lines,
    policy_value,
    proposal_lines,
    proposal_value,
    roster_lines,
    roster_value,
)
from countersign.cli.options import Ask, JsonOption, RestOption, passphrase, profile_option
from countersign.cli.writing import write_new
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import strict_json
from countersign.settlement.permissions import TABLE

if TYPE_CHECKING:
    from countersign.cli.nodes import NodeFile
    from countersign.desk.governance_views import ProposalView
    from countersign.desk.order import Order
    from countersign.desk.vouching import Nodes
    from countersign.review.finding import Finding

Orders = Callable[[Path, Ask], "Order"]
"""profile folder, how to ask for its passphrase"""
PolicyCase = Callable[[Path, str, Ask], Sequence["Finding"]]
"""profile folder, an instruction's hash, how to ask for the passphrase: the policy over that instruction, rule by rule"""
OpenNodes = Callable[["NodeFile"], Awaitable["Nodes"]]
"""The nodes of a file, opened. Malformed; Unavailable where one does not answer."""
LIMIT = 256 * 1024
MaybeProfile = Annotated[Path | None, profile_option("Also say what this profile's policy says.")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="What should change, or a .proposal file.")]
WriteOption = Annotated[Path | None, typer.Option("--out", help="Write the draft here, for administrators to sign.")]
OwnNodesOption = Annotated[
    Path | None,
    typer.Option(
        "--nodes", help="Your own nodes (nodes.json), asked about the Safes and tokens that the change enters."
    ),
]
InstructionOption = Annotated[
    str | None,
    typer.Option("--instruction", help="Judge this instruction (its event's hash) by the policy, as check C7 does."),
]
TypeArgument = Annotated[str | None, typer.Argument(metavar="TYPE", help="One event type, for instance share.added.")]


def roster_app(orders: Orders, nodes: OpenNodes) -> typer.Typer:
    """`countersign roster`."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    def show(profile: RestOption, as_json: JsonOption = False) -> None:
        """Participants, officers with their keys, vaults, destinations, assets, as they are in force."""
        shown(as_json, lambda: _roster(orders(profile, passphrase), as_json))

    def propose(
        file: FileArgument,
        profile: RestOption,
        out: WriteOption = None,
        own: OwnNodesOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Say what a change of the roster does; draft it as a file that administrators sign."""

        def work() -> int:
            order = asking(orders(profile, passphrase), own, nodes)
            return _proposed(order, "roster.changed", file, out, as_json)

        shown(as_json, work)

    app.command("show")(show)
    app.command("propose")(propose)
    return app


def policy_app(orders: Orders, judge: PolicyCase) -> typer.Typer:
    """`countersign policy`."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    def show(profile: RestOption, as_json: JsonOption = False) -> None:
        """The policy in force, in sentences with its numbers."""
        shown(as_json, lambda: _policy(orders(profile, passphrase), as_json))

    def propose(file: FileArgument, profile: RestOption, out: WriteOption = None, as_json: JsonOption = False) -> None:
        """Say what a new policy changes; draft it as a file that administrators sign."""
        shown(as_json, lambda: _proposed(orders(profile, passphrase), "policy.adopted", file, out, as_json))

    def explain(
        kind: TypeArgument = None,
        profile: MaybeProfile = None,
        instruction: InstructionOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Who may sign each type of event and who receives it; with a profile, the policy in force, or one case of it."""
        if instruction is not None:
            if profile is None or kind is not None:
                raise typer.BadParameter("--instruction goes with --profile, and without a TYPE")
            shown(as_json, lambda: _case(instruction, judge(profile, instruction, passphrase), as_json))
        shown(as_json, lambda: _explained(kind, orders(profile, passphrase) if profile else None, as_json))

    app.command("show")(show)
    app.command("propose")(propose)
    app.command("explain")(explain)
    return app


def shown(as_json: bool, work: Callable[[], int], typed: Iterable[str | None] = ()) -> None:
    """Exit with the status of some work; a refusal is told. `typed`: the values on the command line."""
    try:
        status = work()
    except CountersignError as error:
        status = outcome.tell(error, as_json=as_json, typed=typed)
    raise typer.Exit(status)


def _roster(order: Order, as_json: bool) -> int:
    view = order.roster()
    findings.show_value(roster_value(view)) if as_json else findings.show(roster_lines(view))
    return 0


def _policy(order: Order, as_json: bool) -> int:
    view = order.policy()
    findings.show_value(policy_value(view)) if as_json else findings.show(policy_lines(view))
    return 0


def _case(instruction: str, rules: Sequence[Finding], as_json: bool) -> int:
    if as_json:
        findings.show_value(case_value(instruction, rules))
    else:
        findings.show(case_lines(instruction, rules))
    return 0 if all(each.ok for each in rules) else outcome.REFUSED


def _explained(kind: str | None, order: Order | None, as_json: bool) -> int:
    if kind is not None and kind not in TABLE:
        raise Malformed("cli.no-such-type", type=kind)
    kinds = (kind,) if kind is not None else tuple(TABLE)
    policy = order.policy() if order is not None else None
    if as_json:
        findings.show_value(explained_value(kinds, policy))
    else:
        findings.show(explained_lines(kinds, policy))
    return 0


def _proposed(order: Order, kind: str, file: Path, out: Path | None, as_json: bool) -> int:
    data = reading.read_file(file, LIMIT)
    found = strict_json.parse(data, limit=LIMIT)
    if not isinstance(found, dict):
        raise Malformed("cli.not-a-change", path=str(file))
    if set(found) != {"payload", "signatures"}:
        data = order.propose(kind, found if kind == "roster.changed" else {"policy": found})
        require_unopposed(looked_at(order, data))
    view = looked_at(order, data)
    if view.kind != kind:
        raise Refused("cli.other-proposal", found=view.kind, expected=kind)
    if out is not None:
        write_new(out, data)
    return said_proposal(view, as_json)


def asking(order: Order, file: Path | None, nodes: OpenNodes) -> Order:
    """The history with nodes of this machine's own beside it, where a file names them. Raises as `nodes.parse` and `OpenNodes`."""
    if file is None:
        return order
    from countersign.cli import nodes as node_files

    async def opened() -> Nodes:
        return await nodes(node_files.parse(reading.read_file(file, node_files.LARGEST)))

    return order.asking(asyncio.run(opened()))


def looked_at(order: Order, data: bytes) -> ProposalView:
    """A proposal as this machine sees it, its own nodes asked. Raises as `Order.ask`."""
    return asyncio.run(order.ask(data))


def require_unopposed(view: ProposalView) -> None:
    """Nothing stands against it. Raises what does."""
    if view.objection is not None:
        raise view.objection


def said_proposal(view: ProposalView, as_json: bool) -> int:
    """Show a proposal; the exit status that goes with it."""
    if as_json:
        findings.show_value(proposal_value(view))
    else:
        findings.show(proposal_lines(view))
    return 0 if view.objection is None else outcome.exit_status(view.objection)
