"""RFC 8785: one spelling for each value."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.formats import jcs
from support.refusals import refused
from support.vectors import vector_path

NAMES = ["arrays", "french", "structures", "unicode", "values", "weird"]

# RFC 8785 appendix B, typed in: IEEE-754 bits and the ECMAScript text.
APPENDIX_B = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}


def number(bits: str) -> float:
    return float(struct.unpack(">d", bytes.fromhex(bits.rjust(16, "0")))[0])


@pytest.mark.parametrize("name", NAMES)
def test_published_inputs_become_the_published_outputs(name: str) -> None:
    value = json.loads(vector_path(f"jcs/input/{name}.json").read_bytes())
    encoded = jcs.encode(value)
    assert encoded == vector_path(f"jcs/output/{name}.json").read_bytes()
    assert encoded == bytes.fromhex("".join(vector_path(f"jcs/outhex/{name}.txt").read_text().split()))


def test_published_number_samples() -> None:
    lines = vector_path("jcs/es6_numbers_sample.txt").read_text().split()
    assert lines
    for line in lines:
        bits, text = line.split(",")
        assert jcs.number_text(number(bits)) == text


@pytest.mark.parametrize("bits", APPENDIX_B)
def test_numbers_of_the_standard(bits: str) -> None:
    assert jcs.number_text(number(bits)) == APPENDIX_B[bits]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_text_reads_back(value: float) -> None:
    assert float(jcs.number_text(value)) == value


def test_the_standards_example_of_escapes() -> None:
    assert jcs.encode('€$\u000f\nA\'B"\\\\"/') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (float("nan"), "C2.not-a-number"),
        (float("inf"), "C2.not-a-number"),
        (2**53, "C2.integer-range"),
        (-(2**53), "C2.integer-range"),
        ("\ud800", "C2.lone-surrogate"),
        ({"\ud800": 1}, "C2.lone-surrogate"),
        ({1: 1}, "C2.not-json"),
        (b"x", "C2.not-json"),
        ([{1, 2}], "C2.not-json"),
    ],
)
def test_refuses_what_json_cannot_say(value: object, code: str) -> None:
    with refused(code):
        jcs.encode(value)
