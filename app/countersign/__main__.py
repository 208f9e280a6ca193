"""`python -m countersign`: the console, or one of its commands."""

import asyncio
import sys
from pathlib import Path


def main() -> None:
    """The entry point of the `countersign` command."""
    from countersign import bootstrap

    if sys.argv[1:2] == ["vault-lines"]:
        asyncio.run(bootstrap.vault_lines(Path(sys.argv[2])))


if __name__ == "__main__":
    main()
