"""The generator and sampler: every published number of the reference."""

from binascii import crc32

from countersign.airgap.xoshiro import Sampler, Xoshiro256, choose_degree, choose_fragments, shuffled
from support.vectors import load_vectors


def reference():
    return load_vectors("ur/bc-ur_reference.json")


def test_the_first_numbers_of_the_reference():
    # BlockchainCommons/bc-ur, test/test.cpp, test_rng_1: seed "Wolf", next() % 100
    source = Xoshiro256(b"Wolf")
    assert [source.next() % 100 for _ in range(10)] == [42, 81, 85, 8, 82, 84, 76, 73, 70, 88]


def test_the_references_crc32():
    for case in reference()["crc32"]:
        assert crc32(case["s"].encode()).to_bytes(4, "big").hex() == case["hex"]


def test_the_references_three_rows_of_numbers():
    seeds = {"Wolf": b"Wolf", 'crc32_int("Wolf")': crc32(b"Wolf").to_bytes(4, "big")}
    draws = {
        "next() % 100": lambda source: source.next() % 100,
        "next_int(1,10)": lambda source: source.next_int(1, 10),
    }
    cases = reference()["xoshiro"]
    assert len(cases) == 3
    for case in cases:
        source = Xoshiro256(seeds[case["seed"]])
        assert [draws[case["op"]](source) for _ in case["values"]] == case["values"]


def test_the_references_sampler():
    case = reference()["random_sampler"]
    sampler, source = Sampler([float(weight) for weight in case["probs"]]), Xoshiro256(case["seed"].encode())
    assert [sampler.next(source) for _ in case["samples"]] == case["samples"]


def test_the_references_shuffle():
    case = reference()["shuffle"]
    source = Xoshiro256(case["seed"].encode())
    assert [shuffled(case["values"], source) for _ in case["results"]] == case["results"]


def test_a_shuffle_cut_short_begins_as_the_whole_one():
    assert shuffled(range(50), Xoshiro256(b"a"), 7) == shuffled(range(50), Xoshiro256(b"a"))[:7]


def test_the_references_degrees():
    case = reference()["choose_degree"]
    found = [choose_degree(case["seq_len"], Xoshiro256(f"Wolf-{nonce}".encode())) for nonce in range(1, 201)]
    assert found == case["degrees"]


def test_the_references_fragment_choices():
    case = reference()["choose_fragments"]
    checksum = crc32(Xoshiro256(b"Wolf").next_data(case["message_len"]))
    found = [sorted(choose_fragments(number, case["seq_len"], checksum)) for number in range(1, 31)]
    assert found == case["indexes"]


class Ends(Xoshiro256):
    """Gives the largest number for ever: as a double it rounds to 1.0."""

    def next(self) -> int:
        return 2**64 - 1


def test_a_number_that_rounds_to_one_stays_within_range():
    assert Ends(b"").next_int(0, 9) == 9
    assert Sampler([1.0, 1.0]).next(Ends(b"")) in (0, 1)
