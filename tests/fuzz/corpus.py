"""The inputs that are kept in the repository: `corpus/TARGET/…`, each for a line or a refusal that no other input reaches.

    kept("note")                                         # [(file name, bytes), …]
    distilled(target, seeds, grown)                      # what is worth keeping of what a fuzzer found

- `found-…` files are inputs that once broke a parser; they stay for ever. The rest is named by its SHA-256.
- Small on purpose: large inputs are made anew from the seeds by every run.
"""

import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any

from fuzz.target import Target, judge

FOLDER = Path(__file__).with_name("corpus")
ROOM = f"{Path('app') / 'countersign'}/"
LARGEST_FILE, LARGEST_TARGET, MOST_FILES = 4_096, 12_288, 40
FOUND = "found-"


def kept(name: str) -> list[tuple[str, bytes]]:
    """The kept inputs of a target, by file name."""
    folder = FOLDER / name
    return [(each.name, each.read_bytes()) for each in sorted(folder.iterdir())] if folder.is_dir() else []


def reached(target: Target, data: bytes) -> frozenset[object]:
    """The lines of ours that reading passes, and the refusal it ends in."""
    lines: set[object] = set()

    def local(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return local

    def call(frame: FrameType, event: str, argument: Any) -> Any:
        return local if ROOM in frame.f_code.co_filename else None

    sys.settrace(call)
    try:
        refusal = judge(target, data)
    finally:
        sys.settrace(None)
    return frozenset(lines | {refusal.code if refusal else "read"})


def distilled(target: Target, seeds: Iterable[bytes], grown: Iterable[bytes]) -> list[bytes]:
    """Of what a fuzzer found, the shortest inputs that add a line or a refusal to the seeds and to each other."""
    known: set[object] = set()
    for each in seeds:
        known |= reached(target, each)
    chosen: list[bytes] = []
    size = 0
    for data in sorted(set(grown), key=lambda each: (len(each), each)):
        if len(data) > LARGEST_FILE or len(chosen) == MOST_FILES or size + len(data) > LARGEST_TARGET:
            break
        if (new := reached(target, data)) - known:
            chosen.append(data)
            known |= new
            size += len(data)
    return chosen


def keep(name: str, inputs: Iterable[bytes]) -> int:
    """Put these in place of what was kept but for what once broke something. How many there are."""
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    for each in folder.iterdir():
        if not each.name.startswith(FOUND):
            each.unlink()
    broke = {data for _, data in kept(name)}
    for data in set(inputs) - broke:
        (folder / sha256(data).hexdigest()[:16]).write_bytes(data)
    return len(kept(name))
