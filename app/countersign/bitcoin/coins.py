"""Coins of a vault, and the order in which they are looked at. Which of them pay says `selection`.

- a coin carries its whole parent: its amount and script are read there, never believed;
- a coin belongs to a slot: its script equals the slot's, byte for byte;
- order: amount descending, then outpoint; the same coins give the same choice on every machine.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from countersign.bitcoin import weights
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.parent import Parent
from countersign.bitcoin.transaction import Outpoint, Output
from countersign.errors import Refused


@dataclass(frozen=True, slots=True)
class Coin:
    """An unspent output of a vault's slot. Made by `of`, which reads it from its parent."""

    outpoint: Outpoint
    output: Output
    slot: Descriptor
    parent: Parent = field(repr=False)

    @property
    def weight(self) -> int:
        """Weight units of the input that spends it, signed."""
        return weights.finished_input(self.slot.threshold, len(self.slot.keys))


def of(parent: Parent, vout: int, slot: Descriptor) -> Coin:
    """Output `vout` of `parent` as a coin of `slot`. Refused: B3.no-such-output, bitcoin.not-our-coin."""
    output = parent.output(vout)
    if output is None:
        raise Refused("B3.no-such-output", input=0, vout=vout)
    if output.script_pubkey != slot.script_pubkey:
        raise Refused("bitcoin.not-our-coin", vout=vout)
    return Coin(Outpoint(parent.txid, vout), output, slot, parent)


def largest_first(coins: Iterable[Coin]) -> tuple[Coin, ...]:
    """The order in which coins are looked at."""
    return tuple(sorted(coins, key=lambda coin: (-coin.output.satoshis, coin.outpoint)))
