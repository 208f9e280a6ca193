"""A child asks for a place for each vault that has change in its parent, and for no other."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.transaction import Output, display
from countersign.desk import declaring
from countersign.desk.workplace import Workplace
from countersign.errors import Refused
from countersign.rails import bitcoin, wallets
from countersign.rails.wallets import Wallet
from countersign.review.case import Case
from countersign.settlement.records import Instruction
from countersign.settlement.state import State
from support import alter
from support.review_cases import two_vaults

STRANGER = bytes.fromhex("0014") + b"\x07" * 20


def sent(case: Case) -> tuple[State, Instruction, bytes]:
    """The two vaults' transaction as one that was sent and waits: the state, the instruction, its bytes."""
    assert case.state is not None
    assert case.instruction is not None
    known = case.state.instruction(case.instruction.prepared or "")
    waiting = replace(known, transaction=display(psbts.parse(case.instruction.data).txid))
    state = replace(case.state, instructions=case.state.instructions.set(known.hash, waiting))
    return state, waiting, case.instruction.data


def without_change(psbt: Psbt, vault: Wallet) -> bytes:
    """The same transaction, but that what came home to a vault goes to a stranger."""
    at = next(each.index for each in facts(psbt).outputs if vault.change_place(each) is not None)

    def change(outputs: alter.Paid) -> None:
        outputs[at] = (Output(STRANGER, outputs[at][0].satoshis), {})

    return psbts.serialise(alter.paid(psbt, change))


async def asked(state: State, parent: Instruction, data: bytes) -> list[tuple[bytes, ...]]:
    """For which scripts a node is asked, vault by vault, until a free place is wanted; nothing is found there."""
    found = list[tuple[bytes, ...]]()

    async def coins(scripts: list[bytes], _: object = ()) -> list[object]:
        found.append(tuple(scripts))
        return []

    node, kept = SimpleNamespace(coins=coins), SimpleNamespace(get=lambda _: data)
    desk = SimpleNamespace(state=state, artefacts=kept, bitcoin=lambda _: node)
    with pytest.raises(Refused, match=r"rails\.|desk\."):
        await declaring.child_body(cast(Workplace, desk), parent.hash, rate=10_000_000)
    return found


async def test_a_vault_without_change_needs_no_free_place() -> None:
    state, parent, data = sent(two_vaults())
    both = wallets.paying(state, parent.group.vaults)
    scripts = [tuple(each.watched[0]) for each in both]
    assert await asked(state, parent, data) == scripts
    one = without_change(psbts.parse(data), both[0])
    sides = bitcoin.readback(facts(psbts.parse(one)), both, state.owed(parent)).sides
    assert [bool(side.change) for side in sides] == [False, True]
    assert await asked(state, parent, one) == scripts[1:]
    none = without_change(psbts.parse(one), both[1])
    assert await asked(state, parent, none) == []
