"""A relayer of an open desk signs through the desk's journal: a secret number that its key repeats stops it (CHECKS.md H8)."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any

import pytest

from countersign.bootstrap import relayers
from countersign.errors import Refused
from countersign.keys.public_key import PublicKey
from countersign.settlement.roster import Roster
from support.careless import CarelessToken
from support.r_register import RRegister
from support.refusals import refused
from support.software_keys import Curve, SoftwareKey

KEY = SoftwareKey.generate(Curve.SECP256K1, "relayer")
ENTRY: Any = SimpleNamespace(max_fee_gwei=100, max_gas=1_000_000)


class Unlocked(CarelessToken):
    """It asks for no PIN."""

    async def token(self) -> object:
        return SimpleNamespace(pin_count_low=False)

    async def unlock(self, _ask: object) -> None:
        pass


async def signing(
    monkeypatch: pytest.MonkeyPatch, nonces: list[int]
) -> tuple[Callable[[PublicKey, bytes], Awaitable[bytes]], Unlocked]:
    token = Unlocked([KEY], nonces)

    async def found(_holds: AsyncExitStack, _entry: object) -> tuple[Unlocked, PublicKey]:
        return token, KEY.public

    monkeypatch.setattr(relayers, "found", found)
    known = relayers.Relayers(AsyncExitStack(), RRegister(), Roster, lambda _tries: None)  # type: ignore[arg-type, return-value]
    made = await known.of("eip155:31337", ENTRY)
    assert made is not None
    return made.sign, token


async def test_a_number_over_two_transactions_sends_no_second_one_and_stops_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign, token = await signing(monkeypatch, [5, 5, 6])
    assert await sign(KEY.public, b"a" * 32)
    with refused("H8.repeated-r", Refused):
        await sign(KEY.public, b"b" * 32)
    with refused("H8.key-stopped", Refused):
        await sign(KEY.public, b"c" * 32)
    assert token.asked == 2


async def test_the_near_miss_with_another_number_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    sign, _ = await signing(monkeypatch, [5, 6, 5])
    first = await sign(KEY.public, b"a" * 32)
    assert await sign(KEY.public, b"b" * 32)
    assert await sign(KEY.public, b"a" * 32) == first
