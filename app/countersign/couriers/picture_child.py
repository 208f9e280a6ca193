"""The process that looks at pictures: frames in by standard input, texts out by standard output, nothing else.

Implements the child of T5 in CHECKS.md. Started by `picture_reader`; never imported by anything that holds a key.

- Frames and answers are framed as `picture_wire` says.
- 200 ms of processor time a frame, counted by the kernel (ITIMER_PROF): past it, SIGPROF ends the process. Processor
  time and not the clock, so that a busy machine refuses the same pictures as an idle one; the parent holds the clock.
- A fault in the vendor's code ends this process and nothing more.

    python -I -m countersign.couriers.picture_child
"""

import json
import signal
from collections.abc import Callable
from functools import partial

from countersign.couriers import pictures
from countersign.couriers.confinement import confine
from countersign.couriers.picture_wire import FRAME_SECONDS, GREY, HEADER
from countersign.couriers.pipes import give, take
from countersign.errors import Malformed


def _answer(look: Callable[[], list[str]]) -> bytes:
    signal.setitimer(signal.ITIMER_PROF, FRAME_SECONDS)
    try:
        said: object = look()
    except Malformed as reason:
        said = {"code": reason.code, "values": dict(reason.values)}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return json.dumps(said).encode("ascii")


def serve() -> None:
    """Answer frames until standard input ends."""
    pictures.read(pictures.frame("WARM UP"))  # loads what Pillow and zxing-cpp load late, while files can be opened
    confine()
    give(b"[]")
    while len(head := take(HEADER.size)) == HEADER.size:
        kind, width, height, length = HEADER.unpack(head)
        data = take(length)
        picture = pictures.Grey(width, height, data) if kind == GREY else data
        give(_answer(partial(pictures.read, picture)))


if __name__ == "__main__":
    serve()
