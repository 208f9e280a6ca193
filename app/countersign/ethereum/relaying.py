"""What the relayer decides by itself: fees of its outer transactions (EIP-1559), and which nonce comes next.

- A fresh transaction offers twice the newest block's base fee and a tip, at most what configuration allows; where the
  cap does not even cover the base fee and the tip it is refused by name.
- A replacement raises both fees by an eighth at least, and never offers less than a fresh one would: nodes take a
  replacement from 10 % on (go-ethereum, `txpool.pricebump`). What the cap does not cover is refused.
- The next nonce follows the relayer's own last. Where its chain or its node is past that, a stranger used its key; where
  one below it was never used, there is a gap. Both are refused by name, never guessed around.

    >>> fresh(base=30 * GWEI, tip=GWEI, cap=100 * GWEI)
    Fees(most=61000000000, tip=1000000000)
    >>> next_nonce(latest=5, own=(5, 6))
    7
"""

from collections.abc import Collection
from dataclasses import dataclass

from countersign.errors import Refused

GWEI = 10**9
TIP = GWEI
EIGHTH = 8
MOST_GAS = 2**24
"""What one transaction may use since EIP-7825."""


@dataclass(frozen=True, slots=True)
class Caps:
    """What configuration lets the relayer spend: wei for a unit of gas, and units of gas in one transaction."""

    fee: int = 200 * GWEI
    gas: int = MOST_GAS


@dataclass(frozen=True, slots=True)
class Fees:
    """EIP-1559: `most` wei a unit of gas in all (maxFeePerGas), `tip` of it to the block's maker."""

    most: int
    tip: int


def fresh(base: int, tip: int, cap: int) -> Fees:
    """The fees of a transaction that replaces none. Refused("relaying.fee-cap")."""
    if base + tip > cap:
        raise Refused("relaying.fee-cap", wanted=base + tip, cap=cap)
    return Fees(min(2 * base + tip, cap), tip)


def raised(before: Fees, base: int, tip: int, cap: int) -> Fees:
    """The fees of a transaction that replaces one with `before`. Refused("relaying.fee-cap")."""
    most = max(_more(before.most), base + tip)
    if most > cap:
        raise Refused("relaying.fee-cap", wanted=most, cap=cap)
    return Fees(max(most, min(2 * base + tip, cap)), max(_more(before.tip), tip))


def _more(fee: int) -> int:
    return fee + -(-fee // EIGHTH) + (not fee)


def require_gas(gas: int, cap: int) -> None:
    """Refuse a gas limit above the cap. Refused("relaying.gas-cap")."""
    if gas > cap:
        raise Refused("relaying.gas-cap", wanted=gas, cap=cap)


def next_nonce(latest: int, own: Collection[int]) -> int:
    """The nonce of the next transaction. `latest`: how many the chain has; `own`: those that this relayer ever used.

    Refused("relaying.gap") where one below it is nobody's: whatever stands above it would wait for ever.
    """
    following = max(own) + 1 if own else latest
    missing = next((each for each in range(latest, following) if each not in own), None)
    if missing is not None:
        raise Refused("relaying.gap", nonce=missing, following=following)
    return following


def require_funds(account: str, balance: int, needed: int) -> None:
    """Refuse what the account cannot pay. Refused("relaying.funds"); amounts in wei."""
    if balance < needed:
        raise Refused("relaying.funds", account=account, balance=balance, needed=needed, missing=needed - balance)
