"""Where each leg of a settlement is, at a terminal: each place in words of its own, and why nothing was sent."""

from dataclasses import replace

import pytest

from countersign.cli.leg_lines import tell_legs
from countersign.desk.legs import ChainLeg, LegsView, Where

LEG = ChainLeg(
    "ab" * 32, "psbt", "bip122:00", "replacement", (), Where.UNSENT, "", None, 0,
    executable=True, seen=False, same=True, failed=False, objection=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("leg", "told"),
    [
        (replace(LEG, released=False, missing=1), "not sent; signatures that it lacks: 1"),
        (replace(LEG, released=False), "not sent; it is signed, and not released yet"),
        (LEG, "not sent; it is released"),
        (replace(LEG, where=Where.WAITING, transaction="cd" * 32), "sent, and it waits for a block"),
        (replace(LEG, where=Where.NOWHERE, transaction="cd" * 32), "sent, and your node has it no more"),
        (replace(LEG, where=Where.REVERTED, transaction="cd" * 32), "in a block, in which it did nothing"),
        (replace(LEG, where=Where.OTHERWISE, transaction="cd" * 32, executable=False, differs="nothing moved"),
         "executed, and the token did not move what is owed: nothing moved"),
        (replace(LEG, where=Where.BLOCK, transaction="cd" * 32, height=114, confirmations=2),
         "in block 114, confirmations: 2"),
    ],
)  # fmt: skip
def test_each_place_has_its_words(leg: ChainLeg, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    tell_legs(LegsView("ef" * 32, "W-1", "settling", (leg,)))
    lines = capsys.readouterr().out.splitlines()
    if leg.where is Where.OTHERWISE:
        assert lines.pop(0).startswith("0 of 1 leg is delivered. Executed without moving what is owed: 1;")
    assert lines[0] == f"Instruction {leg.instruction} (psbt, replacement) on bip122:00: {told}"
    assert lines[1:] == ([f"  transaction {leg.transaction}"] if leg.transaction else [])


def test_what_can_never_execute_is_said_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    tell_legs(LegsView("ef" * 32, "W-1", "settling", (replace(LEG, executable=False),)))
    assert "it cannot execute" in capsys.readouterr().out


def test_a_leg_that_did_not_pay_is_counted_with_none(capsys: pytest.CaptureFixture[str]) -> None:
    """The near miss: where nothing was executed otherwise, nothing is said of it."""
    paid = replace(LEG, where=Where.BLOCK, transaction="cd" * 32, height=114, confirmations=2)
    short = replace(LEG, where=Where.OTHERWISE, transaction="ce" * 32, executable=False, differs="nothing moved")
    tell_legs(LegsView("ef" * 32, "W-1", "settling", (paid, short, replace(short, earlier=True))))
    told = "1 of 2 legs are delivered. Executed without moving what is owed: 1; that does not count as paid."
    assert capsys.readouterr().out.splitlines()[0] == told
    tell_legs(LegsView("ef" * 32, "W-1", "settling", (paid, replace(LEG, where=Where.REVERTED))))
    assert "count as paid" not in capsys.readouterr().out
