"""What a console's own node says of the payments that its officer signed before and that the log says are over (B12, E8).

- That a payment can be mined no more is, in the log, the word of the desk and of an operations officer. Whoever signs the next one
  on a false word pays twice; so the signer's own node is asked before.
- Of a transaction: whether a coin of it was spent otherwise, and how deep; or what a coin of it was to be made of. Of a Safe's:
  whether the Safe executed it and what is owed moved, and whether its number is used with the policy's confirmations.
- What took the coin or the number may be another request for the same contracts, of signatures that were withheld: that pays, too.
- Only what the log calls over is asked about, which is rare. What was found to be over stays so while this console runs: the policy
  counts so many confirmations as final. A node that is silent is a fact too; where there is none, nobody was asked.

    paid = await PaidReader(nodes, profile).look(state, instruction)
"""

from collections.abc import Mapping

from countersign.desk import chain_facts, prospects
from countersign.desk.cases import payments
from countersign.desk.ports import Artefacts, BitcoinNode, EthereumNode, Profile
from countersign.desk.vouching import Nodes
from countersign.errors import CountersignError, Refused, Unavailable
from countersign.review.case import PaidBefore, PaidSeen
from countersign.review.paid_before import by_the_logs_word
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State

Paid = Mapping[str, PaidSeen | CountersignError] | None
NOTHING = PaidSeen("", 0)


class PaidReader:
    """One console's look at what its officer signed before. `nodes`: its own."""

    def __init__(self, nodes: Nodes, profile: Profile) -> None:
        self._nodes, self._profile = nodes, profile
        self._over: dict[str, PaidSeen] = {}
        self._silent: dict[str, Unavailable] = {}

    def begin(self) -> None:
        """A new pass over many instructions: whoever did not answer in an earlier one is asked again."""
        self._silent = {}

    async def look(self, state: State, instruction: Instruction, *, once: bool = False) -> Paid:
        """What the node says of each, by its transaction, or why it does not; None without a node of that chain.

        With `once` a node that did not answer in this pass is not waited for again.
        """
        chain = instruction.group.chain
        if not self._nodes.may_follow(chain):
            return None
        found: dict[str, PaidSeen | CountersignError] = {}
        for each in self._rests_on(state, instruction):
            if once and chain in self._silent:
                found[each.transaction] = self._silent[chain]
                continue
            try:
                found[each.transaction] = await self._seen(state, each, chain)
            except Unavailable as error:
                found[each.transaction] = self._silent[chain] = error
            except CountersignError as error:
                found[each.transaction] = error
        return found

    def _rests_on(self, state: State, instruction: Instruction) -> tuple[PaidBefore, ...]:
        vault = state.roster.vaults.get(instruction.group.vaults[0])
        signed = payments(self._profile.journal, state, instruction)
        if isinstance(vault, SafeVault):
            place = vault.chain, vault.address, instruction.nonce or 0
            return by_the_logs_word(state, instruction, signed, (), place)
        coins = {spend.outpoint for spend in instruction.spends}
        return by_the_logs_word(state, instruction, signed, coins, None)

    async def _seen(self, state: State, earlier: PaidBefore, chain: str) -> PaidSeen:
        if earlier.transaction in self._over:
            return self._over[earlier.transaction]
        needed = state.adopted().confirmations_on(chain)
        if earlier.nonce is None:
            node, artefacts = self._nodes.of_bitcoin(chain), self._profile.artefacts
            seen = await _transaction(node, state, earlier, artefacts)
        else:
            seen = await _safes(self._nodes.of_ethereum(chain), state, earlier, self._profile.artefacts, needed)
        if not seen.made_by and seen.barred >= needed:
            self._over[earlier.transaction] = seen
        return seen


async def _transaction(node: BitcoinNode, state: State, earlier: PaidBefore, artefacts: Artefacts) -> PaidSeen:
    """Whether a coin of it was spent, by itself or otherwise. Raises as the node does; Unavailable without its bytes."""
    there = await node.unspent(earlier.outpoints)
    gone = tuple(each for each in earlier.outpoints if each not in there)
    known = state.instructions.get(earlier.instruction)
    if not gone or known is None:
        return NOTHING
    mined = [each for each in await chain_facts.in_the_way(node, known, gone, artefacts) if each.block is not None]
    paying = {earlier.transaction, *chain_facts.paying_the_same(state, known, artefacts)}
    if (done := next((each.transaction for each in mined if each.transaction in paying), None)) is not None:
        return PaidSeen(done, 0)
    return PaidSeen("", max((each.confirmations for each in mined), default=0))


async def _safes(node: EthereumNode, state: State, earlier: PaidBefore, artefacts: Artefacts, needed: int) -> PaidSeen:
    """Whether the Safe used its number, and for what. Raises as the node does; Unavailable without its bytes."""
    assert earlier.nonce is not None
    _, safe, number = earlier.nonce
    known = state.instructions.get(earlier.instruction)
    if known is None or await node.safe_nonce(safe) <= number:
        return NOTHING
    same = [known, *prospects.under_its_number(state, known)]
    if (transaction := await prospects.paid_by_any(node, state, same, artefacts)) is not None:
        return PaidSeen(transaction, 0)
    try:
        passed_by = await node.safe_nonce(safe, needed) > number
    except Refused as refusal:  # so many blocks ago the Safe was not there
        if refusal.code != "chains.no-contract":
            raise
        passed_by = False
    return PaidSeen("", needed if passed_by else 1)
