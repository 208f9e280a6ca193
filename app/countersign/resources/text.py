"""From a code and its values to the words that a person reads: the only way there is (DESIGN §5, §10).

- `sentence` says what happened, `next_step` what to do now. Neither ever raises: a code without a sentence, or a
  sentence without its value, still gives plain words.
- English lives in `sentences/*.py`, found by being there; a code in two modules is refused at import.
- Translations come from gettext catalogues in `locale/` under the shipped files; the English text is the message id.
- Values come from outside: every control and format character is spelt out, and braces in them mean nothing. Only
  `{name}` is replaced; there are no attributes, indices or formats to abuse.

    sentence("T4.depth", {"limit": 16}) == "The data is nested deeper than 16 levels."
"""

import gettext
import pkgutil
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import import_module

from countersign.resources import sentences
from countersign.resources.counting import agree
from countersign.resources.location import data_path
from countersign.resources.visible import visible

DOMAIN = "countersign"
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_UNKNOWN = (
    "This was stopped by the rule {code}.",
    "Keep the evidence and ask whoever looks after this console what {code} means.",
)


def merged(parts: Iterable[tuple[str, Mapping[str, tuple[str, str]]]]) -> dict[str, tuple[str, str]]:
    """All sentences of (module name, SENTENCES). Raises ValueError if a code has two homes: that is a bug of ours."""
    result: dict[str, tuple[str, str]] = {}
    home: dict[str, str] = {}
    for module, table in parts:
        for code, texts in table.items():
            if code in home:
                raise ValueError(f"the code {code} has a sentence in {home[code]} and in {module}")
            home[code] = module
            result[code] = texts
    return result


def _discovered() -> Iterable[tuple[str, Mapping[str, tuple[str, str]]]]:
    for module in sorted(each.name for each in pkgutil.iter_modules(sentences.__path__)):
        yield module, import_module(f"{sentences.__name__}.{module}").SENTENCES


SENTENCES: Mapping[str, tuple[str, str]] = merged(_discovered())


@lru_cache(maxsize=8)
def _catalogue(languages: tuple[str, ...] | None) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, str(data_path("locale")), languages=languages, fallback=True)


def translate(message: str, languages: tuple[str, ...] | None = None) -> str:
    """The message in the first of `languages` (of the environment if None) that has it, else as it is."""
    return _catalogue(languages).gettext(message)


def said(template: str, values: Mapping[str, object], languages: tuple[str, ...] | None = None) -> str:
    """The template, translated; in English in the singular where a number of it is 1 (`counting`). Its places are still open."""
    found = translate(template, languages)
    return agree(found, values) if found == template else found


def sentence(code: str, values: Mapping[str, object], languages: tuple[str, ...] | None = None) -> str:
    """What happened, in words. `values` are an error's or a finding's. Never raises."""
    return _words(code, 0, values, languages)


def next_step(code: str, values: Mapping[str, object], languages: tuple[str, ...] | None = None) -> str:
    """What to do next, in words. Never raises."""
    return _words(code, 1, values, languages)


def _words(code: str, which: int, values: Mapping[str, object], languages: tuple[str, ...] | None) -> str:
    return fill(SENTENCES.get(code, _UNKNOWN)[which], {"code": code, **values}, languages)


def fill(template: str, values: Mapping[str, object], languages: tuple[str, ...] | None = None) -> str:
    """A template of ours, translated, with its values made visible in place of their names. Never raises."""

    def value(match: re.Match[str]) -> str:
        return visible(str(values[match[1]])) if match[1] in values else "(not given)"

    return _PLACEHOLDER.sub(value, said(template, values, languages))
