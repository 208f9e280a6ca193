"""One archive, one spelling: what `pack` writes `unpack` reads, and every hostile archive is refused by name."""

import io
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.desk import stored_zip
from countersign.errors import Malformed

NAMES = st.from_regex(r"[a-z0-9-][a-z0-9.-]{0,8}(/[a-z0-9-][a-z0-9.-]{0,8}){0,2}", fullmatch=True)
FILES = {"a.txt": b"one", "b/c.json": b"", "b/d": bytes(3)}


def refusal(data: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        stored_zip.unpack(data)
    return caught.value.code


def zipped(entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    """An archive as Python writes it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, compress_type=method)
    return stream.getvalue()


@given(st.dictionaries(NAMES, st.binary(max_size=50), max_size=6))
def test_what_is_packed_is_unpacked_and_packed_the_same_again(files: dict[str, bytes]) -> None:
    data = stored_zip.pack(files)
    found = stored_zip.unpack(data)
    assert found == files
    assert list(found) == sorted(files)
    assert stored_zip.pack(dict(reversed(files.items()))) == data


def test_any_zip_program_reads_it() -> None:
    with zipfile.ZipFile(io.BytesIO(stored_zip.pack(FILES))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES


@given(st.data())
def test_no_byte_can_be_changed_added_or_taken_away(data: st.DataObject) -> None:
    whole = stored_zip.pack(FILES)
    place = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytearray(whole)
    flipped[place] ^= data.draw(st.integers(1, 255))
    for hostile in (bytes(flipped), whole[:place], whole + b"\0", whole[:place] + b"\0" + whole[place:]):
        if hostile != whole:
            with pytest.raises(Malformed):
                stored_zip.unpack(hostile)


@given(st.binary(max_size=200))
def test_reading_is_total(data: bytes) -> None:
    for hostile in (data, b"PK\3\4" + data, b"PK\5\6" + data):
        try:
            assert stored_zip.pack(stored_zip.unpack(hostile)) == hostile
        except Malformed:
            continue


def test_a_bomb_is_refused_because_it_is_compressed() -> None:
    assert refusal(zipped([("a", bytes(50_000_000))], zipfile.ZIP_DEFLATED)) == "desk.pack-compressed"


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../b", "a//b", "a\\b", "A", "a/", "ä", "x" * 201, ".a"])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    assert refusal(zipped([(name, b"")])) == "desk.pack-name"
    with pytest.raises(Malformed):
        stored_zip.pack({name: b""})


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicates_disorder_and_other_liberties_are_refused() -> None:
    assert refusal(zipped([("a", b"1"), ("a", b"2")])) == "desk.pack-duplicate"
    assert refusal(zipped([("b", b""), ("a", b"")])) == "desk.pack-unsorted"
    assert refusal(zipped([("a", b"1")])[:31]) == "desk.pack-truncated"
    whole = stored_zip.pack(FILES)
    assert refusal(whole.replace(b"one", b"two", 1)) == "desk.pack-checksum"
    assert refusal(whole[:6] + b"\1" + whole[7:]) == "desk.pack-encrypted"
    assert refusal(b"") == "desk.pack-form"


def test_a_link_is_no_plain_file() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("a", (1980, 1, 1, 0, 0, 0))
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, b"/etc/passwd")
    assert refusal(stream.getvalue()) == "desk.pack-form"


def test_too_much_is_refused_before_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_zip, "MAX_BYTES", 3)
    with pytest.raises(Malformed, match="pack-too-large"):
        stored_zip.pack({"a": b"four"})
    monkeypatch.setattr(stored_zip, "MAX_ENTRIES", 2)
    assert refusal(zipped([("a", b""), ("b", b""), ("c", b"")])) == "desk.pack-too-large"
