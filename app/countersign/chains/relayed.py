"""What a relayer has sent, as its outbox has it, and what became of each as its node tells.

- Each signed transaction stands in the outbox before it is sent, whole: after a crash it is found there, and is the same.
- What carries a call already is never made twice: it is sent again as it is, while its nonce is free.
- A nonce that the chain has used and no transaction of ours was mined at is a stranger's use of the key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from countersign.chains import answers, outer_transaction
from countersign.chains.asking import Asking, hexed, reason
from countersign.chains.jsonrpc import RpcError
from countersign.desk.records import Outgoing
from countersign.desk.relaying import Outbox
from countersign.errors import Refused
from countersign.ethereum import relaying
from countersign.ethereum.abi import Address
from countersign.ethereum.execute import OuterTransaction
from countersign.ethereum.relaying import Fees
from countersign.formats import eip55

RECEIPT, SEND = "eth_getTransactionReceipt", "eth_sendRawTransaction"
BY_NONCE = "eth_getTransactionBySenderAndNonce"


@dataclass(frozen=True, slots=True)
class Sent:
    """A transaction of the outbox: its id, its bytes, and what they say."""

    name: str
    raw: bytes
    outer: OuterTransaction

    @property
    def nonce(self) -> int:
        return self.outer.nonce

    @property
    def fees(self) -> Fees:
        return Fees(self.outer.max_fee_per_gas, self.outer.max_priority_fee_per_gas)


class Relayed:
    """One account's transactions on one chain."""

    def __init__(self, asking: Asking, outbox: Outbox, account: Address, chain: str) -> None:
        self._asking, self._outbox, self._account, self._chain = asking, outbox, account, chain
        self._text = eip55.checksum(account)

    def sent(self) -> list[Sent]:
        """All of them, the newest first."""
        found = reversed(self._outbox.sent(self._chain, self._account))
        return [Sent(outer_transaction.name(each.raw), each.raw, outer_transaction.read(each.raw)) for each in found]

    async def counts(self) -> tuple[int, int]:
        """How many transactions of the account the chain has, and the node with its pool."""
        latest = await self._asking.number("eth_getTransactionCount", self._text, "latest")
        return latest, await self._asking.number("eth_getTransactionCount", self._text, "pending")

    async def waiting(self) -> list[Sent]:
        """The newest of each nonce that the chain has not used, the lowest nonce first."""
        latest, _ = await self.counts()
        return [each for each in newest(self.sent()) if each.nonce >= latest]

    async def carrying(self, to: Address, data: bytes) -> str | None:
        """What carries this call already, mined or waiting; sent again where the node lost it. None if nothing does."""
        sent = self.sent()
        alike = [each for each in sent if (each.outer.to, each.outer.data) == (to, data)]
        if not alike:
            return None
        latest, _ = await self.counts()  # before the receipts: what was mined by then has one
        for each in alike:
            receipt = await self._receipt(each.name)
            if receipt is not None and receipt.get("status") == "0x1":
                return each.name
            if receipt is None and each.nonce >= latest and each in newest(sent):
                await self._again(each)
                return each.name
        return None

    async def next_nonce(self) -> int:
        """The next nonce, once what the node lost was sent again. Refused("relaying.stranger", "relaying.gap")."""
        sent, (latest, pending) = self.sent(), await self.counts()
        own = {each.nonce for each in sent}
        last = max((each for each in own if each < latest), default=None)
        if last is not None and not await self._mined(sent, last):
            raise await self._stranger(last)
        nonce = relaying.next_nonce(latest, own)
        if max(latest, pending) > nonce:
            raise await self._stranger(nonce)
        for each in newest(sent):
            if each.nonce >= latest:
                await self._again(each)
        return nonce

    async def stuck(self, transaction: str) -> Sent:
        """The newest transaction at the nonce of this one, which waits.

        Refused("chains.not-relayed", "chains.mined-already", "chains.displaced").
        """
        sent = self.sent()
        asked = next((each for each in sent if each.name == transaction), None)
        if asked is None:
            raise Refused("chains.not-relayed", transaction=transaction, account=self._text)
        if asked.nonce < (await self.counts())[0]:
            if (mined := await self._mined(sent, asked.nonce)) is not None:
                raise Refused("chains.mined-already", transaction=mined)
            by = await self._taker(asked.nonce)
            raise Refused("chains.displaced", transaction=transaction, nonce=asked.nonce, by=by)
        return next(each for each in sent if each.nonce == asked.nonce)

    async def post(self, raw: bytes, nonce: int) -> str:
        """Keep a signed transaction, then send it; its id. Refused("chains.ethereum-refused")."""
        self._outbox.keep(Outgoing(self._chain, self._account, nonce, raw))
        await self._submit(raw)
        return outer_transaction.name(raw)

    async def _again(self, sent: Sent) -> None:
        if not await self._asking.knows(sent.name):
            await self._submit(sent.raw)

    async def _submit(self, raw: bytes) -> None:
        try:
            await self._asking.rpc.call(SEND, hexed(raw))
        except RpcError as error:
            why = reason(error, SEND)
            if not await self._asking.knows(outer_transaction.name(raw)):
                raise Refused("chains.ethereum-refused", reason=why) from None

    async def _receipt(self, transaction: str) -> dict[str, Any] | None:
        given = await self._asking.ask(RECEIPT, transaction)
        return None if given is None else answers.record(given, RECEIPT)

    async def _mined(self, sent: Sequence[Sent], nonce: int) -> str | None:
        """Which of these was mined at this nonce."""
        for each in sent:
            if each.nonce == nonce and await self._receipt(each.name) is not None:
                return each.name
        return None

    async def _stranger(self, nonce: int) -> Refused:
        return Refused("relaying.stranger", account=self._text, nonce=nonce, transaction=await self._taker(nonce))

    async def _taker(self, nonce: int) -> str:
        """The transaction of this account that has this nonce, as far as the node tells; else a question mark."""
        try:
            given = await self._asking.rpc.call(BY_NONCE, self._text, hex(nonce))
        except RpcError:
            return "?"
        return "?" if given is None else hexed(answers.data(answers.record(given, BY_NONCE).get("hash"), BY_NONCE))


def newest(sent: Sequence[Sent]) -> list[Sent]:
    """The newest of each nonce, the lowest nonce first."""
    found: dict[int, Sent] = {}
    for each in sent:
        found.setdefault(each.nonce, each)
    return sorted(found.values(), key=lambda each: each.nonce)
