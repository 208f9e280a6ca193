"""A workstation's desk sends an Ethereum leg by commands: a SoftHSM relayer, a real node, the real Safe contracts."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from countersign.bootstrap.machine import CLOCK
from countersign.cli import pins
from countersign.desk import founding_plan
from countersign.desk.enrolment import History
from countersign.ethereum.abi import Address, address
from countersign.formats import eip55, jcs, times
from countersign.keys import jws as jose
from countersign.keys.jws import EVENT
from countersign.keys.public_key import PublicKey
from countersign.settlement import builder
from countersign.settlement import contract as contracts
from support import workstation_desk
from support.ethereum_node import CHAIN_ID, AnvilNode, SafeContracts, place_safe_contracts, running_node
from support.settlement_world import MERIDIAN, NORTHGATE, policy_document
from support.workstation import PASSPHRASE, Workstation
from support.workstation_desk import by_meridian, enrolled

pytestmark = pytest.mark.long
CHAIN = f"eip155:{CHAIN_ID}"
ETHER = f"{CHAIN}/slip44:60"
HOME = eip55.checksum(b"\xdd" * 20)
VAULT = "meridian-safe"
PEOPLE = {"desk": (), "olive": (), "conrad": (), "ada": (f"safe {VAULT}",), "dora": (f"safe {VAULT}",),
          "cyrus": (f"safe {VAULT}",), "payer": ("relayer",)}  # fmt: skip
AMOUNT = 50 * 10**18


@pytest.fixture
def node() -> Iterator[AnvilNode]:
    with running_node() as running:
        yield running


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Workstation]:
    found = Workstation(tmp_path, monkeypatch, capsys)
    yield found
    found.close()


def key_of(at: Workstation, who: str, label: str) -> PublicKey:
    return founding_plan.keyring((at.folder / f"{who}.keyring").read_bytes()).keys[label]


def founded(at: Workstation, contracts_there: SafeContracts) -> tuple[History, Address]:
    at.people(PEOPLE, offline=("cyrus",))
    owners = [Address(key_of(at, who, f"safe {VAULT}").ethereum_address()) for who in ("ada", "cyrus", "dora")]
    safe = contracts_there.new_safe(sorted(owners), 2)
    plan = workstation_desk.plan(at) | {
        "assets": [{"id": ETHER, "symbol": "ETH", "decimals": 18}],
        "vaults": [{"id": VAULT, "kind": "safe", "lei": MERIDIAN, "book": "main", "chain": CHAIN, "threshold": 2,
                    "officers": ["ada", "cyrus", "dora"], "address": eip55.checksum(safe),
                    "singleton": eip55.checksum(contracts_there.singleton)}],
        "outside": [{"account": f"{CHAIN}:{HOME}", "lei": MERIDIAN, "book": "main"}],
    }  # fmt: skip
    at.write("plan.json", plan)
    made = ("northgate", "--plan", "plan.json", "--token", "desk", "--softhsm", "desk", "--out", "founding.paper")
    at.done("desk", "make", *made, "--desk-passphrase-file", "passphrase")
    at.witness.follow(json.loads(at.done("desk", "show", "founding.paper", "--json"))["log"])
    for who in ("conrad", "dora"):
        token = ("--token", who, "--softhsm", who, "--pin-file", "pin")
        at.done("desk", "sign", "founding.paper", *token, "--out", f"{who}.paper")
    at.desk("found", "conrad.paper", "dora.paper", "--history", "founding.history")
    return History.parse((at.folder / "founding.history").read_bytes()), safe


def governed(at: Workstation) -> None:
    witnesses = {"quorum": 1, "keys": [str(at.witness.witness.key)]}
    at.write(
        "policy.json",
        policy_document(confirmations={CHAIN: 2}, witnesses=witnesses, lending={}, hours=None, quorums=[]),
    )
    at.does("conrad", "take", "policy.json")
    [waiting] = [line.split()[1] for line in at.does("conrad", "proposals").splitlines() if line.startswith("Proposal")]
    for who in ("conrad", "dora"):
        at.does(who, "approve", waiting)
    at.desk("price", "ETH", "3000", "--source", "Northgate reference")


def request(at: Workstation) -> str:
    now = CLOCK.now_ms() // 1_000
    terms = {
        "id": "W-1", "version": 1, "replaces": None, "desk": "northgate.example/desk", "custodian": NORTHGATE,
        "template": "withdrawal", "trade_date": times.text(now)[:10], "not_before": times.text(now - 60),
        "settle_by": times.text(now + 86_400), "parties": [{"lei": MERIDIAN, "book": "main"}],
        "legs": [{"from": 0, "to": 0, "asset": ETHER, "amount": str(AMOUNT), "destination": f"{CHAIN}:{HOME}"}],
        "notional": {"usd": "150000", "price": "3000", "source": "Northgate reference"}, "fees": {},
        "finality": {"confirmations": {ETHER: 2}, "mutual": False},
        "dispute": {"forum": "LCIA", "rules": "LCIA Rules 2020", "window_seconds": 86_400},
        "legal_text_sha256": sha256(b"the custody agreement").hexdigest(),
    }  # fmt: skip
    body = {"contract": jose.to_object(by_meridian(jcs.encode(terms), contracts.TYP))}
    payload = builder.payload("withdrawal.requested", "northgate.example/desk", "withdraw-1", now, body)
    (at.folder / "withdrawal.event").write_bytes(jose.serialise(by_meridian(payload, EVENT)))
    return "withdrawal.event"


def sends(at: Workstation, verb: str, *arguments: str) -> str:
    """A verb of Olive's that the relayer signs for: its PIN comes from a file."""
    seat = ("--desk", "northgate", "--profile", "olive.profile", "--token", "olive", "--softhsm", "olive")
    own = ("--passphrase-file", "passphrase", "--pin-file", "pin", "--relayer-pin-file", "pin")
    desk = ("--desk-passphrase-file", "passphrase", "--desk-pin-file", "pin")
    return at.done("officer", *seat, *own, *desk, verb, *arguments)


def test_an_ethereum_leg_is_sent_replaced_while_it_is_stuck_and_final_by_commands(
    at: Workstation, node: AnvilNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[str] = []
    monkeypatch.setattr(pins, "hidden", lambda *_, **__: answers.pop(0) if answers else PASSPHRASE)
    history, safe = founded(at, place_safe_contracts(node))
    payer = Address(key_of(at, "payer", "relayer").ethereum_address())
    ring = founding_plan.keyring((at.folder / "payer.keyring").read_bytes())
    relayer = {
        "token": "payer",
        "serial": ring.serial,
        "model": ring.model,
        "key": "relayer",
        "softhsm": str(at.folder / "payer"),
    }
    entry = {"url": node.url, "chain": CHAIN, "relayer": relayer}
    at.write("nodes.json", {"ethereum": [entry | {"relayer": relayer | {"key": "identity"}}]})
    told = at.run("desk", "nodes", "northgate", "nodes.json", "--desk-passphrase-file", "passphrase")
    assert (told[0], "cli.relayer-absent" in told[2]) == (3, True)
    at.write("nodes.json", {"ethereum": [entry]})
    assert CHAIN in at.done("desk", "nodes", "northgate", "nodes.json", "--desk-passphrase-file", "passphrase")
    for who in ("ada", "conrad", "dora", "olive"):
        enrolled(at, history, answers, who)
    governed(at)

    node.send(b"", safe, value=2 * AMOUNT)
    node.rpc("anvil_mine", "0x2")
    assert "deposit.credited" in at.does("olive", "arrivals")
    at.does("olive", "file", request(at))
    at.does("conrad", "endorse", "W-1")
    at.desk("round")
    at.desk("close", "W-1")
    at.does("olive", "prepare", "W-1", "--rate", "5")
    for who in ("ada", "dora"):
        assert "share.added" in at.does(who, "sign", "W-1")
    waiting = at.does("olive", "release", "W-1", "--checker", "conrad").split()[1]
    at.does("conrad", "approve", waiting)

    # Without ether the relayer sends nothing and says what it lacks.
    status, _, err = at.officer(
        "olive",
        "send",
        "W-1",
        "--reason",
        "First sent.",
    )
    assert (status, "relaying.funds" in err, eip55.checksum(payer) in err) == (1, True, True)
    node.send(b"", payer, value=10**18)
    node.rpc("evm_setAutomine", False)
    assert "transaction.broadcast" in sends(at, "send", "W-1", "--reason", "First sent.")
    shown = at.does("olive", "relayer")
    assert "waits: nonce 0" in shown
    assert "eth_simulateV1" in shown
    assert "transaction.replaced" in sends(at, "raise-fee", "W-1", "--reason", "The block is full.")
    node.rpc("anvil_mine", "0x3")
    assert "transaction.observed" in at.does("olive", "observe", "W-1")
    assert [each["type"] for each in json.loads(at.desk("round", "--json"))["done"]] == ["settlement.final"]
    assert node.balance(address(eip55.parse(HOME))) == AMOUNT
    assert "waits" not in at.does("olive", "relayer")
