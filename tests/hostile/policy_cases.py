"""What the policy forbids, each beside what it just allows: destinations, caps, quorum by amount, hours."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from countersign.review.case import Case, Channel, TransportFacts
from countersign.settlement.attest_bodies import Given
from countersign.settlement.policy import Caps, Hours, Policy, Quorum
from countersign.settlement.state import State
from countersign.settlement.usage import Usage
from hostile.table import Hostile
from support import settlement_world as world
from support.review_cases import STORY, Plan, Scene, basket_plan, story

MILLION = 1_000_000
PLACE = world.destination("harbour", world.BTC)
DAY = 86_400
NO_CAPS = Caps(None, None, None)


def signing(scene: Scene, state: State, **changes: object) -> Case:
    """Officer A is about to sign the PSBT in this state."""
    return scene.psbt_case(state=state, **changes)


def with_policy(**changes: Any) -> Case:
    """Under a policy that differs."""
    scene = story()
    return signing(scene, _under(scene.state, **changes))


def _under(state: State, **changes: Any) -> State:
    adopted: Policy = state.adopted()
    return replace(state, policy=replace(adopted, **changes))


def with_destination(asset: str = world.BTC, **changes: Any) -> Case:
    """The destination's entry in the roster differs; None: it has none."""
    scene = story()
    roster, place = scene.state.roster, world.destination("harbour" if asset == world.BTC else "meridian", asset)
    if changes.get("gone"):
        places = roster.destinations.delete(place)
    else:
        places = roster.destinations.set(place, replace(roster.destinations[place], **changes))
    state = replace(scene.state, roster=replace(roster, destinations=places))
    return signing(scene, state) if asset == world.BTC else scene.safe_case(state=state)


def of_withdrawn_keys(*officers: str, asset: str = world.BTC) -> Case:
    """The keys that these officers had where the money goes are withdrawn since: Harbour's slot 3, or Meridian's Safe."""
    scene = story()
    if asset != world.BTC:
        return scene.safe_case(state=without(scene.state, "eip155", "meridian", officers))
    return signing(scene, without(scene.state, "bip122", "harbour", officers, slot=3))


def without(state: State, family: str, owner: str, officers: Sequence[str], slot: int = 0) -> State:
    """The state in which these officers' keys of a place were withdrawn."""
    roster = state.roster
    keys, retired = roster.keys, roster.retired
    for officer in officers:
        kid = world.vault_key(officer, family, owner, slot).public.kid
        keys, retired = keys.delete(kid), retired.set(kid, keys[kid])
    return replace(state, roster=replace(roster, keys=keys, retired=retired))


def said_to_lie_in_harbours_vault(address: str) -> Case:
    """Harbour's destination in its Bitcoin vault is this address: founded, agreed, prepared and paid like any other."""
    sold = world.terms(1)
    legs = (replace(sold.legs[0], destination=f"{world.BITCOIN}:{address}"), sold.legs[1])
    founding = partial(world.pay_at, vault="harbour-btc", address=address)
    return story(plan=Plan((replace(sold, legs=legs),), founding)).psbt_case()


def poisoned() -> Case:
    """What is registered, long since, shares its first twelve and last twelve characters with what is paid."""
    scene = story()
    roster, address = scene.state.roster, PLACE.rpartition(":")[2]
    alike = f"{PLACE[: -len(address)]}{address[:12]}{'q' * (len(address) - 24)}{address[-12:]}"
    places = roster.destinations.delete(PLACE).set(alike, replace(roster.destinations[PLACE], account=alike))
    return signing(scene, replace(scene.state, roster=replace(roster, destinations=places)))


def registered(seconds: int, by: tuple[str, ...]) -> Case:
    """The destination was registered so long ago, by these officers."""
    known = story().clock().judged - seconds
    return with_destination(founding=False, known_ms=known * 1_000, added_by=by)


def spent(usd: Fraction, *, ago: int = 3_600, receiver: str = world.HARBOUR, **caps: int) -> Case:
    """Meridian gave somebody so much so long ago; these caps hold."""
    scene = story()
    state = _under(scene.state, caps=replace(NO_CAPS, **caps))
    usage = Usage().paid("an earlier one", scene.clock().judged - ago, {receiver: usd})
    for hash_, known in scene.state.instructions.items():
        if known.group.kind == "psbt":
            usage = usage.paid(hash_, scene.clock().judged, {world.HARBOUR: Fraction(20 * MILLION)})
    return signing(scene, replace(state, spent=state.spent.set(world.MERIDIAN, usage)))


def attested(usd: int, *, cap: int) -> Case:
    """By QR: two officers attest what Meridian gave Harbour; this machine's own usage is what its excerpt holds."""
    scene = story().attest("compliance", "officer-d")
    name, found = next(iter(scene.state.attestations.items()))
    found = replace(found, used=(Given(world.MERIDIAN, world.HARBOUR, usd),))
    state = _under(scene.state, caps=replace(NO_CAPS, day_usd=cap))
    state = replace(state, attestations=state.attestations.set(name, found))
    way = TransportFacts(Channel.QR, None, sender="officer-a", sequence=1)
    clock = scene.clock(confirmed=True)
    return signing(scene, state, channel=Channel.QR, transport=way, clock=clock)


def unpriced(*, gone: bool) -> Case:
    """Nobody publishes a price of what leaves."""
    scene = story()
    prices = scene.state.prices.delete(world.BTC) if gone else scene.state.prices
    return signing(scene, replace(scene.state, prices=prices))


def repriced(price: str, plan: Plan = STORY, **caps: int) -> Case:
    """The desk published another price of bitcoin after both parties had agreed on 80,000."""
    scene = story(plan=plan)
    known = scene.state.prices[world.BTC]
    state = _under(scene.state, caps=replace(NO_CAPS, **caps))
    return signing(scene, replace(state, prices=state.prices.set(world.BTC, replace(known, price=price))))


def hours(closes: int) -> Case:
    """Officers act on every day until so many minutes after midnight; it is 09:10:12 UTC."""
    return with_policy(hours=Hours((1, 2, 3, 4, 5, 6, 7), 60, closes))


def cap(rule: str, usd: int) -> Callable[[], Case]:
    """One cap."""
    return partial(with_policy, caps=replace(NO_CAPS, **{f"{rule}_usd": usd}))


def quorum(from_usd: int) -> Callable[[], Case]:
    """Three signatures from so many dollars on; the vault has two."""
    return partial(with_policy, quorums=(Quorum(from_usd, 3),))


CASES: list[Hostile] = [
    Hostile("C7", "a destination that nobody registered", "C7.destination-unregistered",
            partial(with_destination, gone=True), with_destination),
    Hostile("C7", "a destination that looks like a registered one", "C7.destination-look-alike",
            poisoned, with_destination),
    Hostile("C7", "a token destination that nobody registered", "C7.destination-unregistered",
            partial(with_destination, world.USDC, gone=True), partial(with_destination, world.USDC)),
    Hostile("C7", "a destination that is no address of the vault that it is said to lie in", "C7.destination-elsewhere",
            partial(said_to_lie_in_harbours_vault, world.bitcoin_address("nobody", 0)),
            partial(said_to_lie_in_harbours_vault, world.bitcoin_address("harbour", 0))),
    Hostile("C7", "a destination in a vault of somebody else's", "C7.destination-elsewhere",
            partial(with_destination, vault="meridian-btc"), with_destination),
    Hostile("C7", "a token destination that is not the Safe that it is said to be", "C7.destination-elsewhere",
            partial(with_destination, world.USDC, vault="harbour-safe"), partial(with_destination, world.USDC)),
    Hostile("C7", "a destination whose keys were withdrawn, all but one", "C7.destination-withdrawn",
            partial(of_withdrawn_keys, "officer-c", "officer-d"), partial(of_withdrawn_keys, "officer-c")),
    Hostile("C7", "a token destination whose owners' keys were withdrawn, all but one", "C7.destination-withdrawn",
            partial(of_withdrawn_keys, "officer-c", "officer-d", asset=world.USDC),
            partial(of_withdrawn_keys, "officer-c", asset=world.USDC)),
    Hostile("C7", "a destination one second too young", "C7.destination-cooling",
            partial(registered, 172_799, ("compliance", "officer-d")),
            partial(registered, 172_800, ("compliance", "officer-d"))),
    Hostile("C7", "a destination that who signs registered alone", "C7.destination-own",
            partial(registered, 172_800, ("officer-a",)), partial(registered, 172_800, ("compliance", "officer-a"))),
    *(
        Hostile("C7", f"a dollar over the {name}", f"C7.over-{rule}", cap(rule, 20 * MILLION - 1), cap(rule, 20 * MILLION))
        for rule, name in (
            ("transaction", "cap of a transaction"), ("day", "cap of a day"), ("counterparty", "cap of a counterparty"),
        )
    ),
    Hostile("C7", "a cent more paid earlier that day", "C7.over-day",
            partial(spent, Fraction(48_000_000_001, 100), day_usd=500 * MILLION),
            partial(spent, Fraction(480 * MILLION), day_usd=500 * MILLION)),
    Hostile("C7", "paid a second less than a day ago", "C7.over-day",
            partial(spent, Fraction(490 * MILLION), ago=DAY - 1, day_usd=500 * MILLION),
            partial(spent, Fraction(490 * MILLION), ago=DAY, day_usd=500 * MILLION)),
    Hostile("C7", "paid to the same counterparty earlier", "C7.over-counterparty",
            partial(spent, Fraction(1), counterparty_usd=20 * MILLION),
            partial(spent, Fraction(1), receiver=world.NORTHGATE, counterparty_usd=20 * MILLION)),
    Hostile("C7", "attested to have been paid earlier", "C7.over-day",
            partial(attested, 480 * MILLION + 1, cap=500 * MILLION), partial(attested, 480 * MILLION, cap=500 * MILLION)),
    Hostile("C7", "too few signatures for the amount", "C7.over-quorum", quorum(20 * MILLION), quorum(20 * MILLION + 1)),
    Hostile("C7", "after officers' hours", "C7.outside-hours", partial(hours, 9 * 60 + 10), partial(hours, 9 * 60 + 11)),
    Hostile("C7", "a price that the desk lowered after the parties agreed", "C7.over-transaction",
            partial(repriced, "1", transaction_usd=20 * MILLION - 1), partial(repriced, "1", transaction_usd=20 * MILLION)),
    Hostile("C7", "a price in a basket that the desk lowered after the parties agreed", "C7.over-transaction",
            partial(repriced, "1", basket_plan(), transaction_usd=16 * MILLION - 1),
            partial(repriced, "1", basket_plan(), transaction_usd=16 * MILLION)),
    Hostile("C7", "no price is published", "settlement.no-price", partial(unpriced, gone=True), partial(unpriced, gone=False)),
]  # fmt: skip
