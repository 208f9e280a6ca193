"""Fuzz parsers, one process at a time, guided by coverage. Run by `installers/fuzz`; prints a line for each target.

    installers/fuzz                              every target, 60 s each
    installers/fuzz psbt cbor --seconds 600      two of them, ten minutes each
    installers/fuzz --worst                      no fuzzing: the worst inputs that we know, at each parser's own limit
    installers/fuzz --keep                       no fuzzing: distil what was found into tests/fuzz/corpus

- A finding is anything but a value or a named refusal, a broken round trip, more than 2 s of processor time, or more memory
  than a target's allowance. Its input is left in `.cache/fuzz/work/TARGET/found/`; the exit status is 1.
- What the runs of one machine have grown lies in `.cache/fuzz/work/TARGET/grown/` and is taken up again.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from time import process_time

from fuzz import corpus
from fuzz.seeds import Seeds, all_seeds
from fuzz.target import Target, allowed, judge, peak
from fuzz.targets import MODULES, TARGETS
from fuzz.worst import at_limit

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".cache" / "fuzz" / "work"
HANG_SECONDS, RSS_MB, SECONDS = 20, 1024, 2.0
EXECUTED = re.compile(rb"stat::number_of_executed_units:\s*([0-9]+)")
REACHED = re.compile(rb"cov: ([0-9]+)")


def places(name: str) -> tuple[Path, Path, Path]:
    """The folders of seeds, of what has grown, and of findings."""
    made = tuple(WORK / name / part for part in ("seeds", "grown", "found"))
    for each in made:
        each.mkdir(parents=True, exist_ok=True)
    return made[0], made[1], made[2]


def sown(name: str, target: Target, seeds: Seeds) -> Path:
    """The folder that a run starts from: seeds and kept inputs."""
    folder, _, _ = places(name)
    inputs = [data for seed in target.seeds for data in seeds[seed]] + [data for _, data in corpus.kept(name)]
    for data in inputs:
        if len(data) <= target.largest:
            (folder / sha256(data).hexdigest()[:16]).write_bytes(data)
    return folder


def fuzz(name: str, seconds: int, seeds: Seeds) -> bool:
    """One target; whether nothing was found."""
    target = TARGETS[name]
    folder, (_, grown, found) = sown(name, target, seeds), places(name)
    before = set(found.iterdir())
    command = [
        sys.executable,
        str(ROOT / "tests" / "fuzz" / "child.py"),
        next(module.__name__ for module in MODULES if name in module.TARGETS),
        name,
        f"-max_total_time={seconds}",
        f"-max_len={target.largest}",
        f"-timeout={HANG_SECONDS}",
        f"-rss_limit_mb={RSS_MB}",
        f"-artifact_prefix={found}/",
        "-print_final_stats=1",
        str(grown),
        str(folder),
    ]
    start = os.times()
    ran = subprocess.run(command, capture_output=True, check=False, cwd=ROOT)
    spent = os.times().children_user - start.children_user
    executed, lines = EXECUTED.search(ran.stderr), REACHED.findall(ran.stderr)
    told = f"{int(executed[1]):>10,} inputs" if executed else "   ?  inputs"
    print(f"{name:22} {told}, {spent:5.0f} s, coverage {int(lines[-1]) if lines else 0:>5}", end="", flush=True)
    new = sorted(set(found.iterdir()) - before)
    if ran.returncode or new:
        print(f"  FOUND {', '.join(each.name for each in new) or ran.returncode}")
        print((ran.stdout + ran.stderr).decode("utf-8", "replace")[-3_000:])
        return False
    return measured(target, [each.read_bytes() for each in (*grown.iterdir(), *folder.iterdir())])


def measured(target: Target, inputs: list[bytes]) -> bool:
    """Every input again, without instrumentation: the slowest and the one that costs most memory. Whether all is in bounds."""
    slowest, fattest, within = 0.0, 0.0, True
    for data in inputs:
        start = process_time()
        judge(target, data)
        slowest = max(slowest, process_time() - start)
        taken = peak(target, data)
        fattest = max(fattest, taken / allowed(target, data))
        within &= taken <= allowed(target, data)
    print(
        f", slowest {1000 * slowest:.0f} ms, {100 * fattest:.0f} % of the memory allowed{'' if within else '  TOO MUCH'}"
    )
    return within


def at_worst(name: str) -> bool:
    """The worst inputs that we know for a target, at the limits that its parser has. Whether all is in bounds."""
    target, costs = TARGETS[name], []
    for kind, data in at_limit(name):
        start = process_time()
        judge(target, data)
        spent = process_time() - start
        costs.append((spent, peak(target, data), kind, len(data), allowed(target, data)))
    slowest, fattest = max(costs), max(costs, key=lambda each: each[1])
    within = slowest[0] <= SECONDS and all(taken <= most for _, taken, _, _, most in costs)
    print(
        f"{name:22} slowest {1000 * slowest[0]:6,.0f} ms ({slowest[2]}, {slowest[3]:,} bytes), "
        f"fattest {fattest[1] >> 20:4} MiB ({fattest[2]}, {fattest[3]:,} bytes){'' if within else '  TOO MUCH'}",
        flush=True,
    )
    return within


def keep(name: str, seeds: Seeds) -> None:
    """Distil what has grown and what was kept."""
    target, (_, grown, _) = TARGETS[name], places(name)
    inputs = [each.read_bytes() for each in grown.iterdir()] + [data for _, data in corpus.kept(name)]
    starts = [data for seed in target.seeds for data in seeds[seed]]
    print(f"{name:22} {corpus.keep(name, corpus.distilled(target, starts, inputs))} inputs kept")


def main() -> int:
    """0 where nothing was found."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("targets", nargs="*", help="names of targets; all of them where none is given")
    arguments.add_argument("--seconds", type=int, default=60, help="for each target")
    arguments.add_argument("--keep", action="store_true", help="distil what was found into the kept corpus")
    arguments.add_argument("--worst", action="store_true", help="no fuzzing: the worst inputs at each parser's limit")
    asked = arguments.parse_args()
    if unknown := set(asked.targets) - set(TARGETS):
        arguments.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    with tempfile.TemporaryDirectory() as folder:
        seeds = all_seeds(Path(folder))
    names = asked.targets or list(TARGETS)
    if asked.keep:
        for name in names:
            keep(name, seeds)
        return 0
    if asked.worst:
        bounded = [at_worst(name) for name in names]
        return 0 if all(bounded) else 1
    clean = [fuzz(name, asked.seconds, seeds) for name in names]
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
