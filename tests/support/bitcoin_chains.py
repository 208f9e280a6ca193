"""Both kinds of `desk.ports.BitcoinNode` under one roof, for the suite that each must pass."""

from collections.abc import Callable
from dataclasses import dataclass

from countersign.bitcoin.descriptor import Descriptor
from countersign.chains.bitcoin_core import BitcoinCore, cookie
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.chains.jsonrpc import JsonRpc
from countersign.desk.ports import BitcoinNode
from support.bitcoin_node import RegtestNode
from support.bitcoin_vault import SoftwareVault


@dataclass(frozen=True)
class BitcoinChain:
    """A node, and the two things that happen around it: somebody pays a vault, a block is found."""

    node: BitcoinNode
    pay: Callable[[SoftwareVault, int, int], None]
    """Pay `satoshis` to slot number `slot` of a vault, confirmed."""
    find_block: Callable[[], None]
    pay_to: Callable[[Descriptor, int], None]
    """Pay `satoshis` to a place of any vault, confirmed."""


def embedded_chain() -> BitcoinChain:
    chain = EmbeddedBitcoin()

    def pay_to(place: Descriptor, satoshis: int) -> None:
        chain.fund(place.script_pubkey, satoshis)

    return BitcoinChain(chain, _to_slots(pay_to), lambda: None, pay_to)


def real_chain(node: RegtestNode) -> BitcoinChain:
    adapter = BitcoinCore(JsonRpc(node.url, cookie(node.cookie)))

    def pay_to(place: Descriptor, satoshis: int) -> None:
        node.pay(place.address("bcrt"), satoshis)
        node.mine()

    def find_block() -> None:
        node.mine()

    return BitcoinChain(adapter, _to_slots(pay_to), find_block, pay_to)


def _to_slots(pay_to: Callable[[Descriptor, int], None]) -> Callable[[SoftwareVault, int, int], None]:
    return lambda vault, slot, satoshis: pay_to(vault.vault.slots[slot], satoshis)
