"""One signature over CBOR: COSE_Sign1 (RFC 9052 §4.2), narrowed to the envelope's form (DESIGN §5).

    18([ << {1: alg, 4: kid} >>, {}, payload, signature ])

- Tagged 18; the protected header holds exactly `alg` (−7 ES256, −8 EdDSA) and `kid`, the 32-byte thumbprint; the
  unprotected one is empty; the payload is present.
- External data is never sent: both sides know it. An envelope's is the text `countersign/envelope/v1`.
- What is signed is the CBOR of `["Signature1", protected, external, payload]`; ES256 signs its SHA-256.

    message = signing_input(payload, key, EXTERNAL)
    verify(decode(encode(payload, key, signer(message))), key, EXTERNAL)
"""

from dataclasses import dataclass

from countersign.errors import Malformed, Refused
from countersign.formats import cbor
from countersign.keys.curve import Curve, is_low_s
from countersign.keys.public_key import ALGORITHM, PublicKey

EXTERNAL = b"countersign/envelope/v1"
TAG = 18
_ALG, _KID = 1, 4
_NUMBER = {"ES256": -7, "EdDSA": -8}
_NAME = {number: name for name, number in _NUMBER.items()}


@dataclass(frozen=True, slots=True)
class Sign1:
    """A decoded message: the algorithm's JOSE name, the signer's 32-byte thumbprint, payload, 64-byte signature."""

    alg: str
    kid: bytes
    payload: bytes
    signature: bytes


def _protected(alg: str, kid: bytes) -> bytes:
    return cbor.encode({_ALG: _NUMBER[alg], _KID: kid})


def _demand_algorithm(key: PublicKey) -> str:
    if key.alg not in _NUMBER:
        raise Refused("keys.cose-algorithm", alg=key.alg)
    return key.alg


def signing_input(payload: bytes, key: PublicKey, external: bytes = EXTERNAL) -> bytes:
    """The Sig_structure that `key` signs. Raises Refused keys.cose-algorithm for a secp256k1 key."""
    protected = _protected(_demand_algorithm(key), key.thumbprint())
    return cbor.encode(["Signature1", protected, external, payload])


def encode(payload: bytes, key: PublicKey, signature: bytes) -> bytes:
    """The tagged message. Raises Refused keys.cose-algorithm, Malformed keys.signature-length or keys.high-s."""
    _demand_form(_demand_algorithm(key), signature)
    return cbor.encode(cbor.Tag(TAG, [_protected(key.alg, key.thumbprint()), {}, payload, signature]))


def _demand_form(alg: str, signature: bytes) -> None:
    if len(signature) != 64:
        raise Malformed("keys.signature-length", found=len(signature), expected=64)
    if alg == ALGORITHM[Curve.P256] and not is_low_s(Curve.P256, signature):
        raise Malformed("keys.high-s")


def decode(data: bytes) -> Sign1:
    """The message that `data` encodes; nothing is verified. Raises Malformed: T4, keys.cose-form, keys.signature-…"""
    match cbor.decode(data, tags=frozenset({TAG})):
        case cbor.Tag(
            number=18, value=[bytes() as protected, {**unprotected}, bytes() as payload, bytes() as signature]
        ):
            if unprotected:
                raise Malformed("keys.cose-form")
        case _:
            raise Malformed("keys.cose-form")
    match cbor.decode(protected):
        case {1: int() as number, 4: bytes() as kid, **rest} if number in _NAME and len(kid) == 32 and not rest:
            _demand_form(_NAME[number], signature)
            return Sign1(_NAME[number], kid, payload, signature)
        case _:
            raise Malformed("keys.cose-form")


def verify(message: Sign1, key: PublicKey, external: bytes = EXTERNAL) -> None:
    """Return only if `key` made this message's signature, by its own algorithm, over this external data.

    Raises Refused keys.unknown-signer, keys.wrong-algorithm, keys.bad-signature, keys.cose-algorithm.
    """
    if message.kid != key.thumbprint():
        raise Refused("keys.unknown-signer", kid=message.kid.hex())
    if message.alg != key.alg:
        raise Refused("keys.wrong-algorithm", kid=key.kid, expected=key.alg, found=message.alg)
    if not key.verify(signing_input(message.payload, key, external), message.signature):
        raise Refused("keys.bad-signature", kid=key.kid)
