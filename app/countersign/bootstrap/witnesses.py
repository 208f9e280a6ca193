"""A witness as a process of its own: its folder, its memory, its server; `countersign witness`. Adapters are imported then."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from countersign.bootstrap.machine import CLOCK
from countersign.errors import Malformed

if TYPE_CHECKING:
    from countersign.audit.note import VerifierKey
    from countersign.cli.options import Ask
    from countersign.cli.witness import Answered, Listening
    from countersign.sync.witness import Witness


class WitnessFolders:
    """`countersign witness init` and `serve`."""

    def init(self, folder: Path, name: str, ask: Ask) -> str:
        """A new witness; its vkey. Raises what `store.witness_folder.create` raises."""
        from countersign.store.witness_folder import create

        return str(create(folder, name, secrets.token_bytes, ask))

    def serve(
        self,
        folder: Path,
        logs: Sequence[str],
        host: str,
        port: int,
        ask: Ask,
        listening: Listening,
        answered: Answered,
    ) -> None:
        """Answer until SIGINT or SIGTERM. Raises what opening the folder raises, Malformed(L2.…, "L5.key-role"),
        Unavailable("sync.witness-address")."""
        from countersign.store.witness_folder import opened
        from countersign.sync.memory_file import FileMemory
        from countersign.sync.witness import Witness

        followed = by_origin(logs)
        with opened(folder, ask) as found:
            memory = FileMemory(found.heads, begun=True)
            witness = Witness(found.key.name, found.seed, followed, memory, lambda: CLOCK.now_ms() // 1_000)
            asyncio.run(_serve(witness, host, port, listening, answered))


def by_origin(vkeys: Sequence[str]) -> dict[str, tuple[VerifierKey, ...]]:
    """The logs' keys by origin; an origin may have several. Malformed(L2.…), and "L5.key-role" for a witness's key."""
    from countersign.audit.note import ED25519, VerifierKey

    found: dict[str, tuple[VerifierKey, ...]] = {}
    for key in dict.fromkeys(VerifierKey.parse(each) for each in vkeys):
        if key.type != ED25519:
            raise Malformed("L5.key-role")
        found[key.name] = (*found.get(key.name, ()), key)
    return found


async def _serve(witness: Witness, host: str, port: int, listening: Listening, answered: Answered) -> None:
    from countersign.sync.witness_server import serving

    asked_to_end = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, asked_to_end.set)
    async with serving(witness, host, port, lambda told: answered(told.status, told.origin, told.size)) as address:
        listening(str(witness.key), address)
        await asked_to_end.wait()
