"""Places at which what is withdrawn is lost, though its owner signed for it and administrators registered them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial

from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.transaction import Output
from countersign.formats import bech32, eip55
from countersign.formats.keccak import keccak256
from countersign.rails.bitcoin import script_of
from countersign.review.case import Case
from countersign.settlement.contract import Finality, Leg, Notional
from countersign.settlement.netting import Group, Obligation
from hostile.table import Hostile, overlaps
from support import alter
from support import settlement_world as world
from support.alter import Paid
from support.review_cases import ETHER as ETHER_ID
from support.review_cases import Plan, built_psbt, ether_plan, story
from support.settlement_world import Desk

CREATE_CALL = "0x9b35Af71d77eaf8d7e40252370304687390A1A52"
PRECOMPILED = eip55.checksum(bytes(18) + b"\x01\x00")
"""P-256 verification (RIP-7212): beyond the nine that E4 names."""


@cache
def _plan(address: str, *, ether: bool, singleton: str | None = None) -> Plan:
    """Harbour withdraws its dollars, or ether, to `address`, registered as its place outside this custody.

    `singleton`: where the code that the Safes run was deployed, if elsewhere than usual.
    """
    asset, units, usd = (ETHER_ID, 500 * 10**18, "4000") if ether else (world.USDC, 2_000_000_000_000, "1")
    account, owner = f"{world.ETHEREUM}:{address}", world.OWNERS["harbour"]

    def founding(body: dict[str, object]) -> None:
        ether_plan().founding(body)
        destinations = body["destinations"]
        assert isinstance(destinations, list)
        place = {"account": account, "owner": {"lei": owner.lei, "book": "main"}, "vault": None}
        destinations.append(place)
        for vault in body["vaults"]:  # type: ignore[attr-defined]
            if "singleton" in vault and singleton is not None:
                vault["singleton"] = singleton

    terms = world.withdrawal(
        1,
        parties=(owner,),
        legs=(Leg(0, 0, asset, units, account),),
        notional=Notional(2_000_000, usd, "Northgate reference"),
        fees=(),
        finality=Finality(((asset, 2),), mutual=False),
    )
    return Plan((terms,), founding, (("harbour", ETHER_ID, 500 * 10**18),), ((ETHER_ID, "4000"),))


def paid_to(address: str, *, ether: bool = False, singleton: str | None = None) -> Case:
    """The honest bytes of that withdrawal."""
    return story(plan=_plan(address, ether=ether, singleton=singleton)).safe_case()


def sent_to(version: int, program: bytes) -> Case:
    """Meridian withdraws 5 BTC to its place outside this custody, at this witness programme: the honest bytes."""

    def built(desk: Desk, group: Group, owed: Sequence[Obligation]) -> Psbt:
        """Made for a usual place, since the honest builder makes none for this one, then turned to it."""
        usual = [replace(each, destination=world.outside("meridian", world.BTC)) for each in owed]
        (script,) = map(script_of, owed)

        def turn(found: Paid) -> None:
            at = next(at for at, (each, _) in enumerate(found) if each.script_pubkey == script_of(usual[0]))
            found[at] = (Output(script, found[at][0].satoshis), {})

        return alter.paid(built_psbt(desk, group, usual), turn)

    return story(plan=_sent(version, program), built=built).psbt_case()


@cache
def _sent(version: int, program: bytes) -> Plan:
    account = f"{world.BITCOIN}:{bech32.encode_segwit('bcrt', version, program)}"

    def founding(body: dict[str, object]) -> None:
        place = {"account": account, "owner": {"lei": world.MERIDIAN, "book": "main"}, "vault": None}
        body["destinations"].append(place)  # type: ignore[attr-defined]

    return Plan((world.withdrawal(1, legs=(Leg(0, 0, world.BTC, 500_000_000, account),)),), founding)


POINT = bytes.fromhex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
"""The abscissa of secp256k1's generator: a P2TR key like any other."""
NO_POINT = bytes(31) + b"\x05"
"""No point of the curve has this abscissa (BIP-340's vector 5 has another)."""
ANCHOR = b"\x4e\x73"
GUARDED = partial(sent_to, 1, POINT)

HOME = eip55.checksum(keccak256(b"a place of Harbour's elsewhere")[12:])
ELSEWHERE = eip55.checksum(keccak256(b"a singleton at a place of its own")[12:])
TOKENS, ETHER = partial(paid_to, HOME), partial(paid_to, HOME, ether=True)
CASES: list[Hostile] = [
    Hostile("B8", "to a pay-to-anchor, which anybody spends", "B8.unguarded", partial(sent_to, 1, ANCHOR), GUARDED),
    Hostile("B8", "to a later segwit version, which anybody spends", "B8.unguarded", partial(sent_to, 2, POINT), GUARDED),
    Hostile("B8", "to a P2TR key that is no point", "B8.unguarded", partial(sent_to, 1, NO_POINT), GUARDED),
    Hostile("E5", "to a precompiled contract", "E5.to-nobody", partial(paid_to, PRECOMPILED), TOKENS),
    Hostile("E5", "to the token itself", "E5.to-nobody", partial(paid_to, world.USDC_ADDRESS), TOKENS),
    Hostile("E5", "to a contract of Safe's", "E5.to-nobody", partial(paid_to, CREATE_CALL),
            TOKENS),
    Hostile("E5", "to the code that Safes run, deployed elsewhere", "E5.to-nobody",
            partial(paid_to, ELSEWHERE, singleton=ELSEWHERE), partial(paid_to, HOME, singleton=ELSEWHERE)),
    Hostile("E6", "to a precompiled contract", "E6.to-nobody", partial(paid_to, PRECOMPILED, ether=True), ETHER,
            overlaps("C7", "E4")),
    Hostile("E6", "to a token's contract", "E6.to-nobody", partial(paid_to, world.USDC_ADDRESS, ether=True), ETHER),
]  # fmt: skip
