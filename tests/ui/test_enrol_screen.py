"""Enrol a vault in the window: the whole ceremony at real consoles, by token and by device; hostile files beside near misses."""

import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QFileDialog, QLineEdit

from countersign.bitcoin import descriptor_checksum
from countersign.bitcoin import psbt as psbts
from countersign.demonstration import cast
from countersign.desk import vault_enrolment, vault_trying
from countersign.desk.console import OfficerConsole
from countersign.desk.enrolling_views import Wanted
from countersign.settlement.roster import Party, RangedVault, SlotVault
from countersign.signers.provision import provisioner_for
from countersign.ui.application import BannerFacts, Instruments, Mode, OfficerWindow, open_officer
from countersign.ui.widgets.label import WholeValue
from countersign.ui.widgets.reason import ReasonField
from support import enrolment_stage as world
from support import softhsm
from support.device_stage import COSIGNERS, device
from support.hardware_wallet import Device
from support.r_register import journal
from support.software_stage import Table
from support.window_hands import active, click, dialog, enabled, key, named, no_dialog, seen, settled, type_into, words
from ui.test_accessible import clipped, grab_again, keyless, marked_up, unnamed

A, C, D, E = cast.OFFICER_A.id, cast.OFFICER_C.id, cast.OFFICER_D.id, cast.OFFICER_E.id
JUDGE, HEARD = "Hold it against the roster", "The words that the other cosigners read"


class Drives:
    """Writes where it is told."""

    def keep(self, folder: Path, name: str, data: bytes) -> Path:
        (folder / name).write_bytes(data)
        return folder / name


class Sitting:
    """Officers at their consoles, one window each, and the folder in which the ceremony's files lie."""

    def __init__(self, table: Table, folder: Path, instruments: Instruments) -> None:
        self.table, self.folder, self.instruments = table, folder, instruments
        self.consoles: dict[str, OfficerConsole] = {}
        self.windows: list[OfficerWindow] = []

    async def console(self, officer: str) -> OfficerConsole:
        if officer not in self.consoles:
            self.consoles[officer] = await world.console_of(self.table, officer)
        return self.consoles[officer]

    async def window(self, officer: str) -> OfficerWindow:
        """The officer's window, at the first step."""
        made = open_officer(await self.console(officer), BannerFacts(Mode.ONLINE), self.instruments)
        self.windows.append(made)
        made.show()
        await active(made)
        await made.refresh()
        key(made, "Ctrl+4")
        click(made, "Enrol a vault…")
        return made

    def put(self, name: str, data: bytes) -> Path:
        (self.folder / name).write_bytes(data)
        return self.folder / name


@pytest.fixture
async def sitting(tmp_path: Path, instruments: Instruments, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sitting]:
    table = await world.founded(tmp_path / "stage")
    monkeypatch.setattr(instruments.drives, "keep", Drives().keep)
    (tmp_path / "ceremony").mkdir()
    found = Sitting(table, tmp_path / "ceremony", instruments)
    yield found
    for window in found.windows:
        window.close()
    await table.stage.aclose()


def on(window: OfficerWindow) -> None:
    """Press what goes on from this step."""
    click(window, window.enrol.next.accessibleName())


async def read(window: OfficerWindow, file: Path) -> None:
    """Choose the file and have it read."""
    click_choose(window, file)
    click(window, "Read the file")
    await settled(window)


def click_choose(window: OfficerWindow, file: Path) -> None:
    """The native dialog of the page's first file line."""
    window.enrol.stack.currentWidget().findChildren(type(window.enrol.file.file))[0].choose.click()
    (chooser,) = [each for each in window.findChildren(QFileDialog) if each.isVisible()]
    chooser.fileSelected.emit(str(file))
    chooser.close()
    chooser.setParent(None)


async def judged(window: OfficerWindow, file: Path, own: Path | None = None) -> None:
    """From the first step to the judged vault."""
    await read(window, file)
    on(window)
    type_into(window, "Id of the vault", world.NAME)
    choose_owner(window)
    if own is not None:
        click_choose(window, own)
    click(window, JUDGE)
    await settled(window)


def choose_owner(window: OfficerWindow) -> None:
    owners = window.enrol.vault.owners
    (at,) = [row for row in range(owners.count()) if owners.item(row).text() == "Meridian Capital, book trading"]
    owners.setCurrentRow(at)


async def compared(window: OfficerWindow) -> str:
    """Go on to the words, and type what the others read."""
    on(window)
    view = window.enrol.view
    assert view is not None
    type_into(window, HEARD, view.words)
    on(window)
    await settled(window)
    return view.words


async def pin(window: OfficerWindow) -> None:
    asked = await dialog(window)
    type_into(asked, "The PIN of the token", cast.PIN)
    click(asked, "Unlock")
    await settled(window)


def tidy(window: OfficerWindow) -> None:
    """Every control of the step has a name, no key means two things, nothing is clipped in either size."""
    page, faults = window.enrol, list[str]()
    for size in ((1440, 900), (1200, 760)):
        window.resize(*size)
        grab_again(window)
        faults.extend([*unnamed(page), *keyless(page), *clipped(page), *marked_up(page)])
    shown = [each for each in window.findChildren(QShortcut) if each.parent().isVisible()]  # type: ignore[attr-defined]
    faults.extend(name for name, times in Counter(each.key().toString() for each in shown).items() if times > 1)
    assert faults == []


async def test_the_whole_ceremony_by_tokens_to_the_registered_vault(sitting: Sitting) -> None:
    """Ada and Dora sit at windows, Elin at a terminal: what either writes, the other takes."""
    file = sitting.put("vault.txt", world.slots_file(sitting.table))
    planned = vault_enrolment.plan(
        sitting.table.desk.state.roster, vault_enrolment.read_vault(file.read_bytes(), None), world.NAME,
        Party(cast.MERIDIAN, world.BOOK), cast.BITCOIN,
    )  # fmt: skip
    elin = sitting.table.stage.bearers[E]
    for officer in (A, D):
        window = await sitting.window(officer)
        await judged(window, file)
        tidy(window)
        told = seen(window)
        for line in ("Your key stands in each of its 3 slots exactly once: 3 keys are yours.", "2 of 3 sign", "yours",
                     "Key 2 · Dora Finch", "btc meridian-trading-btc 0 in officer-d"):  # fmt: skip
            assert line in told, line
        assert await compared(window) == vault_enrolment.words(planned)
        tidy(window)
        await sitting.consoles[officer].lock()
        click(window, "Sign the test with the token")
        await pin(window)
        written = sitting.folder / f"{world.NAME}-{officer}.psbt"
        assert f"Your test signatures were verified and written: {written}" in seen(window)
        on(window)
        await settled(window)
        if officer == A:
            assert not enabled(window, "Propose the vault…")
            assert "Missing: Dora Finch, Elin Moor." in seen(window)
            sitting.put("elin.test", await vault_trying.sign(journal(), planned, E, elin))  # `vault-enrol sign`
    tests = [each.read_bytes() for each in sitting.folder.iterdir() if each != file]
    assert vault_enrolment.entry(planned, tests)  # `vault-enrol propose`
    assert "Every cosigner has signed the test. The vault can be proposed." in seen(window)
    on(window)
    await settled(window)
    assert window.screen_key == "settings"
    assert f"The vault {world.NAME} is proposed." in seen(window)
    (proposal,) = sitting.consoles[D].governance.proposals()
    assert proposal.signed == ("Dora Finch",)
    other = await sitting.console("compliance")
    other.governance.take_in(sitting.consoles[D].governance.export(proposal.id))
    await other.governance.sign(proposal.id)
    await other.governance.append(proposal.id)
    assert isinstance(sitting.table.desk.state.roster.vaults[world.NAME], SlotVault)


async def test_a_vault_comes_with_a_reason_gains_a_slot_and_is_tried_at_last(sitting: Sitting) -> None:
    """Two slots with one test of three, a third slot with every test, then the vault as it stands with the tests it lacked."""
    lines = world.slots_file(sitting.table).splitlines(keepends=True)
    window = await sitting.window(D)
    await own_test(window, sitting.put("vault.txt", b"".join(lines[:2])), f"{world.NAME} of Meridian Capital")
    assert "Missing: Ada Vale, Elin Moor. Without a reason it is proposed only with every cosigner's test." in seen(
        window
    )
    tidy(window)
    assert not enabled(window, "Propose the vault…")
    type_into(window, "Why it is entered all the same", "The others are on their way.")
    said = await proposed(sitting, window)
    assert (
        f"UNTESTED: for the vault {world.NAME} nothing shows that these can sign: Ada Vale, Elin Moor. Reason given: The "
        in said
    )
    assert len(vault_of(sitting).slots) == 2

    forget(sitting)
    await again(window)
    await own_test(window, sitting.put("more.txt", lines[2]), f"More slots for {world.NAME}")
    assert "Keys of slot 2" in seen_at(window, 1)
    assert "Your key stands exactly once in each new slot (1)" in seen_at(window, 1)
    await from_others(sitting, window)
    assert "Every cosigner has signed the test. The slots can be proposed." in seen(window)
    said = await proposed(sitting, window)
    assert (
        f"Verified here: the test signatures for the vault {world.NAME} (new slots: 2) of Ada Vale, Dora Finch, Elin Moor."
        in said
    )
    assert "UNTESTED" not in said
    assert [slot.number for slot in vault_of(sitting).slots] == [0, 1, 2]

    forget(sitting)
    await again(window)
    await own_test(window, sitting.put("vault.txt", b"".join(lines)), f"The standing vault {world.NAME}")
    assert "nobody's test is owed" in seen(window)
    tidy(window)
    assert not [each for each in window.enrol.gather.findChildren(ReasonField) if each.isVisibleTo(window)]
    before = vault_of(sitting)
    said = await proposed(sitting, window)
    assert f"Verified here: the test signatures for the vault {world.NAME} of Dora Finch." in said
    assert vault_of(sitting) == before


def vault_of(sitting: Sitting) -> SlotVault:
    found = sitting.table.desk.state.roster.vaults[world.NAME]
    assert isinstance(found, SlotVault)
    return found


def forget(sitting: Sitting) -> None:
    """The files of a ceremony that is over."""
    for each in sitting.folder.iterdir():
        each.unlink()


async def again(window: OfficerWindow) -> None:
    await window.refresh()
    click(window, "Vaults")
    click(window, "Enrol a vault…")
    window.enrol.go(0)


def seen_at(window: OfficerWindow, step: int) -> str:
    """What stands on an earlier step."""
    at = window.enrol.at
    window.enrol.stack.setCurrentIndex(step)
    told = seen(window)
    window.enrol.stack.setCurrentIndex(at)
    return told


async def own_test(window: OfficerWindow, file: Path, named_as: str) -> None:
    """From the description to this officer's own test by their token, and on to whose are there."""
    await judged(window, file)
    assert named_as in seen(window)
    tidy(window)
    await compared(window)
    click(window, "Sign the test with the token")
    await settled(window)
    on(window)
    await settled(window)


async def from_others(sitting: Sitting, window: OfficerWindow) -> None:
    """The tests of the others' tokens, signed elsewhere."""
    view = window.enrol.view
    assert view is not None
    found = vault_enrolment.read_vault(view.wanted.description.data, None)
    owner = Party(cast.MERIDIAN, world.BOOK)
    planned = vault_enrolment.plan(sitting.table.desk.state.roster, found, world.NAME, owner, cast.BITCOIN)
    for officer in (A, E):
        await sitting.console(officer)  # unlocked
        signer = sitting.table.stage.bearers[officer]
        sitting.put(f"{officer}.test", await vault_trying.sign(journal(), planned, officer, signer))
    click(window, "Look again")
    await settled(window)


async def proposed(sitting: Sitting, window: OfficerWindow) -> str:
    """Propose it, read under Settings what it says, have the other administrator sign and log it."""
    click(window, "Propose the vault…")
    await settled(window)
    assert window.screen_key == "settings"
    told = seen(window)
    (proposal,) = sitting.consoles[D].governance.proposals()
    other = await sitting.console("compliance")
    await other.synchronise()
    other.governance.take_in(sitting.consoles[D].governance.export(proposal.id))
    await other.governance.sign(proposal.id)
    await other.governance.append(proposal.id)
    sitting.consoles[D].governance.withdraw(proposal.id)
    return told


async def test_the_whole_ceremony_by_devices_from_key_records(sitting: Sitting) -> None:
    """Round 2 is made in the window; the test goes to the device as a file and comes back; other tests are added."""
    window = await sitting.window(D)
    records = [sitting.put(f"{each}.bsms", world.record(each)) for each in COSIGNERS]
    click(window, "Make a description…")
    making = await dialog(window)
    click(making, "Add records…")
    (chooser,) = [each for each in making.findChildren(QFileDialog) if each.isVisible()]
    chooser.filesSelected.emit([str(each) for each in records])
    chooser.close()
    await settled(window)
    type_into(making, "How many must sign", "2")
    click(making, "Make and save…")
    (place,) = [each for each in making.findChildren(QFileDialog) if each.isVisible()]
    file = sitting.folder / "vault.bsms"
    place.fileSelected.emit(str(file))
    place.close()
    await settled(window)
    await no_dialog(window)
    assert file.read_bytes() == world.round_two()
    assert "BSMS descriptor record (round 2)" in seen(window)
    on(window)
    type_into(window, "Id of the vault", world.NAME)
    choose_owner(window)
    click_choose(window, records[2])
    click(window, JUDGE)
    await settled(window)
    tidy(window)
    told = seen(window)
    assert "Your key stands in it exactly once, key 3." in told
    for officer in COSIGNERS:
        assert f"whole: {device(officer).expression}" in told
    await compared(window)
    tidy(window)
    click(window, "Export the test…")
    exporting = await dialog(window)
    type_into(exporting, "Folder for the file", str(sitting.folder))
    click(exporting, "Write the file")
    await settled(window)
    click(exporting, "Close")
    await no_dialog(window)
    unsigned = (sitting.folder / f"{world.NAME}-unsigned.psbt").read_bytes()
    await took(window, sitting.put("signed.psbt", device(D).sign(unsigned)))
    assert (sitting.folder / f"{world.NAME}-{D}.psbt").exists()
    elsewhere = sitting.folder / "from others"
    elsewhere.mkdir()
    others = [elsewhere / f"{each}.psbt" for each in (A, C)]
    for officer, place_of in zip((A, C), others, strict=True):
        place_of.write_bytes(device(officer).sign(unsigned))
    on(window)
    await settled(window)
    assert "Missing: Ada Vale, Cyrus Holt." in seen(window)
    tidy(window)
    click(window, "Add files…")
    (chooser,) = [each for each in window.findChildren(QFileDialog) if each.isVisible()]
    chooser.filesSelected.emit([str(each) for each in others])
    chooser.close()
    await settled(window)
    assert "Refused" not in seen(window)
    click(window, "Propose the vault…")
    await settled(window)
    (proposal,) = sitting.consoles[D].governance.proposals()
    other = await sitting.console("compliance")
    other.governance.take_in(sitting.consoles[D].governance.export(proposal.id))
    await other.governance.sign(proposal.id)
    await other.governance.append(proposal.id)
    assert isinstance(sitting.table.desk.state.roster.vaults[world.NAME], RangedVault)


async def took(window: OfficerWindow, file: Path) -> None:
    """Take back what the device signed."""
    click(window, "Take back…")
    taking = await dialog(window)
    type_into(taking, "File from the device", str(file))
    click(taking, "Take the file")
    await settled(window)


FOREIGN = b"tr(03a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd)"


def foreign() -> bytes:
    return f"{FOREIGN.decode()}#{descriptor_checksum.checksum(FOREIGN.decode())}\n".encode()


async def test_hostile_files_are_named_in_the_page_and_the_genuine_one_goes_on(sitting: Sitting) -> None:
    window = await sitting.window(A)
    await refused_files(sitting, window)
    await refused_keys(sitting, window)
    window.enrol.go(0)
    await registered(sitting, window)


async def refused_files(sitting: Sitting, window: OfficerWindow) -> None:
    """A foreign form, a broken checksum, a key record, a wrong session; then the genuine file, in the same page."""
    good = world.slots_file(sitting.table)
    broken = good.replace(b"#", b"#q", 1)
    for name, data, code in (
        ("foreign.txt", foreign(), "bitcoin.form-taproot"),
        ("nothing.txt", b"not a descriptor\n", "bitcoin.describes-nothing"),
        ("broken.txt", broken, "bitcoin.descriptor-checksum"),
    ):
        await read(window, sitting.put(name, data))
        told = seen(window)
        assert f"[{code}]" in told, told
        assert not enabled(window, "Whose vault, whose keys")
        assert window.enrol.at == 0
    await read(window, sitting.put("foreign.txt", foreign()))
    assert "tr(…)" in seen(window)
    await read(window, sitting.put("key.bsms", world.record(A)))
    assert "This is one device's key, not a vault." in seen(window)
    assert not enabled(window, "Whose vault, whose keys")
    type_into(window, "The BSMS session's token, if the records are encrypted", "0102030405060708")
    await read(window, sitting.put("vault.bsms", world.round_two()))
    assert enabled(window, "Whose vault, whose keys")  # an open record needs no token
    await read(window, sitting.put("vault.dat", b"00" * 64))
    assert "[bitcoin.bsms-mac]" in seen(window)


async def refused_keys(sitting: Sitting, window: OfficerWindow) -> None:
    """One's own key absent, twice, exchanged, without its record; then the genuine vault."""
    type_into(window, "The BSMS session's token, if the records are encrypted", "")
    own = sitting.put("a.bsms", world.record(A))
    devices = [device(each) for each in COSIGNERS]
    genuine = world.ranged_file(devices)
    cases = (
        ("absent", world.ranged_file(devices[1:]), own, "desk.enrol-own-key"),
        ("twice", world.ranged_file([devices[0], devices[0], devices[1]]), own, "B6.duplicate-key"),
        (
            "a stranger's",
            world.ranged_file([devices[0], devices[1], Device("stranger")]),
            own,
            "desk.enrol-unknown-key",
        ),
        ("another's record", genuine, sitting.put("c.bsms", world.record(C)), "desk.enrol-own-key"),
        ("no record", genuine, None, "desk.enrol-record-wanted"),
        ("no record file", genuine, sitting.put("v.bsms", world.round_two()), "desk.enrol-not-a-key-record"),
    )
    for name, data, record, code in cases:
        window.enrol.vault.own.field.clear()
        window.enrol.go(0)
        file = sitting.put(f"{name.replace(' ', '-')}.txt", data)
        if name == "twice":  # no roster is needed to see it
            await read(window, file)
            assert not enabled(window, "Whose vault, whose keys")
        else:
            await judged(window, file, record)
            assert not enabled(window, "Compare the words"), name
        assert f"[{code}]" in seen(window), (name, seen(window))
        for step in (window.enrol.test.sign, window.enrol.test.export, window.enrol.test.take):
            assert not step.isEnabled(), name
    window.enrol.go(0)
    await judged(window, sitting.put("vault.txt", genuine), own)
    assert "Your key stands in it exactly once, key 1." in seen(window)
    assert enabled(window, "Compare the words")
    type_into(window, "Id of the vault", "harbour-btc")
    assert not enabled(window, "Compare the words")  # another vault is another judgement
    click(window, JUDGE)
    await settled(window)
    assert "[desk.enrol-known-vault]" in seen(window)


async def registered(sitting: Sitting, window: OfficerWindow) -> None:
    """A device is registered from its own record: a vault's record or a forged one registers nothing."""
    click(window, "Register my device…")
    asked = await dialog(window)
    line = named(asked, "The key record that your device made")
    assert isinstance(line, QLineEdit)
    line.setText(str(sitting.put("vault.bsms", world.round_two())))
    click(asked, "Read the file")
    await settled(window)
    type_into(asked, "Serial number of the device", "6F2A")
    type_into(asked, "Model", "jade")
    assert not enabled(asked, "Propose the device")  # no key record
    forged = world.record(A, Device("new of A")).replace(b"device of officer-a", b"device of officer-b")
    line.setText(str(sitting.put("forged.bsms", forged)))
    click(asked, "Read the file")
    await settled(window)
    assert "Do not use this key." in words(asked)
    assert not enabled(asked, "Propose the device")
    line.setText(str(sitting.put("new.bsms", world.record(A, Device("new of A")))))
    click(asked, "Read the file")
    await settled(window)
    click(asked, "Propose the device")
    await settled(window)
    assert window.screen_key == "settings"
    assert "The device is proposed." in seen(window)


async def test_no_test_is_offered_before_the_words_and_other_words_stop(sitting: Sitting) -> None:
    window = await sitting.window(A)
    await judged(window, sitting.put("vault.txt", world.slots_file(sitting.table)))
    on(window)
    view = window.enrol.view
    assert view is not None
    told = seen(window)
    spoken = view.words.split()
    assert "   ".join(spoken[:4]) in told
    first = named(window, "Address of slot 0", WholeValue)
    assert first.value == view.addresses[0][1]
    assert first.shown.replace(" ", "") == first.value
    assert not enabled(window, "These are their words")
    for wrong in (" ".join(spoken[:-1]), " ".join(reversed(spoken)), "words"):
        type_into(window, HEARD, wrong)
        on(window)
        await settled(window)
        assert "[desk.enrol-words]" in seen(window)
        assert (window.enrol.at, window.enrol.typed) == (2, "")
        assert not window.enrol.test.sign.isEnabled()
    type_into(window, HEARD, view.words.upper())
    on(window)
    await settled(window)
    assert window.enrol.at == 3
    assert enabled(window, "Sign the test with the token")
    sitting.consoles[A].hand.token.unlocked = False  # type: ignore[attr-defined]
    click(window, "Sign the test with the token")
    asked = await dialog(window)
    click(asked, "Cancel")
    await settled(window)
    assert [each.name for each in sitting.folder.iterdir()] == ["vault.txt"]
    assert enabled(window, "Sign the test with the token")


async def test_tests_by_wrong_keys_are_refused_by_name_and_the_rest_count(sitting: Sitting) -> None:
    """A foreign vault's test, a signature by nobody's key, a signature exchanged for another's, half a test, no PSBT."""
    file = sitting.put("vault.bsms", world.round_two())
    console = await sitting.console(A)
    asked = Wanted(await console.enrolling.open(file, ""), world.NAME, cast.MERIDIAN, world.BOOK, cast.BITCOIN,
                   await console.enrolling.open(sitting.put("a.bsms", world.record(A)), ""))  # fmt: skip
    phrase = (await console.enrolling.plan(asked)).words
    unsigned = await console.enrolling.device_test(asked, phrase)
    other = replace(asked, name="another-btc")
    elsewhere = await console.enrolling.device_test(other, (await console.enrolling.plan(other)).words)
    sitting.put("of-another-vault.psbt", device(C).sign(elsewhere))
    sitting.put("exchanged.psbt", exchanged(device(A).sign(unsigned), device(C)))
    sitting.put("half.test", half(device(C).sign(unsigned)))
    sitting.put("torn.psbt", b"psbt\xff torn")
    sitting.put("unsigned.psbt", unsigned)
    sitting.put("ada.test", await console.enrolling.take_test(asked, device(A).sign(unsigned)))
    sitting.put("d.psbt", device(D).sign(unsigned))
    window = await sitting.window(A)
    await judged(window, file, sitting.folder / "a.bsms")
    click(window, "To the signatures")
    await settled(window)
    assert window.enrol.steps.accessibleName() == "Step 5 of 5: Propose. Done: Description, Keys, Test"
    told = seen(window)
    for name, code in (
        ("of-another-vault.psbt", "B13.other-transaction"),
        ("exchanged.psbt", "B11."),
        ("half.test", "bitcoin.share-incomplete"),
        ("torn.psbt", "B2."),
    ):
        (line,) = [each for each in told.split("\n") if f"Refused, {name}:" in each]
        assert f"[{code}" in line, line
    assert "unsigned.psbt" not in told
    assert "Missing: Cyrus Holt. Without a reason it is proposed only with every cosigner's test." in told
    assert not enabled(window, "Propose the vault…")
    sitting.put("c.psbt", device(C).sign(unsigned))
    click(window, "Look again")
    await settled(window)
    assert enabled(window, "Propose the vault…")


def exchanged(signed: bytes, of: Device) -> bytes:
    """The signatures of one device, said to be another's."""
    found = psbts.parse(signed)
    inputs = []
    for at, fields in enumerate(found.inputs):
        (signature,) = [value for name, value in fields.items() if name[:1] == b"\x02"]
        rest = {name: value for name, value in fields.items() if name[:1] != b"\x02"}
        inputs.append({**rest, b"\x02" + of.child(at, 0): signature})
    return psbts.serialise(psbts.of_maps(found.globals, tuple(inputs), found.outputs, found))


def half(signed: bytes) -> bytes:
    """Without the signature of the second place."""
    found = psbts.parse(signed)
    second = {name: value for name, value in found.inputs[1].items() if name[:1] != b"\x02"}
    return psbts.serialise(psbts.of_maps(found.globals, (found.inputs[0], second), found.outputs, found))


async def test_a_real_token_signs_the_test_once_its_pin_is_right(
    tmp_path: Path, instruments: Instruments, monkeypatch: pytest.MonkeyPatch
) -> None:
    softhsm.softhsm_module()
    monkeypatch.setattr(instruments.drives, "keep", Drives().keep)
    (tmp_path / "ceremony").mkdir()
    hsm = provisioner_for(None, tmp_path / "tokens", deadline=60.0, random_bytes=secrets.token_bytes)
    async with AsyncExitStack() as holds:
        table = await world.founded(tmp_path / "stage", await holds.enter_async_context(hsm))
        holds.push_async_callback(table.stage.aclose)
        at = Sitting(table, tmp_path / "ceremony", instruments)
        at.consoles[E] = await table.stage.console(E, table.story.people[E])
        window = await at.window(E)
        holds.callback(window.close)
        await judged(window, at.put("vault.txt", world.slots_file(table)))
        await compared(window)
        for typed, told in (("not the PIN", "[H5."), (softhsm.PIN, "Your test signatures were verified and written")):
            click(window, "Sign the test with the token")
            asked = await dialog(window)
            type_into(asked, "The PIN of the token", typed)
            click(asked, "Unlock")
            await settled(window)
            await no_dialog(window)
            assert told in seen(window), seen(window)[-600:]
        assert (tmp_path / "ceremony" / f"{world.NAME}-{E}.psbt").exists()
