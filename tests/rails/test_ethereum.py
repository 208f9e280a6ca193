"""What a Safe owes to one Safe transaction and back: built, hashed twice, signed by software keys, ready to execute."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from countersign.errors import Refused
from countersign.ethereum import execute, inspect, multisend
from countersign.ethereum.abi import Address
from countersign.ethereum.deployments import canonical
from countersign.ethereum.inspect import Erc20Transfer, EtherTransfer
from countersign.ethereum.multisend import InnerCall
from countersign.ethereum.safe import SafeVersion
from countersign.formats import eip55
from countersign.rails import ethereum as rail
from countersign.settlement import netting
from countersign.settlement.netting import Obligation
from countersign.settlement.roster import Roster, SafeVault
from support import settlement_world as world
from support.refusals import refused
from support.review_cases import EURC_ADDRESS, Plan, batch_plan, ether_plan, held

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
    with refused("E9.count", Refused):
        rail.finalise(data, [share(data, "officer-a")], *registered())


def test_a_share_counts_only_for_its_owner_over_this_transaction() -> None:
    data = built()
    mine, theirs = (world.vault_key(name, "eip155", "harbour").public for name in ("officer-a", "officer-c"))
    rail.accept_share(data, share(data, "officer-a"), [mine])
    with refused("E9.not-owner", Refused):
        rail.accept_share(data, share(data, "officer-a"), [theirs])
    other = rail.serialise(replace(rail.parse(data).tx, nonce=1))
    with refused("E9.not-owner", Refused):
        rail.accept_share(other, share(data, "officer-a"), [mine])


def test_the_same_owner_twice_is_refused() -> None:
    data = built()
    with refused("E9.duplicate", Refused):
        rail.combine(data, [share(data, "officer-a"), share(data, "officer-a")])


def safe_owing(count: int, version: str = "1.4.1") -> tuple[SafeVault, tuple[Obligation, ...]]:
    """Harbour's Safe of some release, and so many obligations of ether, to places of their own."""
    vault = replace(registered()[0], version=version)
    (one,) = owed(ether_plan())
    places = [f"{world.ETHEREUM}:{eip55.checksum(bytes([7]) * 19 + bytes([number]))}" for number in range(count)]
    return vault, tuple(replace(one, destination=place, amount=number) for number, place in enumerate(places, 1))


def test_several_obligations_are_one_batch_in_their_order_through_the_safe_s_own_release() -> None:
    due = owed(batch_plan())
    tx = rail.build(due, registered()[0], 0)
    assert (tx.operation, eip55.checksum(tx.to), tx.value) == (1, "0x9641d764fc13c8B624c04430C7356C1C7C8102e2", 0)
    usdc, meridian = Address(eip55.parse(world.USDC_ADDRESS)), Address(eip55.parse(world.safe_address("meridian")))
    assert [each.call for each in inspect.read(tx).batch] == [
        Erc20Transfer(usdc, meridian, world.USDC_UNITS),
        Erc20Transfer(Address(eip55.parse(EURC_ADDRESS)), meridian, 640_000_000_000),
        EtherTransfer(meridian, 400 * 10**18),
    ]
    assert [rail.build((each,), registered()[0], 0).data for each in due] == [
        call.data for call in multisend.parse(tx.data)
    ]
    assert tx.digest == rail.build(due, registered()[0], 0).digest


@pytest.mark.parametrize("version", ["1.3.0", "1.4.1", "1.5.0"])
def test_the_batch_goes_to_the_address_of_the_registered_release(version: str) -> None:
    tx = rail.build(safe_owing(2, version)[1], safe_owing(2, version)[0], 0)
    assert tx.to == canonical("MultiSendCallOnly", SafeVersion.parse(version)).address
    multisend.require_pinned(tx.to, SafeVersion.parse(version))


def test_a_release_without_a_known_address_makes_one_payment_and_no_batch() -> None:
    vault, due = safe_owing(2, "1.4.0")
    assert rail.build(due[:1], vault, 0).operation == 0
    with refused("E3.no-release", Refused, version="1.4.0"):
        rail.build(due, vault, 0)


@pytest.mark.parametrize("count", [0, 129])
def test_a_transaction_makes_at_least_one_payment_and_at_most_128(count: int) -> None:
    vault, due = safe_owing(count)
    with refused("rails.number-of-payments", Refused, vault=vault.id, count=count, limit=128):
        rail.build(due, vault, 0)
    assert len(inspect.read(rail.build(safe_owing(128)[1], vault, 0)).batch) == 128


def test_another_vault_s_obligation_is_not_built() -> None:
    other = replace(owed()[0], vault="meridian-safe")
    for due in ((other,), (owed()[0], other)):
        with refused("rails.other-vault", Refused, other="meridian-safe"):
            rail.build(due, registered()[0], 0)


class TestReadback:
    """What comes back from the bytes is what went in, or the difference is named."""

    vault, due = registered()[0], owed(batch_plan())
    tx = rail.build(due, vault, 0)

    def changed(self, calls: Sequence[InnerCall]) -> rail.Readback:
        return rail.readback(replace(self.tx, data=multisend.serialise(calls)), self.vault, self.due)

    @pytest.mark.parametrize("count", [1, 2, 3])
    def test_what_was_built_pays_what_is_owed_and_nothing_else(self, count: int) -> None:
        due = self.due[:count]
        found = rail.readback(rail.build(due, self.vault, 0), self.vault, due)
        assert tuple(each.owed for each in found.pairs) == due
        assert (found.payments, found.missing, found.extra, found.opaque) == (tuple(range(1, count + 1)), (), (), False)

    def test_in_another_order_it_pays_the_same_under_another_digest(self) -> None:
        calls = multisend.parse(self.tx.data)[::-1]
        found = self.changed(calls)
        assert (found.payments, found.missing, found.extra) == ((3, 2, 1), (), ())
        assert tuple(each.owed for each in found.pairs) == self.due
        assert replace(self.tx, data=multisend.serialise(calls)).digest != self.tx.digest

    def test_a_call_left_out_is_missing(self) -> None:
        found = self.changed(multisend.parse(self.tx.data)[1:])
        assert (found.payments, found.missing, found.extra) == ((1, 2), self.due[:1], ())

    def test_one_call_more_is_extra(self) -> None:
        calls = multisend.parse(self.tx.data)
        found = self.changed((calls[0], *calls))
        assert (found.payments, found.missing, found.extra) == ((1, 3, 4), (), (2,))

    def test_a_changed_call_is_missing_and_extra(self) -> None:
        calls = multisend.parse(self.tx.data)
        found = self.changed((calls[0], calls[1], replace(calls[2], value=calls[2].value + 1)))
        assert (found.payments, found.missing, found.extra) == ((1, 2), self.due[2:], (3,))

    def test_ether_along_with_a_transfer_is_no_payment(self) -> None:
        calls = multisend.parse(self.tx.data)
        found = self.changed((replace(calls[0], value=1), *calls[1:]))
        assert (found.payments, found.missing, found.extra) == ((2, 3), self.due[:1], (1,))

    @pytest.mark.parametrize(
        "change",
        [
            {"to": multisend.pinned(SafeVersion(1, 3, 0))},
            {"to": Address(bytes.fromhex("38869bf66a61cf6bdb996a6ae40d5853fd43b526"))},
            {"data": tx.data + bytes(32)},
        ],
        ids=["another release", "plain MultiSend", "left over"],
    )
    def test_what_this_safe_may_not_run_pays_nothing(self, change: dict[str, object]) -> None:
        found = rail.readback(replace(self.tx, **change), self.vault, self.due)  # type: ignore[arg-type]
        assert (found.payments, found.missing, found.extra, found.opaque) == ((), self.due, (), True)

    def test_a_transfer_as_a_delegate_call_pays_nothing(self) -> None:
        due = self.due[:1]
        found = rail.readback(replace(rail.build(due, self.vault, 0), operation=1), self.vault, due)
        assert (found.payments, found.missing, found.opaque) == ((), due, True)


def test_a_batch_is_signed_combined_and_finished_like_any_other() -> None:
    data, (vault, roster) = built(batch_plan()), registered()
    shares = [share(data, officer) for officer in world.COSIGNERS[:2]]
    finished = rail.finalise(data, shares, vault, roster)
    executed = execute.decode(finished.calldata)
    assert executed.safe_tx(31337, Address(eip55.parse(finished.to)), 0) == rail.parse(data).tx
    rail.accept_share(data, shares[0], [world.vault_key("officer-a", "eip155", "harbour").public])


def test_what_is_signed_is_the_digest_that_both_implementations_agree_on() -> None:
    data = built()
    assert rail.digest(data) == rail.parse(data).tx.digest
    assert rail.parse(data).agrees
    assert SafeVersion.parse(registered()[0].version) >= SafeVersion(1, 3, 0)


def test_a_void_is_an_empty_call_of_the_safe_to_itself_under_the_same_nonce() -> None:
    desk, _ = held(PLAN)
    vault = desk.state.roster.vaults["harbour-safe"]
    assert isinstance(vault, SafeVault)
    tx = rail.void(vault, 7)
    assert inspect.read(tx).void
    assert (tx.to, tx.value, tx.data, tx.operation, tx.nonce) == (tx.safe, 0, b"", 0, 7)
    assert eip55.checksum(tx.safe) == vault.address
