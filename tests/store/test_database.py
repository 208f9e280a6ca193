"""Each PRAGMA is fetched and compared; a transaction is all or nothing; an inner one joins the outer one."""

import threading

import pytest

from countersign.errors import Refused, Unavailable
from countersign.store import database as databases
from countersign.store.key import StoreKey

KEY = StoreKey(b"k" * 32)


@pytest.fixture
def opened(tmp_path):
    database = databases.create(tmp_path / "store.db", KEY)
    database.execute("CREATE TABLE t (a)")
    yield database
    database.close()


def rows(database):
    return [row[0] for row in database.execute("SELECT a FROM t ORDER BY a")]


def test_every_setting_reads_back_as_wanted(opened):
    found = {name: found for name, _, found in opened.pragmas}
    assert found["journal_mode"] == "wal"
    assert (found["synchronous"], found["temp_store"], found["secure_delete"], found["foreign_keys"]) == (
        "2",
        "2",
        "1",
        "1",
    )
    assert (found["cache_size"], found["cipher_memory_security"], found["locking_mode"]) == ("-65536", "1", "exclusive")


def test_a_setting_that_does_not_take_refuses_the_store(tmp_path, monkeypatch):
    monkeypatch.setattr(databases, "COMMON", (*databases.COMMON, ("page_size", "512", 8192)))
    with pytest.raises(Refused) as refusal:
        databases.create(tmp_path / "store.db", KEY)
    assert refusal.value.code == "S1.pragma-refused"
    assert refusal.value.values["pragma"] == "page_size"


def test_a_transaction_is_all_or_nothing(opened):
    def half():
        with opened.transaction():
            opened.execute("INSERT INTO t VALUES (1)")
            with opened.transaction():
                opened.execute("INSERT INTO t VALUES (2)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert rows(opened) == []
    with opened.transaction():
        opened.execute("INSERT INTO t VALUES (3)")
    assert rows(opened) == [3]


def test_the_pin_follows_each_outer_commit_and_nothing_else(opened):
    commits = []
    opened.after_commit = lambda: commits.append(1)
    with opened.transaction(), opened.transaction():
        opened.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(ZeroDivisionError), opened.transaction():
        raise ZeroDivisionError
    assert commits == [1]


def test_threads_take_turns(opened):
    def add(number):
        with opened.transaction():
            before = len(rows(opened))
            opened.execute("INSERT INTO t VALUES (?)", (number,))
            assert len(rows(opened)) == before + 1

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(opened) == list(range(8))


def test_a_statement_the_disk_refuses_is_unavailable(opened):
    opened.execute("PRAGMA max_page_count = 3")
    with pytest.raises(Unavailable) as refusal, opened.transaction():
        opened.execute("INSERT INTO t VALUES (?)", (bytes(100_000),))
    assert refusal.value.code == "store.disk"
    assert rows(opened) == []


def test_an_absent_file_is_not_made_by_opening_it(tmp_path):
    with pytest.raises(Unavailable):
        databases.open_writable(tmp_path / "absent.db", KEY)
    assert not (tmp_path / "absent.db").exists()
