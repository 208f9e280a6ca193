"""A settlement on one Ethereum chain: the seller's Safe delivers euros, the buyer's pays dollars; their owners' keys differ.

table = one_chain_table(tmp_path)
cycle = await signed(table)            # agreed, held, instructed, every quorum complete
await released(table, cycle)           # by maker and checker; nothing is sent yet
"""

from dataclasses import dataclass, replace
from pathlib import Path

from countersign.chains.outside import EURO
from countersign.demonstration import cast
from countersign.demonstration.story import Story
from countersign.desk import ceremony, deals, founding, preparing, releasing
from countersign.desk.ceremony import Keyring
from countersign.desk.ports import EthereumNode, Executed
from countersign.ethereum.abi import Address
from countersign.formats import eip55
from countersign.rails import ethereum as rail
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault
from support import stopped_stage as stage
from support.software_stage import SoftwareStage, Table

EUROS, DOLLARS = 16_000_000_000_000, 20_000_000_000_000


@dataclass(slots=True)
class OneChainStory(Story):
    """16,000,000 EURC for 20,000,000 USDC."""

    def founding_body(self, cold: Keyring) -> dict[str, object]:
        """Euros are admitted too."""
        body = Story.founding_body(self, cold)
        assets = body["assets"]
        assert isinstance(assets, list)
        assets.append({"id": self.stage.outside.euro(), "symbol": "EURC", "decimals": 6})
        return body

    async def _deposit(self) -> None:
        await Story._deposit(self)
        desk, euro = self.stage.desk, self.stage.outside.euro()
        safe = ceremony.registered_address(desk.state.roster.vaults[cast.SELLER.safe], 0)
        paid = self.stage.outside.pay_tokens(safe, EUROS, euro)
        await founding.publish_price(desk, euro, "1.25", "Northgate reference")
        await founding.credit_payment(desk, self._author("operations"), cast.SELLER.safe, euro, paid)

    def sale(self, name: str) -> deals.Sale:
        """Euros against dollars, on one chain."""
        sold = Story.sale(self, name)
        taken = self.stage.desk.state.roster.vaults[cast.BUYER.safe]
        destination = f"{cast.ETHEREUM}:{ceremony.registered_address(taken, 0)}"
        first = replace(sold.first, asset=self.stage.outside.euro(), amount=EUROS, destination=destination)
        return replace(sold, first=first, second=replace(sold.second, amount=DOLLARS), price="1.25")


def one_chain_table(folder: Path, on: SoftwareStage | None = None) -> Table:
    """The story that has not begun, on a software stage."""
    set_up = on or SoftwareStage(folder)
    return Table(set_up, OneChainStory(set_up, folder / "out"))


async def signed(table: Table) -> str:
    """Founded, agreed, held, instructed; officer A signed online, the cold vault beside. The cycle."""
    await table.until("step-contract")
    cycle = table.story.cycle
    await preparing.prepare(table.desk, table.author("operations"), cycle, rate=cast.RATE)
    await table.officer.synchronise()
    await stage.signed_by_both(table, cycle)
    return cycle


async def released(table: Table, cycle: str) -> None:
    """Maker and checker release everything; nothing is sent yet."""
    release = await releasing.make_release(table.desk, cycle, table.author("operations"), "compliance")
    await releasing.check_release(table.desk, release, table.author("compliance"))


async def confirmed(table: Table, cycle: str) -> None:
    """Observed; both parties confirm; final."""
    await releasing.observe(table.desk, cycle, table.author("operations"))
    for each in cast.PARTICIPANTS:
        await releasing.confirm_delivery(table.desk, table.story.contract, table.author(each.token))
    await releasing.make_final(table.desk, cycle)


def leg(table: Table, cycle: str, vault: str) -> Instruction:
    """A vault's instruction."""
    return next(each for each in stage.live(table, cycle) if each.group.vaults == (vault,))


def said(table: Table, instruction: Instruction) -> Executed:
    """What its Safe says once it executed it."""
    return Executed(*rail.execution(table.desk.artefacts.get(bytes.fromhex(instruction.artefact))))


def place(table: Table, vault: str) -> str:
    """A Safe's address."""
    found = table.desk.state.roster.vault(vault)
    assert isinstance(found, SafeVault)
    return found.address


async def held(table: Table, node: EthereumNode) -> dict[str, tuple[int, int, int]]:
    """What each Safe has on its chain: its nonce, dollars, euros."""
    tokens = [each.rsplit(":", 1)[1] for each in (table.stage.outside.token(), table.stage.outside.euro())]
    found = {}
    for vault in (cast.SELLER.safe, cast.BUYER.safe):
        where = place(table, vault)
        dollars, euros = [await node.token_balance(token, where) for token in tokens]
        found[vault] = (await node.safe_nonce(where), dollars, euros)
    return found


BEFORE = {cast.SELLER.safe: (0, 0, EUROS), cast.BUYER.safe: (0, cast.TOKENS, 0)}
AFTER = {cast.SELLER.safe: (1, DOLLARS, 0), cast.BUYER.safe: (1, cast.TOKENS - DOLLARS, EUROS)}
EURO_TOKEN = Address(EURO)


async def executed_by_a_stranger(table: Table, cycle: str, vault: str) -> str:
    """Somebody who saw a finished Safe transaction sends it, alone; the stranger's transaction. Embedded chain only."""
    done = releasing.finish(table.desk, leg(table, cycle, vault))
    return await table.stage.ethereum.broadcast(eip55.checksum(eip55.parse(done.to)), done.raw)
