"""A stuck transaction on a real node that mines nothing below 5 sat/vB: replaced by a higher fee, or lifted by a child."""

from collections.abc import Iterator

import pytest

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.inspect import facts
from countersign.rails import bitcoin as rail
from countersign.rails.bitcoin import Funds
from countersign.rails.bitcoin_child import lift
from countersign.rails.bitcoin_respend import respend
from rails.test_bitcoin import share
from rails.test_bitcoin_respend import ONE, parts
from support.bitcoin_node import RegtestNode, RpcError
from support.parts import bitcoind

_, (PAYING,), OWED = parts(ONE)
DUE = sum(each.amount for each in OWED)
LEAST = 5


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegtestNode]:
    folder = tmp_path_factory.mktemp("bitcoind")
    with RegtestNode(bitcoind(), folder, f"-blockmintxfee={LEAST / 100_000:.8f}") as running:
        running.mine(110)
        yield running


def deposit(node: RegtestNode, satoshis: int) -> tuple[bytes, int]:
    """A mined coin in slot 0: its transaction and place."""
    txid = node.pay(PAYING.descriptor(0).address("bcrt"), satoshis)
    node.rpc("prioritisetransaction", txid, 0, 1_000_000)
    node.mine()
    outputs = node.rpc("getrawtransaction", txid, True)["vout"]
    script = PAYING.descriptor(0).script_pubkey.hex()
    return node.raw(txid), next(each["n"] for each in outputs if each["scriptPubKey"]["hex"] == script)


def finished(unsigned: bytes) -> bytes:
    return rail.finalise(rail.combine(unsigned, [share(unsigned, each) for each in ("officer-a", "officer-c")])).raw


def stuck(node: RegtestNode, *coins: tuple[bytes, int]) -> tuple[bytes, str]:
    """What pays what is owed at 1 sat/vB: its PSBT, and its id in the node's pool."""
    unsigned = psbts.serialise(rail.build(OWED, [Funds(PAYING, coins, 3)], 1).psbt)
    return unsigned, node.rpc("sendrawtransaction", finished(unsigned).hex())


def waits(node: RegtestNode, txid: str) -> bool:
    return txid in node.rpc("getrawmempool")


def test_a_child_lifts_its_parent_into_a_block(node: RegtestNode) -> None:
    unsigned, parent = stuck(node, deposit(node, DUE + 1_000_000))
    node.mine()
    assert waits(node, parent)  # too little by itself
    made = lift(unsigned, [PAYING], settled=OWED, rate=LEAST, spare={PAYING.id: 2})
    child = node.rpc("sendrawtransaction", finished(psbts.serialise(made.psbt)).hex())
    seen = node.rpc("getmempoolentry", child)
    assert seen["depends"] == [parent]
    assert seen["fees"]["ancestor"] * 10**8 >= LEAST * seen["ancestorsize"]
    node.mine()
    assert not waits(node, parent)
    assert node.rpc("getrawtransaction", parent, True)["confirmations"] == 1
    assert node.rpc("getrawtransaction", child, True)["confirmations"] == 1


def test_a_replacement_takes_the_place_of_the_original_and_is_mined(node: RegtestNode) -> None:
    exact, (raw, vout) = deposit(node, DUE + 190), deposit(node, 900_000)
    unsigned, original = stuck(node, exact)
    assert len(facts(psbts.parse(unsigned)).outputs) == len(OWED)  # no change that could bear a higher fee
    node.mine()
    assert waits(node, original)
    more = {PAYING.id: ((raw, vout),)}
    made = respend(unsigned, [PAYING], settled=OWED, owed=OWED, rate=LEAST, spare={PAYING.id: 2}, more=more)
    replacement = node.rpc("sendrawtransaction", finished(psbts.serialise(made.psbt)).hex())
    assert not waits(node, original)
    node.mine()
    assert node.rpc("getrawtransaction", replacement, True)["confirmations"] == 1


def test_what_a_node_takes_for_a_replacement_begins_where_we_say(node: RegtestNode) -> None:
    unsigned, original = stuck(node, deposit(node, DUE + 1_000_000))
    made = respend(unsigned, [PAYING], settled=OWED, owed=OWED, rate=2, spare={})
    (verdict,) = node.rpc("testmempoolaccept", [finished(psbts.serialise(made.psbt)).hex()])
    assert verdict["allowed"]
    same = finished(psbts.serialise(rail.build(OWED, [Funds(PAYING, _coins(unsigned), 2)], 1).psbt))
    with pytest.raises(RpcError, match="insufficient fee"):
        node.rpc("sendrawtransaction", same.hex())
    assert waits(node, original)


def _coins(unsigned: bytes) -> tuple[tuple[bytes, int], ...]:
    psbt = psbts.parse(unsigned)
    return tuple((parent.data, psbt.tx.vin[0].prevout.n) for parent in psbt.parents.values())
