"""Who an LEI is, by the roster in force.

>>> owner(state.roster, "5493001KJTIIGC8Y1R12")
'Harbour Prime'
"""

from countersign.settlement.roster import Roster


def owner(roster: Roster, lei: str) -> str:
    """The name of a participant or of the custodian; the LEI itself where nobody here has it."""
    if lei == roster.custodian.lei:
        return roster.custodian.name
    known = roster.participants.get(lei)
    return known.name if known is not None else lei
