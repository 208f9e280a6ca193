"""Why a deadline bites, and what to do before it."""

SENTENCES: dict[str, tuple[str, str]] = {
    "settlement.act-by-coins": (
        "The request to sign ends then; until then the coins of the vault {vault} are kept for it.",
        "Sign or refuse before; after it, operations prepares it again.",
    ),
    "settlement.act-by-nonce": (
        "The request to sign ends then; until then the next number of the Safe {vault} is kept for it.",
        "Sign or refuse before; after it, operations prepares it again.",
    ),
    "settlement.act-by-cut-off": (
        "The next cycle is cut off then.",
        "What is not held by then waits for the cycle after it.",
    ),
    "settlement.act-by-top-up": (
        "Until then {name} may bring what it lacks of {asset}; then the cycle closes without this contract.",
        "Tell the deliverer, and place the hold when the deposit is credited.",
    ),
    "settlement.act-by-dispute": (
        "Until then a party may dispute what was delivered.",
        "Nothing is due from you; afterwards the settlement stands.",
    ),
    "settlement.act-by-certification": (
        "The certification of {name} ends then; afterwards its new contracts cannot be endorsed.",
        "Endorse before, or renew the certification.",
    ),
    "settlement.act-by-settle": ("The contract must be settled by then.", "Sign or refuse before."),
}
