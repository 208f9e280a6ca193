"""The crossings of an output directory: what went over the gap and came back, bound to the settlement and its log.

docs/formats/output.md, docs/formats/envelope.md.

- A request is sealed by a registered officer of this desk, asks for this settlement's instruction and says outside what
  its events say; its head and every event it carries are those of the log that lies beside it.
- An answer is to that very request: it repeats session and id, and its share is the one that was logged.
- By QR the Bitcoin instruction crossed, by USB the Ethereum one. Pictures are read by whoever can; where nobody is
  handed in, only their names and the index are judged.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256

from countersign.airgap import envelope
from countersign.airgap.envelope import Envelope
from countersign.audit.checkpoint import SignedCheckpoint
from countersign.audit.leaf import Opening
from countersign.desk.crossing_answer import require_fits
from countersign.desk.ground import Ground
from countersign.desk.naming import require_named
from countersign.desk.output_parts import Rebuilt, differing, live, made, part
from countersign.desk.turns import identity_keys
from countersign.errors import Refused
from countersign.formats import shape, strict_json
from countersign.review.finding import Finding
from countersign.settlement import events

ReadFrames = Callable[[Sequence[bytes]], tuple[str, bytes]]
"""PNG files in their order to the UR type and the CBOR bytes that they carry."""

WAYS = ("request", "answer")


def crossings(
    files: Mapping[str, bytes], rebuilt: Rebuilt, ground: Ground, digest: str, frames: ReadFrames | None
) -> Iterator[Finding]:
    """Everything under `usb/` and `frames/`."""

    def make() -> Iterator[Finding]:
        sent, back = (part(files, f"usb/{way}.countersign") for way in WAYS)
        yield from _pair("usb", "safe-tx", sent, back, rebuilt, ground, digest)
        index = shape.record(
            strict_json.parse_canonical(part(files, "frames/index.json")),
            "frames",
            {each: shape.fields({"ur_type": shape.string(), "sha256": shape.sha256_hex}) for each in WAYS},
        )
        if frames is None:
            return
        messages = []
        for way in WAYS:
            kind, message = frames([files[name] for name in sorted(files) if name.startswith(f"frames/{way}-")])
            yield from differing(f"frames/index.json: {way}", index[way]["sha256"].hex(), sha256(message).hexdigest())
            yield from differing(f"frames/index.json: {way} type", index[way]["ur_type"], kind)
            messages.append(message)
        yield from _pair("frames", "psbt", messages[0], messages[1], rebuilt, ground, digest)

    yield from made("crossing", make)


def _pair(
    about: str, kind: str, sent: bytes, back: bytes, rebuilt: Rebuilt, ground: Ground, digest: str
) -> Iterator[Finding]:
    """A request and its answer. Raises what the envelopes, the machine and the rails refuse."""
    request, answer = _unsealed(sent, ground), _unsealed(back, ground)
    instruction = live(ground, digest, kind)
    named = require_named(ground.state, request, request.request)
    yield from differing(f"{about}: instruction", instruction.hash, named.hash)
    artefact = sha256(request.request.artefact).hexdigest()
    yield from differing(f"{about}: what is to be signed", instruction.artefact, artefact)
    for found in (request, answer):
        _require_own_head(found, rebuilt)
    _require_own_events(request, rebuilt)
    yield from differing(f"{about}: request answered", sha256(sent).hexdigest(), answer.answer.request.hex())
    require_fits(ground.state, request, answer, instruction)
    for each in answer.answer.parts:
        said = events.parse(each.event).hash
        logged = said if ground.index_of(said) is not None else "not in the log"
        yield from differing(f"{about}: answer", said, logged)


def _unsealed(data: bytes, ground: Ground) -> Envelope:
    """An envelope under a key of the officer whom it names, for an officer of this desk. Refused("T1.…")."""
    officers = ground.state.roster.officers
    unsealed = envelope.unseal(data, identity_keys(ground.state))
    found = unsealed.envelope
    if found.desk != ground.state.desk:
        raise Refused("T1.desk", found=found.desk, expected=ground.state.desk)
    if found.sender not in officers or unsealed.kid not in {key.kid for key in officers[found.sender].identity_keys}:
        raise Refused("T1.sender-key", sender=found.sender, kid=unsealed.kid)
    if found.recipient not in officers:
        raise Refused("T1.recipient", found=found.recipient, expected="an officer of this desk")
    return found


def _require_own_head(found: Envelope, rebuilt: Rebuilt) -> None:
    signed = SignedCheckpoint.parse(found.log_head)
    rebuilt.keys.verify_log(signed)
    head, tree = signed.checkpoint, rebuilt.log.tree
    if head.size > tree.size or head.root != tree.root(head.size):
        raise Refused("L3.foreign-head", size=head.size)


def _require_own_events(request: Envelope, rebuilt: Rebuilt) -> None:
    tree = rebuilt.log.tree
    for each in request.request.events:
        leaf = Opening(each.index, each.time_ms, each.salt).leaf(each.event)
        if each.index >= tree.size or tree.nodes(0, each.index, each.index + 1) != leaf:
            raise Refused("desk.audit-other-entry", index=each.index)
