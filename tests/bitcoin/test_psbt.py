"""PSBT v0 against BIP-174's and BIP-371's published vectors, and B2's hostile cases; version 2: `test_psbt_v2`."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.bitcoin import build, coins, inspect, psbt
from countersign.bitcoin.psbt import fields, reading
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.errors import CountersignError, Malformed, Refused
from support.bitcoin_vault import funded, funding, payment, software_vault
from support.vectors import load_vectors, vector_path

# BIP-174, "PSBT with unknown types in the inputs" (bitcoin/bips, bip-0174.mediawiki, test vectors).
UNKNOWN_FIELD = bytes.fromhex(
    "70736274ff01003f0200000001ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0000000000ffffffff01"
    "0000000000000000036a010000000000000af00102030405060708090f0102030405060708090a0b0c0d0e0f0000"
)
HELD = software_vault("psbt")


def example() -> psbt.Psbt:
    paid = [(payment(50_000), None), (payment(1_000), None)]
    return build.create(funded(HELD.vault, [60_000, 70_000]), paid)


def refusal(data: bytes, **options: int) -> str:
    with pytest.raises(CountersignError) as caught:
        psbt.parse(data, **options)
    return caught.value.code


def with_input(found: dict[bytes, bytes]) -> bytes:
    base = example()
    return psbt.serialise(psbt.of_maps(base.globals, (found, *base.inputs[1:]), base.outputs, base))


def test_every_valid_vector_of_bip_174_comes_back_byte_for_byte() -> None:
    vectors = load_vectors("psbt/bip174.json")
    cases = [*vectors["valid"], *vectors["fails_signer_checks"]]
    assert len(cases) == 14
    for case in cases:
        data = bytes.fromhex(case["hex"])
        assert psbt.serialise(psbt.parse_bip174(data)) == data, case["case"]


def test_every_invalid_vector_of_bip_174_is_malformed_under_b2() -> None:
    vectors = load_vectors("psbt/bip174.json")["invalid"]
    assert len(vectors) == 20
    for case in vectors:
        with pytest.raises(Malformed) as caught:
            psbt.parse_bip174(bytes.fromhex(case["hex"]))
        assert caught.value.check == "B2", case["case"]


def test_every_valid_vector_but_the_one_of_transaction_version_0_passes_settlement_s_limits() -> None:
    refused = {}
    for case in load_vectors("psbt/bip174.json")["valid"]:
        try:
            psbt.parse(bytes.fromhex(case["hex"]))
        except Malformed as error:
            refused[case["case"]] = error.code
    assert refused == {"PSBT with global unsigned tx that has 0 inputs and 0 outputs": "B2.transaction-version"}


def test_taproot_fields_of_bip_371_are_kept_and_their_lengths_are_judged() -> None:
    vectors = load_vectors("psbt/bip371.json")
    for case in vectors["valid"]:
        data = bytes.fromhex(case["hex"])
        assert psbt.serialise(psbt.parse_bip174(data)) == data, case["case"]
    for case in vectors["invalid"]:
        with pytest.raises(Malformed):
            psbt.parse_bip174(bytes.fromhex(case["hex"]))


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        (b"\x08" + b"\x02" * 33, b"\x03" * 99, None),
        (b"\x08" + b"\x02" * 33, b"\x03" * 98, "B2.value-length"),
        (b"\x08" + b"\x05" * 33, b"\x03" * 99, "B2.key-length"),
        (b"\x05", b"\x00" * 32, None),
        (b"\x05", b"\x00" * 31, "B2.value-length"),
    ],
)
def test_output_fields_of_bip_371_and_bip_373_have_their_lengths(key: bytes, value: bytes, code: str | None) -> None:
    base = example()
    data = psbt.serialise(psbt.of_maps(base.globals, base.inputs, (*base.outputs[:-1], {key: value}), base))
    assert psbt.serialise(psbt.parse(data)) == data if code is None else refusal(data) == code


@pytest.mark.parametrize("name", ["1in2out.psbt", "1in100out.psbt"])
def test_the_psbts_that_bbqr_publishes_come_back_byte_for_byte(name: str) -> None:
    data = vector_path(f"bbqr/{name}").read_bytes()
    assert psbt.serialise(psbt.parse(data)) == data


def test_an_unknown_field_is_kept_without_the_vector_files() -> None:
    parsed = psbt.parse(UNKNOWN_FIELD)
    assert list(parsed.inputs[0].items()) == [
        (bytes.fromhex("f0010203040506070809"), bytes.fromhex("0102030405060708090a0b0c0d0e0f"))
    ]
    assert psbt.serialise(parsed) == UNKNOWN_FIELD


def test_what_we_build_reads_back_equal_with_its_parents() -> None:
    built = example()
    again = psbt.parse(psbt.serialise(built))
    assert again == built
    assert again.parent(0) == built.parent(0)
    assert again.witness_utxo(1) == built.witness_utxo(1)
    assert again.txid == built.txid


def test_the_original_order_of_the_fields_is_kept() -> None:
    first = dict(reversed(example().inputs[0].items()))
    data = with_input(first)
    assert list(psbt.parse(data).inputs[0]) == list(first)
    assert psbt.serialise(psbt.parse(data)) == data


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        (b"\x02" + b"\x02" * 33, b"\x30" * 71, None),
        (b"\x02" + b"\x02" * 32, b"\x30" * 71, "B2.key-length"),
        (b"\x02" + b"\x05" * 33, b"\x30" * 71, "B2.key-length"),
        (b"\x02" + b"\x02" * 33, b"", "B2.value-length"),
        (b"\x03", b"\x01\x00\x00\x00", None),
        (b"\x03", b"\x01\x00\x00", "B2.value-length"),
        (b"\x06" + b"\x02" * 33, b"\x00" * 8, None),
        (b"\x06" + b"\x02" * 33, b"\x00" * 7, "B2.value-length"),
        (b"\x08", b"\x01\x01\x51", None),
        (b"\x08", b"\x01\x01\x51\x00", "B2.value-length"),
        (b"\x08", b"\xff" * 9, "B2.truncated"),
        (b"\x01", b"\x00" * 8 + b"\x01\x51", None),
        (b"\x01", b"\x00" * 8 + b"\x01\x51\x51", "B2.value-length"),
        (b"\x01", b"\xff" * 7 + b"\x7f" + b"\x01\x51", None),
        (b"\x01", b"\x00" * 7 + b"\x80" + b"\x01\x51", "B2.amount"),
        (b"\x01", b"\x00" * 8 + b"\xfd\x10\x27" + b"\x51" * 10_000, None),
        (b"\x01", b"\x00" * 8 + b"\xfd\x11\x27" + b"\x51" * 10_001, "B2.value-length"),
        (b"\x01", b"\x00" * 8 + b"\xfd\x01\x00\x51", "B2.compact-size"),
        (b"\x00", b"\x00" * 9, "B2.truncated"),
        (b"\x0e", b"\x00" * 32, "B2.v2-field"),
        (b"\x13", b"\x00" * 64, None),
        (b"\x13", b"\x00" * 63, "B2.value-length"),
        (b"\x17", b"\x00" * 32, None),
        (b"\x17", b"\x00" * 33, "B2.value-length"),
        (b"\x1a" + b"\x02" * 33, b"\x03" * 66, None),
        (b"\x1a" + b"\x02" * 33, b"\x03" * 65, "B2.value-length"),
        (b"\x1a" + b"\x02" * 33, b"\x04" * 66, "B2.value-length"),
        (b"\x1a" + b"\x02" * 32, b"\x03" * 66, "B2.key-length"),
        (b"\x1b" + b"\x02" * 66, b"\x00" * 66, None),
        (b"\x1b" + b"\x02" * 98, b"\x00" * 66, None),
        (b"\x1b" + b"\x02" * 97, b"\x00" * 66, "B2.key-length"),
        (b"\x1b" + b"\x02" * 66, b"\x00" * 65, "B2.value-length"),
        (b"\x1c" + b"\x02" * 66, b"\x00" * 32, None),
        (b"\x1c" + b"\x02" * 66, b"\x00" * 33, "B2.value-length"),
        (b"\x1c" + b"\x02" * 33, b"\x00" * 32, "B2.key-length"),
        (b"\xf0", b"", None),
        (b"\xfc\x02ab\x00", b"", None),
        (b"\xfc\x05ab\x00", b"", "B2.truncated"),
        (b"\xfd\x01\x00", b"", "B2.compact-size"),
        (b"\xfd\x00\x01", b"", None),
    ],
)
def test_keys_and_values_have_their_exact_lengths(key: bytes, value: bytes, code: str | None) -> None:
    found = dict(example().inputs[0])
    found[key] = value
    if code is None:
        assert psbt.parse(with_input(found)).inputs[0][key] == value
    else:
        assert refusal(with_input(found)) == code


def test_a_duplicate_key_is_refused_and_a_key_one_byte_different_is_not() -> None:
    data = psbt.serialise(example())
    field, near = b"\x02\xf0\x07\x01\x2a", b"\x02\xf0\x08\x01\x2a"
    at = data.index(b"\x00", 5 + 3 + len(example().unsigned)) + 1
    assert refusal(data[:at] + field + field + data[at:]) == "B2.duplicate-key"
    assert psbt.parse(data[:at] + field + near + data[at:]).inputs[0][b"\xf0\x08"] == b"\x2a"


def test_trailing_bytes_a_cut_and_another_magic_are_refused() -> None:
    data = psbt.serialise(example())
    assert psbt.parse(data) == example()
    assert refusal(data + b"\x00") == "B2.trailing"
    assert refusal(data[:-1]) == "B2.truncated"
    assert refusal(b"PSBT" + data[4:]) == "B2.magic"
    assert refusal(b"") == "B2.magic"


def test_size_is_refused_before_anything_is_parsed() -> None:
    data = psbt.serialise(example())
    assert refusal(data, limit=len(data) - 1) == "B2.too-large"
    assert psbt.parse(data, limit=len(data)) == example()
    assert refusal(b"\x00" * (psbt.MAX_BYTES + 1)) == "B2.too-large"


def test_a_length_of_two_to_the_64_costs_no_memory() -> None:
    tracemalloc.start()
    try:
        assert refusal(psbt.MAGIC + b"\xff" * 9) == "B2.truncated"
        assert (
            refusal(psbt.MAGIC + b"\x01\x00" + b"\x0a" + b"\x02\x00\x00\x00\xfe\xff\xff\xff\x7f\x00") == "B2.truncated"
        )
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def header(unsigned: bytes, inputs: int, outputs: int) -> bytes:
    empty = psbt.parse_bip174(psbt.MAGIC + b"\x01\x00\x0a" + b"\x00" * 10 + b"\x00")
    maps = ({},) * inputs, ({},) * outputs
    return psbt.serialise(psbt.of_maps({fields.UNSIGNED_TX: unsigned}, *maps, empty))


def unsigned(version: int = 2, outpoints: tuple[int, ...] = (0,), outputs: int = 1, script_sig: bytes = b"") -> bytes:
    spent = b"".join(
        b"\x22" * 32 + n.to_bytes(4, "little") + bytes((len(script_sig),)) + script_sig + b"\xff" * 4 for n in outpoints
    )
    count = (
        len(outpoints).to_bytes(1, "little") if len(outpoints) < 253 else b"\xfd" + len(outpoints).to_bytes(2, "little")
    )
    paid = outputs.to_bytes(1, "little") if outputs < 253 else b"\xfd" + outputs.to_bytes(2, "little")
    return version.to_bytes(4, "little") + count + spent + paid + payment(9).serialise() * outputs + b"\x00" * 4


@pytest.mark.parametrize(
    ("version", "code"), [(1, None), (2, None), (0, "B2.transaction-version"), (3, "B2.transaction-version")]
)
def test_transactions_are_of_version_1_or_2(version: int, code: str | None) -> None:
    data = header(unsigned(version), 1, 1)
    assert psbt.parse(data).tx.nVersion == version if code is None else refusal(data) == code


def test_all_outpoints_are_compared_not_only_the_first_hundred() -> None:
    distinct = tuple(range(150))
    assert len(psbt.parse(header(unsigned(outpoints=distinct), 150, 1)).inputs) == 150
    assert refusal(header(unsigned(outpoints=(*distinct[:149], 148)), 150, 1)) == "B2.duplicate-outpoint"


def test_outputs_and_weight_have_limits() -> None:
    assert len(psbt.parse(header(unsigned(outputs=2_000), 1, 2_000)).outputs) == 2_000
    assert refusal(header(unsigned(outputs=2_001), 1, 2_001)) == "B2.outputs"
    # 956 inputs of a 2-of-3 fit into 400,000 weight units, 957 do not (FACTS: 418 WU each).
    slots = [HELD.vault.slots[0].witness_script] * 957
    for count, fits in ((956, True), (957, False)):
        data = header(unsigned(outpoints=tuple(range(count))), count, 1)
        bare = psbt.parse_bip174(data)
        maps = tuple({fields.WITNESS_SCRIPT: code} for code in slots[:count])
        data = psbt.serialise(psbt.of_maps(bare.globals, maps, bare.outputs, bare))
        assert (len(psbt.parse(data).inputs) == count) if fits else refusal(data) == "B2.weight"


def test_fields_and_outputs_of_parents_are_counted_over_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen megabytes of tiny fields, or of parents' outputs, took seconds and gigabytes."""
    built = example()
    fields_in = len(built.globals) + sum(map(len, (*built.inputs, *built.outputs)))
    outputs_in = sum(len(each.spans) for each in built.parents.values())
    data = psbt.serialise(built)
    monkeypatch.setattr(reading, "MAX_FIELDS", fields_in)
    monkeypatch.setattr(reading, "MAX_PARENT_OUTPUTS", outputs_in)
    assert psbt.parse(data) == built
    monkeypatch.setattr(reading, "MAX_PARENT_OUTPUTS", outputs_in - 1)
    assert refusal(data) == "B2.parent-outputs"
    monkeypatch.setattr(reading, "MAX_FIELDS", fields_in - 1)
    assert refusal(data) in {"B2.fields", "B2.parent-outputs"}
    monkeypatch.setattr(reading, "MAX_PARENT_OUTPUTS", outputs_in)
    assert refusal(data) == "B2.fields"


def test_a_script_sig_or_a_witness_in_the_unsigned_transaction_is_refused() -> None:
    assert refusal(header(unsigned(script_sig=b"\x51"), 1, 1)) == "B2.script-sig"
    plain = unsigned()
    witness = plain[:4] + b"\x00\x01" + plain[4:-4] + b"\x01\x01\x51" + plain[-4:]
    assert refusal(header(witness, 1, 1)) == "B2.unsigned-witness"


def test_one_parent_of_many_inputs_is_kept_and_hashed_once() -> None:
    held = HELD.vault.slots[0]
    fat = funding([payment(5, tag) for tag in range(1, 200)] + [Output(held.script_pubkey, Satoshis(1_000))] * 50)
    spent = [coins.of(fat, 199 + number, held) for number in range(50)]
    data = psbt.serialise(build.create(spent, [(payment(40_000), None)]))
    parsed = psbt.parse(data)
    assert len(parsed.parents) == 1
    assert len({id(found[fields.NON_WITNESS_UTXO]) for found in parsed.inputs}) == 1
    assert psbt.serialise(parsed) == data


def comes_back_or_is_refused(data: bytes) -> bool:
    """Whether these bytes are refused under B2, or written again as they were."""
    try:
        parsed = psbt.parse_bip174(data)
    except (Malformed, Refused) as error:
        return error.check == "B2"
    # What was read can be inspected without a further error.
    assert len(inspect.facts(parsed).inputs) == len(parsed.inputs)
    return psbt.serialise(parsed) == data


def test_a_parent_with_a_monstrous_script_is_compared_and_refused_without_another_error() -> None:
    """B3's claim against an output whose script is longer than any two-byte length."""
    held = HELD.vault.slots[0]
    monster = Output(b"\x51" * 70_000, Satoshis(1_000))
    paying = funding([Output(held.script_pubkey, Satoshis(1_000)), monster])
    base = build.create([coins.of(paying, 0, held)], [(payment(500), None)])
    lying = unsigned_like(base.unsigned, vout=1)
    changed = psbt.of_maps({fields.UNSIGNED_TX: lying}, base.inputs, base.outputs, base)
    read = psbt.parse(psbt.serialise(changed))
    assert inspect.facts(read).inputs[0].unproven == "B3.witness-utxo-differs"
    assert inspect.facts(base).inputs[0].unproven is None


def unsigned_like(data: bytes, vout: int) -> bytes:
    """The transaction of one input, spending another output of the same parent."""
    return data[:37] + vout.to_bytes(4, "little") + data[41:]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_of_bytes_is_malformed_or_comes_back_as_it_is(data: st.DataObject) -> None:
    original = bytearray(psbt.serialise(example()))
    for _ in range(data.draw(st.integers(1, 3))):
        original[data.draw(st.integers(5, len(original) - 1))] = data.draw(st.integers(0, 255))
    mutated = bytes(original)
    assert comes_back_or_is_refused(mutated)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_behind_the_magic_never_raise_anything_else(tail: bytes) -> None:
    assert comes_back_or_is_refused(psbt.MAGIC + tail)
