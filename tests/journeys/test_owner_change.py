"""A Safe's change of owners from order to end on the demonstration's chain, read aloud; and a chain that takes it back."""

from copy import deepcopy
from dataclasses import fields
from pathlib import Path

import pytest

from countersign.chains.embedded_ethereum import EmbeddedEthereum
from countersign.desk import attesting
from countersign.desk.author import signed
from countersign.desk.console import OfficerConsole
from countersign.desk.safe_reader import SafeReader
from countersign.formats import eip55
from countersign.settlement import owning
from support import stopped_stage as stage
from support.owner_scene import SAFE, Scene
from support.software_stage import Table


@pytest.fixture
async def scene(tmp_path: Path) -> Scene:
    table = Table.at(tmp_path)
    await table.until("step-found")
    return Scene(table)


class Earlier:
    """What the chain was, and is again after `back`."""

    def __init__(self, chain: EmbeddedEthereum) -> None:
        self.chain = chain
        self.kept = {each.name: deepcopy(getattr(chain, each.name)) for each in fields(chain) if each.name != "seconds"}

    def back(self) -> None:
        for name, value in deepcopy(self.kept).items():
            setattr(self.chain, name, value)


async def agree(scene: Scene) -> bool:
    """Whether the Safe on its chain has the owners that the roster says."""
    owners, threshold = await scene.table.stage.ethereum.safe_owners(scene.vault.address)
    roster = scene.table.desk.state.roster
    registered = {eip55.checksum(roster.ever(kid).key.ethereum_address()) for kid in scene.vault.keys}
    return (set(owners), threshold) == (registered, scene.vault.threshold)


async def changed(scene: Scene) -> tuple[OfficerConsole, Earlier, str]:
    """Officer D's key is gone by order; operations' console, the chain before that, the key."""
    gone = scene.key("officer-d")
    await scene.ordered(remove=gone)
    await scene.signed("officer-a", "officer-c")
    operations = await scene.at("operations")
    earlier = Earlier(scene.table.stage.ethereum)
    await operations.owner_changes.send(SAFE)
    assert gone in scene.vault.keys
    await operations.owner_changes.observe(SAFE)
    assert gone not in scene.vault.keys
    assert await agree(scene)
    return operations, earlier, gone


async def never_was(scene: Scene) -> None:
    """Operations and the desk tell of the change that a transaction nobody ever saw is in no block."""
    (order,) = scene.table.desk.state.orders
    body = {"instruction": order, "transaction": "0x" + "de" * 32, "block": None, "height": None, "confirmations": 0}
    draft = scene.table.desk.scribe.draft("transaction.observed", body | {"fees": {}})
    await scene.table.desk.submit(await signed(draft, [scene.table.author("operations")]))


@pytest.mark.long
async def test_an_owner_goes_and_the_next_settlement_is_signed_by_those_who_are_left(scene: Scene) -> None:
    operations, _, _ = await changed(scene)
    assert await operations.owner_changes.observe(SAFE) is None  # it stands where it stood
    table = scene.table
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_by_both(table, cycle)
    await stage.delivered(table, cycle)
    assert stage.stands(table, contract) == "final"
    assert await stage.books_balance(table)


async def test_what_its_chain_took_back_is_named_taken_back_and_sent_again(scene: Scene) -> None:
    operations, earlier, gone = await changed(scene)
    before = {*scene.vault.keys, gone}

    # Who wants the old owners back in the roster names a transaction that never was. The desk's own node knows better.
    assert await stage.refusal(lambda: never_was(scene)) == "desk.owners-there"
    assert gone not in scene.vault.keys

    # The chain forgets the block, behind the policy's confirmations. The log says B, the Safe says A.
    earlier.back()
    assert not await agree(scene)
    propose = operations.owner_changes.propose(SAFE, add=None, remove=None, threshold=2)
    assert await stage.refusal(lambda: propose) == "E10.order-unseen"

    # Operations look for the transaction. It is in no block: the order waits again, and the roster says what the chain says.
    await operations.owner_changes.observe(SAFE)
    assert set(scene.vault.keys) == before
    assert await agree(scene)
    view = await operations.owner_changes.look(SAFE)
    assert (view.missing, view.confirmations, view.transaction) == (0, 0, None)

    # The same call is sent once more.
    await operations.owner_changes.send(SAFE)
    await operations.owner_changes.observe(SAFE)
    assert gone not in scene.vault.keys
    assert await agree(scene)


@pytest.mark.long
async def test_what_was_taken_back_can_be_ended_by_an_empty_call(scene: Scene) -> None:
    """Nobody wants it any more, or it never was: the owners stay who they were, and the Safe is free."""
    operations, earlier, gone = await changed(scene)
    earlier.back()
    await operations.owner_changes.observe(SAFE)
    await scene.ordered()
    await scene.signed("officer-a", "officer-c")
    await (await scene.at("operations")).owner_changes.send(SAFE)
    await operations.owner_changes.observe(SAFE)
    assert gone in scene.vault.keys
    assert await agree(scene)
    assert owning.under_way(scene.table.desk.state, SAFE) is None


@pytest.mark.long
async def test_a_safe_that_took_its_change_back_is_attested_by_nobody(scene: Scene) -> None:
    operations, earlier, _ = await changed(scene)
    table = scene.table
    cycle = await stage.instructed(table, await stage.agreed(table))
    await operations.synchronise()
    reader, scribe = SafeReader(table.stage.nodes), table.desk.scribe
    assert await attesting.attest(operations.replica, cycle, table.author("operations"), scribe, reader)  # near miss
    earlier.back()
    attest = attesting.attest(operations.replica, cycle, table.author("operations"), scribe, reader)
    assert await stage.refusal(lambda: attest) == "E10.order-unseen"
