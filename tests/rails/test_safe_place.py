"""A Safe is entered at an address of its own: not at the code that it runs on, a released contract, a token, nobody's place."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from countersign.desk.registering import amiss, require_registrable
from countersign.errors import Refused
from countersign.ethereum import deployments
from countersign.ethereum.safe import SafeVersion
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.rails.safe_place import require_own_place
from countersign.settlement import events
from countersign.settlement.roster import Roster, SafeVault
from support import settlement_world as world
from support.refusals import refused

OWN = eip55.checksum(keccak256(b"a singleton of its own")[12:])
OTHER = eip55.checksum(keccak256(b"a handler of its own")[12:])
EXTENSIBLE = deployments.canonical("ExtensibleFallbackHandler", SafeVersion(1, 5, 0)).text


def safe(**changes: object) -> SafeVault:
    found = world.founded().state.roster.vaults["harbour-safe"]
    assert isinstance(found, SafeVault)
    return replace(found, **changes)  # type: ignore[arg-type]


def roster() -> Roster:
    return world.founded().state.roster


def neighbour(address: str) -> str:
    """The same address but for its last digit."""
    return eip55.checksum(bytes.fromhex(address[2:-1] + ("0" if address[-1] != "0" else "1")))


CASES: list[tuple[str, str, Callable[[str], SafeVault]]] = [
    ("rails.safe-is-code", world.SAFE_SINGLETON, lambda at: safe(address=at)),
    ("rails.safe-is-code", OWN, lambda at: safe(address=at, singleton=OWN)),
    ("rails.safe-is-token", world.USDC_ADDRESS, lambda at: safe(address=at)),
    *(
        ("rails.safe-is-code", each.text, lambda at: safe(address=at, singleton=OWN, fallback_handler=None))
        for each in deployments.DEPLOYMENTS[:: max(1, len(deployments.DEPLOYMENTS) // 8)]
    ),
]


@pytest.mark.parametrize(("code", "address", "build"), CASES, ids=[f"{code} {at[:8]}" for code, at, _ in CASES])
def test_it_is_refused_there_and_entered_one_digit_beside(
    code: str, address: str, build: Callable[[str], SafeVault]
) -> None:
    with refused(code, Refused):
        require_own_place(build(address), roster())
    require_own_place(build(neighbour(address)), roster())


def test_another_safes_singleton_is_no_safe_either() -> None:
    found = roster()
    known = found.vaults["meridian-safe"]
    assert isinstance(known, SafeVault)
    found = replace(found, vaults=found.vaults.set(known.id, replace(known, singleton=OWN)))
    with refused("rails.safe-is-code", Refused, contract="the singleton of meridian-safe"):
        require_own_place(safe(address=OWN), found)


@pytest.mark.parametrize("handler", [OTHER, world.USDC_ADDRESS, world.SAFE_SINGLETON, EXTENSIBLE])
def test_a_handler_through_which_others_act_is_refused(handler: str) -> None:
    with refused("rails.safe-handler", Refused, vault="harbour-safe", handler=handler):
        require_own_place(safe(fallback_handler=handler), roster())
    for released in (None, *deployments.FALLBACK_HANDLERS):
        require_own_place(safe(fallback_handler=released), roster())


@pytest.mark.parametrize("number", [0, 1, 9, 0x11, 0xFFFF])
def test_nobody_can_hold_it(number: int) -> None:
    with refused("rails.safe-reserved", Refused):
        require_own_place(safe(address=eip55.checksum(number.to_bytes(20))), roster())
    require_own_place(safe(address=eip55.checksum((0x10000 + number).to_bytes(20))), roster())


def test_the_desk_the_consoles_and_whoever_audits_ask_it() -> None:
    desk = world.founded_by(world.founding_body())
    body = world.founding_body()
    _, entry = world.vault_entries("harbour")
    for at, expected in ((world.SAFE_SINGLETON, True), (neighbour(world.SAFE_SINGLETON), False)):
        vaults = [each if each["id"] != "harbour-safe" else {**entry, "address": at} for each in body["vaults"]]  # type: ignore[attr-defined]
        places = [each for each in body["destinations"] if each["vault"] != "harbour-safe"]  # type: ignore[attr-defined]
        altered = {**body, "vaults": vaults, "destinations": places}
        data = world.event_bytes("desk.founded", ["desk", "compliance", "officer-d"], altered, id="x", at=world.START)
        if expected:
            with refused("rails.safe-is-code", Refused, vault="harbour-safe"):
                require_registrable(desk.state, events.parse(data))
        else:
            require_registrable(desk.state, events.parse(data))
        known = desk.state.roster
        there = replace(known, vaults=known.vaults.set("harbour-safe", safe(address=at)))
        found = dict(amiss(replace(desk.state, roster=there)))
        assert ("harbour-safe" in found) is expected
