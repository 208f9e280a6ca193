"""Hostile PSBTs, each beside the honest one."""

from functools import partial

from countersign.bitcoin.psbt import fields
from countersign.keys import ecdsa
from countersign.keys.curve import Curve
from hostile.bitcoin_changes import (
    ATTACKERS_SCRIPT,
    GENEROUS,
    HERE_AND_THERE,
    SMALL,
    THERE_APART,
    altered,
    attackers_change,
    attackers_descriptor,
    change_of_withdrawn_keys,
    claims_one_more,
    coin_type,
    consented,
    descriptor_case,
    duplicate_key,
    endless_length,
    extra,
    finished,
    high_s,
    honest,
    large_online,
    lock_time,
    moved_between_vaults,
    negative_fee,
    other_slots_script,
    paying_fee,
    quorum_there,
    raw,
    recipient,
    reversed_outputs,
    same_fingerprint,
    second_change,
    share_case,
    share_of_another,
    sighash,
    signed_by_stranger,
    signed_elsewhere,
    signed_same_before,
    slot_with_path,
    spent_in_log,
    strangers_signature,
    testnet_contract,
    to_attacker,
    too_large_for_qr,
    unfindable_path,
    version_2,
)
from hostile.table import Hostile, each, overlaps
from support import alter, review_cases
from support import settlement_world as world
from support.software_keys import SoftwareKey

CASES: list[Hostile] = [
    Hostile(
        "B1",
        "testnet address with the same hash",
        "B1.hrp",
        testnet_contract,
        honest,
        overlaps("C2", "C1", "C3", "C4", "C6", "L3", "L8", "B8", "B9"),
    ),
    Hostile(
        "B1", "another coin type in a key path", "B1.coin-type", partial(altered, coin_type(0)), honest, overlaps("B6")
    ),
    Hostile(
        "B1",
        "its keys in a vault on another network, too",
        "rails.script-other-network",
        partial(descriptor_case, HERE_AND_THERE),
        partial(descriptor_case, THERE_APART),
    ),
    Hostile(
        "B2",
        "duplicate key in an input map",
        "B2.duplicate-key",
        partial(altered, raw(duplicate_key)),
        honest,
        parser=True,
    ),
    Hostile("B2", "length of ff…ff", "B2.truncated", partial(altered, raw(endless_length)), honest, parser=True),
    Hostile(
        "B2", "trailing byte", "B2.trailing", partial(altered, raw(lambda data: data + b"\x00")), honest, parser=True
    ),
    Hostile("B2", "cut off", "B2.truncated", partial(altered, raw(lambda data: data[:-1])), honest, parser=True),
    Hostile(
        "B2",
        "version 2 whose outputs may still change",
        "B2.modifiable",
        partial(altered, version_2(2)),
        partial(altered, version_2(0)),
        parser=True,
    ),
    Hostile("B2", "too large for QR", "B2.too-large-for-channel", too_large_for_qr, large_online, parser=True),
    *each(
        "B3",
        "B3.no-parent",
        honest,
        [
            (
                "previous transaction missing on one input",
                partial(altered, lambda psbt: alter.one_input(psbt, 1, fields.NON_WITNESS_UTXO, None)),
            ),
        ],
        "B8",
        "B9",
    ),
    *each(
        "B3",
        "B3.witness-utxo-differs",
        honest,
        [
            ("witness amount one satoshi off", partial(altered, claims_one_more)),
        ],
        "B8",
        "B9",
    ),
    *each(
        "B3",
        "B3.other-parent",
        honest,
        [
            (
                "parent of another coin",
                partial(
                    altered,
                    lambda psbt: alter.one_input(
                        psbt, 1, fields.NON_WITNESS_UTXO, psbt.inputs[0][fields.NON_WITNESS_UTXO]
                    ),
                ),
            ),
        ],
        "B8",
        "B9",
    ),
    Hostile("B4", "another slot's script", "B4.other-script", partial(altered, other_slots_script), honest),
    Hostile(
        "B4",
        "a P2SH script beside it",
        "B4.redeem-script",
        partial(altered, lambda psbt: alter.one_input(psbt, 0, fields.REDEEM_SCRIPT, b"\x51")),
        honest,
    ),
    *each(
        "B5",
        "B5.not-all",
        honest,
        [
            (f"sighash {kind:02x}", partial(altered, sighash(kind)))
            for kind in (0x00, 0x02, 0x03, 0x81, 0x82, 0x83, 0x101)
        ],
    ),
    Hostile(
        "B5",
        "existing signature says 81",
        "B5.not-all",
        partial(share_case, lambda s: s[:-1] + b"\x81"),
        share_case,
        overlaps("B11"),
    ),
    Hostile(
        "B6", "cosigner replaced under the same fingerprint", "B6.key-path", partial(altered, same_fingerprint), honest
    ),
    Hostile(
        "B6",
        "descriptor with a valid checksum and another key",
        "B6.other-keys",
        partial(descriptor_case, attackers_descriptor),
        honest,
    ),
    Hostile("B6", "slot key under a path", "B6.slot-origin", partial(descriptor_case, slot_with_path), honest),
    Hostile(
        "B6",
        "extended key enrolled by the PSBT",
        "B6.extended-key",
        partial(altered, lambda psbt: alter.header(psbt, b"\x01" + bytes(78), bytes(4))),
        honest,
    ),
    Hostile("B6", "who signs has no key there", "B6.no-own-key", signed_by_stranger, honest),
    Hostile("B7", "change at an unfindable path", "B7.fraud", partial(altered, unfindable_path), honest),
    Hostile(
        "B7", "right path, attacker's key", "B7.fraud", partial(altered, attackers_change), honest, overlaps("B8", "C7")
    ),
    Hostile(
        "B7",
        "change to a slot whose keys were withdrawn, all but one",
        "B7.keys-withdrawn",
        partial(change_of_withdrawn_keys, "officer-c", "officer-d"),
        partial(change_of_withdrawn_keys, "officer-c"),
    ),
    Hostile(
        "B8",
        "recipient one satoshi more",
        "B8.unpaid",
        partial(altered, recipient(1)),
        partial(altered, reversed_outputs),
    ),
    Hostile("B8", "recipient one satoshi less", "B8.unpaid", partial(altered, recipient(-1)), honest),
    Hostile("B8", "another recipient", "B8.extra", partial(altered, to_attacker), honest, overlaps("C7")),
    Hostile(
        "B8", "an output more", "B8.extra", partial(altered, extra(ATTACKERS_SCRIPT, 1_000)), honest, overlaps("C7")
    ),
    Hostile("B8", "OP_RETURN", "B8.op-return", partial(altered, extra(b"\x6a\x01a", 0)), honest, overlaps("C7")),
    Hostile(
        "B8", "dust of 329 satoshis", "B8.dust", partial(altered, extra(ATTACKERS_SCRIPT, 329)), honest, overlaps("C7")
    ),
    Hostile("B8", "two changes", "B8.two-changes", partial(altered, second_change), honest),
    Hostile(
        "B8",
        "one satoshi moved between two vaults' changes",
        "B8.vault-equation",
        partial(review_cases.two_vaults, moved_between_vaults(1)),
        review_cases.two_vaults,
    ),
    Hostile(
        "B9",
        "fee exactly 10.0 %",
        "B9.never",
        partial(altered, paying_fee(2_500_000_000), GENEROUS),
        partial(altered, paying_fee(1_000), GENEROUS),
    ),
    Hostile(
        "B9",
        "fee exactly 5.0 %, and one officer",
        "B9.dual",
        partial(altered, paying_fee(20_000_000), SMALL),
        partial(consented, paying_fee(20_000_000), SMALL),
    ),
    Hostile(
        "B9",
        "fee exactly 5.0 % of a small sale",
        "B9.dual",
        partial(altered, paying_fee(20_000_000), SMALL),
        partial(altered, paying_fee(19_999_999), SMALL),
    ),
    Hostile(
        "B9",
        "fee exactly 10.0 %, and both officers consent",
        "B9.never",
        partial(consented, paying_fee(40_000_000), SMALL),
        partial(consented, paying_fee(20_000_000), SMALL),
    ),
    Hostile(
        "B9",
        "one satoshi over the cap, and both officers consent",
        "B9.over-cap",
        partial(consented, paying_fee(world.FEE_CAP + 1)),
        partial(consented, paying_fee(world.FEE_CAP)),
    ),
    Hostile(
        "B9",
        "one satoshi over the cap",
        "B9.over-cap",
        partial(altered, paying_fee(world.FEE_CAP + 1)),
        partial(altered, paying_fee(world.FEE_CAP)),
    ),
    Hostile("B9", "less than a satoshi a vbyte", "B9.rate", partial(altered, paying_fee(100)), honest),
    Hostile("B9", "more goes out than in", "B9.negative", partial(altered, negative_fee), honest, overlaps("B8")),
    Hostile("B10", "a lock time", "B10.lock-time", partial(altered, lock_time(500, 0xFFFFFFFE)), honest),
    Hostile(
        "B10", "a lock time without effect", "B10.lock-time-inert", partial(altered, lock_time(500, 0xFFFFFFFF)), honest
    ),
    Hostile("B10", "a relative lock", "B10.relative-lock", partial(altered, lock_time(0, 144)), honest),
    Hostile("B11", "existing signature with high S", "B11.high-s", partial(share_case, high_s), share_case),
    Hostile(
        "B11",
        "existing signature over another digest",
        "B11.wrong",
        partial(
            share_case,
            lambda s: ecdsa.to_der(SoftwareKey.generate(Curve.SECP256K1, "x").sign_digest(bytes(32))) + b"\x01",
        ),
        share_case,
    ),
    Hostile("B11", "signature of a stranger", "B11.stranger", strangers_signature, share_case),
    Hostile("B11", "quorum there already", "B11.complete", quorum_there, share_case),
    Hostile("B11", "finished input offered", "B11.finalised", partial(altered, finished), honest, overlaps("B13")),
    Hostile("B12", "this machine signed the coin elsewhere", "B12.signed-before", signed_elsewhere, signed_same_before),
    Hostile("B12", "another instruction spends the coin", "B12.spent-in-log", spent_in_log, honest),
    Hostile("B13", "another transaction's share", "B13.other-transaction", share_of_another, share_case),
]
