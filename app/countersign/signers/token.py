"""A token that signs: the desk's `Signer`, on PKCS#11.

- It is one registered token, known by serial, label and model (H2). Keys are found by their public key.
- A vault key (secp256k1) signs 32-byte digests and nothing else; an identity key (P-256, Ed25519) signs messages and
  nothing else: no answer to one kind of question can be used for the other (E11).
- Keys are read and judged (H3) at `unlock`; a key with a finding never signs. Every signature is checked (H4, H7).
- `unlock` asks for the PIN once and tries it once (H5). With the last try left it asks only when told so.

    signer = TokenSigner(process, TokenIdentity("9f2c64bd1a0e77c3", "officer-a", "SoftHSM v2"))
    await signer.unlock(ask)
    signature = await signer.sign_digest(vault_key, digest)
"""

from hashlib import sha256
from typing import Any, Self

from countersign.desk.ports import AskSecret
from countersign.errors import Refused, Unavailable
from countersign.keys.public_key import Curve, PublicKey
from countersign.signers import checked
from countersign.signers.facts import Purpose, TokenFacts, TokenIdentity, TokenKey, purpose_of
from countersign.signers.gate import PrivateFacts, findings, public_key
from countersign.signers.pkcs11_process import TokenProcess
from countersign.signers.secret import ASK_PIN, asked


class TokenSigner:
    """One registered token in a token process. Several signers may share a process; its owner closes it."""

    def __init__(self, process: TokenProcess, identity: TokenIdentity, *, owns_process: bool = False) -> None:
        """With `owns_process`, `aclose` ends the process too."""
        self._process = process
        self.identity = identity
        self._owns_process = owns_process
        self._keys: dict[PublicKey, TokenKey] | None = None

    async def token(self) -> TokenFacts:
        """The token as it describes itself now. Raises Unavailable (H2.token-absent), Refused (H2.wrong-token)."""
        return chosen(await present(self._process), self.identity)

    async def keys(self) -> tuple[TokenKey, ...]:
        """Its keys of our three curves, in the order of their labels. `findings` is None while it is locked."""
        return await keys_of(self._process, self.identity)

    async def unlock(self, ask: AskSecret, *, last_try: bool = False) -> None:
        """Ask for the PIN and open a session; does nothing if one is open.

        Raises Refused (H5.pin-incorrect, H5.pin-locked, H5.final-try unless `last_try`, H2, …) or Unavailable.
        """
        facts = await self.token()
        if not facts.unlocked:
            _may_try(facts, last_try)
            pin = await asked(ask, ASK_PIN)
            await self._process.call("login", token=name(self.identity), pin=pin)
        self._keys = {key.public: key for key in await self.keys()}

    async def lock(self) -> None:
        """End the session; the next signature needs the PIN again."""
        self._keys = None
        await self._process.call("logout", token=name(self.identity))

    async def sign_digest(self, key: PublicKey, digest: bytes) -> bytes:
        """r‖s (64 bytes, low-S, verified) of a vault key over 32 bytes. Raises Refused (H2 to H7) or Unavailable."""
        if purpose_of(key.curve) is not Purpose.VAULT:
            raise Refused("signers.identity-key-digest", key=key.kid)
        return checked.over_digest(key, digest, await self._signed(key, "ECDSA", checked.digest(digest)))

    async def sign_message(self, key: PublicKey, message: bytes) -> bytes:
        """64 bytes of an identity key, verified: Ed25519 over the message, or P-256 over its SHA-256, low-S."""
        if purpose_of(key.curve) is not Purpose.IDENTITY:
            raise Refused("signers.vault-key-message", key=key.kid)
        if key.curve is Curve.ED25519:
            raw = await self._signed(key, "EDDSA", message)
        else:
            raw = await self._signed(key, "ECDSA", sha256(message).digest())
        return checked.over_message(key, message, raw)

    async def aclose(self) -> None:
        """Forget the session; end the process if it is this signer's own."""
        self._keys = None
        if self._owns_process:
            await self._process.aclose()
        elif self._process.pid is not None:
            await self._process.call("logout", token=name(self.identity))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _signed(self, key: PublicKey, mechanism: str, data: bytes) -> bytes:
        held = self._held(key)
        call = self._process.call("sign", token=name(self.identity), id=held.id, mechanism=mechanism, data=data)
        raw = await call
        if not isinstance(raw, bytes):
            raise Unavailable("signers.token-protocol", detail="signature")
        return raw

    def _held(self, key: PublicKey) -> TokenKey:
        if self._keys is None:
            raise Unavailable("signers.locked", token=self.identity.label)
        held = self._keys.get(key)
        if held is None:
            raise Refused("H2.key-absent", token=self.identity.label, key=key.kid)
        refuse_findings(held)
        return held


def refuse_findings(key: TokenKey) -> None:
    """Raise Refused (H3) unless the key's attributes were read and are all as they must be."""
    if key.findings is None:
        raise Unavailable("signers.locked", token=key.label)
    if key.findings:
        names = ", ".join(finding.attribute for finding in key.findings)
        raise Refused("H3.attributes", key.findings, label=key.label, attributes=names)


def name(identity: TokenIdentity) -> dict[str, str]:
    """The identity as the token's process takes it."""
    return {"serial": identity.serial, "label": identity.label, "model": identity.model}


async def present(process: TokenProcess) -> tuple[TokenFacts, ...]:
    """Every initialised token that the module shows now, by label and serial."""
    found = [facts_from(one) for one in await process.call("tokens")]
    return tuple(sorted(found, key=lambda facts: (facts.label, facts.serial)))


def chosen(tokens: tuple[TokenFacts, ...], identity: TokenIdentity) -> TokenFacts:
    """The registered token among those present (H2). Raises Unavailable (absent) or Refused (another, or two)."""
    matching = [token for token in tokens if token.identity == identity]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise Refused("H2.token-ambiguous", token=identity.label)
    if others := [token for token in tokens if token.label == identity.label or token.serial == identity.serial]:
        found = others[0].serial if others[0].serial != identity.serial else str(others[0].identity)
        raise Refused("H2.wrong-token", token=identity.label, expected=identity.serial, found=found)
    raise Unavailable("H2.token-absent", token=identity.label, serial=identity.serial)


async def keys_of(process: TokenProcess, identity: TokenIdentity) -> tuple[TokenKey, ...]:
    """The keys of a token that are of our curves, in the order of their labels."""
    raw = await process.call("keys", token=name(identity))
    keys = [key for one in raw if (key := _key_from(one)) is not None]
    return tuple(sorted(keys, key=lambda key: (key.label, key.id)))


def facts_from(raw: dict[str, Any]) -> TokenFacts:
    """The facts as the token's process gives them."""
    return TokenFacts(**raw)


def _key_from(raw: dict[str, Any]) -> TokenKey | None:
    public = public_key(raw["params"], raw["point"])
    if public is None:
        return None
    privates = raw["privates"]
    judged = None
    if privates is not None:
        judged = findings(public.curve, [PrivateFacts(one["attributes"], one["params"]) for one in privates])
    return TokenKey(public, purpose_of(public.curve), raw["id"], raw["label"], judged)


def _may_try(facts: TokenFacts, last_try: bool) -> None:
    if facts.pin_locked:
        raise Refused("H5.pin-locked", token=facts.label)
    if facts.pin_final_try and not last_try:
        raise Refused("H5.final-try", token=facts.label)
