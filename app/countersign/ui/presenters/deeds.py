"""What two officers do, in words: what may be proposed about a settlement, and the orders that stop something."""

from countersign.desk.deed_views import AWARD, CONSENT, FREEZE, LIFT, RELEASE, REPLACE, VOID, Offer, OrderView, Way
from countersign.errors import CountersignError
from countersign.resources.governance_words import said
from countersign.resources.text import sentence
from countersign.ui.presenters import writing
from countersign.ui.strings import label, label_or

ORDER = (CONSENT, RELEASE, VOID, REPLACE, LIFT, AWARD, FREEZE)
"""In which order they are offered."""


def offered(offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """What to show, in the order of `ORDER`; of each kind the first, and one that can be proposed before one that cannot."""
    ranked = sorted(offers, key=lambda each: (ORDER.index(each.kind), each.objection is not None))
    kept: dict[str, Offer] = {}
    for each in ranked:
        kept.setdefault(each.kind, each)
    return tuple(kept.values())


def about(offer: Offer) -> str:
    """What it means, or why it cannot be proposed now."""
    if offer.objection is None:
        return label(f"deeds.{offer.kind}-about")
    state = offer.objection.values.get("state")
    if offer.objection.code == "settlement.wrong-state" and state is not None:
        return label("deeds.not-while", state=label_or(f"state.{state}", str(state)))
    return sentence(offer.objection.code, offer.objection.values)


def way(found: Way) -> tuple[str, str]:
    """How the legs of several Safes on a chain go out: tone and sentence."""
    values = {"count": f"{found.count:,}", "chain": writing.chain(found.chain)}
    if found.apart is None:
        return "info", label("deeds.way-together", **values)
    return "warn", label("deeds.way-apart", **values, why=sentence(found.apart.code, found.apart.values))


def way_unknown(error: CountersignError) -> tuple[str, str]:
    """Why it cannot be said how they go out: tone and sentence."""
    return "warn", label("deeds.way-unknown", why=sentence(error.code, error.values))


def order_state(view: OrderView) -> tuple[str, str, str]:
    """Whether an order stands, as a chip."""
    if view.lifted is not None:
        return "quiet", "pass", label("orders.lifted")
    return "bad", "blocked", label("orders.standing")


def order_words(view: OrderView) -> str:
    """What it stops, in a sentence."""
    return said(view.scope.code, view.scope.values)


def order_times(view: OrderView) -> str:
    """Since when it stands, until when it stood."""
    told = label("orders.since", when=_when(view.at), index=f"{view.index:,}")
    if view.lifted is None:
        return f"{told}; {label('orders.stops', count=f'{view.contracts:,}')}"
    return f"{told}; {label('orders.until', when=_when(view.lifted_at), index=f'{view.lifted:,}')}"


def _when(seconds: int | None) -> str:
    return "—" if seconds is None else writing.minute(seconds)
