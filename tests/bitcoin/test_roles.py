"""BIP-174's published flow, role by role: every signature digested, combined, finalised and extracted as published."""

from typing import Any

import coincurve
import pytest

from countersign.bitcoin import combine, finalise, psbt, signatures, transaction
from countersign.bitcoin.inspect import facts, partial_signatures
from countersign.bitcoin.psbt import fields
from countersign.bitcoin.sighash import Bip143
from countersign.keys import ecdsa
from support.vectors import load_vectors


def flow() -> list[Any]:
    return load_vectors("psbt/bip174.json")["flow"]


def read(step: dict[str, Any]) -> psbt.Psbt:
    return psbt.parse_bip174(bytes.fromhex(step["psbt"]["hex"]))


def by_role(role: str) -> list[dict[str, Any]]:
    return [step for step in flow() if step["role"] == role]


def test_both_signers_signatures_verify_over_our_digests_legacy_and_segwit() -> None:
    count = 0
    for step in by_role("signer"):
        signed = read(step)
        midstates = Bip143.of(signed.unsigned)
        for index, found in enumerate(signed.inputs):
            for one in partial_signatures(found):
                digest = signatures.any_digest(signed, midstates, index, one.sighash)
                assert coincurve.verify_signature(one.der, digest, one.public_key, hasher=None)
                count += 1
    assert count == 4


def test_the_published_keys_give_the_published_signatures_over_our_digests() -> None:
    updated = read(by_role("updater")[1])
    midstates = Bip143.of(updated.unsigned)
    for step in by_role("signer"):
        signed = read(step)
        for key in step["keys"]:
            secret = coincurve.PrivateKey(base58_secret(key["wif"]))
            public = secret.public_key.format()
            for index, found in enumerate(signed.inputs):
                given = found.get(b"\x02" + public)
                if given is not None:
                    digest = signatures.any_digest(updated, midstates, index, 1)
                    compact = secret.sign_recoverable(digest, hasher=None)[:64]
                    assert ecdsa.to_der(compact) + b"\x01" == given


def base58_secret(wif: str) -> bytes:
    """The 32 bytes in a WIF of the published test keys; its checksum is not this test's matter."""
    number = 0
    for character in wif:
        number = number * 58 + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".index(character)
    return number.to_bytes(38, "big")[1:33]


def test_the_combiner_s_result_is_the_published_one_in_either_order() -> None:
    first, second = map(read, by_role("signer"))
    published = read(by_role("combiner")[0])
    assert psbt.serialise(combine.combine(first, second)) == psbt.serialise(published)
    assert psbt.serialise(combine.combine(second, first)) == psbt.serialise(published)


def test_the_combiner_keeps_unknown_fields_as_published() -> None:
    vectors = load_vectors("psbt/bip174.json")["combine_unknown"]
    first, second = (psbt.parse_bip174(bytes.fromhex(case["hex"])) for case in vectors["inputs"])
    assert psbt.serialise(combine.combine(first, second)).hex() == vectors["combined"]["hex"]
    assert psbt.serialise(combine.combine(second, first)).hex() == vectors["combined"]["hex"]


def test_finalised_and_extracted_as_published() -> None:
    finished = finalise.finalise(read(by_role("combiner")[0]))
    assert psbt.serialise(finished).hex() == by_role("finalizer")[0]["psbt"]["hex"]
    extracted = finalise.extract(finished)
    assert extracted.hex() == by_role("extractor")[0]["tx"]
    assert transaction.serialise(transaction.parse(extracted)) == extracted


def test_finalising_what_is_final_changes_nothing() -> None:
    finished = read(by_role("finalizer")[0])
    assert finalise.finalise(finished) == finished


def test_the_updater_s_maps_are_read_back_as_facts() -> None:
    step = by_role("updater")[0]
    seen = facts(read(step))
    assert [fact.redeem_script.hex() for fact in seen.inputs if fact.redeem_script] == step["redeem_scripts"]
    assert [fact.witness_script.hex() for fact in seen.inputs if fact.witness_script] == step["witness_scripts"]
    # The second input's parent is not carried: its amount is a claim, and the fee stays unknown.
    assert seen.inputs[0].spent is not None
    assert (seen.inputs[1].spent, seen.inputs[1].unproven) == (None, "B3.no-parent")
    assert seen.inputs[1].claimed is not None
    assert seen.fee is None
    assert all(fact.binding == "bound" for fact in seen.inputs)


@pytest.mark.parametrize("place", range(4))
def test_what_bip_174_s_signer_must_refuse_shows_in_the_facts(place: int) -> None:
    case = load_vectors("psbt/bip174.json")["fails_signer_checks"][place]
    seen = facts(psbt.parse_bip174(bytes.fromhex(case["hex"])))
    unproven = any(fact.unproven for fact in seen.inputs)
    mismatch = any(fact.binding == "mismatch" for fact in seen.inputs)
    assert unproven or mismatch, case["case"]
    if "match" in case["case"]:
        assert mismatch, case["case"]


def test_a_sighash_field_that_contradicts_the_signature_is_not_finalised() -> None:
    combined = read(by_role("combiner")[0])
    found = dict(combined.inputs[0])
    found[fields.SIGHASH_TYPE] = b"\x02\x00\x00\x00"
    changed = psbt.of_maps(combined.globals, (found, combined.inputs[1]), combined.outputs, combined)
    with pytest.raises(Exception, match=r"B5\.sighash"):
        finalise.finalise(changed)
