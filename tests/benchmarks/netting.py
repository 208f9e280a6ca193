"""Netting beside a plain matrix of who owes whom what. Run by hand; prints ratios of CPU time.

python tests/benchmarks/netting.py [contracts] [participants]
"""

import random
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

sys.path[:0] = [str(Path(__file__).parents[2] / "app"), str(Path(__file__).parents[1])]

from countersign.settlement import netting, proof  # noqa: E402
from countersign.settlement.contract import Terms  # noqa: E402
from support.many_books import Market  # noqa: E402


def seconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def contracts(market: Market, count: int) -> list[Terms]:
    dice, found = random.Random(1), []  # noqa: S311  (a benchmark's dice)
    for number in range(count):
        pair = tuple(dice.sample(market.parties, 2))
        first, second = dice.sample(market.assets, 2)
        legs = ((0, 1, first, dice.randint(1, 10**9)), (1, 0, second, dice.randint(1, 10**9)))
        found.append(market.terms(number, pair, legs))
    return found


def matrix(agreed: list[Terms]) -> dict[str, dict[object, int]]:
    """Net positions and nothing else: a dict of dicts."""
    net: dict[str, dict[object, int]] = {}
    for terms in agreed:
        for leg in terms.legs:
            books = net.setdefault(leg.asset, {})
            payer, receiver = terms.parties[leg.payer], terms.parties[leg.receiver]
            books[payer] = books.get(payer, 0) - leg.amount
            books[receiver] = books.get(receiver, 0) + leg.amount
    return net


def main(count: int, participants: int) -> None:
    market = Market(institutions=participants, books=1, tokens=4)
    agreed, roster = contracts(market, count), market.roster
    alone = seconds(lambda: matrix(agreed))
    print(f"{count} contracts, {participants} participants; a plain matrix {alone * 1000:.0f} ms = 1", end="; ")
    for mode in netting.MODES:
        print(f"{mode} {seconds(lambda: netting.obligations(roster, agreed, mode)) / alone:.1f}", end="; ")  # noqa: B023
    print(f"with its proof {seconds(lambda: proof.prove(roster, agreed, netting.MULTILATERAL)) / alone:.1f}")
    tenth = agreed[: count // 10]
    small = seconds(lambda: netting.obligations(roster, tenth, netting.MULTILATERAL))
    whole = seconds(lambda: netting.obligations(roster, agreed, netting.MULTILATERAL))
    print(f"ten times the contracts take {whole / small:.1f} times as long")
    owed = netting.obligations(roster, agreed, netting.MULTILATERAL)
    print(f"{2 * count} legs become {len(owed)} payments in {len(netting.groups(owed))} transactions")


if __name__ == "__main__":
    main(*(int(sys.argv[place]) if len(sys.argv) > place else most for place, most in ((1, 10_000), (2, 200))))
