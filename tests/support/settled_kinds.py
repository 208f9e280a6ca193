"""Settlements of every kind that docs/verify.md covers, over, with real signatures and transactions on no chain.

    over = settled("netted")               # a `Finished`: two contracts of three books, two paying vaults, a batch
    files = pack(tmp_path, over)           # evidence.zip and vkeys.json

- netted: multilateral; one PSBT of two vaults, a Safe that pays twice · ranged, mixed: extended keys, on devices ·
  carried: two Safes in one call · split: a stranger executed one of them · replaced: a PSBT with a higher fee, more gas ·
  lifted: a child pays for a stuck PSBT · voided: both legs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin import share as cut
from countersign.bitcoin.inspect import facts
from countersign.desk import evidence
from countersign.desk.replica import Replica
from countersign.rails import bitcoin, ethereum
from countersign.rails.bitcoin_child import lift
from countersign.rails.bitcoin_respend import respend
from countersign.settlement import builder, netting
from countersign.settlement.contract import Terms
from countersign.settlement.records import Instruction
from countersign.settlement.roster import Party, SafeVault
from countersign.store.profile import open_profile
from support import mixed_world, ranged_world
from support import review_cases as cases
from support import settlement_world as world
from support.finished_settlement import LEGAL, Finished, write_profile
from support.hardware_wallet import Device
from support.settlement_world import Desk, Trade

Founding = Callable[[dict[str, object]], None]
OFFICERS = ("officer-a", "officer-c")
RIDGE = Party(world.HARBOUR, "second")
"""A second book of Harbour's, whose vaults are named ridge."""
PEOPLE = {**world.OWNERS, "ridge": RIDGE}


@dataclass(frozen=True)
class Kind:
    """What is settled, who signs its bitcoin with a device, and how it goes on from the first signatures."""

    terms: tuple[Terms, ...]
    ending: Callable[["Settling"], None]
    founding: Founding = lambda body: None
    deposits: tuple[tuple[str, str, int], ...] = ()
    netting: str = netting.GROSS
    officers: tuple[str, ...] = OFFICERS
    devices: Mapping[str, Device] = field(default_factory=dict)


@dataclass
class Settling:
    """A settlement on its way."""

    kind: Kind
    over: Finished
    trades: tuple[Trade, ...]

    @property
    def desk(self) -> Desk:
        """Its desk."""
        return self.over.desk

    def live(self) -> tuple[Instruction, ...]:
        """The instructions that count, Bitcoin's first."""
        return self.desk.state.live(self.desk.state.cycle(self.over.trade.cycle))

    def data(self, instruction: Instruction) -> bytes:
        """The unsigned transaction."""
        return self.over.artefacts[instruction.artefact]

    def prepare(self) -> None:
        """An instruction for each group."""
        cycle = self.desk.state.cycle(self.over.trade.cycle)
        for group in cycle.groups:
            owed = netting.owed_by(cycle.obligations, group)
            if group.kind == "psbt":
                made = cases.built_psbt(self.desk, group, owed)
                name, spends = self.over.keep(psbts.serialise(made)), cases.spends(self.desk, group, made)
                body = builder.psbt_instruction_body(cycle.id, cycle.contracts, group.chain, name, spends)
            else:
                data = ethereum.serialise(ethereum.build(owed, self.safe(group.vaults[0]), 0))
                name = self.over.keep(data)
                body = builder.safe_instruction_body(cycle.id, cycle.contracts, group.chain, group.vaults[0], name, 0)
            self.desk.log("instruction.prepared", ["operations"], body)

    def safe(self, vault: str) -> SafeVault:
        """A registered Safe."""
        found = self.desk.state.roster.vaults[vault]
        assert isinstance(found, SafeVault)
        return found

    def sign(self, *instructions: Instruction) -> None:
        """Both officers, one after the other, for every vault."""
        asked = [(each, vault) for each in instructions for vault in each.group.vaults]
        for officer in self.kind.officers:
            for each, vault in asked:
                keys, data = self._share(each, vault, officer)
                name = self.over.keep(data)
                body = {"instruction": each.hash, "vault": vault, "keys": sorted(keys), "artefact": name}
                self.desk.log("share.added", ["desk", officer], body)

    def _share(self, instruction: Instruction, vault: str, officer: str) -> tuple[set[str], bytes]:
        unsigned, owner = self.data(instruction), vault.split("-")[0]
        if instruction.group.kind != "psbt":
            key = world.vault_key(officer, "eip155", owner)
            signature = key.sign_digest(ethereum.parse(unsigned).tx.digest)
            return {key.kid}, ethereum.make_share(unsigned, key.public, signature)
        parsed = psbts.parse(unsigned)
        if officer in self.kind.devices:
            device = self.kind.devices[officer]
            own = {device.child(branch, index) for branch in (0, 1) for index in range(4)}
            signed = psbts.parse(device.sign(unsigned))
            return {device.kid}, psbts.serialise(cut.extract(parsed, signed, own))
        keys = {
            key.public.data: key
            for key in (world.vault_key(officer, "bip122", owner, slot) for slot in range(world.SLOTS))
        }
        asked = bitcoin.digests(parsed, [key.public for key in keys.values()])
        made = bitcoin.make_share(parsed, {one: keys[one.public_key].sign_digest(one.digest) for one in asked})
        return {keys[one.public_key].kid for one in asked}, made

    def finished(self, instruction: Instruction) -> tuple[str, bytes]:
        """The name and the bytes of what is sent: a Bitcoin transaction, a Safe's call under a made-up name."""
        known = self.desk.state.instruction(instruction.hash)
        shares = [self.over.artefacts[each.artefact] for each in known.shares]
        if known.group.kind == "psbt":
            done = bitcoin.finalise(bitcoin.combine(self.data(known), shares))
            return done.transaction, done.raw
        vault, roster = self.safe(known.group.vaults[0]), self.desk.state.roster
        call = ethereum.finalise(self.data(known), shares, vault, roster)
        return "0x" + world.digest(f"sent {known.hash}"), call.calldata

    def release(self, *instructions: Instruction) -> None:
        """By maker and checker."""
        body = world.release_body(self.over.trade, *(each.hash for each in instructions))
        self.desk.log("release.authorised", ["operations", "compliance"], body)

    def send(self, instruction: Instruction, transaction: str, raw: bytes) -> None:
        """`transaction.broadcast`."""
        body = {"instruction": instruction.hash, "transaction": transaction, "artefact": self.over.keep(raw)}
        self.desk.log("transaction.broadcast", ["desk", "operations"], body)

    def observe(self, instruction: Instruction, transaction: str, confirmations: int = 1) -> None:
        """Seen in a block; each vault bears its part of the fee."""
        fees = {}
        if instruction.group.kind == "psbt":
            paying = [cases.wallet(self.desk, vault) for vault in instruction.group.vaults]
            owed = () if instruction.void or instruction.child else self.desk.state.owed(instruction)
            read = bitcoin.readback(facts(psbts.parse(self.data(instruction))), paying, owed)
            fees = {each.vault: str(each.share) for each in read.sides}
        body = world.observed_body(instruction.hash, transaction, confirmations, None) | {"fees": fees}
        self.desk.log("transaction.observed", ["desk", "operations"], body)

    def final(self) -> None:
        """Both sides confirm."""
        for trade in self.trades:
            for lei in dict.fromkeys(trade.contract.terms.leis):
                (who,) = (name for name, party in world.OWNERS.items() if party.lei == lei)
                self.desk.log("delivery.confirmed", [who], {"contract": trade.hash})
        self.desk.log("settlement.final", ["desk"], {"cycle": self.over.trade.cycle})


def begin(kind: Kind) -> Settling:
    """Founded, paid in, agreed, held, the cycle closed."""
    desk, body = Desk(), world.founding_body() | {"log": str(cases.quorum().log)}
    kind.founding(body)
    desk.log("desk.founded", ["desk", "compliance", "officer-d"], body)
    keys = sorted(str(key) for key in cases.quorum().witnesses)
    policy = world.policy_document(witnesses={"quorum": 2, "keys": keys})
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": policy})
    priced = {each["id"]: "1" for each in body["assets"]} | {world.BTC: "80000", cases.EURC: "1.25"}  # type: ignore[attr-defined]
    for asset in sorted(each["id"] for each in body["assets"]):  # type: ignore[attr-defined]
        price = {"asset": asset, "price": priced[asset], "source": "Northgate reference"}
        desk.log("price.published", ["desk"], price)
    usual = (("meridian", world.BTC, 3 * cases.COIN), ("harbour", world.USDC, 25_000_000_000_000))
    for number, (who, asset, units) in enumerate((*usual, *kind.deposits)):
        owner = {"owner": {"lei": PEOPLE[who].lei, "book": PEOPLE[who].book}}
        place = {"vault": f"{who}-{'btc' if asset == world.BTC else 'safe'}"}
        paid = world.deposit_body("harbour", asset, units, number) | owner | place
        desk.log("deposit.credited", ["desk", "operations"], paid)
    legal = sha256(LEGAL).hexdigest()
    trades = tuple(
        Trade(number, world.signed_contract(replace(terms, legal_text_sha256=legal)))
        for number, terms in enumerate(kind.terms, 1)
    )
    over = Finished(desk, trades[0])
    over.keep(LEGAL)
    for trade in trades:
        desk.log("contract.affirmed", ["operations"], builder.contract_body(trade.contract))
        desk.log("contract.endorsed", ["compliance"], {"contract": trade.hash})
        for leg in (0, 1):
            desk.log("hold.placed", ["desk"], builder.hold_body(trade.contract.terms, trade.hash, leg))
    names = [trade.hash for trade in trades]
    closed = builder.cycle_body(over.trade.cycle, names, world.START, netting=kind.netting)
    desk.log("cycle.closed", ["desk"], closed)
    return Settling(kind, over, trades)


def delivered(it: Settling) -> None:
    """Every leg by itself."""
    it.release(*it.live())
    sent = [(each, *it.finished(each)) for each in it.live()]
    for each, transaction, raw in sent:
        it.send(each, transaction, raw)
    for each, transaction, _ in sent:
        it.observe(each, transaction)
    it.final()


def carried(it: Settling) -> None:
    """Both Safes in one call."""
    legs = it.live()
    it.release(*legs)
    vaults = [it.safe(each.group.vaults[0]) for each in legs]
    shares = [[it.over.artefacts[one.artefact] for one in each.shares] for each in legs]
    done = [
        ethereum.finalise(it.data(each), own, vault, it.desk.state.roster)
        for each, own, vault in zip(legs, shares, vaults, strict=True)
    ]
    raw, name = ethereum.together(done, vaults).calldata, "0x" + world.digest("carried")
    for each in legs:
        it.send(each, name, raw)
    for each in legs:
        it.observe(each, name)
    it.final()


def split(it: Settling) -> None:
    """A stranger executes the first leg alone before anything is sent; the desk sends the other."""
    first, second = it.live()
    it.release(first, second)
    it.observe(first, "0x" + world.digest("a stranger's"))
    transaction, raw = it.finished(second)
    it.send(second, transaction, raw)
    it.observe(second, transaction)
    it.final()


def replaced(it: Settling) -> None:
    """The bitcoin are stuck and go with a higher fee; the Safe's call gets more gas."""
    psbt, safe = it.live()
    it.release(psbt, safe)
    sent = [(each, *it.finished(each)) for each in (psbt, safe)]
    for each, transaction, raw in sent:
        it.send(each, transaction, raw)
    more = "0x" + world.digest("more gas")
    _, before, call = sent[1]
    body = {"instruction": safe.hash, "transaction": before, "replacement": more, "artefact": it.over.keep(call)}
    it.desk.log("transaction.replaced", ["desk", "operations"], body | {"reason": "It paid too little gas."})
    it.observe(safe, more)
    owed = it.desk.state.owed(psbt)
    new = declared(it, psbt, respent(it, psbt, owed), "replacement")
    it.sign(new)
    it.release(new)
    transaction, raw = it.finished(new)
    it.send(new, transaction, raw)
    it.observe(new, transaction)
    it.final()


def lifted(it: Settling) -> None:
    """The bitcoin are stuck; a child that spends their change pays for both, and the Safe's leg waits for nothing."""
    psbt, safe = it.live()
    it.release(psbt, safe)
    sent = [(each, *it.finished(each)) for each in (psbt, safe)]
    for each, transaction, raw in sent:
        it.send(each, transaction, raw)
    paying = [cases.wallet(it.desk, vault) for vault in psbt.group.vaults]
    owed, spare = it.desk.state.owed(psbt), {each.id: 2 for each in paying}
    made = lift(it.data(psbt), paying, settled=owed, rate=5, spare=spare).psbt
    name, cycle = it.over.keep(psbts.serialise(made)), it.desk.state.cycle(psbt.cycle)
    spends = cases.spends(it.desk, psbt.group, made)
    body = builder.psbt_instruction_body(
        cycle.id, cycle.contracts, psbt.group.chain, name, spends, purpose="child", lifts=psbt.hash
    )
    it.desk.log("instruction.prepared", ["operations", "compliance"], body)
    child = it.desk.state.child(psbt)
    assert child is not None
    it.sign(child)
    it.release(child)
    transaction, raw = it.finished(child)
    it.send(child, transaction, raw)
    for each, seen, _ in (*sent, (child, transaction, raw)):
        it.observe(each, seen)
    it.final()


def voided(it: Settling) -> None:
    """Both legs signed, then ended: the coins come home, the Safe's number is used up."""
    psbt, safe = it.live()
    new = declared(it, psbt, respent(it, psbt, ()), "void")
    nothing = ethereum.serialise(ethereum.void(it.safe(safe.group.vaults[0]), safe.nonce or 0))
    voids = (new, declared(it, safe, nothing, "void"))
    it.sign(*voids)
    it.release(*voids)
    for each in voids:
        transaction, raw = it.finished(each)
        it.send(each, transaction, raw)
        it.observe(each, transaction, 3)
    it.desk.log("settlement.voided", ["desk"], {"cycle": it.over.trade.cycle})


def respent(it: Settling, psbt: Instruction, owed: Sequence[netting.Obligation]) -> bytes:
    """The same coins at a higher rate."""
    paying = [cases.wallet(it.desk, vault) for vault in psbt.group.vaults]
    settled = it.desk.state.owed(psbt)
    return psbts.serialise(respend(it.data(psbt), paying, settled=settled, owed=owed, rate=5, spare={}).psbt)


def declared(it: Settling, old: Instruction, data: bytes, purpose: str) -> Instruction:
    """Operations and compliance put another instruction in its place."""
    cycle, name = it.desk.state.cycle(old.cycle), it.over.keep(data)
    if old.nonce is None:
        body = builder.psbt_instruction_body(
            cycle.id, cycle.contracts, old.group.chain, name, old.spends, purpose=purpose, replaces=old.hash
        )
    else:
        (vault,) = old.group.vaults
        body = builder.safe_instruction_body(
            cycle.id, cycle.contracts, old.group.chain, vault, name, old.nonce, purpose=purpose, replaces=old.hash
        )
    it.desk.log("instruction.prepared", ["operations", "compliance"], body)
    return next(each for each in it.live() if each.replaces == old.hash)


def _third_book(body: dict[str, object]) -> None:
    for each in _list(body["participants"]):
        if each["lei"] == RIDGE.lei:
            each["books"] = ["main", RIDGE.book]
    body["officers"] = [world.officer_entry(officer, PEOPLE) for officer in world.NAMES]
    _list(body["vaults"]).extend(world.vault_entries("ridge", RIDGE))
    for asset, kind in ((world.BTC, "btc"), (world.USDC, "safe")):
        owner = {"lei": RIDGE.lei, "book": RIDGE.book}
        place = {"account": world.destination("ridge", asset), "owner": owner, "vault": f"ridge-{kind}"}
        _list(body["destinations"]).append(place)


def _euros(body: dict[str, object]) -> None:
    _list(body["assets"]).append({"id": cases.EURC, "symbol": "EURC", "decimals": 6})


def _list(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


def _back() -> Terms:
    """Harbour's second book sells 100 BTC to Meridian for 8,000,000 USDC."""
    sold = world.terms(2, parties=(RIDGE, world.OWNERS["meridian"]))
    coins, dollars = world.destination("meridian", world.BTC), world.destination("ridge", world.USDC)
    legs = (
        replace(sold.legs[0], amount=cases.COIN, destination=coins),
        replace(sold.legs[1], amount=8_000_000_000_000, destination=dollars),
    )
    return replace(sold, legs=legs, notional=replace(sold.notional, usd=8_000_000))


def _one_chain() -> Terms:
    """Meridian sells 16,000,000 EURC for 20,000,000 USDC."""
    sold = world.terms(1, fees=())
    euros = replace(sold.legs[0], asset=cases.EURC, amount=EUROS, destination=world.destination("harbour", cases.EURC))
    finality = replace(sold.finality, confirmations=((cases.EURC, 2), (world.USDC, 2)))
    notional = replace(sold.notional, price="1.25")
    return replace(sold, legs=(euros, sold.legs[1]), finality=finality, notional=notional)


EUROS = 16_000_000_000_000
_SAFES = {"founding": _euros, "deposits": (("meridian", cases.EURC, EUROS),)}
_DEVICES = {each: ranged_world.device(each) for each in world.COSIGNERS}
KINDS = {
    "netted": Kind((world.terms(1), _back()), delivered, _third_book,
                   (("ridge", world.BTC, 3 * cases.COIN), ("meridian", world.USDC, 9_000_000_000_000)),
                   netting.MULTILATERAL),
    "ranged": Kind((world.terms(1),), delivered, ranged_world.put_in, devices=_DEVICES),
    "mixed": Kind((world.terms(1),), delivered, mixed_world.put_in, officers=("officer-a", mixed_world.OFFICER),
                  devices={mixed_world.OFFICER: mixed_world.device()}),
    "carried": Kind((_one_chain(),), carried, **_SAFES),  # type: ignore[arg-type]
    "split": Kind((_one_chain(),), split, **_SAFES),  # type: ignore[arg-type]
    "replaced": Kind((world.terms(1),), replaced),
    "lifted": Kind((world.terms(1),), lifted),
    "voided": Kind((world.terms(1),), voided),
}  # fmt: skip


@cache
def settled(kind: str) -> Finished:
    """The whole history of a kind."""
    it = begin(KINDS[kind])
    it.prepare()
    it.sign(*it.live())
    it.kind.ending(it)
    return it.over


def pack(folder: Path, over: Finished) -> dict[str, bytes]:
    """The evidence pack, and the keys that its reader has from elsewhere; a profile is written under `folder`."""
    write_profile(folder / "profile", over)
    with open_profile(folder / "profile") as opened:
        made = evidence.gather(Replica(opened, over.clock), over.trade.hash)
    return {"evidence.zip": evidence.serialise(made), "vkeys.json": made.files["vkeys.json"]}
