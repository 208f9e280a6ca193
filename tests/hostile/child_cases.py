"""Hostile children of a transaction that waits for a block, each beside the honest one."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.build import create
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.transaction import Output, Satoshis, display
from countersign.rails import bitcoin as rail
from countersign.review.case import Case, JournalFacts
from hostile.bitcoin_changes import ATTACKERS_SCRIPT, GENEROUS, SMALL, extra
from hostile.table import Hostile, overlaps
from support import alter, declared_cases
from support import settlement_world as world
from support import trouble_world as trouble
from support.declared_cases import PsbtChange, alone, child_case, second_child_case
from support.review_cases import Plan, Scene, coins, story, wallet

CAP = 50_000
_SALE = SMALL.terms[0]
FREE = replace(
    SMALL,
    terms=(
        replace(
            _SALE,
            legs=(replace(_SALE.legs[0], amount=300_000_000), replace(_SALE.legs[1], amount=240_000_000_000)),
            notional=replace(_SALE.notional, usd=240_000),
        ),
    ),
)
"""3 BTC for 240,000 USDC: a tenth of it is a fee that the highest rate of any policy still allows two transactions."""
PARENT = facts(psbts.parse(story().psbt))
SIZE = facts(declared_cases.child_psbt(declared_cases.sent())).vsize


def paying(fee: int) -> PsbtChange:
    """The child at exactly this fee."""

    def change(psbt: Psbt) -> Psbt:
        return alter.paid(psbt, alter.add(0, (facts(psbt).fee or 0) - fee))

    return change


def with_both(fee: int, plan: Plan | None = None) -> Case:
    """Parent and child together pay exactly this fee."""
    if plan is None:
        return child_case(psbt=paying(fee - (PARENT.fee or 0)))
    return child_case(plan=plan, psbt=paying(fee - (facts(psbts.parse(story(plan=plan).psbt)).fee or 0)))


def sold(plan: Plan) -> int:
    """The satoshis that the plan's contract sells."""
    return plan.terms[0].legs[0].amount


def everything_away(psbt: Psbt) -> Psbt:
    """The whole change to the attacker."""
    ((output, _),) = [(each.output, each) for each in facts(psbt).outputs]
    return alter.paid(psbt, lambda found: found.__setitem__(0, (Output(ATTACKERS_SCRIPT, output.satoshis), {})))


def _again(psbt: Psbt, place: int, beside: int = 0) -> Psbt:
    """The child made anew, back to a place of its vault, with so many of the vault's other coins."""
    own = wallet(declared_cases.sent().desk, "meridian-btc")
    change = rail.coin_of(own, next(iter(psbt.parents.values())), psbt.tx.vin[0].prevout.n)
    others = [rail.coin_of(own, rail.parents.read(raw), vout) for raw, vout in coins(own, 7)[:beside]]
    home, fee = own.descriptor(place), facts(psbt).fee or 0
    whole = sum(int(each.output.satoshis) for each in (change, *others))
    return create([change, *others], [(Output(home.script_pubkey, Satoshis(whole - fee)), home)])


def spending_another(psbt: Psbt) -> Psbt:
    """Another coin of the vault beside its change; the event says nothing of it."""
    return _again(psbt, 2, 1)


def same_address(psbt: Psbt) -> Psbt:
    """Back to the very place where the change lies."""
    return _again(psbt, 3)


def parent_unknown() -> Case:
    """The bytes of what it lifts are not on this machine."""
    case = child_case()
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, replaced=()))


def signed_another_parent() -> Case:
    """Over the parent's coins this machine signed something else than was sent."""
    case = child_case()
    return replace(case, journal=JournalFacts(outpoints=dict.fromkeys(case.journal.outpoints, "ab" * 32)))


def signed_another_child() -> Case:
    """This machine signed the change into another transaction."""
    case = child_case()
    coin = f"{display(PARENT.txid)}:{next(each.index for each in PARENT.outputs if each.key_paths)}"
    return replace(case, journal=JournalFacts(outpoints={coin: "ab" * 32}))


def later(step: Callable[[Scene], None]) -> Case:
    """The child was declared, and then something happened to its parent."""
    scene = declared_cases.sent()
    data = psbts.serialise(declared_cases.child_psbt(scene))
    child = declared_cases.declare_child(scene, data)
    step(scene)
    return declared_cases.case_of(scene, "psbt", data, scene.state.instructions[child.hash])


def replaced(scene: Scene) -> None:
    """A replacement of the parent is declared."""
    scene.desk.log(*trouble.prepared(scene.trades[0], declared_cases.live(scene, "psbt"), "replacement"))


def mined(scene: Scene) -> None:
    """The parent stands in a block without its child."""
    scene.desk.log(*trouble.observed(declared_cases.live(scene, "psbt"), 1, fee=PARENT.fee or 0))


def nothing(scene: Scene) -> None:
    """The parent waits."""
    assert scene.desk


def sent_as_another() -> Case:
    """The log's parent was sent as another transaction than its bytes make: no machine would have taken the child."""
    case = child_case()
    assert case.state is not None
    assert case.instruction is not None
    state, name = case.state, case.state.instructions[case.instruction.prepared or ""].lifts or ""
    parent = replace(state.instructions[name], transaction=world.digest("another"))
    return replace(case, state=replace(state, instructions=state.instructions.set(name, parent)))


def passed_over() -> Case:
    """A child in whose place another was declared."""
    scene = declared_cases.sent()
    first = declared_cases.child_lifting(scene)
    before = trouble.child_of(scene.desk, declared_cases.live(scene, "psbt"))
    again = psbts.serialise(declared_cases.child_psbt(scene, rate=40))
    declared_cases.declare_child(scene, again, 2, replaces=before.hash)
    return declared_cases.case_of(scene, "psbt", first, scene.state.instructions[before.hash])


def second_paying(more: int) -> Case:
    """A second child: the first one's fee, its own relay, and so many satoshis."""
    first = facts(declared_cases.child_psbt(declared_cases.sent())).fee or 0
    return second_child_case(psbt=paying(first + SIZE + more))


CASES: list[Hostile] = [
    Hostile(
        "B8",
        "a child that pays a stranger",
        "B8.extra",
        partial(child_case, psbt=extra(ATTACKERS_SCRIPT, 600)),
        child_case,
        overlaps("C7"),
    ),
    Hostile(
        "B8",
        "a child that brings nothing home",
        "B8.child-unreturned",
        partial(child_case, psbt=everything_away),
        child_case,
        overlaps("C7"),
    ),
    Hostile(
        "B8",
        "a child back to the address that its coin lies at",
        "B8.child-address",
        partial(child_case, psbt=same_address),
        child_case,
    ),
    Hostile(
        "B9",
        "parent and child one satoshi over the cap",
        "B9.over-cap",
        partial(with_both, CAP + 1),
        partial(with_both, CAP),
    ),
    Hostile(
        "B9",
        "parent and child exactly 10.0 %",
        "B9.never",
        partial(with_both, sold(FREE) // 10, FREE),
        partial(with_both, sold(FREE) // 10 - 1, FREE),
    ),
    Hostile(
        "B9",
        "parent and child a satoshi over the highest rate",
        "B9.rate",
        partial(with_both, 500 * (SIZE + PARENT.vsize) + 1, GENEROUS),
        partial(with_both, 500 * (SIZE + PARENT.vsize), GENEROUS),
    ),
    Hostile("B9", "a child below a satoshi a vbyte", "B9.rate", partial(child_case, psbt=paying(SIZE - 1)), child_case),
    Hostile(
        "B9",
        "a child that pays its parent's rate",
        "B9.child-lifts-nothing",
        partial(child_case, psbt=paying((PARENT.fee or 0) * SIZE // PARENT.vsize)),
        partial(child_case, psbt=paying((PARENT.fee or 0) * SIZE // PARENT.vsize + 1)),
    ),
    Hostile(
        "B12",
        "a child that only operations declared",
        "B12.not-dual",
        lambda: alone(child_case()),
        child_case,
        overlaps("C5"),
    ),
    Hostile(
        "B12",
        "a child that spends another coin beside",
        "B12.child-coins",
        partial(child_case, psbt=spending_another),
        child_case,
    ),
    Hostile("B12", "a child whose parent is not here", "B12.parent-absent", parent_unknown, child_case, overlaps("B9")),
    Hostile(
        "B12",
        "a child of what a replacement takes the place of",
        "B12.parent-replaced",
        partial(later, replaced),
        partial(later, nothing),
    ),
    Hostile(
        "B12", "a child of what stands in a block", "B12.parent-mined", partial(later, mined), partial(later, nothing)
    ),
    Hostile("B12", "a child of what was sent as another transaction", "B12.parent-unsent", sent_as_another, child_case),
    Hostile("B12", "a child of what this machine did not sign", "B12.other-parent", signed_another_parent, child_case),
    Hostile(
        "B12", "the change was signed into another child here", "B12.signed-before", signed_another_child, child_case
    ),
    Hostile(
        "B12",
        "a child in whose place another was declared",
        "B12.spent-in-log",
        passed_over,
        second_child_case,
        overlaps("C5"),
    ),
    Hostile(
        "B12",
        "a second child that pays a satoshi too little for its own relay",
        "B12.replacement-fee",
        partial(second_paying, -1),
        partial(second_paying, 0),
    ),
    Hostile(
        "B12",
        "a replacement that pays a satoshi less than its relay and the child's fee ask",
        "B12.replacement-fee",
        partial(declared_cases.replacement_over_child, more=-1),
        partial(declared_cases.replacement_over_child, more=0),
    ),
    Hostile(
        "B12",
        "a replacement that pays a satoshi too little for the child that was sent, another being declared in its place",
        "B12.replacement-fee",
        partial(declared_cases.replacement_over_child, more=-1, again=True),
        partial(declared_cases.replacement_over_child, more=0, again=True),
    ),
]
