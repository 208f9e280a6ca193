"""What a console's own nodes say of Safes: the facts of check E10, and of what two officers attest.

- All Safes of a chain are read at one block. A Safe is not read again while its chain stands at the same block.
- A node that is absent, silent or odd is a fact too: it is handed on as the error, and E10 fails with it.

    seen = await SafeReader(nodes).look(instruction, roster)
"""

from collections.abc import Mapping, Sequence

from countersign.desk.vouching import Nodes
from countersign.errors import CountersignError, Unavailable
from countersign.rails import safe_state as rail
from countersign.settlement.records import Instruction
from countersign.settlement.roster import Roster, SafeVault
from countersign.settlement.safe_state import ChainSnapshot

Seen = ChainSnapshot | CountersignError | None


class SafeReader:
    """One console's look at the Safes of its chains."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self._last: dict[str, ChainSnapshot] = {}
        self._silent: dict[str, Unavailable] = {}

    def begin(self) -> None:
        """A new pass over many instructions: whoever did not answer in an earlier one is asked again."""
        self._silent = {}

    async def look(self, instruction: Instruction, roster: Roster, *, once: bool = False) -> Seen:
        """The Safe that pays in an instruction, now; why it cannot be read; None where no Safe pays.

        With `once` a node that did not answer in this pass is not waited for again.
        """
        vault = roster.vaults.get(instruction.group.vaults[0])
        if not isinstance(vault, SafeVault):
            return None
        if once and vault.chain in self._silent:
            return self._silent[vault.chain]
        try:
            return await self._read(vault)
        except Unavailable as error:
            self._silent[vault.chain] = error
            return error
        except CountersignError as error:
            return error

    async def snapshots(
        self, safes: Mapping[str, Sequence[SafeVault]], blocks: Mapping[str, str] | None = None
    ) -> tuple[ChainSnapshot, ...]:
        """These Safes by chain (CAIP-2), each chain at its newest block or at the one named by hash. Raises as the nodes."""
        found = []
        for chain, vaults in sorted(safes.items()):
            names = [each.address for each in vaults]
            found.append(await self.nodes.of_ethereum(chain).safe_states(names, (blocks or {}).get(chain)))
        return tuple(found)

    async def _read(self, vault: SafeVault) -> ChainSnapshot:
        node, place = self.nodes.of_ethereum(vault.chain), f"{vault.chain}:{vault.address}"
        tip = await node.safe_states(())
        if (known := self._last.get(place)) is None or known.block != tip.block:
            self._last[place] = await node.safe_states((vault.address,), tip.block)
        return self._last[place]


def first_difference(
    snapshots: Sequence[ChainSnapshot],
    safes: Mapping[str, Sequence[SafeVault]],
    roster: Roster,
    nonces: Mapping[str, int],
) -> rail.Part | None:
    """The first part of any of these Safes that is not as registered, its next nonce (by vault id) among them; or None."""
    for chain, vaults in safes.items():
        seen = next((each for each in snapshots if each.chain == chain), None)
        for vault in vaults:
            state = seen.of(vault.address) if seen is not None else None
            if state is None:
                return rail.Part("E10.other-safe", vault.address, "none", agrees=False)
            against = rail.differences(state, vault, roster, nonces[vault.id])
            if against:
                return against[0]
    return None
