"""`countersign settlement show`: the whole story in order, in plain sentences, and one line of JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from countersign.cli.settlement import SCHEMA, story_lines, story_value
from countersign.desk.ports import Record
from countersign.desk.telling import Story, story
from countersign.resources.telling import TEMPLATES
from countersign.settlement.machine import RULES
from support import trouble_world as trouble
from support.command_line import CommandLine


def asked(command_line: CommandLine, settled: Path, *more: str) -> tuple[int, str, str]:
    return command_line.run("settlement", "show", *more, "--profile", str(settled / "profile"))


def value(command_line: CommandLine, settled: Path, id: str) -> dict[str, Any]:
    status, out, _ = asked(command_line, settled, id, "--json")
    assert (status, out.count("\n")) == (0, 1)
    found: dict[str, Any] = json.loads(out)
    return found


def test_the_story_is_told_from_the_contract_to_finality(command_line: CommandLine, settled: Path) -> None:
    status, out, err = asked(command_line, settled, "MH-2026-0001")
    assert (status, err) == (0, "")
    parts = [
        "MH-2026-0001, version 1 (bilateral-spot): final",
        "Meridian Capital (main) delivers 250.00000000 BTC to Harbour Prime (main)",
        "it is agreed",
        "endorsed it for the custodian",
        "250.00000000 BTC of Meridian Capital (main) is held, and at most 0.",
        "20,000,000.000000 USDC of Harbour Prime (main) is held.",
        "closed (gross); contracts in it: 1.",
        "signed for meridian-btc and the desk verified it: 1 of 2",
        "signed for meridian-btc and the desk verified it: 2 of 2",
        "ordered the release and",
        "confirmed delivery",
        "Everything is delivered and final",
    ]
    places = [out.index(part) for part in parts]
    assert places == sorted(places)
    assert "(not given)" not in out


def test_a_cycles_name_points_to_its_command_and_nothing_is_a_usage_error(
    command_line: CommandLine, settled: Path
) -> None:
    _, out, _ = command_line.run("cycle", "--profile", str(settled / "profile"))
    cycle = out.split()[0]
    status, _, err = asked(command_line, settled, cycle)
    assert (status, f"`countersign cycle {cycle}`" in err) == (1, True)
    status, _, err = asked(command_line, settled, f"{cycle}0")
    assert (status, "No settlement here has the id or hash" in err) == (1, True)
    status, _, err = asked(command_line, settled, "")
    assert (status, "give a contract's id, or its hash" in err) == (2, True)


def test_the_lines_name_log_positions_in_order_and_only_this_settlement(
    command_line: CommandLine, settled: Path
) -> None:
    found = value(command_line, settled, "MH-2026-0001")
    indexes = [line["index"] for line in found["story"]]
    assert indexes == sorted(set(indexes))
    assert (found["schema"], found["state"]) == (SCHEMA, "final")
    assert found["act_by"]["code"] == "settlement.act-by-dispute"
    assert found["no_act_by"] is None
    assert found["story"][0]["type"] == "contract.affirmed"
    assert found["story"][-1]["type"] == "settlement.final"
    assert {"deposit.credited", "desk.founded", "policy.adopted"}.isdisjoint(line["type"] for line in found["story"])
    assert all(line["signers"] and line["fault"] is None for line in found["story"])


def failed(*, executable: bool, mined: bool = False) -> Story:
    """The story of a settlement of which one leg failed; or stands in a block after all."""
    desk, trade = trouble.begun("signed")
    _, safe = trouble.half_delivered(desk, trade)
    desk.log(*trouble.failed(trade, safe, executable=executable))
    if mined:
        desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 1))

    def record_of(index: int) -> Record:
        entry = desk.entries[index]
        return Record(entry.index, entry.time_ms, b"", entry.event)

    return story(desk.state, record_of, trade.hash, desk.now_ms // 1_000)


def test_what_bites_first_is_told_with_what_to_do() -> None:
    text = "\n".join(story_lines(failed(executable=True)))
    assert "Act by 2026-11-23T21:00:00Z: One leg was delivered and another was not" in text
    assert "→ Send the other leg again" in text
    gone = failed(executable=False)
    assert "The number of the Safe harbour-safe that this transaction needs is used" in "\n".join(story_lines(gone))
    act_by = story_value(gone)["act_by"]
    assert isinstance(act_by, dict)
    assert (act_by["code"], act_by["values"]) == ("settlement.act-by-nonce", {"vault": "harbour-safe"})


def test_where_nothing_bites_it_is_told_why() -> None:
    done = failed(executable=True, mined=True)
    text = "\n".join(story_lines(done))
    assert "Act by" not in text
    assert "No deadline: all of it stands in blocks" in text
    assert "→ Wait for the confirmations" in text
    found = story_value(done)
    assert (found["act_by"], found["no_act_by"]) == (None, "settlement.no-deadline-chain")


def test_a_hash_and_an_id_name_the_same_settlement(command_line: CommandLine, settled: Path) -> None:
    by_id = value(command_line, settled, "MH-2026-0001")
    assert value(command_line, settled, by_id["contract"]) == by_id


@pytest.mark.parametrize("id", ["MH-2026-0002", "00" * 32])
def test_an_id_that_nothing_has_is_refused_with_the_next_step(
    command_line: CommandLine, settled: Path, id: str
) -> None:
    status, out, err = asked(command_line, settled, id)
    assert (status, out) == (1, "")
    assert "[desk.no-such-settlement]" in err


def test_telling_changes_no_byte(command_line: CommandLine, settled: Path) -> None:
    def taken() -> dict[str, bytes]:
        folder = settled / "profile"
        return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    before = taken()
    asked(command_line, settled, "MH-2026-0001")
    assert taken() == before


def test_every_event_of_a_settlement_has_words_of_its_own() -> None:
    """Types that never concern one settlement need none."""
    elsewhere = (
        "desk.",
        "roster.",
        "policy.",
        "price.",
        "deposit.",
        "lending.",
        "log.",
        "ceremony.",
        "reconciliation.",
        "owners.",
    )
    assert {kind for kind in RULES if not kind.startswith(elsewhere)} <= set(TEMPLATES)
