"""One regtest chain in a real node and, block by block, in the embedded one; every txid is the same in every run.

All coins come from coinbases, whose bytes regtest makes from the height and the address alone.
"""

from dataclasses import dataclass, replace

from countersign.bitcoin import transaction
from countersign.chains.bitcoin_spend import read
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from support.bitcoin_mutations import ANYONE, ONE_KEY, Draft, Held, World, finished, foreign_script, places
from support.bitcoin_node import RegtestNode, RpcError
from support.bitcoin_vault import software_vault

SUBSIDY = 5_000_000_000
COINBASES = 24
FRESH, FRESH_SATOSHIS = 12, 40_000_000
OTHER_QUORUMS = ((1, 1), (1, 2), (3, 5), (8, 15), (15, 15))
HEIGHT = COINBASES - 2 + 99


@dataclass
class Twins:
    """Both chains with the same blocks, and what lies on them. The newest two coinbases of the vault are immature."""

    node: RegtestNode
    embedded: EmbeddedBitcoin
    world: World


def twins(node: RegtestNode) -> Twins:
    """Mine the vault's coinbases, wait until all but two are mature, and fan one of them out into fresh coins."""
    held = software_vault("twin chains")
    others = [software_vault(f"{k} of {n}", k, n, 1) for k, n in OTHER_QUORUMS]
    for number in range(COINBASES):
        node.rpc("generatetoaddress", 1, held.vault.slots[number % 4].address("bcrt"))
    node.rpc("generatetoaddress", HEIGHT - 1 - COINBASES, held.vault.slots[3].address("bcrt"))
    coinbases = tuple(_coinbase(node, height, (height - 1) % 4) for height in range(1, COINBASES + 1))
    spots = places(held) + tuple(place for other in others for place in places(other))
    numbers = [number % 4 for number in range(FRESH)] + list(range(4, len(spots))) + [ANYONE, ONE_KEY]
    codes = [foreign_script(number) if number < 0 else spots[number].script_pubkey for number in numbers]
    start = World(spots, (), (), (), coinbases[1:-2], coinbases[-2:], coinbases[0], b"", HEIGHT)
    mined = finished(Draft((coinbases[0],), tuple((code, FRESH_SATOSHIS) for code in codes)), start)
    txid = transaction.from_display(node.rpc("sendrawtransaction", mined.hex(), 0))
    node.rpc("generatetoaddress", 1, held.vault.slots[3].address("bcrt"))
    made = tuple(Held(txid, vout, FRESH_SATOSHIS, number) for vout, number in enumerate(numbers))
    other, foreign = made[FRESH:-2], made[-2:]
    return Twins(node, replay(node), replace(start, fresh=made[:FRESH], other=other, foreign=foreign, mined=mined))


def _coinbase(node: RegtestNode, height: int, slot: int) -> Held:
    block = node.rpc("getblock", node.rpc("getblockhash", height), 1)
    return Held(transaction.from_display(block["tx"][0]), 0, SUBSIDY, slot)


def replay(node: RegtestNode) -> EmbeddedBitcoin:
    """An embedded chain with the node's blocks, genesis aside."""
    embedded = EmbeddedBitcoin()
    for height in range(1, node.rpc("getblockcount") + 1):
        block = node.rpc("getblock", node.rpc("getblockhash", height), 2)
        embedded.adopt(*(bytes.fromhex(tx["hex"]) for tx in block["tx"]))
    return embedded


def verdict(node: RegtestNode, raw: bytes) -> str | None:
    """None if the node would take the transaction, else its reason; it answers an error to what it cannot read."""
    try:
        (given,) = node.rpc("testmempoolaccept", [raw.hex()])
    except RpcError as error:
        return error.message
    return None if given["allowed"] else str(given["reject-reason"])


def same_txid(raw: bytes) -> str:
    """The txid of `raw` as people write it."""
    return transaction.display(read(raw).txid)
