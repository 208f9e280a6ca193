"""Whatever bytes arrive: every parser answers with a value or a named refusal, in bounded memory, never with anything else.

The kept corpus, the seeds and a number of deterministic mutations go through every target; `installers/fuzz` does the same
with a fuzzer that is guided by coverage (docs/fuzzing.md).
"""

import random
import signal
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.errors import Malformed
from fuzz import corpus
from fuzz.mutate import bent
from fuzz.seeds import Seeds, all_seeds
from fuzz.target import FLOOR, Target, Unnamed, allowed, judge, peak, same
from fuzz.targets import TARGETS
from fuzz.worst import LIMITS, MIB, OF_TARGET, Kinds, own, worst

MUTATIONS, MANY = 30, 1_500
SLOW = {
    "wrapped-key": 20,
    "bsms-encrypted": 5,
    "ur-scan": 10,
    "safe-call": 10,
    "snapshot": 10,
    "history": 4,
    "evidence-pack": 4,
    "extract": 4,
}
"""How many times fewer mutations of what costs a parser more."""
SIZE = 1 << 14


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    return all_seeds(tmp_path_factory.mktemp("seeds"))


def mutated(name: str, seeds: Seeds, count: int) -> set[str]:
    """The codes of the refusals of so many mutations of seeds and kept inputs."""
    target, chance = TARGETS[name], random.Random(zlib.crc32(name.encode()))
    starts = [data for seed in target.seeds for data in seeds[seed]] + [data for _, data in corpus.kept(name)]
    refusals = (judge(target, bent(chance, chance.choice(starts))) for _ in range(count // SLOW.get(name, 1)))
    return {refusal.code for refusal in refusals if refusal is not None}


@pytest.mark.parametrize("name", TARGETS)
def test_kept_inputs_and_mutations_are_values_or_named_refusals(name: str, seeds: Seeds) -> None:
    for _, data in corpus.kept(name):
        judge(TARGETS[name], data)
    assert any(judge(TARGETS[name], data) is None for seed in TARGETS[name].seeds for data in seeds[seed]), (
        "no seed is read"
    )
    mutated(name, seeds, MUTATIONS)


@pytest.mark.long
@pytest.mark.parametrize("name", TARGETS)
def test_many_mutations_are_values_or_named_refusals(name: str, seeds: Seeds) -> None:
    mutated(name, seeds, MANY)


def too_much(name: str, inputs: Kinds) -> dict[str, str]:
    """What took more memory than is allowed, and how much."""
    target = TARGETS[name]
    return {
        kind: f"{taken:,} of {allowed(target, data):,}"
        for kind, data in inputs
        if (taken := peak(target, data)) > allowed(target, data)
    }


@pytest.mark.parametrize("name", OF_TARGET)
def test_the_worst_inputs_cost_bounded_memory(name: str) -> None:
    assert too_much(name, own(name, min(SIZE, TARGETS[name].largest))) == {}


@pytest.fixture
def watchdog() -> Iterator[None]:
    """What hangs is ended after so much processor time that only a hang takes it; the rule of 2 s is the runner's."""

    def bark(number: int, frame: object) -> None:
        raise TimeoutError("a parser hangs")

    before = signal.signal(signal.SIGPROF, bark)
    signal.setitimer(signal.ITIMER_PROF, 60)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


@pytest.mark.long
@pytest.mark.usefixtures("watchdog")
@pytest.mark.parametrize("name", OF_TARGET)
def test_the_worst_inputs_at_a_parser_s_own_limit_neither_hang_nor_grow(name: str) -> None:
    assert too_much(name, own(name, LIMITS.get(name, MIB // 4))) == {}


@pytest.mark.long
@pytest.mark.parametrize("name", TARGETS)
def test_the_worst_inputs_of_every_kind_cost_every_parser_bounded_memory(name: str) -> None:
    assert too_much(name, worst(name, min(SIZE, TARGETS[name].largest))) == {}


def test_the_kept_corpus_is_small_and_of_known_targets() -> None:
    folders = sorted(each.name for each in corpus.FOLDER.iterdir())
    assert [each for each in folders if each not in TARGETS] == []
    files = [each for folder in corpus.FOLDER.iterdir() for each in folder.iterdir()]
    assert sum(each.stat().st_size for each in files) < 600_000


def test_the_judge_finds_what_must_not_happen() -> None:
    """The instrument itself: each kind of finding is one, and a near miss is none."""

    def crash(data: bytes) -> object:
        raise KeyError(data)

    def nameless(data: bytes) -> object:
        raise Malformed("fuzz.no-such-code")

    def named(data: bytes) -> object:
        raise Malformed("B2.magic")

    with pytest.raises(KeyError):
        judge(Target(crash, ()), b"")
    with pytest.raises(Unnamed):
        judge(Target(nameless, ()), b"")
    with pytest.raises(AssertionError):
        judge(Target(same(bytes, lambda found: found + b" "), ()), b"")
    assert judge(Target(same(bytes, bytes), ()), b"") is None
    refusal = judge(Target(named, ()), b"")
    assert refusal is not None
    assert refusal.code == "B2.magic"


def test_the_memory_of_a_greedy_reader_is_seen() -> None:
    greedy, modest = Target(lambda data: bytes(FLOOR + 200 * len(data)), ()), Target(lambda data: bytes(FLOOR), ())
    assert peak(greedy, bytes(1000)) > allowed(greedy, bytes(1000))
    assert peak(modest, bytes(1000)) <= allowed(modest, bytes(1000))


def test_a_distilled_input_reaches_something_new(tmp_path: Path) -> None:
    target = TARGETS["der"]
    found = corpus.distilled(target, [b""], [b"", b"\x30", b"\x30\x06\x02\x01\x01\x02\x01\x01"])
    assert found == [b"\x30\x06\x02\x01\x01\x02\x01\x01"]
