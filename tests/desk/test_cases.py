"""What a verdict rests on: the newest state before a signature, the log's prefix once there are shares."""

import pytest

from countersign.audit.proof import verify_inclusion
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.transaction import display
from countersign.desk import cases
from countersign.desk.ports import Record
from countersign.desk.replica import Replica
from countersign.errors import Unavailable
from countersign.review import checks
from countersign.review.case import Mode
from countersign.settlement import builder
from support import settlement_world as world
from support.software_stage import Table, silent


@pytest.fixture
async def signed(table: Table) -> Table:
    """Officer A has signed the Bitcoin instruction, not the Ethereum one."""
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    await table.officer.sign(table.live("psbt").hash, silent)
    return table


def moment(table: Table) -> cases.Circumstances:
    store = cases.store_facts(table.officer.replica.profile)
    return cases.Circumstances(now=table.stage.clock.seconds, store=store)


async def test_history_is_the_state_before_the_first_share(signed: Table) -> None:
    replica, instruction = signed.officer.replica, signed.live("psbt")
    found = cases.history(replica, instruction)
    first = instruction.shares[0].index
    assert found.state.size == first
    assert found.newest == replica.record(first).time_ms // 1000
    assert found.state.instruction(instruction.hash).shares == ()


async def test_history_is_judged_without_this_machines_journal(signed: Table) -> None:
    replica, instruction = signed.officer.replica, signed.live("psbt")
    found = cases.history(replica, instruction)
    data = signed.artefact("psbt")
    case = cases.instruction_case(found, instruction, data, moment(signed), replica.profile, Mode.HISTORY)
    assert case.journal.outpoints == {}
    assert case.clock.as_of == found.newest
    assert checks.verdict(case).against == ()


async def test_before_a_signature_the_journal_counts(signed: Table) -> None:
    replica, instruction = signed.officer.replica, signed.live("psbt")
    found, data = cases.basis(replica, (signed.story.contract,)), signed.artefact("psbt")
    case = cases.instruction_case(found, instruction, data, moment(signed), replica.profile, Mode.LOOK)
    psbt = parse_psbt(data)
    coins = {f"{display(coin.txid)}:{coin.vout}" for coin in cases.outpoints(instruction.group.chain, psbt)}
    assert dict(case.journal.outpoints) == dict.fromkeys(coins, display(bytes(psbt.txid)))
    assert case.journal.contracts == {("MH-2026-0001", 1): signed.story.contract}


async def test_the_logged_shares_are_part_of_the_case(signed: Table) -> None:
    (share,) = cases.logged_shares(signed.officer.replica.profile.artefacts, signed.live("psbt"))
    assert share.key in signed.live("psbt").shares[0].keys


async def test_a_contracts_facts_prove_themselves_under_the_pinned_head(signed: Table) -> None:
    replica = signed.officer.replica
    facts = cases.contract_facts(replica, (signed.story.contract,))[signed.story.contract]
    assert facts.opening is not None
    assert facts.event is not None
    assert facts.proof is not None
    assert replica.pin is not None
    verify_inclusion(
        facts.opening.index, replica.pin.size, facts.opening.leaf(facts.event), facts.proof.hashes, replica.pin.root
    )


async def test_roots_of_every_earlier_size_are_known_and_of_none_later(signed: Table) -> None:
    roots = cases.Roots(signed.officer.replica)
    size = signed.officer.replica.log.size
    assert len(roots) == size + 1
    assert list(roots) == list(range(size + 1))
    assert roots[size] == signed.officer.replica.log.tree.root()
    for beyond in (-1, size + 1):
        with pytest.raises(KeyError):
            roots[beyond]


async def test_a_machine_that_pinned_nothing_has_no_basis(signed: Table) -> None:
    empty = Replica(signed.stage.profile("empty"), signed.stage.clock)
    with pytest.raises(Unavailable) as refused:
        cases.basis(empty, ())
    assert refused.value.code == "desk.nothing-pinned"


async def test_bytes_that_do_not_parse_leave_the_journal_to_the_checks(signed: Table) -> None:
    replica, found = signed.officer.replica, cases.basis(signed.officer.replica, (signed.story.contract,))
    for kind in ("psbt", "safe-tx"):
        case = cases.instruction_case(found, signed.live(kind), b"junk", moment(signed), replica.profile, Mode.LOOK)
        assert (case.journal.outpoints, case.journal.nonces) == ({}, {})
        assert not checks.verdict(case).may_sign


class Kept:
    """A machine whose archive holds a desk's entries."""

    def __init__(self, desk: world.Desk) -> None:
        self.state, self._entries = desk.state, desk.entries

    def record(self, index: int) -> Record:
        return Record(index, self._entries[index].time_ms, bytes(32), self._entries[index].event)


def test_a_contracts_signatures_come_from_the_entry_that_carries_them() -> None:
    desk = world.founded()
    half, whole = world.signed_contract(world.terms(), ["meridian"]), world.signed_contract(world.terms())
    desk.log("contract.proposed", ["meridian"], builder.contract_body(half))
    assert cases.signed_contract(Kept(desk), desk.state.contract(half.hash)) == half  # type: ignore[arg-type]
    desk.log("contract.affirmed", ["harbour"], builder.contract_body(whole))
    desk.log("contract.endorsed", ["compliance"], {"contract": whole.hash})
    assert cases.signed_contract(Kept(desk), desk.state.contract(whole.hash)) == whole  # type: ignore[arg-type]
