"""One settlement in front of an officer at a terminal: what was agreed, what stops it, what each transaction does beside what
the contract says, and the verdict.

The same view as the window's Review (`desk.views.ReviewView`), whole: no address or hash is shortened. Of the checks those
that do not apply are counted only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from countersign.cli import deadline
from countersign.cli.findings import verdict_lines
from countersign.cli.words import display, words
from countersign.desk.reports import Judged
from countersign.desk.settlement_views import LegView, StopView
from countersign.desk.views import InstructionView, ReviewView
from countersign.formats import times
from countersign.resources.text import sentence
from countersign.resources.visible import grouped, visible
from countersign.review.finding import Status, Verdict

_TERMS = {
    "template": "Template",
    "notional": "Worth",
    "confirmations": "Confirmations until final",
    "fee-caps": "Network fee at most",
    "dispute": "Disputes go to",
    "dispute-window": "Time to dispute",
    "legal-text": "Legal text (SHA-256)",
}


def review_lines(view: ReviewView) -> list[str]:
    """The contract with its legs and terms, then every instruction with its effects, digests and findings."""
    lines = [
        words("{id}, version {version}: {state}", id=view.contract_id, version=view.version, state=view.state),
        words("Contract {hash}", hash=view.contract),
        *(words("Between {name} ({lei})", name=name, lei=lei) for name, lei in view.parties),
        *leg_lines(view.legs),
        *(words("{name}: {value}", name=words(_TERMS.get(name, name)), value=value) for name, value in view.terms),
        *([sentence(view.delivery, {})] if view.delivery else []),
        words("Traded {date}, not before {at}", date=view.trade_date, at=times.text(view.not_before)),
        words("To be settled by {at}", at=times.text(view.settle_by)),
        *deadline.lines(view.act_by, view.unbounded),
        *(line for each in view.stops for line in stop_lines(each)),
        *cycle_lines(view),
        *judged_lines(view.contract_id, view.contract_verdict),
    ]
    for each in view.instructions:
        lines += instruction_lines(each)
    return lines


def leg_lines(legs: Iterable[LegView]) -> Iterator[str]:
    """Who gives what to whom, and where."""
    for each in legs:
        yield words("  {giver} gives {amount} to {taker}, at {to}", giver=each.giver, amount=display(each.money),
                    taker=each.taker, to=each.destination)  # fmt: skip


def stop_lines(stop: StopView) -> Iterator[str]:
    """An order or a dispute that stands over it."""
    yield words("STOPPED ({kind}) by {people}, entry {index}, order {order}: {reason}", kind=stop.kind,
                people=", ".join(stop.by), index=stop.index, order=stop.order or "-", reason=stop.reason)  # fmt: skip
    yield from leg_lines(stop.expected)


def cycle_lines(view: ReviewView) -> Iterator[str]:
    """The cycle it is settled in, where other contracts are in it too."""
    cycle = view.cycle
    if cycle is not None and len(cycle.contracts) > 1:
        yield words("Cycle {id} ({netting}) of {contracts}", id=cycle.id, netting=cycle.netting,
                    contracts=", ".join(cycle.contracts))  # fmt: skip
        yield from leg_lines(cycle.obligations)
        if not cycle.proved:
            yield words("  NOT CONSERVED: what goes in and out of this cycle is not the same")


def instruction_lines(view: InstructionView) -> Iterator[str]:
    """One unsigned transaction as its bytes decode."""
    yield ""
    yield words("Instruction {hash} ({kind}, {purpose}) on {chain}", hash=view.instruction, kind=view.kind,
                purpose=view.purpose, chain=view.chain)  # fmt: skip
    for line in view.lines:
        owed = words("  {payer} owes {receiver} {owed}, to {to}", payer=line.payer, receiver=line.receiver,
                     owed=display(line.owed), to=line.owed_to)  # fmt: skip
        yield owed
        if line.paid is None:
            yield words("    nothing in the transaction pays it")
        else:
            mark = words("the same") if line.matches else words("OTHERWISE")
            yield words("    it pays {paid}, to {to}: {mark}", paid=display(line.paid), to=line.paid_to, mark=mark)
    extra = ", ".join(visible(each) for each in view.extra_effects)
    yield words("  Other effects: {extra}", extra=extra or words("none"))
    if view.fee is not None:
        yield words("  Fee {fee}", fee=display(view.fee))
    for digest in view.digests:
        yield words("  {label} {hex}", label=digest.label, hex=grouped(digest.hex))
    yield from judged_lines(view.kind, view.verdict)


def judged_lines(about: str, verdict: Verdict) -> Iterator[str]:
    """A verdict without the checks that do not apply."""
    said = tuple(each for each in verdict.findings if each.status is not Status.NOT_APPLICABLE)
    yield from verdict_lines(Judged((about,), replace(verdict, findings=said)))
    left = len(verdict.findings) - len(said)
    if left:
        yield words("  {count} checks do not apply here.", count=left)
