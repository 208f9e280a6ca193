"""How typed values become bytes and come back: forms made from type hints, for `snapshot`.

- Dataclasses, tuples, maps, frozen sets, enumerations, unions of told-apart classes, NewTypes, None, bool, int, str, bytes.
- One spelling for each value: fields in their order; maps and sets ascending; integers in their shortest two's
  complement; a text is written where it is first met and is named by its number afterwards.
- Reading is strict and total, `Malformed` by name; it builds the named types and nothing else.
- A type that has no form is our own bug: TypeError when its form is asked for.

    >>> out = Written()
    >>> form(tuple[str, ...]).write(("a", "b", "a"), out)
    >>> form(tuple[str, ...]).read(Reading(bytes(out.data)))
    ('a', 'b', 'a')
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from immutables import Map

from countersign.errors import Malformed


class Written:
    """The bytes so far, and the number of each text in them."""

    __slots__ = ("data", "texts")

    def __init__(self) -> None:
        self.data = bytearray()
        self.texts: dict[str, int] = {}

    def count(self, number: int) -> None:
        """How many things follow: u32be."""
        self.data += number.to_bytes(4)

    def text(self, value: str) -> None:
        """A text's number, and the text itself where it is new."""
        known = self.texts.get(value)
        if known is not None:
            self.data += known.to_bytes(4)
            return
        self.count(len(self.texts))
        self.texts[value] = len(self.texts)
        self.raw(value.encode())

    def raw(self, value: bytes) -> None:
        """Bytes after their number."""
        self.count(len(value))
        self.data += value

    def integer(self, value: int) -> None:
        """An integer in as few bytes as can be, after their number (one byte)."""
        size = value.bit_length() // 8 + 1
        self.data.append(size)
        self.data += value.to_bytes(size, signed=True)


class Reading:
    """The place that is read, and the texts met so far."""

    __slots__ = ("at", "data", "known", "texts")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.texts: list[str] = []
        self.known: set[str] = set()

    def take(self, size: int) -> bytes:
        """The next bytes. Malformed settlement.snapshot-ends."""
        start, self.at = self.at, self.at + size
        if self.at > len(self.data):
            raise Malformed("settlement.snapshot-ends", position=len(self.data))
        return self.data[start : self.at]

    def number(self) -> int:
        """A u32be."""
        return int.from_bytes(self.take(4))

    def count(self) -> int:
        """A number of things to come, each of at least one byte."""
        number = self.number()
        if number > len(self.data) - self.at:
            raise Malformed("settlement.snapshot-ends", position=len(self.data))
        return number

    def place(self, known: int, expected: str) -> int:
        """A byte that names one of so many."""
        place = self.take(1)[0]
        if place >= known:
            raise self.wrong(expected)
        return place

    def raw(self) -> bytes:
        """Bytes after their number."""
        return self.take(self.count())

    def text(self) -> str:
        """A text by its number. Malformed settlement.snapshot-form for a second spelling."""
        number = self.number()
        if number < len(self.texts):
            return self.texts[number]
        try:
            value = self.raw().decode()
        except UnicodeDecodeError:
            raise self.wrong("UTF-8") from None
        if number != len(self.texts) or value in self.known:
            raise self.wrong("the number of a text")
        self.texts.append(value)
        self.known.add(value)
        return value

    def integer(self) -> int:
        """A length and that many bytes. Malformed settlement.snapshot-form unless they are as few as can be."""
        value = int.from_bytes(self.take(size := self.take(1)[0]), signed=True)
        if size != value.bit_length() // 8 + 1:
            raise self.wrong("the shortest integer")
        return value

    def wrong(self, expected: str) -> Malformed:
        """The error at this place."""
        return Malformed("settlement.snapshot-form", position=self.at, expected=expected)


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one type are written and read; what they are sorted by; the shape in words."""

    write: Callable[[Any, Written], None]
    read: Callable[[Reading], Any]
    order: Callable[[Any], Any]
    shape: str


@cache
def form(kind: Any) -> Form:
    """The form of a type, as a field's hint names it."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _choice({get_origin(each) or each: form(each) for each in inner})
    if origin in (Map, Mapping):
        return _map(form(inner[0]), form(inner[1]), Map if origin is Map else dict)
    if origin is tuple:
        return _list(form(inner[0])) if inner[1:] == (...,) else _row([form(each) for each in inner])
    if origin is frozenset:
        return _set(form(inner[0]))
    if hasattr(kind, "__supertype__"):  # a NewType
        return form(kind.__supertype__)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member(tuple(kind))
    if isinstance(kind, type) and is_dataclass(kind):
        return _record(kind)
    raise TypeError(f"a snapshot has no form for {kind}")


def _record(kind: type) -> Form:
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind)]
    parts = _row([form(hints[name]) for name in names])

    def values(record: Any) -> tuple[object, ...]:
        return tuple([getattr(record, name) for name in names])

    shapes = ",".join(f"{name}:{form(hints[name]).shape}" for name in names)
    return Form(
        lambda record, out: parts.write(values(record), out),
        lambda data: kind(*parts.read(data)),
        lambda record: parts.order(values(record)),
        f"{kind.__name__}{{{shapes}}}",
    )


def _row(parts: list[Form]) -> Form:
    if not parts:
        raise TypeError("a snapshot has no form for what has no parts")
    writes, reads, orders = [each.write for each in parts], [each.read for each in parts], [e.order for e in parts]

    def write(row: tuple[object, ...], out: Written) -> None:
        for each, value in zip(writes, row, strict=True):
            each(value, out)

    return Form(
        write,
        lambda data: tuple([read(data) for read in reads]),
        lambda row: tuple([order(value) for order, value in zip(orders, row, strict=True)]),
        f"({','.join(each.shape for each in parts)})",
    )


def _list(item: Form) -> Form:
    def write(values: tuple[object, ...], out: Written) -> None:
        out.count(len(values))
        for value in values:
            item.write(value, out)

    return Form(
        write,
        lambda data: tuple([item.read(data) for _ in range(data.count())]),
        lambda values: [item.order(value) for value in values],
        f"[{item.shape}]",
    )


def _map(key: Form, item: Form, make: Callable[[dict[Any, Any]], Any]) -> Form:
    def write(values: Mapping[Any, Any], out: Written) -> None:
        out.count(len(values))
        for name in sorted(values, key=key.order):
            key.write(name, out)
            item.write(values[name], out)

    def pairs(data: Reading) -> Iterable[tuple[Any, Any]]:
        last = None
        for _ in range(data.count()):
            name = key.read(data)
            order = key.order(name)
            if last is not None and not last < order:
                raise data.wrong("ascending keys")
            last = order
            yield name, item.read(data)

    return Form(write, lambda data: make(dict(pairs(data))), _unordered, f"{{{key.shape}:{item.shape}}}")


def _set(item: Form) -> Form:
    inner = _list(item)

    def read(data: Reading) -> frozenset[Any]:
        found = inner.read(data)
        orders = [item.order(value) for value in found]
        if any(not before < after for before, after in pairwise(orders)):
            raise data.wrong("ascending members")
        return frozenset(found)

    return Form(
        lambda values, out: inner.write(sorted(values, key=item.order), out), read, _unordered, f"set{inner.shape}"
    )


def _choice(forms: Mapping[Any, Form]) -> Form:
    """One of several types, told apart by their classes: its place among their shapes, then the value."""
    found = sorted(forms.items(), key=lambda each: each[1].shape)
    places = {kind: (place, form.write, form.order) for place, (kind, form) in enumerate(found)}
    reads = [form.read for _, form in found]

    def place(value: object) -> tuple[int, Any, Any]:
        exact = places.get(type(value))
        return exact or next(each for kind, each in places.items() if isinstance(value, kind))

    def write(value: object, out: Written) -> None:
        number, inner, _ = place(value)
        out.data.append(number)
        inner(value, out)

    def order(value: object) -> tuple[int, Any]:
        number, _, inner = place(value)
        return number, inner(value)

    def read(data: Reading) -> object:
        return reads[data.place(len(reads), "one of the known kinds")](data)

    return Form(write, read, order, "|".join(form.shape for _, form in found))


def _member(members: tuple[Enum, ...]) -> Form:
    places = {member: place for place, member in enumerate(members)}
    names = ",".join(f"{each.name}={each.value!r}" for each in members)
    return Form(
        lambda value, out: out.data.append(places[value]),
        lambda data: members[data.place(len(members), "a member")],
        places.__getitem__,
        f"<{names}>",
    )


def _as_it_is(value: Any) -> Any:
    return value


def _unordered(value: object) -> object:
    raise TypeError("nothing is sorted by a map or a set")


_PLAIN: Mapping[Any, Form] = {
    NoneType: Form(lambda value, out: None, lambda data: None, lambda value: 0, "null"),
    bool: Form(
        lambda value, out: out.data.append(value), lambda data: bool(data.place(2, "true or false")), _as_it_is, "bool"
    ),
    int: Form(lambda value, out: out.integer(value), Reading.integer, _as_it_is, "int"),
    str: Form(lambda value, out: out.text(value), Reading.text, _as_it_is, "str"),
    bytes: Form(lambda value, out: out.raw(value), Reading.raw, _as_it_is, "bytes"),
}
