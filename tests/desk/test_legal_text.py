"""The legal text by hash: at hand or said not to be, checked before it is shown, kept only if a contract names it."""

from hashlib import sha256
from pathlib import Path

import pytest

from countersign.desk import legal_text
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.legal_text import PDF_LIMIT, TEXT_LIMIT, kind_of
from countersign.desk.views import LegalKind, LegalTextView
from countersign.errors import CountersignError, Malformed, Refused, Unavailable
from support import pdfs
from support.software_stage import Table

TEXT = "Sale of 250 BTC.\r\nGoverned by English law: § 1, “quoted”, 中文.\n"


class Keep:
    """`ports.Artefacts` in memory; a test may put other bytes under a hash."""

    def __init__(self, **held: bytes) -> None:
        self.held: dict[bytes, bytes] = {bytes.fromhex(key): data for key, data in held.items()}

    def put(self, data: bytes) -> bytes:
        self.held[sha256(data).digest()] = data
        return sha256(data).digest()

    def get(self, digest: bytes) -> bytes:
        if digest not in self.held:
            raise Unavailable("store.no-artefact", sha256=digest.hex())
        return self.held[digest]


def hashed(data: bytes) -> str:
    return sha256(data).hexdigest()


def refusal(error: type[CountersignError], act: object, *arguments: object) -> str:
    with pytest.raises(error) as refused:
        act(*arguments)  # type: ignore[operator]
    return refused.value.code


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (pdfs.small(), LegalKind.PDF),
        (b"%PDF-", LegalKind.PDF),
        (TEXT.encode(), LegalKind.TEXT),
        (b"\xef\xbb\xbfwith a mark", LegalKind.TEXT),
        (b"a\tb\x0cc\r\n", LegalKind.TEXT),
        (b" %PDF-1.7", LegalKind.TEXT),
        (b"a" * TEXT_LIMIT, LegalKind.TEXT),
        (b"a" * (TEXT_LIMIT + 1), LegalKind.OTHER),
        (b"%PDF-" + bytes(PDF_LIMIT - 5), LegalKind.PDF),
        (b"%PDF-" + bytes(PDF_LIMIT - 4), LegalKind.OTHER),
        (b"", LegalKind.OTHER),
        (b"PK\x03\x04", LegalKind.OTHER),
        (b"a\x00b", LegalKind.OTHER),
        (b"\x1b[2J", LegalKind.OTHER),
        ("\x85".encode(), LegalKind.OTHER),
        (b"caf\xe9", LegalKind.OTHER),
        (b"\xed\xa0\x80", LegalKind.OTHER),
        ("utf-16".encode("utf-16"), LegalKind.OTHER),
    ],
)
def test_a_file_is_what_stands_in_it(data: bytes, kind: LegalKind) -> None:
    assert kind_of(data) is kind


def test_a_text_is_read_without_mark_and_with_plain_line_ends() -> None:
    keep = Keep()
    data = b"\xef\xbb\xbf" + TEXT.encode() + b"old\rends"
    keep.put(data)
    assert legal_text.read(keep, hashed(data)).words == TEXT.replace("\r\n", "\n") + "old\nends"


def test_what_is_at_hand_is_said_with_its_kind_and_size() -> None:
    keep = Keep()
    for data, kind in ((pdfs.small(), LegalKind.PDF), (TEXT.encode(), LegalKind.TEXT), (b"\0", LegalKind.OTHER)):
        keep.put(data)
        assert legal_text.view(keep, hashed(data)) == LegalTextView(hashed(data), kind, len(data))


def test_what_is_not_at_hand_is_said_and_refused_by_name() -> None:
    assert legal_text.view(Keep(), "ab" * 32) == LegalTextView("ab" * 32, LegalKind.ABSENT, 0)
    assert refusal(Unavailable, legal_text.read, Keep(), "ab" * 32) == "desk.legal-text-absent"


def test_other_bytes_under_the_hash_are_never_handed_out() -> None:
    keep = Keep(**{"ab" * 32: TEXT.encode()})
    assert refusal(Refused, legal_text.read, keep, "ab" * 32) == "store.artefact-altered"
    assert legal_text.view(keep, "ab" * 32).kind is LegalKind.ALTERED


def test_what_is_neither_pdf_nor_text_is_not_shown() -> None:
    keep = Keep()
    keep.put(b"PK\x03\x04")
    assert refusal(Malformed, legal_text.read, keep, hashed(b"PK\x03\x04")) == "desk.legal-text-kind"


@pytest.fixture
async def agreed(table: Table, monkeypatch: pytest.MonkeyPatch) -> Table:
    """A logged contract whose text nobody has given to the desk yet."""
    table.stage.legal_text = TEXT.encode()
    put = EmbeddedDesk.put_artefact

    async def forgetful(desk: EmbeddedDesk, data: bytes) -> bytes:
        return sha256(data).digest() if data == table.stage.legal_text else await put(desk, data)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(EmbeddedDesk, "put_artefact", forgetful)
        await table.until("step-contract")
    await table.officer.synchronise()
    return table


async def test_a_contract_whose_text_is_missing_says_so(agreed: Table) -> None:
    view = (await agreed.officer.review(agreed.story.contract)).legal_text
    assert view == LegalTextView(hashed(TEXT.encode()), LegalKind.ABSENT, 0)
    with pytest.raises(Unavailable) as refused:
        await agreed.officer.legal_text(agreed.story.contract)
    assert refused.value.code == "desk.legal-text-absent"
    assert refused.value.values["sha256"] == hashed(TEXT.encode())


async def test_a_file_with_the_right_hash_is_kept_here_and_at_the_desk(agreed: Table, tmp_path: Path) -> None:
    file = tmp_path / "Sale agreement (final, signed).txt"
    file.write_bytes(TEXT.encode())
    kept = await agreed.officer.take_legal_text(file)
    assert (kept.contracts, kept.given) == (("MH-2026-0001",), True)
    view = (await agreed.officer.review(agreed.story.contract)).legal_text
    assert view == LegalTextView(hashed(TEXT.encode()), LegalKind.TEXT, len(TEXT.encode()))
    assert (await agreed.officer.legal_text(agreed.story.contract)).data == TEXT.encode()
    assert await agreed.desk.artefact(sha256(TEXT.encode()).digest()) == TEXT.encode()


async def test_one_byte_more_is_another_document_and_nothing_is_kept(agreed: Table, tmp_path: Path) -> None:
    before = agreed.officer.replica.profile.artefacts.digests()  # type: ignore[attr-defined]
    file = tmp_path / "sale.txt"
    file.write_bytes(TEXT.encode() + b"\n")
    with pytest.raises(Refused) as refused:
        await agreed.officer.take_legal_text(file)
    assert refused.value.code == "desk.legal-text-unknown"
    assert refused.value.values["sha256"] == hashed(TEXT.encode() + b"\n")
    assert agreed.officer.replica.profile.artefacts.digests() == before  # type: ignore[attr-defined]


async def test_too_long_a_file_is_refused_before_it_is_hashed(agreed: Table) -> None:
    with pytest.raises(Malformed) as refused:
        await agreed.officer.keep_legal_text(bytes(PDF_LIMIT + 1))
    assert refused.value.code == "desk.legal-text-size"


async def test_the_right_hash_of_a_wrong_kind_is_refused(table: Table) -> None:
    table.stage.legal_text = b"PK\x03\x04 a text in some program's own format"
    await table.until("step-contract")
    await table.officer.synchronise()
    with pytest.raises(Malformed) as refused:
        await table.officer.keep_legal_text(table.stage.legal_text)
    assert refused.value.code == "desk.legal-text-kind"
    shown = (await table.officer.review(table.story.contract)).legal_text
    assert shown is not None
    assert shown.kind is LegalKind.OTHER


async def test_without_the_desk_it_is_kept_here_and_that_is_said(
    agreed: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(_desk: EmbeddedDesk, _data: bytes) -> bytes:
        raise Unavailable("sync.silent")

    monkeypatch.setattr(EmbeddedDesk, "put_artefact", silent)
    kept = await agreed.officer.keep_legal_text(TEXT.encode())
    assert (kept.contracts, kept.given) == (("MH-2026-0001",), False)
    assert (await agreed.officer.legal_text(agreed.story.contract)).words == TEXT.replace("\r\n", "\n")


async def test_what_another_console_gave_the_desk_comes_with_the_next_synchronising(agreed: Table) -> None:
    await agreed.desk.put_artefact(TEXT.encode())
    await agreed.officer.synchronise()
    shown = (await agreed.officer.review(agreed.story.contract)).legal_text
    assert shown is not None
    assert shown.kind is LegalKind.TEXT


async def test_the_demonstrations_contract_carries_a_pdf_that_an_officer_can_read(table: Table) -> None:
    await table.until("step-prepare")
    text = await table.officer.legal_text(table.story.contract)
    assert text.kind is LegalKind.PDF
    assert text.data == table.stage.legal_text
    assert hashed(text.data) == table.desk.state.contract(table.story.contract).terms.legal_text_sha256
