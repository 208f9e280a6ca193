"""Which tokens are admitted: by what they answer when more is moved than is there, and when nothing is."""

from dataclasses import replace

import pytest

from countersign.errors import Refused
from countersign.ethereum import erc20, token_probe
from countersign.ethereum.abi import UINT256, word
from countersign.ethereum.token_probe import FALSE, TRUE, Answers
from support.refusals import refused

TOKEN = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
OPENZEPPELIN = Answers(code=True, decimals=word(6), balance=word(0), overdraft=None, nothing=TRUE)
USDT = replace(OPENZEPPELIN, nothing=b"")
"""It returns nothing, and throws where it fails."""
FALSE_ON_FAILURE = replace(OPENZEPPELIN, overdraft=FALSE)
"""As tokens of 2017 do (ZRX, HT)."""


@pytest.mark.parametrize(
    "answers", [OPENZEPPELIN, USDT, replace(OPENZEPPELIN, balance=word(1_000))], ids=["usual", "no answer", "held"]
)
def test_a_token_that_reverts_what_it_cannot_pay_is_admitted(answers: Answers) -> None:
    token_probe.judge(answers, TOKEN, 6)


@pytest.mark.parametrize(
    ("code", "answers"),
    [
        ("ethereum.token-returns-false", FALSE_ON_FAILURE),
        ("ethereum.token-never-fails", replace(USDT, overdraft=b"")),  # a fallback that takes every call
        ("ethereum.token-never-fails", replace(OPENZEPPELIN, overdraft=TRUE)),
        ("ethereum.token-never-fails", replace(OPENZEPPELIN, overdraft=word(0) + word(0))),
        ("ethereum.token-never-fails", replace(OPENZEPPELIN, overdraft=b"\x00")),
        ("ethereum.token-odd-success", replace(OPENZEPPELIN, nothing=FALSE)),
        ("ethereum.token-odd-success", replace(OPENZEPPELIN, nothing=word(2))),
        ("ethereum.token-odd-success", replace(OPENZEPPELIN, nothing=b"\x01")),
        ("ethereum.token-refuses-all", replace(OPENZEPPELIN, nothing=None)),  # a revert tells nothing if all reverts
        ("ethereum.token-no-contract", Answers(False, b"", b"", b"", b"")),  # a call to nobody succeeds with nothing
        ("ethereum.token-decimals", replace(OPENZEPPELIN, decimals=word(18))),
        ("ethereum.token-no-decimals", replace(OPENZEPPELIN, decimals=None)),
        ("ethereum.token-no-decimals", replace(OPENZEPPELIN, decimals=b"")),
        ("ethereum.token-no-decimals", replace(OPENZEPPELIN, decimals=word(6)[1:])),
        ("ethereum.token-no-balance", replace(OPENZEPPELIN, balance=None)),
        ("ethereum.token-no-balance", replace(OPENZEPPELIN, balance=b"")),
        ("ethereum.token-no-balance", replace(OPENZEPPELIN, balance=word(UINT256 - 1))),
    ],
)
def test_every_other_token_is_refused_by_name(code: str, answers: Answers) -> None:
    with refused(code, Refused, token=TOKEN):
        token_probe.judge(answers, TOKEN, 6)


@pytest.mark.parametrize(
    ("balance", "amount"),
    [(word(0), 1), (word(1_000), 1_001), (word(UINT256 - 1), UINT256 - 1), (None, UINT256 - 1), (b"", UINT256 - 1)],
)
def test_more_is_asked_for_than_is_there(balance: bytes | None, amount: int) -> None:
    asked = erc20.decode(token_probe.ask_overdraft(balance))
    assert (asked.amount, asked.recipient) == (amount, token_probe.RECIPIENT)
    assert erc20.decode(token_probe.ask_nothing()).amount == 0
