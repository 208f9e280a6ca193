"""No address is paid twice: what each new instruction is offered for change, after others in a row, a replacement and a void.

And the other end of a PSBT: what it spends is there."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import pytest
from immutables import Map

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin import vault as vaults
from countersign.bitcoin.inspect import facts
from countersign.desk.ports import Coin
from countersign.desk.preparing import require_there, require_unpromised, unused_slot
from countersign.errors import Refused
from countersign.rails import bitcoin as rail
from countersign.rails.bitcoin_respend import respend
from countersign.rails.wallets import Wallet
from countersign.settlement.bodies import InstructionPrepared, Spend
from countersign.settlement.records import Instruction
from countersign.settlement.roster import Slot, SlotVault
from countersign.settlement.state import State
from support import declared_cases as declared
from support.bitcoin_vault import software_vault
from support.review_cases import Scene, coins, wallet

VAULT, CHANGE = "meridian-btc", 3


def roomy(scene: Scene) -> Wallet:
    """The world's vault with its four slots and four more."""
    known, more = wallet(scene.desk, VAULT), software_vault("more slots")
    slots = (*(known.descriptor(number) for number in known.numbers), *more.vault.slots)
    assert isinstance(known.vault, SlotVault)
    keys = known.vault.slots[0].keys  # whose the keys of the further slots are does not matter here
    told = [Slot(number, slots[number].text, keys) for number in range(len(known.numbers), len(slots))]
    larger = replace(known.vault, slots=(*known.vault.slots, *told))
    return Wallet(larger, vaults.of(slots), range(len(slots)))


def lying(paying: Wallet, amounts: dict[int, int]) -> list[Coin]:
    """Coins of these satoshis at places of the vault."""
    return [
        Coin(f"{number:064x}", 0, satoshis, paying.descriptor(number).script_pubkey, b"", 6)
        for number, satoshis in amounts.items()
    ]


def offered(state: State, paying: Wallet, *artefacts: bytes, seen: Sequence[Coin] = ()) -> int:
    """What the next instruction would take for its change, where these coins lie on the chain."""
    kept = {rail.artefact(each): each for each in artefacts}
    place = SimpleNamespace(state=state, artefacts=SimpleNamespace(get=lambda digest: kept[digest.hex()]))
    return unused_slot(place, paying, seen)  # type: ignore[arg-type]


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


def test_what_strangers_send_to_every_free_place_blocks_no_change() -> None:
    scene = declared.shared_story()
    paying = roomy(scene)
    dust = dict.fromkeys(range(len(paying.numbers)), 294)
    assert offered(scene.state, paying, scene.psbt, seen=lying(paying, dust)) == 4
    assert offered(scene.state, paying, scene.psbt, seen=lying(paying, {**dust, 4: 295, 5: 295})) == 6
    del dust[7]
    assert offered(scene.state, paying, scene.psbt, seen=lying(paying, dust)) == 7


def test_change_goes_to_a_slot_with_a_withdrawn_key_only_where_every_free_one_has_lost_as_many() -> None:
    """Who took the key that was withdrawn can still sign at its slot."""
    scene = declared.shared_story()
    paying = wallet(scene.desk, VAULT)
    assert isinstance(paying.vault, SlotVault)
    unused = replace(scene.state, instructions=Map())
    lowest = offered(unused, paying)
    keys = {slot.number: slot.keys for slot in paying.vault.slots}
    standing = unused.roster.keys

    def without(*kids: str) -> State:
        left = Map({kid: holder for kid, holder in standing.items() if kid not in kids})
        return replace(unused, roster=replace(unused.roster, keys=left))

    other = offered(without(keys[lowest][0]), paying)
    assert other != lowest
    every = [kids[0] for kids in keys.values()]
    assert offered(without(*every), paying) == lowest
    assert offered(without(*every, keys[lowest][1]), paying) == other
    gone = [kid for kids in keys.values() for kid in kids[:2]]
    with pytest.raises(Refused) as caught:
        offered(without(*gone), paying)  # two of three: nobody here could spend it, and somebody else could
    assert caught.value.code == "desk.no-free-slot"
    assert offered(without(*(kid for kid in gone if kid != keys[other][0])), paying) == other


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


@pytest.mark.parametrize("purpose", ["settlement", "replacement"])
@pytest.mark.parametrize("confirmations, refused", [(0, True), (1, True), (2, True), (3, False)])
async def test_what_is_spent_has_the_policys_confirmations_and_what_is_spent_again_is_there(
    confirmations: int, refused: bool, purpose: str
) -> None:
    scene = declared.shared_story()
    old = declared.live(scene, "psbt")
    body = InstructionPrepared(
        old.cycle, (), old.group.chain, "psbt", purpose, old.hash if purpose == "replacement" else None, None,
        old.group.vaults, old.artefact, None, old.spends,
    )  # fmt: skip

    async def unspent(outpoints: list[str]) -> dict[str, int]:
        return dict.fromkeys(outpoints, 6) | {outpoints[-1]: confirmations}

    place = SimpleNamespace(state=scene.state, bitcoin=lambda _: SimpleNamespace(unspent=unspent))
    found: str | None = None
    try:
        await require_there(place, body)  # type: ignore[arg-type]
    except Refused as error:
        found = error.code
    wanted = refused if purpose == "settlement" else confirmations == 0
    assert found == ("desk.coin-not-there" if wanted else None)
