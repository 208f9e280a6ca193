"""What a settlement does, said a second time: plain dictionaries, written from the documents without the machine.

    model = Model(START)
    model.does(("deposit", "harbour", "USD", 5_000_000, "first", 6))      # True: accepted, and done
    model.accepts(("endorse", "c1"))                                      # False: nothing of that name was agreed

- Sources: DESIGN.md §5–6 and the project's pages `settlement.md`, `governance.md`, `formats/events.md`. Nothing of
  `countersign` is imported, and nothing here was copied from it: where machine and model differ, one of them is wrong.
- A command is a tuple; its first word is the method that judges it. A method asks with `need`, changes nothing, and
  returns what is then to be done. Everything has a name of its own: contracts `c1`, cycles `y1`, instructions `i1`.
- Books stand for accounts (`fund` is Meridian's second book); assets are `BTC`, `ETH` and two tokens, `USD` and `TOK`;
  amounts base units; times unix seconds. An instruction's group is its chain and the books that pay by it.
- Sales are spots, baskets (three or four assets, both ways) and blocks (one asset for another, over Meridian's two books).
- `DONT_CARE` says what the documents leave open. It is printed with every run, and it is short.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

OWNER = {"meridian": "meridian", "fund": "meridian", "harbour": "harbour", "kestrel": "kestrel", "pool": "custodian"}
UNIT = {"BTC": 10**8, "ETH": 10**18, "USD": 10**6, "TOK": 10**6}
PRICE = {"BTC": 80_000, "ETH": 4_000, "USD": 1, "TOK": 2}
CHAIN = {"BTC": "bitcoin", "ETH": "ethereum", "USD": "ethereum", "TOK": "ethereum"}
CONFIRMATIONS = {"bitcoin": 3, "ethereum": 2}
SALES = ("spot", "basket", "block")
FEE_CAP = 50_000
MINIMUM_USD, TOLERANCE_BPS = 100_000, 100
LIFETIME, TOP_UP, DISPUTE_WINDOW, DAY = 86_400, 3_600, 86_400, 86_400
RATE_BPS, POOL_LIMIT = 250, 600_000_000
SIGNERS = ("officer-a", "officer-c", "officer-d")
PREPARERS = ("operations", "officer-d")
QUORUM = 2

DONT_CARE = (
    "whose receipts of a netted delivery are early, where several pay one asset and only some of it is confirmed",
    "what a chain does to a disputed settlement: no history lets one be mined",
)

Command = tuple[Any, ...]
Then = Callable[[], None]
BEFORE_A_SHARE = ("proposed", "agreed", "endorsed", "held", "instructed", "signed")
BEFORE_RELEASE = ("held", "instructed", "partly signed", "signed")


class No(Exception):
    """The command is refused."""


def near(found: int, published: Fraction | int) -> bool:
    """Within the policy's tolerance of what is published."""
    return abs(found - published) * 10_000 <= published * TOLERANCE_BPS


def need(*conditions: object) -> None:
    """Every one of these, or the command is refused."""
    if not all(conditions):
        raise No


class Model:
    """Everything that is so at one moment."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.pockets: Counter[tuple[str, str, str]] = Counter()  # (book, asset, pocket) → units
        self.contracts: dict[str, dict[str, Any]] = {}
        self.cycles: dict[str, dict[str, Any]] = {}
        self.instructions: dict[str, dict[str, Any]] = {}
        self.orders: dict[str, tuple[str, str]] = {}
        self.used: set[object] = set()  # references, orders, loans: once, for ever
        self.price = dict(PRICE)
        self.certified = dict.fromkeys(("meridian", "harbour", "kestrel"), (False, now // DAY + 400))
        self.nonce: dict[str, int] = {}  # Safe → the next nonce, once one was seen executed
        self.lost: dict[str, set[int]] = {}  # Safe → numbers passed by, used by something else
        self.unread: dict[str, set[int]] = {}  # those of them since the books were compared last
        self.children: dict[str, str] = {}  # instruction → the child that lifts it and counts
        self.pending: dict[str, str] = {}  # Safe → its one unexecuted instruction
        self.loans: dict[str, dict[str, Any]] = {}
        self.accrued: dict[str, int] = {}
        self.credits: Counter[str] = Counter()
        self.left: Counter[str] = Counter()  # withdrawals and network fees
        self.open_question = False
        self.history: list[Command] = []  # what was accepted

    def judge(self, command: Command) -> Then:
        """What the command does, or `No`."""
        return getattr(self, command[0])(*command[1:])  # type: ignore[no-any-return]

    def accepts(self, command: Command) -> bool:
        """Whether it is accepted; nothing happens."""
        try:
            self.judge(command)
        except No:
            return False
        return True

    def does(self, command: Command, accepted: bool | None = None) -> bool:
        """Whether it is accepted; then it has happened. Where the documents leave it open, it is as `accepted` says."""
        self.open_question = False
        try:
            then = self.judge(command)
        except No:
            return False
        if self.open_question and accepted is not None and not accepted:
            return False
        then()
        self.history.append(command)
        return True

    # the world around

    def wait(self, seconds: int) -> Then:
        return lambda: setattr(self, "now", self.now + seconds)

    def publish(self, asset: str, price: int) -> Then:
        return lambda: self.price.update({asset: price})

    def participant(self, who: str, suspended: bool, until: int) -> Then:
        return lambda: self.certified.update({who: (suspended, until)})

    def deposit(self, book: str, asset: str, units: int, reference: str, confirmations: int) -> Then:
        need(reference not in self.used, confirmations >= CONFIRMATIONS[CHAIN[asset]])

        def then() -> None:
            self.used.add(reference)
            self.credits[asset] += units
            self.pockets[book, asset, "available"] += units

        return then

    def repeat(self, _command: Command) -> Then:
        """The very event that was accepted, at a later place."""
        raise No

    def forged(self, _command: Command, _signer: str) -> Then:
        """Signed by somebody who may not."""
        raise No

    # agreement

    def propose(self, terms: dict[str, Any], _by: str) -> Then:
        self._new(terms)
        return lambda: self._file(terms, "proposed")

    def affirm(self, terms: dict[str, Any]) -> Then:
        known = self.contracts.get(terms["name"])
        if known is None:
            self._new(terms)
        else:
            need(known["state"] == "proposed")
            self._fit(terms)

        def then() -> None:
            if terms["replaces"]:
                self._end(terms["replaces"], "superseded")
            self._file(terms, "agreed")

        return then

    def withdraw(self, terms: dict[str, Any]) -> Then:
        need(terms["name"] not in self.contracts)
        self._fit(terms)
        return lambda: self._file(terms, "agreed")

    def _file(self, terms: dict[str, Any], state: str) -> None:
        self.contracts[terms["name"]] = {
            "terms": terms,
            "state": state,
            "holds": {},
            "cycle": None,
            "confirmed": set(),
            "dispute": None,
            "stood": None,
            "award": None,
            "final": None,
        }

    def _new(self, terms: dict[str, Any]) -> None:
        need(terms["name"] not in self.contracts)
        self._fit(terms)
        for other in self.contracts.values():
            same = (other["terms"]["id"], other["terms"]["version"]) == (terms["id"], terms["version"])
            need(not same)

    def _fit(self, terms: dict[str, Any]) -> None:
        """Rules 7 and 8; time; orders; and that an amendment replaces what can still be amended."""
        need(self.now <= terms["settle_by"], not self.stopped(terms))
        self._may_trade(*terms["parties"])
        if terms["template"] not in SALES:
            return
        self._worth(terms)
        if terms["replaces"]:
            old = self.contracts.get(terms["replaces"])
            need(old)
            need(old["state"] in BEFORE_A_SHARE, not self.signed_for(old))  # type: ignore[index]
            need(not self._named(terms["replaces"]))
            need(old["terms"]["version"] + 1 == terms["version"])  # type: ignore[index]

    def _worth(self, terms: dict[str, Any]) -> None:
        """The minimum; each side is worth the notional, and the agreed price is the published one, within a hundredth."""
        first, asset = OWNER[terms["legs"][0][0]], terms["legs"][0][2]
        sides = dict.fromkeys((True, False), Fraction())
        for payer, _, what, units in terms["legs"]:
            sides[OWNER[payer] == first] += Fraction(units * self.price[what], UNIT[what])
        need(terms["usd"] >= MINIMUM_USD, near(terms["price"], self.price[asset]))
        need(*(near(terms["usd"], worth) for worth in sides.values()))

    def _may_trade(self, *books: str) -> None:
        for book in books:
            suspended, until = self.certified[OWNER[book]]
            need(not suspended, self.now // DAY <= until)

    def endorse(self, name: str) -> Then:
        found = self._contract(name, "agreed")
        self._may_trade(*found["terms"]["parties"])
        need(not self.stopped(found["terms"]), self.now <= found["terms"]["settle_by"])
        return lambda: found.update(state="endorsed")

    def decline(self, name: str, by: str) -> Then:
        found = self._contract(name, "proposed", *(["agreed"] if by == "compliance" else []))
        need(by == "compliance" or by in self._participants(found))
        return lambda: found.update(state="declined")

    def cancel(self, name: str) -> Then:
        found = self._contract(name, *BEFORE_A_SHARE)
        need(not self.signed_for(found), not self._named(name))
        return lambda: self._end(name, "cancelled")

    def expire(self, name: str) -> Then:
        found = self._contract(name, *BEFORE_A_SHARE)
        need(self.now > found["terms"]["settle_by"], not self.signed_for(found), not self._named(name))
        return lambda: self._end(name, "expired")

    # orders

    def freeze(self, order: str, kind: str, what: str) -> Then:
        need(order not in self.used)

        def then() -> None:
            self.used.add(order)
            self.orders[order] = (kind, what)
            for cycle in list(self.cycles.values()):
                stops = [self.stopped(self.contracts[name]["terms"]) for name in cycle["contracts"]]
                if cycle["stage"] == "open" and not self._shares(cycle) and any(stops) and not all(stops):
                    self._call_off(cycle)

        return then

    def lift(self, order: str) -> Then:
        need(order in self.orders)

        def then() -> None:
            del self.orders[order]

        return then

    def _named(self, name: str) -> bool:
        """Whether an order names this very contract."""
        return ("contract", name) in self.orders.values()

    def stopped(self, terms: dict[str, Any]) -> bool:
        """Whether an order stops it."""
        scopes: set[tuple[str, str]] = {("contract", terms["name"])}
        scopes |= {("book", book) for book in terms["parties"]}
        scopes |= {("participant", OWNER[book]) for book in terms["parties"]}
        scopes |= {("asset", asset) for _, _, asset, _ in terms["legs"]}
        return bool(scopes & set(self.orders.values()))

    def _stands_still(self, cycle: dict[str, Any]) -> bool:
        found = [self.contracts[name] for name in cycle["contracts"]]
        return any(each["state"] == "disputed" or self.stopped(each["terms"]) for each in found)

    # holds

    def hold(self, name: str, leg: int, wrong: int) -> Then:
        found = self._contract(name, "endorsed")
        need(leg < len(found["terms"]["legs"]), leg not in found["holds"], not wrong, not self.stopped(found["terms"]))
        need(self.now <= found["terms"]["settle_by"])
        book, asset, units = self.needs(found["terms"], leg)
        need(self.pockets[book, asset, "available"] >= units)

        def then() -> None:
            self._move(book, asset, units, "available", "held")
            found["holds"][leg] = units
            if len(found["holds"]) == len(found["terms"]["legs"]):
                found["state"] = "held"

        return then

    def needs(self, terms: dict[str, Any], leg: int) -> tuple[str, str, int]:
        """Whose units, of what, and how many a leg's hold takes: the leg, and the cap of the network's fee."""
        payer, _, asset, units = terms["legs"][leg]
        return payer, asset, units + (FEE_CAP if leg in self.fees(terms).values() else 0)

    def fees(self, terms: dict[str, Any]) -> dict[str, int]:
        """Who bears a network fee, and with which leg: with the first bitcoin that it delivers."""
        found: dict[str, int] = {}
        for leg, (payer, _, asset, _) in enumerate(terms["legs"]):
            if asset == "BTC":
                found.setdefault(payer, leg)
        return found

    def unhold(self, name: str, leg: int) -> Then:
        found = self._contract(name, "endorsed", "held")
        need(leg in found["holds"], found["cycle"] is None, not self._named(name))

        def then() -> None:
            book, asset, _ = self.needs(found["terms"], leg)
            self._move(book, asset, found["holds"].pop(leg), "held", "available")
            found["state"] = "endorsed"

        return then

    # cycles

    def close(self, cycle: str, names: tuple[str, ...], how: str, cut_off: int, short: tuple[Any, ...]) -> Then:
        need(cycle not in self.cycles, names, cut_off <= self.now)
        found = [self._contract(name, "held") for name in names]
        need(how != "gross" or len(found) == 1)
        need(how == "gross" or all(each["terms"]["template"] in SALES for each in found))
        for each in found:
            need(each["cycle"] is None, not self.stopped(each["terms"]), self.now <= each["terms"]["settle_by"])
        need(not short or self.now >= cut_off + TOP_UP)
        for name, book, asset, missing in short:
            self._contract(name, "endorsed")
            need(self.lacks(name).get((book, asset)) == missing)
        groups = self.groups(names, how)

        def then() -> None:
            self.cycles[cycle] = {
                "name": cycle,
                "contracts": names,
                "how": how,
                "groups": groups,
                "live": {},
                "stage": "open",
                "released": False,
                "failed": False,
                "voiding": False,
                "owed": set(),  # groups whose failure is on record
                "state": "held" if groups else "signed",
            }
            for each in found:
                each["cycle"] = cycle
                each["state"] = "held" if groups else "signed"

        return then

    def lacks(self, name: str) -> dict[tuple[str, str], int]:
        """What each account lacks for the holds of a contract that are not placed."""
        found = self.contracts[name]
        wanted: Counter[tuple[str, str]] = Counter()
        for leg in range(len(found["terms"]["legs"])):
            if leg not in found["holds"]:
                book, asset, units = self.needs(found["terms"], leg)
                wanted[book, asset] += units
        lacking = {place: units - self.pockets[*place, "available"] for place, units in wanted.items()}
        return {place: units for place, units in lacking.items() if units > 0}

    def groups(self, names: tuple[str, ...], how: str) -> list[tuple[str, ...]]:
        """The instructions that a cycle needs: one for all who pay bitcoin, and one for each paying Safe."""
        payers: dict[str, set[str]] = {"bitcoin": set(), "ethereum": set()}
        for (asset, payer), _ in self.payments(names, how):
            payers[CHAIN[asset]].add(payer)
        bitcoin = [("bitcoin", *sorted(payers["bitcoin"]))] if payers["bitcoin"] else []
        return bitcoin + [("ethereum", payer) for payer in sorted(payers["ethereum"])]

    def payments(self, names: tuple[str, ...], how: str) -> Iterator[tuple[tuple[str, str], int]]:
        """((asset, paying book), units) after netting."""
        net: Counter[tuple[str, tuple[str, ...], str]] = Counter()
        for name in names:
            for payer, receiver, asset, units in self.contracts[name]["terms"]["legs"]:
                pair = () if how == "multilateral" else tuple(sorted({payer, receiver}))
                if how == "gross":
                    yield (asset, payer), units
                else:
                    net[asset, pair, payer] += units
                    net[asset, pair, receiver] -= units
        for (asset, _, payer), units in net.items():
            if units > 0:
                yield (asset, payer), units

    def _call_off(self, cycle: dict[str, Any]) -> None:
        cycle["stage"] = "called off"
        for name in cycle["contracts"]:
            found = self.contracts[name]
            found["cycle"] = None
            if found["state"] in ("held", "instructed", "signed"):
                found["state"] = "held"
        for instruction in cycle["live"].values():
            self._drop(self.instructions[instruction])

    # instructions and shares

    def prepare(self, name: str, cycle: str, group: tuple[str, ...], by: str, nonce: int, coins: str) -> Then:
        found = self._cycle(cycle)
        need(name not in self.instructions, group in found["groups"], by in PREPARERS)
        need(not self._stands_still(found))
        before = self.instructions.get(found["live"].get(group))
        if found["failed"]:
            need(found["state"] == "failed")
            need(before is None or not before["executable"] or self._instead(before, group, nonce, coins))
        else:
            need(found["state"] in ("held", "instructed"), not self._shares(found), self._in_time(found))
        self._places(group, nonce, coins, before)
        self._confirmed(found, group)

        def then() -> None:
            if before is not None:
                self._drop(before)
            self._instruct(name, found, group, by, nonce, coins, "settlement")
            if len(found["live"]) == len(found["groups"]) and not found["failed"]:
                self._states(found, "instructed")

        return then

    def _instead(self, before: dict[str, Any], group: tuple[str, ...], nonce: int, coins: str) -> bool:
        """Whether only one of the two can ever be mined."""
        if before["purpose"] == "void":
            return before["block"] is not None and before["seen"] >= CONFIRMATIONS[group[0]]
        same = before["coins"] == coins if group[0] == "bitcoin" else before["nonce"] == nonce
        return not before["released"] and same

    def _in_time(self, cycle: dict[str, Any]) -> bool:
        return all(self.now <= self.contracts[each]["terms"]["settle_by"] for each in cycle["contracts"])

    def _drop(self, instruction: dict[str, Any]) -> None:
        """It counts no more; its coins and its place in the Safe are free."""
        instruction["dead"] = True
        book = instruction["group"][1]
        if self.pending.get(book) == instruction["name"]:
            del self.pending[book]

    def _places(self, group: tuple[str, ...], nonce: int, coins: str, mine: Any) -> None:
        """Rule 5: the Safe's next nonce, no other unexecuted instruction in the Safe, and no coin that another uses."""
        if group[0] == "ethereum":
            waiting = self.pending.get(group[1])
            need(waiting is None or (mine is not None and waiting == mine["name"]))
            lost = self.lost.get(group[1], set())
            need(nonce >= self.nonce.get(group[1], min(lost, default=0)))
            return
        for other in self.instructions.values():
            if other["group"][0] == "ethereum":
                continue
            uses = other["block"] is not None or not (other["dead"] or other is mine)
            need(not (uses and other["coins"] == coins and set(other["group"]) & set(group[1:])))

    def next_number(self, book: str) -> int | None:
        """The number of a Safe after the last that it saw used, or passed by; the lowest that was prepared, before there is one."""
        there = [each["nonce"] for each in self.instructions.values() if each["group"] == ("ethereum", book)]
        after = [each + 1 for each in self.lost.get(book, ())]
        if book in self.nonce:
            after.append(self.nonce[book])
        return max(after) if after else min(there, default=None)

    def _passed_by(self, book: str, nonce: int) -> None:
        """Numbers before the one that is named were used by something else; it and later ones were not."""
        lost, unread = self.lost.setdefault(book, set()), self.unread.setdefault(book, set())
        usual = self.next_number(book)
        for numbers in (lost, unread):
            numbers.difference_update([each for each in numbers if each >= nonce])
            numbers.update(range(nonce if usual is None else usual, nonce))

    def compare(self, report: str) -> Then:
        """The books compared with the chains."""
        need(report not in self.used)

        def then() -> None:
            self.used.add(report)
            self.unread.clear()

        return then

    def _confirmed(self, cycle: dict[str, Any], group: tuple[str, ...]) -> None:
        """Rule 9: what an account received with too few confirmations is not spent, by all its instructions together."""
        chain, *books = group
        for book in books:
            for asset in [each for each in UNIT if CHAIN[each] == chain and self.pays(cycle, book, each)]:
                early, unsure = self.unconfirmed(book, asset)
                self.open_question = self.open_question or unsure
                under_way = sum(self.pays(each, book, asset) for each in self._under_way(book, asset, cycle))
                there = sum(self.pockets[book, asset, pocket] for pocket in ("available", "held", "frozen", "lent"))
                need(unsure or there - early - under_way >= self.pays(cycle, book, asset))

    def _under_way(self, book: str, asset: str, beside: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Other cycles with a live instruction that pays from an account and is not booked yet."""
        for cycle in self.cycles.values():
            if cycle is beside or cycle["stage"] != "open":
                continue
            for group, name in cycle["live"].items():
                if group[0] == CHAIN[asset] and book in group[1:] and self.instructions[name]["purpose"] != "void":
                    yield cycle

    def pays(self, cycle: dict[str, Any], book: str, asset: str) -> int:
        """What a cycle pays from an account."""
        found = self.payments(cycle["contracts"], cycle["how"])
        return sum(units for place, units in found if place == (asset, book))

    def unconfirmed(self, book: str, asset: str) -> tuple[int, bool]:
        """What an account received in final settlements with too few confirmations, and whether netting leaves it open."""
        early, unsure = 0, False
        for cycle in self.cycles.values():
            live = map(self.instructions.__getitem__, cycle["live"].values())
            shallow = {
                payer
                for each in live
                if each["group"][0] == CHAIN[asset] and each["seen"] < CONFIRMATIONS[CHAIN[asset]]
                for payer in each["group"][1:]
            }
            if cycle["stage"] != "final" or not shallow:
                continue
            if cycle["how"] != "gross":
                unsure = True
            for name in cycle["contracts"]:
                terms = self.contracts[name]["terms"]
                if terms["template"] != "withdrawal":
                    mine = (leg for leg in terms["legs"] if leg[0] in shallow and leg[1:3] == (book, asset))
                    early += sum(units for *_, units in mine)
        return early, unsure

    def _instruct(
        self, name: str, cycle: dict[str, Any], group: tuple[str, ...], by: str, nonce: int, coins: str, purpose: str
    ) -> None:
        if group[0] == "ethereum":
            self._passed_by(group[1], nonce)
        self.instructions[name] = {
            "name": name,
            "cycle": cycle["name"],
            "group": group,
            "by": by,
            "nonce": nonce,
            "coins": coins,
            "purpose": purpose,
            "at": self.now,
            "instead_of": cycle["live"].get(group),
            "shares": set(),
            "released": False,
            "sent": False,
            "block": None,
            "seen": 0,
            "fees": {},
            "executable": True,
            "dead": False,
        }
        cycle["live"][group] = name
        if group[0] == "ethereum":
            self.pending[group[1]] = name

    def missing(self, instruction: dict[str, Any]) -> int:
        """How many shares it lacks."""
        return QUORUM * (len(instruction["group"]) - 1) - len(instruction["shares"])

    def share(self, name: str, book: str, officer: str) -> Then:
        found = self._live(name)
        cycle = self._cycle(found["cycle"])
        live = [self.instructions[each] for each in cycle["live"].values()]
        if (child := found["purpose"] == "child") and found["instead_of"] is None:
            parent = self.instructions[found["lifts"]]
            need(not parent["dead"], parent["block"] is None)
        elif child:
            need(not self.instructions[found["lifts"]]["dead"])
        need(book in found["group"][1:], officer in SIGNERS, not found["released"])
        need(officer not in self._preparers(found, live), (book, officer) not in found["shares"])
        need(sum(1 for each, _ in found["shares"] if each == book) < QUORUM)
        need(self.now <= found["at"] + LIFETIME)
        if found["group"][0] == "ethereum" and found["purpose"] != "void":
            need(not self.unread.get(found["group"][1]))
        need(cycle["state"] in ("instructed", "partly signed", "settling", "failed"))
        if found["purpose"] != "void":
            need(not cycle["voiding"], not self._stands_still(cycle))
            need(cycle["failed"] or found["purpose"] in ("replacement", "child") or self._in_time(cycle))
        if self.missing(found) == 1 and not child:
            need(all(self.missing(other) <= 1 for other in live if other is not found))

        def then() -> None:
            found["shares"].add((book, officer))
            if cycle["state"] in ("instructed", "partly signed"):
                done = all(self.missing(each) == 0 for each in live)
                if cycle["voiding"]:  # every instruction that has shares needs its void
                    done = done and all(each["purpose"] == "void" for each in live)
                self._states(cycle, "signed" if done else "partly signed")

        return then

    def _preparers(self, found: dict[str, Any], live: list[dict[str, Any]]) -> set[str]:
        """Who prepared what is live, or what a replacement pays again, unless this ends the settlement.

        What nobody signed and another was prepared instead of is no more: its preparer has no hand in what is signed.
        """
        by = {each["by"] for each in (*live, *self.lifting(live))}
        for each in live if found["purpose"] != "void" else ():
            while each["instead_of"] is not None and each["purpose"] != "settlement":
                each = self.instructions[each["instead_of"]]
                by.add(each["by"])
        return by

    def release(self, name: str, maker: str, checker: str) -> Then:
        found = self._cycle(name)
        need(maker in PREPARERS, checker == "compliance", maker != checker)
        live = [self.instructions[each] for each in found["live"].values()]
        waiting = [each for each in live if not each["released"]]
        waiting += [each for each in self.lifting(live) if not each["released"] and self.missing(each) == 0]
        if found["voiding"]:
            need(all(each["purpose"] == "void" for each in waiting))
        else:
            declared = waiting and all(each["purpose"] != "settlement" for each in waiting)
            need(not self._stands_still(found), found["failed"] or declared or self._in_time(found))
        need(found["state"] == "signed" or (found["state"] in ("settling", "failed") and waiting))
        need(all(self.missing(each) == 0 for each in waiting))

        def then() -> None:
            found["released"] = True
            for each in waiting:
                each["released"] = True
            if found["state"] == "signed":
                self._states(found, "released" if found["groups"] else "settling")

        return then

    # chains

    def broadcast(self, name: str) -> Then:
        found = self._live(name)
        cycle = self._cycle(found["cycle"])
        need(found["released"], not found["sent"], cycle["state"] in ("released", "settling", "failed"))
        need(not cycle["voiding"] or found["purpose"] == "void")
        need(found["purpose"] != "child" or not self.instructions[found["lifts"]]["dead"])

        def then() -> None:
            found["sent"] = True
            if cycle["state"] == "released":
                self._states(cycle, "settling")

        return then

    def observe(self, name: str, block: str | None, confirmations: int, fee: int) -> Then:
        need(name in self.instructions)
        found = self.instructions[name]
        cycle = self.cycles[found["cycle"]]
        need(
            found["sent"] or self._mined_unsent(found, block), (block, confirmations) != (found["block"], found["seen"])
        )
        need(cycle["stage"] != "called off", not any(self._is(each, "disputed") for each in cycle["contracts"]))
        payers = found["group"][1:] if found["group"][0] == "bitcoin" else ()
        beside = self.instructions.get(found.get("lifts") or self.children.get(name, ""), {"fees": {}})["fees"]
        need(all(fee + beside.get(book, 0) <= self._caps(cycle, book) for book in payers))
        need(not found["fees"] or found["fees"] == dict.fromkeys(payers, fee))

        def then() -> None:
            found.update(block=block, seen=confirmations, fees=dict.fromkeys(payers, fee), sent=True)
            if block is not None and found["dead"]:
                self._counts_again(cycle, found)
            if found["group"][0] == "ethereum":
                self._safe_saw(found)
            if cycle["stage"] == "open" and found["purpose"] != "child":
                self._follow(cycle, found)

        return then

    def _mined_unsent(self, found: dict[str, Any], block: str | None) -> bool:
        """Nobody here sent it, but there are shares: whoever has a quorum of them can; a Safe's also after the release."""
        anybody = not found["released"] or (found["group"][0] == "ethereum" and block is not None)
        return bool(found["shares"]) and anybody and (self._rival(found) or self._ready(found))

    def _ready(self, found: dict[str, Any]) -> bool:
        return not found["dead"] and self.missing(found) == 0

    def _rival(self, found: dict[str, Any]) -> bool:
        """Whether a void or another declared one took its place after somebody had signed it."""
        later = (each for each in self.instructions.values() if each["instead_of"] == found["name"])
        declared = found["purpose"] != "settlement" or any(each["purpose"] != "settlement" for each in later)
        return found["dead"] and declared

    def _counts_again(self, cycle: dict[str, Any], found: dict[str, Any]) -> None:
        if found["purpose"] == "child":
            self._drop(self.instructions[self.children[found["lifts"]]])
            found["dead"], self.children[found["lifts"]] = False, found["name"]
            return
        usurper = cycle["live"].get(found["group"])
        if usurper is not None:
            self._drop(self.instructions[usurper])
        found["dead"] = False
        cycle["live"][found["group"]] = found["name"]
        if found["group"][0] == "ethereum" and found["block"] is None:
            self.pending[found["group"][1]] = found["name"]

    def _safe_saw(self, found: dict[str, Any]) -> None:
        """The Safe's next nonce, after its instruction was seen in a block or is in none any more."""
        book = found["group"][1]
        if found["block"] is not None:
            if self.pending.get(book) in (found["name"], None):
                self.pending.pop(book, None)
                self.nonce[book] = max(found["nonce"] + 1, self.nonce.get(book, 0))
        elif self.pending.get(book) is None and self.nonce.get(book) == found["nonce"] + 1 == self.next_number(book):
            self.pending[book] = found["name"]
            self.nonce[book] = found["nonce"]
            while self.nonce[book] - 1 in self.lost.get(book, ()):  # what was told of them may still be wrong
                self.nonce[book] -= 1

    def _follow(self, cycle: dict[str, Any], found: dict[str, Any]) -> None:
        """What the chain did is what happened."""
        if found["block"] is None:
            for each in cycle["contracts"]:
                self.contracts[each]["confirmed"].clear()
            return
        early = cycle["state"] in ("partly signed", "signed", "released") and not found["released"]
        if found["purpose"] != "void" and (cycle["voiding"] or early):
            for each in [self.instructions[name] for name in cycle["live"].values()]:
                first = each
                while first["purpose"] == "void":
                    first = self.instructions[first["instead_of"]]
                if each["purpose"] == "void" and each["block"] is None:
                    self._counts_again(cycle, first)
            cycle.update(voiding=False, failed=True)
            self._states(cycle, "failed")
            cycle["owed"] |= set(cycle["groups"]) - self._delivered(cycle)
        elif found["purpose"] != "void" and cycle["state"] == "released":
            self._states(cycle, "settling")
        if cycle["state"] == "failed" and self._delivered(cycle) == set(cycle["groups"]):
            self._states(cycle, "settling")

    def _delivered(self, cycle: dict[str, Any]) -> set[tuple[str, ...]]:
        """The groups whose payments are in a block."""
        live = [self.instructions[name] for name in cycle["live"].values()]
        return {each["group"] for each in live if each["block"] is not None and each["purpose"] != "void"}

    def _is(self, name: str, state: str) -> bool:
        return bool(self.contracts[name]["state"] == state)

    def _caps(self, cycle: dict[str, Any], book: str) -> int:
        return sum(FEE_CAP for name in cycle["contracts"] if book in self.fees(self.contracts[name]["terms"]))

    def confirm(self, name: str, who: str) -> Then:
        found = self._contract(name, "settling")
        cycle = self.cycles[found["cycle"]]
        need(found["terms"]["mutual"], who in self._participants(found), who not in found["confirmed"])
        need(not cycle["voiding"], self._delivered(cycle) == set(cycle["groups"]))
        return lambda: found["confirmed"].add(who)

    def final(self, name: str) -> Then:
        cycle = self._cycle(name)
        found = [self.contracts[each] for each in cycle["contracts"]]
        live = [self.instructions[each] for each in cycle["live"].values()]
        need(cycle["state"] == "settling", not cycle["voiding"], self._delivered(cycle) == set(cycle["groups"]))
        need(not any(self._may_be_mined(each) for each in self.lifting(live)))
        for each in found:
            moved = {asset for _, _, asset, _ in each["terms"]["legs"]}
            deep = all(
                one["seen"] >= CONFIRMATIONS[one["group"][0]]
                for one in live
                if moved & self._moves(cycle, one["group"])
            )
            need(deep or (each["terms"]["mutual"] and each["confirmed"] == self._participants(each)))

        def then() -> None:
            cycle["stage"] = "final"
            for each in found:
                for leg, (payer, receiver, asset, units) in enumerate(each["terms"]["legs"]):
                    rest = each["holds"].pop(leg) - units
                    self.pockets[payer, asset, "held"] -= units
                    self._move(payer, asset, rest, "held", "available")
                    if each["terms"]["template"] == "withdrawal":
                        self.left[asset] += units
                    else:
                        self.pockets[receiver, asset, "available"] += units
                each.update(state="final", final=self.now)
            for instruction in (*live, *self.lifting(live)):
                for book, fee in instruction["fees"].items():
                    self.pockets[book, "BTC", "available"] -= fee
                    self.left["BTC"] += fee

        return then

    def _moves(self, cycle: dict[str, Any], group: tuple[str, ...]) -> set[str]:
        """The assets that a group's instruction pays."""
        found = (place for place, _ in self.payments(cycle["contracts"], cycle["how"]))
        return {asset for asset, payer in found if CHAIN[asset] == group[0] and payer in group[1:]}

    # trouble

    def fail(self, cycle: str, name: str, executable: bool) -> Then:
        found, lost = self._cycle(cycle), self._live(name)
        need(lost["purpose"] != "child")
        need(lost["cycle"] == cycle, lost["released"], not found["voiding"], lost["block"] is None, lost["executable"])
        need(found["state"] in ("settling", "failed"), self._delivered(found))
        need(found["state"] == "settling" or lost["group"] not in found["owed"] or not executable)

        def then() -> None:
            if not executable:
                lost["executable"] = False
                if lost["group"][0] == "ethereum":
                    self.nonce[lost["group"][1]] = lost["nonce"] + 1
                    self.pending.pop(lost["group"][1], None)
            found["failed"] = True
            found["owed"].add(lost["group"])
            self._states(found, "failed")

        return then

    def bump(self, name: str) -> Then:
        """The same call of a Safe in another outer transaction."""
        found = self._live(name)
        cycle = self._cycle(found["cycle"])
        need(
            found["group"][0] == "ethereum",
            found["sent"],
            found["released"],
            found["block"] is None,
            found["executable"],
        )
        need(cycle["state"] in ("settling", "failed"))
        return lambda: None

    def replace(self, name: str, old: str) -> Then:
        """A higher fee on Bitcoin: only one of the two can be mined, and it is signed and released anew."""
        before = self._live(old)
        cycle = self._cycle(before["cycle"])
        need(name not in self.instructions, before["group"][0] == "bitcoin", before["block"] is None)
        need(before["purpose"] != "child")
        need(cycle["state"] in ("settling", "failed"), not cycle["voiding"], not self._stands_still(cycle))

        def then() -> None:
            self._drop(before)
            self._instruct(name, cycle, before["group"], "operations", 0, before["coins"], "replacement")

        return then

    def child(self, name: str, lifts: str) -> Then:
        """What waits on Bitcoin is paid for once more, out of its change: nothing is delivered, and nothing takes its place."""
        parent = self._live(lifts)
        cycle = self._cycle(parent["cycle"])
        need(name not in self.instructions, parent["group"][0] == "bitcoin", parent["purpose"] not in ("void", "child"))
        need(parent["sent"], parent["block"] is None, parent["executable"])
        need(cycle["state"] in ("settling", "failed"), not cycle["voiding"], not self._stands_still(cycle))
        before = self.instructions.get(self.children.get(lifts, ""))
        if before is not None:
            need(before["sent"] or self.missing(before), before["block"] is None)

        def then() -> None:
            live = dict(cycle["live"])
            self._instruct(name, cycle, parent["group"], "operations", 0, f"change of {lifts}", "child")
            cycle["live"] = live
            old = None if before is None else before["name"]
            self.instructions[name].update(lifts=lifts, instead_of=old)
            if before is not None:
                self._drop(before)
            self.children[lifts] = name

        return then

    def lifting(self, live: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The children of these."""
        return [self.instructions[self.children[each["name"]]] for each in live if each["name"] in self.children]

    def _may_be_mined(self, child: dict[str, Any]) -> bool:
        """Whether a child waits for its block, or one that it took the place of could still come in its stead."""
        row, each = [child], child
        while each["instead_of"] is not None:
            each = self.instructions[each["instead_of"]]
            row.append(each)
        return child["block"] is None and any(self.missing(one) == 0 for one in row)

    def void(self, name: str, old: str) -> Then:
        before = self._live(old)
        cycle = self._cycle(before["cycle"])
        live = [self.instructions[each] for each in cycle["live"].values()]
        again = before["purpose"] == "void"
        need(name not in self.instructions, before["shares"] or again, before["block"] is None)
        need(before["purpose"] != "child")
        need(cycle["state"] in ("partly signed", "signed", "released") or (again and cycle["state"] == "settling"))

        def then() -> None:
            self._drop(before)
            for each in live:
                if not each["shares"] and each["purpose"] != "void":
                    self._drop(each)
                    del cycle["live"][each["group"]]
            for each in map(self.contracts.__getitem__, cycle["contracts"]):
                if each["state"] == "disputed":  # what is disputed may come home; the dispute goes on over it
                    self._pocket(each, "frozen", "held")
                    each["state"] = each["stood"]
            cycle["voiding"] = True
            self._instruct(name, cycle, before["group"], "operations", before["nonce"], before["coins"], "void")
            if cycle["state"] != "settling":
                self._states(cycle, "partly signed")

        return then

    def voided(self, name: str) -> Then:
        cycle = self._cycle(name)
        live = [self.instructions[each] for each in cycle["live"].values()]
        need(cycle["voiding"], cycle["state"] == "settling", all(each["purpose"] == "void" for each in live))
        need(all(each["block"] and each["seen"] >= CONFIRMATIONS[each["group"][0]] for each in live))
        need(not any(self._named(each) for each in cycle["contracts"]))

        def then() -> None:
            cycle["stage"] = "voided"
            for each in live:
                for book, fee in each["fees"].items():
                    self.pockets[book, "BTC", "held"] -= fee
                    self.left["BTC"] += fee
            charged = Counter({book: fee for each in live for book, fee in each["fees"].items()})
            for each in cycle["contracts"]:
                self._home(self.contracts[each], charged)

        return then

    def _home(self, found: dict[str, Any], charged: Counter[str]) -> None:
        """Its holds return, less the fee; what was disputed before the release stays frozen, but for the fee's cap."""
        for leg, (payer, _, asset, units) in enumerate(found["terms"]["legs"]):
            fee = min(charged[payer], found["holds"][leg] - units)
            charged[payer] -= fee
            self._move(payer, asset, found["holds"][leg] - fee, "held", "available")
            found["holds"][leg] = units
        if found["dispute"] and found["stood"] in BEFORE_RELEASE:
            found.update(state="disputed", stood="voided", cycle=None)
            self._pocket(found, "available", "frozen")
        else:
            found.update(state="voided", holds={})

    # disputes and awards

    def dispute(self, name: str, who: str) -> Then:
        found = self._contract(name, *BEFORE_RELEASE, "released", "settling", "failed", "final")
        need(found["terms"]["template"] in SALES, who in self._participants(found), found["dispute"] is None)
        need(found["final"] is None or self.now <= found["final"] + DISPUTE_WINDOW)
        cycle = self.cycles.get(found["cycle"])
        need(cycle is None or not cycle["voiding"])

        def then() -> None:
            before_release = found["state"] in BEFORE_RELEASE
            if before_release and cycle is not None and not self._shares(cycle):
                self._call_off(cycle)
            found.update(dispute=who, stood=found["state"])
            if before_release:
                found["state"] = "disputed"
                self._pocket(found, "held", "frozen")

        return then

    def retract(self, name: str, who: str) -> Then:
        found = self._contract(name)
        need(found["dispute"] == who)
        return lambda: self._resume(found)

    def resolve(self, name: str, outcome: str) -> Then:
        found = self._contract(name)
        need(found["dispute"])
        if outcome == "resume":
            return lambda: self._resume(found)
        need(found["state"] == "disputed", not self.signed_for(found), not self._named(name))

        def then() -> None:
            found["dispute"] = None
            self._return(found, "frozen")
            found["state"] = "cancelled"

        return then

    def _resume(self, found: dict[str, Any]) -> None:
        found["dispute"] = None
        if found["state"] == "disputed":
            found["state"] = found["stood"]
            if found["state"] == "voided":
                self._return(found, "frozen")
            else:
                self._pocket(found, "frozen", "held")

    def award(self, terms: dict[str, Any]) -> Then:
        disputed = self._contract(terms["replaces"])
        need(terms["name"] not in self.contracts, self.now <= terms["settle_by"])
        if disputed["award"]:
            need(self.contracts[disputed["award"]]["state"] in ("cancelled", "expired", "voided"))
        else:
            need(disputed["dispute"], disputed["state"] in ("disputed", "final", "voided"))
            need(disputed["state"] != "disputed" or not self.signed_for(disputed))
        need(not self.stopped(terms), not self.stopped(disputed["terms"]))
        home: Counter[tuple[str, str]] = Counter()
        for leg, units in disputed["holds"].items():
            home[self.needs(disputed["terms"], leg)[:2]] += units
        wanted: Counter[tuple[str, str]] = Counter()
        for leg in range(len(terms["legs"])):
            book, asset, units = self.needs(terms, leg)
            wanted[book, asset] += units
        for place, units in wanted.items():
            need(self.pockets[*place, "available"] + home[place] >= units)

        def then() -> None:
            self._return(disputed, "frozen")
            disputed.update(dispute=None, award=terms["name"])
            if disputed["state"] == "disputed":
                disputed["state"] = "awarded"
            self._file(terms, "held")
            for leg in range(len(terms["legs"])):
                book, asset, units = self.needs(terms, leg)
                self._move(book, asset, units, "available", "held")
                self.contracts[terms["name"]]["holds"][leg] = units

        return then

    # lending

    def lend(self, loan: str, book: str, asset: str, units: int, rate: int) -> Then:
        out = sum(each["units"] for each in self.loans.values() if each["asset"] == asset and each["out"])
        need(loan not in self.loans, asset == "BTC", rate == RATE_BPS, out + units <= POOL_LIMIT)
        need(self.pockets[book, asset, "available"] >= units, not self._still(book, asset))
        self._may_trade(book)

        def then() -> None:
            self._move(book, asset, units, "available", "lent")
            today = self.now // DAY
            self.loans[loan] = {
                "book": book,
                "asset": asset,
                "units": units,
                "out": True,
                "claim": 0,
                "rest": 0,
                "from": today,
            }

        return then

    def _still(self, book: str, asset: str) -> bool:
        return bool({("book", book), ("participant", OWNER[book]), ("asset", asset)} & set(self.orders.values()))

    def interest(self, loan: dict[str, Any], until: int) -> tuple[int, int]:
        """Whole units that accrue to and with a day, and what is not yet one: it stays with the pool, and counts on."""
        days = max(0, until + 1 - loan["from"])
        return divmod(loan["rest"] + loan["units"] * RATE_BPS * days, 360 * 10_000)

    def accrual(self, asset: str, day: int) -> tuple[int, int]:
        """How many loans, and the interest that they earn together."""
        found = [each for each in self.loans.values() if each["asset"] == asset and each["out"]]
        return len(found), sum(self.interest(each, day)[0] for each in found)

    def accrue(self, asset: str, day: int, loans: int, interest: int) -> Then:
        need(
            loans,
            (loans, interest) == self.accrual(asset, day),
            day < self.now // DAY,
            day > self.accrued.get(asset, 0),
        )

        def then() -> None:
            self.accrued[asset] = day
            for each in self.loans.values():
                if each["asset"] == asset and each["out"]:
                    self._earn(each, day)

        return then

    def _earn(self, loan: dict[str, Any], day: int) -> None:
        units, loan["rest"] = self.interest(loan, day)
        loan["claim"] += units
        loan["from"] = max(loan["from"], day + 1)

    def recall(self, loan: str, by: str) -> Then:
        need(loan in self.loans)
        found = self.loans[loan]
        asset, pool = found["asset"], ("pool", found["asset"], "available")
        need(by in ("desk", OWNER[found["book"]]), ("asset", asset) not in self.orders.values())
        need(found["out"] or (found["claim"] and self.pockets[pool] >= found["claim"]))

        def then() -> None:
            if found["out"]:
                self._earn(found, self.now // DAY - 1)
                self._move(found["book"], asset, found["units"], "lent", "available")
                found["out"] = False
            if self.pockets[pool] >= found["claim"]:
                self.pockets[pool] -= found["claim"]
                self.pockets[found["book"], asset, "available"] += found["claim"]
                found["claim"] = 0

        return then

    # what the rest is made of

    def _contract(self, name: str, *states: str) -> dict[str, Any]:
        found = self.contracts.get(name)
        if found is None or (states and found["state"] not in states):
            raise No
        return found

    def _cycle(self, name: str) -> dict[str, Any]:
        found = self.cycles.get(name)
        if found is None or found["stage"] != "open":
            raise No
        return found

    def _live(self, name: str) -> dict[str, Any]:
        found = self.instructions.get(name)
        if found is None or found["dead"]:
            raise No
        return found

    def _participants(self, contract: dict[str, Any]) -> set[str]:
        return {OWNER[book] for book in contract["terms"]["parties"]}

    def _shares(self, cycle: dict[str, Any]) -> bool:
        """Whether anybody ever signed for this cycle."""
        mine = (each for each in self.instructions.values() if each["cycle"] == cycle["name"])
        return any(each["shares"] for each in mine)

    def signed_for(self, contract: dict[str, Any]) -> bool:
        """Whether somebody signed, on some chain, for the cycle in which the contract stands."""
        cycle = self.cycles.get(contract["cycle"])
        return cycle is not None and self._shares(cycle)

    def _states(self, cycle: dict[str, Any], state: str) -> None:
        cycle["state"] = state
        for name in cycle["contracts"]:
            if self.contracts[name]["state"] != "disputed":
                self.contracts[name]["state"] = state

    def _move(self, book: str, asset: str, units: int, source: str, target: str) -> None:
        self.pockets[book, asset, source] -= units
        self.pockets[book, asset, target] += units

    def _pocket(self, contract: dict[str, Any], source: str, target: str) -> None:
        for leg, units in contract["holds"].items():
            book, asset, _ = self.needs(contract["terms"], leg)
            self._move(book, asset, units, source, target)

    def _return(self, contract: dict[str, Any], source: str) -> None:
        self._pocket(contract, source, "available")
        contract["holds"] = {}

    def _end(self, name: str, state: str) -> None:
        """Holds return, the cycle is called off, its other contracts are held again."""
        found = self.contracts[name]
        if found["cycle"]:
            self._call_off(self.cycles[found["cycle"]])
        self._return(found, "held")
        found["state"] = state
