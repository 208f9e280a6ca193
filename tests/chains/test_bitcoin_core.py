"""The Bitcoin Core adapter against scripted answers: reasons are the transaction's, Unavailable is the node's own."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from countersign.bitcoin.ranged import parse as parse_ranged
from countersign.bitcoin.transaction import Output, Satoshis, display, double_sha256
from countersign.bitcoin.vault import RangedVault
from countersign.chains.bitcoin_core import BitcoinCore, cookie
from countersign.chains.bitcoin_ledger import coinbase
from countersign.chains.jsonrpc import JsonRpc
from countersign.errors import Refused, Unavailable
from support.extended_keys import ranged_text
from support.rpc_server import RpcFailure, serving

GENESIS = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
BLOCK = "0a" * 32
SCRIPT = b"\x00\x20" + bytes(32)
RAW = coinbase((Output(SCRIPT, Satoshis(25_000_000_001)),), 7)
TXID = display(double_sha256(RAW))
NODE: dict[str, Any] = {"getblockhash": lambda height: GENESIS if height == 0 else BLOCK, "getblockcount": 9}


def scanned(**changed: object) -> web.Response:
    entry = {"txid": f'"{TXID}"', "vout": 0, "scriptPubKey": f'"{SCRIPT.hex()}"', "amount": "250.00000001", "height": 7}
    fields = ", ".join(f'"{name}": {value}' for name, value in (entry | changed).items())
    return web.Response(text=f'{{"result": {{"success": true, "height": 9, "unspents": [{{{fields}}}]}}}}')


async def test_the_chain_is_its_genesis() -> None:
    async with serving(NODE) as server:
        node = BitcoinCore(JsonRpc(server.url))
        assert await node.chain() == "bip122:0f9188f13cb7b2c71f2a335e3a4fc328"
        assert await node.height() == 9


async def test_a_coin_comes_with_its_previous_transaction_to_the_satoshi() -> None:
    async with serving(NODE | {"scantxoutset": lambda *_: scanned(), "getrawtransaction": RAW.hex()}) as server:
        (coin,) = await BitcoinCore(JsonRpc(server.url)).coins([SCRIPT, SCRIPT])
        assert server.asked[0][1] == ["start", [{"desc": f"raw({SCRIPT.hex()})"}]]
    assert (coin.txid, coin.vout, coin.satoshis, coin.confirmations) == (TXID, 0, 25_000_000_001, 3)
    assert coin.transaction == RAW


async def test_a_ranged_vault_is_scanned_by_its_two_branches_beside_raw_scripts() -> None:
    vault = RangedVault(parse_ranged(ranged_text("scan")), 7)
    async with serving(NODE | {"scantxoutset": lambda *_: scanned(), "getrawtransaction": RAW.hex()}) as server:
        await BitcoinCore(JsonRpc(server.url)).coins([SCRIPT], [vault, vault])
        _, (action, asked), *_ = server.asked[0]
    assert action == "start"
    branches = [{"desc": vault.ranged.branch(branch), "range": 7} for branch in (0, 1)]
    assert asked == [{"desc": f"raw({SCRIPT.hex()})"}, *branches]


@pytest.mark.parametrize(
    "answer, rate",
    [
        ('{"feerate": 0.00001000, "blocks": 2}', 1),
        ('{"feerate": 0.00001001, "blocks": 2}', 2),
        ('{"feerate": 0.00000100, "blocks": 2}', 1),
        ('{"feerate": 0.00123456, "blocks": 6}', 124),
        ('{"errors": ["Insufficient data or no feerate found"], "blocks": 2}', None),
    ],
)
async def test_a_nodes_estimate_is_rounded_up_and_may_be_absent(answer: str, rate: int | None) -> None:
    async with serving({"estimatesmartfee": lambda *_: web.Response(text=f'{{"result": {answer}}}')}) as server:
        assert await BitcoinCore(JsonRpc(server.url)).fee_rate(6) == rate
        assert server.asked[0][1] == [6]


@pytest.mark.parametrize("answer", ["[]", "null", '{"feerate": "0.1"}', '{"feerate": -1}', '{"feerate": 0.000000001}'])
async def test_an_estimate_of_odd_form_is_none(answer: str) -> None:
    async with serving({"estimatesmartfee": lambda *_: web.Response(text=f'{{"result": {answer}}}')}) as server:
        with pytest.raises(Unavailable, match=r"chains\.odd-answer"):
            await BitcoinCore(JsonRpc(server.url)).fee_rate(6)


async def test_no_scripts_no_question() -> None:
    async with serving({}) as server:
        assert await BitcoinCore(JsonRpc(server.url)).coins([]) == []
        assert not server.asked


LIES: dict[str, tuple[dict[str, object], str]] = {
    "another transaction": ({}, coinbase((Output(SCRIPT, Satoshis(25_000_000_001)),), 8).hex()),
    "no transaction": ({}, "00"),
    "another amount": ({"amount": "250.00000002"}, RAW.hex()),
    "another script": ({"scriptPubKey": '"51"'}, RAW.hex()),
    "another output": ({"vout": 1}, RAW.hex()),
}


@pytest.mark.parametrize("changed, raw", LIES.values(), ids=LIES)
async def test_a_coin_that_its_transaction_does_not_prove(changed: dict[str, object], raw: str) -> None:
    async with serving(NODE | {"scantxoutset": lambda *_: scanned(**changed), "getrawtransaction": raw}) as server:
        with pytest.raises(Unavailable, match=r"chains\.other-transaction"):
            await BitcoinCore(JsonRpc(server.url)).coins([SCRIPT])


async def test_a_scan_that_failed() -> None:
    async with serving(NODE | {"scantxoutset": {"success": False}}) as server:
        with pytest.raises(Unavailable, match=r"chains\.scan-failed"):
            await BitcoinCore(JsonRpc(server.url)).coins([SCRIPT])


@pytest.mark.parametrize(
    "verdict, reason",
    [
        ([{"allowed": True}], None),
        ([{"allowed": False, "reject-reason": "missing-inputs"}], "missing-inputs"),
        ([{"package-error": "odd"}], "odd"),
        (RpcFailure(-22, "TX decode failed: 00…ff Make sure the tx has at least one input."), "TX decode failed"),
        (RpcFailure(-25, "x" * 500), "x" * 200),
    ],
)
async def test_the_nodes_words_about_a_transaction(verdict: Any, reason: str | None) -> None:
    async with serving({"testmempoolaccept": verdict}) as server:
        assert await BitcoinCore(JsonRpc(server.url)).test(b"\x00") == reason


@pytest.mark.parametrize("verdict", [RpcFailure(-28, "Loading block index…"), RpcFailure(-32601, "Method not found")])
async def test_the_nodes_words_about_itself_are_no_verdict(verdict: RpcFailure) -> None:
    async with serving({"testmempoolaccept": verdict, "sendrawtransaction": verdict}) as server:
        node = BitcoinCore(JsonRpc(server.url))
        for asked in (node.test(b"\x00"), node.broadcast(b"\x00")):
            with pytest.raises(Unavailable, match=r"chains\.node-error") as caught:
                await asked
            assert caught.value.values["number"] == verdict.code


@pytest.mark.parametrize("verdict", [[], {}, None, [{"allowed": "yes"}], [1], [{"allowed": True}] * 2])
async def test_a_verdict_of_odd_form_is_none(verdict: object) -> None:
    async with serving({"testmempoolaccept": verdict}) as server:
        with pytest.raises(Unavailable, match=r"chains\.odd-answer"):
            await BitcoinCore(JsonRpc(server.url)).test(b"\x00")


async def test_a_refused_broadcast_carries_the_reason() -> None:
    async with serving({"sendrawtransaction": RpcFailure(-26, "min relay fee not met")}) as server:
        with pytest.raises(Refused) as caught:
            await BitcoinCore(JsonRpc(server.url)).broadcast(b"\x00")
    assert (caught.value.code, caught.value.values["reason"]) == ("chains.bitcoin-refused", "min relay fee not met")


async def test_a_broadcast_gives_the_txid() -> None:
    async with serving({"sendrawtransaction": TXID}) as server:
        assert await BitcoinCore(JsonRpc(server.url)).broadcast(RAW) == TXID
        assert server.asked[0][1] == [RAW.hex()]


async def test_a_transaction_in_the_pool_waits() -> None:
    async with serving({"getmempoolentry": {}}) as server:
        found = await BitcoinCore(JsonRpc(server.url)).observe(TXID)
    assert (found.accepted, found.confirmations, found.height, found.block) == (True, 0, None, None)


def blocks(where: int | None) -> Callable[[str, int], dict[str, object]]:
    """`getblock` for a transaction in the block of this height; block hashes below are heights in hex."""
    return lambda block, _: {"tx": [TXID] if where is not None and int(block, 16) == where else ["00" * 32]}


@pytest.mark.parametrize("where, confirmations", [(9, 1), (7, 3), (0, 10), (None, 0)])
@pytest.mark.parametrize("number", [-5, -8])
async def test_a_transaction_is_looked_for_in_the_newest_blocks(
    where: int | None, confirmations: int, number: int
) -> None:
    answers = {
        "getmempoolentry": RpcFailure(number, "Transaction not in mempool"),
        "getblockcount": 9,
        "getblockhash": lambda height: f"{height:064x}",
        "getblock": blocks(where),
    }
    async with serving(answers) as server:
        found = await BitcoinCore(JsonRpc(server.url)).observe(TXID)
    assert (found.accepted, found.height, found.confirmations) == (where is not None, where, confirmations)


async def test_a_node_that_starts_is_not_an_absent_transaction() -> None:
    async with serving({"getmempoolentry": RpcFailure(-28, "Loading…")}) as server:
        with pytest.raises(Unavailable, match=r"chains\.node-error"):
            await BitcoinCore(JsonRpc(server.url)).observe(TXID)


async def test_the_cookie_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / ".cookie"
    async with serving(NODE) as server:
        node = BitcoinCore(JsonRpc(server.url, cookie(path)))
        with pytest.raises(Unavailable, match=r"chains\.no-cookie"):
            await node.height()
        for text in ("__cookie__:one", "__cookie__:two\n"):
            path.write_text(text, "ascii")
            await node.height()
        assert len({header for _, _, header in server.asked}) == 2
        for spoilt in (b"no colon", b"\xff\xfe:"):
            path.write_bytes(spoilt)
            with pytest.raises(Unavailable, match=r"chains\.no-cookie"):
                await node.height()


def test_the_amount_of_the_test_is_exact() -> None:
    assert Decimal("250.00000001") * 10**8 == 25_000_000_001
