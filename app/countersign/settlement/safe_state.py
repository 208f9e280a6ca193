"""What one Ethereum node says of some Safes at one block: who owns them, what code they run, who else may act for them.

- Everything of one chain is read at one block, named by number and hash; its age is the age of that block.
- It is a node's word, not proved here: one console's own node tells its officer, two officers' nodes tell a cold machine
  (`state.attested`). `rails.safe_state` holds it against the roster (check E10).
- Addresses in EIP-55, code hashes and the block's in lower-case hex with 0x; null where there is none. Owners stand in the
  Safe's own order (`getOwners()`), which a call that takes one out goes by; modules ascend.

    {"chain":"eip155:1","number":21000000,"block":"0x…","time":"2026-11-22T09:00:11Z","safes":[{"address":"0x…",
     "proxy_code":"0x…","singleton":"0x…","singleton_code":"0x…","multi_send_code":"0x…","version":"1.4.1","owners":["0x…"],
     "threshold":2,"modules":[],"guard":null,"module_guard":null,"fallback_handler":"0x…","nonce":7}]}
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from countersign.errors import Malformed
from countersign.formats import times
from countersign.settlement import readers

SNAPSHOT_SECONDS = 3_600
"""How old a snapshot may be where a node can be asked (CHECKS.md, E10), in seconds."""
AHEAD_SECONDS = 300
"""How far a block's time may lie ahead of the moment it is judged at: clocks differ, by no more than this."""
MOST = 10**9
"""No block number, threshold or nonce of a real chain comes near it."""


@dataclass(frozen=True, slots=True)
class SafeState:
    """One Safe. `guard`, `module_guard`, `fallback_handler`: None where the Safe has none.

    `multi_send_code`: what stands on its chain where its release's MultiSendCallOnly is; None where nothing does.
    """

    address: str
    proxy_code: str
    singleton: str
    singleton_code: str
    multi_send_code: str | None
    version: str
    owners: tuple[str, ...]
    threshold: int
    modules: tuple[str, ...]
    guard: str | None
    module_guard: str | None
    fallback_handler: str | None
    nonce: int


@dataclass(frozen=True, slots=True)
class ChainSnapshot:
    """Some Safes at one block of one chain (CAIP-2). `time`: the block's own, unix seconds."""

    chain: str
    number: int
    block: str
    time: int
    safes: tuple[SafeState, ...]

    def of(self, address: str) -> SafeState | None:
        """The Safe at this address, if it is in the snapshot."""
        return next((each for each in self.safes if each.address == address), None)

    def age(self, seconds: int) -> int:
        """How old it is at a moment (unix seconds); negative for a block that lies ahead of it."""
        return seconds - self.time


@dataclass(frozen=True, slots=True)
class SafeSeen:
    """A Safe's next nonce at the newest block at which two officers attested it; `time`: the block's own, unix seconds."""

    number: int
    nonce: int
    time: int


_SAFE: dict[str, readers.Reader[object]] = {
    "address": readers.ethereum_address,
    "proxy_code": readers.ethereum_hash,
    "singleton": readers.ethereum_address,
    "singleton_code": readers.ethereum_hash,
    "multi_send_code": readers.nullable(readers.ethereum_hash),
    "version": readers.identifier,
    "owners": readers.distinct(readers.ethereum_address, minimum=1, maximum=100),
    "threshold": readers.integer(0, MOST),
    "modules": readers.ascending(readers.ethereum_address, maximum=100),
    "guard": readers.nullable(readers.ethereum_address),
    "module_guard": readers.nullable(readers.ethereum_address),
    "fallback_handler": readers.nullable(readers.ethereum_address),
    "nonce": readers.integer(0, MOST),
}


def _safe(value: object, where: str) -> SafeState:
    return SafeState(**readers.record(value, where, _SAFE))


def read(value: object, where: str) -> ChainSnapshot:
    """One chain's Safes, ascending by address. Malformed."""
    fields: dict[str, readers.Reader[object]] = {
        "chain": readers.chain,
        "number": readers.integer(0, MOST),
        "block": readers.ethereum_hash,
        "time": readers.moment,
        "safes": readers.array(_safe, minimum=1, maximum=1_000),
    }
    found = ChainSnapshot(**readers.record(value, where, fields))
    _require_ascending([each.address for each in found.safes], f"{where}.safes")
    if not found.chain.startswith("eip155:"):
        raise Malformed("settlement.vault-chain", where=f"{where}.chain")
    return found


def read_all(value: object, where: str) -> tuple[ChainSnapshot, ...]:
    """One snapshot a chain, ascending by chain. Malformed."""
    found = readers.array(read, maximum=100)(value, where)
    _require_ascending([each.chain for each in found], where)
    return found


def _require_ascending(names: list[str], where: str) -> None:
    if names != sorted(set(names)):
        raise Malformed("settlement.not-ascending", where=where)


def bodies(snapshots: Iterable[ChainSnapshot]) -> list[Mapping[str, object]]:
    """The snapshots as they stand in an event."""
    return [
        {
            "chain": each.chain,
            "number": each.number,
            "block": each.block,
            "time": times.text(each.time),
            "safes": [
                {name: list(value) if isinstance(value := getattr(safe, name), tuple) else value for name in _SAFE}
                for safe in each.safes
            ],
        }
        for each in snapshots
    ]
