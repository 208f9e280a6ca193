"""What the desk verifies itself before it puts its signature beside an officer's.

- A share: its bytes are here and are that officer's whole, valid share of the prepared instruction (rails).
- A deposit, a broadcast, an observation: the desk's own node says so too; of a payment into a Safe, its very log, that the
  Safe is as it is registered, and before the first of a token what the token does (`admitting`); of a
  coin, that no settlement's own transaction made it, logged or not.
- A PSBT was sent as its own transaction and no other: under another name it could never be observed.
- A Safe's call that was sent, alone or with others in one: it is exactly what the shares make, of each of them.
- What a transaction did for a Safe's instruction, that Safe itself says of its own safeTxHash, whoever sent the transaction;
  that it paid, the tokens' logs in the same receipt (`executions`).
- A change of owners takes effect where the Safe lists the new ones, and is taken back where it does not: one transaction that
  is in no block says nothing while the Safe is as it was ordered.
- A failure: the desk's own node sees the transaction in no block, or in one in which something else moved than what is owed,
  and says whether it can still execute.
- Everything else about the event is the machine's to judge; this is only what the machine cannot see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countersign.bitcoin import transaction as bitcoin_transaction
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.desk import admitting, chain_facts, deposits, executions, prospects, strangers
from countersign.desk.ports import Artefacts, BitcoinNode, EthereumNode, Observation
from countersign.desk.records import Share
from countersign.desk.shares import verify_share
from countersign.errors import Refused, Unavailable
from countersign.ethereum.abi import Address
from countersign.ethereum.owners import OwnerList
from countersign.formats import eip55
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import ethereum as ethereum_rail
from countersign.rails import owner_change, wallets
from countersign.settlement import owners_observed, owning
from countersign.settlement.bodies import DepositCredited, ShareAdded, TransactionBroadcast, TransactionObserved
from countersign.settlement.events import Event
from countersign.settlement.governance_bodies import OwnersOrdered
from countersign.settlement.owners_order import OwnersOrder
from countersign.settlement.records import Instruction, Observed
from countersign.settlement.roster import SafeVault
from countersign.settlement.state import State
from countersign.settlement.trouble_bodies import SettlementFailed, TransactionReplaced


@dataclass(frozen=True, slots=True)
class Nodes:
    """The desk's own nodes, by CAIP-2. `silent`: the addresses of those that did not answer when they were opened, by kind of
    chain (CAIP-2 namespace): which chain such a one follows only itself could say."""

    bitcoin: Mapping[str, BitcoinNode] = field(default_factory=dict)
    ethereum: Mapping[str, EthereumNode] = field(default_factory=dict)
    silent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of_bitcoin(self, chain: str) -> BitcoinNode:
        """Unavailable("desk.no-node") where none follows this chain; ("desk.node-silent") where one may, and did not answer."""
        if chain not in self.bitcoin:
            raise self._absent(chain)
        return self.bitcoin[chain]

    def of_ethereum(self, chain: str) -> EthereumNode:
        """Raises as `of_bitcoin`."""
        if chain not in self.ethereum:
            raise self._absent(chain)
        return self.ethereum[chain]

    def may_follow(self, chain: str) -> bool:
        """Whether one follows this chain, or did not answer and may."""
        return chain in self.bitcoin or chain in self.ethereum or chain.partition(":")[0] in self.silent

    def _absent(self, chain: str) -> Unavailable:
        if (asked := self.silent.get(chain.partition(":")[0])) is not None:
            return Unavailable("desk.node-silent", chain=chain, nodes=", ".join(asked))
        return Unavailable("desk.no-node", chain=chain)


async def vouch(state: State, event: Event, artefacts: Artefacts, nodes: Nodes) -> tuple[Share, ...]:
    """Refuse an event whose claim the desk cannot confirm; of a share, its signatures.

    Refused: desk.*, rails' codes; Unavailable.
    """
    match event.body:
        case ShareAdded() as body:
            return _share(state, body, artefacts)
        case OwnersOrdered() as body:
            await _ordered(state, body, artefacts, nodes)
        case DepositCredited() as body:
            await _deposit(state, body, artefacts, nodes)
        case TransactionBroadcast() as body:
            await _broadcast(state, body, artefacts, nodes)
        case TransactionObserved() as body:
            await _observed(state, body, artefacts, nodes)
        case SettlementFailed() as body:
            await _failed(state, body, artefacts, nodes)
        case TransactionReplaced() as body:
            await _replaced(state, body, artefacts, nodes)
        case _:
            pass
    return ()


def _share(state: State, body: ShareAdded, artefacts: Artefacts) -> tuple[Share, ...]:
    instruction = state.instruction(body.instruction)
    data, share = artefacts.get(bytes.fromhex(instruction.artefact)), artefacts.get(bytes.fromhex(body.artefact))
    return verify_share(state, instruction, body.vault, body.keys, data, share)


async def _ordered(state: State, body: OwnersOrdered, artefacts: Artefacts, nodes: Nodes) -> None:
    """The bytes are the ordered call, the Safe's own list would take it, and its number is the next."""
    vault = owning.safe(state, body.vault)
    change = owner_change.held_against(state, body, artefacts.get(bytes.fromhex(body.artefact)))
    node = nodes.of_ethereum(vault.chain)
    owners, threshold = await node.safe_owners(vault.address)
    listed = OwnerList(tuple(Address(eip55.parse(each)) for each in owners), threshold)
    owner_change.require_in_order(change, listed, vault)
    if (next_one := await node.safe_nonce(vault.address)) != body.nonce:
        raise Refused("E8.nonce", vault=vault.id, nonce=body.nonce, expected=next_one)


async def _owned(state: State, order: OwnersOrder, body: TransactionObserved, nodes: Nodes) -> None:
    """The roster follows, or goes back, only where the Safe itself says so: its owners, and whether its number is used."""
    effective, back = owners_observed.takes_effect(state, body), owners_observed.takes_back(state, body)
    if not effective and not back:
        return
    instruction = order.instruction
    vault, node = owning.safe(state, instruction.group.vaults[0]), nodes.of_ethereum(instruction.group.chain)
    wanted = {eip55.checksum(state.roster.ever(kid).key.ethereum_address()) for kid in order.keys}
    owners, threshold = await node.safe_owners(vault.address)
    there = set(owners) == wanted and threshold == order.threshold
    if effective and not there:
        raise Refused("desk.owners-not-seen", vault=vault.id, transaction=body.transaction)
    if back and there and await chain_facts.safe_is_past(node, instruction, state.roster):
        raise Refused("desk.owners-there", vault=vault.id, transaction=body.transaction)


async def _deposit(state: State, body: DepositCredited, artefacts: Artefacts, nodes: Nodes) -> None:
    vault = state.roster.vault(body.vault)
    if not isinstance(vault, SafeVault):
        coins = await nodes.of_bitcoin(vault.chain).coins(*wallets.of(state, vault).watched)
        found = next((coin for coin in coins if f"{coin.txid}:{coin.vout}" == body.reference), None)
        if found is None or found.satoshis != body.amount or found.confirmations < body.confirmations:
            raise Refused("desk.deposit-not-seen", reference=body.reference, vault=vault.id)
        if not deposits.not_ours(state, artefacts, [found]):
            raise Refused("settlement.deposit-own", reference=body.reference)
        return
    seen = await deposits.payment(nodes.of_ethereum(vault.chain), state, vault, body.asset, body.reference)
    if seen.amount != body.amount or seen.confirmations < body.confirmations:
        raise Refused("desk.deposit-not-seen", reference=body.reference, vault=vault.id)
    await admitting.require_creditable(state, body.asset, nodes.ethereum)


async def _broadcast(state: State, body: TransactionBroadcast, artefacts: Artefacts, nodes: Nodes) -> None:
    instruction = state.instruction(body.instruction)
    raw = artefacts.get(bytes.fromhex(body.artefact))
    if instruction.group.kind == "psbt":
        own = bitcoin_transaction.display(bitcoin_transaction.txid(bitcoin_transaction.parse(raw)))
        if own != body.transaction or own != chain_facts.txid(instruction, artefacts):
            raise Refused("desk.other-transaction", transaction=body.transaction)
        seen = await nodes.of_bitcoin(instruction.group.chain).observe(body.transaction)
    else:
        if not _carries(state, instruction, raw, artefacts):
            raise Refused("desk.other-transaction", transaction=body.transaction)
        seen = await nodes.of_ethereum(instruction.group.chain).observe(body.transaction)
    if not executions.sent(seen, executions.wanted(state, instruction, artefacts)).accepted:
        raise Refused("desk.transaction-not-seen", transaction=body.transaction)


def _carries(state: State, instruction: Instruction, raw: bytes, artefacts: Artefacts) -> bool:
    """Whether a call executes exactly what the shares make of this instruction, and if others too, of others of its settlement."""
    if not ethereum_rail.carried(raw, _finished(state, instruction, artefacts)):
        return False
    live = () if instruction.hash in state.orders else state.live(state.cycle(instruction.cycle))
    here = {each.group.vaults[0]: each for each in live if each.group.kind == "safe-tx"}
    by_safe = {vault.address: here[name] for name in here if isinstance(vault := state.roster.vault(name), SafeVault)}
    return all(
        safe in by_safe
        and state.missing(by_safe[safe]) == 0
        and ethereum_rail.carried(raw, _finished(state, by_safe[safe], artefacts))
        for safe in ethereum_rail.safes_in(raw)
    )


def _finished(state: State, instruction: Instruction, artefacts: Artefacts) -> ethereum_rail.Finished:
    vault = state.roster.vault(instruction.group.vaults[0])
    if not isinstance(vault, SafeVault):
        raise Refused("desk.not-a-safe", vault=vault.id)
    shares = [artefacts.get(bytes.fromhex(share.artefact)) for share in instruction.shares]
    data = artefacts.get(bytes.fromhex(instruction.artefact))
    return ethereum_rail.finalise(data, shares, vault, state.roster)


async def _observed(state: State, body: TransactionObserved, artefacts: Artefacts, nodes: Nodes) -> None:
    instruction = state.instruction(body.instruction)
    if instruction.group.kind == "psbt":
        node: BitcoinNode | EthereumNode = nodes.of_bitcoin(instruction.group.chain)
        if dict(body.fees) != fees_of(state, instruction, artefacts.get(bytes.fromhex(instruction.artefact))):
            raise Refused("desk.other-fee", transaction=body.transaction)
        if body.transaction != chain_facts.txid(instruction, artefacts):
            raise Refused("desk.other-transaction", transaction=body.transaction)
    else:
        node = nodes.of_ethereum(instruction.group.chain)
    wanted, before = executions.wanted(state, instruction, artefacts), instruction.observed
    seen = executions.delivered(await node.observe(body.transaction), wanted)
    if not _says(seen, body, before):
        raise Refused("desk.transaction-not-seen", transaction=body.transaction)
    if (order := state.orders.get(body.instruction)) is not None:
        await _owned(state, order, body, nodes)


def _says(seen: Observation, body: TransactionObserved, before: Observed | None) -> bool:
    """Whether a node's word is what is to be logged: in no block, or in this one with so many confirmations, and no fewer than
    were told of it where there still are as many."""
    if body.block is None:
        return seen.block is None
    late = before is not None and before.block == body.block and body.confirmations < before.confirmations
    if late and before is not None and seen.confirmations >= before.confirmations:
        return False
    return seen.accepted and seen.confirmations >= body.confirmations and seen.block == body.block


async def _failed(state: State, body: SettlementFailed, artefacts: Artefacts, nodes: Nodes) -> None:
    instruction = state.instruction(body.instruction)
    chain = instruction.group.chain
    if instruction.group.kind == "psbt":
        there = await chain_facts.whereabouts(nodes.of_bitcoin(chain), state, instruction, artefacts)
        found = await chain_facts.coin_prospect(nodes.of_bitcoin(chain), instruction, state, artefacts)
    else:
        there = await _delivered(nodes.of_ethereum(chain), state, instruction, artefacts)
        found = await prospects.of_safe(nodes.of_ethereum(chain), instruction, state, artefacts)
    if there is not None and there.block is not None:
        raise Refused("desk.executed-after-all", transaction=there.transaction)
    if body.executable != found.executable or (body.for_good and not found.for_good):
        raise Refused("desk.other-executable", instruction=instruction.hash)


async def _delivered(
    node: EthereumNode, state: State, instruction: Instruction, artefacts: Artefacts
) -> Observation | None:
    """Where a Safe's leg was delivered, in whosever transaction: one that moved something else has failed."""
    try:
        found = await chain_facts.whereabouts(node, state, instruction, artefacts)
        if found is not None and found.block is not None:
            return found
        return await strangers.executed(node, state, instruction, artefacts)
    except Refused as refusal:
        if refusal.code != executions.OTHERWISE:
            raise
        return None


async def _replaced(state: State, body: TransactionReplaced, artefacts: Artefacts, nodes: Nodes) -> None:
    """The node knows the replacement, and it carries exactly the call that the shares make, alone or with others'."""
    instruction = state.instruction(body.instruction)
    if not _carries(state, instruction, artefacts.get(bytes.fromhex(body.artefact)), artefacts):
        raise Refused("desk.other-transaction", transaction=body.replacement)
    if not (await nodes.of_ethereum(instruction.group.chain).observe(body.replacement)).accepted:
        raise Refused("desk.transaction-not-seen", transaction=body.replacement)


def fees_of(state: State, instruction: Instruction, data: bytes) -> dict[str, int]:
    """What each paying vault bears of a PSBT's network fee, in satoshis, as the rule of DESIGN.md §8 shares it."""
    paying = wallets.paying(state, instruction.group.vaults)
    found = bitcoin_rail.readback(facts(parse_psbt(data)), paying, state.owed(instruction))
    return {side.vault: side.share for side in found.sides if side.share is not None}
