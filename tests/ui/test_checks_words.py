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
