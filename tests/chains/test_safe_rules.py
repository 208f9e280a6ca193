"""What the Safe 1.4.1 makes of signatures, with the contract's own reasons."""

import pytest

from countersign.chains.safe_rules import EmbeddedSafe, signed
from countersign.ethereum.abi import Address, Digest, address_word, word
from countersign.formats.keccak import keccak256
from support.ethereum_mutations import over
from support.twin_ethereum import owners

DIGEST = Digest(keccak256(b"a SafeTx"))
KEYS = owners()
SAFE = EmbeddedSafe(tuple(Address(key.public.ethereum_address()) for key in KEYS), 2)
FIRST, SECOND, THIRD = (over(DIGEST, key) for key in KEYS)
OWNER = address_word(SAFE.owners[0])


@pytest.mark.parametrize("blob", [FIRST + SECOND, FIRST + THIRD, FIRST + SECOND + THIRD, FIRST + SECOND + b"anything"])
def test_two_owners_in_order_are_enough(blob: bytes) -> None:
    assert signed(SAFE, DIGEST, blob) is None


@pytest.mark.parametrize("blob", [b"", FIRST, (FIRST + SECOND)[:-1]])
def test_too_few(blob: bytes) -> None:
    assert signed(SAFE, DIGEST, blob) == "GS020"


@pytest.mark.parametrize("blob", [SECOND + FIRST, FIRST + FIRST, FIRST + bytes(64) + b"\x1b"])
def test_order_and_ownership(blob: bytes) -> None:
    assert signed(SAFE, DIGEST, blob) == "GS026"


def test_another_digest_is_another_owner() -> None:
    assert signed(SAFE, Digest(keccak256(b"another")), FIRST + SECOND) == "GS026"


@pytest.mark.parametrize("v", [2, 26, 29, 30, 33, 255])
def test_no_other_v(v: int) -> None:
    assert signed(SAFE, DIGEST, FIRST[:64] + bytes((v,)) + SECOND) == "GS026"


def test_eth_sign_is_read_as_the_contract_reads_it() -> None:
    text = Digest(keccak256(b"\x19Ethereum Signed Message:\n32" + DIGEST))
    assert signed(SAFE, DIGEST, over(text, KEYS[0], 31) + SECOND) is None
    assert signed(SAFE, DIGEST, over(text, KEYS[0], 27) + SECOND) == "GS026"


def test_contract_and_approved_signatures_are_refused_by_the_contracts_reasons() -> None:
    assert signed(SAFE, DIGEST, OWNER + word(0) + b"\x01" + SECOND) == "GS025"
    for start, reason in ((129, "GS021"), (130, "GS022"), (2**255, "GS022")):
        assert signed(SAFE, DIGEST, OWNER + word(start) + b"\x00" + SECOND) == reason
    assert signed(SAFE, DIGEST, OWNER + word(130) + b"\x00" + SECOND + word(0)) == "execution reverted"
