"""Places at which what is withdrawn is lost, though its owner signed for it and administrators registered them."""

from functools import cache, partial

from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.review.case import Case
from countersign.settlement.contract import Finality, Leg, Notional
from hostile.table import Hostile, overlaps
from support import settlement_world as world
from support.review_cases import ETHER as ETHER_ID
from support.review_cases import Plan, ether_plan, story

CREATE_CALL = "0x9b35Af71d77eaf8d7e40252370304687390A1A52"
PRECOMPILED = eip55.checksum(bytes(18) + b"\x01\x00")
"""P-256 verification (RIP-7212): beyond the nine that E4 names."""


@cache
def _plan(address: str, *, ether: bool) -> Plan:
    """Harbour withdraws its dollars, or ether, to `address`, registered as its place outside this custody."""
    asset, units, usd = (ETHER_ID, 500 * 10**18, "4000") if ether else (world.USDC, 2_000_000_000_000, "1")
    account, owner = f"{world.ETHEREUM}:{address}", world.OWNERS["harbour"]

    def founding(body: dict[str, object]) -> None:
        ether_plan().founding(body)
        destinations = body["destinations"]
        assert isinstance(destinations, list)
        place = {"account": account, "owner": {"lei": owner.lei, "book": "main"}, "vault": None}
        destinations.append(place)

    terms = world.withdrawal(
        1,
        parties=(owner,),
        legs=(Leg(0, 0, asset, units, account),),
        notional=Notional(2_000_000, usd, "Northgate reference"),
        fees=(),
        finality=Finality(((asset, 2),), mutual=False),
    )
    return Plan((terms,), founding, (("harbour", ETHER_ID, 500 * 10**18),), ((ETHER_ID, "4000"),))


def paid_to(address: str, *, ether: bool = False) -> Case:
    """The honest bytes of that withdrawal."""
    return story(plan=_plan(address, ether=ether)).safe_case()


HOME = eip55.checksum(keccak256(b"a place of Harbour's elsewhere")[12:])
TOKENS, ETHER = partial(paid_to, HOME), partial(paid_to, HOME, ether=True)
CASES: list[Hostile] = [
    Hostile("E5", "to a precompiled contract", "E5.to-nobody", partial(paid_to, PRECOMPILED), TOKENS),
    Hostile("E5", "to the token itself", "E5.to-nobody", partial(paid_to, world.USDC_ADDRESS), TOKENS),
    Hostile("E5", "to a contract of Safe's", "E5.to-nobody", partial(paid_to, CREATE_CALL),
            TOKENS),
    Hostile("E6", "to a precompiled contract", "E6.to-nobody", partial(paid_to, PRECOMPILED, ether=True), ETHER,
            overlaps("C7", "E4")),
    Hostile("E6", "to a token's contract", "E6.to-nobody", partial(paid_to, world.USDC_ADDRESS, ether=True), ETHER),
]  # fmt: skip
