"""The journal: what this machine must never forget. Backed up, never rebuilt, append-only, chained (CHECKS.md S2).

One object with five subjects, each a module of its own:

- `signing`: intents, shares, signed outpoints and nonces, the r register, stopped keys (B12, E8, H8)
- `sessions`: envelopes received and sent, answers given, correspondents' heads (T1, L7)
- `payments`: which payment of a contract was promised (B12)
- `floors`: pinned heads, clock, settlement ids, change indexes, settings (L6, C4, C3, B7)
- `outbox`: what a relayer sent

    journal.intend(intent)              # durable; now the token may be asked
    journal.record_share(share)         # durable; now it may be exported
    journal.answered(key, digest)       # the same bytes again, without a new signature
"""

from countersign.store.chain import Chain
from countersign.store.database import Database
from countersign.store.floors import Floors
from countersign.store.outbox import SentRecord
from countersign.store.payments import PaymentRecord
from countersign.store.sessions import SessionRecord
from countersign.store.signing import SigningRecord


class Journal(SigningRecord, PaymentRecord, SessionRecord, SentRecord, Floors):
    """The journal of one store. Every method that returns has made its entry durable."""

    def __init__(self, database: Database, chain: Chain) -> None:
        self._database = database
        self._chain = chain
