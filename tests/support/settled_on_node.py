"""`settled_kinds` on a real Ethereum node: the world's Safes and tokens stand there, at the very places that the roster names.

    over = ended(begin(kind, placed(node)))        # what is sent is executed; its name is the node's

- A real Safe and a real ERC-20 are deployed; their code and storage are copied to the world's made-up addresses.
"""

from dataclasses import dataclass
from itertools import pairwise

from countersign.ethereum.abi import Address, selector
from countersign.ethereum.owners import OwnerList
from countersign.formats import caip, eip55
from countersign.formats.keccak import keccak256
from support import review_cases as cases
from support import settlement_world as world
from support.ethereum_node import AnvilNode, hexed, place_safe_contracts
from support.settled_kinds import Chain
from support.settlement_world import Desk

SINGLETON, OWNERS, COUNT, THRESHOLD = 0, 2, 3, 4
HANDLER = int.from_bytes(keccak256(b"fallback_manager.handler.address"))
END = Address(bytes(19) + b"\1")


@dataclass
class OnNode(Chain):
    """A node on which everything is executed."""

    node: AnvilNode

    def sent(self, to: str, data: bytes, what: str) -> str:
        """Mined at once, and not reverted."""
        receipt = self.node.send(data, Address(eip55.parse(to)))
        assert receipt["status"] == "0x1", what
        return str(receipt["transactionHash"])

    def listed(self, desk: Desk) -> OwnerList:
        """As the Safe itself lists them."""
        safe = Address(eip55.parse(world.safe_address("harbour")))
        said = self.node.call(safe, selector("getOwners()"))
        words = [said[at : at + 32] for at in range(64, len(said), 32)]
        threshold = int.from_bytes(self.node.call(safe, selector("getThreshold()")))
        return OwnerList(tuple(Address(each[12:]) for each in words), threshold)


def placed(node: AnvilNode, threshold: int = 2) -> OnNode:
    """The Safes of both parties, `threshold` of whose owners sign, and their tokens, on a fresh node."""
    contracts = place_safe_contracts(node)
    for salt, party in enumerate(world.OWNERS):
        keys = (world.vault_key(officer, "eip155", party) for officer in world.SAFE_OWNERS)
        owners = [Address(key.public.ethereum_address()) for key in keys]
        made, safe = contracts.new_safe(owners, threshold, salt), Address(eip55.parse(world.safe_address(party)))
        links = [_keyed(before, OWNERS) for before, _ in pairwise([END, *owners, END])]
        _copy(node, made, safe, [SINGLETON, COUNT, THRESHOLD, HANDLER, *links])
    token = contracts.deploy_token()
    for asset, party in ((world.USDC, "harbour"), (cases.EURC, "meridian")):
        place = Address(caip.AssetId.parse(asset).token)
        _copy(node, token, place, [])
        holder = _keyed(Address(eip55.parse(world.safe_address(party))), 0)
        _store(node, place, holder, (10**15).to_bytes(32))
    return OnNode(node)


def _keyed(key: Address, slot: int) -> int:
    """Where Solidity keeps a mapping's value."""
    return int.from_bytes(keccak256(bytes(12) + key + slot.to_bytes(32)))


def _copy(node: AnvilNode, old: Address, new: Address, slots: list[int]) -> None:
    node.rpc("anvil_setCode", hexed(new), node.rpc("eth_getCode", hexed(old), "latest"))
    for slot in slots:
        _store(node, new, slot, bytes.fromhex(node.rpc("eth_getStorageAt", hexed(old), hex(slot), "latest")[2:]))


def _store(node: AnvilNode, where: Address, slot: int, value: bytes) -> None:
    node.rpc("anvil_setStorageAt", hexed(where), f"0x{slot:064x}", f"0x{value.hex():0>64}")
