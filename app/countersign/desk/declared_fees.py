"""What a Bitcoin instruction that waits for two officers pays the network, read off its bytes; and what the one before it pays.

- The rest of a proposal's words comes from the event alone, which says no amount of a fee: these come from the bytes that this
  machine has, and nothing is said where it has none. Before anybody signs, the bytes are held against the event (`deeds.Look`).

    >>> fees(state, artefacts, event)
    (Difference(Said("deed.fee-paid", {"fee": "0.00000945 BTC"}), until_now=Said("deed.fee-paid", {"fee": "0.00000378 BTC"})),)
"""

from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import parse
from countersign.desk.cases import known
from countersign.desk.ports import Artefacts
from countersign.errors import CountersignError
from countersign.settlement.bodies import CHILD, InstructionPrepared
from countersign.settlement.events import Event
from countersign.settlement.saying import Difference, Said, said
from countersign.settlement.state import State


def fees(state: State, artefacts: Artefacts, event: Event) -> tuple[Difference, ...]:
    """The fee, beside that of what it takes the place of; a child's beside what it lifts pays. Empty for anything else."""
    body = event.body
    if not isinstance(body, InstructionPrepared) or body.kind != "psbt":
        return ()
    before = state.instructions.get((body.lifts if body.purpose == CHILD else body.replaces) or "")
    now = _paid(state, artefacts, body.chain, body.artefact, "deed.fee-paid")
    if now is None:
        return ()
    code = "deed.fee-lifted" if body.purpose == CHILD else "deed.fee-paid"
    then = None if before is None else _paid(state, artefacts, body.chain, before.artefact, code)
    if then is not None and body.purpose == CHILD:
        return Difference(now), Difference(then)
    return (Difference(now, then),)


def wanted(event: Event, state: State) -> tuple[str, ...]:
    """The artefacts (SHA-256, hex) that these words are read off."""
    body = event.body
    if not isinstance(body, InstructionPrepared) or body.kind != "psbt":
        return ()
    before = (state.instructions.get(each or "") for each in (body.replaces, body.lifts))
    return (body.artefact, *(each.artefact for each in before if each is not None))


def _paid(state: State, artefacts: Artefacts, chain: str, artefact: str, code: str) -> Said | None:
    data = known(artefacts, artefact)
    try:
        fee = None if data is None else facts(parse(data)).fee
    except CountersignError:
        return None  # what does not parse is refused where it is read before it is signed
    if fee is None:
        return None
    return said(code, fee=state.roster.asset(f"{chain}/slip44:0").display(fee))
