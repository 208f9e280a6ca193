"""D4: every step of Enrol a vault shows what files, folders, devices and the roster say letter for letter, whole."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from countersign.desk import describing, enrolling_views
from countersign.desk.describing import DescriptionView
from countersign.desk.enrolling_views import (
    Choices,
    CosignerTest,
    EnrolledKey,
    EnrolmentView,
    Opened,
    Wanted,
)
from countersign.errors import Malformed
from countersign.resources.visible import visible
from countersign.ui.application import OfficerWindow
from countersign.ui.views.enrol_screen import FILE, PROPOSE, TEST, VAULT, WORDS
from support import enrolment_world
from support.tainted_world import MARK, NEAR, TAINT, shown, taken
from support.window_hands import clipped, grab_again

LEI = "5299000J2N45DDNE4Y28"


def in_a_name(taint: str) -> str:
    """The same in a file's name, where no slash can be."""
    return taint.replace("/", "|").replace(MARK, "Yq8")


def opened(taint: str, view: DescriptionView) -> Opened:
    return Opened(Path(f"/media/MERIDIAN-1{in_a_name(taint)}/vault{in_a_name(taint)}.bsms"), b"", None, view)


def judged(taint: str, file: Opened) -> EnrolmentView:
    """The vault of three devices, everything in it called as nobody should be."""
    wanted = Wanted(file, f"meridian{taint}", LEI, "main", "bip122:0f9188f13cb7b2c71f2a335e3a4fc328")
    keys = tuple(
        EnrolledKey(at, "", key, f"officer-{at}{taint}", f"Amara Okafor{taint}", at == 0, f"key{taint}", f"token{taint}",
                    f"model{taint}", f"serial{taint}", at == 0)
        for at, key in enumerate(file.view.keys)
    )  # fmt: skip
    addresses = tuple((place, address) for _, place, address in file.view.addresses)
    return EnrolmentView(
        wanted, f"Meridian Capital{taint}", 2, 3, True, keys, addresses, "able acid also " * 4, 1, None, False
    )


def given(taint: str, file: Opened) -> enrolling_views.TestsView:
    signed = CosignerTest("a", f"Amara Okafor{taint}", True, (file.file,))
    missing = CosignerTest("b", f"Chidi Brandt{taint}", False, ())
    return enrolling_views.TestsView((signed, missing), ((file.file, Malformed("desk.unknown-file")),), ())


@pytest.mark.parametrize("taint", [TAINT, NEAR], ids=["hostile", "near miss"])
async def test_every_step_of_an_enrolment_shows_hostile_words_letter_for_letter_and_whole(
    taint: str, qapp: QApplication, window: OfficerWindow
) -> None:
    screen, found = window.enrol, []
    window.open_screen("enrol")
    window.resize(1200, 760)

    def look(step: str) -> None:
        grab_again(window)
        found.extend(f"{step}: {each}" for each in (*taken(window, taint), *clipped(window)))
        if window.width() > 1200 or window.height() > 900:
            found.append(f"{step} needs {window.width()}x{window.height()}")

    screen.vault.show_choices(Choices(((LEI, f"main{taint}", f"Meridian Capital{taint}"),), ("bip122:x",)))
    record = describing.look(enrolment_world.record("officer-a"))
    screen.show_file(opened(taint, replace(record, note=f"Coldcard{taint}")))
    look("key record")
    file = opened(taint, describing.look(enrolment_world.descriptor_record()))
    for step in (FILE, VAULT, WORDS, TEST, PROPOSE):
        screen.show_file(file)
        screen.show_vault(judged(taint, file))
        screen.go(step)
        screen.show_signed(f"written to {file.file}")
        screen.show_tests(given(taint, file))
        look(f"step {step}")
    screen.refuse(Malformed("enrol", file=taint))
    look("refused")
    assert found == []
    read = [text for _, text in shown(window)]
    assert sum(MARK in text for text in read) > 10
    assert any(visible(f"vault{in_a_name(taint)}.bsms") in text for text in read)
