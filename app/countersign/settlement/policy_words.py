"""The policy in statements with its numbers, and what a new version changes, statement by statement.

- Every field of the policy is in some clause, so a policy that differs says so (a test alters each field).
- A clause is known by its subject: "cap-day" is one whether there is a cap or none.

    >>> [each.then.code for each in differences(before, after, roster)]
    ['policy.minimum']
"""

from collections.abc import Iterator

from countersign.settlement.policy import STRICT, Hours, Policy
from countersign.settlement.roster import Roster
from countersign.settlement.saying import Difference, Said, grouped, minute, percent, said, span

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def clauses(policy: Policy, roster: Roster) -> tuple[Said, ...]:
    """The policy, statement by statement, in the order of its document."""
    return tuple(each for _, each in _clauses(policy, roster))


def differences(before: Policy | None, after: Policy, roster: Roster) -> tuple[Difference, ...]:
    """What `after` says otherwise than `before`; everything where there was no policy."""
    known = dict(_clauses(before, roster)) if before is not None else {}
    new = dict(_clauses(after, roster))
    changed = [Difference(each, known.get(subject)) for subject, each in new.items() if known.get(subject) != each]
    gone = [Difference(said("policy.no-more"), each) for subject, each in known.items() if subject not in new]
    return (*changed, *gone)


def _clauses(policy: Policy, roster: Roster) -> Iterator[tuple[str, Said]]:
    yield "minimum", said("policy.minimum", usd=grouped(policy.minimum_notional_usd))
    yield "tolerance", said("policy.tolerance", percent=percent(policy.price_tolerance_bps))
    yield from _caps(policy)
    yield from _persons(policy)
    yield "lifetime", said("policy.request-lifetime", span=span(policy.request_lifetime_seconds))
    yield "cooling", said("policy.cooling", span=span(policy.destination_cooling_seconds))
    yield "checkpoint", said("policy.checkpoint-age", span=span(policy.checkpoint_age_seconds))
    yield "safe", said("policy.safe-age", span=span(policy.safe_state_age_seconds))
    yield "cut-offs", said("policy.cut-offs", times=", ".join(minute(each) for each in policy.cycles.cut_offs))
    yield "top-up", said("policy.top-up", span=span(policy.cycles.top_up_seconds))
    yield "cold", said("policy.cold-contracts", count=policy.cycles.cold_contracts)
    yield from _lending(policy, roster)
    for chain, count in policy.confirmations:
        yield f"confirmations {chain}", said("policy.confirmations", chain=chain, count=count)
    yield "confirmations", said("policy.confirmations-elsewhere", count=policy.confirmations_on(""))
    yield "fee-rate", said("policy.fee-rate", rate=policy.fees.max_sat_vb)
    yield "fee-share", said("policy.fee-share", dual=policy.fees.dual_percent, never=policy.fees.never_percent)
    yield "witnesses", _witnesses(policy)


def _caps(policy: Policy) -> Iterator[tuple[str, Said]]:
    caps = (policy.caps.transaction_usd, policy.caps.day_usd, policy.caps.counterparty_usd)
    given = ("policy.cap-transaction", "policy.cap-day", "policy.cap-counterparty")
    none = ("policy.no-cap-transaction", "policy.no-cap-day", "policy.no-cap-counterparty")
    for cap, some, free in zip(caps, given, none, strict=True):
        yield some, said(free) if cap is None else said(some, usd=grouped(cap))


def _persons(policy: Policy) -> Iterator[tuple[str, Said]]:
    for each in policy.quorums:
        usd = grouped(each.from_usd)
        yield f"quorum {usd}", said("policy.quorum", usd=usd, signatures=each.signatures)
    if not policy.quorums:
        yield "quorums", said("policy.no-quorums")
    yield "hours", said("policy.always") if policy.hours is None else _hours(policy.hours)
    yield "eyes", said("policy.strict-eyes") if policy.four_eyes == STRICT else said("policy.standard-eyes")


def _hours(hours: Hours) -> Said:
    days = ", ".join(_DAYS[day - 1] for day in hours.days)
    return said("policy.hours", days=days, opens=minute(hours.opens), closes=minute(hours.closes))


def _lending(policy: Policy, roster: Roster) -> Iterator[tuple[str, Said]]:
    for asset, terms in policy.lending:
        known, rate = roster.assets.get(asset), percent(terms.rate_bps)
        if known is None:
            limit = grouped(terms.limit)
            yield f"lending {asset}", said("policy.lending-unregistered", asset=asset, limit=limit, rate=rate)
        else:
            limit = known.digits(terms.limit)
            yield f"lending {asset}", said("policy.lending", symbol=known.symbol, asset=asset, limit=limit, rate=rate)
    if not policy.lending:
        yield "lending", said("policy.no-lending")


def _witnesses(policy: Policy) -> Said:
    keys = ", ".join(policy.witnesses.keys) or "-"
    return said("policy.witnesses", quorum=policy.witnesses.quorum, count=len(policy.witnesses.keys), keys=keys)
