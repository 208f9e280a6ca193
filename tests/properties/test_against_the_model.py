"""The machine beside the reference model, where random histories do not go by themselves: weeks of loans, and histories that
random ones found. The random ones are played in `test_twelve_rules.py`, which compares the two after every step.
"""

from collections.abc import Iterable, Iterator
from random import Random

import pytest

from support import drawn_histories, reference_model
from support.drawn_histories import first_failure
from support.model_world import Signed
from support.played_history import History
from support.random_history import first_seed
from support.reference_model import Command, Model


def played(commands: Iterable[Command], history: History | None = None) -> History:
    """Machine and model after these commands; all of them alike."""
    history = history or History(funds=())
    for command in commands:
        history.takes(command)
    return history


def test_a_difference_is_seen_and_shrunk_to_what_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model is told another minimum: an affirmation shows it, and nothing else is left of the history."""
    monkeypatch.setattr(reference_model, "MINIMUM_USD", 110_000)
    monkeypatch.setattr(drawn_histories, "TRIES", 0)
    error = first_failure(range(first_seed(), first_seed() + 10))
    assert "the model refuses, the machine says yes" in str(error)
    assert len(error.__notes__[0].splitlines()) == 2


def lending(seed: int, model: Model) -> Iterator[Command]:
    """Loans over some weeks: days are accrued late and in lumps, recalls come between, the pool is short at first."""
    random = Random(seed)
    yield ("deposit", "harbour", "BTC", 900_000_000, "harbour BTC", 6)
    for number in range(40):
        today = model.now // reference_model.DAY
        day = today - random.choice([1, 1, 2])
        loans, interest = model.accrual("BTC", day)
        yield random.choice(
            [
                ("lend", f"l{number}", "harbour", "BTC", random.randint(1, 90_000_000), reference_model.RATE_BPS),
                ("accrue", "BTC", day, max(loans, 1), interest),
                ("recall", f"l{random.randint(0, number)}", random.choice(["harbour", "desk"])),
                ("deposit", "pool", "BTC", random.randint(1, 3_000), f"pool {number}", 6),
                ("wait", random.choice([3_600, 86_400, 200_000])),
            ]
        )


@pytest.mark.parametrize("seed", range(12))
def test_interest_over_random_weeks_is_the_models_to_the_last_unit(seed: int) -> None:
    """Others every day: a failure's seed is the day's first and this."""
    history = History(funds=())
    played(lending(first_seed() + seed, history.model), history)
    claims = sorted((name, each["claim"]) for name, each in history.model.loans.items())
    assert claims == sorted((name, loan.claim) for name, loan in history.desk.state.loans.items())


# What random histories found, as histories of their own


def sale(name: str, seller: str, buyer: str, usd: int, now: int) -> dict[str, object]:
    """A sale at 80,000 dollars, with the mutual clause."""
    legs = ((seller, buyer, "BTC", usd * 10**8 // 80_000), (buyer, seller, "USD", usd * 10**6))
    return {
        "name": name,
        "id": name,
        "version": 1,
        "replaces": None,
        "template": "spot",
        "parties": (seller, buyer),
        "legs": legs,
        "usd": usd,
        "price": 80_000,
        "mutual": True,
        "settle_by": now + 36 * 3_600,
    }


def begun(*sales: dict[str, object]) -> list[Command]:
    """Everybody has nine bitcoin and 700,000 dollars; the sales are held."""
    commands: list[Command] = []
    for book in ("meridian", "fund", "harbour", "kestrel"):
        commands += [("deposit", book, "BTC", 900_000_000, f"{book} BTC", 6)]
        commands += [("deposit", book, "USD", 700_000 * 10**6, f"{book} USD", 6)]
    for each in sales:
        commands += [("affirm", each), ("endorse", each["name"])]
        commands += [("hold", each["name"], 0, 0), ("hold", each["name"], 1, 0)]
    return commands


def delivered(each: dict[str, object], nonce: int, now: int) -> list[Command]:
    """From held to one confirmation on both chains."""
    name, (seller, buyer) = str(each["name"]), each["parties"]  # type: ignore[misc]
    cycle, coins, call = f"y{name}", f"b{name}", f"e{name}"
    commands: list[Command] = [("close", cycle, (name,), "gross", now, ())]
    commands += [("prepare", coins, cycle, ("bitcoin", seller), "operations", 0, coins)]
    commands += [("prepare", call, cycle, ("ethereum", buyer), "operations", nonce, call)]
    for officer in ("officer-a", "officer-c"):
        commands += [("share", coins, seller, officer), ("share", call, buyer, officer)]
    commands += [("release", cycle, "operations", "compliance"), ("broadcast", coins), ("broadcast", call)]
    return [*commands, ("observe", coins, "block", 1, 1_000), ("observe", call, "block", 1, 0)]


@pytest.mark.parametrize("end", [("expire", "c1"), ("cancel", "c1")])
def test_what_cancelled_out_and_was_signed_by_nobody_can_still_be_called_off(end: Command) -> None:
    now = Signed().now
    there, back = sale("c1", "meridian", "harbour", 160_000, now), sale("c2", "harbour", "meridian", 160_000, now)
    commands = begun(there, back)
    commands += [("close", "y1", ("c1", "c2"), "multilateral", now, ()), ("wait", 37 * 3_600 * (end[0] == "expire"))]
    assert played([*commands, end]).desk.states() == {
        "c1": {"expire": "expired", "cancel": "cancelled"}[end[0]],
        "c2": "held",
    }


def test_two_settlements_under_way_do_not_spend_the_same_confirmed_units() -> None:
    """Harbour has 700,000 dollars and receives 600,000 early. It pays 650,000 in one settlement; 600,000 more must wait."""
    now = Signed().now
    early, first, second = (
        sale("c1", "harbour", "kestrel", 600_000, now),
        sale("c2", "meridian", "harbour", 650_000, now),
        sale("c3", "fund", "harbour", 600_000, now),
    )
    commands = begun(early)
    commands += [
        *delivered(early, 0, now),
        ("confirm", "c1", "harbour"),
        ("confirm", "c1", "kestrel"),
        ("final", "yc1"),
    ]
    for each in (first, second):
        commands += [("affirm", each), ("endorse", each["name"])]
        commands += [("hold", each["name"], 0, 0), ("hold", each["name"], 1, 0)]
    commands += [*delivered(first, 0, now), ("close", "yc3", ("c3",), "gross", now, ())]
    history = played(commands)
    paying: Command = ("prepare", "ec3", "yc3", ("ethereum", "harbour"), "operations", 1, "ec3")
    assert not history.model.accepts(paying)
    assert history.desk.plays(paying) == "settlement.unconfirmed"
    deep: list[Command] = [("observe", "ec1", "block", 2, 0), paying]
    played(deep, history)
    assert history.desk.hashes["ec3"] in history.desk.state.instructions


@pytest.mark.parametrize("shared", [True, False])
def test_an_order_calls_no_cycle_off_that_is_being_voided(shared: bool) -> None:
    """Somebody signed what the void takes the place of, though nobody signed the void yet (rule 10)."""
    now = Signed().now
    commands = begun(sale("c1", "meridian", "harbour", 160_000, now), sale("c2", "kestrel", "fund", 160_000, now))
    commands += [("close", "y1", ("c1", "c2"), "multilateral", now, ())]
    for name, *group in (
        ("b1", "bitcoin", "kestrel", "meridian"),
        ("e1", "ethereum", "fund"),
        ("e2", "ethereum", "harbour"),
    ):
        commands += [("prepare", name, "y1", tuple(group), "operations", 0, name)]
    if shared:
        commands += [("share", "e1", "fund", "officer-a"), ("void", "v1", "e1")]
    desk = played([*commands, ("freeze", "o1", "contract", "c1")]).desk
    assert desk.state.cycles["y1"].called_off is not shared
    assert set(desk.states().values()) == {"partly signed" if shared else "held"}
