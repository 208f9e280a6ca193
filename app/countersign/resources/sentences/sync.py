"""What the adapters of `sync/` say."""

SENTENCES: dict[str, tuple[str, str]] = {
    "sync.memory": (
        "The witness cannot read or write what it remembers ({why}), so it signs nothing.",
        "See that its folder exists, has room and may be written, then try again. Nothing was lost.",
    ),
}
