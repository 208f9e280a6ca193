"""What one institution gave away in the last 24 hours, in exact dollars: a rolling window that costs the same however long it is.

- A payment counts from the entry that prepared it until 24 hours later; what is given back counts no longer.
- Sums are kept, never added up anew: a payment enters once and leaves once, each in O(log n).
- Dollars are exact fractions (numerator, denominator), in lowest terms.

    >>> usage = Usage().paid("3f…", 1_795_338_000, {"9845MERDIN…": Fraction(20_000_000)})
    >>> usage.at(1_795_338_000 + DAY).total
    Fraction(0, 1)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from immutables import Map

from countersign.formats.times import DAY

Dollars = tuple[int, int]
"""An exact amount of dollars: numerator and denominator."""
ZERO: Dollars = (0, 1)


@dataclass(frozen=True, slots=True)
class Payment:
    """What one instruction gives away for one payer: prepared when (unix seconds), dollars by receiver (LEI)."""

    instruction: str
    seconds: int
    given: tuple[tuple[str, Dollars], ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """One payer's payments, oldest first: `queue` by place from `first` up to `after`, `places` by instruction.

    A place without a payment was given back. `sums`: dollars by receiver; `sum`: all of them.
    """

    queue: Map[int, Payment] = field(default_factory=Map)
    places: Map[str, int] = field(default_factory=Map)
    first: int = 0
    after: int = 0
    sums: Map[str, Dollars] = field(default_factory=Map)
    sum: Dollars = ZERO

    @property
    def total(self) -> Fraction:
        """Dollars given away to anybody."""
        return Fraction(*self.sum)

    def to(self, receiver: str) -> Fraction:
        """Dollars given to one receiver (LEI)."""
        return Fraction(*self.sums.get(receiver, ZERO))

    def paid(self, instruction: str, seconds: int, given: Mapping[str, Fraction]) -> "Usage":
        """With one more payment, at a moment (unix seconds) not before the last one's; what is a day old has left."""
        kept = self.at(seconds)
        payment = Payment(instruction, seconds, tuple((each, given[each].as_integer_ratio()) for each in sorted(given)))
        sums, total = _changed(kept.sums, kept.sum, payment, 1)
        return Usage(
            kept.queue.set(kept.after, payment),
            kept.places.set(instruction, kept.after),
            kept.first,
            kept.after + 1,
            sums,
            total,
        )

    def without(self, instructions: Iterable[str]) -> "Usage":
        """Without the payments of these instructions: given back, or looked at by themselves."""
        queue, places, sums, total = self.queue, self.places, self.sums, self.sum
        for name in instructions:
            place = places.get(name)
            if place is not None:
                sums, total = _changed(sums, total, queue[place], -1)
                queue, places = queue.delete(place), places.delete(name)
        return Usage(queue, places, self.first, self.after, sums, total)

    def at(self, seconds: int) -> "Usage":
        """As it stands at a moment (unix seconds): without what is 24 hours old."""
        queue, places, first, sums, total = self.queue, self.places, self.first, self.sums, self.sum
        while first < self.after:
            payment = queue.get(first)
            if payment is not None:
                if payment.seconds > seconds - DAY:
                    break
                sums, total = _changed(sums, total, payment, -1)
                queue, places = queue.delete(first), places.delete(payment.instruction)
            first += 1
        return Usage(queue, places, first, self.after, sums, total)


def _changed(sums: Map[str, Dollars], total: Dollars, payment: Payment, sign: int) -> tuple[Map[str, Dollars], Dollars]:
    """The sums with one payment more (`sign` 1) or less (-1); a receiver who has nothing is not kept."""
    whole = Fraction(*total)
    for receiver, usd in payment.given:
        whole += sign * Fraction(*usd)
        left = Fraction(*sums.get(receiver, ZERO)) + sign * Fraction(*usd)
        if left:
            sums = sums.set(receiver, left.as_integer_ratio())
        elif receiver in sums:
            sums = sums.delete(receiver)
    return sums, whole.as_integer_ratio()
