"""A Safe's state through a node's JSON-RPC, every question at one block (check E10).

- The block is named by its hash in each question (EIP-1898, canonical only): a chain that changes its mind meanwhile gives
  an error, never a mixture of two states.
- Code is hashed here; owners, threshold, version, modules and nonce are asked of the Safe, guards, fallback handler and
  singleton read from its storage.
- What answers like no Safe is Refused `chains.no-contract`: there is nothing to compare.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from countersign.chains import answers
from countersign.errors import Malformed, Refused, Unavailable
from countersign.ethereum import safe_storage, views
from countersign.ethereum.abi import Address
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.settlement.safe_state import MOST, ChainSnapshot, SafeState

Ask = Callable[..., Awaitable[Any]]
Answer = TypeVar("Answer")
LATEST = 2**40
"""No block's time in seconds comes near it."""


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
    if len(seen) != 66 or number > MOST or time > LATEST or (block is not None and seen != block):
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
        return SafeState(
            address=safe,
            proxy_code=_hashed(code),
            singleton=singleton,
            singleton_code=_hashed(await self._code(singleton)),
            version=str(await self._view(safe, views.ask_version(), views.read_version)),
            owners=_sorted(owners),
            threshold=_small(safe, await self._view(safe, views.ask_threshold(), views.read_uint)),
            modules=_sorted(modules),
            guard=await self._stored(safe, safe_storage.GUARD_SLOT),
            module_guard=await self._stored(safe, safe_storage.MODULE_GUARD_SLOT),
            fallback_handler=await self._stored(safe, safe_storage.FALLBACK_HANDLER_SLOT),
            nonce=_small(safe, await self._view(safe, views.ask_nonce(), views.read_uint)),
        )

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


def _small(safe: str, number: int) -> int:
    """A number that no Safe of ours reaches is not one of a Safe."""
    if number > MOST:
        raise Refused("chains.no-contract", address=safe)
    return number
