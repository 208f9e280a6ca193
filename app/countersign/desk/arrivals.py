"""What an officer's own nodes see and the log has not: coins that nobody credited, transactions that got on.

- The operations' half of a round: the officer signs what was seen, and the desk looks for itself before it signs beside.
- A coin is credited with the policy's confirmations, to its vault's owner. A transaction is observed until it has the
  confirmations that policy and contracts ask for, and whenever it is in another block, or in none.
- A node does not list what was paid into a Safe: what a Safe holds beyond the books is told (`wait.payment`), and
  `founding.credit_payment` takes the payment by its reference.
- What one node does not say, or the desk sees otherwise, is told by name and stops nothing else. Done twice, nothing is left.

    taken = await take_in(place, operations)
    taken.logged, taken.waits, taken.not_done
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from countersign.desk import deposits, founding, reconcile, releasing
from countersign.desk.author import Author
from countersign.desk.ports import Coin, Receipt
from countersign.desk.waiting import Wait, amount, in_flight, needed
from countersign.desk.workplace import Workplace
from countersign.errors import CountersignError
from countersign.settlement.permissions import Signer
from countersign.settlement.records import Cycle, Instruction
from countersign.settlement.roster import SlotVault
from countersign.settlement.saying import Said, said


@dataclass(frozen=True, slots=True)
class Logged:
    """One event that was logged, and what it says."""

    what: Said
    receipt: Receipt


@dataclass(slots=True)
class TakenIn:
    """What came of looking at the chains: what was logged, what still waits for somebody, what could not be done."""

    logged: list[Logged] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    not_done: list[CountersignError] = field(default_factory=list)


async def look(place: Workplace) -> TakenIn:
    """What there is to take in, as this workplace's nodes see it. Logs nothing."""
    found = TakenIn()
    async for what, _body in _news(place, found):
        found.waits.append(Wait(Signer.OPERATIONS, what))
    for vault in _slots(place):
        found.waits += [
            Wait(Signer.OPERATIONS, _arrived(place, vault, each)) for each in await _coins(place, vault, found)
        ]
    await _beyond_the_books(place, found)
    return found


async def take_in(place: Workplace, operations: Author) -> TakenIn:
    """Observe what is on its way, credit what came in. Raises none of the project's errors: they are in `not_done`."""
    found = TakenIn()
    async for what, body in _news(place, found):
        try:
            found.logged.append(Logged(what, await releasing.log_observed(place, operations, body)))
        except CountersignError as error:
            found.not_done.append(error)
    for vault in _slots(place):
        for coin in await _coins(place, vault, found):
            try:
                receipt = await founding.credit_coin(place, operations, vault, _asset(vault), coin)
            except CountersignError as error:
                found.not_done.append(error)
            else:
                found.logged.append(Logged(_arrived(place, vault, coin), receipt))
    await _beyond_the_books(place, found)
    return found


async def _news(place: Workplace, found: TakenIn) -> AsyncIterator[tuple[Said, dict[str, object]]]:
    """What the nodes say of the transactions under way that the log has not, cycle by cycle."""
    for name in [each.id for each in in_flight(place.state)]:
        for hashed in [each.hash for each in releasing.watched(place.state, name)]:
            instruction, cycle = place.state.instruction(hashed), place.state.cycle(name)
            try:
                body = await releasing.unlogged(place, instruction)
            except CountersignError as error:
                found.not_done.append(error)
                continue
            if body is not None and _matters(place, cycle, instruction, body):
                where = {"transaction": str(body["transaction"]), "cycle": name}
                yield said("wait.news", **where, confirmations=int(str(body["confirmations"]))), body


def _matters(place: Workplace, cycle: Cycle, instruction: Instruction, body: dict[str, object]) -> bool:
    """Whether it is in another block than the log has it, or the log has too few confirmations of it."""
    before = instruction.observed
    if before is None or before.block != body["block"]:
        return True
    return before.confirmations < needed(place.state, cycle, instruction.group.chain)


def _slots(place: Workplace) -> list[SlotVault]:
    vaults = (each for each in place.state.roster.vaults.values() if isinstance(each, SlotVault))
    return sorted(vaults, key=lambda each: each.id)


def _asset(vault: SlotVault) -> str:
    return f"{vault.chain}/slip44:0"


async def _coins(place: Workplace, vault: SlotVault, found: TakenIn) -> tuple[Coin, ...]:
    try:
        return await deposits.coins(place.bitcoin(vault.chain), place.state, place.artefacts, vault)
    except CountersignError as error:
        found.not_done.append(error)
        return ()


def _arrived(place: Workplace, vault: SlotVault, coin: Coin) -> Said:
    units = amount(place.state, _asset(vault), coin.satoshis)
    return said("wait.deposit", vault=vault.id, amount=units, reference=deposits.reference(coin))


async def _beyond_the_books(place: Workplace, found: TakenIn) -> None:
    """What Safes hold that no account and no settlement under way explains."""
    try:
        surplus = await reconcile.surplus(place.state, place.artefacts, place.nodes)
    except CountersignError as error:
        found.not_done.append(error)
        return
    for vault, asset, units in surplus:
        more = said("wait.payment", vault=vault, amount=amount(place.state, asset, units))
        found.waits.append(Wait(Signer.OPERATIONS, more))
