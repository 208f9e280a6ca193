"""The relayers that files of nodes name: each token found by serial, label and model, its key by label; unlocked when it signs.

- One relayer a chain at an open desk. An officer's own node without one sends with the desk's: the outbox is the desk's
  journal either way, so that one key has one memory.
- The PIN is asked for when something is first signed, and by whoever `ask` is at that moment: a terminal, or a window.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from countersign.bootstrap.seating import held
from countersign.cli.seat import TokenChoice
from countersign.desk.records import Share
from countersign.desk.relaying import require_free
from countersign.errors import Unavailable
from countersign.keys.public_key import Curve

if TYPE_CHECKING:
    from collections.abc import Callable

    from countersign.chains.relayer import Relayer
    from countersign.cli.nodes import RelayerEntry
    from countersign.desk.ports import AskSecret, Journal
    from countersign.keys.public_key import PublicKey
    from countersign.settlement.roster import Roster
    from countersign.signers.token import TokenSigner

ASK_PIN = "desk.ask-relayer-pin"


async def found(holds: AsyncExitStack, entry: RelayerEntry) -> tuple[TokenSigner, PublicKey]:
    """A relayer's token, still locked, and its key. Unavailable("cli.relayer-absent"); as `held`."""
    softhsm = None if entry.softhsm is None else Path(entry.softhsm)
    mine = await held(holds, TokenChoice(entry.token, entry.serial, entry.module, softhsm))
    keys = [
        each.public
        for each in await mine.signer.keys()
        if each.label == entry.key and each.public.curve is Curve.SECP256K1
    ]
    if mine.signer.identity.model != entry.model or len(keys) != 1:
        raise Unavailable(
            "cli.relayer-absent", token=entry.token, serial=entry.serial, model=entry.model, key=entry.key
        )
    return mine.signer, keys[0]


class Relayers:
    """The relayers of an open desk, by chain; one that repeats an r is stopped (H8).

    `ask`: who is asked for a PIN, by what the token says of its tries (ok, low).
    """

    def __init__(
        self, holds: AsyncExitStack, journal: Journal, roster: Callable[[], Roster], ask: Callable[[str], AskSecret]
    ) -> None:
        self._holds, self._journal, self._roster, self.ask = holds, journal, roster, ask
        self._known: dict[str, Relayer] = {}

    async def of(self, chain: str, entry: RelayerEntry | None) -> Relayer | None:
        """The relayer that is named here, or else the one that the desk has for this chain. Raises as `found`."""
        if entry is None:
            return self._known.get(chain)
        from countersign.chains.relayer import Relayer
        from countersign.ethereum.relaying import GWEI, Caps

        signer, key = await found(self._holds, entry)

        async def sign(public: PublicKey, digest: bytes) -> bytes:
            self._journal.require_may_sign([public.thumbprint()])
            tries = "low" if (await signer.token()).pin_count_low else "ok"
            await signer.unlock(lambda _code: self.ask(tries)(ASK_PIN))
            made = await signer.sign_digest(public, digest)
            self._journal.register((Share(public.thumbprint(), digest, made),))
            return made

        caps = Caps(entry.max_fee_gwei * GWEI, entry.max_gas)
        made = Relayer(key, sign, self._journal, caps, lambda: require_free(self._roster(), key))
        return self._known.setdefault(chain, made)
