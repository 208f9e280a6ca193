"""H8 over any order of signatures: the alarm comes exactly where one registered key signed two digests with one secret number.

The journal's register, the one of an audit and the tests' double are held against the rule said in one line.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.desk.randomness import Register
from countersign.desk.records import Share
from countersign.errors import Refused
from countersign.keys.wrapping import Cost
from countersign.store import profile as profiles
from countersign.store.profile import Kind
from support.r_register import RRegister
from support.software_stage import CountedEntropy

KEYS = ((b"x" * 32, b""), (b"k" * 32, b"x" * 32), (b"l" * 32, b"x" * 32), (b"y" * 32, b""), (b"m" * 32, b"y" * 32))
"""Each key with its root: three that are one, and two that are another."""


def share(key: int, digest: int, r: int, s: int) -> Share:
    held, root = KEYS[key]
    return Share(held, bytes([digest]) * 32, bytes([r]) * 32 + bytes([s]) * 32, root)


SIGNED = st.lists(
    st.builds(share, st.integers(0, 4), st.integers(1, 4), st.integers(1, 3), st.integers(1, 2)), max_size=12
)


def repeats(signed: list[Share]) -> Iterator[bool]:
    """Of each signature, whether one before it has its r and registered key, and another digest."""
    for place, each in enumerate(signed):
        root, r = each.root or each.key, each.signature[:32]
        same = [one for one in signed[:place] if (one.root or one.key, one.signature[:32]) == (root, r)]
        yield bool(same) and same[0].digest != each.digest


def alarms(register: object, signed: list[Share]) -> Iterator[bool]:
    for each in signed:
        try:
            register.register((each,))  # type: ignore[attr-defined]
        except Refused as refusal:
            yield refusal.code == "H8.repeated-r"
        else:
            yield False


@given(SIGNED)
def test_the_alarm_comes_exactly_where_a_key_repeats_an_r(signed: list[Share]) -> None:
    wanted = list(repeats(signed))
    assert list(alarms(RRegister(), signed)) == wanted
    seen = Register()
    assert [seen.repeated([each]) for each in signed] == wanted


@settings(max_examples=25, deadline=None)
@given(SIGNED)
def test_the_journal_says_the_same_and_stops_just_those_keys(signed: list[Share]) -> None:
    wanted, entropy = list(repeats(signed)), CountedEntropy().random_bytes
    cheap = Cost(memory=64, passes=1, lanes=1)
    with (
        TemporaryDirectory() as folder,
        profiles.create(Path(folder) / "a", Kind.CONSOLE, entropy, lambda: "a passphrase", {}, cheap) as profile,
    ):
        assert list(alarms(profile.journal, signed)) == wanted
        stopped = {each.root or each.key for each, again in zip(signed, wanted, strict=True) if again}
        assert {root for root in (b"x" * 32, b"y" * 32) if profile.journal.key_stopped(root)} == stopped
