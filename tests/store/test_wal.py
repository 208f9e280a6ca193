"""Which pages a write-ahead log holds, up to the last whole commit."""

from hypothesis import given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2

from countersign.store import wal


def made(tmp_path):
    """A real WAL of a plain database: its bytes."""
    connection = dbapi2.connect(tmp_path / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.execute("CREATE TABLE t (a)")
    connection.execute("INSERT INTO t VALUES (1)")
    data = (tmp_path / "plain.db-wal").read_bytes()
    connection.close()
    return data


def test_a_whole_wal_names_its_pages(tmp_path):
    found = wal.contents(made(tmp_path))
    assert found.pages == {1, 2}
    assert not found.torn


def test_a_cut_wal_counts_up_to_its_last_commit(tmp_path):
    data = made(tmp_path)
    assert wal.contents(data[:-1]).torn
    assert wal.contents(data[:-1]).pages == {1, 2}, "the commit before still counts"
    assert wal.contents(data[:40]).pages == set()
    assert wal.contents(b"") == wal.NOTHING


def test_a_flipped_byte_ends_what_counts(tmp_path):
    data = bytearray(made(tmp_path))
    data[100] ^= 1
    found = wal.contents(bytes(data))
    assert (found.pages, found.torn) == (frozenset(), True)


@given(st.binary(max_size=200))
def test_anything_at_all_can_be_looked_at(data):
    assert wal.contents(data).pages == set()
