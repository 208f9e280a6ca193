"""Every parser has a target: a function that reads what others wrote, by its name, is called by some target's seed.

A new `parse`, `decode`, `from_…` or `unpack` that no target reaches fails here, until it has one (`targets_*.py`) or a reason.
"""

import ast
import re
import sys
from functools import cache
from pathlib import Path
from types import FrameType

import pytest

from countersign.errors import CountersignError
from fuzz.seeds import all_seeds
from fuzz.targets import TARGETS

PACKAGE = Path(__file__).resolve().parents[2] / "app" / "countersign"
ROOMS = (
    *("formats", "keys", "settlement", "audit", "bitcoin", "ethereum", "airgap", "rails", "review"),
    *("desk", "cli", "store", "chains", "sync", "couriers", "signers"),
)
READS = re.compile(r"(?:parse|decode|decrypt|unpack|peek|unseal|scan|split|recognise|from)(?:_[a-z0-9_]+)?\Z")
READS_NOT = {
    "review/finding.py:from_error": "makes a finding of an error of ours",
    "ethereum/signatures.py:from_token": "a token's answer, verified by recovery: keys' `recovery` target",
    "couriers/frames.py:scan_files": "reads picture files in a confined process; its texts go to `ur-scan`",
    "cli/commands.py:parse_args": "takes the command line apart as typer does",
    "cli/pins.py:from_nobody": "has nobody to ask for a PIN, and says so",
    "cli/pins.py:from_person": "asks a person for a PIN",
    "cli/pins.py:from_file": "opens a PIN's file",
    "desk/cycle_plan.py:split": "splits a cycle into cycles",
    "couriers/picture_reader.py:decode": "asks a confined process; its answer is `picture-wire`",
}


@cache
def readers() -> dict[str, str]:
    """Every public function or method whose name says that it reads, as `room/module.py:name`, with its place in the code."""
    found = {}
    for room in ROOMS:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and READS.match(node.name):
                    line = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                    found[f"{path}:{line}"] = f"{path.relative_to(PACKAGE)}:{node.name}"
    return found


def forget() -> None:
    """Empty every cache of ours: a parser that remembers is called again."""
    for name, module in list(sys.modules.items()):
        if name.startswith("countersign"):
            for each in list(vars(module).values()):
                if callable(clear := getattr(each, "cache_clear", None)):
                    clear()


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The place of every function of ours that reading the seeds of all targets calls."""
    seeds = all_seeds(tmp_path_factory.mktemp("seeds"))
    forget()
    places: set[str] = set()

    def call(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            places.add(f"{frame.f_code.co_filename}:{frame.f_code.co_firstlineno}")

    for target in TARGETS.values():
        for data in [data for seed in target.seeds for data in seeds[seed][:60]]:
            sys.setprofile(call)
            try:
                target.read(data)
            except CountersignError:
                pass
            finally:
                sys.setprofile(None)
    return places


def test_every_parser_is_called_by_a_target(called: set[str]) -> None:
    known = readers()
    assert len(known) > 70
    assert sorted(name for place, name in known.items() if place not in called and name not in READS_NOT) == []


def test_no_reason_is_idle(called: set[str]) -> None:
    names = {name for place, name in readers().items() if place not in called}
    assert sorted(set(READS_NOT) - names) == []
