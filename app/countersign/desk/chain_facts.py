"""What a node knows of an instruction that its desk waits for: where its transactions are, whether it can still execute.

- Any of an instruction's transactions may be the one that was mined: all are looked for.
- A PSBT's id is known before anybody sends it, so that what nobody sent is found too.
- A Safe's transaction was executed where that Safe itself says so, of its own safeTxHash, in whosever transaction: one call
  may execute several Safes, and one that somebody else sent may execute this Safe alone.
- A Safe's transaction can never execute once the Safe is past its nonce; Bitcoin's once a coin of it is gone and not by
  it.
"""

from dataclasses import replace

from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.transaction import display
from countersign.desk.ports import Artefacts, BitcoinNode, EthereumNode, Executed, Observation
from countersign.errors import Refused
from countersign.formats import caip
from countersign.rails import ethereum as ethereum_rail
from countersign.rails import wallets
from countersign.settlement.records import Instruction
from countersign.settlement.roster import Roster, SafeVault
from countersign.settlement.state import State

Node = BitcoinNode | EthereumNode


def transactions(instruction: Instruction, artefacts: Artefacts) -> tuple[str, ...]:
    """The ids under which it may be on its chain, the last one sent first; a PSBT's own where none was sent."""
    known = tuple(each for each in (instruction.transaction, *instruction.others) if each is not None)
    if known or instruction.group.kind != "psbt":
        return known
    return (txid(instruction, artefacts),)


def txid(instruction: Instruction, artefacts: Artefacts) -> str:
    """The id of a prepared PSBT's transaction, which its signatures do not change."""
    return display(parse_psbt(artefacts.get(bytes.fromhex(instruction.artefact))).txid)


def execution(instruction: Instruction, artefacts: Artefacts) -> Executed | None:
    """What its Safe says once it executed it; None for Bitcoin."""
    if instruction.group.kind == "psbt":
        return None
    return Executed(*ethereum_rail.execution(artefacts.get(bytes.fromhex(instruction.artefact))))


def meant(seen: Observation, wanted: Executed | None) -> Observation:
    """What a node's word about a transaction means for an instruction: in a block it counts where its Safe executed it there."""
    if wanted is None or seen.block is None:
        return seen
    if wanted in seen.executed:
        return replace(seen, accepted=True)
    return Observation(seen.transaction, False, 0, None, None)


async def whereabouts(
    node: Node, instruction: Instruction, artefacts: Artefacts, names: tuple[str, ...] | None = None
) -> Observation | None:
    """The first of its transactions (or of `names`) that is in a block and executed it, else the first that waits for one."""
    wanted = execution(instruction, artefacts)
    known = transactions(instruction, artefacts) if names is None else names
    seen = [meant(await node.observe(each), wanted) for each in known]
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


async def coin_is_gone(node: BitcoinNode, instruction: Instruction, state: State) -> bool:
    """Whether a coin that the instruction spends lies in its vault no more."""
    watched = [each.watched for each in wallets.paying(state, instruction.group.vaults)]
    scripts, ranged = [one for each, _ in watched for one in each], [one for _, each in watched for one in each]
    there = {f"{coin.txid}:{coin.vout}" for coin in await node.coins(scripts, ranged)}
    return any(spend.outpoint not in there for spend in instruction.spends)
