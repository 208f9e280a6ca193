"""Choosing coins: branch and bound, then largest first, beside the largest first alone.

Run by hand; prints sums over random purses, everything in ratios to the largest first alone.

python tests/benchmarks/coin_selection.py [purses] [rate]
"""

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import process_time

sys.path[:0] = [str(Path(__file__).parents[2] / "app"), str(Path(__file__).parents[1])]

from countersign.bitcoin import selection, transaction, weights  # noqa: E402
from countersign.bitcoin.coins import Coin  # noqa: E402
from countersign.bitcoin.selection import Payer  # noqa: E402
from countersign.errors import Refused  # noqa: E402
from support.bitcoin_vault import funded, payment, software_vault  # noqa: E402

HELD = software_vault("benchmark").vault
CHANGE = weights.output(HELD.slots[3].script_pubkey)
INPUT = weights.finished_input(HELD.threshold, HELD.cosigners)


@dataclass
class Tally:
    """What a way of choosing came to: `waste` is what the choice costs beside the inputs that any choice needs."""

    inputs: int = 0
    fee: int = 0
    changes: int = 0
    waste: int = 0
    seconds: float = 0
    failed: int = 0

    def add(self, inputs: int, fee: int, rate: int, *, change: bool) -> None:
        """Waste as Bitcoin Core counts it, now and later at one rate: excess, or change made and spent again."""
        least = rate * transaction.virtual_size(weights.overhead(inputs, 1 + change) + 124 + inputs * INPUT)
        self.inputs += inputs
        self.fee += fee
        self.changes += change
        self.waste += rate * (CHANGE + INPUT) // 4 if change else fee - least


def cases(count: int) -> Iterator[tuple[tuple[Coin, ...], int]]:
    """Purses of 2 to 40 coins, in thirds: even spread, magnitudes, and a few round amounts again and again."""
    dice = random.Random(4)  # noqa: S311  (a benchmark's dice)
    for number in range(count):
        size = dice.randint(2, 40)
        kinds: tuple[Callable[[], int], ...] = (
            lambda: dice.randint(100_000, 10_000_000),
            lambda: int(10 ** dice.uniform(4.5, 8.5)),
            lambda: dice.choice((1, 2, 5, 10, 25)) * 100_000,
        )
        amounts = [kinds[number % 3]() for _ in range(size)]
        yield funded(HELD, amounts, number * 64), int(sum(amounts) * dice.uniform(0.05, 0.8))


def ours(coins: tuple[Coin, ...], owed: int, rate: int, tally: Tally, tries: int) -> None:
    selection.TRIES = tries
    payer = Payer(HELD.checksum, coins, (payment(owed),), HELD.slots[3])
    start = process_time()
    try:
        (purse,) = selection.choose([payer], rate)
    except Refused:
        tally.failed += 1
        return
    tally.seconds += process_time() - start
    tally.add(purse.taken, purse.share, rate, change=purse.change_output)


def main(count: int, rate: int) -> None:
    most = selection.TRIES
    ways = {
        "largest first": (Tally(), 0),
        "branch and bound": (Tally(), most),
        "a tenth of the tries": (Tally(), most // 10),
    }
    for coins, owed in cases(count):
        for tally, tries in ways.values():
            ours(coins, owed, rate, tally, tries)
    base = ways["largest first"][0]
    print(f"{count} purses, {rate} sat/vB; the largest first alone = 1 ({base.inputs} inputs, {base.changes} changes)")
    for name, (tally, _) in ways.items():
        print(
            f"{name:>22}: inputs {tally.inputs / base.inputs:.3f}, fee {tally.fee / base.fee:.3f}, "
            f"change outputs {tally.changes / base.changes:.3f}, waste {tally.waste / base.waste:.3f}, "
            f"CPU time {tally.seconds / base.seconds:.1f}, refused {tally.failed}"
        )


if __name__ == "__main__":
    main(*(int(sys.argv[place]) if len(sys.argv) > place else most for place, most in ((1, 600), (2, 10))))
