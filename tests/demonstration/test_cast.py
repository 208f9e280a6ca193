"""Who plays: valid identifiers that belong to nobody, and no mainnet anywhere."""

import re
from pathlib import Path

from countersign import demonstration
from countersign.demonstration import cast
from countersign.formats import ids

MAINNET = re.compile(r"000000000019d6689c085ae165831e93|eip155:1\b(?!\d)|\bbc1[a-z0-9]{10}")


def test_every_lei_has_its_check_digits() -> None:
    for lei in (cast.NORTHGATE, cast.MERIDIAN, cast.HARBOUR):
        assert ids.lei(lei) == lei


def test_no_mainnet_occurs_in_the_room() -> None:
    for path in sorted(Path(demonstration.__file__).parent.glob("*.py")):
        assert not MAINNET.search(path.read_text("utf-8")), path.name


def test_maker_checker_preparer_and_signers_are_different_people() -> None:
    roles = {each.id: set(each.roles) for each in cast.OFFICERS}
    assert not any("operations" in found and found & {"signing", "vault", "compliance"} for found in roles.values())
    assert [each.id for each in cast.COSIGNERS if not each.online] == ["officer-c", "officer-d"]


def test_the_deposits_need_three_inputs_and_leave_change() -> None:
    assert sum(sorted(cast.DEPOSITS)[-2:]) < cast.SOLD < sum(cast.DEPOSITS) - cast.FEE_CAP
    assert cast.PAID < cast.TOKENS
