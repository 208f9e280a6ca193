"""The page of the vault's wizard that signs: the token, or a device of the operator's, or one after the other."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from countersign.desk.views import TokenView, VaultRequestView
from countersign.resources.visible import visible
from countersign.ui.presenters import device
from countersign.ui.strings import label
from countersign.ui.views import device_cards, sign_cards
from countersign.ui.views.check_list import verdict_note
from countersign.ui.views.context import Context
from countersign.ui.views.vault_pages import bar, large, verdicts
from countersign.ui.widgets.button import base_units
from countersign.ui.widgets.label import PlainLabel
from countersign.ui.widgets.layout import Note, column, page, scrolling
from countersign.ui.widgets.picture import Picture


class SignPage(QWidget):
    """One confirmation, one token or device, one signature. `exporting` and `taking` are a device's; `giving` wants the answer
    with what is signed so far."""

    unlocking = Signal()
    signing = Signal()
    exporting = Signal()
    taking = Signal()
    giving = Signal()
    back = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.view: VaultRequestView | None = None
        self.token: TokenView | None = None
        self.busy = False
        self.body = scrolling(page(), label("sign.body"))
        self.unlock = large(label("sign.unlock"), "Ctrl+U", icon="unlocked")
        self.unlock.clicked.connect(self.unlocking)
        self.sign = large(label("sign.sign"), "Ctrl+Return", icon="sign", part="primary")
        self.sign.clicked.connect(self.signing)
        self.export = large(label("device.export"), "Ctrl+E", icon="usb", part="primary")
        self.export.clicked.connect(self.exporting)
        self.take = large(label("device.take"), "Ctrl+T", icon="pass")
        self.take.clicked.connect(self.taking)
        self.give = large(label("vault.give-part"), "Ctrl+H", icon="forward")
        self.give.explain(label("vault.give-part-tip"), "Ctrl+H")
        self.give.clicked.connect(self.giving)
        self.base = base_units(self._build, large=True)
        leave = large(label("vault.step-review"), "Esc", icon="back")
        leave.clicked.connect(self.back)
        self.ticked = False
        box = column(gap=0)
        box.addWidget(self.body, 1)
        self.more = bar(None, self.give, self.export, self.take)
        self.more.hide()
        box.addWidget(self.more)
        box.addWidget(bar(leave, self.base, None, self.unlock, self.sign))
        self.setLayout(box)

    def show_view(self, view: VaultRequestView, token: TokenView | None) -> None:
        """Show what is confirmed, what is signed, the token and the devices."""
        self.view, self.token = view, token
        self._build()

    def _build(self) -> None:
        view, token, base = self.view, self.token, self.base.isChecked()
        if view is None:
            return
        chosen = view.instruction
        card, confirm = sign_cards.confirmation(chosen, base=base)
        confirm.setChecked(self.ticked)
        confirm.toggled.connect(self._tick)
        items: list[QWidget] = [verdict_note(*(verdict for _, verdict in verdicts(view))), *_given(view), card]
        items += [device_cards.device(each, both=bool(view.keys)) for each in view.devices]
        if view.devices:
            items.append(device_cards.compare(chosen, base=base))
        alone = bool(view.devices) and not view.keys
        items.append(sign_cards.what(chosen, on_device=alone))
        if token is not None and not alone:
            items.append(sign_cards.token(token, view.keys))
        self.body.setWidget(page(PlainLabel(label("vault.sign-title"), "large"), *items))
        self.offer()

    def _tick(self, on: bool) -> None:
        self.ticked = on
        self.offer()

    def offer(self) -> None:
        """What can be pressed now."""
        view = self.view
        locked = self.token is None or not self.token.unlocked
        self.unlock.setVisible(locked)
        self.unlock.setEnabled(locked and not self.busy and (self.token is None or self.token.tries != "locked"))
        free = not self.busy and self.context.runner.sound
        allowed = view is not None and view.instruction.verdict.may_sign
        self.sign.setEnabled(allowed and self.ticked and not locked and free)
        on_device = view is not None and bool(view.devices)
        self.sign.setVisible(view is None or bool(view.keys) or not on_device)
        given = view is not None and bool(view.given)
        self.more.setVisible(on_device or given)
        self.give.setVisible(given)
        self.give.setEnabled(not locked and free)
        self.export.setVisible(on_device)
        self.take.setVisible(on_device)
        if view is not None and on_device:
            self._offer_device(view, locked=locked, free=free)

    def _offer_device(self, view: VaultRequestView, *, locked: bool, free: bool) -> None:
        why = device.why_not(view.instruction, confirmed=self.ticked)
        self.export.setEnabled(free and not why)
        self.export.explain(why or label("device.export-tip"), "Ctrl+E")
        against = device.why_not(view.instruction, confirmed=True) or (label("vault.take-locked") if locked else "")
        self.take.setEnabled(free and not against)
        self.take.explain(against or label("device.take-tip"), "Ctrl+T")


def _given(view: VaultRequestView) -> list[QWidget]:
    """What was signed of the request so far, where more is wanted."""
    if not view.given:
        return []
    words = label("vault.given", vaults=visible(", ".join(view.given)))
    return [Note(words, "ok", Picture("pass", "ok"))]
