"""The relayer gives a Safe transaction a million of gas, and a batch more for each of its calls."""

import pytest

from countersign.chains.gas import GAS, GAS_OF_A_CALL, gas_limit
from countersign.ethereum import execute, multisend
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
