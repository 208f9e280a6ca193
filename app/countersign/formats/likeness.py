"""Texts that look like another: what a person who compares the ends of an address, or reads a short name, takes for the same.

- Addresses are compared without their prefix (`0x`, `bcrt1`) and, because a checksum in capitals is rarely read, in small
  letters. The same address is not "like" itself, however it is spelt.
- Alike: eight or more characters the same at both ends together (an attacker pays for each one), or four of five in place.
  Two random addresses are so alike once in four thousand million pairs at most.
- Short names (a token's symbol, an institution's name) read alike where capitals, spaces and points, and letters of one shape
  (I, l and 1; O, o and 0; rn and m; vv and w) are all that tells them apart, together or each alone.

    >>> alike("0xf34Cad38091B2dBfF9B96fff1F89564407212c9C", "0xf34Cad0000000000000000000000000000002c9C")
    True
"""

import re
from itertools import takewhile

ENDS = 8
GROUP = 4
_STROKE = "|"
"""For I, l, 1 and | alike: small L looks like them, and L does not."""
_SHAPES = str.maketrans({"I": _STROKE, "l": _STROKE, "1": _STROKE, "0": "o", "O": "o"} | dict.fromkeys("._:- ", ""))
_POINTS = str.maketrans(dict.fromkeys("._:- ", ""))
_PREFIX = re.compile(r"0x|[a-z]{2,4}1[qp]")


def alike(one: str, other: str) -> bool:
    """Whether one address could be mistaken for the other. Total; False for the same one."""
    first, second = _bare(one), _bare(other)
    if first == second or not first or not second:
        return False
    return _ends(first, second) >= ENDS or (
        len(first) == len(second) and 5 * len(differing(first, second)) <= len(first)
    )


def reads_alike(one: str, other: str) -> bool:
    """Whether a reader takes two short names for one. Total; true of the same name."""
    if one.translate(_POINTS).casefold() == other.translate(_POINTS).casefold():
        return True
    return _shaped(one) == _shaped(other)


def _shaped(name: str) -> str:
    """By the shapes of its letters, in most typefaces without serifs."""
    return name.translate(_SHAPES).replace("rn", "m").replace("vv", "w").replace("VV", "W").casefold()


def differing(one: str, other: str) -> tuple[int, ...]:
    """The places, from 0, at which two texts differ; what one has beyond the other differs."""
    shorter, longer = sorted((len(one), len(other)))
    same = (one[at] == other[at] for at in range(shorter))
    return (*(at for at, equal in enumerate(same) if not equal), *range(shorter, longer))


def groups(one: str, other: str, start: int = 0) -> tuple[tuple[int, str, str], ...]:
    """The groups of four, counted from 1 after `start` characters, in which two texts differ: (number, its, the other's)."""
    numbers = dict.fromkeys((at - start) // GROUP for at in differing(one, other) if at >= start)
    places = [(number, start + GROUP * number) for number in numbers]
    return tuple((number + 1, one[at : at + GROUP], other[at : at + GROUP]) for number, at in places)


def _bare(address: str) -> str:
    text = address.lower()
    found = _PREFIX.match(text)
    return text[found.end() :] if found else text


def _ends(one: str, other: str) -> int:
    """How many characters are the same at the beginning and at the end together."""
    start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    end = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one[::-1], other[::-1], strict=False)))
    return min(start + end, len(one), len(other))
