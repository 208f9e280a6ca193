"""What this machine has set out to sign, and has signed (CHECKS.md B12, E8, H8; DESIGN.md §7 signing order).

    verify → **intend**, durable → token signs → low-S → verify → **record_share**, durable → export

- The intent binds: every outpoint and Safe nonce in it counts as signed from then on, because a crash may hide whether
  the token signed. Another transaction over one of them is refused, but for a declared replacement or void of the same
  settlement, or a leg of it made afresh, that names every transaction it stands against.
- The same digest may be answered again from the record; a share is recorded only where its intent stands.
- Two digests under one r give the key away: the key is stopped, durably, and then the alarm is raised. Children of one
  extended key count as one key, for whoever knows it computes the private keys from any two of them.
- A signature behind which no intent stands (a vault's test, a device's key record, a share that the log brings) enters its r
  all the same: what gives a key away does not ask what was signed.
- A log that showed two faces freezes all signing on this machine until an administrator opens a new profile.
"""

import hashlib
from collections.abc import Collection

from countersign.desk.records import Declared, Intent, Outpoint, SafeNonce, Share, Signed
from countersign.errors import Conflict, Refused
from countersign.store.bodies import body, fields, name, number, text, texts
from countersign.store.chain import Chain
from countersign.store.database import Database


class SigningRecord:
    """Intents, shares, signed outpoints and nonces, the r register. Part of `Journal`."""

    _database: Database
    _chain: Chain

    def intend(self, intent: Intent) -> None:
        """Journals the intent, durably, before any token is asked. The same intent again changes nothing.

        Raises `Conflict("B12.promised")`, `Conflict("E8.promised")`, `Refused("H8.key-stopped")`,
        `Refused("L4.signing-frozen")`.
        """
        with self._database.transaction():
            self._may_sign(intent.root or intent.key)
            for outpoint in intent.outpoints:
                self._claim("outpoint", _outpoint_name(outpoint), intent, "B12.promised")
            if intent.nonce is not None:
                self._claim("nonce", _nonce_name(intent.nonce), intent, "E8.promised")
            for digest in intent.digests:
                if self._chain.last("digest", name(intent.key, digest)) is None:
                    self._chain.append("digest", name(intent.key, digest), intent.transaction)
            written = _intent_body(intent)
            if all(entry.body != written for entry in self._chain.entries("intent", intent.instruction)):
                self._chain.append("intent", intent.instruction, written)

    def intents(self, instruction: bytes) -> tuple[Intent, ...]:
        """Every intent for an instruction, oldest first; after a crash these may or may not have been signed."""
        return tuple(_intent(instruction, entry.body) for entry in self._chain.entries("intent", instruction))

    def record_share(self, share: Share) -> None:
        """Journals a verified signature, durably, before it is exported. The same share again changes nothing.

        Raises `Refused("store.no-intent")`, `Conflict("store.already-answered")`, `Refused("H8.repeated-r")`.
        """
        self.record_shares((share,))

    def record_shares(self, shares: tuple[Share, ...]) -> None:
        """All shares of one instruction in one transaction. Raises what `record_share` raises."""
        repeated = None
        with self._database.transaction():
            for share in shares:
                repeated = repeated or self._record(share)
        if repeated is not None:
            raise Refused("H8.repeated-r", key=(repeated.root or repeated.key).hex())

    def require_may_sign(self, keys: Collection[bytes]) -> None:
        """Nothing keeps these registered keys from signing. Refused("H8.key-stopped"), Refused("L4.signing-frozen")."""
        for key in keys:
            self._may_sign(key)

    def register(self, shares: tuple[Share, ...]) -> None:
        """Enters the r of verified signatures behind which no intent stands, durably, before they leave; the same again changes
        nothing. Refused("H8.repeated-r"): the key is stopped then."""
        with self._database.transaction():
            repeated = [share for share in shares if not self._fresh_r(share)]
        if repeated:
            raise Refused("H8.repeated-r", key=(repeated[0].root or repeated[0].key).hex())

    def answered(self, key: bytes, digest: bytes) -> bytes | None:
        """The recorded r‖s of this key over this digest, to be given again without a new signature."""
        return self._chain.last("share", name(key, digest))

    def signed_outpoint(self, outpoint: Outpoint) -> tuple[Signed, ...]:
        """Every transaction that was promised this coin here, oldest first; more than one only after a declared
        exception."""
        return self._signed("outpoint", _outpoint_name(outpoint))

    def signed_nonce(self, nonce: SafeNonce) -> tuple[Signed, ...]:
        """Every safeTxHash that was promised this nonce here, oldest first."""
        return self._signed("nonce", _nonce_name(nonce))

    def key_stopped(self, key: bytes) -> bool:
        """Whether the alarm of H8 stands against this key."""
        return self._chain.last("key-stopped", key) is not None

    def freeze_signing(self, origin: str, evidence: bytes) -> None:
        """Stops all signing on this machine for good: `evidence` is the SHA-256 of the artefact with both notes
        (L4)."""
        self._chain.append("signing-frozen", b"", body({"origin": origin, "evidence": evidence.hex()}))

    def signing_frozen(self) -> bytes | None:
        """The SHA-256 of the evidence for which signing is frozen, or None."""
        found = self._chain.last("signing-frozen")
        return None if found is None else bytes.fromhex(text(fields(found), "evidence"))

    def _may_sign(self, key: bytes) -> None:
        if (evidence := self.signing_frozen()) is not None:
            raise Refused("L4.signing-frozen", evidence=evidence.hex())
        if self.key_stopped(key):
            raise Refused("H8.key-stopped", key=key.hex())

    def _claim(self, kind: str, claim: bytes, intent: Intent, code: str) -> None:
        """Promises a coin or nonce to the intent's transaction, unless it is promised to another."""
        earlier = self._signed(kind, claim)
        if any(signed.transaction == intent.transaction for signed in earlier):
            return
        excused = intent.declared.against if intent.declared is not None else ()
        for signed in earlier:
            if signed.transaction not in excused or signed.settlement != intent.settlement:
                raise Conflict(code, signed=signed.transaction.hex(), settlement=signed.settlement)
        promise = body({"transaction": intent.transaction.hex(), "settlement": intent.settlement})
        self._chain.append(kind, claim, promise)

    def _signed(self, kind: str, claim: bytes) -> tuple[Signed, ...]:
        found = (fields(entry.body) for entry in self._chain.entries(kind, claim))
        return tuple(Signed(bytes.fromhex(text(values, "transaction")), text(values, "settlement")) for values in found)

    def _record(self, share: Share) -> Share | None:
        """Writes one share; returns it instead if its r was used for another digest (then the key is stopped)."""
        if self._chain.last("digest", name(share.key, share.digest)) is None:
            raise Refused("store.no-intent", digest=share.digest.hex())
        known = self.answered(share.key, share.digest)
        if known is not None:
            if known != share.signature:
                raise Conflict("store.already-answered", digest=share.digest.hex())
            return None
        if not self._fresh_r(share):
            return share
        self._chain.append("share", name(share.key, share.digest), share.signature)
        return None

    def _fresh_r(self, share: Share) -> bool:
        """Enters a signature's r under its root. False if another digest has it already: then the key is stopped."""
        root = share.root or share.key
        r_name = name(root, hashlib.sha256(share.signature[:32]).digest())
        known = self._chain.last("r", r_name)
        if known is None:
            self._chain.append("r", r_name, share.digest)
        elif known != share.digest:
            self._chain.append("key-stopped", root, share.digest)
        return known in (None, share.digest)


def _outpoint_name(outpoint: Outpoint) -> bytes:
    return name(outpoint.chain.encode(), outpoint.txid, outpoint.vout.to_bytes(4, "big"))


def _nonce_name(nonce: SafeNonce) -> bytes:
    return name(nonce.chain.encode(), nonce.safe, nonce.nonce.to_bytes(32, "big"))


def _intent_body(intent: Intent) -> bytes:
    return body(
        {
            "settlement": intent.settlement,
            "key": intent.key.hex(),
            "transaction": intent.transaction.hex(),
            "digests": [digest.hex() for digest in intent.digests],
            "at": intent.at,
            "outpoints": [f"{coin.chain}|{coin.txid.hex()}|{coin.vout}" for coin in intent.outpoints],
            "nonce": []
            if intent.nonce is None
            else [intent.nonce.chain, intent.nonce.safe.hex(), str(intent.nonce.nonce)],
            "declared": "" if intent.declared is None else intent.declared.kind,
            "against": [] if intent.declared is None else [earlier.hex() for earlier in intent.declared.against],
            "root": intent.root.hex(),
        }
    )


def _intent(instruction: bytes, data: bytes) -> Intent:
    values = fields(data)
    coins = [coin.split("|") for coin in texts(values, "outpoints")]
    nonce = texts(values, "nonce")
    against = tuple(bytes.fromhex(earlier) for earlier in texts(values, "against"))
    return Intent(
        instruction,
        text(values, "settlement"),
        bytes.fromhex(text(values, "key")),
        bytes.fromhex(text(values, "transaction")),
        tuple(bytes.fromhex(digest) for digest in texts(values, "digests")),
        number(values, "at"),
        tuple(Outpoint(chain, bytes.fromhex(txid), int(vout)) for chain, txid, vout in coins),
        SafeNonce(nonce[0], bytes.fromhex(nonce[1]), int(nonce[2])) if nonce else None,
        Declared(text(values, "declared"), against) if text(values, "declared") else None,
        bytes.fromhex(text(values, "root")) if "root" in values else b"",
    )
