"""What an officer's nodes see is logged once, with the desk's own eyes beside; what cannot be logged is told and stops nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.chains.outside import EURO, SOMEBODY, TOKEN, Outside
from countersign.demonstration import cast
from countersign.desk import arrivals, ceremony, deposits, founding, releasing
from countersign.desk.arrivals import TakenIn
from countersign.desk.author import signed
from countersign.desk.operations import Operations
from countersign.desk.ports import BitcoinNode, Coin, Payment
from countersign.desk.replica import Replica
from countersign.desk.vouching import Nodes
from countersign.errors import CountersignError, Refused, Unavailable
from countersign.ethereum.abi import Address
from countersign.ethereum.arrivals import Arrival
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.rails import wallets
from countersign.settlement.ledger import Account
from countersign.settlement.roster import SafeVault
from support import stopped_stage as stopped
from support.contrary_chains import Forgetful
from support.software_stage import Table, admit_ether

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
    found = await arrivals.look(founded.desk)
    (wait,) = found.waits
    assert len(found.ripe) == 1
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

    async def coins(self, *asked: Sequence[object]) -> Sequence[Coin]:
        seen = await self.node.coins(*asked)  # type: ignore[arg-type]
        return [replace(each, confirmations=self.confirmations) for each in seen]


async def test_a_coin_without_the_policys_confirmations_waits(founded: Table) -> None:
    pay(founded, cast.SELLER.coins, 2 * BITCOIN)
    for confirmations, came in (
        (cast.CONFIRMATIONS - 1, ([], ["wait.young"], [])),
        (cast.CONFIRMATIONS, (["wait.deposit"], [], [])),
    ):
        early = Early(founded.stage.bitcoin, confirmations)
        place = replace(founded.desk, nodes=Nodes({cast.BITCOIN: early}, founded.desk.nodes.ethereum))  # type: ignore[dict-item]
        assert codes(await arrivals.take_in(place, founded.author("operations"))) == came


def safe_of(table: Table, name: str = cast.BUYER.safe) -> SafeVault:
    found = table.desk.state.roster.vault(name)
    assert isinstance(found, SafeVault)
    return found


def mine(table: Table, *made: Arrival, name: str = "a payment") -> str:
    """A transaction whose logs say this, whatever they move; its reference of the first log."""
    transaction = "0x" + keccak256(name.encode()).hex()
    table.stage.ethereum.mine(transaction, made)
    return f"{transaction}:0"


def holds(table: Table, units: int, token: Address | None = TOKEN) -> Address:
    """The buyer's Safe holds so many units more; its address."""
    safe = Address(eip55.parse(safe_of(table).address))
    ledger = table.stage.ethereum.ether if token is None else table.stage.ethereum.balances[token]
    ledger[safe] = ledger.get(safe, 0) + units
    return safe


async def test_payments_into_a_safe_are_found_in_the_nodes_logs_and_credited_once(founded: Table) -> None:
    desk, operations = founded.desk, founded.author("operations")
    before = desk.state.ledger.balance(Account(cast.BUYER.lei, "main", founded.stage.outside.token())).available
    references = [founded.stage.outside.pay_tokens(safe_of(founded).address, units) for units in (5_000_000, 7_000_000)]
    shown = await arrivals.look(desk)
    assert [each.what.values["reference"] for each in shown.sights] == references  # the oldest first
    assert codes(await arrivals.take_in(desk, operations, shown.ripe)) == (["wait.deposit"] * 2, [], [])
    assert codes(await arrivals.take_in(desk, operations)) == ([], [], [])
    after = desk.state.ledger.balance(Account(cast.BUYER.lei, "main", founded.stage.outside.token())).available
    assert after - before == 12_000_000


async def test_only_what_was_shown_is_taken_in(founded: Table) -> None:
    pay(founded, cast.SELLER.coins, 2 * BITCOIN)
    operations = console(founded)
    shown = await operations.arrivals()
    founded.stage.outside.pay_tokens(safe_of(founded).address, 5_000_000)
    assert codes(await operations.take_in(shown.ripe)) == (["wait.deposit"], ["wait.deposit"], [])
    assert codes(await operations.take_in(shown.ripe)) == ([], ["wait.deposit"], [])


async def test_a_young_payment_is_told_with_its_confirmations_and_waits(founded: Table) -> None:
    founded.stage.outside.pay_tokens(safe_of(founded).address, 5_000_000)
    (payment,) = (await arrivals.look(founded.desk)).sights
    needed = founded.desk.state.adopted().confirmations_on(cast.ETHEREUM)

    class Young:
        def __getattr__(self, name: str) -> object:
            return getattr(founded.stage.ethereum, name)

        async def payments(self, transaction: str) -> list[Payment]:
            return [
                replace(each, confirmations=needed - 1) for each in await founded.stage.ethereum.payments(transaction)
            ]

    nodes = Nodes(founded.desk.nodes.bitcoin, {cast.ETHEREUM: Young()})  # type: ignore[dict-item]
    found = await arrivals.take_in(replace(founded.desk, nodes=nodes), founded.author("operations"))
    assert codes(found) == ([], ["wait.young"], [])
    assert found.sights[0].key == payment.key
    values = found.sights[0].what.values
    assert (values["confirmations"], values["needed"]) == (needed - 1, needed)


async def test_what_no_log_names_is_told_and_credited_by_its_reference_or_not_at_all(
    founded: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = founded.stage.outside.pay_tokens(safe_of(founded).address, 5_000_000)
    for _ in range(20):
        founded.stage.ethereum.mine("0x" + "00" * 32, ())
    monkeypatch.setattr(deposits, "DEEPEST", 10)
    operations = console(founded)
    found = await operations.take_in()
    assert codes(found) == ([], ["wait.payment"], [])
    assert found.sights[0].what.values["amount"] == "5.000000 USDC"
    asked = cast.BUYER.safe, "USDC"
    assert (await operations.find_payment(*asked, " 0x" + reference[2:].upper())).what.code == "wait.deposit"
    size = founded.desk.state.size
    await operations.credit(*asked, reference)
    assert founded.desk.state.size == size + 1
    assert codes(await operations.take_in()) == ([], [], [])
    for wrong, code in (
        (reference, "settlement.deposit-credited"),
        (reference.replace(":0", ":1"), "desk.deposit-not-seen"),
        (reference[:-2], "desk.deposit-reference"),
        (reference[2:], "desk.deposit-reference"),
        ("", "desk.deposit-reference"),
    ):
        for verb in (operations.find_payment, operations.credit):
            with pytest.raises(CountersignError) as refused:
                await verb(*asked, wrong)
            assert refused.value.code == code
    with pytest.raises(Refused, match=r"desk\.not-a-safe"):
        await operations.find_payment(cast.BUYER.coins, "USDC", reference)


HOSTILE = {
    "another token's Transfer": lambda safe: [Arrival(EURO, SOMEBODY, safe, 5)],
    "a Transfer of the Safe to itself": lambda safe: [Arrival(TOKEN, safe, safe, 5)],
    "a Transfer of nothing": lambda safe: [Arrival(TOKEN, SOMEBODY, safe, 0)],
    "a Transfer to somebody else": lambda safe: [Arrival(TOKEN, safe, SOMEBODY, 5)],
    "a stranger's payment": lambda safe: [Arrival(TOKEN, SOMEBODY, safe, 5)],
    "the same twice, and it holds both": lambda safe: [
        Arrival(TOKEN, SOMEBODY, safe, 2),
        Arrival(TOKEN, SOMEBODY, safe, 3),
    ],
}
PASSES = {"a stranger's payment": [5], "the same twice, and it holds both": [2, 3]}


@pytest.mark.parametrize("name", HOSTILE)
async def test_only_a_payment_from_outside_in_this_token_is_one(founded: Table, name: str) -> None:
    """The Safe holds five units more, and a log speaks of them."""
    mine(founded, *HOSTILE[name](holds(founded, 5)), name=name)
    found = await arrivals.take_in(founded.desk, founded.author("operations"))
    credited = [each.what.values["amount"] for each in found.logged]
    assert credited == [f"0.{units:06d} USDC" for units in PASSES.get(name, [])]
    assert [each.what.code for each in found.sights] == ([] if name in PASSES else ["wait.payment"])


async def test_a_log_that_says_more_than_the_safe_holds_is_refused_by_name(founded: Table) -> None:
    mine(founded, Arrival(TOKEN, SOMEBODY, holds(founded, 4), 5))
    assert codes(await arrivals.take_in(founded.desk, founded.author("operations"))) == (
        [],
        [],
        ["desk.deposit-not-held"],
    )


async def test_the_delivery_of_a_settlement_is_no_deposit_logged_or_not(table: Table) -> None:
    await table.until("step-release")
    desk, operations = table.desk, table.author("operations")
    assert codes(await arrivals.take_in(desk, operations)) == (["wait.news"] * 2, [], [])
    seller, buyer = (Address(eip55.parse(safe_of(table, each.safe).address)) for each in (cast.SELLER, cast.BUYER))
    ledger = table.stage.ethereum.balances[TOKEN]
    ledger[seller], ledger[buyer] = ledger[seller] + 5, ledger[buyer] - 5
    mine(table, Arrival(TOKEN, buyer, seller, 5), name="between two Safes of this custody")
    found = await arrivals.take_in(desk, operations)
    assert codes(found) == ([], ["wait.payment"], [])


async def test_a_transaction_in_another_block_since_is_the_same_payment_and_one_that_is_gone_is_none(
    founded: Table,
) -> None:
    chain, desk, operations = founded.stage.ethereum, founded.desk, founded.author("operations")
    transaction, _, _ = founded.stage.outside.pay_tokens(safe_of(founded).address, 5_000_000).partition(":")
    (seen,) = (await arrivals.look(desk)).sights
    made = chain.arrivals[transaction]
    del chain.mined[transaction], chain.arrivals[transaction]
    assert [each.what.code for each in (await arrivals.look(desk)).sights] == ["wait.payment"]
    chain.mine(transaction, made)
    shown = await arrivals.look(desk)
    assert [each.key for each in shown.sights] == [seen.key]
    assert codes(await arrivals.take_in(desk, operations, {seen.key})) == (["wait.deposit"], [], [])
    chain.mine(transaction, made)
    assert codes(await arrivals.take_in(desk, operations)) == ([], [], [])


async def test_ether_with_a_log_is_found_and_ether_without_one_is_told(founded: Table) -> None:
    await admit_ether(founded)
    founded.stage.outside.pay_ether(safe_of(founded).address, 7)
    holds(founded, 2, None)
    found = await arrivals.take_in(founded.desk, founded.author("operations"))
    assert codes(found) == (["wait.deposit"], ["wait.payment"], [])
    assert found.sights[0].what.values["amount"] == "0.000000000000000002 ETH"


async def test_an_idle_look_asks_for_balances_and_no_logs(founded: Table) -> None:
    class Quiet:
        def __getattr__(self, name: str) -> object:
            assert name not in ("paying", "payments", "newest_block")
            return getattr(founded.stage.ethereum, name)

    nodes = Nodes(founded.desk.nodes.bitcoin, {cast.ETHEREUM: Quiet()})  # type: ignore[dict-item]
    assert codes(await arrivals.look(replace(founded.desk, nodes=nodes))) == ([], [], [])


async def test_a_locked_token_is_told_before_anything_is_logged(founded: Table) -> None:
    pay(founded, cast.SELLER.coins, 2 * BITCOIN)

    class Locked:
        async def sign_message(self, key: object, message: bytes) -> bytes:
            raise Unavailable("signers.locked", token="operations")

    operations = replace(founded.author("operations"), signer=Locked())  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match=r"signers\.locked"):
        await arrivals.take_in(founded.desk, operations)


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
    (buyers,) = wallets.paying(desk.state, [cast.BUYER.coins])
    (coin,) = await founded.stage.bitcoin.coins(buyers.scripts)
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

    # Nor is it one where whoever was given the shares withheld them from the log.
    psbt = stopped.live(founded, cycle)[0]
    withheld = replace(desk.state, instructions=desk.state.instructions.set(psbt.hash, replace(psbt, shares=())))
    assert deposits.not_ours(withheld, desk.artefacts, [coin]) == ()

    # What the chain did is taken in as what it is: the settlement has failed until its other leg is delivered.
    assert codes(await arrivals.take_in(desk, operations)) == (["wait.news"], [], [])
    assert stopped.stands(founded, contract) == "failed"
    assert codes(await arrivals.take_in(desk, operations)) == ([], [], [])
    stranger = founded.stage.bitcoin.fund(coin.script_pubkey, coin.satoshis)
    assert deposits.not_ours(withheld, desk.artefacts, [coin, stranger]) == (stranger,)


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
