"""What a good node would say of a registered Safe, for tests that have no node."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from countersign.errors import CountersignError, Unavailable
from countersign.ethereum.deployments import MULTI_SEND_CODE, PROXY_CODE, SINGLETON_CODE
from countersign.ethereum.safe import SafeVersion
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.rails import ethereum, safe_state
from countersign.settlement import attesting
from countersign.settlement.roster import Roster, SafeVault
from countersign.settlement.safe_state import ChainSnapshot, SafeState
from countersign.settlement.state import State

BLOCK_SECONDS = 12


def registered(vault: SafeVault, roster: Roster, nonce: int = 0, **changes: object) -> SafeState:
    """The Safe exactly as it is registered, its list in an order of its own, with this next nonce; changed."""
    version = SafeVersion.parse(vault.version)
    found = SafeState(
        address=vault.address,
        proxy_code=next(iter(PROXY_CODE[version].values())),
        singleton=vault.singleton,
        singleton_code=next(iter(SINGLETON_CODE[version].values())),
        multi_send_code=MULTI_SEND_CODE[version],
        version=vault.version,
        owners=tuple(eip55.checksum(owner) for owner in reversed(ethereum.owners(vault, roster))),
        threshold=vault.threshold,
        modules=(),
        guard=None,
        module_guard=None,
        fallback_handler=vault.fallback_handler,
        nonce=nonce,
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def at(chain: str, seconds: int, *safes: SafeState) -> ChainSnapshot:
    """These Safes at the block of a moment: one block every twelve seconds."""
    number = seconds // BLOCK_SECONDS
    block = "0x" + keccak256(f"block {number}".encode()).hex()
    ordered = tuple(sorted(safes, key=lambda each: each.address))
    return ChainSnapshot(chain, number, block, number * BLOCK_SECONDS, ordered)


def of_cycle(state: State, cycle: str, seconds: int) -> tuple[ChainSnapshot, ...]:
    """What two officers' nodes say of the Safes of a cycle, or of an order, each with the nonce of its instruction."""
    nonces = {each.group.vaults[0]: each.nonce or 0 for each in attesting.live(state, cycle)}
    return tuple(
        at(chain, seconds, *(registered(vault, state.roster, nonces[vault.id]) for vault in vaults))
        for chain, vaults in attesting.safes(state, cycle).items()
    )


class StatedNode:
    """A node that says of Safes what is registered, each with nonce 0: `desk.ports.EthereumNode` as far as E10 asks.

    `changes` alter every Safe it speaks of, `root` is what the storage of each hashes to, `silent` is raised instead of an
    answer, `asked` counts the reads.
    """

    def __init__(self, chain: str, state: Callable[[], State], seconds: Callable[[], int]) -> None:
        self._chain = chain
        self._state = state
        self._seconds = seconds
        self._blocks: dict[str, int] = {}
        self.changes: dict[str, object] = {}
        self.silent: CountersignError | None = None
        self.asked = 0
        self.root: str | None = None

    async def reach(self, seconds: int) -> None:
        """The chain of this node has the block of that moment."""
        self._blocks[at(self._chain, seconds).block] = seconds

    async def storage_root(self, place: str, block: str) -> str:
        """That of the Safe it speaks of, or of one that keeps something more."""
        (found,) = (await self.safe_states((place,), block)).safes
        return self.root or min(safe_state.storage_roots(found))

    async def safe_states(self, safes: Sequence[str], block: str | None = None) -> ChainSnapshot:
        self.asked += bool(safes)
        if self.silent is not None:
            raise self.silent
        if block is not None and block not in self._blocks:
            raise Unavailable("chains.no-block", block=block)
        roster = self._state().roster
        known = {each.address: each for each in roster.vaults.values() if isinstance(each, SafeVault)}
        found = [registered(known[each], roster, **self.changes) for each in safes]  # type: ignore[arg-type]
        snapshot = at(self._chain, self._blocks[block] if block is not None else self._seconds(), *found)
        await self.reach(snapshot.time)
        return snapshot
