"""What B12 and E8 ask of a payment whose contracts this machine has set out to pay before: that no chain can ever take both.

- "It failed, sign again", with other coins: whoever kept the first signatures sends both, and the contract is paid twice. No log
  shows it, for a share that was withheld stands in none; this machine's own journal does.
- Two payments exclude each other where one coin is in both. The first is over where a coin of it went elsewhere with the policy's
  confirmations, or the log says that it is gone for good (`settlement/rivalry.py`).
- A Safe's payments exclude each other under one number. That a number was passed by does not say that the first is over: its
  own execution may be what used it. Nor does it say so that another settlement's transaction under it is gone for good. It is
  over where the log saw something else use that very number, with the policy's confirmations, or says of it, or of another
  request for the same contracts under that number, that it is gone for good (`rivalry.looked_for`).
- A void and a child pay nobody.

    >>> objection(reading, facts, txid)
"""

from countersign.bitcoin.inspect import PsbtFacts
from countersign.ethereum.safe import SafeTx
from countersign.formats import eip55
from countersign.review.case import PaidBefore
from countersign.review.finding import Finding, failed
from countersign.review.reading import Reading
from countersign.settlement import rivalry
from countersign.settlement.records import Instruction
from countersign.settlement.state import State


def objection(reading: Reading, facts: PsbtFacts, txid: str) -> Finding | None:
    """An earlier payment of the same contracts that this machine signed and that might be mined beside this one."""
    state, record = reading.state, reading.record
    if state is None or record is None or record.returns:
        return None
    coins = {str(fact.outpoint) for fact in facts.inputs}
    for each in reading.case.journal.payments:
        if each.transaction != txid and coins.isdisjoint(each.outpoints) and not _over(state, record, each):
            return failed("B12", "paid-before", "settlement", txid, each.transaction, contract=each.contract,
                          other=each.transaction, outpoint=each.outpoints[0])  # fmt: skip
    return None


def _over(state: State, record: Instruction, earlier: PaidBefore) -> bool:
    """Whether an earlier payment can be mined no more, as far as this machine knows."""
    known = state.instructions.get(earlier.instruction)
    if known is not None and rivalry.past(state, known):
        return True
    takers = (state.spending.get(each) for each in earlier.outpoints)
    others = (state.instructions[each] for each in takers if each is not None and each in state.instructions)
    needed = state.adopted().confirmations_on(record.group.chain)
    return any(
        each.seen and each.transaction != earlier.transaction and each.observed is not None
        and each.observed.confirmations >= needed
        for each in others
    )  # fmt: skip


def under_another_number(reading: Reading, tx: SafeTx) -> Finding | None:
    """An earlier payment of the same contracts out of a Safe that this machine signed and that may be executed beside this one,
    or was."""
    state, record, digest = reading.state, reading.record, tx.digest.hex()
    if state is None or record is None or record.returns:
        return None
    here = f"eip155:{tx.chain_id}", eip55.checksum(tx.safe), tx.nonce
    for each in reading.case.journal.payments:
        if each.nonce is not None and each.nonce != here and not _used_by_another(state, each):
            return failed("E8", "paid-before", "settlement", digest, each.transaction, contract=each.contract,
                          other=each.transaction, nonce=each.nonce[2])  # fmt: skip
    return None


def _used_by_another(state: State, earlier: PaidBefore) -> bool:
    """Whether the log saw another transaction use its number, for good, or says of a request for the same contracts that it is gone
    for good."""
    known = state.instructions.get(earlier.instruction)
    if known is None:
        return False
    needed = state.adopted().confirmations_on(known.group.chain)
    orders = (each.instruction for each in state.orders.values())
    beside = [
        each
        for each in (*state.instructions.values(), *orders)
        if (each.group.vaults, each.nonce) == (known.group.vaults, known.nonce)
    ]
    return any(
        rivalry.looked_for(state, each, known)
        or (each.seen and each.artefact != known.artefact and _confirmations(each) >= needed)
        for each in beside
    )


def _confirmations(seen: Instruction) -> int:
    return 0 if seen.observed is None else seen.observed.confirmations
