"""The vaults at one console: their pages, one place's address, what lies in them beside the ledger, whose an address is.

- Pages and addresses come from this machine's replica alone; only `holdings` asks its nodes, one chain after another.
- A chain whose node is absent or silent says so, and the others are shown all the same.
- Holdings are compared by the function that reconciliation uses (`reconcile`); nothing is logged.

    view = await book.holdings(progress)
"""

import asyncio
from collections.abc import Callable

from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.desk import reconcile, vault_addresses, vault_pages
from countersign.desk.ports import Clock
from countersign.desk.vault_pages import Uses
from countersign.desk.vault_views import AddressFound, HoldingLine, HoldingsView, PlaceView, VaultsView
from countersign.desk.workplace import AtConsole
from countersign.errors import CountersignError, Unavailable
from countersign.settlement.records import Instruction
from countersign.settlement.state import State

Progress = Callable[[int, int], None]


class VaultBook:
    """What one officer's console says of the vaults."""

    def __init__(self, place: AtConsole, clock: Clock) -> None:
        self._desk = place
        self._clock = clock
        self._made: tuple[State, Uses, VaultsView] | None = None
        self._paid: dict[str, frozenset[bytes]] = {}  # the scriptPubKeys that a prepared PSBT pays, by its SHA-256

    async def view(self) -> VaultsView:
        """Every vault of the roster."""
        return (await asyncio.to_thread(self._now))[2]

    async def place(self, vault: str, number: int) -> PlaceView:
        """One place of a vault. Refused("settlement.unknown-vault", "bitcoin.no-such-place")."""

        def look() -> PlaceView:
            state, known, _ = self._now()
            return vault_pages.place(state, state.roster.vault(vault), number, known)

        return await asyncio.to_thread(look)

    async def check_address(self, text: str) -> AddressFound:
        """What a typed address is to this custody."""
        return await asyncio.to_thread(vault_addresses.check, self._desk.state, text)

    async def holdings(self, progress: Progress) -> HoldingsView:
        """What lies in every vault by this console's own nodes, beside the ledger. Logs nothing; raises nothing of a node's."""
        state = self._desk.state
        await self._desk.fetch(each.artefact for each in state.instructions.values() if each.transaction)
        chains = sorted({each.chain for each in state.roster.vaults.values()})
        lines, silent = list[HoldingLine](), dict[str, CountersignError]()
        for done, chain in enumerate(chains):
            progress(done, len(chains))
            try:
                lines += await self._of_chain(state, chain)
            except CountersignError as error:
                silent[chain] = error
        progress(len(chains), len(chains))
        return HoldingsView(self._clock.now_ms() // 1_000, state.size, tuple(lines), silent)

    async def _of_chain(self, state: State, chain: str) -> tuple[HoldingLine, ...]:
        desk = self._desk
        seen = await reconcile.look(state, desk.archive, desk.artefacts, desk.nodes, chain)
        lines, breaks = await asyncio.to_thread(reconcile.of_chain, state, seen, chain)
        return vault_pages.holding_lines(state.roster, lines, breaks)

    def _now(self) -> tuple[State, Uses, VaultsView]:
        """The pages of the present state, made once for it."""
        state, made = self._desk.state, self._made
        if made is None or made[0] is not state:
            known = vault_pages.uses(state, self._paid_by(state))
            made = self._made = state, known, vault_pages.view(state, known)
        return made

    def _paid_by(self, state: State) -> frozenset[bytes]:
        found = (self._scripts(each) for each in state.instructions.values() if each.group.kind == "psbt")
        return frozenset[bytes]().union(*found)

    def _scripts(self, instruction: Instruction) -> frozenset[bytes]:
        """What a prepared transaction pays, as far as it is at hand: preparing one looks again before it uses a place."""
        known = self._paid.get(instruction.artefact)
        if known is None:
            try:
                data = self._desk.artefacts.get(bytes.fromhex(instruction.artefact))
            except Unavailable:
                return frozenset()
            outputs = facts(parse_psbt(data)).outputs
            known = self._paid[instruction.artefact] = frozenset(each.output.script_pubkey for each in outputs)
        return known
