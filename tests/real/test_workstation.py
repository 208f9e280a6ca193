"""A workstation's own desk, from blank tokens to a final settlement: founded, enrolled, worked at, all by commands.

Real SoftHSM tokens, a witness that answers over HTTP, a real Bitcoin node where one is needed.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from countersign.bootstrap.machine import CLOCK
from countersign.cli import pins
from countersign.desk import ceremony
from countersign.desk.enrolment import History, phrase_of
from countersign.formats import jcs, times
from countersign.keys import jws as jose
from countersign.keys.jws import EVENT, Jws
from countersign.keys.public_key import Curve
from countersign.settlement import builder, machine
from countersign.settlement import contract as contracts
from countersign.settlement.machine import Entry
from support.bitcoin_node import RegtestNode
from support.parts import bitcoind
from support.settlement_world import MERIDIAN, NORTHGATE
from support.software_keys import SoftwareKey
from support.workstation import PASSPHRASE, Workstation

CHAIN = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328"
BTC = f"{CHAIN}/slip44:0"
VAULT_LABELS = tuple(f"btc meridian-btc {slot}" for slot in range(4))
PEOPLE = {"desk": (), "olive": (), "conrad": (), "ada": VAULT_LABELS, "dora": VAULT_LABELS}
OFFICERS = (
    ("ada", "Ada Vale", ["signing"]),
    ("conrad", "Conrad Lake", ["administrator", "compliance"]),
    ("dora", "Dora Finch", ["administrator", "signing"]),
    ("olive", "Olive Marsh", ["operations"]),
)
SELLER_KEY = SoftwareKey.generate(Curve.P256, "meridian at home")


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Workstation]:
    found = Workstation(tmp_path, monkeypatch, capsys)
    yield found
    found.close()


def plan(at: Workstation, *outside: str) -> dict[str, object]:
    return {
        "desk": "northgate.example/desk",
        "custodian": {"lei": NORTHGATE, "name": "Northgate Trust"},
        "administrators": {"officers": ["conrad", "dora"], "threshold": 2},
        "assets": [{"id": BTC, "symbol": "BTC", "decimals": 8}],
        "participants": [
            {"lei": MERIDIAN, "name": "Meridian Capital", "certified_until": "2030-12-31", "books": ["main"],
             "keys": [SELLER_KEY.public.jwk()]}
        ],
        "officers": [
            {"id": id, "name": name, "roles": roles, "keyring": f"{id}.keyring"} for id, name, roles in OFFICERS
        ],
        "vaults": [
            {"id": "meridian-btc", "kind": "wsh-slots", "lei": MERIDIAN, "book": "main", "chain": CHAIN, "threshold": 2,
             "officers": ["ada", "dora"], "slots": 4, "receives": 1}
        ],
        "witnesses": [{"key": str(at.witness.witness.key), "url": at.witness.url}],
        "quorum": 1,
        "outside": [{"account": each, "lei": MERIDIAN, "book": "main"} for each in outside],
    }  # fmt: skip


def founded(at: Workstation, *outside: str) -> History:
    """The ceremony: keyrings, the plan, the paper, two administrators, the desk."""
    at.people(PEOPLE)
    at.write("plan.json", plan(at, *outside))
    made = ("northgate", "--plan", "plan.json", "--token", "desk", "--softhsm", "desk", "--out", "founding.paper")
    at.done("desk", "make", *made, "--desk-passphrase-file", "passphrase")
    shown = json.loads(at.done("desk", "show", "founding.paper", "--json"))
    at.witness.follow(shown["log"])
    for who in ("conrad", "dora"):
        token = ("--token", who, "--softhsm", who, "--pin-file", "pin")
        at.done("desk", "sign", "founding.paper", *token, "--out", f"{who}.paper")
    at.desk("found", "conrad.paper", "dora.paper", "--history", "founding.history")
    return History.parse((at.folder / "founding.history").read_bytes())


def policy(at: Workstation) -> dict[str, object]:
    return {
        "version": 1,
        "minimum_notional_usd": "100000",
        "price_tolerance_bps": 100,
        "caps": {"transaction_usd": None, "day_usd": None, "counterparty_usd": None},
        "quorums": [],
        "hours": None,
        "four_eyes": "standard",
        "request_lifetime_seconds": 86_400,
        "destination_cooling_seconds": 172_800,
        "checkpoint_age_seconds": 86_400,
        "safe_state_age_seconds": 3_600,
        "cycles": {"cut_offs": ["16:00"], "top_up_seconds": 3_600, "cold_contracts": 500},
        "lending": {},
        "confirmations": {CHAIN: 2},
        "fees": {"max_sat_vb": 500, "dual_percent": 5, "never_percent": 10},
        "witnesses": {"quorum": 1, "keys": [str(at.witness.witness.key)]},
    }


def enrolled(at: Workstation, history: History, answers: list[str], who: str) -> None:
    """Two people compare the twelve words; the console's profile is made."""
    answers[:] = [phrase_of(history.anchor), PASSPHRASE]
    at.done("enrol", "founding.history", "--profile", f"{who}.profile")
    answers[:] = []


def governed(at: Workstation) -> None:
    """The policy is drafted at a console, signed by both administrators at theirs, logged; a price is published."""
    at.write("policy.json", policy(at))
    at.does("conrad", "take", "policy.json")
    [waiting] = [line.split()[1] for line in at.does("conrad", "proposals").splitlines() if line.startswith("Proposal")]
    assert "Signed by 1 of 2: Conrad Lake" in at.does("conrad", "approve", waiting)
    assert "policy.adopted" in at.does("dora", "approve", waiting)
    at.desk("price", "BTC", "80000", "--source", "Northgate reference")


def by_meridian(payload: bytes, typ: str) -> Jws:
    """Signed with the key that Meridian keeps at home."""
    key = SELLER_KEY.public
    return jose.attach(payload, typ, [(key, SELLER_KEY.sign(jose.signing_input(payload, key, typ)))])


def request(at: Workstation, outside: str) -> str:
    """Meridian's own file: it takes two bitcoin home."""
    now = CLOCK.now_ms() // 1_000
    terms = {
        "id": "W-1", "version": 1, "replaces": None, "desk": "northgate.example/desk", "custodian": NORTHGATE,
        "template": "withdrawal", "trade_date": times.text(now)[:10], "not_before": times.text(now - 60),
        "settle_by": times.text(now + 86_400), "parties": [{"lei": MERIDIAN, "book": "main"}],
        "legs": [{"from": 0, "to": 0, "asset": BTC, "amount": "200000000", "destination": outside}],
        "notional": {"usd": "160000", "price": "80000", "source": "Northgate reference"}, "fees": {BTC: "50000"},
        "finality": {"confirmations": {BTC: 2}, "mutual": False},
        "dispute": {"forum": "LCIA", "rules": "LCIA Rules 2020", "window_seconds": 86_400},
        "legal_text_sha256": sha256(b"the custody agreement").hexdigest(),
    }  # fmt: skip
    contract = by_meridian(jcs.encode(terms), contracts.TYP)
    body = {"contract": jose.to_object(contract)}
    payload = builder.payload("withdrawal.requested", "northgate.example/desk", "withdraw-1", now, body)
    (at.folder / "withdrawal.event").write_bytes(jose.serialise(by_meridian(payload, EVENT)))
    return "withdrawal.event"


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
    told = json.loads(at.desk("round", "--json"))
    assert (told["done"], told["not_done"], told["waits"]) == ([], [], [])
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
    at.write("northgate/nodes.json", {"bitcoin": [{"url": node.url, "cookie": str(node.cookie)}]})
    for who in ("ada", "conrad", "dora", "olive"):
        enrolled(at, history, answers, who)
    governed(at)

    # Somebody pays the vault; with the policy's confirmations the deposit is credited, once.
    node.pay(receiving(history), 500_000_000)
    node.mine(1)
    assert "deposit.credited" not in at.does("olive", "arrivals")
    node.mine(1)
    assert "deposit.credited" in at.does("olive", "arrivals")
    assert "Nothing was logged." in at.does("olive", "arrivals")

    # Meridian's file is filed and endorsed; the desk holds it by itself; its cycle is closed.
    assert "withdrawal.requested" in at.does("olive", "file", request(at, home))
    assert at.officer("olive", "endorse", "W-1")[0] == 1  # not compliance's word
    assert "contract.endorsed" in at.does("conrad", "endorse", "W-1")
    assert "hold.placed" in [each["type"] for each in json.loads(at.desk("round", "--json"))["done"]]
    assert "cycle.closed" in at.desk("close", "W-1")

    # Prepared by operations, signed by both owners of the vault, with every check shown before the PIN.
    assert at.officer("ada", "sign", "W-1")[0] == 1  # nothing is prepared yet
    assert "instruction.prepared" in at.does("olive", "prepare", "W-1", "--rate", "5")
    assert at.officer("olive", "sign", "W-1")[0] == 1
    for who in ("ada", "dora"):
        status, out, err = at.officer(who, "sign", "W-1")
        assert (status, "share.added" in out) == (0, True), err
        assert "Other effects: none" in err

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
    report = at.done("reconcile", "--chains", "northgate/nodes.json", "--profile", "ada.profile")
    assert report


def receiving(history: History) -> str:
    """The address of the vault's first slot, as the log registers it."""
    state = machine.replay(Entry(each.index, each.time_ms, each.event) for each in history.records)
    return ceremony.registered_address(state.roster.vault("meridian-btc"), 0)
