"""Every published case of EIP-712, EIP-191, EIP-155, ERC-55, EIP-1014 and the Safe's hashes: zero deviations.

- The second implementation (eth-account) passes all of them; what it must refuse it refuses.
- Ours passes what it supports: the domain of a Safe (chainId and verifyingContract, before 1.3.0 verifyingContract alone),
  SafeTx, keccak, EIP-55, recovery.
- What ours does not support is listed by case with its reason in `NOT_OURS`; a case that is in neither list fails.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import SignableMessage, encode_defunct, encode_typed_data
from eth_utils.crypto import keccak

from countersign.ethereum import eip712, service, signatures
from countersign.ethereum.abi import ZERO_ADDRESS, Address, Digest
from countersign.ethereum.safe import WITHOUT_CHAIN_ID, SafeTx, SafeVersion, plain_tx, with_version
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.keys import ecdsa
from support.vectors import load_vectors, vector_path

OURS = frozenset({"chainId", "verifyingContract"})
OLD = frozenset({"verifyingContract"})
NOT_OURS = {
    "domain": "a Safe's domain holds chainId and verifyingContract and nothing else; a vault key signs no other (E11)",
    "no message": "only the digest is published here, not the message it belongs to",
    "refused": "not typed data; the second implementation refuses it, and ours takes a SafeTx and never a document",
    "legacy": "the relayer writes EIP-1559 transactions only",
    "message": "a vault key signs no SafeMessage (E11); its domain is the Safe's and is compared",
}


def typed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = load_vectors("eip712/ethers_typed-data.json.gz")
    return found


def hashed(signable: SignableMessage) -> str:
    return "0x" + keccak(b"\x19" + signable.version + signable.header + signable.body).hex()


def our_domain(domain: Mapping[str, Any]) -> Digest | None:
    """The domain separator as our implementation hashes it, None where it is not a Safe's."""
    if frozenset(domain) not in (OURS, OLD):
        return None
    safe = Address(bytes.fromhex(domain["verifyingContract"][2:]))
    tx = plain_tx(domain.get("chainId", 0), safe, ZERO_ADDRESS, 0, b"", 0)
    return (tx if "chainId" in domain else with_version(tx, WITHOUT_CHAIN_ID)).domain_hash


def test_all_130_cases_of_ethers_pass_in_the_second_implementation() -> None:
    cases = typed()
    assert len(cases) == 130
    for case in cases:
        assert hashed(encode_typed_data(case["domain"], case["types"], case["data"])) == case["digest"], case["name"]


def test_the_domains_of_ethers_that_a_safe_could_have_pass_in_ours_and_the_rest_is_listed() -> None:
    judged: Counter[str] = Counter()
    for case in typed():
        domain = our_domain(case["domain"])
        if domain is None:
            judged[NOT_OURS["domain"]] += 1
            continue
        second = encode_typed_data(case["domain"], case["types"], case["data"])
        assert domain == second.header, case["name"]
        assert "0x" + keccak256(b"\x19\x01" + domain + second.body).hex() == case["digest"], case["name"]
        judged["ours"] += 1
    assert judged == {"ours": 10, NOT_OURS["domain"]: 120}


def test_the_signature_of_the_example_is_recovered_by_ours() -> None:
    (case,) = (each for each in typed() if "signature" in each)
    key = Account.from_key(case["privateKey"])
    found = signatures.recover(Digest(bytes.fromhex(case["digest"][2:])), bytes.fromhex(case["signature"][2:]))
    assert eip55.checksum(found.owner) == key.address


def test_the_valid_cases_of_eth_account_pass_in_the_second_implementation() -> None:
    cases, digests = load_vectors("eip712/eth-account_valid_for_all.json"), digests_of_eth_account()
    assert len(cases) == 9
    for name, message in cases.items():
        assert hashed(encode_typed_data(full_message=message)) == "0x" + digests[name], name
        assert our_domain(message["domain"]) is None, NOT_OURS["domain"]


def test_of_the_digests_of_eth_account_those_without_a_message_are_listed() -> None:
    listed = set(digests_of_eth_account()) - set(load_vectors("eip712/eth-account_valid_for_all.json"))
    assert listed == {
        "valid_eip712_example_ethers_does_not_accept_recursive_custom_types",
        "valid_int_value_for_string_type_ethers_handles_mismatched_type_and_value_differently",
        "valid_missing_eip712_type_metamask_ignores_domain_data_if_domain_types_not_present",
        "valid_missing_primary_type_key_and_eip712domain_type_metamask_needs_primarytype",
        "valid_missing_primary_type_key_metamask_requires_primary_type_key",
        "valid_nested_structs_ethers_does_not_accept_recursive_custom_type_arrays",
        "valid_null_value_for_custom_type_ethers_requires_non_null",
        "valid_space_in_custom_type_metamask_returns_empty_string_if_non_alphanum_in_custom_type",
    }, NOT_OURS["no message"]


def test_the_invalid_cases_of_eth_account_are_refused() -> None:
    cases = load_vectors("eip712/eth-account_invalid.json")
    assert len(cases) == 8
    for message in cases.values():
        with pytest.raises(ValueError):
            encode_typed_data(full_message=message)


def digests_of_eth_account() -> dict[str, str]:
    found: dict[str, str] = load_vectors("eip712/eth-account_digests.json")["digests"]
    return found


def test_personal_messages_pass_in_both() -> None:
    """EIP-191: made by neither, for a vault key signs no message; recovered by both."""
    cases = load_vectors("eip191/personal_sign.json")
    assert len(cases) == 4
    for case in cases:
        message, signature = bytes.fromhex(case["message"][2:]), bytes.fromhex(case["signature"][2:])
        assert hashed(encode_defunct(message)) == case["digest"]
        assert Account.from_key(case["key"]).address.lower() == case["address"]
        digest = bytes.fromhex(case["digest"][2:])
        low = ecdsa.recover(digest, signature[:64], signature[64] - 27)
        assert "0x" + low.ethereum_address().hex() == case["address"]


def test_an_eth_sign_signature_over_a_hash_is_shown_with_its_owner_and_never_accepted() -> None:
    shown = 0
    for case in load_vectors("eip191/personal_sign.json"):
        message, signature = bytes.fromhex(case["message"][2:]), bytes.fromhex(case["signature"][2:])
        if len(message) == 32:  # what Safe calls eth_sign: v is four higher
            raised = signature[:64] + bytes([signature[64] + 4])
            owner = signatures.recovered_for_display(Digest(message), raised)
            assert owner is not None
            assert "0x" + owner.hex() == case["address"]
            shown += 1
    assert shown == 2


def test_the_example_of_eip_155_passes_in_the_second_implementation_only() -> None:
    case = load_vectors("ethtx/eip155_erc55.json")["eip155"]
    fields = {**case["tx"], "value": int(case["tx"]["value"])}
    signed = Account.from_key(case["private_key"]).sign_transaction(fields)
    assert ("0x" + signed.raw_transaction.hex().removeprefix("0x")) == case["signed"], NOT_OURS["legacy"]
    assert "0x" + keccak256(bytes.fromhex(case["signing_data"][2:])).hex() == case["signing_hash"]


def test_the_addresses_of_eip_1014_pass_in_our_hash_and_spelling() -> None:
    """Nothing here deploys a contract; its hash and its spelling are ours."""
    seen = 0
    for case in load_vectors("ethtx/ethers_create2.json.gz"):
        for each in case["creates"]:
            sender, salt, code = (bytes.fromhex(text[2:]) for text in (case["sender"], each["salt"], each["initCode"]))
            hashed_code = keccak256(code)
            assert "0x" + hashed_code.hex() == each["initCodeHash"]
            assert eip55.checksum(keccak256(b"\xff" + sender + salt + hashed_code)[12:]) == each["address"]
            seen += 1
    assert seen > 16


def test_the_hashes_of_published_safe_transactions_pass_in_both() -> None:
    cases = load_vectors("safe/safe_tx_hashes.json")["transactions"]
    assert len(cases) == 6
    for case in cases:
        tx = of_vector(case)
        assert "0x" + tx.digest.hex() == case["safeTxHash"] == "0x" + eip712.second_digest(tx).hex()
        assert "0x" + tx.message_hash.hex() == case["messageHash"]


def of_vector(case: dict[str, Any]) -> SafeTx:
    """The transaction of a vector; what it leaves out is zero."""
    tx = case["tx"]
    said = {name: int(tx.get(name, 0)) for name in ("value", "safeTxGas", "baseGas", "gasPrice", "nonce")}
    places = {
        name: Address(eip55.parse(tx[name])) if name in tx else ZERO_ADDRESS
        for name in ("safe", "to", "gasToken", "refundReceiver")
    }
    return SafeTx(
        case["chainId"], places["safe"], places["to"], said["value"], bytes.fromhex(tx["data"][2:]), tx["operation"],
        said["safeTxGas"], said["baseGas"], said["gasPrice"], places["gasToken"], places["refundReceiver"],
        said["nonce"],
    )  # fmt: skip


def test_a_published_safe_message_passes_in_the_second_and_shares_our_domain() -> None:
    (case,) = load_vectors("safe/safe_tx_hashes.json")["messages"]
    message = bytes.fromhex(hashed(encode_defunct(text=case["message"]))[2:])
    domain = {"chainId": case["chainId"], "verifyingContract": case["safe"]}
    second = encode_typed_data(domain, {"SafeMessage": [{"name": "message", "type": "bytes"}]}, {"message": message})
    assert hashed(second) == case["safeMessageHash"], NOT_OURS["message"]
    assert "0x" + second.body.hex() == case["messageHash"]
    ours = our_domain(domain)
    assert ours is not None
    assert "0x" + ours.hex() == case["domainHash"]


def test_both_rows_of_the_published_theft_have_the_published_hash_in_both() -> None:
    rows = service.parse(vector_path("safe/bybit_safe_tx_71.json").read_bytes(), 1, SafeVersion(1, 1, 1)).rows
    assert len(rows) == 2
    for row in rows:
        assert row.claim.agrees
        assert eip712.second_digest(row.claim.tx) == row.claim.claimed
