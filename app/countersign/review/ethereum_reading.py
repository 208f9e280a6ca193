"""What several Ethereum checks read of a case: the claim, its decoded facts, and the Safe that pays."""

from countersign.ethereum import inspect
from countersign.ethereum.inspect import Facts
from countersign.ethereum.safe import ClaimedSafeTx
from countersign.review.reading import Reading
from countersign.settlement.roster import SafeVault


def claim_of(reading: Reading) -> ClaimedSafeTx | None:
    """The Safe transaction under review; None where there is none that parses."""
    return reading.safe_tx if isinstance(reading.safe_tx, ClaimedSafeTx) else None


def facts_of(reading: Reading) -> Facts | None:
    """What the Safe transaction under review would do; None where there is none that parses."""
    claim = claim_of(reading)
    return inspect.read(claim.tx) if claim is not None else None


def safe_of(reading: Reading) -> SafeVault | None:
    """The registered Safe that pays; None where nothing is registered or owed."""
    return next((vault for vault in reading.vaults if isinstance(vault, SafeVault)), None)
