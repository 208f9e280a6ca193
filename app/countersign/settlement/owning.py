"""Rules by which a Safe changes its own owners: an instruction of its own kind, under the administrators' threshold.

- `owners.ordered` is the administrators' order and the instruction in one: it says who owns the Safe afterwards and names
  the exact bytes of the one call that makes it so. There is no release: nothing is delivered against anything.
- One call a time: an owner in, out or exchanged, or another threshold. No module, guard, handler or upgrade is ever ordered.
- The Safe is free when it is ordered, and prepares no settlement until it is executed: its one place is taken.
- Whoever ordered it does not sign it. Its owners of today sign, by their quorum; an officer counts once.
- While an order of compliance stops what lies in the Safe (`stops.stopping_vault`), its owners are only ever narrowed: every
  quorum afterwards was one before. A stolen key goes, nobody comes, and what is under way can be taken back.
- Whoever comes has a registered key, when it is ordered and whenever it is signed; and the keys that are left and were not
  withdrawn can still sign.
- It takes effect when its transaction has the policy's confirmations, at that entry and not before: until then the roster
  says what the Safe is. Afterwards E10 wants the new owners. What a chain takes back counts no more (`owners_observed.py`),
  and is sent again.
- Another order takes its place before it is executed, under the same number. One that names the owners as they are is its
  void: an empty call that uses the number up. Where something outside the log used numbers up, an order names a later one.

    {"vault":"harbour-safe","keys":[…],"threshold":2,"artefact":"9f…","nonce":7,"replaces":null}
"""

from dataclasses import replace

from countersign.errors import Refused
from countersign.settlement import delivery, instructing, numbers, sharing, stops
from countersign.settlement.assets import require_spelling
from countersign.settlement.bodies import OWNERS, ShareAdded, TransactionBroadcast
from countersign.settlement.case import Case, Rule
from countersign.settlement.governance_bodies import OwnersOrdered
from countersign.settlement.netting import Group
from countersign.settlement.owners_order import OwnersOrder
from countersign.settlement.records import Freeze, Instruction, SafeUse, Share
from countersign.settlement.roster import SafeVault
from countersign.settlement.roster_change import with_owners
from countersign.settlement.state import State


def safe(state: State, vault: str) -> SafeVault:
    """A registered Safe; `Refused` settlement.owners-not-safe for another vault."""
    found = state.roster.vault(vault)
    if not isinstance(found, SafeVault):
        raise Refused("settlement.owners-not-safe", vault=vault)
    return found


def under_way(state: State, vault: str) -> OwnersOrder | None:
    """The order that has a Safe's one place, if an order has it."""
    return state.orders.get(state.safes.get(vault, SafeUse()).pending or "")


def _judge(case: Case, body: OwnersOrdered) -> None:
    state = case.state
    vault, use, before = safe(state, body.vault), state.safes.get(body.vault, SafeUse()), under_way(state, body.vault)
    _check_free(use, before, body.vault)
    live = None if before is None else before.instruction.hash
    if body.replaces is None and live is not None:
        raise Refused("settlement.order-waits", vault=body.vault, live=live)
    if body.replaces is not None and live is None:
        raise Refused("settlement.replaces-nothing", instruction=body.replaces)
    if body.replaces != live:
        raise Refused("settlement.replaces", instruction=body.replaces or "", live=live or "")
    _check_unexecuted(before)
    _check_nonce(state, body, before)
    _check_owners(state, vault, before, body.keys, body.threshold)


def check_orderable(state: State, vault: str, keys: tuple[str, ...], threshold: int) -> None:
    """A Safe may be ordered to have these owners now, whatever its number is. `keys` ascending; `Refused` as the order."""
    found, before = safe(state, vault), under_way(state, vault)
    _check_free(state.safes.get(vault, SafeUse()), before, vault)
    _check_unexecuted(before)
    _check_owners(state, found, before, keys, threshold)


def _check_free(use: SafeUse, before: OwnersOrder | None, vault: str) -> None:
    if use.pending is not None and before is None:
        raise Refused("settlement.safe-busy", vault=vault, instruction=use.pending)


def _check_unexecuted(before: OwnersOrder | None) -> None:
    if before is not None and before.instruction.seen:
        instruction = before.instruction
        raise Refused("settlement.already-executed", instruction=instruction.hash,
                      transaction=instruction.transaction or "")  # fmt: skip


def _check_owners(
    state: State, vault: SafeVault, before: OwnersOrder | None, keys: tuple[str, ...], threshold: int
) -> None:
    if (keys, threshold) == (vault.keys, vault.threshold):
        if before is None:
            raise Refused("settlement.owners-same", vault=vault.id)
        return
    require_one_call(vault, keys, threshold)
    with_owners(state.roster, vault, keys, threshold)
    _check_reachable(state, vault, keys, threshold)
    check_stands(state, vault, keys, threshold)


def _check_reachable(state: State, vault: SafeVault, keys: tuple[str, ...], threshold: int) -> None:
    """What is ordered leaves enough keys that still count, or nobody could ever sign for the Safe again."""
    live = [kid for kid in keys if kid in state.roster.keys]
    if len(live) < threshold:
        raise Refused("settlement.owners-unreachable", vault=vault.id, live=len(live), threshold=threshold)


def narrows(vault: SafeVault, keys: tuple[str, ...], threshold: int) -> bool:
    """Whether every quorum of these owners is one of the Safe's today: nobody new, and no fewer of them sign."""
    return set(keys) <= set(vault.keys) and threshold >= vault.threshold


def widening_stopped_by(state: State, vault: SafeVault, keys: tuple[str, ...], threshold: int) -> Freeze | None:
    """The order that keeps a Safe from having these owners; None where it may, or is only narrowed."""
    return None if narrows(vault, keys, threshold) else stops.stopping_vault(state, vault)


def check_registered(state: State, vault: SafeVault, keys: tuple[str, ...]) -> None:
    """Whoever comes has a registered key; else `Refused` settlement.key-withdrawn or settlement.unknown-key."""
    for kid in sorted(set(keys) - set(vault.keys)):
        state.roster.key(kid)


def check_stands(state: State, vault: SafeVault, keys: tuple[str, ...], threshold: int) -> None:
    """Nothing speaks against these owners now: new keys are registered, no order stops them.

    Refused: settlement.key-withdrawn, settlement.unknown-key, settlement.frozen-owners.
    """
    check_registered(state, vault, keys)
    if (freeze := widening_stopped_by(state, vault, keys, threshold)) is not None:
        raise Refused("settlement.frozen-owners", vault=vault.id, order=freeze.order)


def _check_nonce(state: State, body: OwnersOrdered, before: OwnersOrder | None) -> None:
    """The next number, or that of the order whose place it takes; or a later one, where the Safe is past those before it by
    something that is not in the log: the desk's node says so (`numbers`), and the signers' (E10)."""
    numbers.require_not_used(state, body.vault, body.nonce)
    if before is not None and body.nonce < (before.instruction.nonce or 0):
        raise Refused("E8.nonce", vault=body.vault, nonce=body.nonce, expected=before.instruction.nonce or 0)


def require_one_call(vault: SafeVault, keys: tuple[str, ...], threshold: int) -> None:
    """These owners and this threshold are one call away; else `Refused` settlement.owners-one-call."""
    gone, new = set(vault.keys) - set(keys), set(keys) - set(vault.keys)
    exchanged = len(gone) == len(new) == 1 and threshold == vault.threshold
    if len(gone) + len(new) > 1 and not exchanged:
        raise Refused("settlement.owners-one-call", vault=vault.id, gone=len(gone), new=len(new))


def _fold(case: Case, body: OwnersOrdered) -> State:
    state, name = numbers.passed_by(case.state, body.vault, body.nonce, case.index), case.event.hash
    group = Group(safe(state, body.vault).chain, "safe-tx", (body.vault,))
    instruction = Instruction(
        name, "", group, body.artefact, body.nonce, (), case.officers[0], case.index, case.time_ms,
        purpose=OWNERS, replaces=body.replaces, released=case.index,
    )  # fmt: skip
    order = OwnersOrder(instruction, body.keys, body.threshold, case.officers)
    orders = state.orders
    if body.replaces is not None:
        old = orders[body.replaces]
        orders = orders.set(body.replaces, replace(old, instruction=replace(old.instruction, superseded_by=name)))
    use = state.safes.get(body.vault, SafeUse())
    return replace(state, orders=orders.set(name, order), safes=state.safes.set(body.vault, replace(use, pending=name)))


def _open(state: State, name: str) -> OwnersOrder:
    order = state.orders[name]
    if order.instruction.superseded_by is not None:
        raise Refused("settlement.superseded", instruction=name)
    if order.done is not None:
        raise Refused("settlement.owners-done", instruction=name)
    return order


def line(state: State, name: str) -> tuple[OwnersOrder, ...]:
    """An order, and those whose place it took, one after the other; the newest first."""
    found: list[OwnersOrder] = []
    at: str | None = name
    while at is not None and at in state.orders:
        found.append(state.orders[at])
        at = found[-1].instruction.replaces
    return tuple(found)


def waiting(state: State, name: str) -> Instruction:
    """The transaction of an order that waits for its owners' shares and still stands.

    Refused: settlement.superseded, settlement.owners-done, settlement.broadcast-already, settlement.quorum-complete, as
    `check_stands`.
    """
    order = _open(state, name)
    instruction, vault = order.instruction, safe(state, order.instruction.group.vaults[0])
    _require_unsent(instruction)
    if not state.missing(instruction):
        raise Refused("settlement.quorum-complete", instruction=name, vault=vault.id)
    check_stands(state, vault, order.keys, order.threshold)
    return instruction


def waits(state: State, name: str) -> bool:
    """Whether an order waits for its owners' shares and nothing speaks against it."""
    try:
        waiting(state, name)
    except Refused:
        return False
    return True


def sent(instruction: Instruction) -> str | None:
    """The transaction in which an order went out; None where it did not, or where that one is in no block any more."""
    return None if instruction.observed is not None and not instruction.seen else instruction.transaction


def _require_unsent(instruction: Instruction) -> None:
    if sent(instruction) is not None:
        raise Refused(
            "settlement.broadcast-already", instruction=instruction.hash, transaction=instruction.transaction or ""
        )


def _judge_share(case: Case, body: ShareAdded) -> None:
    state = case.state
    if body.instruction not in state.orders:
        sharing.SHARE.judge(case, body)
        return
    order = _open(state, body.instruction)
    instruction, vault = order.instruction, safe(state, order.instruction.group.vaults[0])
    instructing.check_hours(case)
    if case.seconds > instruction.time_ms // 1_000 + state.adopted().request_lifetime_seconds:
        raise Refused("C4.request-expired", instruction=instruction.hash)
    if body.vault != vault.id:
        raise Refused("settlement.share-vault", instruction=instruction.hash, vault=body.vault)
    check_stands(state, vault, order.keys, order.threshold)
    officer = case.officers[0]
    if officer in order.by:
        raise Refused("C5.orderer-signs", officer=officer)
    sharing.check_share_keys(state, instruction, vault, body, officer)
    if officer in instruction.signers(vault.id):
        raise Refused("settlement.share-twice", officer=officer, vault=vault.id)
    if not state.missing(instruction):
        raise Refused("settlement.quorum-complete", instruction=instruction.hash, vault=vault.id)


def _fold_share(case: Case, body: ShareAdded) -> State:
    state = case.state
    if body.instruction not in state.orders:
        return sharing.SHARE.fold(case, body)
    known = state.orders[body.instruction].instruction
    share = Share(case.officers[0], body.vault, body.keys, body.artefact, case.index)
    return with_order(state, replace(known, shares=(*known.shares, share)))


def with_order(state: State, instruction: Instruction) -> State:
    """The state in which this is the order's instruction."""
    order = replace(state.orders[instruction.hash], instruction=instruction)
    return replace(state, orders=state.orders.set(instruction.hash, order))


def _judge_broadcast(case: Case, body: TransactionBroadcast) -> None:
    state = case.state
    if body.instruction not in state.orders:
        delivery.BROADCAST.judge(case, body)
        return
    instruction = _open(state, body.instruction).instruction
    if missing := state.missing(instruction):
        raise Refused("settlement.no-quorum", instruction=instruction.hash, missing=missing)
    _require_unsent(instruction)
    _check_alone(state, instruction, body.transaction)


def _check_alone(state: State, instruction: Instruction, transaction: str) -> None:
    """What is sent from here carries the order alone. It may be the same transaction again, once it is in no block any more."""
    require_spelling(instruction.group.chain, transaction)
    if state.transactions.get(transaction, instruction.hash) != instruction.hash:
        raise Refused("settlement.transaction-taken", transaction=transaction)


def _fold_broadcast(case: Case, body: TransactionBroadcast) -> State:
    state = case.state
    if body.instruction not in state.orders:
        return delivery.BROADCAST.fold(case, body)
    known = state.orders[body.instruction].instruction
    state = with_order(state, replace(known, transaction=body.transaction, finished=body.artefact, observed=None))
    return replace(state, transactions=state.transactions.set(body.transaction, known.hash))


ORDERED = Rule(_judge, _fold)
SHARE = Rule(_judge_share, _fold_share)
BROADCAST = Rule(_judge_broadcast, _fold_broadcast)
