"""The Review screen in words: contract left, decoded transaction right, line by line, everything else it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from countersign.desk.views import Digest, Flow, InstructionView, MatchLine, ProofView, ReviewView, WitnessView
from countersign.formats import likeness
from countersign.resources.text import sentence
from countersign.resources.visible import visible
from countersign.ui.presenters import deadline as deadlines
from countersign.ui.presenters import writing
from countersign.ui.strings import known, label, label_or

_ROLES = {
    "vault": ("vault", "info"),
    "change": ("back", "quiet"),
    "counterparty": ("forward", "ok"),
    "fee": ("clock", "warn"),
}


@dataclass(frozen=True, slots=True)
class Match:
    """One obligation beside what discharges it. Addresses whole and grouped."""

    payer: str
    receiver: str
    owed: str
    owed_to: str
    paid: str
    paid_to: str
    tone: str
    icon: str
    word: str
    marks: str = ""
    """Where the address paid is not the one owed, group by group; empty where it is, or where nothing is paid."""


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One box of the flow picture."""

    inward: bool
    role: str
    icon: str
    tone: str
    owner: str
    amount: str
    address: str


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A digest to compare: its name, whole, in groups of four, as twelve bytewords."""

    name: str
    hex: str
    grouped: str
    words: str


@dataclass(frozen=True, slots=True)
class ProofRung:
    """One rung of the path: kind (leaf, left, right, root), words, and named hashes."""

    kind: str
    words: str
    values: tuple[tuple[str, str], ...]


def header(view: ReviewView) -> tuple[tuple[str, str], ...]:
    """The contract's terms, as captions and values; the hash is shown apart."""
    parties = tuple(
        (label(f"review.party-{at}"), label("review.party-lei", name=name, lei=lei))
        for at, (name, lei) in enumerate(view.parties)
    )
    clauses: Mapping[str, object] = dict(view.terms)
    named = tuple((label_or(f"term.{key}", key), visible(value)) for key, value in view.terms)
    return (
        *parties,
        (label("review.custodian"), visible(view.custodian)),
        (label("review.trade-date"), visible(view.trade_date)),
        (label("review.not-before"), writing.moment(view.not_before)),
        (label("review.settle-by"), writing.moment(view.settle_by)),
        (label("review.finality"), sentence(view.finality, clauses)),
        *(((label("review.delivery"), sentence(view.delivery, {})),) if view.delivery else ()),
        *named,
    )


def deadline(view: ReviewView, now: int) -> tuple[str, str, str] | None:
    """What bites first with its reason, or why nothing does; what to do about it; and the tone."""
    if view.act_by is not None:
        return deadlines.told(view.act_by, max(now, view.newest))
    return deadlines.unbounded(view.unbounded) if view.unbounded else None


def kind(instruction: InstructionView) -> str:
    """ "Bitcoin regtest: PSBT"."""
    found = label(f"review.kind-{instruction.kind}", chain=writing.chain(instruction.chain))
    purpose = f"review.kind-{instruction.purpose}"
    return label(purpose, kind=found) if known(purpose) else found


def match(line: MatchLine, *, base: bool) -> Match:
    """One line of the comparison."""
    tone, icon, word = ("ok", "pass", "review.matches") if line.matches else ("bad", "fail", "review.differs")
    paid = writing.amount(line.paid, base=base) if line.paid else label("review.not-paid")
    owed = writing.amount(line.owed, base=base)
    return Match(
        visible(line.payer), visible(line.receiver), owed, line.owed_to, paid, line.paid_to, tone, icon, label(word),
        marks(line.owed_to, line.paid_to),
    )  # fmt: skip


_MARKED = 4
"""Groups that are marked one by one; where more differ it is another address altogether, and the count says so."""


def marks(owed_to: str, paid_to: str) -> str:
    """Which groups of four, as the screen shows them, are not the same in two addresses."""
    if not paid_to or owed_to == paid_to:
        return ""
    start = 2 if owed_to.startswith("0x") and paid_to.startswith("0x") else 0
    found = likeness.groups(visible(owed_to), visible(paid_to), start)
    if len(found) > _MARKED:
        return label("review.many-groups-differ", count=len(found))
    told = "; ".join(label("review.group-differs", number=number, owed=one or "–", paid=other or "–")
                     for number, one, other in found)  # fmt: skip
    return label("review.groups-differ", groups=told)


def told(line: Match) -> str:
    """One line of the comparison as text, its addresses whole."""
    words = label(
        "review.line", owed=line.owed, place=writing.groups(line.owed_to), payer=line.payer, receiver=line.receiver,
        word=line.word,
    )  # fmt: skip
    if line.tone == "ok":
        return words
    told = label("review.line-differs", line=words, paid=line.paid, paid_to=writing.groups(line.paid_to)).strip()
    return f"{told} {line.marks}".strip()


_DECLARED = {
    "void": "sign.purpose-void",
    "replacement": "sign.purpose-replacement",
    "child": "sign.purpose-child",
    "owners": "owners.purpose",
}


def declared(instruction: InstructionView) -> str:
    """What a void, a replacement, a child or a change of owners says of itself before anything else; empty for a settlement."""
    name = _DECLARED.get(instruction.purpose)
    return label(name) if name else ""


def effects(instruction: InstructionView) -> tuple[str, str, str]:
    """Tone, icon, words: what the transaction does beyond the contract; none is said out loud."""
    if not instruction.extra_effects:
        return "ok", "pass", label("review.no-extra-effects")
    told = "; ".join(visible(effect) for effect in instruction.extra_effects)
    return "bad", "fail", label("review.extra-effects", effects=told)


def flow(line: Flow, *, base: bool) -> FlowLine:
    """One box of the flow picture."""
    icon, tone = _ROLES.get(line.role, ("warning", "bad"))
    role = label_or(f"flow.{line.role}", line.role)
    return FlowLine(
        line.side == "in", role, icon, tone, visible(line.owner), writing.amount(line.money, base=base), line.address
    )


def spoken(line: FlowLine) -> str:
    """One input or output in one line, its address whole."""
    return " · ".join(each for each in (line.role, line.owner, line.amount, writing.groups(line.address)) if each)


def together(flows: Sequence[Flow]) -> tuple[tuple[bool, Flow, int], ...]:
    """Flows of one side, role and asset summed: (inward, their sum, how many)."""
    sums: dict[tuple[str, str, str], tuple[Flow, int]] = {}
    for each in flows:
        key = (each.side, each.role, each.money.asset)
        before, count = sums.get(key, (replace(each, money=replace(each.money, units=0)), 0))
        sums[key] = replace(before, money=replace(before.money, units=before.money.units + each.money.units)), count + 1
    return tuple((side == "in", summed, count) for (side, _, _), (summed, count) in sums.items())


def is_whole(value: str) -> bool:
    """Whether a fact is an address or bytes, to be shown in groups of four."""
    return value.startswith("0x") and len(value) > 18


def digest(value: Digest) -> DigestLine:
    """One digest."""
    return DigestLine(
        label_or(f"digest.{value.label}", value.label), value.hex, writing.groups(value.hex), visible(value.words)
    )


def facts(instruction: InstructionView, *, base: bool = False) -> tuple[tuple[str, str], ...]:
    """What else the bytes say: nonce, lock time, fee, …"""
    named = tuple((label_or(f"fact.{key}", key), visible(value)) for key, value in instruction.facts)
    fee = ((label("review.fee"), writing.amount(instruction.fee, base=base)),) if instruction.fee else ()
    return fee + named


def rungs(proof: ProofView) -> tuple[ProofRung, ...]:
    """The path, the leaf first."""
    leaf = label("proof.leaf", index=f"{proof.index:,}")
    start = ProofRung("leaf", leaf, ((label("proof.entry"), proof.entry), (label("proof.leaf-hash"), proof.leaf)))
    steps = tuple(
        ProofRung(
            step.side,
            label(f"proof.{step.side}"),
            ((label("proof.sibling"), step.sibling), (label("proof.result"), step.result)),
        )
        for step in proof.steps
    )
    end = label("proof.root", size=f"{proof.size:,}", origin=proof.origin)
    return (start, *steps, ProofRung("root", end, ((label("proof.root-hash"), proof.root),)))


def witness(view: WitnessView) -> tuple[str, str, str]:
    """Tone, icon, words of one witness."""
    name = label("witness.inside", name=view.name) if view.inside else visible(view.name)
    if view.cosigned_at is None:
        return "warn", "warning", label("witness.missing", name=name)
    return "ok", "witness", label("witness.cosigned", name=name, at=writing.moment(view.cosigned_at))


def witnesses(views: Sequence[WitnessView], needed: int) -> tuple[str, str, str]:
    """Tone, icon, words of the quorum."""
    seen = sum(view.cosigned_at is not None for view in views)
    enough = seen >= needed
    words = label("witness.quorum", seen=seen, known=len(views), needed=needed)
    return ("ok", "witness", words) if enough else ("bad", "warning", words)
