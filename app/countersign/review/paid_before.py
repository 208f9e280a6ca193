"""What B12 and E8 ask of a payment whose contracts this machine has set out to pay before: that no chain can ever take both.

- "It failed, sign again", with other coins: whoever kept the first signatures sends both, and the contract is paid twice. No log
  shows it, for a share that was withheld stands in none; this machine's own journal does.
- Two payments exclude each other where one coin is in both. The first is over where a coin of it went elsewhere with the policy's
  confirmations, or the log says that it is gone for good (`settlement/rivalry.py`).
- A Safe's payments exclude each other under one number. That a number was passed by does not say that the first is over: its
  own execution may be what used it. Nor does it say so that another settlement's transaction under it is gone for good. It is
  over where the log saw something else use that very number, with the policy's confirmations, or says of it, or of another
  request for the same contracts under that number, that it is gone for good (`rivalry.looked_for`).
- The log's word is the desk's and one officer's. Where this machine has a node of that chain, the node is asked (`Case.paid`), and
  an earlier payment is over only if it finds so too. Where nobody asked one (a cold machine, no node), the finding says that.
- A void and a child pay nobody.

    >>> objection(reading, facts, txid)
"""

from collections.abc import Collection, Iterator

from countersign.bitcoin.inspect import PsbtFacts
from countersign.errors import CountersignError
from countersign.ethereum.safe import SafeTx
from countersign.formats import eip55
from countersign.review.case import PaidBefore, PaidSeen
from countersign.review.finding import Finding, failed, from_error, passed
from countersign.review.reading import Reading
from countersign.settlement import rivalry
from countersign.settlement.records import Instruction
from countersign.settlement.state import State

Place = tuple[str, str, int]
"""Chain, Safe and number, as `PaidBefore.nonce`."""
_UNASKED = "the log says so; no node was asked"


def by_the_logs_word(
    state: State, record: Instruction, payments: Collection[PaidBefore], coins: Collection[str], place: Place | None
) -> tuple[PaidBefore, ...]:
    """The earlier payments beside which one over these coins, or at this place, is signed only because the log says that they are
    over: what a node is asked about."""
    if record.returns:
        return ()
    if place is not None:
        return tuple(each for each in payments if each.nonce not in (None, place) and _used_by_another(state, each))
    return tuple(each for each in payments if coins and _apart(each, coins) and _over(state, record, each))


def _apart(earlier: PaidBefore, coins: Collection[str]) -> bool:
    """Whether no coin is in both: a chain could hold both."""
    return earlier.nonce is None and not any(each in coins for each in earlier.outpoints)


def objection(reading: Reading, facts: PsbtFacts, txid: str) -> Finding | None:
    """An earlier payment of the same contracts that this machine signed and that the log does not say is over."""
    state, record = reading.state, reading.record
    if state is None or record is None or record.returns:
        return None
    coins = {str(fact.outpoint) for fact in facts.inputs}
    for each in reading.case.journal.payments:
        if each.transaction != txid and _apart(each, coins) and not _over(state, record, each):
            return failed("B12", "paid-before", "settlement", txid, each.transaction, contract=each.contract,
                          other=each.transaction, outpoint=each.outpoints[0])  # fmt: skip
    return None


def told(reading: Reading, facts: PsbtFacts) -> Iterator[Finding]:
    """What this machine's node says of the payments that the log says are over: a fail where it finds otherwise."""
    wanted = "its coins spent otherwise, with the policy's confirmations"
    for each, seen, needed in _looked_at(reading, {str(fact.outpoint) for fact in facts.inputs}, None):
        other, contract = each.transaction, each.contract
        if seen is None:
            yield passed("B12", "over-unasked", "earlier payment", wanted, _UNASKED, contract=contract, other=other)
        elif isinstance(seen, CountersignError):
            yield from_error("B12", seen, "earlier payment", wanted)
        elif seen.made_by:
            yield failed("B12", "paid-on-chain", "earlier payment", wanted, seen.made_by, contract=contract, other=other,
                         transaction=seen.made_by)  # fmt: skip
        elif seen.barred < needed:
            yield failed("B12", "not-over", "earlier payment", wanted, f"{seen.barred} confirmations",
                         contract=contract, other=other, needed=needed, found=seen.barred)  # fmt: skip
        else:
            yield passed("B12", "over", "earlier payment", wanted, f"at least {seen.barred} confirmations",
                         contract=contract, other=other, needed=needed)  # fmt: skip


def told_of_numbers(reading: Reading, tx: SafeTx) -> Iterator[Finding]:
    """The same of payments under another number of a Safe."""
    wanted = "its number used otherwise, with the policy's confirmations"
    for each, seen, needed in _looked_at(reading, (), _place(tx)):
        other, contract = each.transaction, each.contract
        if seen is None:
            yield passed("E8", "over-unasked", "earlier payment", wanted, _UNASKED, contract=contract, other=other)
        elif isinstance(seen, CountersignError):
            yield from_error("E8", seen, "earlier payment", wanted)
        elif seen.made_by:
            yield failed("E8", "paid-on-chain", "earlier payment", wanted, seen.made_by, contract=contract, other=other,
                         transaction=seen.made_by)  # fmt: skip
        elif seen.barred < needed:
            yield failed("E8", "not-over", "earlier payment", wanted, f"{seen.barred} confirmations",
                         contract=contract, other=other, needed=needed, found=seen.barred)  # fmt: skip
        else:
            yield passed("E8", "over", "earlier payment", wanted, f"at least {seen.barred} confirmations",
                         contract=contract, other=other, needed=needed)  # fmt: skip


def _looked_at(
    reading: Reading, coins: Collection[str], place: Place | None
) -> Iterator[tuple[PaidBefore, PaidSeen | CountersignError | None, int]]:
    """Each payment that the log calls over, what the node says of it, and the confirmations that the policy wants there."""
    state, record = reading.state, reading.record
    if state is not None and record is not None:
        for each in by_the_logs_word(state, record, reading.case.journal.payments, coins, place):
            seen = None if reading.paid is None else reading.paid.get(each.transaction)
            yield each, seen, state.adopted().confirmations_on(record.group.chain)


def _place(tx: SafeTx) -> Place:
    return f"eip155:{tx.chain_id}", eip55.checksum(tx.safe), tx.nonce


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
    here = _place(tx)
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
