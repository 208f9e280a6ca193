"""A leg whose void was mined is made afresh once that void is confirmed: until then the chain may still take what it voided."""

from countersign.settlement import renewing
from countersign.settlement.records import ContractState, Instruction
from support import settlement_world as world
from support import trouble_world as trouble
from support.afresh_cases import half_voided
from support.review_cases import Scene


def prepared_anew(scene: Scene) -> Instruction:
    """The Bitcoin leg over three other coins."""
    trade = scene.trades[0]
    body = world.psbt_body(trade) | {"artefact": world.digest("anew")}
    spends = [{**each, "outpoint": f"{world.digest(f'another {each}')}:0"} for each in body["spends"]]  # type: ignore[attr-defined]
    scene.desk.log("instruction.prepared", ["operations"], {**body, "spends": spends})
    return trouble.live(scene.desk, trade, "psbt")


def test_a_leg_is_not_paid_again_beside_a_void_that_a_reorganisation_may_still_undo() -> None:
    desk, trade = trouble.begun("signed")
    psbt = trouble.live(desk, trade, "psbt")
    trouble.void_declared(desk, trade)
    voids = desk.state.live(desk.state.cycle(trade.cycle))
    for officer in ("officer-a", "officer-c"):
        for each in voids:
            trouble.signed(desk, each, officer)
    desk.log(*trouble.release(desk, trade, *voids))
    for each in voids:
        desk.log(*trouble.broadcast(each))
    desk.log(*trouble.observed(trouble.live(desk, trade, "safe-tx"), 1))
    desk.log(*trouble.observed(psbt, 3))  # the void of the other leg came too late
    assert desk.stands(trade) is ContractState.FAILED
    body = desk.safe_body(trade) | {"nonce": 1, "artefact": world.digest("anew")}
    void = trouble.live(desk, trade, "safe-tx")
    assert void.void
    # One block: a reorganisation may drop the void, and what it voided, which carries every signature, is executed after all.
    assert desk.attempt("instruction.prepared", ["operations"], body) == "settlement.still-executable"
    assert renewing.wanted(desk.state, desk.state.cycle(trade.cycle), desk.now_ms // 1_000) == ()
    desk.log(*trouble.observed(void, desk.state.adopted().confirmations_on(world.ETHEREUM)))
    assert [each.same for each in renewing.of_contract(desk.state, trade.hash, desk.now_ms // 1_000)] == [False]
    desk.log("instruction.prepared", ["operations"], body)


def test_what_the_void_cost_is_charged_with_the_leg_made_afresh_within_one_cap() -> None:
    scene = half_voided(sunk=30_000)
    desk, trade = scene.desk, scene.trades[0]
    anew = prepared_anew(scene)
    for officer in ("officer-a", "officer-c"):
        trouble.signed(desk, anew, officer)
    desk.log(*trouble.release(desk, trade, anew, trouble.live(desk, trade, "safe-tx")))
    desk.log(*trouble.broadcast(anew))
    assert desk.attempt(*trouble.observed(anew, 6, fee=20_001)) == "settlement.fee-cap"
    desk.log(*trouble.observed(anew, 6, fee=20_000))
    for owner in world.OWNERS:
        desk.log("delivery.confirmed", [owner], {"contract": trade.hash})
    desk.log("settlement.final", ["desk"], {"cycle": trade.cycle})
    assert desk.state.ledger.totals[world.BTC].network_fees == 50_000
    assert desk.state.ledger.balances_with_totals()


def test_a_later_look_at_the_void_does_not_take_the_place_of_the_leg_made_afresh() -> None:
    scene = half_voided(sunk=1_410)
    desk, void = scene.desk, trouble.live(scene.desk, scene.trades[0], "psbt")
    anew = prepared_anew(scene)
    for officer in ("officer-a", "officer-c"):
        trouble.signed(desk, anew, officer)
    for confirmations, block in ((7, "block"), (0, "block"), (1, "another")):  # deeper, in none any more, in another
        desk.log(*trouble.observed(desk.state.instruction(void.hash), confirmations, block=block))
        assert trouble.live(desk, scene.trades[0], "psbt").hash == anew.hash
        assert desk.state.spending[anew.spends[0].outpoint] == anew.hash


def test_a_void_that_was_mined_no_more_costs_nothing_once_the_original_counts_again() -> None:
    scene = half_voided(sunk=30_000)
    desk, trade = scene.desk, scene.trades[0]
    original = desk.state.instruction(scene.prepared["psbt"])
    prepared_anew(scene)
    assert desk.state.sunk(desk.state.cycle(trade.cycle)) == {"meridian-btc": 30_000}
    desk.log(*trouble.observed(original, 1))  # a reorganisation deeper than the policy's confirmations
    assert trouble.live(desk, trade, "psbt").hash == original.hash
    assert desk.state.sunk(desk.state.cycle(trade.cycle)) == {}
