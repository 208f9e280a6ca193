"""Whose word a contract waits for at the custodian: compliance endorses what both agreed, or declines it before.

- Only what the machine would accept is offered: the role, where the contract stands, no order that stops it.

    endorse, decline = wanted(state, contract, "compliance")
"""

from countersign.settlement.records import ContractState
from countersign.settlement.roster import Role
from countersign.settlement.state import State
from countersign.settlement.stops import stopping


def wanted(state: State, contract: str, officer: str) -> tuple[bool, bool]:
    """Whether this officer can endorse a contract now, and whether they can decline it."""
    record, person = state.contract(contract), state.roster.officers.get(officer)
    if person is None or Role.COMPLIANCE not in person.roles:
        return False, False
    agreed = record.state is ContractState.AGREED
    return agreed and stopping(state, record) is None, agreed or record.state is ContractState.PROPOSED
