"""A console's own look at Safes: what it asks, what it remembers, and how it hands on that nobody answers."""

import pytest

from countersign.demonstration import cast
from countersign.desk.safe_reader import SafeReader, first_difference
from countersign.desk.vouching import Nodes
from countersign.errors import Refused, Unavailable
from countersign.ethereum.abi import Address
from countersign.formats import eip55
from countersign.review.finding import Status
from countersign.settlement import attesting
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault
from countersign.settlement.safe_state import ChainSnapshot
from support import safe_snapshots
from support import settlement_world as world
from support.review_cases import Scene, story
from support.safe_snapshots import StatedNode
from support.software_stage import Table, silent


class Watched:
    """One scene's Safe instruction, and a console's reader over a node that can be told what to say."""

    def __init__(self) -> None:
        self.scene: Scene = story()
        self.seconds = self.scene.now
        self.node = StatedNode(world.ETHEREUM, lambda: self.scene.state, lambda: self.seconds)
        self.reader = SafeReader(Nodes({}, {world.ETHEREUM: self.node}))  # type: ignore[dict-item]

    def instruction(self, kind: str = "safe-tx") -> Instruction:
        return self.scene.state.instruction(self.scene.prepared[kind])

    async def look(self, kind: str = "safe-tx", **more: object) -> object:
        return await self.reader.look(self.instruction(kind), self.scene.state.roster, **more)  # type: ignore[arg-type]


@pytest.fixture
def watched() -> Watched:
    return Watched()


async def test_only_an_instruction_of_a_safe_is_looked_up(watched: Watched) -> None:
    assert await watched.look("psbt") is None
    found = await watched.look()
    assert isinstance(found, ChainSnapshot)
    assert [each.address for each in found.safes] == [world.safe_address("harbour")]


async def test_a_safe_is_read_again_only_at_a_new_block(watched: Watched) -> None:
    first = await watched.look()
    assert await watched.look() is first
    assert watched.node.asked == 1
    watched.seconds += 12
    second = await watched.look()
    assert isinstance(first, ChainSnapshot)
    assert isinstance(second, ChainSnapshot)
    assert (second.number, watched.node.asked) == (first.number + 1, 2)


async def test_that_nobody_answers_is_handed_on_and_asked_once_a_pass(watched: Watched) -> None:
    watched.node.silent = Unavailable("chains.unreachable", url="x", why="y")
    unheard = watched.node.silent
    assert await watched.look(once=True) is unheard
    watched.node.silent = None
    assert await watched.look(once=True) is unheard
    assert isinstance(await watched.look(), ChainSnapshot)  # who is about to sign asks in any case
    watched.reader.begin()
    assert isinstance(await watched.look(once=True), ChainSnapshot)


async def test_a_refusal_of_the_node_is_handed_on_too(watched: Watched) -> None:
    watched.node.silent = Refused("chains.no-contract", address="x")
    assert await watched.look() is watched.node.silent


async def test_a_console_without_a_node_says_so(watched: Watched) -> None:
    found = await SafeReader(Nodes()).look(watched.instruction(), watched.scene.state.roster)
    assert isinstance(found, Unavailable)
    assert found.code == "desk.no-node"


def test_the_first_difference_is_named_and_a_safe_that_is_not_there_is_one() -> None:
    scene = story()
    safes = attesting.safes(scene.state, scene.trades[0].cycle)
    good = safe_snapshots.of_cycle(scene.state, scene.trades[0].cycle, scene.now)
    nonces = {"harbour-safe": 0}
    assert first_difference(good, safes, scene.state.roster, nonces) is None
    nonce = first_difference(good, safes, scene.state.roster, {"harbour-safe": 3})
    assert nonce is not None
    assert (nonce.code, nonce.expected, nonce.found) == ("E10.nonce", "3", "0")
    absent = first_difference((), safes, scene.state.roster, nonces)
    assert absent is not None
    assert absent.code == "E10.other-safe"


async def test_the_window_shows_and_the_token_refuses_a_safe_that_drifted(table: Table) -> None:
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    vault = table.desk.state.roster.vault(cast.BUYER.safe)
    assert isinstance(vault, SafeVault)
    safe = table.stage.ethereum.safes[Address(eip55.parse(vault.address))]
    safe.modules = (safe.owners[0],)
    review = await table.officer.review(table.story.contract)
    (view,) = [each for each in review.instructions if each.kind == "safe-tx"]
    assert [each.reason for each in view.verdict.of("E10") if each.status is Status.FAIL] == ["E10.modules"]
    with pytest.raises(Refused) as refused:
        await table.officer.sign(table.live("safe-tx").hash, silent)
    assert refused.value.code == "desk.checks-forbid"
    safe.modules = ()
    table.stage.ethereum.height += 1  # what happens on a chain happens in a block
    await table.officer.sign(table.live("safe-tx").hash, silent)
    assert len(table.live("safe-tx").shares) == 1
