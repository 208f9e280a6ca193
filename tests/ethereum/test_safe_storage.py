"""Where a Safe keeps what it is: slots by their published names, a page of modules, an address in a storage word."""

import pytest
from eth_abi import encode as abi_encode

from countersign.errors import Malformed
from countersign.ethereum import safe_storage
from countersign.ethereum.abi import Address, word

MODULE = Address(b"\x07" * 20)


def page(modules: list[Address], following: Address = safe_storage.SENTINEL) -> bytes:
    found: bytes = abi_encode(
        ["address[]", "address"], [["0x" + each.hex() for each in modules], "0x" + following.hex()]
    )
    return found


def test_the_slots_are_those_of_the_contracts() -> None:
    assert safe_storage.GUARD_SLOT.hex() == "4a204f620c8c5ccdca3fd54d003badd85ba500436a431f0cbda4f558c93c34c8"
    assert safe_storage.MODULE_GUARD_SLOT.hex() == "b104e0b93118902c651344349b610029d694cfdec91c589c91ebafbcd0289947"
    assert (
        safe_storage.FALLBACK_HANDLER_SLOT.hex() == "6c9a6c4a39284e37ed1cf53d337577d14212a4870fb976a4366c693b939918d5"
    )


def test_the_question_for_modules_is_the_published_one() -> None:
    assert safe_storage.ask_modules().hex() == "cc2f8452" + "00" * 31 + "01" + "00" * 31 + "0a"


@pytest.mark.parametrize("count", [0, 1, 10])
def test_a_page_of_modules_is_read(count: int) -> None:
    modules = [Address(bytes([number + 2]) * 20) for number in range(count)]
    assert safe_storage.read_modules(page(modules, MODULE)) == tuple(modules)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        page([])[:-1],
        page([MODULE]) + word(0),
        page([MODULE])[:-32],
        page([Address(bytes([number]) * 20) for number in range(2, 13)]),
        word(96) + page([])[32:],
    ],
    ids=["nothing", "cut", "more behind", "less than it counts", "more than were asked for", "another layout"],
)
def test_a_page_of_another_shape_is_not_read(answer: bytes) -> None:
    with pytest.raises(Malformed):
        safe_storage.read_modules(answer)


def test_a_stored_address_is_the_words_last_twenty_bytes_and_zero_is_none() -> None:
    assert safe_storage.read_stored(bytes(32)) is None
    assert safe_storage.read_stored(bytes(12) + MODULE) == MODULE
    assert safe_storage.read_stored(b"\xff" * 12 + MODULE) == MODULE
    for length in (0, 31, 33):
        with pytest.raises(Malformed):
            safe_storage.read_stored(bytes(length))
