"""PSBT version 2 (BIP-370): every published vector, what settlement refuses of it, and that all behind works as on v0."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.bitcoin import build, combine, consensus, finalise, inspect, psbt, share, signatures, verify
from countersign.bitcoin.psbt import Fields, Psbt, bip370, fields
from countersign.errors import CountersignError, Malformed, Refused
from countersign.rails import bitcoin as rail
from support.bitcoin_vault import funded, payment, software_vault
from support.vectors import load_vectors

# BIP-370, "1 input, 2 output PSBTv2, required fields only" (bitcoin/bips, bip-0370.mediawiki, test vectors).
REQUIRED_ONLY = bytes.fromhex(
    "70736274ff01020402000000010401010105010201fb040200000000010e200b0ad921419c1c8719735d72dc739f9ea9e0638d1fe4c1eef0"
    "f9944084815fc8010f0400000000000103080008af2f000000000104160014c430f64c4756da310dbd1a085572ef299926272c000103088b"
    "bdeb0b0000000001041600144dd193ac964a56ac1b9e1cca8454fe2f474f851300"
)
HELD = software_vault("version 2")
PAID = [(payment(90_000), None), (payment(50_000, 2), HELD.vault.slots[0])]
FIRST = build.create(funded(HELD.vault, [60_000, 90_000]), PAID)
SECOND = psbt.to_version(FIRST, 2)

# What each invalid vector breaks, by the words of its title.
BROKEN = {
    "PSBT_GLOBAL_VERSION set to 2": "B2.v0-field",
    "PSBTv2 but with PSBT_GLOBAL_UNSIGNED_TX": "B2.v0-field",
    "PSBTv0 but with": "B2.v2-field",
    "missing": "B2.v2-field-absent",
    "LOCKTIME": "B2.lock-time-range",
}


def refusal(data: bytes) -> str:
    with pytest.raises(CountersignError) as caught:
        psbt.parse(data)
    return caught.value.code


def with_globals(base: Psbt, **changed: bytes | None) -> bytes:
    """The PSBT's bytes with global fields (by type, in hex) set or taken away."""
    found = {bytes.fromhex(kind.strip("x")): value for kind, value in changed.items()}
    header = {key: value for key, value in {**base.globals, **found}.items() if value is not None}
    return psbt.serialise(replace(base, globals=header))


def with_input(base: Psbt, index: int, **changed: bytes | None) -> bytes:
    found = {bytes.fromhex(kind.strip("x")): value for kind, value in changed.items()}
    fresh = {key: value for key, value in {**base.inputs[index], **found}.items() if value is not None}
    inputs = tuple(fresh if number == index else each for number, each in enumerate(base.inputs))
    return psbt.serialise(replace(base, inputs=inputs))


# --- the published vectors: none deviates


def test_every_valid_vector_of_bip_370_comes_back_byte_for_byte() -> None:
    vectors = load_vectors("psbt/bip370.json")["valid"]
    assert len(vectors) == 14
    for case in vectors:
        data = bytes.fromhex(case["hex"])
        parsed = psbt.parse_bip174(data)
        assert parsed.version == 2
        assert psbt.serialise(parsed) == data, case["case"]


def test_every_invalid_vector_of_bip_370_is_refused_for_what_its_title_says() -> None:
    vectors = load_vectors("psbt/bip370.json")["invalid"]
    assert len(vectors) == 24
    for case in vectors:
        expected = next(code for words, code in BROKEN.items() if words in case["case"])
        with pytest.raises(Malformed) as caught:
            psbt.parse_bip174(bytes.fromhex(case["hex"]))
        assert caught.value.code == expected, case["case"]


def test_every_lock_time_of_bip_370_is_the_published_one() -> None:
    vectors = load_vectors("psbt/bip370.json")["locktime"]
    assert len(vectors) == 10
    for case in vectors:
        data = bytes.fromhex(case["hex"])
        if case["locktime"] is None:
            assert refusal(data) == "B2.lock-time", case["case"]
        else:
            assert inspect.facts(psbt.parse(data)).lock_time == case["locktime"], case["case"]


def test_settlement_reads_every_valid_vector_but_those_that_may_still_change() -> None:
    """Not supported, and why: a set bit of PSBT_GLOBAL_TX_MODIFIABLE means that inputs or outputs may still be added."""
    refused = {}
    for case in load_vectors("psbt/bip370.json")["valid"]:
        try:
            psbt.parse(bytes.fromhex(case["hex"]))
        except Malformed as error:
            refused[case["case"]] = error.code
    assert len(refused) == 10
    assert set(refused.values()) == {"B2.modifiable"}
    assert all("Flag" in name or "flag" in name or "all PSBTv2 fields" in name for name in refused)


def test_the_smallest_version_2_is_read_without_the_vector_files() -> None:
    parsed = psbt.parse(REQUIRED_ONLY)
    seen = inspect.facts(parsed)
    assert (seen.version, seen.lock_time, [each.sequence for each in seen.inputs]) == (2, 0, [0xFFFFFFFF])
    assert [each.output.satoshis for each in seen.outputs] == [800_000_000, 199_998_859]
    assert psbt.serialise(parsed) == REQUIRED_ONLY
    assert psbt.serialise(psbt.to_version(psbt.to_version(parsed, 0), 2)) == REQUIRED_ONLY


# --- what is refused, beside what passes


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"x06": b"\x00"}, None),
        ({"x06": b"\x01"}, "B2.modifiable"),
        ({"x06": b"\x02"}, "B2.modifiable"),
        ({"x06": b"\x04"}, "B2.modifiable"),
        ({"x06": b"\x80"}, "B2.modifiable"),
        ({"x06": b"\x00\x00"}, "B2.value-length"),
        ({"xfb": b"\x01\x00\x00\x00"}, "B2.psbt-version"),
        ({"xfb": b"\x03\x00\x00\x00"}, "B2.psbt-version"),
        ({"xfb": None}, "B2.v2-field"),
        ({"xfb": b"\x00\x00\x00\x00"}, "B2.v2-field"),
        ({"x02": b"\x01\x00\x00\x00"}, None),
        ({"x02": b"\x03\x00\x00\x00"}, "B2.transaction-version"),
        ({"x02": None}, "B2.v2-field-absent"),
        ({"x03": b"\x01\x00\x00\x00"}, None),
        ({"x03": b"\x01\x00\x00"}, "B2.value-length"),
        ({"x04": b"\x01"}, "B2.value-length"),
        ({"x04": b"\x03"}, "B2.truncated"),
        ({"x04": b"\xfd\x02\x00"}, "B2.compact-size"),
        ({"x04": b"\x02\x00"}, "B2.value-length"),
        ({"x04": b"\xff" * 9}, "B2.weight"),
        ({"x05": b"\x03"}, "B2.truncated"),
        ({"x05": b"\x01"}, "B2.trailing"),
        ({"x05": b"\xfd\xd1\x07"}, "B2.outputs"),
        ({"x00": FIRST.unsigned}, "B2.v0-field"),
        ({"xf0aa": b"kept"}, None),
    ],
)
def test_the_global_map_of_version_2(changed: dict[str, bytes | None], code: str | None) -> None:
    data = with_globals(SECOND, **changed)
    if code is None:
        assert psbt.serialise(psbt.parse(data)) == data
    else:
        assert refusal(data) == code


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"x0e": None}, "B2.v2-field-absent"),
        ({"x0e": b"\x00" * 31}, "B2.value-length"),
        ({"x0f": None}, "B2.v2-field-absent"),
        ({"x0f": b"\x00" * 5}, "B2.value-length"),
        ({"x10": None}, None),
        ({"x10": b"\x00" * 3}, "B2.value-length"),
        ({"x11": (500_000_000).to_bytes(4, "little")}, None),
        ({"x11": (499_999_999).to_bytes(4, "little")}, "B2.lock-time-range"),
        ({"x12": (499_999_999).to_bytes(4, "little")}, None),
        ({"x12": (500_000_000).to_bytes(4, "little")}, "B2.lock-time-range"),
        ({"x12": b"\x01\x00\x00\x00"}, None),
        ({"x12": b"\x00\x00\x00\x00"}, "B2.lock-time-range"),
        ({"x0e": SECOND.inputs[1][b"\x0e"], "x0f": SECOND.inputs[1][b"\x0f"]}, "B2.duplicate-outpoint"),
    ],
)
def test_an_input_map_of_version_2(changed: dict[str, bytes | None], code: str | None) -> None:
    data = with_input(SECOND, 0, **changed)
    if code is None:
        assert psbt.serialise(psbt.parse(data)) == data
    else:
        assert refusal(data) == code


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        (b"\x03", None, "B2.v2-field-absent"),
        (b"\x04", None, "B2.v2-field-absent"),
        (b"\x03", b"\x00" * 7, "B2.value-length"),
        (b"\x03", b"\xff" * 8, "B2.amount"),
        (b"\x03", b"\x01" + b"\x00" * 7, None),
        (b"\x04", b"", None),
    ],
)
def test_an_output_map_of_version_2(key: bytes, value: bytes | None, code: str | None) -> None:
    found = {each: data for each, data in {**SECOND.outputs[0], key: value}.items() if data is not None}
    data = psbt.serialise(replace(SECOND, outputs=(found, *SECOND.outputs[1:])))
    if code is None:
        assert psbt.serialise(psbt.parse(data)) == data
    else:
        assert refusal(data) == code


def test_a_lock_time_that_one_input_asks_for_is_in_what_is_signed() -> None:
    asked = psbt.parse(with_input(SECOND, 1, x12=(840_000).to_bytes(4, "little")))
    assert inspect.facts(asked).lock_time == 840_000
    assert signatures.vault_digests(asked) != signatures.vault_digests(SECOND)
    with pytest.raises(Refused, match=r"B13\.other-transaction"):
        combine.combine(FIRST, asked)


# --- 0 ⇄ 2


def test_both_versions_say_the_same_and_have_the_same_digests() -> None:
    again = psbt.parse(psbt.serialise(SECOND))
    assert (again, again.version, again.unsigned, again.txid) == (SECOND, 2, FIRST.unsigned, FIRST.txid)
    assert inspect.facts(again) == inspect.facts(FIRST)
    assert signatures.vault_digests(again) == signatures.vault_digests(FIRST)
    assert psbt.serialise(psbt.to_version(again, 0)) == psbt.serialise(FIRST)
    assert rail.as_version(rail.as_version(psbt.serialise(FIRST), 2), 0) == psbt.serialise(FIRST)


def test_there_are_no_other_versions_and_nothing_that_may_change_becomes_version_0() -> None:
    open_still = psbt.parse_bip174(with_globals(SECOND, x06=b"\x01"))
    for refused, version in ((FIRST, 1), (SECOND, 3), (open_still, 0)):
        with pytest.raises((Refused, Malformed)) as caught:
            psbt.to_version(refused, version)
        assert caught.value.code in {"B2.no-such-version", "B2.modifiable"}
    with pytest.raises(Malformed, match=r"B2\.modifiable"):
        combine.combine(open_still, SECOND)


EXTRA = st.dictionaries(
    st.one_of(
        st.binary(min_size=1, max_size=8).map(b"\xf0".__add__),
        st.binary(max_size=8).map(b"\xfc\x04desk\x00".__add__),
        st.just(b"\x1a" + b"\x02" * 33),
        st.just(b"\x19\x01"),
    ),
    st.just(b"\x03" * 33),
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(EXTRA, EXTRA, EXTRA, st.sampled_from((0, 840_000)), st.sampled_from((0, 144, 0xFFFFFFFD, 0xFFFFFFFF)))
def test_nothing_is_lost_between_the_versions(
    header: Fields, first: Fields, last: Fields, lock_time: int, sequence: int
) -> None:
    base = build.create(funded(HELD.vault, [60_000, 90_000]), PAID, lock_time=lock_time, sequence=sequence)
    one, two = base.inputs
    # Musig2's participants have another type in an output, where 1a is unknown and kept.
    full = psbt.of_maps({**base.globals, **header}, ({**first, **one}, two), (base.outputs[0], last), base)
    data = psbt.serialise(full)
    second = psbt.to_version(psbt.parse(data), 2)
    again = psbt.parse(psbt.serialise(second))
    assert again == second
    assert psbt.serialise(psbt.to_version(again, 0)) == data
    assert psbt.to_version(psbt.to_version(again, 0), 2) == again


# --- shares, combining, finishing


def test_a_version_2_is_signed_combined_finished_and_extracted_as_version_0_is() -> None:
    shares = [signer.sign(SECOND) for signer in HELD.signers[:2]]
    assert shares == [signer.sign(FIRST) for signer in HELD.signers[:2]]
    assert all(each.version == 0 for each in shares)
    for signer, each in zip(HELD.signers, shares, strict=False):
        share.accept(SECOND, each, signer.public)
    combined = combine.combine(SECOND, *shares)
    assert (combined, combined.version) == (combine.combine(FIRST, *shares), 0)
    finished = finalise.finalise(psbt.to_version(combined, 2))
    assert finished == psbt.to_version(finalise.finalise(combined), 2)
    assert psbt.parse(psbt.serialise(finished)) == finished
    raw = finalise.extract(finished)
    assert raw == finalise.extract(finalise.finalise(combined))
    spent = [inspect.spent_output(SECOND, index) for index in range(2)]
    verify.verify(raw, spent)
    assert consensus.verify(raw, spent) is consensus.Answer.ACCEPTED


def test_a_device_may_answer_in_version_2_and_a_share_is_version_0() -> None:
    signer = HELD.signers[0]
    bare = signer.sign(FIRST)
    answered = psbt.parse(psbt.serialise(psbt.to_version(combine.combine(FIRST, bare), 2)))
    assert share.extract(FIRST, answered, signer.public) == bare
    with pytest.raises(Refused, match=r"bitcoin\.share-not-bare"):
        share.accept(FIRST, psbt.to_version(bare, 2), signer.public)


def test_another_sequence_is_another_transaction() -> None:
    """BIP-370's own identity leaves sequences out; ours does not: nothing that can change may be signed."""
    other = psbt.parse(with_input(SECOND, 0, x10=b"\x00" * 4))
    assert other.txid != SECOND.txid
    with pytest.raises(Refused, match=r"B13\.other-transaction"):
        share.extract(FIRST, other, HELD.signers[0].public)
    same = psbt.parse(with_input(SECOND, 0, x10=SECOND.inputs[0][bip370.SEQUENCE]))
    assert combine.combine(FIRST, same) == combine.combine(FIRST)


def comes_back_or_is_refused(data: bytes) -> bool:
    """Whether these bytes are refused under B2, or written again as they were."""
    try:
        parsed = psbt.parse_bip174(data)
    except Malformed as error:
        return error.check == "B2"
    # What was read can be inspected without a further error.
    assert len(inspect.facts(parsed).inputs) == len(parsed.inputs)
    return psbt.serialise(parsed) == data


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_change_of_bytes_is_malformed_or_comes_back_as_it_is(data: st.DataObject) -> None:
    mutated = bytearray(psbt.serialise(SECOND))
    for _ in range(data.draw(st.integers(1, 3))):
        mutated[data.draw(st.integers(5, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    assert comes_back_or_is_refused(bytes(mutated))


def test_the_kept_fields_of_a_finished_input_are_those_of_bip_174() -> None:
    """UTXOs, final fields, version 2's own, unknown and proprietary stay; scripts, keys, signatures, taproot go."""
    extras = {b"\xf0\x01": b"u", b"\xfc\x01d\x00": b"p", b"\x17": b"\x00" * 32, b"\x1a" + b"\x02" * 33: b"\x03" * 33}
    base = psbt.of_maps(SECOND.globals, ({**SECOND.inputs[0], **extras}, SECOND.inputs[1]), SECOND.outputs, SECOND)
    combined = combine.combine(base, *(signer.sign(base) for signer in HELD.signers[:2]))
    done = finalise.finalise(psbt.to_version(combined, 2))
    assert [key.hex() for key in done.inputs[0]] == ["00", "01", "08", "0e", "0f", "10", "f001", "fc016400"]
    assert done.outputs == SECOND.outputs
    assert fields.PARTIAL_SIGNATURE not in {key[0] for found in done.inputs for key in found}
