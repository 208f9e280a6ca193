"""`countersign reconcile`: a profile's ledger against the chains, over the nodes that a file names; nothing is logged."""

import asyncio
import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from countersign.bootstrap.nodes import open_nodes
from countersign.cli import nodes
from countersign.cli.nodes import BitcoinEntry, EthereumEntry, NodeFile, RelayerEntry
from countersign.demonstration import cast
from countersign.desk import ceremony
from countersign.desk.vouching import Nodes
from countersign.errors import Refused, Unavailable
from countersign.formats import eip55, jcs
from countersign.rails import bitcoin as rail
from support.command_line import CommandLine
from support.published_schema import BOOKS, fits
from support.refusals import refused
from support.rpc_server import serving
from support.software_stage import Table

TWO = b'{"bitcoin":[{"cookie":"/none","url":"http://127.0.0.1:1"}],"ethereum":[{"url":"http://127.0.0.1:2"}]}'
GENESIS = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
CORE: dict[str, Any] = {"getblockhash": GENESIS}
EVM: dict[str, Any] = {"eth_chainId": "0x7a69"}


@dataclass
class Founded:
    """A founded desk's published profile, and the chains it stands on."""

    table: Table
    profile: Path

    @property
    def nodes(self) -> Nodes:
        return self.table.desk.nodes

    def lose(self, satoshis: int) -> None:
        """Somebody pays into the buyer's vault, and nobody credits it."""
        vault = self.table.desk.state.roster.vault(cast.BUYER.coins)
        script = rail.script_at(f"{cast.BITCOIN}:{ceremony.registered_address(vault, 2)}")
        self.table.stage.bitcoin.fund(script, satoshis)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Founded]:
    folder = tmp_path_factory.mktemp("founded")
    table = Table.at(folder)
    asyncio.run(_founded(table))
    table.stage.publish_profile(folder / "published")
    yield Founded(table, folder / "published")
    table.stage.holds.close()


async def _founded(table: Table) -> None:
    await table.until("step-found")
    await table.officer.synchronise()


def command(found: Founded, folder: Path, known: Nodes) -> CommandLine:
    async def given(file: NodeFile) -> Nodes:
        assert file == nodes.parse(TWO)
        return known

    (folder / "nodes.json").write_bytes(TWO)
    return CommandLine(found.table.stage.clock, folder, nodes=given)


def reconcile(found: Founded, folder: Path, known: Nodes, *more: str) -> tuple[int, str, str]:
    arguments = ("reconcile", "--chains", str(folder / "nodes.json"), "--profile", str(found.profile), *more)
    return command(found, folder, known).run(*arguments)


def test_the_books_agree_with_the_chains_and_a_coin_that_nobody_credited_does_not(
    founded: Founded, tmp_path: Path
) -> None:
    status, out, err = reconcile(founded, tmp_path, founded.nodes)
    assert (status, err) == (0, "")
    assert "breaks: 0" in out
    assert out.rstrip().endswith("Nothing is broken.")
    assert out.count(f"{cast.SELLER.coins}: ledger 265.00000000 BTC, chain 265.00000000 BTC") == 1
    founded.lose(7_000_000)
    status, out, err = reconcile(founded, tmp_path, founded.nodes)
    assert (status, err) == (1, "")
    assert f"missing here: {cast.BUYER.coins}, main" in out
    assert f"The vault {cast.BUYER.coins} holds a coin that nobody credited." in out
    assert "→ Find out who sent it" in out
    assert "Nothing is broken" not in out
    status, out, _ = reconcile(founded, tmp_path, founded.nodes, "--json")
    told = json.loads(out)
    assert status == 1
    assert fits(told, BOOKS["reconciliation"])
    assert [each["cause"] for each in told["breaks"]] == ["missing here"]


def test_a_chain_that_no_node_follows_is_named(founded: Founded, tmp_path: Path) -> None:
    status, out, err = reconcile(founded, tmp_path, replace(founded.nodes, ethereum={}))
    assert (status, out, err.splitlines()[-1]) == (3, "", "[desk.no-node]")
    assert cast.ETHEREUM in err


@pytest.mark.parametrize("given", [(), ("--chains", "a.json", "--trades", "b.csv")], ids=["neither", "both"])
def test_one_of_the_two_is_compared_with(founded: Founded, tmp_path: Path, given: tuple[str, ...]) -> None:
    status, out, err = command(founded, tmp_path, Nodes()).run("reconcile", "--profile", str(founded.profile), *given)
    assert (status, out) == (2, "")
    assert "either --trades" in " ".join(err.replace("│", " ").split())


def test_a_file_of_nodes_that_is_not_there_is_two(founded: Founded, tmp_path: Path) -> None:
    run = command(founded, tmp_path, Nodes())
    status, _, err = run.run("reconcile", "--chains", str(tmp_path / "none"), "--profile", str(founded.profile))
    assert (status, err.splitlines()[-1]) == (2, "[cli.file-absent]")


def relayed(chain: str | None = "eip155:1", **changes: object) -> bytes:
    """A file with one Ethereum node and its relayer, with one thing changed; None: left out."""
    whole = {"token": "payer", "serial": "9f2c", "model": "SoftHSM v2", "key": "relayer", "softhsm": "/t"} | changes
    entry = {
        "url": "http://x",
        "chain": chain,
        "relayer": {key: each for key, each in whole.items() if each is not None},
    }
    return jcs.encode({"ethereum": [{key: each for key, each in entry.items() if each is not None}]})


def test_a_relayer_is_read_with_its_token_and_caps() -> None:
    (entry,) = nodes.parse(relayed(max_fee_gwei=50, max_gas=2_000_000)).ethereum
    assert entry.relayer == RelayerEntry("payer", "9f2c", "SoftHSM v2", "relayer", None, "/t", 50, 2_000_000)
    (usual,) = nodes.parse(relayed()).ethereum
    assert usual.relayer == RelayerEntry("payer", "9f2c", "SoftHSM v2", "relayer", softhsm="/t")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{}", "cli.nodes-none"),
        (b'{"bitcoin":[],"ethereum":[]}', "cli.nodes-none"),
        (b'{"bitcoin":[{"url":"http://x","password":"p"}]}', "C2.unknown-field"),
        (b'{"bitcoin":[{"cookie":"/c","login_file":"/l","url":"http://x"}]}', "cli.nodes-login"),
        (b'{"bitcoin":[{"cookie":"/c"}]}', "C2.missing-field"),
        (b'{"ethereum":["http://x"]}', "C2.wrong-type"),
        (b'{"ethereum":[{"url":1}]}', "C2.wrong-type"),
        (b'{"solana":[{"url":"http://x"}]}', "C2.unknown-field"),
        (b'{"ethereum":[{"url":"http://x"}],"ethereum":[]}', "C2.duplicate-key"),
        (b'{"ethereum":' + b"[" * 1_000, "C2.depth"),
        (relayed(chain=None), "cli.nodes-relayer-chain"),
        (relayed(module="/m.so"), "cli.nodes-relayer-place"),
        (relayed(softhsm=None), "cli.nodes-relayer-place"),
        (relayed(serial=None), "C2.missing-field"),
        (relayed(slot=7), "C2.unknown-field"),
        (relayed(pin="1234"), "C2.unknown-field"),
        (relayed(max_fee_gwei=0), "C2.integer-bounds"),
        (relayed(max_gas=(1 << 24) + 1), "C2.integer-bounds"),
    ],
)  # fmt: skip
def test_a_file_of_nodes_is_read_strictly(data: bytes, code: str) -> None:
    with refused(code):
        nodes.parse(data)


def test_a_bitcoin_node_may_stand_alone_and_without_a_cookie() -> None:
    assert nodes.parse(b'{"bitcoin":[{"url":"http://x"}]}') == NodeFile((BitcoinEntry("http://x"),), ())


async def test_a_nodes_name_and_password_come_from_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "login"
    file.write_text("olive:p4ss:word\n")
    entry = BitcoinEntry("", login_file=str(file))
    async with serving(CORE) as core:
        one = NodeFile((entry._replace(url=core.url),), ())
        for mode in (0o640, 0o604, 0o622):
            file.chmod(mode)
            with refused("chains.login-open", Unavailable):
                await open_nodes(one)
        assert not core.asked
        file.chmod(0o600)
        assert list((await open_nodes(one)).bitcoin) == [cast.BITCOIN]
        assert core.asked[0][2] == "Basic " + base64.b64encode(b"olive:p4ss:word").decode()
        for text in ("", "olive", ":word", "olive:a\nb", "olive:" + "x" * 1_024):
            file.write_text(text)
            with refused("chains.no-login", Unavailable):
                await open_nodes(one)


async def test_each_node_says_itself_which_chain_it_follows(tmp_path: Path) -> None:
    (tmp_path / ".cookie").write_text("__cookie__:secret")
    async with serving(CORE) as core, serving(EVM) as evm:
        found = await open_nodes(
            NodeFile((BitcoinEntry(core.url, str(tmp_path / ".cookie")),), (EthereumEntry(evm.url),))
        )
        assert (list(found.bitcoin), list(found.ethereum)) == ([cast.BITCOIN], [cast.ETHEREUM])
        assert core.asked[0][2] is not None
        with refused("chains.no-relayer", Refused):
            await found.ethereum[cast.ETHEREUM].broadcast(eip55.checksum(b"\x51" * 20), b"")
        with refused("cli.nodes-other-chain", Unavailable, expected="eip155:1", found=cast.ETHEREUM):
            await open_nodes(NodeFile((), (EthereumEntry(evm.url, "eip155:1"),)))
        assert list((await open_nodes(NodeFile((), (EthereumEntry(evm.url, cast.ETHEREUM),)))).ethereum)


async def test_two_nodes_of_one_chain_an_absent_node_and_a_password_in_the_address_are_refused() -> None:
    async with serving(EVM) as evm:
        with refused("cli.nodes-twice"):
            await open_nodes(NodeFile((), (EthereumEntry(evm.url), EthereumEntry(evm.url))))
        gone = evm.url
    with refused("chains.unreachable", Unavailable):
        await open_nodes(NodeFile((), (EthereumEntry(gone),)))
    with refused("chains.url"):
        await open_nodes(NodeFile((BitcoinEntry("http://name:word@127.0.0.1:1"),), ()))
