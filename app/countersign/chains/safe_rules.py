"""What Safe.sol 1.4.1 makes of a `signatures` argument: `checkNSignatures`, with the contract's own reasons.

- at least `threshold` × 65 bytes (GS020); only the first `threshold` signatures are looked at, what follows is ignored;
- v 27 and 28: ecrecover over the digest; v above 30: over the eth_sign text, v less 4; high S is admitted;
- v 0: a contract's signature (GS021, GS022), v 1: an approved hash (GS025). Owners of this chain are plain accounts
  that never approved anything, so both are always refused;
- whoever signed is an owner, and owners strictly ascend (GS026).

This is what the contract does, not what custody may do: `ethereum.signatures` is stricter (E9).

    >>> signed(EmbeddedSafe((Address(b"\\1" * 20),), 1), Digest(bytes(32)), b"")
    'GS020'
"""

from dataclasses import dataclass, field

from countersign.ethereum import deployments
from countersign.ethereum.abi import ZERO_ADDRESS, Address, Digest
from countersign.ethereum.owners import OwnerList
from countersign.ethereum.safe import CURRENT
from countersign.ethereum.safe_storage import SENTINEL
from countersign.ethereum.signatures import LENGTH, Kind, kind, recovered_for_display


@dataclass(slots=True)
class EmbeddedSafe:
    """One Safe 1.4.1 as the chain keeps it: owners in its own order, threshold, next nonce.

    What follows are those parts of a real Safe that this chain keeps and shows and does not act by: modules and guards
    call nobody here. Code hashes are those of the release.
    """

    owners: tuple[Address, ...]
    threshold: int
    nonce: int = 0
    version: str = str(CURRENT)
    singleton: Address = deployments.canonical("Safe", CURRENT).address
    singleton_code: str = deployments.SINGLETON_CODE[CURRENT]["Safe"]
    proxy_code: str = deployments.PROXY_CODE[CURRENT]["SafeProxy"]
    fallback_handler: Address | None = deployments.canonical("CompatibilityFallbackHandler", CURRENT).address
    modules: tuple[Address, ...] = ()
    guard: Address | None = None
    module_guard: Address | None = None
    hidden: dict[bytes, bytes] = field(default_factory=dict)  # what else its storage holds, slot → word
    executed: tuple[int, ...] = ()  # the heights of the blocks that used up a nonce
    former: tuple[tuple[int, OwnerList], ...] = ()  # whose it was before the block of that height, ascending

    @property
    def owned(self) -> OwnerList:
        """Its owners in its own order, and the threshold."""
        return OwnerList(self.owners, self.threshold)

    def owned_at(self, height: int) -> OwnerList:
        """The same at the end of a block."""
        return next((owned for until, owned in self.former if height < until), self.owned)

    def pass_to(self, owned: OwnerList, height: int) -> None:
        """It is theirs from the block of this height on."""
        if owned != self.owned:
            self.former = (*self.former, (height, self.owned))
            self.owners, self.threshold = owned.owners, owned.threshold


def signed(safe: EmbeddedSafe, digest: Digest, blob: bytes) -> str | None:
    """None if the Safe accepts these signatures over its own digest, else the contract's reason."""
    if len(blob) < safe.threshold * LENGTH:
        return "GS020"
    last = ZERO_ADDRESS
    for index in range(safe.threshold):
        signature = blob[index * LENGTH : (index + 1) * LENGTH]
        found = kind(signature)
        if found is Kind.CONTRACT:
            return _contract(signature, safe.threshold, len(blob))
        if found is Kind.APPROVED_HASH:
            return "GS025"
        owner = recovered_for_display(digest, signature)
        if owner is None or owner <= last or owner not in safe.owners or owner == SENTINEL:
            return "GS026"
        last = owner
    return None


def _contract(signature: bytes, threshold: int, length: int) -> str:
    """A contract signature, whose owner has no code here; the reasons in the contract's order."""
    start = int.from_bytes(signature[32:64], "big")
    if start < threshold * LENGTH:
        return "GS021"
    return "GS022" if start + 32 > length else "execution reverted"
