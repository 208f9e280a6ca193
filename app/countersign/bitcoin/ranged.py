"""Ranged descriptors (BIP-389): a vault of extended keys, all with numbered places.

    wsh(sortedmulti(2,[f0f0f0f0/48h/1h/0h/2h]tpub…/<0;1>/*,[…]tpub…/<0;1>/*,[…]tpub…/<0;1>/*))#checksum

- Branch 0 receives, branch 1 is change. **A place is one integer**, `number = 2 * index + branch`: even places receive,
  odd ones are change, so the integer that events call `slot` serves vaults of both kinds.
- Every key ranges alike: one that is plain or fixed beside ranged ones is refused, because a device that enrols
  extended keys joins only vaults whose keys are all extended.
- A place is an ordinary `Descriptor`. Its keys' origins are origin path + steps, as PSBT key-path fields carry them.
- Derivation is done once a place: places and scripts are remembered per descriptor.
- The other rules are `descriptor`'s: B6, the checksum, the text kept as written.

    vault = parse(text); vault.at(place(branch=0, index=7)).address("bcrt")
"""

import struct
from dataclasses import dataclass, field
from functools import lru_cache

from countersign.bitcoin import descriptor, descriptor_checksum
from countersign.bitcoin import network as networks
from countersign.bitcoin.bip32 import HARDENED, Network
from countersign.bitcoin.descriptor import Descriptor
from countersign.bitcoin.key_expression import RANGE, KeyExpression
from countersign.errors import Refused

RECEIVE, CHANGE = 0, 1


def place(branch: int, index: int) -> int:
    """The number of the place at `branch` 0 or 1 and `index`."""
    return 2 * index + branch


def branch_of(number: int) -> int:
    """RECEIVE or CHANGE."""
    return number & 1


def index_of(number: int) -> int:
    """The last step of the place's paths."""
    return number >> 1


@dataclass(frozen=True, slots=True)
class RangedDescriptor(descriptor_checksum.Checked):
    """A k-of-n vault of extended keys. Equal by its text. `parse` makes one."""

    body: str
    threshold: int = field(compare=False)
    keys: tuple[KeyExpression, ...] = field(compare=False)
    """In the order of the text, one a cosigner; place `at(number).keys` keeps that order."""
    network: Network = field(compare=False)

    def at(self, number: int) -> Descriptor:
        """The descriptor of a place. Refused: bitcoin.no-such-place (number below 0, index 2^31 and above)."""
        if not 0 <= index_of(number) < HARDENED:
            raise Refused("bitcoin.no-such-place", number=number)
        return _at(self, number)

    def branch(self, branch: int) -> str:
        """The descriptor of one branch alone, with checksum: `…/0/*`, for programs that do not read BIP-389."""
        body = self.body.replace(RANGE, f"/{branch}/*")
        return f"{body}#{descriptor_checksum.checksum(body)}"

    def number_of(self, origin: bytes) -> int | None:
        """The place that a PSBT key-path value (fingerprint and path) names if it is that of one of our keys, or None.

        It is a claim: only the script at that place, compared byte for byte, proves it.
        """
        path = struct.unpack(f"<{len(origin) // 4 - 1}I", origin[4:]) if len(origin) % 4 == 0 and origin else ()
        if len(path) < 2 or path[-2] not in (RECEIVE, CHANGE) or path[-1] >= HARDENED:
            return None
        ours = any(key.fingerprint == origin[:4] and key.path == path[:-2] for key in self.keys)
        return place(path[-2], path[-1]) if ours else None


def parse(text: str) -> RangedDescriptor:
    """The ranged descriptor of one line.

    Malformed, Refused: as `descriptor.parse`; bitcoin.descriptor-not-ranged where no key ranges,
    bitcoin.descriptor-mixed-range where some do and some do not.
    """
    body, _ = descriptor_checksum.split(text)
    threshold, keys = descriptor.read_keys(body)
    ranged = [key.ranged for key in keys]
    if not any(ranged):
        raise Refused("bitcoin.descriptor-not-ranged")
    if not all(ranged):
        raise Refused("bitcoin.descriptor-mixed-range", key=ranged.index(False) + 1)
    if len({key.parent for key in keys}) != len(keys):
        raise Refused("B6.duplicate-key")
    network = networks.of_keys(keys)
    assert network is not None
    return RangedDescriptor(body, threshold, keys, network)


@lru_cache(maxsize=1024)
def _at(ranged: RangedDescriptor, number: int) -> Descriptor:
    branch, index = branch_of(number), index_of(number)
    keys = [key.at(branch, index) for key in ranged.keys]
    body = f"wsh(sortedmulti({ranged.threshold},{','.join(key.text for key in keys)}))"
    return descriptor.at_place(ranged.threshold, keys, body)
