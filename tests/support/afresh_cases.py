"""A leg that is made afresh in a failed settlement, after its void was mined and the other leg was delivered all the same.

afresh_case(sunk=2_000, fee=4_000)         # officer A is about to sign it; the void took 2,000 satoshis of the fee cap
"""

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.inspect import facts
from countersign.rails import bitcoin
from countersign.review.case import Case
from countersign.settlement import builder
from support import alter
from support import declared_cases as declared
from support import settlement_world as world
from support import trouble_world as trouble
from support.declared_cases import KINDS
from support.review_cases import RATE, Scene, coins, spends, wallet


def half_voided(sunk: int) -> Scene:
    """Voids of both legs were sent: Bitcoin's is mined, at a fee of so many satoshis; Ethereum's came too late."""
    scene = declared.shared_story()
    for kind in KINDS:
        declared.shared(scene, kind, "officer-c")
    late = declared.live(scene, "safe-tx")
    trouble.void_declared(scene.desk, scene.trades[0])
    voids = [declared.live(scene, kind) for kind in KINDS]
    for officer in ("officer-a", "officer-c"):
        for each in voids:
            trouble.signed(scene.desk, each, officer)
    scene.desk.log(*trouble.release(scene.desk, scene.trades[0], *voids))
    for each in voids:
        scene.desk.log(*trouble.broadcast(each))
    scene.desk.log(*trouble.observed(voids[0], 6, fee=sunk))
    scene.desk.log(*trouble.observed(late, 1))
    return scene


def afresh_case(*, sunk: int, fee: int) -> Case:
    """Officer A is about to sign the Bitcoin leg again, over other coins, at a fee of so many satoshis."""
    scene = half_voided(sunk)
    void, trade = declared.live(scene, "psbt"), scene.trades[0]
    (vault,) = void.group.vaults
    paying = wallet(scene.desk, vault)
    owed = [each for each in scene.state.cycle(trade.cycle).obligations if each.vault == vault]
    made = bitcoin.build(owed, [bitcoin.Funds(paying, coins(paying, 7), 3)], RATE).psbt
    made = alter.paid(made, alter.add(alter.change_at(made), (facts(made).fee or 0) - fee))
    data = psbts.serialise(made)
    body = builder.psbt_instruction_body(
        trade.cycle,
        [trade.hash],
        world.BITCOIN,
        bitcoin.artefact(data),
        spends(scene.desk, void.group, made),
    )
    scene.desk.log("instruction.prepared", ["operations"], body)
    anew = Scene(scene.desk, scene.trades, data, scene.safe_tx, {"psbt": declared.live(scene, "psbt").hash})
    return anew.psbt_case()
