"""Our file form of a Safe transaction: one spelling, lossless, the claim never trusted."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_abi import encode as abi_encode
from eth_abi.packed import encode_packed
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed
from countersign.ethereum import eip712, multisend, safe_file
from countersign.ethereum.abi import Address, Digest
from countersign.ethereum.erc20 import Transfer, encode
from countersign.ethereum.safe import CURRENT, ClaimedSafeTx, SafeTx, SafeVersion, plain_tx
from countersign.formats import eip55, jcs
from support.safe_txs import safe_txs

SAFE = Address(bytes.fromhex("111ceeee040739fd91d29c34c33e6b3e112f2177"))
TOKEN = Address(bytes.fromhex("5fbdb2315678afecb367f032d93f642f64180aa3"))
RECIPIENT = Address(bytes.fromhex("70997970c51812dc3a010c7d01b50e0d17dc79c8"))
TX = plain_tx(31337, SAFE, TOKEN, 0, encode(Transfer(RECIPIENT, 20_000_000_000_000)), 7)
GOOD: dict[str, Any] = json.loads(safe_file.serialise(TX))


def code(**changes: object) -> str:
    with pytest.raises(Malformed) as caught:
        safe_file.parse(jcs.encode(GOOD | changes))
    return caught.value.code


@given(safe_txs(), st.binary(min_size=32, max_size=32))
def test_it_round_trips_with_any_claim(tx: SafeTx, claimed: bytes) -> None:
    for item in (ClaimedSafeTx(tx, tx.digest), ClaimedSafeTx(tx, Digest(claimed))):
        data = safe_file.serialise(item)
        assert safe_file.parse(data) == item
        assert safe_file.serialise(safe_file.parse(data)) == data
    assert safe_file.parse(safe_file.serialise(tx)).agrees


def test_one_file_byte_by_byte() -> None:
    assert safe_file.serialise(TX).decode() == (
        '{"baseGas":"0","chainId":31337,'
        '"data":"0xa9059cbb00000000000000000000000070997970c51812dc3a010c7d01b50e0d17dc79c8'
        '000000000000000000000000000000000000000000000000000012309ce54000",'
        '"gasPrice":"0","gasToken":"0x0000000000000000000000000000000000000000","nonce":7,"operation":0,'
        '"refundReceiver":"0x0000000000000000000000000000000000000000",'
        '"safe":"0x111CEEee040739fD91D29C34C33E6B3E112F2177","safeTxGas":"0",'
        f'"safeTxHash":"0x{TX.digest.hex()}","to":"0x5FbDB2315678afecb367f032d93F642f64180aa3","value":"0"}}'
    )


def test_the_page_in_docs_shows_this_very_file() -> None:
    page = (Path(__file__).parents[2] / "docs" / "formats" / "safe-tx.md").read_text("utf-8")
    example, schema = re.findall(r"```json\n(.*?)\n```", page, re.DOTALL)[:2]
    assert example.encode() == safe_file.serialise(TX)
    assert set(json.loads(schema)["required"]) == set(GOOD) == set(json.loads(schema)["properties"])


def test_the_page_in_docs_shows_a_batch_and_cuts_it_where_its_parts_end() -> None:
    """Written by another library, hashed by both implementations, and read back."""
    page = (Path(__file__).parents[2] / "docs" / "formats" / "safe-tx.md").read_text("utf-8").split("## A batch", 1)[1]
    found = safe_file.parse(re.findall(r"```json\n(.*?)\n```", page, re.DOTALL)[0].encode())
    cut = re.findall(r"```text\n(.*?)\n```", page, re.DOTALL)[0]
    ether = "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc"
    types = ["uint8", "address", "uint256", "uint256", "bytes"]
    packed = encode_packed(types, [0, "0x" + TOKEN.hex(), 0, 68, TX.data]) + encode_packed(
        types, [0, ether, 10**18, 0, b""]
    )
    data = bytes.fromhex("8d80ff0a") + abi_encode(["bytes"], [packed])
    assert bytes.fromhex("".join(line.split()[0] for line in cut.splitlines())) == data == found.tx.data
    multisend.require_pinned(found.tx.to, SafeVersion(1, 4, 1))
    assert found.agrees
    assert eip712.agree(found.tx) == found.claimed
    pins = {version: eip55.checksum(where) for version, where in multisend.MULTI_SEND_CALL_ONLY.items()}
    assert all(f"| {version} | `{where}` |" in page for version, where in pins.items())


def test_a_false_claim_parses_and_does_not_agree() -> None:
    read = safe_file.parse(jcs.encode(GOOD | {"operation": 1}))
    assert not read.agrees
    assert read.claimed == TX.digest != read.tx.digest == replace(TX, operation=1).digest


def test_the_version_comes_from_the_registration() -> None:
    data = safe_file.serialise(TX)
    assert safe_file.parse(data).tx.version == CURRENT
    assert not safe_file.parse(data, SafeVersion(1, 1, 1)).agrees


@pytest.mark.parametrize("field", ["chainId", "nonce", "operation"])
@pytest.mark.parametrize("value", ["1", True, None, -1, [1]])
def test_integers_are_json_integers(field: str, value: object) -> None:
    assert code(**{field: value}) in {"C2.wrong-type", "C2.integer-bounds"}


@pytest.mark.parametrize("field", ["value", "safeTxGas", "baseGas", "gasPrice"])
@pytest.mark.parametrize("value", [0, "", "007", "+5", "1e3", "-1", "0x0", " 1", "1\n", "１２", "1" * 79])
def test_amounts_are_decimal_strings(field: str, value: object) -> None:
    assert code(**{field: value}) in {"C2.wrong-type", "C2.amount"}


@pytest.mark.parametrize("field", ["value", "safeTxGas", "baseGas", "gasPrice"])
def test_an_amount_beyond_256_bits_is_refused_and_the_largest_passes(field: str) -> None:
    assert code(**{field: str(2**256)}) == "ethereum.field-range"
    safe_file.parse(jcs.encode(GOOD | {field: str(2**256 - 1)}))


@pytest.mark.parametrize("field", ["safe", "to", "gasToken", "refundReceiver"])
def test_addresses_are_eip55(field: str) -> None:
    spelt = "0x111CEEee040739fD91D29C34C33E6B3E112F2177"
    safe_file.parse(jcs.encode(GOOD | {field: spelt}))
    assert code(**{field: spelt.lower()}) == "E6.checksum"
    assert code(**{field: spelt.replace("E", "e", 1)}) == "E6.checksum"
    for wrong in (spelt[2:], spelt[:-1], spelt + "00", spelt + "\n", "0X" + spelt[2:], 5, None):
        assert code(**{field: wrong}) in {"formats.address", "C2.wrong-type"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", "ethereum.hex-prefix"),
        ("a9", "ethereum.hex-prefix"),
        ("0X00", "ethereum.hex-prefix"),
        ("0x0", "formats.hexadecimal"),
        ("0xAB", "formats.hexadecimal"),
        ("0x0g", "formats.hexadecimal"),
        ("0x00\n", "formats.hexadecimal"),
        (None, "C2.wrong-type"),
    ],
)
def test_data_is_lower_case_hex_with_its_prefix(value: object, expected: str) -> None:
    assert code(data=value) == expected
    safe_file.parse(jcs.encode(GOOD | {"data": "0x"}))


def test_a_hash_has_32_bytes() -> None:
    assert code(safeTxHash="0x" + "00" * 31) == "ethereum.hash-length"
    assert code(safeTxHash="0x" + "00" * 33) == "ethereum.hash-length"
    assert code(safeTxHash="0x" + "AB" * 32) == "formats.hexadecimal"


def test_an_operation_that_no_safe_knows_is_refused() -> None:
    assert code(operation=2) == "ethereum.field-range"
    assert safe_file.parse(jcs.encode(GOOD | {"operation": 1})).tx.operation == 1


def test_unknown_missing_and_duplicate_fields_are_refused() -> None:
    assert code(version="1.4.1") == "C2.unknown-field"
    for field in GOOD:
        with pytest.raises(Malformed) as caught:
            safe_file.parse(jcs.encode({name: value for name, value in GOOD.items() if name != field}))
        assert caught.value.code == "C2.missing-field"
    doubled = safe_file.serialise(TX).replace(b'{"baseGas"', b'{"value":"9","baseGas"')
    with pytest.raises(Malformed) as caught:
        safe_file.parse(doubled)
    assert caught.value.code == "C2.duplicate-key"


@pytest.mark.parametrize("suffix", [b"\n", b" ", b"\x00"])
def test_only_the_canonical_bytes_are_read(suffix: bytes) -> None:
    with pytest.raises(Malformed):
        safe_file.parse(safe_file.serialise(TX) + suffix)
    with pytest.raises(Malformed):
        safe_file.parse(json.dumps(GOOD).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"7", b'"x"', b"{", b"\xff"])
def test_anything_else_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        safe_file.parse(data)
