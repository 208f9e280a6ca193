"""From a message to pictures on disk and back, with losses, as the crossing plays it."""

import random

import pytest
from PIL import Image

from countersign.airgap import psbt_ur, ur
from countersign.airgap.envelope import unseal
from countersign.airgap.ur import Message, Scan
from countersign.airgap.xoshiro import Xoshiro256
from countersign.couriers import frames, pictures
from countersign.couriers.picture_reader import PictureReader
from countersign.errors import Malformed
from support.envelopes import OPERATIONS, REQUEST, answer_to, sealed


@pytest.fixture(scope="module")
def reader():
    with PictureReader() as reader:
        yield reader


def psbt(length: int) -> Message:
    return psbt_ur.encode(b"psbt\xff" + Xoshiro256(b"Wolf").next_data(length))


def lossy(paths, seed: int):
    """A fifth dropped, a tenth of the rest shown again, all in disorder."""
    chance = random.Random(seed)
    paths = list(paths)
    kept = chance.sample(paths, len(paths) - len(paths) // 5)
    again = chance.sample(kept, len(kept) // 10)
    chance.shuffle(both := kept + again)
    return both


@pytest.mark.parametrize("version", [20, 27])
def test_a_psbt_returns_from_png_files_with_a_fifth_lost_a_tenth_repeated_the_rest_shuffled(tmp_path, reader, version):
    message = psbt(20_000)
    paths = frames.write_folder(tmp_path, "request", frames.texts(message, version))
    assert paths[0].name == "request-0001.png"
    scan = Scan()
    assert frames.scan_files(lossy(paths, version), reader, scan, now=0) == ()
    assert scan.message == message


def test_an_envelope_crosses_and_its_answer_returns(tmp_path, reader):
    request = sealed(REQUEST, OPERATIONS)
    for name, data in (("request", request), ("answer", sealed(answer_to(request), OPERATIONS))):
        paths = frames.write_folder(tmp_path, name, frames.texts(Message("countersign", data), 20))
        scan = Scan()
        frames.scan_files(lossy(paths, 1), reader, scan, now=0)
        assert scan.message == Message("countersign", data)
        assert unseal(scan.message.cbor, {OPERATIONS.kid: OPERATIONS.public}).kid == OPERATIONS.kid


@pytest.mark.parametrize("length", [1200, 2000, 3000, 5000, 9000])
def test_a_few_parts_survive_the_loss_of_any_fifth(length):
    message = psbt(length)
    texts = frames.texts(message)
    for seed in range(50):
        scan = Scan()
        for text in lossy(texts, seed):
            scan.receive(text, now=0)
        assert scan.message == message


def test_three_times_as_many_parts_are_shown_as_are_needed():
    message = psbt(20_000)
    texts = frames.texts(message)
    needed = ur.Parts(message, frames.max_fragment("psbt")).seq_len
    assert len(texts) == frames.shown(needed) == 3 * needed
    assert frames.shown(3) == 27


@pytest.mark.parametrize("version", range(20, 28))
def test_every_text_fits_its_version_even_at_the_longest_numbers(version):
    message = Message("countersign", Xoshiro256(b"Wolf").next_data(60_000))
    parts = ur.Parts(message, frames.max_fragment("countersign", version))
    for number in (1, 23, 24, 255, 65_536, 2**32 - 1):
        assert len(parts.text(number)) <= pictures.capacity(version)


def test_a_message_that_fits_one_picture_is_one_still_code(tmp_path, reader):
    message = psbt(500)
    texts = frames.texts(message)
    assert texts == (ur.encode(message).upper(),)
    (path,) = frames.write_folder(tmp_path, "request", texts)
    assert path.read_bytes() == pictures.still(texts[0], pixels=4)
    scan = Scan()
    frames.scan_files([path], reader, scan, now=0)
    assert scan.message == message


def test_a_single_text_too_long_for_a_still_code_is_drawn_as_a_frame(tmp_path):
    texts = frames.texts(psbt(900))
    assert len(texts) == 1
    assert len(texts[0]) > pictures.STILL_CAPACITY
    (path,) = frames.write_folder(tmp_path, "request", texts)
    assert path.read_bytes() == pictures.frame(texts[0])


def test_what_does_not_belong_is_passed_over_by_name(tmp_path, reader):
    message, other = psbt(3000), psbt(4000)
    paths = list(frames.write_folder(tmp_path, "request", frames.texts(message)))
    strange = frames.write_folder(tmp_path, "strange", frames.texts(other)[:1])
    (tmp_path / "smudged-0001.png").write_bytes(paths[1].read_bytes()[:-300])
    (tmp_path / "link-0001.png").symlink_to(paths[2].name)
    Image.new("1", (50, 50), 1).save(tmp_path / "blank-0001.png")
    odd = [*strange, *(tmp_path / f"{name}-0001.png" for name in ("smudged", "link", "blank"))]
    scan = Scan()
    passed = frames.scan_files([paths[0], *odd, *paths[1:]], reader, scan, now=0)
    assert passed == ("T3.mixed-messages", "T5.picture", "T2.link")
    assert scan.message == message


def test_one_picture_of_an_animation_reads_as_its_text(reader):
    text = frames.texts(psbt(3000))[7]
    assert reader.decode(frames.picture(text)) == [text]


def test_a_version_that_is_not_offered_is_refused():
    with pytest.raises(Malformed) as refused:
        frames.texts(psbt(3000), version=40)
    assert refused.value.code == "T5.version"
