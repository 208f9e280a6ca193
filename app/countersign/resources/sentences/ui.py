"""What the window itself says no to."""

SENTENCES: dict[str, tuple[str, str]] = {
    "ui.secret-cancelled": (
        "No PIN was given, so the token was not asked.",
        "Unlock the token when you are ready. No try was used up.",
    ),
    "ui.bug": (
        "Countersign met an error of its own that nobody foresaw.",
        "Give the kept evidence to whoever looks after this console, then start it again.",
    ),
}
