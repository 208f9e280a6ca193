"""Settings' pages that only tell: the policy in force, the roster, this console."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from countersign.desk.governance_views import OfficerView, PolicyView, RosterView
from countersign.desk.views import TokenView
from countersign.ui.presenters import settings, writing
from countersign.ui.presenters.instruments import Part
from countersign.ui.presenters.strip import token_words
from countersign.ui.strings import label
from countersign.ui.theme import measure
from countersign.ui.views.line_table import LineTable
from countersign.ui.widgets.cells import Cell
from countersign.ui.widgets.chip import Chip
from countersign.ui.widgets.label import PlainLabel, WholeValue
from countersign.ui.widgets.layout import Card, Page, clear, column, fields, page, row, rule
from countersign.ui.widgets.option import Option

THEMES = ("system", "light", "dark")


def policy_page(view: PolicyView) -> QWidget:
    """The policy in force, sentence by sentence."""
    card = Card(label("settings.policy"))
    if not view.version:
        card.body.addWidget(PlainLabel(label("settings.no-policy"), "quiet"))
        return page(card, margin=0)
    told = label("settings.policy-version", version=view.version, index=f"{view.index:,}")
    card.body.addWidget(PlainLabel(told, "caption"))
    for words in settings.policy(view):
        card.body.addWidget(PlainLabel(words))
    return page(card, margin=0)


def roster_page(view: RosterView) -> QWidget:
    """Who and what the desk knows."""
    return page(_desk(view), _officers(view), _vaults(view), _assets(view), _ceremonies(view), margin=0)


def _desk(view: RosterView) -> Card:
    card = Card(label("settings.desk"))
    lei, key = label("participants.lei"), label("settings.log-key")
    people = ", ".join(view.administrators)
    count = len(view.administrators)
    pairs: list[tuple[str, QWidget]] = [
        (label("settings.custodian"), PlainLabel(view.custodian)),
        (lei, WholeValue(lei, view.custodian_lei, writing.groups(view.custodian_lei))),
        (label("settings.origin"), PlainLabel(view.desk)),
        (key, WholeValue(key, view.log, view.log)),
        (
            label("settings.administrators"),
            PlainLabel(label("settings.threshold", threshold=view.threshold, count=count, people=people)),
        ),
    ]
    card.body.addLayout(fields(pairs))
    return card


def _officers(view: RosterView) -> Card:
    card = Card(label("settings.officers"))
    for at, each in enumerate(view.officers):
        if at:
            card.body.addWidget(rule())
        _officer(card, each)
    return card


def _officer(card: Card, each: OfficerView) -> None:
    roles = settings.roles(each.roles, administrator=each.administrator)
    card.body.addWidget(PlainLabel(label("settings.officer", name=each.name, id=each.id, roles=roles), "strong"))
    for key in each.keys:
        word, icon = ("settings.online", "network") if key.online else ("settings.offline", "no-network")
        line = row(PlainLabel(settings.key_line(key)), Chip(label(word), icon, "quiet" if key.online else "info"))
        line.setStretch(0, 1)
        card.body.addLayout(line)
        card.body.addWidget(WholeValue(label("settings.key"), key.kid, writing.groups(key.kid)))
    if not each.keys:
        card.body.addWidget(PlainLabel(label("settings.no-keys"), "quiet"))
    gone = label("settings.withdrawn-key")
    for kid in each.withdrawn_keys:
        card.body.addLayout(fields([(gone, WholeValue(gone, kid, writing.groups(kid)))]))


def _vaults(view: RosterView) -> Card:
    card = Card(label("settings.vaults"))
    for each in view.vaults:
        told = label(
            "participants.vault", id=each.id, threshold=each.threshold, people=", ".join(each.people),
            chain=writing.chain(each.chain), book=each.book,
        )  # fmt: skip
        temper = (
            ("participants.cold", "no-network", "info") if each.cold else ("participants.online", "network", "quiet")
        )
        able = ("participants.able", "pass", "ok") if each.able else ("participants.unable", "warning", "bad")
        chips = [Chip(label(word), icon, tone) for word, icon, tone in (temper, able)]
        line = row(PlainLabel(f"{each.owner} · {told}"), *chips)
        line.setStretch(0, 1)
        card.body.addLayout(line)
    return card


def _assets(view: RosterView) -> Card:
    card = Card(label("settings.assets"))
    for each in view.assets:
        name = label("settings.asset", symbol=each.symbol, decimals=each.decimals)
        card.body.addLayout(fields([(name, WholeValue(name, each.asset, each.asset))]))
    return card


def _ceremonies(view: RosterView) -> Card:
    card = Card(label("settings.ceremonies"))
    for each in view.ceremonies:
        card.body.addWidget(PlainLabel(settings.ceremony(each)))
    if not view.ceremonies:
        card.body.addWidget(PlainLabel(label("settings.no-ceremonies"), "quiet"))
    return card


class ConsolePart(Page):
    """The theme, the token, versions and licences. `dressing` says the theme that was chosen."""

    dressing = Signal(str)

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__()
        theme = Card(label("settings.theme"))
        self.options: dict[str, QRadioButton] = {}
        group, line = QButtonGroup(self), row(gap=measure.GAP)
        for name in THEMES:
            option = Option(label(f"settings.theme-{name}"), group, partial(self.dressing.emit, name))
            line.addWidget(option)
            self.options[name] = option
        line.addStretch(1)
        theme.body.addLayout(line)
        theme.body.addWidget(PlainLabel(label("settings.theme-explain"), "quiet"))
        self.device = column(gap=0)
        about = Card(label("settings.about"))
        columns = tuple(f"settings.column-{name}" for name in ("part", "version", "licence"))
        self.table = LineTable(label("settings.about-table"), columns, (220, 120, 240), stretch=2)
        self.table.verticalHeader().setDefaultSectionSize(measure.CONTROL)
        self.table.show_rows([(each.name, _part(each)) for each in parts])
        self.table.setMinimumHeight(measure.UNIT * 32)
        about.body.addWidget(self.table)
        self.trusted = column(gap=0)
        whole = column(theme, self.trusted, self.device, gap=measure.GAP)
        whole.addWidget(about, 1)
        self.setLayout(whole)

    def show_theme(self, theme: str) -> None:
        """Mark the theme that is worn."""
        self.options[theme].setChecked(True)

    def show_desk(self, roster: RosterView, words: str) -> None:
        """Whom this machine trusts, in the twelve words that other machines are compared by."""
        clear(self.trusted)
        card = Card(label("settings.trusted"))
        card.body.addWidget(PlainLabel(label("settings.trusted-desk", desk=roster.desk, custodian=roster.custodian)))
        card.body.addWidget(PlainLabel(words, "strong"))
        card.body.addWidget(PlainLabel(label("settings.trusted-explain"), "quiet"))
        self.trusted.addWidget(card)

    def show_token(self, token: TokenView | None, roster: RosterView) -> None:
        """The token this officer signs with, and the registered keys on it."""
        clear(self.device)
        card = Card(label("settings.device"))
        self.device.addWidget(card)
        if token is None:
            card.body.addWidget(PlainLabel(label("settings.device-none"), "quiet"))
            return
        keys = [key for each in roster.officers for key in each.keys if key.serial == token.serial]
        pairs: list[tuple[str, QWidget]] = [
            (label("settings.device-label"), PlainLabel(token.label)),
            (label("settings.device-model"), PlainLabel(token.model)),
            (label("settings.device-serial"), PlainLabel(token.serial)),
            (label("settings.device-state"), PlainLabel(token_words(token)[1])),
            (
                label("settings.device-keys"),
                PlainLabel("\n".join(settings.key_line(each) for each in keys) or label("settings.no-keys")),
            ),
        ]
        card.body.addLayout(fields(pairs))


def _part(each: Part) -> tuple[Cell, ...]:
    return Cell((each.name,), strong=True), Cell((each.version,)), Cell((each.licence,))
