"""Which contracts the desk takes on: signatures, ids, parties, destinations, notional, window."""

import pytest

from countersign.settlement import builder
from countersign.settlement.contract import Leg, Notional
from countersign.settlement.records import ContractState
from countersign.settlement.roster import Party
from support import settlement_world as world
from support.settlement_world import BTC, USDC, Desk


def affirm(desk: Desk, terms: world.Terms, names: tuple[str, ...] = ("meridian", "harbour")) -> str | None:
    """The code with which a contract over these terms is refused, or None."""
    body = builder.contract_body(world.signed_contract(terms, names))
    return desk.attempt("contract.affirmed", ["operations"], body)


def legs(bitcoin: int, dollars: int) -> tuple[Leg, Leg]:
    first, second = world.terms().legs
    return world.replace(first, amount=bitcoin), world.replace(second, amount=dollars)


def sized(usd: int, price: str = "80000", bitcoin: int | None = None) -> world.Terms:
    """A contract of `usd` dollars both ways."""
    amount = usd * 10**8 // int(price) if bitcoin is None else bitcoin
    return world.terms(legs=legs(amount, usd * 10**6), notional=Notional(usd, price, "Northgate reference"))


def test_a_contract_that_both_signed_is_agreed() -> None:
    assert affirm(world.founded(), world.terms()) is None


def test_both_parties_sign_and_nobody_else() -> None:
    desk = world.founded()
    assert affirm(desk, world.terms(), ("meridian",)) == "settlement.contract-unsigned"
    assert affirm(desk, world.terms(), ("meridian", "harbour", "officer-a")) == "settlement.contract-signer"
    assert affirm(desk, world.terms(), ("meridian", "a stranger")) == "settlement.unknown-key"


def test_one_proposes_and_the_other_affirms_the_same_bytes() -> None:
    desk = world.founded()
    half, whole = world.signed_contract(world.terms(), ["meridian"]), world.signed_contract(world.terms())
    desk.log("contract.proposed", ["meridian"], builder.contract_body(half))
    assert desk.state.contract(half.hash).state is ContractState.PROPOSED
    body = builder.contract_body(whole)
    assert desk.attempt("contract.endorsed", ["compliance"], {"contract": half.hash}) == "settlement.wrong-state"
    assert desk.attempt("contract.affirmed", ["meridian"], body) == "settlement.own-affirmation"
    desk.log("contract.affirmed", ["harbour"], body)
    assert desk.state.contract(whole.hash).state is ContractState.AGREED
    assert desk.state.contract(whole.hash).proposer == ""


def test_a_proposal_with_both_signatures_is_none() -> None:
    desk = world.founded()
    body = builder.contract_body(world.signed_contract(world.terms()))
    assert desk.attempt("contract.proposed", ["meridian"], body) == "settlement.proposal-signatures"


def test_the_counterparty_declines_a_proposal_and_nothing_revives_it() -> None:
    desk = world.founded()
    half, whole = world.signed_contract(world.terms(), ["meridian"]), world.signed_contract(world.terms())
    desk.log("contract.proposed", ["operations"], builder.contract_body(half))
    desk.log("contract.declined", ["harbour"], {"contract": half.hash, "reason": "Not our trade."})
    assert desk.state.contract(half.hash).state is ContractState.DECLINED
    assert desk.attempt("contract.affirmed", ["harbour"], builder.contract_body(whole)) == "settlement.wrong-state"
    assert desk.attempt("contract.proposed", ["meridian"], builder.contract_body(half)) == "settlement.wrong-state"


def test_an_id_never_stands_for_two_contracts() -> None:
    desk = world.founded()
    desk.play(desk.trade(), until="agreed")
    assert affirm(desk, world.terms(1, trade_date="2026-11-23")) == "C3.id-taken"
    assert affirm(desk, world.terms(2, trade_date="2026-11-23")) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"desk": "other.example/desk"}, "settlement.contract-elsewhere"),
        ({"custodian": world.HARBOUR}, "settlement.contract-elsewhere"),
        ({"version": 2, "replaces": "ab" * 32}, "settlement.unknown-contract"),
        ({"not_before": 1, "settle_by": world.START - 1}, "C4.expired"),
        ({"parties": (Party(world.MERIDIAN, "other"), world.OWNERS["harbour"])}, "settlement.unknown-book"),
        ({"parties": (Party(world.NORTHGATE, "main"), world.OWNERS["harbour"])}, "settlement.unknown-book"),
        ({"parties": (Party(world.NORTHGATE, "suspense"), world.OWNERS["harbour"])}, "settlement.unknown-participant"),
    ],
)
def test_terms_that_this_desk_does_not_take(changes: dict[str, object], code: str) -> None:
    assert affirm(world.founded(), world.terms(1, **changes)) == code


def test_the_minimum_notional_is_reached_to_the_dollar() -> None:
    desk = world.founded()
    assert affirm(desk, sized(99_999)) == "settlement.minimum-notional"
    assert affirm(desk, sized(100_000)) is None


def test_the_notional_is_the_first_legs_amount_at_its_price() -> None:
    desk = world.founded()
    assert affirm(desk, sized(20_000_000, bitcoin=25_000_002_500)) == "settlement.notional-arithmetic"
    assert affirm(desk, sized(20_000_000, bitcoin=25_000_001_249)) is None


def test_the_price_agrees_with_the_published_one_within_the_tolerance() -> None:
    desk = world.founded()
    for price, code in (("80800", None), ("80810", "settlement.price-tolerance"), ("79200", None), ("79190", "x")):
        terms = world.terms(
            legs=legs(25_000_000_000, int(price) * 250 * 10**6),
            notional=Notional(int(price) * 250, price, "Northgate reference"),
        )
        assert affirm(desk, terms) == ("settlement.price-tolerance" if code == "x" else code), price


def test_the_other_leg_is_worth_the_notional_too() -> None:
    terms = world.terms(legs=legs(world.BTC_UNITS, world.USDC_UNITS * 98 // 100))
    assert affirm(world.founded(), terms) == "settlement.price-tolerance"


def test_a_contract_needs_published_prices() -> None:
    desk = Desk()
    desk.log("desk.founded", ["desk", "compliance", "officer-d"], world.founding_body())
    assert affirm(desk, world.terms()) == "settlement.no-policy"
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": world.policy_document()})
    assert affirm(desk, world.terms()) == "settlement.no-price"


def test_destinations_are_the_receivers_and_have_cooled() -> None:
    desk = world.founded()
    first, second = world.terms().legs
    foreign = world.replace(first, destination=world.destination("meridian", BTC))
    assert affirm(desk, world.terms(legs=(foreign, second))) == "settlement.destination-unregistered"
    account = f"{world.BITCOIN}:{world.bitcoin_address('harbour', 1)}"
    entry = {"account": account, "owner": {"lei": world.HARBOUR, "book": "main"}, "vault": "harbour-btc"}
    terms = world.terms(legs=(world.replace(first, destination=account), second), settle_by=world.START + 10 * 86_400)
    assert affirm(desk, terms) == "settlement.destination-unregistered"
    desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "destinations": [entry]})
    assert affirm(desk, terms) == "settlement.destination-cooling"
    desk.now_ms += 172_800_000
    assert affirm(desk, terms) is None


def test_suspension_and_certification_stop_new_contracts_and_not_open_ones() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="endorsed")
    both = ["compliance", "officer-d"]
    for changes, code in (
        ({"suspended": True}, "settlement.suspended"),
        ({"certified_until": "2026-11-21"}, "settlement.not-certified"),
        ({"certified_until": "2026-11-22"}, None),
    ):
        entry = world.participant_entry("harbour", **changes)
        desk.log("roster.changed", both, {**world.no_entries(), "participants": [entry]})
        assert affirm(desk, world.terms(9)) == code
    desk.log(
        "roster.changed",
        both,
        {**world.no_entries(), "participants": [world.participant_entry("harbour", suspended=True)]},
    )
    desk.play(trade)
    assert desk.stands(trade) is ContractState.FINAL


def test_a_suspended_partys_contract_is_not_endorsed() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="agreed")
    entry = world.participant_entry("harbour", suspended=True)
    desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "participants": [entry]})
    assert desk.attempt("contract.endorsed", ["compliance"], {"contract": trade.hash}) == "settlement.suspended"


def test_cancelling_returns_every_hold() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="instructed")
    desk.log("contract.cancelled", ["meridian", "harbour"], {"contract": trade.hash, "reason": "Called off."})
    assert all(balance.held == 0 for balance in desk.state.ledger.balances.values())
    assert desk.state.cycle(trade.cycle).called_off
    assert len(desk.state.spending) == 0
    assert desk.state.safes["harbour-safe"].pending is None
    assert {balance.available for balance in desk.state.ledger.balances.values()} == {
        30_000_000_000,
        25_000_000_000_000,
    }
    assert USDC in desk.state.ledger.totals


def test_the_record_knows_the_last_signed_bytes_by_their_hash() -> None:
    desk = world.founded()
    half, whole = world.signed_contract(world.terms(), ["meridian"]), world.signed_contract(world.terms())
    desk.log("contract.proposed", ["meridian"], builder.contract_body(half))
    assert desk.state.contract(half.hash).signed == half.signed != whole.signed
    desk.log("contract.affirmed", ["harbour"], builder.contract_body(whole))
    assert desk.state.contract(whole.hash).signed == whole.signed
