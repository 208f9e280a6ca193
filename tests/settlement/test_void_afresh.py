"""A leg whose void was mined is made afresh once that void is confirmed: until then the chain may still take what it voided."""

from countersign.settlement import renewing
from countersign.settlement.records import ContractState
from support import settlement_world as world
from support import trouble_world as trouble


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
