"""Addresses of witness programmes (BIP-173, BIP-350). The network's prefix is an argument, never a global.

- an address of another network is refused by the codec (B1.hrp), even where its hash is one of ours;
- only the canonical lower-case spelling is read: `address(script_of(text, hrp), hrp) == text`.

    >>> address(bytes.fromhex("0014751e76e8199196d454941c45d1b3a323f1433bd6"), "bc")
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'
"""

from countersign.bitcoin.script import witness_program
from countersign.errors import Malformed, Refused
from countersign.formats import bech32


def address(script_pubkey: bytes, hrp: str) -> str:
    """The address of a witness scriptPubKey. Refused: bitcoin.no-address where the script has none of ours."""
    program = witness_program(script_pubkey)
    if program is None:
        raise Refused("bitcoin.no-address")
    return bech32.encode_segwit(hrp, program[0], program[1])


def script_of(text: str, hrp: str) -> bytes:
    """The scriptPubKey of an address of the network `hrp`.

    Malformed, Refused: the codec's codes (B1.hrp for another network), bitcoin.address-spelling.
    """
    version, program = bech32.decode_segwit(hrp, text)
    script = bytes((version and version + 0x50, len(program))) + program
    if address(script, hrp) != text:
        raise Malformed("bitcoin.address-spelling")
    return script
