"""Whether a call would succeed now, and whether it would do what is owed: asked of a node before anybody releases or sends.

- `eth_call` with the gas that the outer transaction would have; a Safe that would answer `false` is refused as well, and
  a MultiSendCallOnly whose code is another than the pinned one, be it called itself or by a Safe for its batch.
- What the call's own bytes say that moves is held against what is owed; then what the node simulates (`simulation`): logs,
  ether, and what each token credits. No more, no less. Where a node simulates without logs the bytes and `eth_call` are
  all there is, and `offers` says so.
- Whoever sends it does not matter to a Safe: without an account of one's own the call comes from nobody.
"""

from collections.abc import Sequence

from countersign.chains import answers
from countersign.chains.asking import Asking, hexed, reason
from countersign.chains.gas import gas_limit
from countersign.chains.jsonrpc import RpcError
from countersign.chains.simulation import Simulator
from countersign.errors import Refused
from countersign.ethereum import atomic, movements
from countersign.ethereum.abi import Address, address
from countersign.ethereum.execute import SELECTOR
from countersign.ethereum.movements import Movement
from countersign.formats import eip55


class Trial:
    """One node, asked what a call would do. `account`: from whom, EIP-55."""

    def __init__(self, asking: Asking, account: str | None) -> None:
        self._asking = asking
        self._from = {} if account is None else {"from": account}
        self._simulator = Simulator(asking)

    async def test(self, to: str, data: bytes, moves: Sequence[Movement] | None) -> str | None:
        """None if the call would succeed now, else the chain's reason. Refused("chains.other-effects")."""
        target = address(eip55.parse(to))
        for place in atomic.batches(target, data):
            if await self._asking.code_hash(eip55.checksum(place)) != atomic.code_hash(place):
                return "no contract answers"
        call = {**self._from, "to": to, "data": hexed(data), "gas": hex(gas_limit(data))}
        try:
            answer = answers.data(await self._asking.rpc.call("eth_call", call, "latest"), "eth_call")
        except RpcError as error:
            return reason(error, "eth_call")
        if data[:4] == SELECTOR and answer != (1).to_bytes(32, "big"):
            return "ExecutionFailure" if answer else "no contract answers"
        if moves is not None:
            await self._require_effects(call, target, data, moves)
        return None

    async def require(self, to: str, data: bytes, moves: Sequence[Movement] | None) -> None:
        """Refuse what would fail. Refused("chains.ethereum-refused", "chains.other-effects")."""
        if (why := await self.test(to, data, moves)) is not None:
            raise Refused("chains.ethereum-refused", reason=why)

    async def offers(self) -> str | None:
        """The method by which the node simulates with logs, None where it offers none."""
        return await self._simulator.offers()

    async def _require_effects(self, call: dict[str, str], to: Address, data: bytes, moves: Sequence[Movement]) -> None:
        called = atomic.parts(to, data)
        _require_same(movements.difference(moves, movements.decoded(called)))
        found = await self._simulator.simulate(call, movements.holders(moves))
        if found is None:
            return
        _require_same(movements.difference(moves, *movements.logged(found.logs)))
        _require_same(movements.credited(moves, found.balances))
        if not movements.succeeded(called, found.logs):
            raise Refused("chains.ethereum-refused", reason="ExecutionFailure")


def _require_same(differs: str | None) -> None:
    if differs is not None:
        raise Refused("chains.other-effects", differs=differs)
