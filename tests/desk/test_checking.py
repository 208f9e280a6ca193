"""`check`: what is in order passes, what is not fails by name, and what nobody vouches for is blocked."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.bitcoin import psbt
from countersign.bitcoin.psbt import bip370
from countersign.desk.checking import check
from countersign.desk.reports import CheckReport
from countersign.formats import jcs, strict_json
from countersign.keys import jws as jose
from countersign.rails import bitcoin as bitcoin_rail
from countersign.review.finding import Finding, Status
from countersign.settlement import builder, machine
from countersign.store.profile import Profile, open_profile
from support import alter, finished_settlement, review_cases
from support import settlement_world as world
from support.finished_settlement import Finished
from support.settlement_world import Desk
from support.vectors import vector_path

Check = Callable[..., CheckReport]
TRIO = ("contract.event", "contract.opening.json", "contract.tlog-proof")


@pytest.fixture
def checked(files: dict[str, bytes], auditor: Profile, over: Finished) -> Check:
    """`check` of files by name, with the profile; keyword arguments give other bytes."""

    def run(*names: str, profile: Profile | None = auditor, **others: bytes) -> CheckReport:
        given = {name: files[name] for name in names} | others
        return check(given, profile, None, over.clock)

    return run


def against(report: CheckReport) -> dict[str, Status]:
    """The checks that stand against, each with its gravest status."""
    found: dict[str, Status] = {}
    for each in report.findings:
        if not each.ok and found.get(each.check) is not Status.FAIL:
            found[each.check] = each.status
    return found


def failing(report: CheckReport) -> set[str]:
    return {check for check, status in against(report).items() if status is Status.FAIL}


def of(report: CheckReport, code: str) -> list[Finding]:
    return [each for each in report.findings if each.check == code]


@pytest.mark.parametrize(
    "names",
    [
        ("contract.json", *TRIO, "bitcoin/unsigned.psbt"),
        ("contract.json", *TRIO, "bitcoin/unsigned.psbt", "ethereum/safe_tx.json"),
        ("contract.json",),
        ("contract.json", *TRIO),
        ("contract.json", "contract.event"),
        ("bitcoin/unsigned.psbt",),
        ("bitcoin/share-1.psbt",),
        ("bitcoin/share-2.psbt", "contract.json"),
        ("bitcoin/combined.psbt",),
        ("ethereum/safe_tx.json",),
        TRIO,
        ("contract.event",),
        ("contract.opening.json",),
        ("contract.tlog-proof",),
        ("refused/altered.event", "refused/altered.opening.json", "refused/altered.tlog-proof"),
        ("refused/altered.event", "contract.json"),
        ("usb/request.countersign",),
        ("usb/answer.countersign",),
        ("evidence.zip",),
    ],
)
def test_what_was_logged_and_signed_is_in_order(names: tuple[str, ...], checked: Check) -> None:
    report = checked(*names)
    assert against(report) == {}
    assert report.status == 0


def test_the_order_of_the_files_does_not_matter(checked: Check) -> None:
    names = ("bitcoin/unsigned.psbt", *reversed(TRIO), "contract.json")
    assert {each.check: each.status for each in checked(*names).findings} == {
        each.check: each.status for each in checked(*reversed(names)).findings
    }


def test_history_says_as_of_which_log_size(checked: Check, over: Finished) -> None:
    psbt = next(each for each in over.state.instructions.values() if each.group.kind == "psbt")
    (judged,) = checked("bitcoin/unsigned.psbt", "contract.json").judged
    assert judged.as_of == psbt.shares[0].index


def test_an_altered_psbt_is_held_against_the_one_that_was_prepared(checked: Check) -> None:
    for names in (("refused/altered.psbt",), ("refused/altered.psbt", "contract.json")):
        report = checked(*names)
        assert {"B8", "C5"} <= failing(report)
        assert "C3" not in failing(report)
        assert report.status == 1


@pytest.mark.parametrize(
    "name", ["bitcoin/unsigned.psbt", "bitcoin/share-1.psbt", "bitcoin/combined.psbt", "refused/altered.psbt"]
)
def test_a_psbt_of_version_2_gets_the_verdict_of_the_same_in_version_0(
    name: str, checked: Check, files: dict[str, bytes]
) -> None:
    first, second = checked(name), checked(**{name: bitcoin_rail.as_version(files[name], 2)})
    assert [(each.check, each.status, each.reason) for each in second.findings] == [
        (each.check, each.status, each.reason) for each in first.findings
    ]
    assert second.status == first.status


def test_a_psbt_that_may_still_change_is_refused_though_it_is_the_prepared_one(
    checked: Check, files: dict[str, bytes]
) -> None:
    second = psbt.parse(bitcoin_rail.as_version(files["bitcoin/unsigned.psbt"], 2))
    report = checked(given=psbt.serialise(alter.header(second, bip370.MODIFIABLE, b"\x01")))
    assert [each.reason for each in of(report, "B2")] == ["B2.modifiable"]
    assert report.status != 0
    closed = checked(given=psbt.serialise(alter.header(second, bip370.MODIFIABLE, b"\x00")))
    assert against(closed) == {}


def test_a_delegate_call_is_refused_for_what_it_is(checked: Check) -> None:
    report = checked("refused/delegatecall.json", "contract.json")
    assert {"E3", "C5"} <= failing(report)
    assert not {"E1", "E2", "E5", "E8"} & failing(report)
    assert report.status == 1


def test_a_contract_that_is_not_in_the_log_fails_l3_and_only_that(checked: Check) -> None:
    report = checked("refused/unlogged.json")
    assert failing(report) == {"L3"}
    assert report.status == 1


def test_an_event_given_for_another_contract_does_not_help_it(checked: Check) -> None:
    report = checked("refused/unlogged.json", *TRIO)
    assert {"L3", "C1"} <= failing(report)


def test_a_false_opening_beside_a_true_event_fails_l3(checked: Check) -> None:
    for name in ("refused/altered.opening.json", "refused/altered.tlog-proof"):
        assert failing(checked("contract.json", "contract.event", name)) == {"L3"}


def test_without_a_profile_nothing_is_believed(checked: Check) -> None:
    report = checked("contract.json", *TRIO, "bitcoin/unsigned.psbt", profile=None)
    blocked = against(report)
    assert set(blocked.values()) == {Status.BLOCKED}
    assert {"C1", "C3", "C5", "L2", "L3", "L5", "B4", "B8"} <= set(blocked)
    assert [each.status for each in of(report, "L1")] == [Status.PASS]
    assert report.status == 1


def test_without_a_profile_and_without_an_event_l3_is_blocked(checked: Check) -> None:
    report = checked("contract.json", profile=None)
    assert [each.status for each in of(report, "L3")] == [Status.BLOCKED]


@pytest.mark.parametrize(
    ("name", "check_code"),
    [
        ("contract.json", "C2"),
        ("contract.event", "L3"),
        ("contract.opening.json", "L3"),
        ("contract.tlog-proof", "L3"),
        ("bitcoin/unsigned.psbt", "B2"),
        ("ethereum/safe_tx.json", "E2"),
    ],
)
def test_a_file_that_does_not_parse_is_two_and_fails_its_own_check(
    name: str, check_code: str, checked: Check, files: dict[str, bytes]
) -> None:
    cut = files[name][:-1]
    beside = [] if name == "contract.json" else ["contract.json"]
    report = checked(*beside, cut=cut)
    assert report.status == 2
    assert report.files[-1].error is not None
    assert any(each.check.startswith(check_code[0]) for each in report.findings if not each.ok)


@pytest.mark.parametrize("name", ["usb/request.countersign", "evidence.zip"])
def test_a_container_that_does_not_parse_is_two(name: str, checked: Check, files: dict[str, bytes]) -> None:
    report = checked(cut=files[name][:-1])
    assert report.status == 2
    assert report.judged == ()


def test_two_wins_over_one_and_a_good_file_beside_a_bad_one_is_still_judged(checked: Check) -> None:
    report = checked("contract.json", "bitcoin/unsigned.psbt", bad=b"nonsense")
    assert report.status == 2
    assert against(report) == {}


def test_an_envelope_by_a_stranger_or_under_another_head_is_refused(
    checked: Check, over: Finished, files: dict[str, bytes]
) -> None:
    forged = bytearray(files["usb/request.countersign"])
    forged[-1] ^= 1
    assert failing(checked(forged=bytes(forged))) == {"T1"}
    elsewhere = replace(over, desk=over.desk.copy())
    elsewhere.desk.log("price.published", ["desk"], {"asset": world.BTC, "price": "80001", "source": "x"})
    ahead = finished_settlement.request(elsewhere)
    assert "L4" in failing(checked(ahead=ahead))
    assert against(checked("usb/request.countersign")) == {}


def test_without_a_profile_an_envelope_is_blocked(checked: Check) -> None:
    report = checked("usb/answer.countersign", profile=None)
    assert against(report) == {"T1": Status.BLOCKED}


def test_an_envelope_with_a_false_share_is_refused(checked: Check, over: Finished) -> None:
    body = finished_settlement.envelope_answer(over, over.safe_tx)
    report = checked(false=body)
    assert report.status == 1


def test_a_pack_needs_trust_and_prints_its_fingerprint(files: dict[str, bytes], over: Finished) -> None:
    pack = {"pack.zip": files["evidence.zip"]}
    blind = check(pack, None, None, over.clock)
    assert set(against(blind).values()) == {Status.BLOCKED}
    assert blind.status == 1
    assert len(blind.fingerprints[0].words.split()) == 12
    assert check(pack, None, review_cases.quorum(), over.clock).status == 0
    stranger = replace(review_cases.quorum(), log=review_cases.note.verifier_key(bytes(32), world.ORIGIN, 1))
    assert "L5" in against(check(pack, None, stranger, over.clock)) or "L2" in failing(
        check(pack, None, stranger, over.clock)
    )


def test_the_bybit_transactions_are_refused_row_by_row(over: Finished, auditor: Profile) -> None:
    page = vector_path("safe/bybit_safe_tx_71.json").read_bytes()
    for profile in (None, auditor):
        report = check({"page": page}, profile, None, over.clock)
        assert len(report.judged) == 2
        assert all(any(not each.ok for each in one.verdict.findings) for one in report.judged)
        assert "E3" in {each.check for each in report.judged[0].verdict.findings if each.status is Status.FAIL}
        assert report.status == 1


def test_our_own_transaction_in_the_services_form_is_accepted(checked: Check, over: Finished) -> None:
    """The near miss of the service's form: what was prepared, listed as the service lists it."""
    listed = service_row(over)
    assert against(checked("contract.json", listed=listed)) == {}
    altered = service_row(over, operation=1)
    assert "E2" in against(checked("contract.json", altered=altered))


def service_row(over: Finished, **changes: object) -> bytes:
    """Our transaction as the Safe service lists it."""
    row = strict_json.parse(over.safe_tx)
    assert isinstance(row, dict)
    row.pop("chainId")
    return jcs.encode({**row, "confirmations": [], "isExecuted": True, **changes})


def test_a_contract_with_one_signature_is_not_the_logged_one(checked: Check, over: Finished) -> None:
    alone = world.signed_contract(over.trade.contract.terms, ["meridian"])
    report = checked(alone=jose.serialise(alone.jws))
    assert {"C1", "L3"} & failing(report)
    assert report.status == 1


def test_before_the_first_share_a_console_judges_the_present(tmp_path: Path) -> None:
    over = finished_settlement.finished("instructed")
    finished_settlement.write_profile(tmp_path / "profile", over)
    with open_profile(tmp_path / "profile-console", lambda: "a passphrase of tests") as profile:
        report = check({"psbt": over.psbt}, profile, None, over.clock)
        assert against(report) == {}
        assert report.judged[0].as_of is None
        later = finished_settlement.StoppedClock(over.now + 40 * 3600)
        assert {"C4", "L5"} <= failing(check({"psbt": over.psbt}, profile, None, later))


def test_an_auditors_profile_is_history_whatever_the_clock_says(tmp_path: Path) -> None:
    over = finished_settlement.finished("instructed")
    finished_settlement.write_profile(tmp_path / "profile", over)
    later = finished_settlement.StoppedClock(over.now + 400 * 24 * 3600)
    with open_profile(tmp_path / "profile") as profile:
        report = check({"psbt": over.psbt}, profile, None, later)
        assert against(report) == {}
        assert report.judged[0].as_of == over.state.size


def test_ordinary_checks_load_neither_window_nor_token_nor_second_implementation() -> None:
    script = (
        "import sys, countersign.desk.checking, countersign.desk.auditing, countersign.desk.output_audit;"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'PySide6','pkcs11','aiohttp','eth_account','zxingcpp'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_progress_is_told_to_the_end(files: dict[str, bytes], over: Finished) -> None:
    seen: list[tuple[int, int]] = []
    check({"a": files["contract.json"]}, None, None, over.clock, lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1]


@pytest.mark.parametrize("with_event", [False, True])
def test_a_contract_is_not_verified_by_an_entry_that_the_log_s_rules_refused(
    over: Finished, tmp_path: Path, *, with_event: bool
) -> None:
    """Both institutions signed, the desk logged it and witnesses saw it: and no machine took it in."""
    desk = settlement_desk(over)
    agreed = world.terms(6)
    refused = world.signed_contract(replace(agreed, notional=replace(agreed.notional, usd=5)))
    entry = desk.entry("contract.affirmed", ["operations"], builder.contract_body(refused), id="small")
    desk.state = machine.replay([entry], desk.state)
    desk.entries.append(entry)
    desk.now_ms += 1_000
    assert desk.state.faults[entry.index].code == "settlement.minimum-notional"
    told = replace(over, desk=desk)
    files = {"contract.json": jose.serialise(refused.jws), "opening.json": told.opening(entry.index).serialise()}
    if with_event:
        files = {"contract.event": entry.event, "opening.json": files["opening.json"]}
    finished_settlement.write_profile(tmp_path / "profile", told)
    with open_profile(tmp_path / "profile") as profile:
        report = check(files, profile, None, told.clock)
    assert failing(report) == {"L3"}
    assert [each.reason for each in of(report, "L3")] == ["L3.refused"]
    assert report.status == 1


def settlement_desk(over: Finished) -> Desk:
    """The finished settlement's desk, to log more at."""
    return Desk(over.state, list(over.desk.entries), over.desk.now_ms)
