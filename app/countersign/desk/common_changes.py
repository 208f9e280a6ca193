"""The commonest changes of roster and policy as bodies of proposals: what is proposed names whole entries, one thing altered.

- Nothing is edited: each of these is the body of an event that the administrators sign.
- A policy is taken from the entry that adopted it, with the next version and one number that is another.

    suspended(roster, "9845HARBRP0000000083", suspended=True)
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from countersign.errors import Malformed, Refused
from countersign.formats import strict_json, times
from countersign.settlement import events
from countersign.settlement.roster import HolderKind, Officer, Participant, Roster

NUMBERS: Final = (
    "minimum_notional_usd",
    "price_tolerance_bps",
    "caps.transaction_usd",
    "caps.day_usd",
    "caps.counterparty_usd",
    "request_lifetime_seconds",
    "destination_cooling_seconds",
    "checkpoint_age_seconds",
    "safe_state_age_seconds",
    "cycles.top_up_seconds",
    "cycles.cold_contracts",
    "fees.max_sat_vb",
    "fees.dual_percent",
    "fees.never_percent",
)
"""The numbers of a policy that can be changed one by one, by their place in the document."""

_CAPS: Final = "caps."
_DOLLARS: Final = ("minimum_notional_usd", "caps.transaction_usd", "caps.day_usd", "caps.counterparty_usd")


def participant_entry(each: Participant) -> dict[str, object]:
    """A participant as it stands in a change of the roster."""
    return {
        "lei": each.lei,
        "name": each.name,
        "certified_until": each.certified_until,
        "suspended": each.suspended,
        "keys": [key.jwk() for key in each.keys],
        "books": list(each.books),
    }


def officer_entry(each: Officer) -> dict[str, object]:
    """An officer as they stand in a change of the roster."""
    keys = [
        {
            "purpose": key.purpose.value,
            "jwk": key.key.jwk(),
            "token": {"serial": key.token.serial, "label": key.token.label, "model": key.token.model},
            "label": key.label,
            "online": key.online,
        }
        for key in each.keys
    ]
    return {"id": each.id, "name": each.name, "roles": [role.value for role in each.roles], "keys": keys}


def suspended(roster: Roster, lei: str, *, suspended: bool) -> dict[str, object]:
    """A participant suspended, or no longer. Refused("settlement.unknown-participant")."""
    return {"participants": [participant_entry(replace(roster.participant(lei), suspended=suspended))]}


def certified(roster: Roster, lei: str, until: str) -> dict[str, object]:
    """A participant certified until another day (YYYY-MM-DD). Refused("settlement.unknown-participant"); Malformed: the day."""
    times.parse_date(until)
    return {"participants": [participant_entry(replace(roster.participant(lei), certified_until=until))]}


def without_key(roster: Roster, kid: str) -> dict[str, object]:
    """A holder without one key: a lost token. Refused("settlement.unknown-key", "desk.desk-key")."""
    holder = roster.holder(kid)
    if holder.kind is HolderKind.OFFICER:
        person = roster.officer(holder.id)
        keys = tuple(each for each in person.keys if each.key.kid != kid)
        return {"officers": [officer_entry(replace(person, keys=keys))]}
    if holder.kind is HolderKind.PARTICIPANT:
        institution = roster.participant(holder.id)
        left = tuple(key for key in institution.keys if key.kid != kid)
        return {"participants": [participant_entry(replace(institution, keys=left))]}
    raise Refused("desk.desk-key", key=kid)


def document(event: bytes) -> dict[str, object]:
    """The policy document of the entry that adopted it. Malformed if it is another event."""
    payload = strict_json.parse(events.parse(event).jws.payload)
    body = payload.get("body") if isinstance(payload, dict) else None
    found = body.get("policy") if isinstance(body, dict) else None
    if isinstance(found, dict):
        return dict(found)
    raise Malformed("desk.not-a-policy")


def number(policy: Mapping[str, object], name: str) -> str:
    """A number of a policy as text; "" where the policy sets none."""
    holder, key = _place(policy, name)
    return "" if holder[key] is None else str(holder[key])


def with_number(policy: Mapping[str, object], name: str, text: str) -> dict[str, object]:
    """The body that adopts the next version with one number altered; "" takes a cap away. Malformed("desk.not-a-number")."""
    if name not in NUMBERS or not ((not text and name.startswith(_CAPS)) or _whole(text)):
        raise Malformed("desk.not-a-number", name=name, text=text)
    version = policy["version"]
    changed: dict[str, object] = {
        **{key: dict(value) if isinstance(value, dict) else value for key, value in policy.items()},
        "version": version + 1 if isinstance(version, int) else version,
    }
    holder, key = _place(changed, name)
    holder[key] = text or None if name in _DOLLARS else int(text)
    return {"policy": changed}


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18 and (text == "0" or not text.startswith("0"))


def _place(policy: Mapping[str, object], name: str) -> tuple[dict[str, object], str]:
    """Where a number stands: its object and its key. Malformed("desk.not-a-number")."""
    head, _, key = name.rpartition(".")
    holder = policy[head] if head else policy
    if not isinstance(holder, dict) or key not in holder:
        raise Malformed("desk.not-a-number", name=name, text="")
    return holder, key
