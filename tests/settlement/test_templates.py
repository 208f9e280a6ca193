"""The shapes of contracts: what each template takes, the near miss that it does not, and a basket over the whole desk."""

import pytest

from countersign.errors import Malformed, Refused
from countersign.settlement import builder, templates
from countersign.settlement.contract import Finality, Leg, Notional
from countersign.settlement.records import ContractState
from countersign.settlement.roster import Party
from countersign.settlement.templates import AWARD, BASKET, BLOCK, SPOT, WITHDRAWAL, Movement
from support import settlement_world as world
from support.many_books import token
from support.refusals import refused
from support.settlement_world import BTC, USDC, Desk

ONE, OTHER = world.OWNERS["meridian"], world.OWNERS["harbour"]
SECOND = Party(OTHER.lei, "second")
THIRD = Party(world.lei("98THIRDPARTY"), "main")
TOKEN = token(1)


def code(template: str, parties: tuple[Party, ...], *legs: tuple[int, int, str]) -> str | None:
    """The code with which parties and legs (payer, receiver, asset) are refused, or None."""
    try:
        templates.check(template, "MH-1", parties, [Movement(*leg) for leg in legs])
    except Malformed as error:
        return error.code
    return None


TWO = (ONE, OTHER)
SPLIT = ((0, 1, BTC), (1, 0, USDC), (0, 2, BTC), (2, 0, USDC))
MANY = ((0, 1, BTC), (0, 1, TOKEN), (1, 0, USDC))


@pytest.mark.parametrize(
    ("template", "parties", "legs", "expected"),
    [
        (SPOT, TWO, ((0, 1, BTC), (1, 0, USDC)), None),
        (SPOT, TWO, MANY, "settlement.terms-count"),
        (SPOT, TWO, ((0, 1, BTC), (1, 0, BTC)), "settlement.terms-one-asset"),
        (SPOT, TWO, ((0, 1, BTC), (0, 1, USDC)), "settlement.terms-legs-cross"),
        (BASKET, TWO, MANY, None),
        (BASKET, TWO, ((0, 1, BTC), (1, 0, USDC)), "settlement.terms-count"),
        (BASKET, TWO, ((0, 1, BTC), (0, 1, TOKEN), (0, 1, USDC)), "settlement.terms-legs-cross"),
        (BASKET, TWO, ((0, 1, BTC), (0, 1, BTC), (1, 0, USDC)), "settlement.terms-one-asset"),
        (BASKET, (ONE, OTHER, SECOND), (*MANY, (2, 0, USDC)), "settlement.terms-count"),
        (BLOCK, (ONE, OTHER, SECOND), SPLIT, None),
        (BLOCK, TWO, SPLIT[:2], "settlement.terms-count"),
        (BLOCK, (ONE, OTHER, SECOND), (*SPLIT[:3], (2, 0, TOKEN)), "settlement.terms-one-asset"),
        (BLOCK, (ONE, OTHER, SECOND), (*SPLIT, (0, 1, BTC)), "settlement.terms-leg-twice"),
        (BLOCK, (ONE, OTHER, THIRD), SPLIT, "settlement.terms-one-party"),
        (BLOCK, (ONE, OTHER, SECOND), (*SPLIT[:2], (1, 2, BTC)), "settlement.terms-legs-cross"),
        (WITHDRAWAL, (ONE,), ((0, 0, BTC),), None),
        (WITHDRAWAL, TWO, ((0, 1, BTC),), "settlement.terms-count"),
        (AWARD, TWO, ((0, 1, BTC),), None),
        (AWARD, (ONE,), ((0, 0, BTC),), "settlement.terms-legs-cross"),
        (SPOT, (ONE, ONE), ((0, 1, BTC), (1, 0, USDC)), "settlement.terms-book-twice"),
        (BASKET, (ONE, OTHER, SECOND), MANY, "settlement.terms-idle-party"),
    ],
)
def test_each_template_takes_its_shape_and_no_other(
    template: str, parties: tuple[Party, ...], legs: tuple[tuple[int, int, str], ...], expected: str | None
) -> None:
    assert code(template, parties, *legs) == expected


def basket(usd: int = 20_000_000) -> tuple[Desk, str]:
    """A desk that knows one token more, of which Meridian has some; a basket that both signed; its hash."""
    desk = world.founded()
    entry = {"id": TOKEN, "symbol": "TOK", "decimals": 6}
    desk.log("roster.changed", ["compliance", "officer-d"], world.no_entries() | {"assets": [entry]})
    desk.log("price.published", ["desk"], {"asset": TOKEN, "price": "2", "source": "Northgate reference"})
    desk.log("deposit.credited", ["desk", "operations"], world.deposit_body("meridian", TOKEN, 2_000_000_000_000, 3))
    legs = (
        Leg(0, 1, BTC, 20_000_000_000, world.destination("harbour", BTC)),
        Leg(0, 1, TOKEN, 2_000_000_000_000, world.destination("harbour", USDC)),
        Leg(1, 0, USDC, 20_000_000_000_000, world.destination("meridian", USDC)),
    )
    finality = Finality(tuple(sorted([(BTC, 3), (TOKEN, 2), (USDC, 2)])), mutual=True)
    notional = Notional(usd, "80000", "Northgate reference")
    terms = world.terms(1, template=BASKET, legs=legs, finality=finality, notional=notional)
    contract = world.signed_contract(terms)
    desk.log("contract.affirmed", ["operations"], builder.contract_body(contract))
    return desk, contract.hash


def test_a_basket_is_held_leg_by_leg_and_owes_each_leg_from_its_own_vault() -> None:
    desk, name = basket()
    desk.log("contract.endorsed", ["compliance"], {"contract": name})
    terms = desk.state.contract(name).terms
    for leg in range(3):
        assert desk.state.contract(name).state is ContractState.ENDORSED
        desk.log("hold.placed", ["desk"], builder.hold_body(terms, name, leg))
    assert desk.state.contract(name).state is ContractState.HELD
    desk.log("cycle.closed", ["desk"], builder.cycle_body("basket", [name], world.START))
    owed = desk.state.cycle("basket").obligations
    assert {(each.vault, each.asset, each.amount) for each in owed} == {
        ("meridian-btc", BTC, 20_000_000_000),
        ("meridian-safe", TOKEN, 2_000_000_000_000),
        ("harbour-safe", USDC, 20_000_000_000_000),
    }
    assert [group.vaults for group in desk.state.cycle("basket").groups] == [
        ("meridian-btc",),
        ("harbour-safe",),
        ("meridian-safe",),
    ]


def test_a_baskets_worth_is_all_that_one_side_gives_at_published_prices() -> None:
    with refused("settlement.price-tolerance", Refused):
        basket(usd=16_000_000)  # the bitcoin alone
