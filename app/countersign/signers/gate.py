"""The gate that a private key must pass before it may sign: CHECKS.md H3.

PKCS#11 v2.40 §4.9. A token's own defaults let a key decrypt, unwrap and derive, and keys that could leave a token did
leave tokens. So:

- SENSITIVE, ALWAYS_SENSITIVE, NEVER_EXTRACTABLE, LOCAL, SIGN are true: it was born in the token and never readable;
- EXTRACTABLE, WRAP, UNWRAP, DECRYPT, DERIVE are false: it signs and does nothing else. What an attribute is not defined
  for counts as false;
- EC_PARAMS name the curve of the public key;
- there is exactly one private key for the id.

The same for both purposes; the purpose decides the curve.

    >>> findings(Curve.P256, ())
    (GateFinding(attribute='private keys', expected='1', found='0'),)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countersign.errors import Malformed
from countersign.keys.public_key import Curve, PublicKey
from countersign.signers.facts import GateFinding

TRUE_ATTRIBUTES = ("SENSITIVE", "ALWAYS_SENSITIVE", "NEVER_EXTRACTABLE", "LOCAL", "SIGN")
FALSE_ATTRIBUTES = ("EXTRACTABLE", "WRAP", "UNWRAP", "DECRYPT", "DERIVE")
PRIVATE_ATTRIBUTES = TRUE_ATTRIBUTES + FALSE_ATTRIBUTES

KEY_TYPE = {Curve.SECP256K1: "EC", Curve.P256: "EC", Curve.ED25519: "EC_EDWARDS"}
EC_PARAMS: dict[Curve, tuple[bytes, ...]] = {
    Curve.SECP256K1: (bytes.fromhex("06052b8104000a"),),
    Curve.P256: (bytes.fromhex("06082a8648ce3d030107"),),
    Curve.ED25519: (bytes.fromhex("06032b6570"), b"\x13\x0cedwards25519"),
}
"""DER of CKA_EC_PARAMS by curve, the one we write first; PKCS#11 v3.0 names Ed25519 by OID or by text."""


@dataclass(frozen=True, slots=True)
class PrivateFacts:
    """What a token says of one private key: its boolean attributes by name, and its EC_PARAMS (DER)."""

    attributes: Mapping[str, bool]
    params: bytes


def findings(curve: Curve, privates: Sequence[PrivateFacts]) -> tuple[GateFinding, ...]:
    """Everything that H3 has against the private keys of one id; empty when the gate passes."""
    if len(privates) != 1:
        return (GateFinding("private keys", "1", str(len(privates))),)
    [private] = privates
    wrong = [
        GateFinding(name, _word(expected), _word(not expected))
        for names, expected in ((TRUE_ATTRIBUTES, True), (FALSE_ATTRIBUTES, False))
        for name in names
        if private.attributes.get(name, False) is not expected
    ]
    if private.params not in EC_PARAMS[curve]:
        wrong.append(GateFinding("EC_PARAMS", EC_PARAMS[curve][0].hex(), private.params.hex()))
    return tuple(wrong)


def public_key(params: bytes, point: bytes) -> PublicKey | None:
    """The public key that CKA_EC_PARAMS and CKA_EC_POINT describe; None when its curve is not one of ours.

    EC_POINT is a DER OCTET STRING around the point; some tokens give the bare point. Raises Malformed for others.
    """
    curve = next((curve for curve, known in EC_PARAMS.items() if params in known), None)
    if curve is None:
        return None
    size = 32 if curve is Curve.ED25519 else 65
    raw = point[2:] if len(point) == size + 2 and point[:2] == bytes((0x04, size)) else point
    if len(raw) != size:
        raise Malformed("signers.ec-point", curve=curve.value, length=len(point))
    return PublicKey.from_ed25519(raw) if curve is Curve.ED25519 else PublicKey.from_sec1(curve, raw)


def _word(value: bool) -> str:
    return "true" if value else "false"
