"""A scan takes the UR types that it was told, by name, and begins anew after every whole message."""

from pathlib import Path

import pytest

from countersign.airgap import psbt_ur, ur
from countersign.desk.scanning import DEVICE, ENVELOPE, Reads, Scanning
from countersign.errors import Malformed
from countersign.formats import cbor
from support.refusals import refused
from support.software_stage import FileCourier, SetClock

PSBT = b"psbt\xff" + bytes(range(200)) * 4


def scanning(reads: Reads) -> Scanning:
    return Scanning(FileCourier(), SetClock(), reads)


@pytest.mark.parametrize(
    "message",
    [
        psbt_ur.encode(PSBT),
        psbt_ur.encode(PSBT, version=1),
        ur.Message("psbt", cbor.encode(cbor.Tag(40310, PSBT))),
        ur.Message("crypto-psbt", cbor.encode(cbor.Tag(310, PSBT))),
    ],
)
def test_a_device_s_psbt_is_taken_out_of_either_type(message: ur.Message) -> None:
    scan = scanning(DEVICE)
    parts = ur.Parts(message, 100)
    *first, last = [scan.frame(parts.text(number).upper()) for number in range(1, parts.seq_len + 1)]
    assert {each[2] for each in first} == {None}
    assert last == (parts.seq_len, parts.seq_len, PSBT)


@pytest.mark.parametrize(
    ("reads", "message", "code"),
    [
        (DEVICE, ur.Message("countersign", cbor.encode(PSBT)), "T3.type"),
        (ENVELOPE, psbt_ur.encode(PSBT), "T3.type"),
        (DEVICE, ur.Message("psbt", cbor.encode("text")), "T3.psbt-form"),
        (DEVICE, ur.Message("psbt", cbor.encode(cbor.Tag(310, PSBT))), "T4.tag"),
    ],
)
def test_what_is_not_read_here_is_named_and_the_next_message_is_read(
    reads: Reads, message: ur.Message, code: str
) -> None:
    scan = scanning(reads)
    with refused(code, Malformed):
        scan.frame(ur.encode(message))
    wanted = psbt_ur.encode(PSBT) if reads is DEVICE else ur.Message("countersign", PSBT)
    assert scan.frame(ur.encode(wanted))[2] == PSBT


async def test_pictures_begin_a_scan_of_their_own(tmp_path: Path) -> None:
    other, mine = ur.Parts(psbt_ur.encode(PSBT[::-1]), 100), ur.Parts(psbt_ur.encode(PSBT), 100)
    scan = scanning(DEVICE)
    scan.frame(other.text(1))
    places = [tmp_path / f"{number}.png" for number in range(1, mine.seq_len + 1)]
    for number, place in enumerate(places, start=1):
        place.write_text(mine.text(number), "utf-8")
    assert await scan.pictures(places, lambda *_: None) == PSBT
