"""The record of an order that a Safe change its own owners (`owning.py`).

>>> order.open
True
"""

from dataclasses import dataclass

from countersign.settlement.records import Instruction


@dataclass(frozen=True, slots=True)
class OwnersOrder:
    """An order that a Safe change its owners: the unsigned transaction as an instruction of no cycle, what it leads to.

    `keys` ascending and `threshold` are the Safe's afterwards; `by`: the administrators who ordered it, none of whom signs
    it. `done`: the entry by which it took effect; None while it is under way. `before`: keys and threshold of the Safe before
    it took effect, which come back where its chain takes it back.
    """

    instruction: Instruction
    keys: tuple[str, ...]
    threshold: int
    by: tuple[str, ...]
    done: int | None = None
    before: tuple[tuple[str, ...], int] | None = None

    @property
    def open(self) -> bool:
        """Whether it counts and has not taken effect."""
        return self.done is None and self.instruction.superseded_by is None


def attested_as(instruction: Instruction) -> str:
    """The name under which two officers attest an instruction: its cycle's; an order, of no cycle, is attested by itself."""
    return instruction.cycle or instruction.hash
