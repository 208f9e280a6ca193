"""What is said of a kept state whose bytes are not right. Consoles throw such a one away and replay the whole log."""

_AGAIN = "Nothing is lost: open the profile again, and the state is made anew from the whole log."

SENTENCES: dict[str, tuple[str, str]] = {
    "settlement.snapshot-ends": ("The kept state ends too early, after {position} bytes.", _AGAIN),
    "settlement.snapshot-form": (
        "The kept state is not in its one form: at byte {position}, {expected} is wanted.",
        _AGAIN,
    ),
    "settlement.snapshot-schema": (
        "The kept state was written by another version of this program ({found}, here {expected}).",
        _AGAIN,
    ),
}
