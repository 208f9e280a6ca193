"""A desk's rounds in the middle of random histories: what one plans the machine takes, whole; then there is nothing more to do.

- The histories are those of `random_history`, others every day; now and then some hours pass and the desk makes a round.
- What a round logs the reference model does too, so that the history goes on from there; it agrees with every step.
- A contract is held whole or not at all afterwards, unless an order stops it.
- `COUNTERSIGN_SEED=…` begins with the history that a failure names.
"""

from collections import Counter
from random import Random

from countersign.desk.author import Scribe
from countersign.desk.cycle_plan import everything_fits
from countersign.desk.due import Due, Plan, due
from countersign.formats import times
from countersign.settlement import machine
from countersign.settlement.records import ContractState
from countersign.settlement.stops import stopping
from support import model_world
from support import settlement_world as world
from support.model_world import Signed
from support.random_history import Author, first_seed, steps_wanted
from support.reference_model import Command, Model
from support.software_stage import CountedEntropy, SetClock

HISTORY, EVERY, STEPS = 120, 6, 480
PATIENCE = 8  # times as many steps as asked for: by then every kind was logged, or never is
WANTED = {"contract.expired", "hold.placed", "hold.released", "cycle.closed", "settlement.final", "lending.accrued"}


def planned(desk: Signed) -> Plan:
    scribe = Scribe(world.ORIGIN, SetClock(desk.now), CountedEntropy(f"round {len(desk.entries)}"))
    return due(desk.state, desk.now * 1_000, lambda index: desk.entries[index].time_ms, scribe, everything_fits)


def logged(desk: Signed, step: Due) -> Command:
    """Log it as the desk would; the same in the model's words. Raises what the machine raises."""
    said = command(desk, step)
    id = f"round-{len(desk.entries)}"
    event = world.event_bytes(step.kind, ["desk"], step.body, id=id, at=desk.now)
    entry = machine.Entry(desk.state.size, desk.now * 1_000, event)
    desk.state = machine.apply(desk.state, entry)
    desk.entries.append(entry)
    desk.logged[model_world._key(said)] = event  # so that a history may repeat it
    return said


def command(desk: Signed, step: Due) -> Command:
    """The same in the model's words."""
    names = {found: name for name, found in desk.hashes.items()}
    symbols, books, body = model_world.SYMBOLS, model_world.BOOKS, dict(step.body)
    match step.kind:
        case "contract.expired":
            return ("expire", names[str(body["contract"])])
        case "hold.placed":
            return ("hold", names[str(body["contract"])], body["leg"], 0)
        case "hold.released":
            return ("unhold", names[str(body["contract"])], body["leg"])
        case "settlement.final" | "settlement.voided":
            return (step.kind.removeprefix("settlement."), body["cycle"])
        case "lending.accrued":
            day = times.parse_date(str(body["date"]))
            return ("accrue", symbols[str(body["asset"])], day, body["loans"], int(str(body["interest"])))
    short = tuple(
        (names[each["contract"]], books[each["lei"], each["book"]], symbols[each["asset"]], int(each["missing"]))
        for each in body["short"]  # type: ignore[attr-defined]
    )
    contracts = tuple(names[each] for each in body["contracts"])  # type: ignore[attr-defined]
    return ("close", body["cycle"], contracts, body["netting"], times.parse(str(body["cut_off"])), short)


def a_round(desk: Signed, model: Model, tally: Counter[str]) -> None:
    """One round, and a second plan, which is empty."""
    plan = planned(desk)
    for step in plan.steps:
        tally[step.kind] += 1
        assert model.does(logged(desk, step), True), step
    assert planned(desk).steps == ()
    assert +model.pockets == desk.pockets()
    for record in desk.state.contracts.values():
        if record.state is ContractState.ENDORSED and stopping(desk.state, record) is None:
            assert not record.holds


def history(seed: int, steps: int, tally: Counter[str]) -> None:
    desk, luck = Signed(), Random(seed)
    model = Model(desk.now)
    for number, each in enumerate(Author(seed, model).write(steps)):
        code = desk.plays(each)
        model.does(each, code is None)
        if number % EVERY == 0:
            wait: Command = ("wait", luck.choice([0, 0, 60, 1_800, 8 * 3_600]))
            desk.plays(wait)
            model.does(wait, True)
            a_round(desk, model, tally)


def test_a_round_logs_what_the_machine_takes_and_a_second_one_nothing() -> None:
    tally: Counter[str] = Counter()
    seed, steps = first_seed(7_000), steps_wanted(STEPS)
    played = 0
    while played < steps or (not set(tally) >= WANTED and played < PATIENCE * steps):
        try:
            history(seed, HISTORY, tally)
        except Exception as error:
            raise AssertionError(f"COUNTERSIGN_SEED={seed}") from error
        seed, played = seed + 1, played + HISTORY
    print(f"{played} steps and their rounds: {dict(tally)}")
    assert set(tally) >= WANTED, WANTED - set(tally)
