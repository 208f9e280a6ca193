"""What keeps a desk from doing by itself what is due, and what to do next."""

SENTENCES: dict[str, tuple[str, str]] = {
    "desk.round-unwitnessed": (
        "The log's newest entries ({count}) are not witnessed yet, so the desk logs nothing further by itself.",
        "Look whether the witnesses can be reached; the desk asks them again on its next round.",
    ),
}
