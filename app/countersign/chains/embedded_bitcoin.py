"""The demonstration's Bitcoin: a regtest chain in this process that knows P2WSH-multisig spends and nothing else.

It stands for `desk.ports.BitcoinNode` and judges as Bitcoin Core does (`bitcoin_rules`), as far as it goes:

- `fund` mines a coinbase-like transaction and lets it mature: a coin comes with a previous transaction that hashes to
  its txid;
- each accepted transaction is mined at once in a block of its own, so the memory pool is always empty;
- each look at a mined transaction adds an empty block; no clock, no randomness, no reorganisation.

Where it is narrower than a real node it refuses, and says so (`embedded.UNSUPPORTED`); docs/chains.md lists it.
tests/real/ hold it against a real node.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from countersign.bitcoin import transaction
from countersign.bitcoin.standard import MIN_RELAY
from countersign.bitcoin.transaction import Outpoint, Output, Satoshis, display
from countersign.bitcoin.vault import RangedVault
from countersign.chains.bitcoin_ledger import GENESIS, Ledger, coinbase
from countersign.chains.bitcoin_rules import COINBASE_MATURITY, refusal
from countersign.chains.bitcoin_spend import Unspent, read
from countersign.desk.ports import Coin, Observation
from countersign.errors import Malformed, Refused

MOST_OUTPUTS = 252


@dataclass(slots=True)
class EmbeddedBitcoin:
    """A chain of one process: `desk.ports.BitcoinNode`. `notice` is the code of the sentence that says what it is."""

    notice: ClassVar[str] = "chains.embedded-bitcoin"
    ledger: Ledger = field(default_factory=Ledger)

    async def chain(self) -> str:
        """CAIP-2 of regtest."""
        return f"bip122:{GENESIS}"

    async def height(self) -> int:
        """Height of the best block."""
        return self.ledger.height

    async def coins(self, scripts: Sequence[bytes], ranged: Sequence[RangedVault] = ()) -> Sequence[Coin]:
        """Unspent outputs of these scriptPubKeys and vaults, oldest first, each with its previous transaction."""
        wanted = {vault.descriptor(number).script_pubkey for vault in ranged for number in vault.numbers}
        return [self._coin(place, coin) for place, coin in self.ledger.held_by(frozenset(wanted.union(scripts)))]

    async def unspent(self, outpoints: Collection[str]) -> Mapping[str, int]:
        """The confirmations of each of these outputs that nothing has spent. Malformed."""
        places = {each: Outpoint.parse(each) for each in outpoints}
        known = {each: coin for each, place in places.items() if (coin := self.ledger.coins.get(place)) is not None}
        return {each: self.ledger.height - coin.height + 1 for each, coin in known.items()}

    async def fee_rate(self, blocks: int) -> int | None:  # noqa: ARG002
        """Everything is mined at once here: the least that is relayed."""
        return MIN_RELAY

    async def test(self, raw: bytes) -> str | None:
        """None if the chain would take the transaction now, else its reason, in a node's words where it has them."""
        return refusal(raw, self.ledger)

    async def broadcast(self, raw: bytes) -> str:
        """Mine the transaction; its id. `Refused("chains.bitcoin-refused")` with the reason of `test`."""
        reason = refusal(raw, self.ledger)
        if reason is not None:
            raise Refused("chains.bitcoin-refused", reason=reason)
        self.ledger.mine(raw)
        return display(read(raw).txid)

    async def observe(self, txid: str) -> Observation:
        """Where a transaction is; looking at a mined one adds an empty block."""
        try:
            height = self.ledger.mined.get(transaction.from_display(txid))
        except Malformed:
            height = None
        if height is None:
            return Observation(txid, False, 0, None, None)
        self.ledger.mine()
        block = display(self.ledger.blocks[height])
        return Observation(txid, True, self.ledger.height - height + 1, height, block)

    async def spenders(self, outpoints: Collection[str], since: int) -> Mapping[str, Observation]:  # noqa: ARG002
        """Which transactions spend these outputs; every block is known here, so that no moment is asked for."""
        found = {}
        for each in outpoints:
            txid, _, vout = each.partition(":")
            spender = self.ledger.spent.get(Outpoint(transaction.from_display(txid), int(vout)))
            if spender is not None:
                height = self.ledger.mined[spender]
                depth, block = self.ledger.height - height + 1, display(self.ledger.blocks[height])
                found[each] = Observation(display(spender), True, depth, height, block)
        return found

    def fund(self, script_pubkey: bytes, satoshis: int) -> Coin:
        """A mature coin of `satoshis` locked by `script_pubkey`, from a previous transaction of its own."""
        (coin,) = self.fund_all([Output(script_pubkey, Satoshis(satoshis))])
        return coin

    def fund_all(self, outputs: Sequence[Output]) -> tuple[Coin, ...]:
        """Mature coins from one previous transaction with these outputs. Refused: chains.fund-outputs (1 to 252)."""
        if not 1 <= len(outputs) <= MOST_OUTPUTS:
            raise Refused("chains.fund-outputs", found=len(outputs), most=MOST_OUTPUTS)
        coins = self.adopt(coinbase(tuple(outputs), self.ledger.height + 1))
        for _ in range(COINBASE_MATURITY - 1):
            self.ledger.mine()
        return tuple(self._coin(place, self.ledger.coins[place]) for place in coins)

    def adopt(self, *raws: bytes) -> tuple[Outpoint, ...]:
        """Mine given transactions unjudged, in one block; the places of their outputs. Malformed: B2.*."""
        spends = [read(raw) for raw in raws]
        self.ledger.mine(*raws)
        return tuple(Outpoint(spend.txid, vout) for spend in spends for vout in range(len(spend.outputs)))

    def _coin(self, place: Outpoint, coin: Unspent) -> Coin:
        return Coin(
            txid=display(place.txid),
            vout=place.vout,
            satoshis=coin.output.satoshis,
            script_pubkey=coin.output.script_pubkey,
            transaction=self.ledger.transactions[place.txid],
            confirmations=self.ledger.height - coin.height + 1,
        )
