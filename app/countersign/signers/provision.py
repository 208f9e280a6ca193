"""Making tokens and keys: what `countersign token` and a founding ceremony do.

- A token is initialised once, blank, with a security officer's PIN and a user's PIN; a written token is never touched.
- A key is generated in the token, for signing only, under an id of 16 random bytes and a label that says its use
  (`docs/formats/tokens.md`), read back, and judged by the gate (H3) before anybody hears of it.
- A test signs fresh bytes of no meaning with every key, and says of each what went wrong, if anything.

    provisioner = Provisioner(process, secrets.token_bytes)
    token = await provisioner.initialise("officer-a", ask)
    key = await provisioner.generate(token.identity, "vault/bitcoin-0", Curve.SECP256K1, ask)
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from countersign.desk.ports import AskSecret
from countersign.errors import CountersignError, Malformed, Refused
from countersign.keys.public_key import Curve
from countersign.signers.facts import Purpose, TokenFacts, TokenIdentity, TokenKey
from countersign.signers.gate import EC_PARAMS, KEY_TYPE
from countersign.signers.pkcs11_process import TokenProcess
from countersign.signers.secret import ASK_NEW_PIN, ASK_NEW_SO_PIN, asked
from countersign.signers.softhsm import SoftHsm
from countersign.signers.token import TokenSigner, facts_from, name, present, refuse_findings

ID_BYTES = 16
TEST_TAG = b"countersign token test\n"


@dataclass(frozen=True, slots=True)
class KeyTest:
    """One key's test signature: `error` is None if it was made and verified."""

    key: TokenKey
    error: CountersignError | None


def provisioner_for(
    module: str | None, softhsm_folder: Path | None, *, deadline: float, random_bytes: Callable[[int], bytes]
) -> "Provisioner":
    """A provisioner with a process of its own: on SoftHSM with tokens in a folder, else on a module's absolute path.

    Close it (it is a context manager). Raises Unavailable (signers.softhsm-absent), Refused (H1).
    """
    if softhsm_folder is not None:
        softhsm = SoftHsm.create(softhsm_folder, module)
        process = TokenProcess(softhsm.module, deadline=deadline, environment=softhsm.environment)
    else:
        process = TokenProcess(module or "", deadline=deadline)
    return Provisioner(process, random_bytes)


class Provisioner:
    """Tokens and keys of one module. `random_bytes(count)` is the machine's randomness."""

    def __init__(self, process: TokenProcess, random_bytes: Callable[[int], bytes]) -> None:
        self._process = process
        self._random_bytes = random_bytes

    async def tokens(self) -> tuple[TokenFacts, ...]:
        """Every initialised token, by label and serial."""
        return await present(self._process)

    async def keys(self, identity: TokenIdentity) -> tuple[TokenKey, ...]:
        """A token's keys; without findings while it is locked."""
        return await self.signer(identity).keys()

    def signer(self, identity: TokenIdentity) -> TokenSigner:
        """The signer of a token, in the same process."""
        return TokenSigner(self._process, identity)

    async def initialise(self, label: str, ask: AskSecret) -> TokenFacts:
        """Initialise the one blank token; asks for both new PINs. Locks every other token of the process.

        Raises Malformed (label), Conflict (label taken), Refused (a PIN's form), Unavailable (no blank token).
        """
        if not label or len(label.encode()) > 32 or not label.isprintable():
            raise Malformed("signers.token-label", label=label[:64])
        so_pin = await asked(ask, ASK_NEW_SO_PIN)
        pin = await asked(ask, ASK_NEW_PIN)
        return facts_from(await self._process.call("initialise", label=label, so_pin=so_pin, pin=pin))

    async def generate(self, identity: TokenIdentity, label: str, curve: Curve, ask: AskSecret) -> TokenKey:
        """Generate a key pair, asking for the PIN if the token is locked. The curve decides the purpose.

        Raises Conflict (label taken), Refused (H3, if the token made the key otherwise than asked), Unavailable.
        """
        signer = self.signer(identity)
        await signer.unlock(ask)
        key_id = self._random_bytes(ID_BYTES)
        fields = {"id": key_id, "label": label, "type": KEY_TYPE[curve], "params": EC_PARAMS[curve][0]}
        await self._process.call("generate", token=name(identity), **fields)
        made = [key for key in await signer.keys() if key.id == key_id]
        if len(made) != 1:
            raise Refused("H3.not-one-key", id=key_id.hex(), found=len(made))
        refuse_findings(made[0])
        return made[0]

    async def test(self, identity: TokenIdentity, ask: AskSecret) -> tuple[KeyTest, ...]:
        """Sign fresh bytes with every key of the token, asking for the PIN if it is locked."""
        signer = self.signer(identity)
        await signer.unlock(ask)
        return tuple([KeyTest(key, await self._tried(signer, key)) for key in await signer.keys()])

    async def aclose(self) -> None:
        """End the token process."""
        await self._process.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _tried(self, signer: TokenSigner, key: TokenKey) -> CountersignError | None:
        message = TEST_TAG + self._random_bytes(32)
        try:
            if key.purpose is Purpose.VAULT:
                await signer.sign_digest(key.public, sha256(message).digest())
            else:
                await signer.sign_message(key.public, message)
        except CountersignError as error:
            return error
        return None
