"""The Safe service's form, and above all the two published Bybit transactions at nonce 71."""

import json
from dataclasses import replace
from typing import Any

import pytest

from countersign.errors import Malformed, Refused
from countersign.ethereum import inspect, safe_file, service
from countersign.ethereum.abi import Address
from countersign.ethereum.eip712 import agree, second_digest
from countersign.ethereum.safe import WITHOUT_CHAIN_ID, SafeVersion, plain_tx, version_that_explains
from countersign.ethereum.signatures import Kind, kind, recover, recovered_for_display
from countersign.formats import jcs, strict_json
from support.vectors import load_vectors, vector_path

V1_1_1 = SafeVersion(1, 1, 1)
SAFE = "0x1Db92e2EeBC8E0c075a02BeA49a2935BcD2dFCF4"
EXECUTED_HASH = "b3476d061aeb8fc1d605a873c483a2402d88a68a9cdd1a8b47655dd55ba004f8"
PROPOSED_HASH = "9d89e67333f99c136537be74029c44592985a4855172f4c2d0d942029868f98e"

# The executed Bybit transaction (mainnet, Safe 1.1.1, nonce 71), typed in from the published answer of the service.
EXECUTED: dict[str, Any] = {
    "safe": SAFE,
    "to": "0x96221423681A6d52E184D440a8eFCEbB105C7242",
    "value": "0",
    "data": "0xa9059cbb000000000000000000000000bdd077f651ebe7f7b3ce16fe5f2b025be2969516" + "00" * 32,
    "operation": 1,
    "gasToken": "0x0000000000000000000000000000000000000000",
    "safeTxGas": 45746,
    "baseGas": 0,
    "gasPrice": "0",
    "refundReceiver": "0x0000000000000000000000000000000000000000",
    "nonce": 71,
    "safeTxHash": "0x" + EXECUTED_HASH,
    "isExecuted": True,
    "confirmations": [
        {
            "owner": "0x1F4EB0a903619ac168b19A82F1a6e2e426522211",
            "signature": "0xd0afef78a52fd504479dc2af3dc401334762cbd05609c7ac18db9ec5abf4a07a"
            "5cc09fc86efd3489707b89b0c729faed616459189cb50084f208d03b201b001f1f",
            "signatureType": "ETH_SIGN",
        }
    ],
    "origin": "{}",
}


def page(**changes: object) -> bytes:
    return json.dumps({"count": 1, "next": None, "previous": None, "results": [EXECUTED]} | changes).encode()


def row(**changes: object) -> service.ServiceTx:
    (found,) = service.parse(json.dumps(EXECUTED | changes).encode(), 1, V1_1_1).rows
    return found


def code(**changes: object) -> str:
    with pytest.raises(Malformed) as caught:
        row(**changes)
    return caught.value.code


def test_the_bybit_transactions_are_read_and_both_hashes_reproduce() -> None:
    listing = service.parse(vector_path("safe/bybit_safe_tx_71.json").read_bytes(), 1, V1_1_1)
    executed, proposed = listing.rows
    assert listing.complete
    assert (executed.claim.tx.digest.hex(), proposed.claim.tx.digest.hex()) == (EXECUTED_HASH, PROPOSED_HASH)
    assert executed.claim.agrees
    assert proposed.claim.agrees
    assert (executed.executed, proposed.executed) == (True, False)
    for one in listing.rows:
        assert second_digest(one.claim.tx) == one.claim.tx.digest


def test_the_bybit_signatures_recover_to_the_owners_only_over_the_executed_hash() -> None:
    executed, proposed = service.parse(vector_path("safe/bybit_safe_tx_71.json").read_bytes(), 1, V1_1_1).rows
    assert {one.signature for one in executed.confirmations} == {one.signature for one in proposed.confirmations}
    assert len(executed.confirmations) == 3
    for confirmation in executed.confirmations:
        assert recovered_for_display(executed.claim.tx.digest, confirmation.signature) == confirmation.owner
    for confirmation in proposed.confirmations:
        assert recovered_for_display(proposed.claim.tx.digest, confirmation.signature) != confirmation.owner


def test_neither_bybit_transaction_can_be_signed_or_its_signatures_imported() -> None:
    for one in service.parse(vector_path("safe/bybit_safe_tx_71.json").read_bytes(), 1, V1_1_1).rows:
        with pytest.raises(Refused) as caught:
            agree(one.claim.tx)
        assert caught.value.code == "E1.version"
        for confirmation in one.confirmations:
            assert kind(confirmation.signature) is Kind.ETH_SIGN
            with pytest.raises(Refused) as caught:
                recover(one.claim.tx.digest, confirmation.signature)
            assert caught.value.code == "E9.kind"


def test_the_bybit_transaction_is_shown_as_a_delegate_call_and_no_transfer() -> None:
    facts = inspect.read(row().claim.tx)
    assert facts.delegatecall
    assert facts.contract is None
    assert facts.gas_refund == ("safeTxGas",)
    assert isinstance(facts.shown, inspect.DelegateCall)
    assert isinstance(facts.shown.resembles, inspect.Erc20Transfer)
    assert not facts.void


def test_a_reader_who_does_not_know_the_version_can_find_it() -> None:
    (found,) = service.parse(page(), 1).rows
    assert not found.claim.agrees
    assert version_that_explains(found.claim) == WITHOUT_CHAIN_ID


def test_one_object_is_a_page_of_one() -> None:
    alone = service.parse(json.dumps(EXECUTED).encode(), 1, V1_1_1)
    assert alone == service.parse(page(), 1, V1_1_1)
    assert alone.complete
    assert not service.parse(page(next="https://example.org/?page=2"), 1, V1_1_1).complete
    assert service.parse(page(results=[]), 1).rows == ()


def test_integers_may_be_strings_and_strings_integers() -> None:
    assert row(nonce="71", operation="1", value=0, safeTxGas="45746", gasPrice=0) == row()


def test_what_is_null_or_absent_is_zero() -> None:
    bare = {name: EXECUTED[name] for name in ("safe", "to", "value", "operation", "nonce", "safeTxHash")}
    (found,) = service.parse(json.dumps(bare).encode(), 1).rows
    nulled = service.parse(json.dumps(EXECUTED | dict.fromkeys(set(EXECUTED) - set(bare))).encode(), 1).rows[0]
    assert found == nulled
    assert found.claim.tx.data == b""
    assert (found.confirmations, found.executed) == ((), False)
    assert found.claim.tx == replace(
        plain_tx(1, found.claim.tx.safe, found.claim.tx.to, 0, b"", 71), operation=1, version=found.claim.tx.version
    )


def test_addresses_may_be_lower_case_but_a_wrong_checksum_is_refused() -> None:
    assert row(to=EXECUTED["to"].lower(), safe=SAFE.lower()) == row()
    assert code(to=EXECUTED["to"].replace("A", "a", 1)) == "E6.checksum"


def test_hex_may_be_upper_case() -> None:
    assert row(data="0x" + EXECUTED["data"][2:].upper(), safeTxHash="0x" + EXECUTED_HASH.upper()) == row()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"operation": 2}, "ethereum.field-range"),
        ({"operation": "delegatecall"}, "C2.amount"),
        ({"nonce": -1}, "C2.integer-bounds"),
        ({"nonce": True}, "C2.wrong-type"),
        ({"nonce": None}, "C2.wrong-type"),
        ({"value": "1e18"}, "C2.amount"),
        ({"value": str(2**256)}, "ethereum.field-range"),
        ({"to": "0x00"}, "formats.address"),
        ({"to": None}, "C2.wrong-type"),
        ({"data": "a9"}, "ethereum.hex-prefix"),
        ({"safeTxHash": "0x00"}, "ethereum.hash-length"),
        ({"confirmations": {}}, "C2.wrong-type"),
        ({"confirmations": [{"signature": "0x00"}]}, "C2.missing-field"),
    ],
)
def test_what_cannot_be_a_transaction_is_malformed(changes: dict[str, object], expected: str) -> None:
    assert code(**changes) == expected


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"{}", b'{"results":7}', b'{"results":[7]}', b'{"a":1,"a":2}'])
def test_anything_else_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        service.parse(data, 1)


def test_a_confirmation_of_any_length_is_kept_as_it_stands() -> None:
    owner = EXECUTED["confirmations"][0]["owner"]
    kept = row(confirmations=[{"owner": owner, "signature": "0x00"}, {"owner": owner, "signature": None}])
    assert [one.signature for one in kept.confirmations] == [b"\x00", b""]


def test_the_two_forms_are_told_apart() -> None:
    ours = safe_file.serialise(plain_tx(1, Address(bytes(20)), Address(bytes(20)), 0, b"", 0))
    assert not service.recognises(strict_json.parse(ours))
    assert service.recognises(EXECUTED)
    assert service.recognises({"results": []})
    for other in (None, [], {}, {"payload": ""}, 7):
        assert not service.recognises(other)


def test_a_service_form_of_the_published_mock_keeps_its_approved_hash() -> None:
    vector = load_vectors("safe/safe_tx_hashes.json")["transactions"][5]
    listed = vector["tx"] | {"safeTxHash": vector["safeTxHash"], "confirmations": vector["confirmations"]}
    (found,) = service.parse(jcs.encode(listed), vector["chainId"]).rows
    assert found.claim.agrees
    assert kind(found.confirmations[0].signature) is Kind.APPROVED_HASH
