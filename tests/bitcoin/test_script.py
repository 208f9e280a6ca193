"""Multisig scripts against BIP-67's vectors (the BIP's and Bitcoin Core's), and what is not one."""

import pytest

from countersign.bitcoin import script
from countersign.errors import Malformed, Refused
from countersign.formats import base58
from support.vectors import load_vectors

# BIP-67, first vector.
KEYS = [
    bytes.fromhex("02ff12471208c14bd580709cb2358d98975247d8765f92bc25eab3b2763ed605f8"),
    bytes.fromhex("02fe6f0a5a297eb38c391581c4413e084773ea23954d93f7753db7dc0adc188b2f"),
]
BIP_67 = bytes.fromhex(
    "522102fe6f0a5a297eb38c391581c4413e084773ea23954d93f7753db7dc0adc188b2f"
    "2102ff12471208c14bd580709cb2358d98975247d8765f92bc25eab3b2763ed605f852ae"
)


def test_the_first_vector_of_bip_67_without_the_vector_files() -> None:
    assert script.multisig(2, script.sorted_keys(KEYS)) == BIP_67
    assert script.p2sh(BIP_67)[2:22] == base58.decode("39bgKC7RFbpoCRbtD5KEdkYKtNyhpsNa3Z")[1:]


def test_every_vector_of_bip_67_gives_its_script_and_p2sh_address() -> None:
    cases = [(case["keys"], case["sorted"], case) for case in load_vectors("psbt/bip67.json")["vectors"]]
    cases += [(case["keys"], case["sorted_keys"], case) for case in load_vectors("psbt/core_rpc_bip67.json")]
    assert len(cases) == 8
    for keys, ordered, case in cases:
        ours = script.sorted_keys(map(bytes.fromhex, keys))
        assert [key.hex() for key in ours] == ordered
        code = script.multisig(2, ours)
        assert code.hex() == case["script"]
        assert script.parse_multisig(code) == script.Multisig(2, ours)
        assert script.p2sh(code)[2:22] == base58.decode(case["address"])[1:]


def test_an_uncompressed_key_has_no_place_in_bip_67() -> None:
    with pytest.raises(Malformed, match=r"bitcoin\.key-uncompressed"):
        script.sorted_keys([*KEYS, b"\x04" + b"\x11" * 64])


@pytest.mark.parametrize(("threshold", "count"), [(0, 2), (3, 2), (1, 17)])
def test_a_threshold_outside_its_keys_is_malformed(threshold: int, count: int) -> None:
    with pytest.raises(Malformed, match=r"bitcoin\.threshold"):
        script.multisig(threshold, [KEYS[0]] * count)


@pytest.mark.parametrize(
    "code",
    [
        b"",
        b"\x51",
        b"\x51\xae",
        BIP_67[:-1],
        BIP_67 + b"\x51",
        BIP_67[:-1] + b"\xaf",
        b"\x53" + BIP_67[1:],
        b"\x00" + BIP_67[1:],
        BIP_67[:-2] + b"\x53\xae",
        BIP_67.replace(b"\x21\x02\xff", b"\x21\x05\xff"),
        BIP_67.replace(b"\x21\x02\xff", b"\x20\x02\xff"),
        b"\x00" * 200,
    ],
)
def test_anything_but_plain_multisig_is_refused(code: bytes) -> None:
    assert script.parse_multisig(BIP_67).threshold == 2
    with pytest.raises(Refused, match=r"bitcoin\.not-multisig"):
        script.parse_multisig(code)


def test_programmes_and_dust_limits() -> None:
    wsh, wpkh, taproot = b"\x00\x20" + b"\x01" * 32, b"\x00\x14" + b"\x01" * 20, b"\x51\x20" + b"\x01" * 32
    assert [script.dust_limit(code) for code in (wpkh, wsh, taproot, script.p2sh(b"\x51"))] == [294, 330, 330, 546]
    assert script.witness_program(taproot) == (1, b"\x01" * 32)
    assert script.witness_program(script.p2sh(b"\x51")) is None
    assert script.witness_program(b"\x6a\x02\x01\x01") is None
    assert script.is_p2wsh(script.p2wsh(BIP_67))
    assert not script.is_p2wsh(wpkh)


def test_hash160_agrees_with_python_bitcoinlib_s_own() -> None:
    from bitcoin.core.serialize import Hash160

    assert script.hash160(KEYS[0]) == Hash160(KEYS[0])
