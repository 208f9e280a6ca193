"""Each paying vault's agreed share of the network fee (DESIGN §8).

    floor(fee × weight of its finished inputs and change ÷ the same over all paying vaults)

- what flooring leaves over goes one satoshi each to the vaults in order of descriptor checksum;
- with one paying vault the share is the whole fee; integers only.

    >>> shares(100, [("zz", 1), ("aa", 2)])
    (33, 67)
"""

from collections.abc import Sequence


def shares(fee: int, vaults: Sequence[tuple[str, int]]) -> tuple[int, ...]:
    """The shares in satoshis of vaults given as (checksum, weight units > 0), in that order. They sum to `fee`."""
    total = sum(weight for _, weight in vaults)
    floors = [fee * weight // total for _, weight in vaults]
    left = fee - sum(floors)
    by_checksum = sorted(range(len(vaults)), key=lambda place: (vaults[place][0], place))
    for place in by_checksum[:left]:
        floors[place] += 1
    return tuple(floors)
