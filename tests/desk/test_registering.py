"""A Bitcoin vault is entered only where its descriptor reads and agrees with the roster: at the desk, and before anybody signs."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from countersign.desk import founding_paper, proposals
from countersign.desk.author import Author, Scribe
from countersign.desk.registering import amiss, objection, require_registrable
from countersign.errors import CountersignError, Refused
from countersign.formats import bech32
from countersign.keys import jws as jose
from countersign.keys.jws import Jws
from countersign.rails import wallets
from countersign.settlement import events
from countersign.settlement.roster import GAP_LIMIT
from countersign.settlement.state import State
from hostile.bitcoin_changes import on_another_network
from hostile.lost_cases import ANCHOR, NO_POINT, POINT
from support import mixed_world, ranged_world
from support import settlement_world as world
from support.crossing_world import CountedEntropy, SetClock, SoftwareToken
from support.hardware_wallet import Device, described
from support.refusals import refused

BOTH = ["compliance", "officer-d"]


def changed(**entries: object) -> events.Event:
    """A change of the roster that both administrators signed."""
    said = {"untested": "Its descriptor is what is looked at here."} if entries.get("vaults") else {}
    body = {**world.no_entries(), **said, **entries}
    return events.parse(world.event_bytes("roster.changed", BOTH, body, id="change", at=world.START))


def officers(account: int = 1) -> list[dict[str, object]]:
    """Every cosigner with the account key of another vault."""
    found = []
    for officer in world.COSIGNERS:
        entry = world.officer_entry(officer)
        entry["keys"] = [*entry["keys"], ranged_world.officer_key(officer, account)]  # type: ignore[misc]
        found.append(entry)
    return found


def pool(**changes: object) -> dict[str, object]:
    """A ranged vault of the lending pool's."""
    owner = {"lei": world.NORTHGATE, "book": "lending-pool"}
    return ranged_world.vault_entry(1, id="pool-btc", owner=owner) | changes


def _with(last: Device) -> str:
    devices = [*(ranged_world.device(each, 1) for each in world.COSIGNERS[:2]), last]
    return described(2, [each.expression for each in devices])


def _recomputed(text: str) -> str:
    keys = text.split("#")[0].removeprefix("wsh(sortedmulti(2,").removesuffix("))")
    return described(2, keys.split(","))


def _every(steps: str, threshold: int) -> str:
    return described(threshold, [ranged_world.device(each, 1).origin + steps for each in world.COSIGNERS])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (lambda: ranged_world.descriptor(1)[:-1] + "x", "bitcoin.descriptor-checksum"),
        (lambda: ranged_world.descriptor(0), "B6.other-extended-keys"),
        (lambda: _with(Device("attacker")), "B6.other-extended-keys"),
        (lambda: _with(Device(world.COSIGNERS[2], 1, network="main")), "bitcoin.mixed-networks"),
        (lambda: _every("/0/1", 2), "bitcoin.descriptor-not-ranged"),
        (lambda: _every("/<0;1>/*", 3), "B6.threshold"),
        (lambda: _recomputed(_every("/<0;1>/*", 2).replace("/1'/2'", "/2'/3'")), "bitcoin.key-origin"),
    ],
    ids=["checksum", "another vault's keys", "attacker's key", "networks", "not ranged", "quorum", "another origin"],
)  # fmt: skip
def test_a_descriptor_that_does_not_agree_is_not_entered(text: Callable[[], str], code: str) -> None:
    state = world.founded().state
    require_registrable(state, changed(officers=officers(), vaults=[pool()]))
    with pytest.raises(CountersignError) as caught:
        require_registrable(state, changed(officers=officers(), vaults=[pool(descriptor=text())]))
    assert caught.value.code == code


def test_a_proposal_shows_what_stands_against_its_vault_before_anybody_signs() -> None:
    state = world.founded().state
    good, bad = (
        proposals.Proposal(changed(officers=officers(), vaults=[pool(**altered)]))
        for altered in ({}, {"descriptor": ranged_world.descriptor(0)})
    )
    now = state.time_ms
    assert proposals.examine(state, good, now).objection is None
    found = proposals.examine(state, bad, now).objection
    assert found is not None
    assert found.code == "B6.other-extended-keys"


def test_a_founding_is_read_as_well() -> None:
    for put_in, code in ((ranged_world.put_in, None), (mixed_world.put_in, None), (_broken, "B6.other-extended-keys")):
        body = world.founding_body()
        put_in(body)
        event = events.parse(world.event_bytes("desk.founded", ["desk", *BOTH], body, id="founding", at=world.START))
        found = objection(world.EMPTY, event)
        assert (None if found is None else found.code) == code


def _broken(body: dict[str, object]) -> None:
    ranged_world.put_in(body)
    for vault in body["vaults"]:  # type: ignore[attr-defined]
        if vault["id"] == ranged_world.VAULT:
            vault["descriptor"] = ranged_world.descriptor(1)


def test_a_vault_that_stands_as_it_is_named_again_is_not_read_anew() -> None:
    """What is entered already is entered, even one whose descriptor would not be entered today."""
    fresh = changed(officers=officers(), vaults=[pool(descriptor=ranged_world.descriptor(0))])
    state = world.founded().state
    found = objection(state, fresh)
    assert found is not None
    assert found.code == "B6.other-extended-keys"
    (vault,) = fresh.body.entries.vaults  # type: ignore[union-attr]
    entered = replace(state, roster=replace(state.roster, vaults=state.roster.vaults.set(vault.id, vault)))
    require_registrable(entered, fresh)


def place(account: str, vault: str | None, owner: str = "harbour") -> dict[str, object]:
    """A destination's entry; `account` without its chain is Bitcoin's."""
    return {
        "account": account if ":" in account else f"{world.BITCOIN}:{account}",
        "owner": {"lei": world.OWNERS[owner].lei, "book": "main"},
        "vault": vault,
    }


STRAY = world.bitcoin_address("nobody", 0)
ELSEWHERE, INSIDE = "C7.destination-elsewhere", "settlement.destination-inside"


def against(state: State, *destinations: dict[str, object]) -> str | None:
    """What a console says of destinations that administrators propose, and what the desk refuses."""
    event = changed(destinations=list(destinations))
    found = proposals.examine(state, proposals.Proposal(event), state.time_ms).objection
    said = objection(state, event)
    same = said is not None and found is not None and said.code == found.code
    assert same or (said is None and (found is None or found.code == "settlement.destination-taken"))
    return None if found is None else found.code


@pytest.mark.parametrize("put_in", [lambda body: None, ranged_world.put_in, mixed_world.put_in],
                         ids=["slots", "extended keys", "mixed slots"])  # fmt: skip
def test_a_destination_lies_in_its_vault_at_one_of_its_places(put_in: Callable[[dict[str, object]], None]) -> None:
    state = ranged_world.founded(put_in).state
    vault = state.roster.vault("meridian-btc")
    wallet = wallets.of(state, vault)  # type: ignore[arg-type]
    first, last = (wallet.descriptor(wallet.numbers[each]).address("bcrt") for each in (0, -1))
    for address in (first, last):
        assert against(state, place(address, "meridian-btc", "meridian")) is None
        known = f"{world.BITCOIN}:{address}" in state.roster.destinations  # then its entry is somebody's already
        taken = "settlement.destination-taken" if known else None
        assert against(state, place(address, "harbour-btc")) == (taken or ELSEWHERE)
        assert against(state, place(address, None)) == (taken or INSIDE)
    assert against(state, place(STRAY, "meridian-btc", "meridian")) == ELSEWHERE
    assert against(state, place(STRAY, None, "meridian")) is None


@pytest.mark.parametrize(("vault", "owner"), [("harbour-btc", "harbour"), ("meridian-btc", "meridian")])
def test_no_place_is_registered_whose_keys_were_withdrawn(vault: str, owner: str) -> None:
    """Meridian's is of extended keys; what stands already, and is named again, is not looked at."""
    for gone, code in ((("officer-c",), None), (("officer-c", "officer-d"), "C7.destination-withdrawn")):
        desk = ranged_world.founded()
        for officer in gone:
            entry = world.officer_entry(officer)
            entry["keys"] = [each for each in entry["keys"] if each["purpose"] == "identity"]  # type: ignore[attr-defined]
            desk.log("roster.changed", BOTH, {**world.no_entries(), "officers": [entry]})
        found = wallets.of(desk.state, desk.state.roster.vault(vault))  # type: ignore[arg-type]
        accounts = (found.descriptor(each).address("bcrt") for each in found.numbers)
        fresh = next(each for each in accounts if f"{world.BITCOIN}:{each}" not in desk.state.roster.destinations)
        assert against(desk.state, place(fresh, vault, owner)) == code
        standing = next(each.account for each in desk.state.roster.destinations.values() if each.vault == vault)
        assert against(desk.state, place(standing, vault, owner)) is None


def test_a_place_of_extended_keys_lies_in_the_vault_as_far_as_it_is_watched() -> None:
    """A destination that nobody would ever find paid is refused as long as it is out of reach (B7)."""
    state = ranged_world.founded().state
    within, beyond = (ranged_world.address(0, index) for index in (GAP_LIMIT, GAP_LIMIT + 1))
    assert against(state, place(within, "meridian-btc", "meridian")) is None
    assert against(state, place(beyond, "meridian-btc", "meridian")) == ELSEWHERE
    used = replace(state, used_places=state.used_places.set("meridian-btc", 1))
    assert against(used, place(beyond, "meridian-btc", "meridian")) is None


def test_a_destination_in_a_vault_of_the_same_change_is_judged_by_that_vault() -> None:
    state, owner = world.founded().state, {"lei": world.NORTHGATE, "book": "lending-pool"}
    keys = [ranged_world.device(each, 1).child(0, 0) for each in world.COSIGNERS]
    inside, outside = world.multisig_address(keys), ranged_world.address(0, 0)
    for address, code in ((inside, None), (outside, ELSEWHERE)):
        entry = place(address, "pool-btc") | {"owner": owner}
        found = objection(state, changed(officers=officers(), vaults=[pool()], destinations=[entry]))
        assert (None if found is None else found.code) == code


def test_a_vault_is_not_entered_over_a_place_that_is_outside() -> None:
    desk = world.founded()
    keys = [ranged_world.device(each, 1).child(1, 7) for each in world.COSIGNERS]
    for address, code in ((STRAY, None), (world.multisig_address(keys), INSIDE)):
        desk.log("roster.changed", BOTH, {**world.no_entries(), "destinations": [place(address, None)]})
        found = objection(desk.state, changed(officers=officers(), vaults=[pool()]))
        assert (None if found is None else found.code) == code


async def test_a_founding_paper_is_not_drafted_shown_or_signed_with_a_stray_destination() -> None:
    clock = SetClock(world.Desk())
    scribe = Scribe(world.ORIGIN, clock, CountedEntropy("paper"))
    for address, stray in ((world.bitcoin_address("harbour", 1), False), (STRAY, True)):
        body = world.founding_body()
        world.pay_at(body, "harbour-btc", address)
        paper = jose.serialise(Jws(scribe.draft("desk.founded", body), ()))
        author = Author("compliance", world.identity("compliance").public, SoftwareToken("compliance"))
        for act in (
            lambda b=body: founding_paper.draft(scribe, b),
            lambda p=paper: founding_paper.look(p, clock.now_ms()),
        ):
            assert _code(act) == (ELSEWHERE if stray else None)
        if stray:
            with pytest.raises(CountersignError) as caught:
                await founding_paper.sign(paper, author, clock.now_ms())
            assert caught.value.code == ELSEWHERE
        else:
            assert founding_paper.look(await founding_paper.sign(paper, author, clock.now_ms()), clock.now_ms()).signed


def _code(act: Callable[[], object]) -> str | None:
    try:
        act()
    except CountersignError as error:
        return error.code
    return None


def test_an_audit_names_both_of_two_vaults_that_are_one_on_two_networks() -> None:
    for shift, named in ((0, {"meridian-btc", "meridian-tb"}), (1, set())):
        body = world.founding_body()
        on_another_network(shift)(body)
        assert {name for name, _ in amiss(world.founded_by(body).state)} == named


@pytest.mark.parametrize(("version", "program", "guarded"), [
    (1, POINT, True), (0, bytes(20), True), (1, NO_POINT, False), (1, ANCHOR, False), (2, POINT, False), (16, bytes(2), False),
])  # fmt: skip
def test_no_place_is_registered_that_takes_no_key_to_spend_from(version: int, program: bytes, guarded: bool) -> None:
    account = f"{world.BITCOIN}:{bech32.encode_segwit('bcrt', version, program)}"
    body = world.founding_body()
    body["destinations"].append({**body["destinations"][-1], "account": account})  # type: ignore[attr-defined, index]
    assert body["destinations"][-1]["vault"] is None  # type: ignore[index]
    event = events.parse(world.event_bytes("desk.founded", ["desk", *BOTH], body, id="x", at=world.START))
    found = dict(amiss(world.founded_by(body).state))
    if guarded:
        require_registrable(world.Desk().state, event)
        assert account not in found
    else:
        with refused("bitcoin.unguarded", Refused):
            require_registrable(world.Desk().state, event)
        assert found[account].code == "bitcoin.unguarded"
