"""Where the files are that are shipped with the program: the top-level `resources/` folder.

- In a source tree it is `resources/` beside `app/`; installed, it is `data/` inside this package.
- Paths given are relative, with forward slashes, and come from our own code only.
"""

from functools import lru_cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@lru_cache(maxsize=1)
def data_root() -> Path:
    """The folder of shipped files, whether or not it exists."""
    installed = _PACKAGE / "data"
    return installed if installed.is_dir() else _PACKAGE.parents[2] / "resources"


def data_path(relative: str) -> Path:
    """The path of one shipped file; it is not looked at. Raises ValueError for a path that leaves the folder."""
    root = data_root()
    path = (root / relative).resolve()
    if not path.is_relative_to(root.resolve()):
        raise ValueError(f"not a path inside the shipped files: {relative}")
    return path
