"""A Safe changes its own owners (`settlement.owning`): the administrators order it, its owners of today sign, operations send.

- Whoever proposes it reads the Safe's own list from a node and builds the one call; the administrators sign that order
  (`proposals`), after their own console has held the bytes against it.
- An owner signs after every check: E4 wants exactly the ordered call, E10 the Safe as it is registered today.
- It is sent by an operations officer once the quorum is there, and tried on the chain first. The roster follows when the
  desk's own node has seen it with the policy's confirmations and lists the new owners. What its chain took back since is
  observed like that, too, and then waits again.

    view = await changes.propose("harbour-safe", add=kid, remove=None, threshold=3)
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from countersign.desk import (
    attesting,
    cases,
    elsewhere,
    own_keys,
    owner_choosing,
    owner_effects,
    pages,
    parcels,
    releasing,
    signing,
)
from countersign.desk.author import signed
from countersign.desk.cases import Basis, Circumstances
from countersign.desk.governance import Governance
from countersign.desk.governance_views import ProposalView
from countersign.desk.owner_choices import OwnersGround, OwnersPlan, OwnersWanted
from countersign.desk.ports import Clock, EthereumNode, Receipt
from countersign.desk.safe_reader import SafeReader
from countersign.desk.shown import demand_shown
from countersign.desk.signing import Hand, Progress
from countersign.desk.views import InstructionView, OwnersView
from countersign.desk.workplace import AtConsole
from countersign.errors import Refused
from countersign.ethereum import inspect, safe_file
from countersign.ethereum.abi import Address
from countersign.ethereum.owners import OwnerList
from countersign.formats import eip55
from countersign.rails import ethereum as rail
from countersign.rails import owner_change
from countersign.review.case import Case, Mode, SignerFacts
from countersign.settlement import owners_observed, owning
from countersign.settlement.owners_order import OwnersOrder
from countersign.settlement.records import Instruction
from countersign.settlement.roster import SafeVault


async def listed(node: EthereumNode, vault: SafeVault) -> OwnerList:
    """The Safe's owners in its own order, and its threshold, as a node says now. Raises as the node."""
    owners, threshold = await node.safe_owners(vault.address)
    return OwnerList(tuple(Address(eip55.parse(each)) for each in owners), threshold)


class OwnerChanges:
    """What a console does about its Safes' owners. `place` has the console's own nodes."""

    def __init__(self, place: AtConsole, hand: Hand, clock: Clock, governance: Governance) -> None:
        self._place, self._hand, self._clock, self._governance = place, hand, clock, governance
        self._reader = SafeReader(place.nodes)

    async def propose(self, vault: str, *, add: str | None, remove: str | None, threshold: int | None) -> ProposalView:
        """Propose that a key comes in or goes out, or how many sign; nothing named takes back what is under way.

        Refused: E4.*, E10.order-unseen, settlement.owners-…, ethereum.owner-…, what the node raises; nothing is kept then.
        """
        await self._place.synchronise()
        safe = owning.safe(self._place.state, vault)
        return await self._order(safe, *owner_choosing.keys(safe, OwnersWanted(add, remove, threshold)))

    async def ground(self, vault: str) -> OwnersGround:
        """What a change of this Safe's owners can be made of, as of the desk's log now. Raises as `owner_choosing.ground`."""
        await self._place.synchronise()
        return owner_choosing.ground(self._place.state, vault)

    def plan(self, vault: str, wanted: OwnersWanted) -> OwnersPlan:
        """A wanted change with what stands against it; asks nobody. Raises as `owner_choosing.plan`."""
        return owner_choosing.plan(self._place.state, vault, wanted)

    async def _order(self, safe: SafeVault, keys: tuple[str, ...], threshold: int) -> ProposalView:
        state, node = self._place.state, self._place.ethereum(safe.chain)
        before = owning.under_way(state, safe.id)
        nonce = await node.safe_nonce(safe.address)
        owners, sign = await node.safe_owners(safe.address)
        attesting.require_seen(state, safe, owners, sign, nonce)
        tx = owner_change.build(safe, keys, threshold, await listed(node, safe), state.roster, nonce)
        body = {
            "vault": safe.id,
            "keys": list(keys),
            "threshold": threshold,
            "artefact": (await self._place.put_artefact(rail.serialise(tx))).hex(),
            "nonce": nonce,
            "replaces": None if before is None else before.instruction.hash,
        }
        return self._governance.draft("owners.ordered", body)

    async def look(self, vault: str) -> OwnersView:
        """The change under way, judged now. Refused("desk.no-order")."""
        order = await self._under_way(vault)
        instruction, data, state = order.instruction, await self._bytes(order), self._place.state
        case, mine = await self._case(instruction, data), self._hand.officer in instruction.signers(vault)
        found, profile = self._found(), self._place.replica.profile
        shown = await asyncio.to_thread(pages.instruction_view, found, profile, instruction, data, case, mine)
        tx, seen = safe_file.parse(data).tx, instruction.observed
        return OwnersView(
            vault=vault,
            chain_id=tx.chain_id,
            nonce=tx.nonce,
            change=owner_effects.change_of(state, order, data),
            instruction=shown,
            signed=tuple(state.roster.officer(share.officer).name for share in instruction.shares),
            missing=state.missing(instruction),
            transaction=owning.sent(instruction),
            confirmations=0 if seen is None else seen.confirmations,
        )

    async def _case(self, instruction: Instruction, data: bytes) -> Case:
        """An owner's is the case of their own signature, with the token's facts once it is unlocked; else one looks."""
        found, profile, moment = self._found(), self._place.replica.profile, await self._moment(instruction)
        keys = own_keys.open_keys(found.state, self._hand.officer, instruction)
        if not keys:
            return cases.instruction_case(found, instruction, data, moment, profile, Mode.LOOK)
        if (await self._hand.token.token()).unlocked:
            return await signing.signing_case(self._hand, found, instruction, data, moment, profile)
        about = replace(moment, signer=SignerFacts(self._hand.officer, keys[0].key))
        return cases.instruction_case(found, instruction, data, about, profile, Mode.SIGN)

    def _found(self) -> Basis:
        return cases.basis(self._place.replica, ())

    async def sign(self, vault: str, progress: Progress, shown: InstructionView | None = None) -> None:
        """Verify, journal, sign, verify, journal, submit; `shown` as `demand_shown` says.

        Refused with every finding if a check forbids it, and ethereum.owner-… where the Safe's own list stands in another
        order than the call wants.
        """
        order = await self._under_way(vault)
        instruction, data = order.instruction, await self._bytes(order)
        demand_shown(self._place.state, instruction, data, shown)
        await self._require_in_order(vault, data)
        moment, profile = await self._moment(instruction), self._place.replica.profile
        made = await signing.sign(
            self._hand, self._found(), instruction, data, moment, profile, self._place.scribe, progress
        )
        for each in made.shares:
            await self._place.mailbox.put_artefact(each.share)
            await self._place.submit(each.event)
        await self._place.synchronise()

    async def _require_in_order(self, vault: str, data: bytes) -> None:
        """The call names whoever stands in front in the Safe's own list now. Refused: ethereum.owner-…, what the node raises."""
        safe = owning.safe(self._place.state, vault)
        call = inspect.read(safe_file.parse(data).tx).call
        if isinstance(call, inspect.SelfCall):
            node = self._place.ethereum(safe.chain)
            owner_change.require_in_order(call.change, await listed(node, safe), safe)

    async def send(self, vault: str) -> Receipt:
        """Finish, try on the chain, send, log. Refused: "settlement.no-quorum", "desk.order-sent", "settlement.frozen-owners",
        "settlement.key-withdrawn", "desk.chain-would-refuse"."""
        order = await self._under_way(vault)
        instruction, state = order.instruction, self._place.state
        await self._bytes(order)
        owning.check_stands(state, owning.safe(state, vault), order.keys, order.threshold)
        if missing := state.missing(instruction):
            raise Refused("settlement.no-quorum", instruction=instruction.hash, missing=missing)
        await self._require_unsent(order)
        done = parcels.finish(self._place, instruction)
        node = self._place.ethereum(done.chain)
        if (reason := await node.test(done.to, done.raw, done.moves)) is not None:
            raise Refused("desk.chain-would-refuse", chain=done.chain, reason=reason)
        body = {
            "instruction": done.instruction,
            "transaction": await node.broadcast(done.to, done.raw, done.moves),
            "artefact": (await self._place.put_artefact(done.raw)).hex(),
        }
        return await self._log("transaction.broadcast", body)

    async def _require_unsent(self, order: OwnersOrder) -> None:
        """What stands in a block is looked after, and not sent again. Refused("desk.order-sent")."""
        there = await elsewhere.there(self._place, order.instruction)
        if there is not None and there.block is not None and there.accepted:
            raise Refused("desk.order-sent", order=order.instruction.hash, transaction=there.transaction,
                          confirmations=there.confirmations)  # fmt: skip

    async def observe(self, vault: str) -> Receipt | None:
        """Log what the node says that is not logged yet, of the change under way, or of the one by which the Safe has its owners:
        that one only where its block is another or gone. None where there is nothing new. Refused("desk.no-order")."""
        await self._place.synchronise()
        state = self._place.state
        order = owning.under_way(state, vault) or owners_observed.holding(state, owning.safe(state, vault).id)
        if order is None:
            raise Refused("desk.no-order", vault=vault)
        await self._bytes(order)
        body, seen = await releasing.unlogged(self._place, order.instruction), order.instruction.observed
        if body is None or (order.done is not None and seen is not None and seen.block == body["block"]):
            return None
        return await self._log("transaction.observed", body)

    async def _log(self, kind: str, body: Mapping[str, object]) -> Receipt:
        draft = self._place.scribe.draft(kind, body)
        receipt = await self._place.submit(await signed(draft, [self._hand.author]))
        await self._place.synchronise()
        return receipt

    async def _under_way(self, vault: str) -> OwnersOrder:
        await self._place.synchronise()
        found = owning.under_way(self._place.state, vault)
        if found is None:
            raise Refused("desk.no-order", vault=vault)
        return found

    async def _bytes(self, order: OwnersOrder) -> bytes:
        shares = [each.artefact for each in order.instruction.shares]
        earlier = [each.artefact for each in self._place.state.replaced_by(order.instruction)]
        await self._place.fetch([order.instruction.artefact, *shares, *earlier])
        return self._place.artefacts.get(bytes.fromhex(order.instruction.artefact))

    async def _moment(self, instruction: Instruction) -> Circumstances:
        seen = await self._reader.look(instruction, self._place.state.roster)
        store = cases.store_facts(self._place.replica.profile)
        return Circumstances(now=self._clock.now_ms() // 1_000, store=store, safes=seen)
