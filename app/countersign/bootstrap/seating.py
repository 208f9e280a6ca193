"""Somebody's token at a machine: found, still locked, and whose it is by the roster."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countersign.cli.seat import TokenChoice
from countersign.cli.token import chosen
from countersign.desk.author import Author
from countersign.desk.order import officer_of
from countersign.desk.signing import Hand
from countersign.desk.station import TokenPlace
from countersign.errors import Refused, Unavailable
from countersign.signers.facts import Purpose as KeyUse
from countersign.signers.facts import purpose_of
from countersign.signers.provision import provisioner_for
from countersign.signers.token import TokenSigner

if TYPE_CHECKING:
    from countersign.keys.public_key import PublicKey
    from countersign.settlement.state import State

TOKEN_DEADLINE = 30.0


@dataclass(frozen=True, slots=True)
class Held:
    """A token as it is found: its signer, still locked, and its public keys by thumbprint."""

    signer: TokenSigner
    keys: Mapping[str, PublicKey]

    def identity_key(self) -> PublicKey:
        """The one key that signs events. Refused("desk.station-token-keys")."""
        found = [each for each in self.keys.values() if purpose_of(each.curve) is KeyUse.IDENTITY]
        if len(found) != 1:
            raise Refused("desk.station-token-keys", token=self.signer.identity.label, found=len(found))
        return found[0]

    def place(self, token: TokenChoice) -> TokenPlace:
        """Where it was found, and which it is."""
        softhsm, found = token.softhsm, self.signer.identity
        folder = str(softhsm.resolve()) if softhsm else None
        return TokenPlace(token.module, folder, found.serial, found.label, found.model)


async def held(holds: AsyncExitStack, token: TokenChoice) -> Held:
    """The token of this choice, in a process of its own."""
    if token.softhsm is not None and not os.path.isdir(token.softhsm):  # noqa: PTH112 - a path too long is no folder either
        raise Unavailable("cli.softhsm-folder-absent", folder=str(token.softhsm))
    provisioner = await holds.enter_async_context(
        provisioner_for(token.module, token.softhsm, deadline=TOKEN_DEADLINE, random_bytes=secrets.token_bytes)
    )
    found = await chosen(provisioner, token.label, token.serial)
    keys = {each.public.kid: each.public for each in await provisioner.keys(found.identity)}
    return Held(provisioner.signer(found.identity), keys)


def hand(state: State, found: Held) -> Hand:
    """The officer whose identity key lies in this token. Refused("cli.not-an-officers-token")."""
    known = officer_of(state, found.keys)
    if known is None:
        raise Refused("cli.not-an-officers-token", token=found.signer.identity.label)
    officer, kid = known
    return Hand(officer, found.signer, Author(officer, found.keys[kid], found.signer))
