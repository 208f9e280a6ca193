"""The journal only grows; an entry changed, dropped, moved or added from outside is seen."""

import pytest
from sqlcipher3 import dbapi2

from countersign.errors import Refused
from countersign.store import chain as chains
from countersign.store.chain import START, Chain, Entry, entry_mac
from countersign.store.pin_file import Head

KEY = b"m" * 32


@pytest.fixture
def chain(profile):
    return profile._chain


def fill(chain):
    return [chain.append("note", b"n", bytes([number])) for number in range(4)]


def test_the_last_entry_of_a_name_counts_and_all_are_kept(chain):
    fill(chain)
    assert chain.last("note", b"n") == b"\x03"
    assert [entry.body for entry in chain.entries("note")] == [b"\0", b"\1", b"\2", b"\3"]
    assert [entry.body for entry in chain.newest("note")] == [b"\3"]
    assert (chain.count("note"), chain.last("note", b"other")) == (4, None)


def test_the_last_entry_of_every_name_is_found_by_name(chain):
    for number, name in enumerate([b"b", b"", b"c", b"b", b"a", b"c", b"\xff"]):
        chain.append("note", name, bytes([number]))
        chain.append("other", b"z" + name, b"not this kind")
    found = [(entry.name, entry.body) for entry in chain.newest("note")]
    assert found == [(b"", b"\1"), (b"a", b"\4"), (b"b", b"\3"), (b"c", b"\5"), (b"\xff", b"\6")]
    assert chain.newest("nothing") == ()


def test_the_last_entries_are_searched_for_and_the_journal_is_not_walked(profile):
    plan = profile._database.execute(f"EXPLAIN QUERY PLAN {chains._NEWEST}", ("pin",) * 3)
    looked = [str(row[3]) for row in plan if "journal" in str(row[3])]
    assert looked
    assert all(step.startswith("SEARCH") for step in looked), looked


@pytest.mark.parametrize("table", ["journal", "archive", "artefact"])
def test_the_database_itself_refuses_to_change_or_cut_what_only_grows(profile, record, table):
    profile.archive.append(record(0))
    profile.artefacts.put(b"x")
    column = {"journal": "body", "archive": "event", "artefact": "data"}[table]
    for sql in (f"UPDATE {table} SET {column} = x'00'", f"DELETE FROM {table}"):
        with pytest.raises(dbapi2.IntegrityError, match="only grow"):
            profile._database.execute(sql)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE journal SET body = x'09' WHERE sequence = 3",
        "UPDATE journal SET name = x'09' WHERE sequence = 3",
        "UPDATE journal SET kind = 'pin' WHERE sequence = 3",
        "DELETE FROM journal WHERE sequence = 3",
        "UPDATE journal SET sequence = 9 WHERE sequence = 5",
        "INSERT INTO journal VALUES (6, 'note', x'00', x'00', zeroblob(32))",
    ],
)
def test_tampering_behind_the_triggers_breaks_the_chain(profile, chain, tampering):
    fill(chain)
    chain.verify(START)
    for trigger in ("journal_is_not_changed", "journal_is_not_cut"):
        profile._database.execute(f"DROP TRIGGER {trigger}")
    profile._database.execute(tampering)
    with pytest.raises(Refused) as refusal:
        chain.verify(START)
    assert refusal.value.code == "S2.journal-altered"


def test_a_chain_that_ends_before_the_pin_or_passes_another_entry_is_refused(chain):
    fill(chain)
    head = chain.verify(chain.head())
    assert head == chain.head()
    for pinned, code in (
        (Head(head.sequence + 1, head.mac), "L6.behind-pin"),
        (Head(2, bytes(32)), "L6.other-history"),
    ):
        with pytest.raises(Refused) as refusal:
            chain.verify(pinned)
        assert refusal.value.code == code


def test_parts_of_an_entry_cannot_run_into_each_other():
    macs = {
        entry_mac(KEY, bytes(32), Entry(1, *parts))
        for parts in (("ab", b"c", b""), ("a", b"bc", b""), ("a", b"b", b"c"))
    }
    assert len(macs) == 3


def test_its_key_never_shows(profile):
    other = Chain(profile._database, KEY)
    assert "mmm" not in repr(other)
