"""What a person chose for the window on this machine (the theme), in one small file; and what this program is made of.

- The file holds nothing of a desk and no secret. One that cannot be read counts as empty; one that cannot be written leaves
  the choice to this window.

    {"theme":"dark"}
"""

from collections.abc import Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import platformdirs

from countersign.errors import Malformed
from countersign.formats import jcs, strict_json
from countersign.ui.presenters.instruments import Part

_LICENCE = "License :: OSI Approved :: "
_LIMIT = 64 << 10


def file_of_this_machine() -> Path:
    """Where the preferences of this person on this machine lie."""
    return Path(platformdirs.user_config_dir("countersign")) / "window.json"


class FilePreferences:
    """Preferences in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept = dict(_read(file))

    def get(self, key: str, default: str) -> str:
        """What was put, or the default."""
        return self._kept.get(key, default)

    def put(self, key: str, value: str) -> None:
        """Remember it."""
        self._kept[key] = value
        with suppress(OSError):  # a machine without a place to write remembers until the window closes
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file.write_bytes(jcs.encode(dict(self._kept)))


def _read(file: Path) -> Mapping[str, str]:
    try:
        found = strict_json.parse(file.read_bytes(), limit=_LIMIT)
    except (OSError, Malformed):
        return {}
    items = found.items() if isinstance(found, dict) else ()
    return {key: value for key, value in items if isinstance(value, str)}


def parts() -> tuple[Part, ...]:
    """Countersign and every distribution that it is installed with, by name: version and licence as they declare them."""
    found = {each.metadata["Name"].casefold(): each for each in metadata.distributions()}
    ours = found.pop("countersign", None)
    others = [found[name] for name in sorted(found)]
    return tuple(_part(each) for each in ([ours] if ours is not None else []) + others)


def _part(each: metadata.Distribution) -> Part:
    told = _first(each, "License-Expression") or _classified(each) or _first(each, "License") or "—"
    return Part(each.metadata["Name"], each.version, told.strip().split("\n")[0][:80])


def _first(each: metadata.Distribution, field: str) -> str:
    return next(iter(each.metadata.get_all(field) or []), "")


def _classified(each: metadata.Distribution) -> str:
    named = each.metadata.get_all("Classifier") or []
    return ", ".join(text.removeprefix(_LICENCE) for text in named if text.startswith(_LICENCE))
