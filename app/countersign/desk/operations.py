"""What an operations officer does alone: reconcile, file batches, recall loans, prepare instructions, see legs through.

- What is shown was found by this machine: its own replica, its own nodes. The desk finds it again with its own before it
  signs (`vouching`, `reconciliation.confirm`).
- The newest log is taken in before anything is judged, and again once something was logged.
- A released settlement is seen through from here: sent, sent again, what the chains say logged, what failed recorded.
- What is recorded is what was shown: if the books have moved meanwhile, nothing is logged and the officer looks again.
- Refused("desk.not-operations") where the officer does not hold the role; the log would refuse it as well.

    view = await operations.reconcile()
    view = await operations.record(view)
"""

import asyncio
from collections.abc import Collection, Mapping
from functools import partial

from countersign.desk import (
    arrivals,
    deposits,
    fee_rates,
    founding,
    legs,
    lending,
    mending,
    preparing,
    reconciling,
    releasing,
)
from countersign.desk.arrivals import Sight, TakenIn
from countersign.desk.author import Author, Scribe
from countersign.desk.batch import Outcome
from countersign.desk.fee_rates import FeeRate
from countersign.desk.importing import carry_out, plan
from countersign.desk.legs import LegsView
from countersign.desk.names import asset_named
from countersign.desk.operations_views import (
    BatchView,
    LoanView,
    ReconciliationView,
    Standing,
    batch_view,
    loan_views,
    reconciliation_view,
)
from countersign.desk.ports import Clock, Mailbox, Receipt
from countersign.desk.questions import Question
from countersign.desk.reconciliation import Report, of_trades
from countersign.desk.relaying import RelayerView
from countersign.desk.replica import Replica
from countersign.desk.signing import Progress
from countersign.desk.vouching import Nodes
from countersign.desk.workplace import AtConsole, fetch_cycle
from countersign.errors import Refused
from countersign.settlement import renewing
from countersign.settlement.roster import Role


class Operations:
    """One officer's console, as far as the role of operations goes. `nodes`: this console's own; none where it has none."""

    def __init__(
        self, replica: Replica, mailbox: Mailbox, author: Author, scribe: Scribe, clock: Clock, nodes: Nodes
    ) -> None:
        self._desk = AtConsole(replica, mailbox, scribe, nodes)
        self._author = author
        self._clock = clock
        self._trades: dict[str, bytes] = {}  # trade files that were compared here, by SHA-256

    def standing(self) -> Standing:
        """Whether this officer may do any of it, and which chains this console cannot see."""
        roster, nodes = self._desk.state.roster, self._desk.nodes
        person = roster.officers.get(self._author.id)
        chains = sorted({vault.chain for vault in roster.vaults.values()})
        silent = tuple(chain for chain in chains if chain not in nodes.bitcoin and chain not in nodes.ethereum)
        return Standing(person is not None and Role.OPERATIONS in person.roles, silent)

    async def reconcile(self, trades: bytes | None = None) -> ReconciliationView:
        """The ledger against every vault on its chain, or the log against a participant's trade file. Logs nothing.

        Malformed("desk.trade-file-…"); Refused("settlement.unknown-participant"); Unavailable("desk.no-node", chains.*).
        """
        await self._begin()
        report = await self._compared(trades)
        if trades is not None:
            self._trades = {report.file: trades}
        return reconciliation_view(self._desk.state, report)

    async def record(self, shown: ReconciliationView) -> ReconciliationView:
        """Log a comparison that was shown. Refused("desk.reconciliation-moved") if the books have moved since."""
        await self._begin()
        trades, before = self._trades.get(shown.report.file), shown.report
        again = await self._compared(trades)
        if (again.lasting, again.trades) != (before.lasting, before.trades):
            raise Refused("desk.reconciliation-moved", found=len(again.lasting), shown=len(before.lasting))
        receipt = await reconciling.log(self._desk, self._author, again, trades)
        await self._desk.synchronise()
        return reconciliation_view(self._desk.state, again, receipt.index)

    async def judge_batch(self, files: Mapping[str, bytes]) -> BatchView:
        """What each item of a batch is, and whether it would be filed. Files nothing. Malformed("desk.batch-too-large")."""
        await self._begin()
        state, now = self._desk.state, max(self._clock.now_ms(), self._desk.state.time_ms) // 1_000
        items = await asyncio.to_thread(plan, state, self._desk.archive.record, files, now)
        return await asyncio.to_thread(batch_view, state, files, items)

    async def file_batch(self, shown: BatchView, progress: Progress) -> BatchView:
        """File what was shown as new of a batch, judged again as it is filed; what became of each item."""
        await self._begin()
        new = frozenset(each.item.name for each in shown.items if each.item.outcome is Outcome.NEW)
        items = await carry_out(self._desk, self._author, shown.files, progress, new)
        await self._desk.synchronise()
        return await asyncio.to_thread(partial(batch_view, self._desk.state, shown.files, items, filed=True))

    async def arrivals(self) -> TakenIn:
        """What this console's nodes see and the log has not (`arrivals.look`). Logs nothing."""
        await self._begin_arrivals()
        return await arrivals.look(self._desk)

    async def take_in(self, only: Collection[str] | None = None) -> TakenIn:
        """Observe what is on its way and credit what came in, as this console's nodes see it: all, or what has these keys.

        Raises as `arrivals.take_in`.
        """
        await self._begin_arrivals()
        found = await arrivals.take_in(self._desk, self._author, only)
        await self._desk.synchronise()
        return found

    async def find_payment(self, vault: str, asset: str, reference: str) -> Sight:
        """One payment into a Safe by its reference `0x<transaction>:<log>`, as this console's node sees it; logs nothing.

        `asset` is its id or its symbol. Malformed("desk.deposit-reference"); Refused("desk.not-a-safe"), as
        `deposits.payment` and `names.asset_named`.
        """
        await self._begin()
        known, spelt = asset_named(self._desk.state.roster, asset), deposits.spelt(reference)
        return await arrivals.payment(self._desk, vault, known, spelt)

    async def credit(self, vault: str, asset: str, reference: str) -> Receipt:
        """Credit such a payment. Raises as `find_payment`, and as `founding.credit_payment`."""
        await self._begin()
        known, spelt = asset_named(self._desk.state.roster, asset), deposits.spelt(reference)
        receipt = await founding.credit_payment(self._desk, self._author, vault, known, spelt)
        await self._desk.synchronise()
        return receipt

    async def _begin_arrivals(self) -> None:
        await self._begin()
        state = self._desk.state
        await self._desk.fetch(each.artefact for each in state.instructions.values() if each.shares)

    def loans(self) -> tuple[LoanView, ...]:
        """Every loan to the custodian's pool, and whether it can be recalled now."""
        return loan_views(Question(self._desk.state, self._desk.scribe, self._clock.now_ms()))

    async def recall(self, loan: str, reason: str) -> LoanView:
        """End a loan: what is out comes home, and the pool pays what it owes if it can; the loan after it.

        Refused: "settlement.unknown-loan", "settlement.loan-over", "settlement.frozen-account".
        """
        await self._begin()
        await lending.recall(self._desk, self._author, loan, reason)
        await self._desk.synchronise()
        return next(each for each in self.loans() if each.id == loan)

    def to_prepare(self, contract: str) -> bool:
        """Whether the contract's closed cycle wants an instruction that may be prepared now."""
        return bool(renewing.of_contract(self._desk.state, contract, self._clock.now_ms() // 1_000))

    async def fee_rate(self, contract: str) -> FeeRate | None:
        """What this console's node estimates for the Bitcoin transactions of the contract's cycle; None where it has none."""
        return await fee_rates.of_contract(self._desk, contract)

    async def prepare(self, contract: str, rate: int) -> int:
        """Prepare what the contract's cycle still lacks; how many instructions were logged. `rate`: satoshis a vbyte.

        Raises as `preparing.prepare`; Refused("desk.no-cycle").
        """
        await self._begin()
        await self._desk.fetch(each.artefact for each in self._desk.state.instructions.values())
        cycle = self._desk.state.contract(contract).cycle
        if cycle is None:
            raise Refused("desk.no-cycle", contract=contract)
        done = await preparing.prepare(self._desk, self._author, cycle, rate=rate)
        await self._desk.synchronise()
        return len(done)

    def on_chains(self, contract: str) -> bool:
        """Whether a settlement is between its release and its end."""
        return legs.on_chains(self._desk.state, contract)

    async def look(self, contract: str) -> LegsView:
        """Every leg of a released settlement as this console's nodes have it. Logs nothing. Raises as `legs.look`."""
        await self._begin(contract)
        return await legs.look(self._desk, contract, self._clock.now_ms())

    async def observe(self, contract: str) -> LegsView:
        """Log what the nodes say that is not logged yet; the legs after it. Refused: what the desk sees otherwise."""
        await self._begin(contract)
        await releasing.observe(self._desk, self._cycle(contract), self._author)
        return await self.look(contract)

    async def send(self, contract: str, reason: str) -> LegsView:
        """Send what was released and is nowhere on its chain, first or again; the legs after it. Raises as `mending.retry`.

        What went out before a chain refused another is in the log: look again.
        """
        await self._begin(contract)
        await mending.retry(self._desk, self._cycle(contract), self._author, reason)
        return await self.look(contract)

    async def raise_fees(self, contract: str, reason: str) -> LegsView:
        """Replace what waits on Ethereum by the same calls with higher fees; the legs after it. Raises as `mending.raise_fees`."""
        await self._begin(contract)
        await mending.raise_fees(self._desk, self._cycle(contract), self._author, reason)
        return await self.look(contract)

    async def relayers(self, contract: str | None = None) -> tuple[RelayerView, ...]:
        """The accounts that send from this console, as its nodes tell them; of a contract's chains only, where one is given.

        Refused("E11.relayer-registered", "chains.other-chain"); Unavailable: chains.*.
        """
        nodes, state = self._desk.nodes.ethereum, self._desk.state
        if contract is not None:
            chains = {each.group.chain for each in state.live(state.cycle(self._cycle(contract)))}
            nodes = {chain: node for chain, node in nodes.items() if chain in chains}
        found = [await each.relayer() for _, each in sorted(nodes.items())]
        return tuple(each for each in found if each is not None)

    async def cancel(self, transaction: str) -> str:
        """Replace a relayer's transaction that waits by an empty one; that one's id. Refused("chains.not-relayed", …)."""
        for chain in [each.chain for each in await self.relayers() if transaction in each.transactions]:
            return await self._desk.ethereum(chain).cancel(transaction)
        raise Refused("desk.not-waiting", transaction=transaction)

    async def record_failure(self, contract: str, instruction: str, reason: str) -> LegsView:
        """Log that a leg failed though another was delivered; the legs after it. Raises as `mending.record_failure`."""
        await self._begin(contract)
        await mending.record_failure(self._desk, self._author, instruction, reason)
        return await self.look(contract)

    def _cycle(self, contract: str) -> str:
        return legs.cycle_of(self._desk.state, contract).id

    async def _compared(self, trades: bytes | None) -> Report:
        if trades is not None:
            return await asyncio.to_thread(of_trades, self._desk.state, trades)
        return await reconciling.reconcile(self._desk)

    async def _begin(self, contract: str | None = None) -> None:
        """The newest log, the role, and the artefacts of what is under way: all of one settlement where one is named."""
        await self._desk.synchronise()
        if not self.standing().may:
            raise Refused("desk.not-operations", officer=self._author.id)
        if contract is not None:
            await fetch_cycle(self._desk, self._cycle(contract))
            return
        await self._desk.fetch(each.artefact for each in self._desk.state.instructions.values() if each.transaction)
