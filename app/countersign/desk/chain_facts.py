"""What a node knows of an instruction that its desk waits for: where its transactions are, whether it can still execute.

- Any of an instruction's transactions may be the one that was mined: all are looked for.
- A PSBT's id is known before anybody sends it, so that what nobody sent is found too.
- A Safe's transaction was executed where that Safe itself says so, of its own safeTxHash, in whosever transaction: one call
  may execute several Safes, and one that somebody else sent may execute this Safe alone. It counts where what is owed moved
  (`executions`).
- A Safe's transaction can execute no more once the Safe is past its nonce; Bitcoin's once a coin of it is gone and not by
  it. Since a chain may go back, it is gone *for good* once what stands in its way has the policy's confirmations: the use of
  the nonce; the transaction that spends the coin, or one that spends what the coin was to be made of.
"""

from collections.abc import Collection
from dataclasses import dataclass

from countersign.bitcoin import parent as parents
from countersign.bitcoin import transaction
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.transaction import display
from countersign.desk import executions
from countersign.desk.ports import Artefacts, BitcoinNode, EthereumNode, Observation
from countersign.errors import Refused
from countersign.formats import caip
from countersign.rails import wallets
from countersign.settlement import rivalry
from countersign.settlement.records import Instruction
from countersign.settlement.roster import Roster, SafeVault
from countersign.settlement.state import State

Node = BitcoinNode | EthereumNode


@dataclass(frozen=True, slots=True)
class Prospect:
    """Whether a chain would take an instruction's transaction now (`possible`), and whether it is gone for good.

    `executable` is what `settlement.failed` says of it: a Safe's number counts as used with the policy's confirmations only.
    """

    possible: bool
    for_good: bool
    executable: bool


def transactions(instruction: Instruction, artefacts: Artefacts) -> tuple[str, ...]:
    """The ids under which it may be on its chain, the last one sent first; a PSBT's own where none was sent."""
    known = tuple(each for each in (instruction.transaction, *instruction.others) if each is not None)
    if known or instruction.group.kind != "psbt":
        return known
    return (txid(instruction, artefacts),)


def txid(instruction: Instruction, artefacts: Artefacts) -> str:
    """The id of a prepared PSBT's transaction, which its signatures do not change."""
    return display(parse_psbt(artefacts.get(bytes.fromhex(instruction.artefact))).txid)


async def whereabouts(
    node: Node, state: State, instruction: Instruction, artefacts: Artefacts, names: tuple[str, ...] | None = None
) -> Observation | None:
    """The first of its transactions (or of `names`) that is in a block and delivered it, else the first that waits for one.

    Refused("desk.executed-otherwise") where one executed it and moved something else than what is owed.
    """
    wanted = executions.wanted(state, instruction, artefacts)
    known = transactions(instruction, artefacts) if names is None else names
    seen = [executions.delivered(await node.observe(each), wanted) for each in known]
    mined = [each for each in seen if each.accepted and each.block is not None]
    waiting = [each for each in seen if each.accepted]
    return next(iter(mined or waiting), None)


async def safe_holds(node: EthereumNode, vault: SafeVault, asset: str) -> int:
    """What a Safe holds of a token, or of ether, in base units. Refused("chains.no-contract"), Unavailable."""
    known = caip.AssetId.parse(asset)
    if known.is_coin:
        return await node.ether_balance(vault.address)
    return await node.token_balance(known.reference, vault.address)


async def safe_is_past(node: EthereumNode, instruction: Instruction, roster: Roster) -> bool:
    """Whether the Safe has used the instruction's nonce. Refused("desk.not-a-safe")."""
    vault = roster.vault(instruction.group.vaults[0])
    if not isinstance(vault, SafeVault):
        raise Refused("desk.not-a-safe", vault=vault.id)
    return await node.safe_nonce(vault.address) > (instruction.nonce or 0)


async def safe_prospect(node: EthereumNode, instruction: Instruction, state: State) -> Prospect:
    """What becomes of a Safe's transaction that is in no block. Refused("desk.not-a-safe"); raises as the node does."""
    if not await safe_is_past(node, instruction, state.roster):
        return Prospect(possible=True, for_good=False, executable=True)
    vault, needed = (
        state.roster.vault(instruction.group.vaults[0]),
        state.adopted().confirmations_on(instruction.group.chain),
    )
    assert isinstance(vault, SafeVault)
    try:
        gone = await node.safe_nonce(vault.address, needed) > (instruction.nonce or 0)
    except Refused as refusal:  # so many blocks ago the Safe was not there
        if refusal.code != "chains.no-contract":
            raise
        gone = False
    return Prospect(possible=False, for_good=gone, executable=not gone)


async def coin_prospect(node: BitcoinNode, instruction: Instruction, state: State, artefacts: Artefacts) -> Prospect:
    """What becomes of a Bitcoin transaction that is in no block. Refused("desk.executed-after-all") where another that was
    requested for the same contracts spends its coin; raises as the node does."""
    gone = await _gone(node, instruction, state)
    if not gone:
        return Prospect(possible=True, for_good=False, executable=True)
    own = paying_the_same(state, instruction, artefacts)
    mined = [each for each in await in_the_way(node, instruction, gone, artefacts) if each.block is not None]
    if (done := next((each for each in mined if each.transaction in own), None)) is not None:
        raise Refused("desk.executed-after-all", transaction=done.transaction)
    needed = state.adopted().confirmations_on(instruction.group.chain)
    for_good = any(each.confirmations >= needed for each in mined)
    return Prospect(possible=False, for_good=for_good, executable=False)


def paying_the_same(state: State, instruction: Instruction, artefacts: Artefacts) -> set[str]:
    """The transactions by which some of the same contracts would be paid on this chain, whosever signatures are known: its own,
    and those of its settlement's earlier cycles, which may have been signed where no log saw it."""
    found = rivalry.for_contracts_of(state, instruction.cycle)
    return {txid(each, artefacts) for each in found if each.group.chain == instruction.group.chain and not each.returns}


async def in_the_way(
    node: BitcoinNode, instruction: Instruction, gone: Collection[str], artefacts: Artefacts
) -> list[Observation]:
    """What spends the coins that are gone, or else what those were to be made of."""
    since = instruction.time_ms // 1_000
    found = await node.spenders(gone, since)
    made_of = dict[str, str]()
    psbt = parse_psbt(artefacts.get(bytes.fromhex(instruction.artefact)))
    for raw in psbt.parents:
        name = display(parents.read(raw).txid)
        if any(each.startswith(f"{name}:") for each in gone if each not in found):
            spent = (each.prevout for each in transaction.parse(raw).vin if not each.prevout.is_null())
            made_of |= {f"{display(each.hash)}:{each.n}": name for each in spent}
    others = await node.spenders(made_of, since) if made_of else {}
    return [*found.values(), *(each for spent, each in others.items() if each.transaction != made_of[spent])]


async def coin_is_gone(node: BitcoinNode, instruction: Instruction, state: State) -> bool:
    """Whether a coin that the instruction spends lies in its vault no more."""
    return bool(await _gone(node, instruction, state))


async def _gone(node: BitcoinNode, instruction: Instruction, state: State) -> tuple[str, ...]:
    """The coins that the instruction spends and that lie in its vaults no more."""
    watched = [each.watched for each in wallets.paying(state, instruction.group.vaults)]
    scripts, ranged = [one for each, _ in watched for one in each], [one for _, each in watched for one in each]
    there = {f"{coin.txid}:{coin.vout}" for coin in await node.coins(scripts, ranged)}
    return tuple(spend.outpoint for spend in instruction.spends if spend.outpoint not in there)
