"""The commands of `reference_model` as signed events, on a machine: what the model says in words, a desk would log.

    desk = Signed()                                        # founded, with policy and prices
    desk.plays(("deposit", "harbour", "USD", 10**12, "first", 6))     # None: accepted; or the refusal's code
    desk.pockets()                                         # Counter by (book, asset, pocket), as the model has it

- Three participants, one of them with two books, and the custodian's lending pool; bitcoin, ether and two tokens.
- An event is sent through `machine.replay`: a refusal becomes a fault, and every other field must be the same object.
- Names become hashes here; what names nothing becomes a hash of nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from typing import Any

from countersign.formats import times
from countersign.settlement import builder, delivery, machine, templates
from countersign.settlement.bodies import Short, Spend
from countersign.settlement.contract import Contract, Finality, Leg, Notional, Terms
from countersign.settlement.roster import Party
from countersign.settlement.state import State
from support import reference_model
from support import settlement_world as world
from support.many_books import token
from support.reference_model import UNIT, Command

KESTREL = world.lei("9845KESTRL")
PARTIES = {
    "meridian": Party(world.MERIDIAN, "main"),
    "fund": Party(world.MERIDIAN, "fund"),
    "harbour": Party(world.HARBOUR, "main"),
    "kestrel": Party(KESTREL, "main"),
    "pool": Party(world.NORTHGATE, "lending-pool"),
}
LEIS = {"meridian": world.MERIDIAN, "harbour": world.HARBOUR, "kestrel": KESTREL}
ASSETS = {"BTC": world.BTC, "ETH": f"{world.ETHEREUM}/slip44:60", "USD": world.USDC, "TOK": token(1)}
KINDS = {"bitcoin": "btc", "ethereum": "safe"}
COINS = {"bitcoin": "BTC", "ethereum": "ETH"}
TEMPLATES = {"spot": templates.SPOT, "basket": templates.BASKET, "block": templates.BLOCK}
BOOKS = {(party.lei, party.book): name for name, party in PARTIES.items()}
SYMBOLS = {asset: name for name, asset in ASSETS.items()}
CHAIN = ["desk", "operations"]
ADMINISTRATORS = ["compliance", "officer-d"]
Step = tuple[str, list[str], dict[str, object]]


def _owner(book: str) -> dict[str, object]:
    return {"lei": PARTIES[book].lei, "book": PARTIES[book].book}


def _participant(who: str, suspended: bool = False, until: str = "2027-12-31") -> dict[str, object]:
    return {
        "lei": LEIS[who],
        "name": who.title(),
        "certified_until": until,
        "suspended": suspended,
        "keys": [world.identity(who).public.jwk()],
        "books": sorted(party.book for party in PARTIES.values() if party.lei == LEIS[who]),
    }


def _founding() -> dict[str, object]:
    places = [
        {"account": world.destination(book, ASSETS[COINS[chain]]), "owner": _owner(book), "vault": f"{book}-{kind}"}
        for book in PARTIES
        for chain, kind in KINDS.items()
    ]
    outside = [
        {"account": world.outside(book, asset), "owner": _owner(book), "vault": None}
        for book in PARTIES
        if book != "pool"
        for asset in (ASSETS[coin] for coin in COINS.values())
    ]
    officers = [world.officer_entry(officer, PARTIES) for officer in world.NAMES]
    officers[-1]["roles"] = ["administrator", "operations", "vault"]
    return world.founding_body() | {
        "participants": [_participant(who) for who in LEIS],
        "assets": [{"id": ASSETS[name], "symbol": name, "decimals": len(str(unit)) - 1} for name, unit in UNIT.items()],
        "officers": officers,
        "vaults": [vault for book, party in PARTIES.items() for vault in world.vault_entries(book, party)],
        "destinations": places + outside,
    }


@cache
def _founded() -> tuple[machine.Entry, ...]:
    desk = world.Desk()
    desk.log("desk.founded", ["desk", *ADMINISTRATORS], _founding())
    lending = {world.BTC: {"limit": str(reference_model.POOL_LIMIT), "rate_bps": reference_model.RATE_BPS}}
    desk.log("policy.adopted", ADMINISTRATORS, {"policy": world.policy_document(lending=lending)})
    for asset, price in reference_model.PRICE.items():
        desk.log(*_price(asset, price))
    return tuple(desk.entries)


@cache
def _founded_state() -> State:
    return machine.replay(_founded())


def _price(asset: str, price: int) -> Step:
    return "price.published", ["desk"], {"asset": ASSETS[asset], "price": str(price), "source": "Northgate reference"}


@cache
def _contract(terms: Terms, names: tuple[str, ...]) -> Contract:
    return world.signed_contract(terms, names)


def _terms(said: dict[str, Any], replaces: str | None) -> Terms:
    """The contract's terms, from the model's words for them."""
    parties = said["parties"]
    template = TEMPLATES.get(said["template"], said["template"])
    away = template == "withdrawal"
    legs = tuple(
        Leg(
            parties.index(payer),
            parties.index(receiver),
            ASSETS[asset],
            units,
            world.outside(payer, ASSETS[asset]) if away else world.destination(receiver, ASSETS[asset]),
        )
        for payer, receiver, asset, units in said["legs"]
    )
    moved = sorted({leg.asset for leg in legs})
    confirmations = tuple(
        (asset, reference_model.CONFIRMATIONS[reference_model.CHAIN[SYMBOLS[asset]]]) for asset in moved
    )
    return world.terms(
        id=said["id"],
        version=said["version"],
        replaces=replaces,
        template=template,
        not_before=world.START,
        settle_by=said["settle_by"],
        parties=tuple(PARTIES[book] for book in parties),
        legs=legs,
        notional=Notional(said["usd"], str(said["price"]), "Northgate reference"),
        fees=((world.BTC, reference_model.FEE_CAP),) if world.BTC in moved else (),
        finality=Finality(confirmations, mutual=said["mutual"]),
        dispute=world.terms().dispute.__class__("LCIA", "LCIA Rules 2020", reference_model.DISPUTE_WINDOW),
    )


class Signed:
    """A desk that logs the model's commands as events signed by whom they concern."""

    def __init__(self) -> None:
        self.state = _founded_state()
        self.entries = list(_founded())
        self.now = world.START + len(self.entries)
        self.hashes: dict[str, str] = {}  # contracts and instructions: the model's name → its hash
        self.made: dict[str, Contract] = {}
        self.logged: dict[Command, bytes] = {}
        self.bumped: dict[str, str] = {}  # instruction → the outer transaction that took the first one's place
        self.coins: dict[str, tuple[tuple[str, ...], str, int]] = {}  # instruction → its group, coins and nonce

    def plays(self, command: Command) -> str | None:
        """Log it. The code with which it was refused, or None; a refusal changed nothing but the faults."""
        if command[0] == "wait":
            self.now += command[1]
            return None
        event = self._event(command)
        entry = machine.Entry(self.state.size, self.now * 1_000, event)
        before, self.state = self.state, machine.replay([entry], self.state)
        self.entries.append(entry)
        fault = self.state.faults.get(entry.index)
        if fault is not None:
            for field in fields(State):
                same = getattr(before, field.name) is getattr(self.state, field.name)
                assert same or field.name in ("size", "faults"), field.name
            return fault.code
        self.logged[_key(command)] = event
        if command[0] in ("prepare", "void", "replace", "child"):
            self.hashes[command[1]] = self.state.events[entry.index]
        if command[0] == "bump":
            self.bumped[command[1]] = str(self._bump(command[1])[2]["replacement"])
        return None

    def pockets(self) -> Counter[tuple[str, str, str]]:
        """Every balance that is not zero, as the model names it."""
        found: Counter[tuple[str, str, str]] = Counter()
        for account, balance in self.state.ledger.balances.items():
            book = BOOKS.get((account.lei, account.book), account.book)
            for pocket in ("available", "held", "frozen", "lent"):
                if units := getattr(balance, pocket):
                    found[book, SYMBOLS[account.asset], pocket] = units
        return found

    def totals(self) -> dict[str, tuple[int, int]]:
        """What came in, and what left as withdrawals and network fees, by asset."""
        found = self.state.ledger.totals.items()
        return {SYMBOLS[asset]: (each.credits, each.withdrawals + each.network_fees) for asset, each in found}

    def states(self) -> dict[str, str]:
        """Every contract's state, by the model's name."""
        return {
            name: self.state.contracts[found].state.value.replace("_", " ").replace("-", " ")
            for name, found in self.hashes.items()
            if found in self.state.contracts
        }

    def _event(self, command: Command) -> bytes:
        if command[0] == "repeat":
            kept = self.logged.get(_key(command[1]))
            if kept is not None:
                return kept
            command = command[1]  # it was left out of a shrunk history: an event like another
        signer = None
        if command[0] == "forged":
            command, signer = command[1], command[2]
        kind, names, body = getattr(self, f"_{command[0]}")(*command[1:])
        id = f"event-{len(self.entries)}"
        return world.event_bytes(kind, [signer] if signer else names, body, id=id, at=self.now)

    def _hash(self, name: str) -> str:
        return self.hashes.get(name, world.digest(f"nothing is named {name}"))

    def _signed(self, said: dict[str, Any], names: Sequence[str]) -> dict[str, object]:
        terms = _terms(said, self._hash(said["replaces"]) if said["replaces"] else None)
        found = _contract(terms, tuple(names))
        self.hashes[said["name"]] = found.hash
        self.made[said["name"]] = found
        return builder.contract_body(found)

    # one method for each command, in the order of the model

    def _publish(self, asset: str, price: int) -> Step:
        return _price(asset, price)

    def _participant(self, who: str, suspended: bool, until: int) -> Step:
        entry = _participant(who, suspended, times.text(until * reference_model.DAY)[:10])
        return "roster.changed", ADMINISTRATORS, {**world.no_entries(), "participants": [entry]}

    def _deposit(self, book: str, asset: str, units: int, reference: str, confirmations: int) -> Step:
        place = world.digest(reference)
        body: dict[str, object] = {
            "owner": _owner(book),
            "vault": f"{book}-{KINDS[reference_model.CHAIN[asset]]}",
            "asset": ASSETS[asset],
            "amount": str(units),
            "reference": f"{place}:0" if asset == "BTC" else f"0x{place}:0",
            "confirmations": confirmations,
        }
        return "deposit.credited", CHAIN, body

    def _propose(self, said: dict[str, Any], by: str) -> Step:
        return "contract.proposed", [by], self._signed(said, [by])

    def _affirm(self, said: dict[str, Any]) -> Step:
        names = sorted({reference_model.OWNER[book] for book in said["parties"]})
        return "contract.affirmed", ["operations"], self._signed(said, names)

    def _withdraw(self, said: dict[str, Any]) -> Step:
        names = sorted({reference_model.OWNER[book] for book in said["parties"]})
        return "withdrawal.requested", names, self._signed(said, names)

    def _award(self, said: dict[str, Any]) -> Step:
        return "award.made", ADMINISTRATORS, self._signed(said, ADMINISTRATORS)

    def _endorse(self, name: str) -> Step:
        return "contract.endorsed", ["compliance"], {"contract": self._hash(name)}

    def _decline(self, name: str, by: str) -> Step:
        return "contract.declined", [by], {"contract": self._hash(name), "reason": "Not what we agreed."}

    def _cancel(self, name: str) -> Step:
        return "contract.cancelled", self._leis(name), {"contract": self._hash(name), "reason": "Changed our minds."}

    def _leis(self, name: str) -> list[str]:
        """Every participant of a contract."""
        parties = {party.lei for party in self.made[name].terms.parties} if name in self.made else set()
        return [who for who, lei in LEIS.items() if lei in parties] or ["meridian"]

    def _expire(self, name: str) -> Step:
        return "contract.expired", ["desk"], {"contract": self._hash(name)}

    def _freeze(self, order: str, kind: str, what: str) -> Step:
        scope: dict[str, object] = {"lei": None, "book": None, "contract": None, "asset": None, "kind": kind}
        if kind == "participant":
            scope["lei"] = LEIS[what]
        elif kind == "book":
            scope |= _owner(what)
        else:
            scope[kind] = self._hash(what) if kind == "contract" else ASSETS[what]
        body = {"order": order, "scope": scope, "document_sha256": world.digest(order), "reason": "Court order."}
        return "freeze.ordered", ["compliance", "operations"], body

    def _lift(self, order: str) -> Step:
        return world.lift_step(order)

    def _hold(self, name: str, leg: int, wrong: int) -> Step:
        if name not in self.made or leg >= len(self.made[name].terms.legs):
            return "hold.placed", ["desk"], builder.hold_body(world.terms(), self._hash(name), 0)
        body = builder.hold_body(self.made[name].terms, self._hash(name), leg)
        if wrong:
            body["amount"] = str(int(str(body["amount"])) + wrong)
        return "hold.placed", ["desk"], body

    def _unhold(self, name: str, leg: int) -> Step:
        return "hold.released", ["desk"], {"contract": self._hash(name), "leg": leg, "reason": "Window over."}

    def _close(self, cycle: str, names: tuple[str, ...], how: str, cut_off: int, short: tuple[Any, ...]) -> Step:
        lacking = [
            Short(self._hash(name), PARTIES[book].lei, PARTIES[book].book, ASSETS[asset], missing)
            for name, book, asset, missing in short
        ]
        hashes = [self._hash(name) for name in names]
        body = builder.cycle_body(cycle, hashes, cut_off, netting=how, short=sorted(lacking, key=lambda x: x.contract))
        return "cycle.closed", ["desk"], body

    def _prepare(self, name: str, cycle: str, group: tuple[str, ...], by: str, nonce: int, coins: str) -> Step:
        self.coins[name] = (group, coins, nonce)
        return "instruction.prepared", [by], self._instruction(name, cycle, "settlement", None)

    def _compare(self, report: str) -> Step:
        body = {"as_of": self.state.size, "report": world.digest(report), "accounts": 1, "breaks": 0}
        return "reconciliation.recorded", CHAIN, body

    def _bump(self, name: str) -> Step:
        before = self._transaction(name)
        body: dict[str, object] = {
            "instruction": self._hash(name),
            "transaction": before,
            "replacement": f"0x{world.digest(f'transaction instead of {before}')}",
            "artefact": world.digest("the same call"),
            "reason": "It paid too little gas.",
        }
        return "transaction.replaced", CHAIN, body

    def _void(self, name: str, old: str) -> Step:
        return self._declared(name, old, "void")

    def _replace(self, name: str, old: str) -> Step:
        return self._declared(name, old, "replacement")

    def _child(self, name: str, lifts: str) -> Step:
        group = self.coins.get(lifts, (("bitcoin", "meridian"), lifts, 0))[0]
        self.coins[name] = (("bitcoin", *group[1:]), f"change of {lifts}", 0)
        found = self.state.instructions.get(self._hash(lifts))
        cycle = None if found is None else self.state.cycles.get(found.cycle)
        before = None if found is None else self.state.child(found)
        body = builder.psbt_instruction_body(
            "none" if cycle is None else cycle.id,
            (world.digest("no contract"),) if cycle is None else cycle.contracts,
            world.BITCOIN,
            world.digest(f"artefact of {name}"),
            [Spend(f"{self._transaction(lifts)}:{at}", f"{book}-btc", 0) for at, book in enumerate(group[1:])],
            purpose="child",
            replaces=None if before is None else before.hash,
            lifts=self._hash(lifts),
        )
        return "instruction.prepared", ["operations", "compliance"], body

    def _declared(self, name: str, old: str, purpose: str) -> Step:
        self.coins[name] = self.coins.get(old, (("bitcoin", "meridian"), old, 0))
        found = self.state.instructions.get(self._hash(old))
        body = self._instruction(name, found.cycle if found else "none", purpose, self._hash(old))
        return "instruction.prepared", ["operations", "compliance"], body

    def _instruction(self, name: str, cycle: str, purpose: str, replaces: str | None) -> dict[str, object]:
        group, coins, nonce = self.coins[name]
        known = self.state.cycles.get(cycle)
        contracts = known.contracts if known else (world.digest("no contract"),)
        artefact = world.digest(f"artefact of {name}")
        if group[0] == "bitcoin":
            spends = [Spend(f"{world.digest(f'coin {coins} {book}')}:0", f"{book}-btc", 0) for book in group[1:]]
            return builder.psbt_instruction_body(
                cycle, contracts, world.BITCOIN, artefact, spends, purpose=purpose, replaces=replaces
            )
        return builder.safe_instruction_body(
            cycle, contracts, world.ETHEREUM, f"{group[1]}-safe", artefact, nonce, purpose=purpose, replaces=replaces
        )

    def _share(self, name: str, book: str, officer: str) -> Step:
        group = self.coins.get(name, (("bitcoin",),))[0]
        family, kind = ("bip122", "btc") if group[0] == "bitcoin" else ("eip155", "safe")
        body: dict[str, object] = {
            "instruction": self._hash(name),
            "vault": f"{book}-{kind}",
            "keys": [world.vault_key(officer, family, book, 0).kid],
            "artefact": world.digest(f"share {name} {book} {officer}"),
        }
        return "share.added", ["desk", officer], body

    def _release(self, cycle: str, maker: str, checker: str) -> Step:
        known = self.state.cycles.get(cycle)
        names = sorted(each.hash for each in delivery.waiting(self.state, known)) if known else []
        body = {"cycle": cycle, "instructions": names, "maker": maker, "checker": checker}
        return "release.authorised", sorted({maker, checker}), body

    def _transaction(self, name: str) -> str:
        if name in self.bumped:
            return self.bumped[name]
        found = world.digest(f"transaction {name}")
        return found if self.coins.get(name, (("bitcoin",),))[0][0] == "bitcoin" else f"0x{found}"

    def _broadcast(self, name: str) -> Step:
        return "transaction.broadcast", CHAIN, world.broadcast_body(self._hash(name), self._transaction(name))

    def _observe(self, name: str, block: str | None, confirmations: int, fee: int) -> Step:
        group = self.coins.get(name, (("bitcoin",),))[0]
        bitcoin = group[0] == "bitcoin"
        body: dict[str, object] = {
            "instruction": self._hash(name),
            "transaction": self._transaction(name),
            "block": None if block is None else ("" if bitcoin else "0x") + world.digest(block),
            "height": None if block is None else 101,
            "confirmations": confirmations,
            "fees": {f"{book}-btc": str(fee) for book in group[1:]} if bitcoin else {},
        }
        return "transaction.observed", CHAIN, body

    def _confirm(self, name: str, who: str) -> Step:
        return "delivery.confirmed", [who], {"contract": self._hash(name)}

    def _final(self, cycle: str) -> Step:
        return "settlement.final", ["desk"], {"cycle": cycle}

    def _voided(self, cycle: str) -> Step:
        return "settlement.voided", ["desk"], {"cycle": cycle}

    def _fail(self, cycle: str, name: str, executable: bool) -> Step:
        body: dict[str, object] = {
            "cycle": cycle,
            "instruction": self._hash(name),
            "executable": executable,
            "for_good": not executable,
            "reason": "The other chain refused it.",
        }
        return "settlement.failed", CHAIN, body

    def _dispute(self, name: str, who: str) -> Step:
        return world.dispute_step(self._hash(name), who)

    def _retract(self, name: str, who: str) -> Step:
        return "dispute.retracted", [who], {"contract": self._hash(name), "reason": "The coins were found."}

    def _resolve(self, name: str, outcome: str) -> Step:
        body = {"contract": self._hash(name), "outcome": outcome, "reason": "Agreed between the desks."}
        return "dispute.resolved", self._leis(name), body

    def _lend(self, loan: str, book: str, asset: str, units: int, rate: int) -> Step:
        body = world.loan_body(loan=loan, owner=_owner(book), asset=ASSETS[asset], amount=str(units), rate_bps=rate)
        return "lending.authorised", [reference_model.OWNER[book], "compliance"], body

    def _accrue(self, asset: str, day: int, loans: int, interest: int) -> Step:
        date = times.text(day * reference_model.DAY)[:10]
        body = {"asset": ASSETS[asset], "date": date, "loans": loans, "interest": str(interest)}
        return "lending.accrued", ["desk"], body

    def _recall(self, loan: str, by: str) -> Step:
        names = CHAIN if by == "desk" else [by]
        return "lending.recalled", names, {"loan": loan, "reason": "Needed."}


def _key(command: Command) -> Command:
    """The command as a key; terms by their name."""
    return tuple(
        part["name"] if isinstance(part, dict) else _key(part) if isinstance(part, tuple) else part for part in command
    )
