"""A Bitcoin leg that is made afresh over coins that officer A's machine signed for an earlier request of the same leg.

afresh()                                  # the first is dead and superseded, and both share two coins: may be signed
third(shared=True)                        # nobody's share reached the log twice; the third shares a coin with both
"""

from collections.abc import Sequence
from dataclasses import replace

from countersign.bitcoin import inspect
from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.transaction import display
from countersign.errors import Unavailable
from countersign.rails import bitcoin
from countersign.review.case import Case, JournalFacts, PaidBefore, PaidSeen
from countersign.settlement import builder
from support import declared_cases as declared
from support import settlement_world as world
from support import trouble_world as trouble
from support.barred import barred
from support.review_cases import RATE, Scene, coins, spends, story, wallet

Coins = Sequence[tuple[bytes, int]]


def failed(*, for_good: bool = False) -> Scene:
    """Ethereum's leg is in a block; Bitcoin's was signed by both and sent, and a coin of it is gone."""
    scene = declared.sent()
    scene.desk.log(*trouble.observed(declared.live(scene, "safe-tx"), 1))
    leg = declared.live(scene, "psbt")
    scene.desk.log(*trouble.failed(scene.trades[0], leg, executable=False, for_good=for_good))
    return scene


def old_coins(scene: Scene) -> Coins:
    """The three coins of the story's PSBT."""
    return coins(wallet(scene.desk, "meridian-btc"))


def new_coins(scene: Scene) -> Coins:
    """Three others of the same vault."""
    return coins(wallet(scene.desk, "meridian-btc"), 7)


def prepared(scene: Scene, spent: Coins) -> Scene:
    """The Bitcoin leg prepared again, over exactly these coins."""
    trade, vault = scene.trades[0], wallet(scene.desk, "meridian-btc")
    group = next(each for each in scene.state.cycle(trade.cycle).groups if each.kind == "psbt")
    owed = [each for each in scene.state.cycle(trade.cycle).obligations if each.vault == vault.id]
    made = bitcoin.build(owed, [bitcoin.Funds(vault, tuple(spent), 3)], RATE).psbt
    assert len(made.inputs) == len(spent)
    data = psbts.serialise(made)
    body = builder.psbt_instruction_body(
        trade.cycle, [trade.hash], world.BITCOIN, bitcoin.artefact(data), spends(scene.desk, group, made)
    )
    scene.desk.log("instruction.prepared", ["operations"], body)
    return Scene(scene.desk, scene.trades, data, scene.safe_tx, {"psbt": declared.live(scene, "psbt").hash})


def name(data: bytes) -> str:
    """The id of a PSBT's transaction."""
    return display(psbts.parse(data).txid)


def _coins(data: bytes) -> tuple[str, ...]:
    return tuple(str(fact.outpoint) for fact in inspect.facts(psbts.parse(data)).inputs)


def remembering(scene: Scene, *signed: bytes) -> Case:
    """The case on the machine that signed these PSBTs, in this order, and has their bytes."""
    case, promised = scene.psbt_case(), dict[str, str]()
    for each in signed:
        promised |= dict.fromkeys(_coins(each), name(each))
    own = set(_coins(scene.psbt))
    contract = scene.trades[0].contract.terms.id
    payments = tuple(PaidBefore(contract, name(each), scene.state.artefacts.get(bitcoin.artefact(each), ""), _coins(each))
                     for each in signed)  # fmt: skip
    journal = JournalFacts(outpoints={coin: promised[coin] for coin in own & set(promised)}, payments=payments)
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, replaced=signed), journal=journal)


def afresh(*, for_good: bool = False) -> Case:
    """The first leg has a coin less; the second spends the two that are left, and another."""
    scene = failed(for_good=for_good)
    return remembering(prepared(scene, [*old_coins(scene)[1:], new_coins(scene)[0]]), scene.psbt)


def apart(*, for_good: bool) -> Case:
    """The second leg shares no coin with the first, of which the log says that it is gone `for_good`, or only that it is gone.

    Only the machine's own journal knows who signed the first: none of its shares reached the log.
    """
    scene = failed(for_good=for_good)
    first = declared.live(scene, "psbt")
    state = replace(scene.desk.state, instructions=scene.state.instructions.set(first.hash, replace(first, shares=())))
    scene.desk.state = state
    return remembering(prepared(scene, new_coins(scene)), scene.psbt)


def barred_elsewhere(*, same: bool) -> Case:
    """As `apart`; the log says of the first nothing, but of another request over its coins that it is gone for good.

    `same`: that one was for the same contract, and whoever said so looked for the first, too.
    """
    scene = failed()
    first = declared.live(scene, "psbt")
    state = replace(scene.desk.state, instructions=scene.state.instructions.set(first.hash, replace(first, shares=())))
    scene.desk.state = barred(state, first, same=same)
    return remembering(prepared(scene, new_coins(scene)), scene.psbt)


def looked(*, barred: int, paid: bool = False) -> Case:
    """The log says that the first is gone for good; what this machine's own node says of it."""
    case = apart(for_good=True)
    (first,) = case.journal.payments
    return replace(case, paid={first.transaction: PaidSeen(first.transaction if paid else "", barred)})


def not_answered() -> Case:
    """This machine's own node was asked and said nothing."""
    case = apart(for_good=True)
    silent = Unavailable("chains.unreachable", url="http://127.0.0.1:8332", why="refused")
    return replace(case, paid=dict.fromkeys([case.journal.payments[0].transaction], silent))


def signed_elsewhere() -> Case:
    """This machine signed the coins for something that the log does not know as a request of this leg."""
    scene = failed()
    vault = wallet(scene.desk, "meridian-btc")
    due = scene.state.owed(declared.live(scene, "psbt"))
    other = bitcoin.build(due, [bitcoin.Funds(vault, tuple(old_coins(scene)), 3)], RATE + 1).psbt
    return remembering(prepared(scene, [*old_coins(scene)[1:], new_coins(scene)[0]]), psbts.serialise(other))


def not_here() -> Case:
    """The bytes that this machine signed are not here any more."""
    case = afresh()
    assert case.instruction is not None
    return replace(case, instruction=replace(case.instruction, replaced=()))


def third(*, shared: bool) -> Case:
    """Officer A signed twice for the leg, and neither share reached the log; each was prepared again over other coins.

    The third shares a coin with the second, and with the first only if it is said to be `shared`.
    """
    scene = story()
    second = prepared(scene, [old_coins(scene)[2], *new_coins(scene)[:2]])
    kept = old_coins(scene)[2] if shared else new_coins(scene)[2]
    return remembering(prepared(second, [kept, *new_coins(scene)[:2]]), scene.psbt, second.psbt)
