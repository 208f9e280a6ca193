"""The closed list of an output directory's names: what must lie there, and that nothing else does.

docs/formats/output.md. `result.json` lists every file by hash, but whoever writes it chooses what it lists; the names
themselves are fixed.

- The log's tiles are those of its checkpoint's size, no more and no fewer; frames are numbered from 1 without a gap.
- A file that is missing and one that has no business there are findings by their names.
"""

import re
from collections.abc import Iterable, Iterator

from countersign.audit import tile
from countersign.desk.reports import faulted
from countersign.review.finding import Finding

ENTRY = ("event", "opening.json", "tlog-proof")
FIXED = frozenset(
    {
        "result.json", "refusals.json", "timings.json", "evidence.zip", "vkeys.json",
        "contract.json", "contract.jwks.json", *(f"contract.{kind}" for kind in ENTRY),
        "log/checkpoint",
        *(f"bitcoin/{name}.psbt" for name in ("unsigned", "share-1", "share-2", "combined")),
        "bitcoin/final.hex", "bitcoin/prevouts.json", "bitcoin/descriptor.txt",
        "ethereum/safe.json", "ethereum/safe_tx.json", "ethereum/signatures.json", "ethereum/exec_transaction.hex",
        "frames/index.json", "usb/request.countersign", "usb/answer.countersign",
        "refused/altered.psbt", "refused/delegatecall.json", "refused/unlogged.json",
        *(f"refused/{name}.{kind}" for name in ("altered", "delegatecall", "unlogged") for kind in ENTRY),
        *(
            f"screens/{screen}-{theme}.{kind}"
            for screen in ("desk", "review", "sign", "carry", "vault", "log")
            for theme in ("light", "dark")
            for kind in ("png", "txt")
        ),
        *(f"profile/{name}" for name in ("profile.json", "key.plain", "pin.json", "store.db")),
    }
)  # fmt: skip
_FRAME = re.compile(r"frames/(request|answer)-([0-9]{4})\.png\Z", re.ASCII)


def expected(names: Iterable[str], size: int) -> frozenset[str]:
    """The names that must lie in a directory whose log has `size` entries, with as many frames as `names` has."""
    found = [match for name in names if (match := _FRAME.match(name))]
    shown = {way: max(1, sum(each[1] == way for each in found)) for way in ("request", "answer")}
    frames = {f"frames/{way}-{number:04}.png" for way, count in shown.items() for number in range(1, count + 1)}
    return FIXED | frames | {f"log/{each.path}" for each in tile.tiles(size)}


def judged(names: Iterable[str], size: int) -> Iterator[Finding]:
    """A finding for every name too many or too few."""
    there = frozenset(names)
    wanted = expected(there, size)
    for name in sorted(there - wanted):
        yield faulted("desk.audit-stray", name, "a name of docs/formats/output.md", "another name", name=name)
    for name in sorted(wanted - there):
        yield faulted("desk.audit-absent", name, "in the directory", "missing", name=name)
