"""Change who owns a Safe: chosen of registered keys, shown before and after, judged at each choice; what comes is a proposal.

- Nothing is typed: whoever comes has a registered key, and its address follows from that (D2).
- What the rules would refuse stands here by its name before anything is proposed. The Safe's own list and number are read from
  the console's node, off the window's thread, when it is proposed.
"""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QButtonGroup, QWidget

from countersign.desk.governance_views import ProposalView
from countersign.desk.owner_choices import OwnersGround, OwnersPlan
from countersign.desk.owner_surfaces import Owning
from countersign.desk.vault_views import CosignerKey
from countersign.errors import CountersignError
from countersign.ui.presenters import owner_change
from countersign.ui.presenters.owner_change import ADD, BACK, COUNT, EXCHANGE, REMOVE, Chosen
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views import owner_cards
from countersign.ui.views.context import Context
from countersign.ui.views.work_dialog import WorkDialog
from countersign.ui.widgets.button import Button
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Note, clear, column, page, row, scrolling
from countersign.ui.widgets.letters import Choices
from countersign.ui.widgets.option import Option
from countersign.ui.widgets.picture import Picture

_GOES, _COMES, _THEN = (REMOVE, EXCHANGE), (ADD, EXCHANGE), (ADD, REMOVE, COUNT)


class OwnerChangeDialog(WorkDialog):
    """`acts` is the console's part; `proposed` is given the proposal that was made of it."""

    def __init__(
        self, vault: str, acts: Owning, proposed: Callable[[ProposalView], None], context: Context, parent: QWidget
    ) -> None:
        super().__init__(label("owners.change-title", vault=vault), context, parent)
        self.vault, self.acts, self.proposed = vault, acts, proposed
        self.ground: OwnersGround | None = None
        self.plan: OwnersPlan | None = None
        self.kind = ""
        self.numbers: tuple[int, ...] = ()
        self.explain = PlainLabel("", "quiet")
        self.group, self.options = QButtonGroup(self), column(gap=measure.HALF)
        self.goes, self.comes, self.then = (
            Choices(label(f"owners.change-{each}")) for each in ("goes", "comes", "then")
        )
        for each in (self.goes, self.comes, self.then):
            each.currentRowChanged.connect(lambda _: self._judge())
        self.parts = {
            "goes": _captioned("owners.change-goes", self.goes),
            "comes": _captioned("owners.change-comes", self.comes),
            "then": _captioned("owners.change-then", self.then),
        }
        self.words = PlainLabel("", "quiet")
        self.shown = column(gap=measure.GAP)
        self.now = Button(label("owners.change-now"), "Ctrl+Return", icon="sign", part="primary")
        self.now.clicked.connect(self._propose)
        self.now.setEnabled(False)
        self._lay_out()

    def _lay_out(self) -> None:
        close = Button(label("common.cancel"), "Esc")
        close.clicked.connect(self.reject)
        left = column(PlainLabel(label("owners.change-what"), "caption"), self.options, gap=measure.UNIT)
        for each in self.parts.values():
            left.addWidget(each, 1)
        left.addWidget(self.words)
        left.addStretch(0)
        both = row(gap=measure.GAP)
        both.addLayout(left, 10)
        both.addWidget(scrolling(page(self.shown, margin=0), label("owners.change-body")), 12)
        title = PlainLabel(label("owners.change-title", vault=self.vault), "title")
        box = column(title, self.explain, self.progress, gap=measure.UNIT, margin=measure.WIDE)
        box.addLayout(self.said)
        box.addLayout(both, 1)
        box.addLayout(row(None, close, self.now))
        self.setLayout(box)
        self.resize(measure.UNIT * 142, measure.UNIT * 86)
        self._arrange()

    def read(self) -> None:
        """What a change can be made of, as of now."""
        self.work(label("owners.reading"), self.acts.ground(self.vault), self.show_ground)

    def show_ground(self, ground: OwnersGround) -> None:
        """Offer what can change, and whom."""
        self.ground = ground
        self.explain.say(owner_change.explain(ground))
        clear(self.options)
        for each in owner_change.kinds(ground):
            self.options.addWidget(Option(label(f"owners.change-{each}"), self.group, partial(self._choose, each)))
        _offer(self.goes, ground.owners)
        _offer(self.comes, ground.others)
        self._arrange()

    def _choose(self, kind: str) -> None:
        self.kind = kind
        ground = self.ground
        assert ground is not None
        self.numbers = owner_change.counts(ground, kind)
        self.then.blockSignals(True)
        self.then.offer([owner_change.count(ground, kind, each) for each in self.numbers])
        self.then.setCurrentRow(self.numbers.index(ground.threshold) if ground.threshold in self.numbers else -1)
        self.then.blockSignals(False)
        self._arrange()

    def _arrange(self) -> None:
        """The lists that this kind of change needs."""
        nobody = self.ground is not None and not self.ground.others and self.kind in _COMES
        self.parts["goes"].setVisible(self.kind in _GOES)
        self.parts["comes"].setVisible(self.kind in _COMES and not nobody)
        self.parts["then"].setVisible(self.kind in _THEN)
        said = {EXCHANGE: "owners.change-then-same", BACK: "owners.change-back-explain"}
        self.words.say(
            label("owners.change-nobody" if nobody else said[self.kind]) if nobody or self.kind in said else ""
        )
        self.words.setVisible(bool(self.words.shown))
        self._judge()

    @property
    def chosen(self) -> Chosen:
        """What is chosen now."""
        ground, at = self.ground, self.then.currentRow()
        if ground is None:
            return Chosen("", None, None, None)
        return Chosen(
            self.kind,
            owner_change.position(ground.owners, self.goes.currentRow()),
            owner_change.position(ground.others, self.comes.currentRow()),
            self.numbers[at] if 0 <= at < len(self.numbers) else None,
        )

    def _judge(self) -> None:
        """Hold what is chosen against the rules, and show what it does."""
        wanted = self.chosen.wanted
        try:
            self.plan = None if wanted is None else self.acts.plan(self.vault, wanted)
        except CountersignError as error:  # the Safe is another since the dialog was opened
            self.plan = None
            self.refuse(error)
        clear(self.shown)
        if self.ground is not None:
            for tone, icon, words in owner_change.standing(self.ground, self.kind, self.plan):
                self.shown.addWidget(Note(words, tone, Picture(icon, tone)))
            planned = owner_cards.today(self.ground) if self.plan is None else owner_cards.planned(self.plan)
            self.shown.addWidget(planned)
        self.offer()

    def _propose(self) -> None:
        wanted = self.chosen.wanted
        if wanted is None:
            return

        def done(view: ProposalView) -> None:
            self.accept()
            self.proposed(view)

        work = self.acts.propose(self.vault, add=wanted.add, remove=wanted.remove, threshold=wanted.threshold)
        self.work(label("owners.change-doing"), work, done, label("owners.change-stopped"))

    def offer(self) -> None:
        """What can be pressed now."""
        free = not self.busy and self.context.runner.sound
        for each in (*self.group.buttons(), self.goes, self.comes, self.then):
            each.setEnabled(free)
        self.now.setEnabled(free and self.plan is not None and self.plan.objection is None)


def _captioned(caption: str, choices: Choices) -> QWidget:
    whole = QWidget()
    whole.setLayout(column(PlainLabel(label(caption), "caption"), choices, gap=measure.HALF))
    return whole


def _offer(choices: Choices, keys: Sequence[CosignerKey]) -> None:
    choices.blockSignals(True)
    choices.offer_lines(owner_change.key(each) for each in keys)
    choices.setCurrentRow(-1)
    choices.blockSignals(False)
