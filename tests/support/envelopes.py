"""A worked envelope: a request from an operations officer to a vault operator, and its answer."""

from dataclasses import replace
from hashlib import sha256

from countersign.airgap.answer import AnswerBody, Part
from countersign.airgap.envelope import Envelope, seal, unsigned
from countersign.airgap.request import Kind, ProvenEvent, RequestBody
from countersign.keys.public_key import Curve
from support.software_keys import SoftwareKey

OPERATIONS = SoftwareKey.generate(Curve.P256, "operations")
VAULT = SoftwareKey.generate(Curve.ED25519, "vault operator C")


def event(index: int) -> ProvenEvent:
    """A proven event that looks like one."""
    salt = sha256(b"salt" + bytes([index])).digest()
    return ProvenEvent(b'{"payload":"event %d"}' % index, index, 1_700_000_000_000 + index, salt, (salt, salt))


REQUEST = Envelope(
    desk="northgate.example/countersign",
    sender="operations",
    recipient="operator-c",
    session=bytes(range(16)),
    sequence=1,
    request_id="request-1",
    settlement_id="contract-1",
    contract_hashes=(bytes(32), bytes([1]) * 32),
    log_head=b"northgate.example/countersign\n9\nroot\n\n\xe2\x80\x94 signature\n",
    consistency_proof=(bytes([7]) * 32,),
    body=RequestBody(Kind.PSBT, b"psbt\xff" + bytes(600), 8, (5,), (event(0), event(5), event(8))),
)


def sealed(envelope: Envelope, key: SoftwareKey) -> bytes:
    """The bytes that travel."""
    return seal(envelope, key.public, key.sign(unsigned(envelope, key.public)))


def answer_to(request: bytes, *, share: bytes | None = b"psbt\xffshare") -> Envelope:
    """What the vault operator sends back."""
    body = AnswerBody(sha256(request).digest(), (Part(b'{"payload":"share.added"}', share),))
    return replace(REQUEST, sender="operator-c", recipient="operations", body=body)
