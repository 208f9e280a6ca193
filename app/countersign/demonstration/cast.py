"""Who plays: names, identifiers and numbers of the demonstration. LEIs have valid check digits and belong to nobody.

Everything is on Bitcoin regtest and chain id 31337; no mainnet identifier occurs here.
"""

from dataclasses import dataclass

ORIGIN = "demonstration.northgate.example/desk"
BITCOIN = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328"
ETHEREUM = "eip155:31337"
BTC = f"{BITCOIN}/slip44:0"
ETHER = f"{ETHEREUM}/slip44:60"
SAFE_SINGLETON = "0x41675C099F32341bf84BFc5382aF534df5C7461a"
PIN = "246813"
"""Officer A's PIN in the demonstration, shown in the banner. It guards nothing."""

CEDAR, QUAYSIDE, LINDGREN = "9845CEDARFDEMO000053", "9845QUAYSDDEMO000028", "9845LINDGNDEMO000091"
NORTHGATE, MERIDIAN, HARBOUR = "9845NRTHGTDEMO000059", "9845MERDINDEMO000088", "9845HARBRPDEMO000077"
SLOTS = 5
RECEIVING_SLOT = 4
DEPOSITS = (10_000_000_000, 9_000_000_000, 7_500_000_000)
TOKENS = 25_000_000_000_000
SOLD, PAID = 25_000_000_000, 20_000_000_000_000
FEE_CAP = 50_000
RATE = 4
CONFIRMATIONS = 1


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a token: id in the roster, name, roles, whether their vault keys lie on an online machine."""

    id: str
    name: str
    roles: tuple[str, ...]
    online: bool = True


OPERATIONS = Person("operations", "Olive Penn", ("operations",))
COMPLIANCE = Person("compliance", "Conrad Lake", ("administrator", "compliance"))
OFFICER_A = Person("officer-a", "Ada Vale", ("signing",))
OFFICER_C = Person("officer-c", "Cyrus Holt", ("vault",), online=False)
OFFICER_D = Person("officer-d", "Dora Finch", ("administrator", "vault"), online=False)
OFFICER_E = Person("officer-e", "Elin Moor", ("signing",))
OFFICERS = (OPERATIONS, COMPLIANCE, OFFICER_A, OFFICER_C, OFFICER_D, OFFICER_E)
COSIGNERS = (OFFICER_A, OFFICER_C, OFFICER_D)
MARKET_COSIGNERS = (OFFICER_A, OFFICER_D, OFFICER_E)
"""Of whom two are online: what the five institutions trade among themselves settles without a cold vault."""


@dataclass(frozen=True, slots=True)
class Institution:
    """A participant: LEI, name, the ids of its two vaults, its token's name."""

    lei: str
    name: str
    token: str

    @property
    def coins(self) -> str:
        """Its Bitcoin vault's id."""
        return f"{self.token}-btc"

    @property
    def safe(self) -> str:
        """Its Safe's id."""
        return f"{self.token}-safe"

    @property
    def trading(self) -> "Book":
        """Its trading book."""
        return Book(self, TRADING)


@dataclass(frozen=True, slots=True)
class Book:
    """A book that trades in the market: whose it is, its name; it has a Bitcoin vault and a Safe of its own."""

    institution: Institution
    book: str

    @property
    def lei(self) -> str:
        """Its institution's LEI."""
        return self.institution.lei

    @property
    def coins(self) -> str:
        """Its Bitcoin vault's id."""
        return f"{self.institution.token}-{self.book}-btc"

    @property
    def safe(self) -> str:
        """Its Safe's id."""
        return f"{self.institution.token}-{self.book}-safe"


TRADING, CLIENTS = "trading", "clients"
SELLER = Institution(MERIDIAN, "Meridian Capital", "meridian")
BUYER = Institution(HARBOUR, "Harbour Prime", "harbour")
PARTICIPANTS = (SELLER, BUYER)
NEWCOMERS = (
    Institution(CEDAR, "Cedar Fund", "cedar"),
    Institution(QUAYSIDE, "Quayside Bank", "quayside"),
    Institution(LINDGREN, "Lindgren Assets", "lindgren"),
)
TRADERS = (*PARTICIPANTS, *NEWCOMERS)
"""Who trades in the market, each from its book `trading`."""
BOOKS = (*(each.trading for each in TRADERS), Book(BUYER, CLIENTS))
"""Every book of the market: one institution buys for its clients, too."""
TRADING_SLOTS, TRADING_RECEIVES = 4, 2
"""One holds the coins, one receives, one takes change; one is left for the change of a child."""
BUSY_RATE = 10
"""Satoshis a vbyte that a block asks for on a busy evening: more than the cycle pays, less than what lifts it."""
LIFT_RATE = 15
CUSTODIAN = "Northgate Trust"


def vault_labels() -> tuple[str, ...]:
    """The labels of the vault keys that each cosigner's token holds."""
    coins = tuple(f"btc {each.coins} {slot}" for each in PARTICIPANTS for slot in range(SLOTS))
    return coins + tuple(f"safe {each.safe}" for each in PARTICIPANTS)


def market_labels() -> tuple[str, ...]:
    """The labels of the vault keys of the market's books, in each of their cosigners' tokens."""
    coins = tuple(f"btc {each.coins} {slot}" for each in BOOKS for slot in range(TRADING_SLOTS))
    return coins + tuple(f"safe {each.safe}" for each in BOOKS)
