"""What the window's dialog offers of a Safe's owners is what the console proposes: the real object, the embedded chain.

Everything that the dialog can put together is proposed. What it says nothing against becomes an order over the very call that does
it to the Safe's own list; what it names an objection to is refused by that name, and nothing is kept.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from countersign.chains.embedded_ethereum import EmbeddedEthereum
from countersign.demonstration import cast
from countersign.desk import owner_changes, proposals
from countersign.desk.console import OfficerConsole
from countersign.desk.owner_choices import OwnersGround, OwnersPlan
from countersign.desk.owner_views import COMES, STAYS
from countersign.errors import CountersignError, Refused
from countersign.ethereum import owners, safe_file
from countersign.formats import eip55
from countersign.settlement.governance_bodies import OwnersOrdered
from countersign.ui.presenters import owner_change
from countersign.ui.presenters.owner_change import ADD, BACK, COUNT, EXCHANGE, REMOVE, Chosen
from support.owner_scene import SAFE, Scene
from support.refusals import refused
from support.software_stage import Table


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    table = Table.at(tmp_path)
    await table.until("step-found")
    yield Scene(table)
    await table.stage.aclose()


def offered(ground: OwnersGround) -> Iterator[Chosen]:
    """Everything that can be chosen in the dialog, whole: each kind with each entry of its lists."""
    goes, comes = ([each.kid for each in found] for found in (ground.owners, ground.others))
    for kind in owner_change.kinds(ground):
        counts = owner_change.counts(ground, kind)
        if kind == ADD:
            yield from (Chosen(kind, None, new, count) for new in comes for count in counts)
        elif kind == REMOVE:
            yield from (Chosen(kind, gone, None, count) for gone in goes for count in counts)
        elif kind == EXCHANGE:
            yield from (Chosen(kind, gone, new, None) for gone in goes for new in comes)
        elif kind == COUNT:
            yield from (Chosen(kind, None, None, count) for count in counts)
        else:
            yield Chosen(kind, None, None, None)


async def proposed(console: OfficerConsole, chosen: Chosen) -> OwnersOrdered | str:
    """What became of it: the order as its proposal has it, or the code that it was refused with."""
    wanted = chosen.wanted
    assert wanted is not None
    before = len(console.governance.proposals())
    try:
        view = await console.owner_changes.propose(
            SAFE, add=wanted.add, remove=wanted.remove, threshold=wanted.threshold
        )
    except CountersignError as error:
        assert len(console.governance.proposals()) == before
        return error.code
    body = proposals.parse(console.governance.export(view.id)).event.body
    assert isinstance(body, OwnersOrdered)
    return body


async def after(scene: Scene, console: OfficerConsole, order: OwnersOrdered) -> tuple[set[str], int]:
    """The Safe's own owners, and how many of them sign, once the ordered bytes were executed."""
    listed = await owner_changes.listed(scene.table.stage.ethereum, scene.vault)
    tx = safe_file.parse(console.replica.profile.artefacts.get(bytes.fromhex(order.artefact))).tx
    assert tx.nonce == order.nonce
    if tx.data:
        listed = owners.apply(listed, owners.parse(tx.data), tx.safe)
    return {eip55.checksum(each) for each in listed.owners}, listed.threshold


def shown(plan: OwnersPlan) -> tuple[set[str], int]:
    """The owners that the dialog shows as there afterwards, and the number that it names."""
    return {each.address for each in plan.owners if each.fate in (COMES, STAYS)}, plan.after[0]


async def compared(scene: Scene, console: OfficerConsole) -> dict[str | None, set[str]]:
    """The kinds of what was offered, by what stood against it."""
    found = dict[str | None, set[str]]()
    ground = await console.owner_changes.ground(SAFE)
    for chosen in offered(ground):
        wanted = chosen.wanted
        assert wanted is not None
        plan = console.owner_changes.plan(SAFE, wanted)
        told, done = plan.objection, await proposed(console, chosen)
        if isinstance(done, str):
            assert told is not None, (chosen, done)
            assert told.code == done, chosen
        else:
            assert told is None, chosen
            assert await after(scene, console, done) == shown(plan), chosen
        found.setdefault(None if told is None else told.code, set()).add(chosen.kind)
    return found


async def test_what_is_offered_is_what_is_proposed(scene: Scene) -> None:
    found = await compared(scene, await scene.at("operations"))
    assert found[None] == {ADD, REMOVE, EXCHANGE, COUNT}
    assert found["settlement.vault-one-officer-twice"] == {ADD, EXCHANGE}


async def test_while_an_order_is_under_way_its_place_is_taken_or_it_is_taken_back(scene: Scene) -> None:
    await scene.ordered(remove=scene.key("officer-d"))
    found = await compared(scene, await scene.at("operations"))
    assert found[None] == {BACK, ADD, REMOVE, EXCHANGE, COUNT}
    live = {each.instruction.hash for each in scene.table.desk.state.orders.values()}
    again = await proposed(await scene.at("operations"), Chosen(BACK, None, None, None))
    assert isinstance(again, OwnersOrdered)
    assert {again.replaces} == live


async def test_what_was_logged_since_is_in_what_is_offered(scene: Scene) -> None:
    """Another console ordered; this one has not looked since."""
    console = await scene.at("compliance")
    assert BACK not in owner_change.kinds(await console.owner_changes.ground(SAFE))
    gone = scene.key("officer-d")
    operations = await scene.at("operations")
    await scene.ordered(threshold=3)
    assert BACK in owner_change.kinds(await console.owner_changes.ground(SAFE))
    assert {each.kid for each in (await operations.owner_changes.ground(SAFE)).owners} >= {gone}


async def test_what_only_the_chain_knows_is_said_when_it_is_proposed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dialog asks no node at each choice; the near miss is the Safe as it is registered."""
    console = await scene.at("operations")
    chosen = Chosen(COUNT, None, None, 3)
    assert chosen.wanted is not None
    assert console.owner_changes.plan(SAFE, chosen.wanted).objection is None
    known = EmbeddedEthereum.safe_owners

    async def drifted(chain: EmbeddedEthereum, safe: str) -> tuple[tuple[str, ...], int]:
        found, threshold = await known(chain, safe)
        return found[1:], threshold

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(EmbeddedEthereum, "safe_owners", drifted)
        assert await proposed(console, chosen) == "E4.owners-drifted"
    assert isinstance(await proposed(console, chosen), OwnersOrdered)


async def test_another_vault_and_a_stranger_s_key_are_refused_before_any_node_is_asked(scene: Scene) -> None:
    console = await scene.at("operations")
    with refused("settlement.owners-not-safe", Refused):
        await console.owner_changes.ground(cast.BUYER.coins)
    with refused("desk.owner-unknown", Refused):
        await console.owner_changes.propose(SAFE, add=None, remove="nobody", threshold=None)
