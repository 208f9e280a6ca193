"""What crosses the air gap: a signed CBOR map, the same bytes as a `.countersign` file and as a UR message.

Implements DESIGN.md §5 "Envelope": COSE_Sign1 (RFC 9052) over deterministic CBOR; CDDL in docs/formats/envelope.md.

- Exactly these keys: kind, version, desk, sender, recipient, session, sequence, request_id, settlement_id,
  contract_hashes, log_head, consistency_proof, body. Parsing and serialising again gives the same bytes.
- `log_head` is a signed checkpoint note (L7: heads travel with every envelope, both ways); the inclusion proofs of the
  body lead to it, and `consistency_proof` leads to it from the recipient's last known head.
- This module reads form and verifies the signature under a key that the caller registers. Whether the sender may
  send, here and now, is T1 (`session`); what the body proves is C, B, E and L.
- Signing is somebody else's act: `unsigned` gives the bytes that a token signs, `seal` puts the signature in.

    sealed = seal(envelope, key, token.sign(unsigned(envelope, key)))
    unseal(sealed, {key.kid: key}).envelope == envelope
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from countersign.airgap import members
from countersign.airgap.answer import AnswerBody
from countersign.airgap.request import PROOF_LIMIT, RequestBody
from countersign.errors import Malformed, Refused
from countersign.formats import base64url, cbor
from countersign.formats.excerpt import excerpt
from countersign.formats.ids import identifier
from countersign.keys import cose
from countersign.keys.public_key import PublicKey

VERSION: Final = 1
SESSION_SIZE: Final = 16
CONTRACTS_LIMIT: Final = 1000
_KEYS: Final = (
    "kind",
    "version",
    "desk",
    "sender",
    "recipient",
    "session",
    "sequence",
    "request_id",
    "settlement_id",
    "contract_hashes",
    "log_head",
    "consistency_proof",
    "body",
)
_DESK = re.compile(r"[!-*,-~]{1,255}\Z", re.ASCII)


class Kind(StrEnum):
    """Which way it goes: from the desk to a signer, or back."""

    REQUEST = "request"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message across the gap. `sender` and `recipient` are officers' ids, `session` 16 bytes of the requester's
    choice that the answer repeats, `sequence` 1, 2, 3… within it, `contract_hashes` ascending."""

    desk: str
    sender: str
    recipient: str
    session: bytes
    sequence: int
    request_id: str
    settlement_id: str
    contract_hashes: tuple[bytes, ...]
    log_head: bytes
    consistency_proof: tuple[bytes, ...]
    body: RequestBody | AnswerBody

    @property
    def kind(self) -> Kind:
        """Said by the body."""
        return Kind.REQUEST if isinstance(self.body, RequestBody) else Kind.ANSWER

    @property
    def request(self) -> RequestBody:
        """The body of a request. Malformed("airgap.kind") on an answer."""
        if not isinstance(self.body, RequestBody):
            raise Malformed("airgap.kind", found=self.kind.value, expected=Kind.REQUEST.value)
        return self.body

    @property
    def answer(self) -> AnswerBody:
        """The body of an answer. Malformed("airgap.kind") on a request."""
        if not isinstance(self.body, AnswerBody):
            raise Malformed("airgap.kind", found=self.kind.value, expected=Kind.ANSWER.value)
        return self.body


@dataclass(frozen=True, slots=True)
class Unsealed:
    """An envelope whose signature verified under the registered key `kid`; `sha256` is of the sealed bytes."""

    envelope: Envelope
    kid: str
    sha256: bytes


def serialise(envelope: Envelope) -> bytes:
    """The deterministic CBOR map that is signed. What `parse` would refuse is refused here. Malformed("airgap.*")."""
    payload = cbor.encode(
        {
            "kind": envelope.kind.value,
            "version": VERSION,
            "desk": envelope.desk,
            "sender": envelope.sender,
            "recipient": envelope.recipient,
            "session": envelope.session,
            "sequence": envelope.sequence,
            "request_id": envelope.request_id,
            "settlement_id": envelope.settlement_id,
            "contract_hashes": list(envelope.contract_hashes),
            "log_head": envelope.log_head,
            "consistency_proof": list(envelope.consistency_proof),
            "body": envelope.body.members(),
        }
    )
    parse(payload)
    return payload


def parse(payload: bytes) -> Envelope:
    """The envelope in its CBOR map, unsigned. Malformed("T4.*" | "airgap.*" | "D3.identifier")."""
    found = members.entries(cbor.decode(payload), "envelope", _KEYS)
    members.unsigned(found["version"], "version", least=VERSION, most=VERSION)
    contract_hashes = members.hashes(found["contract_hashes"], "contract_hashes", most=CONTRACTS_LIMIT)
    members.ascending(contract_hashes, "contract_hashes")
    return Envelope(
        desk=_desk(found["desk"]),
        sender=identifier(members.text(found["sender"], "sender")),
        recipient=identifier(members.text(found["recipient"], "recipient")),
        session=members.octets(found["session"], "session", size=SESSION_SIZE),
        sequence=members.unsigned(found["sequence"], "sequence", least=1, most=2**32 - 1),
        request_id=identifier(members.text(found["request_id"], "request_id")),
        settlement_id=identifier(members.text(found["settlement_id"], "settlement_id")),
        contract_hashes=contract_hashes,
        log_head=members.octets(found["log_head"], "log_head"),
        consistency_proof=members.hashes(found["consistency_proof"], "consistency_proof", most=PROOF_LIMIT),
        body=_body(found["kind"], found["body"]),
    )


def unsigned(envelope: Envelope, key: PublicKey) -> bytes:
    """The COSE Sig_structure that the holder of `key` signs (identity key: ES256 or EdDSA). Malformed as `parse`."""
    return cose.signing_input(serialise(envelope), key, cose.EXTERNAL)


def seal(envelope: Envelope, key: PublicKey, signature: bytes) -> bytes:
    """The bytes that travel. `signature` is over `unsigned(envelope, key)` and is verified here.
    Refused("T1.signature") where it is not."""
    payload = serialise(envelope)
    sealed = cose.encode(payload, key, signature)
    _verify(cose.decode(sealed), key)
    return sealed


def unseal(data: bytes, keys: Mapping[str, PublicKey]) -> Unsealed:
    """The envelope in `data`, its signature verified under one of the registered `keys` (by kid).

    Malformed where the bytes are not an envelope, Refused("T1.unknown-key") for a signer nobody registered,
    Refused("T1.signature") where the signature does not verify.
    """
    sign1 = cose.decode(data)
    envelope = parse(sign1.payload)
    kid = base64url.encode(sign1.kid)
    key = keys.get(kid)
    if key is None:
        raise Refused("T1.unknown-key", kid=kid)
    _verify(sign1, key)
    return Unsealed(envelope, kid, sha256(data).digest())


def peek(data: bytes) -> Envelope:
    """The envelope as its sender claims it, nothing verified: to show what arrived, never to act upon it."""
    return parse(cose.decode(data).payload)


def _verify(sign1: cose.Sign1, key: PublicKey) -> None:
    try:
        cose.verify(sign1, key, cose.EXTERNAL)
    except (Refused, Malformed) as reason:
        raise Refused("T1.signature", kid=key.kid) from reason


def _desk(value: object) -> str:
    desk = members.text(value, "desk")
    if not _DESK.match(desk):
        raise Malformed("airgap.member", where="desk", expected="a log origin")
    return desk


def _body(kind: object, value: object) -> RequestBody | AnswerBody:
    match members.text(kind, "kind"):
        case Kind.REQUEST:
            return RequestBody.parse(value)
        case Kind.ANSWER:
            return AnswerBody.parse(value)
        case other:
            raise Malformed("airgap.kind", found=excerpt(other), expected=" or ".join(Kind))
