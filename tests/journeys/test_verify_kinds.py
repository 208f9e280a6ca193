"""docs/verify.md on settlements of every kind: netted, from extended keys, in batches, in one call, split, replaced, voided;
withdrawals and awards; vaults that were tried, Safes that changed their owners.

Each kind passes as it was; a desk that lies in what is its own stops at the lie, though all else hangs together.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from countersign.ethereum import atomic, multisend
from countersign.ethereum.safe import SafeTx
from countersign.formats.keccak import keccak256
from countersign.keys import jws as jose
from countersign.rails import ethereum
from countersign.settlement import contract
from countersign.settlement.records import Instruction
from support import ranged_world, verify_page
from support import settlement_world as world
from support.finished_settlement import Finished
from support.retold import retold
from support.settled_kinds import KINDS, UNTRIED, pack, settled
from support.verify_page import Run

OFFLINE = [block for block in verify_page.blocks() if not block.nodes]
pytestmark = pytest.mark.long  # one contract is verified everyday (test_verify_page.py)
Edit = Callable[[dict[str, Any]], None]
Lie = tuple[int, str, Callable[[Finished], dict[str, Any]]]
"""The step that must see it, what it says, and what is told otherwise."""

SAYS = {
    "netted": (
        "harbour-safe owes 12000000000000 of",
        "meridian-btc owes 15000000000 of",
        "ridge-btc owes 10000000000 of",
        "from 2 coins of meridian-btc, for a fee of 601 of at most 50000",
        "from 2 coins of ridge-btc, for a fee of 601 of at most 50000",
    ),
    "ranged": ("by 3 keys\n", "complete; "),
    "mixed": ("by 3 keys\n", "complete; "),
    "enrolled": (
        "officer-a tried meridian-btc, event 2",
        "officer-c tried meridian-btc",
        f"UNTRIED: nothing shows that officer-d can sign for meridian-btc, event 2: {UNTRIED}",
        "tests of vaults: 2",
    ),
    "tried": ("officer-a tried ", "officer-c tried ", "officer-d tried meridian-btc, event 2", "tests of vaults: 3"),
    "gained": (
        "officer-a tried meridian-btc, event 2",
        "UNTRIED: nothing shows that officer-c can sign for meridian-btc, event 2",
        "tests of vaults: 6",
    ),
    "withdrawn": ("signed by 9845MERDIN0000000095", "meridian-btc owes 500000000 of", "complete; "),
    "awarded": (
        "was disputed by 9845HARBRP0000000083",
        "awarded by compliance\nawarded by officer-d",
        "meridian-btc owes 10000000000 of",
    ),
    "owned": (
        "owners of harbour-safe since event ",
        ": 3 of 0x",
        "changes of owners: 4",
        "was sent with them, and seen",
    ),
    "carried": ("was sent with them, 2 Safes in one call, and seen",),
    "split": ("was seen; somebody else sent it", "was sent with them, and seen"),
    "replaced": (" takes the place of event ", "as a replacement", "for a fee of 2050 of"),
    "lifted": (" lifts event ", "as a child", "complete; "),
    "voided": ("but it was voided: nothing may be paid", "as a void", "complete; "),
}
"""What the page says of each kind, beside what it says of all."""


def played(folder: Path, over: Finished, tools: dict[str, str], **changes: Any) -> Run:
    """The page on the kind's pack, told otherwise if anything changes."""
    (folder / "made").mkdir()
    files = pack(folder / "made", over)
    if changes:
        files["evidence.zip"] = retold(over, verify_page.unpacked(files["evidence.zip"]), **changes)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return verify_page.play(folder, OFFLINE, tools)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stranger_verifies_every_kind_of_settlement(kind: str, verify_tools: dict[str, str], tmp_path: Path) -> None:
    run = played(tmp_path, settled(kind), verify_tools)
    assert (run.code, run.step, run.complaint) == (0, 0, "")
    printed = "".join(run.printed)
    assert [text for text in SAYS[kind] if text not in printed] == []


def of(kind: str, change: Edit) -> Callable[[Finished], dict[str, Any]]:
    """Every event of a type says something else."""

    def edit(payload: dict[str, Any]) -> None:
        if payload["type"] == kind:
            change(payload["body"])

    return lambda over: {"edit": edit}


def unseen(over: Finished) -> dict[str, Any]:
    """The first leg's last observation names no block."""
    first = over.desk.state.live(over.desk.state.cycle(over.trade.cycle))[0].hash

    def change(body: dict[str, Any]) -> None:
        if body["instruction"] == first:
            body.update(block=None, height=None, confirmations=0)

    return of("transaction.observed", change)(over)


def kept(over: Finished, kind: str) -> Instruction:
    """The instruction of a kind that counts."""
    live = over.desk.state.live(over.desk.state.cycle(over.trade.cycle))
    return next(each for each in live if each.group.kind == kind)


def safe(change: Callable[[bytes], bytes]) -> Callable[[Finished], dict[str, Any]]:
    """The Safe's transaction has other call data, and the hash of that."""

    def told(over: Finished) -> dict[str, Any]:
        name = kept(over, "safe-tx").artefact
        tx = ethereum.parse(over.artefacts[name]).tx
        return {"artefacts": {name: ethereum.serialise(replace(tx, data=change(tx.data)))}}

    return told


def one_unit_more(data: bytes) -> bytes:
    *calls, last = multisend.parse(data)
    more = last.data[:-1] + bytes([last.data[-1] ^ 1])
    return multisend.serialise([*calls, replace(last, data=more)])


def delegated_inside(data: bytes) -> bytes:
    """The first inner call's operation is 1: it stands behind selector, offset and length."""
    at = 4 + 32 + 32
    return data[:at] + b"\1" + data[at + 1 :]


def elsewhere(over: Finished) -> dict[str, Any]:
    name = kept(over, "safe-tx").artefact
    tx = ethereum.parse(over.artefacts[name]).tx
    return {"artefacts": {name: ethereum.serialise(replace(tx, to=tx.safe))}}


def not_empty(over: Finished) -> dict[str, Any]:
    """The void sends itself one wei."""
    name = kept(over, "safe-tx").artefact
    tx = ethereum.parse(over.artefacts[name]).tx
    return {"artefacts": {name: ethereum.serialise(replace(tx, value=1))}}


def sent(change: Callable[[bytes], bytes]) -> Callable[[Finished], dict[str, Any]]:
    """Another call was sent for the Safes together."""

    def told(over: Finished) -> dict[str, Any]:
        (raw,) = (data for data in over.artefacts.values() if data.startswith(multisend.SELECTOR))
        return {"artefacts": {sha256(raw).hexdigest(): change(raw)}}

    return told


def _others(raw: bytes) -> bytes:
    first, *rest = atomic.decode(raw)
    calls = [multisend.InnerCall(first.safe, 0, first.calldata[:-1] + b"\1")]
    return multisend.serialise([*calls, *(multisend.InnerCall(each.safe, 0, each.calldata) for each in rest)])


def _one_safe(raw: bytes) -> bytes:
    first, *_ = atomic.decode(raw)
    return multisend.serialise([multisend.InnerCall(first.safe, 0, first.calldata)])


def vault_key(body: dict[str, Any]) -> None:
    """Another cosigner's account is named."""
    others = {each: ranged_world.device(each).kid for each in world.COSIGNERS}
    if body["vault"] == ranged_world.VAULT and body["keys"] == [others["officer-a"]]:
        body["keys"] = [others["officer-d"]]


def swapped(body: dict[str, Any]) -> None:
    for spend in body["spends"] or ():
        spend["vault"] = {"meridian-btc": "ridge-btc", "ridge-btc": "meridian-btc"}[spend["vault"]]


def next_place(body: dict[str, Any]) -> None:
    for spend in body["spends"] or ():
        spend["slot"] += 2


def other_account(body: dict[str, Any]) -> None:
    for vault in body["vaults"]:
        if vault["id"] == ranged_world.VAULT:
            vault["descriptor"] = ranged_world.descriptor(1)


def other_fees(body: dict[str, Any]) -> None:
    if set(body["fees"]) == {"meridian-btc", "ridge-btc"}:
        body["fees"] = {"meridian-btc": "600", "ridge-btc": "602"}


def for_nobody(body: dict[str, Any]) -> None:
    if body["replaces"] is not None:
        body["replaces"] = world.digest("no instruction")


def fewer_coins(body: dict[str, Any]) -> None:
    if body["replaces"] is not None and body["spends"]:
        body["spends"] = body["spends"][1:]


def lifts_another(body: dict[str, Any]) -> None:
    """The child says that it lifts what pays in dollars."""
    if body["lifts"] is not None:
        body["lifts"] = kept(settled("lifted"), "safe-tx").hash


def alone(kind: str, names: list[str]) -> list[str]:
    return names[:1] if kind == "instruction.prepared" else names


def one_contract_less(body: dict[str, Any]) -> None:
    body["contracts"].pop()


def one_contract_more(body: dict[str, Any]) -> None:
    body["contracts"].append("f" * 64)


def in_pairs(body: dict[str, Any]) -> None:
    body["netting"] = "bilateral"


def tokens_key(body: dict[str, Any]) -> None:
    body["keys"] = [world.vault_key("officer-a", "bip122", "meridian").kid]


def never_ended(body: dict[str, Any]) -> None:
    body["cycle"] = "another"


def by_one(over: Finished) -> dict[str, Any]:
    return {"signers": alone}


def resigned(*names: str) -> Edit:
    """Others sign the same terms."""

    def change(body: dict[str, Any]) -> None:
        payload = b64(body["contract"]["payload"])
        body["contract"] = json.loads(jose.serialise(world.sign(payload, contract.TYP, names)))

    return change


def b64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def another_contract(body: dict[str, Any]) -> None:
    body["contract"] = "f" * 64


def by_operations(over: Finished) -> dict[str, Any]:
    return {"signers": lambda kind, names: ["operations"] if kind == "dispute.opened" else names}


def each_others(body: dict[str, Any]) -> None:
    if "tests" in body:
        first, second, *_ = body["tests"]
        first["signatures"], second["signatures"] = second["signatures"], first["signatures"]


def last_swapped(body: dict[str, Any]) -> None:
    """Of the slots that the vault gains, or of all as it stands."""
    if len(body.get("tests", ())) > 1:
        each_others(body)


def one_place(body: dict[str, Any]) -> None:
    for test in body.get("tests", ())[:1]:
        test["signatures"] = test["signatures"][:1]


def no_cosigner(body: dict[str, Any]) -> None:
    for test in body.get("tests", ())[:1]:
        test["officer"] = "operations"


def no_word(body: dict[str, Any]) -> None:
    body.pop("untested", None)


def by_one_administrator(over: Finished) -> dict[str, Any]:
    return {"signers": lambda kind, names: names[:1] if kind == "owners.ordered" else names}


def by_who_ordered(over: Finished) -> dict[str, Any]:
    return {"signers": lambda kind, names: ["desk", "compliance"] if kind == "share.added" else names}


def fewer_sign(body: dict[str, Any]) -> None:
    body["threshold"] = 2


def first_order(change: Callable[[SafeTx], SafeTx]) -> Callable[[Finished], dict[str, Any]]:
    """The first order names another call, with the hash of that."""

    def told(over: Finished) -> dict[str, Any]:
        first = min((each.instruction for each in over.desk.state.orders.values()), key=lambda each: each.index)
        tx = ethereum.parse(over.artefacts[first.artefact]).tx
        return {"artefacts": {first.artefact: ethereum.serialise(change(tx))}}

    return told


def another_comes(tx: SafeTx) -> SafeTx:
    return replace(tx, data=tx.data[:16] + b"\1" * 20 + tx.data[36:])


def a_module(tx: SafeTx) -> SafeTx:
    return replace(tx, data=keccak256(b"enableModule(address)")[:4] + tx.data[4:36])


def last_unseen(over: Finished) -> dict[str, Any]:
    """Nobody tells that the last order was executed."""
    last = max((each.instruction for each in over.desk.state.orders.values()), key=lambda each: each.index)
    return of("transaction.observed", lambda body: not_in_a_block(body, last.hash))(over)


def not_in_a_block(body: dict[str, Any], instruction: str) -> None:
    if body["instruction"] == instruction:
        body.update(block=None, height=None, confirmations=0)


def who_went(body: dict[str, Any]) -> None:
    """Operations, who owned the Safe for a while, sign the settlement in officer D's place."""
    if body["keys"] == [world.vault_key("officer-d", "eip155", "harbour").kid]:
        body["keys"] = [world.vault_key("operations", "eip155", "harbour").kid]


CLOSED, PREPARED, SHARED = "cycle.closed", "instruction.prepared", "share.added"
LIES: dict[str, tuple[str, Lie]] = {
    "a contract is left out": ("netted", (7, "it does not pay what is owed", of(CLOSED, one_contract_less))),
    "a contract not there is netted": ("netted", (5, "no logged event in the pack carries", of(CLOSED, one_contract_more))),
    "it was netted otherwise": ("netted", (7, "it does not pay what is owed", of(CLOSED, in_pairs))),
    "one vault bears the other's fee": ("netted", (7, "fee that meridian-btc bears", of("transaction.observed", other_fees))),
    "one vault's coins are the other's": ("netted", (7, "a coin that does not lie where", of(PREPARED, swapped))),
    "the batch pays one unit more": ("netted", (10, "what it pays: ", safe(one_unit_more))),
    "a delegate call within the batch": ("netted", (10, "something else than plain calls", safe(delegated_inside))),
    "the batch goes through another contract": ("netted", (10, "only MultiSendCallOnly", elsewhere)),
    "the vault's keys are another account's": ("ranged", (7, "a coin that does not lie", of("desk.founded", other_account))),
    "the coins lie at other places": ("ranged", (7, "a coin that does not lie where", of(PREPARED, next_place))),
    "an account that did not sign is named": ("ranged", (8, "the keys that signed are not those", of(SHARED, vault_key))),
    "a token's key is named for a device's": ("mixed", (8, "the keys that signed are not those", of(SHARED, tokens_key))),
    "the call for all has another's signatures": ("carried", (11, "is not what the owners signed", sent(_others))),
    "the call for all leaves a Safe out": ("carried", (11, "the call that was sent is not of", sent(_one_safe))),
    "one of two legs is in no block": ("split", (10, "not everything that is owed was paid", unseen)),
    "a replacement is one person's": ("replaced", (7, "how many signed", by_one)),
    "a replacement replaces nothing": ("replaced", (7, "replaces no instruction", of(PREPARED, for_nobody))),
    "a replacement leaves a coin out": ("replaced", (7, "coins that only the other spends", of(PREPARED, fewer_coins))),
    "a child of another transaction": ("lifted", (7, "whose outputs ", of(PREPARED, lifts_another))),
    "a test is another cosigner's": ("enrolled", (9, "the test of meridian-btc by officer-a", of("roster.changed", each_others))),
    "a test of one place": ("enrolled", (9, "signatures of officer-a for meridian-btc: 1", of("roster.changed", one_place))),
    "a test of no cosigner": ("enrolled", (9, "by nobody who cosigns", of("roster.changed", no_cosigner))),
    "nobody says why not": ("enrolled", (9, "and no reason is given", of("roster.changed", no_word))),
    "a test of slots is another's": ("gained", (9, "the test of meridian-btc by officer-", of("roster.changed", last_swapped))),
    "a token's test is another's": ("tried", (9, "the test of meridian-btc by officer-", of("roster.changed", each_others))),
    "another's withdrawal": ("withdrawn", (5, "95 did not sign", of("withdrawal.requested", resigned("harbour")))),
    "an award by one officer": ("awarded", (5, "how many officers signed the award", of("award.made", resigned("compliance")))),
    "an award without compliance": ("awarded", (5, "nobody of compliance", of("award.made", resigned("officer-c", "officer-d")))),
    "an award by the parties": ("awarded", (5, "how many officers signed", of("award.made", resigned("meridian", "harbour")))),
    "an award nobody asked for": ("awarded", (5, "none of its parties disputed", of("dispute.opened", another_contract))),
    "a dispute of the custodian's": ("awarded", (5, "none of its parties disputed", by_operations)),
    "an order of one administrator": ("owned", (4, "not the administrators' word", by_one_administrator)),
    "the call makes another an owner": ("owned", (10, "whom the call leaves", first_order(another_comes))),
    "the call enables a module": ("owned", (10, "a call that does not change owners", first_order(a_module))),
    "the call is a delegate call": ("owned", (10, "the order: ", first_order(lambda tx: replace(tx, operation=1)))),
    "the order says that fewer sign": ("owned", (10, "whom the call leaves: ", of("owners.ordered", fewer_sign))),
    "an order was never executed": ("owned", (11, "signatures of different owners: 3", last_unseen)),
    "whoever ordered it signed it": ("owned", (11, "whoever asked for it signed it", by_who_ordered)),
    "whoever is owner no more signed": ("owned", (11, "is no owner of the Safe", of(SHARED, who_went))),
    "a void that never ended it": ("voided", (7, "is for: ", of("settlement.voided", never_ended))),
    "a void that pays": ("voided", (10, "the void: ", not_empty)),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_about_what_is_its_own_stops_the_page_at_the_lie(
    lie: str, verify_tools: dict[str, str], tmp_path: Path
) -> None:
    kind, (step, words, told) = LIES[lie]
    over = settled(kind)
    run = played(tmp_path, over, verify_tools, **told(over))
    assert (run.code, run.step) == (1, step), run.complaint
    assert run.complaint.startswith("WRONG: ")
    assert words in run.complaint


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_is_told_again_as_it_was_passes(kind: str, verify_tools: dict[str, str], tmp_path: Path) -> None:
    """The near miss of every lie: the same retelling without one."""
    run = played(tmp_path, settled(kind), verify_tools, witnesses=(0, 1))
    assert (run.code, run.step, run.complaint) == (0, 0, "")
