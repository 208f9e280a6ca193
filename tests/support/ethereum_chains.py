"""Both kinds of `desk.ports.EthereumNode` under one roof, for the suite that each must pass."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.chains.embedded_ethereum import EmbeddedEthereum, EmbeddedSafe
from countersign.chains.outside import Outside
from countersign.desk.ports import EthereumNode
from countersign.ethereum import erc20, execute, multisend
from countersign.ethereum.abi import Address
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import SafeTx, plain_tx
from countersign.formats import eip55
from support.ethereum_mutations import BATCH, blob
from support.ethereum_node import CHAIN_ID, AnvilNode, place_safe_contracts
from support.software_keys import SoftwareKey
from support.twin_ethereum import owners, relayer

FUNDS = 1_000_000


@dataclass(frozen=True)
class EthereumChain:
    """A node and a fresh 2-of-3 Safe on it that holds `FUNDS` of a token. `pay` sends the Safe ether: the transaction."""

    node: EthereumNode
    safe: Address
    token: Address
    keys: tuple[SoftwareKey, ...]
    pay: Callable[[int], str]

    @property
    def safe_text(self) -> str:
        return eip55.checksum(self.safe)

    @property
    def token_text(self) -> str:
        return eip55.checksum(self.token)

    async def transfer(self, recipient: Address, amount: int) -> SafeTx:
        """The next SafeTx of this Safe."""
        data = erc20.encode(erc20.Transfer(recipient, amount))
        return plain_tx(CHAIN_ID, self.safe, self.token, 0, data, await self.node.safe_nonce(self.safe_text))

    async def transfers(self, amounts: Mapping[Address, int]) -> SafeTx:
        """The next SafeTx of this Safe: a batch that pays all of these."""
        paid = [erc20.encode(erc20.Transfer(to, amount)) for to, amount in amounts.items()]
        data = multisend.serialise([InnerCall(self.token, 0, each) for each in paid])
        return replace(await self.transfer(self.safe, 0), to=BATCH, data=data, operation=1)

    def call(self, tx: SafeTx, who: Sequence[int] = (0, 1)) -> bytes:
        """Call data signed by the owners `who`, in that order."""
        return execute.encode(tx, blob(tx, [self.keys[one] for one in who]))


def _holders() -> tuple[Address, ...]:
    return tuple(Address(key.public.ethereum_address()) for key in owners())


def embedded_chain() -> EthereumChain:
    safe, token = Address(b"\x5a" * 20), Address(b"\x70" * 20)
    chain = EmbeddedEthereum(CHAIN_ID, {safe: EmbeddedSafe(_holders(), 2)}, {token: {safe: FUNDS}}, seconds=_seconds)
    outside = Outside(EmbeddedBitcoin(), chain)
    return EthereumChain(
        chain, safe, token, owners(), lambda wei: outside.pay_ether(eip55.checksum(safe), wei).partition(":")[0]
    )


def _seconds() -> int:
    return int(time.time())


def real_chains(node: AnvilNode) -> Callable[[], EthereumChain]:
    """Deploys once; each call gives a fresh Safe."""
    adapter, contracts = relayer(node), place_safe_contracts(node)
    made: list[Address] = []

    def fresh() -> EthereumChain:
        safe, token = contracts.new_safe(_holders(), 2, len(made)), contracts.deploy_token()
        made.append(safe)
        contracts.fund(token, safe, FUNDS)
        return EthereumChain(
            adapter, safe, token, owners(), lambda wei: str(node.send(b"", safe, value=wei)["transactionHash"])
        )

    return fresh
