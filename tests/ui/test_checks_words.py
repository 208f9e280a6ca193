"""What two officers attested never looks like what this machine proved."""

from countersign.review.finding import passed
from countersign.ui.presenters.checks import finding_line


def test_an_attestation_is_worded_and_coloured_as_one_and_what_was_replayed_as_a_pass() -> None:
    attested = passed("L8", "attested", "attestation", "two officers", "both", officers="A and B", size=3, at="now")
    safe = passed(
        "E10", "attested", "attestation", "two officers", "both", officers="A and B", number=7, block="0x07", at="now"
    )
    assert (finding_line(safe).word, finding_line(safe).tone) == ("attested", "info")
    assert (
        finding_line(safe).sentence
        == "Attested, not proved here: A and B read the Safe on their own nodes at block 7 (0x07) of now."
    )
    replayed = passed("L8", "replayed", "log", "every entry", "3 entries", size=3)
    assert (finding_line(attested).word, finding_line(attested).tone) == ("attested", "info")
    assert (finding_line(replayed).word, finding_line(replayed).tone) == ("pass", "ok")
    assert finding_line(attested).sentence.startswith("Attested, not proved here: A and B")


def test_what_only_the_log_says_never_looks_like_what_this_machine_s_own_node_found() -> None:
    for check in ("B12", "E8"):
        values = {"contract": "MH-2026-0001", "other": "60c7", "needed": 6}
        unasked = passed(check, "over-unasked", "earlier payment", "barred", "not asked", **values)
        asked = passed(check, "over", "earlier payment", "barred", "6 confirmations", **values)
        assert (finding_line(unasked).word, finding_line(unasked).tone) == ("by the log's word", "info")
        assert (finding_line(asked).word, finding_line(asked).tone) == ("pass", "ok")
        assert "No node of this machine's own was asked" in finding_line(unasked).sentence
