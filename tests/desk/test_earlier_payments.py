"""Before a machine pays a contract again because the log says that the first payment is over, its own node is asked.

The log lies here by a switch (`over`): desk and operations say together what their nodes do not.
"""

from collections.abc import Collection

import pytest

from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.demonstration import cast
from countersign.desk.cases import payments
from countersign.desk.console import OfficerConsole
from countersign.desk.earlier_payments import PaidReader
from countersign.desk.ports import Coin, Executed
from countersign.desk.vouching import Nodes
from countersign.errors import Refused, Unavailable
from countersign.ethereum.abi import Address
from countersign.formats import eip55
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import safe_movements, wallets
from countersign.review import paid_before
from countersign.review.case import PaidSeen
from countersign.review.finding import Finding, Status
from countersign.settlement import rivalry
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault
from desk.test_signing import again, make, safe_again
from support.software_stage import Table, silent

TRANSACTION = "0x" + "5a" * 32


@pytest.fixture
async def prepared(table: Table, monkeypatch: pytest.MonkeyPatch) -> Table:
    monkeypatch.setattr(cast, "CONFIRMATIONS", 2)
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    return table


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log says of everything that was ever prepared that it is over."""
    monkeypatch.setattr(rivalry, "past", lambda *_: True)
    monkeypatch.setattr(paid_before, "_used_by_another", lambda *_: True)


class Dumb:
    """A node that does not answer."""

    async def unspent(self, outpoints: Collection[str]) -> dict[str, int]:
        raise Unavailable("chains.unreachable", url="http://127.0.0.1:1", why=f"{len(outpoints)} asked for")


async def first_withheld(table: Table) -> tuple[Psbt, list[Coin]]:
    """Officer A signs the Bitcoin leg, and whoever was given it withholds it; the leg is prepared again over other coins."""
    (wallet,) = wallets.paying(table.desk.state, table.live("psbt").group.vaults)
    coins = list(await table.desk.bitcoin(wallet.vault.chain).coins(*wallet.watched))
    psbt = parse_psbt(table.artefact("psbt"))
    await make(table, "psbt")
    outputs = [Output(each.script_pubkey, Satoshis(each.satoshis)) for each in coins]
    await again(table, table.stage.bitcoin.fund_all(outputs))
    return psbt, coins


def other_spend(table: Table, coins: list[Coin]) -> bytes:
    """Another transaction over the same coins."""
    live = table.live("psbt")
    (wallet,) = wallets.paying(table.desk.state, live.group.vaults)
    funds = bitcoin_rail.Funds(wallet, tuple((each.transaction, each.vout) for each in coins), 3)
    return bitcoin_rail.build(table.desk.state.owed(live), [funds], cast.RATE + 7).psbt.unsigned


async def refused_for(table: Table, kind: str) -> set[str]:
    """Why officer A's machine does not sign the newest request."""
    with pytest.raises(Refused) as refused:
        await table.officer.sign(table.live(kind).hash, silent)
    return {each.reason for each in refused.value.findings if each.status is Status.FAIL}  # type: ignore[attr-defined]


async def told(table: Table, check: str, kind: str) -> list[Finding]:
    """What the review shows of the newest request."""
    view = await table.officer.review(table.story.contract)
    (found,) = (each for each in view.instructions if each.instruction == table.live(kind).hash)
    return [each for each in found.verdict.of(check) if "over" in each.reason]


@pytest.mark.usefixtures("over")
async def test_a_transaction_whose_coins_lie_there_is_not_over_whatever_the_log_says(prepared: Table) -> None:
    _, coins = await first_withheld(prepared)
    assert await refused_for(prepared, "psbt") == {"B12.not-over"}
    prepared.stage.bitcoin.adopt(other_spend(prepared, coins))
    assert await refused_for(prepared, "psbt") == {"B12.not-over"}  # a block too few
    for _ in range(cast.CONFIRMATIONS - 1):
        prepared.stage.bitcoin.ledger.mine()
    await prepared.officer.sign(
        prepared.live("psbt").hash, silent
    )  # the near miss: this machine's node finds it over, too
    assert [share.officer for share in prepared.live("psbt").shares] == ["officer-a"]


@pytest.mark.usefixtures("over")
async def test_a_transaction_that_stands_in_a_block_is_not_over(prepared: Table) -> None:
    psbt, _ = await first_withheld(prepared)
    prepared.stage.bitcoin.adopt(psbt.unsigned)
    for _ in range(cast.CONFIRMATIONS):
        prepared.stage.bitcoin.ledger.mine()
    assert await refused_for(prepared, "psbt") == {"B12.paid-on-chain"}


@pytest.mark.usefixtures("over")
async def test_a_machine_without_a_node_says_that_nobody_was_asked_and_a_silent_node_refuses(
    prepared: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    await first_withheld(prepared)
    officer, profile = prepared.officer, prepared.officer.replica.profile
    dumb = Nodes({prepared.live("psbt").group.chain: Dumb()})  # type: ignore[dict-item]
    monkeypatch.setattr(officer, "_paid", PaidReader(dumb, profile))
    assert await refused_for(prepared, "psbt") == {"chains.unreachable"}
    never = Nodes(silent={"bip122": ("http://127.0.0.1:1",)})  # nor did it when it was opened
    monkeypatch.setattr(officer, "_paid", PaidReader(never, profile))
    assert await refused_for(prepared, "psbt") == {"desk.node-silent"}
    monkeypatch.setattr(officer, "_paid", PaidReader(Nodes(ethereum=prepared.stage.nodes.ethereum), profile))
    (shown,) = await told(prepared, "B12", "psbt")
    assert (shown.reason, shown.status) == ("B12.over-unasked", Status.PASS)
    await officer.sign(prepared.live("psbt").hash, silent)
    assert [share.officer for share in prepared.live("psbt").shares] == ["officer-a"]


@pytest.mark.usefixtures("over")
async def test_what_was_found_to_be_over_is_not_asked_again_and_what_was_not_is(prepared: Table) -> None:
    _, coins = await first_withheld(prepared)
    officer, live = prepared.officer, prepared.live("psbt")
    reader, state = PaidReader(prepared.stage.nodes, officer.replica.profile), officer.replica.state
    assert await reader.look(state, live) == {_only(officer, live): PaidSeen("", 0)}
    prepared.stage.bitcoin.adopt(other_spend(prepared, coins))
    for _ in range(cast.CONFIRMATIONS - 1):
        prepared.stage.bitcoin.ledger.mine()
    seen = {_only(officer, live): PaidSeen("", cast.CONFIRMATIONS)}
    assert await reader.look(state, live) == seen
    prepared.stage.bitcoin.ledger.spent.clear()
    assert await reader.look(state, live) == seen


def _only(officer: OfficerConsole, live: Instruction) -> str:
    """The id of the one transaction that this machine signed before."""
    replica = officer.replica
    return {each.transaction for each in payments(replica.profile.journal, replica.state, live)}.pop()


def safe_of(table: Table, instruction: Instruction) -> tuple[SafeVault, Address]:
    vault = table.desk.state.roster.vault(instruction.group.vaults[0])
    assert isinstance(vault, SafeVault)
    return vault, Address(eip55.parse(vault.address))


@pytest.mark.usefixtures("over")
async def test_a_safes_payment_is_over_once_its_number_is_used_and_not_by_itself(prepared: Table) -> None:
    first = prepared.live("safe-tx")
    await make(prepared, "safe-tx")  # withheld
    await safe_again(prepared, 1)
    live, chain = prepared.live("safe-tx"), prepared.stage.ethereum
    officer, (vault, place) = prepared.officer, safe_of(prepared, first)
    reader, state = PaidReader(prepared.stage.nodes, officer.replica.profile), officer.replica.state
    digest = _only(officer, live)
    needed = state.adopted().confirmations_on(live.group.chain)

    chain.safes[place].nonce = 0  # the number was not used: the log lies
    assert await reader.look(state, live) == {digest: PaidSeen("", 0)}
    chain.safes[place].nonce = 1
    assert await PaidReader(prepared.stage.nodes, officer.replica.profile).look(state, live) == {
        digest: PaidSeen("", needed)
    }

    # Whoever kept the first signatures executed them: that is what used the number.
    chain.executed[TRANSACTION] = (Executed(eip55.checksum(place), f"0x{digest}"),)
    chain.mined[TRANSACTION] = chain.height
    assert await reader.look(state, live) == {digest: PaidSeen("", needed)}  # executed, and nothing moved
    reader = PaidReader(prepared.stage.nodes, officer.replica.profile)
    chain.moved[TRANSACTION] = (tuple(safe_movements.movements(state.owed(live), vault)),)
    assert await reader.look(state, live) == {digest: PaidSeen(TRANSACTION, 0)}
    books = "E8.uncompared"  # a number that the log did not see used asks for that besides
    assert await refused_for(prepared, "safe-tx") == {"E8.paid-on-chain", books}
    del chain.executed[TRANSACTION]
    assert await refused_for(prepared, "safe-tx") == {books}
    assert [each.reason for each in await told(prepared, "E8", "safe-tx")] == ["E8.over"]
