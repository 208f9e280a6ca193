"""Before a leg is said to be gone for good: whatever else was requested for the same contracts did not take its coin or number."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from types import SimpleNamespace

import pytest

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.transaction import display
from countersign.desk import chain_facts, elsewhere, prospects
from countersign.desk.ports import Coin, Executed, Observation
from countersign.errors import Refused
from countersign.ethereum import safe_file
from countersign.ethereum.movements import Movement
from countersign.rails import safe_movements
from countersign.settlement import builder, carrying
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault
from support import declared_cases as declared
from support import rival_cases as rivals
from support import settlement_world as world
from support.refusals import refused
from support.review_cases import Scene, story
from support.settlement_world import Trade

STRANGER = "0x" + "5a" * 32
AFTER_ALL = "desk.executed-after-all"


class Bytes(dict[str, bytes]):
    """Artefacts by their SHA-256."""

    def get(self, digest: bytes) -> bytes:  # type: ignore[override]
        return self[digest.hex()]


def kept(*found: bytes) -> Bytes:
    return Bytes({sha256(each).hexdigest(): each for each in found})


def in_another_cycle(scene: Scene) -> Scene:
    """The first cycle is called off, as far as the log knows signed by nobody, and its contract settles in a second."""
    trade = scene.trades[0]
    scene.desk.log(*world.dispute_step(trade.hash))
    scene.desk.log("dispute.retracted", ["harbour"], {"contract": trade.hash, "reason": "Settled by telephone."})
    again = Trade(9, trade.contract)
    scene.desk.log("cycle.closed", ["desk"], builder.cycle_body(again.cycle, [again.hash], world.START))
    return Scene(scene.desk, (again,), scene.psbt, scene.safe_tx, {})


@dataclass
class BitcoinNode:
    """No coin is left, and one transaction, with plenty of confirmations, took them."""

    taker: str

    async def coins(self, scripts: Sequence[bytes], ranged: object = ()) -> list[Coin]:
        return []

    async def spenders(self, outpoints: Collection[str], since: int) -> Mapping[str, Observation]:
        return {each: Observation(self.taker, True, 100, 7, "ab" * 32) for each in outpoints}


async def test_a_coin_taken_by_what_the_contract_s_earlier_cycle_requested_is_a_payment_and_no_loss() -> None:
    """Two officers signed it for a desk that kept their shares and had the cycle called off."""
    first = story()
    scene = in_another_cycle(first)
    second = rivals.prepared(scene, [rivals.old_coins(scene)[0], *rivals.new_coins(scene)[:2]])
    leg, artefacts = declared.live(second, "psbt"), kept(first.psbt, second.psbt)
    withheld = display(psbts.parse(first.psbt).txid)
    with refused(AFTER_ALL, Refused, transaction=withheld):
        await chain_facts.coin_prospect(BitcoinNode(withheld), leg, second.state, artefacts)  # type: ignore[arg-type]
    found = await chain_facts.coin_prospect(BitcoinNode("5a" * 32), leg, second.state, artefacts)  # type: ignore[arg-type]
    assert (found.executable, found.for_good) == (False, True)


@dataclass
class SafeNode:
    """The Safe is past number 0 for good; it says what it executed, and in what order what moved."""

    executed: dict[str, str] = field(default_factory=dict)
    moved: tuple[Movement, ...] = ()

    async def safe_nonce(self, safe: str, confirmations: int = 1) -> int:
        return 1

    async def newest_block(self) -> int:
        return 10

    async def executing(self, safe: str, digest: str, first: int, last: int) -> list[str]:
        return [self.executed[digest]] if digest in self.executed else []

    async def observe(self, transaction: str) -> Observation:
        vault = world.safe_address("harbour")
        said = tuple(Executed(vault, digest) for digest, where in self.executed.items() if where == transaction)
        return Observation(transaction, True, 100, 7, "0x" + "ab" * 32, said, (self.moved,) * len(said))


def owed(scene: Scene, leg: Instruction) -> tuple[Movement, ...]:
    vault = scene.state.roster.vault("harbour-safe")
    assert isinstance(vault, SafeVault)
    return tuple(safe_movements.movements(scene.state.owed(leg), vault))


def digest(data: bytes) -> str:
    return "0x" + safe_file.parse(data).tx.digest.hex()


async def asked(scene: Scene, leg: Instruction, node: SafeNode, *data: bytes) -> prospects.Prospect:
    return await prospects.of_safe(node, leg, scene.state, kept(*data))  # type: ignore[arg-type]


async def test_a_call_that_was_executed_by_withheld_signatures_is_not_gone() -> None:
    """The log lacks a share, so that nobody can observe it: all the same the leg is paid."""
    scene = story()
    leg, data = declared.live(scene, "safe-tx"), scene.safe_tx
    node = SafeNode({digest(data): STRANGER}, owed(scene, leg))
    with refused(AFTER_ALL, Refused, transaction=STRANGER):
        await asked(scene, leg, node, data)
    assert (await asked(scene, leg, SafeNode({"0x" + "cd" * 32: STRANGER}), data)).for_good
    # It was executed, and the token moved nothing (0029): that did not pay.
    assert (await asked(scene, leg, SafeNode({digest(data): STRANGER}), data)).for_good


@pytest.mark.parametrize("returns", [False, True])
async def test_a_number_used_by_what_was_requested_under_it_before_for_the_same_contract_is_a_payment(
    *, returns: bool
) -> None:
    """Unless that pays nobody: a void."""
    scene = story()
    leg, other = declared.live(scene, "safe-tx"), "cd" * 32
    tx = replace(safe_file.parse(scene.safe_tx).tx, data=safe_file.parse(scene.safe_tx).tx.data + b"\0")
    data = safe_file.serialise(tx)
    before = replace(
        leg,
        hash=other,
        artefact=sha256(data).hexdigest(),
        superseded_by=leg.hash,
        purpose="void" if returns else leg.purpose,
    )
    cycle = scene.state.cycle(leg.cycle)
    scene.desk.state = replace(
        scene.state,
        instructions=scene.state.instructions.set(other, before),
        cycles=scene.state.cycles.set(cycle.id, replace(cycle, requested=(other, *cycle.requested))),
    )
    node = SafeNode({digest(data): STRANGER}, owed(scene, leg))
    if returns:
        assert (await asked(scene, leg, node, scene.safe_tx, data)).for_good
        return
    with refused(AFTER_ALL, Refused, transaction=STRANGER):
        await asked(scene, leg, node, scene.safe_tx, data)


async def test_what_withheld_signatures_executed_is_not_said_to_be_left_behind_by_a_split(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other Safe of the settlement was executed alone; of this one nothing is logged, and the rest goes on."""
    scene = story()
    leg, data = replace(declared.live(scene, "safe-tx"), released=1), scene.safe_tx

    async def no(*_: object) -> None:
        return None

    for name in ("otherwise", "waits"):
        monkeypatch.setattr(elsewhere, name, no)
    monkeypatch.setattr(carrying, "left_behind", lambda *_: (leg,))
    node = SafeNode({digest(data): STRANGER}, owed(scene, leg))
    desk = SimpleNamespace(state=scene.state, artefacts=kept(data), ethereum=lambda _: node)
    assert await elsewhere.name_split(desk, leg.cycle, None) == []  # type: ignore[arg-type]
