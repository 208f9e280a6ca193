"""The relayer gives a Safe transaction a million of gas, a batch more for each of its calls, several Safes what they need."""

import pytest

from countersign.chains.gas import GAS, GAS_OF_A_CALL, gas_limit
from countersign.ethereum import atomic, execute, multisend
from countersign.ethereum.abi import Address
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import plain_tx

A = Address(b"\x0a" * 20)


def calldata(data: bytes) -> bytes:
    return execute.encode(plain_tx(1, A, A, 0, data, 0), bytes(130))


@pytest.mark.parametrize("count", [1, 2, multisend.MOST_CALLS])
def test_a_batch_gets_more_for_each_call_and_fits_one_transaction(count: int) -> None:
    limit = gas_limit(calldata(multisend.serialise((InnerCall(A, 1, b""),) * count)))
    assert limit == GAS + count * GAS_OF_A_CALL
    assert limit < 2**24


@pytest.mark.parametrize(
    "data", [b"", b"\x00", calldata(b""), calldata(multisend.SELECTOR), calldata(b"\xa9\x05\x9c\xbb")]
)
def test_everything_else_gets_a_million(data: bytes) -> None:
    assert gas_limit(data) == GAS


@pytest.mark.parametrize("count", [2, 3, 41])
def test_several_safes_get_what_they_need_together(count: int) -> None:
    places = [Address(bytes([0xD0, number]) * 10) for number in range(count)]
    calls = [atomic.SafeCall(one, execute.encode(plain_tx(1, one, A, 5, b"", 0), bytes(130))) for one in places]
    assert gas_limit(atomic.encode(calls)) == atomic.gas(calls) == 100_000 + count * 400_000
    assert gas_limit(atomic.encode(calls) + b"\0") == GAS
