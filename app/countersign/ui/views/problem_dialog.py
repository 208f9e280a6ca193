"""A failure in words: what happened, what is safe, what to do next, and the code that is the same everywhere."""

from PySide6.QtWidgets import QWidget

from countersign.ui.presenters.problem import Problem
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.dialog import Dialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Note, column, row
from countersign.ui.widgets.picture import Picture


class ProblemDialog(Dialog):
    """One problem."""

    def __init__(self, problem: Problem, title: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        close = Button(label("common.close"), "Esc", part="primary")
        close.clicked.connect(self.accept)
        box = column(
            PlainLabel(title, "title"),
            PlainLabel(label("problem.happened"), "caption"),
            Note(problem.happened, "bad", Picture("warning", "bad")),
            PlainLabel(label("problem.safe"), "caption"),
            PlainLabel(problem.safe),
            PlainLabel(label("problem.next"), "caption"),
            PlainLabel(problem.next, "strong"),
            gap=measure.UNIT,
            margin=measure.WIDE,
        )
        box.addStretch(1)
        box.addLayout(row(PlainLabel(label("problem.code", code=problem.code), "caption", wrap=False), None, close))
        self.setLayout(box)
        close.setFocus()
