"""What an officer does about the desk's own order: look, propose, sign a proposal, hand it on, have it logged.

- Everything is proposed and nothing edited: a change counts from its place in the log on, once the administrators'
  threshold has signed it (DESIGN.md §6).
- What this officer words at the console is signed as it is proposed. What a file words, drafted or proposed, is looked at
  first, its changes in words.
- What enters a Safe or a token is held against this console's own node first (`entering`): what it finds is among the words.
- Proposals travel as `.proposal` files between consoles; consoles that share a desk in their own process share its box.

    view = await governance.propose("policy.adopted", {"policy": document})
    (folder / f"{view.id}.proposal").write_bytes(governance.export(view.id))
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from countersign.desk import common_changes, proposals
from countersign.desk import governance_pages as pages
from countersign.desk.author import Author, Scribe
from countersign.desk.enrolment import phrase_of
from countersign.desk.entering import Entering
from countersign.desk.governance_views import ParticipantView, PolicyView, ProposalView, RosterView
from countersign.desk.ports import Clock, Mailbox, Receipt
from countersign.desk.proposal_box import ProposalBox
from countersign.desk.proposals import Examined, Proposal
from countersign.desk.replica import Replica
from countersign.errors import Malformed, Refused
from countersign.formats import strict_json
from countersign.keys import jws as jose
from countersign.settlement.events import Event
from countersign.settlement.roster import Holder, HolderKind
from countersign.settlement.saying import Difference
from countersign.settlement.state import State

Look = Callable[[Event], Awaitable[None]]
"""Looks at what a proposal concerns before it is signed; raises what stands against it."""
Read = Callable[[Event], tuple[Difference, ...]]
"""Says of a proposal what its event does not, but the bytes that it names: a fee."""


class Governance:
    """One officer's console, as far as roster, policy and proposals go."""

    def __init__(
        self,
        replica: Replica,
        mailbox: Mailbox,
        author: Author,
        scribe: Scribe,
        clock: Clock,
        box: ProposalBox,
        look: Look | None = None,
        read: Read = lambda _: (),
        entering: Entering | None = None,
    ) -> None:
        self._replica = replica
        self._mailbox = mailbox
        self._author = author
        self._scribe = scribe
        self._clock = clock
        self._box = box
        self._look = look
        self._read = read
        self._entering = Entering() if entering is None else entering

    @property
    def _state(self) -> State:
        return self._replica.state

    def _now_ms(self) -> int:
        return max(self._clock.now_ms(), self._state.time_ms)

    def now(self) -> int:
        """The moment at which proposals are judged here, unix seconds: never before the log's last entry."""
        return self._now_ms() // 1_000

    def participants(self) -> tuple[ParticipantView, ...]:
        """Every participant, whom it may trade with no more, and what is open with it."""
        return pages.participants(self._state, self._now_ms() // 1_000)

    def roster(self) -> RosterView:
        """The roster in force."""
        return pages.roster(self._state, self._now_ms() // 1_000)

    def words(self) -> str:
        """The twelve words of whom this machine trusts, to be compared with another machine's."""
        return phrase_of(self._replica.anchor)

    def policy(self) -> PolicyView:
        """The policy in force, in statements."""
        return pages.policy(self._state)

    def proposals(self) -> tuple[ProposalView, ...]:
        """Every proposal kept here: what must be done first, then what cannot go on. One whose signatures are no longer good
        here is shown with what is against it."""
        found = (self._view(each) for each in self._box.all())
        return tuple(sorted(found, key=lambda each: (each.act_by is None, each.act_by.at if each.act_by else 0)))

    def waiting(self) -> tuple[Event, ...]:
        """What every proposal kept here would log."""
        return tuple(each.event for each in self._box.all())

    def proposal(self, id: str) -> ProposalView:
        """One proposal. Refused("desk.proposal-unknown")."""
        return self._view(self._box.get(id))

    async def look_again(self) -> None:
        """Ask this console's nodes about Safes and tokens in what waits, where not all was found as it is entered."""
        found = (proposals.examine(self._state, each, self._now_ms()) for each in self._box.all())
        await self._entering.look_again(self._state, found)

    async def propose(self, kind: str, body: Mapping[str, object]) -> ProposalView:
        """Draft a change; sign it if this officer may. Malformed, Refused: what the rules say against it, or this console's nodes
        against what it enters, nothing kept; Unavailable where such a node does not answer."""
        found = self._drafted(kind, body)
        await self._entering.look(self._state, found.proposal.event)
        data = found.proposal.serialise()
        if Holder(HolderKind.OFFICER, self._author.id) in found.missing:
            await self._looked_at(found.proposal)
            data = await proposals.sign(self._state, data, self._author, self._now_ms())
        return self._view(self._box.take_in(data))

    def draft(self, kind: str, body: Mapping[str, object]) -> ProposalView:
        """Keep a draft of what somebody else worded: it is signed once this officer has read what it does. Raises as `propose`."""
        return self._view(self._box.take_in(self._drafted(kind, body).proposal.serialise()))

    def _drafted(self, kind: str, body: Mapping[str, object]) -> Examined:
        full = proposals.completed(body) if kind == "roster.changed" else body
        proposal = proposals.parse(proposals.draft(self._scribe, kind, full))
        found = proposals.examine(self._state, proposal, self._now_ms())
        proposals.require_open(found)
        if not found.differences:
            raise Refused("desk.proposal-empty")
        return found

    async def propose_suspension(self, lei: str, *, suspended: bool) -> ProposalView:
        """Propose that a participant is suspended, or no longer."""
        return await self.propose(
            "roster.changed", common_changes.suspended(self._state.roster, lei, suspended=suspended)
        )

    async def propose_certification(self, lei: str, until: str) -> ProposalView:
        """Propose that a participant is certified until another day. Malformed: the day."""
        return await self.propose("roster.changed", common_changes.certified(self._state.roster, lei, until))

    async def propose_withdrawal(self, kid: str) -> ProposalView:
        """Propose that a key (a lost token's) signs nothing any more."""
        return await self.propose("roster.changed", common_changes.without_key(self._state.roster, kid))

    async def propose_number(self, name: str, text: str) -> ProposalView:
        """Propose a policy with one number altered. Malformed("desk.not-a-number")."""
        return await self.propose("policy.adopted", common_changes.with_number(self._document(), name, text))

    def propose_file(self, data: bytes) -> ProposalView:
        """A file: a `.proposal` of another console is taken in, a drafted body becomes one that nobody has signed.

        Who wrote it is not known here: it is read before it is signed. Malformed; Refused.
        """
        found = strict_json.parse(data, limit=jose.LIMIT)
        if isinstance(found, dict) and "signatures" in found:
            return self.take_in(data)
        if isinstance(found, dict) and "minimum_notional_usd" in found:
            return self.draft("policy.adopted", {"policy": found})
        if isinstance(found, dict) and found and set(found) <= {*proposals.ENTRIES, *proposals.BESIDE}:
            return self.draft("roster.changed", found)
        raise Malformed("desk.no-change-in-file")

    def numbers(self) -> tuple[tuple[str, str], ...]:
        """The numbers of the policy in force that can be proposed one by one; "" where it sets none."""
        if self._state.policy is None:
            return ()
        found = self._document()
        return tuple((name, common_changes.number(found, name)) for name in common_changes.NUMBERS)

    def _document(self) -> dict[str, object]:
        self._state.adopted()
        return common_changes.document(self._replica.record(self._state.policy_index).event)

    async def sign(self, id: str) -> ProposalView:
        """Sign a proposal that is kept here. Refused: why it is stale, "desk.proposal-not-yours", "desk.proposal-unknown".

        What names transactions is looked at first (`deeds.Look`), and what it enters (`entering`): raises what stands against them.
        """
        proposal = self._box.get(id)
        proposals.require_signable(proposals.examine(self._state, proposal, self._now_ms()), self._author.id)
        await self._entering.look(self._state, proposal.event)
        await self._looked_at(proposal)
        data = proposal.serialise()
        return self._view(self._box.take_in(await proposals.sign(self._state, data, self._author, self._now_ms())))

    def take_in(self, data: bytes) -> ProposalView:
        """A `.proposal` file from another console, with good signatures only. Malformed; Refused.

        It is held against the state together with the signatures that are known here: joined they must be good as well.
        """
        new = proposals.parse(data)
        for each in (new, self._box.joined(new)):
            proposals.require_open(proposals.examine(self._state, each, self._now_ms()))
        return self._view(self._box.take_in(data))

    def export(self, id: str) -> bytes:
        """The `.proposal` file to hand on. Refused("desk.proposal-unknown")."""
        return self._box.get(id).serialise()

    def withdraw(self, id: str) -> None:
        """Forget a proposal here, for good. Refused("desk.proposal-unknown")."""
        self._box.withdraw(id)

    async def append(self, id: str) -> Receipt:
        """Give a complete proposal to the desk. Refused: "desk.proposal-incomplete", why it is stale, what the desk says."""
        proposal = self._box.get(id)
        found = proposals.examine(self._state, proposal, self._now_ms())
        proposals.require_open(found)
        if not found.complete:
            raise Refused("desk.proposal-incomplete", signed=len(found.signed), wanted=found.wanted)
        receipt = await self._mailbox.submit(proposal.serialise())
        self._box.drop(id)
        return receipt

    async def _looked_at(self, proposal: Proposal) -> None:
        """Refused("desk.proposal-unseen") where this console has nothing to look at the bytes with."""
        if not proposals.names_transactions(proposal):
            return
        if self._look is None:
            raise Refused("desk.proposal-unseen", type=proposal.event.type)
        await self._look(proposal.event)

    def _view(self, proposal: Proposal) -> ProposalView:
        found = proposals.examine(self._state, proposal, self._now_ms())
        if found.differences:
            found = replace(found, differences=(*found.differences, *self._read(proposal.event)))
        found = self._entering.joined(self._state, found)
        return pages.proposal(self._state, found, self._author.id)
