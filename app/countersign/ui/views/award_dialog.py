"""An award's terms before an officer signs them: what they do, line by line, and who has signed."""

from PySide6.QtWidgets import QWidget

from countersign.desk.deed_views import AwardPaper
from countersign.resources.visible import visible
from countersign.ui.presenters import settings
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.dialog import Dialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Note, column, row
from countersign.ui.widgets.picture import Picture


class AwardDialog(Dialog):
    """Asks whether the terms that were read are signed."""

    def __init__(self, paper: AwardPaper, parent: QWidget) -> None:
        super().__init__(label("deeds.award-title"), parent)
        box = column(PlainLabel(label("deeds.award-title"), "title"), gap=measure.UNIT, margin=measure.WIDE)
        box.addWidget(Note(label("deeds.award-explain"), "info", Picture("information", "info")))
        for each in paper.changes:
            box.addWidget(PlainLabel(visible(settings.change(each))))
        people = ", ".join(paper.signed)
        told = label("deeds.award-signed", people=people) if people else label("deeds.award-unsigned")
        box.addWidget(PlainLabel(told, "quiet"))
        cancel = Button(label("common.cancel"), "Esc")
        cancel.clicked.connect(self.reject)
        now = Button(label("deeds.award-now"), "Ctrl+Return", icon="sign", part="primary")
        now.clicked.connect(self.accept)
        box.addStretch(1)
        box.addLayout(row(None, cancel, now))
        self.setLayout(box)
        self.setMinimumWidth(measure.UNIT * 88)
