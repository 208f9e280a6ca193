"""A scripted stand-in for the token's process: it speaks the same frames and answers what a test wrote down.

Run as `python -I token_stand_in.py PACKAGE_ROOT SCRIPT`. The script maps an operation to its answers in order; the last
one is repeated. An answer is `{"ok": …}` or an error as on the wire, `"silence"`, `"exit"`, or `{"raw": hex}`. What was
asked is appended to SCRIPT.log, one operation a line, a start as "start".
"""

import json
import sys
from pathlib import Path
from typing import Any

import countersign

STARTS = "starts"


def command(folder: Path, *starts: dict[str, list[Any]]) -> tuple[str, ...]:
    """Write the scripts, one for each start of the process (the last is repeated); the command to run it."""
    script = folder / "stand-in.json"
    script.write_text(json.dumps({STARTS: starts}, default=lambda value: {"bytes": value.hex()}))
    return (sys.executable, "-I", __file__, str(Path(countersign.__file__).parents[1]), str(script))


def asked(folder: Path) -> list[str]:
    """The operations that were asked so far, over all starts."""
    log = folder / "stand-in.json.log"
    return log.read_text().split() if log.exists() else []


def main() -> None:
    sys.path.insert(0, sys.argv[1])
    from countersign.signers import pkcs11_wire as wire

    script = Path(sys.argv[2])
    log = Path(sys.argv[2] + ".log")
    starts = json.loads(script.read_text(), object_hook=_bytes)[STARTS]
    begun = log.read_text().split().count("start") if log.exists() else 0
    answers: dict[str, list[Any]] = {"open": [{"ok": True}], **starts[min(begun, len(starts) - 1)]}
    _note(log, "start")
    while header := sys.stdin.buffer.read(wire.HEADER.size):
        op = wire.message(sys.stdin.buffer.read(wire.body_length(header, wire.REQUEST_LIMIT)), wire.REQUEST_LIMIT)["op"]
        _note(log, op)
        answer = answers[op].pop(0) if len(answers[op]) > 1 else answers[op][0]
        if answer == "exit":
            return
        if answer == "silence":
            sys.stdin.buffer.read()
            return
        frame = bytes.fromhex(answer["raw"]) if "raw" in answer else wire.frame(answer)
        sys.stdout.buffer.write(frame)
        sys.stdout.buffer.flush()


def _note(log: Path, line: str) -> None:
    with log.open("a") as stream:
        stream.write(line + "\n")


def _bytes(value: dict[str, Any]) -> Any:
    return bytes.fromhex(value["bytes"]) if set(value) == {"bytes"} else value


if __name__ == "__main__":
    main()
