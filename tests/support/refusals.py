"""The one voice in which tests say that something is refused: by kind and by code."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from countersign.errors import CountersignError, Malformed

T = TypeVar("T")


@contextmanager
def refused(code: str, kind: type[CountersignError] = Malformed) -> Iterator[None]:
    """The block raises exactly this kind of error with exactly this code."""
    with pytest.raises(kind) as caught:
        yield
    assert caught.value.code == code


def attempt(call: Callable[[], T]) -> T | Malformed:
    """What the call returns, or the Malformed that it raises; anything else is a failure of the test."""
    try:
        return call()
    except Malformed as error:
        return error
