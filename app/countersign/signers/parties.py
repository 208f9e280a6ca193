"""The participants' own signing, in the demonstration: each party has its keys in a token of its own.

A participant signs in its own systems; the custodian never holds its keys. Here those systems are SoftHSM tokens, made
and used through the same code as the officers' tokens, one token and one identity key for each party.

- A party's key is an identity key (P-256 by default): it signs contracts and confirmations, never a vault's digest.
- One process serves all of them; each token has its own PIN, asked through the caller's `ask`.

    parties = await found(process, secrets.token_bytes, {"meridian": ask_meridian, "harbour": ask_harbour})
    signature = await parties["meridian"].sign(payload)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from countersign.desk.ports import AskSecret
from countersign.keys.public_key import Curve, PublicKey
from countersign.signers.pkcs11_process import TokenProcess
from countersign.signers.provision import Provisioner
from countersign.signers.token import TokenSigner

KEY_LABEL = "identity/contracts"


@dataclass(frozen=True, slots=True)
class Party:
    """A party's unlocked token and the key that it is registered under."""

    label: str
    key: PublicKey
    signer: TokenSigner

    async def sign(self, message: bytes) -> bytes:
        """The party's 64-byte signature over a message. Raises as `TokenSigner.sign_message` does."""
        return await self.signer.sign_message(self.key, message)


async def found(
    process: TokenProcess,
    random_bytes: Callable[[int], bytes],
    asks: Mapping[str, AskSecret],
    curve: Curve = Curve.P256,
) -> dict[str, Party]:
    """Make a token and a key for each label in `asks`, unlocked. Raises as `Provisioner` does.

    All tokens are initialised before the first is unlocked: initialising ends every session of the process.
    """
    provisioner = Provisioner(process, random_bytes)
    tokens = {label: await provisioner.initialise(label, ask) for label, ask in asks.items()}
    parties: dict[str, Party] = {}
    for label, token in tokens.items():
        key = await provisioner.generate(token.identity, KEY_LABEL, curve, asks[label])
        signer = provisioner.signer(token.identity)
        await signer.unlock(asks[label])
        parties[label] = Party(label, key.public, signer)
    return parties
