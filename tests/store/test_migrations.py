"""Migrations are numbered, applied whole, and never over a newer store."""

import pytest

from countersign.errors import Refused
from countersign.store import database as databases
from countersign.store import migrations
from countersign.store.key import StoreKey


@pytest.fixture
def empty(tmp_path):
    database = databases.create(tmp_path / "store.db", StoreKey(b"k" * 32))
    yield database
    database.close()


def test_all_are_applied_once(empty):
    count = len(migrations.migration_files())
    assert count >= 1
    assert migrations.migrate(empty) == count
    assert migrations.migrate(empty) == 0
    assert migrations.version(empty) == count


def test_a_newer_store_is_refused_and_left_alone(empty):
    migrations.migrate(empty)
    empty.execute("PRAGMA user_version = 9999")
    with pytest.raises(Refused) as refusal:
        migrations.migrate(empty)
    assert refusal.value.code == "store.newer"
    assert migrations.version(empty) == 9999


def test_a_migration_that_fails_leaves_nothing_behind(empty, tmp_path, monkeypatch):
    bad = tmp_path / "0001_bad.sql"
    bad.write_text("CREATE TABLE half (a);\nCREATE TABLE half (a);\n")
    monkeypatch.setattr(migrations, "migration_files", lambda: (bad,))
    with pytest.raises(Exception, match=r"store\.disk"):
        migrations.migrate(empty)
    assert migrations.version(empty) == 0
    assert empty.execute("SELECT name FROM sqlite_master") == []


def test_a_profile_of_a_newer_program_is_refused(make_profile, open_again):
    with make_profile() as profile:
        profile._database.execute("PRAGMA user_version = 77")
    with pytest.raises(Refused) as refusal:
        open_again()
    assert refusal.value.code == "store.newer"


def test_a_triggers_inner_semicolons_do_not_divide_it():
    script = "CREATE TABLE t (a);\nCREATE TRIGGER x BEFORE DELETE ON t BEGIN SELECT 1; SELECT 2;\nEND;\n-- the end\n"
    assert [each.split()[1] for each in migrations.statements(script)] == ["TABLE", "TRIGGER"]
