"""Ranged vaults: numbered places, what they derive, what they look for, and what may not join them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.bitcoin import address, bip32, descriptor, network, ranged, vault
from countersign.bitcoin.bip32 import HARDENED, Network
from countersign.bitcoin.ranged import CHANGE, RECEIVE, place
from countersign.bitcoin.vault import GAP, RangedVault
from countersign.errors import CountersignError, Malformed, Refused
from support.extended_keys import MAIN_PATH, account, ranged_text, sortedmulti, summed

TOKEN = "0260b2003c386519fc9eadf2b5cf124dd8eea4c4e68d5e154050a9346ea98ce600"
TEXT = ranged_text("ranged")
ACCOUNTS = [account(f"ranged/{who}") for who in range(3)]
CHILD = bip32.serialise(bip32.parse(ACCOUNTS[0].xpub).child(5))
# BIP-129's published 2-of-2 vault, its template written as BIP-389 has it, and its first address.
PUBLISHED = (
    "wsh(sortedmulti(2,[1cf0bf7e/48'/0'/0'/2']xpub6FL8FhxNNUVnG64YurPd16AfGyvFLhh7S2uSsDqR3Qfcm6o9jtcMYwh6DvmcBF9qozxNQmTCV"
    "vWtxLpKTnhVLN3Pgnu2D3pAoXYFgVyd8Yz/<0;1>/*,[4fc1dd4a/48'/0'/0'/2']xpub6EebMbEps7ZcV3FYEnddRsvrFWDrt2tiPmCeM7pPXQEmphvq9Z"
    "fJ1LWFUDjf3vxCeBuPrfyGrMazWUsYsetrnHatQZVLJH7LsgCjtMqdzgj/<0;1>/*))"
)
FIRST_ADDRESS = "bc1qrgc6p3kylfztu06ysl752gwwuekhvtfh9vr7zg43jvu60mutamcsv948ej"


def refusal(text: str) -> str:
    with pytest.raises(CountersignError) as caught:
        ranged.parse(text)
    return caught.value.code


def test_a_published_vault_has_its_published_first_address() -> None:
    found = ranged.parse(summed(PUBLISHED))
    assert found.at(0).address("bc") == FIRST_ADDRESS
    assert (found.network, found.threshold, len(found.keys)) == (Network.MAIN, 2, 2)


def test_the_text_is_kept_and_equality_goes_by_it() -> None:
    found = ranged.parse(TEXT)
    assert found.text == TEXT
    assert found == ranged.parse(TEXT)
    assert found != ranged.parse(ranged_text("another"))
    assert found.checksum == TEXT[-8:]


@given(st.integers(0, 1), st.integers(0, HARDENED - 1))
def test_a_place_is_one_integer_for_branch_and_index(branch: int, index: int) -> None:
    number = place(branch, index)
    assert (ranged.branch_of(number), ranged.index_of(number)) == (branch, index)
    assert number == 2 * index + branch


@pytest.mark.parametrize(
    "number", [place(RECEIVE, 0), place(CHANGE, 0), place(RECEIVE, 7), place(CHANGE, HARDENED - 1)]
)
def test_a_place_is_an_ordinary_descriptor_whose_keys_the_devices_derive_too(number: int) -> None:
    found = ranged.parse(TEXT).at(number)
    steps = (ranged.branch_of(number), ranged.index_of(number))
    assert descriptor.parse(found.text) == found
    for key, held in zip(found.keys, ACCOUNTS, strict=True):
        assert key.public == held.secret(*steps).public.data
        assert key.path == (*(HARDENED + step for step in held.path), *steps)
        assert key.origin == held.fingerprint + b"".join(step.to_bytes(4, "little") for step in key.path)
        assert key.extended == bip32.parse(held.xpub)


def test_places_outside_the_tree_are_refused_beside_the_last() -> None:
    found = ranged.parse(TEXT)
    assert found.at(2 * HARDENED - 1).threshold == 2
    for number in (-1, 2 * HARDENED):
        with pytest.raises(Refused, match=r"bitcoin\.no-such-place"):
            found.at(number)


def test_steps_between_the_extended_key_and_the_range_are_followed() -> None:
    held = ACCOUNTS[0]
    found = ranged.parse(sortedmulti(1, f"{held.expression}/5/<0;1>/*")).at(place(CHANGE, 3))
    assert found.keys[0].public == held.secret(5, 1, 3).public.data
    assert found.keys[0].path[-3:] == (5, 1, 3)


def test_a_bare_extended_key_ranges_from_its_own_fingerprint() -> None:
    held = ACCOUNTS[0]
    (key,) = ranged.parse(sortedmulti(1, f"{held.xpub}/<0;1>/*")).at(place(RECEIVE, 9)).keys
    assert key.fingerprint == bip32.parse(held.xpub).fingerprint
    assert key.path == (0, 9)


def test_one_branch_alone_is_written_for_programs_without_bip_389() -> None:
    found = ranged.parse(TEXT)
    for branch in (RECEIVE, CHANGE):
        assert found.branch(branch) == summed(TEXT[:-9].replace("/<0;1>/*", f"/{branch}/*"))


def test_the_place_that_a_key_path_names_is_read_and_others_are_not() -> None:
    found = ranged.parse(TEXT)
    origin = found.at(place(CHANGE, 300)).keys[1].origin
    assert found.number_of(origin) == place(CHANGE, 300)
    bare = ranged.parse(sortedmulti(1, f"{ACCOUNTS[0].xpub}/<0;1>/*"))
    assert bare.number_of(bare.at(19).keys[0].origin) == 19
    assert found.number_of(b"\x00" * 4 + origin[4:]) is None  # another device
    assert found.number_of(origin[:-8] + (2).to_bytes(4, "little") + origin[-4:]) is None  # a third branch
    assert found.number_of(origin[:-4] + HARDENED.to_bytes(4, "little")) is None
    assert found.number_of(origin + bytes(4)) is None
    for odd in (b"", origin[:4], origin[:8], origin[:-1]):
        assert found.number_of(odd) is None


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ((f"{ACCOUNTS[0].expression}/<0;1>/*", TOKEN), "bitcoin.descriptor-mixed-range"),
        ((f"{ACCOUNTS[0].expression}/<0;1>/*", f"{ACCOUNTS[1].expression}/0/1"), "bitcoin.descriptor-mixed-range"),
        ((f"{ACCOUNTS[0].expression}/0/1", TOKEN), "bitcoin.descriptor-not-ranged"),
        ((f"{ACCOUNTS[0].expression}/<0;1>/*", f"{ACCOUNTS[1].expression}/<1;0>/*"), "bitcoin.descriptor-range"),
        ((f"{ACCOUNTS[0].expression}/<0;1>/*", f"{ACCOUNTS[1].expression}/0/*"), "bitcoin.descriptor-range"),
        ((f"{ACCOUNTS[0].expression}/0h/<0;1>/*",), "bitcoin.descriptor-hardened-step"),
        ((f"{ACCOUNTS[0].expression}/1/2/3/4/5/6/7/<0;1>/*",), "bitcoin.descriptor-depth"),
        ((f"{ACCOUNTS[0].expression}/<0;1>/*", f"[0badcafe]{ACCOUNTS[0].xpub}/<0;1>/*"), "B6.duplicate-key"),
        ((f"{ACCOUNTS[0].expression}/1/<0;1>/*", f"[0badcafe]{ACCOUNTS[0].xpub}/2/<0;1>/*"), "B6.duplicate-key"),
        (
            (f"{ACCOUNTS[0].expression}/<0;1>/*", f"[{ACCOUNTS[0].fingerprint.hex()}]{ACCOUNTS[1].xpub}/<0;1>/*"),
            "B6.duplicate-fingerprint",
        ),
        # the same places by two ways: one key's child, registered as if it were another's key
        ((f"{ACCOUNTS[0].expression}/5/<0;1>/*", f"[0badcafe]{CHILD}/<0;1>/*"), "B6.duplicate-key"),
        ((f"{TOKEN}/<0;1>/*",), "bitcoin.descriptor-key"),
    ],
)
def test_what_may_not_join_a_ranged_vault_is_refused_beside_what_may(keys: tuple[str, ...], code: str) -> None:
    near = (f"{ACCOUNTS[0].expression}/1/2/3/4/5/6/<0;1>/*", f"{ACCOUNTS[1].expression}/<0;1>/*")
    assert len(ranged.parse(sortedmulti(1, *near)).keys) == 2
    assert refusal(sortedmulti(1, *keys)) == code


def test_a_threshold_above_its_keys_is_refused_before_any_place_is_derived() -> None:
    keys = [f"{held.expression}/<0;1>/*" for held in ACCOUNTS]
    assert ranged.parse(sortedmulti(3, *keys)).threshold == 3
    assert refusal(sortedmulti(4, *keys)) == "bitcoin.threshold"


def test_another_form_and_a_wrong_checksum_are_refused_here_too() -> None:
    assert refusal(summed(f"sh({TEXT[:-9]})")) == "bitcoin.form-nested"
    assert refusal(TEXT[:-1] + ("q" if TEXT[-1] != "q" else "p")) == "bitcoin.descriptor-checksum"


def test_fifteen_extended_cosigners_pass_and_sixteen_do_not() -> None:
    assert len(ranged.parse(ranged_text("fifteen", 8, 15)).at(1).keys) == 15
    assert refusal(ranged_text("sixteen", 8, 16)) == "B6.too-many-keys"


def test_a_vault_knows_the_scripts_as_far_as_its_horizon_and_no_farther() -> None:
    found = ranged.parse(ranged_text("horizon"))
    held = RangedVault(found, horizon=3)
    assert list(held.numbers) == list(range(8))
    scripts = [found.at(number).script_pubkey for number in range(10)]
    assert [held.slot_of(script) for script in scripts] == [*range(8), None, None]
    assert [RangedVault(found, horizon=4).slot_of(script) for script in scripts] == list(range(10))
    # What a wider vault has derived is not seen by the narrow one.
    assert held.slot_of(scripts[8]) is None
    assert held.slot_of(b"\x00\x20" + bytes(32)) is None
    assert held.descriptor(8) == found.at(8)
    assert (held.threshold, held.cosigners, held.checksum) == (2, 3, found.checksum)
    assert ranged.parse(held.serialise().removesuffix("\n")) == found
    assert RangedVault(found).horizon == GAP == 200


def test_slots_are_looked_up_by_the_same_words() -> None:
    slots = vault.of([descriptor.parse(sortedmulti(1, TOKEN, f"{ACCOUNTS[0].expression}/0/{n}")) for n in (1,)])
    assert list(slots.numbers) == [0]
    assert slots.descriptor(0) == slots.slots[0]
    for number in (-1, 1):
        with pytest.raises(Refused, match=r"bitcoin\.no-such-place"):
            slots.descriptor(number)


def test_keys_are_held_against_the_chain_of_their_vault() -> None:
    test, main = ranged.parse(TEXT), ranged.parse(summed(PUBLISHED))
    for hrp in ("bcrt", "tb"):
        network.demand(test.keys, hrp)
        network.demand(test.at(5).keys, hrp)
    network.demand(main.keys, "bc")
    for keys, hrp in ((test.keys, "bc"), (test.at(5).keys, "bc"), (main.keys, "bcrt"), (main.at(5).keys, "tb")):
        with pytest.raises(Refused, match=r"bitcoin\.key-network"):
            network.demand(keys, hrp)


def test_the_coin_type_in_a_path_belongs_to_the_chain() -> None:
    wrong = account("coin type", MAIN_PATH)
    for text, passes in [
        (f"{wrong.expression}/<0;1>/*", False),
        (f"{wrong.expression.replace('/48h/0h', '/48h/1h')}/<0;1>/*", True),
        (f"{wrong.expression.replace('/48h/0h', '/45h/0h')}/<0;1>/*", True),  # BIP-45 has no coin type
        (f"{wrong.expression.replace('/48h/0h', '/48h/1')}/<0;1>/*", False),
        (f"{wrong.expression.replace('/48h/0h/0h/2h', '/48h')}/<0;1>/*", False),
        (f"{wrong.xpub}/<0;1>/*", True),
    ]:
        keys = ranged.parse(sortedmulti(1, text)).keys
        if passes:
            network.demand(keys, "bcrt")
        else:
            with pytest.raises(Refused, match=r"bitcoin\.key-coin-type"):
                network.demand(keys, "bcrt")
    plain = descriptor.parse(sortedmulti(1, f"[deadbeef/48h/0h/0h/2h]{TOKEN}")).keys
    network.demand(plain, "bc")
    with pytest.raises(Refused, match=r"bitcoin\.key-coin-type"):
        network.demand(plain, "bcrt")


def test_addresses_of_places_go_both_ways() -> None:
    found = ranged.parse(TEXT).at(4)
    assert address.script_of(found.address("bcrt"), "bcrt") == found.script_pubkey


@given(st.text("0123456789<>;*/h'[]tpubxrv", max_size=40))
def test_any_tail_is_taken_or_refused_by_name(tail: str) -> None:
    try:
        found = ranged.parse(sortedmulti(1, f"{ACCOUNTS[0].expression}{tail}"))
    except (Malformed, Refused):
        return
    assert found.text == sortedmulti(1, f"{ACCOUNTS[0].expression}{tail}")
    assert tail.endswith("/<0;1>/*")
