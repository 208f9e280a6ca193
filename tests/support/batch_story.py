"""The story with two contracts in one netted cycle: the buyer's Safe owes dollars and euros, and pays both in one SafeTx.

table = batch_table(tmp_path)
await table.until("step-final")
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from countersign.chains.outside import EURO
from countersign.demonstration import cast
from countersign.demonstration.story import Story
from countersign.desk import ceremony, deals, founding, releasing
from countersign.desk.ceremony import Keyring
from countersign.formats import eip55
from support.software_stage import SoftwareStage, Table

EURC = f"{cast.ETHEREUM}/erc20:{eip55.checksum(EURO)}"
EUROS = 3_200_000_000_000
DOLLARS = 16_000_000_000_000
FIRST, SECOND = 20_000_000_000, 5_000_000_000  # satoshis


@dataclass(slots=True)
class BatchStory(Story):
    """200 BTC for 16,000,000 USDC, and 50 BTC for 3,200,000 EURC, settled together."""

    contracts: list[str] = field(default_factory=list)

    def founding_body(self, cold: Keyring) -> dict[str, object]:
        """Euros are admitted too."""
        body = Story.founding_body(self, cold)
        assets = body["assets"]
        assert isinstance(assets, list)
        assets.append({"id": EURC, "symbol": "EURC", "decimals": 6})
        return body

    async def _deposit(self) -> None:
        await Story._deposit(self)
        desk = self.stage.desk
        safe = ceremony.registered_address(desk.state.roster.vaults[cast.BUYER.safe], 0)
        paid = self.stage.outside.pay_tokens(safe, EUROS, EURC)
        await founding.publish_price(desk, EURC, "1.25", "Northgate reference")
        await founding.credit_payment(desk, self._author("operations"), cast.BUYER.safe, EURC, paid)

    async def agree(self) -> None:
        """Both contracts arrive signed, are endorsed and held, and their cycle is closed."""
        desk, parties = self.stage.desk, [self._author(each.token) for each in cast.PARTICIPANTS]
        sale = self.sale("MH-2026-0001")
        dollars = replace(
            sale,
            usd=16_000_000,
            first=replace(sale.first, amount=FIRST),
            second=replace(sale.second, amount=DOLLARS),
        )
        euros = replace(
            sale,
            id="MH-2026-0002",
            usd=4_000_000,
            first=replace(sale.first, amount=SECOND),
            second=replace(sale.second, asset=EURC, amount=EUROS),
        )
        for each in (dollars, euros):
            data = await deals.sign_contract(deals.spot_terms(cast.ORIGIN, each), parties)
            found, _ = await deals.import_contract(desk, self._author("operations"), data)
            self.contracts.append(found.hash)
        self.sold, self.contract = dollars, self.contracts[0]
        await desk.put_artefact(self.stage.legal_text)
        for contract in self.contracts:
            await deals.endorse(desk, self._author("compliance"), contract)
            await deals.place_holds(desk, contract)
        await deals.close_cycle(desk, self.cycle, self.contracts)

    async def finish(self) -> None:
        """Observed, confirmed by both parties for both contracts, final."""
        desk = self.stage.desk
        await releasing.observe(desk, self.cycle, self._author("operations"))
        for contract in self.contracts:
            for each in cast.PARTICIPANTS:
                await releasing.confirm_delivery(desk, contract, self._author(each.token))
        await releasing.make_final(desk, self.cycle)
        await self.console().synchronise()
        self.books = await releasing.books(desk, (cast.BTC, self.stage.outside.token(), EURC))


def batch_table(folder: Path) -> Table:
    """The story that has not begun."""
    stage = SoftwareStage(folder)
    return Table(stage, BatchStory(stage, folder / "out"))
