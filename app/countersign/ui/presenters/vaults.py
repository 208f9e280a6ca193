"""Vaults in words: who can spend, what lies there beside the ledger, which address is which. Nothing is elided.

- A descriptor is spread over lines, a key each, keys in groups of four; the whole text stands behind it.
- A difference is said from the chain's side ("more on chain than in the ledger"), with the cause that reconciliation gives.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from countersign.desk.money import Money
from countersign.desk.vault_views import (
    AddressFound,
    Belonging,
    CosignerKey,
    HoldingLine,
    HoldingsView,
    OwnersOrdered,
    PlaceView,
    SafeFacts,
    VaultPage,
)
from countersign.errors import CountersignError
from countersign.resources import outside_words
from countersign.resources.text import next_step, sentence
from countersign.resources.visible import visible
from countersign.ui.presenters import operations, writing
from countersign.ui.presenters.operations import BreakLine
from countersign.ui.strings import label, label_or

Chip = tuple[str, str, str]
_KEY = re.compile(r"(\[[^\]]*\])?([0-9A-Za-z]+)(.*)")
_WHOLE = re.compile(r"(wsh\(sortedmulti\()(\d+),(.*)\)\)(#\w+)")


@dataclass(frozen=True, slots=True)
class Person:
    """One officer of a vault: the state of their keys as a chip, the tokens in sentences, Safe owner addresses."""

    name: str
    chip: Chip
    told: tuple[str, ...]
    addresses: tuple[str, ...]
    kids: tuple[str, ...]


def found(views: Sequence[VaultPage], needle: str) -> list[VaultPage]:
    """Those that hold every word, or the whole as one address."""
    words, whole = needle.casefold().split(), "".join(needle.casefold().split())
    stacks = ((each, haystack(each)) for each in views)
    return [each for each, stack in stacks if all(word in stack for word in words) or whole in stack]


def haystack(view: VaultPage) -> str:
    """All that a vault is found by."""
    keys = (text for each in view.keys for text in (each.name, each.officer, each.kid, each.owner, each.token))
    texts = (each.descriptor for each in view.descriptors)
    chain = writing.chain(view.chain)
    own = (view.id, view.owner, view.lei, view.book, view.chain, chain, kind(view), *view.addresses)
    return "\n".join((*own, *keys, *texts)).casefold()


def describe(view: VaultPage) -> str:
    """A vault in one line."""
    owner = label("vaults.owner-line", owner=view.owner, book=view.book)
    return label("vaults.hit", id=view.id, owner=owner, chain=writing.chain(view.chain))


def kind(view: VaultPage) -> str:
    """How its places are made."""
    return label_or(f"vaults.kind-{view.kind}", view.kind)


def quorum(view: VaultPage) -> str:
    """ "2 of 3 sign · Safe"."""
    return label("vaults.quorum", threshold=view.threshold, cosigners=view.cosigners, kind=kind(view))


def temperature(view: VaultPage) -> Chip:
    """Cold or online."""
    if view.cold:
        return "info", "no-network", label("vaults.cold")
    return "quiet", "network", label("vaults.online")


def ability(view: VaultPage) -> Chip:
    """Whether enough keys are registered still."""
    if view.able:
        return "ok", "pass", label("vaults.able")
    return ("warn", "warning", label("vaults.stuck")) if _partly(view) else ("bad", "warning", label("vaults.unable"))


def _partly(view: VaultPage) -> bool:
    """Whether only some of its slots have too few keys left."""
    return 0 < len(view.stuck) < len(view.places)


def sentences(view: VaultPage) -> tuple[tuple[str, str], ...]:
    """Tone and words of what an officer must know first."""
    heat = label("vaults.cold-sentence" if view.cold else "vaults.online-sentence", threshold=view.threshold)
    said = [("", heat)]
    if not view.able and _partly(view):
        slots = ", ".join(view.stuck)
        said.append(("warn", label("vaults.stuck-sentence", threshold=view.threshold, slots=slots)))
    elif not view.able:
        said.append(("bad", label("vaults.unable-sentence", threshold=view.threshold)))
    if view.fault is not None:
        said.append(("bad", label("vaults.fault", **_why(view.fault))))
    return tuple(said)


def _why(error: CountersignError) -> dict[str, str]:
    return {"why": sentence(error.code, error.values), "next": next_step(error.code, error.values)}


def people(view: VaultPage) -> tuple[Person, ...]:
    """Every officer with keys in it, in the order of the keys."""
    by_officer: dict[str, list[CosignerKey]] = {}
    for key in view.keys:
        by_officer.setdefault(key.officer, []).append(key)
    return tuple(_person(each) for each in by_officer.values())


def _person(keys: Sequence[CosignerKey]) -> Person:
    live, gone = [each for each in keys if not each.withdrawn], [each for each in keys if each.withdrawn]
    tokens: dict[tuple[str, str, str], int] = {}
    for key in live:
        place = (key.token, key.model, key.serial)
        tokens[place] = tokens.get(place, 0) + 1
    told = [
        label(
            "vaults.held-one" if count == 1 else "vaults.held-many",
            count=count,
            token=token,
            model=model,
            serial=serial,
        )
        for (token, model, serial), count in tokens.items()
    ]
    if gone:
        told.append(label("vaults.withdrawn-one" if len(gone) == 1 else "vaults.withdrawn-many", count=len(gone)))
    owners = tuple(each.owner for each in keys if each.owner)
    return Person(visible(keys[0].name), _health(live), tuple(told), owners, tuple(each.kid for each in keys))


def _health(live: Sequence[CosignerKey]) -> Chip:
    if not live:
        return "bad", "blocked", label("vaults.key-withdrawn")
    if any(each.online for each in live):
        return "quiet", "network", label("vaults.key-online")
    return "info", "no-network", label("vaults.key-cold")


def names(view: VaultPage, kids: Sequence[str]) -> str:
    """The holders of some of its keys."""
    known = {each.kid: each for each in view.keys}
    return ", ".join(_named(known[kid]) for kid in kids)


def _named(key: CosignerKey) -> str:
    return f"{key.name} ({label('vaults.key-withdrawn')})" if key.withdrawn else key.name


def spread(descriptor: str) -> str:
    """A descriptor over lines, every character of it there: the function, each key with its origin and path, the checksum."""
    whole = _WHOLE.fullmatch(descriptor)
    if whole is None:
        return writing.groups(descriptor)
    keys = whole[3].split(",")
    lines = [f"{whole[1]}{whole[2]},"]
    for at, key in enumerate(keys):
        parts = _KEY.fullmatch(key)
        end = "," if at < len(keys) - 1 else ""
        if parts is None:
            lines.append(f"{key}{end}")
            continue
        lines += [parts[1]] if parts[1] else []
        lines.append(f"{writing.groups(parts[2])}{' ' if parts[3] else ''}{parts[3]}{end}")
    return "\n".join((*lines, f")){whole[4]}"))


@dataclass(frozen=True, slots=True)
class Holding:
    """One asset: both sides; the verdict as a chip, in words, and every break."""

    symbol: str
    ledger: str
    chain: str
    chip: Chip
    told: str
    breaks: tuple[BreakLine, ...]


def holding(line: HoldingLine) -> Holding:
    """One asset as the node was asked for it."""
    breaks = tuple(operations.line(each) for each in line.breaks)
    if not line.breaks:
        chip = "ok", "pass", label("vaults.agree")
    elif all(each.found.passing for each in line.breaks):
        chip = "info", "clock", label("vaults.passing")
    else:
        chip = "bad", "fail", label("vaults.broken")
    symbol = visible(line.ledger.symbol)
    return Holding(symbol, writing.full(line.ledger), writing.full(line.chain), chip, _difference(line), breaks)


def _difference(line: HoldingLine) -> str:
    if not line.more.units:
        return label("vaults.level") if line.breaks else ""
    size = replace(line.more, units=abs(line.more.units))
    return label("vaults.more" if line.more.units > 0 else "vaults.less", amount=writing.short(size))


def cause(line: BreakLine) -> str:
    """ "+0.5 BTC: missing here."."""
    return label("vaults.cause", amount=line.more, cause=line.chip[2])


def asked(view: HoldingsView | None, page: VaultPage, size: int) -> tuple[str, str, str]:
    """Tone, icon and words of where the chain's side comes from; `size`: the log's now."""
    if view is None:
        return "info", "information", label("vaults.not-asked")
    silent = view.silent.get(page.chain)
    if silent is not None:
        return "warn", "warning", label("vaults.silent", **_why(silent))
    when = writing.minute(view.at)
    if view.size < size:
        return "warn", "clock", label("vaults.asked-before", when=when, size=f"{view.size:,}", now=f"{size:,}")
    return "quiet", "information", label("vaults.asked", when=when, size=f"{view.size:,}")


def ledger_only(money: Money) -> tuple[str, str]:
    """An asset's symbol, and what the ledger says of it."""
    return visible(money.symbol), writing.full(money)


def enrolment() -> tuple[str, ...]:
    """How another vault gets here."""
    return label("vaults.enrolment-how"), label("vaults.enrolment-safe")


def ordered(view: OwnersOrdered) -> tuple[str, ...]:
    """A change of a Safe's owners, sentence by sentence."""
    told = [label(f"vaults.{key}", names=", ".join(names)) for key, names in _moves(view) if names]
    told.append(label("vaults.afterwards", threshold=view.threshold, owners=view.owners))
    told.append(label("vaults.ordered-by", names=", ".join(view.by)))
    signed = label("vaults.change-signed", names=", ".join(view.signed))
    told.append(signed if view.signed else label("vaults.change-unsigned"))
    if view.sent:
        told.append(label("vaults.change-sent"))
    elif view.lacks:
        told.append(label("vaults.change-lacks-one" if view.lacks == 1 else "vaults.change-lacks", count=view.lacks))
    else:
        told.append(label("vaults.change-ready"))
    return tuple(told)


def outside(view: SafeFacts) -> tuple[str, ...]:
    """The numbers of a Safe that were used outside the log, and whether its books were compared since."""
    return outside_words.lines(view.outside, uncompared=view.uncompared)


def _moves(view: OwnersOrdered) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("coming", view.coming), ("going", view.going)


def place_title(view: PlaceView) -> str:
    """Which address it is."""
    if not view.spelt:
        return label("vaults.the-safe")
    if view.spelt.startswith("slot"):
        return label("vaults.at-slot", number=view.number)
    return label("vaults.at-place", spelt=view.spelt)


def place_chip(view: PlaceView) -> Chip:
    """Whether the log has used it."""
    return ("warn", "clock", label("vaults.used")) if view.used else ("ok", "pass", label("vaults.unused"))


def following(page: VaultPage) -> str:
    """The next places that the log has not used, in a sentence; empty for a Safe."""
    if page.safe is not None or page.fault is not None:
        return ""
    if page.receive is None:
        return label("vaults.no-unused")
    if not page.extended:
        places = label("vaults.next-slot", number=page.receive)
    else:
        both = (("receive", page.receive), ("change", page.change))
        known = [(name, number) for name, number in both if number is not None]
        places = ", ".join(label(f"vaults.next-{name}", spelt=spelt(number)) for name, number in known)
    return f"{label('vaults.next-unused', places=places)} {label('vaults.deposits-unseen')}"


def spelt(number: int) -> str:
    """A place of extended keys by the last two steps of its path."""
    return f"{number & 1}/{number >> 1}"


def verdict(view: AddressFound) -> tuple[str, str, str]:
    """Tone, icon and the sentence of what an address is."""
    if view.belonging is Belonging.OURS:
        key = "vaults.found-ours" if view.spelt else "vaults.found-safe"
        return "ok", "pass", label(key, vault=view.vault, place=_place(view.spelt), owner=view.owner)
    if view.belonging is Belonging.REGISTERED:
        return "info", "information", label("vaults.found-registered", owner=view.owner)
    if view.belonging is Belonging.ALIKE:
        told = label("vaults.found-alike", whose=_whose(view), others=view.others, length=view.length)
        return "bad", "warning", told
    return "bad", "fail", label("vaults.found-unknown")


def _place(spelt: str) -> str:
    return spelt if spelt.startswith("slot") else label("vaults.path", spelt=spelt)


def _whose(view: AddressFound) -> str:
    if not view.vault:
        return label("vaults.whose-registered", owner=view.owner)
    if not view.spelt:
        return label("vaults.whose-safe", vault=view.vault)
    return label("vaults.whose-place", vault=view.vault, place=_place(view.spelt))


def differing(view: AddressFound) -> tuple[str, ...]:
    """The groups in which it differs from the one it looks like, one a line."""
    nothing = label("vaults.group-nothing")
    return tuple(
        label("vaults.group", number=number, typed=typed or nothing, registered=known or nothing)
        for number, typed, known in view.groups
    )
