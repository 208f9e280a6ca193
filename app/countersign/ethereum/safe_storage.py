"""What a Safe keeps where: the storage slots and view calls that say what it is and who may act for it (E10).

Facts of the Safe contracts 1.3.0, 1.4.1 and 1.5.0 (SafeProxy.sol, GuardManager.sol, ModuleManager.sol,
FallbackManager.sol):

- slot 0 of the proxy holds the singleton, whose code the proxy runs;
- guard, module guard and fallback handler lie in slots named by the keccak-256 of their names, zero where there is none;
- modules are a list that begins and ends with the sentinel 0x1; a page of it tells whether there is any;
- owners are such a list too. Who may act is looked up in the mapping, not in the list: an entry that no list leads to (written
  by the code that `setup` may run when the Safe is made) acts as well, and so does a hash that is noted as approved. `kept`
  says all that may stand there, for `storage_root` to tell whether anything else does.

    >>> GUARD_SLOT.hex()[:8], MODULE_GUARD_SLOT.hex()[:8]
    ('4a204f62', 'b104e0b9')
"""

from collections.abc import Sequence

from countersign.errors import Malformed
from countersign.ethereum.abi import WORD, ZERO_ADDRESS, Address, Arguments, address, address_word, selector, word
from countersign.ethereum.storage_root import mapped
from countersign.formats.keccak import keccak256

SINGLETON_SLOT = word(0)
GUARD_SLOT = keccak256(b"guard_manager.guard.address")
MODULE_GUARD_SLOT = keccak256(b"module_manager.module_guard.address")
FALLBACK_HANDLER_SLOT = keccak256(b"fallback_manager.handler.address")
SENTINEL = Address(bytes(19) + b"\x01")
MODULES, OWNERS, COUNT, THRESHOLD, NONCE = 1, 2, 3, 4, 5
"""Slots of the two mappings and the three numbers; 6 is disused, 7 and 8 hold signed messages and approved hashes."""
MODULES_SHOWN = 10
"""How many modules one page lists: one is enough to refuse, the rest is for whoever looks."""


def ask_modules() -> bytes:
    """Call data of `getModulesPaginated(0x1, 10)`; answered by `read_modules`."""
    return selector("getModulesPaginated(address,uint256)") + address_word(SENTINEL) + word(MODULES_SHOWN)


def read_modules(answer: bytes) -> tuple[Address, ...]:
    """The page's modules, in the Safe's own order. Malformed (`ethereum.answer-length` and what `abi` raises)."""
    arguments = Arguments(answer)
    count = arguments.uint(2)
    expected = (3 + count) * WORD
    if arguments.uint(0) != 2 * WORD or count > MODULES_SHOWN or len(answer) != expected:
        raise Malformed("ethereum.answer-length", length=len(answer), expected=expected)
    return tuple(arguments.address(3 + index) for index in range(count))


def read_stored(answer: bytes) -> Address | None:
    """The address in a storage word, None for zero. A word is read as the contract reads it: its last 20 bytes.

    Malformed (`ethereum.answer-length`).
    """
    if len(answer) != WORD:
        raise Malformed("ethereum.answer-length", length=len(answer), expected=WORD)
    found = address(answer[12:])
    return None if found == ZERO_ADDRESS else found


def kept(
    singleton: Address, owners: Sequence[Address], threshold: int, fallback_handler: Address | None, nonce: int
) -> dict[bytes, bytes]:
    """All that a Safe without modules and guards keeps, slot → word, owners in its own order. Malformed(`ethereum.uint256`)."""
    listed = (SENTINEL, *owners)
    following = {mapped(OWNERS, each): after for each, after in zip(listed, (*owners, SENTINEL), strict=True)}
    addresses = {
        SINGLETON_SLOT: singleton,
        mapped(MODULES, SENTINEL): SENTINEL,
        FALLBACK_HANDLER_SLOT: fallback_handler or ZERO_ADDRESS,
        **following,
    }
    numbers = {word(COUNT): len(owners), word(THRESHOLD): threshold, word(NONCE): nonce}
    return {slot: address_word(each) for slot, each in addresses.items()} | {
        slot: word(each) for slot, each in numbers.items()
    }
