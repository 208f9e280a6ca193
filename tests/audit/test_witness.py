"""The witness as a pure function: the published conversation, and every refusal beside the request that passes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.audit import note, witness
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.note import Signature, VerifierKey
from countersign.audit.witness import AddCheckpoint, Head, Response, State
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats.merkle import EMPTY_ROOT
from support import small_log
from support.vectors import load_vectors

LOGS = {small_log.ORIGIN: (small_log.log_key(),)}
KEY = small_log.witness_key(0)
LOG = small_log.filled_log(20)
cosign = small_log.cosign_as(0)


def asked(state: State, request: AddCheckpoint, now: int = small_log.NOW) -> tuple[Response, State]:
    return witness.decide(state, request.serialise(), LOGS, now, cosign)


def growth(old: int, new: int, log=LOG) -> AddCheckpoint:
    """The honest request from `old` to `new`."""
    at_new = small_log.filled_log(new)
    head = at_new.checkpoint() if log is LOG else small_log.filled_log(new, b"other").checkpoint()
    return AddCheckpoint(old, log.tree.consistency_proof(old, new), small_log.signed(head).serialise())


def state_at(size: int) -> State:
    """A witness that has cosigned the first `size` entries."""
    return asked(State({}), growth(0, size))[1] if size else State({})


def test_the_published_conversation_is_answered_as_published() -> None:
    vectors = load_vectors("tlog/witness_add_checkpoint.json")
    logs = {vectors["origin"]: (VerifierKey.parse(vectors["log_vkey"]),)}
    seed = bytes([5]) * 32
    key = note.verifier_key(seed, "example.com/witness", note.COSIGNATURE)
    state = State({})
    assert len(vectors["steps"]) == 11
    for step in vectors["steps"]:
        request = step["request_body"].encode()
        response, after = witness.decide(
            state, request, logs, small_log.NOW, lambda text, time: note.cosign(seed, key.name, text, time)
        )
        assert response.status == step["status"], step["name"]
        assert step["response_contains"] in response.body.decode(), step["name"]
        if response.status == 200:
            sent = AddCheckpoint.parse(request)
            assert sent.serialise() == request
            signed = witness.accept(SignedCheckpoint.parse(sent.checkpoint), response, key)
            assert len(signed.note.signatures) == 2
            assert after.heads[vectors["origin"]].size == signed.checkpoint.size
        else:
            assert after == state
        if response.status == 409:
            assert response.content_type == "text/x.tlog.size"
        state = after


def test_growth_is_cosigned_and_remembered() -> None:
    state = State({})
    for old, new in ((0, 3), (3, 3), (3, 20)):
        response, state = asked(state, growth(old, new))
        assert response.status == 200
        signed = witness.accept(SignedCheckpoint.parse(growth(old, new).checkpoint), response, KEY)
        assert note.verify(signed.note, [KEY])
    assert state.heads[small_log.ORIGIN] == Head(20, LOG.tree.root())


OTHER = small_log.filled_log(20, b"other")
PASSING = growth(7, 20)
REFUSED = {
    "no proof": (AddCheckpoint(7, (), PASSING.checkpoint), 422),
    "a hash short": (AddCheckpoint(7, PASSING.proof[:-1], PASSING.checkpoint), 422),
    "a hash more": (AddCheckpoint(7, (*PASSING.proof, bytes(32)), PASSING.checkpoint), 422),
    "another history": (growth(7, 20, OTHER), 422),
    "old size too small": (growth(6, 20), 409),
    "old size zero": (growth(0, 20), 409),
    "old size too large": (growth(8, 20), 409),
    "same size, another root": (AddCheckpoint(7, (), growth(0, 7, OTHER).checkpoint), 409),
    "rollback": (AddCheckpoint(7, (), growth(0, 5).checkpoint), 400),
    "a stranger's log": (AddCheckpoint(0, (), PASSING.checkpoint.replace(b"log.example/desk", b"log.example/d")), 404),
    "unsigned by the log": (
        AddCheckpoint(7, PASSING.proof, PASSING.checkpoint.replace("— log.example/desk".encode(), "— x".encode())),
        403,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_request_changes_nothing(name: str) -> None:
    request, status = REFUSED[name]
    before = state_at(7)
    response, after = asked(before, request)
    assert (response.status, after) == (status, before)
    assert "—" not in response.body.decode()
    if status == 409:
        assert witness.known_size(response) == 7


def test_its_near_miss_passes() -> None:
    assert asked(state_at(7), PASSING)[0].status == 200


def test_a_proof_from_the_empty_tree_must_be_empty() -> None:
    assert asked(State({}), AddCheckpoint(0, (bytes(32),), growth(0, 5).checkpoint))[0].status == 422
    assert asked(State({}), growth(0, 5))[0].status == 200


def test_an_empty_tree_with_another_root_than_the_empty_one_conflicts() -> None:
    head = small_log.filled_log(0).checkpoint()
    assert head.root == EMPTY_ROOT
    assert asked(State({}), AddCheckpoint(0, (), small_log.signed(head).serialise()))[0].status == 200
    false = type(head)(head.origin, 0, bytes(32))
    assert asked(State({}), AddCheckpoint(0, (), small_log.signed(false).serialise()))[0].status == 409


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 7\n",
        b"old 07\n\n" + PASSING.checkpoint,
        b"old -7\n\n" + PASSING.checkpoint,
        b"Old 7\n\n" + PASSING.checkpoint,
        b"old 7\nAAAA\n\n" + PASSING.checkpoint,
        b"old 7\r\n\r\n" + PASSING.checkpoint,
        b"old 7\n" + (b"A" * 43 + b"=\n") * 64 + b"\n" + PASSING.checkpoint,
        b"old 7\n\n",
        b"old 7\n\n" + b"x" * 700_000,
        PASSING.serialise()[:-1],
        "old ７\n\n".encode() + PASSING.checkpoint,
    ],
)
def test_what_does_not_parse_is_a_bad_request(body: bytes) -> None:
    response, after = witness.decide(state_at(7), body, LOGS, small_log.NOW, cosign)
    assert (response.status, after) == (400, state_at(7))


def test_sixty_three_proof_lines_are_a_request_and_then_a_bad_proof() -> None:
    request = AddCheckpoint(7, (bytes(32),) * 63, PASSING.checkpoint)
    assert asked(state_at(7), request)[0].status == 422


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_get_an_answer_and_change_nothing(body: bytes) -> None:
    response, after = witness.decide(state_at(7), body, LOGS, small_log.NOW, cosign)
    assert (response.status, after) == (400, state_at(7))


def test_a_cosignature_time_never_goes_back() -> None:
    _, state = asked(State({}), growth(0, 3), now=small_log.NOW)
    _, state = asked(state, growth(3, 20), now=small_log.NOW - 1_000)
    assert state.time == small_log.NOW


def test_logs_are_remembered_apart() -> None:
    state = State({"other.example": Head(99, bytes(32))})
    assert asked(state, growth(0, 3))[1].heads == {
        "other.example": Head(99, bytes(32)),
        small_log.ORIGIN: Head(3, LOG.tree.root(3)),
    }


def test_the_state_comes_back_the_same_and_nothing_else_is_a_state() -> None:
    state = state_at(7)
    assert State.parse(state.serialise()) == state
    for wrong in (b"", b"{}", state.serialise() + b"\n", state.serialise().replace(b'"size":7', b'"size":-7')):
        with pytest.raises(Malformed):
            State.parse(wrong)


def test_only_this_witnesss_verified_line_is_taken_from_an_answer() -> None:
    signed = small_log.signed(LOG.checkpoint())
    mine = cosign(signed.note.text, small_log.NOW)
    stranger = note.cosign(bytes(32), "stranger.example", signed.note.text, small_log.NOW)
    both = Response(200, (stranger.line() + mine.line()).encode())
    assert witness.accept(signed, both, KEY) == signed.signed_by(mine)
    false = Signature(mine.name, mine.key_id, bytes(72))
    for body in (stranger.line(), false.line(), mine.line() + false.line(), "", "hello\n", mine.line()[:-1]):
        with pytest.raises(CountersignError) as error:
            witness.accept(signed, Response(200, body.encode()), KEY)
        assert error.value.check in {"L1", "L2"}
    with pytest.raises(Refused, match=r"L5\.witness-refused"):
        witness.accept(signed, Response(422, mine.line().encode()), KEY)


@pytest.mark.parametrize(
    "response", [Response(409, b"7"), Response(409, b"07\n"), Response(422, b"7\n"), Response(409, b"\xff\n")]
)
def test_a_conflict_answer_has_one_form(response: Response) -> None:
    with pytest.raises(Malformed, match=r"audit\.witness-answer"):
        witness.known_size(response)
