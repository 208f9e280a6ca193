"""A share beside the keys that the log names for it: whoever must believe one verifies it here, the same way.

- `share.added` names registered keys; on Bitcoin an extended key signed with its children, which are derived here again
  from the registered descriptor, for the places that the prepared PSBT spends from.
"""

from collections.abc import Sequence

from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import ethereum as ethereum_rail
from countersign.rails import wallets
from countersign.settlement.records import Instruction
from countersign.settlement.state import State


def verify_share(
    state: State, instruction: Instruction, vault: str, kids: Sequence[str], prepared: bytes, share: bytes
) -> None:
    """These keys' whole and valid share of the prepared bytes, for one vault. Malformed B2.*, Refused B*.*, E9.*, settlement.*"""
    keys = [state.roster.key(kid).key for kid in kids]
    if instruction.group.kind == "psbt":
        signing = wallets.signing_keys(wallets.paying(state, [vault]), parse_psbt(prepared), keys)
        bitcoin_rail.accept_share(prepared, share, signing)
    else:
        ethereum_rail.accept_share(prepared, share, keys)
