"""A file is told by its content, whatever it is called; and what does not parse says what it wanted to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.desk.recognising import recognise
from countersign.desk.reports import Kind
from countersign.errors import Malformed
from support.vectors import vector_path

WANTED = {
    "contract.json": Kind.CONTRACT,
    "refused/unlogged.json": Kind.CONTRACT,
    "contract.event": Kind.EVENT,
    "contract.opening.json": Kind.OPENING,
    "contract.tlog-proof": Kind.PROOF,
    "bitcoin/unsigned.psbt": Kind.PSBT,
    "bitcoin/share-1.psbt": Kind.PSBT,
    "ethereum/safe_tx.json": Kind.SAFE_TX,
    "usb/request.countersign": Kind.ENVELOPE,
    "usb/answer.countersign": Kind.ENVELOPE,
    "evidence.zip": Kind.PACK,
}


@pytest.mark.parametrize("name", WANTED)
def test_each_kind_is_told_by_its_content(name: str, files: dict[str, bytes]) -> None:
    found = recognise("whatever.bin", files[name])
    assert (found.kind, found.error) == (WANTED[name], None)
    assert found.parsed is not None


@pytest.mark.parametrize("name", WANTED)
def test_cut_short_it_is_still_told_and_named(name: str, files: dict[str, bytes]) -> None:
    data = files[name]
    found = recognise(name, data[: len(data) * 9 // 10])
    assert found.parsed is None
    assert isinstance(found.error, Malformed)
    # A third of a JSON file may not say what it is any more; nine tenths do.
    assert found.kind is WANTED[name] or found.kind is Kind.UNKNOWN
    assert found.report.sha256 == recognise("other", data[: len(data) * 9 // 10]).report.sha256


def test_the_safe_services_answers_are_told_from_ours() -> None:
    page = vector_path("safe/bybit_safe_tx_71.json").read_bytes()
    assert recognise("page", page).kind is Kind.SERVICE


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "desk.empty-file"),
        (b"hello", "desk.unknown-file"),
        (b"{}", "desk.unknown-file"),
        (b"[]", "desk.unknown-file"),
        (b"psbt", "B2.magic"),
        (b"\xd2", "T4.truncated"),
        (b"PK\3\4", "desk.pack-truncated"),
        (b'{"salt":"00","salt":"01"}', "C2.duplicate-key"),
        (b'\xef\xbb\xbf{"salt":"00"}', "C2.byte-order-mark"),
        (b'{"payload":"","signatures":[]}', "desk.unknown-file"),
    ],
)
def test_bad_files_are_refused_by_name(data: bytes, code: str) -> None:
    found = recognise("file", data)
    assert found.error is not None
    assert found.error.code.split(".")[0] == code.split(".")[0]
    assert found.error.code == code or code.startswith(("B2", "T4", "C2"))


@given(st.binary(max_size=300))
def test_recognising_is_total(data: bytes) -> None:
    for start in (b"", b"psbt\xff", b"c2sp.org/tlog-proof@v1\n", b"\xd2\x84", b"PK\3\4", b'{"signatures":'):
        found = recognise("file", start + data)
        assert (found.parsed is None) is (found.error is not None)
