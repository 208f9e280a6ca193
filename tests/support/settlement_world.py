"""A small world with software keys: Northgate Trust, Meridian Capital, Harbour Prime, their officers and vaults.

    desk = founded()                        # founded, policy, prices, deposits
    trade = desk.trade()                    # 250 BTC against 20,000,000 USDC at 80,000 USD
    desk.play(trade, until="held")          # every event of the story up to a state
    desk.log("contract.endorsed", ["compliance"], {"contract": trade.hash})

- `log` appends and raises what the machine raises; `attempt` gives the refusal's code, or None, and changes nothing.
- LEIs have valid check digits and belong to nobody. Keys come from seeds, so a failing test can be repeated.
- Vault keys: `vault_key(officer, family, owner, slot)`; each vault is 2-of-3 over officer-a, officer-c, officer-d.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256

from countersign.errors import CountersignError, Refused
from countersign.formats import bech32, eip55, ids, times
from countersign.formats.keccak import keccak256
from countersign.keys import jws as jose
from countersign.keys.public_key import Curve, PublicKey
from countersign.settlement import attesting, builder, contract, events, machine
from countersign.settlement.bodies import Spend
from countersign.settlement.contract import Contract, Dispute, Finality, Leg, Notional, Terms
from countersign.settlement.records import ContractState
from countersign.settlement.roster import Party
from countersign.settlement.state import EMPTY, State
from support import safe_snapshots
from support.software_keys import SoftwareKey

ORIGIN = "northgate.example/desk"
START = times.parse("2026-11-22T09:00:00Z")
BITCOIN = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328"
TESTNET = "bip122:000000000933ea01ad0ee984209779ba"
ETHEREUM = "eip155:31337"
BTC = f"{BITCOIN}/slip44:0"
USDC_ADDRESS = eip55.checksum(keccak256(b"countersign test token")[12:])
USDC = f"{ETHEREUM}/erc20:{USDC_ADDRESS}"
BTC_UNITS, USDC_UNITS = 25_000_000_000, 20_000_000_000_000
FEE_CAP = 50_000
SAFE_SINGLETON = "0x41675C099F32341bf84BFc5382aF534df5C7461a"
SAFE_HANDLER = "0xfd0732Dc9E303f09fCEf3a7388Ad10A83459Ec99"
SLOTS = 4
COSIGNERS = ("officer-a", "officer-c", "officer-d")


def lei(stem: str) -> str:
    """A LEI with valid check digits from a short stem."""
    body = stem.upper().ljust(18, "0")
    return body + ids.lei_check_digits(body)


NORTHGATE, MERIDIAN, HARBOUR = lei("9845NRTHGT"), lei("9845MERDIN"), lei("9845HARBRP")
OWNERS = {"meridian": Party(MERIDIAN, "main"), "harbour": Party(HARBOUR, "main")}
NAMES = {
    "operations": "Olive Penn",
    "compliance": "Conrad Lake",
    "officer-a": "Ada Vale",
    "officer-c": "Cyrus Holt",
    "officer-d": "Dora Finch",
}
ROLES = {
    "operations": ["operations"],
    "compliance": ["administrator", "compliance"],
    "officer-a": ["signing"],
    "officer-c": ["vault"],
    "officer-d": ["administrator", "vault"],
}


@cache
def identity(name: str) -> SoftwareKey:
    """The key with which a person, a party or the desk signs events; the parties' are of three curves' kinds."""
    curve = {"officer-a": Curve.P256, "harbour": Curve.SECP256K1}.get(name, Curve.ED25519)
    return SoftwareKey.generate(curve, f"identity {name}")


@cache
def vault_key(officer: str, family: str, owner: str, slot: int = 0) -> SoftwareKey:
    """An officer's key in one slot of an owner's Bitcoin vault, or in its Safe (slot 0)."""
    return SoftwareKey.generate(Curve.SECP256K1, f"vault {officer} {family} {owner} {slot}")


def witness_script(owner: str, slot: int) -> bytes:
    """The 2-of-3 multisig script of a slot."""
    return _multisig(vault_key(officer, "bip122", owner, slot).public.data for officer in COSIGNERS)


def _multisig(keys: Iterable[bytes]) -> bytes:
    """Two of three keys, in BIP-67 order."""
    return b"\x52" + b"".join(b"\x21" + key for key in sorted(keys)) + b"\x53\xae"


def bitcoin_address(owner: str, slot: int) -> str:
    """The P2WSH address of a slot."""
    return bech32.encode_segwit("bcrt", 0, sha256(witness_script(owner, slot)).digest())


def multisig_address(keys: Iterable[bytes]) -> str:
    """The P2WSH address of two of these three keys."""
    return bech32.encode_segwit("bcrt", 0, sha256(_multisig(keys)).digest())


def pay_at(body: dict[str, object], vault: str, address: str) -> None:
    """Change the body of a founding: the destination in this Bitcoin vault is this address."""
    for place in body["destinations"]:  # type: ignore[attr-defined]
        if place["vault"] == vault:
            place["account"] = f"{BITCOIN}:{address}"


def safe_address(owner: str) -> str:
    """The Safe of an owner, in EIP-55."""
    return eip55.checksum(keccak256(f"safe of {owner}".encode())[12:])


def destination(owner: str, asset: str) -> str:
    """The registered destination of an owner: slot 3 of its Bitcoin vault, or its Safe."""
    return f"{BITCOIN}:{bitcoin_address(owner, 3)}" if asset == BTC else f"{ETHEREUM}:{safe_address(owner)}"


def outside(owner: str, asset: str) -> str:
    """The registered place of an owner outside this custody."""
    if asset == BTC:
        return f"{BITCOIN}:{bech32.encode_segwit('bcrt', 0, sha256(f'outside {owner}'.encode()).digest())}"
    return f"{ETHEREUM}:{eip55.checksum(keccak256(f'outside {owner}'.encode())[12:])}"


def _descriptor(owner: str, slot: int) -> str:
    keys = ",".join(vault_key(officer, "bip122", owner, slot).public.data.hex() for officer in COSIGNERS)
    text = f"wsh(sortedmulti(2,{keys}))"
    return f"{text}#{_descriptor_checksum(text)}"


def _descriptor_checksum(text: str) -> str:
    """BIP-380's checksum."""
    inputs = "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ "
    generator = (0xF5DEE51989, 0xA9FDCA3312, 0x1BAB10E32D, 0x3706B1677A, 0x644D626FFD)
    symbols: list[int] = []
    group: list[int] = []
    for character in text:
        value = inputs.index(character)
        symbols.append(value & 31)
        group.append(value >> 5)
        if len(group) == 3:
            symbols.append(group[0] * 9 + group[1] * 3 + group[2])
            group = []
    if len(group) == 1:
        symbols.append(group[0])
    elif len(group) == 2:
        symbols.append(group[0] * 3 + group[1])
    check = 1
    for symbol in [*symbols, *[0] * 8]:
        top = check >> 35
        check = (check & 0x7FFFFFFFF) << 5 ^ symbol
        for bit, value in enumerate(generator):
            check ^= value if top >> bit & 1 else 0
    check ^= 1
    return "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[check >> 5 * (7 - place) & 31] for place in range(8))


def _officer_key(officer: str, purpose: str, key: PublicKey, label: str) -> dict[str, object]:
    token = {"serial": f"serial-{officer}", "label": f"token {officer}", "model": "SoftHSM v2"}
    return {"purpose": purpose, "jwk": key.jwk(), "token": token, "label": label, "online": officer == "officer-a"}


def officer_entry(officer: str, owners: Iterable[str] = OWNERS) -> dict[str, object]:
    """The roster's entry of an officer, keys to the vaults of these owners included."""
    keys = [_officer_key(officer, "identity", identity(officer).public, "identity")]
    if officer in COSIGNERS:
        for owner in owners:
            for slot in range(SLOTS):
                key = vault_key(officer, "bip122", owner, slot).public
                keys.append(_officer_key(officer, "bip122", key, f"btc {owner} {slot}"))
            key = vault_key(officer, "eip155", owner).public
            keys.append(_officer_key(officer, "eip155", key, f"safe {owner}"))
    return {"id": officer, "name": NAMES[officer], "roles": sorted(ROLES[officer]), "keys": keys}


def participant_entry(owner: str, **changes: object) -> dict[str, object]:
    """The roster's entry of a participant."""
    name = {"meridian": "Meridian Capital", "harbour": "Harbour Prime"}[owner]
    found: dict[str, object] = {
        "lei": OWNERS[owner].lei,
        "name": name,
        "certified_until": "2027-06-30",
        "suspended": False,
        "keys": [identity(owner).public.jwk()],
        "books": ["main"],
    }
    return found | changes


def vault_entries(owner: str, party: Party | None = None) -> list[dict[str, object]]:
    """The two vaults of an owner, or of a party under this name: slots on Bitcoin, a Safe on Ethereum."""
    of = party or OWNERS[owner]
    party_entry = {"lei": of.lei, "book": of.book}
    slots = [
        {
            "number": slot,
            "descriptor": _descriptor(owner, slot),
            "keys": [vault_key(officer, "bip122", owner, slot).kid for officer in COSIGNERS],
        }
        for slot in range(SLOTS)
    ]
    safe = {
        "id": f"{owner}-safe",
        "kind": "safe",
        "owner": party_entry,
        "chain": ETHEREUM,
        "threshold": 2,
        "address": safe_address(owner),
        "version": "1.4.1",
        "singleton": SAFE_SINGLETON,
        "fallback_handler": SAFE_HANDLER,
        "keys": sorted(vault_key(officer, "eip155", owner).kid for officer in COSIGNERS),
    }
    common = {"id": f"{owner}-btc", "kind": "wsh-slots", "owner": party_entry, "chain": BITCOIN, "threshold": 2}
    return [{**common, "slots": slots}, safe]


LATER_LOG = "northgate.example/desk+960090ce+AQ11UHVOCACl0jfu9YJgNXZrmz5aFYaKlAqyiZWHiOOw"
"""A vkey that could be the log's next."""


SAFE_OWNERS = tuple(sorted(COSIGNERS))
"""Whose keys own Harbour's Safe."""


def owners_body(desk: "Desk", people: Sequence[str], threshold: int, **changes: object) -> dict[str, object]:
    """The body of `owners.ordered` for Harbour's Safe: these people's keys own it afterwards."""
    found: dict[str, object] = {
        "vault": "harbour-safe",
        "keys": sorted(vault_key(officer, "eip155", "harbour").kid for officer in people),
        "threshold": threshold,
        "artefact": digest(f"owners {people} {threshold}"),
        "nonce": 0,
        "replaces": None,
    }
    return {**found, **changes}


def ceremony_body(*present: str, **changes: object) -> dict[str, object]:
    """The body of a `ceremony.recorded` by these officers."""
    words = "each jolt cusp loud frog liar vial each rust back unit love"
    found: dict[str, object] = {
        "kind": "enrolment",
        "document": digest("paper"),
        "phrase": words,
        "present": sorted(present),
    }
    return found | changes


def no_entries() -> dict[str, object]:
    """The body of a `roster.changed` that changes nothing yet."""
    empty: dict[str, object] = {"assets": [], "participants": [], "officers": [], "vaults": [], "destinations": []}
    return {**empty, "administrators": None}


def founding_body() -> dict[str, object]:
    """The body of `desk.founded`."""
    return {
        "custodian": {"lei": NORTHGATE, "name": "Northgate Trust"},
        "desk_key": identity("desk").public.jwk(),
        "log": "northgate.example/desk+0a0b0c0d+test",
        "administrators": {"officers": ["compliance", "officer-d"], "threshold": 2},
        "assets": [{"id": BTC, "symbol": "BTC", "decimals": 8}, {"id": USDC, "symbol": "USDC", "decimals": 6}],
        "participants": [participant_entry(owner) for owner in OWNERS],
        "officers": [officer_entry(officer) for officer in NAMES],
        "vaults": [vault for owner in OWNERS for vault in vault_entries(owner)],
        "destinations": [
            {
                "account": destination(owner, asset),
                "owner": {"lei": OWNERS[owner].lei, "book": "main"},
                "vault": f"{owner}-{kind}",
            }
            for owner in OWNERS
            for asset, kind in ((BTC, "btc"), (USDC, "safe"))
        ]
        + [
            {"account": outside(owner, asset), "owner": {"lei": OWNERS[owner].lei, "book": "main"}, "vault": None}
            for owner in OWNERS
            for asset in (BTC, USDC)
        ],
    }


def policy_document(**changes: object) -> dict[str, object]:
    """The policy of this world."""
    found: dict[str, object] = {
        "version": 1,
        "minimum_notional_usd": "100000",
        "price_tolerance_bps": 100,
        "caps": {"transaction_usd": None, "day_usd": None, "counterparty_usd": None},
        "quorums": [],
        "hours": None,
        "four_eyes": "standard",
        "request_lifetime_seconds": 86_400,
        "destination_cooling_seconds": 172_800,
        "checkpoint_age_seconds": 86_400,
        "safe_state_age_seconds": 3_600,
        "cycles": {"cut_offs": ["16:00"], "top_up_seconds": 3_600, "cold_contracts": 500},
        "lending": {BTC: {"limit": "3000000000", "rate_bps": 250}},
        "confirmations": {BITCOIN: 3, ETHEREUM: 2},
        "fees": {"max_sat_vb": 500, "dual_percent": 5, "never_percent": 10},
        "witnesses": {"quorum": 0, "keys": []},
    }
    return found | changes


def loan_body(**changes: object) -> dict[str, object]:
    """Meridian lends 5 BTC at the policy's rate."""
    owner = {"lei": MERIDIAN, "book": "main"}
    return {"loan": "loan-1", "owner": owner, "asset": BTC, "amount": "500000000", "rate_bps": 250} | changes


def terms(number: int = 1, **changes: object) -> Terms:
    """Meridian sells 250 BTC to Harbour for 20,000,000 USDC; `number` makes another contract."""
    found = Terms(
        id=f"MH-2026-{number:04d}",
        version=1,
        replaces=None,
        desk=ORIGIN,
        custodian=NORTHGATE,
        template="bilateral-spot",
        trade_date="2026-11-22",
        not_before=START,
        settle_by=START + 36 * 3_600,
        parties=(OWNERS["meridian"], OWNERS["harbour"]),
        legs=(
            Leg(0, 1, BTC, BTC_UNITS, destination("harbour", BTC)),
            Leg(1, 0, USDC, USDC_UNITS, destination("meridian", USDC)),
        ),
        notional=Notional(20_000_000, "80000", "Northgate reference"),
        fees=((BTC, FEE_CAP),),
        finality=Finality(((BTC, 3), (USDC, 2)), mutual=True),
        dispute=Dispute("LCIA", "LCIA Rules 2020", 86_400),
        legal_text_sha256=sha256(b"the legal text").hexdigest(),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def withdrawal(number: int = 90, **changes: object) -> Terms:
    """Meridian sends 5 BTC to its place outside."""
    found = terms(
        number,
        template="withdrawal",
        parties=(OWNERS["meridian"],),
        legs=(Leg(0, 0, BTC, 500_000_000, outside("meridian", BTC)),),
        notional=Notional(400_000, "80000", "Northgate reference"),
        finality=Finality(((BTC, 3),), mutual=False),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def award(disputed: str, number: int = 80, **changes: object) -> Terms:
    """What a ruling on a disputed contract says: Meridian delivers 100 BTC to Harbour, and nothing comes back."""
    found = terms(
        number,
        template="award",
        replaces=disputed,
        legs=(Leg(0, 1, BTC, 10_000_000_000, destination("harbour", BTC)),),
        notional=Notional(8_000_000, "80000", "Northgate reference"),
        finality=Finality(((BTC, 3),), mutual=False),
        legal_text_sha256=sha256(b"the ruling").hexdigest(),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def award_step(ruled: Terms, names: Sequence[str] = ("compliance", "officer-d")) -> "Step":
    """`award.made` over these terms, signed by two officers."""
    return "award.made", list(names), builder.contract_body(signed_contract(ruled, names))


def dispute_step(contract: str, opener: str = "harbour", *expected: dict[str, object]) -> "Step":
    """`dispute.opened` by a party."""
    body = {"contract": contract, "expected": list(expected), "reason": "The wrong coins were named."}
    return "dispute.opened", [opener], body


def transfer(payer: str, receiver: str, asset: str, units: int) -> dict[str, object]:
    """What a dispute's opener expects to move."""
    parties = {
        name: {"lei": OWNERS[who].lei, "book": "main"} for name, who in (("payer", payer), ("receiver", receiver))
    }
    return {**parties, "asset": asset, "amount": str(units)}


def freeze_step(order: str = "HC-2026-114", **scope: object) -> "Step":
    """`freeze.ordered` by compliance and another officer, of a book of Harbour's unless `scope` says otherwise."""
    kinds = {"contract": "contract", "asset": "asset", "book": "book", "lei": "participant"}
    named = scope or {"lei": HARBOUR, "book": "main"}
    kind = next(kinds[name] for name in kinds if name in named)
    whole = {"lei": None, "book": None, "contract": None, "asset": None, **named, "kind": kind}
    body = {"order": order, "scope": whole, "document_sha256": digest(f"order {order}"), "reason": "Court order."}
    return "freeze.ordered", ["compliance", "operations"], body


def lift_step(order: str = "HC-2026-114") -> "Step":
    """`freeze.lifted` by compliance and another officer."""
    body = {"order": order, "document_sha256": digest(f"lifted {order}"), "reason": "Order discharged."}
    return "freeze.lifted", ["compliance", "officer-d"], body


def sign(payload: bytes, typ: str, names: Sequence[str]) -> jose.Jws:
    """A JWS over `payload` by these holders' identity keys."""
    keys = [identity(name) for name in names]
    return jose.attach(
        payload, typ, [(key.public, key.sign(jose.signing_input(payload, key.public, typ))) for key in keys]
    )


def signed_contract(agreed: Terms, names: Sequence[str] = ("meridian", "harbour")) -> Contract:
    """The contract over these terms with these parties' signatures."""
    return contract.parse(jose.serialise(sign(agreed.serialise(), contract.TYP, names)))


def event_bytes(
    kind: str, names: Sequence[str], body: Mapping[str, object], *, id: str, at: int, desk: str = ORIGIN
) -> bytes:
    """A signed event."""
    return jose.serialise(sign(builder.payload(kind, desk, id, at, body), events.TYP, names))


def digest(text: str) -> str:
    """A made-up hash, hex."""
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Trade:
    """A signed contract and the names of everything its settlement will use."""

    number: int
    contract: Contract

    @property
    def hash(self) -> str:
        """The contract's hash."""
        return self.contract.hash

    @property
    def cycle(self) -> str:
        """Its gross cycle."""
        return f"cycle-{self.number}"

    @property
    def bitcoin_transaction(self) -> str:
        """The id of its Bitcoin transaction."""
        return digest(f"bitcoin {self.number}")

    @property
    def ethereum_transaction(self) -> str:
        """The id of its Ethereum transaction."""
        return "0x" + digest(f"ethereum {self.number}")

    @property
    def spends(self) -> tuple[Spend, ...]:
        """Three coins of Meridian's vault, one in each of the slots 0 to 2."""
        return tuple(Spend(f"{digest(f'coin {self.number} {slot}')}:0", "meridian-btc", slot) for slot in range(3))


Step = tuple[str, list[str], dict[str, object]]


@dataclass
class Desk:
    """A desk in memory: its state, its entries, and a clock that a test sets forward."""

    state: State = EMPTY
    entries: list[machine.Entry] = field(default_factory=list)
    now_ms: int = START * 1_000
    trades: int = 0

    def copy(self) -> "Desk":
        """Another desk with the same history."""
        return Desk(self.state, list(self.entries), self.now_ms, self.trades)

    def entry(self, kind: str, names: Sequence[str], body: Mapping[str, object], **changes: object) -> machine.Entry:
        """The next entry with this event; `id`, `at`, `desk` may be given."""
        wanted: dict[str, object] = {"id": f"event-{len(self.entries)}", "at": self.now_ms // 1_000, **changes}
        event = event_bytes(kind, names, body, **wanted)  # type: ignore[arg-type]
        return machine.Entry(len(self.entries), self.now_ms, event)

    def log(self, kind: str, names: Sequence[str], body: Mapping[str, object], **changes: object) -> machine.Entry:
        """Append an event. Raises what the machine raises."""
        return self.append(self.entry(kind, names, body, **changes))

    def append(self, entry: machine.Entry) -> machine.Entry:
        """Append a made entry. Raises what the machine raises."""
        self.state = machine.apply(self.state, entry)
        self.entries.append(entry)
        self.now_ms += 1_000
        return entry

    def attempt(self, kind: str, names: Sequence[str], body: Mapping[str, object], **changes: object) -> str | None:
        """The code with which an event would be refused, or None; nothing is appended."""
        try:
            machine.apply(self.state, self.entry(kind, names, body, **changes))
        except CountersignError as error:
            return error.code
        return None

    def trade(self, **changes: object) -> Trade:
        """A new contract, signed by both, not yet in the log."""
        self.trades += 1
        return Trade(self.trades, signed_contract(terms(self.trades, **changes)))

    def deposit(self, owner: str, asset: str, units: int, number: int) -> None:
        """Credit an owner."""
        self.log("deposit.credited", ["desk", "operations"], deposit_body(owner, asset, units, number))

    def play(self, trade: Trade, until: str = "final") -> None:
        """Log the story's events from the contract's present state until it is in the state `until`."""
        resumed = trade.hash in self.state.contracts
        for step in self.story(trade):
            record = self.state.contracts.get(trade.hash)
            if record is not None and record.state == until:
                return
            if not (resumed and (self._prepared(trade, step) or self.attempt(*step) is not None)):
                self.log(*step)

    def _prepared(self, trade: Trade, step: Step) -> bool:
        """Whether a step prepares an instruction that is there already: it would take its place."""
        cycle = self.state.cycles.get(trade.cycle)
        return step[0] == "instruction.prepared" and cycle is not None and len(cycle.instructions) == len(cycle.groups)

    def play_rest(self, trade: Trade) -> None:
        """Log those events of the story that the machine still accepts, in order, passing over what is done."""
        for step in self.story(trade):
            if self.attempt(*step) is None:
                self.log(*step)

    def story(self, trade: Trade) -> Iterator[Step]:
        """Every event of a settlement, in order; instructions are named by the hashes they get on the way."""
        yield "contract.affirmed", ["operations"], builder.contract_body(trade.contract)
        yield "contract.endorsed", ["compliance"], {"contract": trade.hash}
        for leg in (0, 1):
            yield "hold.placed", ["desk"], builder.hold_body(trade.contract.terms, trade.hash, leg)
        yield "cycle.closed", ["desk"], builder.cycle_body(trade.cycle, [trade.hash], START)
        yield "instruction.prepared", ["operations"], psbt_body(trade)
        yield "instruction.prepared", ["operations"], self.safe_body(trade)
        psbt, safe = self.instructions(trade)
        yield share_step(psbt, "officer-a", "meridian-btc")
        yield share_step(safe, "officer-a", "harbour-safe")
        yield share_step(psbt, "officer-c", "meridian-btc")
        yield share_step(safe, "officer-c", "harbour-safe")
        yield "release.authorised", ["operations", "compliance"], release_body(trade, psbt, safe)
        for name, transaction in ((psbt, trade.bitcoin_transaction), (safe, trade.ethereum_transaction)):
            yield "transaction.broadcast", ["desk", "operations"], broadcast_body(name, transaction)
        yield "transaction.observed", ["desk", "operations"], observed_body(psbt, trade.bitcoin_transaction, 1, 1_410)
        yield "transaction.observed", ["desk", "operations"], observed_body(safe, trade.ethereum_transaction, 1, None)
        for owner in OWNERS:
            yield "delivery.confirmed", [owner], {"contract": trade.hash}
        yield "settlement.final", ["desk"], {"cycle": trade.cycle}

    def safe_body(self, trade: Trade) -> dict[str, object]:
        """The body of the Safe's instruction, with its next nonce."""
        use = self.state.safes.get("harbour-safe")
        nonce = use.executed + 1 if use is not None and use.executed is not None else 0
        name = digest(f"safe-tx {trade.number}")
        return builder.safe_instruction_body(trade.cycle, [trade.hash], ETHEREUM, "harbour-safe", name, nonce)

    def instructions(self, trade: Trade) -> tuple[str, str]:
        """The live instructions of a trade's cycle: the PSBT's, the SafeTx's."""
        live = self.state.live(self.state.cycle(trade.cycle))
        return live[0].hash, live[1].hash

    def stands(self, trade: Trade) -> ContractState:
        """Where the trade stands."""
        return self.state.contract(trade.hash).state


def deposit_body(owner: str, asset: str, units: int, number: int) -> dict[str, object]:
    """`deposit.credited` for an owner."""
    bitcoin = asset == BTC
    place = digest(f"deposit {owner} {asset} {number}")
    return {
        "owner": {"lei": OWNERS[owner].lei, "book": "main"},
        "vault": f"{owner}-{'btc' if bitcoin else 'safe'}",
        "asset": asset,
        "amount": str(units),
        "reference": f"{place}:0" if bitcoin else f"0x{place}:0",
        "confirmations": 6,
    }


def psbt_body(trade: Trade) -> dict[str, object]:
    """`instruction.prepared` of the Bitcoin leg."""
    artefact = digest(f"psbt {trade.number}")
    return builder.psbt_instruction_body(trade.cycle, [trade.hash], BITCOIN, artefact, trade.spends)


def share_step(instruction: str, officer: str, vault: str) -> Step:
    """`share.added` by an officer for a vault, with the keys of the slots 0 to 2 or of the Safe."""
    return "share.added", ["desk", officer], share_body(instruction, officer, vault)


def share_body(instruction: str, officer: str, vault: str) -> dict[str, object]:
    """The body of an officer's share."""
    owner, kind = vault.split("-")
    slots = range(3) if kind == "btc" else range(1)
    family = "bip122" if kind == "btc" else "eip155"
    keys = sorted(vault_key(officer, family, owner, slot).kid for slot in slots)
    artefact = digest(f"share {instruction} {officer}")
    return {"instruction": instruction, "vault": vault, "keys": keys, "artefact": artefact}


def attested_body(desk: Desk, trade: Trade, **changes: object) -> dict[str, object]:
    """`state.attested` of a trade's cycle at the newest checkpoint, its Safes read as the last entry was logged."""
    size = len(desk.entries)
    try:
        chains = safe_snapshots.of_cycle(desk.state, trade.cycle, desk.now_ms // 1_000)
    except Refused:
        chains = ()  # nothing to read: what the body says of the cycle is refused by its own rule
    return {**attesting.body(desk.state, trade.cycle, size, digest(f"root {size}"), chains), **changes}


def release_body(trade: Trade, *instructions: str) -> dict[str, object]:
    """`release.authorised` by operations, checked by compliance."""
    names = sorted(instructions)
    return {"cycle": trade.cycle, "instructions": names, "maker": "operations", "checker": "compliance"}


def broadcast_body(instruction: str, transaction: str) -> dict[str, object]:
    """`transaction.broadcast`."""
    return {"instruction": instruction, "transaction": transaction, "artefact": digest(f"finished {transaction}")}


def observed_body(instruction: str, transaction: str, confirmations: int, fee: int | None) -> dict[str, object]:
    """`transaction.observed`; `fee` in satoshis for the Bitcoin leg, None for Ethereum's."""
    block = digest(f"block of {transaction}")
    return {
        "instruction": instruction,
        "transaction": transaction,
        "block": f"0x{block}" if transaction.startswith("0x") else block,
        "height": 101,
        "confirmations": confirmations,
        "fees": {} if fee is None else {"meridian-btc": str(fee)},
    }


def founded(*, bitcoin: int = 30_000_000_000, dollars: int = 25_000_000_000_000) -> Desk:
    """A desk with roster, policy, prices and deposits: Meridian's bitcoin and Harbour's dollars, in base units."""
    desk = _founded().copy()
    desk.deposit("meridian", BTC, bitcoin, 1)
    desk.deposit("harbour", USDC, dollars, 1)
    return desk


@cache
def _founded() -> Desk:
    return founded_by(founding_body())


def founded_by(body: dict[str, object]) -> Desk:
    """A desk with this founding, policy and prices; nothing deposited yet."""
    desk = Desk()
    desk.log("desk.founded", ["desk", "compliance", "officer-d"], body)
    desk.log("policy.adopted", ["compliance", "officer-d"], {"policy": policy_document()})
    for asset, price in ((BTC, "80000"), (USDC, "1")):
        body = {"asset": asset, "price": price, "source": "Northgate reference"}
        desk.log("price.published", ["desk"], body)
    return desk
