"""One transaction, decoded from the bytes that are hashed: comparison with the contract, flow, digests, facts."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from countersign.desk.views import Digest, InstructionView, ProofView
from countersign.ui.presenters import review, writing
from countersign.ui.presenters.review import Match
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.flow_picture import FlowBox, FlowPicture
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Note, column, fields, row, rule
from countersign.ui.widgets.line_list import LineList
from countersign.ui.widgets.opening import Opening
from countersign.ui.widgets.picture import Picture
from countersign.ui.widgets.proof_picture import ProofPicture, Rung

_MANY = 12
_LONG = 1_000


def comparison(instruction: InstructionView, *, base: bool, pixels: int = measure.CAPTION) -> Card:
    """Contract left, transaction right, line by line; extra effects said out loud. Of many lines, what differs first."""
    mine = "review.signed-by-me" if instruction.signed_by_me else "review.not-signed-by-me"
    chip = Chip(label(mine), *(("pass", "ok") if instruction.signed_by_me else ("none", "quiet")))
    card = Card(review.kind(instruction), chip)
    if declared := review.declared(instruction):
        card.body.addWidget(PlainLabel(declared, "strong"))
    lines = [review.match(line, base=base) for line in instruction.lines]
    many = len(lines) > _MANY
    _side_by_side(card, [line for line in lines if not many or line.tone != "ok"], pixels)
    if many:
        equal = sum(line.tone == "ok" for line in lines)
        name = label("review.all-equal" if equal == len(lines) else "review.some-equal", count=len(lines), equal=equal)
        card.body.addWidget(PlainLabel(name, "strong"))
        card.body.addWidget(LineList(name, [review.told(line) for line in lines], pixels))
    tone, icon, words = review.effects(instruction)
    card.body.addWidget(Note(words, tone, Picture(icon, tone)))
    return card


def _side_by_side(card: Card, lines: Sequence[Match], pixels: int) -> None:
    grid = QGridLayout()
    grid.setHorizontalSpacing(measure.GAP)
    grid.setVerticalSpacing(2)
    if lines:
        grid.addWidget(PlainLabel(label("review.owed"), "caption"), 0, 0)
        grid.addWidget(PlainLabel(label("review.paid"), "caption"), 0, 2)
    for number, line in enumerate(lines):
        _match(grid, 1 + 5 * number, line, pixels)
    grid.setColumnStretch(0, 1)
    grid.setColumnStretch(2, 1)
    card.body.addLayout(grid)


def _match(grid: QGridLayout, top: int, match: Match, pixels: int) -> None:
    """Four lines of the grid: amounts, people, addresses, where these differ; between them whether they are equal."""
    grid.addWidget(PlainLabel(match.owed, "amount"), top, 0)
    grid.addWidget(Chip(match.word, match.icon, match.tone), top, 1)
    grid.addWidget(PlainLabel(match.paid, "amount", "" if match.tone == "ok" else "bad"), top, 2)
    grid.addWidget(PlainLabel(label("review.owes", payer=match.payer, receiver=match.receiver)), top + 1, 0)
    owed_to = WholeValue(label("review.address-owed"), match.owed_to, writing.groups(match.owed_to), pixels)
    grid.addWidget(owed_to, top + 2, 0)
    if match.paid_to:
        grid.addWidget(PlainLabel(label("review.pays")), top + 1, 2)
        paid_to = WholeValue(label("review.address-paid"), match.paid_to, writing.groups(match.paid_to), pixels)
        grid.addWidget(paid_to, top + 2, 2)
    if match.marks:
        grid.addWidget(PlainLabel(match.marks, "strong", "bad"), top + 3, 2)
    grid.setRowMinimumHeight(top + 4, measure.UNIT)


def flow(instruction: InstructionView, *, base: bool) -> Card:
    """Inputs to outputs, owners named, the fee among them; beside it what else the bytes say."""
    card = Card(label("review.flow"))
    lines = [review.flow(each, base=base) for each in instruction.flows]
    boxes = [
        FlowBox(
            line.role, line.icon, line.tone, line.owner, line.amount, label("review.address"), line.address,
            writing.groups(line.address),
        )
        for line in lines
    ]  # fmt: skip
    inputs = [box for box, line in zip(boxes, lines, strict=True) if line.inward]
    outputs = [box for box, line in zip(boxes, lines, strict=True) if not line.inward]
    many = max(len(inputs), len(outputs)) > _MANY
    if many:
        inputs, outputs = _together(instruction, base=base)
    card.body.addWidget(FlowPicture(inputs, outputs, (label("review.from"), label("review.to"))))
    if many:
        every = label("review.every-flow" if instruction.kind == "psbt" else "review.every-payment")
        card.body.addWidget(Opening(every, lambda: LineList(every, [review.spoken(line) for line in lines])))
    told = review.facts(instruction, base=base)
    if told:
        card.body.addWidget(rule())
        card.body.addWidget(PlainLabel(label("review.facts"), "caption"))
        short = [(name, value) for name, value in told if len(value) <= _LONG]
        card.body.addLayout(fields([(name, _fact(name, value)) for name, value in short], columns=_columns(short)))
        for name, value in told:
            if len(value) > _LONG:
                card.body.addWidget(_long_fact(name, value))
    return card


def _columns(told: Sequence[tuple[str, str]]) -> int:
    return 1 if any(review.is_whole(value) for _, value in told) else 2


def _fact(name: str, value: str) -> PlainLabel:
    return WholeValue(name, value, writing.groups(value)) if review.is_whole(value) else PlainLabel(value)


def _long_fact(name: str, value: str) -> Opening:
    """Bytes that would push everything else off the screen, whole on demand."""
    head = label("review.bytes", name=name, count=f"{len(value) // 2 - 1:,}")
    return Opening(head, lambda: LineList(name, [writing.groups(value)]))


def _together(instruction: InstructionView, *, base: bool) -> tuple[list[FlowBox], list[FlowBox]]:
    """Hundreds of inputs or outputs as one box for each role, with their sum."""
    sides: tuple[list[FlowBox], list[FlowBox]] = ([], [])
    outputs = "review.many-outputs" if instruction.kind == "psbt" else "review.many-payments"
    for inward, summed, count in review.together(instruction.flows):
        line = review.flow(summed, base=base)
        owner = line.owner if count == 1 else label("review.many-inputs" if inward else outputs, count=count)
        address = line.address if count == 1 else ""
        box = FlowBox(line.role, line.icon, line.tone, owner, line.amount, label("review.address"), address,
                      writing.groups(address))  # fmt: skip
        sides[0 if inward else 1].append(box)
    return sides


def digests(instruction: InstructionView, *, heading: str = "", pixels: int = measure.CAPTION) -> Card:
    """What is hashed and compared aloud: groups of four, twelve bytewords."""
    card = Card(heading or label("review.digests"))
    for value in instruction.digests:
        if value.label != "input-digest":
            card.body.addWidget(digest(value, pixels))
    if (inputs := input_digests(instruction)) is not None:
        card.body.addWidget(inputs)
    name = label("review.artefact")
    card.body.addWidget(rule())
    card.body.addWidget(PlainLabel(name, "caption"))
    card.body.addWidget(WholeValue(name, instruction.artefact, writing.groups(instruction.artefact)))
    return card


def input_digests(instruction: InstructionView) -> Opening | None:
    """The digests of single inputs, on demand; hundreds of them as plain lines."""
    inputs = [each for each in instruction.digests if each.label == "input-digest"]
    if not inputs:
        return None
    name = label("sign.input-digests", count=len(inputs))

    def build() -> QWidget:
        if len(inputs) > _MANY:
            return LineList(name, [f"{line.grouped}\n{line.words}" for line in map(review.digest, inputs)])
        holder = QWidget()
        holder.setLayout(column(*[digest(each) for each in inputs]))
        return holder

    return Opening(name, build)


def digest(value: Digest, pixels: int = measure.CAPTION) -> QWidget:
    """One digest, in figures and in words."""
    line = review.digest(value)
    box = column(PlainLabel(line.name, "caption"), WholeValue(line.name, line.hex, line.grouped, pixels), gap=2)
    if line.words:
        words = PlainLabel(line.words, "strong")
        box.addWidget(PlainLabel(label("review.words"), "caption"))
        box.addWidget(words)
    widget = QWidget()
    widget.setLayout(box)
    return widget


def proof(view: ProofView | None, heading: str, *, witnesses: bool = True) -> Card:
    """The path from the leaf to the cosigned root, and the witnesses."""
    card = Card(heading)
    if view is None:
        card.body.addWidget(Note(label("review.no-proof"), "bad", Picture("warning", "bad")))
        return card
    rungs = [
        Rung(each.kind, each.words, tuple((name, value, writing.groups(value)) for name, value in each.values))
        for each in review.rungs(view)
    ]
    picture = ProofPicture(rungs)
    picture.setAccessibleName(label("proof.name"))
    card.body.addWidget(picture)
    tone, icon, words = review.witnesses(view.witnesses, view.needed)
    card.body.addWidget(Note(words, tone, Picture(icon, tone)))
    for each in view.witnesses if witnesses else ():
        tone, icon, words = review.witness(each)
        line = row(Picture(icon, tone), PlainLabel(words))
        line.setStretch(1, 1)
        card.body.addLayout(line)
    return card
