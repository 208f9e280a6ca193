"""Shares, combining, finalising and verifying: the honest path, and each lie refused beside the truth."""

from itertools import permutations

import pytest
from bitcoin.core import CTransaction, CTxInWitness, CTxWitness
from bitcoin.core.script import CScriptWitness

from countersign.bitcoin import (
    build,
    combine,
    consensus,
    finalise,
    inspect,
    psbt,
    share,
    signatures,
    transaction,
    verify,
)
from countersign.bitcoin.psbt import Psbt, fields
from countersign.bitcoin.transaction import Output
from countersign.errors import CountersignError, Refused
from countersign.keys.curve import ORDER, Curve
from support.bitcoin_vault import funded, payment, sign_with_entropy, software_vault

HELD = software_vault("shares")
ALICE, CAROL, DAVID = HELD.signers
UNSIGNED = build.create(
    funded(HELD.vault, [60_000, 70_000, 80_000]), [(payment(150_000), None), (payment(59_000, 2), HELD.vault.slots[3])]
)
SPENT = [inspect.spent_output(UNSIGNED, index) for index in range(3)]


def changed(base: Psbt, index: int, key: bytes, value: bytes | None) -> Psbt:
    """`base` with one field of one input set, or taken away."""
    found = {k: v for k, v in base.inputs[index].items() if k != key}
    if value is not None:
        found[key] = value
    inputs = tuple(found if n == index else each for n, each in enumerate(base.inputs))
    return psbt.parse(psbt.serialise(psbt.of_maps(base.globals, inputs, base.outputs, base)))


def refusal(call: object, *arguments: object) -> str:
    with pytest.raises(CountersignError) as caught:
        call(*arguments)  # type: ignore[operator]
    return caught.value.code


def signature_key(given: Psbt, index: int = 0) -> bytes:
    return next(key for key in given.inputs[index] if key[0] == fields.PARTIAL_SIGNATURE)


def finished() -> bytes:
    return finalise.extract(finalise.finalise(combine.combine(UNSIGNED, ALICE.sign(UNSIGNED), CAROL.sign(UNSIGNED))))


# --- shares


def test_a_share_holds_that_signer_s_signatures_on_every_input_and_nothing_else() -> None:
    given = psbt.parse(psbt.serialise(ALICE.sign(UNSIGNED)))
    assert given.unsigned == UNSIGNED.unsigned
    assert list(given.globals) == [fields.UNSIGNED_TX]
    assert not any(given.outputs)
    for found in given.inputs:
        ((key, _),) = found.items()
        assert key[0] == fields.PARTIAL_SIGNATURE
        assert key[1:] in ALICE.public
    share.accept(UNSIGNED, given, ALICE.public)


def test_a_share_is_extracted_from_the_whole_psbt_that_a_device_returns() -> None:
    returned = combine.combine(UNSIGNED, ALICE.sign(UNSIGNED), DAVID.sign(UNSIGNED))
    assert share.extract(UNSIGNED, returned, ALICE.public) == ALICE.sign(UNSIGNED)


def test_a_share_with_anything_else_in_it_is_not_a_share() -> None:
    honest = ALICE.sign(UNSIGNED)
    assert refusal(share.accept, UNSIGNED, changed(honest, 0, b"\xf0", b"1"), ALICE.public) == "bitcoin.share-not-bare"
    assert refusal(share.accept, UNSIGNED, UNSIGNED, ALICE.public) == "bitcoin.share-not-bare"


def test_a_share_one_input_short_or_of_somebody_else_is_refused() -> None:
    honest = ALICE.sign(UNSIGNED)
    short = changed(honest, 1, signature_key(honest, 1), None)
    assert refusal(share.accept, UNSIGNED, short, ALICE.public) == "bitcoin.share-incomplete"
    assert refusal(share.accept, UNSIGNED, honest, CAROL.public) == "bitcoin.share-stranger"
    both = combine.combine(honest, CAROL.sign(UNSIGNED))
    assert refusal(share.accept, UNSIGNED, both, ALICE.public) == "bitcoin.share-stranger"


def test_a_share_of_another_transaction_is_refused() -> None:
    other = build.create(funded(HELD.vault, [60_000, 70_000, 80_000]), [(payment(150_001), None)])
    assert refusal(share.accept, UNSIGNED, ALICE.sign(other), ALICE.public) == "B13.other-transaction"


def test_a_signature_that_is_high_s_other_sighash_bad_der_or_over_another_digest_is_refused() -> None:
    honest = ALICE.sign(UNSIGNED)
    key = signature_key(honest)
    value = honest.inputs[0][key]
    compact = signatures.ecdsa.from_der(value[:-1])
    high_s = compact[:32] + (ORDER[Curve.SECP256K1] - int.from_bytes(compact[32:])).to_bytes(32)
    elsewhere = honest.inputs[1][signature_key(honest, 1)]
    cases = {
        "B11.high-s": signatures.encode(high_s),
        "B5.sighash": value[:-1] + b"\x81",
        "B11.encoding": value[:3] + b"\x20" + value[4:] if value[3] != 0x20 else value[:3] + b"\x21" + value[4:],
        "B11.wrong": elsewhere,
    }
    for code, lie in cases.items():
        assert refusal(share.accept, UNSIGNED, changed(honest, 0, key, lie), ALICE.public) == code
    share.accept(UNSIGNED, changed(honest, 0, key, value), ALICE.public)


@pytest.mark.parametrize("kind", [0x00, 0x02, 0x03, 0x81, 0x82, 0x83])
def test_every_sighash_but_all_is_refused_even_when_its_signature_is_valid(kind: int) -> None:
    """B5's hostile case: the signature is right for its type, and the type is wrong."""
    honest = ALICE.sign(UNSIGNED)
    asked = share.requests(UNSIGNED, ALICE.public)[0]
    midstates = signatures.Bip143.of(UNSIGNED.unsigned)
    digest = midstates.digest(0, signatures.vault_input(UNSIGNED, 0).witness_script, SPENT[0].satoshis, kind)
    secret = next(key for key in ALICE.keys if key.public.data == asked.public_key)
    lie = signatures.encode(secret.sign_digest(digest), kind)
    assert refusal(share.accept, UNSIGNED, changed(honest, 0, signature_key(honest), lie), ALICE.public) == "B5.sighash"


# --- what may be digested at all (B3, B4)


def test_no_digest_without_a_proven_amount() -> None:
    parent_key, witness_key = fields.NON_WITNESS_UTXO, fields.WITNESS_UTXO
    other = UNSIGNED.inputs[1]
    assert refusal(signatures.vault_digests, changed(UNSIGNED, 0, parent_key, None)) == "B3.no-parent"
    assert refusal(signatures.vault_digests, changed(UNSIGNED, 0, parent_key, other[parent_key])) == "B3.other-parent"
    one_off = (SPENT[0].satoshis + 1).to_bytes(8, "little") + UNSIGNED.inputs[0][witness_key][8:]
    assert refusal(signatures.vault_digests, changed(UNSIGNED, 0, witness_key, one_off)) == "B3.witness-utxo-differs"
    restored = changed(UNSIGNED, 0, witness_key, SPENT[0].serialise())
    assert signatures.vault_digests(restored) == signatures.vault_digests(UNSIGNED)
    assert signatures.vault_digests(changed(UNSIGNED, 0, witness_key, None)) == signatures.vault_digests(UNSIGNED)


def test_no_digest_with_a_script_that_the_programme_does_not_demand() -> None:
    key = fields.WITNESS_SCRIPT
    foreign = UNSIGNED.inputs[1][key]
    assert refusal(signatures.vault_digests, changed(UNSIGNED, 0, key, foreign)) == "B4.other-script"
    assert refusal(signatures.vault_digests, changed(UNSIGNED, 0, key, None)) == "B4.no-script"
    assert refusal(signatures.vault_digests, changed(UNSIGNED, 0, fields.REDEEM_SCRIPT, b"\x51")) == "B4.redeem-script"
    facts = inspect.facts(changed(UNSIGNED, 0, key, foreign))
    assert [fact.binding for fact in facts.inputs] == ["mismatch", "bound", "bound"]


def test_a_signer_without_a_key_or_with_two_is_refused() -> None:
    assert refusal(share.requests, UNSIGNED, frozenset({b"\x02" * 33})) == "B6.no-own-key"
    assert refusal(share.requests, UNSIGNED, ALICE.public | CAROL.public) == "B6.own-key-twice"


# --- combining


def test_combining_does_not_depend_on_order_or_repetition() -> None:
    shares = [UNSIGNED, *(signer.sign(UNSIGNED) for signer in HELD.signers)]
    results = {psbt.serialise(combine.combine(*order)) for order in permutations(shares)}
    assert len(results) == 1
    whole = combine.combine(*shares)
    assert combine.combine(whole, whole) == whole == combine.combine(whole, shares[1])
    one, two, three, four = shares
    assert combine.combine(combine.combine(one, two), combine.combine(three, four)) == whole
    assert combine.combine(combine.combine(combine.combine(two, three), four), one) == whole


def test_f_a_after_f_b_is_f_b_after_f_a() -> None:
    """BIP-174's law in so many words: a signer who signs what another signed first changes nothing."""
    alice_first = combine.combine(UNSIGNED, ALICE.sign(UNSIGNED))
    carol_first = combine.combine(UNSIGNED, CAROL.sign(UNSIGNED))
    assert psbt.serialise(combine.combine(alice_first, CAROL.sign(alice_first))) == psbt.serialise(
        combine.combine(carol_first, ALICE.sign(carol_first))
    )


def test_another_transaction_s_psbt_is_not_combined_and_the_same_one_is() -> None:
    other = build.create(funded(HELD.vault, [60_000, 70_000, 80_000]), [(payment(150_001), None)])
    assert refusal(combine.combine, UNSIGNED, other) == "B13.other-transaction"
    assert combine.combine(UNSIGNED, UNSIGNED).unsigned == UNSIGNED.unsigned


def test_conflicting_values_are_refused_and_unknown_fields_are_kept() -> None:
    left, right = changed(UNSIGNED, 1, b"\xf0\x01", b"a"), changed(UNSIGNED, 1, b"\xf0\x02", b"b")
    assert combine.combine(left, right).inputs[1][b"\xf0\x01"] == b"a"
    assert combine.combine(left, right).inputs[1][b"\xf0\x02"] == b"b"
    assert refusal(combine.combine, left, changed(UNSIGNED, 1, b"\xf0\x01", b"b")) == "B13.conflict"
    prefixed = b"\xfc\x02ab\x00"
    assert combine.combine(changed(UNSIGNED, 0, prefixed, b"x"), UNSIGNED).inputs[0][prefixed] == b"x"


def other_nonce(honest: Psbt) -> Psbt:
    """Alice's share with another valid signature on its first input, as a token with random nonces would give."""
    asked = share.requests(UNSIGNED, ALICE.public)[0]
    secret = next(key for key in ALICE.keys if key.public.data == asked.public_key)
    der = sign_with_entropy(secret.secret, asked.digest, b"\x07" * 32)
    return changed(honest, 0, signature_key(honest), der + b"\x01")


def test_two_valid_signatures_of_one_key_keep_the_smaller_in_either_order() -> None:
    first = ALICE.sign(UNSIGNED)
    second = other_nonce(first)
    key = signature_key(first)
    pair = {first.inputs[0][key], second.inputs[0][key]}
    assert len(pair) == 2
    one = combine.combine(UNSIGNED, first, second)
    assert one == combine.combine(second, UNSIGNED, first) == combine.combine(combine.combine(UNSIGNED, second), first)
    assert one.inputs[0][key] == min(pair)


def test_a_false_rival_of_a_valid_signature_is_a_conflict() -> None:
    first = ALICE.sign(UNSIGNED)
    key = signature_key(first)
    false = changed(first, 0, key, first.inputs[1][signature_key(first, 1)])
    assert refusal(combine.combine, UNSIGNED, first, false) == "B13.conflicting-signature"
    other_type = changed(first, 0, key, first.inputs[0][key][:-1] + b"\x02")
    assert refusal(combine.combine, UNSIGNED, first, other_type) == "B13.conflicting-signature"
    # Without amounts and scripts nothing shows that two different signatures are over one digest.
    assert refusal(combine.combine, first, other_nonce(first)) == "B13.conflicting-signature"


# --- finalising and verifying


@pytest.mark.parametrize("pair", [(ALICE, CAROL), (ALICE, DAVID), (CAROL, DAVID)])
def test_each_pair_of_signers_finishes_a_spend_that_core_s_code_accepts(pair: tuple[object, object]) -> None:
    combined = combine.combine(UNSIGNED, *(signer.sign(UNSIGNED) for signer in pair))  # type: ignore[attr-defined]
    data = finalise.extract(finalise.finalise(combined))
    verify.verify(data, SPENT)
    verify.verify(data, SPENT, finalise.signers(combined))
    assert consensus.installed()
    assert consensus.verify(data, SPENT) is consensus.Answer.ACCEPTED
    assert transaction.display(transaction.txid(transaction.parse(data))) == transaction.display(UNSIGNED.txid)
    assert transaction.weight(transaction.parse(data)) <= inspect.facts(UNSIGNED).weight


def test_one_signature_short_is_not_finalised_and_nothing_final_is_not_extracted() -> None:
    assert refusal(finalise.finalise, combine.combine(UNSIGNED, ALICE.sign(UNSIGNED))) == "B13.too-few-signatures"
    assert refusal(finalise.extract, UNSIGNED) == "B13.not-final"


def test_a_third_signature_is_left_out_of_the_witness() -> None:
    combined = combine.combine(UNSIGNED, *(signer.sign(UNSIGNED) for signer in HELD.signers))
    data = finalise.extract(finalise.finalise(combined))
    witnesses = [each.scriptWitness.stack for each in CTransaction.deserialize(data).wit.vtxinwit]
    # CHECKMULTISIG's empty element, as many signatures as the threshold, the script
    assert [len(stack) for stack in witnesses] == [1 + 2 + 1] * len(UNSIGNED.inputs)
    verify.verify(data, SPENT)


def witness_of(data: bytes, change: object) -> bytes:
    """The finished transaction with the first input's witness stack rewritten."""
    tx = transaction.parse(data)
    stack = tuple(change(list(tx.wit.vtxinwit[0].scriptWitness.stack)))  # type: ignore[operator]
    rest = (CTxInWitness(CScriptWitness(stack)), *tx.wit.vtxinwit[1:])
    return transaction.serialise(CTransaction(tx.vin, tx.vout, tx.nLockTime, tx.nVersion, CTxWitness(rest)))


@pytest.mark.parametrize(
    ("code", "change"),
    [
        (None, lambda stack: stack),
        ("B13.signature", lambda stack: [stack[0], stack[2], stack[1], stack[3]]),
        ("B13.signature", lambda stack: [stack[0], stack[1], stack[1], stack[3]]),
        ("B13.witness", lambda stack: [b"\x01", *stack[1:]]),
        ("B13.witness", lambda stack: stack[1:]),
        ("B13.witness", lambda stack: [stack[0], stack[1], stack[3]]),
        ("B13.witness", lambda stack: [stack[0], stack[1], stack[2], stack[2], stack[3]]),
        ("B13.script", lambda stack: [*stack[:3], stack[3][:-1] + b"\xaf"]),
        ("B13.witness", lambda stack: []),
        ("B11.encoding", lambda stack: [stack[0], b"", stack[2], stack[3]]),
        ("B5.sighash", lambda stack: [stack[0], stack[1][:-1] + b"\x02", stack[2], stack[3]]),
    ],
)
def test_a_finished_spend_with_a_mangled_witness_is_refused_by_us_and_by_core(code: str | None, change: object) -> None:
    data = witness_of(finished(), change)
    if code is None:
        assert data == finished()
        verify.verify(data, SPENT)
        return
    # An empty signature has no sighash byte: that is what is said of it first.
    assert refusal(verify.verify, data, SPENT) in {code, "B5.sighash"}
    assert refusal(consensus.verify, data, SPENT) == "B13.consensus"


def test_an_amount_one_satoshi_off_or_another_script_does_not_verify() -> None:
    data = finished()
    off = [Output(SPENT[0].script_pubkey, SPENT[0].satoshis + 1), *SPENT[1:]]  # type: ignore[arg-type]
    assert refusal(verify.verify, data, off) == "B13.signature"
    assert refusal(consensus.verify, data, off) == "B13.consensus"
    assert refusal(verify.verify, data, [payment(60_000), *SPENT[1:]]) == "B13.programme"
    assert refusal(verify.verify, data, SPENT[:2]) == "B13.inputs"
    assert refusal(verify.verify, UNSIGNED.unsigned, SPENT) == "B13.inputs"


def test_a_wrong_hint_of_who_signed_refuses_and_never_admits() -> None:
    combined = combine.combine(UNSIGNED, ALICE.sign(UNSIGNED), CAROL.sign(UNSIGNED))
    data, named = finalise.extract(finalise.finalise(combined)), finalise.signers(combined)
    verify.verify(data, SPENT, named)
    for wrong in ((named[0][::-1], *named[1:]), (named[0][:1], *named[1:]), ((*named[0], b"?"), *named[1:])):
        assert refusal(verify.verify, data, SPENT, wrong) == "B13.signature"
    assert refusal(verify.verify, data, SPENT, named[:2]) == "B13.inputs"


def test_an_absent_consensus_library_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pbk", None)
    assert not consensus.installed()
    assert consensus.verify(finished(), SPENT) is consensus.Answer.ABSENT


def test_the_facts_of_a_signed_psbt_tell_what_was_signed() -> None:
    combined = combine.combine(UNSIGNED, ALICE.sign(UNSIGNED))
    seen = inspect.facts(combined)
    assert [one.sighash for fact in seen.inputs for one in fact.signatures] == [1, 1, 1]
    assert {one.public_key for fact in seen.inputs for one in fact.signatures} <= ALICE.public
    assert (seen.total_in, seen.total_out, seen.fee) == (210_000, 209_000, 1_000)
    assert not any(fact.finalised for fact in seen.inputs)
    done = finalise.finalise(combine.combine(combined, CAROL.sign(UNSIGNED)))
    assert all(fact.finalised for fact in inspect.facts(done).inputs)
    with pytest.raises(Refused):
        inspect.spent_output(psbt.bare(combined), 0)
