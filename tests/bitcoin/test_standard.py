"""What nodes do not relay is refused here by name, each beside what they do relay."""

import pytest

from countersign.bitcoin import script, standard
from countersign.bitcoin.build import build, create
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.selection import Payer
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.errors import Refused
from support.bitcoin_vault import funded, payment, software_vault

HELD = software_vault("standard")
KINDS = {
    "P2PKH": (b"\x76\xa9\x14" + bytes(20) + b"\x88\xac", 546),
    "P2SH": (b"\xa9\x14" + bytes(20) + b"\x87", 546),
    "P2WPKH": (b"\x00\x14" + bytes(20), 294),
    "P2WSH": (b"\x00\x20" + bytes(32), 330),
    "P2TR": (b"\x51\x20" + bytes(32), 330),
}
ODD = {
    "data": b"\x6a\x01\x00",
    "a later segwit version": b"\x52\x20" + bytes(32),
    "segwit 0 of 21 bytes": b"\x00\x15" + bytes(21),
    "a bare key": b"\x21\x02" + bytes(32) + b"\xac",
    "anybody's": b"\x51",
    "nothing": b"",
}


def paying(*outputs: Output, coins: int = 1, satoshis: int = 3_000_000) -> Payer:
    held = HELD.vault
    return Payer(held.checksum, funded(held, [satoshis] * coins), outputs, held.slots[3])


@pytest.mark.parametrize("kind", KINDS)
def test_dust_is_refused_and_a_satoshi_more_is_built(kind: str) -> None:
    code, least = KINDS[kind]
    with pytest.raises(Refused) as refused:
        build([paying(Output(code, Satoshis(least - 1)))], 1)
    assert (refused.value.code, dict(refused.value.values)["least"]) == ("bitcoin.dust", least)
    assert build([paying(Output(code, Satoshis(least)))], 1).fee


@pytest.mark.parametrize("kind", ODD)
def test_a_script_that_nodes_do_not_relay_is_refused(kind: str) -> None:
    assert not standard.is_relayed(ODD[kind])
    with pytest.raises(Refused, match=r"bitcoin\.odd-script"):
        build([paying(Output(ODD[kind], Satoshis(10_000)))], 1)


def test_weight_ends_at_four_hundred_thousand_units() -> None:
    whole = 956 * 3_000_000  # 956 inputs of 418 units and two outputs; 957 are too heavy
    built = build([paying(payment(whole - 1_000_000), coins=956)], 1)
    assert 399_900 < facts(built.psbt).weight <= 400_000
    with pytest.raises(Refused, match=r"bitcoin\.too-heavy"):
        build([paying(payment(whole + 1_000_000), coins=957)], 1)


def test_outputs_end_at_two_thousand() -> None:
    coin = paying(payment(1)).coins
    outputs = [(payment(1_000), None)] * 2_000
    standard.require(facts(create(coin, outputs)))
    with pytest.raises(Refused, match=r"bitcoin\.too-many-outputs"):
        standard.require(facts(create(coin, [*outputs, (payment(1_000), None)])))


def test_a_fee_below_the_least_that_nodes_relay_is_refused() -> None:
    (coin,) = paying(payment(1)).coins
    size = facts(create([coin], [(payment(1_000), None)])).vsize
    standard.require(facts(create([coin], [(payment(3_000_000 - size), None)])))
    for off in (1, size + 1):
        with pytest.raises(Refused, match=r"bitcoin\.fee-below-relay"):
            standard.require(facts(create([coin], [(payment(3_000_000 - size + off), None)])))


def test_dust_limits_are_the_checks_own() -> None:
    assert {code: script.dust_limit(code) for code, _ in KINDS.values()} == dict(KINDS.values())
