"""Descriptors: BIP-380's checksums, the sortedmulti vaults we take, and every other form refused by its name."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.bitcoin import address, descriptor, descriptor_checksum, script, vault
from countersign.errors import CountersignError, Malformed, Refused
from support.bitcoin_vault import software_vault
from support.vectors import load_vectors

KEY = "0260b2003c386519fc9eadf2b5cf124dd8eea4c4e68d5e154050a9346ea98ce600"
OTHER = "03a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd"


def summed(body: str) -> str:
    return f"{body}#{descriptor_checksum.checksum(body)}"


def refusal(body: str) -> str:
    with pytest.raises(CountersignError) as caught:
        descriptor.parse(summed(body))
    return caught.value.code


def test_every_checksum_case_of_bip_380() -> None:
    cases = load_vectors("descriptors/bip380-390.json")["bips"][0]["checksum"]
    assert len(cases) == 8
    for case in cases:
        # A vault's descriptor always carries its checksum, so the case without one is refused here.
        if case["valid"] and case["desc"] != "No checksum":
            assert descriptor_checksum.split(case["value"])[0] == "raw(deadbeef)"
        else:
            with pytest.raises(Malformed, match=r"bitcoin\.descriptor"):
                descriptor_checksum.split(case["value"])


def test_bip_380_s_key_expressions_are_taken_or_refused_by_their_kind() -> None:
    vectors = load_vectors("descriptors/bip380-390.json")["bips"][0]
    kinds: Counter[str] = Counter()
    for case in vectors["valid_keys"]:
        try:
            parsed = descriptor.parse_key(case["key"])
        except Refused as refused:
            kinds[refused.code] += 1
        else:
            assert parsed.text == case["key"]
            kinds["taken"] += 1
    assert kinds == {
        "taken": 4,
        "bitcoin.descriptor-uncompressed-key": 1,
        "bitcoin.descriptor-private-key": 2,
        "bitcoin.descriptor-extended-key": len(vectors["valid_keys"]) - 7,
    }
    for case in vectors["invalid_keys"]:
        with pytest.raises(CountersignError):
            descriptor.parse_key(case["key"])


def test_every_published_descriptor_of_another_form_is_refused_by_name() -> None:
    """BIP-381 to 390 hold no `wsh(sortedmulti(` over plain compressed keys: all are refused, none is misread."""
    kinds: Counter[str] = Counter()
    for bip in load_vectors("descriptors/bip380-390.json")["bips"][1:]:
        for case in bip["valid"]:
            body = case["descriptor"]
            with pytest.raises(CountersignError) as caught:
                descriptor.parse(body if "#" in body else summed(body))
            kinds[caught.value.code] += 1
        for case in bip["invalid"]:
            with pytest.raises(CountersignError):
                descriptor.parse(summed(case["descriptor"]))
    assert kinds == {"bitcoin.descriptor-form": sum(kinds.values())}
    assert sum(kinds.values()) > 50


def test_keys_are_ordered_in_the_script_and_kept_in_the_text() -> None:
    body = f"wsh(sortedmulti(2,{OTHER},{KEY}))"
    parsed = descriptor.parse(summed(body))
    assert parsed.text == summed(body)
    assert [key.public.hex() for key in parsed.keys] == [OTHER, KEY]
    assert [key.hex() for key in parsed.public_keys] == [KEY, OTHER]
    assert parsed.witness_script == script.multisig(2, (bytes.fromhex(KEY), bytes.fromhex(OTHER)))
    assert parsed.script_pubkey == descriptor.parse(summed(f"wsh(sortedmulti(2,{KEY},{OTHER}))")).script_pubkey


def test_an_origin_is_read_and_a_key_without_one_carries_its_own_fingerprint() -> None:
    parsed = descriptor.parse(summed(f"wsh(sortedmulti(1,[deadbeef/48h/1'/0]{KEY},{OTHER}))"))
    assert parsed.keys[0].origin.hex() == "deadbeef300000800100008000000000"
    assert parsed.keys[1].origin == script.hash160(bytes.fromhex(OTHER))[:4]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (f"wsh(multi(1,{KEY},{OTHER}))", "bitcoin.descriptor-form"),
        (f"sh(wsh(sortedmulti(1,{KEY},{OTHER})))", "bitcoin.descriptor-form"),
        (f"tr({KEY[2:]})", "bitcoin.descriptor-form"),
        (f"wpkh({KEY})", "bitcoin.descriptor-form"),
        (f"wsh(sortedmulti(3,{KEY},{OTHER}))", "bitcoin.threshold"),
        (f"wsh(sortedmulti(0,{KEY},{OTHER}))", "bitcoin.descriptor-syntax"),
        (f"wsh(sortedmulti(01,{KEY},{OTHER}))", "bitcoin.descriptor-syntax"),
        (f"wsh(sortedmulti(1,{KEY},{OTHER}) )", "bitcoin.descriptor-syntax"),
        (f"wsh(sortedmulti(1,{KEY},))", "bitcoin.descriptor-syntax"),
        (f"wsh(sortedmulti(1,{KEY},{KEY}))", "B6.duplicate-key"),
        (f"wsh(sortedmulti(1,[deadbeef]{KEY},[deadbeef]{OTHER}))", "B6.duplicate-fingerprint"),
        (f"wsh(sortedmulti(1,{KEY.upper()},{OTHER}))", "bitcoin.descriptor-key"),
        (f"wsh(sortedmulti(1,{KEY[:-2]},{OTHER}))", "bitcoin.descriptor-key"),
        (f"wsh(sortedmulti(1,{'02' + 'ff' * 32},{OTHER}))", "keys.not-on-curve"),
        (f"wsh(sortedmulti(1,[deadbeef/2147483648]{KEY},{OTHER}))", "bitcoin.descriptor-path"),
        ("wsh(sortedmulti(1,04" + "11" * 64 + "))", "bitcoin.descriptor-uncompressed-key"),
    ],
)
def test_hostile_descriptors_are_refused_beside_one_that_passes(body: str, code: str) -> None:
    assert descriptor.parse(summed(f"wsh(sortedmulti(1,{KEY},{OTHER}))")).threshold == 1
    assert refusal(body) == code


def test_a_private_key_never_becomes_a_value_of_the_refusal() -> None:
    secret = "L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1"  # BIP-380's published example
    with pytest.raises(Refused) as caught:
        descriptor.parse(summed(f"wsh(sortedmulti(1,{secret},{KEY}))"))
    assert secret not in str(caught.value)
    for form in ("pk", "wpkh"):
        with pytest.raises(Refused) as caught:
            descriptor.parse(summed(f"{form}({secret})"))
        assert secret not in str(caught.value)


def test_fifteen_cosigners_pass_and_sixteen_do_not() -> None:
    assert len(software_vault("fifteen", 8, 15, 1).vault.slots[0].keys) == 15
    with pytest.raises(Refused, match=r"B6\.too-many-keys"):
        software_vault("sixteen", 8, 16, 1)


def test_one_wrong_character_is_caught() -> None:
    text = summed(f"wsh(sortedmulti(1,{KEY},{OTHER}))")
    for place in range(len(text) - 9):
        changed = text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1 :]
        with pytest.raises(CountersignError):
            descriptor.parse(changed)


@given(st.text(max_size=80))
def test_any_text_is_refused_by_a_named_error(text: str) -> None:
    for given_text in (text, f"wsh({text})", f"wsh(sortedmulti({text}))"):
        with pytest.raises(CountersignError):
            descriptor.parse(summed(given_text) if given_text.isascii() and given_text.isprintable() else given_text)


def test_a_vault_of_slots_reads_back_and_knows_its_scripts() -> None:
    held = software_vault("slots").vault
    assert vault.parse(held.serialise()) == held
    assert [held.slot_of(slot.script_pubkey) for slot in held.slots] == [0, 1, 2, 3]
    assert held.slot_of(b"\x00\x20" + b"\x00" * 32) is None
    assert (held.threshold, held.cosigners, held.checksum) == (2, 3, held.slots[0].text[-8:])


def test_a_vault_refuses_reused_keys_unequal_quorums_and_nothing() -> None:
    held, unequal = software_vault("slots").vault, software_vault("unequal", 3, 3).vault
    with pytest.raises(Refused, match=r"bitcoin\.vault-key-reused"):
        vault.of([held.slots[0], held.slots[0]])
    with pytest.raises(Refused, match=r"bitcoin\.vault-quorum"):
        vault.of([held.slots[0], unequal.slots[0]])
    with pytest.raises(Malformed, match=r"bitcoin\.vault-empty"):
        vault.of([])
    with pytest.raises(Malformed, match=r"bitcoin\.vault-line"):
        vault.parse(held.serialise()[:-1])


def test_addresses_go_both_ways_on_one_network_only() -> None:
    slot = software_vault("slots").vault.slots[0]
    text = slot.address("bcrt")
    assert text.startswith("bcrt1q")
    assert address.script_of(text, "bcrt") == slot.script_pubkey
    with pytest.raises(CountersignError, match=r"B1\.hrp"):
        address.script_of(slot.address("tb"), "bcrt")
    with pytest.raises(CountersignError, match=r"B1\.hrp"):
        address.script_of(text, "bc")
    with pytest.raises(Malformed):
        address.script_of(text.upper(), "bcrt")
    with pytest.raises(Refused, match=r"bitcoin\.no-address"):
        address.address(b"\x6a\x01\x01", "bcrt")
