"""A workstation's own desk, from blank tokens to a final settlement: founded, enrolled, worked at, all by commands.

Real SoftHSM tokens, a witness that answers over HTTP, a real Bitcoin node where one is needed.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.bootstrap.machine import CLOCK
from countersign.cli import pins
from countersign.desk import extract
from countersign.desk.enrolment import History
from countersign.desk.extract import Extract
from countersign.formats import times
from countersign.settlement import events
from support.bitcoin_node import RegtestNode
from support.parts import bitcoind
from support.settlement_world import HARBOUR, MERIDIAN
from support.workstation import PASSPHRASE, Workstation
from support.workstation_desk import CHAIN, enrolled, founded, governed, receiving, request


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Workstation]:
    found = Workstation(tmp_path, monkeypatch, capsys)
    yield found
    found.close()


@pytest.mark.long
def test_a_desk_is_founded_at_a_terminal_and_a_console_enrolled(
    at: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[str] = []
    monkeypatch.setattr(pins, "hidden", lambda *_, **__: answers.pop(0) if answers else PASSPHRASE)
    history = founded(at)
    assert [each.index for each in history.records] == [0]
    for who in ("conrad", "dora"):
        enrolled(at, history, answers, who)
    governed(at)
    at.write("northgate/nodes.json", {"bitcoin": [{"url": "http://127.0.0.1:1"}]})  # nobody was asked for a passphrase
    secret = ("--desk-passphrase-file", "passphrase", "--desk-pin-file", "pin")
    status, out, err = at.run("desk", "round", "northgate", "--json", *secret)
    told = json.loads(out)
    assert (status, err, told["done"], told["not_done"], told["waits"]) == (0, "", [], [], [])
    rotated(at)


def rotated(at: Workstation) -> None:
    """A new log key: proposed by the desk, signed by both administrators, followed by the witness; heads are signed with it."""
    at.desk("new-log-key", "--reason", "The yearly change.", "--out", "rotation.proposal")
    shown = at.does("conrad", "take", "rotation.proposal")
    log = next(word for word in shown.split() if word.startswith("northgate.example/desk+"))
    at.witness.follow(log)
    assert at.officer("conrad", "approve", shown.split()[1])[0] == 0
    assert "log.rotated" in at.does("dora", "approve", shown.split()[1])
    at.desk("price", "BTC", "80001", "--source", "Northgate reference")
    at.does("conrad", "proposals")
    told = json.loads(at.done("handover", "--profile", "conrad.profile", "--json"))
    assert told["entries"] == 5
    taken = taken_away(at)
    assert taken.checkpoint.checkpoint.size == len(taken.exhibits) == 5, (
        "everybody reads all of it until somebody trades"
    )


def taken_away(at: Workstation) -> Extract:
    """Meridian's extract: of no stranger, never over another file, verified under the desk's keys and under no others."""
    secret = ("--desk-passphrase-file", "passphrase", "--desk-pin-file", "pin")
    asked = ("desk", "extract", "northgate", "--out", "meridian.zip", *secret, "--for")
    assert at.run(*asked, HARBOUR)[0] == 1
    told = json.loads(at.done(*asked, MERIDIAN, "--json"))
    status, _, err = at.run(*asked, MERIDIAN)
    assert (status, "cli.file-exists" in err) == (1, True)
    found = extract.parse((at.folder / "meridian.zip").read_bytes())
    assert (told["reader"], told["events"], told["words"]) == (MERIDIAN, len(found.exhibits), found.words)
    (at.folder / "trusted.json").write_bytes(found.vkeys.serialise())
    for verb in (("check",), ("audit", "verify")):
        assert at.run(*verb, "meridian.zip")[0] == 1
        assert "cannot show" in at.done(*verb, "meridian.zip", "--trust", "trusted.json")
    return found


@pytest.fixture
def node(tmp_path: Path) -> Iterator[RegtestNode]:
    with RegtestNode(bitcoind(), tmp_path / "bitcoind") as running:
        running.mine(101)
        yield running


@pytest.mark.long
def test_a_withdrawal_goes_from_its_owners_file_to_final_by_commands(
    at: Workstation, node: RegtestNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[str] = []
    monkeypatch.setattr(pins, "hidden", lambda *_, **__: answers.pop(0) if answers else PASSPHRASE)
    home = f"{CHAIN}:{node.rpc('getnewaddress')}"

    # Founded with a place outside; four consoles are enrolled, the policy is in force.
    history = founded(at, home)
    at.write("nodes.json", {"bitcoin": [{"url": node.url, "cookie": str(node.cookie)}]})
    assert CHAIN in at.done("desk", "nodes", "northgate", "nodes.json", "--desk-passphrase-file", "passphrase")
    for who in ("ada", "conrad", "cyrus", "dora", "olive"):
        enrolled(at, history, answers, who)
    governed(at)

    # Somebody pays the vault; with the policy's confirmations the deposit is credited, once.
    node.pay(receiving(history), 500_000_000)
    node.mine(1)
    told = at.does("olive", "arrivals")
    assert "5.00000000 BTC" in told
    assert "with 1 of the 2 confirmations" in told
    assert "deposit.credited" not in told
    node.mine(1)
    assert "deposit.credited" in at.does("olive", "arrivals")
    assert "Nothing was logged." in at.does("olive", "arrivals")

    # Meridian's file is filed and endorsed; the desk holds it by itself; its cycle is closed.
    assert "withdrawal.requested" in at.does("olive", "file", request(at, home))
    assert at.officer("olive", "endorse", "W-1")[0] == 1  # not compliance's word
    assert "contract.endorsed" in at.does("conrad", "endorse", "W-1")
    assert "hold.placed" in [each["type"] for each in json.loads(at.desk("round", "--json"))["done"]]
    assert "cycle.closed" in at.desk("close", "W-1")

    # An order stops it and is lifted again, by two officers each time; nothing is prepared meanwhile.
    (at.folder / "order.txt").write_text("The court orders.")
    paper = ("--paper", "order.txt", "--reason", "By order of the court.")
    stopped = at.does("conrad", "freeze", "HC-1", *paper, "--contract", "W-1").split()[1]
    assert "freeze.ordered" in at.does("dora", "approve", stopped)
    assert at.officer("olive", "prepare", "W-1", "--rate", "5")[0] == 1
    lifted = at.does("conrad", "lift", "HC-1", *paper).split()[1]
    assert "freeze.lifted" in at.does("dora", "approve", lifted)

    # Prepared by operations, signed by both owners of the vault, with every check shown before the PIN.
    assert at.officer("ada", "sign", "W-1")[0] == 1  # nothing is prepared yet
    status, _, err = at.officer("olive", "prepare", "W-1")
    assert (status, "[desk.no-fee-estimate]" in err) == (
        1,
        True,
    )  # a young chain: the node has seen too few fees to tell
    assert "instruction.prepared" in at.does("olive", "prepare", "W-1", "--rate", "5")
    assert at.officer("olive", "sign", "W-1")[0] == 1
    status, out, err = at.officer("ada", "sign", "W-1")
    assert (status, "share.added" in out) == (0, True), err
    assert "Other effects: none" in err
    carried(at, history)

    # Released by two, sent, seen, final.
    proposed = at.does("olive", "release", "W-1", "--checker", "conrad")
    waiting = proposed.split()[1]
    assert at.officer("dora", "approve", waiting)[0] == 1  # not the checker
    assert "release.authorised" in at.does("conrad", "approve", waiting)
    assert "transaction.broadcast" in at.does("olive", "send", "W-1", "--reason", "First sent.")
    node.mine(2)
    assert "transaction.observed" in at.does("olive", "observe", "W-1")
    assert [each["type"] for each in json.loads(at.desk("round", "--json"))["done"]] == ["settlement.final"]
    at.does("ada", "proposals")  # takes in what was logged
    told = json.loads(at.done("settlement", "show", "W-1", "--profile", "ada.profile", "--json"))
    assert told["state"] == "final"
    assert node.rpc("getreceivedbyaddress", home.rpartition(":")[2]) == 2
    assert "reconciliation.recorded" in at.does("olive", "reconcile")
    at.done("evidence", "W-1", "--profile", "ada.profile", "--out", "W-1.zip", "--vkeys", "vkeys.json")
    at.done("audit", "verify", "W-1.zip", "--trust", "vkeys.json")
    kinds = {events.parse(each.event).type for each in taken_away(at).exhibits}
    assert {"withdrawal.requested", "transaction.observed", "settlement.final"} <= kinds
    assert not {"freeze.ordered", "share.added", "reconciliation.recorded"} & kinds
    assert at.done("reconcile", "--chains", "nodes.json", "--profile", "ada.profile")


def carried(at: Workstation, history: History) -> None:
    """The request goes to the cold vault and its answer back, by USB; that machine has no network and no desk."""
    (at.folder / "stick").mkdir()
    [instruction] = [
        line.split()[-1] for line in at.does("ada", "waiting").splitlines() if line.startswith("Instruction")
    ]
    assert history.records
    at.does("ada", "remember", "cyrus", "founding.history")
    at.does("ada", "request", instruction, "--to", "stick")
    wrong = at.vault("cyrus", "sign", "stick/request.countersign", "--to", "stick", "--clock", "2020-01-01T00:00:00Z")
    assert (wrong.returncode, "cli.clocks-apart" in wrong.stderr) == (1, True)
    now = times.text(CLOCK.now_ms() // 1_000)
    card = ("stick/request.countersign", "--out", "stick/coins.psbt", "--clock", now)
    for_a_device = at.vault("cyrus", "device-export", *card, pin=False)
    assert (for_a_device.returncode, "[desk.no-device]" in for_a_device.stderr) == (1, True), for_a_device.stderr
    assert not (at.folder / "stick" / "coins.psbt").exists()
    for _ in range(2):  # the same request again is answered from the record
        done = at.vault("cyrus", "sign", "stick/request.countersign", "--to", "stick", "--clock", now)
        assert (done.returncode, "Other effects: none" in done.stderr) == (0, True), done.stderr
    assert "share.added" in at.does("ada", "answer", "stick/answer.countersign")
