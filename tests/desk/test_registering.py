"""A Bitcoin vault is entered only where its descriptor reads and agrees with the roster: at the desk, and before anybody signs."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from countersign.desk import proposals
from countersign.desk.registering import objection, require_registrable
from countersign.errors import CountersignError
from countersign.settlement import events
from support import mixed_world, ranged_world
from support import settlement_world as world
from support.hardware_wallet import Device, described

BOTH = ["compliance", "officer-d"]


def changed(**entries: object) -> events.Event:
    """A change of the roster that both administrators signed."""
    body = {**world.no_entries(), **entries}
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
