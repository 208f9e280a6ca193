"""Founding, and what administrators and operations do afterwards."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from countersign.chains.embedded_ethereum import EmbeddedEthereum
from countersign.demonstration import cast
from countersign.desk import ceremony, founding
from countersign.desk.vouching import Nodes
from countersign.desk.workplace import AtConsole
from countersign.errors import CountersignError, Malformed, Refused
from countersign.rails import bitcoin as rail
from support.software_stage import Table


@pytest.fixture
async def founded(table: Table) -> Table:
    return await table.until("step-found")


async def founding_body(table: Table) -> Mapping[str, object]:
    """Everything before the founding: tokens are made, the desk is open and empty."""
    labels, market = cast.vault_labels(), cast.market_labels()
    wanted: dict[str, tuple[str, ...]] = {
        each.id: labels + market for each in cast.OFFICERS if each is not cast.OFFICER_C
    }
    table.story.people = await table.stage.tokens(wanted | {each.token: () for each in cast.TRADERS})
    return table.story.founding_body(await table.stage.vault.ceremony(labels))


async def test_both_administrators_and_the_desk_found_it(table: Table) -> None:
    body = await founding_body(table)
    await founding.found(table.desk, [table.author("compliance"), table.author("officer-d")], body)
    assert table.desk.state.desk == cast.ORIGIN
    assert table.desk.state.log == table.stage.log_key


@pytest.mark.parametrize("administrators", [["compliance"], ["compliance", "operations"]])
async def test_with_fewer_or_others_nothing_is_founded(table: Table, administrators: list[str]) -> None:
    body = await founding_body(table)
    with pytest.raises(Refused):
        await founding.found(table.desk, [table.author(each) for each in administrators], body)
    assert table.desk.state.size == 0
    await founding.found(table.desk, [table.author("compliance"), table.author("officer-d")], body)


async def test_a_desk_is_founded_once(founded: Table) -> None:
    administrators = [founded.author("compliance"), founded.author("officer-d")]
    body = founded.story.founding_body(await founded.stage.vault.ceremony(cast.vault_labels()))
    with pytest.raises(CountersignError):
        await founding.found(founded.desk, administrators, body)


async def test_a_policy_needs_both_administrators(founded: Table) -> None:
    policy = {**founded.story.policy(), "version": 2, "minimum_notional_usd": "200000"}
    with pytest.raises(Refused):
        await founding.adopt_policy(founded.desk, [founded.author("compliance")], policy)
    await founding.adopt_policy(founded.desk, [founded.author("compliance"), founded.author("officer-d")], policy)
    assert founded.desk.state.adopted().version == 2


async def test_a_roster_change_needs_both_administrators(founded: Table) -> None:
    empty: dict[str, object] = {"assets": [], "participants": [], "officers": [], "vaults": [], "destinations": []}
    body = {**empty, "administrators": {"officers": ["compliance", "officer-d"], "threshold": 2}}
    with pytest.raises(Refused):
        await founding.change_roster(founded.desk, [founded.author("officer-d")], body)
    size = founded.desk.state.size
    await founding.change_roster(founded.desk, [founded.author("compliance"), founded.author("officer-d")], body)
    assert founded.desk.state.size == size + 1


async def test_a_price_is_the_desks_word(founded: Table) -> None:
    await founding.publish_price(founded.desk, cast.BTC, "81000", "Northgate reference")
    assert founded.desk.state.prices[cast.BTC].price == "81000"
    with pytest.raises(Malformed):
        await founding.publish_price(founded.desk, cast.BTC, "81e3", "Northgate reference")


async def test_every_coin_is_credited_once(founded: Table) -> None:
    assert await founding.credit_coins(founded.desk, founded.author("operations"), cast.SELLER.coins, cast.BTC) == []
    address = ceremony.registered_address(founded.desk.state.roster.vault(cast.SELLER.coins), 0)
    founded.stage.bitcoin.fund(rail.script_at(f"{cast.BITCOIN}:{address}"), 1_000_000)
    new = await founding.credit_coins(founded.desk, founded.author("operations"), cast.SELLER.coins, cast.BTC)
    assert len(new) == 1


async def test_a_transfer_is_credited_once(founded: Table) -> None:
    safe = founded.desk.state.roster.vault(cast.BUYER.safe).address  # type: ignore[union-attr]
    token, operations = founded.stage.outside.token(), founded.author("operations")
    reference = founded.stage.outside.pay_tokens(safe, 1_000_000)
    await founding.credit_payment(founded.desk, operations, cast.BUYER.safe, token, reference)
    founded.stage.outside.pay_tokens(safe, 1_000_000)
    with pytest.raises(CountersignError) as refused:
        await founding.credit_payment(founded.desk, operations, cast.BUYER.safe, token, reference)
    assert refused.value.code == "settlement.deposit-credited"


async def test_a_transfer_without_the_policys_confirmations_waits(founded: Table) -> None:
    safe = founded.desk.state.roster.vault(cast.BUYER.safe).address  # type: ignore[union-attr]
    token, operations = founded.stage.outside.token(), founded.author("operations")
    reference = founded.stage.outside.pay_tokens(safe, 1_000_000)
    founded.stage.ethereum.height -= 2  # the chain went back behind its block, and grows anew
    with pytest.raises(Refused) as refused:
        await founding.credit_payment(founded.desk, operations, cast.BUYER.safe, token, reference)
    assert refused.value.code == "desk.deposit-unconfirmed"
    await founding.credit_payment(founded.desk, operations, cast.BUYER.safe, token, reference)


async def test_the_officers_own_node_must_see_it_too(founded: Table) -> None:
    safe = founded.desk.state.roster.vault(cast.BUYER.safe).address  # type: ignore[union-attr]
    token, operations = founded.stage.outside.token(), founded.author("operations")
    reference = founded.stage.outside.pay_tokens(safe, 1_000_000)
    place = AtConsole(founded.officer.replica, founded.desk, founded.desk.scribe, founded.stage.nodes)
    behind = replace(place, nodes=Nodes({}, {cast.ETHEREUM: EmbeddedEthereum(31337)}))
    with pytest.raises(Refused) as refused:
        await founding.credit_payment(behind, operations, cast.BUYER.safe, token, reference)
    assert refused.value.code == "desk.deposit-not-seen"
    await founding.credit_payment(place, operations, cast.BUYER.safe, token, reference)


async def test_each_kind_of_deposit_goes_to_its_kind_of_vault(founded: Table) -> None:
    operations = founded.author("operations")
    with pytest.raises(Refused) as refused:
        await founding.credit_coins(founded.desk, operations, cast.BUYER.safe, cast.BTC)
    assert refused.value.code == "desk.not-a-slot-vault"
    with pytest.raises(Refused) as refused:
        await founding.credit_payment(founded.desk, operations, cast.SELLER.coins, cast.BTC, "0x:0")
    assert refused.value.code == "desk.not-a-safe"


async def test_only_operations_credits(founded: Table) -> None:
    address = ceremony.registered_address(founded.desk.state.roster.vault(cast.SELLER.coins), 0)
    founded.stage.bitcoin.fund(rail.script_at(f"{cast.BITCOIN}:{address}"), 1_000_000)
    with pytest.raises(Refused):
        await founding.credit_coins(founded.desk, founded.author("compliance"), cast.SELLER.coins, cast.BTC)
