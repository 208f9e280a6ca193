"""Which payment of a contract this machine set out to sign, and over which coins (CHECKS.md B12).

    verify → **promise** and intend, durable → token signs → …

- A contract is paid once. Coins alone do not show that: another transaction over other coins pays it again, and whoever kept
  the signatures of both can send both.
- A contract is found by its id, so that a later version of it is known to be the same.
- The coins of a transaction are written once, all of them, other vaults' too: one coin in common, and no chain takes both.
"""

from collections.abc import Collection

from countersign.desk.records import Outpoint, Promise
from countersign.store.bodies import body, fields, text, texts
from countersign.store.chain import Chain
from countersign.store.database import Database


class PaymentRecord:
    """What contracts were promised. Part of `Journal`."""

    _database: Database
    _chain: Chain

    def promise(self, contracts: Collection[str], payment: Promise) -> None:
        """Records, durably, that a transaction pays these contracts (ids). The same again changes nothing."""
        written = body({"instruction": payment.instruction.hex(), "transaction": payment.transaction.hex()})
        with self._database.transaction():
            for each in contracts:
                if all(entry.body != written for entry in self._chain.entries("promise", each.encode())):
                    self._chain.append("promise", each.encode(), written)
            if self._chain.last("promise-coins", payment.transaction) is None:
                coins = [f"{coin.chain}|{coin.txid.hex()}|{coin.vout}" for coin in payment.outpoints]
                self._chain.append("promise-coins", payment.transaction, body({"outpoints": coins}))

    def promised(self, contracts: Collection[str]) -> tuple[tuple[str, Promise], ...]:
        """Every payment that this machine set out to sign of any of these contracts (ids), each once, with one that it pays."""
        found: dict[bytes, str] = {}
        for each in contracts:
            for entry in self._chain.entries("promise", each.encode()):
                found.setdefault(entry.body, each)
        return tuple((name, self._read(data)) for data, name in found.items())

    def _read(self, data: bytes) -> Promise:
        values = fields(data)
        transaction = bytes.fromhex(text(values, "transaction"))
        written = self._chain.last("promise-coins", transaction)
        assert written is not None, "a promise and its coins are written together"
        coins = (coin.split("|") for coin in texts(fields(written), "outpoints"))
        found = tuple(Outpoint(chain, bytes.fromhex(txid), int(vout)) for chain, txid, vout in coins)
        return Promise(transaction, bytes.fromhex(text(values, "instruction")), found)
