"""The vaults' pages say what the roster registers and derive what they show; holdings come from reconciliation's own functions."""

from dataclasses import replace
from hashlib import sha256

import pytest

from countersign.bitcoin import ranged
from countersign.desk import reconcile, vault_addresses, vault_pages
from countersign.desk.breaks import Cause
from countersign.desk.vault_views import Belonging, VaultPage
from countersign.errors import Refused
from countersign.formats import bech32
from countersign.settlement.roster import RangedVault, SlotVault
from countersign.settlement.state import State
from support import mixed_world, ranged_world, vaults_world
from support import settlement_world as world


def pages(state: State) -> dict[str, VaultPage]:
    return {each.id: each for each in vault_pages.view(state, vault_pages.uses(state)).pages}


def by_hand(branch: int, index: int) -> str:
    """The address of a place from the devices' own children: BIP-67 order, P2WSH."""
    keys = sorted(ranged_world.device(each).child(branch, index) for each in world.COSIGNERS)
    script = b"\x52" + b"".join(b"\x21" + key for key in keys) + b"\x53\xae"
    return bech32.encode_segwit("bcrt", 0, sha256(script).digest())


def test_every_address_is_what_the_devices_derive() -> None:
    page = pages(vaults_world.state())["meridian-btc"]
    for branch, index in ((0, 0), (1, 0), (0, 7), (1, 200)):
        assert page.addresses[page.places.index(ranged.place(branch, index))] == by_hand(branch, index)


def test_slots_and_safes_have_their_registered_addresses() -> None:
    found = pages(vaults_world.state())
    assert found["harbour-btc"].addresses == tuple(
        world.bitcoin_address("harbour", slot) for slot in range(world.SLOTS)
    )
    assert found["harbour-safe"].addresses == (world.safe_address("harbour"),)
    owners = {key.owner.lower() for key in found["harbour-safe"].keys}
    assert owners == {
        f"0x{world.vault_key(each, 'eip155', 'harbour').public.ethereum_address().hex()}" for each in world.COSIGNERS
    }


def test_the_next_places_are_beyond_all_that_the_log_has_used() -> None:
    state = vaults_world.state()
    vault = state.roster.vault("meridian-btc")
    known = vault_pages.uses(state)
    assert (vault_pages.page(state, vault, known).receive, vault_pages.page(state, vault, known).change) == (2, 1)
    spent = replace(known, spent={"meridian-btc": frozenset({6})})  # 0/3
    assert (vault_pages.page(state, vault, spent).receive, vault_pages.page(state, vault, spent).change) == (8, 9)
    script = vault_pages.wallets.of(state, vault).descriptor(9).script_pubkey  # type: ignore[arg-type]
    paid = replace(spent, paid=frozenset({script}))
    assert vault_pages.page(state, vault, paid).change == 11
    assert vault_pages.place(state, vault, 9, paid).used
    assert not vault_pages.place(state, vault, 11, paid).used


def test_a_slot_whose_keys_were_withdrawn_is_offered_last_or_not_at_all() -> None:
    state = vaults_world.state()
    vault = state.roster.vault("harbour-btc")
    assert isinstance(vault, SlotVault)

    def offered(*gone: str) -> tuple[int | None, tuple[str, ...]]:
        keys, retired = state.roster.keys, state.roster.retired
        for kid in gone:
            keys, retired = keys.delete(kid), retired.set(kid, keys[kid])
        roster = replace(state.roster, keys=keys, retired=retired)
        page = vault_pages.page(replace(state, roster=roster), vault, vault_pages.uses(state))
        return page.receive, page.stuck

    first, second, third = (slot.keys for slot in vault.slots[:3])
    assert offered() == (0, ())
    assert offered(first[0]) == (1, ())
    assert offered(first[0], second[0], third[0]) == (0, ())  # slot 3 is a destination
    assert offered(*first[:2], second[0], third[0]) == (1, ("0",))
    assert offered(*first[:2], *second[:2], *third[:2]) == (None, ("0", "1", "2"))


def test_a_registered_destination_is_a_used_place_and_not_offered() -> None:
    state = vaults_world.state()
    harbour = state.roster.vault("harbour-btc")
    used = [vault_pages.place(state, harbour, slot, vault_pages.uses(state)).used for slot in range(world.SLOTS)]
    assert used == [False, False, False, True]


def test_keys_of_both_kinds_are_told_by_token_and_a_place_that_is_not_watched_is_refused() -> None:
    body = world.founding_body()
    mixed_world.put_in(body)
    state = world.founded_by(body).copy().state
    page = pages(state)["meridian-btc"]
    assert {key.token for key in page.keys} >= {"device of officer D", "token officer-a"}
    assert [slot.number for slot in page.descriptors] == list(range(world.SLOTS))
    with pytest.raises(Refused, match=r"bitcoin\.no-such-place"):
        vault_pages.place(state, state.roster.vault("meridian-btc"), 4, vault_pages.uses(state))


def test_a_descriptor_that_cannot_be_read_hides_neither_the_vault_nor_the_others() -> None:
    state = vaults_world.state()
    vault = state.roster.vault("meridian-btc")
    assert isinstance(vault, RangedVault)
    odd = replace(vault, threshold=3)
    broken = replace(state, roster=replace(state.roster, vaults=state.roster.vaults.set(vault.id, odd)))
    found = pages(broken)
    fault = found["meridian-btc"].fault
    assert fault is not None
    assert (fault.code, found["meridian-btc"].places) == ("B6.threshold", ())
    assert found["harbour-btc"].fault is None
    assert vault_addresses.check(broken, world.safe_address("harbour")).belonging is Belonging.OURS


def test_what_lies_on_chain_is_compared_as_reconciliation_does() -> None:
    state = vaults_world.state()
    lines, breaks = reconcile.of_chain(state, vaults_world.seen(), world.BITCOIN)
    shown = vault_pages.holding_lines(state.roster, lines, breaks)
    assert [(each.vault, each.more.units) for each in shown] == [
        ("harbour-btc", 0),
        ("meridian-btc", vaults_world.MORE),
    ]
    (found,) = shown[1].breaks
    assert (found.found.cause, found.found.reference) == (Cause.MISSING_HERE, vaults_world.STRAY)


@pytest.mark.parametrize("spell", [str, str.upper, lambda text: " ".join(text[at : at + 4] for at in range(0, 64, 4))])
def test_an_address_of_ours_is_known_however_it_is_grouped(spell: object) -> None:
    found = vault_addresses.check(vaults_world.state(), spell(by_hand(1, 3)))  # type: ignore[operator]
    assert (found.belonging, found.vault, found.spelt, found.owner) == (
        Belonging.OURS, "meridian-btc", "1/3", "Meridian Capital",
    )  # fmt: skip


def test_one_character_off_is_alike_and_never_ours() -> None:
    ours = by_hand(0, 5)
    for at in (10, 33, 63):
        other = "q" if ours[at] != "q" else "p"
        found = vault_addresses.check(vaults_world.state(), ours[:at] + other + ours[at + 1 :])
        assert (found.belonging, found.like, found.others) == (Belonging.ALIKE, ours, 1)
        assert [number for number, _, _ in found.groups] == [at // 4 + 1]


def test_capitals_that_are_not_eip_55s_are_alike_and_none_at_all_is_ours() -> None:
    ours = world.safe_address("harbour")
    at = next(at for at, letter in enumerate(ours) if at > 1 and letter.isalpha())
    swapped = ours[:at] + ours[at].swapcase() + ours[at + 1 :]
    assert vault_addresses.check(vaults_world.state(), swapped).belonging is Belonging.ALIKE
    assert vault_addresses.check(vaults_world.state(), ours.lower()).belonging is Belonging.OURS


@pytest.mark.parametrize("text", ["", "0x", "bcrt1", "\u202e", "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqfrx4jg"])
def test_a_stranger_is_unknown(text: str) -> None:
    assert vault_addresses.check(vaults_world.state(), text).belonging is Belonging.UNKNOWN
