"""What a file is, told by its content and never by its name; then read strictly in that one format.

The order of recognition (docs/formats/check-json.md), the first that fits decides:

1. `PK` and two control bytes: an evidence pack, or a participant's extract where its manifest says so
2. `psbt`: a PSBT
3. `c2sp.org/tlog-proof`: an inclusion proof with its checkpoint
4. the byte d2 (CBOR tag 18): an envelope
5. `BSMS `, or the name of a script and `(`: a BSMS record, descriptors
6. `{`: JSON, told apart by its members. A JWS is a contract or an event by the `typ` of its first signature; `salt`
   makes an opening; `safeTxHash` with `chainId` our Safe transaction; `results`, or `safeTxHash` without `chainId`, an
   answer of the Safe service. JSON that does not parse strictly is told by the same words in its bytes, so that its
   refusal names what it wants to be.

- A file that fits none is refused as unknown; an empty one as empty. Both count as not parsing.

    >>> recognise("a.psbt", b"psbt\\xff").kind
    <Kind.PSBT: 'PSBT'>
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from countersign.desk.reports import FileReport, Kind
from countersign.errors import CountersignError, Malformed
from countersign.formats import base64url, strict_json
from countersign.keys.jws import CONTRACT, EVENT

if TYPE_CHECKING:
    from countersign.airgap.envelope import Envelope
    from countersign.audit.leaf import Opening
    from countersign.audit.tlog_proof import TlogProof
    from countersign.bitcoin.bsms import KeyRecord
    from countersign.bitcoin.described import Described
    from countersign.bitcoin.psbt import Psbt
    from countersign.desk.evidence import Pack
    from countersign.desk.extract import Extract
    from countersign.ethereum.safe import ClaimedSafeTx
    from countersign.ethereum.service import Page
    from countersign.settlement.contract import Contract
    from countersign.settlement.events import Event

    Parsed = (
        Contract
        | Event
        | Opening
        | TlogProof
        | Psbt
        | ClaimedSafeTx
        | Page
        | Envelope
        | Pack
        | Extract
        | KeyRecord
        | Described
    )
MAINNET = 1

KEY_RECORD_LINES = 5
_BSMS = b"BSMS "
_SCRIPT = re.compile(rb"(?:sh|wsh|wpkh|pkh|pk|tr|rawtr|combo|multi|sortedmulti|addr|raw)\(")
_PROTECTED = re.compile(rb'"protected"\s*:\s*"([A-Za-z0-9_-]{1,400})"')


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file with what it is; `parsed` is None exactly where `error` says why."""

    name: str
    data: bytes
    kind: Kind
    parsed: Parsed | None
    error: CountersignError | None

    @property
    def report(self) -> FileReport:
        """The file's line in a report."""
        return FileReport(self.name, self.kind, sha256(self.data).hexdigest(), self.error)


def recognise(name: str, data: bytes) -> Recognised:
    """The file by its content. Never raises: what does not parse carries its refusal."""
    try:
        kind = kind_of(data)
        return Recognised(name, data, kind, _parsed(kind, data), None)
    except CountersignError as error:
        return Recognised(name, data, _guess(data), None, error)


def kind_of(data: bytes) -> Kind:
    """What the bytes are. Malformed("desk.empty-file" | "desk.unknown-file"), or C2 codes for JSON."""
    if not data:
        raise Malformed("desk.empty-file")
    binary = _binary(data)
    if binary is not None:
        return binary
    if not _json(data):
        raise Malformed("desk.unknown-file")
    value = strict_json.parse(data)
    found = _members(set(value) if isinstance(value, dict) else set(), data)
    if found is Kind.UNKNOWN:
        raise Malformed("desk.unknown-file")
    return found


def names_jws(data: bytes) -> bool:
    """Whether it is JSON with a name that a JWS has: where it does not parse, a contract or an event that is broken."""
    return _json(data) and any(name in data for name in (b'"signatures"', b'"payload"', b'"protected"'))


def _binary(data: bytes) -> Kind | None:
    for start, kind in _STARTS.items():
        if data.startswith(start):
            return _zipped(data) if kind is Kind.PACK else kind
    if data.startswith(_BSMS):
        return (
            Kind.KEY_RECORD
            if len(data.removesuffix(b"\n").split(b"\n")) == KEY_RECORD_LINES
            else Kind.DESCRIPTOR_RECORD
        )
    return Kind.DESCRIPTOR if _SCRIPT.match(data) else None


def _zipped(data: bytes) -> Kind:
    """A pack or an extract, by its manifest. What cannot be read is said when it is parsed as a pack."""
    from countersign.desk import bundles, extract

    return Kind.EXTRACT if bundles.schema_of(data) == extract.SCHEMA else Kind.PACK


def _json(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:1] == b"{"


def _members(names: set[str], data: bytes) -> Kind:
    """The kind of a JSON object from the names of its members."""
    if "signatures" in names or {"payload", "protected"} & names:
        return _TYPES.get(_typ(data), Kind.UNKNOWN)
    if "results" in names:
        return Kind.SERVICE
    if "safeTxHash" in names:
        return Kind.SAFE_TX if "chainId" in names else Kind.SERVICE
    return Kind.OPENING if "salt" in names else Kind.UNKNOWN


def _typ(data: bytes) -> str:
    """The `typ` of the first protected header, or nothing: only the parser's word counts."""
    match = _PROTECTED.search(data)
    try:
        header = base64url.decode(match[1].decode("ascii")) if match else b""
    except CountersignError:
        return ""
    return next((typ for typ in _TYPES if typ.encode() in header), "")


def _guess(data: bytes) -> Kind:
    """What bytes that do not parse want to be."""
    binary = _binary(data)
    if binary is not None or not _json(data):
        return binary or Kind.UNKNOWN
    names = ("signatures", "results", "safeTxHash", "chainId", "salt")
    return _members({name for name in names if f'"{name}"'.encode() in data}, data)


def _parsed(kind: Kind, data: bytes) -> Parsed:
    """The file in its one format, whose reader is imported with the first file of it."""
    match kind:
        case Kind.CONTRACT:
            from countersign.settlement.contract import parse as contract

            return contract(data)
        case Kind.EVENT:
            from countersign.settlement.events import parse as event

            return event(data)
        case Kind.OPENING:
            from countersign.audit.leaf import Opening

            return Opening.parse(data)
        case Kind.PROOF:
            return _proof(data)
        case Kind.PSBT:
            from countersign.bitcoin.psbt import parse as psbt

            return psbt(data)
        case Kind.SAFE_TX:
            from countersign.ethereum.safe_file import parse as safe_tx

            return safe_tx(data)
        case Kind.SERVICE:
            from countersign.ethereum.service import parse as page

            return page(data, MAINNET)
        case Kind.ENVELOPE:
            from countersign.airgap.envelope import peek

            return peek(data)
        case Kind.PACK:
            from countersign.desk.evidence import parse as pack

            return pack(data)
        case Kind.EXTRACT:
            from countersign.desk.extract import parse as extract

            return extract(data)
        case Kind.KEY_RECORD | Kind.DESCRIPTOR_RECORD | Kind.DESCRIPTOR:
            return _description(data)
    raise Malformed("desk.unknown-file")


def _description(data: bytes) -> KeyRecord | Described:
    """A vault's description, or a key's. What is recognised and not signed for is refused by its form."""
    from countersign.bitcoin.described import Described, read

    found = read(data)
    if isinstance(found, Described) and found.refusal is not None:
        raise found.refusal
    return found


def _proof(data: bytes) -> TlogProof:
    from countersign.audit.checkpoint import SignedCheckpoint
    from countersign.audit.tlog_proof import TlogProof

    found = TlogProof.parse(data)
    SignedCheckpoint.parse(found.checkpoint)
    return found


_STARTS = {
    b"PK\3\4": Kind.PACK,
    b"PK\5\6": Kind.PACK,
    b"psbt": Kind.PSBT,
    b"c2sp.org/tlog-proof": Kind.PROOF,
    b"\xd2": Kind.ENVELOPE,
}
_TYPES = {CONTRACT: Kind.CONTRACT, EVENT: Kind.EVENT}
