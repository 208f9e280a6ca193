"""`countersign import PATH…`: what a batch of contracts and participants' events holds, and what would be filed.

    $ countersign import trades/ --profile profile
    $ countersign import trades.jsonl --profile profile --json

- A folder, files, or a file with one JWS on each line; every item gets one outcome (docs/formats/import-json.md).
- Nothing is filed from here: officers file a batch from the window, or with `countersign officer … file`.
- What is recognised as something else is passed over: one line at the end says what, and it decides nothing.
- Exit 0 if the rest is new, joined or already here; 2 iff an item does not parse; 1 if one is refused, twice, or in
  conflict.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countersign.cli import findings, outcome, reading
from countersign.cli.options import Ask, JsonOption, passphrase, profile_option
from countersign.cli.words import display, words
from countersign.desk import batch
from countersign.desk.batch import Item, Outcome
from countersign.errors import CountersignError
from countersign.resources.text import next_step, sentence

if TYPE_CHECKING:
    from countersign.desk.operations_views import ItemView

SCHEMA = "countersign-import/1"
Import = Callable[[Mapping[str, bytes], Path, Ask], Sequence[Item]]
"""files by name, profile folder, how to ask for a passphrase"""
PathsArgument = Annotated[list[Path], typer.Argument(metavar="PATH…", help="Folders, files, files of lines.")]
AgainstOption = Annotated[Path, profile_option("Judge them against this profile's history.")]
_FINE = (Outcome.NEW, Outcome.ALREADY, Outcome.JOINED, Outcome.PASSED)


def import_command(judge: Import) -> Callable[..., None]:
    """The command over its use case."""

    def command(paths: PathsArgument, profile: AgainstOption, as_json: JsonOption = False) -> None:
        try:
            items = judge(reading.read_batch(paths), profile, passphrase)
        except CountersignError as error:
            raise typer.Exit(outcome.tell(error, as_json=as_json)) from None
        if as_json:
            findings.show_value({"schema": SCHEMA, "items": [item_value(each) for each in items]})
        else:
            findings.show(item_lines(items))
        raise typer.Exit(status(items))

    return command


def status(items: Sequence[Item]) -> int:
    """The exit status of a batch."""
    if any(item.outcome is Outcome.MALFORMED for item in items):
        return outcome.MALFORMED
    return 0 if all(item.outcome in _FINE for item in items) else outcome.REFUSED


def item_lines(items: Sequence[Item]) -> list[str]:
    """The batch for a person: each item, then what was passed over and how many of each."""
    lines = []
    for item in items:
        if item.outcome is Outcome.PASSED:
            continue
        lines.append(words("{name}: {outcome}  {id}", name=item.name, outcome=item.outcome.value, id=item.id))
        if item.error is not None:
            values = dict(item.error.values)
            lines.append(f"  {sentence(item.error.code, values)} [{item.error.code}]")
            lines.append(f"  → {next_step(item.error.code, values)}")
    if passed := batch.passed_over(items):
        lines.append(words("passed over: {kinds}", kinds=", ".join(f"{count:,} {kind}" for kind, count in passed)))
    counts = {each: sum(item.outcome is each for item in items) for each in Outcome}
    told = ", ".join(f"{count:,} {each.value}" for each, count in counts.items() if count)
    return [*lines, words("{count} items: {told}", count=f"{len(items):,}", told=told or "-")]


def exchange_lines(items: "Sequence[ItemView]") -> list[str]:
    """Who gives what to whom by each new contract of a batch."""
    lines = []
    for each in items:
        if each.sides is None or each.item.outcome is not Outcome.NEW:
            continue
        gives, takes = (" + ".join(map(display, side)) or "-" for side in (each.sides.gives, each.sides.takes))
        first, second = each.sides.parties
        lines.append(words("{id}: {first} gives {gives}", id=each.item.id, first=first, gives=gives))
        if second:
            lines.append(words("  {second} gives {takes}", second=second, takes=takes))
    return lines


def item_value(item: Item) -> dict[str, object]:
    """One item as a program reads it."""
    error = None if item.error is None else outcome.described(item.error)
    return {"name": item.name, "outcome": item.outcome.value, "id": item.id, "hash": item.hash, "error": error}
