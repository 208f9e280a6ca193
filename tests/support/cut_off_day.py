"""A day with a cut-off at 16:00 on the software stage: sales between Meridian and Harbour, top-ups, the desk's closing.

day = await CutOffDay.begin(table)
one = await day.agree("MH-1", btc=10_000_000_000)      # both sign, imported, endorsed
closed = await day.close_at("16:00")
"""

from dataclasses import dataclass, replace
from typing import Self

import pytest

from countersign.demonstration import cast
from countersign.desk import ceremony, cycles, deals, founding
from countersign.desk.cycles import Closed
from countersign.desk.deals import Sale, Side
from countersign.desk.ports import Receipt
from countersign.desk.rounds import Round
from countersign.errors import Refused
from countersign.formats import times
from countersign.rails import bitcoin as rail
from countersign.settlement import events
from countersign.settlement.bodies import HoldPlaced
from support.software_stage import START, Table

DAY = times.text(START)[:10]


@dataclass
class CutOffDay:
    """A founded desk at nine o'clock; prices 80,000 dollars a bitcoin and one dollar a dollar."""

    table: Table
    last: Round | None = None

    @classmethod
    async def begin(cls, table: Table) -> Self:
        """Founded, with the story's deposits: Meridian 265 bitcoin, Harbour 25,000,000 dollars."""
        return cls(await table.until("step-found"))

    def at(self, clock: str) -> int:
        """Set the clock to an hour of the day; the moment."""
        self.table.stage.clock.seconds = times.parse(f"{DAY}T{clock}:00Z")
        return self.table.stage.clock.seconds

    def sale(self, name: str, btc: int, *, back: bool = False) -> Sale:
        """Meridian's bitcoin (satoshis) against Harbour's dollars; with `back` the other way round."""
        sale, dollars = self.table.story.sale(name), btc // 100 * 80_000
        places = {
            (place.owner.lei, account.split(":", 1)[0]): account
            for account, place in self.table.desk.state.roster.destinations.items()
            if place.owner.book == "main"
        }
        seller, buyer = (cast.BUYER, cast.SELLER) if back else (cast.SELLER, cast.BUYER)
        first = Side(seller.lei, cast.BTC, btc, places[buyer.lei, "bip122"])
        second = Side(buyer.lei, sale.second.asset, dollars, places[seller.lei, "eip155"])
        return replace(sale, first=first, second=second, usd=dollars // 10**6, not_before=START - 3_600)

    async def agree(self, name: str, btc: int, *, back: bool = False) -> str:
        """A contract that both signed, imported and endorsed; its hash."""
        table, terms = self.table, deals.spot_terms(cast.ORIGIN, self.sale(name, btc, back=back))
        data = await deals.sign_contract(terms, [table.author(each.token) for each in cast.PARTICIPANTS])
        found, _ = await deals.import_contract(table.desk, table.author("operations"), data)
        await deals.endorse(table.desk, table.author("compliance"), found.hash)
        return found.hash

    async def top_up(self, vault: str, satoshis: int, slot: int = 0) -> None:
        """Somebody pays a Bitcoin vault, and the desk credits it."""
        table = self.table
        address = ceremony.registered_address(table.desk.state.roster.vault(vault), slot)
        table.stage.bitcoin.fund(rail.script_at(f"{cast.BITCOIN}:{address}"), satoshis)
        await founding.credit_coins(table.desk, table.author("operations"), vault, cast.BTC)

    async def close_at(self, clock: str, **changes: str) -> Closed:
        """The desk closes what there is to close at an hour of the day."""
        self.at(clock)
        return await cycles.close(self.table.desk, self.table.author("operations"), **changes)

    def stands(self, contract: str) -> str:
        """Where a contract stands."""
        return self.table.desk.state.contract(contract).state.value

    def refuse_second_hold(self, contract: str, patch: pytest.MonkeyPatch) -> None:
        """The desk's hand refuses the hold of this contract's second leg, as for an order that came between."""
        sequencer = self.table.desk.sequencer
        submit = sequencer.submit

        async def refusing(event: bytes) -> Receipt:
            body = events.parse(event).body
            if isinstance(body, HoldPlaced) and (body.contract, body.leg) == (contract, 1):
                raise Refused("settlement.wrong-state", contract=contract, state="frozen")
            return await submit(event)

        patch.setattr(sequencer, "submit", refusing)
