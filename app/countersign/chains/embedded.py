"""What both chains of the demonstration have in common: the words with which they refuse what they do not know.

A real node may take what an embedded chain calls unsupported; an embedded chain takes nothing that a node refuses.
The list of everything unsupported is `docs/chains.md`, and tests/real/ hold it against real nodes.

    >>> unsupported("a delegate call")
    "not supported by the demonstration's chain: a delegate call"
"""

UNSUPPORTED = "not supported by the demonstration's chain: "


def unsupported(what: str) -> str:
    """The reason for refusing `what`, which a real node might accept."""
    return UNSUPPORTED + what
