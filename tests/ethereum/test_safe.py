"""safeTxHash: the published answers, one change a field, and the versions that may be signed for (E1, E2)."""

from dataclasses import fields, replace
from typing import Any

import pytest

from countersign.errors import Malformed, Refused
from countersign.ethereum.abi import ZERO_ADDRESS, Address
from countersign.ethereum.safe import (
    CURRENT,
    DOMAIN_TYPEHASH,
    OLD_DOMAIN_TYPEHASH,
    SAFE_TX_TYPE,
    SAFE_TX_TYPEHASH,
    WITHOUT_CHAIN_ID,
    ClaimedSafeTx,
    SafeTx,
    SafeVersion,
    plain_tx,
    require_signable,
    version_that_explains,
    with_version,
)
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from support.vectors import load_vectors

WALLET = Address(bytes.fromhex("111ceeee040739fd91d29c34c33e6b3e112f2177"))
ADD_OWNER = bytes.fromhex("0d582f13" + "00" * 12 + "0c75fa5a5f1c0997e3eea425cfa13184ed0ec9e5" + "00" * 31 + "03")
KNOWN = plain_tx(42161, WALLET, WALLET, 0, ADD_OWNER, 234)


def from_vector(vector: dict[str, Any]) -> SafeTx:
    tx = vector["tx"]
    return SafeTx(
        chain_id=vector["chainId"],
        safe=Address(eip55.parse(tx["safe"])),
        to=Address(eip55.parse(tx["to"])),
        value=int(tx["value"]),
        data=bytes.fromhex(tx["data"][2:]),
        operation=tx["operation"],
        safe_tx_gas=int(tx.get("safeTxGas", 0)),
        base_gas=int(tx.get("baseGas", 0)),
        gas_price=int(tx.get("gasPrice", 0)),
        gas_token=Address(eip55.parse(tx["gasToken"])) if "gasToken" in tx else ZERO_ADDRESS,
        refund_receiver=Address(eip55.parse(tx["refundReceiver"])) if "refundReceiver" in tx else ZERO_ADDRESS,
        nonce=int(tx["nonce"]),
    )


def test_the_known_answer_of_e2() -> None:
    """CHECKS.md E2, from the README of pcaversaccio/safe-tx-hashes-util."""
    assert KNOWN.domain_hash.hex() == "1cf7f9b1efe3bc47fe02fd27c649fea19e79d66040683a1c86c7490c80bf7291"
    assert KNOWN.message_hash.hex() == "d9109ea63c50ecd3b80b6b27ed5c5a9fd3d546c2169dfb69bfa7ba24cd14c7a5"
    assert KNOWN.digest.hex() == "0cb7250b8becd7069223c54e2839feaed4cee156363fbfe5dd0a48e75c4e25b3"


def test_the_known_answer_of_e2_as_a_delegate_call() -> None:
    digest = replace(KNOWN, operation=1).digest.hex()
    assert digest.startswith("172864472398d908")
    assert digest.endswith("f14114ae5")


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        ("", "290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563"),
        ("12345678", "bca53a900ee1cecffba8d1933d6c15917fb88cfd4043fde14e01d1bcf03d38d4"),
    ],
)
def test_the_digest_of_the_call_data_is_that_of_erc_8213(data: str, digest: str) -> None:
    """Known answers made with another keccak (Foundry's)."""
    assert replace(KNOWN, data=bytes.fromhex(data)).calldata_digest.hex() == digest


def test_all_published_safe_transactions() -> None:
    vectors = load_vectors("safe/safe_tx_hashes.json")["transactions"]
    assert len(vectors) == 6
    for vector in vectors:
        tx = from_vector(vector)
        assert "0x" + tx.domain_hash.hex() == vector["domainHash"]
        assert "0x" + tx.message_hash.hex() == vector["messageHash"]
        assert "0x" + tx.digest.hex() == vector["safeTxHash"]


def test_the_published_message_shares_the_domain() -> None:
    (message,) = load_vectors("safe/safe_tx_hashes.json")["messages"]
    tx = plain_tx(message["chainId"], Address(eip55.parse(message["safe"])), WALLET, 0, b"", 0)
    assert "0x" + tx.domain_hash.hex() == message["domainHash"]


def test_the_type_hashes_are_those_of_their_types() -> None:
    assert keccak256(SAFE_TX_TYPE.encode()) == SAFE_TX_TYPEHASH
    assert keccak256(b"EIP712Domain(uint256 chainId,address verifyingContract)") == DOMAIN_TYPEHASH
    assert keccak256(b"EIP712Domain(address verifyingContract)") == OLD_DOMAIN_TYPEHASH


CHANGES = {
    "chain_id": 1,
    "safe": ZERO_ADDRESS,
    "to": ZERO_ADDRESS,
    "value": 1,
    "data": ADD_OWNER + b"\x00",
    "operation": 1,
    "safe_tx_gas": 1,
    "base_gas": 1,
    "gas_price": 1,
    "gas_token": WALLET,
    "refund_receiver": WALLET,
    "nonce": 235,
    "version": WITHOUT_CHAIN_ID,
}


def test_every_field_changes_the_digest() -> None:
    assert set(CHANGES) == {field.name for field in fields(SafeTx)}
    digests = {replace(KNOWN, **{name: value}).digest for name, value in CHANGES.items()}
    assert len(digests | {KNOWN.digest}) == len(CHANGES) + 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("chain_id", -1),
        ("chain_id", 2**53),
        ("value", -1),
        ("value", 2**256),
        ("operation", 2),
        ("operation", -1),
        ("safe_tx_gas", 2**256),
        ("base_gas", -1),
        ("gas_price", 2**256),
        ("nonce", 2**53),
    ],
)
def test_a_field_that_cannot_exist_is_refused(field: str, value: int) -> None:
    with pytest.raises(Malformed) as caught:
        replace(KNOWN, **{field: value})
    assert caught.value.code == "ethereum.field-range"


@pytest.mark.parametrize("field", ["safe", "to", "gas_token", "refund_receiver"])
def test_an_address_of_another_length_is_refused(field: str) -> None:
    with pytest.raises(Malformed) as caught:
        replace(KNOWN, **{field: bytes(21)})
    assert caught.value.code == "ethereum.address-length"


@pytest.mark.parametrize("version", [(1, 0, 0), (1, 1, 1), (1, 2, 0)])
def test_a_safe_whose_digest_names_no_chain_is_not_signed_for(version: tuple[int, int, int]) -> None:
    old = with_version(KNOWN, SafeVersion(*version))
    assert old.digest == replace(old, chain_id=1).digest
    with pytest.raises(Refused) as caught:
        require_signable(old)
    assert caught.value.code == "E1.version"


@pytest.mark.parametrize("version", [(1, 3, 0), (1, 4, 1), (1, 5, 0)])
def test_the_near_miss_names_its_chain_and_is_signed_for(version: tuple[int, int, int]) -> None:
    tx = with_version(KNOWN, SafeVersion(*version))
    require_signable(tx)
    assert tx.digest == KNOWN.digest != replace(tx, chain_id=1).digest


@pytest.mark.parametrize("text", ["", "1.4", "1.4.1 ", "1.4.1\n", "1.4.01", "v1.4.1", "1.4.1+L2", "١.4.1", "1.4.100"])
def test_a_version_has_one_spelling(text: str) -> None:
    with pytest.raises(Malformed):
        SafeVersion.parse(text)


def test_versions_are_ordered_by_number() -> None:
    assert SafeVersion.parse("1.4.1") == CURRENT > SafeVersion.parse("1.3.0") > SafeVersion.parse("1.2.0")
    assert SafeVersion.parse("1.10.0") > CURRENT
    assert str(CURRENT) == "1.4.1"


def test_a_false_claim_is_seen_and_a_true_one_explained() -> None:
    assert ClaimedSafeTx(KNOWN, KNOWN.digest).agrees
    false = ClaimedSafeTx(KNOWN, replace(KNOWN, nonce=235).digest)
    assert not false.agrees
    assert version_that_explains(false) is None
    old = ClaimedSafeTx(KNOWN, with_version(KNOWN, WITHOUT_CHAIN_ID).digest)
    assert not old.agrees
    assert version_that_explains(old) == WITHOUT_CHAIN_ID
