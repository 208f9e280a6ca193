"""What is known about a token and its keys, as plain values.

CHECKS.md H2 and H3; PKCS#11 v2.40 (CK_TOKEN_INFO).

- A token is known by serial, label and model together, never by its slot's number.
- A key is known by its public key; its CKA_ID finds it, its label is for people.
- The purpose follows from the curve: secp256k1 keys guard vaults, P-256 and Ed25519 keys are somebody's identity.
- `findings` of a key is None as long as nobody is logged in: a private key's attributes cannot be read before.

    >>> str(TokenIdentity("9f2c64bd1a0e77c3", "officer-a", "SoftHSM v2"))
    'officer-a (serial 9f2c64bd1a0e77c3, SoftHSM v2)'
"""

from dataclasses import dataclass
from enum import StrEnum

from countersign.keys.public_key import Curve, PublicKey


class Purpose(StrEnum):
    """What a key is for: a vault's share of a quorum, or a person's or institution's word."""

    VAULT = "vault"
    IDENTITY = "identity"


def purpose_of(curve: Curve) -> Purpose:
    """The purpose that keys of this curve serve."""
    return Purpose.VAULT if curve is Curve.SECP256K1 else Purpose.IDENTITY


@dataclass(frozen=True, slots=True)
class TokenIdentity:
    """What a token calls itself. All three must be equal for it to be the registered one (H2)."""

    serial: str
    label: str
    model: str

    def __str__(self) -> str:
        return f"{self.label} (serial {self.serial}, {self.model})"


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """A token as it describes itself now. `unlocked`: this process holds a logged-in session on it."""

    serial: str
    label: str
    model: str
    manufacturer: str
    initialised: bool
    pin_set: bool
    pin_count_low: bool
    pin_final_try: bool
    pin_locked: bool
    unlocked: bool

    @property
    def identity(self) -> TokenIdentity:
        """Serial, label and model."""
        return TokenIdentity(self.serial, self.label, self.model)


@dataclass(frozen=True, slots=True)
class GateFinding:
    """One attribute of a private key that is not as H3 wants it: `attribute` "EXTRACTABLE", both values as words."""

    attribute: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key pair in a token. `findings` is empty when the gate passed, None when nobody is logged in."""

    public: PublicKey
    purpose: Purpose
    id: bytes
    label: str
    findings: tuple[GateFinding, ...] | None
