"""`python -m countersign`: the console, or one of its commands."""

import sys


def main() -> None:
    """The entry point of the `countersign` command."""
    from countersign.bootstrap.commands import main as command

    sys.exit(command(sys.argv[1:]))


if __name__ == "__main__":
    main()
