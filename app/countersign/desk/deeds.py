"""What two officers do to settlements: stop them by order, end or replace what was signed, release, award.

- Each is a proposal: drafted and signed here, carried to another console, looked at and signed there, then logged. None
  takes effect before its place in the log.
- Whoever signs second looks for themselves: a void's or replacement's bytes are read back (`declaring`), and before a
  release every transaction is finished again from the logged shares and tried at this console's own nodes (`releasing`).
- An award takes one step more: its terms bear both officers' signatures before the event that makes it is drafted.

    view = await deeds.freeze("HC-2026-114", Scope("book", lei, "main"), paper, "By order of the court.")
    await elsewhere.governance.sign(view.id)
"""

from collections.abc import Iterable, Mapping

from countersign.desk import awards, declaring, deed_pages, parcels, preparing, releasing, stopping
from countersign.desk.author import Author
from countersign.desk.deed_views import Offer, OrderView, TargetView, Way
from countersign.desk.governance import Governance
from countersign.desk.governance_views import ProposalView
from countersign.desk.workplace import AtConsole, fetch_cycle
from countersign.errors import Refused
from countersign.keys import jws as jose
from countersign.rails import owner_change
from countersign.settlement import builder
from countersign.settlement.bodies import InstructionPrepared, ReleaseAuthorised
from countersign.settlement.events import Event
from countersign.settlement.governance_bodies import OwnersOrdered
from countersign.settlement.records import Instruction
from countersign.settlement.stop_bodies import Scope


class Look:
    """What a console does before it signs a proposal that concerns transactions: it reads the bytes for itself.

    Of a release it reads back what every transaction pays, and to whom, and finishes it: the words come from the log alone.
    """

    def __init__(self, place: AtConsole) -> None:
        self._place = place

    async def __call__(self, event: Event) -> None:
        """Nothing stands against signing. Refused("desk.not-declared"), what `releasing` refuses; Unavailable without node."""
        match event.body:
            case InstructionPrepared() as body:
                known = self._place.state.instructions.values()  # where their changes go
                await self._place.fetch(
                    [body.artefact, *(each.artefact for each in known if each.group.kind == "psbt")]
                )
                declaring.require_honest(self._place, event)
            case OwnersOrdered() as body:
                await self._place.fetch([body.artefact])
                data = self._place.artefacts.get(bytes.fromhex(body.artefact))
                owner_change.held_against(self._place.state, body, data)
            case ReleaseAuthorised() as body:
                await fetch_cycle(self._place, body.cycle)
                for each in body.instructions:
                    declaring.require_as_said(self._place, self._place.state.instruction(each))
                await releasing.finish_all(self._place, body.cycle)


class Deeds:
    """One officer's console, as far as settlements need two officers."""

    def __init__(self, place: AtConsole, author: Author, governance: Governance) -> None:
        self._place = place
        self._author = author
        self._governance = governance

    async def freeze(self, order: str, scope: Scope, paper: bytes, reason: str) -> ProposalView:
        """Propose that an order stops what it names; its paper is kept here and at the desk. Malformed; Refused."""
        return await self._with_paper("freeze.ordered", stopping.ordered_body(order, scope, paper, reason), paper)

    async def lift(self, order: str, paper: bytes, reason: str) -> ProposalView:
        """Propose that an order stops nothing any more, by the paper that says so. Malformed; Refused."""
        return await self._with_paper("freeze.lifted", stopping.lifted_body(order, paper, reason), paper)

    async def consent(self, contract: str, rate: int) -> tuple[ProposalView, ...]:
        """Propose the Bitcoin instructions that the contract's cycle lacks, at a fee that wants two officers (B9).

        Raises as `preparing.bodies`; Refused("desk.no-cycle"), "desk.nothing-to-prepare".
        """
        cycle = self._cycle(contract)
        await self._place.fetch(self._artefacts(self._place.state.instructions.values()))
        bodies = await preparing.bodies(self._place, cycle, rate=rate)
        paying = [each for each in bodies if each["kind"] == "psbt"]
        if not paying:
            raise Refused("desk.nothing-to-prepare", cycle=cycle)
        return tuple([await self._governance.propose("instruction.prepared", body) for body in paying])

    async def void(self, contract: str, rate: int) -> tuple[ProposalView, ...]:
        """Propose a void of every instruction of the contract's cycle that has shares; `rate` in satoshis a vbyte.

        Raises as `declaring.void_bodies`; Refused("desk.no-cycle").
        """
        cycle = self._cycle(contract)
        await self._place.fetch(self._artefacts(self._place.state.instructions.values()))
        bodies = await declaring.void_bodies(self._place, cycle, rate=rate)
        return tuple([await self._governance.propose("instruction.prepared", body) for body in bodies])

    async def replace(self, instruction: str, rate: int) -> ProposalView:
        """Propose a Bitcoin instruction's replacement with a higher fee. Raises as `declaring.replacement_body`."""
        await self._place.fetch(self._artefacts(self._place.state.instructions.values()))
        body = await declaring.replacement_body(self._place, instruction, rate=rate)
        return await self._governance.propose("instruction.prepared", body)

    async def child(self, instruction: str, rate: int) -> ProposalView:
        """Propose a child of a Bitcoin instruction that waits for a block, so that both pay the rate. Raises as
        `declaring.child_body`."""
        await self._place.fetch(self._artefacts(self._place.state.instructions.values()))
        body = await declaring.child_body(self._place, instruction, rate=rate)
        return await self._governance.propose("instruction.prepared", body)

    async def release(self, contract: str, checker: str) -> ProposalView:
        """Propose the release of the contract's cycle as its maker; `checker` (an officer's id) signs second.

        Raises as `releasing.release_body`; Refused("desk.no-cycle").
        """
        cycle = self._cycle(contract)
        await fetch_cycle(self._place, cycle)
        body = await releasing.release_body(self._place, cycle, self._author.id, checker)
        return await self._governance.propose("release.authorised", body)

    async def ways(self, contract: str) -> tuple[Way, ...]:
        """How the legs of several Safes on one chain would go out: in one call, or why not. Raises as the nodes do."""
        cycle = self._cycle(contract)
        await fetch_cycle(self._place, cycle)
        state = self._place.state
        unsent = [each for each in state.live(state.cycle(cycle)) if each.transaction is None]
        whole = [each for each in unsent if each.group.kind == "safe-tx" and state.missing(each) == 0]
        finished = [parcels.finish(self._place, each) for each in whole]
        return parcels.ways(await parcels.parcels(self._place, finished))

    def checkers(self) -> tuple[tuple[str, str], ...]:
        """Who may check a release that this officer makes: id and name, by name."""
        return deed_pages.checkers(self._place.state, self._author.id)

    def offers(self, contract: str) -> tuple[Offer, ...]:
        """What may be proposed about a contract now. Refused("settlement.unknown-contract")."""
        now_ms = self._governance.now() * 1_000
        return deed_pages.offers(self._place.state, contract, self._author.id, self._place.scribe, now_ms)

    def orders(self) -> tuple[OrderView, ...]:
        """Every order that stops something, or did."""
        state = self._place.state
        found = {index: self._place.archive.record(index).time_ms // 1_000 for index in deed_pages.entries_of(state)}
        return deed_pages.orders(state, found)

    def targets(self) -> tuple[TargetView, ...]:
        """What an order may name."""
        return deed_pages.targets(self._place.state)

    async def award(self, terms: bytes, ruling: bytes) -> bytes | ProposalView:
        """Sign an award's terms. The first officer gets the signed terms, to hand on; the second the drafted event.

        A file says what the terms are: nobody signs the event before they have read here what it does.
        Malformed; Refused: what `awards.signed_terms` raises, what the rules say against it.
        """
        state = self._place.state
        signed = await awards.signed_terms(state, terms, ruling, self._author, self._governance.now())
        if not awards.whole(state, signed):
            return jose.serialise(signed.jws)
        view = self._governance.draft("award.made", builder.contract_body(signed))
        await self._place.put_artefact(ruling)
        return view

    def _cycle(self, contract: str) -> str:
        cycle = self._place.state.contract(contract).cycle
        if cycle is None:
            raise Refused("desk.no-cycle", contract=contract)
        return cycle

    async def _with_paper(self, kind: str, body: Mapping[str, object], paper: bytes) -> ProposalView:
        view = await self._governance.propose(kind, body)
        await self._place.put_artefact(paper)
        return view

    @staticmethod
    def _artefacts(instructions: Iterable[Instruction]) -> list[str]:
        return [each.artefact for each in instructions if each.group.kind == "psbt"]
