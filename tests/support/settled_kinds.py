"""Settlements of every kind that docs/verify.md covers, over, with real signatures and transactions on no chain.

    over = settled("netted")               # a `Finished`: two contracts of three books, two paying vaults, a batch
    files = pack(tmp_path, over)           # evidence.zip and vkeys.json

- netted: multilateral; one PSBT of two vaults, a Safe that pays twice · ranged, mixed: extended keys, on devices ·
  carried: two Safes in one call · split: a stranger executed one of them · replaced: a PSBT with a higher fee, more gas ·
  lifted: a child pays for a stuck PSBT · voided: both legs · enrolled, tried, gained: the paying vault was entered by a
  change of the roster, with the tests of two devices and why not of the third; of two tokens and a device; slot by slot ·
  withdrawn: to a place outside · awarded: a ruling on a disputed contract · owned: a Safe that changed its owners before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from countersign.bitcoin import psbt as psbts
from countersign.bitcoin import share as cut
from countersign.bitcoin.inspect import facts
from countersign.desk import evidence, vault_enrolment
from countersign.desk.replica import Replica
from countersign.ethereum.owners import OwnerList
from countersign.rails import bitcoin, ethereum, owner_change
from countersign.rails.bitcoin_child import lift
from countersign.rails.bitcoin_respend import respend
from countersign.settlement import builder, netting, templates
from countersign.settlement.contract import Terms
from countersign.settlement.records import Instruction, SafeUse
from countersign.settlement.roster import Party, SafeVault
from countersign.store.profile import open_profile
from support import enrolment_world, mixed_world, owner_cases, ranged_world
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
    """What is settled, who signs its bitcoin with a device, how it goes on from the first signatures; the change of the roster
    that comes before it, if there is one."""

    terms: tuple[Terms, ...]
    ending: Callable[["Settling"], None]
    founding: Founding = lambda body: None
    deposits: tuple[tuple[str, str, int], ...] = ()
    netting: str = netting.GROSS
    officers: tuple[str, ...] = OFFICERS
    devices: Mapping[str, Device] = field(default_factory=dict)
    entering: Callable[[], Mapping[str, object]] = dict
    beginning: Callable[["Settling"], "Settling"] = lambda it: it


class Chain:
    """Where Safes are: on no chain. What is sent there has a made-up name."""

    def sent(self, to: str, data: bytes, what: str) -> str:
        """The transaction that makes this call (`to`: EIP-55); `what` it is, for a name."""
        return "0x" + world.digest(what)

    def listed(self, desk: Desk) -> OwnerList:
        """The owners of Harbour's Safe in its own order."""
        return owner_cases.listed(desk)


@dataclass
class Settling:
    """A settlement on its way."""

    kind: Kind
    over: Finished
    trades: tuple[Trade, ...]
    chain: Chain = field(default_factory=Chain)

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
                (vault,) = group.vaults
                nonce = self.nonce(vault)
                name = self.over.keep(ethereum.serialise(ethereum.build(owed, self.safe(vault), nonce)))
                body = builder.safe_instruction_body(cycle.id, cycle.contracts, group.chain, vault, name, nonce)
            self.desk.log("instruction.prepared", ["operations"], body)

    def safe(self, vault: str) -> SafeVault:
        """A registered Safe."""
        found = self.desk.state.roster.vaults[vault]
        assert isinstance(found, SafeVault)
        return found

    def nonce(self, vault: str) -> int:
        """The Safe's next number."""
        executed = self.desk.state.safes.get(vault, SafeUse()).executed
        return 0 if executed is None else executed + 1

    def missing(self, instruction: Instruction) -> int:
        """How many shares it still lacks."""
        return self.desk.state.missing(self.desk.state.instruction(instruction.hash))

    def sign(self, *instructions: Instruction) -> None:
        """The officers, one after the other, for every vault that wants another signature, the most wanting first."""
        asked = [(each, vault) for each in instructions for vault in each.group.vaults]
        for officer in self.kind.officers:
            for each, vault in sorted(asked, key=lambda one: -self.missing(one[0])):
                if not self.missing(each):
                    continue
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
        return self.chain.sent(call.to, call.calldata, f"sent {known.hash}"), call.calldata

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
            if not trade.contract.terms.finality.mutual:
                continue
            for lei in dict.fromkeys(trade.contract.terms.leis):
                (who,) = (name for name, party in world.OWNERS.items() if party.lei == lei)
                self.desk.log("delivery.confirmed", [who], {"contract": trade.hash})
        self.desk.log("settlement.final", ["desk"], {"cycle": self.over.trade.cycle})


def begin(kind: Kind, chain: Chain | None = None) -> Settling:
    """Founded, paid in, agreed, held, the cycle closed."""
    desk, body = Desk(), world.founding_body() | {"log": str(cases.quorum().log)}
    kind.founding(body)
    desk.log("desk.founded", ["desk", "compliance", "officer-d"], body)
    keys = sorted(str(key) for key in cases.quorum().witnesses)
    policy = world.policy_document(witnesses={"quorum": 2, "keys": keys})
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": policy})
    if entered := kind.entering():
        desk.log("roster.changed", ["compliance", "officer-d"], {**world.no_entries(), **entered})
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
        Trade(number, world.signed_contract(replace(terms, legal_text_sha256=legal), _signers(terms)))
        for number, terms in enumerate(kind.terms, 1)
    )
    over = Finished(desk, trades[0])
    over.keep(LEGAL)
    for trade in trades:
        agree(desk, trade)
    it = kind.beginning(Settling(kind, over, trades, chain or Chain()))
    names = [trade.hash for trade in it.trades]
    closed = builder.cycle_body(it.over.trade.cycle, names, world.START, netting=kind.netting)
    desk.log("cycle.closed", ["desk"], closed)
    return it


def agree(desk: Desk, trade: Trade) -> None:
    """Affirmed by both, or asked for by the owner; endorsed and held."""
    request = trade.contract.terms.template == templates.WITHDRAWAL
    kind, signers = ("withdrawal.requested", "meridian") if request else ("contract.affirmed", "operations")
    desk.log(kind, [signers], builder.contract_body(trade.contract))
    desk.log("contract.endorsed", ["compliance"], {"contract": trade.hash})
    for leg in range(len(trade.contract.terms.legs)):
        desk.log("hold.placed", ["desk"], builder.hold_body(trade.contract.terms, trade.hash, leg))


def ruled(it: Settling) -> Settling:
    """Harbour disputes what was agreed; two officers carry the ruling out, which is settled in its place."""
    (disputed,) = it.trades
    it.desk.log(*world.dispute_step(disputed.hash))
    ruling = it.over.keep(b"the ruling")
    terms = world.award(disputed.hash, 2, legal_text_sha256=ruling)
    award = Trade(2, world.signed_contract(terms, RULING))
    it.desk.log("award.made", RULING, builder.contract_body(award.contract))
    over = Finished(it.desk, award, it.over.artefacts)
    return Settling(it.kind, over, (award,), it.chain)


def owned(it: Settling) -> Settling:
    """Harbour's Safe changes its owners by every kind of call before it pays: in the end one more has to sign."""
    for people, threshold in (((A, C, D, NEW), 2), ((A, C, NEW), 2), ((A, C, D), 2), ((A, C, D), 3)):
        order, nonce = owner_cases.Order(people, threshold), it.nonce(owner_cases.SAFE)
        vault, listed = it.safe(owner_cases.SAFE), it.chain.listed(it.desk)
        tx = owner_change.build(vault, order.keys, threshold, listed, it.desk.state.roster, nonce)
        data = ethereum.serialise(tx)
        name = owner_cases.logged(it.desk, order, data, nonce=nonce)
        it.over.keep(data)
        ordered = it.desk.state.instruction(name)
        it.sign(ordered)
        transaction, raw = it.finished(ordered)
        it.send(ordered, transaction, raw)
        for confirmations in (1, it.desk.state.adopted().confirmations_on(world.ETHEREUM)):
            it.observe(ordered, transaction, confirmations)
    return it


A, C, D = world.SAFE_OWNERS
NEW = owner_cases.NEW
RULING = ("compliance", "officer-d")


def delivered(it: Settling) -> None:
    """Every leg by itself."""
    it.release(*it.live())
    sent = [(each, *it.finished(each)) for each in it.live()]
    for each, transaction, raw in sent:
        it.send(each, transaction, raw)
    for each, transaction, _ in sent:
        it.observe(each, transaction, 1 if it.trades[0].contract.terms.finality.mutual else 3)
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
    call = ethereum.together(done, vaults)
    raw, name = call.calldata, it.chain.sent(call.to, call.calldata, "carried")
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


def _signers(terms: Terms) -> list[str]:
    return [name for name, party in world.OWNERS.items() if party in terms.parties or RIDGE in terms.parties]


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


def euros(body: dict[str, object]) -> None:
    """Change the body of a founding: there are euros, too."""
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


def _of_devices() -> Mapping[str, object]:
    """Meridian's vault of extended keys; officer D has not tried it."""
    tried = {each: _DEVICES[each] for each in OFFICERS}
    return enrolment_world.change(enrolment_world.descriptor_record(), tried, UNTRIED)


def _of_slots() -> Mapping[str, object]:
    """Meridian's vault of slots, each of two tokens' keys and a child of a device's; all have tried it."""
    return enrolment_world.change(enrolment_world.mixed_slots(), {mixed_world.OFFICER: mixed_world.device()})


def _of_two_slots() -> Mapping[str, object]:
    """Meridian's vault of two slots; officer A alone has tried it."""
    vault = enrolment_world.planned(b"".join(_SLOTS[:2]))
    return vault_enrolment.entry(vault, [enrolment_world.by_token(vault, A)], UNTRIED)


def gained(it: Settling) -> Settling:
    """It gains the other slots, which all try; then officers C and D try all of it as it stands."""
    for slots, officers in ((_SLOTS[2:], (A, C, D)), (_SLOTS, (C, D))):
        found = vault_enrolment.read_vault(b"".join(slots), None)
        wanted = (enrolment_world.NAME, enrolment_world.OWNER, world.BITCOIN)
        vault = vault_enrolment.plan(it.desk.state.roster, found, *wanted)
        body = vault_enrolment.entry(vault, [enrolment_world.by_token(vault, each) for each in officers])
        it.desk.log("roster.changed", RULING, {**world.no_entries(), **body})
    return it


_SLOTS = enrolment_world.slots().splitlines(keepends=True)
UNTRIED = "Her device is at the maker's; the vault is empty until she has signed."
EUROS = 16_000_000_000_000
_SAFES = {"founding": euros, "deposits": (("meridian", cases.EURC, EUROS),)}
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
    "enrolled": Kind((world.terms(1),), delivered, enrolment_world.put_in, devices=_DEVICES, entering=_of_devices),
    "tried": Kind((world.terms(1),), delivered, enrolment_world.put_in, entering=_of_slots,
                  officers=("officer-a", mixed_world.OFFICER), devices={mixed_world.OFFICER: mixed_world.device()}),
    "gained": Kind((world.terms(1),), delivered, enrolment_world.put_in, entering=_of_two_slots, beginning=gained),
    "withdrawn": Kind((world.withdrawal(1),), delivered),
    "awarded": Kind((world.terms(1),), delivered, beginning=ruled),
    "owned": Kind((world.terms(1),), delivered, owner_cases.with_a_key_more, officers=(A, C, D), beginning=owned),
    "replaced": Kind((world.terms(1),), replaced),
    "lifted": Kind((world.terms(1),), lifted),
    "voided": Kind((world.terms(1),), voided),
}  # fmt: skip


@cache
def settled(kind: str) -> Finished:
    """The whole history of a kind."""
    return ended(begin(KINDS[kind]))


def ended(it: Settling) -> Finished:
    """From its beginning to its end."""
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
