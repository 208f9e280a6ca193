"""Many institutions, books and assets without a signature: a roster that knows their vaults, and terms between them.

    market = Market(institutions=5, books=2)
    spot = market.spot(1, giver, btc, 5, taker, usdc, 400_000)

Nothing here was proposed, signed or logged: it is what netting is computed from, and no more.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256

from immutables import Map

from countersign.formats import bech32, eip55
from countersign.formats.keccak import keccak256
from countersign.settlement.assets import Asset
from countersign.settlement.contract import Finality, Leg, Terms, fee_coin
from countersign.settlement.roster import Party, Roster, SafeVault, Slot, SlotVault, Vault
from support import settlement_world as world

FEE_CAP = 1_000


def token(number: int) -> str:
    """A token on the Ethereum chain."""
    return f"{world.ETHEREUM}/erc20:{eip55.checksum(keccak256(f'token {number}'.encode())[12:])}"


@dataclass(frozen=True)
class Market:
    """Institutions with books, each with a Bitcoin vault and a Safe; bitcoin and some tokens."""

    institutions: int = 4
    books: int = 2
    tokens: int = 3
    assets: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        found = (world.BTC, *(token(number) for number in range(self.tokens)))
        object.__setattr__(self, "assets", found)

    @cached_property
    def parties(self) -> tuple[Party, ...]:
        """Every book."""
        return tuple(
            Party(world.lei(f"98{number:04d}MARKET"), f"book-{book}")
            for number in range(self.institutions)
            for book in range(self.books)
        )

    @cached_property
    def roster(self) -> Roster:
        """The roster that knows the assets and every book's two vaults."""
        vaults: dict[str, Vault] = {}
        places = {}
        for number, party in enumerate(self.parties):
            slots = tuple(Slot(slot, f"slot {slot}", ()) for slot in range(4))
            coins = SlotVault(f"vault-{number}-btc", party, world.BITCOIN, 2, slots)
            safe = SafeVault(
                f"vault-{number}-safe",
                party,
                world.ETHEREUM,
                2,
                _address(party),
                "1.4.1",
                world.SAFE_SINGLETON,
                None,
                (),
            )
            for vault in (coins, safe):
                vaults[vault.id] = vault
                places[party.lei, party.book, vault.chain] = vault.id
        known = {world.BTC: Asset(world.BTC, "BTC", 8)}
        known |= {each: Asset(each, f"T{place}", 6) for place, each in enumerate(self.assets[1:])}
        return replace(Roster(), assets=Map(known), vaults=Map(vaults), vault_of=Map(places))

    def place(self, party: Party, asset: str, which: int = 0) -> str:
        """One of the destinations at which a book receives an asset."""
        if asset != world.BTC:
            return f"{world.ETHEREUM}:{_address(party)}"
        script = sha256(f"{party} {which}".encode()).digest()
        return f"{world.BITCOIN}:{bech32.encode_segwit('bcrt', 0, script)}"

    def terms(self, number: int, parties: tuple[Party, ...], legs: tuple[tuple[int, int, str, int], ...]) -> Terms:
        """Terms over (payer, receiver, asset, units); the template is whatever the legs make of it."""
        built = tuple(
            Leg(payer, receiver, asset, units, self.place(parties[receiver], asset))
            for payer, receiver, asset, units in legs
        )
        moved = sorted({asset for _, _, asset, _ in legs})
        coins = sorted({coin for asset in moved if (coin := fee_coin(asset))})
        return replace(
            world.terms(number % 9_000 + 1),
            id=f"MARKET-{number}",
            parties=parties,
            legs=built,
            fees=tuple((coin, FEE_CAP) for coin in coins),
            finality=Finality(tuple((asset, 1) for asset in moved), mutual=True),
        )


def _address(party: Party) -> str:
    return eip55.checksum(keccak256(f"safe of {party}".encode())[12:])
