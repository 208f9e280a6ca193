"""`audit verify` of the files that a settlement left behind: every value recomputed from the others.

docs/formats/output.md.

- `result.json` names every other file by hash; a file more, less or different is a finding by its name. The names
  themselves are fixed (`output_names`), whatever it lists.
- The log's tiles lead to its checkpoint; every event in the directory stands under it; the evidence pack's events
  replay to the states, with the entries that caused them, that `result.json` gives.
- Combined, finished and called transactions are made again from the logged shares and compared byte for byte.
- The directory's own keys make it consistent, never trusted: without `trust` what needs an anchor is blocked.
- Pictures are read by whoever can (`frames`); where nobody is handed in, only their hashes are compared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from countersign.airgap.phrase import Purpose, phrase
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.log import Log, verify_files
from countersign.audit.quorum import AsOf, Quorum
from countersign.desk import evidence, grounding, output_names, output_parts
from countersign.desk.auditing import audit_pack, causes, same_trust, verify_profile
from countersign.desk.evidence import Pack
from countersign.desk.ground import Ground
from countersign.desk.output_crossings import ReadFrames, crossings
from countersign.desk.output_parts import Rebuilt, differing, named
from countersign.desk.pack_checking import fingerprint
from countersign.desk.ports import Clock, Profile
from countersign.desk.reports import (
    AuditReport,
    Caused,
    Fingerprint,
    Judged,
    Progress,
    faulted,
    noted,
    refused,
    silent,
)
from countersign.errors import CountersignError, Malformed, Unavailable
from countersign.formats import caip, shape, strict_json
from countersign.review.case import ANCHOR
from countersign.review.finding import Finding, Verdict, blocked, passed

SCHEMA = "countersign-result/1"
RESULT, PACK, VKEYS, HEAD = "result.json", "evidence.zip", "vkeys.json", "log/checkpoint"
PROFILE = "profile/"


@dataclass(frozen=True, slots=True)
class Result:
    """`result.json`."""

    bitcoin_chain: str
    ethereum_chain: str
    contract: str
    quorum: int
    files: Mapping[str, bytes]
    states: tuple[Caused, ...]


def parse_result(data: bytes) -> Result:
    """`result.json`, strictly. Malformed("C2.…", "formats.…")."""
    chain = shape.string(lambda text: str(caip.ChainId.parse(text)))
    state = {"contract": shape.sha256_hex, "state": shape.string(), "log_index": shape.integer(0)}
    found = shape.record(
        strict_json.parse_canonical(data, limit=4 << 20),
        "result",
        {
            "schema": shape.one_of(SCHEMA),
            "bitcoin_chain": chain,
            "ethereum_chain": chain,
            "contract_sha256": shape.sha256_hex,
            "quorum": shape.integer(1, 64),
            "files": shape.mapping(str, shape.sha256_hex, maximum=100_000),
            "states": shape.array(shape.fields(state)),
        },
    )
    states = tuple(Caused(each["contract"].hex(), each["state"], each["log_index"]) for each in found["states"])
    return Result(
        found["bitcoin_chain"],
        found["ethereum_chain"],
        found["contract_sha256"].hex(),
        found["quorum"],
        found["files"],
        states,
    )


@dataclass(frozen=True, slots=True)
class Output:
    """The parts of a directory that parse; findings need them all."""

    files: Mapping[str, bytes]
    result: Result
    pack: Pack
    keys: Quorum
    head: SignedCheckpoint


def verify_output(
    files: Mapping[str, bytes],
    profile: Profile | CountersignError,
    trust: Quorum | None,
    clock: Clock,
    progress: Progress = silent,
    frames: ReadFrames | None = None,
) -> AuditReport:
    """Every file of a directory by its name relative to it; `profile` opened from it, or why it could not be."""
    try:
        result = parse_result(_file(files, RESULT))
    except CountersignError as error:
        return AuditReport("output", "", 0, (), malformed=((RESULT, error),))
    hashes = Judged((RESULT,), Verdict(tuple(_hashes(files, result))))
    found = _read(files, result)
    if not isinstance(found, Output):
        return AuditReport("output", "", 0, (hashes,), malformed=(found,))
    progress(1, 5)
    now = clock.now_ms() // 1000
    ground = grounding.of_pack(found.pack, found.keys)
    judged = audit_pack(found.pack, PACK, grounding.trusting(ground, trust), trust, now, silent)
    progress(2, 5)
    own = [*output_names.judged(files, found.head.checkpoint.size), *_timings(files)]
    own += [*_heads(found, trust, ground), *_result(found, ground)]
    log = _rebuilt(found)
    if isinstance(log, Log):
        rebuilt = Rebuilt(log, found.keys)
        own += [*_log(found, log), *output_parts.contract(files, rebuilt, ground, result.contract)]
        own += output_parts.refusals(files, rebuilt)
        own += crossings(files, rebuilt, ground, result.contract, frames)
    else:
        own.append(refused(log, "log", "tiles that lead to the checkpoint's root"))
    own += [
        *output_parts.bitcoin(files, ground, result.contract),
        *output_parts.ethereum(files, ground, result.contract),
    ]
    progress(3, 5)
    inside = _profile(profile, found, ground, clock)
    progress(5, 5)
    everything = (hashes, Judged(("files",), Verdict(tuple(own))), *judged, *inside)
    prints = (fingerprint(PACK, found.pack), _trust_words(files[VKEYS]))
    return AuditReport("output", found.pack.desk, found.head.checkpoint.size, everything, causes(ground.state), prints)


def _read(files: Mapping[str, bytes], result: Result) -> Output | tuple[str, CountersignError]:
    """The parts that nothing else can do without; or the first that does not parse, and why."""
    name = PACK
    try:
        pack = evidence.parse(_file(files, PACK))
        name = VKEYS
        keys = Quorum.parse(_file(files, VKEYS))
        keys = replace(keys, k=min(result.quorum, keys.k))  # a number that no policy adopted is `_result`'s finding
        name = HEAD
        head = SignedCheckpoint.parse(_file(files, HEAD), origin=keys.origin)
    except CountersignError as error:
        return name, error
    return Output(files, result, pack, keys, head)


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise Malformed("desk.output-missing", name=name)
    return files[name]


def _hashes(files: Mapping[str, bytes], result: Result) -> Iterator[Finding]:
    """Every file but `result.json` is listed with its hash, and every listed file is here."""
    wrong = 0
    for name in sorted((files.keys() | result.files.keys()) - {RESULT}):
        listed = result.files.get(name)
        if listed is None:
            yield faulted("desk.audit-unlisted", name, "listed in result.json", "not listed", name=name)
        elif name not in files:
            yield faulted("desk.audit-missing", name, listed.hex(), "missing", name=name)
        elif (found := sha256(files[name]).digest()) != listed:
            yield faulted("desk.audit-hash", name, listed.hex(), found.hex(), name=name)
        else:
            continue
        wrong += 1
    if not wrong:
        count = len(result.files)
        yield noted("desk.audit-hashes", "files", "every file as result.json lists it", str(count), count=count)


def _rebuilt(found: Output) -> Log | CountersignError:
    """The log from its tiles, whole, under the checkpoint; or why it is not."""

    def read(path: str) -> bytes:
        name = f"log/{path}"
        if name not in found.files:
            raise Unavailable("desk.audit-tile-missing", name=name)
        return found.files[name]

    try:
        return verify_files(found.head.checkpoint, read)
    except CountersignError as error:
        return error


def _log(found: Output, log: Log) -> Iterator[Finding]:
    yield noted("desk.audit-all-included", "log", "tiles that lead to the checkpoint's root", f"size {log.size}",
                count=log.size, size=log.size)  # fmt: skip
    packed = found.pack.checkpoint.checkpoint
    own = log.tree.root(packed.size) if packed.size <= log.size else b""
    yield from differing("evidence.zip: checkpoint", own.hex(), packed.root.hex())


def _heads(found: Output, trust: Quorum | None, ground: Ground) -> Iterator[Finding]:
    """The checkpoint under the directory's own keys, and under those that are trusted."""
    newest = AsOf(ground.state.time_ms)
    try:
        seen = found.keys.verify(found.head, newest)
    except CountersignError as error:
        yield refused(error, HEAD, "signed by the log and witnessed, not before the newest entry")
        return
    yield noted("desk.audit-own-keys", HEAD, "signed by the keys in vkeys.json", "valid", desk=found.keys.origin)
    if trust is None:
        yield blocked("L5", ANCHOR, HEAD)
        return
    yield same_trust(trust, found.keys)
    try:
        grounding.effective(trust, ground.state).verify(found.head, newest)
    except CountersignError as error:
        yield refused(error, HEAD, "the trusted log and its witnesses")
        return
    have = len(seen.times())
    yield passed("L5", "witnessed", HEAD, "the trusted log and its witnesses", str(have), have=have, need=have)


def _result(found: Output, ground: Ground) -> Iterator[Finding]:
    """The values of `result.json`, from the pack's replay."""
    result, state = found.result, ground.state
    record = state.contracts.get(result.contract)
    needed = state.policy.witnesses.quorum if state.policy is not None else 0
    chains = {each.group.kind: each.group.chain for each in state.instructions.values()}
    yield from differing("result.json: contract_sha256", found.pack.contract, result.contract)
    yield from differing("result.json: quorum", str(needed), str(result.quorum))
    yield from differing("result.json: bitcoin_chain", chains.get("psbt", ""), result.bitcoin_chain)
    yield from differing("result.json: ethereum_chain", chains.get("safe-tx", ""), result.ethereum_chain)
    own = causes(state) if record is not None else ()
    mine = tuple(each for each in own if each.contract == result.contract)
    yield from differing("result.json: states", named(mine), named(result.states))
    yield from differing("vkeys.json", found.pack.vkeys.serialise().decode(), found.files[VKEYS].decode("latin-1"))


def _timings(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """`timings.json` is a map of steps to seconds. Nothing else says how long they took."""
    try:
        data = strict_json.parse_canonical(files.get("timings.json", b"{}"))
        shape.mapping(str, shape.string(float))(data, "timings")
    except (CountersignError, ValueError):
        yield faulted("desk.audit-differs", "timings.json", "steps and seconds", "something else", name="timings.json")


def _profile(profile: Profile | CountersignError, found: Output, ground: Ground, clock: Clock) -> tuple[Judged, ...]:
    """The auditor's profile, by its own anchor, which must be the directory's keys; and the same history."""
    if isinstance(profile, CountersignError):
        return (Judged((PROFILE,), Verdict((refused(profile, PROFILE, "a profile that opens"),))),)
    report = verify_profile(profile, found.keys, clock)
    mine = tuple(each for each in report.states if each.contract == found.result.contract)
    same = [
        *differing("profile: desk", found.keys.origin, report.desk),
        *differing("profile: states", named(found.result.states), named(mine)),
    ]
    return (*report.judged, Judged((PROFILE,), Verdict(tuple(same))))


def _trust_words(vkeys: bytes) -> Fingerprint:
    digest = sha256(vkeys).digest()
    return Fingerprint(VKEYS, digest.hex(), phrase(Purpose.TRUST, digest))
