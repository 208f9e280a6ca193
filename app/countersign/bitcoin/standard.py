"""What nodes relay (Bitcoin Core's policy.h with its defaults), demanded of what this program makes before anybody signs it.

- version 2, at most 400,000 weight units once signed;
- at most `MAX_OUTPUTS` outputs, each to a script that nodes relay, none below the dust limit of its kind;
- at least `MIN_RELAY` satoshi a vbyte; a replacement pays `INCREMENTAL_RELAY` a vbyte of its own beside (BIP-125, rule 4).

    >>> least_replacement_fee(200, 100)
    300
"""

from countersign.bitcoin import script
from countersign.bitcoin.inspect import PsbtFacts
from countersign.bitcoin.psbt.form import MAX_OUTPUTS, MAX_WEIGHT
from countersign.errors import Malformed, Refused
from countersign.keys.public_key import Curve, PublicKey

MIN_RELAY = INCREMENTAL_RELAY = 1
"""Satoshis a vbyte. Newer nodes ask for less by default; what satisfies these satisfies them too."""
_PROGRAMS = ((20, 32), (32,))


def is_relayed(script_pubkey: bytes) -> bool:
    """P2WPKH, P2WSH, P2TR, P2SH or P2PKH. Later segwit versions are relayed too: anybody could spend them."""
    program = script.witness_program(script_pubkey)
    if program is not None:
        return program[0] <= 1 and len(program[1]) in _PROGRAMS[program[0]]
    legacy = len(script_pubkey) == 25 and script_pubkey[:3] == b"\x76\xa9\x14" and script_pubkey[23:] == b"\x88\xac"
    return legacy or script.is_p2sh(script_pubkey)


def is_guarded(script_pubkey: bytes) -> bool:
    """Whether it takes a key to spend it: none guards a later segwit version, a pay-to-anchor, or a P2TR whose key is no point."""
    if not is_relayed(script_pubkey):
        return False
    program = script.witness_program(script_pubkey)
    if program is None or program[0] == 0:
        return True
    try:
        PublicKey.from_sec1(Curve.SECP256K1, b"\x02" + program[1])  # BIP-341: x alone, the even point
    except Malformed:
        return False
    return True


def require_guarded(script_pubkey: bytes) -> None:
    """Refused: bitcoin.unguarded."""
    if not is_guarded(script_pubkey):
        raise Refused("bitcoin.unguarded", script=script_pubkey.hex())


def require(found: PsbtFacts) -> None:
    """Refused: bitcoin.version, bitcoin.too-many-outputs, bitcoin.too-heavy, bitcoin.odd-script, bitcoin.dust,
    bitcoin.fee-below-relay."""
    if found.version != 2:
        raise Refused("bitcoin.version", found=found.version)
    if len(found.outputs) > MAX_OUTPUTS:
        raise Refused("bitcoin.too-many-outputs", found=len(found.outputs), limit=MAX_OUTPUTS)
    if found.weight > MAX_WEIGHT:
        raise Refused("bitcoin.too-heavy", found=found.weight, limit=MAX_WEIGHT)
    for fact in found.outputs:
        code, satoshis = fact.output.script_pubkey, int(fact.output.satoshis)
        if not is_relayed(code):
            raise Refused("bitcoin.odd-script", script=code.hex())
        if satoshis < script.dust_limit(code):
            raise Refused("bitcoin.dust", satoshis=satoshis, least=script.dust_limit(code), script=code.hex())
    if found.fee is None or found.fee < MIN_RELAY * found.vsize:
        raise Refused("bitcoin.fee-below-relay", fee=found.fee or 0, least=MIN_RELAY * found.vsize)


def least_replacement_fee(paid: int, vsize: int) -> int:
    """The least fee in satoshis at which nodes let a transaction of `vsize` vbytes take the place of what pays `paid`."""
    return paid + INCREMENTAL_RELAY * vsize
