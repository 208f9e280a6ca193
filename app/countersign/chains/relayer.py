"""The relayer: the account that pays for outer transactions, and owns nothing else.

- Its key lies in a token. It owns no Safe and is nobody's registered key (E11): `standing` refuses otherwise before each
  signature, and the called Safes are asked whether it is an owner.
- Nothing is sent that `eth_call` says would fail, nor where what is simulated differs from what is owed (`trial`).
- What it sent it never makes twice; what its node lost is sent again first (`relayed`).
- A stuck transaction is replaced at its own nonce with higher fees under the caps, or by an empty payment to itself.
- It signs for the chain of its place in the file of nodes, never for the one that the node names; where the two differ
  nothing is sent.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from countersign.chains import answers, outer_transaction
from countersign.chains.asking import Asking, hexed
from countersign.chains.gas import gas_limit
from countersign.chains.outer_transaction import SignDigest
from countersign.chains.relayed import Relayed
from countersign.chains.trial import Trial
from countersign.desk.relaying import Outbox, RelayerView, WaitingTransaction
from countersign.errors import Malformed, Refused
from countersign.ethereum import atomic, relaying, views
from countersign.ethereum.abi import Address, address
from countersign.ethereum.execute import OuterTransaction
from countersign.ethereum.movements import Movement
from countersign.ethereum.relaying import Caps, Fees
from countersign.formats import eip55
from countersign.keys.public_key import PublicKey

EMPTY_GAS = 21_000


@dataclass(frozen=True, slots=True)
class Relayer:
    """A secp256k1 key and its token, what it may spend, and where it keeps what it sent. `standing` raises Refused."""

    key: PublicKey
    sign: SignDigest
    outbox: Outbox
    caps: Caps = field(default_factory=Caps)
    standing: Callable[[], None] = lambda: None

    @property
    def account(self) -> Address:
        """Its address."""
        return Address(self.key.ethereum_address())


class Relaying:
    """A relayer at one node. `place`: the CAIP-2 under which the file of nodes names the node; None where none does."""

    def __init__(self, asking: Asking, relayer: Relayer, trial: Trial, place: str | None) -> None:
        self._asking, self._relayer, self._trial, self._place = asking, relayer, trial, place
        self._account = eip55.checksum(relayer.account)
        self._turn = asyncio.Lock()

    async def send(self, to: str, data: bytes, moves: Sequence[Movement] | None) -> str:
        """Send the call, or find what carries it already; the transaction's id. Refused, with nothing sent: by name."""
        target, gas = address(eip55.parse(to)), gas_limit(data)
        async with self._turn:
            chain = await self._chain()
            relayed = self._relayed(chain)
            if (out := await relayed.carrying(target, data)) is not None:
                return out
            await self._require_free(target, data)
            await self._trial.require(to, data, moves)
            relaying.require_gas(gas, self._relayer.caps.gas)
            nonce = await relayed.next_nonce()
            fees = relaying.fresh(await self._asking.base_fee(), relaying.TIP, self._relayer.caps.fee)
            return await self._post(relayed, OuterTransaction(_number(chain), nonce, target, data, gas, *_both(fees)))

    async def carrying(self, to: str, data: bytes) -> str | None:
        """The transaction that carries this call already, as the outbox has it; sent again where the node lost it."""
        async with self._turn:
            return await self._relayed(await self._chain()).carrying(address(eip55.parse(to)), data)

    async def raise_fees(self, transaction: str, moves: Sequence[Movement] | None) -> str:
        """Replace a stuck transaction at its nonce with higher fees; the replacement's id. Raises as `Relayed.stuck`."""
        async with self._turn:
            relayed = self._relayed(await self._chain())
            stuck = await relayed.stuck(transaction)
            await self._require_free(stuck.outer.to, stuck.outer.data)
            if stuck.outer.to != self._relayer.account:  # what was cancelled already moves nothing
                await self._trial.require(eip55.checksum(stuck.outer.to), stuck.outer.data, moves)
            return await self._post(relayed, await self._dearer(stuck.outer, stuck.fees))

    async def cancel(self, transaction: str) -> str:
        """Replace a stuck transaction at its nonce by an empty payment to the relayer itself. Raises as `Relayed.stuck`."""
        async with self._turn:
            relayed = self._relayed(await self._chain())
            stuck = await relayed.stuck(transaction)
            self._relayer.standing()
            empty = replace(stuck.outer, to=self._relayer.account, data=b"", gas=EMPTY_GAS)
            return await self._post(relayed, await self._dearer(empty, stuck.fees))

    async def view(self) -> RelayerView:
        """The account as its node and its outbox tell it. Refused("E11.relayer-registered", "chains.other-chain")."""
        self._relayer.standing()
        chain = await self._chain()
        relayed = self._relayed(chain)
        waiting = [
            WaitingTransaction(each.nonce, each.name, each.fees.most, await self._asking.knows(each.name))
            for each in await relayed.waiting()
        ]
        latest, pending = await relayed.counts()
        balance, caps = await self._balance(), self._relayer.caps
        offers = await self._trial.offers()
        return RelayerView(chain, self._account, balance, latest, pending, tuple(waiting), caps.fee, caps.gas, offers)

    def _relayed(self, chain: str) -> Relayed:
        return Relayed(self._asking, self._relayer.outbox, self._relayer.account, chain)

    async def _chain(self) -> str:
        """The chain that is signed for. Refused("chains.other-chain")."""
        found = f"eip155:{await self._asking.number('eth_chainId')}"
        if self._place is not None and found != self._place:
            raise Refused("chains.other-chain", expected=self._place, found=found)
        return found

    async def _require_free(self, to: Address, data: bytes) -> None:
        """E11: the relayer's key is nobody's, and owns none of the called Safes. Refused("E11.relayer-owns")."""
        self._relayer.standing()
        try:
            safes = {each.safe for each in atomic.parts(to, data)}
        except Malformed:
            safes = {to}
        asked = hexed(views.ask_is_owner(self._relayer.account))
        for safe in map(eip55.checksum, sorted(safes)):
            answer = await self._asking.ask("eth_call", {"to": safe, "data": asked}, "latest")
            if any(answers.data(answer, "eth_call")):
                raise Refused("E11.relayer-owns", account=self._account, safe=safe)

    async def _dearer(self, outer: OuterTransaction, before: Fees) -> OuterTransaction:
        fees = relaying.raised(before, await self._asking.base_fee(), relaying.TIP, self._relayer.caps.fee)
        return replace(outer, max_fee_per_gas=fees.most, max_priority_fee_per_gas=fees.tip)

    async def _post(self, relayed: Relayed, outer: OuterTransaction) -> str:
        """Sign, keep, send. Refused("relaying.funds") where it could not pay for all that would then wait."""
        others = [each.outer for each in await relayed.waiting() if each.nonce != outer.nonce]
        needed = sum(each.gas * each.max_fee_per_gas for each in (outer, *others))
        relaying.require_funds(self._account, await self._balance(), needed)
        raw = await outer_transaction.signed(outer, self._relayer.key, self._relayer.sign)
        return await relayed.post(raw, outer.nonce)

    async def _balance(self) -> int:
        return await self._asking.number("eth_getBalance", self._account, "latest")


def _number(chain: str) -> int:
    return int(chain.partition(":")[2])


def _both(fees: Fees) -> tuple[int, int]:
    return fees.most, fees.tip
