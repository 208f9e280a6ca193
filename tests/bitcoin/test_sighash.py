"""BIP-143's published examples: every preimage and digest, all sighash types."""

import coincurve
import pytest

from countersign.bitcoin import sighash, transaction
from countersign.bitcoin.sighash import Bip143
from countersign.errors import Malformed
from support.vectors import load_vectors

# BIP-143, "Native P2WPKH": unsigned transaction and the digest of its second input.
NATIVE = bytes.fromhex(
    "0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffffef51e1b804cc89d182d2"
    "79655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c9"
    "5a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac11000000"
)
NATIVE_CODE = bytes.fromhex("76a9141d0f172a0ecb48aee1be1f2687d2963ae33f71a188ac")


def script_code(preimage: bytes) -> tuple[int, bytes, int, int]:
    """(place of the outpoint, script code, amount, hash type) as the published preimage has them."""
    at = 4 + 32 + 32 + 36
    length, start = transaction_length(preimage, at)
    code = preimage[start : start + length]
    amount = int.from_bytes(preimage[start + length : start + length + 8], "little")
    return 4 + 64, code, amount, int.from_bytes(preimage[-4:], "little")


def transaction_length(data: bytes, at: int) -> tuple[int, int]:
    first = data[at]
    return (first, at + 1) if first < 253 else (int.from_bytes(data[at + 1 : at + 3], "little"), at + 3)


def test_every_published_preimage_and_digest_is_reproduced() -> None:
    kinds = set()
    for example in load_vectors("bitcoin/bip143_sighash.json")["examples"]:
        data = bytes.fromhex(example["unsigned_tx"])
        midstates = Bip143.of(data)
        tx = transaction.parse(data)
        for case in example["sighashes"]:
            preimage = bytes.fromhex(case["preimage"])
            at, code, amount, kind = script_code(preimage)
            places = [
                n for n in range(len(tx.vin)) if transaction.outpoint(tx, n).serialise() == preimage[at : at + 36]
            ]
            assert midstates.preimage(places[0], code, amount, kind) == preimage, example["title"]
            assert midstates.digest(places[0], code, amount, kind).hex() == case["sighash"]
            kinds.add(kind)
    assert kinds == {0x01, 0x02, 0x03, 0x81, 0x82, 0x83}


def test_published_signatures_verify_over_our_digests() -> None:
    checked = 0
    for example in load_vectors("bitcoin/bip143_sighash.json")["examples"]:
        for case in example["sighashes"]:
            public = next((v for n, v in example["fields"] if len(v) == 66 and v[:2] in ("02", "03")), None)
            signature = case.get("signature")
            if not signature or not public or len(example["sighashes"]) != 1:
                continue
            der, digest = bytes.fromhex(signature)[:-1], bytes.fromhex(case["sighash"])
            keys = [v for _, v in example["fields"] if len(v) == 66 and v[:2] in ("02", "03")]
            checked += any(coincurve.verify_signature(der, digest, bytes.fromhex(key), hasher=None) for key in keys)
    assert checked >= 1


def test_the_native_example_without_the_vector_files() -> None:
    digest = Bip143.of(NATIVE).digest(1, NATIVE_CODE, 600_000_000)
    assert digest.hex() == "c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670"
    own = Bip143.of(NATIVE).preimage(1, NATIVE_CODE, 600_000_000)
    assert own[4:36].hex() == "96b827c8483d4e9b96712b6713a7b68d6e8003a781feba36c31143470b4efd37"
    assert own[36:68].hex() == "52b0a642eea2fb7ae638c36f6252b6750293dbe574a806984b8e4d8548339a3b"
    assert own[-40:-8].hex() == "863ef3e1a92afbfdb97f31ad0fc7683ee943e9abcf2501590ff8f6551f47e5e5"


def test_a_signed_transaction_digests_as_its_unsigned_one() -> None:
    for example in load_vectors("bitcoin/bip143_sighash.json")["examples"]:
        plain = Bip143.of(bytes.fromhex(example["unsigned_tx"]))
        signed = Bip143.of(bytes.fromhex(example["signed_tx"]), witness=True)
        assert plain.digest(0, b"\x51", 5) == signed.digest(0, b"\x51", 5)


def test_each_field_changes_the_digest() -> None:
    midstates = Bip143.of(NATIVE)
    digests = {
        midstates.digest(1, NATIVE_CODE, 600_000_000),
        midstates.digest(0, NATIVE_CODE, 600_000_000),
        midstates.digest(1, NATIVE_CODE + b"\x51", 600_000_000),
        midstates.digest(1, NATIVE_CODE, 600_000_001),
        *(midstates.digest(1, NATIVE_CODE, 600_000_000, kind) for kind in (2, 3, 0x81, 0x82, 0x83)),
    }
    assert len(digests) == 9


def test_the_original_digest_of_an_input_that_is_not_there_is_malformed() -> None:
    with pytest.raises(Malformed, match=r"bitcoin\.input-number"):
        sighash.legacy(NATIVE, 2, b"")


def test_the_original_digest_agrees_with_python_bitcoinlib_for_every_type() -> None:
    from bitcoin.core.script import CScript, RawSignatureHash

    tx = transaction.parse(NATIVE)
    for index in range(2):
        for kind in (1, 2, 3, 0x81, 0x82, 0x83):
            expected, problem = RawSignatureHash(CScript(NATIVE_CODE), tx, index, kind)
            assert problem is None
            assert sighash.legacy(NATIVE, index, NATIVE_CODE, kind) == expected
