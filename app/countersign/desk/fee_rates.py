"""At which rate a Bitcoin transaction is made: the estimate of one's own node under the policy's most, or what a person says.

- The estimate is for `BLOCKS` blocks. A node that has seen too little has none: then a rate is said, or nothing is made.
- An estimate above the policy's most is not taken: the most is, and both are shown.
- What comes of a rate is bounded once more when it is built (`preparing.require_within_caps`): each vault's share by its contracts'
  caps, the whole by the policy's percentages of what leaves, as B9 will judge it.
"""

from dataclasses import dataclass

from countersign.desk.workplace import Workplace
from countersign.errors import Refused, Unavailable

BLOCKS = 6
"""About an hour: a settlement is not urgent enough for the next block, and too urgent for the next day."""


@dataclass(frozen=True, slots=True)
class FeeRate:
    """Satoshis a virtual byte: what the node of `chain` estimates (None: nothing), and the policy's most."""

    chain: str
    estimate: int | None
    most: int
    blocks: int = BLOCKS

    @property
    def rate(self) -> int | None:
        """What is taken unless a person says another."""
        return None if self.estimate is None else min(self.estimate, self.most)


async def of_contract(desk: Workplace, contract: str) -> FeeRate | None:
    """The rate for the Bitcoin transactions of a contract's cycle; None where it has none.

    A node that cannot be asked has no estimate either. Where there are two chains, the dearer's counts.
    """
    name = desk.state.contract(contract).cycle
    if name is None:
        return None
    chains = sorted({group.chain for group in desk.state.cycle(name).groups if group.kind == "psbt"})
    found = [await _of_chain(desk, chain) for chain in chains]
    return max(found, key=lambda each: (each.estimate is None, each.estimate or 0), default=None)


async def _of_chain(desk: Workplace, chain: str) -> FeeRate:
    try:
        estimate = await desk.bitcoin(chain).fee_rate(BLOCKS)
    except Unavailable:
        estimate = None
    return FeeRate(chain, estimate, desk.state.adopted().fees.max_sat_vb)


def require_rate(found: FeeRate | None) -> int:
    """The rate that is taken where nobody said one. Refused("desk.no-fee-estimate")."""
    if found is None:
        return 1  # nothing on Bitcoin: no rate is used
    if found.rate is None:
        raise Refused("desk.no-fee-estimate", chain=found.chain)
    return found.rate
