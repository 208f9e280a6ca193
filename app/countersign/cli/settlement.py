"""`countersign settlement show ID`: the whole story of one settlement, in order, in plain sentences.

    $ countersign settlement show MH-2026-0001 --profile profile
    $ countersign settlement show 9f3c… --profile profile --json

- Exit 0 when it was told; 1 if no settlement has that id; 2 and 3 as everywhere. docs/formats/settlement-json.md.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countersign.cli import deadline, findings, outcome
from countersign.cli.options import Ask, JsonOption, passphrase, profile_option
from countersign.cli.words import display, words
from countersign.errors import CountersignError
from countersign.formats import times
from countersign.resources.telling import together, told
from countersign.resources.text import sentence

if TYPE_CHECKING:
    from countersign.desk.telling import Story, Told

SCHEMA = "countersign-settlement/1"
Tell = Callable[[Path, str, Ask], "Story"]
"""profile folder, id or hash, how to ask for a passphrase"""
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A contract's id, or its hash.")]
RestOption = Annotated[Path, profile_option("Tell what this profile's history holds.")]


def settlement_app(tell: Tell) -> typer.Typer:
    """The commands over their use case."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    def show(id: IdArgument, profile: RestOption, as_json: JsonOption = False) -> None:
        """Tell a settlement's whole story: names, times, amounts and log positions. Changes nothing."""
        if not id:
            raise typer.BadParameter("give a contract's id, or its hash")
        try:
            story = tell(profile, id, passphrase)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        if as_json:
            findings.show_value(story_value(story))
        else:
            findings.show(story_lines(story))

    app.command("show")(show)
    return app


def line_of(each: Told) -> str:
    """One line of the story in words."""
    return told(each.kind, together(each.who), each.values, each.fault)


def story_lines(story: Story) -> list[str]:
    """The story for a person."""
    lines = [
        words("{id}, version {version} ({form}): {state}", id=story.contract_id, version=story.version,
              form=story.template, state=story.state),
        words("Contract {hash}", hash=story.contract),
        words("Worth {usd} USD as agreed", usd=f"{story.notional_usd:,}"),
    ]  # fmt: skip
    for each in story.movements:
        values = {
            "payer": each.payer,
            "receiver": each.receiver,
            "amount": display(each.amount),
            "to": each.destination,
        }
        lines.append(words("{payer} delivers {amount} to {receiver}, at {to}", **values))
    lines += [sentence(story.delivery, {}), *deadline.lines(story.act_by, story.unbounded), ""]
    for told_line in story.lines:
        at = times.text(told_line.time_ms // 1_000)
        lines.append(words("{at}  entry {index}  {line}", at=at, index=told_line.index, line=line_of(told_line)))
    return lines


def story_value(story: Story) -> dict[str, object]:
    """The story as a program reads it."""
    return {
        "schema": SCHEMA,
        "contract": story.contract,
        "id": story.contract_id,
        "version": story.version,
        "template": story.template,
        "state": story.state,
        "notional_usd": str(story.notional_usd),
        "legs": [
            {
                "from": each.payer,
                "to": each.receiver,
                "asset": each.amount.asset,
                "amount": str(each.amount.units),
                "destination": each.destination,
            }
            for each in story.movements
        ],
        "act_by": deadline.value(story.act_by),
        "no_act_by": story.unbounded or None,
        "delivery": story.delivery,
        "story": [_line_value(each) for each in story.lines],
    }


def _line_value(each: Told) -> dict[str, object]:
    return {
        "index": each.index,
        "at": times.text(each.time_ms // 1_000),
        "type": each.kind,
        "event": each.event,
        "signers": [{"kind": person.kind, "id": person.id, "name": person.name} for person in each.people],
        "values": dict(each.values),
        "fault": each.fault,
        "what": line_of(each),
    }
