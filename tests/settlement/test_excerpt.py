"""An excerpt: what a machine learns from some of the log's events, and what it refuses to learn."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from countersign.errors import CountersignError, Refused
from countersign.settlement import builder, events
from countersign.settlement.excerpt import ORDINARY, carried, excerpt
from countersign.settlement.machine import RULES, Entry
from countersign.settlement.records import ContractState, SafeUse
from countersign.settlement.state import State
from support import settlement_world as world
from support.refusals import refused
from support.settlement_world import Desk, Trade


@pytest.fixture
def desk() -> Desk:
    return world.founded()


@pytest.fixture
def pinned(desk: Desk) -> State:
    """What the machine replayed itself before the story began."""
    return desk.state


SHAPED = {"cycle.closed", "instruction.prepared", "owners.ordered", "dispute.opened", "award.made", "settlement.failed"}


def told(desk: Desk, pinned: State) -> list[Entry]:
    """The entries since, as far as an excerpt carries them."""
    return [each for each in desk.entries[pinned.size :] if carried(events.parse(each.event).type)]


def play(desk: Desk, until: str = "instructed") -> Trade:
    trade = desk.trade()
    desk.play(trade, until=until)
    return trade


def test_contract_cycle_and_instructions_are_known_as_the_whole_history_knows_them(desk: Desk, pinned: State) -> None:
    trade = play(desk)
    found = excerpt(told(desk, pinned), pinned)
    assert found.instructions == desk.state.instructions
    assert found.cycles == desk.state.cycles
    assert found.versions == desk.state.versions
    assert found.contracts[trade.hash].state is ContractState.INSTRUCTED
    assert (found.size, found.time_ms) == (desk.state.size, desk.state.time_ms)


def test_held_is_caused_by_the_cycle_that_says_so(desk: Desk, pinned: State) -> None:
    trade = play(desk)
    record = excerpt(told(desk, pinned), pinned).contracts[trade.hash]
    assert record.cause(ContractState.HELD) == desk.state.cycle(trade.cycle).index
    assert not record.holds  # nobody proved them here


def test_the_ledger_stays_what_was_proved(desk: Desk, pinned: State) -> None:
    play(desk)
    assert excerpt(told(desk, pinned), pinned).ledger == pinned.ledger


@pytest.mark.parametrize("kind", sorted(set(RULES) - ORDINARY - SHAPED))
def test_every_other_type_is_not_carried(kind: str) -> None:
    assert not carried(kind)


@pytest.mark.parametrize("kind", ["hold.placed", "share.added", "deposit.credited"])
def test_an_event_of_another_type_is_refused_by_name(desk: Desk, pinned: State, kind: str) -> None:
    trade = desk.trade()
    desk.play(trade, until="partly signed")
    desk.deposit("meridian", world.BTC, 1, 99)
    stray = next(each for each in desk.entries[pinned.size :] if events.parse(each.event).type == kind)
    entries = sorted([*told(desk, pinned), stray], key=lambda each: each.index)
    with refused("settlement.excerpt-event", Refused):
        excerpt(entries, pinned)


def test_a_second_founding_is_refused(desk: Desk, pinned: State) -> None:
    with refused("settlement.excerpt-event", Refused):
        excerpt([replace(desk.entries[0], index=pinned.size)], pinned)


def test_roster_policy_and_prices_are_judged_by_their_ordinary_rules(desk: Desk, pinned: State) -> None:
    desk.log("price.published", ["desk"], {"asset": world.BTC, "price": "80100", "source": "x"})
    desk.deposit("meridian", world.BTC, 1, 98)
    policy = world.policy_document(version=2, price_tolerance_bps=200)
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": policy})
    body = world.no_entries() | {"participants": [world.participant_entry("harbour", suspended=True)]}
    desk.log("roster.changed", ["compliance", "officer-d"], body)
    found = excerpt(told(desk, pinned), pinned)
    assert (found.policy, found.prices, found.roster) == (desk.state.policy, desk.state.prices, desk.state.roster)


def test_an_order_of_entries_other_than_the_logs_is_refused(desk: Desk, pinned: State) -> None:
    play(desk)
    with pytest.raises(CountersignError):
        excerpt(reversed(told(desk, pinned)), pinned)


def test_an_entry_that_the_machine_has_replayed_already_is_refused(desk: Desk, pinned: State) -> None:
    with refused("settlement.place-taken", Refused):
        excerpt([desk.entries[2]], pinned)


def test_a_cycle_needs_its_contract_endorsed(desk: Desk, pinned: State) -> None:
    trade = play(desk)
    endorsed = desk.state.contracts[trade.hash].cause(ContractState.ENDORSED)
    with refused("settlement.wrong-state", Refused):
        excerpt([each for each in told(desk, pinned) if each.index != endorsed], pinned)


def cancelled(desk: Desk, trade: Trade) -> None:
    desk.log("contract.cancelled", ["meridian", "harbour"], {"contract": trade.hash, "reason": "agreed to"})


def test_a_cancellation_that_is_carried_counts(desk: Desk, pinned: State) -> None:
    trade = play(desk)
    cancelled(desk, trade)
    assert excerpt(told(desk, pinned), pinned).contracts[trade.hash].state is ContractState.CANCELLED


def test_one_that_is_withheld_is_not_noticed_which_the_verdict_must_say(desk: Desk, pinned: State) -> None:
    trade = play(desk)
    entries = told(desk, pinned)
    cancelled(desk, trade)
    assert excerpt(entries, pinned).contracts[trade.hash].state is ContractState.INSTRUCTED


def forged(desk: Desk, kind: str, names: list[str], change: Callable[[dict[str, object]], None]) -> list[Entry]:
    """The story with its first event of a type replaced by one that says something else, signed by `names`."""
    trade = desk.trade()
    entries = []
    for step in desk.story(trade):
        if step[0] == "share.added":
            break
        if step[0] == kind:
            body = dict(step[2])
            change(body)
            return [*entries, desk.entry(kind, names, body)]
        entry = desk.log(*step)
        if carried(step[0]):
            entries.append(entry)
    raise AssertionError(kind)


def unchanged(body: dict[str, object]) -> None:
    """As it is."""


def test_the_same_forgery_without_a_change_passes(desk: Desk, pinned: State) -> None:
    assert excerpt(forged(desk, "cycle.closed", ["desk"], unchanged), pinned).cycles
    again = world.founded()
    assert excerpt(forged(again, "instruction.prepared", ["operations"], unchanged), pinned).instructions


@pytest.mark.parametrize(
    ("kind", "names", "change", "code"),
    [
        ("cycle.closed", ["operations"], unchanged, "settlement.wrong-signers"),
        ("cycle.closed", ["desk"], lambda body: body.update(count=2), "settlement.cycle-count"),
        ("cycle.closed", ["desk"], lambda body: body.update(root="00" * 32), "settlement.cycle-root"),
        ("instruction.prepared", ["desk"], unchanged, "settlement.wrong-signers"),
        ("instruction.prepared", ["operations"], lambda body: body.update(cycle="cycle-9"), "settlement.unknown-cycle"),
        (
            "instruction.prepared",
            ["operations"],
            lambda body: body.update(contracts=["00" * 32]),
            "settlement.instruction-contracts",
        ),
        (
            "instruction.prepared",
            ["operations"],
            lambda body: body.update(vaults=["harbour-btc"]),
            "settlement.not-owed",
        ),
        (
            "instruction.prepared",
            ["operations"],
            lambda body: body["spends"].append({"outpoint": "11" * 32 + ":0", "vault": "harbour-btc", "slot": 0}),
            "settlement.foreign-coin",
        ),
        (
            "instruction.prepared",
            ["operations"],
            lambda body: body["spends"][0].update(slot=9),
            "settlement.slot-unknown",
        ),
        (
            "instruction.prepared",
            ["operations"],
            lambda body: [each.update(vault="harbour-btc") for each in body["spends"]],
            "settlement.no-coin",
        ),
    ],
)
def test_shape_and_permissions_are_judged(
    desk: Desk, pinned: State, kind: str, names: list[str], change: Callable[[dict[str, object]], None], code: str
) -> None:
    with refused(code, Refused):
        excerpt(forged(desk, kind, names, change), pinned)


@pytest.mark.parametrize(("executed", "code"), [(0, "settlement.excerpt-nonce"), (7, "settlement.excerpt-nonce")])
def test_a_nonce_that_is_known_as_executed_is_refused(desk: Desk, pinned: State, executed: int, code: str) -> None:
    play(desk)
    known = replace(pinned, safes=pinned.safes.set("harbour-safe", SafeUse(None, executed)))
    with refused(code, Refused):
        excerpt(told(desk, pinned), known)


class TestOwners:
    """An order that a Safe change its owners, known from its own event."""

    @staticmethod
    def ordered(desk: Desk, nonce: int) -> list[Entry]:
        body = world.owners_body(desk, ("officer-a", "officer-c"), 2, nonce=nonce)
        return [desk.entry("owners.ordered", ["compliance", "officer-d"], body)]

    @pytest.mark.parametrize("executed", [4, 7])
    def test_a_number_that_is_used_up_is_refused(self, desk: Desk, pinned: State, executed: int) -> None:
        known = replace(pinned, safes=pinned.safes.set("harbour-safe", SafeUse(None, executed)))
        with refused("settlement.excerpt-nonce", Refused):
            excerpt(self.ordered(desk, 4), known)

    @pytest.mark.parametrize(("executed", "kept"), [(3, 3), (1, 3)])
    def test_what_waited_at_the_safe_and_what_it_executed_since_is_unknown(
        self, desk: Desk, pinned: State, executed: int, kept: int
    ) -> None:
        known = replace(pinned, safes=pinned.safes.set("harbour-safe", SafeUse("an older instruction", executed)))
        found = excerpt(self.ordered(desk, 4), known)
        (name,) = found.orders
        assert found.safes["harbour-safe"] == SafeUse(name, kept)

    def test_its_ordinary_rule_holds(self, desk: Desk, pinned: State) -> None:
        desk.log(*world.freeze_step())
        desk.log("owners.ordered", ["compliance", "officer-d"], world.owners_body(desk, ("officer-a", "officer-c"), 2))
        assert excerpt(told(desk, pinned), pinned).orders == desk.state.orders
        body = world.owners_body(desk, ("officer-a", "officer-c", "officer-d"), 2)
        with refused("settlement.owners-same", Refused):
            excerpt([desk.entry("owners.ordered", ["compliance", "officer-d"], body)], pinned)
        with refused("settlement.wrong-signers", Refused):
            excerpt([desk.entry("owners.ordered", ["operations"], body)], pinned)


@pytest.mark.parametrize(("executed", "kept"), [(3, 3), (1, 3)])
def test_what_a_safe_executed_since_is_unknown(desk: Desk, pinned: State, executed: int, kept: int) -> None:
    trade = play(desk, until="held")
    desk.log("cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], world.START))
    entries = told(desk, pinned)
    body = builder.safe_instruction_body(
        trade.cycle, [trade.hash], world.ETHEREUM, "harbour-safe", world.digest("safe"), 4
    )
    known = replace(pinned, safes=pinned.safes.set("harbour-safe", SafeUse("an older instruction", executed)))
    found = excerpt([*entries, desk.entry("instruction.prepared", ["operations"], body)], known)
    name = next(iter(found.instructions))
    assert found.safes["harbour-safe"] == SafeUse(name, kept)
