"""An embedded Bitcoin chain whose blocks are full: what pays too little waits in a memory pool, as it does on a busy evening.

It stands for `desk.ports.BitcoinNode` before an `EmbeddedBitcoin`, which it is as long as `least` is 0.

- A transaction is judged as the chain judges it, over what waits as well: a child may spend its parent's unconfirmed change.
- It is mined with everything it rests on as soon as both together pay `least` satoshis a vbyte: child pays for parent.
- What spends a coin that something waiting spends takes its place, with all that rests on it, where it pays for both and
  for its own relay (BIP-125 rules 3 and 4); else it is refused in a node's words.

    node = BusyBitcoin(EmbeddedBitcoin(), least=10)
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from countersign.bitcoin import parent
from countersign.bitcoin.transaction import Outpoint, Txid, display
from countersign.bitcoin.vault import RangedVault
from countersign.chains.bitcoin_ledger import Ledger
from countersign.chains.bitcoin_rules import refusal
from countersign.chains.bitcoin_spend import Spend, Unspent, read
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.desk.ports import Coin, Observation
from countersign.errors import Refused

KNOWN, TOO_LITTLE = "txn-already-in-mempool", "insufficient fee"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What lies in the pool."""

    raw: bytes
    spend: Spend
    fee: int


@dataclass(frozen=True, slots=True)
class Above:
    """The chain with what waits mined onto it: a `bitcoin_spend.View`."""

    ledger: Ledger
    pool: dict[Txid, Waiting]

    @property
    def height(self) -> int:
        """Height of the best block."""
        return self.ledger.height

    def unspent(self, place: Outpoint) -> Unspent | None:
        """The coin at a place, of the chain or of what waits, unless something that waits spends it."""
        if any(place in each.spend.places for each in self.pool.values()):
            return None
        if (waiting := self.pool.get(place.txid)) is None:
            return self.ledger.unspent(place)
        made = parent.read(waiting.raw)
        output = made.output(place.vout) if place.vout < len(made.spans) else None
        return None if output is None else Unspent(output, self.height + 1, coinbase=False)

    def known(self, txid: Txid) -> bool:
        """Whether the transaction is in the chain with an output left."""
        return self.ledger.known(txid)

    def median_time(self, height: int) -> int:
        """BIP-113."""
        return self.ledger.median_time(height)


@dataclass(slots=True)
class BusyBitcoin:
    """`least`: satoshis a vbyte below which no block takes anything; 0: there is room for all."""

    notice: ClassVar[str] = "chains.embedded-bitcoin"
    node: EmbeddedBitcoin
    least: int = 0
    pool: dict[Txid, Waiting] = field(default_factory=dict, repr=False)

    async def chain(self) -> str:
        """CAIP-2."""
        return await self.node.chain()

    async def height(self) -> int:
        """Height of the best block."""
        return await self.node.height()

    async def coins(self, scripts: Sequence[bytes], ranged: Sequence[RangedVault] = ()) -> Sequence[Coin]:
        """Unspent outputs in blocks: as in a node's scan, what waits neither makes nor takes one."""
        return await self.node.coins(scripts, ranged)

    async def unspent(self, outpoints: Collection[str]) -> Mapping[str, int]:
        """The confirmations of each of these outputs that no block has spent: what waits spends nothing yet."""
        return await self.node.unspent(outpoints)

    async def fee_rate(self, blocks: int) -> int | None:
        """What the next block asks for."""
        return self.least or await self.node.fee_rate(blocks)

    async def test(self, raw: bytes) -> str | None:
        """None if the pool would take the transaction, else its reason."""
        return self._judged(raw)[0]

    async def broadcast(self, raw: bytes) -> str:
        """Take it into the pool, or mine it with all it rests on; its id. Refused("chains.bitcoin-refused")."""
        if not self.least and not self.pool:
            return await self.node.broadcast(raw)
        reason, gone = self._judged(raw)
        if reason not in (None, KNOWN):
            raise Refused("chains.bitcoin-refused", reason=reason or "")
        spend = read(raw)
        if reason is None:
            for each in gone:
                del self.pool[each.spend.txid]
            self.pool[spend.txid] = Waiting(raw, spend, _fee(spend, Above(self.node.ledger, self.pool)))
            self._mine()
        return display(spend.txid)

    async def observe(self, txid: str) -> Observation:
        """Where a transaction is: waiting, or as the chain says."""
        if any(display(each) == txid for each in self.pool):
            return Observation(txid, True, 0, None, None)
        return await self.node.observe(txid)

    async def spenders(self, outpoints: Collection[str], since: int) -> Mapping[str, Observation]:
        """Which transactions spend these outputs in blocks."""
        return await self.node.spenders(outpoints, since)

    def _judged(self, raw: bytes) -> tuple[str | None, list[Waiting]]:
        """Why the pool would not take it, and what it would throw out."""
        if refusal(raw, self.node.ledger) == "TX decode failed":
            return "TX decode failed", []
        spend = read(raw)
        if spend.txid in self.pool:
            return KNOWN, []
        gone = self._resting([each for each in self.pool.values() if set(each.spend.places) & set(spend.places)])
        view = Above(self.node.ledger, {name: each for name, each in self.pool.items() if each not in gone})
        reason = refusal(raw, view)
        if reason is None and gone and _fee(spend, view) < sum(each.fee for each in gone) + spend.virtual_size:
            reason = TOO_LITTLE
        return reason, gone

    def _resting(self, first: list[Waiting]) -> list[Waiting]:
        """These, and whatever in the pool rests on them."""
        found = list(first)
        for each in found:
            found += [
                other for other in self.pool.values()
                if other not in found and any(place.txid == each.spend.txid for place in other.spend.places)
            ]  # fmt: skip
        return found

    def _package(self, last: Waiting) -> Iterator[Waiting]:
        """What one in the pool rests on, in an order that a block may have, and itself."""
        for txid in dict.fromkeys(place.txid for place in last.spend.places):
            if txid in self.pool:
                yield from self._package(self.pool[txid])
        yield last

    def _mine(self) -> None:
        """Mine whatever pays enough with all it rests on, each package in a block of its own."""
        for each in list(self.pool.values()):
            if each.spend.txid not in self.pool:
                continue
            package = list(dict.fromkeys(self._package(each)))
            size = sum(one.spend.virtual_size for one in package)
            if sum(one.fee for one in package) >= self.least * size:
                self.node.ledger.mine(*(one.raw for one in package))
                for one in package:
                    del self.pool[one.spend.txid]


def _fee(spend: Spend, view: Above) -> int:
    """Satoshis that leave nobody's coins to anybody: what a block's maker takes."""
    coins = [view.unspent(place) for place in spend.places]
    given = sum(each.output.satoshis for each in coins if each is not None)
    return given - sum(satoshis for _, satoshis in spend.outputs)
