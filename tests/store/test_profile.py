"""Hostile stores: each is refused by name and not one of its bytes changes; beside each, the near miss that opens."""

import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from countersign.audit.pin import Pin
from countersign.errors import Conflict, CountersignError, Malformed, Refused, Unavailable
from countersign.keys import wrapping
from countersign.store.profile import Kind, create, open_profile
from support.small_log import NOW, filled_log, signed

PASSPHRASE = "a passphrase of tests"
PAGE = 4096


def refused(folder, files, ask=lambda: PASSPHRASE):
    """Opens a profile that must be refused; the error, once it is sure that nothing in the folder changed."""
    before = files(folder)
    with pytest.raises(CountersignError) as refusal:
        open_profile(folder, ask)
    after = files(folder)
    assert {**after, "lock": b""} == {**before, "lock": b""}, "a refused store keeps every byte"
    return refusal.value


def filled(profile, record):
    """Fills a profile so that its file has pages of every kind."""
    profile.archive.extend(record(index, bytes([index % 256]) * 900) for index in range(60))
    profile.archive.append(record(60, b"long" * 5_000))
    profile.projections.rebuild("big", lambda records: [(str(row), bytes(2_000)) for row in range(60)])
    profile.projections.throw_away("big")


@pytest.fixture
def closed(make_profile, record, tmp_path):
    """A closed profile with pages of every kind."""
    with make_profile(desk=b"desk") as profile:
        filled(profile, record)
    return tmp_path / "profile"


@pytest.fixture
def crashed(make_profile, record, tmp_path):
    """A profile as a crash leaves it: with its WAL."""
    with make_profile() as profile:
        filled(profile, record)
        profile.journal.raise_clock(NOW)  # what stands last in the WAL was acknowledged
        shutil.copytree(profile.directory, tmp_path / "crashed")
    return tmp_path / "crashed"


def pages_by_kind(folder):
    """Page numbers of a store file by kind, decrypted here with independent code (SQLCipher 4: AES-256-CBC, IV at the
    page's end)."""
    key = wrapping.unwrap((folder / "key.wrapped").read_bytes(), PASSPHRASE)
    data = (folder / "store.db").read_bytes()
    plain = []
    for start in range(0, len(data), PAGE):
        skip = 16 if start == 0 else 0
        page, iv = data[start + skip : start + PAGE - 80], data[start + PAGE - 80 : start + PAGE - 64]
        decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
        plain.append(bytes(skip) + decryptor.update(page) + decryptor.finalize())
    trunk, free = struct.unpack(">I", plain[0][32:36])[0], []
    while trunk:
        following, count = struct.unpack(">2I", plain[trunk - 1][:8])
        free += [trunk, *struct.unpack(f">{count}I", plain[trunk - 1][8 : 8 + 4 * count])]
        trunk = following
    kinds = {"header": [1], "freelist": free}
    for number, page in enumerate(plain[1:], start=2):
        if number not in free:
            name = {2: "interior", 5: "interior", 10: "leaf", 13: "leaf"}.get(page[0], "overflow")
            kinds.setdefault(name, []).append(number)
    return kinds


def flip(path, offset):
    data = bytearray(path.read_bytes())
    data[offset] ^= 0x01
    path.write_bytes(data)


def test_a_profile_opens_again_with_everything_and_hides_its_key(closed, open_again):
    with open_again() as profile:
        assert (profile.archive.held(), profile.journal.setting("desk")) == (61, b"desk")
        assert profile.kind is Kind.CONSOLE
        assert profile.hardening is not None
        assert {name for name, _, _ in profile.pragmas()} >= {
            "journal_mode",
            "synchronous",
            "secure_delete",
            "temp_store",
        }
        assert all(wanted == found for _, wanted, found in profile.pragmas())
    assert all((path.stat().st_mode & 0o077) == 0 for path in [closed, *closed.iterdir()]), "umask 077"


def test_nothing_in_the_folder_is_readable_without_the_key(closed, files):
    for name, data in files(closed).items():
        assert b"long" * 8 not in data, name
        assert b"SQLite format 3" not in data, name


@pytest.mark.parametrize("kind", ["header", "interior", "leaf", "overflow", "freelist"])
def test_one_flipped_byte_of_any_page_kind_is_named(closed, files, open_again, kind):
    pages = pages_by_kind(closed)
    assert pages.get(kind), f"the store has a page of kind {kind}: {sorted(pages)}"
    for page in {pages[kind][0], pages[kind][-1]}:
        for place in (40, PAGE // 2, PAGE - 70, PAGE - 1):
            flip(closed / "store.db", (page - 1) * PAGE + place)
            error = refused(closed, files)
            assert (error.code, error.values["page"]) == ("S1.damaged", page)
            flip(closed / "store.db", (page - 1) * PAGE + place)
    open_again().close()


def test_a_flipped_byte_of_the_salt_is_damage_and_not_a_wrong_key(closed, files):
    flip(closed / "store.db", 3)
    assert refused(closed, files).code == "S1.damaged"


def test_a_flipped_byte_in_the_wal_is_named(crashed, files):
    size = (crashed / "store.db-wal").stat().st_size
    for offset in (5, 40, 24 + 32 + 500, size // 2, size - 10):
        flip(crashed / "store.db-wal", offset)
        assert refused(crashed, files).code == "S1.wal-damaged", offset
        flip(crashed / "store.db-wal", offset)
    open_profile(crashed, lambda: PASSPHRASE).close()


def test_a_deleted_wal_is_seen_by_the_pin(crashed, files):
    wal = (crashed / "store.db-wal").read_bytes()
    (crashed / "store.db-wal").unlink()
    assert refused(crashed, files).code == "L6.behind-pin"
    (crashed / "store.db-wal").write_bytes(wal)
    with open_profile(crashed, lambda: PASSPHRASE) as profile:
        assert profile.archive.held() == 61


@pytest.mark.parametrize(
    ("keep", "code"),
    [(0, "S1.truncated"), (100, "S1.truncated"), (9 * PAGE + 17, "S1.truncated"), (9 * PAGE, "S1.inconsistent")],
)
def test_a_truncated_store_is_named(closed, files, keep, code):
    whole = (closed / "store.db").read_bytes()
    (closed / "store.db").write_bytes(whole[:keep])
    assert refused(closed, files).code == code


def test_a_store_that_is_gone_is_not_made_anew(closed, files):
    (closed / "store.db").unlink()
    assert refused(closed, files).code == "store.missing-file"


def test_a_wrong_passphrase_and_a_wrong_key_are_told_apart(closed, files, make_profile):
    assert refused(closed, files, lambda: "another passphrase").code == "keys.wrong-passphrase"
    make_profile("other").close()
    shutil.copy(closed.with_name("other") / "key.wrapped", closed / "key.wrapped")
    assert refused(closed, files).code == "S1.wrong-key"


def test_a_second_console_is_refused_before_it_asks_for_a_passphrase(make_profile, open_again):
    asked = []
    with make_profile() as profile:
        with pytest.raises(Conflict) as refusal:
            open_profile(profile.directory, lambda: asked.append(1) or PASSPHRASE)
        assert refusal.value.code == "S1.second-console"
        assert asked == []
        profile.journal.raise_clock(5)
    open_again().close()


def test_another_process_is_a_second_console_too(make_profile):
    with make_profile() as profile:
        script = (
            "import sys; from pathlib import Path; from countersign.store.profile import open_profile\n"
            "try: open_profile(Path(sys.argv[1]), lambda: '')\n"
            "except Exception as error: print(getattr(error, 'code', error))"
        )
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "app")}
        command = [sys.executable, "-c", script, str(profile.directory)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "S1.second-console"


def test_yesterdays_store_is_seen(closed, files, open_again):
    yesterday = (closed / "store.db").read_bytes()
    with open_again() as profile:
        profile.journal.raise_clock(NOW)
    today = (closed / "store.db").read_bytes()
    (closed / "store.db").write_bytes(yesterday)
    assert refused(closed, files).code == "L6.behind-pin"
    (closed / "store.db").write_bytes(today)
    open_again().close()


def test_yesterdays_store_that_was_worked_on_is_another_history(closed, files, open_again, tmp_path):
    shutil.copytree(closed, tmp_path / "fork")
    with open_again() as profile:
        profile.journal.raise_clock(NOW)
    with open_again("fork") as profile:
        profile.journal.raise_clock(NOW + 1)
        profile.journal.raise_clock(NOW + 2)
    shutil.copy(tmp_path / "fork" / "store.db", closed / "store.db")
    assert refused(closed, files).code == "L6.other-history"


def test_an_older_pin_beside_a_newer_store_opens(closed, open_again):
    older = (closed / "pin.json").read_bytes()
    with open_again() as profile:
        profile.journal.raise_clock(NOW)
        head = profile.head()
    (closed / "pin.json").write_bytes(older)
    with open_again() as profile:
        assert profile.head() == head, "the pin follows again"


@pytest.mark.parametrize(
    ("name", "damage", "code"),
    [
        ("pin.json", None, "L6.pin-missing"),
        ("pin.json", b"{}", "L6.pin-file"),
        ("profile.json", None, "store.no-profile"),
        ("profile.json", b"{}", "store.profile-form"),
        ("key.wrapped", None, "store.missing-file"),
        ("key.wrapped", b"nonsense", "keys.wrapping-form"),
    ],
)
def test_a_missing_or_foreign_companion_file_is_named(closed, files, name, damage, code):
    (closed / name).unlink()
    if damage is not None:
        (closed / name).write_bytes(damage)
    assert refused(closed, files).code == code


def test_the_pin_of_another_store_is_refused(closed, files, make_profile):
    make_profile("other").close()
    shutil.copy(closed.with_name("other") / "pin.json", closed / "pin.json")
    assert refused(closed, files).code == "L6.other-store"


def test_a_log_head_in_the_pin_that_the_store_never_knew_is_refused(closed, files, open_again):
    from countersign.store import pin_file
    from countersign.store.pin_file import PinFile

    known = pin_file.read(closed / "pin.json")
    log = Pin(signed(filled_log(4).checkpoint(), (0, 1)), NOW, {})
    pin_file.write(closed / "pin.json", PinFile(known.store, known.head, (log,)))
    assert refused(closed, files).code == "L6.log-behind-pin"


def test_a_profile_is_never_made_over_something(closed, entropy, files):
    before = files(closed)
    with pytest.raises(Conflict) as refusal:
        create(closed, Kind.CONSOLE, entropy, lambda: PASSPHRASE)
    assert refusal.value.code == "store.profile-exists"
    assert files(closed) == before


def test_a_short_passphrase_leaves_no_profile(tmp_path, entropy):
    with pytest.raises(Refused) as refusal:
        create(tmp_path / "new", Kind.CONSOLE, entropy, lambda: "short")
    assert refusal.value.code == "store.short-passphrase"
    assert not (tmp_path / "new").exists()


def test_a_folder_without_a_profile_is_named_and_left_empty(tmp_path):
    with pytest.raises(Unavailable) as refusal:
        open_profile(tmp_path, lambda: PASSPHRASE)
    assert refusal.value.code == "store.no-profile"
    assert refusal.value.values == {"profile": str(tmp_path)}
    assert list(tmp_path.iterdir()) == []


def test_a_console_does_not_open_without_asking(closed):
    with pytest.raises(Refused) as refusal:
        open_profile(closed)
    assert refusal.value.code == "store.passphrase-needed"


def test_a_profile_file_in_another_spelling_is_malformed(closed):
    (closed / "profile.json").write_bytes((closed / "profile.json").read_bytes() + b"\n")
    with pytest.raises(Malformed):
        open_profile(closed, lambda: PASSPHRASE)
