"""A signing officer's console: what the window and the headless story ask of the machine the officer sits at.

With `carrying.Carrying` it satisfies `surfaces.OfficerConsole`. Everything shown is made from this machine's own replica; the
desk is asked only for what is new and given only what is signed. One officer, one token, one profile.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256

from countersign.desk import cases, endorsing, history, legal_text, logbook, pages, reporting, rows, signing, telling
from countersign.desk.accounts import Overview, overview
from countersign.desk.author import Scribe, signed
from countersign.desk.cases import Basis, Circumstances
from countersign.desk.cut_off_view import CutOffView, cut_off_view
from countersign.desk.earlier_payments import PaidReader
from countersign.desk.evidence import written
from countersign.desk.history import HistoryView
from countersign.desk.judging import Judging
from countersign.desk.legal_text import LegalText
from countersign.desk.own_keys import gave_all
from countersign.desk.own_keys import waiting as keys_waiting
from countersign.desk.ports import Artefacts, AskSecret, Clock, Mailbox, Receipt
from countersign.desk.refusing import CONTRACT, INSTRUCTION, of_officer, refusal_body
from countersign.desk.replica import Replica
from countersign.desk.report_file import Claim
from countersign.desk.reporting import Ground
from countersign.desk.row import can_sign
from countersign.desk.safe_reader import SafeReader
from countersign.desk.shown import demand_shown
from countersign.desk.signing import Hand, Progress
from countersign.desk.signing_view import signing_view
from countersign.desk.statement import Span, Statement
from countersign.desk.stating import of_replica
from countersign.desk.telling import Story
from countersign.desk.views import (
    Checked,
    DeskView,
    EvidenceView,
    InstructionView,
    KeptLegalText,
    LogView,
    ProofView,
    ReviewView,
    SignView,
    StripView,
    TokenView,
)
from countersign.desk.vouching import Nodes
from countersign.errors import Refused, Unavailable
from countersign.review import checks
from countersign.review.case import Case, ContractFacts, Mode, SignerFacts
from countersign.review.finding import Finding, Verdict
from countersign.settlement import contract as contracts
from countersign.settlement.contract import Contract
from countersign.settlement.ledger import Account
from countersign.settlement.records import ContractState, Instruction

Fetch = Callable[[bytes], Awaitable[bytes]]
"""An artefact by its SHA-256. Raises `Unavailable`."""
_BREATH = 64
"""So many artefacts are looked for before others may go on."""


class Officer:
    """The console of one officer."""

    def __init__(
        self, replica: Replica, mailbox: Mailbox, hand: Hand, clock: Clock, scribe: Scribe, nodes: Nodes | None = None
    ) -> None:
        self.replica = replica
        self._safes = SafeReader(nodes or Nodes())
        self._paid = PaidReader(nodes or Nodes(), replica.profile)
        self.hand = hand
        self._mailbox = mailbox
        self._clock = clock
        self._scribe = scribe
        self._reachable = False
        self._held: set[str] = set()
        self._rows = rows.Rows(hand.officer, self._moment_of)
        self._judging = Judging(replica, self._case_at_hand)
        self._histories = history.Histories()
        self._looking, self._telling = asyncio.Lock(), asyncio.Lock()

    async def synchronise(self) -> None:
        """Take in and prove what the desk has logged since."""
        self._reachable = False
        await self.replica.take_in(self._mailbox)
        wanted = [
            each for each in dict.fromkeys(await asyncio.to_thread(self._named_artefacts)) if each not in self._held
        ]
        for number, digest in enumerate(wanted):
            if number % _BREATH == 0:
                await asyncio.sleep(0)  # the store answers at once, and there may be a hundred thousand
            await self._fetch(digest)
        self._reachable = True

    async def strip(self) -> StripView:
        """The top strip."""
        return await logbook.strip_view(self.replica, self.hand, self._reachable)

    async def desk(self, begun: Callable[[DeskView], None] = lambda _: None) -> DeskView:
        """Every settlement. Where much is to be counted `begun` is given the same view before, without its totals.

        Nothing is judged for it: `checked` is asked for the rows that somebody looks at.
        """
        async with self._looking:
            state = self.replica.state
            now = max(self._moment().now, state.time_ms // 1_000)
            view = await asyncio.to_thread(self._rows.view, state, now)
            if view.totals is None:
                begun(view)
                view = await asyncio.to_thread(self._rows.counted)
            return view

    async def checked(self, contracts: Sequence[str], size: int) -> Mapping[str, Checked]:
        """What all checks say now of these contracts' instructions. Nothing where `size` entries is not the log of now."""
        self._safes.begin()
        self._paid.begin()
        return await self._judging.checked(contracts, size)

    async def cut_off(self) -> CutOffView:
        """What the next cut-off would close and save, who lacks what for it, what blocks."""
        state = self.replica.state
        now = max(self._moment().now, state.time_ms // 1_000)
        return await asyncio.to_thread(cut_off_view, state, now, self._moment_of)

    async def accounts(self) -> Overview:
        """Every account of the ledger, what crossed its border, what the custodian owes."""
        return await asyncio.to_thread(overview, self.replica.state, self._moment_of)

    async def statement(self, account: Account, span: Span, progress: Progress) -> Statement:
        """What happened to one account over a span of days. Refused as `stating.of_replica`."""
        return await of_replica(self.replica, account, span, progress)

    async def history(self) -> HistoryView:
        """Every settlement, and what they add up to."""
        async with self._telling:
            return await asyncio.to_thread(self._histories.view, self.replica.state, self._moment_of)

    async def story(self, contract: str) -> Story:
        """One settlement, entry by entry."""
        return telling.story(self.replica.state, self.replica.record, contract, self._moment().now)

    async def report_ground(self, contract: str) -> Ground:
        """What a report of the history tells, one settlement in full (empty: none). Unavailable("desk.nothing-pinned")."""
        return reporting.ground(self.replica, self.hand.officer, contract, self._moment().now)

    async def evidence(self, contract: str) -> EvidenceView:
        """The evidence pack of one settlement. Raises as `evidence.written`."""
        return await written(self.replica, contract)

    async def sign_report(self, claim: Claim) -> bytes:
        """The signature file beside a report. Raises as `reporting.sign`."""
        return await reporting.sign(self.replica, self.hand, claim)

    async def review(self, contract: str) -> ReviewView:
        """One settlement, every check run now."""
        moment = self._moment()
        found = cases.basis(self.replica, (contract,))
        shown = []
        for instruction in self._live(contract):
            basis, case, data = await self._instruction_case(instruction)
            mine = gave_all(self.replica.state, self.hand.officer, instruction)
            parts = (basis, self.replica.profile, instruction, data, case, mine)
            shown.append(await asyncio.to_thread(pages.instruction_view, *parts))
        index = found.state.contract(contract).cause(ContractState.AGREED)
        proof = pages.proof_view(self.replica, index) if index is not None else None
        view = pages.review_view(found, self.replica.profile, contract, moment, shown, proof)
        endorse, decline = endorsing.wanted(self.replica.state, contract, self.hand.officer)
        text = await asyncio.to_thread(legal_text.view, *self._legal_text(contract))
        return replace(view, legal_text=text, may_endorse=endorse, may_decline=decline)

    async def endorse(self, contract: str) -> None:
        """The custodian's compliance has no objection. Refused: what the rules say against it."""
        await self._log(self._scribe.draft("contract.endorsed", {"contract": contract}))

    async def decline(self, contract: str, reason: str) -> None:
        """The custodian's compliance declines a contract, with its reason. Refused: what the rules say against it."""
        await self._log(self._scribe.draft("contract.declined", {"contract": contract, "reason": reason}))

    async def _log(self, draft: bytes) -> None:
        await self._mailbox.submit(await signed(draft, [self.hand.author]))
        await self.synchronise()

    async def legal_text(self, contract: str) -> LegalText:
        """The legal text that the contract names, its hash checked. Raises as `legal_text.read`."""
        return await asyncio.to_thread(legal_text.read, *self._legal_text(contract))

    async def keep_legal_text(self, data: bytes) -> KeptLegalText:
        """Keep bytes that are a logged contract's legal text, here and at the desk if it can be reached. Raises as
        `legal_text.contracts_of`."""
        named = legal_text.contracts_of(self.replica.state, data)
        await asyncio.to_thread(self.replica.profile.artefacts.put, data)
        try:
            await self._mailbox.put_artefact(data)
        except Unavailable:
            return KeptLegalText(named, given=False)
        return KeptLegalText(named, given=True)

    async def to_sign(self, contract: str) -> Sequence[SignView]:
        """The instructions that this officer's key can still sign."""
        token = await signing.token_view(self.hand.token, self._name)
        review = await self.review(contract)
        found = [(each, self.replica.state.instruction(each.instruction)) for each in review.instructions]
        known = [each for each, it in found if can_sign(self.replica.state, it, self.hand.officer)]
        return [await asyncio.to_thread(signing_view, self.replica, self.hand.officer, each, token) for each in known]

    async def unlock(self, ask: AskSecret, *, last_try: bool = False) -> TokenView:
        """Log in to the token; asked once, never retried."""
        await signing.unlock(self.hand, ask, last_try=last_try)
        return await signing.token_view(self.hand.token, self._name)

    async def lock(self) -> TokenView:
        """Log out of the token."""
        await signing.lock(self.hand)
        return await signing.token_view(self.hand.token, self._name)

    async def sign(self, instruction: str, progress: Progress, shown: InstructionView | None = None) -> ReviewView:
        """Take in what was logged since; verify, journal, sign, verify, journal, submit; `shown` as `demand_shown` says. Refused
        with every finding, over the state after all that was waited for: a stop or a policy may have come meanwhile."""
        await self.synchronise()
        asked = self.replica.state.instruction(instruction)
        data, moment = await self._artefact(asked), await self._circumstances(asked)
        known, profile = self.replica.state.instruction(instruction), self.replica.profile
        demand_shown(self.replica.state, known, data, shown)
        found = self._basis(known)
        made = await signing.sign(self.hand, found, known, data, moment, profile, self._scribe, progress)
        await signing.give(self._mailbox, made)
        await self.synchronise()
        return await self.review(found.state.cycles[known.cycle].contracts[0])

    async def refuse(self, contract: str, instruction: str | None, reason: str) -> None:
        """Refuse a logged settlement: its contract (None) or one instruction; signed with what the checks found."""
        if instruction is None:
            record = self.replica.state.contract(contract)
            await self._refuse(CONTRACT, record.terms.serialise(), (of_officer(reason),), reason)
            return
        known = self.replica.state.instruction(instruction)
        _, case, data = await self._instruction_case(known)
        against = checks.verdict(case).against or (of_officer(reason),)
        await self._refuse(INSTRUCTION, data, against, reason)

    async def judge_file(self, kind: str, data: bytes, contract: str | None) -> Verdict:
        """The verdict on bytes that somebody asks this officer to sign: an instruction of a logged settlement, or a contract."""
        return await asyncio.to_thread(checks.verdict, await self._file_case(kind, data, contract))

    async def refuse_file(self, kind: str, data: bytes, contract: str | None, reason: str) -> tuple[Verdict, Receipt]:
        """Judge bytes and, since checks forbid them, sign and log the refusal. Refused("desk.nothing-to-refuse") if none does."""
        verdict = await self.judge_file(kind, data, contract)
        if verdict.may_sign:
            raise Refused("desk.nothing-to-refuse")
        subject = data
        if kind == "contract":
            subject = contracts.parse(data).jws.payload
        name = CONTRACT if kind == "contract" else INSTRUCTION
        return verdict, await self._refuse(name, subject, verdict.against, reason)

    async def log(self) -> LogView:
        """The history."""
        return logbook.log_view(self.replica)

    async def proof(self, index: int) -> ProofView:
        """Where one entry lies."""
        return pages.proof_view(self.replica, index)

    async def verify_everything(self, progress: Progress) -> LogView:
        """Everything again, from the archive."""
        return await logbook.verify_everything(self.replica, progress)

    async def _refuse(self, kind: str, data: bytes, findings: Sequence[Finding], reason: str) -> Receipt:
        draft = self._scribe.draft("instruction.refused", refusal_body(kind, data, findings, reason))
        receipt = await self._mailbox.submit(await signed(draft, [self.hand.author]))
        await self._mailbox.put_artefact(data)
        self.replica.profile.artefacts.put(data)
        await self.synchronise()
        return receipt

    async def _file_case(self, kind: str, data: bytes, contract: str | None) -> Case:
        if kind == "contract":
            named = contracts.parse(data)
            logged = named.hash in self.replica.state.contracts
            basis = cases.basis(self.replica, (named.hash,) if logged else ())
            if not logged:
                basis = _with_stranger(basis, named, data)
            return cases.contract_case(basis, named.hash, self._moment(), self.replica.profile)
        found = [each for each in self._live(contract or "") if each.group.kind == kind]
        if not found:
            raise Refused("desk.no-instruction", kind=kind)
        (instruction,) = found[:1]
        await self._artefact(instruction)
        basis, moment = self._basis(instruction), await self._circumstances(instruction)
        return await signing.signing_case(self.hand, basis, instruction, data, moment, self.replica.profile)

    async def _instruction_case(
        self, instruction: Instruction, fetch: Fetch | None = None
    ) -> tuple[Basis, Case, bytes]:
        """Before this officer's signature the newest state with the token's facts; else as it stands."""
        data = await self._artefact(instruction, fetch)
        moment = await self._circumstances(instruction, once=fetch is not None)
        if not can_sign(self.replica.state, instruction, self.hand.officer):
            return pages.history_or_now(self.replica, instruction, moment)
        found = self._basis(instruction)
        waiting = keys_waiting(found.state, self.hand.officer, instruction)
        if not waiting.token:
            case = signing.device_case(self.hand.officer, found, instruction, data, moment, self.replica.profile)
        elif (await self.hand.token.token()).unlocked:
            case = await signing.signing_case(self.hand, found, instruction, data, moment, self.replica.profile)
        else:
            moment = replace(moment, signer=SignerFacts(self.hand.officer, waiting.token[0].key))
            case = cases.instruction_case(found, instruction, data, moment, self.replica.profile, Mode.SIGN)
        return found, case, data

    async def _case_at_hand(self, instruction: Instruction) -> tuple[Basis, Case, bytes]:
        """The same case, from bytes that are here where they are (the store checks their hash): asked for row after row."""
        return await self._instruction_case(instruction, self._at_hand)

    async def _at_hand(self, digest: bytes) -> bytes:
        try:
            return self.replica.profile.artefacts.get(digest)
        except Unavailable:
            return await self._from_desk(digest)

    async def _from_desk(self, digest: bytes) -> bytes:
        data = await self._mailbox.artefact(digest)
        if sha256(data).digest() != digest:
            raise Refused("desk.artefact-differs", artefact=digest.hex())
        self.replica.profile.artefacts.put(data)
        return data

    async def _artefact(self, instruction: Instruction, fetch: Fetch | None = None) -> bytes:
        """The unsigned bytes; with them come the shares and what it replaces. From the desk if nothing else is said; kept here."""
        fetch = fetch or self._from_desk
        shares = [each.artefact for each in instruction.shares]
        earlier = [each.artefact for each in self.replica.state.around(instruction)]
        for each in (*shares, *earlier):
            await fetch(bytes.fromhex(each))
        return await fetch(bytes.fromhex(instruction.artefact))

    def _legal_text(self, contract: str) -> tuple[Artefacts, str]:
        return self.replica.profile.artefacts, self.replica.state.contract(contract).terms.legal_text_sha256

    def _named_artefacts(self) -> list[str]:
        """What logged events name by SHA-256: unsigned and finished transactions, shares, legal texts, orders."""
        state = self.replica.state
        texts = [record.terms.legal_text_sha256 for record in state.contracts.values()]
        for each in (*state.instructions.values(), *(order.instruction for order in state.orders.values())):
            texts += [
                each.artefact,
                *(share.artefact for share in each.shares),
                *([each.finished] if each.finished else []),
            ]
        for order in (*state.freezes.values(), *state.lifted.values()):
            texts += [order.document_sha256, *([order.lifted_by] if order.lifted_by else [])]
        return texts

    async def _fetch(self, digest: str) -> None:
        """Keep an artefact that the desk has and this profile has not. One that the desk has not is left out; one that was
        found here (a legal text may be long) is not read again to see whether it is still here."""
        try:
            self.replica.profile.artefacts.get(bytes.fromhex(digest))
        except Unavailable:
            with suppress(Unavailable):
                self.replica.profile.artefacts.put(await self._mailbox.artefact(bytes.fromhex(digest)))
        else:
            self._held.add(digest)

    def _moment_of(self, index: int) -> int:
        return self.replica.record(index).time_ms

    @property
    def _name(self) -> str:
        return self.replica.state.roster.officer(self.hand.officer).name

    def _basis(self, instruction: Instruction) -> Basis:
        return cases.basis(self.replica, self.replica.state.cycles[instruction.cycle].contracts)

    def _live(self, contract: str) -> tuple[Instruction, ...]:
        record = self.replica.state.contract(contract)
        if record.cycle is None:
            return ()
        return self.replica.state.under_way(self.replica.state.cycle(record.cycle))

    def _moment(self) -> Circumstances:
        return Circumstances(now=self._clock.now_ms() // 1000, store=cases.store_facts(self.replica.profile))

    async def _circumstances(self, instruction: Instruction, *, once: bool = False) -> Circumstances:
        """The moment, with what this console's own node says now of the Safe that pays and of what was paid before."""
        state = self.replica.state
        seen = await self._safes.look(instruction, state.roster, once=once)
        return replace(self._moment(), safes=seen, paid=await self._paid.look(state, instruction, once=once))


def _with_stranger(found: Basis, contract: Contract, data: bytes) -> Basis:
    """A basis for a contract that is not in the log: its own bytes, and nothing that proves them."""
    facts = ContractFacts(data)
    return Basis(found.state, found.head, {**found.contracts, contract.hash: facts}, found.newest)
