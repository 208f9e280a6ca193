"""All findings, grouped by letter; each opens to what was looked at, expected and found. What fails is open at once."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from countersign.review.finding import Verdict
from countersign.ui.presenters import checks
from countersign.ui.presenters.checks import CheckGroup, FindingLine
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Card, Note, column
from countersign.ui.widgets.opening import Opening
from countersign.ui.widgets.picture import Picture


def verdict_note(*verdicts: Verdict) -> Note:
    """May this be signed? In one sentence."""
    tone, icon, words = checks.summary(*verdicts)
    return Note(words, tone, Picture(icon, tone))


def check_cards(sections: Sequence[tuple[str, Verdict]]) -> list[QWidget]:
    """A card for each verdict (the contract's, each transaction's), its findings by letter."""
    cards: list[QWidget] = []
    for heading, verdict in sections:
        card = Card(heading)
        groups = checks.grouped(verdict)
        for group in groups:
            if group.tone != "quiet":
                card.body.addWidget(_group(group))
        idle = [group for group in groups if group.tone == "quiet"]
        if idle:
            card.body.addWidget(_idle(idle))
        cards.append(card)
    return cards


def _group(group: CheckGroup) -> QWidget:
    spoken = label("checks.group-open", letter=group.letter, name=group.name, summary=group.summary)
    words = f"{group.letter}  {group.name}\n{group.summary}"
    opening = Opening(spoken, _builder(group.findings), Picture(group.icon, group.tone), words=words)
    opening.title.setProperty("part", "strong")
    if group.tone == "bad":
        opening.open_up()
    return opening


def _idle(groups: Sequence[CheckGroup]) -> QWidget:
    """Letters of which nothing applies here share one line."""
    words = label("checks.none-applies", letters=", ".join(group.letter for group in groups))
    return Opening(words, _builder([each for group in groups for each in group.findings]), Picture("none", "quiet"))


def _builder(findings: Sequence[FindingLine]) -> Callable[[], QWidget]:
    return lambda: _column([_finding(line) for line in findings])


def _finding(line: FindingLine) -> QWidget:
    spoken = label("checks.open", check=line.check, name=line.name, word=line.word)
    words = f"{line.check}  {line.name}"
    opening = Opening(spoken, lambda: _evidence(line), Chip(line.word, line.icon, line.tone), words=words)
    if line.against:
        opening.open_up()
    return opening


def _evidence(line: FindingLine) -> QWidget:
    parts: list[QWidget] = [PlainLabel(line.sentence)]
    for caption, value in line.evidence:
        parts += [PlainLabel(caption, "caption"), PlainLabel(value)]
    if line.next:
        parts += [PlainLabel(label("checks.next"), "caption"), PlainLabel(line.next, "strong")]
    return _column(parts)


def _column(parts: Sequence[QWidget]) -> QWidget:
    widget = QWidget()
    widget.setLayout(column(*parts, gap=measure.HALF))
    return widget
