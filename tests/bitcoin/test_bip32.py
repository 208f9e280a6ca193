"""Extended public keys: BIP-32's chains and invalid keys, SLIP-132 refused by name, derivation against embit."""

import random
from collections import Counter

import pytest
from embit import bip32 as other

from countersign.bitcoin import address, bip32, script
from countersign.bitcoin.bip32 import HARDENED, ExtendedKey, Network
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import base58
from support.vectors import load_vectors

# BIP-32, test vector 2: m and its child m/0.
MASTER = (
    "xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BDzTJY47LJhkJ8UB7WEGuduB"
)
CHILD = (
    "xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZb7ap6r1D3tgFxHmwMkQTPH"
)


def refusal(text: str) -> str:
    with pytest.raises(CountersignError) as caught:
        bip32.parse(text)
    assert text not in str(caught.value)
    return caught.value.code


def with_version(version: str, text: str = MASTER) -> str:
    return base58.encode(bytes.fromhex(version) + base58.decode(text)[4:])


def test_bip_32_s_second_vector_typed_in() -> None:
    master = bip32.parse(MASTER)
    assert (master.depth, master.parent, master.number, master.network) == (0, bytes(4), 0, Network.MAIN)
    assert bip32.serialise(master.child(0)) == CHILD
    assert bip32.parse(CHILD) == master.child(0)
    assert bip32.parse(CHILD).parent == master.fingerprint


def test_every_chain_of_bip_32_reads_back_and_its_plain_steps_are_derived() -> None:
    derived = 0
    for vector in load_vectors("bitcoin/bip32.json")["vectors"]:
        known: dict[str, ExtendedKey] = {}
        for chain in vector["chains"]:
            key = bip32.parse(chain["xpub"])
            assert bip32.serialise(key) == chain["xpub"]
            assert refusal(chain["xprv"]) == "bitcoin.extended-key-private"
            path, _, last = chain["path"].rpartition("/")
            if path in known:
                assert known[path].fingerprint == key.parent
                if last[-1] not in "hH'":
                    assert known[path].child(int(last)) == key
                    derived += 1
            known[chain["path"]] = key
    assert derived == 6


def test_every_invalid_key_of_bip_32_is_refused_by_name() -> None:
    codes = Counter(refusal(case["key"]) for case in load_vectors("bitcoin/bip32.json")["invalid"])
    assert codes == {
        "bitcoin.extended-key-private": 7,
        "bitcoin.extended-key-prefix": 3,
        "bitcoin.extended-key-depth": 2,
        "bitcoin.extended-key-version": 2,
        "keys.not-on-curve": 1,
        "formats.base58-checksum": 1,
    }


def test_bip_84_s_zpub_is_refused_and_the_same_key_as_xpub_gives_its_addresses() -> None:
    sections = [section["values"] for section in load_vectors("bitcoin/bip84.json")["sections"]]
    assert refusal(sections[0]["rootpub"]) == refusal(sections[1]["xpub"]) == "bitcoin.extended-key-slip-132"
    assert refusal(sections[0]["rootpriv"]) == refusal(sections[1]["xpriv"]) == "bitcoin.extended-key-private"
    account = bip32.parse(with_version("0488b21e", sections[1]["xpub"]))
    for steps, section in zip([(0, 0), (0, 1), (1, 0)], sections[2:], strict=True):
        public = bip32.derive(account, steps).public
        assert public.hex() == section["pubkey"]
        # wpkh is no vault of ours, but what its address is made of is.
        assert address.address(b"\x00\x14" + script.hash160(public), "bc") == section["address"]


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("049d7cb2", "ypub"), ("04b24746", "zpub"), ("0295b43f", "Ypub"), ("02aa7ed3", "Zpub"),
        ("044a5262", "upub"), ("045f1cf6", "vpub"), ("024289ef", "Upub"), ("02575483", "Vpub"),
    ],
)  # fmt: skip
def test_slip_132_s_letters_are_named_and_the_near_miss_passes(version: str, name: str) -> None:
    written = with_version(version)
    assert written.startswith(name)
    with pytest.raises(Refused) as caught:
        bip32.parse(written)
    assert caught.value.values == {"found": name}
    near = with_version("043587cf")
    assert near.startswith("tpub")
    assert bip32.parse(near).network is Network.TEST
    assert bip32.serialise(bip32.parse(near)) == near


@pytest.mark.parametrize(
    "version",
    ["049d7878", "04b2430c", "0295b005", "02aa7a99", "044a4e28", "045f18bc", "024285b5", "02575048", "04358394"],
)
def test_private_keys_of_every_kind_are_refused(version: str) -> None:
    assert with_version(version)[1:4] == "prv"
    assert refusal(with_version(version)) == "bitcoin.extended-key-private"


def test_other_lengths_are_refused() -> None:
    payload = base58.decode(MASTER)
    for changed in (payload[:-1], payload + b"\x00", b""):
        assert refusal(base58.encode(changed)) == "bitcoin.extended-key-length"
    assert bip32.parse(base58.encode(payload)).depth == 0


def test_hardened_steps_and_depths_past_255_are_refused_beside_the_last_that_pass() -> None:
    master = bip32.parse(MASTER)
    assert master.child(HARDENED - 1).number == HARDENED - 1
    for number in (HARDENED, -1, 1 << 32):
        with pytest.raises(Refused, match=r"bitcoin\.extended-key-hardened"):
            master.child(number)
    deepest = ExtendedKey(Network.MAIN, 255, b"\x01" * 4, 0, bytes(32), master.public)
    assert ExtendedKey(Network.MAIN, 254, b"\x01" * 4, 0, bytes(32), master.public).child(1).depth == 255
    with pytest.raises(Malformed, match=r"bitcoin\.extended-key-depth"):
        deepest.child(1)


def test_the_private_key_of_a_mistaken_export_never_reaches_the_message() -> None:
    """BIP-32's own invalid key that says xpub and holds a private key."""
    written = base58.encode(bytes.fromhex("0488b21e") + base58.decode(MASTER)[4:45] + b"\x00" + b"\x07" * 32)
    assert refusal(written) == "bitcoin.extended-key-prefix"


def compare(seed: int) -> None:
    chance = random.Random(seed)
    root = other.HDKey.from_seed(chance.randbytes(32))
    hardened = [HARDENED + chance.randrange(HARDENED) for _ in range(chance.randrange(4))]
    theirs = root.derive(hardened).to_public()
    steps = tuple(chance.choice((0, 1, chance.randrange(HARDENED), HARDENED - 1)) for _ in range(chance.randrange(5)))
    ours = bip32.parse(theirs.to_base58())
    found = bip32.derive(ours, steps)
    assert bip32.serialise(found) == theirs.derive(list(steps)).to_base58()
    assert found.public == theirs.derive(list(steps)).key.sec()


def test_random_derivations_agree_with_embit() -> None:
    for seed in range(60):
        compare(seed)


@pytest.mark.long
def test_five_thousand_random_derivations_agree_with_embit() -> None:
    for seed in range(1_000, 6_000):
        compare(seed)
