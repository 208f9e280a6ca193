"""The rate that is offered: the node's estimate under the policy's most, or none; and what is never made with any."""

from dataclasses import replace

import pytest

from countersign.desk import fee_rates, preparing
from countersign.desk.fee_rates import FeeRate
from countersign.desk.vouching import Nodes
from countersign.errors import Refused, Unavailable
from support.software_stage import Table


class Estimating:
    """A node that says this, or does not answer."""

    def __init__(self, rate: int | Unavailable | None) -> None:
        self._rate = rate

    async def fee_rate(self, blocks: int) -> int | None:
        assert blocks == fee_rates.BLOCKS
        if isinstance(self._rate, Unavailable):
            raise self._rate
        return self._rate


@pytest.fixture
async def closed(table: Table) -> Table:
    return await table.until("step-contract")


async def found(table: Table, rate: int | Unavailable | None) -> FeeRate | None:
    nodes = Nodes(dict.fromkeys(table.desk.nodes.bitcoin, Estimating(rate)), table.desk.nodes.ethereum)  # type: ignore[arg-type]
    return await fee_rates.of_contract(replace(table.desk, nodes=nodes), table.story.contract)


async def test_the_estimate_is_taken_up_to_the_policys_most(closed: Table) -> None:
    most = closed.desk.state.adopted().fees.max_sat_vb
    for estimate, taken in ((1, 1), (most, most), (most + 1, most)):
        offered = await found(closed, estimate)
        assert offered is not None
        assert (offered.estimate, offered.rate, offered.most) == (estimate, taken, most)
        assert fee_rates.require_rate(offered) == taken


async def test_without_an_estimate_a_person_says_the_rate(closed: Table) -> None:
    for absent in (None, Unavailable("chains.unreachable", url="", why="")):
        offered = await found(closed, absent)
        assert offered is not None
        assert offered.rate is None
        with pytest.raises(Refused) as refused:
            fee_rates.require_rate(offered)
        assert (refused.value.code, dict(refused.value.values)["chain"]) == ("desk.no-fee-estimate", offered.chain)


async def test_the_stages_own_chain_estimates_what_it_relays(closed: Table) -> None:
    offered = await fee_rates.of_contract(closed.desk, closed.story.contract)
    assert offered is not None
    assert offered.rate == 1


async def test_a_rate_above_the_policys_most_is_refused_before_anything_is_built(closed: Table) -> None:
    most = closed.desk.state.adopted().fees.max_sat_vb
    with pytest.raises(Refused) as refused:
        await preparing.bodies(closed.desk, closed.story.cycle, rate=most + 1)
    assert refused.value.code == "desk.rate-above-policy"
    with pytest.raises(Refused) as refused:  # the policy admits it; the contract's cap does not
        await preparing.bodies(closed.desk, closed.story.cycle, rate=most)
    assert refused.value.code == "desk.fee-above-cap"


async def test_a_fee_of_too_large_a_part_is_refused_as_b9_will_refuse_it(
    closed: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, cycle = closed.desk, closed.desk.state.cycle(closed.story.cycle)
    side = preparing.bitcoin_rail.VaultSide
    bounds = desk.state.adopted().fees
    monkeypatch.setattr(preparing.netting, "fee_caps", lambda *_: [])

    def of(fee: int) -> preparing.Readback:
        one = side("v", (0,), 1_000 + fee, (), 0, 1_000, 0)
        return preparing.Readback((one,), (0,), (), (), (), fee)

    for percent, alone, code in (
        (bounds.never_percent, False, "desk.fee-never"),
        (bounds.dual_percent, True, "desk.fee-wants-two"),
    ):
        with pytest.raises(Refused) as refused:
            preparing.require_within_caps(desk, cycle, of(10 * percent), alone=alone)
        assert refused.value.code == code
        preparing.require_within_caps(desk, cycle, of(10 * percent - 1), alone=alone)
    preparing.require_within_caps(desk, cycle, of(10 * bounds.dual_percent), alone=False)
