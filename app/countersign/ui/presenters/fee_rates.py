"""Where a fee rate comes from, in words."""

from countersign.desk.fee_rates import FeeRate
from countersign.ui.strings import label


def about(found: FeeRate | None) -> str:
    """What the console's node says; that a rate must be said where it has no estimate."""
    if found is None or found.estimate is None:
        return label("rate.none")
    values = {"rate": found.estimate, "blocks": found.blocks, "most": found.most}
    return label("rate.capped" if found.estimate > found.most else "rate.estimated", **values)
