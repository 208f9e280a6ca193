"""An auditor's profile opens without a passphrase, refuses every change, and no command changes a byte of it."""

import os

import pytest

from countersign.audit.pin import Pin
from countersign.errors import CountersignError, Refused
from countersign.store.auditor import publish
from countersign.store.profile import Kind, open_profile
from countersign.store.signing import Intent
from support.small_log import NOW, filled_log, signed


@pytest.fixture
def published(profile, record, entropy, tmp_path):
    profile.archive.extend(record(index, b"e" * 3_000) for index in range(20))
    profile.artefacts.put(b"contract")
    profile.journal.set_setting("secret", b"not for auditors")
    profile.journal.intend(Intent(b"i" * 32, "S-1", b"k" * 32, b"t" * 32, (b"d" * 32,), NOW))
    profile.journal.advance_pin(None, Pin(signed(filled_log(3).checkpoint(), (0, 1)), NOW, {}))
    publish(profile, tmp_path / "auditor", entropy, {"desk": b"log.example/desk"})
    return tmp_path / "auditor"


def test_it_holds_what_may_be_shared_and_nothing_else(published):
    with open_profile(published) as auditor:
        assert (auditor.kind, auditor.writable) == (Kind.AUDITOR, False)
        assert auditor.archive.held() == 20
        assert [auditor.artefacts.get(digest) for digest in auditor.artefacts.digests()] == [b"contract"]
        assert (auditor.journal.setting("desk"), auditor.journal.setting("secret")) == (b"log.example/desk", None)
        assert [pin.size for pin in auditor.journal.pins()] == [3]
        assert auditor.journal.intents(b"i" * 32) == ()


def test_no_use_of_it_changes_a_byte_or_leaves_a_file(published, files, record):
    before, times = files(published), {path: path.stat().st_mtime_ns for path in published.iterdir()}
    assert set(before) == {"key.plain", "pin.json", "profile.json", "store.db"}
    for _ in range(2):
        with open_profile(published) as auditor:
            auditor.archive.records()
            for change in (
                lambda: auditor.archive.append(record(50)),
                lambda: auditor.artefacts.put(b"new"),
                lambda: auditor.journal.raise_clock(NOW),
                lambda: auditor.projections.rebuild("p", lambda records: []),
                lambda: auditor.projections.throw_away("p"),
            ):
                with pytest.raises(Refused) as refusal:
                    change()
                assert refusal.value.code == "S1.read-only"
    assert files(published) == before
    assert {path: path.stat().st_mtime_ns for path in published.iterdir()} == times


def test_two_auditors_may_read_at_once(published):
    with open_profile(published) as one, open_profile(published) as two:
        assert one.archive.records() == two.archive.records()


def test_it_opens_from_a_medium_that_cannot_be_written(published):
    published.chmod(0o500)
    for path in published.iterdir():
        path.chmod(0o400)
    with open_profile(published) as auditor:
        assert auditor.archive.held() == 20
    published.chmod(0o700)


def test_one_flipped_byte_of_it_is_named(published, files):
    data = bytearray((published / "store.db").read_bytes())
    data[len(data) // 2] ^= 1
    (published / "store.db").write_bytes(data)
    before = files(published)
    with pytest.raises(Refused) as refusal:
        open_profile(published)
    assert refusal.value.code == "S1.damaged"
    assert files(published) == before


def test_every_byte_of_its_pin_counts(published):
    pin = published / "pin.json"
    whole = pin.read_bytes()
    for place in range(len(whole)):
        pin.write_bytes(whole[:place] + bytes((whole[place] ^ 1,)) + whole[place + 1 :])
        with pytest.raises(CountersignError):
            open_profile(published)
    pin.write_bytes(whole)
    open_profile(published).close()


@pytest.mark.parametrize("name", ["key.plain", "pin.json", "profile.json", "store.db"])
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(published, name):
    (published / name).unlink()
    os.mkfifo(published / name)
    with pytest.raises(CountersignError):
        open_profile(published)


def test_an_unfinished_copy_is_refused(published):
    (published / "store.db-wal").write_bytes(b"frames")
    with pytest.raises(Refused) as refusal:
        open_profile(published)
    assert refusal.value.code == "store.unfinished"
