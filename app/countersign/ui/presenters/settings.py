"""Settings in words: proposals and what they change, the policy in force, the roster, this console.

- Sentences of policy and roster come from `resources.governance_words`, the same as on the terminal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.desk.governance_views import CeremonyView, KeyView, PolicyView, ProposalView, RosterView
from countersign.resources.governance_words import said
from countersign.resources.text import next_step, sentence
from countersign.settlement.saying import Difference
from countersign.ui.presenters import deadline, writing
from countersign.ui.strings import label, label_or

Chip = tuple[str, str, str]
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen in a form: its key and its words."""

    key: str
    words: str
    value: str = ""


def kind(view: ProposalView) -> str:
    """What sort of change it is."""
    return label_or(f"settings.kind-{view.kind}", view.kind)


def state(view: ProposalView) -> Chip:
    """Where a proposal stands, as a chip."""
    if view.logged:
        return "ok", "pass", label("settings.logged")
    if view.objection is not None:
        return "bad", "fail", label("settings.void")
    if view.complete:
        return "ok", "pass", label("settings.complete")
    if view.yours:
        return "info", "sign", label("settings.yours")
    return "quiet", "clock", label("settings.waits", count=view.wanted - len(view.signed))


def changes(view: ProposalView) -> tuple[str, ...]:
    """Every change in a sentence; what it takes the place of, in one behind it."""
    return tuple(change(each) for each in view.changes)


def change(each: Difference) -> str:
    """One change in a sentence, with what it takes the place of."""
    then = said(each.then.code, each.then.values)
    if each.until_now is None:
        return then
    return f"{then}\n{label('settings.instead', words=said(each.until_now.code, each.until_now.values))}"


def due(view: ProposalView, now: int) -> str:
    """By when it must be signed and logged, in a line; empty where nothing is due."""
    if view.act_by is None:
        return ""
    at = writing.minute(view.act_by.at).removesuffix(" UTC")
    return label("settings.due", at=at, until=writing.until(view.act_by.at, max(now, view.newest)))


def due_in_full(view: ProposalView, now: int) -> tuple[str, str, str] | None:
    """The same with its reason; what to do about it; and the tone. None where nothing is due."""
    return None if view.act_by is None else deadline.told(view.act_by, max(now, view.newest))


def summary(view: ProposalView) -> str:
    """The first changes in one line."""
    told = [said(each.then.code, each.then.values) for each in view.changes[:_SHOWN]]
    return " ".join(told) if told else label("settings.drafted", when=writing.minute(view.drafted_at))


def objection(view: ProposalView) -> str:
    """Why it cannot go on, and what to do; empty while it can."""
    if view.objection is None:
        return ""
    found = view.objection
    return f"{sentence(found.code, found.values)}\n{next_step(found.code, found.values)}"


def waiting(views: Sequence[ProposalView]) -> int:
    """How many proposals wait for this officer."""
    return sum(each.yours for each in views)


def policy(view: PolicyView) -> tuple[str, ...]:
    """The policy in force, sentence by sentence."""
    return tuple(said(each.code, each.values) for each in view.clauses)


def key_line(key: KeyView) -> str:
    """ "identity, for identity, on token signing-a (SoftHSM v2, 7c1e…)"."""
    purpose = label_or(f"settings.purpose-{key.purpose}", key.purpose)
    return label(
        "settings.key-line", label=key.label, purpose=purpose, token=key.token, model=key.model, serial=key.serial
    )


def roles(names: Sequence[str], *, administrator: bool) -> str:
    """What an officer may do, in words."""
    told = [label_or(f"role.{name}", name) for name in names if name != "administrator"]
    return ", ".join([*told, *([label("settings.administrator")] if administrator else [])])


def ceremony(view: CeremonyView) -> str:
    """One recorded ceremony."""
    return label(
        "settings.ceremony",
        when=writing.minute(view.time_ms // 1_000),
        kind=label_or(f"settings.ceremony-{view.kind}", view.kind),
        people=", ".join(view.present),
        index=f"{view.index:,}",
    )


def participants_to(roster: RosterView, *, suspend: bool) -> tuple[Choice, ...]:
    """Whom one can propose to suspend, or to reinstate."""
    return tuple(
        Choice(each.lei, f"{each.name} · {each.lei}")
        for each in roster.participants
        if (each.barred == "suspended") != suspend
    )


def participants_to_certify(roster: RosterView) -> tuple[Choice, ...]:
    """Everybody, with the day until which they are certified now."""
    return tuple(Choice(each.lei, f"{each.name} · {each.lei}", each.certified_until) for each in roster.participants)


def keys_to_withdraw(roster: RosterView) -> tuple[Choice, ...]:
    """Every registered key of a person or an institution."""
    people = [
        Choice(key.kid, label("settings.key-choice", holder=each.name, label=key.label, token=key.token, kid=key.kid))
        for each in roster.officers
        for key in each.keys
    ]
    return (*people, *(Choice(kid, f"{each.name} · {kid}") for each in roster.participants for kid in each.keys))


def numbers(found: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    """The policy's numbers with what they are now."""
    return tuple(
        Choice(
            name,
            label(
                "settings.number-choice",
                name=label_or(f"settings.number-{name}", name),
                value=value or label("settings.no-value"),
            ),
            value,
        )
        for name, value in found
    )
