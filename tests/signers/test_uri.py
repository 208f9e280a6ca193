"""PKCS#11 URIs: the published vectors, the deviations from them with their reasons, and what carries a PIN."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import CountersignError, Malformed, Refused
from countersign.signers import uri
from countersign.signers.facts import TokenIdentity
from support.refusals import refused
from support.vectors import load_vectors

CARRIES_PIN = "a URI that carries a PIN, or says where one lies, is refused"
DEVIATIONS = {
    "pkcs11:?pin-source=blah%2Fblah": CARRIES_PIN,
    "pkcs11:?pin-value=blah%2Fblah": CARRIES_PIN,
    "pkcs11:object=Key;pin-source=/etc/pin": CARRIES_PIN + ", in the path as well",
    "pkcs11:object=Key;type=public;token=Token;pin-value=secret": CARRIES_PIN + ", in the path as well",
    "pkcs11:object=my-key;type=private?pin-source=file:/etc/token": CARRIES_PIN,
    "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;"
    "object=my-certificate;type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial=?pin-source=file:/etc/token_pin": CARRIES_PIN,
    "pkcs11:token=Software%20PKCS%2311%20softtoken;manufacturer=Snake%20Oil,%20Inc.?pin-value=the-pin": CARRIES_PIN,
    "pkcs11:token=my-token;object=my-certificate;type=cert;vendor-aaa=value-a"
    "?pin-source=file:/etc/token_pin&vendor-bbb=value-b": CARRIES_PIN,
    "pkc\\ns11: lib rary-desc\\rrip  \\n  tion =The%20Library;\\n\\n\\nlibrary-manufacturer=\\rMe": (
        "p11-kit skips white space; RFC 7512 has none, and here the scheme itself is broken"
    ),
    "pkcs11:type=unknown": "p11-kit reads it and matches nothing; RFC 7512 lists five types",
    "pkcs11:token=%00%01%02Hello%FF%FE": "a token's label is UTF-8: this one could match no token",
}
FUZZ_REFUSED = {"timeout.uri"}
"""p11-kit's corpus says only that parsing must end: this one has 271,865 characters and an empty first attribute."""


def verdict(text: str) -> str:
    try:
        assert uri.serialise(uri.parse(text)) == uri.SCHEME + text[len(uri.SCHEME) :]
    except CountersignError as error:
        return error.code
    return "OK"


def expected_by_vectors() -> dict[str, bool]:
    vectors = load_vectors("pkcs11/uris.json")
    expected = {entry["uri"]: entry["result"] == "OK" for entry in vectors["p11_kit"]}
    expected |= {one["uri"]: one["file"] not in FUZZ_REFUSED for one in vectors["p11_kit_fuzz_corpus"]}
    assert sum(map(len, (vectors[name] for name in vectors if name != "note"))) == 77
    return expected | dict.fromkeys(vectors["rfc7512_section3_and_more"], True)


def test_every_vector_reads_as_published_or_is_a_listed_deviation() -> None:
    expected = expected_by_vectors()
    surprises = {text[:80]: verdict(text) for text, good in expected.items() if (verdict(text) == "OK") is not good}
    assert set(surprises) == {text[:80] for text in DEVIATIONS}


@pytest.mark.parametrize("text", [text for text, reason in DEVIATIONS.items() if reason.startswith(CARRIES_PIN)])
def test_a_uri_with_a_pin_never_parses_and_the_error_does_not_repeat_it(text: str) -> None:
    with pytest.raises(CountersignError) as caught:
        uri.parse(text)
    assert caught.value.code == "signers.uri-pin"
    assert not any(
        word in repr(caught.value) + str(caught.value) for word in ("secret", "the-pin", "blah", "token_pin")
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http:\\example.com\\test", "signers.uri-scheme"),
        ("pkcs11:object=Test%", "signers.uri-encoding"),
        ("pkcs11:object=T%xxest", "signers.uri-encoding"),
        ("pkcs11:token", "signers.uri-syntax"),
        ("pkcs11:;token=a", "signers.uri-syntax"),
        ("pkcs11:token=a;", "signers.uri-syntax"),
        ("pkcs11:token=a?", "signers.uri-syntax"),
        ("pkcs11:token=a\n", "signers.uri-character"),
        ("pkcs11:token=a b", "signers.uri-character"),
        ("pkcs11:token=a;token=b", "signers.uri-repeated"),
        ("pkcs11:token=a?module-path=/x&module-path=/y", "signers.uri-repeated"),
        ("pkcs11:token=%FF", "signers.uri-text"),
        ("pkcs11:type=unknown", "signers.uri-type"),
        ("pkcs11:library-version=1000", "signers.uri-version"),
        ("pkcs11:library-version=１", "signers.uri-character"),
        ("pkcs11:slot-id=123^456", "signers.uri-character"),
        ("pkcs11:slot-id=18446744073709551616", "signers.uri-slot"),
        ("pkcs11:token=" + "a" * 5_000, "signers.uri-length"),
    ],
)
def test_a_malformed_uri_is_named(text: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        uri.parse(text)
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["pin-value", "pin-source", "PIN-VALUE"])
@pytest.mark.parametrize("before", ["pkcs11:token=a?", "pkcs11:token=a;", "pkcs11:"])
def test_a_pin_is_refused_wherever_it_stands(name: str, before: str) -> None:
    with pytest.raises(Refused) as caught:
        uri.parse(f"{before}{name}=1234")
    assert caught.value.code == "signers.uri-pin"
    assert uri.parse("pkcs11:token=a?x-pin-value=1234").text("x-pin-value") == "1234"


def test_the_rfc_example_gives_its_parts() -> None:
    read = uri.parse(
        "pkcs11:token=My%20token%25%20created%20by%20Joe;library-version=3;id=%01%02%03%Ba%dd%Ca%fe%04%05%06"
    )
    assert read.text("token") == "My token% created by Joe"
    assert read.id == bytes.fromhex("010203baddcafe040506")
    assert read.text("serial") is None


def test_an_identity_needs_serial_label_and_model_and_never_a_slot() -> None:
    identity = TokenIdentity("00ff", "officer a; 100%", "SoftHSM v2")
    text = uri.serialise(uri.of_token(identity, "/usr/lib/x.so"))
    assert text == "pkcs11:token=officer%20a%3B%20100%25;serial=00ff;model=SoftHSM%20v2?module-path=/usr/lib/x.so"
    assert uri.parse(text).token_identity() == identity
    for short in ("pkcs11:token=a;serial=b", "pkcs11:token=a;model=b;slot-id=1", "pkcs11:serial=;token=a;model=b"):
        with refused("signers.uri-identity"):
            uri.parse(short).token_identity()


@given(st.text(min_size=1, max_size=32), st.text(min_size=1, max_size=16), st.binary(max_size=20))
def test_whatever_a_token_calls_itself_comes_back(label: str, serial: str, key_id: bytes) -> None:
    identity = TokenIdentity(serial, label, "model")
    read = uri.parse(uri.serialise(uri.of_key(identity, key_id, label)))
    assert (read.token_identity(), read.id, read.text("object")) == (identity, key_id, label)


@given(st.text(alphabet="pkcs11:token=;?&%aF0/ -", max_size=40))
def test_parsing_ends_in_a_uri_or_a_named_error(text: str) -> None:
    assert verdict("pkcs11:" + text)
