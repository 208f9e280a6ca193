"""The JSON Schemas that docs/formats publishes: written once here, compared with the files by a test.

Written anew by `PYTHONPATH=app:tests python -m support.published_schema` from the project's top folder.
"""

import json
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
        obj(
            kind=one("safe"),
            **common,
            address=ADDR,
            version=one("1.3.0", "1.4.1", "1.5.0"),
            singleton=ADDR,
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
    checkpoint_age_seconds=INT,
    safe_state_age_seconds=INT,
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
    "roster.changed": obj(administrators=null(ADMIN), **ENT),
    "policy.adopted": obj(policy=POLICY),
    "log.rotated": obj(log=VKEY, reason=TEXT),
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
        purpose=one("settlement", "replacement", "void"),
        replaces=null(H64),
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
        instruction=H64, transaction=TX, block=TX, height=INT, confirmations=INT, fees=mapping(AMT)
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
    }


def text(schema: dict[str, Any]) -> str:
    """A schema as its file stands."""
    return json.dumps(schema, indent=1) + "\n"


if __name__ == "__main__":
    for name, schema in schemas().items():
        (FOLDER / f"{name}.json").write_text(text(schema), "utf-8")
