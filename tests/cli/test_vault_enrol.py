"""`countersign vault-enrol`: the whole ceremony at terminals, with devices' files and with a real token."""

import asyncio
import json
import secrets
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from countersign.bitcoin import described
from countersign.bitcoin.described import Described
from countersign.bootstrap.commands import enrolling as enrolling_seat
from countersign.bootstrap.commands import order as read_order
from countersign.cli import pins
from countersign.cli.vault_enrol import vault_enrol_app
from countersign.desk import common_changes, founding_plan, proposals, vault_enrolment
from countersign.desk.author import Scribe
from countersign.desk.ceremony import Keyring
from countersign.desk.order import Order
from countersign.errors import Refused
from countersign.keys.public_key import Curve, PublicKey
from countersign.settlement.bodies import RosterChanged
from countersign.settlement.roster import RangedVault
from countersign.signers.provision import Provisioner, provisioner_for
from support import enrolment_world as enrolling
from support import ranged_world, softhsm
from support import settlement_world as world
from support.careless import given_back
from support.extended_keys import sortedmulti
from support.hardware_wallet import Device
from support.r_register import journal
from support.settlement_world import Desk
from support.softhsm import PIN, SO_PIN
from support.software_keys import SoftwareKey
from support.software_stage import CountedEntropy, SetClock

OWNER = f"{world.MERIDIAN}/main"
WHICH = ("--vault", enrolling.NAME, "--owner", OWNER, "--chain", world.BITCOIN)


def factory(module: str | None, folder: Path | None) -> Provisioner:
    return provisioner_for(module, folder, deadline=60.0, random_bytes=secrets.token_bytes)


def order(desk: Desk) -> Order:
    return Order(desk.state, desk.now_ms, Scribe(world.ORIGIN, SetClock(desk.now_ms // 1_000), CountedEntropy()))


class Terminal:
    """A person at a terminal in a folder: what they type is waiting."""

    def __init__(self, folder: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.desk = folder, desk
        self.typed: list[str] = []
        self.journal = journal()
        monkeypatch.setattr(pins, "hidden", lambda question, *, twice=False: self.typed.pop(0))

    def write(self, name: str, data: bytes) -> str:
        (self.folder / name).write_bytes(data)
        return str(self.folder / name)

    def run(self, *arguments: str, profile: bool = True, typed: Sequence[str] = ()) -> Result:
        self.typed = list(typed)
        seat = lambda profile, ask: nullcontext((order(self.desk), self.journal))  # noqa: E731
        app = vault_enrol_app(lambda profile, ask: order(self.desk), seat, factory)
        rest = ["--profile", str(self.folder)] if profile else []
        found = CliRunner().invoke(app, [*arguments, *rest])
        assert PIN not in found.output
        return found

    def out(self, name: str) -> tuple[str, str]:
        return "--out", str(self.folder / name)

    def words(self, file: str) -> str:
        found = described.read(Path(file).read_bytes())
        assert isinstance(found, Described)
        planned = vault_enrolment.plan(self.desk.state.roster, found, enrolling.NAME, enrolling.OWNER, world.BITCOIN)
        return vault_enrolment.words(planned)


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(tmp_path, enrolling.desk().copy(), monkeypatch)


def test_three_devices_from_key_records_to_a_proposal(terminal: Terminal) -> None:
    records = {each: terminal.write(f"{each}.bsms", enrolling.record(each)) for each in world.COSIGNERS}
    made = terminal.run(
        "assemble", "2", *records.values(), "--chain", world.BITCOIN, *terminal.out("vault.bsms"), profile=False
    )
    assert made.exit_code == 0, made.output
    vault = str(terminal.folder / "vault.bsms")
    assert (terminal.folder / "vault.bsms").read_bytes() == enrolling.descriptor_record()
    tests: list[str] = []
    for officer, record in records.items():
        mine = ("--officer", officer, "--own", record)
        shown = terminal.run(
            "compare", vault, *WHICH, *mine, *terminal.out(f"{officer}.psbt"), typed=[terminal.words(vault)]
        )
        assert shown.exit_code == 0, shown.output
        assert terminal.words(vault) in shown.stderr
        signed = ranged_world.device(officer).sign((terminal.folder / f"{officer}.psbt").read_bytes())
        back = terminal.write(f"{officer}.signed", signed)
        taken = terminal.run("take", vault, *WHICH, *mine, "--signed", back, *terminal.out(f"{officer}.test"))
        assert taken.exit_code == 0, taken.output
        tests += ["--test", str(terminal.folder / f"{officer}.test")]
    early = terminal.run("propose", vault, *WHICH, *tests[:4], *terminal.out("early.proposal"))
    assert (early.exit_code, "desk.enrol-test-missing" in early.stderr) == (1, True)
    done = terminal.run("propose", vault, *WHICH, *tests, *terminal.out("vault.proposal"))
    assert done.exit_code == 0, done.output
    body = proposals.parse((terminal.folder / "vault.proposal").read_bytes()).event.body
    assert isinstance(body, RosterChanged)
    (entered,) = body.entries.vaults
    assert isinstance(entered, RangedVault)
    assert not (terminal.folder / "early.proposal").exists()


def test_a_vault_comes_with_a_reason_gains_slots_and_is_tried_again(terminal: Terminal) -> None:
    """At a terminal as in the window: without a test only with --untested; new slots are described alone."""
    lines = enrolling.slots().splitlines(keepends=True)

    def proposed(file: str, *more: str, by: Sequence[str] = ()) -> Result:
        planned = vault_enrolment.plan(
            terminal.desk.state.roster, vault_enrolment.read_vault(Path(file).read_bytes(), None), enrolling.NAME,
            enrolling.OWNER, world.BITCOIN,
        )  # fmt: skip
        tests = [terminal.write(f"{each}.test", enrolling.by_token(planned, each)) for each in by]
        given = [part for each in tests for part in ("--test", each)]
        (terminal.folder / "a.proposal").unlink(missing_ok=True)
        return terminal.run("propose", file, *WHICH, *given, *more, *terminal.out("a.proposal"))

    def log(found: Result) -> RosterChanged:
        assert found.exit_code == 0, found.output
        event = proposals.parse((terminal.folder / "a.proposal").read_bytes()).event
        assert isinstance(event.body, RosterChanged)
        terminal.desk.log("roster.changed", ["compliance", "officer-d"], json.loads(event.jws.payload)["body"])
        return event.body

    two = terminal.write("vault.txt", b"".join(lines[:2]))
    bare = proposed(two)
    assert (bare.exit_code, "desk.enrol-test-missing" in bare.stderr) == (1, True)
    found = proposed(two, "--untested", "Dora is on her way.", by=("officer-a", "officer-c"))
    assert "UNTESTED: for the vault meridian-btc nothing shows that these can sign: Dora Finch." in found.stdout
    assert log(found).untested == "Dora is on her way."
    more = terminal.write("more.txt", b"".join(lines[2:]))
    assert proposed(more, by=("officer-a",)).exit_code == 1
    assert log(proposed(more, by=world.COSIGNERS)).untested is None
    whole = terminal.write("vault.txt", b"".join(lines))
    assert proposed(whole, "--untested", "Nobody has the time.").exit_code == 1
    found = proposed(whole, by=("officer-d",))
    assert "Verified here: the test signatures for the vault meridian-btc of Dora Finch." in found.stdout
    assert [each.officer for each in log(found).tests] == ["officer-d"]


def test_other_words_write_no_test_for_the_device(terminal: Terminal) -> None:
    vault = terminal.write("vault.bsms", enrolling.descriptor_record())
    record = terminal.write("own.bsms", enrolling.record("officer-a"))
    arguments = ("compare", vault, *WHICH, "--officer", "officer-a", "--own", record, *terminal.out("test.psbt"))
    words = terminal.words(vault).split()
    for wrong in ("", " ".join(words[:-1]), " ".join(reversed(words))):
        refused = terminal.run(*arguments, typed=[wrong])
        assert (refused.exit_code, "desk.enrol-words" in refused.stderr) == (1, True)
        assert not (terminal.folder / "test.psbt").exists()
    assert terminal.run(*arguments, typed=[" ".join(words)]).exit_code == 0


def test_an_exchanged_key_is_told_before_any_words(terminal: Terminal) -> None:
    vault = terminal.write("vault.txt", enrolling.ranged_of(*map(ranged_world.device, world.COSIGNERS[1:])))
    record = terminal.write("own.bsms", enrolling.record("officer-a"))
    refused = terminal.run(
        "compare", vault, *WHICH, "--officer", "officer-a", "--own", record, *terminal.out("test.psbt")
    )
    assert (refused.exit_code, "desk.enrol-own-key" in refused.stderr) == (1, True)
    assert not (terminal.folder / "test.psbt").exists()


def test_a_device_is_registered_from_its_key_record(terminal: Terminal) -> None:
    record = terminal.write("new.bsms", enrolling.record("officer-a", device=Device("new of A")))
    mine = ("--officer", "officer-a", "--serial", "6F2A", "--model", "jade")
    done = terminal.run("device", record, *mine, *terminal.out("a.proposal"))
    assert done.exit_code == 0, done.output
    body = proposals.parse((terminal.folder / "a.proposal").read_bytes()).event.body
    assert isinstance(body, RosterChanged)
    assert body.entries.officers[0].keys[-1].key.data == Device("new of A").public.data
    vault = terminal.write("vault.bsms", enrolling.descriptor_record())
    refused = terminal.run("device", vault, *mine, *terminal.out("b.proposal"))
    assert (refused.exit_code, "desk.enrol-not-a-key-record" in refused.stderr) == (2, True)
    refused = terminal.run("compare", record, *WHICH, "--officer", "officer-a", *terminal.out("test.psbt"))
    assert (refused.exit_code, "desk.enrol-not-a-vault" in refused.stderr) == (2, True)


def test_a_device_that_repeats_a_secret_number_is_told_and_its_test_is_not_written(terminal: Terminal) -> None:
    """CHECKS.md H8. The near miss, whose numbers differ, is written; the key that was given away gets no other test."""
    officer, device = "officer-a", ranged_world.device("officer-a")
    vault = terminal.write("vault.bsms", enrolling.descriptor_record())
    mine = ("--officer", officer, "--own", terminal.write("own.bsms", enrolling.record(officer)))
    test = ("compare", vault, *WHICH, *mine)
    assert terminal.run(*test, *terminal.out("test.psbt"), typed=[terminal.words(vault)]).exit_code == 0

    def taken(name: str, *nonces: int) -> Result:
        back = terminal.write("back.psbt", given_back(device, (terminal.folder / "test.psbt").read_bytes(), nonces))
        return terminal.run("take", vault, *WHICH, *mine, "--signed", back, *terminal.out(name))

    assert taken("near.test", 7, 8).exit_code == 0
    found = taken("a.test", 9, 9)
    assert (found.exit_code, "H8.repeated-r" in found.stderr) == (1, True)
    assert "must be taken as known to others" in found.stderr
    again = terminal.run(*test, *terminal.out("again.psbt"), typed=[terminal.words(vault)])
    assert (again.exit_code, "H8.key-stopped" in again.stderr) == (1, True)
    written = {each.name for each in terminal.folder.iterdir()} & {"near.test", "a.test", "again.psbt"}
    assert written == {"near.test"}


def test_where_signing_is_frozen_nothing_is_written_for_a_device(terminal: Terminal) -> None:
    vault = terminal.write("vault.bsms", enrolling.descriptor_record())
    mine = ("--officer", "officer-a", "--own", terminal.write("own.bsms", enrolling.record("officer-a")))
    terminal.journal.freeze_signing(world.ORIGIN, b"e" * 32)
    found = terminal.run("compare", vault, *WHICH, *mine, *terminal.out("t.psbt"), typed=[terminal.words(vault)])
    assert (found.exit_code, "L4.signing-frozen" in found.stderr) == (1, True)
    assert not (terminal.folder / "t.psbt").exists()


def test_an_auditors_profile_signs_nothing(settled: Path) -> None:
    """It keeps no journal of what is signed; its history is read all the same."""
    with pytest.raises(Refused) as refusal, enrolling_seat(settled / "profile", lambda: ""):
        raise AssertionError
    assert refusal.value.code == "S1.read-only"
    assert read_order(settled / "profile", lambda: "").roster().vaults


def test_an_encrypted_session_from_end_to_end(terminal: Terminal) -> None:
    token = bytes(range(1, 9))
    secret = terminal.folder / "session.token"
    secret.write_text(token.hex())
    secret.chmod(0o600)
    records = [terminal.write(f"{each}.bsms", enrolling.record(each, token)) for each in world.COSIGNERS]
    with_token = ("--token-file", str(secret))
    made = terminal.run(
        "assemble", "2", *records, "--chain", world.BITCOIN, *with_token, *terminal.out("vault.dat"), profile=False
    )
    assert made.exit_code == 0, made.output
    vault = str(terminal.folder / "vault.dat")
    found = described.read(Path(vault).read_bytes(), token)
    assert isinstance(found, Described)
    words = vault_enrolment.words(
        vault_enrolment.plan(terminal.desk.state.roster, found, enrolling.NAME, enrolling.OWNER, world.BITCOIN)
    )
    mine = ("--officer", "officer-a", "--own", records[0], *with_token, *terminal.out("test.psbt"))
    assert terminal.run("compare", vault, *WHICH, *mine, typed=[words]).exit_code == 0


async def answer(code: str) -> str:
    return SO_PIN if "so-pin" in code else PIN


async def keyed(folder: Path) -> PublicKey:
    async with factory(None, folder) as provisioner:
        token = await provisioner.initialise("ada", answer)
        return (await provisioner.generate(token.identity, "vault/bitcoin-0", Curve.SECP256K1, answer)).public


def test_a_real_token_signs_the_test_after_the_words(terminal: Terminal) -> None:
    softhsm.softhsm_module()
    public = asyncio.run(keyed(terminal.folder / "tokens"))
    known = terminal.desk.state.roster.officer("officer-a")
    entry = common_changes.officer_entry(known)
    entry["keys"].append(world._officer_key("officer-a", "bip122", public, "vault/bitcoin-0"))  # type: ignore[attr-defined]
    terminal.desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "officers": [entry]})
    other: SoftwareKey = world.vault_key("officer-c", "bip122", "meridian", 0)
    vault = terminal.write("vault.txt", sortedmulti(2, public.data.hex(), other.public.data.hex()).encode())
    pin = terminal.folder / "pin"
    pin.write_text(PIN)
    pin.chmod(0o600)
    held = ("--token", "ada", "--softhsm", str(terminal.folder / "tokens"), "--pin-file", str(pin))
    arguments = ("sign", vault, *WHICH, "--officer", "officer-a", *held, *terminal.out("ada.test"))
    wrong = terminal.run(*arguments, typed=["some other words"])
    assert (wrong.exit_code, "desk.enrol-words" in wrong.stderr) == (1, True)
    done = terminal.run(*arguments, typed=[terminal.words(vault)])
    assert done.exit_code == 0, done.output
    found = described.read(Path(vault).read_bytes())
    assert isinstance(found, Described)
    planned = vault_enrolment.plan(terminal.desk.state.roster, found, enrolling.NAME, enrolling.OWNER, world.BITCOIN)
    test = (terminal.folder / "ada.test").read_bytes()
    assert vault_enrolment.take_test(planned, "officer-a", test) == test


def test_more_slots_of_tokens_from_their_keyrings_and_what_is_compared(terminal: Terminal) -> None:
    """Keys made since the founding are registered from keyrings, described as slots, and compared under the vault's own numbers."""

    def keyring(officer: str, numbers: Sequence[int], *more: str) -> str:
        made = {
            f"btc harbour-btc {each}": world.vault_key(officer, "bip122", "harbour", each).public for each in numbers
        }
        made |= {label: world.identity(officer).public for label in more}
        ring = Keyring(f"serial-{officer}", f"token {officer}", "SoftHSM v2", made, online=False)
        return terminal.write(f"{officer}.keyring", founding_plan.serialise_keyring(ring))

    where = ("--vault", "harbour-btc", "--owner", f"{world.HARBOUR}/main", "--chain", world.BITCOIN)
    rings = []
    for officer in world.COSIGNERS:
        known = keyring(officer, range(world.SLOTS), "identity")
        refused = terminal.run("keys", known, "--officer", officer, *terminal.out("none.proposal"))
        assert (refused.exit_code, "[desk.keyring-known]" in refused.stderr) == (1, True)
        rings.append(keyring(officer, range(world.SLOTS + 2), "identity"))
        found = terminal.run("keys", rings[-1], "--officer", officer, *terminal.out(f"{officer}.proposal"))
        assert (found.exit_code, found.stdout.count("gains a key")) == (0, 2), found.output
        event = proposals.parse((terminal.folder / f"{officer}.proposal").read_bytes()).event
        terminal.desk.log("roster.changed", ["compliance", "officer-d"], json.loads(event.jws.payload)["body"])

    slots = ("slots", "2", *rings, "--vault", "harbour-btc", "--first", str(world.SLOTS), "--count")
    absent = terminal.run(*slots, "3", *terminal.out("more.txt"), profile=False)
    assert (absent.exit_code, "[desk.no-key]" in absent.stderr) == (1, True)
    found = terminal.run(*slots, "2", *terminal.out("more.txt"), profile=False)
    assert (found.exit_code, "2 of 3, 2 slots" in found.stdout, "Address" in found.stdout) == (0, True, False)

    more = str(terminal.folder / "more.txt")
    own = ("--officer", "officer-a", *terminal.out("test.psbt"))
    shown = terminal.run("compare", more, *where, *own, typed=["other words"]).stderr
    address = world.bitcoin_address("harbour", world.SLOTS)
    for line in (
        f"The vault stands; it gains the slots {world.SLOTS}, {world.SLOTS + 1}",
        f"Address of slot {world.SLOTS} (bcrt): {address}",
        f"Keys of slot {world.SLOTS + 1} by officer: 1 officer-a, 2 officer-c, 3 officer-d",
        "officer-a has one key in 2 of these 2 slots",
        f"The address to compare, its first: {address}",
    ):
        assert line in shown, shown
    assert "(bc)" not in shown
    assert "slot 0" not in shown
    whole = terminal.write(
        "whole.txt", "".join(f"{world._descriptor('harbour', each)}\n" for each in range(world.SLOTS)).encode()
    )
    again = terminal.run("compare", whole, *where, *own, typed=["other words"]).stderr
    assert "The vault stands as it is described; it is tried again" in again


def test_records_of_two_sessions_are_no_vault(terminal: Terminal) -> None:
    """Whoever exchanged one on its way has a record of the right device, of another day."""
    own = [terminal.write(f"{each}.bsms", enrolling.record(each)) for each in world.COSIGNERS]
    old = terminal.write("old.bsms", enrolling.record("officer-c", bytes(range(8))))
    made = ("--chain", world.BITCOIN, *terminal.out("vault.bsms"))
    refused = terminal.run("assemble", "2", own[0], old, own[2], *made, profile=False)
    assert (refused.exit_code, "[bitcoin.bsms-other-token]" in refused.stderr) == (1, True)
    assert not (terminal.folder / "vault.bsms").exists()
    assert terminal.run("assemble", "2", *own, *made, profile=False).exit_code == 0


def test_a_token_that_does_not_parse_is_not_told(terminal: Terminal) -> None:
    file = terminal.folder / "session"
    file.touch(0o600)
    file.write_text("A1B2C3D4E5F60718")
    record = terminal.write("own.bsms", enrolling.record("officer-a"))
    refused = terminal.run("assemble", "2", record, "--chain", world.BITCOIN, "--token-file", str(file),
                           *terminal.out("vault.bsms"), profile=False)  # fmt: skip
    assert (refused.exit_code, "[bitcoin.bsms-token-text]" in refused.stderr) == (2, True)
    assert "A1B2" not in refused.output
