"""What a command costs from nothing to its answer. Run by hand; prints CPU time and its ratio to a Python that does nothing.

python tests/benchmarks/startup.py [repetitions]                                                       5 if not told

- Each command line runs in processes of its own over the files of a finished settlement; the least of the repetitions
  counts (user and system time).
- What is left after imports is a second run in the same process: reading, checking, printing. What the first one remembers
  (keys that were read, states that were passed) it need not do again.
- Bytecode is written into the temporary folder first, as an installation has it; `python -B` of a bare checkout compiles
  our modules every time.
- Beside it typer's own share: a program with one empty command, which no command of ours can be below.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "app"), str(ROOT / "tests")]

from support import finished_settlement  # noqa: E402

PARTS = (
    "contract.json contract.event contract.opening.json contract.tlog-proof bitcoin/unsigned.psbt ethereum/safe_tx.json"
)
LINES = (
    "--help",
    "policy explain",
    "check bitcoin/unsigned.psbt",
    "check ethereum/safe_tx.json",
    "check bitcoin/unsigned.psbt --profile profile",
    "check ethereum/safe_tx.json --profile profile",
    f"check {PARTS} --profile profile",
    "check evidence.zip --trust vkeys.json",
    "ledger --profile profile",
    "settlement show MH-2026-0001 --profile profile",
    "audit verify profile",
)
EMPTY = """
from pathlib import Path
import typer
app = typer.Typer(add_completion=False)
app.callback()(lambda: None)
@app.command()
def nothing(place: Path = Path("x"), loud: bool = False) -> None: ...
app()
"""
AGAIN = """
import contextlib, io, sys
from time import process_time
from countersign.bootstrap.commands import main
with contextlib.redirect_stdout(io.StringIO()):
    main(sys.argv[1:])
    began = process_time()
    main(sys.argv[1:])
    seconds = process_time() - began
print(seconds)
"""


def cpu(folder: Path, *arguments: str) -> float:
    """CPU seconds of a Python with these arguments, from start to end."""
    child = subprocess.Popen(
        [sys.executable, *arguments], cwd=folder, env=environment(folder.parent), stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode in (0, 1), f"{arguments}: {child.returncode}"
    return used.ru_utime + used.ru_stime


def after_imports(folder: Path, line: str) -> float:
    """CPU seconds of a command's second run in one process."""
    told = subprocess.run(
        [sys.executable, "-c", AGAIN, *line.split()],
        cwd=folder,
        env=environment(folder.parent),
        capture_output=True,
        check=True,
    )
    return float(told.stdout)


def environment(folder: Path) -> dict[str, str]:
    """This checkout's program, its bytecode below `folder`."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT / "app"), "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def main(repetitions: int) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name) / "settled"
        files = finished_settlement.output_files(Path(name), finished_settlement.finished())
        finished_settlement.write_output(folder, files)

        def least(*arguments: str) -> float:
            return min(cpu(folder, *arguments) for _ in range(repetitions + 1))

        bare, empty = least("-c", "pass"), least("-c", EMPTY, "nothing")
        print(f"python alone {bare:.3f} s = 1; typer with one empty command {empty:.2f} s = {empty / bare:.0f}")
        for line in LINES:
            whole = least("-m", "countersign", *line.split())
            rest = min(after_imports(folder, line) for _ in range(repetitions))
            shown = line.replace(PARTS, "all of it")
            print(
                f"{shown}: {whole:.2f} s = {whole / bare:.0f}, {whole / empty:.1f} times typer's; after imports {rest:.2f}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
