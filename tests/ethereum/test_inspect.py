"""What a transaction would do is named from its bytes, and nothing dressed as a transfer passes for one (E3–E7)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.ethereum import erc20, multisend
from countersign.ethereum.abi import ZERO_ADDRESS, Address, selector
from countersign.ethereum.inspect import (
    REFUSED_SELECTORS,
    AdminCall,
    DelegateCall,
    Erc20Transfer,
    EtherTransfer,
    MalformedBatch,
    MalformedTransfer,
    SelfCall,
    UnknownCall,
    gas_refund_fields,
    is_reserved,
    read,
)
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import CURRENT, SafeTx, SafeVersion, plain_tx
from countersign.formats import eip55
from support.vectors import load_vectors

SAFE = Address(b"\x05" * 20)
TOKEN = Address(b"\x07" * 20)
RECIPIENT = Address(b"\x09" * 20)
DATA = erc20.encode(erc20.Transfer(RECIPIENT, 20_000_000))
TRANSFER = plain_tx(31337, SAFE, TOKEN, 0, DATA, 0)

E4_SELECTORS = (
    "0d582f13 f8dc5dd9 e318b52b 694e80c3 610b5925 e009cfde e19a9dd9 e068df37 f08a0323 b63e800d d4d9bdcd 8d80ff0a "
    "6a761202 85a5affe f2fde38b 3659cfe6 4f1ef286 095ea7b3 39509351 a22cb465 23b872dd d505accf"
)


def test_a_transfer_is_shown_with_its_values() -> None:
    facts = read(TRANSFER)
    assert facts.call == Erc20Transfer(TOKEN, RECIPIENT, 20_000_000)
    assert (facts.delegatecall, facts.contract, facts.ether, facts.gas_refund) == (False, None, 0, ())
    assert not facts.reserved_target
    assert not facts.void


def test_ether_is_shown_with_its_value() -> None:
    facts = read(plain_tx(1, SAFE, RECIPIENT, 10**18, b"", 0))
    assert facts.call == EtherTransfer(RECIPIENT, 10**18)
    assert facts.ether == 10**18


def test_ether_that_rides_on_a_transfer_is_shown() -> None:
    assert read(replace(TRANSFER, value=1)).ether == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [(DATA[:67], "E5.length"), (DATA + b"\x00", "E5.length"), (DATA[:4] + b"\x01" + DATA[5:], "E5.padding")],
)
def test_what_only_begins_like_a_transfer_is_none(data: bytes, code: str) -> None:
    call = read(replace(TRANSFER, data=data)).call
    assert isinstance(call, MalformedTransfer)
    assert (call.token, call.code) == (TOKEN, code)


def test_every_refused_selector_is_the_hash_of_its_name() -> None:
    assert {key.hex() for key in REFUSED_SELECTORS} == set(E4_SELECTORS.split())
    for key, name in REFUSED_SELECTORS.items():
        assert selector(name) == key


@pytest.mark.parametrize("key", sorted(REFUSED_SELECTORS))
def test_a_refused_selector_is_named_on_any_target(key: bytes) -> None:
    name = REFUSED_SELECTORS[key]
    for rest in (b"", DATA[4:], bytes(31)):
        assert read(replace(TRANSFER, data=key + rest)).call == AdminCall(TOKEN, key, name)
        itself = read(replace(TRANSFER, to=SAFE, data=key + rest)).call
        assert isinstance(itself, SelfCall)
        assert (itself.selector, itself.name) == (key, name)


@given(st.binary(min_size=1, max_size=100))
def test_anything_else_is_unknown(data: bytes) -> None:
    call = read(replace(TRANSFER, data=data)).call
    known = data[:4] in REFUSED_SELECTORS or data[:4] == erc20.SELECTOR
    assert known or call == UnknownCall(TOKEN, data[:4])


def test_only_an_empty_call_to_itself_is_a_void() -> None:
    void = plain_tx(1, SAFE, SAFE, 0, b"", 0)
    assert read(void).void
    assert read(void).call == SelfCall(b"", None)
    for change in ({"value": 1}, {"data": b"\x00"}, {"operation": 1}, {"to": TOKEN}):
        assert not read(replace(void, **change)).void


def test_a_delegate_call_is_said_to_be_one_whatever_its_data() -> None:
    facts = read(replace(TRANSFER, operation=1))
    assert facts.delegatecall
    assert facts.shown == DelegateCall(TOKEN, Erc20Transfer(TOKEN, RECIPIENT, 20_000_000))
    assert facts.call == read(TRANSFER).call == read(TRANSFER).shown
    assert not read(TRANSFER).delegatecall


def batch(*calls: InnerCall, version: SafeVersion = CURRENT) -> SafeTx:
    """These calls through a release's MultiSendCallOnly."""
    return replace(TRANSFER, to=multisend.pinned(version), data=multisend.serialise(calls), operation=1)


def test_every_call_of_a_batch_is_read_like_one_that_is_alone() -> None:
    approve = bytes.fromhex("095ea7b3") + bytes(64)
    calls = (
        InnerCall(TOKEN, 0, DATA),
        InnerCall(RECIPIENT, 7, b""),
        InnerCall(TOKEN, 0, approve),
        InnerCall(SAFE, 0, b""),
        InnerCall(TOKEN, 3, DATA[:-1]),
        InnerCall(Address(bytes(19) + b"\x04"), 0, b""),
    )
    facts = read(batch(*calls))
    alone = [read(plain_tx(31337, SAFE, call.to, call.value, call.data, 0)) for call in calls]
    for inner, other in zip(facts.batch, alone, strict=True):
        assert (inner.call, inner.contract, inner.ether) == (other.call, other.contract, other.ether)
        assert (inner.reserved_target, inner.target) == (other.reserved_target, other.target)
    assert facts.calls == facts.batch
    assert facts.fault is None
    assert all(other.calls == (other,) and other.batch == () for other in alone)


def test_a_batch_is_still_said_to_be_a_delegate_call() -> None:
    facts = read(batch(InnerCall(TOKEN, 0, DATA)))
    assert facts.delegatecall
    assert isinstance(facts.shown, DelegateCall)


def test_data_for_a_batch_that_is_none_says_why() -> None:
    good = batch(InnerCall(TOKEN, 0, DATA), InnerCall(RECIPIENT, 7, b""))
    facts = read(replace(good, data=good.data + bytes(32)))
    assert (facts.batch, facts.fault) == ((), MalformedBatch("E3.batch-form", {}))
    assert facts.calls == (facts,)


@pytest.mark.parametrize("change", [{"operation": 0}, {"to": TOKEN}, {"to": Address(b"\x38" * 20)}])
def test_only_a_delegate_call_to_a_pinned_address_is_a_batch(change: dict[str, object]) -> None:
    good = batch(InnerCall(TOKEN, 0, DATA), InnerCall(RECIPIENT, 7, b""))
    assert len(read(good).batch) == 2
    facts = read(replace(good, **change))  # type: ignore[arg-type]
    assert (facts.batch, facts.fault) == ((), None)


@pytest.mark.parametrize(("text", "itself"), [("1.3.0", False), ("1.4.1", False), ("1.5.0", True)])
def test_since_1_5_0_the_zero_address_in_a_batch_is_the_safe_itself(text: str, itself: bool) -> None:
    (inner,) = read(batch(InnerCall(ZERO_ADDRESS, 0, DATA), version=SafeVersion.parse(text))).batch
    assert isinstance(inner.call, SelfCall) is itself
    assert inner.target == (SAFE if itself else ZERO_ADDRESS)
    assert inner.reserved_target is not itself


@pytest.mark.parametrize(
    ("where", "name", "version"),
    [
        ("38869bf66a61cf6bdb996a6ae40d5853fd43b526", "MultiSend", "1.4.1"),
        ("9641d764fc13c8b624c04430c7356c1c7c8102e2", "MultiSendCallOnly", "1.4.1"),
        ("526643f69b81b008f46d95cd5ced5ec0edffdac6", "SafeMigration", "1.4.1"),
        ("d53cd0ab83d845ac265be939c57f53ad838012c9", "SignMessageLib", "1.4.1"),
        ("9b35af71d77eaf8d7e40252370304687390a1a52", "CreateCall", "1.4.1"),
    ],
)
def test_where_a_delegate_call_goes_is_named(where: str, name: str, version: str) -> None:
    contract = read(replace(TRANSFER, to=Address(bytes.fromhex(where)), operation=1)).contract
    assert contract is not None
    assert (contract.name, str(contract.version)) == (name, version)


def test_gas_and_refund_fields_are_named_when_they_are_not_zero() -> None:
    names = {
        "safe_tx_gas": "safeTxGas",
        "base_gas": "baseGas",
        "gas_price": "gasPrice",
        "gas_token": "gasToken",
        "refund_receiver": "refundReceiver",
    }
    for field, name in names.items():
        value = TOKEN if field in {"gas_token", "refund_receiver"} else 1
        assert gas_refund_fields(replace(TRANSFER, **{field: value})) == (name,)
    all_of_them = SafeTx(1, SAFE, TOKEN, 0, b"", 0, 1, 1, 1, TOKEN, TOKEN, 0)
    assert gas_refund_fields(all_of_them) == tuple(names.values())


@pytest.mark.parametrize("number", [0, 1, 2, 9, 0x0A, 0x11, 0x100, 0xFFFF])
def test_addresses_that_nobody_can_hold_are_reserved(number: int) -> None:
    where = Address(number.to_bytes(20, "big"))
    assert is_reserved(where)
    assert read(replace(TRANSFER, to=where)).reserved_target


def test_the_next_address_is_not_reserved() -> None:
    assert not is_reserved(Address((0x10000).to_bytes(20, "big")))
    assert is_reserved(ZERO_ADDRESS)


def test_the_published_administration_is_named() -> None:
    """safe_tx_hashes.json: addOwnerWithThreshold, approveHash, approve, swapOwner as people really signed them."""
    expected = {
        "addOwnerWithThreshold(address,uint256)",
        "approveHash(bytes32)",
        "approve(address,uint256)",
        "swapOwner(address,address,address)",
    }
    found = set()
    for vector in load_vectors("safe/safe_tx_hashes.json")["transactions"]:
        tx = vector["tx"]
        call = read(
            plain_tx(
                vector["chainId"],
                Address(eip55.parse(tx["safe"])),
                Address(eip55.parse(tx["to"])),
                int(tx["value"]),
                bytes.fromhex(tx["data"][2:]),
                int(tx["nonce"]),
            )
        ).call
        if isinstance(call, AdminCall | SelfCall):
            found.add(call.name)
    assert found == expected
