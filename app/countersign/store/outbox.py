"""What a relayer sent: every signed outer transaction, whole, kept before it went out. Part of the journal.

- One signed already is found here after a crash, and sent again as it is: never a second one for the same call.
- An account's nonces are found here; what its chain shows beyond them somebody else signed.
"""

from countersign.desk.records import Outgoing
from countersign.store.bodies import body, fields, name, number, text
from countersign.store.chain import Chain
from countersign.store.database import Database


class SentRecord:
    """Outgoing transactions by chain and account. Part of `Journal`."""

    _database: Database
    _chain: Chain

    def keep(self, outgoing: Outgoing) -> None:
        """Journals a signed transaction, durably, before it is sent. The same one again changes nothing."""
        where, raw = _name(outgoing.chain, outgoing.account), outgoing.raw.hex()
        with self._database.transaction():
            if all(each.raw != outgoing.raw for each in self.sent(outgoing.chain, outgoing.account)):
                self._chain.append("outgoing", where, body({"nonce": outgoing.nonce, "raw": raw}))

    def sent(self, chain: str, account: bytes) -> tuple[Outgoing, ...]:
        """All that an account sent on a chain, oldest first."""
        found = (fields(entry.body) for entry in self._chain.entries("outgoing", _name(chain, account)))
        return tuple(
            Outgoing(chain, account, number(each, "nonce"), bytes.fromhex(text(each, "raw"))) for each in found
        )


def _name(chain: str, account: bytes) -> bytes:
    return name(chain.encode(), account)
