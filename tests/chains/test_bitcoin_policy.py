"""What nodes relay: output scripts, dust to the satoshi, and fees."""

import pytest

from countersign.chains.bitcoin_policy import standard, standard_output, too_high, too_low
from countersign.chains.bitcoin_spend import Spend, read
from countersign.chains.embedded import UNSUPPORTED

P2WPKH, P2WSH, TAPROOT = b"\x00\x14" + bytes(20), b"\x00\x20" + bytes(32), b"\x51\x20" + bytes(32)
P2SH, P2PKH = b"\xa9\x14" + bytes(20) + b"\x87", b"\x76\xa9\x14" + bytes(20) + b"\x88\xac"


def spend(script: bytes, satoshis: int) -> Spend:
    body = b"\x01" + bytes(36) + b"\x00" + b"\xff" * 4 + b"\x01" + satoshis.to_bytes(8, "little")
    return read(b"\x02\0\0\0" + body + bytes((len(script),)) + script + bytes(4))


@pytest.mark.parametrize("script, limit", [(P2WPKH, 294), (P2WSH, 330), (TAPROOT, 330), (P2SH, 540), (P2PKH, 546)])
def test_dust_by_script(script: bytes, limit: int) -> None:
    assert standard_output(script) is None
    assert standard(spend(script, limit - 1)) == "dust"
    assert standard(spend(script, limit)) is None


@pytest.mark.parametrize("script", [b"", b"\x51", P2WPKH[:-1], b"\x00\x16" + bytes(22), P2SH[:-1], bytes(25)])
def test_what_no_node_relays(script: bytes) -> None:
    assert standard_output(script) == "scriptpubkey"


@pytest.mark.parametrize(
    "script", [b"\x6a", b"\x51\x02\x4e\x73", b"\x60\x28" + bytes(40), b"\x21" + bytes(33) + b"\xac"]
)
def test_what_only_a_node_relays(script: bytes) -> None:
    assert str(standard_output(script)).startswith(UNSUPPORTED)


def test_a_transaction_below_65_bytes_is_too_small() -> None:
    assert len(spend(b"", 0).layout.data) == 60
    assert standard(spend(P2WPKH, 1000)) is None


def test_fees_by_the_thousand_vbytes_rounded_up() -> None:
    size = spend(P2WPKH, 1000).virtual_size
    assert [too_low(spend(P2WPKH, 1000), fee) for fee in (size - 1, size)] == ["min relay fee not met", None]
    most = 10_000 * size
    assert [too_high(spend(P2WPKH, 1000), fee) for fee in (most, most + 1)] == [None, "max-fee-exceeded"]
