"""Cases of declared instructions that every check accepts, and the few places at which a test changes one of them.

void_case("psbt")                         # officer A, who signed the original, is about to sign its void
void_case("safe-tx", safe=altered)        # operations and compliance declared an altered one
child_case()                              # the same, and its change is spent by a child
replacement_case()                        # Bitcoin's transaction stuck after the release; a higher fee is declared
"""

from collections.abc import Callable
from dataclasses import replace

from countersign.bitcoin import inspect, standard
from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.transaction import display
from countersign.ethereum.safe import SafeTx
from countersign.formats import eip55
from countersign.rails import bitcoin, ethereum
from countersign.rails.bitcoin_child import lift
from countersign.rails.bitcoin_respend import respend
from countersign.review.case import Case, JournalFacts
from countersign.settlement import netting
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault
from support import alter
from support import trouble_world as trouble
from support.review_cases import STORY, Plan, PsbtChange, SafeChange, Scene, story, wallet

KINDS = ("psbt", "safe-tx")
Spoil = Callable[[Instruction], Instruction]


def shared_story(kinds: tuple[str, ...] = KINDS, plan: Plan = STORY) -> Scene:
    """The story with officer A's share on these instructions."""
    scene = story(plan=plan)
    for kind in kinds:
        shared(scene, kind, "officer-a")
    return scene


def shared(scene: Scene, kind: str, officer: str) -> None:
    """An officer's shares of the instruction of a kind, for each of its vaults."""
    old = live(scene, kind)
    for vault in old.group.vaults:
        scene.desk.log(*trouble.share(old, officer, vault))


def live(scene: Scene, kind: str) -> Instruction:
    """The instruction of a kind that counts."""
    return trouble.live(scene.desk, scene.trades[0], kind)


def owed(scene: Scene, old: Instruction) -> tuple[netting.Obligation, ...]:
    """What an instruction discharges."""
    return scene.state.owed(old)


def void_psbt(scene: Scene, *, rate: int = 3) -> Psbt:
    """The void of the story's PSBT."""
    old = live(scene, "psbt")
    paying = [wallet(scene.desk, vault) for vault in old.group.vaults]
    return respend(scene.psbt, paying, settled=owed(scene, old), owed=(), rate=rate, spare={}).psbt


def void_safe(scene: Scene) -> SafeTx:
    """The void of the story's Safe transaction."""
    old = live(scene, "safe-tx")
    vault = scene.state.roster.vaults[old.group.vaults[0]]
    assert isinstance(vault, SafeVault)
    assert old.nonce is not None
    return ethereum.void(vault, old.nonce)


def declare(scene: Scene, kind: str, data: bytes, purpose: str) -> Instruction:
    """Log the declaration; the instruction it makes."""
    old, trade = live(scene, kind), scene.trades[0]
    step = trouble.prepared(trade, old, purpose)
    scene.desk.log(step[0], step[1], {**step[2], "artefact": bitcoin.artefact(data)})
    return live(scene, kind)


def void_case(kind: str, *, psbt: PsbtChange | None = None, safe: SafeChange | None = None, **changes: object) -> Case:
    """Officer A is about to sign the void of what they signed; `psbt` and `safe` alter what was declared."""
    scene = shared_story()
    if kind == "psbt":
        made = void_psbt(scene)
        data = psbts.serialise(made) if psbt is None else _bytes(psbt(made))
    else:
        tx = void_safe(scene)
        data = ethereum.serialise(tx) if safe is None else _bytes(safe(tx))
    return case_of(scene, kind, data, declare(scene, kind, data, "void"), **changes)


def stuck(transaction: str = "", plan: Plan = STORY) -> Scene:
    """Signed by both, released, sent (Bitcoin's as `transaction`), and Bitcoin's transaction is in no block."""
    scene = shared_story(plan=plan)
    for kind in KINDS:
        shared(scene, kind, "officer-c")
    scene.desk.log(*trouble.release(scene.desk, scene.trades[0], *(live(scene, kind) for kind in KINDS)))
    for kind in KINDS:
        scene.desk.log(*trouble.broadcast(live(scene, kind), transaction if kind == "psbt" else ""))
    return scene


def replacement_case(*, psbt: PsbtChange | None = None, rate: int = 5, **changes: object) -> Case:
    """Officer A is about to sign the replacement of what they signed."""
    scene = stuck()
    old = live(scene, "psbt")
    paying = [wallet(scene.desk, vault) for vault in old.group.vaults]
    due = owed(scene, old)
    made = respend(scene.psbt, paying, settled=due, owed=due, rate=rate, spare={}).psbt
    data = _bytes(psbt(made)) if psbt else psbts.serialise(made)
    return case_of(scene, "psbt", data, declare(scene, "psbt", data, "replacement"), **changes)


def sent(plan: Plan = STORY) -> Scene:
    """Signed by both, released, and sent as what it is; Bitcoin's transaction waits for a block."""
    return stuck(display(psbts.parse(story(plan=plan).psbt).txid), plan)


def child_psbt(scene: Scene, *, rate: int = 20, spare: int = 2) -> Psbt:
    """The child of the story's PSBT."""
    old = live(scene, "psbt")
    paying = [wallet(scene.desk, vault) for vault in old.group.vaults]
    return lift(scene.psbt, paying, settled=owed(scene, old), rate=rate, spare={each.id: spare for each in paying}).psbt


def declare_child(scene: Scene, data: bytes, number: int = 1, **changes: object) -> Instruction:
    """Log the declaration of a child, which names what it spends of its parent; the instruction it makes."""
    parent, facts = live(scene, "psbt"), inspect.facts(psbts.parse(data))
    wallets = [wallet(scene.desk, vault) for vault in parent.group.vaults]
    places = {str(each.outpoint): (own.id, place)
              for each in facts.inputs for own in wallets if (place := own.spent_place(each)) is not None}  # fmt: skip
    spends = [
        {"outpoint": coin, "vault": places[coin][0], "slot": places[coin][1]}
        for coin in (str(each.outpoint) for each in facts.inputs)
        if coin in places and coin.startswith(parent.transaction or "")
    ]
    changes = {"spends": spends, "artefact": bitcoin.artefact(data)} | changes
    scene.desk.log(*trouble.lifted(scene.trades[0], parent, number, **changes))
    return trouble.child_of(scene.desk, parent)


def child_case(*, psbt: PsbtChange | None = None, rate: int = 20, plan: Plan = STORY, **changes: object) -> Case:
    """Officer A is about to sign the child of what they signed."""
    scene = sent(plan)
    made = child_psbt(scene, rate=rate)
    data = _bytes(psbt(made)) if psbt else psbts.serialise(made)
    return case_of(scene, "psbt", data, declare_child(scene, data), **changes)


def second_child_case(*, psbt: PsbtChange | None = None, rate: int = 40) -> Case:
    """A child was sent and waits as well: officer A is about to sign another in its place, with a higher fee."""
    scene = sent()
    first = child_lifting(scene)
    again = child_psbt(scene, rate=rate)
    data = _bytes(psbt(again)) if psbt else psbts.serialise(again)
    before = trouble.child_of(scene.desk, live(scene, "psbt"))
    case = case_of(scene, "psbt", data, declare_child(scene, data, 2, replaces=before.hash))
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, replaced=(first, scene.psbt)))


def child_lifting(scene: Scene, *, rate: int = 20) -> bytes:
    """A child declared, signed, released and sent: its bytes."""
    made = child_psbt(scene, rate=rate)
    data = psbts.serialise(made)
    child = declare_child(scene, data)
    trouble.signed(scene.desk, child)
    scene.desk.log(*trouble.release(scene.desk, scene.trades[0], child))
    scene.desk.log(*trouble.broadcast(child, display(made.txid)))
    return data


def replacement_over_child(*, more: int, again: bool = False) -> Case:
    """A replacement of a transaction that a child lifts already: its fee is that of both, its own relay, and so much more.

    `again`: another child was declared in the place of the one that was sent, and was not sent itself.
    """
    scene = sent()
    child = child_lifting(scene)
    if again:
        before = trouble.child_of(scene.desk, live(scene, "psbt"))
        declare_child(scene, psbts.serialise(child_psbt(scene, rate=40)), 2, replaces=before.hash)
    fees = sum(inspect.facts(psbts.parse(each)).fee or 0 for each in (scene.psbt, child))
    old, due = live(scene, "psbt"), owed(scene, live(scene, "psbt"))
    paying = [wallet(scene.desk, vault) for vault in old.group.vaults]
    made = respend(scene.psbt, paying, settled=due, owed=due, rate=50, spare={}).psbt
    found = inspect.facts(made)
    wanted = standard.least_replacement_fee(fees, found.vsize) + more
    data = psbts.serialise(alter.paid(made, alter.add(alter.change_at(made), (found.fee or 0) - wanted)))
    case = case_of(scene, "psbt", data, declare(scene, "psbt", data, "replacement"))
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, replaced=(scene.psbt, child)))


def case_of(scene: Scene, kind: str, data: bytes, made: Instruction, **changes: object) -> Case:
    """The case of a declared instruction on the machine that signed what it takes the place of."""
    original = scene.psbt if kind == "psbt" else scene.safe_tx
    case = scene.psbt_case() if kind == "psbt" else scene.safe_case()
    assert case.instruction is not None
    facts = replace(case.instruction, data=data, prepared=made.hash, original=data, replaced=(original,))
    found = replace(case, instruction=facts, journal=signed_before(scene, kind))
    return replace(found, **changes)  # type: ignore[arg-type]


def signed_before(scene: Scene, kind: str) -> JournalFacts:
    """This machine signed the original."""
    if kind == "psbt":
        old = psbts.parse(scene.psbt)
        coins = (f"{display(bytes(each.prevout.hash))}:{each.prevout.n}" for each in old.tx.vin)
        return JournalFacts(outpoints=dict.fromkeys(coins, display(old.txid)))
    tx = ethereum.parse(scene.safe_tx).tx
    return JournalFacts(nonces={(f"eip155:{tx.chain_id}", eip55.checksum(tx.safe), tx.nonce): tx.digest.hex()})


def spoiled(case: Case, spoil: Spoil) -> Case:
    """The case whose logged instruction says something else than a machine would ever accept."""
    assert case.state is not None
    assert case.instruction is not None
    name = case.instruction.prepared or ""
    instructions = case.state.instructions.set(name, spoil(case.state.instructions[name]))
    return replace(case, state=replace(case.state, instructions=instructions))


def alone(case: Case) -> Case:
    """Declared by operations only."""
    return spoiled(case, lambda made: replace(made, declarer=None))


def _bytes(made: Psbt | SafeTx | bytes) -> bytes:
    if isinstance(made, bytes):
        return made
    return ethereum.serialise(made) if isinstance(made, SafeTx) else psbts.serialise(made)
