"""A console reads the Safe and probes the token that a change of the roster enters, before its officer signs that change."""

from dataclasses import replace

import pytest

from countersign.demonstration import cast
from countersign.desk.entering import Entering
from countersign.desk.governance import Governance
from countersign.desk.governance_views import ProposalView
from countersign.desk.proposal_box import ProposalBox
from countersign.desk.replica import Replica
from countersign.desk.vouching import Nodes
from countersign.errors import Refused, Unavailable
from countersign.ethereum import deployments, storage_root
from countersign.ethereum.abi import word
from countersign.ethereum.safe import SafeVersion
from countersign.ethereum.token_probe import FALSE, TRUE, Answers
from countersign.formats import strict_json
from countersign.resources.governance_words import said
from countersign.settlement import events
from hostile.safe_state_cases import ATTACKER
from support.refusals import refused
from support.safe_snapshots import StatedNode
from support.settlement_world import USDC_ADDRESS
from support.software_stage import Table

OLDER = deployments.canonical("CompatibilityFallbackHandler", SafeVersion(1, 3, 0)).text
GOOD = Answers(code=True, decimals=word(6), balance=word(0), overdraft=None, nothing=TRUE)
TOKEN = {"id": f"{cast.ETHEREUM}/erc20:{USDC_ADDRESS}", "symbol": "EURX", "decimals": 6}
SILENT = Unavailable("chains.unreachable", url="http://127.0.0.1:1", why="refused")


class Eyes(StatedNode):
    """A console's own node: a Safe as it is to be entered, a token that reverts."""

    def __init__(self, table: Table) -> None:
        super().__init__(cast.ETHEREUM, lambda: table.desk.state, lambda: table.stage.clock.seconds)
        self.changes, self.answers = {"fallback_handler": OLDER}, GOOD

    async def token_answers(self, token: str) -> Answers:
        self.asked += 1
        if self.silent is not None:
            raise self.silent
        return self.answers


@pytest.fixture
async def founded(table: Table) -> Table:
    return await table.until("step-found")


def entry(table: Table) -> dict[str, list[object]]:
    """Harbour's Safe, entered otherwise than it stands, and a token."""
    body = strict_json.parse(events.parse(table.desk.archive.record(0).event).jws.payload)["body"]  # type: ignore[index, call-overload]
    (safe,) = (each for each in body["vaults"] if each["id"] == cast.BUYER.safe)  # type: ignore[index, call-overload]
    return {"vaults": [{**safe, "fallback_handler": OLDER}], "assets": [TOKEN]}


async def console(table: Table, officer: str, node: StatedNode | None) -> Governance:
    """An administrator's own machine, with or without a node of its own."""
    replica = Replica(table.stage.profile(f"console-{officer}"), table.stage.clock)
    await replica.take_in(table.desk)
    nodes = None if node is None else Nodes(ethereum={cast.ETHEREUM: node})  # type: ignore[dict-item]
    parts = (replica, table.desk, table.author(officer), table.desk.scribe, table.stage.clock)
    return Governance(*parts, ProposalBox(replica.profile.journal), entering=Entering(nodes))


def told(view: ProposalView) -> dict[str, str]:
    """What is said of what is entered, by code."""
    found = (each.then for each in view.changes)
    return {each.code: said(each.code, each.values) for each in found
            if each.code.startswith(("roster.safe-", "roster.token-")) and "handler" not in each.code}  # fmt: skip


async def test_both_administrators_read_what_their_own_nodes_find_and_sign(founded: Table) -> None:
    first, second = await console(founded, "compliance", Eyes(founded)), await console(founded, "officer-d", None)
    made = await first.propose("roster.changed", entry(founded))
    words = told(made)
    assert set(words) == {"roster.safe-found", "roster.token-found"}  # nothing is left to the desk alone
    assert f"own node of {cast.ETHEREUM} finds the Safe {cast.BUYER.safe}" in words["roster.safe-found"]
    assert "has 6 decimals, reverts where it cannot pay" in words["roster.token-found"]
    taken = second.take_in(first.export(made.id))
    assert told(taken).keys() == {"roster.safe-unasked", "roster.token-unasked"}
    assert all(
        each.startswith("NOT LOOKED AT HERE: this machine has no node") and "  " not in each
        for each in told(taken).values()
    )
    assert taken.yours
    assert (await second.sign(made.id)).complete  # the desk's node has the last word


DIFFERENT: dict[str, tuple[dict[str, object], Answers, str]] = {
    "a module": ({"modules": (ATTACKER,)}, GOOD, "desk.safe-differs"),
    "another owner": ({"owners": (ATTACKER,)}, GOOD, "desk.safe-differs"),
    "another threshold": ({"threshold": 1}, GOOD, "desk.safe-differs"),
    "something it keeps besides": ({"root": "0x" + storage_root.root({}).hex()}, GOOD, "desk.safe-keeps-more"),
    "other decimals": ({}, replace(GOOD, decimals=word(18)), "ethereum.token-decimals"),
    "a token that returns false": ({}, replace(GOOD, overdraft=FALSE), "ethereum.token-returns-false"),
}


@pytest.mark.parametrize("name", DIFFERENT)
async def test_what_a_consoles_own_node_finds_otherwise_is_neither_proposed_nor_signed(
    founded: Table, name: str
) -> None:
    changes, answers, code = DIFFERENT[name]
    eyes = Eyes(founded)
    drifted = await console(founded, "officer-d", eyes)
    honest = await console(founded, "compliance", Eyes(founded))
    made = await honest.propose("roster.changed", entry(founded))
    drifted.take_in(honest.export(made.id))
    await drifted.look_again()
    assert drifted.proposal(made.id).yours  # the near miss: as it is entered
    eyes.root = changes.pop("root", None) or eyes.root  # type: ignore[assignment]
    eyes.changes, eyes.answers = eyes.changes | changes, answers
    for deed in (lambda: drifted.propose("roster.changed", entry(founded)), lambda: drifted.sign(made.id)):
        with refused(code, Refused):
            await deed()
    (waiting,) = drifted.proposals()
    assert waiting.objection is not None
    assert (waiting.objection.code, waiting.yours, len(waiting.signed)) == (code, False, 1)


async def test_a_node_that_does_not_answer_is_waited_for(founded: Table) -> None:
    eyes = Eyes(founded)
    second, first = await console(founded, "officer-d", eyes), await console(founded, "compliance", None)
    made = await first.propose("roster.changed", entry(founded))
    eyes.silent = SILENT
    second.take_in(first.export(made.id))
    for _ in range(2):
        shown = second.proposal(made.id)
        assert told(shown).keys() == {"roster.safe-awaited", "roster.token-awaited"}
        assert shown.objection is None
        eyes.asked = 0
        await second.look_again()
        assert eyes.asked == 1, "whoever does not answer is not waited for twice"
    with refused("chains.unreachable", Unavailable):
        await second.sign(made.id)
    with refused("chains.unreachable", Unavailable):
        await second.propose("roster.changed", entry(founded))
    eyes.silent = None
    assert (await second.sign(made.id)).complete
    assert told(second.proposal(made.id)).keys() == {"roster.safe-found", "roster.token-found"}


async def test_a_node_that_did_not_answer_when_it_was_opened_is_none_that_was_never_there(founded: Table) -> None:
    nobody = await console(founded, "officer-d", None)
    nobody._entering = Entering(Nodes(silent={"eip155": ("http://127.0.0.1:1",)}))
    with refused("desk.node-silent", Unavailable, chain=cast.ETHEREUM):
        await nobody.propose("roster.changed", entry(founded))
    other = await console(founded, "compliance", None)
    other._entering = Entering(Nodes(silent={"bip122": ("http://127.0.0.1:1",)}))
    assert told(await other.propose("roster.changed", entry(founded))).keys() == {
        "roster.safe-unasked",
        "roster.token-unasked",
    }


async def test_what_enters_no_safe_and_no_token_asks_nobody(founded: Table) -> None:
    eyes = Eyes(founded)
    eyes.silent = SILENT
    found = await console(founded, "compliance", eyes)
    assert not told(await found.propose_suspension(cast.SELLER.lei, suspended=True))
