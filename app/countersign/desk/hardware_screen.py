"""What a hardware wallet shows of the Safe transactions of one call, to be compared with its screen, figure by figure.

- Computed from the fields, never taken from the file: domain hash, message hash, safeTxHash, and the digest of the call
  data by itself (ERC-8213).
- A hash that only a Safe before 1.3.0 explains is shown as such a Safe's owners would see it; it is refused all the same.

    >>> screen("safe_tx.json", claim).digests[0]
    ('domain-hash', '1cf7f9b1…')
"""

from countersign.desk.reports import HardwareScreen
from countersign.ethereum.safe import ClaimedSafeTx, version_that_explains, with_version
from countersign.formats import eip55


def screen(about: str, claim: ClaimedSafeTx) -> HardwareScreen:
    """What the device shows for this transaction."""
    explained = version_that_explains(claim)
    tx = claim.tx if explained is None else with_version(claim.tx, explained)
    digests = (
        ("domain-hash", tx.domain_hash),
        ("message-hash", tx.message_hash),
        ("safe-tx-hash", tx.digest),
        ("calldata-digest", tx.calldata_digest),
    )
    return HardwareScreen(
        about, tx.chain_id, eip55.checksum(tx.safe), tx.nonce, tuple((name, value.hex()) for name, value in digests)
    )
