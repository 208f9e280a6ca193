"""Review: contract beside decoded transaction, whole values, every check with its evidence, refusing as easy as signing."""

from dataclasses import replace

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from countersign.desk.views import Digest, Flow, InstructionView, ReviewView
from countersign.errors import Refused, Unavailable
from countersign.ui.application import OfficerWindow
from countersign.ui.views.endorse_verbs import DeclineDialog
from countersign.ui.widgets.line_list import LineList
from countersign.ui.widgets.opening import Opening
from support import window_world as world
from support.window_hands import click, dialog, enabled, key, named, no_dialog, seen, settled, type_into, words


async def opened(window: OfficerWindow) -> str:
    await window.refresh()
    window.open_review(world.CONTRACT)
    await settled(window)
    return seen(window)


async def test_contract_and_transaction_stand_side_by_side_with_whole_values(window: OfficerWindow) -> None:
    text = await opened(window)
    assert f"To, in the contract: {world.HARBOUR}" in text
    assert f"To, in the transaction: {world.HARBOUR}" in text
    assert "bcrt 1qrp 33g0 q5c5" in text
    assert "250.00000000 BTC" in text
    assert "20,000,000.000000 USDC" in text
    assert text.count("Extra effects: none") == 2


async def test_what_bites_first_says_why_and_what_to_do_and_no_deadline_says_why_not(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    text = await opened(window)
    assert "The request to sign for meridian-btc ends then." in text
    assert "Sign or refuse before; after it, operations prepares it again." in text
    officer.altered = lambda view: replace(view, act_by=None, unbounded="settlement.no-deadline-dispute")
    text = await opened(window)
    assert "No deadline: the dispute has none." in text
    assert "Act by" not in text


async def test_the_contract_hash_stands_whole_and_in_groups_of_four(window: OfficerWindow) -> None:
    text = await opened(window)
    assert f"Contract hash (SHA-256): {world.CONTRACT}" in text
    assert " ".join(world.CONTRACT[at : at + 4] for at in range(0, 64, 4)) in text


async def test_flows_name_owners_change_and_fee(window: OfficerWindow) -> None:
    text = await opened(window)
    for said in ("Meridian Capital, slot 0", "change", "network fee", "0.00014100 BTC", "counterparty"):
        assert said in text


async def test_hundreds_of_inputs_are_summed_and_every_one_can_be_read(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    await opened(window)
    view = world.review_view()
    first = view.instructions[0]
    coins = tuple(
        Flow("in", "vault", f"Meridian Capital, slot {at}", f"bcrt1q{at:058d}", world.btc(1_000)) for at in range(950)
    )
    digests = tuple(Digest("input-digest", world.hashed(str(at)), world.WORDS) for at in range(950))
    flows = coins + first.flows[3:]
    many = replace(first, flows=flows, digests=(*first.digests[:1], *digests))
    window.review.show_view(replace(view, instructions=(many, *view.instructions[1:])))
    text = seen(window)
    assert "950 inputs together\n0.00950000 BTC" in text
    assert f"bcrt1q{949:058d}"[:12] not in text
    click(window, "Every input and output, one by one")
    click(window, "Digests of the 950 inputs, one by one")
    text = seen(window)
    assert "vault · Meridian Capital, slot 949 · 0.00001000 BTC · bcrt 1q00" in text
    assert " ".join(world.hashed("949")[at : at + 4] for at in range(0, 64, 4)) in text


def batch(count: int, *, wrong: int | None = None) -> InstructionView:
    """The Safe pays so many amounts to places of their own; one of them pays somebody else."""
    view, data = world.ethereum_view(), "0x8d80ff0a" + "ab" * 153 * count
    first, place = view.lines[0], "0x{:040x}".format
    lines = [replace(first, owed=world.usdc(at), paid=world.usdc(at), owed_to=place(at), paid_to=place(at))
             for at in range(1, count + 1)]  # fmt: skip
    flows = [replace(view.flows[1], money=world.usdc(at), address=place(at)) for at in range(1, count + 1)]
    if wrong is not None:
        lines[wrong] = replace(lines[wrong], paid_to=place(0xBAD), matches=False)
    facts = tuple((key, data if key == "call-data" else value) for key, value in view.facts)
    return replace(view, lines=tuple(lines), flows=(view.flows[0], *flows), facts=facts)


async def test_every_payment_of_a_batch_stands_beside_its_own_obligation(window: OfficerWindow) -> None:
    await opened(window)
    window.review.show_view(replace(world.review_view(), instructions=(batch(3, wrong=1),)))
    text = seen(window)
    assert [text.count(f"To, in the contract: 0x{at:040x}") for at in (1, 2, 3)] == [1, 1, 1]
    assert text.count("To, in the transaction: ") == 3
    assert f"To, in the transaction: 0x{0xBAD:040x}" in text
    assert (text.count("equal\n"), text.count("DIFFERS\n")) == (2, 1)
    assert "Other address: group 10 is 0bad, not 0002" in text


async def test_another_address_altogether_is_said_to_be_one(window: OfficerWindow) -> None:
    await opened(window)
    view = batch(1)
    line = replace(view.lines[0], paid_to="0x" + "7" * 40, matches=False)
    window.review.show_view(replace(world.review_view(), instructions=(replace(view, lines=(line,)),)))
    assert "Another address: 10 groups differ" in seen(window)


async def test_of_many_payments_what_differs_stands_first_and_every_one_can_be_read(window: OfficerWindow) -> None:
    await opened(window)
    window.review.show_view(replace(world.review_view(), instructions=(batch(128, wrong=40),)))
    text = seen(window)
    assert "127 of 128 payments are equal; what differs stands above" in text
    assert text.count("To, in the contract: ") == 1
    assert f"To, in the contract: 0x{41:040x}" in text
    assert "128 payments together\n0.008256 USDC" in text
    whole = window.review.findChildren(LineList)[0].toPlainText()
    assert whole.count("· equal") == 127
    assert "0.000128 USDC to 0x 0000 0000 0000 0000 0000 0000 0000 0000 0000 0080: Harbour Prime owes" in whole
    assert (
        whole.count(
            "DIFFERS, pays 0.000041 USDC 0x 0000 0000 0000 0000 0000 0000 0000 0000 0000 0bad Other address: group 10"
        )
        == 1
    )


async def test_many_payments_that_are_all_equal_are_said_to_be(window: OfficerWindow) -> None:
    await opened(window)
    window.review.show_view(replace(world.review_view(), instructions=(batch(128),)))
    text = seen(window)
    assert "All 128 payments are equal" in text
    assert "The contract says" not in text
    click(window, "Every payment, one by one")
    assert any("0.000077 USDC" in each.toPlainText() for each in window.review.findChildren(LineList)[1:])


async def test_long_call_data_opens_on_demand_and_is_whole(window: OfficerWindow) -> None:
    await opened(window)
    window.review.show_view(replace(world.review_view(), instructions=(batch(20),)))
    assert "abab abab" not in seen(window)
    click(window, "Call data (3,064 bytes)")
    (data,) = [each for each in window.review.findChildren(LineList) if each.accessibleName() == "Call data"]
    assert data.toPlainText().replace(" ", "").strip() == dict(batch(20).facts)["call-data"]


async def test_what_is_closed_is_not_built_and_inputs_add_no_widgets(window: OfficerWindow) -> None:
    """Review stays within a tenth of a second: a closed check has no widgets, and 950 inputs have no more than three."""
    await opened(window)
    story = world.review_view()
    bitcoin = story.instructions[0]
    inputs = tuple(replace(bitcoin.flows[0], owner=f"slot {at}") for at in range(950))
    digests = tuple(replace(bitcoin.digests[1], hex=world.hashed(f"input {at}")) for at in range(950))
    large = replace(bitcoin, flows=(*inputs, *bitcoin.flows[3:]), digests=(bitcoin.digests[0], *digests))
    counts = []
    for first in (bitcoin, large):
        window.review.show_view(replace(story, instructions=(first, story.instructions[1])))
        counts.append(
            sum(len(area.widget().findChildren(QWidget)) for area in (window.review.middle, window.review.right))
        )
    assert counts[1] <= counts[0]
    assert counts[0] < 500
    assert all(each.inner is None for each in window.review.right.widget().findChildren(Opening))


async def test_the_log_path_is_drawn_from_leaf_to_cosigned_root(window: OfficerWindow) -> None:
    text = await opened(window)
    proof = world.proof()
    assert f"leaf: {proof.leaf}" in text
    assert f"root: {proof.root}" in text
    assert text.count("sibling: ") == len(proof.steps)
    assert "Witnesses 2 of 2, 2 needed" in text
    assert "inside this process, demonstration only" in text


async def test_a_check_opens_to_what_was_looked_at_expected_and_found(window: OfficerWindow) -> None:
    await opened(window)
    click(window, "B Bitcoin transaction: 11 pass · 1 not applicable")
    click(window, "B3 Amounts of the inputs: pass")
    text = seen(window)
    assert "Looked at\nthe bytes of the request\nExpected\nas agreed\nFound\nas agreed" in text


async def test_a_failed_check_is_open_at_once_and_forbids_signing(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.against = world.bitcoin_fails()
    officer.signed = frozenset({world.SAFE_TX})
    text = await opened(window)
    assert "Must not be signed. Findings against it: 1, first B8" in text
    assert f"25,000,000,000 sat to {world.CHANGE}" in text
    assert not enabled(window, "Sign…")
    assert enabled(window, "Refuse…")


async def test_amounts_in_base_units_on_demand(window: OfficerWindow) -> None:
    await opened(window)
    key(window, "Ctrl+B")
    assert "25,000,000,000 base units of BTC" in seen(window)


async def test_refusing_fills_in_the_findings_and_needs_a_reason(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.against = world.bitcoin_fails()
    await opened(window)
    click(window, "Refuse…")
    asked = await dialog(window)
    assert "Outputs equal the contract" in words(asked)
    assert f"25,000,000,000 sat to {world.CHANGE}" in words(asked)
    assert not enabled(asked, "Sign the refusal")
    type_into(asked, "Your reason", "The recipient is not Harbour Prime.")
    click(asked, "Sign the refusal")
    await settled(window)
    assert ("refuse", world.CONTRACT, world.PSBT, "The recipient is not Harbour Prime.") in officer.asked
    assert "The refusal is signed and logged." in seen(window)


async def test_the_contract_itself_can_be_refused(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await opened(window)
    key(window, "Ctrl+R")
    asked = await dialog(window)
    click(asked, "The contract itself")
    named(asked, "Your reason", QPlainTextEdit).setPlainText("Never agreed.")
    click(asked, "Sign the refusal")
    await settled(window)
    assert ("refuse", world.CONTRACT, None, "Never agreed.") in officer.asked


async def test_a_cancelled_refusal_changes_nothing(window: OfficerWindow, officer: world.OfficerDouble) -> None:
    await opened(window)
    click(window, "Refuse…")
    click(await dialog(window), "Cancel")
    await no_dialog(window)
    await settled(window)
    assert not any(isinstance(asked, tuple) and asked[0] == "refuse" for asked in officer.asked)


async def test_escape_goes_back_to_the_desk(window: OfficerWindow) -> None:
    await opened(window)
    key(window, "Esc")
    assert window.screen_key == "desk"


async def test_search_finds_a_reviewed_settlement_by_an_address_in_groups(window: OfficerWindow) -> None:
    await opened(window)
    key(window, "Esc")
    key(window, "Ctrl+K")
    asked = await dialog(window)
    type_into(asked, "Search settlements, addresses, hashes, officers", "0x 90F7 9bf6 EB2c")
    click(asked, "Open")
    await settled(window)
    assert window.screen_key == "review"


async def test_a_basket_shows_every_leg_with_its_address_whole(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.altered = world.netted
    await window.show_settlement(world.CONTRACT)
    window.open_screen("review")
    told = seen(window)
    assert "250.00000000 BTC from Meridian Capital (main) to Harbour Prime (main)" in told
    assert "5.000000 USDC from Meridian Capital (main) to Harbour Prime (main)" in told
    assert f"Destination: {world.ANVIL}:{world.MERIDIAN_SAFE}" in told


async def test_a_netted_cycle_says_what_it_saved_and_proves_that_no_position_moved(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.altered = world.netted
    await window.show_settlement(world.CONTRACT)
    window.open_screen("review")
    told = seen(window)
    assert "cycle-2026-11-22-1600-1, cut-off 2026-11-22 16:00 UTC: netted over all, contracts: 3" in told
    assert "6 transactions gross, 2 netted: 4 saved" in told
    assert "Conserved: netting changes nobody's position, and every asset sums to zero." in told
    assert "Net: before, then after" not in told
    click(window, "Conservation: each book's position before and after netting")
    told = seen(window)
    assert "Net: before, then after" in told
    assert "−250.00000000" in told
    click(window, "Contracts of the cycle")
    assert "MER-HAR-3" in seen(window)


async def test_a_cycle_that_is_not_conserved_is_said_loudly(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.altered = lambda view: world.netted(view, proved=False)
    await window.show_settlement(world.CONTRACT)
    window.open_screen("review")
    assert "NOT conserved" in seen(window)


async def test_what_stops_a_settlement_stands_before_everything(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.altered = world.stopped
    await window.show_settlement(world.CONTRACT)
    window.open_screen("review")
    told = seen(window)
    for expected in (
        "A withdrawal: what it moves leaves this custody.",
        "Frozen by order HC-2026-114 of Conrad Lake, Dora Finch (entry 31): High Court order",
        "Disputed by Harbour Prime (entry 30): Paid twice.",
        "Expected: Meridian Capital (main) pays Harbour Prime (main) 125.00000000 BTC",
        f"The order's document (SHA-256): {world.hashed('order')}",
    ):
        assert expected in told
    assert told.index("Frozen by order") < told.index("Contract MER-HAR-2026-11-22-0001")


def for_compliance(view: ReviewView) -> ReviewView:
    return replace(view, state="agreed", instructions=(), may_endorse=True, may_decline=True)


async def test_only_compliance_is_offered_to_endorse_or_decline(window: OfficerWindow) -> None:
    await window.show_settlement(world.CONTRACT)
    window.open_screen("review")
    assert "Endorse the contract" not in seen(window)
    assert "Decline the contract…" not in seen(window)


async def test_endorsing_by_its_key_asks_for_the_pin_of_a_locked_token(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.altered = for_compliance
    await window.show_settlement(world.CONTRACT)
    window.open_screen("review")
    officer.error = Unavailable("signers.locked", token="signing-a")
    key(window, "Ctrl+E")
    asked = await dialog(window)
    type_into(asked, "The PIN of the token", world.PIN)
    click(asked, "Unlock")
    await settled(window)
    assert officer.asked.count(("endorse", world.CONTRACT)) == 2
    assert "Endorsed, signed and logged." in seen(window)


async def test_declining_needs_a_reason_and_keeps_it_where_it_did_not_come_about(
    window: OfficerWindow, officer: world.OfficerDouble
) -> None:
    officer.altered = for_compliance
    await window.show_settlement(world.CONTRACT)
    window.open_screen("review")
    click(window, "Decline the contract…")
    asked = await dialog(window)
    assert not enabled(asked, "Sign and decline")
    type_into(asked, "Reason for declining", "The buyer is not licensed for this.")
    officer.error = Refused("settlement.unknown-contract", contract=world.CONTRACT)
    click(asked, "Sign and decline")
    await settled(window)
    (await dialog(window)).reject()
    await no_dialog(window)
    click(window, "Decline the contract…")
    again = await dialog(window)
    assert isinstance(again, DeclineDialog)
    assert again.text == "The buyer is not licensed for this."
    click(again, "Sign and decline")
    await settled(window)
    assert officer.asked.count(("decline", world.CONTRACT, "The buyer is not licensed for this.")) == 2
    assert "Declined, signed and logged." in seen(window)
