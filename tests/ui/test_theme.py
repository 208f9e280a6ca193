"""The palettes: every pair that carries words has a contrast of 4.5 : 1, in both; every icon is ours and takes a colour."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from countersign.resources.location import data_path
from countersign.ui.theme import icons
from countersign.ui.theme.dress import dress, of_system, worn
from countersign.ui.theme.palette import DARK, LIGHT, PAIRS, Palette, colours, contrast
from countersign.ui.theme.sheet import sheet


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_pair_that_carries_words_has_enough_contrast(palette: Palette) -> None:
    table = colours(palette)
    poor = {(ink, ground): round(contrast(table[ink], table[ground]), 2) for ink, ground in PAIRS
            if contrast(table[ink], table[ground]) < 4.5}  # fmt: skip
    assert poor == {}


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_tone_and_ink_is_among_the_pairs(palette: Palette) -> None:
    inks = {ink for ink, _ in PAIRS}
    grounds = {ground for _, ground in PAIRS}
    plain = {"name", "line"}
    assert set(colours(palette)) - inks - grounds - plain == set()


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_takes_colours_from_the_palette_only(palette: Palette) -> None:
    text = sheet(palette)
    found = {text[at : at + 7] for at in range(len(text)) if text[at] == "#"}
    assert found <= set(colours(palette).values())
    assert "{" in text
    assert "{{" not in text


def test_a_theme_is_put_on_and_can_be_asked_for(qapp: QApplication) -> None:
    dress(qapp, DARK)
    assert worn() is DARK
    dress(qapp, LIGHT)
    assert worn() is LIGHT
    assert of_system(qapp) in (LIGHT, DARK)
    assert qapp.style().name() in ("fusion", "")


def test_every_drawing_takes_the_colour_it_is_given(qapp: QApplication) -> None:
    names = [path.stem for path in data_path("icons").glob("*.svg") if not path.stem.startswith("tick")]
    assert len(names) > 25
    for name in names:
        image = icons.pixmap(name, "#ff0000", 16).toImage()
        inked = {QColor(image.pixelColor(x, y)).name() for x in range(16) for y in range(16)
                 if image.pixelColor(x, y).alpha() > 200}  # fmt: skip
        assert inked == {"#ff0000"}, name
