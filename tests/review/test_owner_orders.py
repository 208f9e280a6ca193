"""A Safe's change of owners under every check: what the administrators ordered passes, anything else fails by name."""

from dataclasses import replace
from hashlib import sha256

import pytest

from countersign.errors import Refused
from countersign.ethereum import owners, safe_file
from countersign.ethereum.abi import Address
from countersign.ethereum.owners import OwnerList
from countersign.ethereum.safe import SafeTx, plain_tx
from countersign.formats import eip55
from countersign.rails import ethereum, owner_change
from countersign.review.case import Case, Channel, InstructionFacts, SignerFacts
from countersign.review.checks import verdict
from countersign.review.finding import Status, Verdict
from countersign.settlement.bodies import OWNERS
from countersign.settlement.netting import Group
from countersign.settlement.owners_order import OwnersOrder
from countersign.settlement.records import Instruction, SafeUse
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State
from support import settlement_world as world
from support.review_cases import story

NAME = "ab" * 32
SAFE = "harbour-safe"
A, C, D = world.SAFE_OWNERS
CHAIN_ID = 31337


def vault() -> SafeVault:
    found = story().state.roster.vaults[SAFE]
    assert isinstance(found, SafeVault)
    return found


def kids(*people: str) -> tuple[str, ...]:
    return tuple(sorted(world.vault_key(each, "eip155", "harbour").kid for each in people))


def listed() -> OwnerList:
    """The Safe's owners in an order of its own."""
    return OwnerList(tuple(reversed(ethereum.owners(vault(), story().state.roster))), vault().threshold)


def built(keys: tuple[str, ...], threshold: int) -> SafeTx:
    return owner_change.build(vault(), keys, threshold, listed(), story().state.roster, 0)


def case(tx: SafeTx, keys: tuple[str, ...], threshold: int, **changes: object) -> Case:
    """Officer A is about to sign an order of these owners, whose logged bytes are this transaction."""
    scene, data = story(), safe_file.serialise(tx)
    artefact = sha256(data).hexdigest()
    instruction = Instruction(
        NAME, "", Group(vault().chain, "safe-tx", (SAFE,)), artefact, 0, (), "compliance", 30,
        scene.state.time_ms, purpose=OWNERS, released=30,
    )  # fmt: skip
    order = OwnersOrder(instruction, keys, threshold, ("compliance", "officer-d"))
    state = with_order(scene.state, order)
    facts = InstructionFacts("safe-tx", data, NAME, original=data)
    return scene.safe_case(instruction=facts, contracts=(), state=state, safes=scene.seen(), **changes)


def with_order(state: State, order: OwnersOrder) -> State:
    return replace(state, orders=state.orders.set(NAME, order), safes=state.safes.set(SAFE, SafeUse(NAME)))


def fails(found: Verdict) -> dict[str, str]:
    return {each.check: each.reason for each in found.findings if each.status is Status.FAIL}


ORDERS = [(kids(A, C), 2), (kids(A, C, D), 3), (kids(A, C, D), 2)]


@pytest.mark.parametrize(("keys", "threshold"), ORDERS, ids=["an owner goes", "another threshold", "nothing: a void"])
def test_what_was_ordered_passes_every_check(keys: tuple[str, ...], threshold: int) -> None:
    found = verdict(case(built(keys, threshold), keys, threshold))
    assert found.against == ()
    assert found.may_sign
    assert found.of("E4")[0].reason in ("E4.owners-as-ordered", "E4.owners-kept")
    assert found.of("C5")[0].reason == "C5.ordered"


def bent(**changes: object) -> SafeTx:
    return replace(built(kids(A, C), 2), **changes)  # type: ignore[arg-type]


EXCHANGE = owners.replacing(listed().owners, listed().owners[0], Address(b"\x66" * 20))
OTHERS: dict[str, SafeTx] = {
    "another owner goes": built(kids(A, D), 2),
    "the threshold beside it": bent(data=owners.serialise(replace(owners.parse(built(kids(A, C), 2).data), threshold=1))),  # type: ignore[type-var]
    "a stranger comes": bent(data=owners.serialise(owners.AddOwner(Address(b"\x66" * 20), 2))),
    "an exchange for a stranger": bent(data=owners.serialise(EXCHANGE)),
    "a module": bent(data=bytes.fromhex("610b5925") + bytes(12) + b"\x66" * 20),
    "a fallback handler": bent(data=bytes.fromhex("f08a0323") + bytes(12) + b"\x66" * 20),
    "bytes behind the call": bent(data=built(kids(A, C), 2).data + b"\x00"),
    "wei with it": bent(value=1),
    "an empty call": bent(data=b""),
    "to another contract": bent(to=Address(b"\x66" * 20)),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_call_fails_e4_even_if_it_is_the_logged_bytes(name: str) -> None:
    found = fails(verdict(case(OTHERS[name], kids(A, C), 2)))
    assert set(found) - {"E4"} <= {"C7"}
    assert found["E4"] in ("E4.not-ordered", "E4.ethereum.owner-selector", "ethereum.owner-selector",
                           "ethereum.owner-length", "E4.ethereum.owner-length")  # fmt: skip
    without = verdict(case(OTHERS[name], kids(A, C), 2), without=frozenset({"E4"}))
    assert "E4" not in fails(without)


def test_a_delegate_call_and_a_refund_fail_by_their_own_checks_too() -> None:
    assert {"E3", "E4"} <= set(fails(verdict(case(bent(operation=1), kids(A, C), 2))))
    assert {"E4", "E7"} <= set(fails(verdict(case(bent(gas_price=1), kids(A, C), 2))))


def test_other_bytes_than_were_ordered_fail_c5() -> None:
    honest = case(built(kids(A, C), 2), kids(A, C), 2)
    other = safe_file.serialise(built(kids(A, D), 2))
    found = fails(verdict(replace(honest, instruction=InstructionFacts("safe-tx", other, NAME, original=other))))
    assert found["C5"] == "C5.other-artefact"
    assert found["E4"] == "E4.not-ordered"


def test_who_ordered_it_does_not_sign_it() -> None:
    key = world.vault_key("officer-d", "eip155", "harbour").public
    found = fails(verdict(case(built(kids(A, C), 2), kids(A, C), 2, signer=SignerFacts("officer-d", key))))
    assert found == {"C5": "C5.own-order"}


def test_administrators_who_are_none_any_more_ordered_nothing() -> None:
    honest = case(built(kids(A, C), 2), kids(A, C), 2)
    assert honest.state is not None
    order = replace(honest.state.orders[NAME], by=("compliance", "officer-b"))
    found = fails(verdict(replace(honest, state=with_order(honest.state, order))))
    assert found == {"C5": "C5.not-administrators"}


def test_a_safe_that_drifted_signs_nothing() -> None:
    tx = built(kids(A, C), 2)
    for drift in ({"threshold": 1}, {"nonce": 1}, {"owners": (world.safe_address("harbour"),)}):
        found = fails(verdict(replace(case(tx, kids(A, C), 2), safes=story().seen(**drift))))
        assert set(found) == {"E10"}


def test_a_cold_machine_has_no_attestation_of_it_and_refuses() -> None:
    found = fails(verdict(case(built(kids(A, C), 2), kids(A, C), 2, channel=Channel.USB)))
    assert found["E10"] == "E10.not-attested"


class TestBuilding:
    """The call is built from the Safe's own list, and only where that is what is registered."""

    def test_a_drifted_list_builds_nothing(self) -> None:
        for drift in (replace(listed(), threshold=1), replace(listed(), owners=listed().owners[1:])):
            with pytest.raises(Refused) as caught:
                owner_change.build(vault(), kids(A, C), 2, drift, story().state.roster, 0)
            assert caught.value.code == "E4.owners-drifted"

    def test_the_neighbour_is_the_lists(self) -> None:
        change = owners.parse(built(kids(A, C), 2).data)
        after = owners.apply(listed(), change, Address(eip55.parse(vault().address)))
        assert len(after.owners) == 2
        turned = replace(listed(), owners=tuple(reversed(listed().owners)))
        with pytest.raises(Refused) as caught:
            owner_change.require_in_order(change, turned, vault())
        assert caught.value.code == "ethereum.owner-previous"

    def test_a_transaction_of_another_safe_is_not_what_was_ordered(self) -> None:
        tx = built(kids(A, C), 2)
        for other in (replace(tx, safe=Address(b"\x01" * 20)), replace(tx, chain_id=1), replace(tx, nonce=1)):
            with pytest.raises(Refused):
                owner_change.require(other, vault(), kids(A, C), 2, story().state.roster, 0)
        plain = plain_tx(CHAIN_ID, tx.safe, tx.safe, 0, tx.data, 0)
        assert owner_change.require(plain, vault(), kids(A, C), 2, story().state.roster, 0) is not None
