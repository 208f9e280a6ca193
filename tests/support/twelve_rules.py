"""The twelve rules of DESIGN.md §6, each a predicate by its name: what must be so after any step of any history.

    for rule in RULES:
        rule(Step(command, before, after, desk, facts))      # AssertionError where it is broken

- The machine is judged from the outside, by what was logged (`Facts`) and by its records, without the reference model.
- A predicate says what must be so after a step; `Step` has the state before it, the state after it, and what was asked.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from countersign.settlement.ledger import Account
from countersign.settlement.records import ContractRecord, ContractState, Cycle
from countersign.settlement.state import State
from support import model_world, reference_model
from support import settlement_world as world
from support.model_world import Signed
from support.reference_model import CHAIN, FEE_CAP, OWNER, PRICE, QUORUM, UNIT, Command

ENDED = {
    ContractState.FINAL,
    ContractState.VOIDED,
    ContractState.CANCELLED,
    ContractState.DECLINED,
    ContractState.EXPIRED,
    ContractState.SUPERSEDED,
    ContractState.AWARDED,
}
HELD_WHOLE = set(list(ContractState)[3:9]) | {ContractState.DISPUTED, ContractState.FAILED}
FORWARD = {"affirm", "endorse", "hold", "close", "prepare", "share", "release", "withdraw", "award", "lend"}


@dataclass
class Facts:
    """What was logged so far, kept here and not by the machine."""

    credits: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)  # withdrawals and network fees
    price: dict[str, int] = field(default_factory=lambda: dict(PRICE))
    barred: dict[str, tuple[bool, int]] = field(default_factory=dict)
    orders: dict[str, tuple[str, str]] = field(default_factory=dict)
    loans: dict[str, tuple[int, int]] = field(default_factory=dict)  # units, and the day on which they were lent
    ended: dict[str, tuple[object, ...]] = field(default_factory=dict)
    reached: set[ContractState] = field(default_factory=set)

    def learn(self, command: Command, now: int) -> None:
        """An accepted command."""
        match command:
            case ("deposit", _, asset, units, *_):
                self.credits[asset] += units
            case ("publish", asset, price):
                self.price[asset] = price
            case ("participant", who, suspended, until):
                self.barred[who] = (suspended, until)
            case ("freeze", order, kind, what):
                self.orders[order] = (kind, what)
            case ("lift", order):
                del self.orders[order]
            case ("lend", loan, _, _, units, _):
                self.loans[loan] = (units, now // reference_model.DAY)


@dataclass
class Step:
    """One command that was accepted, between two states."""

    command: Command
    before: State
    after: State
    desk: Signed
    facts: Facts

    def records(self) -> list[ContractRecord]:
        return list(self.after.contracts.values())

    def cycles(self) -> list[Cycle]:
        """The cycles that are under way."""
        found = self.after.cycles.values()
        return [each for each in found if not each.called_off and each.final is None and each.voided is None]


def account(book: str, asset: str) -> Account:
    party = model_world.PARTIES[book]
    return Account(party.lei, party.book, model_world.ASSETS[asset])


def rule_1_conservation(step: Step) -> None:
    """For each asset all accounts together hold credits − withdrawals − network fees; nothing is negative."""
    ledger, left = step.after.ledger, step.facts.left
    if step.command[0] in ("final", "voided"):  # what a chain does later reverses nothing
        cycle = step.after.cycles[step.command[1]]
        for each in step.after.under_way(cycle):
            left[world.BTC] += sum(fee for _, fee in (each.observed.fees if each.observed else ()))
        for terms in (step.after.contracts[name].terms for name in cycle.contracts):
            if terms.template == "withdrawal" and step.command[0] == "final":
                left[terms.legs[0].asset] += terms.legs[0].amount
    sums: Counter[str] = Counter()
    for place, balance in ledger.balances.items():
        assert min(balance.available, balance.held, balance.frozen, balance.lent) >= 0
        sums[place.asset] += balance.available + balance.held + balance.frozen + balance.lent
    for name, asset in model_world.ASSETS.items():
        assert sums[asset] == step.facts.credits[name] - left[asset]


def rule_2_no_counterparty_risk(step: Step) -> None:
    """Whoever is held has both sides in full, fee caps included; each held or frozen unit is held for one contract."""
    expected: Counter[tuple[Account, str]] = Counter()
    for record in step.records():
        if record.state in ENDED:
            continue  # a record may remember what it held
        if record.state in HELD_WHOLE:
            assert len(record.holds) == len(record.terms.legs)
        pocket = "frozen" if record.state is ContractState.DISPUTED else "held"
        voided = record.dispute is not None and record.dispute.stood is ContractState.VOIDED
        for position, hold in record.holds.items():
            leg = record.terms.legs[position]
            before = [(each.payer, each.asset) for each in record.terms.legs[:position]]
            first = leg.asset == world.BTC and (leg.payer, leg.asset) not in before
            cap = FEE_CAP if first and not voided else 0
            assert (hold.amount, hold.fee_amount) == (leg.amount, cap)
            payer = record.terms.payer(leg)
            expected[Account(payer.lei, payer.book, leg.asset), pocket] += leg.amount + cap
    balances = step.after.ledger.balances.items()
    found = {
        (each, pocket): units for each, b in balances for pocket in ("held", "frozen") if (units := getattr(b, pocket))
    }
    assert found == dict(expected)


def rule_3_delivery_if_and_only_if_payment(step: Step) -> None:
    """No quorum is the first unless every other lacks at most its last; nothing is released without every quorum."""
    state = step.after
    for cycle in step.cycles():
        live = state.live(cycle)
        if any(each.void for each in live) or cycle.voiding or cycle.failed is not None:
            continue
        missing = [QUORUM * len(each.group.vaults) - len(each.shares) for each in live if not each.declared]
        if 0 in missing:
            assert len(live) == len(cycle.groups)
            assert max(missing) <= 1
        if cycle.released is not None:
            assert set(missing) <= {0}
    if step.command[0] in ("release", "broadcast"):
        cycle = step.after.cycles[step.command[1]] if step.command[0] == "release" else None
        for each in state.live(cycle) if cycle else [state.instructions[step.desk.hashes[step.command[1]]]]:
            assert len(each.shares) == QUORUM * len(each.group.vaults)
            assert each.released is not None


def rule_4_four_eyes(step: Step) -> None:
    """Who prepares does not sign; maker and checker are two; one officer counts once for a vault.

    Who prepared what a void ends may sign the void: it pays nobody. That payment may execute after all and count again.
    Who signed one leg may prepare another anew once it failed: what they prepare then, others sign.
    """
    if step.command[0] == "release":
        assert step.command[2] != step.command[3]
    if step.command[0] != "share":
        return
    instruction = step.after.instructions[step.desk.hashes[step.command[1]]]
    live = step.after.live(step.after.cycles[instruction.cycle])
    pays = [each for each in live if each.void or not instruction.void]
    replaced = [] if instruction.void else [old for each in live for old in step.after.replaced_by(each)]
    assert step.command[3] not in {hand for each in (*pays, *replaced) for hand in each.hands}
    for vault in instruction.group.vaults:
        signers = instruction.signers(vault)
        assert len(set(signers)) == len(signers) <= QUORUM
        assert not set(instruction.hands) & set(signers)


def rule_5_once_on_chain(step: Step) -> None:
    """One instruction a group; netting keeps each position; one unexecuted instruction a Safe; no coin twice.

    Nobody signs for a cycle that was called off: its contracts may be in another.
    """
    called_off = [each for each in step.after.cycles.values() if each.called_off]
    assert not any(each.shares for cycle in called_off for each in step.after.live(cycle))
    waiting: Counter[str] = Counter()
    coins: Counter[str] = Counter()
    for cycle in step.cycles():
        for each in step.after.under_way(cycle):
            coins.update(spend.outpoint for spend in each.spends)
            if each.nonce is not None and each.observed is None and each.executable:
                waiting[each.group.vaults[0]] += 1
    assert not waiting or max(waiting.values()) == 1
    assert not coins or max(coins.values()) == 1
    if step.command[0] == "close":
        cycle, net = step.after.cycles[step.command[1]], Counter[tuple[object, str]]()
        assert len({(group.chain, group.kind, group.vaults) for group in cycle.groups}) == len(cycle.groups)
        for name in cycle.contracts:
            terms = step.after.contracts[name].terms
            for leg in terms.legs:
                net[terms.payer(leg), leg.asset] += leg.amount
                net[terms.receiver(leg), leg.asset] -= leg.amount
        for owed in cycle.obligations:
            net[owed.payer, owed.asset] -= owed.amount
            net[owed.receiver, owed.asset] += owed.amount
        assert not any(net.values())


def rule_6_what_ended_stays_ended(step: Step) -> None:
    """Late, duplicate, reordered and revived messages move nothing that is over; what was logged is not logged again."""
    assert step.command[0] not in ("repeat", "forged")
    for record in step.records():
        step.facts.reached.add(record.state)
        if record.state in ENDED:
            facts = (record.state, record.terms, record.causes, record.final_ms)
            assert step.facts.ended.setdefault(record.hash, facts) == facts


def rule_7_minimum_notional(step: Step) -> None:
    """A sale is worth 100,000 dollars at least, and agrees with the published price within a hundredth."""
    if step.command[0] in ("propose", "affirm"):
        said = step.command[1]
        assert said["usd"] >= 100_000
        giver = OWNER[said["legs"][0][0]]
        for side in (True, False):
            moved = [(asset, units) for payer, _, asset, units in said["legs"] if (OWNER[payer] == giver) is side]
            worth = sum(Fraction(units * step.facts.price[asset], UNIT[asset]) for asset, units in moved)
            assert abs(said["usd"] - worth) * 100 <= worth


def rule_8_only_certified_participants_trade(step: Step) -> None:
    """Who is suspended, or no longer certified, enters nothing new."""
    if step.command[0] in ("propose", "affirm", "withdraw"):
        today = step.desk.now // reference_model.DAY
        for book in step.command[1]["parties"]:
            suspended, until = step.facts.barred.get(OWNER[book], (False, today))
            assert not suspended
            assert today <= until


def rule_9_confirmation_and_early_receipts(step: Step) -> None:
    """Final by depth or by both parties' word, after release; what is received early is not spent on chain."""
    state = step.after
    if step.command[0] == "final":
        for record in step.records():
            if record.cycle != step.command[1]:
                continue
            cycle = state.cycles[step.command[1]]
            live = state.live(cycle)
            assert cycle.released is not None or cycle.failed is not None
            assert all(each.observed and each.observed.block for each in live)
            moved = {leg.asset for leg in record.terms.legs}
            bear = {
                owed.vault for owed in cycle.obligations if owed.asset in moved
            }  # netted, some bear none of its legs
            needed = {
                each: 3 if each.group.chain == world.BITCOIN else 2 for each in live if bear & {*each.group.vaults}
            }
            deep = all(each.observed and each.observed.confirmations >= depth for each, depth in needed.items())
            mutual = record.terms.finality.mutual and len(record.confirmed) == len(record.leis)
            assert deep or mutual
    if step.command[0] == "prepare":
        paying: Counter[Account] = Counter()
        for cycle in step.cycles():
            live = {each.group for each in state.live(cycle) if not each.void}
            for owed in cycle.obligations:
                if any(owed.vault in group.vaults for group in live):
                    paying[Account(owed.payer.lei, owed.payer.book, owed.asset)] += owed.amount
        chain, *books = step.command[3]
        for place in (account(book, asset) for book in books for asset in UNIT if CHAIN[asset] == chain):
            early = state.unconfirmed.get(place, 0)
            assert not early or paying[place] <= state.ledger.balance(place).total - early


def rule_10_after_the_first_share(step: Step) -> None:
    """What somebody signed ends by delivery or by a void: nothing else takes it out of its cycle."""
    for name, before in step.before.contracts.items():
        now = step.after.contracts[name]
        if now is before or before.cycle is None:
            continue
        mine = (each for each in step.before.instructions.values() if each.cycle == before.cycle)
        if any(each.shares for each in mine) and before.state not in ENDED:
            voided = step.after.cycles[before.cycle].voided is not None
            assert now.state not in ENDED or now.state is (ContractState.VOIDED if voided else ContractState.FINAL)
            assert voided or now.cycle == before.cycle
            assert not voided or now.state in (ContractState.VOIDED, ContractState.DISPUTED)


def rule_11_lending(step: Step) -> None:
    """Idle unless both authorised; actual/360 in whole units, rounded towards the pool; lent is what the loans say."""
    lent: Counter[Account] = Counter()
    for loan in step.after.loans.values():
        lent[Account(loan.owner.lei, loan.owner.book, loan.asset)] += loan.principal
        units, day = step.facts.loans[loan.id]
        assert loan.principal in (units, 0)
        owed = units * reference_model.RATE_BPS * (loan.accrued_to + 1 - day)
        assert (loan.claim + loan.paid) * 10_000 * 360 <= owed < (loan.claim + loan.paid + 1) * 10_000 * 360
    assert sum(lent.values()) <= reference_model.POOL_LIMIT
    balances = step.after.ledger.balances.items()
    assert {each: balance.lent for each, balance in balances if balance.lent} == {k: v for k, v in lent.items() if v}


def rule_12_stops_and_awards(step: Step) -> None:
    """What an order or a dispute stops goes no further; an award holds exactly what it says."""
    stopped = {name for name, record in step.before.contracts.items() if _stopped(step, record)}
    if step.command[0] in FORWARD - {"lend"}:
        for name in stopped:
            now, before = step.after.contracts[name], step.before.contracts[name]
            awarded = step.command[0] == "award" and now.state in (ContractState.AWARDED, before.state)
            voiding = before.cycle is not None and step.before.cycles[before.cycle].voiding
            assert now.state is before.state or awarded or voiding
    if step.command[0] == "award":
        made = step.after.contracts[step.desk.hashes[step.command[1]["name"]]]
        assert [hold.amount for _, hold in sorted(made.holds.items())] == [leg.amount for leg in made.terms.legs]
        ruled = step.after.contracts[made.terms.replaces or ""]
        assert ruled.state is not ContractState.AWARDED or not ruled.holds


def _stopped(step: Step, record: ContractRecord) -> bool:
    scopes = {("contract", name) for name, found in step.desk.hashes.items() if found == record.hash}
    books = {model_world.BOOKS[party.lei, party.book] for party in record.terms.parties}
    scopes |= {("book", book) for book in books} | {("participant", OWNER[book]) for book in books}
    scopes |= {("asset", model_world.SYMBOLS[leg.asset]) for leg in record.terms.legs}
    return record.state is ContractState.DISPUTED or bool(scopes & set(step.facts.orders.values()))


RULES: tuple[Callable[[Step], None], ...] = (
    rule_1_conservation,
    rule_2_no_counterparty_risk,
    rule_3_delivery_if_and_only_if_payment,
    rule_4_four_eyes,
    rule_5_once_on_chain,
    rule_6_what_ended_stays_ended,
    rule_7_minimum_notional,
    rule_8_only_certified_participants_trade,
    rule_9_confirmation_and_early_receipts,
    rule_10_after_the_first_share,
    rule_11_lending,
    rule_12_stops_and_awards,
)
