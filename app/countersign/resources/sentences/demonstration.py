"""What the demonstration says when its story cannot go on."""

_RUN_AGAIN = "Run the demonstration again; if it stops at the same place, keep what it printed and report it."

SENTENCES: dict[str, tuple[str, str]] = {
    "demonstration.books": (
        "The books do not balance: {vault} has {ledger} in the ledger and {chain} on its chain.",
        _RUN_AGAIN,
    ),
    "demonstration.cannot-write": (
        "The directory {folder} cannot be written: {why}.",
        "Name another place, or make room there; nothing is left of this run.",
    ),
    "demonstration.no-display": (
        "No window can be opened here: there is no display (DISPLAY: {display}), or a library of the display is missing.",
        "Start it where there is a display; without one use countersign demo --headless --out DIR, which plays the whole story.",
    ),
    "demonstration.no-cycle": ("The market's cycle is not closed yet.", "Play the steps before it first."),
    "demonstration.nothing-waits": (
        "Nothing of the market's cycle waits for a block.",
        "There is nothing to lift: go on.",
    ),
    "demonstration.not-founded": ("The demonstration's desk is not founded yet.", "Play the first step first."),
    "demonstration.out-not-empty": (
        "The directory {folder} exists and is not empty.",
        "Name one that does not exist or is empty; nothing was written.",
    ),
    "demonstration.phrase-differs": (
        "The cold vault's console shows other words for this desk than the desk does.",
        "Do not enrol it. In the demonstration this is a fault of the program: report it.",
    ),
    "demonstration.unfinished": (
        "The story did not come to its end; it stands at: {state}.",
        _RUN_AGAIN,
    ),
    "demonstration.vault-gone": (
        "The cold vault's process is not there; the order {order} was not carried out.",
        _RUN_AGAIN,
    ),
}
