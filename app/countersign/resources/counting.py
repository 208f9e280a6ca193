"""One and many: our templates are written for many ("{size} entries are"); where the number is 1, they say it of one.

- The noun behind a number, its adjectives left alone, and the verb that follows it at once.
- English only: whoever translates a template gets the number and says it in their own language.
- A noun that no template had before is added here; a test walks all of them.

    agree("{size} entries are", {"size": 1}) == "{size} entry is"
    counted(1, "coins") == "1 coin"
"""

import re
from collections.abc import Mapping
from functools import lru_cache

NOUNS = {
    "entries": "entry", "parties": "party", "bytes": "byte", "times": "time", "witnesses": "witness", "hundredths": "hundredth",
    "hashes": "hash",
    **{f"{one}s": one for one in (
        "account", "administrator", "asset", "bit", "block", "break", "call", "character", "check", "coin", "confirmation",
        "contract", "cosigner", "day", "decimal", "digest", "document", "event", "field", "file", "group", "hour", "input",
        "instruction", "item", "key", "leg", "level", "line", "loan", "minute", "module", "month", "obligation", "output",
        "owner", "page", "part", "participant", "payment", "picture", "pixel", "place", "point", "proposal", "satoshi",
        "second", "settlement", "signature", "slot", "step", "token", "trade", "transaction", "unit", "vault", "vbyte",
        "version",
    )},
}  # fmt: skip
VERBS = {
    "are": "is", "begin": "begins", "differ": "differs", "do": "does", "forbid": "forbids", "get": "gets", "go": "goes",
    "have": "has", "own": "owns", "pass": "passes", "remain": "remains", "replay": "replays", "stand": "stands", "wait": "waits",
    "were": "was",
}  # fmt: skip
ADJECTIVES = (
    "attached", "base", "basis", "change", "lasting", "log", "more", "numbered", "open", "plain", "private", "registered",
    "signed", "smallest",
)  # fmt: skip
_COUNTED = re.compile(
    r"\{(?P<name>[a-z_][a-z0-9_]*)\}(?P<between>(?: (?:" + "|".join(ADJECTIVES) + r"))*) "
    r"(?P<noun>" + "|".join(sorted(NOUNS, key=len, reverse=True)) + r")\b(?: (?P<verb>" + "|".join(VERBS) + r")\b)?"
)


def counted(count: int, noun: str) -> str:
    """ "3 coins", "1 coin"."""
    return f"{count} {NOUNS[noun] if count == 1 else noun}"


def agree(template: str, values: Mapping[str, object]) -> str:
    """The template as it is said of these numbers, its places still to be filled."""
    ones = frozenset(name for name, value in values.items() if str(value) == "1")
    return _said(template, ones) if ones else template


@lru_cache(maxsize=1024)
def _said(template: str, ones: frozenset[str]) -> str:
    def one(match: re.Match[str]) -> str:
        if match["name"] not in ones:
            return match[0]
        verb = f" {VERBS[match['verb']]}" if match["verb"] else ""
        return f"{{{match['name']}}}{match['between']} {NOUNS[match['noun']]}{verb}"

    return _COUNTED.sub(one, template)
