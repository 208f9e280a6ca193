"""The in-process witness: it remembers before it answers, and its key shows nowhere."""

import pytest

from countersign.audit import witness as protocol
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.quorum import Fresh
from countersign.audit.witness import AddCheckpoint, Response, State
from countersign.errors import Malformed, Unavailable
from countersign.sync.witness import Witness
from support import small_log
from support.small_log import NOW, ORIGIN, log_key, signed, witness_seed

LOG = small_log.filled_log(12)


class Drawer:
    """A memory that tells what was done with it, and fails when told to."""

    def __init__(self) -> None:
        self.data: bytes | None = None
        self.steps: list[str] = []
        self.broken = False

    def load(self) -> bytes | None:
        self.steps.append("load")
        return self.data

    def save(self, data: bytes) -> None:
        if self.broken:
            raise Unavailable("test.drawer")
        self.steps.append("save")
        self.data = data


def witness_with(drawer: Drawer, number: int = 0, now: int = NOW) -> Witness:
    name = small_log.WITNESS_NAMES[number]
    return Witness(name, witness_seed(number), {ORIGIN: (log_key(),)}, drawer, lambda: now)


def request(old: int, new: int) -> AddCheckpoint:
    head = small_log.filled_log(new).checkpoint()
    return AddCheckpoint(old, LOG.tree.consistency_proof(old, new), signed(head).serialise())


def ask(one: Witness, asked: AddCheckpoint) -> Response:
    return one.answer(asked.serialise())


def test_two_witnesses_give_a_checkpoint_its_quorum() -> None:
    asked = request(0, 5)
    head = SignedCheckpoint.parse(asked.checkpoint)
    for number in (0, 1):
        one = witness_with(Drawer(), number)
        assert one.key == small_log.witness_key(number)
        head = protocol.accept(head, ask(one, asked), one.key)
    assert small_log.quorum(2, 2).verify(head, Fresh(NOW)).checkpoint.size == 5


def test_the_head_is_saved_before_the_answer_and_survives_a_restart() -> None:
    drawer = Drawer()
    assert ask(witness_with(drawer), request(0, 5)).status == 200
    assert drawer.steps == ["load", "save"]
    assert State.parse(drawer.data or b"").heads[ORIGIN].size == 5
    after_restart = witness_with(drawer)
    assert ask(after_restart, request(0, 12)).status == 409
    assert ask(after_restart, request(5, 12)).status == 200


def test_no_answer_is_given_where_nothing_could_be_saved() -> None:
    drawer = Drawer()
    drawer.broken = True
    one = witness_with(drawer)
    with pytest.raises(Unavailable):
        ask(one, request(0, 5))
    drawer.broken = False
    assert protocol.known_size(ask(one, request(3, 5))) == 0


@pytest.mark.parametrize("proof", [(), (bytes(32),), LOG.tree.consistency_proof(5, 11)])
def test_a_missing_or_false_consistency_proof_is_refused_and_nothing_is_saved(proof: tuple[bytes, ...]) -> None:
    drawer = Drawer()
    one = witness_with(drawer)
    ask(one, request(0, 5))
    drawer.steps.clear()
    assert ask(one, AddCheckpoint(5, proof, request(5, 12).checkpoint)).status == 422
    assert drawer.steps == ["load"]
    assert ask(one, request(5, 12)).status == 200


def test_an_unchanged_checkpoint_is_cosigned_again_at_a_later_time() -> None:
    drawer = Drawer()
    first = ask(witness_with(drawer), request(0, 5))
    again = ask(witness_with(drawer, now=NOW + 6 * 3600), request(5, 5))
    assert (first.status, again.status) == (200, 200)
    assert State.parse(drawer.data or b"").time == NOW + 6 * 3600


def test_a_damaged_memory_stops_the_witness_instead_of_starting_anew() -> None:
    drawer = Drawer()
    ask(witness_with(drawer), request(0, 5))
    drawer.data = (drawer.data or b"")[:-1]
    with pytest.raises(Malformed):
        ask(witness_with(drawer), request(0, 5))


async def test_the_desk_sees_status_and_body() -> None:
    asked = request(0, 5)
    status, body = await witness_with(Drawer()).add_checkpoint(asked.serialise())
    key = small_log.witness_key(0)
    assert protocol.accept(SignedCheckpoint.parse(asked.checkpoint), Response(status, body), key)


def test_the_seed_shows_in_no_representation_and_no_answer() -> None:
    drawer = Drawer()
    one = witness_with(drawer)
    answer = ask(one, request(0, 5))
    seed = witness_seed(0)
    assert repr(one) == f"Witness({small_log.witness_key(0)})"
    assert seed.hex() not in repr(one) + repr(answer)
    assert seed not in answer.body + (drawer.data or b"")
