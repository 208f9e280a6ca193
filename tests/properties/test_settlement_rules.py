"""Rules 1–4, 6–9 and 12 of the settlement machine over random histories: valid, early, late, repeated and forged commands.

Each step tries one event; the machine takes or refuses it. After every step each rule is checked from the outside, from
the ledger's balances and the records' facts, and the history is replayed to the same state at the end.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from countersign.errors import CountersignError
from countersign.settlement import builder, machine
from countersign.settlement.contract import Notional
from countersign.settlement.fingerprint import state_hash
from countersign.settlement.ledger import Account
from countersign.settlement.records import ContractRecord, ContractState
from support import settlement_world as world
from support.settlement_world import BTC, OWNERS, USDC, Desk, Step, Trade

ENDED = {ContractState.FINAL, ContractState.CANCELLED, ContractState.DECLINED}
HOLDING = set(list(ContractState)[3:9])
FORWARD = {
    "contract.affirmed",
    "contract.endorsed",
    "hold.placed",
    "cycle.closed",
    "instruction.prepared",
    "share.added",
    "release.authorised",
}
OFFICERS = ("officer-a", "officer-c", "officer-d", "operations")


def small_trade(number: int, usd: int, price: str, mutual: bool) -> Trade:
    """A contract of `usd` dollars at `price`, Meridian's bitcoin against Harbour's dollars."""
    terms = world.terms(number)
    scale = int(price)
    legs = (
        world.replace(terms.legs[0], amount=usd * 10**8 // scale),
        world.replace(terms.legs[1], amount=usd * 10**6),
    )
    finality = world.replace(terms.finality, mutual=mutual)
    notional = Notional(usd, price, "Northgate reference")
    return Trade(number, world.signed_contract(world.replace(terms, legs=legs, notional=notional, finality=finality)))


class Histories(RuleBasedStateMachine):
    """One desk, up to a dozen contracts, events in any order."""

    trades = Bundle("trades")

    def __init__(self) -> None:
        super().__init__()
        self.desk: Desk = Desk()
        self.deposited = {BTC: 0, USDC: 0}
        self.suspended: set[str] = set()
        self.orders: dict[str, str | None] = {}  # order → the contract that it names, None: all of them
        self.ended: dict[str, tuple[object, ...]] = {}
        self.numbers = 0
        self.judged_final: set[str] = set()

    @initialize(target=trades, mutual=st.booleans())
    def found(self, mutual: bool) -> Any:
        """A desk with two agreed contracts; the deposits cover about five."""
        self.desk = world.founded(bitcoin=700_000_000, dollars=600_000_000_000)
        self.deposited = {BTC: 700_000_000, USDC: 600_000_000_000}
        self.numbers = 2
        entry = world.officer_entry("officer-d") | {"roles": ["administrator", "operations", "vault"]}
        self.desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), "officers": [entry]})
        pair = [small_trade(1, 100_000, "80000", mutual), small_trade(2, 160_000, "80000", not mutual)]
        for trade in pair:
            assert self.attempt(("contract.affirmed", ["operations"], builder.contract_body(trade.contract)))
        return multiple(*pair)

    def attempt(self, step: Step, **changes: Any) -> bool:
        """Log the event if the machine takes it; a refusal leaves the state as it was."""
        before = self.desk.state
        stopped = {record.hash: record.state for record in self.records(self.stopped)}
        try:
            self.desk.log(*step, **changes)
        except CountersignError:
            assert self.desk.state is before
            return False
        for name, stood in stopped.items():
            now = self.desk.state.contracts[name].state
            assert now is stood or step[0] not in FORWARD, (step[0], stood, now)
        if step[0] == "settlement.final":
            self.check_final()
        return True

    def stopped(self, record: ContractRecord) -> bool:
        """Rule 12: whether an order or a dispute stops the contract, by what this history did."""
        named = None in self.orders.values() or record.hash in self.orders.values()
        return named or record.state is ContractState.DISPUTED

    @rule(trade=trades, wide=st.booleans(), lifted=st.sampled_from([True, True, False]))
    def order(self, trade: Trade, wide: bool, lifted: bool) -> None:
        """An order stops a contract, or everything that moves bitcoin; whatever is tried then, it goes no further."""
        self.numbers += 1
        name = f"order-{self.numbers}"
        scope: dict[str, object] = {"asset": BTC} if wide else {"contract": trade.hash}
        assert self.attempt(world.freeze_step(name, **scope))
        self.orders[name] = None if wide else trade.hash
        for step in [*self.steps(trade, OFFICERS), *self.asides(trade)]:
            self.attempt(step)
        for other in list(self.orders) if lifted else []:
            assert self.attempt(world.lift_step(other))
            del self.orders[other]
        assert set(self.desk.state.freezes) == set(self.orders)

    @rule(
        trade=trades,
        opener=st.sampled_from(sorted(OWNERS)),
        ended=st.sampled_from(["retracted", "cancel", "resume", ""]),
    )
    def dispute(self, trade: Trade, opener: str, ended: str) -> None:
        """A dispute is opened and, but for some, ends."""
        self.attempt(world.dispute_step(trade.hash, opener))
        for step in [*self.steps(trade, OFFICERS), *self.asides(trade)]:
            self.attempt(step)
        body = {"contract": trade.hash, "reason": "Settled by telephone."}
        if ended == "retracted":
            self.attempt(("dispute.retracted", [opener], body))
        elif ended:
            self.attempt(("dispute.resolved", sorted(OWNERS), {**body, "outcome": ended}))

    @rule(owner=st.sampled_from(sorted(OWNERS)), asset=st.sampled_from([BTC, USDC]), units=st.integers(1, 10**9))
    def deposit(self, owner: str, asset: str, units: int) -> None:
        self.numbers += 1
        body = world.deposit_body(owner, asset, units, 100 + self.numbers)
        assert self.attempt(("deposit.credited", ["desk", "operations"], body))
        self.deposited[asset] += units
        assert not self.attempt(("deposit.credited", ["desk", "operations"], body))

    @rule(hours=st.integers(0, 5))
    def wait(self, hours: int) -> None:
        self.desk.now_ms += hours * 3_600_000

    @rule(owner=st.sampled_from(sorted(OWNERS)), suspended=st.booleans())
    def suspend(self, owner: str, suspended: bool) -> None:
        entry = world.participant_entry(owner, suspended=suspended)
        body = {**world.no_entries(), "participants": [entry]}
        assert self.attempt(("roster.changed", ["compliance", "officer-d"], body))
        (self.suspended.add if suspended else self.suspended.discard)(owner)

    @rule(
        target=trades,
        usd=st.sampled_from([99_000, 100_000, 104_000, 160_000]),
        price=st.sampled_from(["80000", "80000", "80800", "78000"]),
        mutual=st.booleans(),
    )
    def agree(self, usd: int, price: str, mutual: bool) -> Any:
        """Rules 7 and 8, judged here independently of the machine."""
        self.numbers += 1
        trade = small_trade(self.numbers, usd, price, mutual)
        open_still = self.desk.now_ms // 1_000 <= trade.contract.terms.settle_by
        worth = trade.contract.terms.legs[0].amount * 80_000
        near = abs(usd * 10**8 - worth) * 100 <= worth
        stopped = None in self.orders.values()
        fine = usd >= 100_000 and near and not self.suspended and open_still and not stopped
        taken = self.attempt(("contract.affirmed", ["operations"], builder.contract_body(trade.contract)))
        assert taken == fine
        return trade if taken else multiple()

    @rule(trade=trades, events=st.integers(1, 30))
    def move_on(self, trade: Trade, events: int) -> None:
        """What a willing desk does next, so many events of it."""
        for _ in range(3):  # more can be written once the cycle is closed, and once instructions are prepared
            for step in self.steps(trade, ("officer-a", "officer-c")):
                events -= self.attempt(step)
                if events <= 0:
                    return

    @rule(trade=trades, officers=st.sampled_from([("officer-a", "officer-d"), ("officer-c", "officer-d")]))
    def rush(self, trade: Trade, officers: tuple[str, str]) -> None:
        """Everything but looking at the chains, with another pair of officers."""
        for _ in range(3):
            for step in self.steps(trade, officers):
                if step[0] != "transaction.observed":
                    self.attempt(step)

    @rule(trade=trades)
    def late_messages(self, trade: Trade) -> None:
        """What would undo a settlement, after its end."""
        if self.desk.stands(trade) in ENDED:
            for step in self.asides(trade):
                self.attempt(step)

    @rule(trade=trades, data=st.data())
    def any_event(self, trade: Trade, data: st.DataObject) -> None:
        """Some event of the story or beside it, whether its time has come or not."""
        steps = [*self.steps(trade, OFFICERS), *self.asides(trade)]
        self.attempt(data.draw(st.sampled_from(steps)))

    @rule(
        trade=trades, data=st.data(), signer=st.sampled_from(["operations", "officer-a", "harbour", "desk", "nobody"])
    )
    def forged(self, trade: Trade, data: st.DataObject, signer: str) -> None:
        """An event signed by one who may not; where a lone signer may, it is an event like another."""
        kind, names, body = data.draw(st.sampled_from(self.steps(trade, OFFICERS)))
        taken = self.attempt((kind, [signer], body))
        assert not taken or names == [signer] or kind == "delivery.confirmed"

    @precondition(lambda self: len(self.desk.entries) > 8)
    @rule(data=st.data())
    def replayed(self, data: st.DataObject) -> None:
        """An old event, logged again at a later place."""
        old = data.draw(st.sampled_from(self.desk.entries))
        again = machine.Entry(len(self.desk.entries), max(old.time_ms, self.desk.state.time_ms), old.event)
        before = state_hash(self.desk.state)
        state = machine.replay([again], self.desk.state)
        assert state_hash(state) == before
        assert again.index in state.faults

    def steps(self, trade: Trade, officers: tuple[str, ...]) -> list[Step]:
        """The story's events that can be written now, in its order."""
        found: list[Step] = [("contract.endorsed", ["compliance"], {"contract": trade.hash})]
        for leg in (0, 1):
            found.append(("hold.placed", ["desk"], builder.hold_body(trade.contract.terms, trade.hash, leg)))
        found.append(("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], world.START)))
        state = self.desk.state
        if trade.cycle not in state.cycles:
            return found
        live = state.live(state.cycle(trade.cycle))
        if len(live) < 2:
            preparer = "operations" if trade.number % 2 else "officer-d"  # who may also sign, but not here
            found.append(("instruction.prepared", [preparer], world.psbt_body(trade)))
            found.append(("instruction.prepared", [preparer], self.desk.safe_body(trade)))
            return found
        psbt, safe = live[0].hash, live[1].hash
        for officer in officers:
            if officer != "operations":
                found.append(world.share_step(psbt, officer, "meridian-btc"))
                found.append(world.share_step(safe, officer, "harbour-safe"))
        found.append(("release.authorised", ["operations", "compliance"], world.release_body(trade, psbt, safe)))
        return found + self.chain_steps(trade, psbt, safe)

    def chain_steps(self, trade: Trade, psbt: str, safe: str) -> list[Step]:
        """What happens after the release."""
        names, found = ["desk", "operations"], []
        both = ((psbt, trade.bitcoin_transaction, 1_410), (safe, trade.ethereum_transaction, None))
        for name, transaction, _ in both:
            found.append(("transaction.broadcast", names, world.broadcast_body(name, transaction)))
        for confirmations in (1, 3):
            for name, transaction, fee in both:
                body = world.observed_body(name, transaction, confirmations, fee)
                found.append(("transaction.observed", names, body))
        for owner in OWNERS:
            found.append(("delivery.confirmed", [owner], {"contract": trade.hash}))
        found.append(("settlement.final", ["desk"], {"cycle": trade.cycle}))
        return found

    def asides(self, trade: Trade) -> list[Step]:
        """What leaves the story, or never belonged to it."""
        reason = {"contract": trade.hash, "reason": "Changed our minds."}
        found: list[Step] = [
            ("contract.cancelled", ["harbour", "meridian"], reason),
            ("contract.declined", ["compliance"], reason),
            ("contract.affirmed", ["operations"], builder.contract_body(trade.contract)),
            ("hold.released", ["desk"], {**reason, "leg": 0}),
            ("hold.released", ["desk"], {**reason, "leg": 1}),
        ]
        state = self.desk.state
        for instruction in state.live(state.cycles[trade.cycle]) if trade.cycle in state.cycles else ():
            vault = instruction.group.vaults[0]
            body = world.share_body(instruction.hash, "officer-d", vault)
            found.append(("share.added", ["desk", "officer-a"], body))  # another officer's keys
        if trade.cycle in state.cycles:
            found.append(("instruction.prepared", ["operations"], world.psbt_body(trade)))
        return found

    def records(self, which: Callable[[ContractRecord], bool] = lambda record: True) -> list[ContractRecord]:
        return [record for record in self.desk.state.contracts.values() if which(record)]

    @invariant()
    def rule_1_conservation(self) -> None:
        ledger = self.desk.state.ledger
        fees = sum(
            fee
            for record in self.records(lambda record: record.state is ContractState.FINAL)
            for instruction in self.desk.state.live(self.desk.state.cycle(record.cycle or ""))
            for _, fee in (instruction.observed.fees if instruction.observed else ())
        )
        sums = ledger.sums()
        assert sums.get(BTC, 0) == self.deposited[BTC] - fees
        assert sums.get(USDC, 0) == self.deposited[USDC]
        assert ledger.balances_with_totals()
        assert all(min(each.available, each.held, each.frozen) >= 0 for each in ledger.balances.values())

    @invariant()
    def rule_2_no_counterparty_risk(self) -> None:
        held: dict[Account, int] = {}
        frozen: dict[Account, int] = {}
        for record in self.records(lambda record: record.state not in ENDED):
            if record.state in HOLDING:
                assert len(record.holds) == len(record.terms.legs)
            for position, hold in record.holds.items():
                leg = record.terms.legs[position]
                owner = record.terms.payer(leg)
                cap = dict(record.terms.fees).get(leg.asset, 0)
                assert hold.amount + hold.fee_amount == leg.amount + cap
                account = Account(owner.lei, owner.book, leg.asset)
                pocket = frozen if record.state is ContractState.DISPUTED else held
                pocket[account] = pocket.get(account, 0) + leg.amount + cap
        balances = self.desk.state.ledger.balances
        assert {account: balance.frozen for account, balance in balances.items() if balance.frozen} == frozen
        assert {account: balance.held for account, balance in balances.items() if balance.held} == held

    @invariant()
    def rule_3_delivery_if_and_only_if_payment(self) -> None:
        state = self.desk.state
        for cycle in state.cycles.values():
            missing = [state.missing(each) for each in state.live(cycle)]
            if 0 in missing:
                assert len(missing) == len(cycle.groups)
                assert max(missing) <= 1
            if cycle.released is not None:
                assert missing == [0] * len(cycle.groups)

    @invariant()
    def rule_4_four_eyes(self) -> None:
        for cycle in self.desk.state.cycles.values():
            live = self.desk.state.live(cycle)
            preparers = {instruction.preparer for instruction in live}
            for instruction in live:
                for vault in instruction.group.vaults:
                    signers = instruction.signers(vault)
                    assert len(signers) == len(set(signers)) <= 2
                    assert not preparers & set(signers)

    @invariant()
    def rule_6_what_ended_stays_ended(self) -> None:
        for record in self.records(lambda record: record.state in ENDED):
            facts = (record.state, record.causes, record.holds, record.terms)
            assert self.ended.setdefault(record.hash, facts) == facts

    @invariant()
    def rule_7_minimum_notional(self) -> None:
        assert all(record.terms.notional.usd >= 100_000 for record in self.records())

    def check_final(self) -> None:
        """Rule 9, when it becomes final: what a chain takes back later reverses nothing."""
        state = self.desk.state
        for record in self.records(lambda record: record.state is ContractState.FINAL):
            if record.hash in self.judged_final:
                continue
            self.judged_final.add(record.hash)
            seen = [
                each.observed.confirmations if each.observed else 0
                for each in state.live(state.cycle(record.cycle or ""))
            ]
            assert min(seen) >= 1
            mutual = record.terms.finality.mutual and len(record.confirmed) == 2
            assert mutual or (seen[0] >= 3 and seen[1] >= 2)

    @invariant()
    def rule_9_what_is_received_early_is_there(self) -> None:
        state = self.desk.state
        early = {account: units for account, units in state.unconfirmed.items() if units}
        assert all(units <= state.ledger.balance(account).total for account, units in early.items())

    def teardown(self) -> None:
        again = machine.replay(self.desk.entries)
        assert not again.faults
        assert state_hash(again) == state_hash(self.desk.state)


Histories.TestCase.settings = settings(
    max_examples=50,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


class TestRulesOverRandomHistories(Histories.TestCase):  # type: ignore[name-defined,misc]
    """The everyday run; `HYPOTHESIS_PROFILE` and max_examples make it as long as one likes."""
