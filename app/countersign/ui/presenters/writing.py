"""How values are written in the window: amounts, moments, spans, hashes and addresses. Nothing is ever elided.

- `full` shows every decimal place of an asset, `short` leaves out zeros at the end; both are exact.
- Hashes and addresses stand in groups of four, so that they wrap and compare with a device's screen.
- Moments are UTC and say so. Spans are relative to a `now` that is given.

    full(Money(25_000_000_000, "BTC", 8, "…")) == "250.00000000 BTC"
    groups("0x90F79bf6EB2c4f87") == "0x 90F7 9bf6 EB2c 4f87"
"""

from countersign.desk.views import Money
from countersign.formats import times
from countersign.resources.visible import grouped, visible
from countersign.ui.strings import label, label_or


def full(money: Money) -> str:
    """Every decimal place, thousands separated, with the symbol."""
    return f"{number(money)} {visible(money.symbol)}"


def number(money: Money) -> str:
    """Every decimal place, thousands separated, without the symbol."""
    whole, rest = divmod(abs(money.units), 10**money.decimals)
    sign = "−" if money.units < 0 else ""
    places = f".{rest:0{money.decimals}d}" if money.decimals else ""
    return f"{sign}{whole:,}{places}"


def short(money: Money) -> str:
    """The same amount without zeros at its end: "20,000,000 USDC"."""
    text = number(money)
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {visible(money.symbol)}"


def base_units(money: Money) -> str:
    """The integer that is signed, in the asset's smallest unit."""
    return label("amount.base-units", units=f"{money.units:,}", symbol=money.symbol)


def amount(money: Money, *, base: bool) -> str:
    """The amount as the officer asked to see it."""
    return base_units(money) if base else full(money)


def groups(value: str) -> str:
    """Groups of four; a leading 0x stands alone."""
    return grouped(value)


def moment(seconds: int) -> str:
    """ "2026-11-22 14:30:05 UTC"."""
    return times.text(seconds).replace("T", " ").replace("Z", " UTC")


def minute(seconds: int) -> str:
    """ "2026-11-22 14:30 UTC", for deadlines."""
    return f"{moment(seconds)[:16]} UTC"


def clock(seconds: int, now: int) -> str:
    """ "14:30 UTC" on the day of `now`, else with its date."""
    told = minute(seconds)
    return told[11:] if told[:10] == moment(now)[:10] else told


def span(seconds: int) -> str:
    """A length of time in its two largest units: "2 h 10 min"."""
    days, rest = divmod(max(seconds, 0), 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, second = divmod(rest, 60)
    if days:
        return label("span.days", days=days, hours=hours)
    if hours:
        return label("span.hours", hours=hours, minutes=minutes)
    return label("span.minutes", minutes=minutes) if minutes else label("span.seconds", seconds=second)


def until(at: int, now: int) -> str:
    """How far off a moment is, or how long ago it passed."""
    return label("span.in", span=span(at - now)) if at > now else label("span.overdue", span=span(now - at))


def chain(caip2: str) -> str:
    """The name of a chain, with its id where we have no name."""
    return label_or(f"chain.{caip2}", caip2)


def dollars(whole: int) -> str:
    """ "USD 20,000,000"."""
    return label("amount.usd", dollars=f"{whole:,}")
