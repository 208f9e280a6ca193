"""Signing with an officer's own device in words: what its screen must show, the device as it was registered."""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.desk.views import DeviceView, InstructionView
from countersign.resources.visible import visible
from countersign.ui.presenters import writing
from countersign.ui.strings import label


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of the device's screen; `address` is empty where it shows none."""

    words: str
    address: str = ""


def expected(instruction: InstructionView, *, base: bool = False) -> tuple[Expected, ...]:
    """What the device's screen shows of a transaction: every payment, the change, the fee."""
    found = []
    for flow in instruction.flows:
        if flow.side != "out" or not flow.address:
            continue
        key = "device.change" if flow.role == "change" else "device.pays"
        words = label(key, amount=writing.amount(flow.money, base=base), owner=flow.owner)
        found.append(Expected(words, flow.address))
    if instruction.fee is not None:
        found.append(Expected(label("device.fee", amount=writing.amount(instruction.fee, base=base))))
    return tuple(found)


def txid(instruction: InstructionView) -> str:
    """The transaction's id, hex; empty if its bytes have none."""
    return next((each.hex for each in instruction.digests if each.label == "txid"), "")


def registered(device: DeviceView) -> Sequence[tuple[str, str]]:
    """Captions and values of the device as the roster has it."""
    return (
        (label("device.label"), visible(device.label)),
        (label("device.serial"), visible(device.serial)),
        (label("device.model"), visible(device.model)),
        (label("device.account"), visible(device.account)),
    )


def why_not(instruction: InstructionView, *, confirmed: bool) -> str:
    """What keeps the transaction from going to the device; empty if nothing does."""
    if not instruction.verdict.may_sign:
        against = instruction.verdict.against
        return label("device.forbidden", check=against[0].check if against else "")
    return "" if confirmed else label("device.unconfirmed")
