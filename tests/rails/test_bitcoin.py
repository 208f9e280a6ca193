"""Obligations to one PSBT and back: built, read back, signed by software keys, combined, finished; and the lies between."""

from dataclasses import replace
from functools import partial

import pytest

from countersign.bitcoin import consensus
from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import Psbt, fields
from countersign.errors import Refused
from countersign.rails import bitcoin as rail
from countersign.rails import wallets
from countersign.rails.bitcoin import Funds
from countersign.rails.wallets import Wallet
from countersign.settlement import netting
from countersign.settlement.netting import Obligation
from hostile.bitcoin_changes import moved_between_vaults, recipient, reversed_outputs, to_attacker
from support import alter
from support import settlement_world as world
from support.refusals import refused
from support.review_cases import COIN, Plan, coins, held, psbt_share, two_vault_trades, wallet

PLAN = Plan()


def owed(plan: Plan = PLAN) -> tuple[Obligation, ...]:
    """What slot vaults owe under a plan's contracts."""
    desk, trades = held(plan)
    every = netting.obligations(desk.state.roster, [trade.contract.terms for trade in trades])
    return tuple(each for each in every if each.asset == world.BTC)


def paying(plan: Plan = PLAN) -> tuple[Wallet, ...]:
    """The vaults that owe, ascending."""
    desk, _ = held(plan)
    return tuple(wallet(desk, vault) for vault in sorted({each.vault for each in owed(plan)}))


def built(plan: Plan = PLAN, rate: int = 2) -> Psbt:
    """The PSBT that discharges what is owed."""
    funds = [Funds(each, coins(each, tag), 3) for tag, each in enumerate(paying(plan))]
    return rail.build(owed(plan), funds, rate).psbt


def keys(officer: str, owner: str = "meridian") -> list[object]:
    """An officer's public keys in an owner's slots."""
    return [world.vault_key(officer, "bip122", owner, slot).public for slot in range(world.SLOTS)]


def share(unsigned: bytes, officer: str) -> bytes:
    """An officer's share over everything that they hold keys for, in both owners' vaults."""
    held_keys = [
        world.vault_key(officer, "bip122", owner, slot) for owner in world.OWNERS for slot in range(world.SLOTS)
    ]
    by_key = {key.public.data: key for key in held_keys}
    asked = rail.digests(psbts.parse(unsigned), [key.public for key in held_keys])
    return rail.make_share(
        psbts.parse(unsigned), {one: by_key[one.public_key].sign_digest(one.digest) for one in asked}
    )


# --- one vault


def test_what_was_built_reads_back_as_what_is_owed_and_nothing_else() -> None:
    found = rail.readback(facts(built()), paying(), owed())
    assert (found.missing, found.extra, found.foreign) == ((), (), ())
    assert len(found.payments) == 1
    (side,) = found.sides
    assert side.balances
    assert (side.spent, side.owed, side.share) == (3 * COIN, world.BTC_UNITS, found.fee)
    assert side.spent - side.change_satoshis - side.owed == found.fee


def test_the_round_trip_ends_in_a_transaction_that_our_rule_and_core_s_accept() -> None:
    unsigned = psbts.serialise(built())
    shares = [share(unsigned, officer) for officer in ("officer-a", "officer-c")]
    for officer, data in zip(("officer-a", "officer-c"), shares, strict=True):
        rail.accept_share(unsigned, data, keys(officer))  # type: ignore[arg-type]
    combined = rail.combine(unsigned, shares)
    assert combined == rail.combine(unsigned, shares[::-1])
    finished = rail.finalise(combined)
    assert finished.transaction == psbts.parse(unsigned).txid[::-1].hex()
    assert finished.consensus == ("accepted" if consensus.installed() else "absent")
    assert rail.artefact(unsigned) != rail.artefact(combined)


def test_one_share_is_too_few() -> None:
    unsigned = psbts.serialise(built())
    with refused("B13.too-few-signatures", Refused):
        rail.finalise(rail.combine(unsigned, [share(unsigned, "officer-a")]))


def test_a_share_counts_only_for_its_holder_whole_and_over_this_transaction() -> None:
    unsigned = psbts.serialise(built())
    data = psbt_share(unsigned, "officer-c").data
    with refused("bitcoin.share-stranger", Refused):
        rail.accept_share(unsigned, data, keys("officer-d"))  # type: ignore[arg-type]
    parsed = psbts.parse(data)
    key = next(iter(parsed.inputs[0]))
    with refused("bitcoin.share-incomplete", Refused):
        rail.accept_share(unsigned, psbts.serialise(alter.one_input(parsed, 0, key, None)), keys("officer-c"))  # type: ignore[arg-type]
    other = psbts.serialise(reversed_outputs(psbts.parse(unsigned)))
    with refused("B13.other-transaction", Refused):
        rail.accept_share(other, data, keys("officer-c"))  # type: ignore[arg-type]


@pytest.mark.parametrize("satoshis", [1, -1])
def test_one_satoshi_more_or_less_is_missing_extra_and_out_of_balance(satoshis: int) -> None:
    changed = recipient(satoshis)(built())
    assert isinstance(changed, Psbt)
    found = rail.readback(facts(changed), paying(), owed())
    assert found.missing == owed()
    assert len(found.extra) == 1
    assert not found.sides[0].balances


def test_another_recipient_is_extra_and_the_one_who_is_owed_goes_without() -> None:
    found = rail.readback(facts(to_attacker(built())), paying(), owed())
    assert (len(found.extra), found.missing) == (1, owed())


def test_outputs_in_another_order_read_back_the_same() -> None:
    found = rail.readback(facts(reversed_outputs(built())), paying(), owed())
    assert (found.missing, found.extra) == ((), ())
    assert found.sides[0].balances


def test_an_input_of_no_paying_vault_is_foreign() -> None:
    harbour = wallet(held(PLAN)[0], "harbour-btc")
    assert rail.readback(facts(built()), (harbour,), ()).foreign == (0, 1, 2)


def test_an_unproven_amount_leaves_fee_and_shares_unknown() -> None:
    psbt = alter.one_input(built(), 0, fields.NON_WITNESS_UTXO, None)
    found = rail.readback(facts(psbt), paying(), owed())
    assert found.fee is None
    assert found.sides[0].share is None
    assert not found.sides[0].balances


# --- what is registered


def test_a_vault_whose_descriptors_say_another_quorum_is_refused() -> None:
    with refused("B6.threshold", Refused):
        wallets.read(replace(paying()[0].vault, threshold=3))


def test_a_slot_s_descriptor_must_hold_exactly_the_registered_keys() -> None:
    desk, _ = held(PLAN)
    found = paying()[0]
    wallets.keys_agree(found, desk.state.roster)
    slots = (replace(found.vault.slots[0], keys=found.vault.slots[1].keys), *found.vault.slots[1:])
    with refused("B6.other-keys", Refused):
        wallets.keys_agree(replace(found, vault=replace(found.vault, slots=slots)), desk.state.roster)


def test_slots_keep_their_registered_numbers() -> None:
    registered = paying()[0].vault
    renumbered = replace(registered, slots=tuple(replace(slot, number=slot.number + 7) for slot in registered.slots))
    found = wallets.read(renumbered)
    assert found.slot_of(found.descriptor(8).script_pubkey) == 8
    assert found.slot_of(b"\x51") is None


def test_only_a_coin_of_the_vault_pays() -> None:
    mine = paying()[0]
    theirs = wallet(held(PLAN)[0], "harbour-btc")
    with refused("bitcoin.not-our-coin", Refused):
        rail.build(owed(), [Funds(mine, coins(theirs), 3)], 2)
    with refused("bitcoin.not-our-coin", Refused):
        rail.build(owed(), [Funds(mine, ((coins(mine)[0][0], 9),), 3)], 2)


# --- change


def test_change_that_claims_a_slot_truly_is_no_fraud_and_any_lie_in_it_is() -> None:
    psbt = built()
    at = alter.change_at(psbt)
    false = partial(rail.claims_change_falsely, paying=paying())
    assert not any(false(fact) for fact in facts(psbt).outputs)

    def other_origin(found: dict[bytes, bytes]) -> None:
        key = next(key for key in found if key[0] == fields.OUTPUT_KEY_PATH)
        found[key] = bytes(4)

    def other_script(found: dict[bytes, bytes]) -> None:
        found[fields.OUTPUT_WITNESS_SCRIPT] = b"\x51"

    for lie in (other_origin, other_script):
        assert false(facts(alter.one_output(psbt, at, lie)).outputs[at])
    claims = dict(psbt.outputs[at])
    pays = alter.payment_at(psbt)
    assert false(facts(alter.one_output(psbt, pays, lambda found: found.update(claims))).outputs[pays])


# --- two vaults in one PSBT


def test_two_vaults_pay_in_one_psbt_and_each_one_s_equation_holds() -> None:
    plan = two_vault_trades()
    found = rail.readback(facts(built(plan)), paying(plan), owed(plan))
    assert [side.vault for side in found.sides] == ["harbour-btc", "meridian-btc"]
    assert all(side.balances for side in found.sides)
    assert sum(side.share or 0 for side in found.sides) == found.fee
    assert (found.missing, found.extra, found.foreign) == ((), (), ())


@pytest.mark.parametrize("satoshis", [1, -1])
def test_one_satoshi_moved_between_two_vaults_changes_unbalances_both(satoshis: int) -> None:
    plan = two_vault_trades()
    changed = moved_between_vaults(satoshis)(built(plan))
    assert isinstance(changed, Psbt)
    found = rail.readback(facts(changed), paying(plan), owed(plan))
    assert (found.missing, found.extra) == ((), ())
    assert not any(side.balances for side in found.sides)


def test_two_officers_of_both_vaults_finish_it() -> None:
    unsigned = psbts.serialise(built(two_vault_trades()))
    finished = rail.finalise(rail.combine(unsigned, [share(unsigned, name) for name in ("officer-c", "officer-d")]))
    assert len(psbts.parse(unsigned).inputs) == 5
    assert finished.transaction == psbts.parse(unsigned).txid[::-1].hex()
