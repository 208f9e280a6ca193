"""The one voice in which tests say that something is refused: by kind and by code.

with refused("H4.digest-length", Refused, length=31) as caught: …
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from countersign.errors import CountersignError, Malformed, Value

T = TypeVar("T")


@contextmanager
def refused(
    code: str, kind: type[CountersignError] = Malformed, /, **values: Value
) -> Iterator[pytest.ExceptionInfo[CountersignError]]:
    """The block raises exactly this kind of error with exactly this code, and these values among its own."""
    with pytest.raises(kind) as caught:
        yield caught
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert values.items() <= dict(caught.value.values).items()


def attempt(call: Callable[[], T]) -> T | Malformed:
    """What the call returns, or the Malformed that it raises; anything else is a failure of the test."""
    try:
        return call()
    except Malformed as error:
        return error
