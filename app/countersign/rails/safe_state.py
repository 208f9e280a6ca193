"""A Safe as a node says it is, held against the Safe that is registered: every difference by name (check E10).

- Owners, threshold, version, singleton and fallback handler are the roster's; the next nonce is the instruction's.
- The code of the singleton is that of the registered release, the code of the proxy that of any release: a Safe that was
  upgraded keeps the proxy it was made with. Both by hash (`ethereum.deployments`).
- Modules and guards act beside the owners and cannot be registered: there may be none.

    >>> [each.code for each in differences(state, vault, roster, nonce=7)]
    ['E10.modules']
"""

from collections.abc import Iterator
from dataclasses import dataclass

from countersign.ethereum.deployments import PROXY_CODE, SINGLETON_CODE
from countersign.ethereum.safe import SafeVersion
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


def parts(found: SafeState, vault: SafeVault, roster: Roster, nonce: int) -> tuple[Part, ...]:
    """Every part of E10, in the order in which a person would look: what runs, who owns, who else acts, what is next."""
    return tuple(_parts(found, vault, roster, nonce))


def differences(found: SafeState, vault: SafeVault, roster: Roster, nonce: int) -> tuple[Part, ...]:
    """The parts that drifted from what is registered."""
    return tuple(each for each in parts(found, vault, roster, nonce) if not each.agrees)


def _parts(found: SafeState, vault: SafeVault, roster: Roster, nonce: int) -> Iterator[Part]:
    owners = tuple(sorted(eip55.checksum(each) for each in ethereum.owners(vault, roster)))
    singletons = SINGLETON_CODE.get(SafeVersion.parse(vault.version), {})
    released = {code: f"{name} {vault.version}" for name, code in singletons.items()}
    proxies = {code: f"{name} {version}" for version, codes in PROXY_CODE.items() for name, code in codes.items()}
    yield _same("E10.singleton", vault.singleton, found.singleton)
    yield _code("E10.singleton-code", released, found.singleton_code)
    yield _code("E10.proxy-code", proxies, found.proxy_code)
    yield _same("E10.version", vault.version, found.version)
    yield _same("E10.owners", ", ".join(owners), ", ".join(found.owners))
    yield _same("E10.threshold", str(vault.threshold), str(found.threshold))
    yield _same("E10.modules", NONE, ", ".join(found.modules) or NONE)
    yield _same("E10.guard", NONE, found.guard or NONE)
    yield _same("E10.module-guard", NONE, found.module_guard or NONE)
    yield _same("E10.fallback-handler", vault.fallback_handler or NONE, found.fallback_handler or NONE)
    yield _same("E10.nonce", str(nonce), str(found.nonce))


def _same(code: str, expected: str, found: str) -> Part:
    return Part(code, expected, found, expected == found)


def _code(reason: str, known: dict[str, str], found: str) -> Part:
    """One of several codes: the one that it is where it is one of them, else all that it might be."""
    if found in known:
        return Part(reason, f"{found} ({known[found]})", f"{found} ({known[found]})", agrees=True)
    released = " or ".join(f"{code} ({title})" for code, title in known.items())
    return Part(reason, released or "the code of a release", found, agrees=False)
