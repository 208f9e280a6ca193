"""The whole set: its order, its completeness, its totality; history; a case without an anchor."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.ethereum import safe_file, service
from countersign.rails import bitcoin
from countersign.resources.text import SENTENCES
from countersign.review.case import (
    Case,
    Channel,
    ClockFacts,
    ContractFacts,
    HeadFacts,
    InstructionFacts,
    Mode,
    Shared,
    SignatureFacts,
    SignerFacts,
)
from countersign.review.checks import CHECKS, CODES, verdict, verdict_on_signature
from countersign.review.finding import Status
from support import settlement_world as world
from support.review_cases import Scene, ether_plan, psbt_share, safe_share, story, two_vaults
from support.vectors import vector_path

ISSUE = [
    "C1",
    "C2",
    "C3",
    "C4",
    "C5",
    "C6",
    "L1",
    "L2",
    "L3",
    "L4",
    "L5",
    "L6",
    "B1",
    "B2",
    "B3",
    "B4",
    "B5",
    "B6",
    "B7",
    "B8",
    "B9",
    "B11",
    "B12",
    "B13",
    "E1",
    "E2",
    "E3",
    "E4",
    "E5",
    "E6",
    "E7",
    "E8",
    "E9",
    "H2",
    "H3",
    "H4",
    "H7",
    "T1",
    "T2",
    "T3",
    "T4",
    "S1",
]


def test_every_check_of_this_version_is_there_once_letter_by_letter() -> None:
    assert set(ISSUE) <= set(CODES)
    assert len(set(CODES)) == len(CODES)
    assert "".join(dict.fromkeys(code[0] for code in CODES)) == "CLBEHTS"


def test_what_a_check_needs_stands_before_it() -> None:
    for place, check in enumerate(CHECKS):
        assert set(check.needs) <= set(CODES[:place]), check.code


@pytest.mark.parametrize(
    "case",
    [story().psbt_case, story().safe_case, story().contract_case, story(plan=ether_plan()).safe_case, two_vaults],
    ids=["bitcoin", "token", "contract alone", "ether", "two vaults"],
)
def test_an_honest_case_may_be_signed_and_lists_every_check(case: object) -> None:
    found = verdict(case())  # type: ignore[operator]
    assert found.may_sign, found.against
    assert list(dict.fromkeys(finding.check for finding in found.findings)) == list(CODES)
    assert found.as_of is None


def test_the_second_officer_signs_over_the_first_one_s_share() -> None:
    scene = story()
    for case, share in (
        (scene.psbt_case(), psbt_share(scene.psbt, "officer-a")),
        (scene.safe_case(), safe_share(scene.safe_tx, "officer-a")),
    ):
        assert case.instruction is not None
        second = replace(
            case,
            instruction=replace(case.instruction, shares=(share,)),
            signer=SignerFacts("officer-c", world.vault_key("officer-c", "bip122", "meridian", 0).public),
        )
        assert verdict(second).may_sign, verdict(second).against


def without_anchor(case: Case) -> Case:
    """The same files for somebody who has no profile."""
    return replace(case, mode=Mode.LOOK, state=None, head=None, clock=None, signer=None)


def test_without_an_anchor_what_needs_one_is_blocked_by_anchor_and_nothing_fails() -> None:
    for case in (story().psbt_case(), story().safe_case(), story().contract_case()):
        found = verdict(without_anchor(case))
        assert not any(finding.status is Status.FAIL for finding in found.findings)
        blocked = {finding.check: finding.blocked_by for finding in found.findings if finding.status is Status.BLOCKED}
        assert {"C1", "C3", "C4", "L1", "L6"} <= set(blocked)
        assert {blocked[code] for code in ("C1", "C3", "C4", "L1", "L6")} == {"anchor"}
        assert not found.may_sign


def test_a_checkpoint_without_keys_to_judge_it_by_proves_nothing() -> None:
    scene = story()
    head = HeadFacts(scene.note.serialise(), None, None)
    found = verdict(replace(scene.contract_case(), head=head, state=None))
    assert found.of("L1")[0].status is Status.PASS
    assert [found.of(code)[0].blocked_by for code in ("L2", "L3", "L4", "L5", "L6")] == ["anchor"] * 5


# --- history


def finished() -> tuple[Scene, Scene]:
    """The story before the first share, and after both quorums."""
    before = story()
    desk = before.desk.copy()
    for name in ("officer-a", "officer-c"):
        for kind, vault in (("psbt", "meridian-btc"), ("safe-tx", "harbour-safe")):
            desk.log(*world.share_step(before.prepared[kind], name, vault))
    return before, Scene(desk, before.trades, before.psbt, before.safe_tx, before.prepared)


def history(*, late_cosignatures: bool = True, shares: tuple[Shared, ...] | None = None) -> Case:
    """The combined PSBT, weeks later, judged on the log's prefix before its first share."""
    before, after = finished()
    given = shares or tuple(psbt_share(before.psbt, name) for name in ("officer-a", "officer-c"))
    first = after.desk.entries[len(before.desk.entries)]
    case = after.psbt_case()
    assert case.instruction is not None
    combined = bitcoin.combine(before.psbt, [share.data for share in given])
    weeks = after.now + 21 * 86_400
    return replace(
        case,
        mode=Mode.HISTORY,
        state=before.state,
        signer=None,
        clock=ClockFacts(now=weeks, floor=weeks, log=weeks, as_of=first.time_ms // 1_000),
        head=after.head(entry_ms=first.time_ms if late_cosignatures else after.now * 1_000 + 1),
        instruction=replace(case.instruction, data=combined, shares=given),
    )


def test_history_is_judged_on_the_prefix_before_the_first_share_and_says_so() -> None:
    found = verdict(history())
    assert found.may_sign, found.against
    assert found.as_of == finished()[0].state.size
    assert "finished and verified" in found.of("B13")[0].found


def test_a_safe_transaction_s_history_is_judged_the_same_way() -> None:
    before, after = finished()
    first = after.desk.entries[len(before.desk.entries)]
    case = after.safe_case()
    assert case.instruction is not None
    shares = tuple(safe_share(before.safe_tx, name) for name in ("officer-a", "officer-c"))
    weeks = after.now + 21 * 86_400
    judged = replace(
        case,
        mode=Mode.HISTORY,
        state=before.state,
        signer=None,
        clock=ClockFacts(now=weeks, floor=weeks, log=weeks, as_of=first.time_ms // 1_000),
        head=after.head(entry_ms=first.time_ms),
        instruction=replace(case.instruction, shares=shares),
    )
    found = verdict(judged)
    assert found.may_sign, found.against
    assert found.of("E9")[0].reason == "E9.owners-signed"
    assert "E9" in {finding.check for finding in verdict(replace(judged, mode=Mode.SIGN)).against}


def test_history_wants_cosignatures_not_earlier_than_its_entry() -> None:
    found = verdict(history(late_cosignatures=False))
    assert {finding.check for finding in found.against} == {"L5"}


def test_before_a_signature_the_same_bytes_would_be_too_much() -> None:
    found = verdict(
        replace(history(), mode=Mode.SIGN, signer=SignerFacts("officer-d", world.identity("officer-d").public))
    )
    assert "B11" in {finding.check for finding in found.against}


def test_a_verdict_on_what_a_token_returned_asks_h4_and_h7_alone() -> None:
    key = world.vault_key("officer-a", "bip122", "meridian", 0)
    good = SignatureFacts(key.public, bytes(31) + b"\x01", key.sign_digest(bytes(31) + b"\x01"))
    assert verdict_on_signature(good).may_sign
    assert not verdict_on_signature(replace(good, signature=good.signature[::-1])).may_sign


# --- totality


@given(data=st.binary(max_size=200), kind=st.sampled_from(["psbt", "safe-tx"]), channel=st.sampled_from(list(Channel)))
def test_any_bytes_get_a_verdict_and_a_reason_that_has_words(data: bytes, kind: str, channel: Channel) -> None:
    scene = story()
    case = scene.psbt_case(
        instruction=InstructionFacts(kind, data, scene.prepared[kind], shares=(Shared("k", data),)),
        contracts=(ContractFacts(data, data),),
        head=scene.head(note=data),
        channel=channel,
    )
    for judged in (case, without_anchor(case), replace(case, mode=Mode.HISTORY)):
        found = verdict(judged)
        assert not found.may_sign
        assert all(finding.reason in SENTENCES for finding in found.findings)


@given(place=st.integers(0, 2_000), flip=st.integers(1, 255), kind=st.sampled_from(["psbt", "safe-tx"]))
def test_no_flipped_byte_of_what_was_prepared_may_be_signed(place: int, flip: int, kind: str) -> None:
    scene = story()
    case = scene.psbt_case() if kind == "psbt" else scene.safe_case()
    assert case.instruction is not None
    data = bytearray(case.instruction.data)
    data[place % len(data)] ^= flip
    judged = replace(case, instruction=replace(case.instruction, data=bytes(data), original=None))
    assert not verdict(judged).may_sign


def test_a_service_s_row_of_the_prepared_transaction_is_the_prepared_transaction() -> None:
    scene = story()
    case = scene.safe_case()

    claim = safe_file.parse(scene.safe_tx)
    assert case.instruction is not None
    row = replace(case.instruction, data=b"the service's own bytes", claim=claim)
    assert verdict(replace(case, instruction=row)).may_sign
    other = replace(row, claim=replace(claim, tx=replace(claim.tx, nonce=9)))
    assert "C5" in {finding.check for finding in verdict(replace(case, instruction=other)).against}


def test_the_published_rows_are_refused_whatever_network_one_believes_them_to_be_of() -> None:
    for row in service.parse(vector_path("safe/bybit_safe_tx_71.json").read_bytes(), 31_337).rows:
        facts = InstructionFacts("safe-tx", b"", claim=row.claim)
        found = verdict(Case(Mode.LOOK, instruction=facts))
        assert {"E1", "E7"} <= {finding.check for finding in found.findings if finding.status is Status.FAIL}
