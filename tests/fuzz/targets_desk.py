"""Targets of `audit/`, `settlement/`, `desk/` and the edges: the log, what is logged, files that come and go, wires."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache

from countersign.audit import cosignature, note, proof, quorum, tile, tlog_proof, witness
from countersign.audit.checkpoint import Checkpoint, SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.audit.pin import Pin
from countersign.cli import nodes
from countersign.couriers import drives, pdf_pages, picture_reader
from countersign.desk import (
    anchor,
    awards,
    batch,
    bundles,
    crossing_record,
    enrolment,
    evidence,
    extract,
    founding_paper,
    founding_plan,
    output_audit,
    proposals,
    recognising,
    reconciliation,
    report_file,
    resuming,
    station,
    stored_zip,
    trade_file,
)
from countersign.errors import CountersignError
from countersign.formats import merkle, strict_json
from countersign.keys.jws import Jws
from countersign.settlement import assets, contract, events, policy, roster_document, safe_state, snapshot
from countersign.signers import pkcs11_wire, uri
from countersign.store import archive, pin_file
from countersign.sync import witness_wire
from fuzz.target import Read, Target, same, same_text, text


def _tile(found: str) -> None:
    assert tile.Tile.parse(found).path == found


def _bundle(data: bytes) -> None:
    width = data[0] if data else 1
    assert tile.bundle(tile.parse_bundle(data[1:], width)) == data[1:]


def _proofs(data: bytes) -> None:
    """Sizes and hashes as a stranger sends them: they prove nothing, and say so."""
    index, size = int.from_bytes(data[:6]), int.from_bytes(data[6:12])
    hashes = [data[at : at + 32] for at in range(12, min(len(data), 12 + 70 * 32), 32)]
    leaf = merkle.leaf_hash(b"")
    for check in (
        lambda: proof.verify_inclusion(index, size, leaf, hashes, leaf),
        lambda: proof.verify_consistency(index, size, hashes, leaf, leaf),
    ):
        try:
            check()
        except CountersignError:
            continue


@cache
def _log() -> tuple[dict[str, tuple[note.VerifierKey, ...]], note.VerifierKey, SignedCheckpoint]:
    from support import review_cases as cases
    from support.finished_settlement import finished

    found = cases.quorum()
    return {found.origin: (found.log,)}, found.witnesses[0], finished().head()


def _witness(data: bytes) -> None:
    logs, _, _ = _log()
    response, _ = witness.decide(
        witness.State({}), data, logs, 1_800_000_000, lambda text, time: note.Signature("w", b"wwww", bytes(64))
    )
    assert response.status in {200, 400, 403, 404, 409, 422}


def _witness_answer(data: bytes) -> None:
    _, key, head = _log()
    for status in (200, 409):
        response = witness.Response(status, data)
        with suppress(CountersignError):
            witness.known_size(response)
        with suppress(CountersignError):
            witness.accept(head, response, key)


def _payload(data: bytes) -> None:
    """An event's payload by itself, so that a body is reached without a signature's spelling."""
    assert events.from_jws(Jws(data, ())).jws.payload == data


def _history(data: bytes) -> None:
    assert enrolment.History.parse(data).serialise() == data


def _of_json(read: Callable[[object, str], object]) -> Read:
    """A reader of JSON values, behind the strict parser."""
    return lambda data: read(strict_json.parse(data), "value")


def _entries(value: object, where: str) -> None:
    for read in (
        roster_document.party,
        roster_document.custodian,
        roster_document.administrators,
        roster_document.participant,
        roster_document.officer,
        roster_document.officer_key,
        roster_document.vault,
        roster_document.destination,
        assets.read,
        safe_state.read,
        safe_state.read_all,
    ):
        try:
            read(value, where)
        except CountersignError:
            continue


def _plan(data: bytes) -> None:
    founding_plan.parse(data).keyrings


def _keyring(data: bytes) -> None:
    ring = founding_plan.keyring(data)
    assert founding_plan.keyring(founding_plan.serialise_keyring(ring)) == ring


def _pack(data: bytes) -> None:
    found = evidence.parse(data)
    assert evidence.serialise(found) == data


def _any_file(data: bytes) -> None:
    """Recognising never raises; what it takes the file for, or why it takes it for nothing, is told."""
    told = recognising.recognise("file", data).report
    assert told.name == "file"
    recognising.names_jws(data)
    batch.read("file", data)
    archive.event_identity(data)


def _batch(data: bytes) -> None:
    for name, item in batch.items_of({"file": data}).items():
        batch.read(name, item)


def _uri(found: str) -> None:
    """The scheme alone may be written in capitals (RFC 3986 §3.1)."""
    assert uri.serialise(uri.parse(found)) == found[: len(uri.SCHEME)].lower() + found[len(uri.SCHEME) :]


def _wire(data: bytes) -> None:
    found = pkcs11_wire.outcome(pkcs11_wire.message(data, pkcs11_wire.ANSWER_LIMIT))
    if isinstance(found, CountersignError):
        pkcs11_wire.frame(pkcs11_wire.refusal(found))


def _painter(data: bytes) -> None:
    """As `PdfPages` reads its child: sizes, or a lie by TypeError or ValueError, which it names itself."""
    said = pdf_pages._said(data)
    sizes = said.get("pages") if isinstance(said, dict) else None
    if isinstance(sizes, list):
        try:
            found = pdf_pages._sizes(sizes)
        except (TypeError, ValueError):
            return
        for each in found:
            pdf_pages.fitting(each, 800)


TARGETS = {
    "note": Target(same(note.Note.parse, note.Note.serialise), ("log/checkpoint",), 1 << 14),
    "checkpoint": Target(same(SignedCheckpoint.parse, SignedCheckpoint.serialise), ("log/checkpoint",), 1 << 14),
    "checkpoint-foreign": Target(
        same_text(lambda found: Checkpoint.parse(found, foreign=True), Checkpoint.text), ("checkpoint-text",), 4096
    ),
    "vkey": Target(same_text(note.VerifierKey.parse), ("vkey",), 512),
    "cosignature": Target(cosignature.timestamp, ("cosignature",), 128),
    "merkle-proof": Target(_proofs, ("merkle-proof",), 4096),
    "tlog-proof": Target(
        same(tlog_proof.TlogProof.parse, tlog_proof.TlogProof.serialise), ("contract.tlog-proof",), 1 << 14
    ),
    "tile-path": Target(text(_tile), ("tile-path", "bundle-path"), 1 << 14),
    "bundle": Target(_bundle, ("bundle",), 4096),
    "opening": Target(same(Opening.parse, Opening.serialise), ("contract.opening.json",), 1024),
    "pin": Target(same(Pin.parse, Pin.serialise), ("pin",), 1 << 14),
    "pin-file": Target(same(pin_file.parse, pin_file.serialise), ("profile/pin.json",), 1 << 14),
    "vkeys": Target(same(quorum.Quorum.parse, quorum.Quorum.serialise), ("vkeys.json",), 1 << 14),
    "witness-request": Target(
        same(witness.AddCheckpoint.parse, witness.AddCheckpoint.serialise), ("witness-request",), 1 << 14
    ),
    "witness": Target(_witness, ("witness-request",), 1 << 14),
    "witness-answer": Target(_witness_answer, ("witness-answer", "witness-size"), 4096),
    "witness-state": Target(same(witness.State.parse, witness.State.serialise), ("witness-state",), 4096),
    "witness-url": Target(text(witness_wire.call_url), ("url", "url-loopback"), 2048),
    "contract": Target(contract.parse, ("contract.json", "refused/unlogged.json"), 1 << 16),
    "terms": Target(contract.parse_terms, ("terms",), 1 << 14),
    "event": Target(events.parse, ("contract.event", "refused/altered.event"), 1 << 16),
    "event-body": Target(_payload, ("payload:*",), 1 << 14, 150),
    "policy": Target(_of_json(policy.read), ("policy",), 1 << 14),
    "roster-entry": Target(
        _of_json(_entries), ("officer", "participant", "vault", "vault-safe", "destination"), 1 << 14
    ),
    "snapshot": Target(same(snapshot.parse, snapshot.serialise), ("snapshot-small", "snapshot"), 1 << 16, 200),
    "zip": Target(same(stored_zip.unpack, stored_zip.pack), ("small.zip",), 4096, 200),
    "bundle-schema": Target(bundles.schema_of, ("small.zip", "extract.zip"), 1 << 16, 200),
    "evidence-pack": Target(_pack, ("evidence.zip",), 1 << 18, 200),
    "extract": Target(same(extract.parse, bundles.serialise), ("extract.zip",), 1 << 18, 200),
    "jwks": Target(same(evidence.parse_jwks, evidence.jwks), ("contract.jwks.json",), 1 << 14),
    "result": Target(output_audit.parse_result, ("result.json",), 1 << 16),
    "any-file": Target(
        _any_file,
        (
            "contract.json",
            "contract.tlog-proof",
            "bitcoin/unsigned.psbt",
            "contract.opening.json",
            "service",
            "small.zip",
        ),
        1 << 16,
        300,
    ),
    "batch": Target(_batch, ("batch-lines",), 1 << 16, 150),
    "award": Target(awards._read, ("terms", "contract.json"), 1 << 14),
    "founding-paper": Target(founding_paper.parse, ("founding-paper",), 1 << 16),
    "founding-plan": Target(_plan, ("founding-plan",), 1 << 14),
    "keyring": Target(_keyring, ("keyring",), 1 << 14),
    "proposal": Target(proposals.parse, ("proposal",), 1 << 14),
    "report": Target(report_file.parse, ("report",), 1 << 14),
    "reconciliation": Target(reconciliation.parse, ("reconciliation",), 1 << 14),
    "trade-file": Target(trade_file.parse, ("trade-file",), 1 << 14),
    "history": Target(_history, ("history",), 1 << 17),
    "anchor": Target(same(anchor.Anchor.parse, anchor.Anchor.serialise), ("anchor",), 4096),
    "station": Target(same(station.Facts.parse, station.Facts.serialise), ("station",), 4096),
    "kept-state": Target(same(resuming.Kept.parse, resuming.Kept.serialise), ("kept-state",), 1024),
    "crossing": Target(same(crossing_record.Carried.parse, crossing_record.Carried.serialise), ("crossing",), 1024),
    "nodes": Target(nodes.parse, ("nodes",), 4096),
    "pkcs11-uri": Target(text(_uri), ("uri",), 4096),
    "pkcs11-wire": Target(_wire, ("wire-answer", "wire-refusal"), 4096),
    "picture-wire": Target(picture_reader._texts, ("picture-texts", "picture-refusal"), 1 << 14),
    "painter-wire": Target(_painter, ("painter-sizes",), 1 << 14),
    "drive-label": Target(text(drives.label_of), ("drive-label",), 256),
}
