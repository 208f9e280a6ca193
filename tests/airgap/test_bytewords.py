"""Bytewords: the 256 words, the reference's strings, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.airgap import bytewords
from countersign.airgap.bytewords import Style, decode, encode
from countersign.errors import Malformed
from support.vectors import load_vectors

# BCR-2020-012, the paper's example, typed in so that a clone alone proves something.
PAYLOAD = bytes.fromhex("00010280ff")
SPELLINGS = {
    Style.STANDARD: "able acid also lava zoom jade need echo taxi",
    Style.URI: "able-acid-also-lava-zoom-jade-need-echo-taxi",
    Style.MINIMAL: "aeadaolazmjendeoti",
}


def test_the_256_words_are_the_published_ones_in_order():
    assert list(bytewords.WORDS) == load_vectors("ur/bytewords.json")["words"]


def test_every_word_is_known_by_its_first_and_last_letter():
    assert len({word[0] + word[-1] for word in bytewords.WORDS}) == 256


@pytest.mark.parametrize("style", Style)
def test_the_papers_example_reads_and_writes(style):
    assert encode(PAYLOAD, style) == SPELLINGS[style]
    assert decode(SPELLINGS[style], style) == PAYLOAD


def test_the_references_strings_read_and_write():
    cases = load_vectors("ur/bc-ur_reference.json")["bytewords"]
    assert len(cases) == 2
    for case in cases:
        for style in Style:
            if style.value in case:  # the second case has no uri form
                assert encode(bytes.fromhex(case["hex"]), style) == case[style.value]
                assert decode(case[style.value], style).hex() == case["hex"]


def test_the_references_invalid_strings_are_refused():
    cases = load_vectors("ur/bc-ur_reference.json")["bytewords_invalid"]
    assert len(cases) == 5
    for style, text in cases:
        with pytest.raises(Malformed) as refused:
            decode(text, Style(style))
        assert refused.value.check == "T3"


@pytest.mark.parametrize(
    "style, text, code",
    [
        (Style.STANDARD, "able acid also lava zoom jade need echo taco", "T3.checksum"),
        (Style.STANDARD, "Able acid also lava zoom jade need echo taxi", "T3.byteword"),
        (Style.STANDARD, "able  acid also lava zoom jade need echo taxi", "T3.byteword"),
        (Style.STANDARD, "able acid also lava zoom jade need echo taxi ", "T3.byteword"),
        (Style.URI, SPELLINGS[Style.STANDARD], "T3.byteword"),
        (Style.MINIMAL, "aeadaolazmjendeot", "T3.byteword"),
        (Style.MINIMAL, "AEADAOLAZMJENDEOTI", "T3.byteword"),
        (Style.MINIMAL, "aeadaolazmjendeotz", "T3.byteword"),
        (Style.MINIMAL, "aeaeaeae", "T3.empty"),
        (Style.MINIMAL, "", "T3.empty"),
    ],
)
def test_a_near_miss_of_the_example_is_refused_by_name(style, text, code):
    with pytest.raises(Malformed) as refused:
        decode(text, style)
    assert refused.value.code == code


def test_an_empty_payload_has_no_spelling():
    with pytest.raises(Malformed) as refused:
        encode(b"", Style.MINIMAL)
    assert refused.value.code == "T3.empty"


@given(st.binary(min_size=1, max_size=200), st.sampled_from(Style))
def test_what_is_written_is_read(payload, style):
    assert decode(encode(payload, style), style) == payload
