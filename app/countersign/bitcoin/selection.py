"""Which coins of each paying vault a transaction spends, and which vaults take change: the same on every machine.

A coin that brings less than its input costs at this rate is left where it is. First each vault's largest coins, until they
cover what it owes, its share of the fee and a change output that nodes relay. Then, where it can be had, an *exact match*
instead (`branch_and_bound`): coins that need no change output. What that means follows from the vaults' equation,
inputs − change = obligations + share of the fee (DESIGN §8, B8):

- **a lone vault** bears the whole fee, so its equation holds whatever is left to the fee. Exact is what leaves too little for a
  change output: less than its dust limit and the fee for its bytes. Nothing that could come home is given away.
- **several vaults** share one fee by weight: a satoshi too much from one would fall on the others and break each
  equation. So the fee stays rate × vsize, and exact is to the satoshi: inputs = obligations + share. It is tried for the
  vaults in order of their checksums, and taken for the first: another one's would change the weights it rests on.
- fewest inputs first, then what is left over the least; at most one input more than the largest coins need: that is what
  leaving out a change output and spending it later is worth at the same rate, and an input is a signature of k people;
- at most `TRIES` steps of search for the whole transaction. Where they do not suffice, the largest coins it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from countersign.bitcoin import fees, script, transaction, weights
from countersign.bitcoin.branch_and_bound import exact
from countersign.bitcoin.coins import Coin, largest_first
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.transaction import Output
from countersign.errors import Refused

TRIES = 50_000
MORE_INPUTS = 1


@dataclass(frozen=True, slots=True)
class Payer:
    """A paying vault: its checksum for the fee's order, the coins it may spend, what it owes, where its change goes.

    `must`: coins that it spends besides, whatever is chosen; no exact match is looked for beside them.
    """

    checksum: str
    coins: tuple[Coin, ...]
    payments: tuple[Output, ...]
    change: Descriptor
    must: tuple[Coin, ...] = ()


class Part(NamedTuple):
    """What a vault adds to a transaction's weight: `own` weight units of finished inputs and change."""

    checksum: str
    inputs: int
    change: bool
    own: int


@dataclass(slots=True)
class Purse:
    """How far one payer's coins have been taken; satoshis and weight units."""

    payer: Payer
    coins: tuple[Coin, ...]
    owed: int
    taken: int = 0
    total: int = 0
    change_output: bool = True
    share: int = 0

    def take(self) -> None:
        """Take the next coin. Refused("bitcoin.funds") with what is missing at the least."""
        if self.taken == len(self.coins):
            least = self.dust if self.change_output else 0
            raise Refused("bitcoin.funds", vault=self.payer.checksum, missing=least - self.left)
        self.total += self.coins[self.taken].output.satoshis
        self.taken += 1

    @property
    def chosen(self) -> tuple[Coin, ...]:
        """The coins that are spent."""
        return self.coins[: self.taken]

    @property
    def part(self) -> Part:
        """As it is now."""
        own = sum(coin.weight for coin in self.chosen) + (self._change_weight if self.change_output else 0)
        return Part(self.payer.checksum, self.taken, self.change_output, own)

    def part_of(self, count: int, *, change: bool) -> Part:
        """As if so many coins were taken, where every coin weighs the same."""
        own = count * _input_weight(self.payer) + (self._change_weight if change else 0)
        return Part(self.payer.checksum, count, change, own)

    @property
    def _change_weight(self) -> int:
        return weights.output(self.payer.change.script_pubkey)

    @property
    def dust(self) -> int:
        """The least change that nodes relay."""
        return script.dust_limit(self.payer.change.script_pubkey)

    @property
    def left(self) -> int:
        """What is left for change."""
        return self.total - self.owed - self.share

    def settle(self, coins: tuple[Coin, ...]) -> None:
        """Exactly these coins, and no change."""
        self.coins, self.taken = coins, len(coins)
        self.total, self.change_output = sum(coin.output.satoshis for coin in coins), False


@dataclass(frozen=True, slots=True)
class Price:
    """What the network charges: satoshis a vbyte, and the `payments` outputs, of together `fixed` weight units."""

    rate: int
    payments: int
    fixed: int

    def shares(self, parts: Sequence[Part]) -> tuple[int, ...]:
        """Each vault's share of the fee."""
        outputs = self.payments + sum(part.change for part in parts)
        weight = weights.overhead(sum(part.inputs for part in parts), outputs) + self.fixed
        fee = self.rate * transaction.virtual_size(weight + sum(part.own for part in parts))
        return fees.shares(fee, [(part.checksum, part.own) for part in parts])


def choose(payers: Sequence[Payer], rate: int) -> tuple[Purse, ...]:
    """Every payer's coins, share and change at `rate` satoshis a vbyte. Refused("bitcoin.funds", vault, missing)."""
    purses = [
        Purse(each, (*each.must, *_worth(each, rate)), sum(out.satoshis for out in each.payments)) for each in payers
    ]
    paid = [out for each in payers for out in each.payments]
    price = Price(rate, len(paid), sum(weights.output(out.script_pubkey) for out in paid))
    _largest_first(purses, price)
    _exact_match(purses, price)
    return tuple(purses)


def _input_weight(payer: Payer) -> int:
    return weights.finished_input(payer.change.threshold, len(payer.change.keys))


def _worth(payer: Payer, rate: int) -> tuple[Coin, ...]:
    """The coins that bring more than their input costs, the largest first."""
    dearer = rate * transaction.virtual_size(_input_weight(payer))
    return largest_first(coin for coin in payer.coins if coin.output.satoshis > dearer)


def _largest_first(purses: Sequence[Purse], price: Price) -> None:
    for place, purse in enumerate(purses):
        if not purse.coins:
            parts = [each.part for each in purses]
            parts[place] = purse.part_of(1, change=len(purses) > 1)
            purse.share, purse.change_output = price.shares(parts)[place], len(purses) > 1
            purse.take()
        first = max(1, len(purse.payer.must))
        while purse.taken < len(purse.coins) and (purse.total < purse.owed or purse.taken < first):
            purse.take()
    while not _balanced(purses, price):
        pass


def _balanced(purses: Sequence[Purse], price: Price) -> bool:
    """Fix the shares for what is taken now; take more where it does not suffice. True when it does."""
    for purse, share in zip(purses, price.shares([each.part for each in purses]), strict=True):
        purse.share = share
    sufficient = [_suffices(purse, alone=len(purses) == 1) for purse in purses]
    return all(sufficient)


def _suffices(purse: Purse, *, alone: bool) -> bool:
    if purse.left >= (purse.dust if purse.change_output else 0):
        if not purse.change_output:
            purse.share += purse.left
        return True
    if alone and purse.change_output and (purse.left >= 0 or purse.taken == len(purse.coins)):
        purse.change_output = False
        return False
    if purse.taken < len(purse.coins):
        purse.change_output = True
    purse.take()
    return False


def _exact_match(purses: list[Purse], price: Price) -> None:
    tries = TRIES
    for place in sorted(range(len(purses)), key=lambda each: purses[each].payer.checksum):
        purse = purses[place]
        if len({coin.weight for coin in purse.coins}) != 1 or purse.payer.must:
            continue  # the number of inputs would not tell the fee
        found, tries = _search(purses, place, price, tries)
        if found is None:
            continue
        before = purse.coins, purse.taken, purse.total
        purse.settle(found)
        shares = price.shares([each.part for each in purses])
        others = (each for each in range(len(purses)) if each != place)
        if all(purses[each].total - purses[each].owed - shares[each] >= purses[each].dust for each in others):
            for each, share in zip(purses, shares, strict=True):
                each.share = share
            if len(purses) == 1:
                purse.share += purse.left
            return
        purse.coins, purse.taken, purse.total = before
        purse.change_output = True


def _search(purses: Sequence[Purse], place: int, price: Price, tries: int) -> tuple[tuple[Coin, ...] | None, int]:
    """An exact match for one purse while the others stay as they are; the tries left."""
    purse, values = purses[place], [coin.output.satoshis for coin in purses[place].coins]
    sums = (0, *accumulate(values))
    for count in range(1, min(purse.taken + MORE_INPUTS, len(values)) + 1):
        if sums[count] <= purse.owed:
            continue
        least, most = _window(purses, place, price, count)
        found, tries = exact(values, count, least, most, tries)
        if found is not None:
            return tuple(purse.coins[each] for each in found), tries
    return None, tries


def _window(purses: Sequence[Purse], place: int, price: Price, count: int) -> tuple[int, int]:
    """The sums of `count` inputs that need no change."""
    purse, parts = purses[place], [each.part for each in purses]
    parts[place] = purse.part_of(count, change=False)
    least = most = purse.owed + price.shares(parts)[place]
    if len(purses) == 1:
        parts[place] = purse.part_of(count, change=True)
        most = purse.owed + price.shares(parts)[place] + purse.dust - 1
    return least, most
