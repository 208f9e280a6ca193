"""The Sign screen in words: what is confirmed, by which key, on which token."""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.desk.views import InstructionView, SignView, TokenView
from countersign.resources.visible import visible
from countersign.ui.presenters import owners, review, strip, writing
from countersign.ui.strings import label


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to sign in the list: `state` is tone, icon, word."""

    title: str
    amounts: str
    state: tuple[str, str, str]


def item(instruction: InstructionView, *, base: bool = False) -> Item:
    """One line of the batch."""
    shown = writing.base_units if base else writing.short
    paid = ", ".join(shown(line.paid) for line in instruction.lines if line.paid)
    if instruction.purpose in ("void", "child"):
        paid = label(f"sign.{instruction.purpose}")
    if instruction.signed_by_me:
        state = ("ok", "pass", label("sign.state-signed"))
    elif instruction.verdict.may_sign:
        state = ("info", "sign", label("sign.state-open"))
    else:
        first = instruction.verdict.against[0].check if instruction.verdict.against else ""
        state = ("bad", "fail", label("sign.state-refused", check=first))
    return Item(writing.chain(instruction.chain), paid, state)


def totals(instructions: Sequence[InstructionView], waiting: Sequence[SignView]) -> str:
    """What the batch is: how many are signed, how many digests the token will still sign."""
    done = sum(each.signed_by_me for each in instructions)
    digests = sum(each.inputs for each in waiting)
    if not digests and any(each.devices for each in waiting):
        return label("sign.totals-device", all=len(instructions), done=done)
    key = "sign.totals-done" if done == len(instructions) else "sign.totals-partial" if done else "sign.totals"
    return label(key, done=done, all=len(instructions), digests=digests)


def statements(instruction: InstructionView, *, base: bool = False) -> tuple[str, ...]:
    """What the officer confirms, in whole amounts and names; addresses stand beside it, whole."""
    lines = [
        label("sign.statement", payer=line.payer, amount=writing.amount(line.paid, base=base), receiver=line.receiver)
        for line in instruction.lines
        if line.paid
    ]
    if declared := review.declared(instruction):
        lines.append(declared)
    lines += owners.statements(instruction)
    if instruction.fee:
        lines.append(label("sign.statement-fee", amount=writing.amount(instruction.fee, base=base)))
    return (*lines, review.effects(instruction)[2])


def token(view: TokenView) -> tuple[tuple[str, str], ...]:
    """The token as it was registered."""
    return (
        (label("sign.token-label"), visible(view.label)),
        (label("sign.token-serial"), visible(view.serial)),
        (label("sign.token-model"), visible(view.model)),
        (label("sign.token-officer"), visible(view.officer)),
    )


def token_state(view: TokenView) -> tuple[str, str, str]:
    """Tone, icon, words."""
    icon, words, tone = strip.token_words(view)
    return tone, icon, words
