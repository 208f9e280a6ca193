"""The four calls that change a Safe's owners, on real Safes of every release: what we say follows is what follows.

Long walks of drawn changes, good ones and ones that the contract reverts: after each the Safe's own list, in its own
order, and its threshold are those of `owners.apply`; where that refuses, the contract reverts and nothing moved.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from countersign.errors import Refused
from countersign.ethereum import execute, owners, views
from countersign.ethereum.abi import ZERO_ADDRESS, Address
from countersign.ethereum.owners import AddOwner, ChangeThreshold, OwnerChange, OwnerList, RemoveOwner, SwapOwner
from countersign.ethereum.safe import SafeVersion, plain_tx
from countersign.ethereum.safe_storage import SENTINEL
from countersign.keys.public_key import Curve
from support.ethereum_mutations import blob
from support.ethereum_node import CHAIN_ID, RELEASES, AnvilNode, place_safe_contracts, running_node
from support.software_keys import SoftwareKey


@pytest.fixture(scope="module")
def node() -> Iterator[AnvilNode]:
    with running_node() as started:
        yield started


def of(key: SoftwareKey) -> Address:
    return Address(key.public.ethereum_address())


@dataclass
class Walk:
    """A Safe whose owners change itself, step by step."""

    node: AnvilNode
    release: SafeVersion
    draw: random.Random
    people: dict[Address, SoftwareKey] = field(default_factory=dict)
    refused: int = 0

    def __post_init__(self) -> None:
        made = (SoftwareKey.generate(Curve.SECP256K1, f"owner {number}") for number in range(6))
        self.people = {of(key): key for key in made}
        first = list(self.people)[:3]
        self.safe = place_safe_contracts(self.node, self.release).new_safe(first, 2, self.draw.getrandbits(60))
        self.standing = OwnerList(tuple(first), 2)
        self.nonce = 0
        assert self.seen() == self.standing

    def seen(self) -> OwnerList:
        listed = views.read_addresses(self.node.call(self.safe, views.ask_owners()))
        return OwnerList(listed, views.read_uint(self.node.call(self.safe, views.ask_threshold())))

    def step(self, change: OwnerChange) -> None:
        tx = plain_tx(CHAIN_ID, self.safe, self.safe, 0, owners.serialise(change), self.nonce)
        signers = sorted(self.standing.owners)[: self.standing.threshold]
        sent = self.node.send(execute.encode(tx, blob(tx, [self.people[each] for each in signers])), self.safe)
        try:
            after = owners.apply(self.standing, change, self.safe)
        except Refused:
            assert sent["status"] == "0x0", change
            self.refused += 1
        else:
            assert sent["status"] == "0x1", change
            self.standing, self.nonce = after, self.nonce + 1
        assert self.seen() == self.standing

    def drawn(self) -> OwnerChange:
        """Mostly what can be done, sometimes with a wrong neighbour, owner or threshold."""
        listed, draw = self.standing.owners, self.draw
        free = [each for each in self.people if each not in listed]
        odd = [ZERO_ADDRESS, SENTINEL, self.safe, draw.choice(listed)]
        new = draw.choice(free if free and draw.random() < 0.7 else odd)
        old = draw.choice(listed if draw.random() < 0.85 else [*free, SENTINEL])
        before = self._before(old, listed)
        threshold = draw.randint(0 if draw.random() < 0.2 else 1, len(listed) + 1)
        return draw.choice((
            AddOwner(new, threshold), RemoveOwner(before, old, threshold), SwapOwner(before, old, new),
            ChangeThreshold(threshold),
        ))  # fmt: skip

    def _before(self, old: Address, listed: Sequence[Address]) -> Address:
        if old not in listed or self.draw.random() < 0.2:
            return self.draw.choice((SENTINEL, *listed))
        return owners.previous(listed, old)


def walked(node: AnvilNode, release: SafeVersion, steps: int, seed: int) -> Walk:
    walk = Walk(node, release, random.Random(f"{release} {seed}"))
    for _ in range(steps):
        walk.step(walk.drawn())
    assert walk.refused
    assert walk.nonce
    return walk


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_owners_and_threshold_follow_as_we_say(node: AnvilNode, release: SafeVersion) -> None:
    walked(node, release, 20, 0)


@pytest.mark.long
@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_owners_and_threshold_follow_as_we_say_over_long_walks(node: AnvilNode, release: SafeVersion) -> None:
    for seed in range(1, 6):
        walked(node, release, 100, seed)
