"""What a desk did by itself in one round, and what waits for whom: for a person and for a program."""

from collections.abc import Iterable, Sequence

from countersign.cli import findings, outcome
from countersign.cli.words import words
from countersign.desk.arrivals import TakenIn
from countersign.desk.rounds import Round
from countersign.desk.waiting import Wait
from countersign.errors import CountersignError
from countersign.formats import times
from countersign.resources.round_words import said
from countersign.resources.text import next_step, sentence

SCHEMA = "countersign-round/1"


def tell_round(made: Round, *, as_json: bool) -> None:
    """Tell a round."""
    findings.show_value(_value(made)) if as_json else findings.show(round_lines(made))


def round_lines(made: Round) -> list[str]:
    """A round for a person: what was logged, what was refused, what waits."""
    lines = [
        words("Entry {index}, {at}: {what}", index=each.receipt.index, at=times.text(each.receipt.time_ms // 1_000),
              what=said(each.due.why.code, each.due.why.values))
        for each in made.done
    ]  # fmt: skip
    for refused in made.not_done:
        lines += error_lines(refused.error)
    lines += wait_lines(made.waits)
    if made.more:
        lines.append(words("There is more to do: run it again."))
    return lines or [words("Nothing was due, and nothing waits.")]


def wait_lines(waits: Sequence[Wait]) -> list[str]:
    """What waits, and for whom."""
    return [
        words("Waits for {whom}: {what}", whom=each.whom.value, what=said(each.why.code, each.why.values))
        for each in waits
    ]


def tell_taken(found: TakenIn) -> None:
    """Tell what an officer's nodes see besides, and what could not be done."""
    lines = [*wait_lines(found.waits), *(line for each in found.not_done for line in error_lines(each))]
    if lines:
        findings.show(lines)


def error_lines(error: CountersignError) -> list[str]:
    """What was not done, and what to do about it."""
    values = dict(error.values)
    return [
        words("Not done: {why}", why=sentence(error.code, values)),
        f"  → {next_step(error.code, values)} [{error.code}]",
    ]


def warn_silent(errors: Iterable[CountersignError]) -> None:
    """Nodes that are left out while this lasts, on stderr."""
    for each in errors:
        values = dict(each.values)
        findings.warn([sentence(each.code, values), f"  → {next_step(each.code, values)} [{each.code}]"])


def status(errors: Iterable[CountersignError]) -> int:
    """The exit status of work of which this was not done: 3 only where nothing but absence stood against it."""
    return min((outcome.exit_status(each) for each in errors), default=0)


def _value(made: Round) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "done": [
            {
                "type": each.due.kind,
                "index": each.receipt.index,
                "time": times.text(each.receipt.time_ms // 1_000),
                "event": each.receipt.event,
                "code": each.due.why.code,
                "values": dict(each.due.why.values),
            }
            for each in made.done
        ],
        "not_done": [
            {"type": each.due.kind if each.due is not None else None, "error": outcome.described(each.error)}
            for each in made.not_done
        ],
        "waits": [
            {"whom": each.whom.value, "code": each.why.code, "values": dict(each.why.values)} for each in made.waits
        ],
        "more": made.more,
    }
