"""What a node says of a Safe's change of its own owners (`owning.py`): when the roster follows it, and when it goes back.

- With the policy's confirmations the change takes effect, at that entry. Before it the roster says what the Safe was.
- Of two orders under one number the one told last holds, and none once a later number was used.
- Told to be in no block any more, it is taken back as long as no later number of the Safe was used: the owners are those
  before it, and the order waits again, to be sent again or to lose its place to another one under the same number. So what
  was invented, or what a chain took back, does not bind a Safe for ever.
- What was prepared under the next number meanwhile keeps no Safe: a settlement's instruction has its place back with the
  number, an order has not, for it was made for other owners.

    {"instruction":"5c…","transaction":"0x…","block":null,"height":null,"confirmations":0,"fees":{}}
"""

from collections.abc import Iterable
from dataclasses import replace

from countersign.errors import Refused
from countersign.formats import eip55
from countersign.settlement import carrying, numbers, observing
from countersign.settlement.assets import require_spelling
from countersign.settlement.bodies import TransactionObserved
from countersign.settlement.case import Case, Rule
from countersign.settlement.owners_order import OwnersOrder
from countersign.settlement.owning import safe, with_order
from countersign.settlement.records import Instruction, Observed, SafeUse
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State


def holding(state: State, vault: str) -> OwnersOrder | None:
    """The order by which a Safe has its owners in the roster and which its chain could still take back; None where none is."""
    known, executed = safe(state, vault), numbers.seen_executed(state, vault)
    found = (
        each
        for each in state.orders.values()
        if each.done is not None
        and each.instruction.group.vaults == (vault,)
        and each.instruction.nonce == executed
        and (each.keys, each.threshold) == (known.keys, known.threshold)
    )
    return max(found, key=lambda each: each.done or 0, default=None)


def takes_effect(state: State, body: TransactionObserved) -> bool:
    """Whether a Safe's owners in the roster are an order's from this observation on, which it is judged to be in order."""
    order = state.orders[body.instruction]
    needed = state.adopted().confirmations_on(order.instruction.group.chain)
    if body.block is None or body.confirmations < needed:
        return False
    return order.done is None or _told_last(state, order)


def takes_back(state: State, body: TransactionObserved) -> bool:
    """Whether a Safe's owners are those before an order again from this observation on."""
    order = state.orders[body.instruction]
    return body.block is None and holding(state, order.instruction.group.vaults[0]) == order


def unseen(state: State, vault: SafeVault, owners: Iterable[str], threshold: int, nonce: int) -> OwnersOrder | None:
    """The order that took effect as the log says, and of which the Safe on its chain knows nothing; None where all is well.

    `owners` (EIP-55, in any order), `threshold` and the next `nonce`: as a node says.
    """
    order = holding(state, vault.id)
    if order is None or order.before is None:
        return None
    keys, number = order.before
    before = {eip55.checksum(state.roster.ever(kid).key.ethereum_address()) for kid in keys}
    unused = nonce <= (order.instruction.nonce or 0)
    as_before = (set(owners), threshold) == (before, number)
    return order if as_before and (unused or order.before != (order.keys, order.threshold)) else None


def _judge(case: Case, body: TransactionObserved) -> None:
    state = case.state
    if body.instruction not in state.orders:
        observing.OBSERVED.judge(case, body)
        return
    order = state.orders[body.instruction]
    instruction = order.instruction
    lacks = order.done is None and (state.missing(instruction) or instruction.superseded_by is not None)
    if body.transaction != instruction.transaction and lacks:
        raise Refused("settlement.not-broadcast", transaction=body.transaction, instruction=instruction.hash)
    if body.transaction != instruction.transaction:  # a stranger may execute other Safes in the same one
        carrying.check_free(state, instruction, body.transaction)
    if body.block is not None:
        require_spelling(instruction.group.chain, body.block)
    if body.fees:
        raise Refused("settlement.fee-vaults", instruction=instruction.hash)
    before = instruction.observed
    said = None if before is None else (before.block, before.height, before.confirmations)
    if said == (body.block, body.height, body.confirmations) or (before is None and body.block is None):
        raise Refused("settlement.observation-late", transaction=body.transaction, confirmations=body.confirmations)
    if body.block is not None and order.done is None:
        _check_not_passed(state, instruction)


def _check_not_passed(state: State, instruction: Instruction) -> None:
    """No later number of the Safe was used or is waiting: else what is told of this one now was never mined."""
    vault = instruction.group.vaults[0]
    use, nonce = state.safes.get(vault, SafeUse()), instruction.nonce or 0
    if use.executed is None:
        return
    if nonce < use.executed or (nonce == use.executed and use.pending is not None):
        raise Refused("E8.nonce", vault=vault, nonce=nonce, expected=use.executed + 1)


def _fold(case: Case, body: TransactionObserved) -> State:
    state = case.state
    if body.instruction not in state.orders:
        return observing.OBSERVED.fold(case, body)
    effective, back = takes_effect(state, body), takes_back(state, body)
    known = state.orders[body.instruction].instruction
    seen = Observed(body.block, body.height, body.confirmations, body.fees, case.index, case.time_ms)
    state = with_order(state, replace(known, transaction=body.transaction, observed=seen))
    state = replace(state, transactions=state.transactions.set(body.transaction, known.hash))
    order = state.orders[known.hash]
    if effective:
        return _effective(case, state, order)
    return _taken_back(case, state, order) if back else state


def _told_last(state: State, order: OwnersOrder) -> bool:
    """Whether another order under its number was told after it: what the chain says last holds, while nothing came since."""
    vault, nonce = safe(state, order.instruction.group.vaults[0]), order.instruction.nonce
    use = state.safes.get(vault.id, SafeUse())
    if use.pending is None:
        return use.executed == nonce and (vault.keys, vault.threshold) != (order.keys, order.threshold)
    waiting = state.orders.get(use.pending)
    return waiting is not None and waiting.instruction.nonce == nonce


def _effective(case: Case, state: State, order: OwnersOrder) -> State:
    """From here on the Safe has its new owners in the roster too, and its number is used. What took its place never counts."""
    vault, nonce = safe(state, order.instruction.group.vaults[0]), order.instruction.nonce or 0
    other = holding(state, vault.id)
    same = other is not None and other.instruction.nonce == nonce
    before = other.before if other is not None and same else (vault.keys, vault.threshold)
    order = replace(order, done=case.index, before=before)
    state = _owned(case, state, vault.id, (order.keys, order.threshold))
    safes = state.safes.set(vault.id, _following(state, vault.id, nonce))
    return replace(state, orders=state.orders.set(order.instruction.hash, order), safes=safes)


def _following(state: State, vault: str, nonce: int) -> SafeUse:
    """The Safe's place behind a number that is used: that of a settlement's instruction which was prepared for it before the
    number was taken back, or free."""
    for each in state.instructions.values():
        if each.group.vaults != (vault,) or each.nonce != nonce + 1 or each.superseded_by is not None:
            continue
        cycle = state.cycle(each.cycle)
        over = cycle.called_off or cycle.final is not None or cycle.voided is not None
        if each.seen:
            return SafeUse(None, each.nonce)
        if each.executable and not over:
            return SafeUse(each.hash, nonce)
    return SafeUse(None, nonce)


def _taken_back(case: Case, state: State, order: OwnersOrder) -> State:
    """The Safe has the owners before the order in the roster too; whatever counts under its number waits again."""
    vault, nonce = order.instruction.group.vaults[0], order.instruction.nonce or 0
    assert order.before is not None, "it took effect"
    state = _owned(case, state, vault, order.before)
    orders = state.orders.set(order.instruction.hash, replace(order, done=None, before=None))
    waits = state.safes[vault].pending
    if waits is not None and waits in orders:
        later = orders[waits]
        beaten = replace(later.instruction, superseded_by=order.instruction.hash)
        orders = orders.set(waits, replace(later, instruction=beaten))
    live = order.instruction.hash
    while (newer := orders[live].instruction.superseded_by) is not None:
        live = newer
    use = SafeUse(live, nonce - 1 if nonce else None)
    return replace(numbers.given_back(state, vault, nonce), orders=orders, safes=state.safes.set(vault, use))


def _owned(case: Case, state: State, vault: str, owners: tuple[tuple[str, ...], int]) -> State:
    """The state in which the roster gives a Safe these keys and this threshold. A key that owned it once is no other vault's."""
    keys, threshold = owners
    cosigning = state.roster.cosigning
    for kid in keys:
        cosigning = cosigning.set(kid, vault)
    changed = replace(safe(state, vault), keys=keys, threshold=threshold)
    roster = replace(
        state.roster,
        vaults=state.roster.vaults.set(vault, changed),
        cosigning=cosigning,
        touched=state.roster.touched.set(f"vault:{vault}", case.time_ms),
    )
    return replace(state, roster=roster)


OBSERVED = Rule(_judge, _fold)
"""`transaction.observed`, of an order or of a settlement's instruction."""
