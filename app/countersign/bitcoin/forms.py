"""Descriptors of other forms than ours: recognised, so that they can be shown, and refused with the reason.

    recognise("sh(wsh(multi(2,A,B,C)))") == Form("sh(wsh(multi", 2, 3, "bitcoin.form-nested")

- a form is the chain of script names from outside inwards (BIP-381 to 387, 390); what is neither of ours nor known here
  is no descriptor;
- threshold and number of keys are shown where the form has them; keys are not read, so that none is ever repeated;
- the reason is a code of its own for each family: its sentence says why this console does not sign for it.
"""

import re
from dataclasses import dataclass

OURS = "wsh(sortedmulti"
_NAMES = re.compile(
    r"(?:(sh|wsh|wpkh|pkh|pk|tr|rawtr|combo|multi_a|sortedmulti_a|multi|sortedmulti|addr|raw|musig|[a-z_:]+)\()"
)
_QUORUM = re.compile(r"(?:multi|sortedmulti|multi_a|sortedmulti_a)\(([1-9][0-9]{0,2})((?:,[^,()]+)+)\)+\Z")
TOP = frozenset(("sh", "wsh", "wpkh", "pkh", "pk", "tr", "rawtr", "combo", "multi", "sortedmulti", "addr", "raw"))
_SINGLE = frozenset(
    ("pk", "pkh", "wpkh", "sh(pk", "sh(pkh", "sh(wpkh", "wsh(pk", "wsh(pkh", "sh(wsh(pk", "sh(wsh(pkh", "combo")
)


@dataclass(frozen=True, slots=True)
class Form:
    """What can be shown of a descriptor that is not ours."""

    name: str
    """The script names from outside inwards: `sh(wsh(sortedmulti`."""
    threshold: int | None
    keys: int | None
    reason: str
    """The code that refuses it."""

    @property
    def spelled(self) -> str:
        """As people write it: `sh(wsh(sortedmulti(…)))`."""
        return spelled(self.name)


def spelled(names: str) -> str:
    """ "wsh(sortedmulti(…))": script names with what they enclose left out."""
    return f"{names}(…){')' * names.count('(')}"


def recognise(body: str) -> Form | None:
    """The form of a descriptor's body (without `#` and checksum), or None: ours, or no descriptor at all."""
    names = _names(body)
    if not names or names[0] not in TOP or body.count("(") != body.count(")") or not body.endswith(")"):
        return None
    name = "(".join(names)
    if name == OURS:
        return None
    quorum = _QUORUM.search(body)
    threshold, keys = (int(quorum[1]), quorum[2].count(",")) if quorum else (None, None)
    return Form(name, threshold, keys, _reason(name))


def _names(body: str) -> list[str]:
    """The names that open one inside the other from the start of the text."""
    found, at = list[str](), 0
    while match := _NAMES.match(body, at):
        found.append(match[1])
        at = match.end()
    return found


def _reason(name: str) -> str:
    if name.startswith(("tr", "rawtr")):
        return "bitcoin.form-taproot"
    if name in _SINGLE:
        return "bitcoin.form-single"
    if name.startswith("sh(wsh"):
        return "bitcoin.form-nested"
    if name in ("addr", "raw"):
        return "bitcoin.form-keyless"
    if name == "wsh(multi":
        return "bitcoin.form-unsorted"
    if name.startswith("wsh"):
        return "bitcoin.form-policy"
    return "bitcoin.form-legacy"
