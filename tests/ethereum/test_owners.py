"""The four calls that change a Safe's owners: read strictly, and done as OwnerManager.sol does them."""

from typing import Any

import pytest
from eth_abi import encode as abi_encode
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed, Refused
from countersign.ethereum import inspect, owners
from countersign.ethereum.abi import ZERO_ADDRESS, Address, selector
from countersign.ethereum.inspect import AdminCall, SelfCall
from countersign.ethereum.owners import AddOwner, ChangeThreshold, OwnerChange, OwnerList, RemoveOwner, SwapOwner
from countersign.ethereum.safe import plain_tx
from countersign.ethereum.safe_storage import SENTINEL
from countersign.formats import eip55
from support.vectors import load_vectors

SAFE = Address(b"\x55" * 20)
A, B, C, D = (Address(bytes([each]) * 20) for each in (0xAA, 0xBB, 0xCC, 0xDD))
STANDING = OwnerList((A, B, C), 2)

addresses = st.binary(min_size=20, max_size=20).map(Address)
numbers = st.integers(0, 2**256 - 1)
changes: st.SearchStrategy[OwnerChange] = st.one_of(
    st.builds(AddOwner, addresses, numbers),
    st.builds(RemoveOwner, addresses, addresses, numbers),
    st.builds(SwapOwner, addresses, addresses, addresses),
    st.builds(ChangeThreshold, numbers),
)


def by_another_encoder(change: OwnerChange) -> bytes:
    """The same call as eth-abi writes it."""
    match change:
        case AddOwner(owner, threshold):
            return _call("addOwnerWithThreshold", ["address", "uint256"], [owner, threshold])
        case RemoveOwner(before, owner, threshold):
            return _call("removeOwner", ["address", "address", "uint256"], [before, owner, threshold])
        case SwapOwner(before, old, new):
            return _call("swapOwner", ["address"] * 3, [before, old, new])
        case ChangeThreshold(threshold):
            return _call("changeThreshold", ["uint256"], [threshold])


def _call(name: str, types: list[str], values: list[Any]) -> bytes:
    spelt = ["0x" + each.hex() if isinstance(each, bytes) else each for each in values]
    return selector(f"{name}({','.join(types)})") + abi_encode(types, spelt)


@given(changes)
def test_a_call_is_written_as_another_encoder_writes_it_and_read_back(change: OwnerChange) -> None:
    data = owners.serialise(change)
    assert data == by_another_encoder(change)
    assert owners.parse(data) == change


@given(changes, st.data())
def test_no_other_bytes_are_that_call(change: OwnerChange, data: st.DataObject) -> None:
    """One byte more, less or changed is refused, or is another call that is written so."""
    honest = owners.serialise(change)
    place = data.draw(st.integers(0, len(honest) - 1))
    bent = bytearray(honest)
    bent[place] ^= data.draw(st.integers(1, 255))
    for other in (honest + b"\x00", honest[:-1], bytes(bent)):
        try:
            read = owners.parse(other)
        except Malformed:
            continue
        assert read != change
        assert owners.serialise(read) == other


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (owners.serialise(ChangeThreshold(2)) + b"\x00", "ethereum.owner-length"),
        (owners.serialise(AddOwner(D, 2))[:-1], "ethereum.owner-length"),
        (
            owners.serialise(AddOwner(D, 2))[:4] + b"\x01" + owners.serialise(AddOwner(D, 2))[5:],
            "ethereum.address-padding",
        ),
        (selector("enableModule(address)") + bytes(32), "ethereum.owner-selector"),
        (selector("setFallbackHandler(address)") + bytes(32), "ethereum.owner-selector"),
        (b"", "ethereum.owner-selector"),
    ],
)
def test_what_is_no_change_of_owners_says_why(data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        owners.parse(data)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (AddOwner(D, 3), OwnerList((D, A, B, C), 3)),
        (RemoveOwner(SENTINEL, A, 2), OwnerList((B, C), 2)),
        (RemoveOwner(B, C, 1), OwnerList((A, B), 1)),
        (SwapOwner(A, B, D), OwnerList((A, D, C), 2)),
        (SwapOwner(SENTINEL, A, D), OwnerList((D, B, C), 2)),
        (ChangeThreshold(3), OwnerList((A, B, C), 3)),
    ],
)
def test_owners_after_a_change(change: OwnerChange, after: OwnerList) -> None:
    assert owners.apply(STANDING, change, SAFE) == after


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (AddOwner(A, 2), "ethereum.owner-twice"),
        (AddOwner(ZERO_ADDRESS, 2), "ethereum.owner-impossible"),
        (AddOwner(SENTINEL, 2), "ethereum.owner-impossible"),
        (AddOwner(SAFE, 2), "ethereum.owner-impossible"),
        (AddOwner(D, 5), "ethereum.owner-threshold"),
        (AddOwner(D, 0), "ethereum.owner-threshold"),
        (RemoveOwner(SENTINEL, B, 2), "ethereum.owner-previous"),
        (RemoveOwner(A, D, 2), "ethereum.no-owner"),
        (RemoveOwner(A, B, 3), "ethereum.owner-threshold"),
        (SwapOwner(A, B, C), "ethereum.owner-twice"),
        (SwapOwner(B, A, D), "ethereum.owner-previous"),
        (SwapOwner(A, D, Address(b"\xee" * 20)), "ethereum.no-owner"),
        (ChangeThreshold(0), "ethereum.owner-threshold"),
        (ChangeThreshold(4), "ethereum.owner-threshold"),
    ],
)
def test_what_the_contract_reverts_is_refused(change: OwnerChange, code: str) -> None:
    with pytest.raises(Refused) as caught:
        owners.apply(STANDING, change, SAFE)
    assert caught.value.code == code


@given(st.lists(addresses, min_size=1, max_size=6, unique=True), st.data())
def test_who_stands_in_front_is_read_from_the_list(listed: list[Address], data: st.DataObject) -> None:
    owner = data.draw(st.sampled_from(listed))
    new = Address(b"\x77" * 20)
    if new in listed or not {ZERO_ADDRESS, SENTINEL, SAFE}.isdisjoint(listed):
        return
    swapped = owners.apply(OwnerList(tuple(listed), 1), owners.replacing(listed, owner, new), SAFE)
    assert set(swapped.owners) == set(listed) - {owner} | {new}
    if len(listed) > 1:
        removed = owners.apply(OwnerList(tuple(listed), 1), owners.removing(listed, owner, 1), SAFE)
        assert set(removed.owners) == set(listed) - {owner}


@given(changes)
def test_a_safe_s_call_to_itself_is_named_with_its_arguments(change: OwnerChange) -> None:
    call = inspect.read(plain_tx(1, SAFE, SAFE, 0, owners.serialise(change), 0)).call
    assert isinstance(call, SelfCall)
    assert call.change == change
    assert call.said == owners.spelt(change)


def test_the_published_changes_of_owners_are_read() -> None:
    """safe_tx_hashes.json: one addOwnerWithThreshold and one swapOwner as people really signed them."""
    found = []
    for vector in load_vectors("safe/safe_tx_hashes.json")["transactions"]:
        data, safe = bytes.fromhex(vector["tx"]["data"][2:]), Address(eip55.parse(vector["tx"]["safe"]))
        if data[:4] in owners.SELECTORS and vector["tx"]["operation"] == 0:
            found.append(inspect.read_call(safe, safe, 0, data))
    assert [each.said for each in found if isinstance(each, SelfCall)] == [
        "addOwnerWithThreshold(owner 0x0c75Fa5a5F1C0997e3eEA425cFA13184ed0eC9e5, threshold 3)",
        (
            "swapOwner(old 0xc6b82bA149CFA113f8f48d5E3b1F78e933e16DfD behind "
            "0x0000000000000000000000000000000000000001, new 0x3066786706Ff0B6e71044e55074dBAE7D01573cB)"
        ),
    ]


def test_on_another_target_it_is_that_contract_s_administration() -> None:
    data = owners.serialise(AddOwner(D, 2))
    assert inspect.read_call(SAFE, A, 0, data) == AdminCall(A, data[:4], "addOwnerWithThreshold(address,uint256)")


def test_what_only_begins_like_a_change_keeps_its_name() -> None:
    call = inspect.read_call(SAFE, SAFE, 0, owners.serialise(ChangeThreshold(1)) + b"\x00")
    assert call == SelfCall(selector("changeThreshold(uint256)"), "changeThreshold(uint256)", None)
    assert isinstance(call, SelfCall)
    assert call.said == "changeThreshold(uint256)"
