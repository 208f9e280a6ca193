"""Contract terms: one spelling, one hash, and what they may not say about themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.errors import Malformed
from countersign.formats import jcs, strict_json
from countersign.settlement import contract
from support import settlement_world as world
from support.settlement_world import BTC, USDC


def changed(**changes: object) -> bytes:
    value = strict_json.parse(world.terms().serialise())
    assert isinstance(value, dict)
    return jcs.encode(value | changes)


def code(payload: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        contract.parse_terms(payload)
    return caught.value.code


@given(st.integers(1, 10**20), st.integers(0, 10**9), st.booleans(), st.integers(0, 10**6))
def test_terms_parse_to_what_was_serialised(amount: int, cap: int, mutual: bool, window: int) -> None:
    terms = world.terms()
    terms = world.replace(
        terms,
        legs=(world.replace(terms.legs[0], amount=amount), terms.legs[1]),
        fees=((BTC, cap),),
        finality=world.replace(terms.finality, mutual=mutual),
        dispute=world.replace(terms.dispute, window_seconds=window),
    )
    payload = terms.serialise()
    assert contract.parse_terms(payload) == terms
    assert contract.parse_terms(payload).serialise() == payload


def test_a_contract_is_named_by_the_hash_of_its_terms_whoever_signed() -> None:
    half, whole = world.signed_contract(world.terms(), ["harbour"]), world.signed_contract(world.terms())
    assert half.hash == whole.hash == contract.hash_of(world.terms().serialise())
    assert contract.parse(world.jose.serialise(whole.jws)) == whole


def test_every_field_is_required_and_no_other_is_allowed() -> None:
    value = strict_json.parse(world.terms().serialise())
    assert isinstance(value, dict)
    for field in value:
        assert code(jcs.encode({name: each for name, each in value.items() if name != field})) == "C2.missing-field"
    assert code(changed(note="x")) == "C2.unknown-field"


leg, back = ({"from": one, "to": 1 - one, "asset": asset, "amount": "5", "destination": world.destination(owner, asset)}
             for one, asset, owner in ((0, BTC, "harbour"), (1, USDC, "meridian")))  # fmt: skip
me = {"lei": world.MERIDIAN, "book": "main"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"legs": [leg, {**back, "from": 0, "to": 1}]}, "settlement.terms-legs-cross"),
        ({"legs": [leg, {**leg, "from": 1, "to": 0}]}, "settlement.terms-one-asset"),
        ({"legs": [leg, {**back, "destination": leg["destination"]}]}, "settlement.terms-destination-chain"),
        ({"legs": []}, "C2.array-length"),
        ({"legs": [leg]}, "settlement.terms-count"),
        ({"legs": [{**leg, "amount": "0"}, back]}, "settlement.amount-zero"),
        ({"legs": [{**leg, "amount": "007"}, back]}, "C2.amount"),
        ({"legs": [{**leg, "amount": 7}, back]}, "C2.wrong-type"),
        ({"parties": [me, {"lei": world.MERIDIAN, "book": "other"}]}, "settlement.terms-one-party"),
        ({"fees": {}}, "settlement.terms-fees"),
        ({"fees": {BTC: "1", "eip155:31337/slip44:60": "1"}}, "settlement.terms-fees"),
        ({"finality": {"confirmations": {BTC: 1}, "mutual": True}}, "settlement.terms-confirmations"),
        ({"settle_by": "2026-11-22T08:59:59Z"}, "settlement.terms-window"),
        ({"replaces": "ab" * 32}, "settlement.terms-replaces"),
        ({"version": 2}, "settlement.terms-replaces"),
        ({"template": "basket"}, "C2.not-allowed"),
        ({"notional": {"usd": "20000000", "price": "0.00", "source": "x"}}, "settlement.price-zero"),
        ({"legal_text_sha256": "AB" * 32}, "settlement.not-sha256"),
    ],
)
def test_terms_that_contradict_themselves(changes: dict[str, object], expected: str) -> None:
    assert code(changed(**changes)) == expected


def test_a_small_contract_is_remembered_and_a_large_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    data = world.jose.serialise(world.signed_contract(world.terms()).jws)
    assert contract.parse(data) is contract.parse(bytes(bytearray(data)))
    monkeypatch.setattr(contract, "SMALL", len(data) - 1)
    assert contract.parse(data) is not contract.parse(data)
    assert contract.parse(data) == contract.parse(data)
