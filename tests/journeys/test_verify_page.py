"""docs/verify.md: a stranger's commands on a finished settlement's pack: each prints what the page says, each sees what is wrong.

The pack is `support.finished_settlement`'s: real signatures, shares and transactions, on no chain. The commands that ask
nodes whether the transactions are on their chains run on a story of real nodes (`long`).
"""

import base64
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from countersign.airgap.phrase import Purpose, phrase
from countersign.ethereum import signatures
from countersign.formats import eip55
from countersign.rails import ethereum
from support import finished_settlement as finished
from support import review_cases as cases
from support import verify_page
from support.retold import retold
from support.verify_page import Block, Run, unpacked

Files = dict[str, bytes]
OFFLINE = [block for block in verify_page.blocks() if not block.nodes]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The two files that a stranger has."""
    made = finished.output_files(tmp_path_factory.mktemp("output"), finished.finished())
    return {name: made[name] for name in ("evidence.zip", "vkeys.json")}


def given(folder: Path, files: Files) -> Path:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def values(pack: Files) -> dict[str, list[str]]:
    """What the page leaves open, as our own reading of the same pack says it."""
    manifest, bodies = json.loads(pack["manifest.json"]), list[tuple[str, dict[str, Any]]]()
    events = sorted((name for name in pack if name.endswith(".event")), key=lambda name: int(name[7:-6]))
    for name in events:
        payload = json.loads(plain(json.loads(pack[name])["payload"]))
        bodies.append((payload["type"], payload["body"]))
    named = {
        kind: [body for found, body in bodies if found == kind]
        for kind in ("contract.affirmed", "instruction.prepared", "share.added", "transaction.broadcast")
    }
    terms = json.loads(plain(named["contract.affirmed"][-1]["contract"]["payload"]))
    by_kind = {body["kind"]: body for body in named["instruction.prepared"]}
    unsigned = cases.facts(cases.psbts.parse(pack[f"artefacts/{by_kind['psbt']['artefact']}"]))
    safe_tx = ethereum.parse(pack[f"artefacts/{by_kind['safe-tx']['artefact']}"]).tx
    papers = [(body, pack[f"artefacts/{body['artefact']}"]) for body in named["share.added"]]
    bitcoin, tokens = terms["legs"]
    fingerprint = sha256(pack["manifest.json"])
    return {
        "manifest": [fingerprint.hexdigest()],
        "words": [phrase(Purpose.EVIDENCE, fingerprint.digest())],
        "desk": [manifest["desk"]],
        "size": [pack["checkpoint"].decode().split("\n")[1]],
        "witnesses": ["2"],
        "needed": ["2"],
        "events": [str(len(events))],
        "signatures": [str(sum(len(json.loads(pack[name])["signatures"]) for name in events))],
        "lei": sorted(each["lei"] for each in terms["parties"]),
        "contract": [manifest["contract_sha256"]],
        "legal text": [terms["legal_text_sha256"]],
        "amount": [leg["amount"] for leg in terms["legs"]],
        "asset": [leg["asset"] for leg in terms["legs"]],
        "destination": [leg["destination"] for leg in terms["legs"]],
        "vault": [*by_kind["safe-tx"]["vaults"], *by_kind["psbt"]["vaults"]],
        "owed": [f"{leg['amount']} of {leg['asset']} to {leg['destination']}" for leg in reversed(terms["legs"])],
        "bitcoin payment": [f"{bitcoin['destination'].split(':')[2]} {bitcoin['amount']}"],
        "coins": [str(len(unsigned.inputs))],
        "bitcoin vault": by_kind["psbt"]["vaults"],
        "fee": [str(unsigned.fee)],
        "cap": [terms["fees"][bitcoin["asset"]]],
        "share": [body["artefact"] for body, data in papers if data.startswith(b"psbt")],
        "signing keys": [str(len(body["keys"])) for body, data in papers if data.startswith(b"psbt")],
        "txid": [named["transaction.broadcast"][0]["transaction"]],
        "domain": ["0x" + safe_tx.domain_hash.hex()],
        "message": ["0x" + safe_tx.message_hash.hex()],
        "safeTxHash": ["0x" + safe_tx.digest.hex()],
        "ethereum payment": [f"{tokens['asset']} {tokens['destination']} {tokens['amount']}"],
        "owner": [
            eip55.checksum(signatures.recover(safe_tx.digest, data).owner)
            for _, data in papers
            if not data.startswith(b"psbt")
        ],
        "ethereum transaction": [named["transaction.broadcast"][1]["transaction"]],
    }


def plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def agree(run: Run, page: list[Block], expected: dict[str, list[str]]) -> None:
    """Every block printed what stands under it."""
    assert (run.code, run.step, run.complaint) == (0, 0, "")
    prints = verify_page.filled([block.prints for block in page], expected)
    for block, printed, text in zip(page, run.printed, prints, strict=True):
        assert printed == text, f"step {block.step}"


def test_every_command_of_the_page_prints_what_the_page_says(
    files: Files, verify_tools: dict[str, str], tmp_path: Path
) -> None:
    run = verify_page.play(given(tmp_path, files), OFFLINE, verify_tools)
    agree(run, OFFLINE, values(unpacked(files["evidence.zip"])))


def test_every_command_of_the_page_says_what_it_prints() -> None:
    page = verify_page.blocks()
    assert sorted({block.step for block in page}) == list(range(1, 13))
    assert all(block.prints for block in page)
    assert [block.step for block in page if block.nodes] == [12, 12]


def test_the_page_says_how_to_take_its_commands_out_of_it(tmp_path: Path) -> None:
    text = verify_page.PAGE.read_text("utf-8")
    (tmp_path / "verify.md").write_text(text, "utf-8")
    (said,) = re.findall(r"`(sed -n .* > verify\.sh)`", text)
    subprocess.run(["bash", "-c", said], cwd=tmp_path, check=True)
    commands = "".join(block.commands for block in verify_page.blocks())
    assert (tmp_path / "verify.sh").read_text("utf-8") == commands


@pytest.mark.long
def test_the_commands_can_be_typed_into_a_shell(files: Files, verify_tools: dict[str, str], tmp_path: Path) -> None:
    """A shell at a terminal parses them otherwise than a script's."""
    shown = verify_page.paste(given(tmp_path, files), OFFLINE, verify_tools)
    assert f"TYPED-{len(OFFLINE) - 1}\r\n" in shown, shown[-2_000:]
    assert "and seen\r\n" in shown


# One byte

UNPACKED, COMPARED = 2, 3
"""How many blocks have run when the pack is unpacked, and when its files are compared with the manifest."""


def kinds(pack: Files) -> dict[str, tuple[str, int]]:
    """One file of each kind, and the step whose own work it is."""
    named, found = dict[str, list[dict[str, Any]]](), dict[str, tuple[str, int]]()
    for name in pack:
        if name.endswith(".event"):
            payload = json.loads(plain(json.loads(pack[name])["payload"]))
            named.setdefault(payload["type"], []).append({"index": int(name[7:-6])} | payload["body"])
    index = named["contract.affirmed"][0]["index"]
    terms = json.loads(plain(named["contract.affirmed"][0]["contract"]["payload"]))
    for name, step in (("event", 4), ("opening.json", 4), ("tlog-proof", 4)):
        found[name] = (f"events/{index}.{name}", step)
    found |= {"checkpoint": ("checkpoint", 3), "keys": ("jwks.json", 4)}
    found["legal text"] = (f"artefacts/{terms['legal_text_sha256']}", 5)
    for body in named["instruction.prepared"]:
        found[f"unsigned {body['kind']}"] = (f"artefacts/{body['artefact']}", 7 if body["kind"] == "psbt" else 10)
    for kind, step in (("share.added", 8), ("transaction.broadcast", 8)):
        first, second = sorted(named[kind], key=lambda body: int(body["index"]))[:2]
        found[f"{kind} on Bitcoin"] = (f"artefacts/{first['artefact']}", step)
        found[f"{kind} on Ethereum"] = (f"artefacts/{second['artefact']}", step + 3)
    return found


def flipped(name: str, data: bytes) -> bytes:
    """One bit of one byte changed, somewhere."""
    changed = bytearray(data)
    changed[sha256(name.encode()).digest()[0] * len(data) // 256] ^= 1
    return bytes(changed)


def put(folder: Path, name: str, data: bytes) -> str:
    """The command that puts these bytes in the place of an unpacked file."""
    (folder / "flipped").write_bytes(data)
    return f"cp {folder}/flipped {name}"


KINDS = [
    "event", "opening.json", "tlog-proof", "checkpoint", "keys", "legal text", "unsigned psbt", "unsigned safe-tx",
    "share.added on Bitcoin", "share.added on Ethereum", "transaction.broadcast on Bitcoin",
    "transaction.broadcast on Ethereum",
]  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_byte_stops_the_step_whose_work_the_file_is(
    files: Files, verify_tools: dict[str, str], tmp_path: Path, kind: str
) -> None:
    pack = unpacked(files["evidence.zip"])
    assert sorted(kinds(pack)) == sorted(KINDS)
    name, step = kinds(pack)[kind]
    change = put(given(tmp_path, files), name, flipped(name, pack[name]))
    after = verify_page.play(tmp_path, OFFLINE, verify_tools, {COMPARED: change})
    assert (after.code != 0, after.step) == (True, step), after.complaint


@pytest.mark.long
def test_a_flipped_byte_in_any_file_is_seen_by_its_hash(
    files: Files, verify_tools: dict[str, str], tmp_path: Path
) -> None:
    pack = unpacked(files["evidence.zip"])
    quiet = []
    for name in [*(name for name, _ in kinds(pack).values()), "vkeys.json"]:
        change = put(given(tmp_path, files), name, flipped(name, pack[name]))
        run = verify_page.play(tmp_path, OFFLINE[:COMPARED], verify_tools, {UNPACKED: change})
        if (run.code, run.step) == (0, 0):
            quiet.append(name)
    assert quiet == []


@pytest.mark.long
@pytest.mark.parametrize(("field", "step"), [("files", 2), ("desk", 3), ("contract_sha256", 5)])
def test_what_the_manifest_says_is_compared(
    files: Files, verify_tools: dict[str, str], tmp_path: Path, field: str, step: int
) -> None:
    manifest = json.loads(unpacked(files["evidence.zip"])["manifest.json"])
    if field == "files":
        manifest[field] = dict(sorted(manifest[field].items())[1:])
    else:
        manifest[field] = flipped(field, manifest[field].encode()).decode()
    change = put(given(tmp_path, files), "manifest.json", json.dumps(manifest).encode())
    run = verify_page.play(tmp_path, OFFLINE, verify_tools, {UNPACKED: change})
    assert (run.code, run.step) == (1, step), run.complaint


@pytest.mark.long
@pytest.mark.parametrize("name", ["evidence.zip", "vkeys.json"])
def test_a_flipped_byte_in_what_was_given_stops_it(
    files: Files, verify_tools: dict[str, str], tmp_path: Path, name: str
) -> None:
    given(tmp_path, files | {name: flipped(name, files[name])})
    run = verify_page.play(tmp_path, OFFLINE, verify_tools)
    assert (run.code, run.step) == (1, 2), run.complaint


# A desk that lies: everything hangs together but what is false


def der_flipped(data: bytes) -> bytes:
    """One bit of the first DER signature changed."""
    found = re.search(rb"\x30[\x43-\x46]\x02[\x20\x21]", data)
    assert found is not None
    at = found.start() + 20
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def event_of(kind: str, change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    """The edit of every event of a kind."""

    def edit(payload: dict[str, Any]) -> None:
        if payload["type"] == kind:
            change(payload["body"])

    return edit


def one_signature(body: dict[str, Any]) -> None:
    del body["contract"]["signatures"][1]


def swapped_signatures(body: dict[str, Any]) -> None:
    first, second = body["contract"]["signatures"]
    first["signature"], second["signature"] = second["signature"], first["signature"]


def the_others_vault(body: dict[str, Any]) -> None:
    vaults = {vault["id"]: vault for vault in body["vaults"]}
    vaults["meridian-btc"]["slots"] = vaults["harbour-btc"]["slots"]


def another_transaction(body: dict[str, Any]) -> None:
    body["transaction"] = body["transaction"][:-1] + ("0" if body["transaction"][-1] != "0" else "1")


def another_key(body: dict[str, Any]) -> None:
    body["keys"] = [*body["keys"][:-1], quiet_key(body["vault"])]


def quiet_key(vault: str) -> str:
    """A registered key that did not sign."""
    return finished.world.vault_key("officer-b", "safe" if vault.endswith("safe") else "btc", "harbour").kid


def lies() -> dict[str, tuple[int, dict[str, Any]]]:
    """What is told otherwise, and the step that must see it."""
    over = finished.finished()
    psbt, safe = (over.state.instructions[one] for one in over.desk.instructions(over.trade))
    shares = {kind: each.shares[0].artefact for kind, each in (("psbt", psbt), ("safe", safe))}
    sent = [name for name, data in over.artefacts.items() if data[4:6] == b"\0\1"]
    called = [name for name, data in over.artefacts.items() if data.startswith(bytes.fromhex("6a761202"))]
    held, tx = over.artefacts, ethereum.parse(over.safe_tx).tx
    name = {"psbt": sha256(over.psbt).hexdigest(), "safe": sha256(over.safe_tx).hexdigest()}
    more = ethereum.serialise(replace(tx, data=tx.data[:-1] + bytes([tx.data[-1] ^ 1])))
    claimed = over.safe_tx.replace(tx.digest.hex().encode(), sha256(b"another").hexdigest().encode())
    bad = held[shares["safe"]]
    return {
        "one witness is missing": (3, {"witnesses": (0,)}),
        "a stranger signed an event": (4, {"signers": lambda kind, names: ["stranger"] if kind == "share.added" else names}),
        "one party signed": (5, {"edit": event_of("contract.affirmed", one_signature)}),
        "the parties' signatures are of others": (5, {"edit": event_of("contract.affirmed", swapped_signatures)}),
        "the PSBT pays elsewhere": (7, {"artefacts": {name["psbt"]: over.altered}}),
        "the coins are another vault's": (7, {"edit": event_of("desk.founded", the_others_vault)}),
        "a bit of a Bitcoin signature": (8, {"artefacts": {shares["psbt"]: der_flipped(held[shares["psbt"]])}}),
        "a key that did not sign is named": (8, {"edit": event_of("share.added", another_key)}),
        "another Bitcoin transaction was sent": (8, {"artefacts": {sent[0]: der_flipped(held[sent[0]])}}),
        "another transaction was seen": (8, {"edit": event_of("transaction.observed", another_transaction)}),
        "the SafeTx pays more": (10, {"artefacts": {name["safe"]: more}}),
        "the SafeTx claims another hash": (10, {"artefacts": {name["safe"]: claimed}}),
        "the SafeTx is a delegate call": (10, {"artefacts": {name["safe"]: over.delegatecall}}),
        "a bit of an owner's signature": (11, {"artefacts": {shares["safe"]: bad[:40] + bytes([bad[40] ^ 1]) + bad[41:]}}),
        "another call was sent": (11, {"artefacts": {called[0]: held[called[0]][:-1] + b"\1"}}),
    }  # fmt: skip


LIES = {
    "one witness is missing": "1 of 2 witnesses",
    "a stranger signed an event": "no event registers the key",
    "one party signed": "9845HARBRP0000000083 did not sign",
    "the parties' signatures are of others": ".json: the signature of",
    "the PSBT pays elsewhere": "it does not pay what is owed: ",
    "the coins are another vault's": "a coin that does not lie where the vault says: ",
    "a bit of a Bitcoin signature": "the shares complete it: false",
    "a key that did not sign is named": "the keys that signed are not those",
    "another Bitcoin transaction was sent": "the transaction that was sent: ",
    "another transaction was seen": "json: transaction: ",
    "the SafeTx pays more": "what it pays: ",
    "the SafeTx claims another hash": "safeTxHash: ",
    "the SafeTx is a delegate call": "the delegate call (only MultiSendCallOnly",
    "a bit of an owner's signature": "json: the signature of 0x",
    "another call was sent": "is not what the owners signed",
}
"""What the page says of each."""


@pytest.mark.long
@pytest.mark.parametrize("lie", LIES)
def test_a_pack_that_hangs_together_around_a_lie_stops_at_the_lie(
    files: Files, verify_tools: dict[str, str], tmp_path: Path, lie: str
) -> None:
    truth = unpacked(files["evidence.zip"])
    assert sorted(lies()) == sorted(LIES)
    step, changes = lies()[lie]
    given(tmp_path, files | {"evidence.zip": retold(finished.finished(), truth, **changes)})
    run = verify_page.play(tmp_path, OFFLINE, verify_tools)
    assert (run.code, run.step) == (1, step), run.complaint
    assert run.complaint.startswith("WRONG: ")
    assert LIES[lie] in run.complaint


@pytest.mark.long
def test_the_same_pack_without_a_lie_passes(files: Files, verify_tools: dict[str, str], tmp_path: Path) -> None:
    truth = unpacked(files["evidence.zip"])
    given(tmp_path, files | {"evidence.zip": retold(finished.finished(), truth)})
    run = verify_page.play(tmp_path, OFFLINE, verify_tools)
    assert (run.code, run.step, run.complaint) == (0, 0, "")


# A desk alone: nobody else has signed what it says of the order


def nobody_watches(body: dict[str, Any]) -> None:
    body["policy"]["witnesses"] |= {"keys": [], "quorum": 0}


def one_is_enough(body: dict[str, Any]) -> None:
    body["policy"]["witnesses"] |= {"quorum": 1}


@pytest.mark.parametrize(
    ("told", "step"),
    [
        ({"edit": event_of("policy.adopted", nobody_watches), "witnesses": ()}, 3),
        ({"edit": event_of("policy.adopted", one_is_enough), "witnesses": (0,)}, 3),
        ({"signers": lambda kind, names: ["desk"] if kind == "policy.adopted" else names}, 4),
        ({"signers": lambda kind, names: names[:1] if kind == "policy.adopted" else names}, 4),
    ],
    ids=[
        "a policy without witnesses",
        "a policy of one witness",
        "a policy of the desk's own",
        "a policy of one administrator",
    ],
)
def test_what_only_administrators_may_say_is_not_taken_from_the_desk(
    files: Files, verify_tools: dict[str, str], tmp_path: Path, told: dict[str, Any], step: int
) -> None:
    truth = unpacked(files["evidence.zip"])
    given(tmp_path, files | {"evidence.zip": retold(finished.finished(), truth, **told)})
    run = verify_page.play(tmp_path, OFFLINE, verify_tools)
    assert (run.code, run.step) == (1, step), run.complaint or run.printed
