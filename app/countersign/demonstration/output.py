"""What a headless run leaves: files with fixed names, written beside as `DIR.part` and renamed when everything is there.

`docs/formats/output.md` says what each file is. Exit 0 only if the settlement is final and all three refusals happened.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from countersign.demonstration import cast
from countersign.demonstration.story import Refusal, Story
from countersign.desk import evidence, export
from countersign.desk.replica import Replica
from countersign.errors import Conflict, Refused, Unavailable

RESULT = "result.json"


def require_free(folder: Path) -> Path:
    """`DIR.part` beside a folder that is absent or empty.

    Conflict("demonstration.out-not-empty"), Unavailable("demonstration.cannot-write").
    """
    with writing(folder):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Conflict("demonstration.out-not-empty", folder=folder.name)
        part = folder.with_name(folder.name + ".part")
        if part.exists():
            shutil.rmtree(part)
        part.mkdir(parents=True)
        return part


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """What the disk refuses has a name: Unavailable("demonstration.cannot-write")."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Unavailable("demonstration.cannot-write", folder=folder.name, why=why) from error


def settled_files(story: Story, replica: Replica, timings: Mapping[str, float]) -> dict[str, bytes]:
    """Every file but frames, USB files, screens and the profile, by name relative to DIR."""
    state = replica.state
    live = {each.group.kind: each for each in state.live(state.cycle(story.cycle))}
    artefacts = replica.profile.artefacts
    files = {
        **export.contract_files(replica, story.contract),
        **export.log_files(replica),
        **export.bitcoin_files(replica, live["psbt"], artefacts),
        **export.ethereum_files(replica, live["safe-tx"], artefacts),
        "evidence.zip": evidence.serialise(evidence.gather(replica, story.contract)),
        "frames/index.json": export.canonical({name: dict(facts) for name, facts in story.frames.items()}),
        "refusals.json": export.canonical([_refusal(each) for each in story.refusals]),
        "timings.json": export.canonical({name: f"{seconds:.3f}" for name, seconds in timings.items()}),
    }
    for each in story.refusals:
        name = each.file.split(".", 1)[0]
        files[f"refused/{each.file}"] = each.data
        files.update(export.logged(replica, each.index, f"refused/{name}"))
    return files


def _refusal(refusal: Refusal) -> dict[str, object]:
    return {"item": refusal.item, "findings": [export.finding_fields(each) for each in refusal.findings]}


def write(part: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder. Unavailable("demonstration.cannot-write")."""
    with writing(part):
        for name, data in files.items():
            place = part / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)


def result(story: Story, replica: Replica, part: Path) -> bytes:
    """`result.json` over every other file that lies in `part`."""
    hashes = {
        path.relative_to(part).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(part.rglob("*"))
        if path.is_file()
    }
    return export.canonical(
        {
            "schema": "countersign-result/1",
            "bitcoin_chain": cast.BITCOIN,
            "ethereum_chain": cast.ETHEREUM,
            "contract_sha256": story.contract,
            "quorum": replica.anchor.now(replica.state).k,
            "files": hashes,
            "states": export.states(replica, story.contract),
        }
    )


def require_whole(story: Story, replica: Replica) -> None:
    """Refused("demonstration.unfinished") unless the settlement is final and everything that should be refused was."""
    reached = [each["state"] for each in export.states(replica, story.contract)]
    wanted = ["agreed", "endorsed", "held", "instructed", "partly signed", "signed", "released", "settling", "final"]
    items = [each.item for each in story.refusals]
    if reached != wanted or items != ["altered-psbt", "delegatecall", "unlogged-contract"]:
        raise Refused("demonstration.unfinished", state=str(reached[-1]) if reached else "none")
    if not story.repeated.get("answered") or story.other_envelope_refused not in (
        "T1.sequence-reused",
        "T1.number-taken",
    ):
        raise Refused("demonstration.unfinished", state="crossing")
