"""C7: what the bytes really pay keeps the policy, rule by rule, with the numbers of the case.

- Evaluated on decoded payments (`leaving.py`), never on the request; at published prices; at T (C4).
- Destinations are registered, older than the cooling period, and were added by somebody else than who signs alone;
  those of the founding ceremony count at once. What is said to lie in a vault is one of its places, derived here.
- Nor is a place in this custody paid whose keys were withdrawn, so that the others cannot spend from it, or those alone can.
- Caps of a transaction, of a day and of a counterparty; quorum by amount; officers' hours: the machine's own limits
  (`settlement.spending`) over these bytes. Exactly at a cap is kept.
- The desk alone publishes prices. Where it published less, since the parties agreed, than the policy's tolerance allows, the
  agreed price counts: no limit is passed under by a price that nobody else signed.
- What was given in the last 24 hours is replayed here; by QR it is what two officers attested (L8).
- A void moves nothing to others: hours hold for it, and there is nothing else to limit.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from countersign.errors import CountersignError, Refused
from countersign.formats import times
from countersign.rails import wallets
from countersign.review.case import ANCHOR, Channel
from countersign.review.check import Check
from countersign.review.finding import Finding, blocked, failed, from_error, not_applicable, passed
from countersign.review.leaving import Payment, leaving
from countersign.review.lookalike import Like, registered_like
from countersign.review.reading import Reading
from countersign.settlement import netting, spendable, spending, valuation
from countersign.settlement.policy import Policy
from countersign.settlement.records import Cycle
from countersign.settlement.roster import Destination, SafeVault
from countersign.settlement.spending import Flow, Ruling, Used
from countersign.settlement.state import State

MOST = 20
"""How many findings of one rule are listed; what is kept is listed only as far as there is room."""


def policy(reading: Reading) -> Iterator[Finding]:
    """C7: every rule of the policy that concerns a payment, over the payments decoded from the bytes."""
    instruction, state, clock = reading.case.instruction, reading.state, reading.clock
    if instruction is None:
        yield not_applicable("C7", "C5.no-instruction")
        return
    if state is None or state.policy is None or clock is None:
        yield blocked("C7", ANCHOR, instruction.about)
        return
    found = leaving(reading)
    if isinstance(found, CountersignError):
        yield from_error("C7", found, instruction.about, "payments that can be read")
        return
    yield from _hours(state.policy, clock.judged)
    if not found:
        yield passed("C7", "moves-nothing", instruction.about, "limits on what leaves", "nothing leaves")
        return
    yield from _destinations(reading, state, state.policy, found, clock.judged)
    yield from _limits(reading, state, found, clock.judged)


def _hours(adopted: Policy, now: int) -> Iterator[Finding]:
    hours, at = adopted.hours, times.text(now)
    if hours is None:
        yield passed("C7", "any-hour", "hours", "any hour", at)
    elif hours.hold(now):
        yield passed("C7", "within-hours", "hours", hours.text, at, at=at, hours=hours.text)
    else:
        yield failed("C7", "outside-hours", "hours", hours.text, at, at=at, hours=hours.text)


def _destinations(
    reading: Reading, state: State, adopted: Policy, paid: Sequence[Payment], now: int
) -> Iterator[Finding]:
    signer = reading.case.signer
    places = list(dict.fromkeys(each.account for each in paid))
    objections = [
        objection
        for place in places
        if (objection := _objection(state, adopted, place, now, signer.officer if signer else "")) is not None
    ]
    yield from objections[:MOST]
    if not objections:
        founding = sum(state.roster.destinations[place].founding for place in places)
        cooling = adopted.destination_cooling_seconds // 3_600
        yield passed("C7", "destinations", "destinations", "registered, and long enough", ", ".join(places),
                     count=len(places), founding=founding, hours=cooling)  # fmt: skip


def _objection(state: State, adopted: Policy, place: str, now: int, signer: str) -> Finding | None:
    """Why a place may not be paid; None if it may."""
    known: Destination | None = state.roster.destinations.get(place)
    expected = "a registered destination"
    if known is None and (like := _like(state, place)) is not None:
        found = f"{like.others} of {like.length} characters are not those of {like.address}"
        return failed("C7", "destination-look-alike", place, expected, found, destination=place, like=like.address,
                      owner=like.owner, others=like.others, length=like.length)  # fmt: skip
    if known is None:
        return failed("C7", "destination-unregistered", place, expected, "nobody registered it", destination=place)
    if (elsewhere := _elsewhere(state, known)) is not None:
        return failed("C7", "destination-elsewhere", place, f"a place of {known.vault}", elsewhere,
                      destination=place, vault=known.vault or "")  # fmt: skip
    if (gone := _withdrawn(state, known)) is not None:
        return failed("C7", "destination-withdrawn", place, "a place whose keys still count",
                      f"{gone[0]} of {gone[1]} keys withdrawn", destination=place, vault=known.vault or "", gone=gone[0],
                      keys=gone[1])  # fmt: skip
    age = now - known.known_ms // 1_000
    if not known.founding and age < adopted.destination_cooling_seconds:
        needed = adopted.destination_cooling_seconds
        return failed("C7", "destination-cooling", place, f"registered {needed} s ago", f"{age} s ago",
                      destination=place, age=age, needed=needed)  # fmt: skip
    if not known.founding and set(known.added_by) == {signer}:
        return failed("C7", "destination-own", place, "added by somebody else", signer,
                      destination=place, officer=signer)  # fmt: skip
    return None


def _elsewhere(state: State, known: Destination) -> str | None:
    """Why a destination does not lie in the vault that it is registered in; None where it does, or lies outside."""
    vault = state.roster.vaults.get(known.vault or "")
    if isinstance(vault, SafeVault):
        return None if vault.account == known.account else f"the Safe is {vault.address}"
    if vault is None:
        return None
    try:
        wallets.require_within(wallets.of(state, vault), known.account)
    except CountersignError as error:
        return error.code
    return None


def _withdrawn(state: State, known: Destination) -> tuple[int, int] | None:
    """How many of a place's keys were withdrawn, where what is paid there is lost with them or theirs; None where it is not."""
    vault = state.roster.vaults.get(known.vault or "")
    if vault is None:
        return None
    keys = vault.keys if isinstance(vault, SafeVault) else wallets.keys_of(wallets.of(state, vault), known.account)
    if spendable.sound(state.roster, vault, keys):
        return None
    return spendable.withdrawn(state.roster, keys), len(keys)


def _like(state: State, place: str) -> Like | None:
    """The registered address that an unregistered place (CAIP-10) could be mistaken for."""
    chain, _, address = place.rpartition(":")
    return registered_like(state.roster, chain, address) if chain else None


def _limits(reading: Reading, state: State, paid: Sequence[Payment], now: int) -> Iterator[Finding]:
    try:
        flows = _flows(reading, state, paid)
        known = _known(reading, state, flows, now)
        rulings = spending.rulings(state, flows, known)
    except Refused as refused:
        yield from_error("C7", refused, "payments", "a published price for what leaves")
        return
    assert state.policy is not None
    whole = sum((each.usd for each in flows), Fraction(0))
    yield passed("C7", "judged-by", "policy", f"policy version {state.policy.version}", f"entry {state.policy_index}",
                 version=state.policy.version, index=state.policy_index, pays=_said(state, paid),
                 usd=spending.usd_text(whole))  # fmt: skip
    unlimited = list(dict.fromkeys(_NAMES[each.rule] for each in rulings if not each.limited))
    if unlimited:
        yield passed("C7", "unlimited", "policy", "limits that the policy sets", ", ".join(unlimited),
                     rules=", ".join(unlimited))  # fmt: skip
    limited = [each for each in rulings if each.limited]
    if reading.case.channel is Channel.QR and _attested(reading, state) is None and any(map(_needs_used, limited)):
        yield blocked("C7", "L8", "policy")
        limited = [each for each in limited if not _needs_used(each)]
    broken = [each for each in limited if not each.kept]
    for ruling in (broken or limited)[:MOST]:
        yield _finding(ruling)


_NAMES = {
    spending.TRANSACTION: "cap of a transaction",
    spending.DAY: "cap of a day",
    spending.COUNTERPARTY: "cap of a counterparty",
    spending.QUORUM: "signatures by amount",
}


def _needs_used(ruling: Ruling) -> bool:
    return ruling.rule in (spending.DAY, spending.COUNTERPARTY)


def _flows(reading: Reading, state: State, paid: Iterable[Payment]) -> tuple[Flow, ...]:
    """What leaves in dollars; a place that nobody registered has no receiver."""
    roster, agreed = state.roster, valuation.agreed_prices(state, reading.terms)
    found = []
    for each in paid:
        known = roster.destinations.get(each.account)
        receiver = known.owner.lei if known is not None else ""
        usd = valuation.judged(state, each.asset, each.units, agreed.get(each.asset))
        found.append(Flow(each.vault, roster.vault(each.vault).owner.lei, receiver, usd))
    return tuple(found)


def _known(reading: Reading, state: State, flows: Sequence[Flow], now: int) -> Used:
    """What was given in the last 24 hours beside these bytes: by others, and by the cycle's other instructions."""
    if reading.record is None:
        return spending.used(state, flows, now)
    cycle = state.cycle(reading.record.cycle)
    attested = _attested(reading, state)
    if attested is not None:
        others = Used().plus(attested)
    else:
        others = spending.used(state, flows, now, [each.hash for each in state.live(cycle)])
    beside = [
        each for each in cycle.obligations if each not in netting.owed_by(cycle.obligations, reading.record.group)
    ]
    return others.plus(spending.flows(state, beside, reading.terms))


def _attested(reading: Reading, state: State) -> tuple[Flow, ...] | None:
    """What two officers attested was given, where this machine cannot know it itself; None where nobody did, or it can."""
    cycle: Cycle | None = state.cycles.get(reading.record.cycle) if reading.record is not None else None
    found = state.attestations.get(cycle.id) if cycle is not None else None
    if reading.case.channel is not Channel.QR or found is None:
        return None
    return tuple(Flow("", each.payer, each.receiver, Fraction(each.usd)) for each in found.used)


def _said(state: State, paid: Sequence[Payment]) -> str:
    """The sums by asset: "250.00000000 BTC"."""
    sums: dict[str, int] = {}
    for each in paid:
        sums[each.asset] = sums.get(each.asset, 0) + each.units
    return ", ".join(state.roster.asset(asset).display(units) for asset, units in sums.items())


def _finding(ruling: Ruling) -> Finding:
    """One limit in words with its numbers."""
    values = ruling.values
    usd = str(values["usd"])
    if ruling.rule == spending.QUORUM:
        vault, needed, threshold = str(values["vault"]), int(values["needed"]), int(values["threshold"])
        expected, found = f"at least {needed} signatures for {usd} USD", f"{threshold} signatures of {vault}"
        if ruling.kept:
            return passed("C7", "quorum", vault, expected, found, vault=vault, usd=usd, needed=needed,
                          threshold=threshold)  # fmt: skip
        return failed("C7", "over-quorum", vault, expected, found, vault=vault, usd=usd, needed=needed,
                      threshold=threshold)  # fmt: skip
    cap, used = str(values["cap"]), str(values["used"])
    if ruling.rule == spending.TRANSACTION:
        expected, found = f"at most {cap} USD", f"{usd} USD"
        if ruling.kept:
            return passed("C7", "transaction", "transaction", expected, found, usd=usd, cap=cap)
        return failed("C7", "over-transaction", "transaction", expected, found, usd=usd, cap=cap)
    payer, expected, found = str(values["payer"]), f"at most {cap} USD in 24 hours", f"{used} USD and now {usd} USD"
    if ruling.rule == spending.DAY:
        if ruling.kept:
            return passed("C7", "day", payer, expected, found, payer=payer, usd=usd, used=used, cap=cap)
        return failed("C7", "over-day", payer, expected, found, payer=payer, usd=usd, used=used, cap=cap)
    receiver = str(values["receiver"])
    if ruling.kept:
        return passed("C7", "counterparty", payer, expected, found, payer=payer, receiver=receiver, usd=usd, used=used,
                      cap=cap)  # fmt: skip
    return failed("C7", "over-counterparty", payer, expected, found, payer=payer, receiver=receiver, usd=usd, used=used,
                  cap=cap)  # fmt: skip


CHECKS = (Check("C7", "POLICY", policy, ("B2", "E2", "E3", "E4")),)
