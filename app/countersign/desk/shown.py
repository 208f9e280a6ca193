"""D1: what stood on the screen when a person confirmed is what is signed, decoded again from the very bytes.

- The bytes about to be hashed are decoded anew, and every value is compared with the view that was shown: amounts, addresses,
  owners, fee, extra effects, digests. Any difference refuses, whoever is to blame for it.
- Names come from the roster: where somebody changed one in between, the officer reads it again.
"""

from hashlib import sha256

from countersign.desk.effects import Decoded, bitcoin_view
from countersign.desk.safe_effects import ethereum_view
from countersign.desk.views import InstructionView
from countersign.errors import Refused
from countersign.settlement.records import Instruction
from countersign.settlement.state import State


def decoded(state: State, instruction: Instruction, data: bytes) -> Decoded:
    """What these bytes do, beside what is owed. Malformed, Refused: as the two views raise."""
    build = bitcoin_view if instruction.group.kind == "psbt" else ethereum_view
    return build(state, instruction, data)


def demand_shown(state: State, instruction: Instruction, data: bytes, shown: InstructionView | None) -> None:
    """Refused("D1.other-than-shown") unless the view that a person confirmed shows this instruction and exactly what these
    bytes do. None: a program signs, as in the demonstration; nobody looked."""
    if shown is None:
        return
    found = decoded(state, instruction, data)
    now = (found.lines, found.extra, found.flows, found.fee, found.digests, found.facts)
    then = (shown.lines, shown.extra_effects, shown.flows, shown.fee, shown.digests, shown.facts)
    of = (instruction.hash, instruction.purpose, sha256(data).hexdigest())
    if of != (shown.instruction, shown.purpose, shown.artefact) or now != then:
        raise Refused("D1.other-than-shown", instruction=instruction.hash)
