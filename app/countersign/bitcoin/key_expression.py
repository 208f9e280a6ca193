"""One cosigner's KEY in a descriptor (BIP-380, BIP-389): where its device finds it, and what stands there.

    02…                                   a plain key, 33 bytes in lower-case hex
    [d34db33f/48h/1h/0h/2h]02…            the same with its origin: master fingerprint and path
    [d34db33f/48h/1h/0h/2h]tpub…/0/7      an extended key at a fixed place
    [d34db33f/48h/1h/0h/2h]tpub…/<0;1>/*  an extended key whose places are numbered: branch 0 receives, 1 is change

- steps behind an extended key are never hardened; from the master key to the leaf they are at most 12 (B7);
- a key without an origin is its own: its fingerprint, an empty path;
- the text is kept as written. Private keys, and any other range than `/<0;1>/*`, are refused by name.

    >>> parse("0260b2003c386519fc9eadf2b5cf124dd8eea4c4e68d5e154050a9346ea98ce600").path
    ()
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from countersign.bitcoin import bip32, script
from countersign.bitcoin.bip32 import HARDENED, ExtendedKey
from countersign.errors import Malformed, Refused
from countersign.keys.public_key import Curve, PublicKey

MAX_DEPTH = 12
RANGE = "/<0;1>/*"
_ORIGIN = r"(?:\[([0-9a-f]{8})((?:/(?:0|[1-9][0-9]{0,9})['h]?)*)\])?"
_PLAIN = re.compile(_ORIGIN + r"(0[23][0-9a-f]{64})\Z")
_EXTENDED = re.compile(_ORIGIN + r"([a-zA-Z]pub[1-9A-HJ-NP-Za-km-z]+)((?:/[0-9'h]+|/<[0-9'h;]*>|/\*['h]?)*)\Z")
_PRIVATE = re.compile(
    r"(?:\[[^\]]*\])?(?:[5KL9c][1-9A-HJ-NP-Za-km-z]{50,51}\Z|[a-zA-Z]prv[1-9A-HJ-NP-Za-km-z]+(?:/|\Z))"
)
_UNCOMPRESSED = re.compile(r"(?:\[[^\]]*\])?04[0-9a-fA-F]{128}\Z")
_STEP = re.compile(r"(?:0|[1-9][0-9]{0,9})['h]?\Z")


@dataclass(frozen=True, slots=True)
class DescriptorKey:
    """One cosigner's key at one place: 33 bytes, where its device finds it, and the spelling it came in."""

    public: bytes
    fingerprint: bytes
    path: tuple[int, ...]
    """From the key of `fingerprint` to this one: the origin's steps, then those behind an extended key."""
    text: str = field(repr=False)
    extended: ExtendedKey | None = field(default=None, repr=False)
    """The extended key that `public` was derived from, as registered; None for a plain key."""

    @property
    def origin(self) -> bytes:
        """The value of a PSBT key-path field: fingerprint, then each step as u32 little-endian."""
        return self.fingerprint + b"".join(step.to_bytes(4, "little") for step in self.path)


@dataclass(frozen=True, slots=True)
class KeyExpression:
    """A KEY as it was registered; `at` gives the key at a place. `parse` makes one."""

    text: str
    fingerprint: bytes
    path: tuple[int, ...]
    """The origin's steps, then the fixed ones; a range adds two more."""
    plain: bytes = field(repr=False)
    """The key itself, 33 bytes: the whole key of a plain one, the public key of an extended one before its steps."""
    extended: ExtendedKey | None = field(repr=False)
    steps: tuple[int, ...] = ()
    """The fixed steps behind an extended key."""
    ranged: bool = False

    @property
    def origin_path(self) -> tuple[int, ...]:
        """The origin's steps alone."""
        return self.path[: len(self.path) - len(self.steps)]

    @property
    def parent(self) -> bytes:
        """The key (33 bytes) behind the fixed steps: of a ranged expression, the one that all its places descend from."""
        return self.plain if self.extended is None else bip32.derive(self.extended, self.steps).public

    def fixed(self) -> DescriptorKey:
        """The key of an expression without a range."""
        return DescriptorKey(self.parent, self.fingerprint, self.path, self.text, self.extended)

    def at(self, branch: int, index: int) -> DescriptorKey:
        """The key of a ranged expression at `branch` 0 or 1 and `index`."""
        assert self.extended is not None
        public, _ = bip32.derive(self.extended, (*self.steps, branch)).step(index)
        text = f"{self.text[: -len(RANGE)]}/{branch}/{index}"
        return DescriptorKey(public, self.fingerprint, (*self.path, branch, index), text, self.extended)


@lru_cache(maxsize=4096)
def parse(text: str) -> KeyExpression:
    """One key expression. Remembered: every verdict asks a vault's keys for their network.

    Malformed: bitcoin.descriptor-key, -path, bitcoin.extended-key-*, keys.not-on-curve. Refused: the kinds of key that
    a vault does not take (-private-key, -uncompressed-key), -hardened-step, -range, -depth.
    """
    if match := _PLAIN.match(text):
        public = bytes.fromhex(match[3])
        PublicKey.from_sec1(Curve.SECP256K1, public)
        return _checked(KeyExpression(text, *_origin(match, public), plain=public, extended=None))
    if match := _EXTENDED.match(text):
        return _checked(_extended(text, match))
    for pattern, code in _OTHER_KEYS:
        if pattern.match(text):
            raise Refused(code)
    raise Malformed("bitcoin.descriptor-key")


_OTHER_KEYS = (
    (_PRIVATE, "bitcoin.descriptor-private-key"),
    (_UNCOMPRESSED, "bitcoin.descriptor-uncompressed-key"),
)


def demand_origin(key: KeyExpression) -> None:
    """Refuse an extended key whose origin contradicts what the key says of itself, as far as it says anything.

    Such a key is valid and its vault can be paid, but no device finds its key under that path. Refused: bitcoin.key-origin.
    """
    found = key.extended
    if found is None or not key.text.startswith("["):
        return
    path = key.origin_path
    named = {0: found.fingerprint, 1: found.parent}.get(found.depth, key.fingerprint)
    if (found.depth, found.number, named) != (len(path), path[-1] if path else 0, key.fingerprint):
        raise Refused("bitcoin.key-origin")


def _extended(text: str, match: re.Match[str]) -> KeyExpression:
    extended = bip32.parse(match[3])
    ranged = match[4].endswith(RANGE)
    steps = _fixed_steps(match[4][: -len(RANGE)] if ranged else match[4])
    fingerprint, path = _origin(match, extended.public)
    if extended.depth + len(steps) + 2 * ranged > MAX_DEPTH:
        raise Refused("bitcoin.descriptor-depth", limit=MAX_DEPTH)
    return KeyExpression(text, fingerprint, path + steps, extended.public, extended, steps, ranged)


def _fixed_steps(text: str) -> tuple[int, ...]:
    fixed = [_step(each) for each in text.split("/")[1:] if each[:1] not in ("*", "<")]
    if any(step >= HARDENED for step in fixed):
        raise Refused("bitcoin.descriptor-hardened-step")
    if "*" in text or "<" in text:
        raise Refused("bitcoin.descriptor-range")
    return tuple(fixed)


def _origin(match: re.Match[str], public: bytes) -> tuple[bytes, tuple[int, ...]]:
    if match[1] is None:
        return script.fingerprint(public), ()
    return bytes.fromhex(match[1]), tuple(map(_step, match[2].split("/")[1:]))


def _checked(found: KeyExpression) -> KeyExpression:
    if len(found.path) + 2 * found.ranged > MAX_DEPTH:
        raise Refused("bitcoin.descriptor-depth", limit=MAX_DEPTH)
    return found


def _step(text: str) -> int:
    if not _STEP.match(text):
        raise Malformed("bitcoin.descriptor-key")
    hardened = text[-1] in "'h"
    number = int(text[:-1] if hardened else text)
    if number >= HARDENED:
        raise Malformed("bitcoin.descriptor-path")
    return number + HARDENED if hardened else number
