"""The log writes the published files byte for byte, and finds any file that is not what the entries imply."""

import base64
import hashlib

import pytest

from countersign.audit import log as log_module
from countersign.audit import note
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.log import Log
from countersign.audit.note import VerifierKey
from countersign.errors import Malformed, Refused
from support import small_log
from support.vectors import load_vectors, vector_path

FOLDER = "tlog/tessera_log"


def test_the_published_log_is_rebuilt_byte_for_byte() -> None:
    meta = load_vectors(f"{FOLDER}/meta.json")
    key = VerifierKey.parse(meta["vkey"])
    seed = base64.b64decode(meta["skey"].split("+", 4)[4])[1:]
    log = Log(key.name)
    compared = 0
    for size in range(16):
        if size:
            log.append(meta["entries"][size - 1].encode())
            for path, data in log.files(size - 1).items():
                assert data == vector_path(f"{FOLDER}/{path}").read_bytes(), path
                compared += 1
        head = log.checkpoint()
        ours = SignedCheckpoint.sign(head, note.sign(seed, key.name, head.text())).serialise()
        published = vector_path(f"{FOLDER}/checkpoint.{size}").read_bytes()
        assert ours == published
        note.verify(SignedCheckpoint.parse(published, origin=key.name).note, [key])
    root = vector_path(FOLDER)
    assert compared == sum(path.is_file() for path in (root / "tile").rglob("*")) == 30
    assert (root / "checkpoint").read_bytes() == (root / "checkpoint.15").read_bytes()


def test_the_published_log_restores_from_its_files() -> None:
    root = vector_path(FOLDER)
    signed = SignedCheckpoint.parse((root / "checkpoint").read_bytes())
    log = log_module.verify_files(signed.checkpoint, lambda path: (root / path).read_bytes())
    assert log.checkpoint() == signed.checkpoint


def test_a_known_root_typed_in() -> None:
    """transparency-dev/tessera testdata/log @ 1811ae1a7c40: checkpoint.2."""
    log = Log("example.com/log/testdata")
    log.extend([b"one", b"two"])
    assert log.checkpoint().text() == "example.com/log/testdata\n2\nT1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=\n"


def test_files_since_a_size_carry_an_older_copy_forward() -> None:
    log, disk = small_log.filled_log(0), {}
    for size in (1, 255, 256, 257, 600, 1_000):
        since = log.size
        log.extend(b"entry" + number.to_bytes(4, "big") for number in range(since, size))
        disk |= log.files(since)
        assert log_module.verify_files(log.checkpoint(), disk.__getitem__).size == size
    assert log.files() == small_log.filled_log(1_000).files()


def test_appending_one_by_one_and_all_at_once_agree() -> None:
    one_by_one, entries = Log(small_log.ORIGIN), [number.to_bytes(2, "big") for number in range(520)]
    assert [one_by_one.append(entry) for entry in entries] == list(range(520))
    at_once = Log(small_log.ORIGIN)
    at_once.extend(entries)
    assert one_by_one.files() == at_once.files()


def test_every_single_file_is_compared() -> None:
    log = small_log.filled_log(300)
    files, head = log.files(), log.checkpoint()
    for path, data in files.items():
        altered = files | {path: bytes([data[0] ^ 1]) + data[1:]}
        with pytest.raises((Refused, Malformed)):
            log_module.verify_files(head, altered.__getitem__)
        with pytest.raises(KeyError):
            log_module.verify_files(head, {name: files[name] for name in files if name != path}.__getitem__)
    assert log_module.verify_files(head, files.__getitem__).size == 300


def test_entries_that_do_not_lead_to_the_checkpoint_are_refused() -> None:
    other = small_log.filled_log(10, b"other").checkpoint()
    with pytest.raises(Refused, match=r"L3\.log-root"):
        log_module.verify_files(other, small_log.filled_log(10).files().__getitem__)


def test_an_entry_too_long_adds_nothing() -> None:
    log = small_log.filled_log(3)
    before = log.files()
    with pytest.raises(Malformed, match=r"audit\.entry-too-long"):
        log.append(bytes(65_536))
    assert (log.size, log.files()) == (3, before)


def test_an_empty_log_has_a_checkpoint_and_no_files() -> None:
    log = Log("o")
    assert log.files() == {}
    assert log.checkpoint().root == hashlib.sha256(b"").digest()
