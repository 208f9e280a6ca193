"""docs/verify.md as a program: its commands in order in one `bash -eu`, and what it says that each prints.

    page = blocks()                                     # every ```sh block, the heading it stands under, what it must print
    run = play(folder, page, tools())                   # in a folder that holds evidence.zip and vkeys.json
    run.code, run.printed, run.complaint, run.step      # exit code, what each block printed, the last line of stderr

- `step` is the number of the heading under which the page stopped, 0 if it came to its end.
- Nothing of ours runs in it: the commands are the tools' own.
"""

import io
import os
import pty
import re
import select
import shutil
import subprocess
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.parts import bitcoind, cast, missing

PAGE = Path(__file__).resolve().parents[2] / "docs" / "verify.md"
PARTS = re.compile(r"^## (\d+)\.|^```sh( nodes)?\n(.*?)^```\n(?:```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(r"<([^<>]+)>")
END = "\x1e"
SECONDS = 120


@dataclass(frozen=True)
class Block:
    """One ```sh block; `nodes` if it asks nodes that hold the chains."""

    step: int
    commands: str
    prints: str
    nodes: bool = False


@dataclass(frozen=True)
class Run:
    """What came of the page's commands."""

    code: int
    printed: list[str]
    complaint: str
    step: int


def blocks() -> list[Block]:
    """The page's blocks, in order."""
    found, step = list[Block](), 0
    for match in PARTS.finditer(PAGE.read_text("utf-8")):
        number, nodes, commands, prints = match.groups()
        if number:
            step = int(number)
        else:
            found.append(Block(step, commands, prints or "", bool(nodes)))
    return found


def tools() -> dict[str, str]:
    """The environment in which the page finds its tools; an absent one is named."""
    for tool in ("bash", "jq", "openssl", "basenc", "od", "sha256sum", "python3"):
        if not shutil.which(tool):
            missing(tool)
    folders = (str(Path(cast()).parent), str(Path(bitcoind()).parent))
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    return kept | {"PATH": os.pathsep.join((*folders, os.environ["PATH"]))}


def play(
    folder: Path, page: Sequence[Block], environment: Mapping[str, str], between: Mapping[int, str] | None = None
) -> Run:
    """Run the blocks; `between` has more commands, by the number of blocks that go before them."""
    more = between or {}
    script = "".join(
        f"{more.get(place, '')}\n{block.commands}\nprintf '\\036'\n" for place, block in enumerate(page)
    )  # fmt: skip
    done = subprocess.run(
        ["bash", "-eu", "-c", script],
        cwd=folder, env=dict(environment), capture_output=True, text=True, timeout=SECONDS, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    *printed, rest = done.stdout.split(END)
    over = len(printed) == len(page)
    lines = done.stderr.strip().splitlines()
    return Run(
        done.returncode,
        printed if over else [*printed, rest],
        lines[-1] if lines else "",
        0 if over else page[len(printed)].step,
    )


def paste(folder: Path, page: Sequence[Block], environment: Mapping[str, str]) -> str:
    """The blocks typed into a shell at a terminal, one after the other, each when the one before is done; what stood there last.

    An interactive shell reads line by line, and does not parse everything that a script may say.
    """
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe("bash", ["bash", "--norc", "--noprofile"], {**environment, "TERM": "dumb"})
    try:
        return _typed(terminal, page)
    finally:
        os.close(terminal)
        os.waitpid(child, 0)


def _typed(terminal: int, page: Sequence[Block]) -> str:
    shown = b""
    for place, block in enumerate(page):
        left, done = f"{block.commands}printf 'TYPED-%s\\n' {place}\n".encode(), f"TYPED-{place}\r\n".encode()
        while done not in shown:
            ready, free, _ = select.select([terminal], [terminal] if left else [], [], SECONDS)
            more = _read(terminal) if ready else b""
            shown += more
            if free:
                left = left[os.write(terminal, left[:256]) :]
            elif not more:
                return shown.decode("utf-8", "replace")
    return shown.decode("utf-8", "replace")


def _read(terminal: int) -> bytes:
    """What stands there; nothing once the shell has ended."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


def unpacked(pack: bytes) -> dict[str, bytes]:
    """The files of a pack, as any zip program sees them."""
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def filled(prints: Iterable[str], values: Mapping[str, Sequence[str]]) -> list[str]:
    """What the page says that its blocks print, with a pack's values in place of `<name>`, each name's in their order.

    A name that has no value (any more) is a KeyError or StopIteration: the page may not leave anything open.
    """
    left = {name: iter(found) for name, found in values.items()}
    return [PLACEHOLDER.sub(lambda match: next(left[match.group(1)]), text) for text in prints]
