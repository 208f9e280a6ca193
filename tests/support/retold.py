"""A finished settlement told otherwise: logged, witnessed and packed like the truth, by a desk that holds every identity key.

    pack = retold(over, truth)                                    # the same story: nothing to complain of
    pack = retold(over, truth, {old_hash: other_bytes})           # another artefact, named by every event as if it were the one
    pack = retold(over, truth, edit=lambda payload: …)            # an event that says something else
    pack = retold(over, truth, signers=lambda kind, names: …)     # signed by others

- What a hash catches in a pack that was altered afterwards is in order here: only what is false by itself is left.
- The pack holds the events that docs/verify.md looks at, and no replay has accepted them.
"""

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from countersign.audit.log import Log
from countersign.audit.tlog_proof import TlogProof
from countersign.formats import jcs
from countersign.keys import jws as jose
from countersign.settlement import events
from support import review_cases as cases
from support import settlement_world as world
from support.finished_settlement import Finished

Files = Mapping[str, bytes]
TOLD = {
    "desk.founded", "roster.changed", "policy.adopted", "contract.affirmed", "withdrawal.requested", "dispute.opened",
    "award.made", "cycle.closed", "instruction.prepared", "owners.ordered", "share.added", "transaction.broadcast",
    "transaction.observed", "transaction.replaced", "settlement.voided",
}  # fmt: skip
PEOPLE = ("desk", "operations", "compliance", "officer-a", "officer-b", "officer-c", "officer-d", "meridian", "harbour")


def as_it_was(payload: dict[str, Any]) -> None:
    """No edit."""


def by_the_same(kind: str, names: list[str]) -> list[str]:
    """Nobody else signs."""
    return names


def retold(
    over: Finished,
    truth: Files,
    artefacts: Mapping[str, bytes] | None = None,
    edit: Callable[[dict[str, Any]], None] = as_it_was,
    signers: Callable[[str, list[str]], list[str]] = by_the_same,
    witnesses: Sequence[int] = (0, 1),
) -> bytes:
    """The zip of the pack. `truth`: the files of the true one; `artefacts`: other bytes by the hash of the true ones."""
    others = dict(artefacts or {})
    instead = {old: sha256(data).hexdigest() for old, data in others.items()}
    told = [_event(entry.event, instead, edit, signers) for entry in over.desk.entries]
    log = Log(world.ORIGIN)
    log.extend(over.opening(place).entry(event) for place, event in enumerate(told))
    head = cases.signed_head(log.checkpoint(), [over.now - 60 + place for place in witnesses], witnesses).serialise()
    files = {name: truth[name] for name in ("jwks.json", "vkeys.json")} | {"checkpoint": head}
    for place, event in enumerate(told):
        if json.loads(jose.parse(event, events.TYP).payload)["type"] in TOLD:
            proof = TlogProof(place, tuple(log.tree.inclusion_proof(place)), head)
            files[f"events/{place}.event"] = event
            files[f"events/{place}.opening.json"] = truth.get(f"events/{place}.opening.json", b"")
            files[f"events/{place}.tlog-proof"] = proof.serialise()
    for name, data in truth.items():
        if name.startswith("artefacts/"):
            kept = others.get(name.removeprefix("artefacts/"), data)
            files[f"artefacts/{sha256(kept).hexdigest()}"] = kept
    claims = {name: json.loads(truth["manifest.json"])[name] for name in ("contract_sha256", "desk", "schema")}
    hashes = {name: sha256(data).hexdigest() for name, data in files.items()}
    return _zipped(files | {"manifest.json": jcs.encode(claims | {"files": hashes})})


def _event(
    event: bytes,
    instead: dict[str, str],
    edit: Callable[[dict[str, Any]], None],
    signers: Callable[[str, list[str]], list[str]],
) -> bytes:
    """The event with what it names replaced, signed again; a changed instruction has another name from then on."""
    whole = jose.parse(event, events.TYP)
    text = whole.payload.decode()
    for old, new in instead.items():
        text = text.replace(old, new)
    payload = json.loads(text)
    edit(payload)
    data = jcs.encode(payload)
    if payload["type"] in ("instruction.prepared", "owners.ordered") and data != whole.payload:
        instead[sha256(whole.payload).hexdigest()] = sha256(data).hexdigest()
    by_kid = {world.identity(name).kid: name for name in PEOPLE}
    names = [by_kid[each.kid] for each in whole.signatures]
    return jose.serialise(world.sign(data, events.TYP, signers(payload["type"], names)))


def _zipped(files: Files) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in sorted(files.items()):
            archive.writestr(name, data)
    return made.getvalue()
