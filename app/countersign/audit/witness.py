"""A witness's conversation as bytes, and the witness itself as a pure function.

c2sp.org/tlog-witness, `add-checkpoint`; CHECKS.md L4, L5. HTTP carries these bytes; this module does not know HTTP.

- Request: `old <size>`, at most 63 base64 proof lines, an empty line, the checkpoint.
- Answers, judged in this order: 400 what does not parse; 404 an origin the witness does not follow; 403 no valid
  signature of the log; 400 old size above the checkpoint's; 409 old size other than the remembered one (the body says
  it); 409 the remembered size with another root; 422 a proof that is missing, false, or there from size 0; else 200
  with a cosignature, after the new head was remembered.
- A signature line whose base64 has no strict reading verifies under no key: 403, not 400.
- A cosignature's time never goes back, whatever the clock says.

    old 20852014
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=

    example.com/behind-the-sofa
    20852163
    …
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from countersign.audit import note, proof
from countersign.audit.checkpoint import Checkpoint, SignedCheckpoint
from countersign.audit.note import Note, Signature, VerifierKey
from countersign.audit.spelling import base64_text, hash_line, number
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import jcs, shape, strict_json
from countersign.formats.merkle import EMPTY_ROOT

MAX_PROOF = 63
MAX_REQUEST = note.MAX_SIZE + 64 * 1024
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"
Cosign = Callable[[str, int], Signature]


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: the size the sender believes the witness remembers, a consistency proof, a checkpoint file."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    @classmethod
    def parse(cls, data: bytes) -> "AddCheckpoint":
        """A request body, strictly. Malformed(audit.witness-request)."""
        head, blank, checkpoint = data.partition(b"\n\n")
        lines = head.split(b"\n")
        if len(data) > MAX_REQUEST or not blank or not checkpoint or len(lines) > MAX_PROOF + 1 or not head.isascii():
            raise Malformed("audit.witness-request")
        first, *rest = (line.decode("ascii") for line in lines)
        if not first.startswith("old "):
            raise Malformed("audit.witness-request")
        code = "audit.witness-request"
        return cls(number(first.removeprefix("old "), code), tuple(hash_line(line, code) for line in rest), checkpoint)

    def serialise(self) -> bytes:
        """The request body."""
        lines = [f"old {self.old_size}", *map(base64_text, self.proof), "", ""]
        return "\n".join(lines).encode("ascii") + self.checkpoint


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: HTTP status, content type, body."""

    status: int
    body: bytes
    content_type: str = TEXT_TYPE


@dataclass(frozen=True, slots=True)
class Head:
    """What a witness remembers of one log: the largest tree that it cosigned."""

    size: int
    root: bytes


NOTHING = Head(0, EMPTY_ROOT)
_HEAD_FIELDS = {"root": shape.sha256_hex, "size": shape.integer(0)}
_STATE_FIELDS = {
    "heads": shape.mapping(str, lambda value, where: Head(**shape.record(value, where, _HEAD_FIELDS))),
    "time": shape.integer(0),
}


@dataclass(frozen=True, slots=True)
class State:
    """All that a witness remembers: a head for each origin, and the time of its last cosignature (Unix seconds)."""

    heads: Mapping[str, Head]
    time: int = 0

    @classmethod
    def parse(cls, data: bytes) -> "State":
        """What `serialise` wrote. Malformed(C2.…)."""
        value = shape.record(strict_json.parse_canonical(data), "state", _STATE_FIELDS)
        return cls(value["heads"], value["time"])

    def serialise(self) -> bytes:
        """RFC 8785 JSON: {"heads": {origin: {"root": hex, "size": n}}, "time": seconds}."""
        heads = {origin: {"root": head.root.hex(), "size": head.size} for origin, head in self.heads.items()}
        return jcs.encode({"heads": heads, "time": self.time})


def decide(
    state: State, request: bytes, logs: Mapping[str, Sequence[VerifierKey]], now: int, cosign: Cosign
) -> tuple[Response, State]:
    """The witness's answer, and what it must remember *before* it gives it.

    `logs` are the keys trusted for each origin; `now` Unix seconds; `cosign(note text, time)` makes its signature
    line. Where the status is not 200 the state is the one that came in.
    """
    try:
        asked = AddCheckpoint.parse(request)
        head = _read_head(asked.checkpoint)
    except Malformed as reason:
        what = "invalid checkpoint" if reason.code.startswith(("L1.size", "L1.root", "L1.lines")) else "invalid input"
        return _answer(400, f"{what}: {reason.code}"), state
    remembered = state.heads.get(head.origin, NOTHING)
    refusal = _refusal(asked, head, logs.get(head.origin), remembered)
    if refusal:
        return refusal, state
    time = max(now, state.time)
    line = cosign(head.text(), time).line()
    heads = {**state.heads, head.origin: Head(head.size, head.root)}
    return Response(200, line.encode()), replace(state, heads=heads, time=time)


def _read_head(checkpoint: bytes) -> Checkpoint:
    """The checkpoint's text, judged apart from its signatures: those are 403's matter."""
    try:
        text = Note.parse(checkpoint).text
    except Malformed as reason:
        if reason.code != "L1.signature-base64":
            raise
        text = checkpoint[: checkpoint.rindex(b"\n\n") + 1].decode("utf-8")
    return Checkpoint.parse(text, foreign=True)


def _refusal(
    asked: AddCheckpoint, head: Checkpoint, keys: Sequence[VerifierKey] | None, remembered: Head
) -> Response | None:
    """The answer to a request that parses, where it is a refusal."""
    if not keys:
        return _answer(404, "unknown log")
    try:
        note.verify(Note.parse(asked.checkpoint), keys)
    except CountersignError as reason:
        return _answer(403, f"invalid signature: {reason.code}")
    if asked.old_size > head.size:
        return _answer(400, "invalid input: old size is larger than the checkpoint's")
    if asked.old_size != remembered.size:
        return Response(409, f"{remembered.size}\n".encode(), SIZE_TYPE)
    if head.size == remembered.size and head.root != remembered.root:
        return Response(409, f"{remembered.size}\n".encode(), SIZE_TYPE)
    return _proof_refusal(asked, head, remembered)


def _proof_refusal(asked: AddCheckpoint, head: Checkpoint, remembered: Head) -> Response | None:
    try:
        if remembered.size == 0:
            # Everything extends the empty tree: there is nothing to prove, and nothing may be sent.
            if asked.proof:
                raise Refused("L4.proof-length", expected=0, found=len(asked.proof))
            return None
        proof.verify_consistency(remembered.size, head.size, asked.proof, remembered.root, head.root)
    except Refused as reason:
        return _answer(422, f"invalid consistency proof: {reason.code}")
    return None


def _answer(status: int, text: str) -> Response:
    return Response(status, f"{text}\n".encode())


def known_size(response: Response) -> int:
    """The size that a 409 names. Malformed(audit.witness-answer)."""
    text = response.body.decode("ascii", "replace")
    if response.status != 409 or not text.endswith("\n"):
        raise Malformed("audit.witness-answer")
    return number(text.removesuffix("\n"), "audit.witness-answer")


def accept(signed: SignedCheckpoint, response: Response, key: VerifierKey) -> SignedCheckpoint:
    """The checkpoint with the witness's verified cosignature added; lines of other keys are left out.

    Refused(L5.witness-refused) for another status, Malformed(L1.…) for bytes that are no signature lines,
    Refused(L2.bad-signature|no-known-key) for a cosignature that is false or missing.
    """
    if response.status != 200:
        raise Refused("L5.witness-refused", witness=key.name, status=response.status)
    lines = note.signature_lines(note.decode(response.body))
    good = note.verify(Note(signed.note.text, lines), (key,))
    return signed.signed_by(*(found.signature for found in good))
