"""`countersign proposal`: an administrator looks at a change and signs it with a real token at a terminal."""

import asyncio
import json
import secrets
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from countersign.cli.governance import OpenNodes
from countersign.cli.nodes import NodeFile
from countersign.cli.proposal import proposal_app
from countersign.desk import proposals
from countersign.desk.author import Scribe
from countersign.desk.order import Order
from countersign.desk.vouching import Nodes
from countersign.ethereum import deployments
from countersign.ethereum.safe import SafeVersion
from countersign.keys.public_key import Curve, PublicKey
from countersign.signers.provision import Provisioner, provisioner_for
from support import settlement_world as world
from support import softhsm
from support.safe_snapshots import StatedNode
from support.settlement_world import Desk
from support.softhsm import PIN, SO_PIN
from support.software_stage import CountedEntropy, SetClock

CHANGE = {"participants": [world.participant_entry("harbour", suspended=True)]}
BOTH = ["compliance", "officer-d"]


def factory(module: str | None, folder: Path | None) -> Provisioner:
    return provisioner_for(module, folder, deadline=60.0, random_bytes=secrets.token_bytes)


async def answer(code: str) -> str:
    return SO_PIN if "so-pin" in code else PIN


async def keyed(folder: Path) -> PublicKey:
    """A token of the officer's with an identity key in it."""
    async with factory(None, folder) as provisioner:
        token = await provisioner.initialise("conrad", answer)
        return (await provisioner.generate(token.identity, "identity", Curve.P256, answer)).public


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk whose compliance officer, an administrator, holds a real token; a change drafted by nobody in particular."""
    softhsm.softhsm_module()
    entry = world.officer_entry("compliance")
    entry["keys"][0]["jwk"] = asyncio.run(keyed(tmp_path / "tokens")).jwk()  # type: ignore[index]
    made = world.founded()
    made.log("roster.changed", BOTH, {**world.no_entries(), "officers": [entry]})
    (tmp_path / "change.proposal").write_bytes(order(made).propose("roster.changed", CHANGE))
    return made


def order(desk: Desk) -> Order:
    return Order(desk.state, desk.now_ms, Scribe(world.ORIGIN, SetClock(desk.now_ms // 1_000), CountedEntropy()))


async def no_nodes(file: NodeFile) -> Nodes:
    raise AssertionError(file)


def run(desk: Desk, tmp_path: Path, *arguments: str, typed: str = "", nodes: OpenNodes = no_nodes) -> Result:
    app = proposal_app(lambda profile, ask: order(desk), factory, nodes)
    found = CliRunner().invoke(app, [*arguments, "--profile", str(tmp_path)], input=typed)
    assert PIN not in found.output
    return found


def signing(tmp_path: Path, out: str) -> list[str]:
    file, tokens = str(tmp_path / "change.proposal"), str(tmp_path / "tokens")
    return ["sign", file, "--token", "conrad", "--softhsm", tokens, "--out", str(tmp_path / out)]


def test_an_administrator_signs_with_their_token(desk: Desk, tmp_path: Path) -> None:
    shown = run(desk, tmp_path, "show", str(tmp_path / "change.proposal"), "--json")
    assert (shown.exit_code, json.loads(shown.stdout)["signed"]) == (0, [])
    done = run(desk, tmp_path, *signing(tmp_path, "signed.proposal"), typed=f"{PIN}\n")
    assert done.exit_code == 0, done.output
    assert "Signed by 1 of 2: Conrad Lake" in done.stdout
    assert done.stderr.index("is suspended") < done.stderr.index("PIN")  # said before the PIN was asked for
    signed = proposals.parse((tmp_path / "signed.proposal").read_bytes())
    found = proposals.examine(desk.state, signed, desk.now_ms)
    assert ([each.id for each in found.signed], [each.id for each in found.missing]) == (["compliance"], ["officer-d"])


def test_a_stale_proposal_is_not_signed_and_no_pin_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    desk.now_ms += 8 * 86_400_000
    done = run(desk, tmp_path, *signing(tmp_path, "signed.proposal"))
    assert done.exit_code == 1
    assert "desk.proposal-old" in done.stderr
    assert "PIN" not in done.stderr
    assert not (tmp_path / "signed.proposal").exists()


def test_a_token_that_nobody_registered_signs_nothing(desk: Desk, tmp_path: Path) -> None:
    other = world.founded()
    (tmp_path / "change.proposal").write_bytes(order(other).propose("roster.changed", CHANGE))
    done = run(other, tmp_path, *signing(tmp_path, "signed.proposal"))
    assert (done.exit_code, "cli.not-an-officers-token" in done.stderr) == (1, True)
    assert not (tmp_path / "signed.proposal").exists()


def entering(desk: Desk, tmp_path: Path) -> StatedNode:
    """A drafted change that enters Harbour's Safe otherwise than it stands, and a node that finds it so; its file of nodes."""
    _, safe = world.vault_entries("harbour")
    older = deployments.canonical("CompatibilityFallbackHandler", SafeVersion(1, 3, 0)).text
    change = {"vaults": [{**safe, "fallback_handler": older}]}
    (tmp_path / "change.json").write_text(json.dumps(change))
    (tmp_path / "change.proposal").write_bytes(order(desk).propose("roster.changed", change))
    (tmp_path / "nodes.json").write_text('{"ethereum":[{"url":"http://127.0.0.1:8545"}]}')
    node = StatedNode(world.ETHEREUM, lambda: desk.state, lambda: desk.now_ms // 1_000)
    node.changes = {"fallback_handler": older}
    return node


def test_what_ones_own_node_finds_of_a_safe_is_said_before_the_pin_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    node = entering(desk, tmp_path)

    async def own(file: NodeFile) -> Nodes:
        assert [each.url for each in file.ethereum] == ["http://127.0.0.1:8545"]
        return Nodes(ethereum={world.ETHEREUM: node})  # type: ignore[dict-item]

    asked = ["--nodes", str(tmp_path / "nodes.json")]
    shown = run(desk, tmp_path, "show", str(tmp_path / "change.proposal"))
    assert (shown.exit_code, "NOT LOOKED AT HERE: this machine has no node" in shown.stdout) == (0, True)
    done = run(desk, tmp_path, *signing(tmp_path, "signed.proposal"), *asked, typed=f"{PIN}\n", nodes=own)
    assert done.exit_code == 0, done.output
    assert done.stderr.index("finds the Safe harbour-safe") < done.stderr.index("PIN")
    drafting = ["draft", "roster.changed", str(tmp_path / "change.json"), "--out", str(tmp_path / "other.proposal")]
    node.changes["modules"] = (world.safe_address("meridian"),)
    for arguments in (signing(tmp_path, "drifted.proposal"), drafting):
        refused = run(desk, tmp_path, *arguments, *asked, nodes=own)
        assert (refused.exit_code, "PIN" in refused.stderr) == (1, False)
        assert "desk.safe-differs" in refused.stderr
    assert not (tmp_path / "drifted.proposal").exists()
    assert not (tmp_path / "other.proposal").exists()
    shown = run(desk, tmp_path, "show", str(tmp_path / "change.proposal"), *asked, nodes=own)
    assert (shown.exit_code, "modules expected none" in shown.stdout) == (1, True)
