"""Complete cases that every check accepts, and the few places at which a test changes one of them.

    scene = story()                         # 250 BTC against 20,000,000 USDC, both instructions prepared, all in a log
    scene.psbt_case()                       # officer A, token in hand, is about to sign the PSBT
    scene.safe_case(signer=None)            # any part of the case may be replaced
    story(psbt=altered)                     # the same story, in which operations prepared an altered PSBT

- Everything is real: the settlement machine replays the entries, the log is signed and cosigned by two witnesses,
  proofs are the tree's, keys are software keys of `settlement_world`.
- An alteration is prepared, logged and proved like the truth, so that only the check it concerns stands in its way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from hashlib import sha256

from immutables import Map

from countersign.audit import note
from countersign.audit.checkpoint import Checkpoint, SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.log import Log
from countersign.audit.note import COSIGNATURE, ED25519
from countersign.audit.pin import Pin
from countersign.audit.quorum import Quorum
from countersign.audit.tlog_proof import TlogProof
from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.transaction import Output, Satoshis
from countersign.ethereum.safe import SafeTx
from countersign.formats import eip55
from countersign.formats.keccak import keccak256
from countersign.keys import jws as jose
from countersign.rails import bitcoin, ethereum, wallets
from countersign.rails.wallets import Wallet
from countersign.review.case import (
    Case,
    Channel,
    ClockFacts,
    ContractFacts,
    HeadFacts,
    InstructionFacts,
    JournalFacts,
    Mode,
    Shared,
    SignatureFacts,
    SignerFacts,
    StoreFacts,
    TokenFacts,
    TransportFacts,
)
from countersign.settlement import attesting, builder, netting, templates
from countersign.settlement.bodies import Spend
from countersign.settlement.contract import Terms
from countersign.settlement.netting import Group, Obligation
from countersign.settlement.records import Cycle, Instruction
from countersign.settlement.roster import BitcoinVault, SafeVault
from countersign.settlement.safe_state import ChainSnapshot
from countersign.settlement.state import State
from support import safe_snapshots
from support import settlement_world as world
from support.bitcoin_vault import funding
from support.settlement_world import Desk, Trade
from support.software_keys import SoftwareKey

LOG_SEED = bytes([7]) * 32
WITNESSES = ("witness.example/north", "witness.example/south")
WITNESS_SEEDS = (bytes([8]) * 32, bytes([9]) * 32)
COIN = 10_000_000_000
RATE = 2
ETHER = f"{world.ETHEREUM}/slip44:60"
Founding = Callable[[dict[str, object]], None]
PsbtChange = Callable[[Psbt], Psbt | bytes]
SafeChange = Callable[[SafeTx], SafeTx | bytes]
Said = Callable[[tuple[Spend, ...]], tuple[Spend, ...]]


@cache
def quorum(k: int = 2) -> Quorum:
    """The log's key and both witnesses."""
    witnesses = tuple(
        note.verifier_key(seed, name, COSIGNATURE) for seed, name in zip(WITNESS_SEEDS, WITNESSES, strict=True)
    )
    return Quorum(note.verifier_key(LOG_SEED, world.ORIGIN, ED25519), witnesses, k)


def signed_head(head: Checkpoint, times: Sequence[int], who: Sequence[int] = (0, 1)) -> SignedCheckpoint:
    """The head with the log's signature and the cosignatures of witnesses `who` at `times`."""
    lines = [_cosigned(number, head.text(), time) for number, time in zip(who, times, strict=True)]
    return SignedCheckpoint.sign(head, _log_signed(head.origin, head.text()), *lines)


# Ed25519 signs one text in one way: the heads that many cases share are signed once.
@cache
def _cosigned(number: int, text: str, time: int) -> note.Signature:
    return note.cosign(WITNESS_SEEDS[number], WITNESSES[number], text, time)


@cache
def _log_signed(origin: str, text: str) -> note.Signature:
    return note.sign(LOG_SEED, origin, text)


def unchanged_founding(body: dict[str, object]) -> None:
    """The founding as it is."""


@dataclass(frozen=True)
class Plan:
    """What is settled: the terms, a change of the founding, deposits and prices beside the usual ones.

    `netting`: unless it is gross, all contracts settle in the first one's cycle. `fees`: the policy's most satoshis a
    vbyte, the percentage that wants two officers, the one that is never signed.
    """

    terms: tuple[Terms, ...] = field(default_factory=lambda: (world.terms(1),))
    founding: Founding = unchanged_founding
    deposits: tuple[tuple[str, str, int], ...] = ()
    prices: tuple[tuple[str, str], ...] = ()
    netting: str = netting.GROSS
    fees: tuple[int, int, int] = (500, 5, 10)


_OWNER = {party: owner for owner, party in world.OWNERS.items()}


@cache
def held(plan: Plan) -> tuple[Desk, tuple[Trade, ...]]:
    """A desk in which every contract of the plan is held, and the first one's gross cycle is closed."""
    desk = Desk()
    body = world.founding_body()
    plan.founding(body)
    desk.log("desk.founded", ["desk", "compliance", "officer-d"], body)
    fees = dict(zip(("max_sat_vb", "dual_percent", "never_percent"), plan.fees, strict=True))
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": world.policy_document(fees=fees)})
    for asset, price in ((world.BTC, "80000"), (world.USDC, "1"), *plan.prices):
        desk.log("price.published", ["desk"], {"asset": asset, "price": price, "source": "Northgate reference"})
    deposits = (("meridian", world.BTC, 3 * COIN), ("harbour", world.USDC, 25_000_000_000_000), *plan.deposits)
    for number, (owner, asset, units) in enumerate(deposits):
        desk.deposit(owner, asset, units, number)
    trades = tuple(
        Trade(number, world.signed_contract(terms, [_OWNER[party] for party in terms.parties]))
        for number, terms in enumerate(plan.terms, 1)
    )
    for trade in trades:
        kind = (
            ("contract.affirmed", ["operations"])
            if trade.contract.terms.sale
            else ("withdrawal.requested", [_OWNER[trade.contract.terms.parties[0]]])
        )
        desk.log(*kind, builder.contract_body(trade.contract))
        desk.log("contract.endorsed", ["compliance"], {"contract": trade.hash})
        for leg in range(len(trade.contract.terms.legs)):
            desk.log("hold.placed", ["desk"], builder.hold_body(trade.contract.terms, trade.hash, leg))
    together = [trade.hash for trade in trades] if plan.netting != netting.GROSS else [trades[0].hash]
    body = builder.cycle_body(trades[0].cycle, together, world.START, netting=plan.netting)
    desk.log("cycle.closed", ["desk"], body)
    return desk, trades


@dataclass(frozen=True)
class Scene:
    """A settlement with its instructions prepared, and its log; `psbt`, `safe_tx`: the bytes that were prepared."""

    desk: Desk
    trades: tuple[Trade, ...]
    psbt: bytes
    safe_tx: bytes
    prepared: dict[str, str]

    @property
    def state(self) -> State:
        """What every machine replays."""
        return self.desk.state

    @property
    def now(self) -> int:
        """Ten minutes after the newest entry."""
        return self.desk.now_ms // 1_000 + 600

    @cached_property
    def log(self) -> Log:
        """The transparency log over all entries."""
        log = Log(world.ORIGIN)
        log.extend(self.opening(entry.index).entry(entry.event) for entry in self.desk.entries)
        return log

    def opening(self, index: int) -> Opening:
        """Time and salt of an entry."""
        return Opening(index, self.desk.entries[index].time_ms, sha256(f"salt {index}".encode()).digest())

    @cached_property
    def note(self) -> SignedCheckpoint:
        """The newest head, cosigned a minute ago."""
        return signed_head(self.log.checkpoint(), [self.now - 60, self.now - 59])

    def pin(self, size: int) -> Pin:
        """The pin of a machine that had followed the log up to `size`, an hour before."""
        head = Checkpoint(world.ORIGIN, size, self.log.tree.root(size))
        times = [world.START, world.START]
        return Pin(
            signed_head(head, times),
            world.START,
            {str(key): time for key, time in zip(quorum().witnesses, times, strict=True)},
        )

    def head(self, **changes: object) -> HeadFacts:
        """The newest head for a machine that pinned five entries before it."""
        size = self.log.size - 5
        found = HeadFacts(
            note=self.note.serialise(),
            quorum=quorum(),
            pin=self.pin(size),
            consistency=self.log.tree.consistency_proof(size),
            outside_pin=self.pin(size),
            attested=self.attested,
        )
        return replace(found, **changes)  # type: ignore[arg-type]

    @property
    def attested(self) -> tuple[bytes, ...]:
        """The consistency proof from the checkpoint that was attested, if any was, to the newest head."""
        found = next(iter(self.state.attestations.values()), None)
        return () if found is None else tuple(self.log.tree.consistency_proof(found.size, self.log.size))

    def attest(self, *officers: str) -> "Scene":
        """The same with an attestation by these officers at the end of the log."""
        desk, size = self.desk.copy(), self.log.size
        cycle = self.trades[0].cycle if self.trades else self.prepared["safe-tx"]
        chains = safe_snapshots.of_cycle(self.state, cycle, desk.now_ms // 1_000)
        body = attesting.body(self.state, cycle, size, self.log.tree.root(size).hex(), chains)
        desk.log("state.attested", officers, body)
        return Scene(desk, self.trades, self.psbt, self.safe_tx, self.prepared)

    def proof(self, index: int) -> TlogProof:
        """The entry's proof under the newest head."""
        return TlogProof(index, self.log.tree.inclusion_proof(index), self.note.serialise())

    def contract(self, trade: Trade, **changes: object) -> ContractFacts:
        """A contract with its event, opening and proof."""
        index = self.state.contracts[trade.hash].causes["agreed"]
        event = self.desk.entries[index].event
        found = ContractFacts(jose.serialise(trade.contract.jws), event, self.opening(index), self.proof(index))
        return replace(found, **changes)  # type: ignore[arg-type]

    def clock(self, **changes: object) -> ClockFacts:
        """A clock in order."""
        newest = self.state.time_ms // 1_000
        return replace(ClockFacts(now=self.now, floor=newest, log=newest), **changes)  # type: ignore[arg-type]

    def psbt_case(self, **changes: object) -> Case:
        """Officer A is about to sign the PSBT."""
        key = world.vault_key("officer-a", "bip122", "meridian", 0)
        instruction = InstructionFacts("psbt", self.psbt, self.prepared.get("psbt"), original=self.psbt)
        return self._case(instruction, key, changes)

    def safe_case(self, **changes: object) -> Case:
        """Officer A is about to sign the Safe transaction."""
        key = world.vault_key("officer-a", "eip155", "harbour")
        instruction = InstructionFacts("safe-tx", self.safe_tx, self.prepared.get("safe-tx"), original=self.safe_tx)
        return self._case(instruction, key, changes)

    def contract_case(self, **changes: object) -> Case:
        """Somebody looks at the contract."""
        case = self._case(None, world.vault_key("officer-a", "eip155", "harbour"), {"mode": Mode.LOOK})
        return replace(case, **changes)  # type: ignore[arg-type]

    def _case(self, instruction: InstructionFacts | None, key: SoftwareKey, changes: dict[str, object]) -> Case:
        digest = sha256(b"a digest that was rebuilt").digest()
        found = Case(
            mode=Mode.SIGN,
            clock=self.clock(),
            state=self.state,
            head=self.head(),
            contracts=tuple(self.contract(trade) for trade in self.trades),
            instruction=instruction,
            signer=SignerFacts("officer-a", key.public),
            token=token(),
            signature=SignatureFacts(key.public, digest, key.sign_digest(digest)),
            transport=TransportFacts(Channel.ONLINE, None, sender="operations", sequence=1),
            store=store(),
            journal=JournalFacts(),
            safes=self.seen(),
        )
        return replace(found, **changes)  # type: ignore[arg-type]

    def seen(self, ago: int = 12, **changes: object) -> ChainSnapshot | None:
        """What officer A's own node said `ago` seconds ago of Harbour's Safe, changed; None where no Safe pays."""
        if not self.safe_tx:
            return None
        roster = self.state.roster
        vault = roster.vaults["harbour-safe"]
        assert isinstance(vault, SafeVault)
        state = safe_snapshots.registered(vault, roster, **{"nonce": 0, **changes})  # type: ignore[arg-type]
        return safe_snapshots.at(vault.chain, self.now - ago, state)


def token(**changes: object) -> TokenFacts:
    """Officer A's token as the roster knows it, its key guarded."""
    names = ("serial-officer-a", "token officer-a", "SoftHSM v2")
    return replace(TokenFacts(*names, registered=names, key_found=True, gate=()), **changes)  # type: ignore[arg-type]


def store(**changes: object) -> StoreFacts:
    """A store that opened as it should."""
    pragmas = (("journal_mode", "wal", "wal"), ("synchronous", "2", "2"))
    return replace(StoreFacts(pragmas, "ok"), **changes)  # type: ignore[arg-type]


def wallet(desk: Desk, vault: str) -> Wallet:
    """A registered Bitcoin vault."""
    found = desk.state.roster.vaults[vault]
    assert isinstance(found, BitcoinVault)
    return wallets.of(desk.state, found)


def coins(held_in: Wallet, tag: int = 0) -> tuple[tuple[bytes, int], ...]:
    """Three coins of 100 BTC in slots 0 to 2, each in a parent of its own."""
    made = []
    for slot in range(3):
        paying = [Output(b"\x51", Satoshis(7)), Output(held_in.descriptor(slot).script_pubkey, Satoshis(COIN))]
        made.append((funding(paying, 100 * tag + slot).data, 1))
    return tuple(made)


def built_psbt(desk: Desk, group: Group, owed: Sequence[Obligation]) -> Psbt:
    """The PSBT that discharges a group, change in slot 3."""
    funds = [
        bitcoin.Funds(paying, coins(paying, tag), 3)
        for tag, paying in enumerate(wallet(desk, vault) for vault in group.vaults)
    ]
    return bitcoin.build(owed, funds, RATE).psbt


def spends(desk: Desk, group: Group, psbt: Psbt) -> tuple[Spend, ...]:
    """What `instruction.prepared` says that a PSBT spends."""
    found = []
    for fact in facts(psbt).inputs:
        spent = fact.spent or fact.claimed
        for vault in group.vaults if spent is not None else ():
            slot = wallet(desk, vault).spent_place(fact)
            if slot is not None:
                found.append(Spend(str(fact.outpoint), vault, slot))
    return tuple(found)


STORY = Plan()
Builder = Callable[[Desk, Group, Sequence[Obligation]], Psbt]


def story(
    *,
    plan: Plan = STORY,
    psbt: PsbtChange | None = None,
    safe: SafeChange | None = None,
    nonce: int = 0,
    safe_prepared: bool = True,
    preparer: str = "operations",
    consent: Sequence[str] = (),
    said: Said | None = None,
    built: Builder = built_psbt,
) -> Scene:
    """The story up to both instructions prepared. `psbt` and `safe` alter what was prepared.

    `consent`: who signs what prepares the PSBT beside the preparer. `said`: what the event says otherwise of its coins.
    `built`: what makes the PSBT, where the honest builder refuses to.
    """
    base, trades = held(plan)
    desk, cycle = base.copy(), base.state.cycles[trades[0].cycle]
    names, psbt_data, safe_data = list(cycle.contracts), b"", b""
    prepared: dict[str, str] = {}
    for group in cycle.groups:
        owed = netting.owed_by(cycle.obligations, group)
        if group.kind == "psbt":
            honest = built(desk, group, owed)
            psbt_data = _bytes(psbt(honest) if psbt else honest)
            coins_said = spends(desk, group, honest)
            body = builder.psbt_instruction_body(
                cycle.id, names, group.chain, bitcoin.artefact(psbt_data), said(coins_said) if said else coins_said
            )
        else:
            if not safe_prepared:
                continue
            vault = desk.state.roster.vaults[group.vaults[0]]
            assert isinstance(vault, SafeVault)
            tx = ethereum.build(owed, vault, nonce)
            data = _bytes(safe(tx) if safe else tx)
            safe_data = data
            body = builder.safe_instruction_body(cycle.id, names, group.chain, vault.id, bitcoin.artefact(data), nonce)
        desk.log("instruction.prepared", [preparer, *(consent if group.kind == "psbt" else ())], body)
        live = desk.state.cycles[cycle.id].instructions[group]
        prepared.setdefault(group.kind, live)
    return Scene(desk, trades, psbt_data, safe_data, prepared)


def _bytes(made: Psbt | SafeTx | bytes) -> bytes:
    if isinstance(made, bytes):
        return made
    return ethereum.serialise(made) if isinstance(made, SafeTx) else psbts.serialise(made)


def shared(officer: str, data: bytes) -> Shared:
    """A share that stands in the log."""
    return Shared(world.vault_key(officer, "bip122", "meridian", 0).kid, data)


def psbt_share(unsigned: bytes, officer: str) -> Shared:
    """An officer's whole and valid share of the PSBT."""
    keys = [world.vault_key(officer, "bip122", "meridian", slot) for slot in range(world.SLOTS)]
    by_key = {key.public.data: key for key in keys}
    parsed = psbts.parse(unsigned)
    asked = bitcoin.digests(parsed, [key.public for key in keys])
    signed = {one: by_key[one.public_key].sign_digest(one.digest) for one in asked}
    return shared(officer, bitcoin.make_share(parsed, signed))


def safe_share(data: bytes, officer: str) -> Shared:
    """An officer's valid signature over the Safe transaction."""
    key = world.vault_key(officer, "eip155", "harbour")
    rs = key.sign_digest(ethereum.parse(data).tx.digest)
    return Shared(key.kid, ethereum.make_share(data, key.public, rs))


def ether_plan() -> Plan:
    """Meridian sells its 250 BTC for 5,000 ether instead."""
    return _ETHER


def _admit_ether(body: dict[str, object]) -> None:
    assets = body["assets"]
    assert isinstance(assets, list)
    assets.append({"id": ETHER, "symbol": "ETH", "decimals": 18})


def _ether_terms() -> Terms:
    found = world.terms(1)
    leg = replace(found.legs[1], asset=ETHER, amount=5_000 * 10**18)
    confirmations = ((world.BTC, 3), (ETHER, 2))
    return replace(found, legs=(found.legs[0], leg), finality=replace(found.finality, confirmations=confirmations))


_ETHER = Plan((_ether_terms(),), _admit_ether, (("harbour", ETHER, 6_000 * 10**18),), ((ETHER, "4000"),))


def batch_plan() -> Plan:
    """Three contracts in one netted cycle: Harbour's Safe owes Meridian dollars, euros and ether."""
    return _BATCH


EURC_ADDRESS = eip55.checksum(keccak256(b"countersign test token in euros")[12:])
EURC = f"{world.ETHEREUM}/erc20:{EURC_ADDRESS}"


def _admit_more(body: dict[str, object]) -> None:
    _admit_ether(body)
    assets = body["assets"]
    assert isinstance(assets, list)
    assets.append({"id": EURC, "symbol": "EURC", "decimals": 6})


def _smaller(number: int, bitcoin_units: int, asset: str, amount: int, destination: str, usd: int) -> Terms:
    found = world.terms(number)
    legs = (
        replace(found.legs[0], amount=bitcoin_units),
        replace(found.legs[1], asset=asset, amount=amount, destination=destination),
    )
    finality = replace(found.finality, confirmations=((world.BTC, 3), (asset, 2)))
    return replace(found, legs=legs, finality=finality, notional=replace(found.notional, usd=usd))


_BATCH = Plan(
    (
        world.terms(1),
        _smaller(2, 2_000_000_000, ETHER, 400 * 10**18, world.destination("meridian", ETHER), 1_600_000),
        _smaller(3, 1_000_000_000, EURC, 640_000_000_000, world.destination("meridian", EURC), 800_000),
    ),
    _admit_more,
    (("harbour", ETHER, 500 * 10**18), ("harbour", EURC, 640_000_000_000)),
    ((ETHER, "4000"), (EURC, "1.25")),
    netting=netting.BILATERAL,
)


def basket_plan() -> Plan:
    """Meridian gives Harbour 200 BTC and 3,200,000 EURC for 20,000,000 USDC."""
    return _BASKET


def _basket_terms() -> Terms:
    found = world.terms(1, template=templates.BASKET)
    euros = replace(found.legs[0], asset=EURC, amount=3_200_000_000_000, destination=world.destination("harbour", EURC))
    finality = replace(found.finality, confirmations=((world.BTC, 3), *sorted([(EURC, 2), (world.USDC, 2)])))
    return replace(found, legs=(replace(found.legs[0], amount=20_000_000_000), euros, found.legs[1]), finality=finality)


_BASKET = Plan((_basket_terms(),), _admit_more, (("meridian", EURC, 3_200_000_000_000),), ((EURC, "1.25"),))


def two_vault_trades() -> Plan:
    """Two contracts under which two vaults owe bitcoin to each other's owners."""
    return _TWO_VAULTS


def two_vaults(change: PsbtChange | None = None, plan: Plan | None = None) -> Case:
    """Meridian sells 250 BTC to Harbour, Harbour 100 BTC to Meridian: two vaults pay in one PSBT.

    This version's machine closes gross cycles only, so the netted cycle is put into the state by hand.
    """
    base, trades = held(plan or _TWO_VAULTS)
    state, roster = base.state, base.state.roster
    owed = netting.obligations(roster, [trade.contract.terms for trade in trades])
    groups = netting.groups(owed)
    paying = next(group for group in groups if group.kind == "psbt")
    honest = built_psbt(base, paying, netting.owed_by(owed, paying))
    data = _bytes(change(honest) if change else honest)
    made = [
        Instruction(
            hash=world.digest(f"instruction {number}"),
            cycle="netted",
            group=group,
            artefact=bitcoin.artefact(data) if group == paying else world.digest(f"artefact {number}"),
            nonce=None if group == paying else 0,
            spends=spends(base, paying, honest) if group == paying else (),
            preparer="operations",
            index=state.size - 1,
            time_ms=state.time_ms,
        )
        for number, group in enumerate(groups)
    ]
    names = tuple(sorted(trade.hash for trade in trades))
    by_group = Map({each.group: each.hash for each in made})
    cycle = Cycle("netted", names, "gross", world.START, (), owed, groups, by_group, state.size - 1)
    state = replace(
        state,
        cycles=state.cycles.set("netted", cycle),
        instructions=Map({each.hash: each for each in made}),
    )
    desk = replace(base, state=state)
    scene = Scene(desk, trades, data, b"", {"psbt": next(each.hash for each in made if each.group == paying)})
    return scene.psbt_case()


def _other_way() -> Terms:
    found = world.terms(2)
    legs = (
        replace(found.legs[0], payer=1, receiver=0, amount=COIN, destination=world.destination("meridian", world.BTC)),
        replace(
            found.legs[1],
            payer=0,
            receiver=1,
            amount=8_000_000_000_000,
            destination=world.destination("harbour", world.USDC),
        ),
    )
    return replace(found, legs=legs, notional=replace(found.notional, usd=8_000_000))


_TWO_VAULTS = Plan(
    (world.terms(1), _other_way()),
    deposits=(("harbour", world.BTC, 3 * COIN), ("meridian", world.USDC, 9_000_000_000_000)),
)
