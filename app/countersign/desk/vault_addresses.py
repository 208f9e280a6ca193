"""What a typed address is to this custody: ours with vault and place, a registered destination, alike to one of them, or unknown.

- It is a question and changes nothing: what is typed here is never paid.
- Spaces (groups of four) do not count. Capitals count only where there are both kinds: bech32 forbids that, EIP-55 means
  something by it.
- Ours are the places that are watched: every slot, extended keys as far as the gap limit goes, every Safe.

    >>> check(state, "bcrt1q rp33 g0q5 …").belonging
    <Belonging.OURS: 'ours'>
"""

from collections.abc import Iterator
from dataclasses import dataclass

from countersign.desk import vault_pages
from countersign.desk.names import owner
from countersign.desk.vault_views import AddressFound, Belonging
from countersign.errors import CountersignError
from countersign.formats import likeness
from countersign.rails import wallets
from countersign.settlement.roster import Roster, SafeVault
from countersign.settlement.state import State


@dataclass(frozen=True, slots=True)
class _Known:
    address: str
    owner: str
    vault: str = ""
    spelt: str = ""


def check(state: State, text: str) -> AddressFound:
    """What the address is. Total: any text is at least unknown."""
    typed = "".join(text.split())
    places = [*_ours(state), *_registered(state.roster)]
    same = next((each for each in places if _same(typed, each.address)), None)
    if same is not None:
        belonging = Belonging.OURS if same.vault else Belonging.REGISTERED
        return AddressFound(same.address, belonging, same.vault, same.spelt, same.owner)
    alike = [each for each in places if _alike(typed, each.address)]
    if not alike:
        return AddressFound(typed, Belonging.UNKNOWN)
    near = min(alike, key=lambda each: (len(likeness.differing(typed, each.address)), each.address))
    start = len("0x") if near.address.startswith("0x") else 0
    return AddressFound(
        typed,
        Belonging.ALIKE,
        near.vault,
        near.spelt,
        near.owner,
        near.address,
        len(likeness.differing(typed, near.address)),
        max(len(typed), len(near.address)),
        likeness.groups(typed, near.address, start),
    )


def _same(typed: str, known: str) -> bool:
    mixed = typed not in (typed.lower(), typed.upper(), f"0x{typed[2:].upper()}")
    return typed == known if mixed else typed.lower() == known.lower()


def _alike(typed: str, known: str) -> bool:
    return likeness.alike(typed, known) or typed.lower() == known.lower()


def _ours(state: State) -> Iterator[_Known]:
    for vault in state.roster.vaults.values():
        name = owner(state.roster, vault.owner.lei)
        if isinstance(vault, SafeVault):
            yield _Known(vault.address, name, vault.id)
            continue
        try:
            wallet = wallets.of(state, vault)
        except CountersignError:
            continue  # its page says why it cannot be read
        addresses = vault_pages.watched(vault, state.high_water(vault.id))
        for number, address in zip(wallet.numbers, addresses, strict=True):
            yield _Known(address, name, vault.id, wallet.spelled(number))


def _registered(roster: Roster) -> Iterator[_Known]:
    for account, place in roster.destinations.items():
        if place.vault is None:
            yield _Known(account.rpartition(":")[2], owner(roster, place.owner.lei))
