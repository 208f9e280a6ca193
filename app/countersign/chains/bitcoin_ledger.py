"""The state of the embedded Bitcoin chain: which coins there are, which transaction stands in which block.

- A block is a height and the transactions in it; its id hashes both and the block before: the same in every run.
- A block's time is made up: one second after the block before it, the first on 2026-01-01. No clock is read.
- Nothing is judged here (`bitcoin_rules`), and nothing is ever undone: this chain has no reorganisations.

    >>> ledger = Ledger()
    >>> ledger.mine(), ledger.height
    (1, 1)
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from countersign.bitcoin import parent
from countersign.bitcoin.transaction import Outpoint, Output, Txid, display, double_sha256
from countersign.chains.bitcoin_spend import NULL_OUTPOINT, Unspent, read

FIRST_TIME = 1_767_225_600
GENESIS = "0f9188f13cb7b2c71f2a335e3a4fc328"
MEDIAN_SPAN = 11


@dataclass(slots=True)
class Ledger:
    """Blocks and unspent coins. `blocks` are ids by height; block 0 is empty."""

    blocks: list[bytes] = field(default_factory=lambda: [bytes(32)], repr=False)
    coins: dict[Outpoint, Unspent] = field(default_factory=dict, repr=False)
    transactions: dict[Txid, bytes] = field(default_factory=dict, repr=False)
    mined: dict[Txid, int] = field(default_factory=dict, repr=False)
    spent: dict[Outpoint, Txid] = field(default_factory=dict, repr=False)

    @property
    def height(self) -> int:
        """Height of the best block."""
        return len(self.blocks) - 1

    def unspent(self, place: Outpoint) -> Unspent | None:
        """The coin at a place, None if there is none or it is spent."""
        return self.coins.get(place)

    def known(self, txid: Txid) -> bool:
        """Whether the transaction is in the chain with an output left."""
        return any(place.txid == txid for place in self.coins)

    def median_time(self, height: int) -> int:
        """The median of the eleven made-up block times up to `height`, in unix seconds."""
        first = max(0, height - MEDIAN_SPAN + 1)
        return FIRST_TIME + first + (height - first + 1) // 2

    def mine(self, *transactions: bytes) -> int:
        """Put well-formed transactions into a block of their own, unjudged; its height. Malformed: B2.*."""
        spends = [read(raw) for raw in transactions]
        height = len(self.blocks)
        self.blocks.append(
            double_sha256(b"".join([self.blocks[-1], height.to_bytes(8, "big"), *(s.txid for s in spends)]))
        )
        for raw, spend in zip(transactions, spends, strict=True):
            for place in spend.places:
                self.coins.pop(place, None)
            coinbase = [place.serialise() for place in spend.places] == [NULL_OUTPOINT]
            self.spent |= {} if coinbase else dict.fromkeys(spend.places, spend.txid)
            found = parent.read(raw)
            for vout in range(len(found.spans)):
                output = found.output(vout)
                if output is not None:
                    self.coins[Outpoint(spend.txid, vout)] = Unspent(output, height, coinbase)
            self.transactions[spend.txid] = raw
            self.mined[spend.txid] = height
        return height

    def held_by(self, scripts: frozenset[bytes]) -> Iterator[tuple[Outpoint, Unspent]]:
        """Unspent coins of these scriptPubKeys, oldest first, then by txid as people write it."""
        found = [(place, coin) for place, coin in self.coins.items() if coin.output.script_pubkey in scripts]
        return iter(sorted(found, key=lambda one: (one[1].height, display(one[0].txid), one[0].vout)))


def coinbase(outputs: tuple[Output, ...], height: int) -> bytes:
    """A coinbase-like transaction for a block of this height (BIP-34): no real chain would let it make so much."""
    number = height.to_bytes((height.bit_length() + 8) // 8, "little")
    signed = bytes((len(number),)) + number + b"\x00"
    body = b"".join(output.serialise() for output in outputs)
    head = b"\x02\x00\x00\x00\x01" + NULL_OUTPOINT + bytes((len(signed),)) + signed + b"\xff" * 4
    return head + bytes((len(outputs),)) + body + bytes(4)
