"""The machine beside the reference model: random commands to both; verdicts, balances and contracts' states are compared.

- After every step: accepted or refused by both, every pocket of every account, every contract's state, the totals that
  came in and went out. A refused entry leaves the state's hash as it was.
- A difference is shrunk, and the failure says what to read: the shortest history that still shows it.
- `COUNTERSIGN_STEPS=1000000 pytest tests/properties -m long -s` takes as many steps as one likes.
"""

from collections.abc import Iterator
from random import Random

import pytest

from countersign.settlement.fingerprint import state_hash
from support import reference_model
from support.model_world import Signed
from support.random_history import Author, Tally, shrunk, steps_wanted
from support.reference_model import Command, Model

HISTORY = 160
FIRST_SEED = 0


def step(machine: Signed, model: Model, command: Command) -> tuple[bool, str]:
    """Whether the machine accepted it, and how the two differ after it; empty where they agree."""
    before = machine.state
    code = machine.plays(command)
    accepted = model.does(command, code is None)
    if accepted != (code is None):
        return code is None, f"the model {'accepts' if accepted else 'refuses'}, the machine says {code or 'yes'}"
    if code is not None and state_hash(before) != state_hash(machine.state):
        return False, f"refused as {code}, and the state is another"
    return code is None, _apart(machine, model)


def _apart(machine: Signed, model: Model) -> str:
    pockets, states = +model.pockets, {name: each["state"] for name, each in model.contracts.items()}
    if any(units < 0 for units in model.pockets.values()):
        return f"negative in the model: {-model.pockets}"
    if pockets != machine.pockets():
        return f"pockets: {dict(pockets.items() ^ machine.pockets().items())}"
    if states != machine.states():
        return f"states: {dict(states.items() ^ machine.states().items())}"
    for asset, totals in machine.totals().items():
        if totals != (model.credits[asset], model.left[asset]):
            return f"totals of {asset}: {totals}, {model.credits[asset]}, {model.left[asset]}"
    return ""


def difference(commands: Iterator[Command] | list[Command], machine: Signed, model: Model, tally: Tally) -> str:
    """How machine and model first differ over these commands."""
    for command in commands:
        accepted, apart = step(machine, model, command)
        tally.note(command, accepted)
        if apart:
            return f"{command[0]}: {apart}"
    return ""


def compared(seed: int, steps: int, tally: Tally) -> None:
    """One history of both. Fails with the shortest one that still shows a difference of the same command."""
    machine, written = Signed(), []
    model = Model(machine.now)

    def noted() -> Iterator[Command]:
        for command in Author(seed).write(model, steps):
            written.append(command)
            yield command

    apart = difference(noted(), machine, model, tally)
    if apart:
        short = shrunk(written, lambda fewer: _again(fewer).split(":")[0] == apart.split(":")[0])
        pytest.fail("\n".join([f"seed {seed}: {_again(short)}", *map(str, short)]))
    tally.close(model)


def _again(commands: list[Command]) -> str:
    machine = Signed()
    return difference(commands, machine, Model(machine.now), Tally())


def histories(steps: int) -> Tally:
    """So many steps of random histories, or a few more."""
    tally, seed = Tally(), FIRST_SEED
    while tally.steps < steps:
        compared(seed, HISTORY, tally)
        seed += 1
    open_questions = "; ".join(reference_model.DONT_CARE)
    print(f"\n{tally}\nleft open by the documents: {open_questions}")
    return tally


def test_machine_and_model_agree_after_every_step_of_random_histories() -> None:
    tally = histories(10_000)
    assert not tally.never_accepted()
    assert not tally.never_delivered()


@pytest.mark.long
@pytest.mark.timeout(0)
def test_machine_and_model_agree_over_as_many_steps_as_one_likes() -> None:
    assert not histories(steps_wanted(40_000)).never_accepted()


def test_a_difference_is_seen_and_shrunk_to_what_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model is told another minimum: an affirmation shows it, and nothing else is left of the history."""
    monkeypatch.setattr(reference_model, "MINIMUM_USD", 110_000)
    with pytest.raises(pytest.fail.Exception, match="the model refuses, the machine says yes") as failure:
        compared(FIRST_SEED, HISTORY, Tally())
    assert len(str(failure.value).splitlines()) == 2


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
    machine = Signed()
    model = Model(machine.now)
    assert not difference(lending(seed, model), machine, model, Tally())
    claims = sorted((name, each["claim"]) for name, each in model.loans.items())
    assert claims == sorted((name, loan.claim) for name, loan in machine.state.loans.items())


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


def begun(*sales: dict[str, object]) -> tuple[Signed, list[Command]]:
    """Everybody has nine bitcoin and 700,000 dollars; the sales are held."""
    machine = Signed()
    commands: list[Command] = []
    for book in ("meridian", "fund", "harbour", "kestrel"):
        commands += [("deposit", book, "BTC", 900_000_000, f"{book} BTC", 6)]
        commands += [("deposit", book, "USD", 700_000 * 10**6, f"{book} USD", 6)]
    for each in sales:
        commands += [("affirm", each), ("endorse", each["name"])]
        commands += [("hold", each["name"], 0, 0), ("hold", each["name"], 1, 0)]
    return machine, commands


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
    machine, commands = begun(there, back)
    commands += [("close", "y1", ("c1", "c2"), "multilateral", now, ()), ("wait", 37 * 3_600 * (end[0] == "expire"))]
    assert not difference([*commands, end], machine, Model(now), Tally())
    assert machine.states() == {"c1": {"expire": "expired", "cancel": "cancelled"}[end[0]], "c2": "held"}


def test_two_settlements_under_way_do_not_spend_the_same_confirmed_units() -> None:
    """Harbour has 700,000 dollars and receives 600,000 early. It pays 650,000 in one settlement; 600,000 more must wait."""
    now = Signed().now
    early, first, second = (
        sale("c1", "harbour", "kestrel", 600_000, now),
        sale("c2", "meridian", "harbour", 650_000, now),
        sale("c3", "fund", "harbour", 600_000, now),
    )
    machine, commands = begun(early)
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
    model = Model(now)
    assert not difference(commands, machine, model, Tally())
    paying: Command = ("prepare", "ec3", "yc3", ("ethereum", "harbour"), "operations", 1, "ec3")
    assert machine.plays(paying) == "settlement.unconfirmed"
    assert not model.accepts(paying)
    deep: list[Command] = [("observe", "ec1", "block", 2, 0), paying]
    assert not difference(deep, machine, model, Tally())
    assert machine.hashes["ec3"] in machine.state.instructions
