"""An air-gapped machine whose operator signs with devices too: what is still to be signed of the open request, and with what.

- One answer holds all that is signed here, by the token at hand and by the operator's devices, in either order. It is sealed
  once nothing is wanted any more, or earlier if the operator says so: who owes another vault's share is asked again.
- A key that lies in another token waits for that token, and for a request of its own.
- What is signed and not yet handed back is in the journal; the request taken in anew is answered from there.
"""

from collections.abc import Sequence
from dataclasses import replace

from countersign.desk import own_keys
from countersign.desk.own_keys import Waiting
from countersign.desk.signing import Made
from countersign.desk.vault_intake import Opened
from countersign.settlement.roster import OfficerKey, Token


def still(opened: Opened, officer: str, at_hand: Token) -> Waiting:
    """What is to be signed of the request with the token at hand, and with the officer's devices, and is not yet."""
    roster = opened.basis.state.roster
    given = {kid for each in opened.given for kid in roster.vault(each.vault).keys}
    found = own_keys.waiting(opened.basis.state, officer, opened.instruction)

    def left(keys: Sequence[OfficerKey]) -> tuple[OfficerKey, ...]:
        return tuple(each for each in keys if each.key.kid not in given)

    return Waiting(tuple(each for each in left(found.token) if each.token == at_hand), left(found.device))


def on_device(opened: Opened, officer: str, wanted: Waiting) -> bool:
    """Whether the request is judged as a device's: the token at hand has nothing to sign of it, or nothing any more."""
    known = (opened.basis.state, officer, opened.instruction)
    if wanted.token or not own_keys.device_keys(*known):
        return False
    return bool(wanted.device) or not own_keys.token_keys(*known)


def token_keys(opened: Opened, officer: str, wanted: Waiting) -> tuple[OfficerKey, ...]:
    """The keys that a token is asked for; where only another token than the one at hand holds them, those (H2 says so)."""
    if wanted.token or wanted.device or opened.given:
        return wanted.token
    return own_keys.asked_keys(opened.basis.state, officer, opened.instruction)


def with_shares(opened: Opened, made: Made) -> Opened:
    """The request with these shares beside those that were made before; one vault has one."""
    fresh = {each.vault for each in made.shares}
    return replace(opened, given=(*(each for each in opened.given if each.vault not in fresh), *made.shares))
