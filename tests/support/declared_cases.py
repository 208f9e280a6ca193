"""Cases of declared instructions that every check accepts, and the few places at which a test changes one of them.

void_case("psbt")                         # officer A, who signed the original, is about to sign its void
void_case("safe-tx", safe=altered)        # operations and compliance declared an altered one
replacement_case()                        # Bitcoin's transaction stuck after the release; a higher fee is declared
"""

from collections.abc import Callable
from dataclasses import replace

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.transaction import display
from countersign.ethereum.safe import SafeTx
from countersign.formats import eip55
from countersign.rails import bitcoin, ethereum
from countersign.rails.bitcoin_respend import respend
from countersign.review.case import Case, JournalFacts
from countersign.settlement import netting
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault
from support import settlement_world as world
from support import trouble_world as trouble
from support.review_cases import PsbtChange, SafeChange, Scene, story, wallet

KINDS = ("psbt", "safe-tx")
Spoil = Callable[[Instruction], Instruction]


def shared_story(kinds: tuple[str, ...] = KINDS) -> Scene:
    """The story with officer A's share on these instructions."""
    scene = story()
    for kind in kinds:
        old = live(scene, kind)
        scene.desk.log(*world.share_step(old.hash, "officer-a", old.group.vaults[0]))
    return scene


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


def stuck() -> Scene:
    """Signed by both, released, sent, and Bitcoin's transaction is in no block."""
    scene = shared_story()
    for kind in KINDS:
        old = live(scene, kind)
        scene.desk.log(*world.share_step(old.hash, "officer-c", old.group.vaults[0]))
    scene.desk.log(*trouble.release(scene.desk, scene.trades[0], *(live(scene, kind) for kind in KINDS)))
    for kind in KINDS:
        scene.desk.log(*trouble.broadcast(live(scene, kind)))
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
