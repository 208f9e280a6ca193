"""What an officer's nodes see is logged once, with the desk's own eyes beside; what cannot be logged is told and stops nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.chains.outside import Outside
from countersign.demonstration import cast
from countersign.desk import arrivals, ceremony, founding, releasing
from countersign.desk.arrivals import TakenIn
from countersign.desk.author import signed
from countersign.desk.operations import Operations
from countersign.desk.ports import BitcoinNode, Coin
from countersign.desk.replica import Replica
from countersign.desk.vouching import Nodes
from countersign.errors import Refused
from countersign.rails import bitcoin as rail
from countersign.settlement.ledger import Account
from support import stopped_stage as stopped
from support.contrary_chains import Forgetful
from support.software_stage import Table

BITCOIN = 10**8


@pytest.fixture
async def founded(table: Table) -> Table:
    return await table.until("step-found")


def pay(table: Table, vault: str, satoshis: int, slot: int = 0) -> None:
    address = ceremony.registered_address(table.desk.state.roster.vault(vault), slot)
    table.stage.outside.pay_coins(address, satoshis)


def codes(found: TakenIn) -> tuple[list[str], list[str], list[str]]:
    """What was logged, what waits, what could not be done."""
    return (
        [each.what.code for each in found.logged],
        [each.why.code for each in found.waits],
        [each.code for each in found.not_done],
    )


def console(table: Table, officer: str = "operations", nodes: Nodes | None = None) -> Operations:
    replica = Replica(table.stage.profile(f"console-{officer}"), table.stage.clock)
    seen = nodes if nodes is not None else table.desk.nodes
    return Operations(replica, table.desk, table.author(officer), table.desk.scribe, table.stage.clock, seen)


async def test_every_coin_of_every_vault_is_credited_once_from_the_officers_own_console(founded: Table) -> None:
    for vault, satoshis in ((cast.SELLER.coins, 2 * BITCOIN), (cast.BUYER.coins, 3 * BITCOIN)):
        pay(founded, vault, satoshis)
    operations = console(founded)
    assert codes(await operations.take_in()) == (["wait.deposit"] * 2, [], [])
    assert codes(await operations.take_in()) == ([], [], [])
    account = Account(cast.BUYER.lei, "main", cast.BTC)
    assert founded.desk.state.ledger.balance(account).available == 3 * BITCOIN


async def test_looking_logs_nothing_and_says_what_there_is(founded: Table) -> None:
    pay(founded, cast.SELLER.coins, 2 * BITCOIN)
    size = founded.desk.state.size
    (wait,) = (await arrivals.look(founded.desk)).waits
    assert (wait.whom, wait.why.values["vault"], wait.why.values["amount"]) == (
        "operations",
        cast.SELLER.coins,
        "2.00000000 BTC",
    )
    assert founded.desk.state.size == size


@dataclass
class Early:
    """A node whose chain has buried no coin deeper than this."""

    node: BitcoinNode
    confirmations: int

    async def coins(self, scripts: Sequence[bytes]) -> Sequence[Coin]:
        return [replace(each, confirmations=self.confirmations) for each in await self.node.coins(scripts)]


async def test_a_coin_without_the_policys_confirmations_waits(founded: Table) -> None:
    pay(founded, cast.SELLER.coins, 2 * BITCOIN)
    for confirmations, logged in ((cast.CONFIRMATIONS - 1, []), (cast.CONFIRMATIONS, ["wait.deposit"])):
        early = Early(founded.stage.bitcoin, confirmations)
        place = replace(founded.desk, nodes=Nodes({cast.BITCOIN: early}, founded.desk.nodes.ethereum))  # type: ignore[dict-item]
        assert codes(await arrivals.take_in(place, founded.author("operations"))) == (logged, [], [])


async def test_what_a_safe_holds_beyond_the_books_is_told_until_its_payment_is_credited(founded: Table) -> None:
    desk, operations = founded.desk, founded.author("operations")
    safe = ceremony.registered_address(desk.state.roster.vault(cast.BUYER.safe), 0)
    reference = founded.stage.outside.pay_tokens(safe, 5_000_000)
    found = await arrivals.take_in(desk, operations)
    assert codes(found) == ([], ["wait.payment"], [])
    assert found.waits[0].why.values == {"vault": cast.BUYER.safe, "amount": "5.000000 USDC"}
    await founding.credit_payment(desk, operations, cast.BUYER.safe, founded.stage.outside.token(), reference)
    assert codes(await arrivals.take_in(desk, operations)) == ([], [], [])


async def test_a_chain_that_no_node_follows_is_told_and_the_others_are_taken_in(founded: Table) -> None:
    pay(founded, cast.SELLER.coins, 2 * BITCOIN)
    half = replace(founded.desk, nodes=Nodes(founded.desk.nodes.bitcoin, {}))
    logged, waits, not_done = codes(await arrivals.take_in(half, founded.author("operations")))
    assert (logged, waits, not_done) == (["wait.deposit"], [], ["desk.no-node"])


async def test_what_the_desk_sees_otherwise_is_told_by_name(founded: Table) -> None:
    elsewhere = EmbeddedBitcoin()
    address = ceremony.registered_address(founded.desk.state.roster.vault(cast.SELLER.coins), 0)
    Outside(elsewhere, founded.stage.ethereum).pay_coins(address, 9 * BITCOIN)
    operations = console(founded, nodes=Nodes({cast.BITCOIN: elsewhere}, founded.desk.nodes.ethereum))
    assert codes(await operations.take_in()) == ([], [], ["desk.deposit-not-seen"])


async def test_only_an_operations_officer_takes_in(founded: Table) -> None:
    with pytest.raises(Refused) as refused:
        await console(founded, "compliance").take_in()
    assert refused.value.code == "desk.not-operations"


async def test_a_settlements_own_transaction_is_no_deposit_though_nobody_logged_it(founded: Table) -> None:
    desk, operations = founded.desk, founded.author("operations")
    contract = await stopped.agreed(founded)
    cycle = await stopped.instructed(founded, contract)
    await stopped.signed_by_both(founded, cycle)
    sent = releasing.finish(desk, stopped.live(founded, cycle)[0])
    await founded.stage.bitcoin.broadcast(sent.raw)  # nobody released it, and nobody says so

    for vault in (cast.SELLER.coins, cast.BUYER.coins):
        assert await founding.credit_coins(desk, operations, vault, cast.BTC) == []
    slots = rail.wallet(desk.state.roster.vault(cast.BUYER.coins)).descriptors.slots  # type: ignore[arg-type]
    (coin,) = await founded.stage.bitcoin.coins([each.script_pubkey for each in slots])
    body = {
        "owner": {"lei": cast.BUYER.lei, "book": "main"},
        "vault": cast.BUYER.coins,
        "asset": cast.BTC,
        "amount": str(coin.satoshis),
        "reference": f"{coin.txid}:{coin.vout}",
        "confirmations": coin.confirmations,
    }
    with pytest.raises(Refused) as refused:
        await desk.submit(await signed(desk.scribe.draft("deposit.credited", body), [operations]))
    assert refused.value.code == "settlement.deposit-own"

    # What the chain did is taken in as what it is: the settlement has failed until its other leg is delivered.
    assert codes(await arrivals.take_in(desk, operations)) == (["wait.news"], [], [])
    assert stopped.stands(founded, contract) == "failed"
    assert codes(await arrivals.take_in(desk, operations)) == ([], [], [])


async def test_what_is_deep_enough_is_not_logged_again_but_a_reorganisation_is(table: Table) -> None:
    await table.until("step-release")
    desk, operations = table.desk, table.author("operations")
    assert codes(await arrivals.take_in(desk, operations)) == (["wait.news"] * 2, [], [])
    assert codes(await arrivals.take_in(desk, operations)) == ([], [], [])
    transaction = table.live("psbt").transaction or ""
    gone = Forgetful(table.stage.bitcoin, {transaction})
    forgetful = replace(desk, nodes=Nodes({cast.BITCOIN: gone}, desk.nodes.ethereum))
    assert codes(await arrivals.take_in(forgetful, operations)) == (["wait.news"], [], [])
    assert table.live("psbt").observed is not None
    assert table.live("psbt").observed.block is None  # type: ignore[union-attr]
