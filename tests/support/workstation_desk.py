"""A small desk at a workstation, as its people found it by commands: plan, ceremony, enrolment, policy; a participant's file."""

import json
from hashlib import sha256

from countersign.bootstrap.machine import CLOCK
from countersign.desk import ceremony
from countersign.desk.enrolment import History, phrase_of
from countersign.formats import jcs, times
from countersign.keys import jws as jose
from countersign.keys.jws import EVENT, Jws
from countersign.keys.public_key import Curve
from countersign.settlement import builder, machine
from countersign.settlement import contract as contracts
from countersign.settlement.machine import Entry
from support.settlement_world import MERIDIAN, NORTHGATE, policy_document
from support.software_keys import SoftwareKey
from support.workstation import PASSPHRASE, Workstation

CHAIN = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328"
BTC = f"{CHAIN}/slip44:0"
VAULT_LABELS = tuple(f"btc meridian-btc {slot}" for slot in range(4))
PEOPLE = {"desk": (), "olive": (), "conrad": (), "ada": VAULT_LABELS, "dora": VAULT_LABELS, "cyrus": VAULT_LABELS}
OFFICERS = (
    ("ada", "Ada Vale", ["signing"]),
    ("conrad", "Conrad Lake", ["administrator", "compliance"]),
    ("dora", "Dora Finch", ["administrator", "signing"]),
    ("cyrus", "Cyrus Holt", ["vault"]),
    ("olive", "Olive Marsh", ["operations"]),
)
SELLER_KEY = SoftwareKey.generate(Curve.P256, "meridian at home")


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
             "officers": ["ada", "cyrus", "dora"], "slots": 4, "receives": 1}
        ],
        "witnesses": [{"key": str(at.witness.witness.key), "url": at.witness.url}],
        "quorum": 1,
        "outside": [{"account": each, "lei": MERIDIAN, "book": "main"} for each in outside],
    }  # fmt: skip


def founded(at: Workstation, *outside: str) -> History:
    """The ceremony: keyrings, the plan, the paper, two administrators, the desk."""
    at.people(PEOPLE, offline=("cyrus",))
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
    """The policy of the small worlds, with this workstation's chain and witness."""
    witnesses = {"quorum": 1, "keys": [str(at.witness.witness.key)]}
    return policy_document(confirmations={CHAIN: 2}, witnesses=witnesses, lending={}, hours=None, quorums=[])


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


def receiving(history: History) -> str:
    """The address of the vault's first slot, as the log registers it."""
    state = machine.replay(Entry(each.index, each.time_ms, each.event) for each in history.records)
    return ceremony.registered_address(state.roster.vault("meridian-btc"), 0)
