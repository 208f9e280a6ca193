"""Mutants of a Safe transaction's file, and the judge that reads it with the standard library and eth-account.

A mutant whose fields are changed gets the hash that they have, so that only what it does speaks against it; now and then
it keeps the old one.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from eth_account.messages import encode_typed_data
from eth_utils import keccak

from mutation import bent
from mutation.subject import SAME_DIGEST, SAME_EFFECTS, Mutator

ATTACKER = "0x000000000000000000000000000000000000dEaD"
PLACES = (
    ATTACKER,
    "0x0000000000000000000000000000000000000000",
    "0x0000000000000000000000000000000000000001",
    "0x9641d764fc13c8B624c04430C7356C1C7C8102e2",
    "0x40A2aCCbd92BCA938b02010E17A5b8929b49130D",
    "0x38869bF66a61cF6bDB996A6aE40D5853Fd43B526",
    "0x41675C099F32341bf84BFc5382aF534df5C7461a",
)
SELECTORS = (
    "0d582f13", "f8dc5dd9", "e318b52b", "694e80c3", "610b5925", "e009cfde", "e19a9dd9", "e068df37",
    "f08a0323", "b63e800d", "d4d9bdcd", "8d80ff0a", "6a761202", "85a5affe", "f2fde38b", "3659cfe6",
    "4f1ef286", "095ea7b3", "39509351", "a22cb465", "23b872dd", "d505accf", "a9059cbb", "00000000",
)  # fmt: skip
BATCH_HEAD = 4 + 32 + 32
SAFE_TX = [
    {"name": "to", "type": "address"},
    {"name": "value", "type": "uint256"},
    {"name": "data", "type": "bytes"},
    {"name": "operation", "type": "uint8"},
    {"name": "safeTxGas", "type": "uint256"},
    {"name": "baseGas", "type": "uint256"},
    {"name": "gasPrice", "type": "uint256"},
    {"name": "gasToken", "type": "address"},
    {"name": "refundReceiver", "type": "address"},
    {"name": "nonce", "type": "uint256"},
]
DOMAIN = [{"name": "chainId", "type": "uint256"}, {"name": "verifyingContract", "type": "address"}]
File = dict[str, object]


def digest(found: File) -> str:
    """EIP-712's hash of a file's fields, by eth-account."""
    message = {each["name"]: found[each["name"]] for each in SAFE_TX}
    for name in ("value", "safeTxGas", "baseGas", "gasPrice"):
        message[name] = int(str(message[name]))
    message["data"] = bytes.fromhex(str(message["data"]).removeprefix("0x"))
    made = encode_typed_data(
        full_message={
            "types": {"EIP712Domain": DOMAIN, "SafeTx": SAFE_TX},
            "primaryType": "SafeTx",
            "domain": {"chainId": found["chainId"], "verifyingContract": found["safe"]},
            "message": message,
        }
    )
    return "0x" + keccak(b"\x19" + made.version + made.header + made.body).hex()


Change = Callable[[File, Random], None]
CHANGES: dict[str, Change] = {}


def change(made: Change) -> Change:
    CHANGES[made.__name__.replace("_", " ")] = made
    return made


def kinds(honest: bytes) -> dict[str, Mutator]:
    """The mutators of one honest file."""
    return {
        **bent.kinds(honest),
        "a member": lambda chance: bent.document(chance, honest),
        "a member, hash put right": lambda chance: _rehashed(json.loads(bent.document(chance, honest))),
        **{name: partial(_changed, honest, made) for name, made in CHANGES.items()},
    }


def _changed(honest: bytes, made: Change, chance: Random) -> bytes:
    found = json.loads(honest)
    made(found, chance)
    return bent.canonical(found) if chance.random() < 0.1 else _rehashed(found)


def _rehashed(found: File) -> bytes:
    """With the hash that its fields have; as it is where they have none."""
    try:
        found["safeTxHash"] = digest(found)
    except Exception:
        return bent.canonical(found)
    return bent.canonical(found)


@change
def call_data_bent(found: File, chance: Random) -> None:
    data = bytes.fromhex(str(found["data"])[2:])
    found["data"] = "0x" + bent.somehow(data, chance).hex()


@change
def word_of_the_call(found: File, chance: Random) -> None:
    """One word of the call data another: nothing, one, all ones, one more, an address."""
    data = bytearray.fromhex(str(found["data"])[2:]) or bytearray(4 + 64)
    at = 4 + 32 * chance.randrange((len(data) - 4) // 32)
    value = int.from_bytes(data[at : at + 32], "big")
    others = (0, 1, 2**256 - 1, value + 1, value - 1, value * 10**12, value ^ 1 << chance.randrange(256), 0xDEAD)
    data[at : at + 32] = (chance.choice(others) % 2**256).to_bytes(32, "big")
    found["data"] = "0x" + data.hex()


@change
def selector(found: File, chance: Random) -> None:
    found["data"] = "0x" + chance.choice(SELECTORS) + str(found["data"])[10:]


@change
def whom_it_calls(found: File, chance: Random) -> None:
    found["to"] = chance.choice((*PLACES, found["safe"]))


@change
def operation(found: File, chance: Random) -> None:
    found["operation"] = chance.choice((1 - int(str(found["operation"])), 2, 255))
    if chance.random() < 0.3:
        found["to"] = chance.choice(PLACES)


@change
def ether_along(found: File, chance: Random) -> None:
    found["value"] = str(chance.choice((1, 10**18, 2**256 - 1, int(str(found["value"])) + 1)))


@change
def refund(found: File, chance: Random) -> None:
    name = chance.choice(("safeTxGas", "baseGas", "gasPrice", "gasToken", "refundReceiver"))
    found[name] = (
        chance.choice(PLACES[:3]) if name in ("gasToken", "refundReceiver") else str(chance.choice((1, 10**6, 2**200)))
    )


@change
def nonce_chain_safe(found: File, chance: Random) -> None:
    match chance.randrange(3):
        case 0:
            found["nonce"] = int(str(found["nonce"])) + chance.choice((1, 2, 1000))
        case 1:
            found["chainId"] = chance.choice((1, 5, 10, 31338))
        case _:
            found["safe"] = chance.choice(PLACES)


@change
def calls_of_the_batch(found: File, chance: Random) -> None:
    """The calls in another order, one gone, one twice, one with another place, amount or operation."""
    data = bytes.fromhex(str(found["data"])[2:])
    calls = inner_calls(data)
    if calls is None:
        call_data_bent(found, chance)
        return
    at = chance.randrange(len(calls))
    op, to, value, call = calls[at]
    match chance.randrange(7):
        case 0 | 1:
            chance.shuffle(calls)
        case 2:
            del calls[at]
        case 3:
            calls.insert(chance.randrange(len(calls) + 1), calls[at])
        case 4:
            calls[at] = (chance.choice((0, 1)), bytes.fromhex(chance.choice(PLACES)[2:]), value, call)
        case 5:
            calls[at] = (op, to, value + chance.choice((1, 10**18)), call)
        case _:
            calls[at] = (op, to, value, bent.byte(call, chance) if call else b"\x00")
    packed = b"".join(
        bytes((op,)) + to + value.to_bytes(32, "big") + len(call).to_bytes(32, "big") + call
        for op, to, value, call in calls
    )
    tail = bytes(-len(packed) % 32)
    found["data"] = "0x" + (data[:36] + len(packed).to_bytes(32, "big") + packed + tail).hex()


def inner_calls(data: bytes) -> list[tuple[int, bytes, int, bytes]] | None:
    """(operation, to, value, data) of each call of a multiSend; None for any other call data."""
    if data[:4].hex() != "8d80ff0a":
        return None
    packed = data[BATCH_HEAD : BATCH_HEAD + int.from_bytes(data[36:BATCH_HEAD], "big")]
    calls, at = [], 0
    while at < len(packed):
        size = int.from_bytes(packed[at + 53 : at + 85], "big")
        start = at + 85
        calls.append(
            (
                packed[at],
                packed[at + 1 : at + 21],
                int.from_bytes(packed[at + 21 : at + 53], "big"),
                packed[start : start + size],
            )
        )
        at = start + size
    return calls


@dataclass(frozen=True)
class Judge:
    """Equal is what has the honest one's digest, or the same calls in another order and every other field the same."""

    honest: bytes

    def __call__(self, data: bytes) -> str:
        """SAME_DIGEST, SAME_EFFECTS, or what differs."""
        found, known = json.loads(data), json.loads(self.honest)
        if digest(found) == digest(known):
            return SAME_DIGEST
        calls, wanted = (inner_calls(bytes.fromhex(str(each.pop("data"))[2:])) for each in (found, known))
        del found["safeTxHash"], known["safeTxHash"]
        if found == known and calls is not None and wanted is not None and Counter(calls) == Counter(wanted):
            return SAME_EFFECTS
        return f"it is {found} with {calls}"
