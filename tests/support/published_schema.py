"""The JSON Schemas that docs/formats publishes: written once here, compared with the files by a test.

Written anew by `PYTHONPATH=app:tests python -m support.published_schema` from the project's top folder.
"""

import json
import re
from pathlib import Path
from typing import Any

from countersign.settlement.machine import RULES
from countersign.settlement.templates import TEMPLATES

FOLDER = Path(__file__).parents[2] / "docs" / "formats" / "schema"
DRAFT = "https://json-schema.org/draft/2020-12/schema"

H64 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
AMT = {"type": "string", "pattern": "^(0|[1-9][0-9]{0,77})$"}
ID = {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"}
TX = {"type": "string", "pattern": "^(0x)?[0-9a-f]{64}$"}
HASH0X = {"type": "string", "pattern": "^0x[0-9a-f]{64}$"}
OUT = {"type": "string", "pattern": "^(0x)?[0-9a-f]{64}:(0|[1-9][0-9]{0,9})$"}
TIME = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}
DATE = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
LEI = {"type": "string", "pattern": "^[A-Z0-9]{18}[0-9]{2}$"}
PRICE = {"type": "string", "pattern": "^(0|[1-9][0-9]{0,29})(\\.[0-9]{1,18})?$"}
TEXT = {"type": "string", "minLength": 1}
ASSET = {
    "type": "string",
    "pattern": "^(bip122:[0-9a-f]{32}|eip155:[1-9][0-9]{0,15})/(slip44:(0|60)|erc20:0x[0-9a-fA-F]{40})$",
}
CHAIN = {"type": "string", "pattern": "^(bip122:[0-9a-f]{32}|eip155:[1-9][0-9]{0,15})$"}
ACCOUNT = {"type": "string", "pattern": "^(bip122:[0-9a-f]{32}:[0-9a-z]+|eip155:[1-9][0-9]{0,15}:0x[0-9a-fA-F]{40})$"}
ADDR = {"type": "string", "pattern": "^0x[0-9a-fA-F]{40}$"}
INT = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
BOOL = {"type": "boolean"}


def null(s):
    return {"anyOf": [s, {"type": "null"}]}


def arr(s, n=0):
    return {"type": "array", "items": s, "minItems": n}


def obj(**p):
    return {"type": "object", "properties": p, "required": list(p), "additionalProperties": False}


def mapping(s):
    return {"type": "object", "additionalProperties": s}


def one(*a):
    return {"enum": list(a)}


JWK = {
    "type": "object",
    "required": ["kty", "crv", "x"],
    "properties": {
        "kty": one("EC", "OKP"),
        "crv": one("secp256k1", "P-256", "Ed25519"),
        "x": TEXT,
        "y": TEXT,
        "kid": TEXT,
        "alg": TEXT,
    },
    "additionalProperties": False,
}
PARTY = obj(lei=LEI, book=ID)
JWS = obj(
    payload={"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}, signatures=arr(obj(protected=TEXT, signature=TEXT), 1)
)
KEY = obj(
    purpose=one("identity", "bip122", "eip155"),
    jwk=JWK,
    token=obj(serial=TEXT, label=TEXT, model=TEXT),
    label=TEXT,
    online=BOOL,
)
common = {"id": ID, "owner": PARTY, "chain": CHAIN, "threshold": INT}
VAULT = {
    "anyOf": [
        obj(kind=one("wsh-slots"), **common, slots=arr(obj(number=INT, descriptor=TEXT, keys=arr(TEXT, 2)), 1)),
        obj(kind=one("wsh-ranged"), **common, descriptor=TEXT, keys=arr(TEXT, 2)),
        obj(
            kind=one("safe"),
            **common,
            address=ADDR,
            version=one("1.3.0", "1.4.1", "1.5.0"),
            singleton=ADDR,
            fallback_handler=null(ADDR),
            keys=arr(TEXT, 2),
        ),
    ]
}
ENT = {
    "assets": arr(obj(id=ASSET, symbol=ID, decimals=INT)),
    "participants": arr(obj(lei=LEI, name=TEXT, certified_until=DATE, suspended=BOOL, keys=arr(JWK), books=arr(ID, 1))),
    "officers": arr(
        obj(
            id=ID,
            name=TEXT,
            roles=arr(one("administrator", "compliance", "operations", "signing", "vault"), 1),
            keys=arr(KEY),
        )
    ),
    "vaults": arr(VAULT),
    "destinations": arr(obj(account=ACCOUNT, owner=PARTY, vault=null(ID))),
}
SAFE_STATE = obj(
    address=ADDR,
    proxy_code=HASH0X,
    singleton=ADDR,
    singleton_code=HASH0X,
    multi_send_code=null(HASH0X),
    version=ID,
    owners=arr(ADDR, 1),
    threshold=INT,
    modules=arr(ADDR),
    guard=null(ADDR),
    module_guard=null(ADDR),
    fallback_handler=null(ADDR),
    nonce=INT,
)
ADMIN = obj(officers=arr(ID, 1), threshold=INT)
MINUTE = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
HOURS = obj(**{"days": arr(INT, 1), "from": MINUTE, "until": MINUTE})
POLICY = obj(
    version=INT,
    minimum_notional_usd=AMT,
    price_tolerance_bps=INT,
    caps=obj(transaction_usd=null(AMT), day_usd=null(AMT), counterparty_usd=null(AMT)),
    quorums=arr(obj(from_usd=AMT, signatures=INT)),
    hours=null(HOURS),
    four_eyes=one("standard", "strict"),
    request_lifetime_seconds=INT,
    destination_cooling_seconds=INT,
    checkpoint_age_seconds={"type": "integer", "minimum": 60, "maximum": 86_400},
    safe_state_age_seconds={"type": "integer", "minimum": 60, "maximum": 3_600},
    cycles=obj(cut_offs=arr(MINUTE, 1), top_up_seconds=INT, cold_contracts=INT),
    lending=mapping(obj(limit=AMT, rate_bps=INT)),
    confirmations=mapping(INT),
    fees=obj(max_sat_vb=INT, dual_percent=INT, never_percent=INT),
    witnesses=obj(quorum=INT, keys=arr(TEXT)),
)
SCOPE = obj(
    kind=one("participant", "book", "contract", "asset"),
    lei=null(LEI),
    book=null(ID),
    contract=null(H64),
    asset=null(ASSET),
)
VKEY = {"type": "string", "pattern": "^[^ +]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{44}$"}
PHRASE = {"type": "string", "pattern": "^[a-z]{4}( [a-z]{4}){11}$"}
BODIES: dict[str, dict[str, Any]] = {
    "desk.founded": obj(custodian=obj(lei=LEI, name=TEXT), desk_key=JWK, log=TEXT, administrators=ADMIN, **ENT),
    "roster.changed": {
        **obj(
            administrators=null(ADMIN),
            **ENT,
            tests=arr(obj(vault=ID, officer=ID, signatures=arr(TEXT, 1)), 1),
            untested=TEXT,
        ),
        "required": ["administrators", *ENT],
    },
    "policy.adopted": obj(policy=POLICY),
    "log.rotated": obj(log=VKEY, reason=TEXT),
    "owners.ordered": obj(vault=ID, keys=arr(TEXT, 2), threshold=INT, artefact=H64, nonce=INT, replaces=null(H64)),
    "ceremony.recorded": obj(
        kind=one("founding", "enrolment", "key-replacement", "clock"),
        document=H64,
        phrase=null(PHRASE),
        present=arr(ID, 1),
    ),
    "price.published": obj(asset=ASSET, price=PRICE, source=TEXT),
    "deposit.credited": obj(owner=PARTY, vault=ID, asset=ASSET, amount=AMT, reference=OUT, confirmations=INT),
    "contract.proposed": obj(contract=JWS),
    "contract.affirmed": obj(contract=JWS),
    "contract.endorsed": obj(contract=H64),
    "contract.declined": obj(contract=H64, reason=TEXT),
    "contract.cancelled": obj(contract=H64, reason=TEXT),
    "state.attested": obj(
        cycle=ID,
        instructions=arr(H64),
        size=INT,
        root=H64,
        policy=INT,
        roster=INT,
        failed=arr(H64),
        used=arr(obj(payer=LEI, receiver=LEI, usd=AMT)),
        chains=arr(obj(chain=CHAIN, number=INT, block=HASH0X, time=TIME, safes=arr(SAFE_STATE, 1))),
    ),
    "lending.authorised": obj(loan=ID, owner=PARTY, asset=ASSET, amount=AMT, rate_bps=INT),
    "lending.accrued": obj(asset=ASSET, date=DATE, loans=INT, interest=AMT),
    "lending.recalled": obj(loan=ID, reason=TEXT),
    "reconciliation.recorded": obj(as_of=INT, report=H64, accounts=INT, breaks=INT),
    "contract.expired": obj(contract=H64),
    "withdrawal.requested": obj(contract=JWS),
    "hold.placed": obj(contract=H64, leg=INT, asset=ASSET, amount=AMT, fee_asset=null(ASSET), fee_amount=AMT),
    "hold.released": obj(contract=H64, leg=INT, reason=TEXT),
    "cycle.closed": obj(
        cycle=ID,
        contracts=arr(H64, 1),
        count=INT,
        root=H64,
        netting=one("gross", "bilateral", "multilateral"),
        cut_off=TIME,
        short=arr(obj(contract=H64, lei=LEI, book=ID, asset=ASSET, missing=AMT)),
    ),
    "instruction.prepared": obj(
        cycle=ID,
        contracts=arr(H64, 1),
        chain=CHAIN,
        kind=one("psbt", "safe-tx"),
        purpose=one("settlement", "replacement", "void", "child"),
        replaces=null(H64),
        lifts=null(H64),
        vaults=arr(ID, 1),
        artefact=H64,
        nonce=null(INT),
        spends=arr(obj(outpoint=OUT, vault=ID, slot=INT)),
    ),
    "instruction.refused": obj(
        kind=one("instruction", "contract"),
        sha256=H64,
        findings=arr(obj(check=ID, code=ID, values=mapping({"type": ["string", "integer"]})), 1),
        reason=TEXT,
    ),
    "share.added": obj(instruction=H64, vault=ID, keys=arr(TEXT, 1), artefact=H64),
    "release.authorised": obj(cycle=ID, instructions=arr(H64), maker=ID, checker=ID),
    "transaction.broadcast": obj(instruction=H64, transaction=TX, artefact=H64),
    "transaction.observed": obj(
        instruction=H64, transaction=TX, block=null(TX), height=null(INT), confirmations=INT, fees=mapping(AMT)
    ),
    "delivery.confirmed": obj(contract=H64),
    "settlement.final": obj(cycle=ID),
    "dispute.opened": obj(
        contract=H64, expected=arr(obj(payer=PARTY, receiver=PARTY, asset=ASSET, amount=AMT)), reason=TEXT
    ),
    "dispute.retracted": obj(contract=H64, reason=TEXT),
    "dispute.resolved": obj(contract=H64, outcome=one("resume", "cancel"), reason=TEXT),
    "freeze.ordered": obj(order=ID, scope=SCOPE, document_sha256=H64, reason=TEXT),
    "freeze.lifted": obj(order=ID, document_sha256=H64, reason=TEXT),
    "award.made": obj(contract=JWS),
    "transaction.replaced": obj(instruction=H64, transaction=TX, replacement=TX, artefact=H64, reason=TEXT),
    "settlement.failed": obj(cycle=ID, instruction=H64, executable=BOOL, for_good=BOOL, reason=TEXT),
    "settlement.voided": obj(cycle=ID),
}

LEG = obj(**{"from": INT, "to": INT, "asset": ASSET, "amount": AMT, "destination": ACCOUNT})
TERMS = obj(
    id=ID,
    version=INT,
    replaces=null(H64),
    desk=TEXT,
    custodian=LEI,
    template=one(*TEMPLATES),
    trade_date=DATE,
    not_before=TIME,
    settle_by=TIME,
    parties=arr(PARTY, 1) | {"maxItems": 64},
    legs=arr(LEG, 1) | {"maxItems": 256},
    notional=obj(usd=AMT, price=PRICE, source=TEXT),
    fees=mapping(AMT),
    finality=obj(confirmations=mapping(INT), mutual=BOOL),
    dispute=obj(forum=TEXT, rules=TEXT, window_seconds=INT),
    legal_text_sha256=H64,
)


BALANCE = obj(available=AMT, held=AMT, frozen=AMT, lent=AMT, total=AMT)
MEMBER = obj(contract=H64, id=ID, state=TEXT)
BLOCK = obj(vault=ID, instruction=H64, cycle=ID, contracts=arr(ID, 1), index=INT, since=TIME)
POSITION = obj(asset=ASSET, lei=LEI, book=ID, gross_in=AMT, gross_out=AMT, net_in=AMT, net_out=AMT, conserved=BOOL)
PROVEN = {
    "proof": obj(holds=BOOL, positions=arr(POSITION)),
    "saved": obj(
        transactions=obj(gross=INT, net=INT),
        usd=obj(gross=AMT, net=AMT, unpriced=arr(ASSET)),
        assets=arr(obj(asset=ASSET, gross=AMT, net=AMT, payments=obj(gross=INT, net=INT))),
    ),
}
NETTING = one("gross", "bilateral", "multilateral")
CYCLE = {
    "id": ID,
    "state": TEXT,
    "netting": NETTING,
    "cut_off": TIME,
    "index": INT,
    "contracts": arr(MEMBER, 1),
    "obligations": arr(
        obj(**{"from": TEXT, "to": TEXT, "vault": ID, "destination": ACCOUNT, "asset": ASSET, "amount": AMT})
    ),
    **PROVEN,
    "short": arr(obj(contract=MEMBER, owner=TEXT, book=ID, asset=ASSET, missing=AMT)),
    "instructions": arr(obj(chain=CHAIN, vaults=arr(ID, 1), instruction=H64, missing=INT, transaction=null(TX))),
    "blocks": arr(BLOCK),
}
MOVEMENT = obj(
    **{
        "index": INT,
        "at": TIME,
        "event": TEXT,
        "cause": TEXT,
        "from": null(TEXT),
        "to": null(TEXT),
        "amount": AMT,
        "contract": null(ID),
        "contract_hash": null(H64),
        "settlement": null(ID),
        "counterparty": null(TEXT),
        "balance": BALANCE,
    }
)
BREAK = obj(
    cause=one(
        "missing here",
        "missing there",
        "amount differs",
        "state differs",
        "fee",
        "unconfirmed",
        "failed",
        "unexplained",
    ),
    passing=BOOL,
    about=TEXT,
    lei=LEI,
    book=ID,
    asset=ASSET,
    here=null(TEXT),
    there=null(TEXT),
    reference=null(TEXT),
)
DEBT = {
    "asset": ASSET,
    "amount": AMT,
    "creditor": obj(lei=LEI, owner=TEXT, book=ID),
    "cause": one("failed", "reorganised"),
    "chain": CHAIN,
    "cycle": ID,
    "contracts": arr(ID, 1),
    "opened": INT,
}
BOOKS = {
    "ledger": obj(
        schema={"const": "countersign-ledger/2"},
        desk=TEXT,
        custodian=obj(lei=LEI, name=TEXT),
        size=INT,
        at=TIME,
        balanced=BOOL,
        accounts=arr(obj(lei=LEI, owner=TEXT, book=ID, asset=ASSET, balance=BALANCE, unconfirmed=AMT)),
        assets=arr(
            obj(
                asset=ASSET,
                symbol=TEXT,
                decimals=INT,
                total=AMT,
                credits=AMT,
                withdrawals=AMT,
                network_fees=AMT,
                balanced=BOOL,
            )
        ),
        breaks=arr(obj(**DEBT, at=TIME)),
        reconciled=null(obj(as_of=INT, report=H64, accounts=INT, breaks=INT, index=INT)),
    ),
    "statement": obj(
        **{
            "schema": {"const": "countersign-statement/2"},
            "account": obj(lei=LEI, book=ID, asset=ASSET),
            "from": DATE,
            "until": DATE,
            "size": INT,
            "opening": BALANCE,
            "movements": arr(MOVEMENT),
            "closing": BALANCE,
            "breaks": arr(obj(index=INT, at=TIME, event=TEXT, change=one("opened", "closed"), **DEBT, owed=AMT)),
            "owed": obj(opening=AMT, closing=AMT),
        }
    ),
    "reconciliation": obj(
        schema={"const": "countersign-reconciliation/1"},
        desk=TEXT,
        as_of=INT,
        lei=null(LEI),
        file=null(H64),
        trades=INT,
        vaults=arr(obj(vault=ID, lei=LEI, book=ID, asset=ASSET, ledger=AMT, chain=AMT)),
        breaks=arr(BREAK),
    ),
    "cycle": obj(schema={"const": "countersign-cycle/1"}, **CYCLE),
    "cycles": obj(
        schema={"const": "countersign-cycles/1"},
        size=INT,
        cycles=arr(obj(**CYCLE)),
        upcoming=obj(
            cut_off=TIME,
            top_up_until=TIME,
            ready=arr(MEMBER),
            short=arr(H64),
            lacking=arr(obj(owner=TEXT, book=ID, asset=ASSET, missing=AMT)),
            recalls=arr(ID),
            aside=arr(obj(contract=H64, id=ID, state=TEXT, reason=one("late", "not-open", "expired", "stopped"))),
            cycles=arr(obj(id=ID, netting=NETTING, contracts=arr(H64, 1), **PROVEN)),
            blocks=arr(BLOCK),
        ),
    ),
}


REPORT = obj(
    schema={"const": "countersign-report/1"},
    desk=TEXT,
    officer=ID,
    at=TIME,
    log=obj(size=INT, root=H64),
    file=obj(bytes=INT, sha256=H64),
    search={"type": "string", "maxLength": 512},
    listed=INT,
    contract=null(H64),
)


def schemas() -> dict[str, dict[str, Any]]:
    """Every published schema, by the name of its file."""
    events = [obj(type={"const": kind}, desk=TEXT, id=ID, at=TIME, body=BODIES[kind]) for kind in RULES]
    return {
        "events": {
            "$schema": DRAFT,
            "$id": "countersign/event-payload/1",
            "title": "Payload of a Countersign event",
            "oneOf": events,
        },
        "contract": {
            "$schema": DRAFT,
            "$id": "countersign/contract-terms/1",
            "title": "Terms of a Countersign contract (the JWS payload)",
            **TERMS,
        },
        "report": {
            "$schema": DRAFT,
            "$id": "countersign/report/1",
            "title": "What an officer signs of a report (the payload of NAME.pdf.jws)",
            **REPORT,
        },
        "books": {
            "$schema": DRAFT,
            "$id": "countersign/books/1",
            "title": "What ledger, statement, reconcile and cycle print with --json",
            "oneOf": list(BOOKS.values()),
        },
    }


def fits(value: object, rule: dict[str, Any]) -> bool:
    """Whether a value fits a schema, as far as our schemas use the language (fields, items, patterns, choices)."""
    if "anyOf" in rule:
        return any(fits(value, each) for each in rule["anyOf"])
    if "const" in rule or "enum" in rule:
        return value in rule.get("enum", [rule.get("const")])
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
    allowed = [rule["type"]] if isinstance(rule["type"], str) else rule["type"]
    if type(value) not in {kinds[kind] for kind in allowed}:
        return False
    if isinstance(value, dict):
        known, other = rule.get("properties", {}), rule.get("additionalProperties", False)
        return set(rule.get("required", [])) <= set(value) and all(
            fits(item, known[name]) if name in known else bool(other) and fits(item, other)
            for name, item in value.items()
        )
    if isinstance(value, list):
        inside = rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value))
        return inside and all(fits(item, rule["items"]) for item in value)
    return not isinstance(value, str) or re.search(rule.get("pattern", ""), value) is not None


def text(schema: dict[str, Any]) -> str:
    """A schema as its file stands."""
    return json.dumps(schema, indent=1) + "\n"


if __name__ == "__main__":
    for name, schema in schemas().items():
        (FOLDER / f"{name}.json").write_text(text(schema), "utf-8")
