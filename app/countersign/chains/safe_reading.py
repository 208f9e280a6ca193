"""A Safe's state through a node's JSON-RPC, every question at one block (check E10).

- The block is named by its hash in each question (EIP-1898, canonical only): a chain that changes its mind meanwhile gives
  an error, never a mixture of two states.
- Code is hashed here, that of the release's MultiSendCallOnly too; owners, threshold, version, modules and nonce are asked of
  the Safe, guards, fallback handler and singleton read from its storage.
- What answers like no Safe is Refused `chains.no-contract`: there is nothing to compare.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from countersign.chains import answers
from countersign.errors import Malformed, Refused, Unavailable
from countersign.ethereum import safe_storage, views
from countersign.ethereum.abi import Address
from countersign.ethereum.deployments import MULTI_SEND_CALL_ONLY
from countersign.ethereum.safe import SafeVersion
from countersign.formats import eip55, times
from countersign.formats.keccak import keccak256
from countersign.settlement.safe_state import MOST, ChainSnapshot, SafeState

Ask = Callable[..., Awaitable[Any]]
Answer = TypeVar("Answer")


async def read_safes(ask: Ask, chain: str, safes: Sequence[str], block: str | None) -> ChainSnapshot:
    """The snapshot, Safes ascending. Unavailable (`chains.*`), Refused `chains.no-contract`, Malformed as `eip55`."""
    for each in safes:
        eip55.parse(each)
    method = "eth_getBlockByNumber" if block is None else "eth_getBlockByHash"
    given = await ask(method, "latest" if block is None else block, False)
    if given is None:
        raise Unavailable("chains.no-block", block=block or "latest")
    found = answers.record(given, method)
    number = answers.quantity(found.get("number"), method)
    seen = "0x" + answers.data(found.get("hash"), method).hex()
    time = answers.quantity(found.get("timestamp"), method)
    if len(seen) != 66 or number > MOST or time > times.LAST or (block is not None and seen != block):
        raise Unavailable("chains.odd-answer", method=method)
    at = _At(ask, {"blockHash": seen, "requireCanonical": True})
    states = await asyncio.gather(*(at.safe(each) for each in sorted(set(safes))))
    return ChainSnapshot(chain, number, seen, time, tuple(states))


class _At:
    """Questions about one Safe at one block."""

    def __init__(self, ask: Ask, block: dict[str, object]) -> None:
        self._ask = ask
        self._block = block

    async def safe(self, safe: str) -> SafeState:
        code, singleton = await self._code(safe), await self._stored(safe, safe_storage.SINGLETON_SLOT)
        if not code or singleton is None:
            raise Refused("chains.no-contract", address=safe)
        owners = await self._view(safe, views.ask_owners(), views.read_addresses)
        modules = await self._view(safe, safe_storage.ask_modules(), safe_storage.read_modules)
        version = await self._view(safe, views.ask_version(), views.read_version)
        return SafeState(
            address=safe,
            proxy_code=_hashed(code),
            singleton=singleton,
            singleton_code=_hashed(await self._code(singleton)),
            multi_send_code=await self._multi_send(version),
            version=str(version),
            owners=_once(safe, owners),
            threshold=_small(safe, await self._view(safe, views.ask_threshold(), views.read_uint)),
            modules=_sorted(modules),
            guard=await self._stored(safe, safe_storage.GUARD_SLOT),
            module_guard=await self._stored(safe, safe_storage.MODULE_GUARD_SLOT),
            fallback_handler=await self._stored(safe, safe_storage.FALLBACK_HANDLER_SLOT),
            nonce=_small(safe, await self._view(safe, views.ask_nonce(), views.read_uint)),
        )

    async def _multi_send(self, version: SafeVersion) -> str | None:
        """What a batch of a Safe of this release would run; None where nothing stands: such a call succeeds and does nothing."""
        place = MULTI_SEND_CALL_ONLY.get(version)
        code = b"" if place is None else await self._code(eip55.checksum(place))
        return _hashed(code) if code else None

    async def _code(self, place: str) -> bytes:
        return answers.data(await self._ask("eth_getCode", place, self._block), "eth_getCode")

    async def _stored(self, safe: str, slot: bytes) -> str | None:
        method = "eth_getStorageAt"
        answer = answers.data(await self._ask(method, safe, "0x" + slot.hex(), self._block), method)
        try:
            found = safe_storage.read_stored(answer)
        except Malformed:
            raise Unavailable("chains.odd-answer", method=method) from None
        return None if found is None else eip55.checksum(found)

    async def _view(self, safe: str, asked: bytes, read: Callable[[bytes], Answer]) -> Answer:
        call = {"to": safe, "data": "0x" + asked.hex()}
        answer = answers.data(await self._ask("eth_call", call, self._block), "eth_call")
        try:
            return read(answer)
        except Malformed:
            raise Refused("chains.no-contract", address=safe) from None


def _hashed(code: bytes) -> str:
    return "0x" + keccak256(code).hex()


def _sorted(places: Sequence[Address]) -> tuple[str, ...]:
    return tuple(sorted({eip55.checksum(each) for each in places}))


def _once(safe: str, places: Sequence[Address]) -> tuple[str, ...]:
    """In their own order. A list that names one twice is none of a Safe's."""
    if len(set(places)) != len(places):
        raise Refused("chains.no-contract", address=safe)
    return tuple(eip55.checksum(each) for each in places)


def _small(safe: str, number: int) -> int:
    """A number that no Safe of ours reaches is not one of a Safe."""
    if number > MOST:
        raise Refused("chains.no-contract", address=safe)
    return number
