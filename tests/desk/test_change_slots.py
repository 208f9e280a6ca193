"""No address is paid twice: what each new instruction is offered for change, after others in a row, a replacement and a void."""

from dataclasses import replace
from types import SimpleNamespace

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin import vault as vaults
from countersign.bitcoin.inspect import facts
from countersign.desk.preparing import require_unpromised, unused_slot
from countersign.errors import Refused
from countersign.rails import bitcoin as rail
from countersign.rails.bitcoin_respend import respend
from countersign.rails.wallets import Wallet
from countersign.settlement.bodies import InstructionPrepared, Spend
from countersign.settlement.records import Instruction
from countersign.settlement.state import State
from support import declared_cases as declared
from support.bitcoin_vault import software_vault
from support.review_cases import Scene, coins, wallet

VAULT, CHANGE = "meridian-btc", 3


def roomy(scene: Scene) -> Wallet:
    """The world's vault with its four slots and four more."""
    known, more = wallet(scene.desk, VAULT), software_vault("more slots")
    slots = (*(known.descriptor(number) for number in known.numbers), *more.vault.slots)
    return Wallet(known.vault, vaults.of(slots), range(len(slots)))


def offered(state: State, paying: Wallet, *artefacts: bytes) -> int:
    """What the next instruction would take for its change; no coin is seen on the chain."""
    kept = {rail.artefact(each): each for each in artefacts}
    place = SimpleNamespace(state=state, artefacts=SimpleNamespace(get=lambda digest: kept[digest.hex()]))
    return unused_slot(place, paying, [])  # type: ignore[arg-type]


def changed_to(paying: Wallet, data: bytes) -> list[int | None]:
    """The vault's own places among what a PSBT pays."""
    places = [paying.slot_of(fact.output.script_pubkey) for fact in facts(psbts.parse(data)).outputs]
    return [each for each in places if each is not None]


def another(state: State, data: bytes) -> State:
    """One more instruction, prepared right after the others and signed by nobody."""
    (last,) = [each for each in state.instructions.values() if each.group.kind == "psbt"][-1:]
    made = replace(
        last, hash=rail.artefact(data), artefact=rail.artefact(data), shares=(), spends=(), superseded_by=None
    )
    return replace(state, instructions=state.instructions.set(made.hash, made))


def test_instructions_prepared_in_a_row_never_share_a_slot() -> None:
    scene = declared.shared_story()
    paying, owed = roomy(scene), declared.owed(scene, declared.live(scene, "psbt"))
    state, kept, taken = scene.state, [scene.psbt], [CHANGE]
    for tag in (11, 12, 13):
        slot = offered(state, paying, *kept)
        data = psbts.serialise(rail.build(owed, [rail.Funds(paying, coins(paying, tag), slot)], 2).psbt)
        assert changed_to(paying, data) == [slot]
        taken.append(slot)
        kept.append(data)
        state = another(state, data)
    assert len(set(taken)) == len(taken)


def test_a_replacement_keeps_its_originals_slot_and_nobody_else_gets_it_or_a_spare_one() -> None:
    scene = declared.stuck()
    paying, due = roomy(scene), declared.owed(scene, declared.live(scene, "psbt"))
    free = offered(scene.state, paying, scene.psbt)
    made = respend(scene.psbt, [paying], settled=due, owed=due, rate=5, spare={VAULT: free})
    data = psbts.serialise(made.psbt)
    assert changed_to(paying, data) == [CHANGE]  # only one of the two is ever mined
    new = declared.declare(scene, "psbt", data, "replacement")
    assert new.replaces is not None
    assert offered(scene.state, paying, scene.psbt, data) == free


def test_a_void_to_a_spare_slot_keeps_both_its_own_and_its_originals() -> None:
    scene = declared.shared_story()
    paying = roomy(scene)
    free = offered(scene.state, paying, scene.psbt)
    moved = void_home(scene, paying, free)
    assert changed_to(paying, moved) == [free]
    declared.declare(scene, "psbt", moved, "void")
    assert offered(scene.state, paying, scene.psbt, moved) not in (CHANGE, free)


def void_home(scene: Scene, paying: Wallet, slot: int) -> bytes:
    """A void over the story's coins that brings them to another slot, as where the original had no change."""
    due, old = declared.owed(scene, declared.live(scene, "psbt")), psbts.parse(scene.psbt)
    spent = tuple((parent.data, 1) for parent in old.parents.values())
    elsewhere = psbts.serialise(rail.build(due, [rail.Funds(paying, spent, slot)], 2).psbt)
    return psbts.serialise(respend(elsewhere, [paying], settled=due, owed=(), rate=3, spare={}).psbt)


def promise(state: State, named: Instruction, data: bytes, *kept: bytes) -> None:
    """What the desk asks of a prepared instruction before it logs it."""
    held = {rail.artefact(each): each for each in (data, *kept)}
    place = SimpleNamespace(state=state, artefacts=SimpleNamespace(get=lambda digest: held[digest.hex()]))
    body = InstructionPrepared(
        named.cycle, (), named.group.chain, "psbt", named.purpose, named.replaces, None, named.group.vaults,
        rail.artefact(data), None, named.spends,
    )  # fmt: skip
    require_unpromised(place, body, data)  # type: ignore[arg-type]


def test_a_replacement_of_what_a_child_lifts_keeps_the_slot_that_the_child_spends_from() -> None:
    """The child is thrown out with its parent; a stranger's instruction that spends from that slot is not."""
    scene = declared.stuck()
    paying, due = roomy(scene), declared.owed(scene, declared.live(scene, "psbt"))
    old = next(each for each in scene.state.instructions.values() if each.group.kind == "psbt")
    made = psbts.serialise(respend(scene.psbt, [paying], settled=due, owed=due, rate=5, spare={}).psbt)
    coin = Spend(f"{'5a' * 32}:1", VAULT, CHANGE)
    beside = replace(old, hash="aa" * 32, spends=(coin,), group=replace(old.group, kind="safe-tx"))
    for lifts, code in ((old.hash, None), (None, "desk.change-promised")):
        child = replace(beside, lifts=lifts)
        state = replace(scene.state, instructions=scene.state.instructions.set(child.hash, child))
        try:
            promise(state, old, made, scene.psbt)
            found = None
        except Refused as refused:
            found = refused.code
        assert found == code
