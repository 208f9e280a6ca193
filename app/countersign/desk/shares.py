"""A share beside the keys that the log names for it: whoever must believe one verifies it here, the same way; and how
shares for several vaults are given to the log.

- `share.added` names registered keys; on Bitcoin an extended key signed with its children, which are derived here again
  from the registered descriptor, for the places that the prepared PSBT spends from.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.desk.randomness import signed_by
from countersign.desk.records import Share
from countersign.errors import Refused
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import ethereum as ethereum_rail
from countersign.rails import wallets
from countersign.settlement.records import Instruction
from countersign.settlement.state import State

T = TypeVar("T")
NOT_NEEDED = frozenset({"settlement.quorum-complete", "settlement.share-twice"})
"""Why the log takes no share for a vault any more: it has enough, or this officer's already."""


def verify_share(
    state: State, instruction: Instruction, vault: str, kids: Sequence[str], prepared: bytes, share: bytes
) -> tuple[Share, ...]:
    """These keys' whole and valid share of the prepared bytes, for one vault; every signature in it, as H8 wants it.

    Malformed B2.*, Refused B*.*, E9.*, settlement.*
    """
    keys = [state.roster.key(kid).key for kid in kids]
    if instruction.group.kind == "psbt":
        signing = wallets.signing_keys(wallets.paying(state, [vault]), parse_psbt(prepared), keys)
        return signed_by(signing, bitcoin_rail.accept_share(prepared, share, signing))
    key, digest = ethereum_rail.accept_share(prepared, share, keys)
    return (Share(key.thumbprint(), digest, share[:64]),)


async def as_needed(shares: Iterable[Callable[[], Awaitable[T]]]) -> list[T]:
    """Give each share in turn; one that its vault no longer needs does not keep another vault's back.

    Raises what giving raises, at once; what is in `NOT_NEEDED` only where nothing else was given.
    """
    given: list[T] = []
    refused: Refused | None = None
    for give in shares:
        try:
            given.append(await give())
        except Refused as error:
            if error.code not in NOT_NEEDED:
                raise
            refused = error
    if refused is not None and not given:
        raise refused
    return given
