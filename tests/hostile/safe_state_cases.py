"""Hostile states of the Safe (E10), each beside the registered one: as the console's node says it, and as two attest it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from countersign.errors import Unavailable
from countersign.ethereum import deployments
from countersign.ethereum.safe import SafeVersion
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.review.case import Case, Channel, TransportFacts
from countersign.settlement.roster import SafeVault
from countersign.settlement.safe_state import ChainSnapshot
from hostile.table import Hostile, overlaps
from support import settlement_world as world
from support.review_cases import STORY, Plan, batch_plan, story

ATTACKER = eip55.checksum(keccak256(b"attacker")[12:])
OTHER_CODE = "0x" + keccak256(b"some other code").hex()
OLD_HANDLER = "0xf48f2B2d2a534e402487b3ee7C18c33Aec0Fe5e4"
DAY = 86_400


# --- Online: what officer A's own node says


def said(ago: int = 12, **changes: object) -> Case:
    """The node's word, changed."""
    scene = story()
    return scene.safe_case(safes=scene.seen(ago, **changes))


def owners(change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Case:
    """Other owners, or the same in another way."""
    seen = story().seen()
    assert seen is not None
    return said(owners=tuple(sorted(change(seen.safes[0].owners))))


def chain(**changes: object) -> Case:
    """The snapshot itself, changed."""
    scene = story()
    seen = scene.seen()
    assert seen is not None
    return scene.safe_case(safes=replace(seen, **changes))


def at(seconds: int) -> Case:
    """The block lies exactly so many seconds back."""
    scene = story()
    return chain(time=scene.now - seconds)


def unheard(answer: object) -> Case:
    """Nobody answers."""
    return story().safe_case(safes=answer)


# --- A cold machine: what two officers attest


def by_usb(
    *officers: str, spoil: Callable[[ChainSnapshot], ChainSnapshot] | None = None, plan: Plan = STORY, **changes: Any
) -> Case:
    """Carried by USB after these officers attested; `spoil` and `changes` alter what they did. Officer A signs."""
    scene = story(plan=plan).attest(*officers) if officers else story(plan=plan)
    state = scene.state
    for name, found in state.attestations.items():
        altered = replace(found, **changes)
        if spoil is not None:
            altered = replace(altered, chains=tuple(spoil(each) for each in altered.chains))
        state = replace(state, attestations=state.attestations.set(name, altered))
    way = TransportFacts(Channel.USB, None, sender="officer-a", sequence=1)
    clock = scene.clock(confirmed=True)
    return scene.safe_case(channel=Channel.USB, transport=way, clock=clock, state=state, safes=None)


TWO = partial(by_usb, "compliance", "officer-d")


def _each_safe(seen: ChainSnapshot, **changes: object) -> ChainSnapshot:
    return replace(seen, safes=tuple(replace(each, **changes) for each in seen.safes))  # type: ignore[arg-type]


def attested(**changes: object) -> Case:
    """The Safe that two attested, changed."""
    return TWO(spoil=partial(_each_safe, **changes))


def attested_chain(**changes: object) -> Case:
    """The block at which they read it, changed."""
    return TWO(spoil=lambda seen: replace(seen, **changes))  # type: ignore[arg-type]


def attested_ago(seconds: int) -> Case:
    """They read it so many seconds before officer A signs."""
    return attested_chain(time=story().attest("compliance", "officer-d").now - seconds)


def without_keys(*, gone: bool) -> Case:
    """One of the two has no key any more."""
    case = TWO()
    assert case.state is not None
    officers = case.state.roster.officers
    if gone:
        officers = officers.set("compliance", replace(officers["compliance"], keys=()))
    return replace(case, state=replace(case.state, roster=replace(case.state.roster, officers=officers)))


DRIFTED: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("another singleton", "E10.singleton", {"singleton": ATTACKER}),
    ("other code at the singleton", "E10.singleton-code", {"singleton_code": OTHER_CODE}),
    ("a proxy of other code", "E10.proxy-code", {"proxy_code": OTHER_CODE}),
    ("another version", "E10.version", {"version": "1.3.0"}),
    ("a lower threshold", "E10.threshold", {"threshold": 1}),
    ("a module", "E10.modules", {"modules": (ATTACKER,)}),
    ("a guard", "E10.guard", {"guard": ATTACKER}),
    ("a module guard", "E10.module-guard", {"module_guard": ATTACKER}),
    ("another fallback handler", "E10.fallback-handler", {"fallback_handler": OLD_HANDLER}),
    ("no fallback handler", "E10.fallback-handler", {"fallback_handler": None}),
    ("its nonce used up", "E10.nonce", {"nonce": 1}),
)


def batched(**changes: object) -> Case:
    """A batch, and the node's word changed."""
    scene = story(plan=batch_plan())
    return scene.safe_case(safes=scene.seen(**changes))


def batch_attested(**changes: object) -> Case:
    """A batch at a cold machine; what two attested of the Safe changed."""
    spoil = partial(_each_safe, **changes)
    return by_usb("compliance", "officer-d", spoil=spoil, plan=batch_plan())


EXTENSIBLE = deployments.canonical("ExtensibleFallbackHandler", SafeVersion(1, 5, 0)).text


def handled(case: Callable[..., Case], handler: str | None) -> Case:
    """This fallback handler, both registered and found."""
    found = case(fallback_handler=handler)
    assert found.state is not None
    vault = found.state.roster.vaults["harbour-safe"]
    assert isinstance(vault, SafeVault)
    vaults = found.state.roster.vaults.set(vault.id, replace(vault, fallback_handler=handler))
    return replace(found, state=replace(found.state, roster=replace(found.state.roster, vaults=vaults)))


HANDLERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("a contract of its own", ATTACKER, ()),
    ("a token", world.USDC_ADDRESS, ("C7", "E4")),
    ("ExtensibleFallbackHandler", EXTENSIBLE, ()),
)

CASES: list[Hostile] = [
    *(Hostile("E10", name, reason, partial(said, **changes), said) for name, reason, changes in DRIFTED),
    Hostile("E10", "an owner more", "E10.owners", partial(owners, lambda them: (*them, ATTACKER)), partial(owners, tuple)),
    Hostile("E10", "an owner less", "E10.owners", partial(owners, lambda them: them[1:]), partial(owners, tuple)),
    Hostile("E10", "an owner exchanged", "E10.owners", partial(owners, lambda them: (*them[1:], ATTACKER)),
            partial(owners, tuple)),
    Hostile("E10", "another Safe", "E10.other-safe", partial(said, address=world.safe_address("meridian")),
            partial(said, address=world.safe_address("harbour"))),
    Hostile("E10", "a node of another chain", "E10.other-chain", partial(chain, chain="eip155:1"),
            partial(chain, chain=world.ETHEREUM)),
    Hostile("E10", "read an hour and a second ago", "E10.old", partial(at, 3_601), partial(at, 3_600)),
    Hostile("E10", "a block of the future", "E10.ahead", partial(at, -301), partial(at, -300)),
    Hostile("E10", "no node", "E10.no-node", partial(unheard, None), said),
    Hostile("E10", "a node that does not answer", "chains.unreachable",
            partial(unheard, Unavailable("chains.unreachable", url="http://127.0.0.1:8545", why="ClientConnectorError")), said),
    *(Hostile("E10", f"attested: {name}", reason, partial(attested, **changes), attested) for name, reason, changes in DRIFTED),
    *(
        Hostile("E10", f"{name} for its fallback handler, as registered", "E10.handler", partial(handled, said, place),
                partial(handled, said, OLD_HANDLER), overlaps(*also))
        for name, place, also in HANDLERS
    ),
    Hostile("E10", "attested: a contract of its own for its fallback handler, as registered", "E10.handler",
            partial(handled, attested, ATTACKER), partial(handled, attested, OLD_HANDLER)),
    *(
        Hostile("E10", f"{name} where the batch's MultiSendCallOnly should be", "E10.multi-send-code",
                partial(case, multi_send_code=code), case)
        for name, case, code in (
            ("nothing", batched, None), ("another code", batched, OTHER_CODE), ("attested: nothing", batch_attested, None)
        )
    ),
    Hostile("E10", "attested by nobody, by USB", "E10.not-attested", by_usb, TWO),
    Hostile("E10", "attested by who signs, by USB", "L8.attested-by-signer", partial(by_usb, "compliance", "officer-a"), TWO),
    Hostile("E10", "attested for other instructions, by USB", "L8.attested-other",
            partial(by_usb, "compliance", "officer-d", instructions=("ab" * 32,)), TWO),
    Hostile("E10", "attested by somebody who is an officer no more, by USB", "L8.attested-by-gone",
            partial(without_keys, gone=True), partial(without_keys, gone=False)),
    Hostile("E10", "attested: another Safe", "E10.other-safe", partial(attested, address=world.safe_address("meridian")),
            partial(attested, address=world.safe_address("harbour"))),
    Hostile("E10", "attested: a Safe of another chain", "E10.other-chain", partial(attested_chain, chain="eip155:1"),
            partial(attested_chain, chain=world.ETHEREUM)),
    Hostile("E10", "attested for longer than a request lives", "E10.old", partial(attested_ago, DAY + 1),
            partial(attested_ago, DAY)),
    Hostile("E10", "attested: a block of the future", "E10.ahead", partial(attested_ago, -301), partial(attested_ago, -300)),
]  # fmt: skip
