"""Before a number is passed by: what one's own node must say of the Safe, and of everything the log prepared under it."""

from dataclasses import dataclass, field

import pytest

from countersign.desk import outside_numbers
from countersign.desk.ports import EthereumNode
from countersign.desk.vouching import Nodes
from countersign.errors import Refused
from countersign.ethereum import safe_file
from countersign.rails import ethereum as rail
from countersign.settlement import events
from countersign.settlement.roster import SafeVault
from support import settlement_world as world
from support import trouble_world as trouble
from support.refusals import refused
from support.settlement_world import Desk

SAFE = "harbour-safe"


@dataclass
class Node:
    """A Safe at a number, `deep` as of the block with the policy's confirmations; the safeTxHashes that it says it executed."""

    nonce: int
    deep: int | None
    executed: dict[str, str] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    async def safe_nonce(self, safe: str, confirmations: int = 1) -> int:
        if confirmations == 1:
            return self.nonce
        self.asked.append(confirmations)
        if self.deep is None:
            raise Refused("chains.no-contract", address=safe)
        return self.deep

    async def newest_block(self) -> int:
        return 10

    async def executing(self, safe: str, digest: str, first: int, last: int) -> list[str]:
        return [self.executed[digest]] if digest in self.executed else []


class Bytes:
    """Whatever is asked for is the void of a Safe under number 0."""

    def __init__(self, desk: Desk) -> None:
        vault = desk.state.roster.vault(SAFE)
        assert isinstance(vault, SafeVault)
        self.data = rail.serialise(rail.void(vault, 0))

    def get(self, digest: bytes) -> bytes:
        return self.data

    @property
    def digest(self) -> str:
        return "0x" + safe_file.parse(self.data).tx.digest.hex()


def instructed() -> Desk:
    """Number 0 was prepared."""
    desk, _ = trouble.begun("instructed")
    return desk


async def asked(desk: Desk, node: Node, nonce: int, artefacts: Bytes | None = None) -> None:
    vault = desk.state.roster.vault(SAFE)
    assert isinstance(vault, SafeVault)
    await outside_numbers.require_next(node, desk.state, vault, nonce, artefacts or Bytes(desk))  # type: ignore[arg-type]


@pytest.mark.parametrize(("nonce", "there"), [(2, 1), (2, 3), (1, 0)])
async def test_no_number_is_named_but_that_of_the_chain(nonce: int, there: int) -> None:
    with refused("E8.nonce", Refused, nonce=nonce, expected=there):
        await asked(instructed(), Node(there, there), nonce)


@pytest.mark.parametrize("deep", [0, 1, None])
async def test_numbers_used_a_moment_ago_are_not_passed_by_until_they_have_the_policy_s_confirmations(
    deep: int | None,
) -> None:
    desk, node = instructed(), Node(2, deep)
    with refused("desk.numbers-young", Refused, first=0, last=1):
        await asked(desk, node, 2)
    assert node.asked == [desk.state.adopted().confirmations_on(world.ETHEREUM)]
    await asked(desk, Node(2, 2), 2)


async def test_what_the_log_prepared_under_one_of_them_and_the_safe_executed_is_observed_instead() -> None:
    desk = instructed()
    artefacts = Bytes(desk)
    with refused("desk.executed-after-all", Refused, transaction="0xab"):
        await asked(desk, Node(2, 2, {artefacts.digest: "0xab"}), 2, artefacts)
    await asked(desk, Node(2, 2, {"0x" + "cd" * 32: "0xab"}), 2, artefacts)


async def test_the_log_s_own_next_number_and_a_safe_of_which_it_knows_nothing_are_asked_nothing() -> None:
    node = Node(9, None)
    await asked(instructed(), node, 0)
    await asked(world.founded(), node, 4)
    assert node.asked == []


async def test_a_number_that_was_told_as_used_is_named_again_only_where_the_chain_is() -> None:
    desk, trade = trouble.begun("instructed")
    desk.log("instruction.prepared", ["operations"], {**desk.safe_body(trade), "nonce": 5})
    await asked(desk, Node(3, None), 3)
    with refused("E8.nonce", Refused, nonce=3, expected=5):
        await asked(desk, Node(5, 5), 3)


async def test_an_order_of_owners_and_an_instruction_are_held_against_it_and_nothing_else_is() -> None:
    desk, trade = trouble.begun("instructed")
    late = {**desk.safe_body(trade), "nonce": 2}
    own = world.owners_body(desk, world.SAFE_OWNERS[:2], 2, nonce=2)
    psbt = world.psbt_body(trade)
    for kind, body, wanted in (
        ("instruction.prepared", late, True),
        ("owners.ordered", own, True),
        ("instruction.prepared", psbt, False),
    ):
        event = events.parse(desk.entry(kind, ["operations"], body).event)
        nodes = Asked()
        if wanted:
            with refused("E8.nonce", Refused):
                await outside_numbers.require_told(desk.state, event, Bytes(desk), nodes)
        else:
            await outside_numbers.require_told(desk.state, event, Bytes(desk), nodes)
        assert nodes.asked == ([world.ETHEREUM] if wanted else [])


class Asked(Nodes):
    """Nodes that note which was asked; the Safe stands at 7."""

    def __init__(self) -> None:
        super().__init__(ethereum={world.ETHEREUM: Node(7, 7)})  # type: ignore[dict-item]
        object.__setattr__(self, "asked", [])

    def of_ethereum(self, chain: str) -> EthereumNode:
        self.asked.append(chain)  # type: ignore[attr-defined]
        return super().of_ethereum(chain)
