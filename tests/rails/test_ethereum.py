"""One obligation to one Safe transaction and back: built, hashed twice, signed by software keys, ready to execute."""

from dataclasses import replace

import pytest

from countersign.errors import Refused
from countersign.ethereum import execute, inspect
from countersign.ethereum.abi import Address
from countersign.ethereum.inspect import Erc20Transfer, EtherTransfer
from countersign.ethereum.safe import SafeVersion
from countersign.formats import eip55
from countersign.rails import ethereum as rail
from countersign.settlement import netting
from countersign.settlement.netting import Obligation
from countersign.settlement.roster import Roster, SafeVault
from support import settlement_world as world
from support.named import named
from support.review_cases import Plan, ether_plan, held

PLAN = Plan()


def owed(plan: Plan = PLAN) -> tuple[Obligation, ...]:
    """What Harbour's Safe owes."""
    desk, trades = held(plan)
    every = netting.obligations(desk.state.roster, [trade.contract.terms for trade in trades])
    return tuple(each for each in every if each.vault == "harbour-safe")


def registered() -> tuple[SafeVault, Roster]:
    """Harbour's Safe and the roster."""
    roster = held(PLAN)[0].state.roster
    vault = roster.vaults["harbour-safe"]
    assert isinstance(vault, SafeVault)
    return vault, roster


def built(plan: Plan = PLAN) -> bytes:
    """Our file of the transaction that discharges it."""
    return rail.serialise(rail.build(owed(plan), registered()[0], 0))


def share(data: bytes, officer: str) -> bytes:
    """An officer's 65 bytes, the digest agreed by both implementations."""
    key = world.vault_key(officer, "eip155", "harbour")
    return rail.make_share(data, key.public, key.sign_digest(rail.digest(data)))


def test_a_token_obligation_is_one_transfer_of_it() -> None:
    facts = inspect.read(rail.parse(built()).tx)
    assert facts.call == Erc20Transfer(
        Address(eip55.parse(world.USDC_ADDRESS)), Address(eip55.parse(world.safe_address("meridian"))), world.USDC_UNITS
    )
    assert (facts.delegatecall, facts.gas_refund, facts.ether) == (False, (), 0)


def test_an_ether_obligation_is_a_plain_payment() -> None:
    facts = inspect.read(rail.parse(built(ether_plan())).tx)
    assert facts.call == EtherTransfer(Address(eip55.parse(world.safe_address("meridian"))), 5_000 * 10**18)


def test_the_round_trip_ends_in_a_call_with_exactly_the_quorum_owners_ascending() -> None:
    data, (vault, roster) = built(), registered()
    shares = [share(data, officer) for officer in world.COSIGNERS]
    finished = rail.finalise(data, shares, vault, roster)
    assert finished.to == vault.address
    assert [one.owner for one in finished.signatures] == sorted(rail.owners(vault, roster))[:2]
    tx, blob = rail.parse(data).tx, b"".join(one.signature for one in finished.signatures)
    assert finished.calldata == execute.encode(tx, blob)
    assert rail.finalise(data, shares[::-1], vault, roster) == finished


def test_one_share_is_too_few() -> None:
    data = built()
    with named(Refused, "E9.count"):
        rail.finalise(data, [share(data, "officer-a")], *registered())


def test_a_share_counts_only_for_its_owner_over_this_transaction() -> None:
    data = built()
    mine, theirs = (world.vault_key(name, "eip155", "harbour").public for name in ("officer-a", "officer-c"))
    rail.accept_share(data, share(data, "officer-a"), [mine])
    with named(Refused, "E9.not-owner"):
        rail.accept_share(data, share(data, "officer-a"), [theirs])
    other = rail.serialise(replace(rail.parse(data).tx, nonce=1))
    with named(Refused, "E9.not-owner"):
        rail.accept_share(other, share(data, "officer-a"), [mine])


def test_the_same_owner_twice_is_refused() -> None:
    data = built()
    with named(Refused, "E9.duplicate"):
        rail.combine(data, [share(data, "officer-a"), share(data, "officer-a")])


@pytest.mark.parametrize("count", [0, 2])
def test_an_instruction_discharges_exactly_one_obligation(count: int) -> None:
    with named(Refused, "rails.one-obligation"):
        rail.build(owed() * count, registered()[0], 0)


def test_another_vault_s_obligation_is_not_built() -> None:
    other = replace(owed()[0], vault="meridian-safe")
    with named(Refused, "rails.one-obligation"):
        rail.build((other,), registered()[0], 0)


def test_what_is_signed_is_the_digest_that_both_implementations_agree_on() -> None:
    data = built()
    assert rail.digest(data) == rail.parse(data).tx.digest
    assert rail.parse(data).agrees
    assert SafeVersion.parse(registered()[0].version) >= SafeVersion(1, 3, 0)
