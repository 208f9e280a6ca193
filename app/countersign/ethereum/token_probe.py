"""Whether a token behaves as custody needs it, judged by what it answers before it is admitted to the registry.

A Safe looks only at whether a call reverts, never at what it returns (Safe.sol, `execute`). A token that answers `false`
instead of reverting would let a leg count as executed while nothing moved, and its sisters with it. So of EIP-20:

- there is code, and `decimals()` is what the registry is told;
- a `transfer` of more than the caller has reverts. `false`, nothing or `true` in its place is refused, each by name;
- a `transfer` of nothing succeeds with `true`, or, as tokens older than the standard's final form do (USDT), with nothing:
  for a token that reverts where it fails, what it returns otherwise is of no consequence. It has to succeed, for a contract
  that refuses everybody tells nothing by refusing this too.

What a probe cannot see (a token that knows who asks, one that is changed later) is seen before each release, by what the
transfer itself would move (`ethereum.movements`).

    judge(answers, "0x…", 6)
"""

from dataclasses import dataclass

from countersign.errors import Malformed, Refused
from countersign.ethereum import erc20, views
from countersign.ethereum.abi import UINT256, Address, Arguments, selector, word
from countersign.formats.keccak import keccak256

HOLDER = Address(keccak256(b"countersign/token-probe/holder")[12:])
"""Who asks: an address of which nobody knows a key."""
RECIPIENT = Address(keccak256(b"countersign/token-probe/recipient")[12:])
TRUE, FALSE = word(1), word(0)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a token answered, all at one block; None where it reverted.

    `overdraft`: to `transfer(RECIPIENT, balance + 1)`; `nothing`: to `transfer(RECIPIENT, 0)`; both asked by `HOLDER`.
    """

    code: bool
    decimals: bytes | None
    balance: bytes | None
    overdraft: bytes | None
    nothing: bytes | None


def ask_decimals() -> bytes:
    """Call data of `decimals()`."""
    return selector("decimals()")


def ask_balance() -> bytes:
    """Call data of the balance that `Answers.balance` is."""
    return views.ask_balance(HOLDER)


def ask_overdraft(balance: bytes | None) -> bytes:
    """Call data of a transfer of one unit more than `balance` says; of the largest amount where it says no number."""
    held = None if balance is None else _uint(balance)
    most = UINT256 - 1
    return erc20.encode(erc20.Transfer(RECIPIENT, most if held is None else min(held + 1, most)))


def ask_nothing() -> bytes:
    """Call data of a transfer of nothing."""
    return erc20.encode(erc20.Transfer(RECIPIENT, 0))


def judge(answers: Answers, token: str, decimals: int) -> None:
    """Refused `ethereum.token-…`, by the first thing that is wrong. `token`: its address, EIP-55, for the sentence."""
    if not answers.code:
        raise Refused("ethereum.token-no-contract", token=token)
    found = None if answers.decimals is None else _uint(answers.decimals)
    if found is None:
        raise Refused("ethereum.token-no-decimals", token=token)
    if found != decimals:
        raise Refused("ethereum.token-decimals", token=token, found=found, decimals=decimals)
    held = None if answers.balance is None else _uint(answers.balance)
    if held is None or held == UINT256 - 1:
        raise Refused("ethereum.token-no-balance", token=token)
    _require_revert(answers.overdraft, token)
    _require_success(answers.nothing, token)


def _require_revert(answer: bytes | None, token: str) -> None:
    if answer is None:
        return
    if answer == FALSE:
        raise Refused("ethereum.token-returns-false", token=token)
    raise Refused("ethereum.token-never-fails", token=token, answer=_shown(answer))


def _require_success(answer: bytes | None, token: str) -> None:
    if answer is None:
        raise Refused("ethereum.token-refuses-all", token=token)
    if answer not in (TRUE, b""):
        raise Refused("ethereum.token-odd-success", token=token, answer=_shown(answer))


def _shown(answer: bytes) -> str:
    return f"0x{answer[:32].hex()}" if answer else "-"


def _uint(answer: bytes) -> int | None:
    """One whole word, or no number."""
    try:
        return Arguments(answer).uint(0) if len(answer) == len(TRUE) else None
    except Malformed:
        return None
