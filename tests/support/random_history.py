"""Commands in an order that nobody planned: mostly what might come next, often what should not; each comes from one number.

    author = Author(mood=2, model=model)
    command = author.command(40_312)          # `model` must have done each before the next is asked for

- What comes next is read off the reference model, so that histories reach every state; noise is not asked about.
- A number decides by itself: nothing carries over from one to the next, names come from the number (`c40312`), and what
  is chosen among others is chosen by a rank that only the number and its own name give it. So a number means the same
  after numbers before it were left out, and a history that fails gets short.
- `NUMBERS` is what hypothesis draws them from.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, TypeVar

from hypothesis import strategies as st

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

T = TypeVar("T")
Found = dict[str, list[Command]]
"""Commands by what they are about: a contract, a cycle."""
TRADERS = ("meridian", "fund", "harbour", "kestrel")
WHO = ("meridian", "harbour", "kestrel")
OVER = ("final", "voided", "declined", "expired", "cancelled", "superseded", "awarded")
FUNDS: tuple[Command, ...] = tuple(
    ("deposit", book, asset, units * UNIT[asset], f"{book} {asset}", 6)
    for book in TRADERS
    for asset, units in (("BTC", 9), ("USD", 700_000), ("ETH", 60), ("TOK", 120_000))
)
"""The deposits with which every history begins."""
LENGTH = 160
FAR = 10**30
"""Where the numbers that are drawn begin. Nearer to zero hypothesis prefers the smaller ones, and the constants of whatever
sources happen to be loaded: then a seed would not play the same histories in every run."""


class Author:
    """Writes one history, a command for each number."""

    def __init__(self, mood: int, model: Model) -> None:
        self.model = model
        self.mood, self.number = mood, 0
        self.calm = mood % 2 == 0  # in every second history little goes wrong, so that much is delivered
        self.netting = mood % 4 == 2  # and in half of these several sales at a time, netted

    def write(self, steps: int) -> Iterator[Command]:
        """The deposits and so many commands, for whoever wants one history and no hypothesis."""
        yield from FUNDS
        yield from map(self.command, range(1, steps + 1))

    def command(self, number: int) -> Command:
        """What this number stands for now."""
        self.number = number
        luck, model = self._luck("luck"), self.model
        if luck < (0.92 if self.netting else 0.76 if self.calm else 0.58):
            found = self._first(self._netted() if self.netting else self._forward(), accepted=True)
        elif luck < 0.76:
            found = self._first(self._trouble(), accepted=True)
        elif luck < 0.88:
            found = self._first(self._forward())
        elif luck < 0.97 or not model.history:
            found = self._first(self._trouble())
        else:
            old = self._some("old", [each for each in model.history if each[0] != "wait"])
            found = self._one("noise", ("repeat", old), ("forged", old, self._one("forger", *FORGERS)))
        return found or self._first(self._trouble()) or ("wait", 60)

    def _first(self, found: Found, accepted: bool = False) -> Command | None:
        """About anything with the same chance, then of any kind; one that the model accepts, or whatever it is."""
        for about in sorted(found, key=lambda each: self._rank("about", each)):
            for each in sorted(
                found[about], key=lambda each: (self._rank("kind", each[0]), self._rank("command", each))
            ):
                if not accepted or self.model.accepts(each):
                    return each
        return None

    # what a number decides

    def _rank(self, what: str, about: object = "") -> int:
        text = f"{self.mood} {self.number} {what} {about}".encode()
        return int.from_bytes(blake2b(text, digest_size=6).digest())

    def _luck(self, what: str) -> float:
        """From 0 up to 1."""
        return self._rank(what) / 2**48

    def _one(self, what: str, *options: T) -> T:
        """One of what is always there."""
        return options[self._rank(what) % len(options)]

    def _some(self, what: str, there: Iterable[T]) -> T:
        """One of what happens to be there: the same one where others come or go."""
        return min(there, key=lambda each: self._rank(what, each))

    def _several(self, what: str, there: Iterable[T], count: int) -> list[T]:
        """So many of what happens to be there, in an order of their own."""
        return sorted(there, key=lambda each: self._rank(what, each))[:count]

    def _name(self, letter: str) -> str:
        return f"{letter}{self.number}"

    # what comes next

    def _forward(self) -> Found:
        """A few next steps of the settlements under way; a new one where there are few."""
        model = self.model
        under_way = [name for name, each in model.contracts.items() if each["state"] not in OVER]
        found = {name: self._for_contract(name) for name in under_way} | self._under_way()
        if len(under_way) < 4 or (len(under_way) < 8 and self._luck("more") < 0.1):
            found["new"] = [self._new()]
        held = [name for name in under_way if self._ready(name)]
        if len(held) > 1 and self._luck("netted") < 0.5:
            some = tuple(sorted(self._several("held", held, self._one("sales", 2, 3, 4))))
            how = self._one("how", "multilateral", "bilateral")
            late = self._one("late", 0, TOP_UP)
            found["netted"] = [("close", self._name("y"), some, how, model.now - late, self._short() if late else ())]
        return found

    def _under_way(self) -> Found:
        """The next steps of every open cycle."""
        cycles = self.model.cycles.values()
        return {each["name"]: self._for_cycle(each) for each in cycles if each["stage"] == "open"}

    def _netted(self) -> Found:
        """The next steps of the cycle under way; without one, of sales until there are some to close one over."""
        under_way = [name for name, each in self.model.contracts.items() if each["state"] not in OVER]
        cycles = self._under_way()
        if cycles:
            return cycles | {name: self._for_contract(name) for name in under_way}
        held = [name for name in under_way if self._ready(name)]
        sales = tuple(sorted(name for name in held if self.model.contracts[name]["terms"]["template"] in SALES))
        if len(sales) > 1:
            how = self._one("how", "multilateral", "bilateral")
            return {"netted": [("close", self._name("y"), sales[:3], how, self.model.now, ())]}
        new = {"new": [self._new()]} if len(under_way) < 4 else {}
        return new | {name: self._for_contract(name) for name in under_way if name not in held}

    def _ready(self, name: str) -> bool:
        found = self.model.contracts[name]
        return found["state"] == "held" and found["cycle"] is None

    def _short(self) -> tuple[Any, ...]:
        short = []
        for name, found in self.model.contracts.items():
            if found["state"] == "endorsed":
                short += [(name, *place, units) for place, units in sorted(self.model.lacks(name).items())[:1]]
        return tuple(short[:1])

    def _for_contract(self, name: str) -> list[Command]:
        found = self.model.contracts[name]
        terms = found["terms"]
        unsigned = found["state"] in ("held", "instructed", "signed")
        if unsigned and not self.calm and self._luck(f"{name} disputed") < 0.03:
            return [("dispute", name, OWNER[terms["parties"][0]])]
        match found["state"]:
            case "proposed":
                return [("affirm", terms)]
            case "agreed":
                return [("endorse", name)]
            case "endorsed":
                return [("hold", name, leg, 0) for leg in range(len(terms["legs"]))]
            case "held" if found["cycle"] is None:
                return [("close", self._name("y"), (name,), "gross", self.model.now, ())]
            case "settling":
                return [("confirm", name, who) for who in WHO]
            case "disputed" | "final" if found["dispute"]:
                ends = [
                    ("retract", name, found["dispute"]),
                    ("resolve", name, self._one("outcome", "resume", "cancel")),
                ]
                return [*ends, *self._rulings(name)[1:]]
        return []

    def _for_cycle(self, cycle: dict[str, Any]) -> list[Command]:
        name = cycle["name"]
        live = [self.model.instructions[each] for each in cycle["live"].values()]
        found: list[Command] = [("release", name, "operations", "compliance"), ("final", name), ("voided", name)]
        for group in cycle["groups"]:
            if group not in cycle["live"]:
                found += [self._prepare(name, group)]
        for each in (*live, *self.model.lifting(live)):
            found += [("share", each["name"], book, self._one("signer", *SIGNERS)) for book in each["group"][1:]]
            found += [("broadcast", each["name"])]
            if any(self.model.unread.get(book) for book in each["group"][1:]) and self._luck("compared") < 0.3:
                found += [("compare", self._name("r"))]
            if each["sent"] and each["seen"] < CONFIRMATIONS[each["group"][0]]:
                found += [self._observe(each)]
            stuck = each["sent"] and each["block"] is None and any(other["block"] for other in live)
            if stuck and not self.calm:
                found += [("fail", name, each["name"], self._luck("executable") < 0.6), ("bump", each["name"])]
                found += [("replace", self._name("i"), each["name"])]
            if self._luck(f"{each['name']} fails") < (0.01 if self.calm else 0.06):
                found += [("fail", name, each["name"], self._luck("executable") < 0.5), ("bump", each["name"])]
                found += [("replace", self._name("i"), each["name"]), ("void", self._name("i"), each["name"])]
            if each["group"][0] == "bitcoin" and each["sent"] and each["block"] is None and self._luck("lifted") < 0.5:
                found += [("child", self._name("i"), each["name"])]
            if not each["executable"]:
                found += [self._prepare(name, each["group"])]
            if cycle["voiding"] and each["purpose"] != "void":
                found += [("void", self._name("i"), each["name"])]
        return found

    def _observe(self, each: dict[str, Any]) -> Command:
        chain = each["group"][0]
        deep = self._one("deep", 1, CONFIRMATIONS[chain])
        fee = self._one("fee", 1_000, 20_000, FEE_CAP, FEE_CAP + 1) if chain == "bitcoin" else 0
        if each["fees"] and self._luck("same fee") < 0.9:
            fee = max(each["fees"].values())
        return ("observe", each["name"], f"block {self._one('block', *range(1, 10))}", deep, fee)

    def _prepare(self, cycle: str, group: tuple[str, ...]) -> Command:
        name = self._name("i")
        by = self._one("preparer", *PREPARERS)
        nonce = (self.model.next_number(group[1]) or 0) if group[0] == "ethereum" else 0
        return ("prepare", name, cycle, group, by, nonce, name)

    def _new(self) -> Command:
        """A sale proposed or affirmed, or a withdrawal."""
        name = self._name("c")
        luck = self._luck("new")
        if luck < 0.12:
            return ("withdraw", self._withdrawal(name))
        terms = self._one("sale", self._spot, self._spot, self._basket, self._block)(name)
        if luck < 0.26:
            terms |= self._mirrored()
        if luck < 0.4:
            return ("propose", terms, OWNER[terms["parties"][self._one("proposer", 0, 1)]])
        return ("affirm", terms)

    def _spot(self, name: str) -> dict[str, Any]:
        seller, buyer = self._two()
        usd, price = self._worth()
        units = usd * UNIT["BTC"] // price
        legs = ((seller, buyer, "BTC", units), (buyer, seller, "USD", usd * UNIT["USD"]))
        return self._terms(name, (seller, buyer), legs, usd, price)

    def _two(self) -> tuple[str, str]:
        """Books of two institutions."""
        seller = self._one("seller", *TRADERS)
        return seller, self._one("buyer", *(book for book in TRADERS if OWNER[book] != OWNER[seller]))

    def _worth(self) -> tuple[int, int]:
        """Dollars, and the price of a bitcoin; now and then too little, or another than the published price."""
        usd = self._one("usd", 100_000, 100_000, 120_000, 160_000, 240_000, 240_000, 90_000)
        return usd, self._one("price", 80_000, 80_000, 80_000, 80_000, 79_500, 82_000)

    def _basket(self, name: str) -> dict[str, Any]:
        """Three assets or four, each one way; each side is worth the same, now and then not."""
        seller, buyer = self._two()
        usd, price = self._worth()
        assets = self._several("assets", UNIT, self._one("so many", 3, 4, 4))
        cut = self._one("cut", *range(1, len(assets)))
        prices = self.model.price | {"BTC": price}
        legs: list[tuple[str, str, str, int]] = []
        for payer, to, side in ((seller, buyer, assets[:cut]), (buyer, seller, assets[cut:])):
            worth = usd + self._one(f"{payer} more", 0, 0, 0, 0, 500, 4_000)
            legs += [(payer, to, each, worth * UNIT[each] // (len(side) * prices[each])) for each in side]
        return self._terms(name, (seller, buyer), tuple(legs), usd, prices[assets[0]], template="basket")

    def _block(self, name: str) -> dict[str, Any]:
        """Bitcoin for dollars, split over Meridian's two books; now and then one of them pays for both."""
        usd, price = self._worth()
        other, sells = self._one("other", "harbour", "kestrel"), self._luck("sells") < 0.5
        split = self._one("split", usd // 2, usd // 4)
        legs: list[tuple[str, str, str, int]] = []
        for book, part in (("meridian", split), ("fund", usd - split)):
            coins, dollars = part * UNIT["BTC"] // price, part * UNIT["USD"]
            legs += [(book, other, "BTC", coins), (other, book, "USD", dollars)]
        if not sells:
            legs = [(to, payer, asset, units) for payer, to, asset, units in legs]
            if self._luck("one pays") < 0.3:
                legs[1:] = [legs[2], ("fund", other, "USD", usd * UNIT["USD"])]
        parties = tuple(dict.fromkeys(book for leg in legs for book in leg[:2]))
        return self._terms(name, parties, tuple(legs), usd, price, template="block")

    def _mirrored(self) -> dict[str, Any]:
        """The same sale the other way round: netted, the two owe nothing."""
        sales = [each["terms"] for each in self.model.contracts.values() if each["terms"]["template"] in SALES][-3:]
        if not sales:
            return {}
        other = self._one("mirror", *sales)
        legs = tuple((to, payer, asset, units) for payer, to, asset, units in other["legs"])
        return {each: other[each] for each in ("template", "parties", "usd", "price")} | {"legs": legs}

    def _terms(
        self,
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
            "mutual": self._luck("mutual") < 0.5,
            "settle_by": self._until(),
        }
        return found | more

    def _until(self) -> int:
        return self.model.now + self._one("until", 4, 12, 36, 72) * 3_600 + self.number % 3_600  # no two the same

    def _withdrawal(self, name: str) -> dict[str, Any]:
        book = self._one("owner", *TRADERS)
        asset, units, price = self._one("what", ("BTC", 150_000_000, 80_000), ("USD", 120_000 * 10**6, 1))
        legs = ((book, book, asset, units),)
        return self._terms(name, (book,), legs, 120_000, price, template="withdrawal", mutual=False)

    # what may happen besides

    def _trouble(self) -> Found:
        """One command of each other kind, about whatever there is."""
        model, one = self.model, self._one
        contract = self._some("contract", [*model.contracts, "c"])
        cycle = self._some("cycle", [*model.cycles, "y"])
        instruction = self._some("instruction", [*list(model.instructions)[-12:], "i"])
        order = self._some("order", [*model.orders, "o"])
        who, book, asset = one("who", *WHO), one("book", *TRADERS), one("asset", *UNIT)
        today = model.now // DAY
        named = ("asset", asset) if contract == "c" else ("contract", contract)
        scope = one("scope", named, named, ("book", book), ("participant", who), ("asset", asset))
        found: list[Command] = [
            ("wait", one("wait", 60, 600, 3_600, *(() if self.calm else (10_000, 40_000)))),
            ("publish", "BTC", one("btc", 80_000, 80_000, 80_000, 80_500, 83_000)),
            ("publish", "ETH", one("eth", 4_000, 4_000, 4_020, 4_100)),
            ("participant", who, self._luck("suspended") < 0.2, today + one("for", 300, 300, 300, 0)),
            ("participant", who, False, today + one("certified", 300, 300, -1)),
            ("deposit", book, asset, 300_000 * UNIT[asset] // PRICE[asset], self._name("d"), 6),
            ("deposit", "pool", "BTC", one("pool", 1, 500, 50_000), self._name("d"), one("deep", 6, 3, 2)),
            ("decline", contract, one("decliner", *WHO, "compliance")),
            ("cancel", contract),
            ("expire", contract),
            ("hold", contract, one("leg", 0, 1, 2), one("wrong", 0, 0, 1, -1)),
            ("unhold", contract, one("leg", 0, 1)),
            ("endorse", contract),
            ("final", cycle),
            ("voided", cycle),
            ("release", cycle, one("maker", *PREPARERS, "compliance"), one("checker", "compliance", "operations")),
            ("confirm", contract, who),
            ("dispute", contract, who),
            ("retract", contract, who),
            ("resolve", contract, one("outcome", "resume", "cancel")),
            ("broadcast", instruction),
            ("share", instruction, book, one("signer", *SIGNERS, "operations")),
            ("void", self._name("i"), instruction),
            ("child", self._name("i"), instruction),
            (
                "lend",
                self._name("l"),
                book,
                asset,
                one("units", 10_000_000, 70_000_001),
                one("rate", RATE_BPS, RATE_BPS, 1),
            ),
            ("recall", self._some("loan", [*model.loans, "l"]), one("caller", *WHO, "desk")),
            ("lift", order),
            self._new(),
        ]
        found += self._about_chains(instruction, cycle)
        found += self._about_loans(today)
        if len(model.orders) < 2:
            found += [("freeze", self._name("o"), *scope)]
        kinds: Found = {}
        for each in found + self._rulings(contract):
            kinds.setdefault(each[0], []).append(each)
        return kinds

    def _about_chains(self, name: str, cycle: str) -> list[Command]:
        """Failures, reorganisations, wrong nonces and coins."""
        found: list[Command] = [("fail", cycle, name, self._luck("executable") < 0.6)]
        each = self.model.instructions.get(name)
        if each is None:
            return found
        found += [
            self._observe(each),
            ("observe", name, None, 0, max(each["fees"].values(), default=0)),
            ("fail", each["cycle"], name, True),
        ]
        nonce, coins = self._one("twice", (each["nonce"] + 1, name), (each["nonce"], each["coins"]))
        groups = self.model.cycles[cycle]["groups"] if cycle in self.model.cycles else []
        group = self._some("group", groups or [each["group"]])
        found += [("prepare", self._name("i"), cycle, group, self._one("preparer", *PREPARERS), nonce, coins)]
        return found

    def _about_loans(self, today: int) -> list[Command]:
        day = today - self._one("days", 1, 1, 2, 0)
        loans, interest = self.model.accrual("BTC", day)
        return [("accrue", "BTC", day, max(loans, 1), interest + self._one("too much", 0, 0, 0, 1))]

    def _rulings(self, contract: str) -> list[Command]:
        """An amendment of a contract; an award over it."""
        old = self.model.contracts.get(contract)
        if old is None or old["terms"]["template"] not in SALES:
            return []
        name, terms = self._name("c"), old["terms"]
        later = {
            **terms,
            "name": name,
            "replaces": contract,
            "version": terms["version"] + 1,
            "settle_by": self._until(),
        }
        legs = []
        for payer, to, asset, units in terms["legs"][: self._one("legs", 1, 1, 2)]:
            legs += [(payer, to, asset, units // self._one(f"{asset} part", 1, 2))]
        usd = legs[0][3] * terms["price"] // UNIT[legs[0][2]]
        parties = tuple(dict.fromkeys(book for leg in legs for book in leg[:2]))
        ruled = self._terms(
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


FORGERS = ("officer-a", "officer-c", "nobody")
"""Who may sign nothing alone."""


NUMBERS = st.integers(FAR, FAR + 2**12 - 1).map(lambda number: number - FAR)


def steps_wanted(everyday: int) -> int:
    """How many steps to take: COUNTERSIGN_STEPS, else the everyday number."""
    return int(os.environ.get("COUNTERSIGN_STEPS", everyday))


def first_seed(later: int = 0) -> int:
    """The seed of the first histories: COUNTERSIGN_SEED, else the day's (UTC) first one, or one so many later."""
    day = int(datetime.now(UTC).strftime("%Y%m%d")) * 100_000  # a day has seeds for millions of steps
    return int(os.environ.get("COUNTERSIGN_SEED", day + later))
