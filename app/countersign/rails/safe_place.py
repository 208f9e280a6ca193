"""Where a Safe may lie: at an address of its own, and never at that of the code it runs on; and which handler it may have.

A Safe is a proxy. What it runs, and what other Safes run, lies at addresses of its own kind: its singleton, its fallback
handler, the released contracts of every version. Who registers one of those as a vault pays to a contract that nobody owns.

- The address is not one that nobody can hold (zero, the sentinel, a precompiled contract).
- It is no released Safe contract, of whatever release or chain, and no singleton of any Safe here.
- It is no token of the registry.
- Its fallback handler is a released one, or there is none: a Safe calls it as itself, for whoever asks (`FALLBACK_HANDLERS`).

    >>> require_own_place(vault, roster)
"""

from countersign.errors import Refused
from countersign.ethereum import deployments, inspect
from countersign.ethereum.abi import Address
from countersign.formats import caip, eip55
from countersign.settlement.roster import Roster, SafeVault


def require_own_place(vault: SafeVault, roster: Roster) -> None:
    """Refused: rails.safe-reserved, rails.safe-is-code, rails.safe-is-token, rails.safe-handler. Malformed: as an address in
    EIP-55."""
    where = Address(eip55.parse(vault.address))
    if inspect.is_reserved(where):
        raise Refused("rails.safe-reserved", vault=vault.id, safe=vault.address)
    if (code := _code(vault, roster, where)) is not None:
        raise Refused("rails.safe-is-code", vault=vault.id, safe=vault.address, contract=code)
    for name, asset in roster.assets.items():
        found = caip.AssetId.parse(name)
        if not found.is_coin and name.startswith(f"{vault.chain}/") and Address(found.token) == where:
            raise Refused("rails.safe-is-token", vault=vault.id, safe=vault.address, symbol=asset.symbol)
    if vault.fallback_handler not in (None, *deployments.FALLBACK_HANDLERS):
        raise Refused("rails.safe-handler", vault=vault.id, handler=vault.fallback_handler or "")


def _code(vault: SafeVault, roster: Roster, where: Address) -> str | None:
    """Which contract that Safes run on has this address, if one has."""
    released = deployments.named(where)
    if released is not None:
        return f"{released.name} {released.version}"
    safes = [each for each in (vault, *roster.vaults.values()) if isinstance(each, SafeVault)]
    for each in safes:
        if vault.address == each.singleton:
            return f"the singleton of {each.id}"
    return None
