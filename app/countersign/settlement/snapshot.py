"""A state as bytes and back: what a console keeps so that its next start replays only what is new.

- The form follows the type hints of the state's dataclasses (`forms`), so a record that gains a field needs nothing here.
- One spelling for each state: `serialise(parse(x)) == x`, and equal states have equal bytes.
- The schema is a hash of the shape of those dataclasses: bytes of another shape are refused before they are read.
- A state that comes back is not judged by any rule: whoever keeps the bytes must know that they are their own.

    countersign/snapshot/v1\\n ‖ 32-byte schema ‖ the state

    >>> parse(serialise(state)) == state
    True
"""

from functools import cache
from hashlib import sha256

from countersign.errors import Malformed
from countersign.settlement.forms import Reading, Written, form
from countersign.settlement.state import State

MAGIC = b"countersign/snapshot/v1\n"
SCHEMA_SIZE = 32


@cache
def schema() -> bytes:
    """32 bytes: the SHA-256 of the shape of a state, down to its last field and every member of its enumerations."""
    return sha256(form(State).shape.encode()).digest()


def serialise(state: State) -> bytes:
    """The bytes of a state. Linear in its size."""
    out = Written()
    out.data += MAGIC + schema()
    form(State).write(state, out)
    return bytes(out.data)


def parse(data: bytes) -> State:
    """The state of which these are the bytes. Linear.

    Malformed: settlement.snapshot-schema (another program's), settlement.snapshot-ends, settlement.snapshot-form, and
    the codes of public keys.
    """
    reading = Reading(data)
    if data[: len(MAGIC)] != MAGIC[: len(data)]:
        raise reading.wrong("the name of the form")
    reading.take(len(MAGIC))
    if (found := reading.take(SCHEMA_SIZE)) != schema():
        raise Malformed("settlement.snapshot-schema", found=found.hex(), expected=schema().hex())
    state: State = form(State).read(reading)
    if reading.at != len(data):
        raise reading.wrong("the end")
    return state
