"""A desk's folder: whole or refused, its log's keys under its passphrase, one process at a time."""

import secrets
from pathlib import Path

import pytest

from countersign.errors import Conflict, Malformed, Refused, Unavailable
from countersign.store import station
from countersign.store.profile import Kind, read_about
from support.software_stage import CHEAP

PASSPHRASE = "correct horse battery"


def made(folder: Path, passphrase: str = PASSPHRASE) -> station.OpenStation:
    return station.create(folder, secrets.token_bytes, lambda: passphrase, lambda seed: {"seed": seed[:4]}, CHEAP)


def opened(folder: Path, *passphrases: str) -> station.OpenStation:
    waiting = list(passphrases)
    found = station.open_station(folder, lambda: waiting.pop(0))
    assert waiting == []
    return found


def test_a_desk_opens_with_one_passphrase_and_has_the_key_it_was_made_with(tmp_path: Path) -> None:
    first = made(tmp_path / "desk")
    seeds = first.seeds
    first.close()
    again = opened(tmp_path / "desk", PASSPHRASE)
    assert again.seeds == seeds
    assert again.profile.journal.setting("seed") == seeds[0][:4]
    assert read_about(tmp_path / "desk" / station.STORE)[0] is Kind.DESK
    assert seeds[0].hex() not in repr(again)
    again.close()


def test_a_wrong_passphrase_opens_nothing_and_leaves_it_free(tmp_path: Path) -> None:
    made(tmp_path / "desk").close()
    with pytest.raises(Refused) as refused:
        opened(tmp_path / "desk", "another passphrase")
    assert refused.value.code == "keys.wrong-passphrase"
    opened(tmp_path / "desk", PASSPHRASE).close()


def test_a_second_process_is_refused_while_the_first_works(tmp_path: Path) -> None:
    first = made(tmp_path / "desk")
    with pytest.raises(Conflict) as refused:
        station.open_station(tmp_path / "desk", lambda: PASSPHRASE)
    assert refused.value.code == "S1.second-console"
    first.close()
    opened(tmp_path / "desk", PASSPHRASE).close()


def test_one_more_key_is_kept_behind_the_first_and_only_under_the_same_passphrase(tmp_path: Path) -> None:
    made(tmp_path / "desk").close()
    with pytest.raises(Refused):
        station.add_key(tmp_path / "desk", secrets.token_bytes, lambda: "another passphrase", CHEAP)
    new = station.add_key(tmp_path / "desk", secrets.token_bytes, lambda: PASSPHRASE, CHEAP)
    found = opened(tmp_path / "desk", PASSPHRASE)
    assert (len(found.seeds), found.seeds[1]) == (2, new)
    found.close()


@pytest.mark.parametrize("missing", ["store", "keys"])
def test_half_a_folder_is_no_desk(tmp_path: Path, missing: str) -> None:
    made(tmp_path / "desk").close()
    (tmp_path / "desk" / missing).rename(tmp_path / missing)
    with pytest.raises(Unavailable) as refused:
        station.open_station(tmp_path / "desk", lambda: PASSPHRASE)
    assert refused.value.code == "store.no-station"
    (tmp_path / missing).rename(tmp_path / "desk" / missing)
    opened(tmp_path / "desk", PASSPHRASE).close()


def test_nothing_is_overwritten_and_a_short_passphrase_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        made(tmp_path / "desk", "short")
    assert refused.value.code == "store.short-passphrase"
    assert not (tmp_path / "desk").exists()
    made(tmp_path / "desk", "12345678").close()  # the shortest there may be
    with pytest.raises(Conflict) as exists:
        made(tmp_path / "desk")
    assert exists.value.code == "store.station-exists"


def test_a_making_that_is_stopped_leaves_nothing_and_can_be_done_again(tmp_path: Path) -> None:
    def stopped(_seed: bytes) -> dict[str, bytes]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        station.create(tmp_path / "desk", secrets.token_bytes, lambda: PASSPHRASE, stopped, CHEAP)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / ".desk.part" / "keys").mkdir(parents=True)  # what a killed process leaves
    made(tmp_path / "desk").close()
    assert [each.name for each in tmp_path.iterdir()] == ["desk"]
    opened(tmp_path / "desk", PASSPHRASE).close()


def test_files_that_somebody_puts_beside_the_keys_are_no_keys(tmp_path: Path) -> None:
    made(tmp_path / "desk").close()
    for name in ("9.wrapped", ".2.wrapped", "x.wrapped"):
        (tmp_path / "desk" / "keys" / name).write_bytes(b"")
    found = opened(tmp_path / "desk", PASSPHRASE)
    assert len(found.seeds) == 1
    found.close()
    (tmp_path / "desk" / "keys" / "2.wrapped").write_bytes(b"nonsense")
    with pytest.raises(Malformed) as refused:
        station.open_station(tmp_path / "desk", lambda: PASSPHRASE)
    assert refused.value.code == "keys.wrapping-form"


def test_a_name_that_no_disk_takes_is_refused_by_name(tmp_path: Path) -> None:
    for work in (lambda: made(tmp_path / ("a" * 300)), lambda: opened(tmp_path / ("a" * 300))):
        with pytest.raises(Unavailable) as refused:
            work()
        assert refused.value.code == "store.disk"
