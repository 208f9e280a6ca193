"""`audit report`: every kind of tampering refused under its own name, each beside what looks like it and is in order."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from countersign.desk import report_checking, report_file
from countersign.desk.report_file import Claim, Head
from countersign.desk.reports import AuditReport
from countersign.errors import Malformed
from countersign.formats import jcs
from countersign.keys import jws as jose
from countersign.resources.text import sentence
from countersign.store.profile import Profile, open_profile
from support import finished_settlement
from support import settlement_world as world
from support.finished_settlement import Finished, StoppedClock
from support.published_schema import fits, schemas
from support.review_cases import quorum
from support.settlement_world import Desk

PDF = b"%PDF-1.4 what History showed\n%%EOF\n"
SECOND = "officer-a, the second token"


def with_identity(officer: str, name: str) -> dict[str, object]:
    """The officer's entry with another identity key, vault keys as they were."""
    entry = world.officer_entry(officer)
    keys = entry["keys"]
    assert isinstance(keys, list)
    keys[0] |= {"jwk": world.identity(name).public.jwk()}
    return entry


@dataclass(frozen=True)
class Told:
    """A desk's history: before officer A's and officer C's tokens were replaced, and after."""

    over: Finished
    before: int

    def head(self, size: int | None = None, officer: str = "officer-a") -> Head:
        size = self.over.log().size if size is None else size
        at = self.over.desk.entries[size - 1].time_ms // 1_000 + 60
        return Head(world.ORIGIN, officer, at, size, self.over.log().tree.root(size))


def history() -> Told:
    desk = Desk()
    desk.log("desk.founded", ["desk", "compliance", "officer-d"], world.founding_body() | {"log": str(quorum().log)})
    witnesses = {"quorum": 2, "keys": sorted(str(key) for key in quorum().witnesses)}
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": world.policy_document(witnesses=witnesses)})
    for asset, price in ((world.BTC, "80000"), (world.USDC, "1")):
        desk.log("price.published", ["desk"], {"asset": asset, "price": price, "source": "Northgate reference"})
    trade = desk.trade()
    desk.play(trade, until="agreed")
    before = len(desk.entries)
    entries = [with_identity("officer-a", SECOND), with_identity("officer-c", "officer-c, the second token")]
    desk.log("roster.changed", ["compliance", "officer-d"], world.no_entries() | {"officers": entries})
    return Told(Finished(desk, trade), before)


TOLD = history()


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    folder = tmp_path_factory.mktemp("report") / "profile"
    finished_settlement.write_profile(folder, TOLD.over)
    return open_profile(folder)


def signed(claim: Claim, *names: str) -> bytes:
    return jose.serialise(world.sign(claim.payload(), report_file.TYP, names))


def claimed(head: Head, contract: str = "") -> Claim:
    return Claim.of(head, PDF, "harbour final", 3, contract)


def judged(profile: Profile, signature: bytes, pdf: bytes = PDF, now: int | None = None) -> AuditReport:
    clock = TOLD.over.clock if now is None else StoppedClock(now)
    return report_checking.verify(profile, clock, "history.pdf", pdf, signature)


def against(report: AuditReport) -> list[str]:
    return [each.reason for each in report.findings if not each.ok]


def test_who_signed_when_and_as_of_which_head(profile: Profile) -> None:
    head = TOLD.head(officer="officer-d")
    contract = TOLD.over.trade.hash
    report = judged(profile, signed(claimed(head, contract), "officer-d"))
    assert (report.status, report.desk, against(report)) == (0, world.ORIGIN, [])
    words = [sentence(each.reason, each.values) for each in report.findings]
    assert any("Signed by" in each and "(officer-d)" in each for each in words)
    assert any(head.root.hex() in each for each in words)
    assert [each.reason.split(".")[1] for each in report.findings] == [
        "report-file",
        "report-signed",
        "report-head",
        "report-time",
        "report-contract",
    ]


NEAR = {
    "by officer A's second token, of the newest head": lambda: (TOLD.head(), SECOND),
    "of an older head, by an officer whose key stands": lambda: (TOLD.head(TOLD.before, "officer-d"), "officer-d"),
    "of the first entry": lambda: (TOLD.head(1, "compliance"), "compliance"),
    "four minutes before its newest entry": lambda: (_at(TOLD.head(officer="officer-d"), -240 - 60), "officer-d"),
}


def _at(head: Head, seconds: int) -> Head:
    return replace(head, at=head.at + seconds)


@pytest.mark.parametrize("case", NEAR)
def test_what_looks_odd_and_is_in_order(profile: Profile, case: str) -> None:
    head, name = NEAR[case]()
    assert against(judged(profile, signed(claimed(head), name))) == []


HOSTILE: dict[str, tuple[Callable[[], tuple[Head, str]], str]] = {
    "signed by a token that was lost since": (
        lambda: (TOLD.head(TOLD.before), "officer-a"),
        "desk.report-key-withdrawn",
    ),
    "by the lost token, of a head after its loss": (lambda: (TOLD.head(), "officer-a"), "desk.report-unknown-key"),
    "by the second token, of a head before it was known": (
        lambda: (TOLD.head(TOLD.before), SECOND),
        "desk.report-unknown-key",
    ),
    "by another officer in this one's name": (lambda: (TOLD.head(), "officer-d"), "desk.report-other-officer"),
    "by a participant": (lambda: (TOLD.head(officer="meridian"), "meridian"), "desk.report-other-officer"),
    "by the desk": (lambda: (TOLD.head(officer="desk"), "desk"), "desk.report-other-officer"),
    "by nobody's key": (lambda: (TOLD.head(), "a stranger"), "desk.report-unknown-key"),
    "another root at that size": (
        lambda: (replace(TOLD.head(officer="officer-d"), root=bytes(32)), "officer-d"),
        "desk.report-other-root",
    ),
    "the root of another size": (
        lambda: (replace(TOLD.head(officer="officer-d"), size=TOLD.before), "officer-d"),
        "desk.report-other-root",
    ),
    "a head that this profile has not reached": (
        lambda: (replace(TOLD.head(officer="officer-d"), size=10_000), "officer-d"),
        "desk.report-head-ahead",
    ),
    "another desk": (
        lambda: (replace(TOLD.head(officer="officer-d"), desk="elsewhere.example/desk"), "officer-d"),
        "desk.report-other-desk",
    ),
    "six minutes before its newest entry": (
        lambda: (_at(TOLD.head(officer="officer-d"), -360 - 60), "officer-d"),
        "desk.report-before-head",
    ),
    "in an hour": (lambda: (_at(TOLD.head(officer="officer-d"), 4_200), "officer-d"), "desk.report-future"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_each_kind_of_false_claim_has_its_name(profile: Profile, case: str) -> None:
    make, code = HOSTILE[case]
    head, name = make()
    report = judged(profile, signed(claimed(head), name))
    assert (against(report), report.status) == ([code], 1)


@pytest.mark.parametrize(
    "pdf",
    [PDF.replace(b"showed", b"shoved"), PDF + b"\n", PDF[:-1], b""],
    ids=["a letter", "longer", "shorter", "empty"],
)
def test_another_file_is_named_and_the_signature_still_told(profile: Profile, pdf: bytes) -> None:
    report = judged(profile, signed(claimed(TOLD.head(officer="officer-d")), "officer-d"), pdf)
    assert against(report) == ["desk.report-other-file"]
    assert "desk.report-signed" in [each.reason for each in report.findings]


def test_a_story_of_a_contract_that_nobody_logged_by_then(profile: Profile) -> None:
    head = TOLD.head(1, "officer-d")
    report = judged(profile, signed(claimed(head, TOLD.over.trade.hash), "officer-d"))
    assert against(report) == ["desk.report-unknown-contract"]


@pytest.mark.parametrize("field", ["officer", "at", "search", "listed", "log", "file", "contract"])
def test_a_claim_altered_after_it_was_signed_is_nobodys(profile: Profile, field: str) -> None:
    """The signature of one claim over another: whatever is altered, the signature is not its officer's."""
    head = TOLD.head(officer="officer-d")
    made = jose.parse(signed(claimed(head), "officer-d"), report_file.TYP)
    other = claimed(head)
    changes: dict[str, Claim] = {
        "officer": replace(other, head=replace(head, officer="officer-a")),
        "at": replace(other, head=_at(head, 1)),
        "search": replace(other, search="harbour"),
        "listed": replace(other, listed=4),
        "log": replace(other, head=TOLD.head(TOLD.before, "officer-d")),
        "file": Claim.of(head, PDF + b" ", "harbour final", 3, ""),
        "contract": replace(other, contract=TOLD.over.trade.hash),
    }
    forged = jose.serialise(replace(made, payload=changes[field].payload()))
    expected = {"officer": "desk.report-other-officer"}.get(field, "keys.bad-signature")
    assert expected in against(judged(profile, forged))


def test_two_signatures_are_one_too_many(profile: Profile) -> None:
    report = judged(profile, signed(claimed(TOLD.head(officer="officer-d")), "officer-d", "compliance"))
    assert against(report) == ["desk.report-signers"]


def test_an_event_or_rubbish_is_no_report(profile: Profile) -> None:
    event = jose.serialise(world.sign(claimed(TOLD.head()).payload(), jose.EVENT, ["officer-a"]))
    for data in (event, b"", b"{}", PDF):
        report = judged(profile, data)
        assert (report.status, [name for name, _ in report.malformed]) == (2, ["history.pdf.jws"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"listed":3', b'"listed":3,"more":1'),
        (b'"listed":3', b'"listed":-3'),
        (b'"listed":3', b'"listed": 3'),
        (b'"contract":null', b'"contract":""'),
        (b"countersign-report/1", b"countersign-report/2"),
        (b'Z"', b'+00:00"'),
    ],
)
def test_a_claim_has_one_spelling(old: bytes, new: bytes) -> None:
    claim = claimed(TOLD.head())
    payload = claim.payload().replace(old, new)
    assert payload != claim.payload()
    with pytest.raises(Malformed):
        report_file.parse(jose.serialise(world.sign(payload, report_file.TYP, ["officer-a"])))
    assert report_file.parse(signed(claim, "officer-a")).claim == claim


PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "report.md").read_text("utf-8")


def test_the_pages_examples_are_a_claim_and_its_signature_and_fit_the_schema() -> None:
    shown, made = re.findall(r"```json\n(.*?)\n```", PAGE, re.DOTALL)
    read = report_file.parse(made.encode())
    assert read.claim.payload() == jcs.encode(json.loads(shown))
    assert fits(json.loads(shown), schemas()["report"])
    jose.verify(read.jws, {world.identity("officer-a").public.kid: world.identity("officer-a").public}, report_file.TYP)


def test_the_page_names_every_finding_and_no_other() -> None:
    source = Path(report_checking.__file__).read_text("utf-8")
    assert set(re.findall(r"desk\.report-[a-z-]+", PAGE)) == set(re.findall(r'"(desk\.report-[a-z-]+)"', source))
