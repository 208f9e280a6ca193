"""The root of a contract's storage: as the Yellow Paper's appendix D computes it, held against a node's own."""

import random

import pytest

from countersign.ethereum.abi import word
from countersign.ethereum.storage_root import mapped, root

NODES_OWN = {
    0: "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    1: "2549e700b62395d87b083ec9944df02d60ff9f3aaf7bc99ac338ca5b81c92bfb",
    2: "bc5d9f3b46b7559b859233fd8742dfeff467ed9bed4e1d3f0c690db18138e687",
    3: "12c706381737890d1be5891494a05478f7ecc3bff1f1da3bbac5b36852dd7b91",
    5: "91f7f02a042a6d0555af9eb38393dc7ab18915b8d74c91039ab12a322f1bccff",
    17: "e2718bf58216e68c124c3da87e56a55f6b946306688bb58d222172b70971c9cf",
    60: "1e754247924a57b70a0675328f1fd3ca926671d379cf5eb880f1810458ac65d5",
}
"""What anvil 1.7.1 answers (`eth_getProof`, `storageHash`) of a contract that keeps so many of `drawn`'s words."""


def drawn() -> list[dict[bytes, bytes]]:
    """For each number of slots in turn, slots and words of every kind: one byte, short, whole."""
    dice, found = random.Random(1), []
    for count in NODES_OWN:
        dice.randbytes(20)  # the contract's address
        kept = {}
        for each in range(count):
            slot = word(dice.randrange(2**256)) if each % 2 else word(each)
            kept[slot] = dice.choice(
                [word(1), word(0x7F), word(0x80), word(dice.randrange(2**160)), word(dice.randrange(2**256))]
            )
        found.append(kept)
    return found


@pytest.mark.parametrize(("kept", "said"), list(zip(drawn(), NODES_OWN.values(), strict=True)), ids=map(str, NODES_OWN))
def test_the_root_is_a_node_s_own_and_every_word_counts(kept: dict[bytes, bytes], said: str) -> None:
    assert root(kept).hex() == said
    assert root(kept | {word(2**255): bytes(32)}).hex() == said  # a slot of zero is not there
    assert root(dict(reversed(kept.items()))).hex() == said
    assert root(kept | {word(2**255): word(1)}).hex() != said
    for slot in list(kept)[:3]:
        assert root({each: value for each, value in kept.items() if each != slot}).hex() != said
        assert root(kept | {slot: word(int.from_bytes(kept[slot]) ^ 2)}).hex() != said


def test_a_mapping_s_value_lies_where_solidity_puts_it() -> None:
    """keccak256(abi.encode(1, 0)), as the Solidity documentation's layout rule has it."""
    assert mapped(0, b"\x01").hex() == "ada5013122d395ba3c54772283fb069b10426056ef8ca54750cb9bb552a59e7d"
