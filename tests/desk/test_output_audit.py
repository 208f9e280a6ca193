"""`audit verify` of an output directory: one byte anywhere is noticed, and every value is recomputed, not believed."""

from collections.abc import Callable, Sequence
from hashlib import sha256

import pytest

from countersign.desk.output_audit import verify_output
from countersign.desk.reports import AuditReport
from countersign.errors import Refused, Unavailable
from countersign.formats import jcs, strict_json
from countersign.review.finding import Status
from countersign.store.profile import Profile
from support import finished_settlement, review_cases
from support.finished_settlement import Finished

Verify = Callable[..., AuditReport]


@pytest.fixture
def verify(auditor: Profile, over: Finished) -> Verify:
    """The audit of these files under the keys that are trusted."""

    def run(files: dict[str, bytes], **options: object) -> AuditReport:
        given = {"profile": auditor, "trust": review_cases.quorum(), "clock": over.clock} | options
        return verify_output(files, **given)  # type: ignore[arg-type]

    return run


def codes(report: AuditReport) -> set[str]:
    return {each.reason for each in report.findings if not each.ok}


def relisted(files: dict[str, bytes], **changes: object) -> dict[str, bytes]:
    """The files under a `result.json` that lists them as they are, so that only the recomputing can object."""
    result = strict_json.parse(files["result.json"])
    assert isinstance(result, dict)
    hashes = {name: sha256(data).hexdigest() for name, data in files.items() if name != "result.json"}
    return files | {"result.json": jcs.encode({**result, "files": hashes, **changes})}


def test_what_a_settlement_leaves_verifies(verify: Verify, files: dict[str, bytes], over: Finished) -> None:
    report = verify(files)
    assert codes(report) == set()
    assert report.status == 0
    assert report.size == len(over.desk.entries)
    assert {each.about for each in report.fingerprints} == {"evidence.zip", "vkeys.json"}


def test_without_trust_it_is_consistent_and_blocked(verify: Verify, files: dict[str, bytes]) -> None:
    report = verify(files, trust=None)
    assert {each.status for each in report.findings if not each.ok} == {Status.BLOCKED}
    assert report.status == 1
    other = review_cases.Quorum(
        review_cases.note.verifier_key(bytes(32), report.desk, 1), review_cases.quorum().witnesses, 2
    )
    assert "desk.audit-other-trust" in codes(verify(files, trust=other))


@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.long)], ids=["every fourth", "every"])
def test_one_byte_in_any_file_is_noticed(verify: Verify, files: dict[str, bytes], step: int) -> None:
    assert len(files) > 60
    for name, data in list(files.items())[::step]:
        for place in {sha256(name.encode()).digest()[0] * len(data) // 256}:
            flipped = bytearray(data)
            flipped[place] ^= 1
            assert verify(files | {name: bytes(flipped)}).status != 0, (name, place)


def test_a_file_more_or_less_is_noticed(verify: Verify, files: dict[str, bytes]) -> None:
    assert codes(verify(files | {"note.txt": b"hello"})) == {"desk.audit-unlisted", "desk.audit-stray"}
    less = {name: data for name, data in files.items() if name != "timings.json"}
    assert codes(verify(less)) == {"desk.audit-missing", "desk.audit-absent"}
    assert verify({name: data for name, data in files.items() if name != "result.json"}).status == 2


RECOMPUTED = [
    "contract.json", "contract.jwks.json", "contract.event", "contract.opening.json", "contract.tlog-proof",
    "vkeys.json", "log/checkpoint", "bitcoin/unsigned.psbt", "bitcoin/share-1.psbt", "bitcoin/share-2.psbt",
    "bitcoin/combined.psbt", "bitcoin/final.hex", "bitcoin/prevouts.json", "bitcoin/descriptor.txt",
    "ethereum/safe.json", "ethereum/safe_tx.json", "ethereum/signatures.json", "ethereum/exec_transaction.hex",
    "refused/altered.psbt", "refused/delegatecall.json", "refused/unlogged.json", "refused/altered.event",
    "refused/altered.opening.json", "refused/altered.tlog-proof", "usb/request.countersign", "usb/answer.countersign",
    "evidence.zip", "refusals.json", "frames/index.json",
]  # fmt: skip


@pytest.mark.parametrize("name", RECOMPUTED)
def test_a_byte_changed_together_with_its_hash_is_still_noticed(
    name: str, verify: Verify, files: dict[str, bytes]
) -> None:
    data = bytearray(files[name])
    data[sha256(name.encode()).digest()[1] * len(data) // 256] ^= 1
    frames = (lambda pictures: ("countersign", files["usb/request.countersign"])) if name.startswith("frames") else None
    assert verify(relisted(files | {name: bytes(data)}), frames=frames).status != 0


def test_every_tile_is_rebuilt(verify: Verify, files: dict[str, bytes]) -> None:
    for name in (each for each in files if each.startswith("log/tile")):
        data = bytearray(files[name])
        data[-1] ^= 1
        assert verify(relisted(files | {name: bytes(data)})).status == 1
        without = {each: content for each, content in files.items() if each != name}
        assert "desk.audit-tile-missing" in codes(verify(relisted(without)))


@pytest.mark.parametrize(
    "changes",
    [
        {"quorum": 1},
        {"bitcoin_chain": "bip122:000000000019d6689c085ae165831e93"},
        {"ethereum_chain": "eip155:1"},
        {"contract_sha256": "00" * 32},
        {"states": []},
    ],
)
def test_every_value_of_the_result_is_recomputed(
    changes: dict[str, object], verify: Verify, files: dict[str, bytes]
) -> None:
    assert "desk.audit-differs" in codes(verify(relisted(files, **changes)))


def test_a_state_with_another_cause_is_noticed(verify: Verify, files: dict[str, bytes]) -> None:
    result = strict_json.parse(files["result.json"])
    assert isinstance(result, dict)
    states = [dict(each) for each in result["states"]]  # type: ignore[union-attr, arg-type]
    states[4]["log_index"] += 1
    assert codes(verify(relisted(files, states=states))) == {"desk.audit-differs"}


def test_a_profile_that_does_not_open_is_a_finding(verify: Verify, files: dict[str, bytes]) -> None:
    assert "S1.damaged" in codes(verify(files, profile=Refused("S1.damaged", file="store.db")))
    assert verify(files, profile=Unavailable("store.no-profile", profile="profile")).status == 1


def test_frames_are_read_where_somebody_can(verify: Verify, files: dict[str, bytes], over: Finished) -> None:
    def read(pictures: Sequence[bytes]) -> tuple[str, bytes]:
        return finished_settlement.read_pictures(over, pictures)

    def mirrored(pictures: Sequence[bytes]) -> tuple[str, bytes]:
        return read([b"answer" if b"request" in pictures[0] else b"request"])

    assert codes(verify(files, frames=read)) == set()
    assert verify(files, frames=mirrored).status == 1
    assert verify(files, frames=lambda pictures: ("bytes", read(pictures)[1])).status == 1


def test_pictures_of_another_crossing_are_noticed_whatever_the_index_says(
    verify: Verify, files: dict[str, bytes], over: Finished
) -> None:
    shown = {"request": files["usb/request.countersign"], "answer": files["usb/answer.countersign"]}
    index = {way: {"ur_type": "countersign", "sha256": sha256(data).hexdigest()} for way, data in shown.items()}

    def read(pictures: Sequence[bytes]) -> tuple[str, bytes]:
        return "countersign", shown["request" if b"request" in pictures[0] else "answer"]

    assert verify(relisted(files | {"frames/index.json": jcs.encode(index)}), frames=read).status == 1


def test_what_crossed_by_usb_is_this_settlements_request_and_the_answer_to_it(
    verify: Verify, files: dict[str, bytes], over: Finished
) -> None:
    sent, back = files["usb/request.countersign"], files["usb/answer.countersign"]
    made = finished_settlement
    bitcoin = {way: getattr(made, way)(over, made.BITCOIN_VAULT) for way in ("request", "answer")}
    unlogged = made.envelope_answer(over, made.cases.safe_share(over.safe_tx, "officer-d").data)
    for request, answer in ((back, sent), (bitcoin["request"], bitcoin["answer"]), (bitcoin["request"], back),
                            (sent, bitcoin["answer"]), (sent, unlogged)):  # fmt: skip
        changed = files | {"usb/request.countersign": request, "usb/answer.countersign": answer}
        assert verify(relisted(changed)).status == 1


@pytest.mark.parametrize(
    "name", ["note.txt", "profile/key.wrapped", "log/tile/0/001", "frames/request-0003.png", "screens/extra.png"]
)
def test_a_listed_file_that_has_no_place_there_is_noticed(name: str, verify: Verify, files: dict[str, bytes]) -> None:
    assert "desk.audit-stray" in codes(verify(relisted(files | {name: b"x"})))


@pytest.mark.parametrize("name", ["timings.json", "screens/log-dark.txt", "frames/answer-0001.png", "refusals.json"])
def test_a_file_left_out_of_the_list_too_is_missed(name: str, verify: Verify, files: dict[str, bytes]) -> None:
    less = {each: data for each, data in files.items() if each != name}
    assert "desk.audit-absent" in codes(verify(relisted(less)))


def test_times_are_steps_and_seconds(verify: Verify, files: dict[str, bytes]) -> None:
    for data in (b"no", b"[]", b'{"all":1}', b'{"all":"soon"}'):
        assert "desk.audit-differs" in codes(verify(relisted(files | {"timings.json": data})))


def test_refusals_say_what_was_signed(verify: Verify, files: dict[str, bytes]) -> None:
    listed = strict_json.parse(files["refusals.json"])
    told = listed[0]["findings"][0]  # type: ignore[index, call-overload]
    softer = told | {"explanation": "A formality."}  # type: ignore[operator]
    added = [told, told | {"check": "B9"}]  # type: ignore[operator]
    for findings in ([softer], added):
        changed = [listed[0] | {"findings": findings}, *listed[1:]]  # type: ignore[index, operator, misc]
        assert verify(relisted(files | {"refusals.json": jcs.encode(changed)})).status == 1


def test_a_quorum_that_nobody_adopted_is_a_finding_not_a_form(verify: Verify, files: dict[str, bytes]) -> None:
    report = verify(relisted(files, quorum=60))
    assert (report.status, codes(report)) == (1, {"desk.audit-differs"})


def test_refusals_must_name_the_checks_that_stopped_them(verify: Verify, files: dict[str, bytes]) -> None:
    listed = strict_json.parse(files["refusals.json"])
    assert isinstance(listed, list)
    for changed in (listed[:2], list(reversed(listed)), []):
        assert verify(relisted(files | {"refusals.json": jcs.encode(changed)})).status == 1
    other = files["refusals.json"].replace(b'"B8"', b'"B9"')
    assert verify(relisted(files | {"refusals.json": other})).status == 1
