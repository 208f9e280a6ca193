"""`audit report`: who signed a report, when, as of which head, and whether that head is in this profile's own proven log.

- The profile's history is replayed from nothing, as every audit's is; its own anchor says which desk it is.
- The PDF's bytes are those that were signed; the desk is this one; exactly one officer signed, with an identity key that
  was in the roster as of the report's head and that nobody has withdrawn since: a withdrawn key could have signed at any
  time, and no log entry says when this one did.
- The head's root is this log's root at that size; the report's time is not before the newest entry that it knows, nor
  in the future.
- Every finding has its own code; nothing is changed and nobody is asked.

    verify(profile, clock, "history.pdf", pdf, jws).status     # 0: in order, 1: something speaks against it, 2: no report
"""

from collections.abc import Iterator
from hashlib import sha256

from countersign.desk import report_file
from countersign.desk.ports import Clock, Profile
from countersign.desk.replica import Replica
from countersign.desk.report_file import Claim, SignedReport
from countersign.desk.reports import AuditReport, Judged, faulted, noted, refused
from countersign.errors import CountersignError
from countersign.formats import times
from countersign.keys import jws as jose
from countersign.review.finding import Finding, Verdict
from countersign.settlement.roster import HolderKind, Purpose, RegisteredKey
from countersign.settlement.state import State

SOURCE = "report"
SLACK = 300
"""Seconds by which an author's clock may differ, as an event's may."""


def verify(profile: Profile, clock: Clock, name: str, pdf: bytes, signature: bytes) -> AuditReport:
    """A report beside its signature file, over a profile. Never raises: what does not parse is named in the answer."""
    try:
        signed = report_file.parse(signature)
    except CountersignError as error:
        return AuditReport(SOURCE, "", 0, (), malformed=((f"{name}{report_file.SUFFIX}", error),))
    try:
        replica = Replica(profile, clock, resume=False)
    except CountersignError as error:
        broken = Judged(("profile",), Verdict((refused(error, "profile", "its history"),)))
        return AuditReport(SOURCE, "", 0, (broken,))
    found = Verdict((_file(signed.claim, pdf), *_judged(replica, signed, clock.now_ms() // 1_000)))
    judged = Judged((name,), found, signed.claim.head.size)
    return AuditReport(SOURCE, replica.anchor.origin, replica.log.size, (judged,))


def _file(claim: Claim, pdf: bytes) -> Finding:
    expected, found = claim.sha256.hex(), sha256(pdf).hexdigest()
    if (expected, claim.length) != (found, len(pdf)):
        return faulted("desk.report-other-file", "PDF", expected, found, bytes=len(pdf), signed=claim.length)
    return noted("desk.report-file", "PDF", expected, found, bytes=len(pdf), sha256=found)


def _judged(replica: Replica, signed: SignedReport, now: int) -> Iterator[Finding]:
    head, origin = signed.claim.head, replica.anchor.origin
    if head.desk != origin:
        yield faulted("desk.report-other-desk", "desk", origin, head.desk, desk=head.desk, own=origin)
        return
    known = head.size <= replica.log.size
    then = replica.state_before(head.size) if known else replica.state
    yield _signer(signed, then, replica.state)
    if not known:
        size, own = head.size, replica.log.size
        yield faulted("desk.report-head-ahead", "log head", f"at most {own}", str(size), size=size, known=own)
        return
    yield _root(replica, signed.claim)
    yield _time(signed.claim, then, now)
    if signed.claim.contract:
        yield _contract(signed.claim.contract, then, head.size)


def _signer(signed: SignedReport, then: State, now: State) -> Finding:
    """Whose key it is, whether it was one then and still is, whether it made the signature."""
    officer, kids = signed.claim.head.officer, signed.jws.kids
    if len(kids) != 1:
        return faulted("desk.report-signers", "signatures", "1", str(len(kids)), count=len(kids))
    kid = kids[0]
    key = then.roster.keys.get(kid)
    if key is None:
        return faulted("desk.report-unknown-key", "key", "an officer's, registered", kid, key=kid, size=then.size)
    if not _identity_of(key, officer):
        return faulted("desk.report-other-officer", "key", officer, str(key.holder), key=kid, officer=officer)
    try:
        jose.verify(signed.jws, {kid: key.key}, report_file.TYP)
    except CountersignError as error:
        return refused(error, "signature", f"made by {kid}")
    if kid not in now.roster.keys:
        return faulted("desk.report-key-withdrawn", "key", "in the roster", "withdrawn", key=kid, officer=officer)
    at, person = times.text(signed.claim.head.at), now.roster.officers[officer]
    return noted("desk.report-signed", "signature", officer, kid, name=person.name, officer=officer, at=at, key=kid)


def _identity_of(key: RegisteredKey, officer: str) -> bool:
    holder = key.holder
    return (holder.kind, holder.id, key.purpose) == (HolderKind.OFFICER, officer, Purpose.IDENTITY)


def _root(replica: Replica, claim: Claim) -> Finding:
    size, claimed = claim.head.size, claim.head.root.hex()
    own = replica.log.tree.root(size).hex()
    if own != claimed:
        return faulted("desk.report-other-root", "log head", own, claimed, size=size)
    return noted("desk.report-head", "log head", own, claimed, size=size, root=own)


def _time(claim: Claim, then: State, now: int) -> Finding:
    at, newest = claim.head.at, then.time_ms // 1_000
    said = times.text(at)
    if at < newest - SLACK:
        return faulted("desk.report-before-head", "time", times.text(newest), said, at=said, newest=times.text(newest))
    if at > now + SLACK:
        return faulted("desk.report-future", "time", times.text(now), said, at=said)
    return noted("desk.report-time", "time", times.text(newest), said, at=said)


def _contract(contract: str, then: State, size: int) -> Finding:
    if contract not in then.contracts:
        return faulted("desk.report-unknown-contract", "contract", contract, "not logged", contract=contract, size=size)
    said = then.contracts[contract].terms.id
    return noted("desk.report-contract", "contract", contract, said, id=said, contract=contract)
