"""The hostile cases that are no case of a verdict: what a screen shows, what a name may be, what a vault key is asked.

Each is scripted in its own test file, with its near miss and with its guard switched off. `cases` are told in
`docs/checks.md` and in the matrix; `tests` prove them, and `test_page.py` holds that they exist.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scripted:
    """One line of CHECKS.md: `guard` is where it stands in the code, `tests` ("file.py::test") what plays its cases."""

    check: str
    name: str
    guard: str
    cases: tuple[str, ...]
    tests: tuple[str, ...]


SCRIPTED = (
    Scripted(
        "E11",
        "TYPED-DATA/MESSAGES",
        "`ethereum/safe_file.py` `parse`, `rails/ethereum.py` `digest`",
        ("personal_sign", "a permit as typed data", "a Safe message as typed data", "an EIP-7702 authorisation",
         "an outer transaction", "a bare digest", "a digest's preimage", "a Bitcoin signed message",
         "a kind of its own in a request or an event", "a relayer's key that owns a Safe"),
        ("test_messages.py::test_prepared_proved_and_logged_it_is_still_refused",
         "test_messages.py::test_no_rail_makes_a_digest_of_it",
         "test_messages.py::test_no_request_and_no_event_has_a_kind_for_it",
         "test_messages.py::test_who_may_hand_a_token_a_digest_is_a_closed_list",
         "test_messages.py::test_switched_off_each_of_them_would_be_signed_as_whatever_is_read_into_it"),
    ),
    Scripted(
        "D1",
        "SHOWN IS SIGNED",
        "`desk/shown.py` `demand_shown`",
        ("another amount", "another address", "another receiver", "another asset", "another owner of what leaves",
         "another fee or payment", "an effect less", "an effect more", "another digest", "another fact", "a void",
         "other bytes", "another instruction"),
        ("test_display.py::test_nothing_is_signed_but_what_was_shown",
         "test_display.py::test_switched_off_the_lie_is_signed"),
    ),
    Scripted(
        "D2",
        "WHOLE ADDRESSES",
        "`resources/visible.py` `grouped`, `ui/presenters/review.py` `marks`, `settlement/roster_words.py`",
        ("an address with the registered one's beginning and end", "such an address proposed for the registry",
         "an address pasted into a field", "an address in the clipboard", "an address on paper across a page's end"),
        ("screens/test_addresses.py::test_both_addresses_stand_whole_and_their_difference_is_named",
         "screens/test_addresses.py::test_switched_off_the_two_read_the_same",
         "screens/test_addresses.py::test_no_field_of_the_window_takes_an_address_to_pay",
         "screens/test_addresses.py::test_nothing_reads_the_clipboard",
         "screens/test_paper.py::test_a_report_shows_hostile_words_letter_for_letter_and_whole",
         "test_names.py::test_who_signs_a_new_place_is_told_which_registered_one_it_was_made_to_be_mistaken_for"),
    ),
    Scripted(
        "D3",
        "NAMES, IDS, AMOUNTS",
        "`formats/ids.py`, `settlement/readers.py`, `settlement/roster_change.py`",
        ("right-to-left override", "zero width space", "soft hyphen", "tag character", "variation selector", "line break",
         "tower of marks", "mark without a letter",
         "Hangul filler", "not composed", "Hebrew letter", "private letter", "Cyrillic letter", "Greek letter",
         "full-width digit", "mathematical letter", "no-break space", "an amount in other digits or with a sign",
         "an address with another's letter", "an institution of another's name", "a token of another's symbol",
         "a file whose name deceives"),
        ("test_names.py::test_what_could_be_mistaken_is_refused_at_this_entrance",
         "test_names.py::test_the_near_miss_enters",
         "test_names.py::test_switched_off_the_same_enters",
         "test_names.py::test_nobody_is_called_like_another_and_no_token_like_another",
         "test_names.py::test_a_file_whose_name_deceives_is_not_seen_on_a_stick"),
    ),
    Scripted(
        "D4",
        "PLAIN TEXT",
        "`ui/widgets/label.py`, `ui/widgets/letters.py`, `ui/views/report_pdf.py`, `resources/visible.py`",
        ("markup in a label", "a picture of a file in a tooltip", "an ampersand on a button", "a mark in a title",
         "control characters in a table", "Markdown and links", "a word without a break",
         "on paper: markup, a picture of a file, links", "on paper: a tower of marks", "on paper: letters that no font here has",
         "on paper: 200 amounts in a cell", "on paper: a foot longer than the page",
         "a file's name that forges a line of the printed digests"),
        ("screens/test_labels.py::test_every_screen_shows_hostile_words_letter_for_letter_and_whole",
         "screens/test_labels.py::test_the_walk_has_every_screen",
         "screens/test_dialogs.py::test_the_walk_has_every_dialog_and_there_is_no_box_beside_them",
         "screens/test_dialogs.py::test_every_dialog_shows_hostile_words_letter_for_letter_and_whole",
         "screens/test_enrolment.py::test_every_step_of_an_enrolment_shows_hostile_words_letter_for_letter_and_whole",
         "screens/test_labels.py::test_every_step_of_the_vault_shows_them_too",
         "screens/test_labels.py::test_with_its_guard_switched_off_the_lie_is_shown",
         "screens/test_labels.py::test_a_long_word_wraps_and_is_cut_at_the_edge_where_it_may_not_break",
         "screens/test_paper.py::test_a_report_shows_hostile_words_letter_for_letter_and_whole",
         "screens/test_paper.py::test_the_near_miss_is_printed_as_it_is",
         "screens/test_paper.py::test_with_its_guard_switched_off_the_lie_is_printed",
         "screens/test_paper.py::test_the_page_of_digests_has_each_whole_and_none_that_a_file_s_name_forges"),
    ),
    Scripted(
        "B6",
        "A VAULT ENTERED",
        "`settlement/roster_change.py`, `desk/registering.py`",
        ("a vault named twice, of which one was tried", "a stolen device's key in a new slot, once it was withdrawn",
         "two officers' keys of one secret"),
        ("test_entered.py::test_it_is_not_entered",
         "test_entered.py::test_the_near_miss_is_entered",
         "test_entered.py::test_switched_off_it_would_be_entered"),
    ),
    Scripted(
        "H8",
        "NO REPEATED RANDOMNESS",
        "`store/signing.py` `register`, `require_may_sign`",
        ("one number in two shares", "a share with the number of a vault's test", "a vault's test with the number of a share",
         "one number in the tests of two vaults", "one number under two places of a device",
         "the number of the device's key record in its test", "a test with a key that was stopped",
         "a test on a machine whose signing is frozen"),
        ("test_randomness.py::test_it_is_refused_by_name",
         "test_randomness.py::test_the_near_miss_is_signed",
         "test_randomness.py::test_switched_off_the_number_is_used_again"),
    ),
)  # fmt: skip


def row(each: Scripted) -> str:
    """Its line of the table in `docs/checks.md`."""
    return f"| {each.check} | {each.name} | {each.guard} | {' · '.join(each.cases)} |"
