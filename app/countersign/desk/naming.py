"""What a request names on its outside (settlement, kind, contracts) is what the events that it carries say."""

from countersign.airgap.envelope import Envelope
from countersign.airgap.request import RequestBody
from countersign.errors import Refused
from countersign.settlement import events
from countersign.settlement.owners_order import attested_as
from countersign.settlement.records import Instruction
from countersign.settlement.state import State


def require_named(state: State, envelope: Envelope, body: RequestBody) -> Instruction:
    """The instruction that the request is about. Refused("desk.request-differs", what=…)."""
    instruction = state.instruction(events.parse(body.event(body.instruction).event).hash)
    contracts = [events.binding(events.parse(body.event(index).event)) for index in body.contracts]
    hashes = {each.hash for each in contracts if each is not None}
    said = {
        "settlement": envelope.settlement_id == attested_as(instruction),
        "kind": body.kind.value == instruction.group.kind,
        "contracts": {each.hex() for each in envelope.contract_hashes} == set(state.settles(instruction)) == hashes,
    }
    for what, agrees in said.items():
        if not agrees:
            raise Refused("desk.request-differs", what=what)
    return instruction
