"""A vault's enrolment in words: what a file says, whose each key is, the words to read aloud, whose tests are there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from countersign.bitcoin.forms import spelled
from countersign.desk.describing import DescriptionView, KeyView
from countersign.desk.enrolling_views import AGAIN, SLOTS, CosignerTest, EnrolledKey, EnrolmentView, TestsView
from countersign.desk.reports import Kind
from countersign.errors import CountersignError
from countersign.resources.visible import visible
from countersign.ui.presenters import writing
from countersign.ui.presenters.problem import problem
from countersign.ui.strings import label

Chip = tuple[str, str, str]
_FILES = {Kind.KEY_RECORD: "enrol.file-round-one", Kind.DESCRIPTOR_RECORD: "enrol.file-round-two"}
_A_LINE = 4


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key: its caption, where it comes from, where it lies (empty where no roster was asked), its chips, the whole text."""

    caption: str
    origin: str
    held: str
    chips: tuple[Chip, ...]
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """The keys of one place; `place` is empty where one descriptor covers all."""

    place: str
    lines: tuple[KeyLine, ...]


def kind(view: DescriptionView) -> str:
    """What the file is."""
    return label(_FILES.get(view.kind, "enrol.file-descriptor"))


def facts(view: DescriptionView) -> tuple[tuple[str, str], ...]:
    """Captions and values of what the file says."""
    if view.form is None:
        return ((label("enrol.note"), view.note or ""),)
    found = [(label("enrol.form"), spelled(view.form))]
    if view.threshold is not None:
        quorum = label("enrol.quorum-of", threshold=view.threshold, cosigners=view.cosigners)
        where = label("enrol.slots", count=view.slots) if view.slots else label("enrol.extended")
        found.append((label("enrol.quorum"), quorum if view.refusal is not None else f"{quorum} · {where}"))
    for number, each in enumerate(view.checksums):
        name = label("enrol.checksum-of", number=number) if view.slots else label("enrol.checksum")
        found.append((name, each))
    return tuple(found)


def is_vault(view: DescriptionView) -> bool:
    """Whether a vault can be enrolled from it."""
    return view.kind is not Kind.KEY_RECORD and view.refusal is None


def described_keys(view: DescriptionView) -> tuple[KeyGroup, ...]:
    """The keys of a file as it states them, by slot."""
    each = len(view.keys) // view.slots if view.slots else len(view.keys)
    lines = [
        KeyLine(label("enrol.key", number=at % each + 1), _origin(key), "", (), _name(at % each + 1), key.text)
        for at, key in enumerate(view.keys)
    ]
    if not view.slots:
        return (KeyGroup("", tuple(lines)),) if lines else ()
    return tuple(KeyGroup(f"slot {at}", tuple(lines[at * each : (at + 1) * each])) for at in range(view.slots))


def enrolled_keys(view: EnrolmentView) -> tuple[KeyGroup, ...]:
    """The keys with whose they are."""
    groups = groupby(view.keys, key=lambda each: each.place)
    return tuple(KeyGroup(place, tuple(map(_held, keys))) for place, keys in groups)


def _held(key: EnrolledKey) -> KeyLine:
    if key.withdrawn:
        gone: Chip = ("bad", "blocked", label("vaults.key-withdrawn"))
        caption = label("enrol.key-of", number=key.number, name=key.name)
        return KeyLine(caption, _origin(key.key), "", (gone,), _name(key.number), key.key.text)
    place: Chip = (
        ("quiet", "network", label("enrol.online")) if key.online else ("info", "no-network", label("enrol.cold"))
    )
    chips = (("ok", "key", label("enrol.yours")), place) if key.own else (place,)
    return KeyLine(
        caption=label("enrol.key-of", number=key.number, name=key.name),
        origin=_origin(key.key),
        held=label("enrol.held", label=key.label, token=key.token, model=key.model, serial=key.serial),
        chips=chips,
        name=_name(key.number),
        text=key.key.text,
    )


def _name(number: int) -> str:
    return label("enrol.key-text", number=number)


def _origin(key: KeyView) -> str:
    kind = label("enrol.kind-extended" if key.extended else "enrol.kind-plain")
    return label("enrol.origin", fingerprint=key.fingerprint, path=key.path, kind=kind)


def spread(text: str) -> str:
    """A key expression over lines: its origin, then the key in groups of four, then its path."""
    parts = re.fullmatch(r"(\[[^\]]*\])?([0-9A-Za-z]+)(.*)", text)
    if parts is None:
        return writing.groups(text)
    key = f"{writing.groups(parts[2])}{f' {parts[3]}' if parts[3] else ''}"
    return f"{parts[1]}\n{key}" if parts[1] else key


def own(view: EnrolmentView) -> tuple[str, str]:
    """Tone and words of where one's own key stands."""
    if view.own_fault is not None:
        return "bad", f"{label('enrol.own-not')} {told(view.own_fault)}"
    if view.extended:
        return "ok", label("enrol.own-once", number=next(each.number for each in view.keys if each.own))
    return "ok", label(
        "enrol.own-slots" if view.kind == SLOTS else "enrol.own-each", places=view.places, count=view.own
    )


def named(view: EnrolmentView) -> str:
    """The vault as it would be registered, in a line."""
    wanted = view.wanted
    chain = writing.chain(wanted.chain)
    return label(f"enrol.as-{view.kind}", name=wanted.name, owner=view.owner, book=wanted.book, chain=chain)


def quorum(view: EnrolmentView) -> str:
    """How many sign, and how its places are made."""
    found = label("enrol.quorum-of", threshold=view.threshold, cosigners=view.cosigners)
    return f"{found} · {label('enrol.extended') if view.extended else label('enrol.slots', count=view.places)}"


def words(phrase: str) -> str:
    """Twelve words in lines of four, to be read aloud."""
    found = phrase.split()
    lines = (found[at : at + _A_LINE] for at in range(0, len(found), _A_LINE))
    return "\n".join("   ".join(line) for line in lines)


def addresses(view: EnrolmentView) -> tuple[tuple[str, str], ...]:
    """Captions and addresses of the places that are compared."""
    names = ("receive", "change") if view.extended else ()

    def caption(at: int, place: str) -> str:
        return label(f"enrol.address-{names[at]}" if names else "enrol.address-slot", place=place)

    return tuple((caption(at, place), address) for at, (place, address) in enumerate(view.addresses))


def told(error: CountersignError) -> str:
    """A refusal with what to do next and its code."""
    found = problem(error)
    return f"{found.happened} {found.next} [{found.code}]"


def test_chip(line: CosignerTest) -> Chip:
    """Whether a cosigner's test is there."""
    return ("ok", "pass", label("enrol.there")) if line.files else ("warn", "clock", label("enrol.lacking"))


def wants_reason(vault: EnrolmentView, view: TestsView) -> bool:
    """Whether it is proposed only with a reason: a test is owed and missing. Of a vault that stands none is owed."""
    return bool(view.missing) and vault.kind != AGAIN


def may_propose(vault: EnrolmentView, view: TestsView, untested: str) -> bool:
    """Whether it can be proposed; `untested`: the reason that was typed."""
    if vault.kind == AGAIN:
        return bool(view.good)
    return not view.missing or bool(untested)


def standing(vault: EnrolmentView, view: TestsView) -> tuple[str, str, str]:
    """Tone, icon and words of whether the vault can be proposed."""
    names = ", ".join(visible(each) for each in view.missing)
    if view.missing and vault.kind == AGAIN:
        return "info", "information", label("enrol.again-missing" if view.good else "enrol.again-nobody", names=names)
    if view.missing:
        return "warn", "clock", label("enrol.still-missing", names=names)
    return "ok", "pass", label(f"enrol.all-there-{vault.kind}")


def file_name(*parts: str) -> str:
    """A file's name of these parts, of characters that every drive takes."""
    return f"{'-'.join(re.sub(r'[^A-Za-z0-9._]+', '-', each).strip('-.') for each in parts)}.psbt"


def owner_lines(owners: Sequence[tuple[str, str, str]]) -> list[str]:
    """Books that a vault may be of."""
    return [visible(label("vaults.owner-line", owner=name, book=book)) for _, book, name in owners]
