"""The format pages say what the code does: their examples are read by it."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from countersign.formats import strict_json
from countersign.formats.caip import AccountId, AssetId, ChainId
from countersign.keys import jws
from countersign.keys.public_key import PublicKey

PAGES = Path(__file__).resolve().parents[2] / "docs" / "formats"


def blocks(page: str) -> list[str]:
    text = (PAGES / page).read_text("utf-8")
    return re.findall(r"```json\n(.*?)\n```", text, re.DOTALL)


@pytest.mark.parametrize("page", ["signed-json.md", "caip.md", "keys.md", "event.md"])
def test_every_block_is_json_and_every_pattern_compiles(page: str) -> None:
    found = blocks(page)
    assert len(found) >= 2
    for block in found:
        assert json.loads(block)
        for pattern in re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', block):
            re.compile(json.loads(pattern))


def test_the_signed_json_example_is_canonical() -> None:
    assert strict_json.parse_canonical(blocks("signed-json.md")[0].encode())


def test_the_caip_examples_fit_code_and_schema() -> None:
    examples, schema = (json.loads(block) for block in blocks("caip.md"))
    chain, coin, token, bitcoin, ethereum = examples
    for kind, name, texts in (
        (ChainId, "chain", [chain]),
        (AssetId, "asset", [coin, token]),
        (AccountId, "account", [bitcoin, ethereum]),
    ):
        for text in texts:
            assert str(kind.parse(text)) == text
            assert re.match(schema["$defs"][name]["pattern"], text)


def test_the_jwk_example_is_a_key() -> None:
    value = json.loads(blocks("keys.md")[0])
    assert PublicKey.from_jwk(value).kid == value["kid"]


def test_the_event_example_verifies() -> None:
    payload, event, key, _schema = blocks("event.md")
    message = jws.parse(event.encode(), jws.EVENT)
    registered = PublicKey.from_jwk(json.loads(key))
    jws.verify(message, {registered.kid: registered}, jws.EVENT)
    assert message.payload == payload.encode()
    assert sha256(message.payload).hexdigest() in (PAGES / "event.md").read_text("utf-8")
