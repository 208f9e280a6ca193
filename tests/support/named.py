"""The one way tests expect a named error: by its kind and its code.

with named(Refused, "H4.digest-length") as caught: …
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from countersign.errors import CountersignError, Value


@contextmanager
def named(kind: type[CountersignError], code: str, **values: Value) -> Iterator[pytest.ExceptionInfo[CountersignError]]:
    """The block raises exactly this kind with this code, and these values among its own."""
    with pytest.raises(kind) as caught:
        yield caught
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert values.items() <= dict(caught.value.values).items()
