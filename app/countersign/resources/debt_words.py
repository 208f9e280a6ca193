"""Why the custodian owes something, in plain words for window and terminal alike.

because("failed", "Ethereum") == "its leg on Ethereum failed after another leg was delivered"
"""

from countersign.resources.text import fill

REASONS = {
    "failed": "its leg on {chain} failed after another leg was delivered",
    "reorganised": "what was confirmed on {chain} is not confirmed there any more",
}
NO_UNIT = "A break is a record of what is owed: no unit moves for it, and it is in no balance."


def because(cause: str, chain: str) -> str:
    """Why, with the chain's name."""
    return fill(REASONS[cause], {"chain": chain})
