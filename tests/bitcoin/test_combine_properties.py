"""Combining as a law: whatever the order, the grouping, the repetitions and the versions, the same bytes (BIP-174, B13).

A part is what somebody may hand in: the request or a bare share, alone or with signatures already in it, with fields of
their own, in version 0 or 2. Every group of more than one is combined by itself before the groups are.
"""

import random
from collections.abc import Sequence
from functools import reduce
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.bitcoin import build, combine, consensus, finalise, inspect, psbt, verify
from countersign.bitcoin.psbt import Fields, Psbt
from countersign.errors import Refused
from support.bitcoin_vault import funded, payment, software_vault

HELD = software_vault("combining")
PAID = [(payment(100_000), None), (payment(48_000, 2), HELD.vault.slots[0])]
UNSIGNED = build.create(funded(HELD.vault, [60_000, 90_000]), PAID)
SHARES = tuple(signer.sign(UNSIGNED) for signer in HELD.signers)
SPENT = [inspect.spent_output(UNSIGNED, index) for index in range(2)]
# Unknown, proprietary, taproot and MuSig2 fields; the value follows from the key, so that two parts never contradict.
EXTRA_KEYS = (b"\xf0\x01", b"\xf0\x02", b"\x19", b"\xfc\x04desk\x00\x01", b"\xfc\x04desk\x01", b"\x1a" + b"\x02" * 33)
NO_EXTRAS: Fields = {}


@st.composite
def parts(draw: st.DrawFn) -> Psbt:
    """What one person may hand in."""
    base = UNSIGNED if draw(st.booleans()) else psbt.bare(UNSIGNED)
    held = combine.combine(base, *draw(st.lists(st.sampled_from(SHARES), max_size=2, unique_by=id)))
    header, spent, paid = (draw(st.sets(st.sampled_from(EXTRA_KEYS), max_size=3)) for _ in range(3))
    extended = psbt.of_maps(
        {**held.globals, **extras(header)},
        ({**held.inputs[0], **extras(spent)}, held.inputs[1]),
        (held.outputs[0], {**held.outputs[1], **extras(paid)}),
        held,
    )
    return psbt.to_version(psbt.parse(psbt.serialise(extended)), draw(st.sampled_from((0, 2))))


def extras(keys: set[bytes]) -> Fields:
    return dict.fromkeys(keys, b"\x03" * 33)


def grouped(given: Sequence[Psbt], chance: random.Random) -> Psbt:
    """The parts in some order, combined in some grouping, some of them twice."""
    waiting = [*given, *chance.sample(given, chance.randrange(len(given) + 1))]
    chance.shuffle(waiting)
    while len(waiting) > 1:
        size = chance.randrange(2, len(waiting) + 1)
        group, waiting = waiting[:size], waiting[size:]
        waiting.insert(chance.randrange(len(waiting) + 1), combine.combine(*group))
    return combine.combine(waiting[0])


@settings(max_examples=80, deadline=None)
@given(st.lists(parts(), min_size=1, max_size=6), st.integers(0, 2**32))
def test_order_grouping_repetition_and_version_do_not_matter(given: list[Psbt], seed: int) -> None:
    whole = psbt.serialise(combine.combine(*given))
    chance = random.Random(seed)
    for _ in range(3):
        assert psbt.serialise(grouped(given, chance)) == whole
    assert psbt.serialise(reduce(combine.combine, given, given[0])) == whole
    again = psbt.parse(whole)
    assert combine.combine(again) == combine.combine(again, again) == combine.combine(again, *given) == again
    in_version_2 = psbt.parse(psbt.serialise(psbt.to_version(again, 2)))
    assert psbt.serialise(combine.combine(in_version_2)) == whole


@settings(max_examples=80, deadline=None)
@given(st.lists(parts(), min_size=1, max_size=5))
def test_the_combined_one_knows_what_each_knew_and_nothing_else(given: list[Psbt]) -> None:
    whole = combine.combine(*given)
    known = [psbt.to_version(each, 0) for each in given]
    assert dict(whole.globals) == {key: value for each in known for key, value in each.globals.items()}
    for place in range(2):
        assert dict(whole.inputs[place]) == {k: v for each in known for k, v in each.inputs[place].items()}
        assert dict(whole.outputs[place]) == {k: v for each in known for k, v in each.outputs[place].items()}


@settings(max_examples=30, deadline=None)
@given(st.lists(parts(), max_size=4), st.sampled_from(list(combinations(range(3), 2))), st.sampled_from((0, 2)))
def test_with_a_quorum_every_combination_finishes_into_a_valid_spend(
    given: list[Psbt], pair: tuple[int, int], version: int
) -> None:
    combined = psbt.to_version(combine.combine(UNSIGNED, *given, *(SHARES[who] for who in pair)), version)
    done = finalise.finalise(combined)
    kept = {key for key in combined.inputs[0] if key[0] in (0x19, 0xF0, 0xFC)}
    assert kept <= set(done.inputs[0])
    assert psbt.serialise(psbt.parse(psbt.serialise(done))) == psbt.serialise(done)
    raw = finalise.extract(done)
    verify.verify(raw, SPENT)
    assert consensus.verify(raw, SPENT) is consensus.Answer.ACCEPTED


@settings(max_examples=40, deadline=None)
@given(st.lists(parts(), min_size=1, max_size=3), st.sampled_from(EXTRA_KEYS), st.sampled_from((0, 2)))
def test_a_contradiction_is_refused_whoever_comes_first(given: list[Psbt], key: bytes, version: int) -> None:
    one, other = (
        psbt.to_version(psbt.of_maps(UNSIGNED.globals, ({**UNSIGNED.inputs[0], key: value}, UNSIGNED.inputs[1]),
                                     UNSIGNED.outputs, UNSIGNED), version)
        for value in (b"\x02" * 33, b"\x02" * 66)
    )  # fmt: skip
    for order in ((one, *given, other), (other, *given, one)):
        with pytest.raises(Refused, match=r"B13\.conflict"):
            combine.combine(*order)
    assert combine.combine(one, one).inputs[0][key] == b"\x02" * 33
