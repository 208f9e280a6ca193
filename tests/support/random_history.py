"""Commands in an order that nobody planned: mostly what might come next, often what should not, and all of it by a seed.

    author = Author(seed)
    for command in author.write(model, steps): ...     # `model` must have done each before the next is asked for

- What comes next is read off the reference model, so that histories reach every state; noise is not asked about.
- `COUNTERSIGN_STEPS=1000000 pytest tests/properties -m long -s` takes as many steps as one likes, and prints the tally.
- `COUNTERSIGN_SEED=2026112200017 pytest tests/properties/test_twelve_rules.py` begins with the history of that seed, which a
  failure prints; else the first seed comes from the day (UTC), so that every day plays other histories.
- `shrunk(commands, fails)` leaves out whatever is not needed for `fails` to be true: what a person then reads.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from support.reference_model import (
    CONFIRMATIONS,
    DAY,
    FEE_CAP,
    OWNER,
    PREPARERS,
    PRICE,
    RATE_BPS,
    SALES,
    SIGNERS,
    TOP_UP,
    UNIT,
    Command,
    Model,
)

TRADERS = ("meridian", "fund", "harbour", "kestrel")
WHO = ("meridian", "harbour", "kestrel")
OVER = ("final", "voided", "declined", "expired", "cancelled", "superseded", "awarded")


class Author:
    """Writes one history."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.count = 0
        self.calm = seed % 2 == 0  # in every second history little goes wrong, so that much is delivered
        self.netting = seed % 4 == 2  # and in half of these several sales at a time, netted

    def write(self, model: Model, steps: int) -> Iterator[Command]:
        """So many commands after the deposits with which every history begins."""
        for book in TRADERS:
            yield ("deposit", book, "BTC", 9 * UNIT["BTC"], self._name("d"), 6)
            yield ("deposit", book, "USD", 700_000 * UNIT["USD"], self._name("d"), 6)
            yield ("deposit", book, "ETH", 60 * UNIT["ETH"], self._name("d"), 6)
            yield ("deposit", book, "TOK", 120_000 * UNIT["TOK"], self._name("d"), 6)
        for _ in range(steps):
            yield self._next(model)

    def _name(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def _next(self, model: Model) -> Command:
        luck = self.random.random()
        if luck < (0.92 if self.netting else 0.76 if self.calm else 0.58):
            forward = self._netted(model) if self.netting else self._forward(model)
            found = [command for command in forward if model.accepts(command)]
        elif luck < 0.76:
            found = [command for command in self._trouble(model) if model.accepts(command)]
        elif luck < 0.88:
            found = self._forward(model)
        elif luck < 0.97 or not model.history:
            found = self._trouble(model)
        else:
            old = self.random.choice([each for each in model.history if each[0] != "wait"])
            found = [("repeat", old), ("forged", old, "officer-a")]
        found = found or self._trouble(model)
        kind = self.random.choice(sorted({command[0] for command in found}))
        return self.random.choice([command for command in found if command[0] == kind])

    # what comes next

    def _forward(self, model: Model) -> list[Command]:
        """A few next steps of the settlements under way; a new one where there are few."""
        found: list[Command] = []
        under_way = [name for name, each in model.contracts.items() if each["state"] not in OVER]
        if len(under_way) < 4 or (len(under_way) < 8 and self.random.random() < 0.1):
            found += [self._new(model)]
        for name in under_way:
            found += self._for_contract(model, name)
        for cycle in model.cycles.values():
            if cycle["stage"] == "open":
                found += self._for_cycle(model, cycle)
        held = [name for name in under_way if self._ready(model, name)]
        if len(held) > 1 and self.random.random() < 0.5:
            some = tuple(sorted(self.random.sample(held, self.random.randint(2, min(4, len(held))))))
            how = self.random.choice(["multilateral", "bilateral"])
            late = self.random.choice([0, TOP_UP])
            found += [("close", self._name("y"), some, how, model.now - late, self._short(model) if late else ())]
        return found

    def _netted(self, model: Model) -> list[Command]:
        """The next steps of the cycle under way; without one, of sales until there are some to close one over."""
        under_way = [name for name, each in model.contracts.items() if each["state"] not in OVER]
        cycles = [each for each in model.cycles.values() if each["stage"] == "open"]
        found = [command for each in cycles for command in self._for_cycle(model, each)]
        if cycles:
            return found + [command for name in under_way for command in self._for_contract(model, name)]
        held = [name for name in under_way if self._ready(model, name)]
        sales = tuple(sorted(name for name in held if model.contracts[name]["terms"]["template"] in SALES))
        if len(sales) > 1:
            how = self.random.choice(["multilateral", "bilateral"])
            return [("close", self._name("y"), sales[:3], how, model.now, ())]
        if len(under_way) < 4:
            found += [self._new(model)]
        return found + [
            command for name in under_way if name not in held for command in self._for_contract(model, name)
        ]

    def _ready(self, model: Model, name: str) -> bool:
        found = model.contracts[name]
        return found["state"] == "held" and found["cycle"] is None

    def _short(self, model: Model) -> tuple[Any, ...]:
        short = []
        for name, found in model.contracts.items():
            if found["state"] == "endorsed":
                short += [(name, *place, units) for place, units in sorted(model.lacks(name).items())[:1]]
        return tuple(short[:1])

    def _for_contract(self, model: Model, name: str) -> list[Command]:
        found = model.contracts[name]
        terms = found["terms"]
        if found["state"] in ("held", "instructed", "signed") and not self.calm and self.random.random() < 0.03:
            return [("dispute", name, OWNER[terms["parties"][0]])]
        match found["state"]:
            case "proposed":
                return [("affirm", terms)]
            case "agreed":
                return [("endorse", name)]
            case "endorsed":
                return [("hold", name, leg, 0) for leg in range(len(terms["legs"]))]
            case "held" if found["cycle"] is None:
                return [("close", self._name("y"), (name,), "gross", model.now, ())]
            case "settling":
                return [("confirm", name, who) for who in WHO]
            case "disputed" | "final" if found["dispute"]:
                ends = [
                    ("retract", name, found["dispute"]),
                    ("resolve", name, self.random.choice(["resume", "cancel"])),
                ]
                return [*ends, *self._rulings(model, name)[1:]]
        return []

    def _for_cycle(self, model: Model, cycle: dict[str, Any]) -> list[Command]:
        name = cycle["name"]
        live = [model.instructions[each] for each in cycle["live"].values()]
        found: list[Command] = [("release", name, "operations", "compliance"), ("final", name), ("voided", name)]
        for group in cycle["groups"]:
            if group not in cycle["live"]:
                found += [self._prepare(model, name, group)]
        for each in live:
            found += [("share", each["name"], book, self.random.choice(SIGNERS)) for book in each["group"][1:]]
            found += [("broadcast", each["name"])]
            if each["sent"] and each["seen"] < CONFIRMATIONS[each["group"][0]]:
                found += [self._observe(each)]
            stuck = each["sent"] and each["block"] is None and any(other["block"] for other in live)
            if stuck and not self.calm:
                found += [("fail", name, each["name"], self.random.random() < 0.6), ("bump", each["name"])]
                found += [("replace", self._name("i"), each["name"])]
            if self.random.random() < (0.01 if self.calm else 0.06):
                found += [("fail", name, each["name"], self.random.random() < 0.5), ("bump", each["name"])]
                found += [("replace", self._name("i"), each["name"]), ("void", self._name("i"), each["name"])]
            if not each["executable"]:
                found += [self._prepare(model, name, each["group"])]
            if cycle["voiding"] and each["purpose"] != "void":
                found += [("void", self._name("i"), each["name"])]
        return found

    def _observe(self, each: dict[str, Any]) -> Command:
        chain = each["group"][0]
        deep = self.random.choice([1, CONFIRMATIONS[chain]])
        fee = self.random.choice([1_000, 20_000, FEE_CAP, FEE_CAP + 1]) if chain == "bitcoin" else 0
        if each["fees"] and self.random.random() < 0.9:
            fee = max(each["fees"].values())
        return ("observe", each["name"], f"block {self.random.randint(1, 9)}", deep, fee)

    def _prepare(self, model: Model, cycle: str, group: tuple[str, ...]) -> Command:
        name = self._name("i")
        by = self.random.choice(PREPARERS)
        nonce = model.nonce.get(group[1], 0) if group[0] == "ethereum" else 0
        return ("prepare", name, cycle, group, by, nonce, name)

    def _new(self, model: Model) -> Command:
        """A sale proposed or affirmed, or a withdrawal."""
        name = self._name("c")
        luck = self.random.random()
        if luck < 0.12:
            return ("withdraw", self._withdrawal(model, name))
        terms = self.random.choice([self._spot, self._spot, self._basket, self._block])(model, name)
        if luck < 0.26:
            terms |= self._mirrored(model)
        if luck < 0.4:
            return ("propose", terms, OWNER[terms["parties"][self.random.randint(0, 1)]])
        return ("affirm", terms)

    def _spot(self, model: Model, name: str) -> dict[str, Any]:
        seller, buyer = self._two()
        usd, price = self._worth()
        units = usd * UNIT["BTC"] // price
        legs = ((seller, buyer, "BTC", units), (buyer, seller, "USD", usd * UNIT["USD"]))
        return self._terms(model, name, (seller, buyer), legs, usd, price)

    def _two(self) -> tuple[str, str]:
        """Books of two institutions."""
        seller = self.random.choice(TRADERS)
        return seller, self.random.choice([book for book in TRADERS if OWNER[book] != OWNER[seller]])

    def _worth(self) -> tuple[int, int]:
        """Dollars, and the price of a bitcoin; now and then too little, or another than the published price."""
        usd = self.random.choice([100_000, 100_000, 120_000, 160_000, 240_000, 240_000, 90_000])
        return usd, self.random.choice([80_000, 80_000, 80_000, 80_000, 79_500, 82_000])

    def _basket(self, model: Model, name: str) -> dict[str, Any]:
        """Three assets or four, each one way; each side is worth the same, now and then not."""
        seller, buyer = self._two()
        usd, price = self._worth()
        assets = self.random.sample(sorted(UNIT), self.random.choice([3, 4, 4]))
        cut = self.random.randint(1, len(assets) - 1)
        prices = model.price | {"BTC": price}
        legs: list[tuple[str, str, str, int]] = []
        for payer, to, side in ((seller, buyer, assets[:cut]), (buyer, seller, assets[cut:])):
            worth = usd + self.random.choice([0, 0, 0, 0, 500, 4_000])
            legs += [(payer, to, each, worth * UNIT[each] // (len(side) * prices[each])) for each in side]
        return self._terms(model, name, (seller, buyer), tuple(legs), usd, prices[assets[0]], template="basket")

    def _block(self, model: Model, name: str) -> dict[str, Any]:
        """Bitcoin for dollars, split over Meridian's two books; now and then one of them pays for both."""
        usd, price = self._worth()
        other, sells = self.random.choice(["harbour", "kestrel"]), self.random.random() < 0.5
        split = self.random.choice([usd // 2, usd // 4])
        legs: list[tuple[str, str, str, int]] = []
        for book, part in (("meridian", split), ("fund", usd - split)):
            coins, dollars = part * UNIT["BTC"] // price, part * UNIT["USD"]
            legs += [(book, other, "BTC", coins), (other, book, "USD", dollars)]
        if not sells:
            legs = [(to, payer, asset, units) for payer, to, asset, units in legs]
            if self.random.random() < 0.3:
                legs[1:] = [legs[2], ("fund", other, "USD", usd * UNIT["USD"])]
        parties = tuple(dict.fromkeys(book for leg in legs for book in leg[:2]))
        return self._terms(model, name, parties, tuple(legs), usd, price, template="block")

    def _mirrored(self, model: Model) -> dict[str, Any]:
        """The same sale the other way round: netted, the two owe nothing."""
        sales = [each["terms"] for each in model.contracts.values() if each["terms"]["template"] in SALES][-3:]
        if not sales:
            return {}
        other = self.random.choice(sales)
        legs = tuple((to, payer, asset, units) for payer, to, asset, units in other["legs"])
        return {each: other[each] for each in ("template", "parties", "usd", "price")} | {"legs": legs}

    def _terms(
        self,
        model: Model,
        name: str,
        parties: tuple[str, ...],
        legs: tuple[Any, ...],
        usd: int,
        price: int,
        **more: Any,
    ) -> dict[str, Any]:
        found = {
            "name": name,
            "id": name,
            "version": 1,
            "replaces": None,
            "template": "spot",
            "parties": parties,
            "legs": legs,
            "usd": usd,
            "price": price,
            "mutual": self.random.random() < 0.5,
            "settle_by": self._until(model),
        }
        return found | more

    def _until(self, model: Model) -> int:
        return model.now + self.random.choice([4, 12, 36, 72]) * 3_600 + self.count % 3_600  # no two the same

    def _withdrawal(self, model: Model, name: str) -> dict[str, Any]:
        book = self.random.choice(TRADERS)
        asset, units, price = self.random.choice([("BTC", 150_000_000, 80_000), ("USD", 120_000 * 10**6, 1)])
        legs = ((book, book, asset, units),)
        return self._terms(model, name, (book,), legs, 120_000, price, template="withdrawal", mutual=False)

    # what may happen besides

    def _trouble(self, model: Model) -> list[Command]:
        """One command of each other kind, about whatever there is."""
        pick = self.random.choice
        contract = pick([*model.contracts, "c0"])
        cycle = pick([*model.cycles, "y0"])
        instruction = pick([*list(model.instructions)[-12:], "i0"])
        order = pick([*model.orders, "o0"])
        who, book, asset = pick(WHO), pick(TRADERS), pick(sorted(UNIT))
        today = model.now // DAY
        scope = pick(
            [("contract", contract), ("contract", contract), ("book", book), ("participant", who), ("asset", asset)]
        )
        if scope == ("contract", "c0"):
            scope = ("asset", asset)
        found: list[Command] = [
            ("wait", pick([60, 600, 3_600] if self.calm else [60, 600, 3_600, 10_000, 40_000])),
            ("publish", "BTC", pick([80_000, 80_000, 80_000, 80_500, 83_000])),
            ("publish", "ETH", pick([4_000, 4_000, 4_020, 4_100])),
            ("participant", who, self.random.random() < 0.2, pick([today + 300, today + 300, today + 300, today])),
            ("participant", who, False, today + pick([300, 300, -1])),
            ("deposit", book, asset, 300_000 * UNIT[asset] // PRICE[asset], self._name("d"), 6),
            ("deposit", "pool", "BTC", pick([1, 500, 50_000]), self._name("d"), pick([6, 3, 2])),
            ("decline", contract, pick([*WHO, "compliance"])),
            ("cancel", contract),
            ("expire", contract),
            ("hold", contract, pick([0, 1, 2]), pick([0, 0, 1, -1])),
            ("unhold", contract, pick([0, 1])),
            ("endorse", contract),
            ("final", cycle),
            ("voided", cycle),
            ("release", cycle, pick([*PREPARERS, "compliance"]), pick(["compliance", "operations"])),
            ("confirm", contract, who),
            ("dispute", contract, who),
            ("retract", contract, who),
            ("resolve", contract, pick(["resume", "cancel"])),
            ("broadcast", instruction),
            ("share", instruction, book, pick([*SIGNERS, "operations"])),
            ("void", self._name("i"), instruction),
            ("lend", self._name("l"), book, asset, pick([10_000_000, 70_000_001]), pick([RATE_BPS, RATE_BPS, 1])),
            ("recall", pick([*model.loans, "l0"]), pick([*WHO, "desk"])),
            self._new(model),
        ]
        found += self._about_chains(model, instruction, cycle)
        found += self._about_loans(model, today)
        if len(model.orders) < 2:
            found += [("freeze", self._name("o"), *scope)]
        found += [("lift", order)] * 3
        found += self._rulings(model, contract)
        return found

    def _about_chains(self, model: Model, name: str, cycle: str) -> list[Command]:
        """Failures, reorganisations, wrong nonces and coins."""
        found: list[Command] = [("fail", cycle, name, self.random.random() < 0.6)]
        each = model.instructions.get(name)
        if each is None:
            return found
        found += [
            self._observe(each),
            ("observe", name, None, 0, max(each["fees"].values(), default=0)),
            ("fail", each["cycle"], name, True),
        ]
        nonce, coins = self.random.choice([(each["nonce"] + 1, name), (each["nonce"], each["coins"])])
        group = self.random.choice(model.cycles.get(cycle, {"groups": [each["group"]]})["groups"] or [each["group"]])
        found += [("prepare", self._name("i"), cycle, group, self.random.choice(PREPARERS), nonce, coins)]
        return found

    def _about_loans(self, model: Model, today: int) -> list[Command]:
        day = self.random.choice([today - 1, today - 1, today - 2, today])
        loans, interest = model.accrual("BTC", day)
        return [("accrue", "BTC", day, max(loans, 1), interest + self.random.choice([0, 0, 0, 1]))]

    def _rulings(self, model: Model, contract: str) -> list[Command]:
        """An amendment of a contract; an award over it."""
        old = model.contracts.get(contract)
        if old is None or old["terms"]["template"] not in SALES:
            return []
        name, terms = self._name("c"), old["terms"]
        later = {
            **terms,
            "name": name,
            "replaces": contract,
            "version": terms["version"] + 1,
            "settle_by": self._until(model),
        }
        legs = []
        for payer, to, asset, units in terms["legs"][: self.random.choice([1, 1, 2])]:
            legs += [(payer, to, asset, self.random.choice([units, units // 2]))]
        usd = legs[0][3] * terms["price"] // UNIT[legs[0][2]]
        parties = tuple(dict.fromkeys(book for leg in legs for book in leg[:2]))
        ruled = self._terms(
            model,
            self._name("c"),
            parties,
            tuple(legs),
            usd,
            terms["price"],
            template="award",
            replaces=contract,
            mutual=False,
        )
        return [("affirm", later), ("award", ruled)]


@dataclass
class Tally:
    """How often each kind of command was accepted and refused; what kinds of contract became final, and how netted."""

    counts: Counter[tuple[str, bool]] = field(default_factory=Counter)
    delivered: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, command: Command, accepted: bool) -> None:
        """One more."""
        self.counts[command[0], accepted] += 1

    @property
    def steps(self) -> int:
        """All of them."""
        return self.counts.total()

    @property
    def waits(self) -> int:
        """The steps in which only time passed: nothing was asked of the machine."""
        return self.counts["wait", True]

    @property
    def accepted(self) -> int:
        """The commands that the machine accepted; waits are none."""
        return sum(count for (_, accepted), count in self.counts.items() if accepted) - self.waits

    @property
    def refused(self) -> int:
        """The commands that it refused."""
        return self.steps - self.waits - self.accepted

    def never_accepted(self) -> set[str]:
        """The kinds that no history ever got through; `repeat` and `forged` are never to be."""
        return {kind for kind, _ in self.counts if not self.counts[kind, True]} - {"repeat", "forged"}

    def close(self, model: Model) -> None:
        """A history is over: its final contracts."""
        for each in model.contracts.values():
            if each["state"] == "final":
                self.delivered[each["terms"]["template"], model.cycles[each["cycle"]]["how"]] += 1

    def never_delivered(self) -> set[tuple[str, str]]:
        """Which kinds of sale no history ever delivered, gross or netted; nor a withdrawal, nor an award."""
        wanted = {(kind, how) for kind in SALES for how in ("gross", "bilateral", "multilateral")}
        return (wanted | {("withdrawal", "gross"), ("award", "gross")}) - set(self.delivered)

    def __str__(self) -> str:
        kinds = sorted({kind for kind, _ in self.counts})
        lines = [f"{kind:12}{self.counts[kind, True]:8}{self.counts[kind, False]:8}" for kind in kinds]
        ends = ", ".join(f"{count} {kind} {how}" for (kind, how), count in sorted(self.delivered.items()))
        apart = f"{self.accepted} accepted, {self.refused} refused, {self.waits} waits"
        head = [f"{self.steps} steps: {apart}", f"delivered: {ends}", f"{'command':12}{'accepted':>8}{'refused':>8}"]
        return "\n".join([*head, *lines])


def steps_wanted(everyday: int) -> int:
    """How many steps to take: COUNTERSIGN_STEPS, else the everyday number."""
    return int(os.environ.get("COUNTERSIGN_STEPS", everyday))


def first_seed(later: int = 0) -> int:
    """The seed of the first history: COUNTERSIGN_SEED, else the day's (UTC) first one, or one so many later."""
    day = int(datetime.now(UTC).strftime("%Y%m%d")) * 100_000  # a day has seeds for millions of steps
    return int(os.environ.get("COUNTERSIGN_SEED", day + later))


def shrunk(commands: list[Command], fails: Callable[[list[Command]], bool]) -> list[Command]:
    """Fewer commands for which `fails` is still true: halves, quarters, and so on to single ones are left out."""
    size = len(commands) // 2
    while size:
        start = 0
        while start < len(commands):
            fewer = commands[:start] + commands[start + size :]
            if fails(fewer):
                commands = fewer
            else:
                start += size
        size //= 2
    return commands
