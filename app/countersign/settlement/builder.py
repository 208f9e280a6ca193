"""The bytes of events and contracts to sign: pure functions from values to payloads.

- What is built is read back by the strict readers before it is given out, so nothing malformed is ever signed.
- Amounts and hashes come typed and leave in their one spelling.

    >>> payload("contract.endorsed", origin, "endorse-1", 1795348800, {"contract": contract})[:46]
    b'{"at":"2026-11-22T12:00:00Z","body":{"contract'
"""

from collections.abc import Iterable, Mapping

from countersign.errors import Malformed
from countersign.formats import ids, jcs, times
from countersign.formats.strict_json import parse_canonical
from countersign.keys import jws as jose
from countersign.settlement.bodies import SETTLEMENT, Short, Spend
from countersign.settlement.body_readers import READERS
from countersign.settlement.contract import Contract, Terms
from countersign.settlement.cycling import cycle_root
from countersign.settlement.holding import needed
from countersign.settlement.netting import GROSS


def payload(kind: str, desk: str, id: str, at: int, body: Mapping[str, object]) -> bytes:
    """An event's payload. Raises `Malformed` if the body is not one of this type."""
    if kind not in READERS:
        raise Malformed("settlement.unknown-event", type=kind)
    built = jcs.encode({"type": kind, "desk": desk, "id": ids.identifier(id), "at": times.text(at), "body": dict(body)})
    found = parse_canonical(built)
    if isinstance(found, dict):
        READERS[kind](found["body"], "body")
    return built


def contract_body(contract: Contract) -> dict[str, object]:
    """`contract.proposed`, `contract.affirmed`: the whole JWS object."""
    return {"contract": jose.to_object(contract.jws)}


def hold_body(terms: Terms, contract: str, leg: int) -> dict[str, object]:
    """`hold.placed` for one leg."""
    hold = needed(terms, leg)
    return {
        "contract": contract,
        "leg": leg,
        "asset": hold.asset,
        "amount": ids.amount_text(hold.amount),
        "fee_asset": hold.fee_asset,
        "fee_amount": ids.amount_text(hold.fee_amount),
    }


def cycle_body(
    cycle: str, contracts: Iterable[str], cut_off: int, *, netting: str = GROSS, short: Iterable[Short] = ()
) -> dict[str, object]:
    """`cycle.closed` over these contract hashes, cut off at a moment (unix seconds)."""
    ordered = tuple(sorted(contracts))
    left_out = [
        {
            "contract": each.contract,
            "lei": each.lei,
            "book": each.book,
            "asset": each.asset,
            "missing": ids.amount_text(each.missing),
        }
        for each in short
    ]
    return {
        "cycle": cycle,
        "contracts": list(ordered),
        "count": len(ordered),
        "root": cycle_root(ordered),
        "netting": netting,
        "cut_off": times.text(cut_off),
        "short": left_out,
    }


def psbt_instruction_body(
    cycle: str,
    contracts: Iterable[str],
    chain: str,
    artefact: str,
    spends: Iterable[Spend],
    *,
    purpose: str = SETTLEMENT,
    replaces: str | None = None,
    lifts: str | None = None,
) -> dict[str, object]:
    """`instruction.prepared` of a PSBT; its vaults are those whose coins it spends."""
    coins = tuple(spends)
    return {
        "cycle": cycle,
        "contracts": sorted(contracts),
        "chain": chain,
        "kind": "psbt",
        "purpose": purpose,
        "replaces": replaces,
        "lifts": lifts,
        "vaults": sorted({spend.vault for spend in coins}),
        "artefact": artefact,
        "nonce": None,
        "spends": [{"outpoint": spend.outpoint, "vault": spend.vault, "slot": spend.slot} for spend in coins],
    }


def safe_instruction_body(
    cycle: str,
    contracts: Iterable[str],
    chain: str,
    vault: str,
    artefact: str,
    nonce: int,
    *,
    purpose: str = SETTLEMENT,
    replaces: str | None = None,
) -> dict[str, object]:
    """`instruction.prepared` of a SafeTx."""
    return {
        "cycle": cycle,
        "contracts": sorted(contracts),
        "chain": chain,
        "kind": "safe-tx",
        "purpose": purpose,
        "replaces": replaces,
        "lifts": None,
        "vaults": [vault],
        "artefact": artefact,
        "nonce": nonce,
        "spends": [],
    }
