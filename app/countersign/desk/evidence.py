"""An evidence pack: one settlement with everything that it rests on, in one file that needs no server to be verified.

DESIGN.md §2, docs/formats/evidence.md. The file is a stored zip (`stored_zip`) of

    manifest.json           {"contract_sha256","desk","files":{name: sha256},"schema":"countersign-evidence/1"}
    checkpoint              the witnessed head that every proof leads to
    events/<index>.{event,opening.json,tlog-proof}
    artefacts/<sha256>      what those events name, as far as it is kept
    jwks.json, vkeys.json   the signers' keys; the log's and its witnesses'

- In it: every event of the settlement, of what it replaced and of the orders that stopped it, and every founding, roster,
  policy, price and deposit event that it rests on.
- The manifest names every other file with its hash; a file more or less is refused. `serialise(parse(x)) == x`.
- Nothing in a pack makes itself believed: a signer's key counts only if a logged roster event in the pack registers it,
  the log's and witnesses' keys only where the reader was given the same from elsewhere.
- The fingerprint that people compare is twelve words of the SHA-256 of `manifest.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from countersign.airgap.phrase import Purpose, phrase
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.quorum import Quorum
from countersign.audit.tlog_proof import TlogProof
from countersign.desk import stored_zip
from countersign.desk.ground import Exhibit
from countersign.errors import Malformed, Unavailable
from countersign.formats import jcs, shape, strict_json
from countersign.keys.public_key import PublicKey
from countersign.settlement import audience, events, stops
from countersign.settlement.bodies import (
    ContractAffirmed,
    ContractProposed,
    DepositCredited,
    InstructionPrepared,
    ShareAdded,
    TransactionBroadcast,
    WithdrawalRequested,
)
from countersign.settlement.events import Event
from countersign.settlement.records import ContractRecord
from countersign.settlement.roster import Roster
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import AwardMade, FreezeLifted, FreezeOrdered

if TYPE_CHECKING:
    from countersign.desk.ports import Artefacts, Record
    from countersign.desk.replica import Replica

SCHEMA = "countersign-evidence/1"
MANIFEST, CHECKPOINT, JWKS, VKEYS = "manifest.json", "checkpoint", "jwks.json", "vkeys.json"
GROUNDS = frozenset({"desk.founded", "roster.changed", "policy.adopted", "log.rotated", "price.published"})
"""What every settlement rests on, whoever it concerns; deposits are chosen by account."""

_EVENT = re.compile(r"events/(0|[1-9][0-9]{0,15})\.(event|opening\.json|tlog-proof)\Z")
_ARTEFACT = re.compile(r"artefacts/([0-9a-f]{64})\Z")
_KINDS = ("event", "opening.json", "tlog-proof")


@dataclass(frozen=True)
class Pack:
    """A pack's parts. `exhibits` ascend by index, `artefacts` are by SHA-256 (hex). Nothing is verified yet."""

    desk: str
    contract: str
    checkpoint: SignedCheckpoint
    exhibits: tuple[Exhibit, ...]
    artefacts: Mapping[str, bytes]
    keys: tuple[PublicKey, ...]
    vkeys: Quorum

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Every file but the manifest, by name."""
        found = {
            CHECKPOINT: self.checkpoint.serialise(),
            JWKS: jwks(self.keys),
            VKEYS: self.vkeys.serialise(),
        }
        for each in self.exhibits:
            parts = (each.event, each.opening.serialise(), each.proof.serialise())
            found |= {f"events/{each.index}.{kind}": data for kind, data in zip(_KINDS, parts, strict=True)}
        return found | {f"artefacts/{digest}": data for digest, data in self.artefacts.items()}

    @cached_property
    def manifest(self) -> bytes:
        """The bytes of `manifest.json`."""
        hashes = {name: sha256(data).hexdigest() for name, data in self.files.items()}
        return jcs.encode({"schema": SCHEMA, "desk": self.desk, "contract_sha256": self.contract, "files": hashes})

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the manifest."""
        return sha256(self.manifest).digest()

    @property
    def words(self) -> str:
        """The twelve words of the fingerprint."""
        return phrase(Purpose.EVIDENCE, self.fingerprint)


def jwks(keys: Iterable[PublicKey]) -> bytes:
    """`jwks.json`: RFC 7517 keys with their thumbprints as `kid`, in the order of those."""
    return jcs.encode({"keys": [key.jwk() | {"kid": key.kid} for key in sorted(keys, key=lambda each: each.kid)]})


def parse_jwks(data: bytes) -> tuple[PublicKey, ...]:
    """What `jwks` wrote. Malformed("C2.…" | "keys.…" | "desk.jwks-kid")."""
    found = shape.record(strict_json.parse_canonical(data, limit=4 << 20), "jwks", {"keys": shape.array(_jwk)})
    keys: tuple[PublicKey, ...] = found["keys"]
    if jwks(keys) != data:
        raise Malformed("desk.jwks-kid")
    return keys


def _jwk(value: object, where: str) -> PublicKey:
    return PublicKey.from_jwk(value)


def serialise(pack: Pack) -> bytes:
    """The file's bytes. Malformed("desk.pack-too-large")."""
    return stored_zip.pack({**pack.files, MANIFEST: pack.manifest})


def parse(data: bytes) -> Pack:
    """A file's bytes, strictly. Malformed: desk.pack-…, C2.…, L1.…, L2.…, L3.…, what the parts' parsers raise."""
    files = stored_zip.unpack(data)
    manifest = files.pop(MANIFEST, None)
    if manifest is None:
        raise Malformed("desk.pack-missing", name=MANIFEST)
    claimed = shape.record(
        strict_json.parse_canonical(manifest, limit=16 << 20),
        "manifest",
        {
            "schema": shape.one_of(SCHEMA),
            "desk": shape.string(maximum=256),
            "contract_sha256": shape.sha256_hex,
            "files": shape.mapping(str, shape.sha256_hex, maximum=stored_zip.MAX_ENTRIES),
        },
    )
    _require_listed(files, claimed["files"])
    found = Pack(
        desk=claimed["desk"],
        contract=claimed["contract_sha256"].hex(),
        checkpoint=SignedCheckpoint.parse(_part(files, CHECKPOINT)),
        exhibits=_exhibits(files),
        artefacts={match[1]: data for name, data in files.items() if (match := _ARTEFACT.match(name))},
        keys=parse_jwks(_part(files, JWKS)),
        vkeys=Quorum.parse(_part(files, VKEYS)),
    )
    if found.files != files or found.manifest != manifest:
        raise Malformed("desk.pack-manifest")
    for digest, content in found.artefacts.items():
        if sha256(content).hexdigest() != digest:
            raise Malformed("desk.pack-artefact", name=digest)
    return found


def _require_listed(files: Mapping[str, bytes], listed: Mapping[str, bytes]) -> None:
    for name in sorted(files.keys() | listed.keys()):
        if name not in listed:
            raise Malformed("desk.pack-unlisted", name=name)
        if name not in files:
            raise Malformed("desk.pack-missing", name=name)
        if sha256(files[name]).digest() != listed[name]:
            raise Malformed("desk.pack-hash", name=name)


def _exhibits(files: Mapping[str, bytes]) -> tuple[Exhibit, ...]:
    places = {int(match[1]) for name in files if (match := _EVENT.match(name))}
    found = []
    for index in sorted(places):
        event, opening, proof = (_part(files, f"events/{index}.{kind}") for kind in _KINDS)
        exhibit = Exhibit(event, Opening.parse(opening), TlogProof.parse(proof))
        if exhibit.opening.index != index or exhibit.proof.index != index:
            raise Malformed("desk.pack-index", index=index)
        found.append(exhibit)
    return tuple(found)


def _part(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise Malformed("desk.pack-missing", name=name)
    return files[name]


def gather(replica: Replica, contract: str) -> Pack:
    """The pack of one settlement, from a machine's own history. Refused for a contract not in the log,
    Unavailable("desk.nothing-pinned")."""
    state, pin = replica.state, replica.replayed
    record = state.contract(contract)
    if pin is None:
        raise Unavailable("desk.nothing-pinned")
    exhibits, named, signers = [], set[str](), set[str]()
    for held in replica.profile.archive.records(0, pin.size):
        event = events.parse(held.event) if held.index in state.events else None
        if event is None or not belongs(state, record, event):
            continue
        path = replica.log.tree.inclusion_proof(held.index, pin.size)
        proof = TlogProof(held.index, path, pin.signed.serialise())
        exhibits.append(Exhibit(held.event, _opening(held), proof))
        named.update(artefacts_of(event))
        whole = audience.carried(event)
        signers.update(event.jws.kids, whole.jws.kids if whole is not None and whole.hash == contract else ())
    return Pack(
        desk=replica.anchor.origin,
        contract=contract,
        checkpoint=pin.signed,
        exhibits=tuple(exhibits),
        artefacts=kept(replica.profile.artefacts, named),
        keys=_registered(state.roster, signers),
        vkeys=replica.anchor.now(state),
    )


def belongs(state: State, record: ContractRecord, event: Event) -> bool:
    """Whether an accepted event is the settlement's own, or one that it rests on: what it replaced, what stopped it."""
    if event.type in GROUNDS:
        return True
    chain = state.replaced(record)
    if isinstance(event.body, DepositCredited):
        return (event.body.owner, event.body.asset) in {
            (each.terms.payer(leg), asset)
            for each in chain
            for leg in each.terms.legs
            for asset in (leg.asset, *_fee(each, leg.asset))
        }
    scope = stops.scope_of(state, event.body)
    if scope is not None:
        return any(stops.within(scope, each) for each in chain)
    return bool({each.hash for each in chain} & set(audience.contracts_of(state, event)))


def _fee(record: ContractRecord, asset: str) -> tuple[str, ...]:
    legs = enumerate(record.terms.legs)
    return tuple(fee[0] for at, leg in legs if leg.asset == asset and (fee := record.terms.fee(at)))


def artefacts_of(event: Event) -> tuple[str, ...]:
    """The SHA-256 (hex) of every artefact that an event names."""
    match event.body:
        case InstructionPrepared() | ShareAdded() | TransactionBroadcast():
            return (event.body.artefact,)
        case ContractAffirmed() | ContractProposed() | WithdrawalRequested() | AwardMade():
            return (event.body.contract.terms.legal_text_sha256,)
        case FreezeOrdered() | FreezeLifted():
            return (event.body.document_sha256,)
        case _:
            return ()


def kept(artefacts: Artefacts, named: Iterable[str]) -> dict[str, bytes]:
    """Those artefacts whose bytes are here, by SHA-256."""
    found = {}
    for digest in sorted(set(named)):
        try:
            found[digest] = artefacts.get(bytes.fromhex(digest))
        except Unavailable:
            continue
    return found


def _registered(roster: Roster, kids: Iterable[str]) -> tuple[PublicKey, ...]:
    return tuple(roster.ever(kid).key for kid in sorted(kids) if kid in roster.keys or kid in roster.retired)


def _opening(record: Record) -> Opening:
    return Opening(record.index, record.time_ms, record.salt)
