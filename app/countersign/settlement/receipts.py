"""Receipts: deliveries that count in the ledger and have not the policy's confirmations on their chain.

- They may be held for new contracts at once (rule 9), and spent on chain only once they are confirmed.
- A reorganisation after the end makes a receipt again of what was confirmed.
"""

from dataclasses import replace

from countersign.settlement.ledger import Account
from countersign.settlement.records import Instruction, Receipt
from countersign.settlement.state import State


def received(state: State, instruction: Instruction) -> State:
    """The state in which what an instruction delivered is not to be spent on chain, unless it is confirmed well enough."""
    seen = instruction.observed.confirmations if instruction.observed else 0
    if seen >= state.adopted().confirmations_on(instruction.group.chain) or instruction.hash in state.receipts:
        return state
    unconfirmed, receipts = state.unconfirmed, []
    for owed in state.owed(instruction):
        if owed.receiver == owed.payer:  # a withdrawal: it left this custody
            continue
        account = Account(owed.receiver.lei, owed.receiver.book, owed.asset)
        receipts.append(Receipt(account, owed.amount))
        unconfirmed = unconfirmed.set(account, unconfirmed.get(account, 0) + owed.amount)
    return replace(state, unconfirmed=unconfirmed, receipts=state.receipts.set(instruction.hash, tuple(receipts)))


def confirmed(state: State, instruction: str) -> State:
    """The deliveries of a transaction have the policy's confirmations: they may be spent on chain."""
    receipts = state.receipts.get(instruction)
    if receipts is None:
        return state
    unconfirmed = state.unconfirmed
    for receipt in receipts:
        unconfirmed = unconfirmed.set(receipt.account, unconfirmed[receipt.account] - receipt.units)
    return replace(state, receipts=state.receipts.delete(instruction), unconfirmed=unconfirmed)
