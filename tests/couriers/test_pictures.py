"""Pictures: drawn as UX.md wants them, and read."""

import io
from zlib import crc32

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from countersign.couriers import pictures
from countersign.couriers.pictures import Grey, capacity, frame, read, still
from countersign.errors import Malformed

TEXT = "UR:COUNTERSIGN/12-345/" + "AEADAOLA" * 100


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("L")


def modules_across(image: Image.Image, scale: int) -> int:
    return image.width // scale - 2 * pictures.QUIET_ZONE


@pytest.mark.parametrize("draw", [frame, still])
def test_what_is_drawn_is_read(draw):
    assert read(draw(TEXT)) == [TEXT]


@pytest.mark.parametrize("draw", [frame, still])
@pytest.mark.parametrize("scale", [3, 4, 7])
def test_a_picture_is_black_on_white_with_a_quiet_zone_of_four_modules(draw, scale):
    image = opened(draw(TEXT, pixels=scale))
    assert set(image.tobytes()) == {0, 255}
    inner = 4 * scale
    assert image.width == image.height
    # the finder patterns touch the inner border on three corners: the quiet zone is exactly four modules
    black = image.point(lambda value: 255 - value).getbbox()
    assert black == (inner, inner, image.width - inner, image.height - inner)
    assert (image.width - 2 * inner) % scale == 0


def test_a_module_is_never_drawn_under_two_and_a_half_pixels():
    assert opened(frame(TEXT, pixels=1)).width == opened(frame(TEXT, pixels=3)).width


def test_every_frame_is_written_with_ecc_l_and_reads_as_such():
    code = zxingcpp.read_barcode(opened(frame(TEXT)), formats=zxingcpp.BarcodeFormats(zxingcpp.QRCode))
    assert code.ec_level == "L"


@pytest.mark.parametrize("version", range(20, 28))
def test_a_version_holds_what_is_claimed_and_not_one_character_more(version):
    full = frame("A" * capacity(version), pixels=3)
    assert modules_across(opened(full), 3) == 17 + 4 * version
    if version < 27:
        assert modules_across(opened(frame("A" * (capacity(version) + 1), pixels=3)), 3) == 17 + 4 * (version + 1)


def test_what_version_27_does_not_hold_is_refused():
    assert frame("A" * 2132)
    assert still("A" * pictures.STILL_CAPACITY)
    for draw, length in ((frame, 2133), (still, pictures.STILL_CAPACITY + 1), (still, 10_000)):
        with pytest.raises(Malformed) as refused:
            draw("A" * length)
        assert refused.value.code == "T5.too-dense"


@pytest.mark.parametrize("version", [19, 28])
def test_other_versions_are_not_offered(version):
    with pytest.raises(Malformed) as refused:
        capacity(version)
    assert refused.value.code == "T5.version"


def test_a_camera_frame_is_read_as_a_file_is():
    image = opened(frame(TEXT))
    photo = Image.new("L", (1280, 720), 190)
    photo.paste(image.rotate(90), (300, 60))
    assert read(Grey(1280, 720, photo.tobytes())) == [TEXT]


def test_other_codes_are_not_looked_for():
    code = zxingcpp.create_barcode(TEXT, zxingcpp.DataMatrix)
    drawn = memoryview(code.to_image(scale=4))
    height, width = drawn.shape
    assert read(Grey(width, height, bytes(drawn))) == []


@pytest.mark.parametrize("data", [b"", b"junk", b"\x89PNG\r\n\x1a\n" + bytes(50), b"GIF89a" + bytes(50)])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(Malformed) as refused:
        read(data)
    assert refused.value.code == "T5.picture"


def test_a_truncated_picture_is_refused():
    with pytest.raises(Malformed) as refused:
        read(frame(TEXT)[:-200])
    assert refused.value.code == "T5.picture"


def test_a_picture_larger_than_4k_is_refused_by_its_header():
    def png(width: int, height: int) -> bytes:
        out = io.BytesIO()
        Image.new("1", (width, height), 1).save(out, "PNG")
        return out.getvalue()

    assert read(png(3840, 2160)) == []
    for size in ((4097, 10), (10, 4097), (4096, 2161)):
        with pytest.raises(Malformed) as refused:
            read(png(*size))
        assert refused.value.code == "T5.frame-size"


@pytest.mark.parametrize("side, code", [(8_000, "T5.frame-size"), (60_000, "T5.picture")])
def test_a_small_file_that_claims_to_be_huge_is_refused_before_it_is_unpacked(side, code):
    with pytest.raises(Malformed) as refused:
        read(bomb(side))
    assert refused.value.code == code


def bomb(side: int) -> bytes:
    """A file of a hundred bytes that claims `side` by `side` pixels."""
    out = io.BytesIO()
    Image.new("1", (8, 8), 1).save(out, "PNG")
    data = bytearray(out.getvalue())
    data[16:24] = side.to_bytes(4, "big") * 2
    data[29:33] = crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


def test_a_camera_buffer_of_another_length_is_refused():
    with pytest.raises(Malformed) as refused:
        read(Grey(10, 10, bytes(99)))
    assert refused.value.code == "T5.picture"


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/-", min_size=1, max_size=300))
def test_any_ur_text_survives_its_picture(text):
    assert read(frame(text, pixels=3)) == [text]
