"""What a founding ceremony writes down: nobody types a key, and every entry is made from the tokens' own."""

import pytest

from countersign.bitcoin import descriptor
from countersign.demonstration import cast
from countersign.desk import ceremony
from countersign.desk.ceremony import Keyring
from countersign.errors import Refused
from countersign.formats import eip55
from countersign.keys.public_key import PublicKey
from support.software_stage import software_token

VAULT, SAFE = "meridian-btc", "meridian-safe"
LABELS = (ceremony.coin_label(VAULT, 0), ceremony.coin_label(VAULT, 1), ceremony.safe_label(SAFE))


def ring(name: str) -> Keyring:
    token = software_token(name, LABELS)
    return Keyring(token.serial, token.label, token.model, token.public, online=True)


RINGS = [ring(name) for name in ("officer-a", "officer-c", "officer-d")]


def test_every_slot_is_a_descriptor_over_one_key_of_every_ring() -> None:
    entry = ceremony.slot_vault_entry(VAULT, cast.MERIDIAN, cast.BITCOIN, 2, 2, RINGS)
    slots = entry["slots"]
    assert isinstance(slots, list)
    for number, slot in enumerate(slots):
        wanted = {each.key(ceremony.coin_label(VAULT, number)) for each in RINGS}
        assert set(descriptor.parse(slot["descriptor"]).public_keys) == {key.data for key in wanted}
        assert set(slot["keys"]) == {key.kid for key in wanted}


def test_a_slots_address_is_its_descriptors() -> None:
    entry = ceremony.slot_vault_entry(VAULT, cast.MERIDIAN, cast.BITCOIN, 2, 2, RINGS)
    assert ceremony.slot_address(entry, 1).startswith("bcrt1q")
    assert ceremony.slot_address(entry, 0) != ceremony.slot_address(entry, 1)


def test_a_ring_without_a_slots_key_makes_no_vault() -> None:
    with pytest.raises(Refused) as refused:
        ceremony.slot_vault_entry(VAULT, cast.MERIDIAN, cast.BITCOIN, 2, 3, RINGS)
    assert refused.value.code == "desk.no-key"


def test_a_safes_owners_are_the_rings_safe_keys() -> None:
    owners = ceremony.safe_owners(SAFE, RINGS)
    assert [eip55.checksum(owner) for owner in owners] == [
        eip55.checksum(each.key(ceremony.safe_label(SAFE)).ethereum_address()) for each in RINGS
    ]


def test_an_officers_entry_says_what_each_key_is_for() -> None:
    entry = ceremony.officer_entry("officer-a", "Ada Vale", ("signing",), RINGS[0])
    keys = entry["keys"]
    assert isinstance(keys, list)
    assert {each["label"]: each["purpose"] for each in keys} == {
        "identity": "identity",
        LABELS[0]: "bip122",
        LABELS[1]: "bip122",
        LABELS[2]: "eip155",
    }
    assert {PublicKey.from_jwk(each["jwk"]) for each in keys} == set(RINGS[0].keys.values())
