"""Assets and exact amounts: symbol and decimals come from the logged registry, and from nowhere else.

- An asset is its CAIP-19 id in canonical spelling; a symbol is a label, never an identity.
- Amounts are integers in base units. No float exists; display text is made by moving a point through digits.
- Value in whole dollars is compared by multiplying integers, never by dividing.

    >>> Asset("bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:0", "BTC", 8).display(25_000_000_000)
    '250.00000000 BTC'
"""

from dataclasses import dataclass

from countersign.errors import Refused
from countersign.formats import caip, ids
from countersign.settlement import readers


@dataclass(frozen=True, slots=True)
class Asset:
    """One entry of the asset registry: CAIP-19 id, symbol, and how many decimals its base unit has."""

    id: str
    symbol: str
    decimals: int

    @property
    def chain(self) -> str:
        """CAIP-2 of the chain it lives on."""
        return str(caip.AssetId.parse(self.id).chain)

    def digits(self, units: int) -> str:
        """`units` with the point moved in, all decimals kept: "250.00000000"."""
        whole, part = divmod(units, 10**self.decimals)
        return f"{whole:,}.{part:0{self.decimals}d}" if self.decimals else f"{whole:,}"

    def display(self, units: int) -> str:
        """Digits and symbol: "20,000,000.000000 USDC"."""
        return f"{self.digits(units)} {self.symbol}"


@dataclass(frozen=True, slots=True)
class Price:
    """A published price of one whole unit of an asset, in US dollars, and the log entry that published it."""

    asset: str
    price: str
    source: str
    index: int


def chain_of(asset: str) -> str:
    """CAIP-2 of the chain of a canonical CAIP-19 text."""
    return asset.split("/", 1)[0]


def require_spelling(chain: str, place: str) -> None:
    """A transaction, block or outpoint has one spelling: `0x` on eip155 chains, bare hex elsewhere.

    Refused("settlement.transaction-chain"): under a second spelling one coin would count twice.
    """
    if place.startswith("0x") != chain.startswith("eip155:"):
        raise Refused("settlement.transaction-chain", transaction=place, chain=chain)


def dollars(units: int, asset: Asset, price: str) -> tuple[int, int]:
    """The worth of `units` as an exact fraction (numerator, denominator) of dollars."""
    mantissa, scale = ids.price(price)
    return units * mantissa, 10 ** (asset.decimals + scale)


def within(found: tuple[int, int], expected: tuple[int, int], basis_points: int) -> bool:
    """Whether two fractions differ by at most `basis_points` of the expected one."""
    left, right = found[0] * expected[1], expected[0] * found[1]
    return abs(left - right) * 10_000 <= basis_points * right


def read(value: object, where: str) -> Asset:
    """`{"id","symbol","decimals"}`."""
    return Asset(
        **readers.record(
            value, where, {"id": readers.asset, "symbol": readers.identifier, "decimals": readers.integer(0, 36)}
        )
    )
