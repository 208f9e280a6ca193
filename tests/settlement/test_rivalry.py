"""What may have been signed where no log saw it: two quorums of a vault that share nobody are apart from one another on chain."""

from dataclasses import replace

import pytest

from countersign.settlement import builder, rivalry
from countersign.settlement.records import SafeUse
from countersign.settlement.roster import SafeVault, SlotVault
from support import settlement_world as world
from support import trouble_world as trouble
from support.barred import NAME, barred
from support.settlement_world import Desk, Trade

COINS = {name: f"{world.digest(f'coin {name}')}:0" for name in "abcd"}


def with_cosigners(desk: Desk, count: int) -> Desk:
    """Meridian's vault is 2 of `count`."""
    vault = desk.state.roster.vaults["meridian-btc"]
    assert isinstance(vault, SlotVault)
    others = ("another", "one more")[: count - len(world.COSIGNERS)]
    slots = tuple(replace(each, keys=(*each.keys, *others)) for each in vault.slots)
    roster = desk.state.roster
    roster = replace(roster, vaults=roster.vaults.set(vault.id, replace(vault, slots=slots)))
    desk.state = replace(desk.state, roster=roster)
    return desk


def over(desk: Desk, trade: Trade, *names: str) -> str | None:
    """Why operations may not have Bitcoin's leg pay out of these coins; None, and it does."""
    body = world.psbt_body(trade)
    spends = [{"outpoint": COINS[each], "vault": "meridian-btc", "slot": 0} for each in names]
    body = {**body, "spends": spends, "artefact": world.digest(f"over {names}")}
    found = desk.attempt("instruction.prepared", ["operations"], body)
    if found is None:
        desk.log("instruction.prepared", ["operations"], body)
    return found


@pytest.mark.parametrize(("cosigners", "refused"), [(3, None), (4, "settlement.both-payable")])
def test_a_request_that_nobody_signed_as_far_as_the_log_knows_is_followed_by_one_over_its_coin(
    cosigners: int, refused: str | None
) -> None:
    """Of 2 of 4, two may have signed the first for a desk that kept it; the other two know nothing of it."""
    desk, trade = trouble.begun("held")
    desk = with_cosigners(desk, cosigners)
    desk.log("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], world.START))
    assert over(desk, trade, "a", "b") is None
    assert over(desk, trade, "b", "c") is None
    assert over(desk, trade, "c") == refused  # the first spends nothing of it
    assert over(desk, trade, "b", "d") is None


@pytest.mark.parametrize(("cosigners", "refused"), [(3, None), (4, "settlement.both-payable")])
def test_a_cycle_that_was_called_off_is_not_forgotten_where_its_requests_may_have_been_signed(
    cosigners: int, refused: str | None
) -> None:
    """A party disputes, and takes it back: the contract settles in another cycle, whose requests are other ones."""
    desk, trade = trouble.begun("held")
    desk = with_cosigners(desk, cosigners)
    desk.log("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], world.START))
    assert over(desk, trade, "a", "b") is None
    desk.log(*world.dispute_step(trade.hash))
    assert desk.state.cycle(trade.cycle).called_off
    desk.log("dispute.retracted", ["harbour"], {"contract": trade.hash, "reason": "Settled by telephone."})
    again = Trade(9, trade.contract)
    desk.log("cycle.closed", ["desk"], builder.cycle_body(again.cycle, [trade.hash], world.START))
    assert over(desk, again, "c") == refused
    assert over(desk, again, "b", "c") is None


def test_another_contract_of_the_same_vault_is_no_rival() -> None:
    desk = with_cosigners(world.founded(bitcoin=60_000_000_000, dollars=60_000_000_000_000), 4)
    for coin in ("a", "b"):
        trade = desk.trade()
        desk.play(trade, until="held")
        desk.log("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], world.START))
        assert over(desk, trade, coin) is None


@pytest.mark.parametrize("same", [False, True])
@pytest.mark.parametrize("kind", ["psbt", "safe-tx"])
def test_what_bars_another_settlements_request_may_be_this_ones_own_execution(kind: str, *, same: bool) -> None:
    """The nodes by whose word the other is gone for good looked for its own contracts' requests, and for no others."""
    desk, trade = trouble.begun("instructed")
    first = trouble.live(desk, trade, kind)
    state = barred(desk.state, first, same=same)
    assert rivalry.past(state, first) is same
    assert rivalry.past(state, state.instruction(NAME))


@pytest.mark.parametrize(("owners", "same", "refused"), [(4, False, True), (4, True, False), (3, False, False)])
def test_of_a_safe_whose_quorums_share_nobody_a_number_used_in_anothers_way_counts_as_used_by_what_was_withheld(
    owners: int, *, same: bool, refused: bool
) -> None:
    """Two of four sign for a desk that keeps it; another settlement's call under that number is gone for good, signed by the
    other two. They know of nothing when they are asked to pay the first contract again."""
    desk, trade = trouble.begun("instructed")
    vault = desk.state.roster.vaults["harbour-safe"]
    assert isinstance(vault, SafeVault)
    keys = (*vault.keys, "another")[:owners]
    vaults = desk.state.roster.vaults.set(vault.id, replace(vault, keys=keys, threshold=2))
    first = trouble.live(desk, trade, "safe-tx")
    state = barred(replace(desk.state, roster=replace(desk.state.roster, vaults=vaults)), first, same=same)
    nonce = first.nonce
    assert nonce is not None
    state = replace(state, safes=state.safes.set(vault.id, SafeUse(None, nonce)))
    assert (
        rivalry.unseen(state, trade.cycle, first.group, nonce) is None
    )  # under the same number one excludes the other
    found = rivalry.unseen(state, trade.cycle, first.group, nonce + 1)
    assert found == (first if refused else None)
