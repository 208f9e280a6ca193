"""The worked example at the head of each module is true, and every code of the room has its sentence."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

from countersign.ethereum import abi, safe
from countersign.resources.sentences.ethereum import SENTENCES

ROOM = Path(abi.__file__).parent
MODULES = [
    "abi",
    "deployments",
    "eip712",
    "erc20",
    "execute",
    "inspect",
    "multisend",
    "owners",
    "safe",
    "signatures",
    "views",
]


@pytest.mark.parametrize("name", MODULES)
def test_the_worked_example_is_true(name: str) -> None:
    module = importlib.import_module(f"countersign.ethereum.{name}")
    tx = safe.plain_tx(31337, abi.Address(b"\x01" * 20), abi.Address(b"\x02" * 20), 5, b"", nonce=0)
    known = {"plain_tx": safe.plain_tx, "Address": abi.Address, "tx": tx, "safe": tx.safe}
    result = doctest.testmod(module, extraglobs=known, optionflags=doctest.ELLIPSIS)
    assert result.attempted > 0
    assert result.failed == 0


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    source = "\n".join(path.read_text("utf-8") for path in ROOM.glob("*.py"))
    raised = set(re.findall(r'(?:Malformed|Refused)\(\s*"([^"]+)"', source))
    assert raised == set(SENTENCES)


def test_every_sentence_can_be_filled_from_the_values_that_come_with_it() -> None:
    source = "\n".join(path.read_text("utf-8") for path in ROOM.glob("*.py"))
    for code, names in re.findall(r'(?:Malformed|Refused)\("([^"]+)"(?:, ([^\n]*))?\)\s*(?:from error)?\n', source):
        given = set(re.findall(r"(\w+)=", names))
        for text in SENTENCES[code]:
            assert set(re.findall(r"{(\w+)}", text)) <= given, code
