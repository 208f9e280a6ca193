"""A Safe as a node says it is, held against the Safe that is registered: every difference by name (check E10).

- Owners, threshold, version, singleton and fallback handler are the roster's; the next nonce is the instruction's.
- The code of the singleton is that of the registered release, the code of the proxy that of any release: a Safe that was
  upgraded keeps the proxy it was made with. Both by hash (`ethereum.deployments`).
- Modules and guards act beside the owners and cannot be registered: there may be none.
- A batch runs MultiSendCallOnly as the Safe: its code is the release's. Whoever calls an address without code has succeeded.
- Beyond that a Safe keeps nothing: `storage_roots` is what its storage hashes to where nobody acts whom no view names.
- A fallback handler is a released one, whatever is registered: through any other somebody may act for the Safe.

    >>> [each.code for each in differences(state, vault, roster, nonce=7)]
    ['E10.modules']
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from countersign.ethereum import safe_storage
from countersign.ethereum.abi import Address
from countersign.ethereum.deployments import FALLBACK_HANDLERS, MULTI_SEND_CODE, PROXY_CODE, SINGLETON_CODE
from countersign.ethereum.safe import SafeVersion
from countersign.ethereum.safe_storage import FALLBACK_HANDLER_SLOT, GUARD_SLOT, MODULE_GUARD_SLOT
from countersign.ethereum.storage_root import root
from countersign.formats import eip55
from countersign.rails import ethereum
from countersign.settlement.roster import Roster, SafeVault
from countersign.settlement.safe_state import SafeState

NONE = "none"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a Safe's state in words: what it should be, what the node says it is, and whether they agree.

    `code` is the reason of a refusal where they do not.
    """

    code: str
    expected: str
    found: str
    agrees: bool

    @property
    def name(self) -> str:
        """ "singleton code", for evidence."""
        return self.code.partition(".")[2].replace("-", " ")


def parts(found: SafeState, vault: SafeVault, roster: Roster, nonce: int, *, batch: bool = False) -> tuple[Part, ...]:
    """Every part of E10, in the order in which a person would look: what runs, who owns, who else acts, what is next.

    `batch`: whether the Safe is to run its release's MultiSendCallOnly.
    """
    return tuple(_parts(found, vault, roster, nonce)) + ((_multi_send(found, vault),) if batch else ())


def differences(found: SafeState, vault: SafeVault, roster: Roster, nonce: int) -> tuple[Part, ...]:
    """The parts that drifted from what is registered."""
    return tuple(each for each in parts(found, vault, roster, nonce) if not each.agrees)


def storage_roots(found: SafeState) -> frozenset[str]:
    """What the storage of a Safe hashes to (`0x…`) that keeps what it says, has neither module nor guard, and keeps nothing else.

    One root; and what a node for tests makes of the same, which counts slots of zero that were looked at: a slot of zero says
    nothing, so that each root is of no other Safe's. Malformed as addresses in EIP-55.
    """
    handler = None if found.fallback_handler is None else Address(eip55.parse(found.fallback_handler))
    owners = [Address(eip55.parse(each)) for each in found.owners]
    singleton = Address(eip55.parse(found.singleton))
    kept = safe_storage.kept(singleton, owners, found.threshold, handler, found.nonce)
    empty = [each for each in (GUARD_SLOT, MODULE_GUARD_SLOT, FALLBACK_HANDLER_SLOT) if not any(kept.get(each, b""))]
    looked_at = (chosen for count in range(len(empty) + 1) for chosen in combinations(empty, count))
    return frozenset("0x" + root(kept, each).hex() for each in looked_at)


def _parts(found: SafeState, vault: SafeVault, roster: Roster, nonce: int) -> Iterator[Part]:
    owners = tuple(sorted(eip55.checksum(each) for each in ethereum.owners(vault, roster)))
    singletons = SINGLETON_CODE.get(SafeVersion.parse(vault.version), {})
    released = {code: f"{name} {vault.version}" for name, code in singletons.items()}
    proxies = {code: f"{name} {version}" for version, codes in PROXY_CODE.items() for name, code in codes.items()}
    yield _same("E10.singleton", vault.singleton, found.singleton)
    yield _code("E10.singleton-code", released, found.singleton_code)
    yield _code("E10.proxy-code", proxies, found.proxy_code)
    yield _same("E10.version", vault.version, found.version)
    yield _same("E10.owners", ", ".join(owners), ", ".join(sorted(found.owners)))
    yield _same("E10.threshold", str(vault.threshold), str(found.threshold))
    yield _same("E10.modules", NONE, ", ".join(found.modules) or NONE)
    yield _same("E10.guard", NONE, found.guard or NONE)
    yield _same("E10.module-guard", NONE, found.module_guard or NONE)
    yield _handler(vault.fallback_handler or NONE, found.fallback_handler or NONE)
    yield _same("E10.nonce", str(nonce), str(found.nonce))


def _same(code: str, expected: str, found: str) -> Part:
    return Part(code, expected, found, expected == found)


def _handler(registered: str, found: str) -> Part:
    """The registered handler; but one that is no released handler by a reason of its own."""
    if found == registered and found not in (NONE, *FALLBACK_HANDLERS):
        return Part(
            "E10.handler",
            "a CompatibilityFallbackHandler or TokenCallbackHandler of Safe's, or none",
            found,
            agrees=False,
        )
    return _same("E10.fallback-handler", registered, found)


def _multi_send(found: SafeState, vault: SafeVault) -> Part:
    """The release's own code stands there; where nothing stood, a batch would count as executed and move nothing."""
    version = SafeVersion.parse(vault.version)
    released = {code: f"MultiSendCallOnly {version}" for code in (MULTI_SEND_CODE.get(version),) if code is not None}
    return _code("E10.multi-send-code", released, found.multi_send_code or NONE)


def _code(reason: str, known: dict[str, str], found: str) -> Part:
    """One of several codes: the one that it is where it is one of them, else all that it might be."""
    if found in known:
        return Part(reason, f"{found} ({known[found]})", f"{found} ({known[found]})", agrees=True)
    released = " or ".join(f"{code} ({title})" for code, title in known.items())
    return Part(reason, released or "the code of a release", found, agrees=False)
