"""From a state to the read models of `vault_views`: pure.

- Every address is derived here from the registered descriptor, or is the registered Safe's.
- A place counts as used once an instruction spent from it or pays it, or a destination is registered there. Which place a
  deposit came to is not in the log.
- A vault whose descriptors cannot be read is shown with the reason; it has no place.

    page(state, state.roster.vault("meridian-btc"), uses(state)).receive
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from countersign.bitcoin import ranged
from countersign.desk.breaks import Break
from countersign.desk.money import Money, money
from countersign.desk.names import owner
from countersign.desk.operations_views import break_view
from countersign.desk.reconcile import VaultLine
from countersign.desk.vault_views import (
    CosignerKey,
    HoldingLine,
    OwnersOrdered,
    PlaceView,
    SafeFacts,
    SlotView,
    VaultPage,
    VaultsView,
)
from countersign.errors import CountersignError, Refused
from countersign.formats import caip, eip55
from countersign.rails import bitcoin as rail
from countersign.rails import wallets
from countersign.rails.wallets import Wallet
from countersign.settlement import numbers, owning, spendable
from countersign.settlement.ledger import Account
from countersign.settlement.roster import (
    BitcoinVault,
    HolderKind,
    OfficerKey,
    RangedVault,
    Roster,
    SafeVault,
    SlotVault,
    Vault,
)
from countersign.settlement.state import State

_NONE: frozenset[int] = frozenset()
_NOWHERE: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Uses:
    """What the log has used: places that instructions spent from and scripts that are registered, by vault; `paid`: the
    scriptPubKeys that instructions pay."""

    spent: Mapping[str, frozenset[int]]
    registered: Mapping[str, frozenset[bytes]]
    paid: frozenset[bytes]


def uses(state: State, paid: Iterable[bytes] = ()) -> Uses:
    """Looked up once for all vaults; `paid` is read from the prepared transactions by whoever has them."""
    spent, registered = dict[str, set[int]](), dict[str, set[bytes]]()
    for instruction in state.instructions.values():
        for spend in instruction.spends:
            spent.setdefault(spend.vault, set()).add(spend.slot)
    for each in state.roster.destinations.values():
        if each.vault is not None and not isinstance(state.roster.vault(each.vault), SafeVault):
            registered.setdefault(each.vault, set()).add(rail.script_at(each.account))
    return Uses(
        {vault: frozenset(each) for vault, each in spent.items()},
        {vault: frozenset(each) for vault, each in registered.items()},
        frozenset(paid),
    )


def view(state: State, known: Uses) -> VaultsView:
    """Every vault."""
    found = (page(state, each, known) for each in state.roster.vaults.values())
    return VaultsView(state.size, tuple(sorted(found, key=lambda each: (each.owner, each.book, each.id))))


def page(state: State, vault: Vault, known: Uses) -> VaultPage:
    """One vault."""
    roster, fault = state.roster, None
    numbers, receive, change = tuple[int, ...](), None, None
    addresses: tuple[str, ...] = ()
    if isinstance(vault, SafeVault):
        numbers, addresses = (0,), (vault.address,)
    else:
        try:
            wallet = wallets.of(state, vault)
            addresses = watched(vault, state.high_water(vault.id))
            receive, change = _next(roster, wallet, known)
            numbers = tuple(wallet.numbers)
        except CountersignError as error:
            fault = error
    return VaultPage(
        id=vault.id,
        lei=vault.owner.lei,
        owner=owner(roster, vault.owner.lei),
        book=vault.owner.book,
        chain=vault.chain,
        kind=vault.kind,
        threshold=vault.threshold,
        cosigners=len(vault.slots[0].keys) if isinstance(vault, SlotVault) else len(vault.keys),
        cold=roster.cold(vault),
        able=roster.able(vault),
        stuck=tuple(map(str, spendable.stuck(roster, vault))) if isinstance(vault, SlotVault) else (),
        keys=tuple(cosigner(roster, kid, owns=isinstance(vault, SafeVault)) for kid in vault.keys),
        descriptors=_descriptors(vault),
        ledger=_ledger(state, vault),
        places=numbers,
        addresses=addresses,
        receive=receive,
        change=change,
        safe=_safe(state, vault) if isinstance(vault, SafeVault) else None,
        fault=fault,
    )


def holding_lines(roster: Roster, lines: Sequence[VaultLine], breaks: Sequence[Break]) -> tuple[HoldingLine, ...]:
    """What was compared, each line with its breaks."""

    def shown(line: VaultLine) -> HoldingLine:
        mine = (each for each in breaks if (each.about, each.asset) == (line.vault, line.asset))
        ledger, there = money(roster, line.asset, line.ledger), money(roster, line.asset, line.chain)
        more = money(roster, line.asset, line.chain - line.ledger)
        return HoldingLine(
            line.vault, ledger, there, more, tuple(break_view(roster, each, trade=False) for each in mine)
        )

    return tuple(shown(each) for each in lines)


def place(state: State, vault: Vault, number: int, known: Uses) -> PlaceView:
    """One place with its address. Refused("bitcoin.no-such-place"); Malformed, Refused as `wallets.of`."""
    if isinstance(vault, SafeVault):
        if number:
            raise Refused("bitcoin.no-such-place", number=number)
        return PlaceView(vault.id, 0, "", vault.address, change=False, used=False)
    wallet = wallets.of(state, vault)
    change = isinstance(vault, RangedVault) and ranged.branch_of(number) == ranged.CHANGE
    taken = not _is_free(wallet, number, known)
    return PlaceView(vault.id, number, wallet.spelled(number), _address(wallet, number), change, taken)


def _is_free(wallet: Wallet, number: int, known: Uses) -> bool:
    script = wallet.descriptor(number).script_pubkey
    spent, registered = known.spent.get(wallet.id, _NONE), known.registered.get(wallet.id, _NOWHERE)
    return number not in spent and script not in known.paid and script not in registered


def _next(roster: Roster, wallet: Wallet, known: Uses) -> tuple[int | None, int | None]:
    """The next unused places to receive at and for change; a slot serves for both and is said once.

    A slot in which a key was withdrawn comes last, and one whose keys do not count any more never.
    """
    vault = wallet.vault
    if not isinstance(vault, RangedVault):
        sound = (each for each in vault.slots if spendable.sound(roster, vault, each.keys))
        free = [each for each in sound if _is_free(wallet, each.number, known)]
        best = min(free, key=lambda each: (spendable.withdrawn(roster, each.keys), each.number), default=None)
        return None if best is None else best.number, None
    high = max((ranged.index_of(each) for each in known.spent.get(wallet.id, _NONE)), default=-1)

    def first(branch: int) -> int | None:
        ahead = (each for each in wallet.numbers[branch::2] if ranged.index_of(each) > high)
        return next((each for each in ahead if _is_free(wallet, each, known)), None)

    return first(ranged.RECEIVE), first(ranged.CHANGE)


@lru_cache(maxsize=1024)
def watched(vault: BitcoinVault, used: int) -> tuple[str, ...]:
    """The addresses of every watched place, in their order; `used`: the highest index that was spent from. As `wallets.read`."""
    wallet = wallets.read(vault, used)
    return tuple(_address(wallet, number) for number in wallet.numbers)


def _address(wallet: Wallet, number: int) -> str:
    return wallet.descriptor(number).address(caip.hrp(caip.ChainId.parse(wallet.vault.chain)))


def _descriptors(vault: Vault) -> tuple[SlotView, ...]:
    if isinstance(vault, SlotVault):
        return tuple(SlotView(slot.number, slot.descriptor, slot.keys) for slot in vault.slots)
    return (SlotView(None, vault.descriptor, vault.keys),) if isinstance(vault, RangedVault) else ()


def _ledger(state: State, vault: Vault) -> tuple[Money, ...]:
    lei, book = vault.owner.lei, vault.owner.book
    assets = sorted(each for each in state.roster.assets if each.startswith(f"{vault.chain}/"))
    return tuple(money(state.roster, each, state.ledger.balance(Account(lei, book, each)).total) for each in assets)


def _safe(state: State, vault: SafeVault) -> SafeFacts:
    use = state.safes.get(vault.id)
    waiting = use is not None and use.pending is not None
    lost = tuple((each.first, each.last) for each in numbers.outside(state, vault.id))
    late = numbers.uncompared(state, vault.id) is not None
    return SafeFacts(
        vault.version, vault.singleton, vault.fallback_handler, waiting, _ordered(state, vault), lost, late
    )


def _ordered(state: State, vault: SafeVault) -> OwnersOrdered | None:
    order = owning.under_way(state, vault.id)
    if order is None:
        return None
    roster, instruction = state.roster, order.instruction

    def holders(kids: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(_named(roster, roster.ever(kid).holder.id) for kid in kids))

    return OwnersOrdered(
        coming=holders(set(order.keys) - set(vault.keys)),
        going=holders(set(vault.keys) - set(order.keys)),
        threshold=order.threshold,
        owners=len(order.keys),
        by=tuple(sorted(_named(roster, each) for each in order.by)),
        signed=tuple(sorted({_named(roster, share.officer) for share in instruction.shares})),
        lacks=state.missing(instruction),
        sent=owning.sent(instruction) is not None,
    )


def _named(roster: Roster, officer: str) -> str:
    known = roster.officers.get(officer)
    return known.name if known is not None else owner(roster, officer)


def cosigner(roster: Roster, kid: str, *, owns: bool) -> CosignerKey:
    """A key that is or was registered, with its officer and token; `owns`: with its address as a Safe's owner."""
    known = roster.ever(kid)
    person = roster.officers.get(known.holder.id) if known.holder.kind is HolderKind.OFFICER else None
    found = next((each for each in person.keys if each.key.kid == kid), None) if person is not None else None
    name = _named(roster, known.holder.id)
    label, token, serial, model = _token(found)
    address = eip55.checksum(known.key.ethereum_address()) if owns else ""
    gone = kid not in roster.keys
    return CosignerKey(kid, known.holder.id, name, label, token, serial, model, known.online, gone, address)


def _token(found: OfficerKey | None) -> tuple[str, str, str, str]:
    if found is None:
        return "", "", "", ""
    return found.label, found.token.label, found.token.serial, found.token.model
