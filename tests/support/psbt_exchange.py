"""PSBTs of several vaults for other people's programs, and how each of them signs, combines and finishes.

- A case spends 1 to 20 coins of one to three vaults, slot vaults and vaults of extended keys, 2-of-3 or 3-of-5.
- Person `who` holds one key a cosigner has in every vault: `secrets(case, who)` by public key.
- bdk signs from descriptors with private keys, embit from key paths or keys, bitcoinjs from keys.
"""

import base64
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import bdkpython as bdk
from embit import ec
from embit.finalizer import finalize_psbt
from embit.psbt import PSBT

from countersign.bitcoin import build, coins, psbt, ranged
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.formats import base58
from support.bitcoin_vault import SoftwareVault, funding, payment, software_vault
from support.extended_keys import Account, account, ranged_text, summed

NETWORK = bdk.NetworkKind.TEST
QUORUMS = ((2, 3), (3, 5))
SLOTS = 3
PLACES = tuple(ranged.place(branch, index) for branch in (0, 1) for index in (0, 1, 7, 150))
_TEST_PRIVATE = b"\x04\x35\x83\x94"  # tprv


@dataclass(frozen=True, slots=True)
class Person:
    """One cosigner of one vault: private keys by public key, and the vault's descriptors with those keys in them."""

    secrets: Mapping[bytes, bytes]
    private_descriptors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vault:
    """A vault with its cosigners, and the places that coins lie in."""

    places: tuple[Descriptor, ...]
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A PSBT to be signed by `quorum` people, each of whom holds one key in every vault."""

    unsigned: Psbt
    vaults: tuple[Vault, ...]
    quorum: int

    def secrets(self, who: int) -> Mapping[bytes, bytes]:
        """One person's private keys by public key."""
        return {key: secret for vault in self.vaults for key, secret in vault.people[who].secrets.items()}


def generate(seed: int) -> Case:
    """The case that this seed always gives: slots, extended keys or both, 1 to 20 coins, change to some."""
    chance = random.Random(seed)
    threshold, cosigners = QUORUMS[seed % len(QUORUMS)]
    kinds = chance.choice(((slots,), (extended,), (slots, extended), (extended, slots), (slots, slots, extended)))
    vaults = tuple(kind(f"exchange {number}", threshold, cosigners) for number, kind in enumerate(kinds))
    count = max(len(vaults), chance.randrange(1, 21))
    spent = [_coin(vaults[n % len(vaults)], seed * 100 + n, chance) for n in range(count)]
    total = sum(coin.output.satoshis for coin in spent)
    change = chance.choice(vaults).places[0]
    paid: list[tuple[Output, Descriptor | None]] = [
        (payment(chance.randrange(600, 5_000), n + 1), None) for n in range(chance.randrange(1, 4))
    ]
    left = total - 500 * count - sum(out.satoshis for out, _ in paid)
    paid.append((Output(change.script_pubkey, Satoshis(left)), change))
    base = build.create(spent, paid, lock_time=chance.choice((0, 840_000)))
    return Case(base, vaults, threshold)


def _coin(vault: Vault, nonce: int, chance: random.Random) -> coins.Coin:
    place = chance.choice(vault.places)
    outputs = [payment(7)] * chance.randrange(3)
    coin = Output(place.script_pubkey, Satoshis(chance.randrange(10_000, 10**9)))
    return coins.of(funding([*outputs, coin], nonce), len(outputs), place)


@cache
def slots(name: str, threshold: int, cosigners: int) -> Vault:
    """A vault of token keys."""
    held = software_vault(f"{name} {threshold}", threshold, cosigners, SLOTS)
    return Vault(held.vault.slots, tuple(_slot_person(held, who) for who in range(cosigners)))


def _slot_person(held: SoftwareVault, who: int) -> Person:
    keys = held.signers[who].keys
    private = (
        slot.body.replace(key.public.data.hex(), wif(key.secret))
        for slot, key in zip(held.vault.slots, keys, strict=True)
    )
    return Person({key.public.data: key.secret for key in keys}, tuple(private))


@cache
def extended(name: str, threshold: int, cosigners: int) -> Vault:
    """A vault of extended keys."""
    seed = f"{name} extended {threshold}"
    text = ranged_text(seed, threshold, cosigners)
    vault = ranged.parse(text)
    accounts = (account(f"{seed}/{who}") for who in range(cosigners))
    return Vault(tuple(map(vault.at, PLACES)), tuple(_account_person(text, each) for each in accounts))


def _account_person(text: str, held: Account) -> Person:
    keys = [held.secret(ranged.branch_of(number), ranged.index_of(number)) for number in PLACES]
    node = held.root.derive([(1 << 31) + step for step in held.path])
    body = text[:-9].replace(held.xpub, node.to_base58(version=_TEST_PRIVATE))
    branches = (body.replace("<0;1>", str(branch)) for branch in (0, 1))
    return Person({key.public.data: key.secret for key in keys}, tuple(branches))


def wif(secret: bytes) -> str:
    """The compressed test-network spelling of a secret made for a test."""
    return base58.encode(b"\xef" + secret + b"\x01")


# --- bdk: descriptors with private keys


@cache
def _wallet(private: str) -> bdk.Wallet:
    return bdk.Wallet.create_single(
        bdk.Descriptor(summed(private), NETWORK), bdk.Network.REGTEST, bdk.Persister.new_in_memory()
    )


PLAINLY = bdk.SignOptions(
    trust_witness_utxo=False,
    assume_height=None,
    allow_all_sighashes=False,
    try_finalize=False,
    sign_with_tap_internal_key=False,
    allow_grinding=False,
)
"""Sign and no more: nothing finalised, no nonce ground for a short r."""


def bdk_psbt(given: Psbt) -> bdk.Psbt:
    """Ours, read by bdk."""
    return bdk.Psbt(base64.b64encode(psbt.serialise(given)).decode())


def bdk_bytes(given: bdk.Psbt) -> bytes:
    """bdk's, as bytes."""
    return base64.b64decode(given.serialize())


def bdk_sign(case: Case, who: int) -> Psbt:
    """The PSBT that bdk gives back."""
    theirs = bdk_psbt(case.unsigned)
    for vault in case.vaults:
        for private in vault.people[who].private_descriptors:
            _wallet(private).sign(theirs, PLAINLY)
    return psbt.parse(bdk_bytes(theirs))


def bdk_finish(given: Sequence[Psbt]) -> tuple[Psbt, bytes]:
    """Combined and finalised by bdk, and the extracted transaction."""
    theirs = bdk_psbt(given[0])
    for other in given[1:]:
        theirs = theirs.combine(bdk_psbt(other))
    done = theirs.finalize()
    assert done.could_finalize, done.errors
    raw = bytes(done.psbt.extract_tx_unchecked_fee_rate().serialize())
    return psbt.parse(bdk_bytes(done.psbt)), raw


# --- embit: keys, and either version of a PSBT


def embit_sign(case: Case, who: int, version: int) -> Psbt:
    """The PSBT that embit gives back for one of `version`, in that version."""
    theirs = PSBT.parse(psbt.serialise(psbt.to_version(case.unsigned, version)))
    for secret in case.secrets(who).values():
        theirs.sign_with(ec.PrivateKey(secret))
    return psbt.parse(theirs.serialize())


def embit_finish(given: Sequence[Psbt]) -> bytes:
    """Combined, finalised and extracted by embit."""
    into = PSBT.parse(psbt.serialise(given[0]))
    for other in given[1:]:
        for mine, found in zip(into.inputs, PSBT.parse(psbt.serialise(other)).inputs, strict=True):
            mine.update(found)
    return bytes(finalize_psbt(into).serialize())
