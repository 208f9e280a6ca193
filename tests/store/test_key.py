"""The key hides, and its derived values differ."""

import pickle

import pytest

from countersign.errors import Malformed
from countersign.store.key import StoreKey


def test_it_never_shows():
    key = StoreKey(b"\xab" * 32)
    for shown in (repr(key), str(key), f"{key}"):
        assert "ab" * 4 not in shown
        assert "xab" not in shown
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_each_use_has_its_own_key():
    key = StoreKey(bytes(32))
    assert len({key.raw, key.journal, StoreKey(b"1" * 32).journal}) == 3
    assert key.check == StoreKey(bytes(32)).check != StoreKey(b"1" * 32).check


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_another_length_is_no_key(length):
    with pytest.raises(Malformed):
        StoreKey(bytes(length))
