"""The contract of a sale: its terms, both parties' signatures over them, and the hash by which everything names it.

- A contract is a general JWS (`typ: countersign-contract+json`) over RFC 8785 terms; its hash is their SHA-256.
- Terms are read strictly: unknown and missing fields are refused, `terms.serialise()` is the payload again (C1).
- Templates differ in shape only (`templates.py`): sales (`bilateral-spot`, `multi-leg-basket`, `block-trade`), and
  `withdrawal` and `award`, which travel the same way to the chain but are no sale.
- `notional.price` is the US dollar price of one whole unit of the first leg's asset; `usd` whole dollars.
- `fees` caps the network fee that each deliverer bears on a Bitcoin chain, once, in that chain's coin; Ethereum gas is
  the custodian's.
- `finality.confirmations` names every asset that moves.

    {"id":"MH-2026-0001","version":1,"replaces":null,"desk":"northgate.example/desk","custodian":"…LEI…",
     "template":"bilateral-spot","trade_date":"2026-11-22","not_before":"2026-11-22T08:00:00Z",
     "settle_by":"2026-11-23T17:00:00Z","parties":[{"lei":"…","book":"main"},{"lei":"…","book":"main"}],
     "legs":[{"from":0,"to":1,"asset":"bip122:…/slip44:0","amount":"25000000000","destination":"bip122:…:bcrt1q…"},
             {"from":1,"to":0,"asset":"eip155:31337/erc20:0x…","amount":"20000000000000","destination":"eip155:31337:0x…"}],
     "notional":{"usd":"20000000","price":"80000","source":"Northgate reference"},"fees":{"bip122:…/slip44:0":"50000"},
     "finality":{"confirmations":{"bip122:…/slip44:0":2,"eip155:31337/erc20:0x…":2},"mutual":true},
     "dispute":{"forum":"LCIA","rules":"LCIA 2020","window_seconds":86400},"legal_text_sha256":"…64 hex…"}
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from countersign.errors import Malformed, Refused
from countersign.formats import caip, ids, jcs, times
from countersign.formats.strict_json import JsonValue, parse_canonical
from countersign.keys import jws as jose
from countersign.keys.jws import Jws
from countersign.settlement import readers, templates
from countersign.settlement.roster import HolderKind, Party, Purpose, Role, Roster

TYP = "countersign-contract+json"
SMALL = 16_384
"""Bytes up to which a parsed contract is remembered; what is longer comes seldom, and may come from strangers."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One asset movement. `payer` and `receiver` are positions in `parties`; `amount` in base units."""

    payer: int
    receiver: int
    asset: str
    amount: int
    destination: str


@dataclass(frozen=True, slots=True)
class Notional:
    """Whole dollars, the dollar price of one whole unit of the first leg's asset, and whose price it is."""

    usd: int
    price: str
    source: str


@dataclass(frozen=True, slots=True)
class Finality:
    """Confirmations by asset, and whether the parties' mutual confirmation makes delivery final before them."""

    confirmations: tuple[tuple[str, int], ...]
    mutual: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """Where a dispute is heard, and how long one may be opened."""

    forum: str
    rules: str
    window_seconds: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What both parties sign. Times are unix seconds; `fees` are (coin, cap in base units)."""

    id: str
    version: int
    replaces: str | None
    desk: str
    custodian: str
    template: str
    trade_date: str
    not_before: int
    settle_by: int
    parties: tuple[Party, ...]
    legs: tuple[Leg, ...]
    notional: Notional
    fees: tuple[tuple[str, int], ...]
    finality: Finality
    dispute: Dispute
    legal_text_sha256: str

    def payer(self, leg: Leg) -> Party:
        """Who delivers a leg."""
        return self.parties[leg.payer]

    def receiver(self, leg: Leg) -> Party:
        """Who receives a leg."""
        return self.parties[leg.receiver]

    def fee(self, position: int) -> tuple[str, int] | None:
        """The coin and cap of the network fee that the deliverer of the leg at `position` bears with it.

        None where the fee is the custodian's, or an earlier leg of the same deliverer on that chain bears it already.
        """
        leg = self.legs[position]
        coin = fee_coin(leg.asset)
        if coin is None or any(
            each.payer == leg.payer and fee_coin(each.asset) == coin for each in self.legs[:position]
        ):
            return None
        return coin, dict(self.fees)[coin]

    @property
    def sale(self) -> bool:
        """Whether this is a sale that two institutions affirm; else a withdrawal or an award."""
        return self.template in templates.SALES

    @property
    def leis(self) -> tuple[str, ...]:
        """The institutions that are party to it, each once, ascending."""
        return tuple(sorted({party.lei for party in self.parties}))

    def serialise(self) -> bytes:
        """The payload that is signed: RFC 8785."""
        return jcs.encode(terms_object(self))


@dataclass(frozen=True, slots=True)
class Contract:
    """Terms with the signatures over them. `hash` is lower-case hex."""

    terms: Terms
    jws: Jws
    hash: str

    @property
    def signed(self) -> bytes:
        """What stands for the whole of it, signatures included: the SHA-256 of the JWS."""
        return sha256(jose.serialise(self.jws)).digest()


@lru_cache(maxsize=1024)
def fee_coin(asset: str) -> str | None:
    """The coin in which a deliverer pays for moving an asset; None on chains whose gas is the custodian's."""
    chain = caip.AssetId.parse(asset).chain
    return str(caip.coin(chain)) if chain.namespace == caip.BIP122 else None


def hash_of(payload: bytes) -> str:
    """The identity of a contract or an event: SHA-256 of its payload, lower-case hex."""
    return sha256(payload).hexdigest()


def parse(data: bytes) -> Contract:
    """A contract file. Raises `Malformed`. The last small ones are remembered: every verdict reads a cycle's contracts."""
    return _remembered(data) if len(data) <= SMALL else _parse(data)


def _parse(data: bytes) -> Contract:
    return _contract(jose.parse(data, TYP))


_remembered = lru_cache(maxsize=512)(_parse)


def from_object(value: object, where: str) -> Contract:
    """The JWS object of an event's `body.contract`. Raises `Malformed`."""
    if not isinstance(value, dict):
        raise Malformed("C2.wrong-type", where=where, expected="object", found=type(value).__name__)
    return _contract(jose.from_object(value, TYP))


def _contract(signed: Jws) -> Contract:
    return Contract(parse_terms(signed.payload), signed, hash_of(signed.payload))


def _leg(value: object, where: str) -> Leg:
    position = readers.integer(0, 1_000)
    found = readers.record(
        value,
        where,
        {
            "from": position,
            "to": position,
            "asset": readers.asset,
            "amount": readers.positive_amount,
            "destination": readers.destination,
        },
    )
    return Leg(found["from"], found["to"], found["asset"], found["amount"], found["destination"])


def _party(value: object, where: str) -> Party:
    return Party(**readers.record(value, where, {"lei": readers.lei, "book": readers.identifier}))


def _notional(value: object, where: str) -> Notional:
    fields = {"usd": readers.positive_amount, "price": readers.price, "source": readers.name}
    return Notional(**readers.record(value, where, fields))


def _finality(value: object, where: str) -> Finality:
    fields = {
        "confirmations": readers.pairs(readers.asset, readers.integer(1, 10_000)),
        "mutual": readers.boolean,
    }
    return Finality(**readers.record(value, where, fields))


def _dispute(value: object, where: str) -> Dispute:
    fields = {"forum": readers.name, "rules": readers.name, "window_seconds": readers.integer(0, 366 * 86_400)}
    return Dispute(**readers.record(value, where, fields))


_TERMS: dict[str, readers.Reader[object]] = {
    "id": readers.identifier,
    "version": readers.integer(1, 1_000_000),
    "replaces": readers.nullable(readers.sha256),
    "desk": readers.prose_of(256),
    "custodian": readers.lei,
    "template": readers.one_of(*templates.TEMPLATES),
    "trade_date": readers.date,
    "not_before": readers.moment,
    "settle_by": readers.moment,
    "parties": readers.array(_party, minimum=1, maximum=64),
    "legs": readers.array(_leg, minimum=1, maximum=256),
    "notional": _notional,
    "fees": readers.pairs(readers.asset, readers.amount),
    "finality": _finality,
    "dispute": _dispute,
    "legal_text_sha256": readers.sha256,
}


def parse_terms(payload: bytes) -> Terms:
    """The terms in a contract's payload. Raises `Malformed`, `settlement.terms-…` where they contradict themselves."""
    terms = Terms(**readers.record(parse_canonical(payload), "terms", _TERMS))
    _check_shape(terms)
    return terms


def _check_shape(terms: Terms) -> None:
    """What the terms must agree on among themselves, whoever the parties are."""
    templates.check(terms.template, terms.id, terms.parties, [_movement(terms, leg) for leg in terms.legs])
    for leg in terms.legs:
        if not leg.destination.startswith(leg.asset.split("/", 1)[0] + ":"):
            raise Malformed("settlement.terms-destination-chain", id=terms.id, destination=leg.destination)
    if [asset for asset, _ in terms.finality.confirmations] != sorted({leg.asset for leg in terms.legs}):
        raise Malformed("settlement.terms-confirmations", id=terms.id)
    if [coin for coin, _ in terms.fees] != sorted({coin for leg in terms.legs if (coin := fee_coin(leg.asset))}):
        raise Malformed("settlement.terms-fees", id=terms.id)
    if terms.settle_by <= terms.not_before:
        raise Malformed("settlement.terms-window", id=terms.id)
    if terms.template != templates.AWARD and (terms.version == 1) != (terms.replaces is None):
        raise Malformed("settlement.terms-replaces", id=terms.id)
    if terms.template == templates.AWARD and terms.replaces is None:
        raise Malformed("settlement.terms-replaces", id=terms.id)


def _movement(terms: Terms, leg: Leg) -> templates.Movement:
    if max(leg.payer, leg.receiver) >= len(terms.parties):
        raise Malformed("settlement.terms-position", id=terms.id, parties=len(terms.parties))
    return templates.Movement(leg.payer, leg.receiver, leg.asset)


def terms_object(terms: Terms) -> JsonValue:
    """The terms as a JSON object, in the spellings that `parse_terms` reads."""
    return {
        "id": terms.id,
        "version": terms.version,
        "replaces": terms.replaces,
        "desk": terms.desk,
        "custodian": terms.custodian,
        "template": terms.template,
        "trade_date": terms.trade_date,
        "not_before": times.text(terms.not_before),
        "settle_by": times.text(terms.settle_by),
        "parties": [{"lei": party.lei, "book": party.book} for party in terms.parties],
        "legs": [
            {
                "from": leg.payer,
                "to": leg.receiver,
                "asset": leg.asset,
                "amount": ids.amount_text(leg.amount),
                "destination": leg.destination,
            }
            for leg in terms.legs
        ],
        "notional": {
            "usd": ids.amount_text(terms.notional.usd),
            "price": terms.notional.price,
            "source": terms.notional.source,
        },
        "fees": {coin: ids.amount_text(cap) for coin, cap in terms.fees},
        "finality": {"confirmations": dict(terms.finality.confirmations), "mutual": terms.finality.mutual},
        "dispute": {
            "forum": terms.dispute.forum,
            "rules": terms.dispute.rules,
            "window_seconds": terms.dispute.window_seconds,
        },
        "legal_text_sha256": terms.legal_text_sha256,
    }


def signed_by(contract: Contract, roster: Roster, *, logged: bool = False) -> tuple[str, ...]:
    """The LEIs whose registered keys signed the terms, ascending; each once and each a party.

    `logged`: the log took these signatures in while their keys were registered; one withdrawn since was good then.

    Raises `Refused` for an unknown key, a signer who is no party, or a party signing twice; `Malformed` or `Refused`
    from the signature check itself.
    """
    keys, signers = {}, []
    for signature in contract.jws.signatures:
        registered = roster.ever(signature.kid) if logged else roster.key(signature.kid)
        if registered.holder.kind is not HolderKind.PARTICIPANT or registered.purpose is not Purpose.IDENTITY:
            raise Refused("settlement.contract-signer", key=signature.kid)
        keys[signature.kid] = registered.key
        signers.append(registered.holder.id)
    jose.verify(contract.jws, keys, TYP)
    if len(set(signers)) != len(signers):
        raise Refused("settlement.contract-signed-twice", contract=contract.hash)
    if not set(signers) <= {party.lei for party in contract.terms.parties}:
        raise Refused("settlement.contract-stranger", contract=contract.hash)
    return tuple(sorted(signers))


def signed_by_officers(contract: Contract, roster: Roster, *, logged: bool = False) -> tuple[str, ...]:
    """The officers whose identity keys signed the terms of an award, ascending: two, at least one of compliance.

    `logged` as `signed_by`: keys and roles were judged when the log took it in.

    Raises `Refused`, and what the signature check itself raises.
    """
    keys, signers = {}, set()
    for signature in contract.jws.signatures:
        registered = roster.ever(signature.kid) if logged else roster.key(signature.kid)
        if registered.holder.kind is not HolderKind.OFFICER or registered.purpose is not Purpose.IDENTITY:
            raise Refused("settlement.award-signer", key=signature.kid)
        keys[signature.kid] = registered.key
        signers.add(registered.holder.id)
    jose.verify(contract.jws, keys, TYP)
    compliance = [each for each in signers if logged or Role.COMPLIANCE in roster.officer(each).roles]
    if len(signers) != 2 or len(contract.jws.signatures) != 2 or not compliance:
        raise Refused("settlement.award-officers", contract=contract.hash, found=len(signers))
    return tuple(sorted(signers))


def verify(contract: Contract, roster: Roster, *, logged: bool = False) -> None:
    """Whoever must sign these terms did, with registered keys: every party, or for an award two officers. `Refused`.

    `logged` as `signed_by`.
    """
    if contract.terms.template == templates.AWARD:
        signed_by_officers(contract, roster, logged=logged)
        return
    signers = signed_by(contract, roster, logged=logged)
    for party in contract.terms.parties:
        if party.lei not in signers:
            raise Refused("settlement.contract-unsigned", contract=contract.hash, lei=party.lei)
