"""One console a store, and the lock ends with its holder."""

import pytest

from countersign.errors import Conflict
from countersign.store.lock import ConsoleLock


def test_a_second_lock_is_refused_until_the_first_is_released(tmp_path):
    first = ConsoleLock(tmp_path)
    with pytest.raises(Conflict) as refusal:
        ConsoleLock(tmp_path)
    assert (refusal.value.code, refusal.value.values["profile"]) == ("S1.second-console", tmp_path.name)
    first.release()
    first.release()
    ConsoleLock(tmp_path).release()
