"""Release, broadcast, observation, confirmation, finality, and what comes too late."""

import pytest

from countersign.settlement.ledger import Account
from countersign.settlement.records import ContractState
from support import settlement_world as world
from support.settlement_world import Desk, Trade

CHAIN = ["desk", "operations"]


@pytest.fixture
def signed() -> tuple[Desk, Trade]:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="signed")
    return desk, trade


def test_a_release_has_a_maker_and_another_checker_and_names_every_instruction(signed: tuple[Desk, Trade]) -> None:
    desk, trade = signed
    psbt, safe = desk.instructions(trade)
    body = world.release_body(trade, psbt, safe)
    both = ["operations", "compliance"]
    assert desk.attempt("release.authorised", both, {**body, "checker": "operations"}) == "settlement.maker-checker"
    assert (
        desk.attempt("release.authorised", both, {**body, "instructions": [psbt]}) == "settlement.release-instructions"
    )
    swapped = {**body, "maker": "compliance", "checker": "operations"}
    assert desk.attempt("release.authorised", both, swapped) == "settlement.officer-role"
    desk.now_ms = (trade.contract.terms.settle_by + 1) * 1_000
    assert desk.attempt("release.authorised", both, body) == "C4.expired"


def test_nothing_is_released_one_share_short() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="partly signed")
    psbt, safe = desk.instructions(trade)
    desk.log(*world.share_step(safe, "officer-a", "harbour-safe"))
    desk.log(*world.share_step(psbt, "officer-c", "meridian-btc"))
    body = world.release_body(trade, psbt, safe)
    assert desk.attempt("release.authorised", ["operations", "compliance"], body) == "settlement.wrong-state"


def test_transactions_are_observed_as_they_were_broadcast_within_the_fee_cap(signed: tuple[Desk, Trade]) -> None:
    desk, trade = signed
    desk.play(trade, until="signed")
    psbt, safe = desk.instructions(trade)
    broadcast = ("transaction.broadcast", CHAIN, world.broadcast_body(psbt, trade.bitcoin_transaction))
    assert desk.attempt(*broadcast) == "settlement.wrong-state"
    desk.log("release.authorised", ["operations", "compliance"], world.release_body(trade, psbt, safe))
    wrong_chain = world.broadcast_body(psbt, trade.ethereum_transaction)
    assert desk.attempt("transaction.broadcast", CHAIN, wrong_chain) == "settlement.transaction-chain"
    desk.log(*broadcast)
    assert desk.attempt(*broadcast) == "settlement.broadcast-already"
    other = world.observed_body(psbt, world.digest("another"), 1, 1_410)
    assert desk.attempt("transaction.observed", CHAIN, other) == "settlement.not-broadcast"
    for fee, code in (
        (world.FEE_CAP + 1, "settlement.fee-cap"),
        (None, "settlement.fee-vaults"),
        (world.FEE_CAP, None),
    ):
        seen = world.observed_body(psbt, trade.bitcoin_transaction, 2, fee)
        assert desk.attempt("transaction.observed", CHAIN, seen) == code
    desk.log("transaction.observed", CHAIN, world.observed_body(psbt, trade.bitcoin_transaction, 2, 900))
    changed = world.observed_body(psbt, trade.bitcoin_transaction, 3, 901)
    assert desk.attempt("transaction.observed", CHAIN, changed) == "settlement.fee-changed"
    again = world.observed_body(psbt, trade.bitcoin_transaction, 2, 900)
    assert desk.attempt("transaction.observed", CHAIN, again) == "settlement.observation-late"


def test_a_confirmation_counts_only_after_every_transaction_was_observed(signed: tuple[Desk, Trade]) -> None:
    desk, trade = signed
    confirm = ("delivery.confirmed", ["meridian"], {"contract": trade.hash})
    assert desk.attempt(*confirm) == "settlement.wrong-state"
    psbt, safe = desk.instructions(trade)
    desk.log("release.authorised", ["operations", "compliance"], world.release_body(trade, psbt, safe))
    desk.log("transaction.broadcast", CHAIN, world.broadcast_body(psbt, trade.bitcoin_transaction))
    desk.log("transaction.observed", CHAIN, world.observed_body(psbt, trade.bitcoin_transaction, 1, 900))
    assert desk.attempt(*confirm) == "settlement.not-observed"
    assert desk.attempt("settlement.final", ["desk"], {"cycle": trade.cycle}) == "settlement.not-observed"
    desk.log("transaction.broadcast", CHAIN, world.broadcast_body(safe, trade.ethereum_transaction))
    desk.log("transaction.observed", CHAIN, world.observed_body(safe, trade.ethereum_transaction, 1, None))
    desk.log(*confirm)
    assert desk.attempt("settlement.final", ["desk"], {"cycle": trade.cycle}) == "settlement.not-delivered"
    assert desk.attempt(*confirm) == "settlement.confirmed-already"
    desk.log("delivery.confirmed", ["harbour"], {"contract": trade.hash})
    desk.log("settlement.final", ["desk"], {"cycle": trade.cycle})
    assert desk.stands(trade) is ContractState.FINAL


def test_without_the_clause_only_confirmations_make_it_final() -> None:
    desk = world.founded()
    trade = desk.trade(finality=world.Finality(((world.BTC, 4), (world.USDC, 1)), mutual=False))
    desk.play(trade, until="settling")
    psbt, safe = desk.instructions(trade)
    desk.log("transaction.broadcast", CHAIN, world.broadcast_body(safe, trade.ethereum_transaction))
    final = ("settlement.final", ["desk"], {"cycle": trade.cycle})
    # Ethereum: the policy's two outweigh the contract's one; Bitcoin: the contract's four outweigh the policy's three.
    for bitcoin, ethereum, code in ((3, 1, "settlement.not-delivered"), (4, 2, None)):
        desk.log("transaction.observed", CHAIN, world.observed_body(psbt, trade.bitcoin_transaction, bitcoin, 900))
        desk.log("transaction.observed", CHAIN, world.observed_body(safe, trade.ethereum_transaction, ethereum, None))
        confirm = ("delivery.confirmed", ["meridian"], {"contract": trade.hash})
        assert desk.attempt(*confirm) == "settlement.no-mutual-clause"
        assert desk.attempt(*final) == code


def test_late_messages_never_move_what_is_final_or_cancelled() -> None:
    desk = world.founded(bitcoin=60_000_000_000, dollars=45_000_000_000_000)
    done, gone = desk.trade(), desk.trade()
    desk.play(done)
    desk.play(gone, until="held")
    desk.log("contract.cancelled", ["meridian", "harbour"], {"contract": gone.hash, "reason": "Called off."})
    for trade in (done, gone):
        before = desk.state.contract(trade.hash)
        for step in [*list_story(desk, done), *list_story(desk, gone)]:
            assert desk.attempt(*step) is not None
        reason = {"contract": trade.hash, "reason": "Late."}
        assert desk.attempt("contract.cancelled", ["meridian", "harbour"], reason) == "settlement.wrong-state"
        assert desk.state.contract(trade.hash) is before
    assert desk.state.ledger.balance(world_account("meridian", world.BTC)).held == 0


def world_account(owner: str, asset: str) -> Account:
    return Account(world.OWNERS[owner].lei, "main", asset)


def list_story(desk: Desk, trade: Trade) -> list[world.Step]:
    """The story's steps that can be written for a trade without logging any."""
    found: list[world.Step] = []
    for step in desk.story(trade):
        found.append(step)
        if step[0] == "instruction.prepared" and trade.cycle not in desk.state.cycles and len(found) == 7:
            break
    return found


def test_after_the_first_share_nobody_cancels() -> None:
    desk = world.founded()
    trade = desk.trade()
    reason = {"contract": trade.hash, "reason": "Called off."}
    for state in ("agreed", "endorsed", "held", "instructed"):
        desk.play(trade, until=state)
        assert desk.attempt("contract.cancelled", ["meridian", "harbour"], reason) is None
    desk.play(trade, until="partly signed")
    assert desk.attempt("contract.cancelled", ["meridian", "harbour"], reason) == "settlement.wrong-state"
