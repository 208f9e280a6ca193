"""One settlement in front of an officer at a terminal: what each transaction does, beside what the contract says, and the verdict.

The same view as the window's Review (`desk.views.ReviewView`), whole: no address or hash is shortened.
"""

from collections.abc import Iterator

from countersign.cli.findings import verdict_lines
from countersign.cli.words import display, words
from countersign.desk.reports import Judged
from countersign.desk.views import InstructionView, ReviewView
from countersign.formats import times
from countersign.resources.visible import visible


def review_lines(view: ReviewView) -> list[str]:
    """The contract, then every instruction with its effects, digests and findings."""
    lines = [
        words("{id}, version {version}: {state}", id=view.contract_id, version=view.version, state=view.state),
        words("Contract {hash}", hash=view.contract),
        *(words("Between {name} ({lei})", name=name, lei=lei) for name, lei in view.parties),
        words("To be settled by {at}", at=times.text(view.settle_by)),
    ]
    lines += verdict_lines(Judged((view.contract_id,), view.contract_verdict))
    for each in view.instructions:
        lines += instruction_lines(each)
    return lines


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
        yield words("  {label} {hex}", label=digest.label, hex=digest.hex)
    yield from verdict_lines(Judged((view.kind,), view.verdict))
