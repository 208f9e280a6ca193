"""Signed JSON: the general form of RFC 7515, narrowed until each signed thing has one spelling (DESIGN §5).

    {"payload":"…","signatures":[{"protected":"…","signature":"…"},…]}

- The whole is RFC 8785 JSON without a newline, at most 256 KiB; nothing is unprotected.
- Each protected header is exactly the RFC 8785 bytes of `{"alg","kid","typ"}`: `alg` ES256, EdDSA or ES256K; `kid` an
  RFC 7638 thumbprint; `typ` what the reader expects. So a header is rebuilt and compared, never interpreted.
- Signatures stand in ascending order of `kid` (as ASCII), no key twice, 1 to 64 of them, 64 bytes each, ECDSA s low.
- `alg` counts only if it is the registered key's own. Verification is joserfc's, with the algorithms named explicitly.
- The payload is bytes here; what it must be is the business of whoever knows the type.

    jws = attach(payload, EVENT, [(key, signer(signing_input(payload, key, EVENT)))])
    verify(parse(serialise(jws), EVENT), {key.kid: key}, EVENT)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import Any

from countersign.errors import Conflict, Malformed, Refused
from countersign.formats import base64url, jcs, strict_json
from countersign.formats.excerpt import excerpt
from countersign.formats.shape import array, fields, one_of, record, string
from countersign.keys.curve import Curve, is_low_s
from countersign.keys.public_key import ALGORITHM, PublicKey

EVENT = "countersign-event+json"
CONTRACT = "countersign-contract+json"
LIMIT = strict_json.LIMIT
_MOST_SIGNATURES = 64
_CURVE = {algorithm: curve for curve, algorithm in ALGORITHM.items()}


@dataclass(frozen=True, slots=True)
class JwsSignature:
    """One signature: whose, by which algorithm, under which protected header (base64url, as signed), its 64 bytes."""

    kid: str
    alg: str
    protected: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Jws:
    """A payload and its signatures in `kid` order."""

    payload: bytes
    signatures: tuple[JwsSignature, ...]

    @property
    def kids(self) -> tuple[str, ...]:
        """Who signed, in `kid` order."""
        return tuple(each.kid for each in self.signatures)


def parse(data: bytes, typ: str) -> Jws:
    """The JWS that `data` spells, all its headers being of `typ`. No signature is verified here.

    Raises Malformed: C2 codes, formats.base64url, keys.jws-header, keys.jws-order, keys.signature-….
    """
    return from_object(strict_json.parse_canonical(data, limit=LIMIT), typ)


def from_object(value: object, typ: str) -> Jws:
    """As `parse`, from JSON that was parsed strictly already: a JWS inside an event's body."""
    read = record(value, "jws", {"payload": _bytes, "signatures": _signatures})
    signatures = tuple(_signature(each["protected"], each["signature"], typ) for each in read["signatures"])
    _demand_order(signatures)
    return Jws(read["payload"], signatures)


def _signature(protected: str, signature: bytes, typ: str) -> JwsSignature:
    alg, kid = _header(protected, typ)
    _demand_form(_CURVE[alg], signature)
    return JwsSignature(kid, alg, protected, signature)


@lru_cache(maxsize=4096)
def _header(protected: str, typ: str) -> tuple[str, str]:
    """(alg, kid) of a protected header. One key has one header for each `typ`, so a long log holds few of them."""
    header = record(
        strict_json.parse(base64url.decode(protected), limit=512),
        "protected",
        {"alg": one_of(*_CURVE), "kid": string(), "typ": one_of(typ)},
    )
    alg, kid = header["alg"], header["kid"]
    if len(base64url.decode(kid)) != 32 or protected != protected_header(alg, kid, typ):
        raise Malformed("keys.jws-header", kid=excerpt(kid))
    return alg, kid


def _demand_form(curve: Curve, signature: bytes) -> None:
    if len(signature) != 64:
        raise Malformed("keys.signature-length", found=len(signature), expected=64)
    if curve is not Curve.ED25519 and not is_low_s(curve, signature):
        raise Malformed("keys.high-s")


def _demand_order(signatures: tuple[JwsSignature, ...]) -> None:
    for before, after in pairwise(signatures):
        if before.kid >= after.kid:
            raise Malformed("keys.jws-order", kid=after.kid)


@lru_cache(maxsize=4096)
def protected_header(alg: str, kid: str, typ: str) -> str:
    """The only protected header that this key may use, in base64url."""
    return base64url.encode(jcs.encode({"alg": alg, "kid": kid, "typ": typ}))


def to_object(jws: Jws) -> dict[str, object]:
    """The JWS as JSON values, for the body of an event."""
    return {
        "payload": base64url.encode(jws.payload),
        "signatures": [
            {"protected": each.protected, "signature": base64url.encode(each.signature)} for each in jws.signatures
        ],
    }


def serialise(jws: Jws) -> bytes:
    """The RFC 8785 bytes of the JWS: what lies in a file or stands behind a log entry."""
    return jcs.encode(to_object(jws))


def signing_input(payload: bytes, key: PublicKey, typ: str) -> bytes:
    """What `key` signs: `protected.payload` in ASCII. ECDSA signs its SHA-256, Ed25519 signs it as it is."""
    return _signing_input(protected_header(key.alg, key.kid, typ), payload)


def _signing_input(protected: str, payload: bytes) -> bytes:
    return f"{protected}.{base64url.encode(payload)}".encode("ascii")


def attach(payload: bytes, typ: str, signatures: Iterable[tuple[PublicKey, bytes]]) -> Jws:
    """A JWS of signatures made over `signing_input`, put into `kid` order; each is verified before it is attached.

    Raises Malformed keys.high-s, keys.jws-order (a key twice), Refused keys.bad-signature.
    """
    made: list[JwsSignature] = []
    for key, signature in signatures:
        _demand_form(key.curve, signature)
        if not key.verify(signing_input(payload, key, typ), signature):
            raise Refused("keys.bad-signature", kid=key.kid)
        made.append(JwsSignature(key.kid, key.alg, protected_header(key.alg, key.kid, typ), signature))
    ordered = tuple(sorted(made, key=attrgetter("kid")))
    _demand_order(ordered)
    return Jws(payload, ordered)


def merge(a: Jws, b: Jws) -> Jws:
    """Both sets of signatures over one payload; the same whichever comes first.

    Two signatures of one key are no conflict (a token's nonces are random): the smaller in byte order stays.
    Raises Conflict keys.jws-payload for different payloads.
    """
    if a.payload != b.payload:
        raise Conflict("keys.jws-payload")
    kept: dict[str, JwsSignature] = {}
    for each in sorted(a.signatures + b.signatures, key=attrgetter("kid", "protected", "signature")):
        kept.setdefault(each.kid, each)
    return Jws(a.payload, tuple(kept.values()))


def verify(jws: Jws, keys: Mapping[str, PublicKey], typ: str) -> None:
    """Return only if every signature is that of the key registered under its `kid`, by that key's algorithm.

    Raises Refused keys.no-signature, keys.unknown-signer, keys.wrong-algorithm, keys.bad-signature.
    """
    if not jws.signatures:
        raise Refused("keys.no-signature")
    for each in jws.signatures:
        key = keys.get(each.kid)
        if key is None or key.kid != each.kid:
            raise Refused("keys.unknown-signer", kid=each.kid)
        if key.alg != each.alg or each.protected != protected_header(key.alg, key.kid, typ):
            raise Refused("keys.wrong-algorithm", kid=each.kid, expected=key.alg, found=each.alg)
        _demand_form(key.curve, each.signature)
        message = _signing_input(each.protected, jws.payload)
        if not _algorithms()[key.alg].verify(message, each.signature, _jose_key(key)):
            raise Refused("keys.bad-signature", kid=each.kid)


@cache
def _algorithms() -> Mapping[str, Any]:
    """joserfc's algorithms by name; imported for the first signature: reading a JWS needs none of them."""
    from joserfc.jwa import JWS_ALGORITHMS

    return {model.name: model for model in JWS_ALGORITHMS if model.name in _CURVE}


@lru_cache(maxsize=1024)
def _jose_key(key: PublicKey) -> Any:
    """joserfc's form of a key; making it costs more than a verification, so it is kept."""
    from joserfc.jwk import ECKey, OKPKey

    members: dict[str, str | list[str]] = {**key.jwk()}
    return (OKPKey if key.curve is Curve.ED25519 else ECKey).import_key(members)


_bytes = string(base64url.decode, maximum=LIMIT)
_signatures = array(fields({"protected": string(), "signature": _bytes}), minimum=1, maximum=_MOST_SIGNATURES)
