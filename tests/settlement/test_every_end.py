"""Every type of event for what is over: refused under the one name that is right there, with the state unchanged.

- Nothing moves a finished contract (rule 6). A contract of another number is not it; what a chain does later is still said.
- A cycle that was called off never counts again, wherever its contracts stand in another one (rule 5).
- A loan that is over, an order that is lifted: neither ends twice, and its name is taken for ever.
"""

from collections.abc import Mapping
from functools import cache

import pytest

from countersign.settlement import builder, machine
from countersign.settlement.records import ContractState
from support import settlement_world as world
from support import trouble_world as trouble
from support.every_event import KINDS, before, raw_event, refuse
from support.settlement_world import Desk, Step, Trade


@cache
def ended(state: ContractState) -> tuple[Desk, Trade]:
    """A desk at which the contract has ended so."""
    desk = world.founded()
    trade = desk.trade()
    reason = {"contract": trade.hash, "reason": "No."}
    until = {
        ContractState.FINAL: "final",
        ContractState.VOIDED: "partly signed",
        ContractState.DECLINED: "agreed",
    }
    desk.play(trade, until=until.get(state, "instructed"))
    match state:
        case ContractState.FINAL:
            pass
        case ContractState.VOIDED:
            trouble.void_all(desk, trade)
            desk.log("settlement.voided", ["desk"], {"cycle": trade.cycle})
        case ContractState.CANCELLED:
            desk.log("contract.cancelled", ["meridian", "harbour"], reason)
        case ContractState.DECLINED:
            desk.log("contract.declined", ["compliance"], reason)
        case ContractState.SUPERSEDED:
            later = world.signed_contract(world.terms(1, version=2, replaces=trade.hash))
            desk.log("contract.affirmed", ["operations"], builder.contract_body(later))
        case ContractState.AWARDED:
            desk.log(*world.dispute_step(trade.hash))
            desk.log(*world.award_step(world.award(trade.hash)))
        case _:
            desk.now_ms = (trade.contract.terms.settle_by + 1) * 1_000
            desk.log("contract.expired", ["desk"], {"contract": trade.hash})
    assert desk.stands(trade) is state
    return desk, trade


ENDED = {
    ContractState.FINAL: "final",
    ContractState.VOIDED: "voided",
    ContractState.CANCELLED: "called off",
    ContractState.EXPIRED: "called off",
    ContractState.SUPERSEDED: "called off",
    ContractState.AWARDED: "called off",
    ContractState.DECLINED: "none",
}
"""What became of the cycle of a contract that has ended so; declined, it never had one."""

OF_OTHERS = {
    "ceremony.recorded", "deposit.credited", "freeze.ordered", "instruction.refused", "lending.authorised", "log.rotated",
    "owners.ordered", "policy.adopted", "price.published", "reconciliation.recorded", "roster.changed",
}  # fmt: skip
"""What is about something else than the contract."""
ANOTHER = {"contract.proposed", "withdrawal.requested"}
"""A contract of its own: only its own window keeps it out, which is over where this one has expired."""
STATE, CALLED_OFF, SUPERSEDED = "settlement.wrong-state", "settlement.called-off", "settlement.superseded"
NO_CYCLE, NO_INSTRUCTION = "settlement.unknown-cycle", "settlement.unknown-instruction"
ONE_CODE: Mapping[str, str] = {
    "contract.affirmed": STATE,
    "contract.cancelled": STATE,
    "contract.declined": STATE,
    "contract.endorsed": STATE,
    "contract.expired": STATE,
    "delivery.confirmed": STATE,
    "hold.placed": STATE,
    "hold.released": STATE,
    "dispute.resolved": "settlement.no-dispute",
    "dispute.retracted": "settlement.no-dispute",
    "freeze.lifted": "settlement.order-unknown",  # no order stands here; a lifted one is below
    "lending.accrued": "settlement.accrual-sum",  # it counts a loan that is not here; one that is over is below
    "lending.recalled": "settlement.unknown-loan",
}
"""What a contract's own state answers, however it ended."""
OF_CYCLE: Mapping[str, Mapping[str, str]] = {
    kind: dict(zip(("final", "voided", "called off", "none"), codes, strict=True))
    for kind, codes in {
        "cycle.closed": ("settlement.cycle-taken", "settlement.cycle-taken", "settlement.cycle-taken", STATE),
        "instruction.prepared": (STATE, STATE, CALLED_OFF, NO_CYCLE),
        "state.attested": (STATE, STATE, "settlement.attested-called-off", NO_CYCLE),
        "share.added": (STATE, SUPERSEDED, CALLED_OFF, NO_INSTRUCTION),
        "release.authorised": (STATE, STATE, CALLED_OFF, NO_CYCLE),
        "transaction.broadcast": (STATE, SUPERSEDED, CALLED_OFF, NO_INSTRUCTION),
        "transaction.replaced": (STATE, SUPERSEDED, CALLED_OFF, NO_INSTRUCTION),
        "transaction.observed": ("settlement.observation-late", "", CALLED_OFF, NO_INSTRUCTION),
        "settlement.failed": (STATE, SUPERSEDED, CALLED_OFF, NO_CYCLE),
        "settlement.final": (STATE, STATE, CALLED_OFF, NO_CYCLE),
        "settlement.voided": (STATE, STATE, CALLED_OFF, NO_CYCLE),
    }.items()
}
"""What its cycle answers; nothing where it passes: the chain shows what a void has ended. Superseded is the instruction that
a void replaced; late is an observation that says nothing new."""
OF_STATE: Mapping[tuple[str, ContractState], str] = {
    ("dispute.opened", ContractState.FINAL): "",  # within its window
    ("owners.ordered", ContractState.FINAL): "E8.nonce",  # the settlement used that number
    ("award.made", ContractState.EXPIRED): "C4.expired",  # the award's own window
    ("award.made", ContractState.AWARDED): STATE,  # the award itself is already here
    ("contract.proposed", ContractState.EXPIRED): "C4.expired",
    ("withdrawal.requested", ContractState.EXPIRED): "C4.expired",
}
ELSE: Mapping[str, str] = {"dispute.opened": STATE, "award.made": "settlement.no-dispute"}


def answer(kind: str, state: ContractState) -> str:
    """The code under which an event of this type is refused for a contract that ended so; empty where it passes."""
    if (kind, state) in OF_STATE:
        return OF_STATE[kind, state]
    if kind in OF_OTHERS | ANOTHER:
        return ""
    return OF_CYCLE[kind][ENDED[state]] if kind in OF_CYCLE else (ONE_CODE | ELSE)[kind]


@pytest.mark.parametrize("state", ENDED)
@pytest.mark.parametrize("kind", [each for each in KINDS if each != "desk.founded"])
def test_for_a_finished_contract(kind: str, state: ContractState) -> None:
    desk, trade = ended(state)
    there, same, (_, names, body) = before(kind)
    assert same.hash == trade.hash
    desk = desk.copy()
    desk.now_ms = max(desk.now_ms, there.now_ms)
    event, code = raw_event(kind, names, body, desk, id="late"), answer(kind, state)
    if code:
        assert refuse(desk, event).code == code
        return
    after = machine.apply(desk.state, machine.Entry(len(desk.entries), desk.now_ms, event))
    record, was = after.contracts[trade.hash], desk.state.contracts[trade.hash]
    same_facts = (record.state, record.terms, record.holds) == (was.state, was.terms, was.holds)
    assert same_facts or kind == "dispute.opened"


@pytest.mark.parametrize("state", ENDED)
def test_a_finished_contract_enters_no_cycle_of_another_name(state: ContractState) -> None:
    desk, trade = ended(state)
    body = builder.cycle_body("another", [trade.hash], world.START)
    assert refuse(desk, raw_event("cycle.closed", ["desk"], body, desk, id="late")).code == STATE


def again(until: str) -> tuple[Desk, Trade, dict[str, Step]]:
    """A cycle that a dispute called off, its contract in another one as far as said; each event about the old one."""
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="instructed")
    psbt, safe = desk.instructions(trade)
    bitcoin, both = trade.bitcoin_transaction, ["desk", "operations"]
    old = desk.state.instruction(psbt)
    steps = (
        ("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], world.START)),
        ("instruction.prepared", ["operations"], world.psbt_body(trade) | {"artefact": world.digest("another")}),
        ("state.attested", ["compliance", "officer-d"], world.attested_body(desk, trade)),
        world.share_step(psbt, "officer-a", "meridian-btc"),
        ("release.authorised", ["operations", "compliance"], world.release_body(trade, psbt, safe)),
        trouble.broadcast(old, bitcoin),
        trouble.observed(old, 1, transaction=bitcoin),
        trouble.failed(trade, old),
        trouble.replaced(desk.state.instruction(safe), trade.ethereum_transaction, f"0x{world.digest('another')}"),
        ("settlement.final", ["desk"], {"cycle": trade.cycle}),
        ("settlement.voided", ["desk"], {"cycle": trade.cycle}),
    )
    desk.log(*world.dispute_step(trade.hash))
    desk.log("dispute.retracted", ["harbour"], {"contract": trade.hash, "reason": "We were mistaken."})
    assert desk.state.cycle(trade.cycle).called_off
    if until != "held":
        second(desk, trade, until, both)
    assert desk.stands(trade).value == until
    return desk, trade, {step[0]: step for step in steps}


def second(desk: Desk, trade: Trade, until: str, both: list[str]) -> None:
    """The contract in a cycle of another name, until it stands there."""
    name, contracts = "second", [trade.hash]
    desk.log("cycle.closed", ["desk"], builder.cycle_body(name, contracts, world.START))
    artefacts = world.digest("psbt again"), world.digest("safe-tx again")
    psbt_body = builder.psbt_instruction_body(name, contracts, world.BITCOIN, artefacts[0], trade.spends)
    safe_body = builder.safe_instruction_body(name, contracts, world.ETHEREUM, "harbour-safe", artefacts[1], 0)
    for body in (psbt_body, safe_body):
        desk.log("instruction.prepared", ["operations"], body)
    live = desk.state.live(desk.state.cycle(name))
    steps = [
        world.share_step(each.hash, officer, each.group.vaults[0])
        for officer in ("officer-a", "officer-c")
        for each in live
    ]
    release = world.release_body(trade, *(each.hash for each in live)) | {"cycle": name}
    steps.append(("release.authorised", ["operations", "compliance"], release))
    steps += [trouble.broadcast(each) for each in live]
    steps += [trouble.observed(each, 1, transaction=trouble.transaction_of(each)) for each in live]
    for step in steps:
        if desk.stands(trade).value != until:
            desk.log(*step)


@pytest.mark.parametrize("until", ["held", "instructed", "partly signed", "signed", "released", "settling"])
def test_for_a_cycle_that_was_called_off_and_whose_contract_goes_on_in_another(until: str) -> None:
    desk, _, steps = again(until)
    assert set(steps) == set(OF_CYCLE)
    for kind, names, body in steps.values():
        event = raw_event(kind, names, body, desk, id="late")
        assert refuse(desk, event).code == OF_CYCLE[kind]["called off"], kind


def test_for_a_loan_that_is_over() -> None:
    desk = world.founded()
    lend = "lending.authorised", ["meridian", "compliance"], world.loan_body()
    recall: Step = ("lending.recalled", ["meridian"], {"loan": "loan-1", "reason": "Needed for a settlement."})
    desk.log(*lend)
    there, _, accrued = before("lending.accrued")
    desk.now_ms = there.now_ms
    desk.log(*recall)
    over = {"lending.authorised": (lend, "settlement.loan-taken"), "lending.recalled": (recall, "settlement.loan-over")}
    over["lending.accrued"] = (accrued, "settlement.accrual-sum")
    assert set(over) == {kind for kind in KINDS if kind.startswith("lending.")}
    for (kind, names, body), code in over.values():
        assert refuse(desk, raw_event(kind, names, body, desk, id="late")).code == code
    assert desk.attempt("lending.authorised", lend[1], world.loan_body(loan="loan-2")) is None


def test_for_an_order_that_is_lifted() -> None:
    desk = world.founded()
    desk.log(*world.freeze_step())
    desk.log(*world.lift_step())
    for (kind, names, body), code in (
        (world.freeze_step(), "settlement.order-taken"),
        (world.lift_step(), "settlement.order-lifted"),
    ):
        assert refuse(desk, raw_event(kind, names, body, desk, id="late")).code == code
    assert desk.attempt(*world.freeze_step("HC-2026-115")) is None


def test_every_type_of_event_is_answered_once() -> None:
    answered = [*OF_OTHERS, *ANOTHER, *ONE_CODE, *OF_CYCLE, *ELSE]
    assert sorted(answered) == [each for each in KINDS if each != "desk.founded"]
