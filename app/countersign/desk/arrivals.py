"""What an officer's own nodes see and the log has not: what came into vaults and nobody credited, transactions that got on.

- The operations' half of a round: the officer signs what was seen, and the desk looks for itself before it signs beside.
- A coin, and a payment into a Safe that the node's logs name, is credited with the policy's confirmations, to its vault's
  owner; until then it is told with how many it has. A transaction is observed until it has the confirmations that policy
  and contracts ask for, and whenever it is in another block, or in none.
- What a Safe holds beyond the books and beyond what was found is told (`wait.payment`): too old a payment, which
  `founding.credit_payment` takes by its reference, or ether that came without a log.
- What is taken in is what was shown (`only`), as far as the nodes still see it.
- What one node does not say, or the desk sees otherwise, is told by name and stops nothing else. Done twice, nothing is left.

    shown = await look(place)
    taken = await take_in(place, operations, shown.ripe)
    taken.logged, taken.sights, taken.not_done
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, field
from functools import partial

from countersign.desk import deposits, founding, reconcile, releasing
from countersign.desk.author import Author
from countersign.desk.ports import Coin, Payment, Receipt
from countersign.desk.waiting import Wait, amount, in_flight, needed
from countersign.desk.workplace import Workplace
from countersign.errors import CountersignError, Refused
from countersign.settlement.permissions import Signer
from countersign.settlement.records import Cycle, Instruction
from countersign.settlement.roster import BitcoinVault, SafeVault, Vault
from countersign.settlement.saying import Said, said

LOCKED = "signers.locked"
Log = Callable[[Author], Awaitable[Receipt]]


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing that a node sees and the log has not. `key`: the same from look to look; `ripe`: it can be logged now."""

    key: str
    what: Said
    ripe: bool


@dataclass(frozen=True, slots=True)
class Logged:
    """One event that was logged, and what it says."""

    what: Said
    receipt: Receipt


@dataclass(slots=True)
class TakenIn:
    """What came of looking at the chains: what was logged, what there is besides, what could not be done or seen."""

    logged: list[Logged] = field(default_factory=list)
    sights: list[Sight] = field(default_factory=list)
    not_done: list[CountersignError] = field(default_factory=list)

    @property
    def ripe(self) -> frozenset[str]:
        """The keys of what can be logged now."""
        return frozenset(each.key for each in self.sights if each.ripe)

    @property
    def waits(self) -> list[Wait]:
        """What there is besides, as what waits for operations."""
        return [Wait(Signer.OPERATIONS, each.what) for each in self.sights]


async def look(place: Workplace) -> TakenIn:
    """What there is to take in, as this workplace's nodes see it. Logs nothing."""
    found = TakenIn()
    async for sight, _log in _sights(place, found):
        found.sights.append(sight)
    return found


async def take_in(place: Workplace, operations: Author, only: Collection[str] | None = None) -> TakenIn:
    """Observe what is on its way, credit what came in: all of it, or `only` what has these keys.

    Raises none of the project's errors, they are in `not_done`; but for Unavailable("signers.locked") before anything was
    logged: the token has to be unlocked first.
    """
    found = TakenIn()
    async for sight, log in _sights(place, found):
        if log is None or not sight.ripe or (only is not None and sight.key not in only):
            found.sights.append(sight)
            continue
        try:
            found.logged.append(Logged(sight.what, await log(operations)))
        except CountersignError as error:
            if error.code == LOCKED and not found.logged:
                raise
            found.not_done.append(error)
    return found


async def payment(place: Workplace, name: str, asset: str, reference: str) -> Sight:
    """One payment into a Safe by its reference. Refused("desk.not-a-safe"); raises as `deposits.payment`."""
    vault = place.state.roster.vault(name)
    if not isinstance(vault, SafeVault):
        raise Refused("desk.not-a-safe", vault=name)
    seen = await deposits.payment(place.ethereum(vault.chain), place.state, vault, asset, reference)
    return _arrived(place, vault, asset, seen)


async def _sights(place: Workplace, found: TakenIn) -> AsyncIterator[tuple[Sight, Log | None]]:
    """Everything that the nodes see and the log has not, each with how it is logged once it is ripe."""
    async for what, body in _news(place, found):
        key = f"{body['instruction']} {body['block']}"
        yield Sight(key, what, True), partial(_observe, place, body)
    for vault in _slots(place):
        for coin in await _coins(place, vault, found):
            yield _arrived(place, vault, _coin_of(vault), coin), partial(_credit_coin, place, vault, coin)
    for safe, asset, surplus in await _surplus(place, found):
        left = surplus
        for paid in await _payments(place, safe, asset, surplus, found):
            left -= paid.amount
            yield _arrived(place, safe, asset, paid), partial(_credit_payment, place, safe, asset, paid)
        if left > 0:
            values = {"vault": safe.id, "asset": asset, "amount": amount(place.state, asset, left)}
            yield Sight(f"{safe.id} {asset}", said("wait.payment", **values), False), None


def _arrived(place: Workplace, vault: Vault, asset: str, seen: Coin | Payment) -> Sight:
    """What came into a vault, with the confirmations that it has and needs."""
    if isinstance(seen, Coin):
        units, reference = seen.satoshis, deposits.reference(seen)
    else:
        units, reference = seen.amount, deposits.reference_of(seen)
    policy = place.state.adopted().confirmations_on(vault.chain)
    ripe = seen.confirmations >= policy
    what = said(
        "wait.deposit" if ripe else "wait.young",
        vault=vault.id,
        amount=amount(place.state, asset, units),
        reference=reference,
        confirmations=seen.confirmations,
        needed=policy,
    )
    return Sight(f"{vault.chain} {reference}", what, ripe)


async def _observe(place: Workplace, body: dict[str, object], operations: Author) -> Receipt:
    return await releasing.log_observed(place, operations, body)


async def _credit_coin(place: Workplace, vault: BitcoinVault, coin: Coin, operations: Author) -> Receipt:
    return await founding.credit_coin(place, operations, vault, _coin_of(vault), coin)


async def _credit_payment(place: Workplace, safe: SafeVault, asset: str, paid: Payment, operations: Author) -> Receipt:
    return await founding.credit_payment(place, operations, safe.id, asset, deposits.reference_of(paid))


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
                wanted = needed(place.state, cycle, instruction.group.chain)
                yield said("wait.news", **where, confirmations=int(str(body["confirmations"])), needed=wanted), body


def _matters(place: Workplace, cycle: Cycle, instruction: Instruction, body: dict[str, object]) -> bool:
    """Whether it is in another block than the log has it, or the log has too few confirmations of it."""
    before = instruction.observed
    if before is None or before.block != body["block"]:
        return True
    return before.confirmations < needed(place.state, cycle, instruction.group.chain)


def _slots(place: Workplace) -> list[BitcoinVault]:
    vaults = (each for each in place.state.roster.vaults.values() if isinstance(each, BitcoinVault))
    return sorted(vaults, key=lambda each: each.id)


def _coin_of(vault: BitcoinVault) -> str:
    return f"{vault.chain}/slip44:0"


async def _coins(place: Workplace, vault: BitcoinVault, found: TakenIn) -> tuple[Coin, ...]:
    try:
        return await deposits.uncredited(place.bitcoin(vault.chain), place.state, place.artefacts, vault)
    except CountersignError as error:
        found.not_done.append(error)
        return ()


async def _surplus(place: Workplace, found: TakenIn) -> list[tuple[SafeVault, str, int]]:
    """What Safes hold that no account and no settlement under way explains: Safe, asset, base units."""
    try:
        surplus = await reconcile.surplus(place.state, place.artefacts, place.nodes)
    except CountersignError as error:
        found.not_done.append(error)
        return []
    vaults = ((place.state.roster.vault(name), asset, units) for name, asset, units in surplus)
    return [(vault, asset, units) for vault, asset, units in vaults if isinstance(vault, SafeVault)]


async def _payments(place: Workplace, safe: SafeVault, asset: str, surplus: int, found: TakenIn) -> tuple[Payment, ...]:
    try:
        return await deposits.payments(place.ethereum(safe.chain), place.state, safe, asset, surplus)
    except CountersignError as error:
        found.not_done.append(error)
        return ()
