"""The same Safe, token and nonce on a real node and on the embedded chain; every address is the same in every run."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from countersign.chains.embedded_ethereum import EmbeddedEthereum, EmbeddedSafe
from countersign.chains.ethereum_rpc import EthereumRpc
from countersign.chains.jsonrpc import JsonRpc
from countersign.chains.relayer import Relayer
from countersign.ethereum import erc20, execute, views
from countersign.ethereum.abi import Address
from countersign.ethereum.safe import plain_tx
from countersign.keys.public_key import Curve, PublicKey
from support.ethereum_mutations import World, blob
from support.ethereum_node import CHAIN_ID, AnvilNode, SafeContracts, deploy_safe_contracts
from support.software_keys import SoftwareKey

TOKENS, WEI = 1_000_000, 10**15
FIRST_PAYMENT = 1000


@dataclass
class Twins:
    """Both chains in the same state, and what lies on them; the adapter is the product's, with a software relayer."""

    node: AnvilNode
    adapter: EthereumRpc
    embedded: EmbeddedEthereum
    world: World


def software_signer(key: SoftwareKey) -> Callable[[PublicKey, bytes], Awaitable[bytes]]:
    """A `SignDigest` that signs with `key` only."""

    async def sign(asked: PublicKey, digest: bytes) -> bytes:
        assert asked == key.public
        return key.sign_digest(digest)

    return sign


def relayer(node: AnvilNode) -> EthereumRpc:
    """The product's adapter on this node, with a funded software relayer."""
    key = SoftwareKey.generate(Curve.SECP256K1, "relayer")
    node.send(b"", Address(key.public.ethereum_address()), value=10**18)
    return EthereumRpc(JsonRpc(node.url), Relayer(key.public, software_signer(key), node.outbox))


def owners() -> tuple[SoftwareKey, ...]:
    """The Safe's owners, ascending by address."""
    made = (SoftwareKey.generate(Curve.SECP256K1, f"owner {number}") for number in range(3))
    return tuple(sorted(made, key=lambda key: key.public.ethereum_address()))


def twins(node: AnvilNode) -> Twins:
    """Deploy, fund, and execute one transfer on both."""
    adapter = relayer(node)
    contracts = deploy_safe_contracts(node)
    keys = owners()
    held_by = tuple(Address(key.public.ethereum_address()) for key in keys)
    safe, other_safe = (contracts.new_safe(held_by, 2, salt) for salt in range(2))
    token, other_token = contracts.deploy_token(), contracts.deploy_token()
    _fund(contracts, safe, token, other_token)
    tx = plain_tx(CHAIN_ID, safe, token, 0, erc20.encode(erc20.Transfer(Address(b"\xdd" * 20), FIRST_PAYMENT)), 0)
    executed = execute.encode(tx, blob(tx, keys[:2]))
    assert node.send(executed, safe)["status"] == "0x1"
    embedded = EmbeddedEthereum(
        CHAIN_ID,
        {one: EmbeddedSafe(_in_order(node, one), 2, nonce) for one, nonce in ((safe, 1), (other_safe, 0))},
        {token: {safe: TOKENS}, other_token: {safe: TOKENS}},
        ether={safe: WEI},
    )
    listed = _in_order(node, safe)
    world = World(CHAIN_ID, safe, other_safe, token, other_token, keys, 1, TOKENS, WEI, executed, listed)
    return Twins(node, adapter, embedded, world)


def _fund(contracts: SafeContracts, safe: Address, token: Address, other_token: Address) -> None:
    contracts.fund(token, safe, TOKENS + FIRST_PAYMENT)
    contracts.fund(other_token, safe, TOKENS)
    contracts.node.send(b"", safe, value=WEI)


def _in_order(node: AnvilNode, safe: Address) -> tuple[Address, ...]:
    return views.read_addresses(node.call(safe, views.ask_owners()))
