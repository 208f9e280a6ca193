"""Pictures in, texts out: the one scanning entry point for the camera, for files and for what is dropped on the window.

Implements T5 of CHECKS.md: decoding happens in a child without network or files (`picture_child`), a frame is at most
4K, a frame that takes too long or breaks the decoder costs that frame and a new child.

- A frame is a PNG or JPEG file's bytes, or a camera's greyscale buffer (`pictures.Grey`).
- The child ends itself after 200 ms of processor time for one frame (Malformed "T5.time"). The clock's limit here is
  a second line for a child that neither works nor answers.
- The child gets no environment, no arguments from the frame, no descriptor but its two pipes. Its answer is read
  strictly: at most 64 texts of at most 8 KiB.
- Blocks up to the limits: call it off the window's thread. One frame at a time; close it when the scan is over.

    with PictureReader() as reader:
        texts = reader.decode(Path("request-0001.png").read_bytes())
"""

import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final

from countersign.couriers.child import Child, started
from countersign.couriers.picture_wire import FILE, GREY, HEADER, REPLY_LIMIT, TEXT_LIMIT, TEXTS_LIMIT
from countersign.couriers.pictures import Grey, check_size
from countersign.errors import Malformed, Unavailable
from countersign.formats import strict_json

FILE_LIMIT: Final = 16 * 1024 * 1024
CLOCK_SECONDS: Final = 5.0
START_SECONDS: Final = 30.0
COMMAND: Final = (sys.executable, "-I", "-m", "countersign.couriers.picture_child")

Frame = bytes | Grey


class PictureReader:
    """A child process that reads QR codes; started with the first frame, restarted when a frame broke it.

    `command` is what to start: a frozen build names its own program there.
    """

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = tuple(command)
        self._child: Child | None = None
        self._turn = threading.Lock()
        self.restarts = 0

    def __enter__(self) -> "PictureReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def decode(self, frame: Frame) -> list[str]:
        """The texts of all QR codes in a frame, perhaps none.

        Malformed("T5.file-size" | "T5.frame-size" | "T5.picture" | "T5.time" | "T5.decoder-fault"),
        Unavailable("couriers.picture-reader") where no child can be started.
        """
        request = _request(frame)
        with self._turn:
            child = self._running()
            try:
                reply = child.ask(request, CLOCK_SECONDS, REPLY_LIMIT)
            except (OSError, EOFError, TimeoutError) as reason:
                raise self._broken(child, reason) from reason
        return _texts(reply)

    def close(self) -> None:
        """End the child. A later `decode` starts another."""
        with self._turn:
            if self._child is not None:
                self._child.end()
            self._child = None

    def _running(self) -> Child:
        if self._child is None:
            try:
                self._child = started(self._command, START_SECONDS)
            except (OSError, EOFError, TimeoutError) as reason:
                raise Unavailable("couriers.picture-reader", reason=type(reason).__name__) from reason
        return self._child

    def _broken(self, child: Child, reason: Exception) -> Malformed:
        """Which of the two limits it was. The child is gone afterwards, and the next frame gets a new one."""
        in_time = not isinstance(reason, TimeoutError)
        status = child.end(wait=in_time)
        self._child = None
        self.restarts += 1
        if in_time and status != -signal.SIGPROF:
            return Malformed("T5.decoder-fault", status=status)
        return Malformed("T5.time")


def _request(frame: Frame) -> bytes:
    if isinstance(frame, Grey):
        check_size(frame.width, frame.height)
        return HEADER.pack(GREY, frame.width, frame.height, len(frame.pixels)) + frame.pixels
    if len(frame) > FILE_LIMIT:
        raise Malformed("T5.file-size", size=len(frame), limit=FILE_LIMIT)
    return HEADER.pack(FILE, 0, 0, len(frame)) + frame


def _texts(reply: bytes) -> list[str]:
    """The child's answer, believed no more than the picture: strict JSON, whose depth is known before it is read.

    (A library that raises Python's recursion limit, as eth-account's do, makes `json.loads` die of a deep answer.)
    """
    try:
        said = strict_json.parse(reply, limit=REPLY_LIMIT)
    except Malformed as reason:
        raise Malformed("T5.decoder-fault", status=0) from reason
    if isinstance(said, dict):
        raise _refusal(said)
    texts = [text for text in said if isinstance(text, str)] if isinstance(said, list) else []
    if not isinstance(said, list) or len(texts) != len(said) or len(said) > TEXTS_LIMIT:
        raise Malformed("T5.decoder-fault", status=0)
    if any(len(text) > TEXT_LIMIT for text in texts):
        raise Malformed("T5.decoder-fault", status=0)
    return texts


def _refusal(said: Mapping[str, object]) -> Malformed:
    values = said.get("values")
    if said.get("code") == "T5.frame-size" and isinstance(values, dict):
        width, height = values.get("width"), values.get("height")
        if isinstance(width, int) and isinstance(height, int):
            return Malformed("T5.frame-size", width=width, height=height)
    return Malformed("T5.picture")
