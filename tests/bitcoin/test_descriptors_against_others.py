"""Descriptors and addresses against bdkpython (rust-miniscript) and embit: generated vaults of every kind.

Every seed gives one vault: k of n, plain, fixed, mixed or ranged keys, origins or none, main or test network. Others must
take the same text, print the checksum that we compute, and derive the same addresses at random places. Then one letter of
the text is changed and its checksum made right again: whatever we still take, they take too, with the same address.
(The other way round they take more than we do: other forms, other ranges, a fingerprint twice.)
"""

import random
from dataclasses import dataclass
from functools import cache

import bdkpython as bdk
import pytest
from embit.descriptor import Descriptor as Embit
from embit.descriptor.checksum import add_checksum
from embit.networks import NETWORKS

from countersign.bitcoin import descriptor, network, ranged
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.ranged import RangedDescriptor
from countersign.errors import CountersignError
from support.extended_keys import HARDENED, MAIN_PATH, TEST_PATH, Account, account, sortedmulti, summed

NAMES = {
    "main": ("bc", bdk.NetworkKind.MAIN, bdk.Network.BITCOIN),
    "test": ("bcrt", bdk.NetworkKind.TEST, bdk.Network.REGTEST),
}
EMBIT = {"main": NETWORKS["main"], "test": NETWORKS["regtest"]}
MARKS = ("h", "'", "h")
KINDS = ("plain", "fixed", "mixed", "ranged", "ranged")


@dataclass(frozen=True, slots=True)
class Case:
    """A generated vault's text, its network, and the places at which addresses are compared."""

    text: str
    network: str
    ranged: bool
    places: tuple[int, ...]


@cache
def member(number: int, name: str) -> Account:
    return account(f"pool/{number}", (MAIN_PATH, TEST_PATH)[name == "test"], name)


def generate(seed: int) -> Case:
    """The case that this seed always gives."""
    chance = random.Random(seed)
    name, kind = chance.choice(("main", "test")), KINDS[seed % len(KINDS)]
    cosigners = chance.choice((1, 2, 2, 3, 3, 3, 5, 7, 15))
    threshold = chance.randrange(1, cosigners + 1)
    members = [member(number, name) for number in chance.sample(range(24), cosigners)]
    keys = [expression(chance, held, kind) for held in members]
    indices = (0, chance.randrange(1_000), chance.randrange(HARDENED), HARDENED - 1)
    places = tuple(ranged.place(branch, index) for branch, index in zip((0, 1, 1, 0), indices, strict=True))
    return Case(sortedmulti(threshold, *keys), name, kind == "ranged", places if kind == "ranged" else (0,))


def expression(chance: random.Random, held: Account, kind: str) -> str:
    """A key expression of this member: plain, or extended with steps."""
    origin = chance.choice(("", f"[{held.fingerprint.hex()}]", path(chance, held)))
    if kind == "plain" or (kind == "mixed" and chance.random() < 0.5):
        return origin + held.secret(chance.randrange(9)).public.data.hex()
    steps = "".join(f"/{chance.choice((0, 1, chance.randrange(HARDENED)))}" for _ in range(chance.randrange(3)))
    return f"{origin}{held.xpub}{steps}{'/<0;1>/*' if kind == 'ranged' else ''}"


def path(chance: random.Random, held: Account) -> str:
    """The account's own origin, or another, its hardened steps marked one way or the other."""
    steps = held.path if chance.random() < 0.7 else [chance.randrange(HARDENED) for _ in range(chance.randrange(8))]
    marked = "".join(f"/{step}{chance.choice(MARKS)}" for step in steps)
    return f"[{held.fingerprint.hex()}{marked}]"


def read(case: Case, text: str) -> Descriptor | RangedDescriptor:
    return ranged.parse(text) if case.ranged else descriptor.parse(text)


def at(found: Descriptor | RangedDescriptor, place: int) -> Descriptor:
    return found.at(place) if isinstance(found, RangedDescriptor) else found


def bdk_branches(case: Case, text: str) -> list[bdk.Descriptor]:
    theirs = bdk.Descriptor(text, NAMES[case.network][1])
    return theirs.to_single_descriptors() if case.ranged else [theirs]


def bdk_address(case: Case, branches: list[bdk.Descriptor], place: int) -> str:
    branch = branches[ranged.branch_of(place) if case.ranged else 0]
    return str(branch.derive_address(ranged.index_of(place), NAMES[case.network][2]))


def check(seed: int, with_embit: bool) -> None:
    """Everything that is promised of one generated vault."""
    case = generate(seed)
    ours = read(case, case.text)
    assert ours.text == case.text
    branches = bdk_branches(case, case.text)
    printed = str(bdk.Descriptor(case.text, NAMES[case.network][1]))
    assert printed == summed(printed.partition("#")[0])
    for place in case.places[: 4 if with_embit else 2]:
        assert bdk_address(case, branches, place) == at(ours, place).address(NAMES[case.network][0])
    if with_embit:
        check_embit(case, ours)
    check_changed(case, random.Random(seed))


def check_embit(case: Case, ours: Descriptor | RangedDescriptor) -> None:
    body = case.text.partition("#")[0]
    assert add_checksum(body) == case.text
    embit = Embit.from_string(body)
    for place in case.places[:2]:
        found = at(ours, place)
        theirs = embit.derive(ranged.index_of(place), branch_index=ranged.branch_of(place) if case.ranged else None)
        assert theirs.script_pubkey().data == found.script_pubkey
        assert theirs.witness_script().data == found.witness_script
        assert theirs.address(EMBIT[case.network]) == found.address(NAMES[case.network][0])
        for key, other in zip(found.keys, theirs.keys, strict=True):
            assert key.public == other.key.sec() if key.extended is None else key.public == other.key.key.sec()
            if other.origin is not None:
                assert (key.fingerprint, list(key.path)) == (other.origin.fingerprint, other.origin.derivation)


def check_changed(case: Case, chance: random.Random) -> None:
    """One letter is another, or missing, or there twice: what we still take, bdk takes and reads alike."""
    body = case.text.partition("#")[0]
    spot = chance.randrange(len(body))
    put = chance.choice(("", body[spot] * 2, chance.choice("0123456789abcdefh'/*<>;,()[]xtpu")))
    text = summed(body[:spot] + put + body[spot + 1 :])
    try:
        ours = read(case, text)
        network.demand(ours.keys, NAMES[case.network][0])
    except CountersignError:
        return
    branches = bdk_branches(case, text)
    for place in case.places[:1]:
        assert bdk_address(case, branches, place) == at(ours, place).address(NAMES[case.network][0])


def test_three_hundred_generated_vaults_agree() -> None:
    for seed in range(300):
        check(seed, with_embit=seed % 10 == 0)


@pytest.mark.long
@pytest.mark.parametrize("start", range(1_000, 6_000, 1_000))
def test_five_thousand_more_generated_vaults_agree(start: int) -> None:
    for seed in range(start, start + 1_000):
        check(seed, with_embit=seed % 3 == 0)


def test_every_kind_occurs_among_the_generated() -> None:
    kinds = {(case.ranged, case.network, "pub" in case.text) for case in map(generate, range(150))}
    assert kinds == {(True, name, True) for name in NAMES} | {
        (False, name, some) for name in NAMES for some in (True, False)
    }


def test_one_letter_changed_without_its_checksum_is_refused_by_all_three() -> None:
    case = generate(3)
    for spot in (5, 20, 60, 140):
        text = case.text[:spot] + ("1" if case.text[spot] != "1" else "2") + case.text[spot + 1 :]
        with pytest.raises(CountersignError):
            read(case, text)
        with pytest.raises(bdk.DescriptorError):
            bdk_branches(case, text)
