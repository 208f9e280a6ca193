"""The one ERC-20 call that custody makes: `transfer(address,uint256)`.

Implements EIP-20 `transfer`, encoded strictly (check E5):

- exactly 68 bytes: selector a9059cbb, one address word, one amount word;
- the 12 padding bytes of the recipient are zero;
- what the token is called and how many decimals it has comes from the registry, never from the token.

    >>> data = encode(Transfer(Address(bytes(19) + b"\\x07"), 20_000_000_000_000))
    >>> len(data), decode(data).amount
    (68, 20000000000000)
"""

from dataclasses import dataclass

from countersign.errors import Malformed
from countersign.ethereum.abi import Address, Arguments, address_word, word

SELECTOR = bytes.fromhex("a9059cbb")
LENGTH = 68


@dataclass(frozen=True, slots=True)
class Transfer:
    """`transfer(recipient, amount)`: the amount in the token's base units."""

    recipient: Address
    amount: int


def encode(transfer: Transfer) -> bytes:
    """The 68 bytes of call data. Malformed (`ethereum.uint256`) if the amount does not fit."""
    return SELECTOR + address_word(transfer.recipient) + word(transfer.amount)


def decode(data: bytes) -> Transfer:
    """Read call data strictly. Malformed: `E5.selector`, `E5.length`, `E5.padding`."""
    if data[:4] != SELECTOR:
        raise Malformed("E5.selector", selector=data[:4].hex())
    if len(data) != LENGTH:
        raise Malformed("E5.length", length=len(data))
    if any(data[4:16]):
        raise Malformed("E5.padding")
    arguments = Arguments(data[4:])
    return Transfer(arguments.address(0), arguments.uint(1))
