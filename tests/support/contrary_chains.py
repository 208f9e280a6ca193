"""Chains that do not do what they are asked: one that refuses, one that forgets what it had mined."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

from countersign.demonstration import cast
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.ports import Observation
from countersign.desk.vouching import Nodes
from countersign.errors import Refused, Unavailable
from support.software_stage import Table


@dataclass
class Refusing:
    """A node that would take a transaction and, when it is sent one, refuses it."""

    node: object
    code: str
    sent: int = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self.node, name)

    async def broadcast(self, *given: object) -> str:
        self.sent += 1
        raise Refused(self.code, reason="too little fee")


@dataclass
class Forgetful:
    """A node in whose best chain these transactions are in no block any more, or in `moved` blocks since."""

    node: object
    gone: set[str] = field(default_factory=set)
    fresh: dict[str, int] = field(default_factory=dict)

    def __getattr__(self, name: str) -> object:
        return getattr(self.node, name)

    async def observe(self, transaction: str) -> Observation:
        if transaction in self.gone:
            return Observation(transaction, True, 0, None, None)
        seen: Observation = await self.node.observe(transaction)  # type: ignore[attr-defined]
        if transaction not in self.fresh or seen.block is None:
            return seen
        self.fresh[transaction] += 1
        block = "".join(reversed(seen.block))
        return replace(seen, block=block, confirmations=self.fresh[transaction])


@dataclass
class Pooling:
    """A node that takes a transaction into its pool and never mines it."""

    node: Forgetful

    def __getattr__(self, name: str) -> object:
        return getattr(self.node, name)

    async def broadcast(self, *_: object) -> str:
        (txid,) = self.node.gone
        return txid


@dataclass
class Dropping:
    """A node that takes a transaction into its pool, and later has it no more."""

    node: object
    dropped: bool = False
    NAME: ClassVar[str] = "0x" + "d0" * 32

    def __getattr__(self, name: str) -> object:
        return getattr(self.node, name)

    async def broadcast(self, *_: object) -> str:
        return self.NAME

    async def observe(self, transaction: str) -> Observation:
        if transaction == self.NAME:
            return Observation(transaction, not self.dropped, 0, None, None)
        seen: Observation = await self.node.observe(transaction)  # type: ignore[attr-defined]
        return seen


def desk_over(table: Table, bitcoin: object = None, ethereum: object = None) -> EmbeddedDesk:
    """The desk with other eyes on its chains."""
    nodes = Nodes({cast.BITCOIN: bitcoin or table.stage.bitcoin}, {cast.ETHEREUM: ethereum or table.stage.ethereum})  # type: ignore[dict-item]
    return replace(table.desk, nodes=nodes)


class Contrary:
    """A node that would refuse, or that fails while it is sent something; it counts what it is sent."""

    def __init__(self, node: object, reason: str | None = None, *, fails: bool = False) -> None:
        self._node, self._reason, self._fails, self.sent = node, reason, fails, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._node, name)

    async def test(self, *given: object) -> str | None:
        return self._reason or await self._node.test(*given)  # type: ignore[attr-defined, no-any-return]

    async def broadcast(self, *given: object) -> str:
        self.sent += 1
        if self._fails:
            raise Unavailable("chains.silent")
        return await self._node.broadcast(*given)  # type: ignore[attr-defined, no-any-return]
