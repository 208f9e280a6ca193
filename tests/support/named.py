"""The one way tests expect a named error: by its kind and its code.

with named(Refused, "H4.digest-length") as caught: …
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from countersign.errors import CountersignError


@contextmanager
def named(kind: type[CountersignError], code: str) -> Iterator[pytest.ExceptionInfo[CountersignError]]:
    """The block raises exactly this kind with this code."""
    with pytest.raises(kind) as caught:
        yield caught
    assert (type(caught.value), caught.value.code) == (kind, code)
