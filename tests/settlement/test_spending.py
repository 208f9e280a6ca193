"""Caps, quorum by amount, officers' hours and strict four eyes, as the machine enforces them; each beside what passes."""

from fractions import Fraction

import pytest

from countersign.settlement import builder, spending
from countersign.settlement.fingerprint import state_hash
from countersign.settlement.records import ContractState
from support import settlement_world as world
from support.settlement_world import HARBOUR, MERIDIAN, START, Desk, Trade

MILLION = 1_000_000
ADMINISTRATORS = ["compliance", "officer-d"]


def adopt(desk: Desk, **changes: object) -> None:
    """Adopt the policy, changed."""
    version = desk.state.adopted().version + 1
    policy = world.policy_document(version=version, **changes)
    desk.log("policy.adopted", ADMINISTRATORS, {"policy": policy})


def caps(transaction: int | None = None, day: int | None = None, counterparty: int | None = None) -> dict[str, object]:
    """Caps in whole dollars."""
    found = {"transaction_usd": transaction, "day_usd": day, "counterparty_usd": counterparty}
    return {"caps": {name: None if cap is None else str(cap) for name, cap in found.items()}}


def rich() -> Desk:
    """A desk that can settle four trades of 20 million dollars."""
    return world.founded(bitcoin=110_000_000_000, dollars=90_000_000_000_000)


def prepared(desk: Desk, trade: Trade) -> str | None:
    """Play a trade to its cycle; the code with which its PSBT would be refused, or None."""
    for step in desk.story(trade):
        if step[0] == "instruction.prepared":
            return desk.attempt(*step)
        desk.log(*step)
    raise AssertionError


def spent(desk: Desk, payer: str, receiver: str) -> Fraction:
    """What the state says was given in 24 hours."""
    usage = desk.state.spent.get(payer)
    return usage.at(desk.now_ms // 1_000).to(receiver) if usage else Fraction(0)


@pytest.mark.parametrize("cap", ["transaction", "day", "counterparty"])
def test_a_contract_that_alone_passes_a_cap_is_not_taken_on_and_exactly_at_it_is(cap: str) -> None:
    for usd, expected in ((20 * MILLION, None), (20 * MILLION - 1, f"settlement.over-{cap}")):
        desk = rich()
        adopt(desk, **caps(**{cap: usd}))
        affirmed = next(iter(desk.story(desk.trade())))
        assert desk.attempt(*affirmed) == expected


def test_a_contract_above_what_its_vaults_signatures_may_pay_is_not_taken_on() -> None:
    for from_usd, expected in ((20 * MILLION + 1, None), (20 * MILLION, "settlement.over-quorum")):
        desk = rich()
        adopt(desk, quorums=[{"from_usd": str(from_usd), "signatures": 3}])
        assert desk.attempt(*next(iter(desk.story(desk.trade())))) == expected


def test_a_withdrawal_keeps_the_caps_too() -> None:
    desk = rich()
    adopt(desk, **caps(transaction=399_999))
    mine = world.signed_contract(world.withdrawal(), ["meridian"])
    step = ("withdrawal.requested", ["meridian"], builder.contract_body(mine))
    assert desk.attempt(*step) == "settlement.over-transaction"
    adopt(desk, **caps(transaction=400_000))
    assert desk.attempt(*step) is None


@pytest.mark.parametrize("cap", ["day", "counterparty"])
def test_what_was_prepared_in_the_last_24_hours_counts_and_then_no_more(cap: str) -> None:
    desk = rich()
    adopt(desk, **caps(**{cap: 30 * MILLION}))
    first, second = desk.trade(), desk.trade()
    desk.play(first, until="instructed")
    assert spent(desk, MERIDIAN, HARBOUR) == spent(desk, HARBOUR, MERIDIAN) == 20 * MILLION
    assert prepared(desk, second) == f"settlement.over-{cap}"
    mark = state_hash(desk.state)
    desk.now_ms = desk.state.instruction(desk.instructions(first)[0]).time_ms + 86_399_000
    assert desk.attempt("instruction.prepared", ["operations"], world.psbt_body(second)) == f"settlement.over-{cap}"
    assert state_hash(desk.state) == mark
    desk.now_ms += 1_000
    assert desk.attempt("instruction.prepared", ["operations"], world.psbt_body(second)) is None


def test_books_of_one_institution_count_together_and_the_other_direction_by_itself() -> None:
    desk = rich()
    desk.play(desk.trade(), until="instructed")
    assert set(desk.state.spent) == {MERIDIAN, HARBOUR}
    assert spent(desk, MERIDIAN, MERIDIAN) == 0


def test_an_instruction_prepared_anew_counts_once() -> None:
    desk = rich()
    adopt(desk, **caps(day=20 * MILLION))
    trade = desk.trade()
    desk.play(trade, until="instructed")
    body = world.psbt_body(trade) | {"artefact": world.digest("another")}
    desk.log("instruction.prepared", ["operations"], body)
    assert spent(desk, MERIDIAN, HARBOUR) == 20 * MILLION


def test_what_is_called_off_is_given_back() -> None:
    desk = rich()
    adopt(desk, **caps(day=20 * MILLION))
    first, second = desk.trade(), desk.trade()
    desk.play(first, until="instructed")
    assert prepared(desk, second) == "settlement.over-day"
    reason = {"contract": first.hash, "reason": "Not today."}
    desk.log("contract.cancelled", ["meridian", "harbour"], reason)
    assert spent(desk, MERIDIAN, HARBOUR) == 0
    assert desk.attempt("instruction.prepared", ["operations"], world.psbt_body(second)) is None


def test_a_dearer_price_counts_at_the_moment_of_preparation() -> None:
    desk = rich()
    adopt(desk, **caps(transaction=20_100_000))
    first, second = desk.trade(), desk.trade()
    assert prepared(desk, first) is None
    body = {"asset": world.BTC, "price": "80401", "source": "Northgate reference"}
    desk.log("price.published", ["desk"], body)
    assert desk.attempt("instruction.prepared", ["operations"], world.psbt_body(first)) == "settlement.over-transaction"
    assert desk.attempt(*next(iter(desk.story(second)))) == "settlement.over-transaction"


HOURS = {"days": [1, 2, 3, 4, 5, 6, 7], "from": "09:00", "until": "17:00"}


def test_a_share_counts_within_officers_hours_only() -> None:
    desk, trade = rich(), None
    adopt(desk, hours=HOURS)
    trade = desk.trade()
    desk.play(trade, until="instructed")
    share = world.share_step(desk.instructions(trade)[0], "officer-a", "meridian-btc")
    for at, expected in (("17:00:00", "settlement.outside-hours"), ("16:59:59", None)):
        desk.now_ms = world.times.parse(f"2026-11-22T{at}Z") * 1_000
        assert desk.attempt(*share) == expected


def test_a_release_counts_within_officers_hours_only() -> None:
    desk = rich()
    adopt(desk, hours=HOURS)
    trade = desk.trade()
    desk.play(trade, until="signed")
    body = world.release_body(trade, *desk.instructions(trade))
    for at, expected in (("17:00:00", "settlement.outside-hours"), ("16:59:59", None)):
        desk.now_ms = world.times.parse(f"2026-11-22T{at}Z") * 1_000
        assert desk.attempt("release.authorised", ["operations", "compliance"], body) == expected


def strict(four_eyes: str, *, endorser: str = "compliance", signer: str = "officer-c") -> tuple[Desk, Trade]:
    """A signed settlement. Dora Finch is operations and compliance as well."""
    desk = rich()
    entry = world.officer_entry("officer-d") | {"roles": ["administrator", "compliance", "operations", "vault"]}
    desk.log("roster.changed", ADMINISTRATORS, {**world.no_entries(), "officers": [entry]})
    adopt(desk, four_eyes=four_eyes)
    trade = desk.trade()
    for kind, names, body in desk.story(trade):
        if kind == "release.authorised":
            break
        if kind == "contract.endorsed":
            names = [endorser]
        if kind == "share.added" and names[1] == "officer-c":
            vault = str(body["vault"])
            names, body = ["desk", signer], world.share_body(str(body["instruction"]), signer, vault)
        desk.log(kind, names, body)
    assert desk.stands(trade) is ContractState.SIGNED
    return desk, trade


def release(desk: Desk, trade: Trade, maker: str, checker: str) -> str | None:
    """The code with which a release by these two would be refused."""
    body = world.release_body(trade, *desk.instructions(trade)) | {"maker": maker, "checker": checker}
    return desk.attempt("release.authorised", [maker, checker], body)


def test_under_strict_four_eyes_who_endorsed_checks_no_release() -> None:
    assert release(*strict("standard"), "operations", "compliance") is None
    assert release(*strict("strict"), "operations", "compliance") == "settlement.strict-endorser"
    assert release(*strict("strict"), "operations", "officer-d") is None


def test_under_strict_four_eyes_who_signed_makes_and_checks_no_release() -> None:
    desk, trade = strict("strict", signer="officer-d")
    assert release(desk, trade, "operations", "officer-d") == "settlement.strict-signer"
    desk, trade = strict("standard", signer="officer-d")
    assert release(desk, trade, "operations", "officer-d") is None


def test_every_limit_is_ruled_with_the_numbers_of_the_case() -> None:
    desk = rich()
    adopt(desk, **caps(day=500 * MILLION), quorums=[{"from_usd": "250000000", "signatures": 3}])
    trade = desk.trade()
    desk.play(trade, until="held")
    desk.log("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], START))
    leaving = spending.flows(desk.state, desk.state.cycle(trade.cycle).obligations[:1], ())
    found = spending.rulings(desk.state, leaving, spending.used(desk.state, leaving, START))
    assert [(each.rule, each.kept, each.limited) for each in found] == [
        ("transaction", True, False),
        ("day", True, True),
        ("counterparty", True, False),
        ("quorum", True, True),
    ]
    assert found[1].values["cap"] == "500,000,000"
    assert found[3].values == {"vault": leaving[0].vault, "usd": "20,000,000", "needed": 1, "threshold": 2}


def test_dollars_are_written_exactly() -> None:
    assert spending.usd_text(Fraction(20_000_000)) == "20,000,000"
    assert spending.usd_text(Fraction(1_234_567, 1_000)) == "1,234.567"
    assert spending.usd_text(Fraction(0)) == "0"


def test_a_void_pays_nobody_and_gives_back_what_it_takes_the_place_of() -> None:
    desk = rich()
    adopt(desk, **caps(day=20 * MILLION))
    trade = desk.trade()
    desk.play(trade, until="partly signed")
    psbt, _ = desk.instructions(trade)
    assert spent(desk, MERIDIAN, HARBOUR) == 20 * MILLION
    body = world.psbt_body(trade) | {"artefact": world.digest("void"), "purpose": "void", "replaces": psbt}
    desk.log("instruction.prepared", ["operations", "compliance"], body)
    assert spent(desk, MERIDIAN, HARBOUR) == 0
    assert desk.attempt(*next(iter(desk.story(desk.trade())))) is None
