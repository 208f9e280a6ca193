"""L2 and L5: who must have signed, when, and how often somebody counts."""

from dataclasses import replace

import pytest

from countersign.audit import note
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.quorum import MAX_AGE, MAX_AHEAD, AsOf, Fresh, Quorum
from countersign.errors import Malformed, Refused
from support import small_log
from support.small_log import NOW, WITNESS_NAMES, quorum, signed, witness_key, witness_seed

HEAD = small_log.filled_log(5).checkpoint()


def cosigned(*times: tuple[int, int]) -> SignedCheckpoint:
    """Signed by the log, and by each (witness, time)."""
    lines = (note.cosign(witness_seed(who), WITNESS_NAMES[who], HEAD.text(), time) for who, time in times)
    return signed(HEAD).signed_by(*lines)


def refusal(head: SignedCheckpoint, when: Fresh | AsOf, k: int = 2) -> list[str | None]:
    with pytest.raises(Refused) as error:
        quorum(k).verify(head, when)
    assert error.value.code == "L5.quorum"
    assert error.value.values["need"] == k
    return [one.objection for one in error.value.findings]


def test_k_distinct_witnesses_make_a_quorum() -> None:
    for who in ([0, 1], [2, 0], [0, 1, 2]):
        witnessed = quorum(2).verify(signed(HEAD, who), Fresh(NOW))
        assert witnessed.checkpoint == HEAD
        assert witnessed.times() == {str(witness_key(number)): NOW for number in who}


def test_one_cosignature_short_is_refused() -> None:
    assert refusal(signed(HEAD, [1]), Fresh(NOW)) == ["L5.absent", None, "L5.absent"]


def test_the_same_witness_twice_counts_once() -> None:
    assert refusal(cosigned((0, NOW), (0, NOW - 1)), Fresh(NOW)) == [None, "L5.absent", "L5.absent"]
    assert quorum(2).verify(cosigned((0, NOW), (0, NOW - 1), (1, NOW)), Fresh(NOW))


def test_witnesses_outside_the_policy_never_count() -> None:
    outsider = Quorum(small_log.log_key(), (witness_key(0), witness_key(1)), 2)
    with pytest.raises(Refused, match=r"L5\.quorum"):
        outsider.verify(signed(HEAD, [0, 2]), Fresh(NOW))


@pytest.mark.parametrize(
    "time, objection",
    [
        (NOW - MAX_AGE, None),
        (NOW - MAX_AGE - 1, "L5.too-old"),
        (NOW + MAX_AHEAD, None),
        (NOW + MAX_AHEAD + 1, "L5.in-the-future"),
        (0, "L5.zero-time"),
    ],
)
def test_a_time_counts_within_its_window_to_the_second(time: int, objection: str | None) -> None:
    head = cosigned((0, time), (1, NOW))
    if objection is None:
        assert quorum(2).verify(head, Fresh(NOW)).cosignatures[0].time == time
    else:
        assert refusal(head, Fresh(NOW)) == [objection, None, "L5.absent"]


def test_a_time_below_the_last_one_seen_of_that_witness_does_not_count() -> None:
    seen = {str(witness_key(0)): NOW - 10, str(witness_key(1)): NOW - 500}
    assert quorum(2).verify(cosigned((0, NOW - 10), (1, NOW - 400)), Fresh(NOW, seen))
    assert refusal(cosigned((0, NOW - 11), (1, NOW)), Fresh(NOW, seen)) == ["L5.went-back", None, "L5.absent"]


def test_the_newest_acceptable_line_of_a_witness_is_the_one_that_counts() -> None:
    head = cosigned((0, NOW + MAX_AHEAD + 9), (0, NOW - 3), (0, NOW - 7), (1, NOW))
    assert quorum(2).verify(head, Fresh(NOW)).times()[str(witness_key(0))] == NOW - 3


def test_history_asks_for_a_time_not_before_the_entry_and_for_no_age() -> None:
    entry_ms = (NOW - 10 * MAX_AGE) * 1000 + 999
    second = entry_ms // 1000
    assert quorum(2).verify(cosigned((0, second), (1, NOW + 10 * MAX_AGE)), AsOf(entry_ms))
    assert refusal(cosigned((0, second - 1), (1, NOW)), AsOf(entry_ms)) == ["L5.before-entry", None, "L5.absent"]
    assert refusal(cosigned((0, 0), (1, NOW)), AsOf(0)) == ["L5.zero-time", None, "L5.absent"]


def test_the_log_itself_must_have_signed() -> None:
    lines = [note.cosign(witness_seed(who), WITNESS_NAMES[who], HEAD.text(), NOW) for who in (0, 1)]
    with pytest.raises(Refused, match=r"L2\.log-signature"):
        quorum(2).verify(SignedCheckpoint.sign(HEAD, *lines), Fresh(NOW))
    with pytest.raises(Refused, match=r"L2\.no-known-key"):
        quorum(2).verify(SignedCheckpoint.sign(HEAD, note.sign(bytes(32), "x", HEAD.text())), Fresh(NOW))


def test_one_failing_known_key_rejects_the_whole_note_and_an_unknown_one_does_not() -> None:
    good = signed(HEAD, [0, 1])
    false = note.Signature(WITNESS_NAMES[2], witness_key(2).key_id, bytes(72))
    with pytest.raises(Refused, match=r"L2\.bad-signature"):
        quorum(2).verify(good.signed_by(false), Fresh(NOW))
    stranger = note.Signature("stranger.example", b"abcd", bytes(72))
    assert quorum(2).verify(good.signed_by(stranger), Fresh(NOW))


def test_a_cosignature_over_another_head_fails() -> None:
    other = small_log.filled_log(5, b"other").checkpoint()
    line = note.cosign(witness_seed(0), WITNESS_NAMES[0], other.text(), NOW)
    with pytest.raises(Refused, match=r"L2\.bad-signature"):
        quorum(1).verify(signed(HEAD).signed_by(line), Fresh(NOW))


def test_another_logs_checkpoint_is_not_ours() -> None:
    text = "log.example/other" + HEAD.text().removeprefix(small_log.ORIGIN)
    other = SignedCheckpoint.parse(f"{text}\n{note.sign(small_log.LOG_SEED, small_log.ORIGIN, text).line()}".encode())
    with pytest.raises(Malformed, match=r"L1\.origin"):
        quorum(1).verify_log(other)


def test_a_quorum_that_could_be_filled_by_one_hand_is_not_made() -> None:
    log, first, second = small_log.log_key(), witness_key(0), witness_key(1)
    twice = note.verifier_key(witness_seed(0), "another.name", note.COSIGNATURE)
    own = note.verifier_key(small_log.LOG_SEED, "own.witness", note.COSIGNATURE)
    for witnesses, k, code in (
        ((first, twice), 2, "L5.same-key"),
        ((first, own), 2, "L5.same-key"),
        ((first, second), 3, "L5.threshold"),
        ((first, second), 0, "L5.threshold"),
        ((), 1, "L5.threshold"),
        ((log, first), 1, "L5.key-role"),
    ):
        with pytest.raises(Malformed) as error:
            Quorum(log, witnesses, k)
        assert error.value.code == code
    with pytest.raises(Malformed, match=r"L5\.key-role"):
        Quorum(first, (second,), 1)


def test_vkeys_json_comes_back_the_same() -> None:
    made = quorum(3)
    assert Quorum.parse(made.serialise()) == made
    assert Quorum.parse(made.serialise(), 2) == quorum(2)
    for wrong in (b"{}", made.serialise() + b"\n", made.serialise().replace(b'"log":"', b'"log":"x')):
        with pytest.raises(Malformed):
            Quorum.parse(wrong)


@pytest.mark.parametrize(("allowed", "age", "counts"), [
    (600, 600, True), (600, 601, False), (10 * MAX_AGE, MAX_AGE, True), (10 * MAX_AGE, MAX_AGE + 1, False),
])  # fmt: skip
def test_a_quorum_may_ask_for_younger_heads_and_never_for_older_ones(allowed: int, age: int, *, counts: bool) -> None:
    asked = replace(quorum(1), max_age=allowed)
    head = cosigned((0, NOW - age))
    assert asked.judge(head, Fresh(NOW))[0].counts is counts
    assert asked.verify(head, AsOf((NOW - age) * 1_000))  # history has no age
