"""A settlement beside its transactions, in words: its legs, its cycle and the proof that netting moved no position, its stops."""

from countersign.desk.settlement_views import CycleView, LegView, PositionView, StopView
from countersign.desk.views import ReviewView
from countersign.ui.presenters import writing
from countersign.ui.strings import label, label_or


def template(view: ReviewView) -> str:
    """What sort of contract it is, where it is no ordinary sale; else empty."""
    return label_or(f"settlement.template-{dict(view.terms).get('template', '')}", "")


def leg(line: LegView, *, base: bool) -> tuple[str, str, str]:
    """What goes from whom to whom; the chain; the address."""
    chain, _, address = line.destination.rpartition(":")
    told = label("settlement.leg", amount=writing.amount(line.money, base=base), giver=line.giver, taker=line.taker)
    return told, writing.chain(chain), address


def cycle(view: CycleView) -> tuple[str, ...]:
    """The cycle in sentences: what it is over, what netting saved."""
    count = len(view.contracts)
    kind = label_or(f"settlement.netting-{view.netting}", view.netting)
    first = label("settlement.cycle", id=view.id, when=writing.minute(view.cut_off), kind=kind, count=f"{count:,}")
    if count == 1:
        return (first,)
    saved = view.transactions_gross - view.transactions_net
    return (
        first,
        label("cut-off.transactions", gross=view.transactions_gross, net=view.transactions_net, saved=saved),
        label("cut-off.dollars", gross=writing.dollars(view.usd_gross), net=writing.dollars(view.usd_net)),
    )


def proof(view: CycleView) -> tuple[str, str, str]:
    """Tone, icon, words of the conservation proof."""
    if view.proved:
        return "ok", "pass", label("settlement.proved")
    return "bad", "fail", label("settlement.not-proved")


def position(line: PositionView) -> tuple[str, ...]:
    """One line of the proof: book, asset, gross in, gross out, net before, net after."""
    amounts = (line.gross_in, line.gross_out, line.before, line.after)
    return (line.owner, line.before.symbol, *(writing.number(each) for each in amounts))


def expected(view: StopView) -> tuple[str, ...]:
    """What the opener of a dispute expects to have moved, transfer by transfer; one line where it is nothing."""
    if not view.expected:
        return (label("settlement.expects-nothing", by=", ".join(view.by)),)
    return tuple(
        label("settlement.expects", giver=each.giver, taker=each.taker, amount=writing.full(each.money))
        for each in view.expected
    )


def stop(view: StopView) -> tuple[str, str]:
    """The tone and the words of what stops a settlement."""
    words = label(
        f"settlement.{view.kind}", by=", ".join(view.by), order=view.order, why=view.reason, index=f"{view.index:,}"
    )
    return ("bad" if view.kind == "frozen" else "warn"), words
