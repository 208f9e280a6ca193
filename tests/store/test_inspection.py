"""A page that a cut-short checkpoint left half-written is forgiven where the WAL still holds it, and nowhere else."""

import shutil

import pytest

from countersign.errors import Refused
from countersign.store import database as databases
from countersign.store.inspection import inspected
from countersign.store.key import StoreKey

KEY = StoreKey(b"k" * 32)
PAGE = 4096


@pytest.fixture
def crashed(tmp_path):
    """A store whose newest rows lie in its WAL, as a crash leaves it."""
    database = databases.create(tmp_path / "live.db", KEY)
    database.execute("CREATE TABLE t (a)")
    database.execute("CREATE TABLE untouched (a)")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.execute("INSERT INTO t VALUES (7)")
    for ending in ("", "-wal"):
        shutil.copy(tmp_path / f"live.db{ending}", tmp_path / f"store.db{ending}")
    database.close()
    return tmp_path / "store.db"


def tear(path, page):
    data = bytearray(path.read_bytes())
    start = (page - 1) * PAGE + PAGE // 2
    data[start : start + PAGE // 2] = bytes(PAGE // 2)
    path.write_bytes(data)


def test_a_torn_page_that_the_wal_holds_is_forgiven_and_nothing_is_written(crashed, files):
    tear(crashed, 2)
    before = files(crashed.parent)
    with inspected(crashed, KEY) as database:
        assert database.execute("SELECT a FROM t") == [(7,)]
    assert files(crashed.parent) == before


def test_the_same_tear_in_a_page_that_the_wal_does_not_hold_is_damage(crashed, files):
    tear(crashed, 3)
    before = files(crashed.parent)
    with pytest.raises(Refused) as refusal, inspected(crashed, KEY):
        pass
    assert (refusal.value.code, refusal.value.values["page"]) == ("S1.damaged", 3)
    assert files(crashed.parent) == before
