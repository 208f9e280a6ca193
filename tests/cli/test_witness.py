"""`countersign witness`: made by a command, served by a process of its own that ends when it is asked to, and remembers."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from countersign.audit.note import VerifierKey
from countersign.audit.witness import AddCheckpoint, Response, accept, known_size
from countersign.bootstrap.witnesses import by_origin
from countersign.errors import CountersignError
from countersign.sync.http_witness import HttpWitness
from support import small_log
from support.command_line import CommandLine

LOG = small_log.filled_log(12)
NAME = "witness.example/1"
VKEY = str(small_log.log_key())


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A private file with a passphrase."""
    path = tmp_path / "passphrase"
    path.touch(0o600)
    path.write_text("a passphrase of tests\n")
    return path


@pytest.fixture
def made(command_line: CommandLine, secret: Path, tmp_path: Path) -> VerifierKey:
    """The key of a witness in the folder `witness`."""
    status, out, _ = command_line.run(
        "witness", "init", str(tmp_path / "witness"), "--name", NAME, "--passphrase-file", str(secret)
    )
    assert status == 0
    return VerifierKey.parse(out.removesuffix("\n"))


class Serving:
    """A process of `countersign witness serve`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.address = process.stdout.readline().removesuffix("\n")

    async def ask(self, old: int, new: int) -> Response:
        head = small_log.signed(small_log.filled_log(new).checkpoint()).serialise()
        asked = AddCheckpoint(old, LOG.tree.consistency_proof(old, new), head)
        return Response(*await HttpWitness(self.address).add_checkpoint(asked.serialise()))

    def end(self, by: signal.Signals) -> tuple[int, str]:
        """Its exit status and what it said on stderr."""
        self.process.send_signal(by)
        _, said = self.process.communicate()
        return self.process.returncode, said


@pytest.fixture
def serve(made: VerifierKey, secret: Path, tmp_path: Path) -> Iterator[Callable[[], Serving]]:
    """Starts a server over the folder; whatever still runs at the end of the test is ended."""
    with ExitStack() as holds:

        def start() -> Serving:
            line = ["witness", "serve", str(tmp_path / "witness"), "--log", VKEY, "--passphrase-file", str(secret)]
            process = holds.enter_context(
                subprocess.Popen(  # noqa: S603
                    [sys.executable, "-m", "countersign", *line],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            holds.callback(process.kill)
            return Serving(process)

        yield start


async def test_a_witness_is_made_serves_is_ended_and_remembers(
    serve: Callable[[], Serving], made: VerifierKey, command_line: CommandLine, secret: Path, tmp_path: Path
) -> None:
    first = serve()
    answer = await first.ask(0, 5)
    signed = small_log.signed(small_log.filled_log(5).checkpoint())
    assert len(accept(signed, answer, made).note.signatures) == 2
    again = ("witness", "serve", str(tmp_path / "witness"), "--log", VKEY, "--passphrase-file", str(secret), "--json")
    status, out, _ = command_line.run(*again)
    assert (status, json.loads(out)["error"]["code"]) == (1, "store.witness-running")
    assert first.end(signal.SIGTERM) == (0, f"Witness {made}\n200 log.example/desk 5\n")

    second = serve()
    behind = await second.ask(0, 12)
    assert known_size(behind) == 5
    caught_up = await second.ask(5, 12)
    assert caught_up.status == 200
    assert second.end(signal.SIGINT) == (0, f"Witness {made}\n409 log.example/desk 12\n200 log.example/desk 12\n")


def test_the_name_and_the_folder_are_looked_at_before_anything_is_asked(
    command_line: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "full" / "of").mkdir(parents=True)
    for folder, name, status, code in (("full", NAME, 1, "store.witness-exists"), ("new", "a b", 2, "L2.key-name")):
        found, out, _ = command_line.run("witness", "init", str(tmp_path / folder), "--name", name, "--json")
        assert (found, json.loads(out)["error"]["code"]) == (status, code)
    assert not (tmp_path / "new").exists()


def test_without_a_terminal_or_a_private_file_no_passphrase_is_taken(
    command_line: CommandLine, secret: Path, tmp_path: Path
) -> None:
    make = ("witness", "init", str(tmp_path / "witness"), "--name", NAME, "--json")
    secret.chmod(0o640)
    status, out, _ = command_line.run(*make, "--passphrase-file", str(secret))
    assert (status, json.loads(out)["error"]["code"]) == (1, "cli.pin-file-open")
    secret.chmod(0o600)
    status, out, _ = command_line.run(*make, "--passphrase-file", str(secret))
    assert (status, VerifierKey.parse(json.loads(out)["vkey"]).name) == (0, NAME)


def test_a_folder_without_a_witness_and_a_log_that_is_none_are_named(
    command_line: CommandLine, made: VerifierKey, tmp_path: Path
) -> None:
    for folder, log, status, code in (
        ("absent", VKEY, 3, "store.no-witness"),
        ("witness", VKEY[:-1], 2, "L2.vkey"),
        ("witness", str(made), 2, "L5.key-role"),
    ):
        found, out, _ = command_line.run("witness", "serve", str(tmp_path / folder), "--log", log, "--json")
        assert (found, json.loads(out)["error"]["code"]) == (status, code)


def test_keys_of_one_origin_are_gathered_and_a_key_given_twice_counts_once() -> None:
    changed = VerifierKey(small_log.ORIGIN, small_log.log_key().type, small_log.witness_key(0).public)
    other = VerifierKey("log.example/other", changed.type, changed.public)
    found = by_origin([VKEY, str(changed), VKEY, str(other)])
    assert found == {small_log.ORIGIN: (small_log.log_key(), changed), other.name: (other,)}
    with pytest.raises(CountersignError):
        by_origin([VKEY, str(small_log.witness_key(0))])
