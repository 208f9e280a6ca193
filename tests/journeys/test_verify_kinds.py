"""docs/verify.md on settlements of every kind: netted, from extended keys, in batches, in one call, split, replaced, voided.

Each kind passes as it was; a desk that lies in what is its own stops at the lie, though all else hangs together.
"""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from countersign.ethereum import atomic, multisend
from countersign.rails import ethereum
from countersign.settlement.records import Instruction
from support import ranged_world, verify_page
from support import settlement_world as world
from support.finished_settlement import Finished
from support.retold import retold
from support.settled_kinds import KINDS, pack, settled
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


CLOSED, PREPARED, SHARED = "cycle.closed", "instruction.prepared", "share.added"
LIES: dict[str, tuple[str, Lie]] = {
    "a contract is left out": ("netted", (7, "it does not pay what is owed", of(CLOSED, one_contract_less))),
    "a contract not there is netted": ("netted", (5, "no logged event in the pack carries", of(CLOSED, one_contract_more))),
    "it was netted otherwise": ("netted", (7, "it does not pay what is owed", of(CLOSED, in_pairs))),
    "one vault bears the other's fee": ("netted", (7, "fee that meridian-btc bears", of("transaction.observed", other_fees))),
    "one vault's coins are the other's": ("netted", (7, "a coin that does not lie where", of(PREPARED, swapped))),
    "the batch pays one unit more": ("netted", (9, "what it pays: ", safe(one_unit_more))),
    "a delegate call within the batch": ("netted", (9, "something else than plain calls", safe(delegated_inside))),
    "the batch goes through another contract": ("netted", (9, "only MultiSendCallOnly", elsewhere)),
    "the vault's keys are another account's": ("ranged", (7, "a coin that does not lie", of("desk.founded", other_account))),
    "the coins lie at other places": ("ranged", (7, "a coin that does not lie where", of(PREPARED, next_place))),
    "an account that did not sign is named": ("ranged", (8, "the keys that signed are not those", of(SHARED, vault_key))),
    "a token's key is named for a device's": ("mixed", (8, "the keys that signed are not those", of(SHARED, tokens_key))),
    "the call for all has another's signatures": ("carried", (10, "is not what the owners signed", sent(_others))),
    "the call for all leaves a Safe out": ("carried", (10, "the call that was sent is not of", sent(_one_safe))),
    "one of two legs is in no block": ("split", (9, "not everything that is owed was paid", unseen)),
    "a replacement is one person's": ("replaced", (7, "how many signed", by_one)),
    "a replacement replaces nothing": ("replaced", (7, "replaces no instruction", of(PREPARED, for_nobody))),
    "a replacement leaves a coin out": ("replaced", (7, "coins that only the other spends", of(PREPARED, fewer_coins))),
    "a child of another transaction": ("lifted", (7, "whose outputs ", of(PREPARED, lifts_another))),
    "a void that never ended it": ("voided", (7, "is for: ", of("settlement.voided", never_ended))),
    "a void that pays": ("voided", (9, "the void: ", not_empty)),
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
