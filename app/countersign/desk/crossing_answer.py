"""Whether an answer from across the air gap fits its request, before anything is done with it.

- It names what the request named: session, request id, settlement, contracts.
- Each of its events is signed by the answer's sender, and says just what the answer is: a share of this instruction,
  whose bytes are here and hold (verified through the rails, as the desk will again), or a refusal of these very bytes.
"""

from hashlib import sha256

from countersign.airgap.answer import Part
from countersign.airgap.envelope import Envelope
from countersign.desk.shares import verify_share
from countersign.errors import Refused
from countersign.keys import jws as jose
from countersign.settlement import events
from countersign.settlement.bodies import InstructionRefused, ShareAdded
from countersign.settlement.events import Event
from countersign.settlement.records import Instruction
from countersign.settlement.state import State

_PAIRED = ("session", "request_id", "settlement_id", "contract_hashes")


def require_fits(state: State, request: Envelope, answer: Envelope, instruction: Instruction) -> None:
    """Refused("desk.answer-differs", what=…), what `keys.jws.verify` and the rails refuse."""
    for what in _PAIRED:
        if getattr(answer, what) != getattr(request, what):
            raise Refused("desk.answer-differs", what=what.replace("_", " "))
    if answer.sender != request.recipient:
        raise Refused("desk.answer-differs", what="sender")
    for part in answer.answer.parts:
        _require_part(state, request, answer.sender, part, instruction)


def _require_part(state: State, request: Envelope, sender: str, part: Part, instruction: Instruction) -> None:
    event, officer = events.parse(part.event), state.roster.officer(sender)
    jose.verify(event.jws, {key.kid: key for key in officer.identity_keys}, events.TYP)
    if not _says(event, part, instruction):
        raise Refused("desk.answer-differs", what="event")
    if isinstance(event.body, ShareAdded) and part.share is not None:
        body = event.body
        verify_share(state, instruction, body.vault, body.keys, request.request.artefact, part.share)


def _says(event: Event, answer: Part, instruction: Instruction) -> bool:
    match event.body:
        case ShareAdded() as body if answer.share is not None:
            named = (body.instruction, body.artefact)
            return named == (instruction.hash, sha256(answer.share).hexdigest())
        case InstructionRefused() as body:
            return answer.share is None and body.sha256 == instruction.artefact
        case _:
            return False
