"""What the hostile cases leave open about B1 to B6."""

from dataclasses import replace

from countersign.bitcoin.psbt import fields
from countersign.review.bitcoin_input_checks import LIMITS
from countersign.review.case import Case, Channel
from countersign.review.checks import verdict
from countersign.review.finding import Status
from countersign.settlement.roster import SlotVault
from hostile.bitcoin_changes import altered, coin_type
from support import alter
from support.review_cases import story, two_vaults


def with_descriptor(text: str) -> Case:
    """Slot 0 of the paying vault is registered with this descriptor."""
    scene = story()
    roster = scene.state.roster
    vault = roster.vaults["meridian-btc"]
    assert isinstance(vault, SlotVault)
    slots = (replace(vault.slots[0], descriptor=text), *vault.slots[1:])
    roster = replace(roster, vaults=roster.vaults.set("meridian-btc", replace(vault, slots=slots)))
    return scene.psbt_case(state=replace(scene.state, roster=roster))


def test_a_registered_descriptor_that_cannot_be_read_is_b6_s_fail_and_blocks_what_needs_it() -> None:
    found = verdict(with_descriptor("wsh(sortedmulti(2,nothing))#abcdefgh"))
    assert found.of("B6")[0].status is Status.FAIL
    for code in ("B4", "B7", "B8", "B9", "B11"):
        assert (found.of(code)[0].status, found.of(code)[0].blocked_by) == (Status.BLOCKED, "B6"), code


def test_a_path_of_the_right_coin_type_is_b6_s_matter_alone() -> None:
    found = verdict(altered(coin_type(1)))
    assert [finding.check for finding in found.against] == ["B6"]


def test_an_input_with_neither_parent_nor_claim_is_blocked_by_b3() -> None:
    def change(psbt):  # type: ignore[no-untyped-def]
        bare = alter.one_input(psbt, 0, fields.NON_WITNESS_UTXO, None)
        return alter.one_input(bare, 0, fields.WITNESS_UTXO, None)

    found = verdict(altered(change))
    assert found.of("B4")[0].blocked_by == "B3"


def test_the_way_in_bounds_the_size() -> None:
    assert LIMITS[Channel.ONLINE] == 16 << 20
    assert LIMITS[Channel.USB] == 4 << 20
    assert LIMITS[Channel.QR] == 512 << 10


def test_with_two_paying_vaults_only_one_s_cosigner_is_needed_to_sign_for_it() -> None:
    found = verdict(two_vaults())
    assert found.of("B6")[0].found == "2 of 3, 2 of 3"
