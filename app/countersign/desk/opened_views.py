"""An opened request as it is shown and as it is answered, made from what the machine took in alone."""

from countersign.airgap import envelope as envelopes
from countersign.airgap.answer import AnswerBody, Part
from countersign.desk.crossing import ANSWERED, REQUEST, attestors, contract_ids, phrase_of
from countersign.desk.vault_intake import Opened
from countersign.desk.views import CrossingView
from countersign.review.case import Channel
from countersign.settlement.owners_order import attested_as


def is_signed(opened: Opened) -> bool:
    """Whether the recorded answer is a signature; a refusal is an answer too."""
    if opened.answer is None:
        return False
    body = envelopes.peek(opened.answer).body
    return isinstance(body, AnswerBody) and not body.is_refusal


def parts(opened: Opened) -> tuple[Part, ...]:
    """What is signed of it, as an answer carries it."""
    return tuple(Part(each.event, each.share) for each in opened.given)


def crossing_view(opened: Opened) -> CrossingView:
    """Where its crossing stands: the request as it came, or the answer."""
    data = opened.data if opened.answer is None else opened.answer
    return CrossingView(
        settlement=attested_as(opened.instruction),
        instruction=opened.instruction.hash,
        kind=opened.instruction.group.kind,
        recipient=opened.envelope.recipient,
        channel=opened.channel.value,
        phase=REQUEST if opened.answer is None else ANSWERED,
        phrase=phrase_of(data),
        size=len(data),
        later_cancellation_checked=opened.channel is Channel.USB,
        attested_by=attestors(opened.basis.state, opened.instruction),
        contract_id=contract_ids(opened.basis.state, opened.instruction),
        recipient_name=opened.basis.state.roster.officer(opened.envelope.recipient).name,
        newest=opened.basis.newest,
    )
