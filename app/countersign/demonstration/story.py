"""The story, step by step: from a signed contract to two finished transactions, every step by a named person.

A step is one coroutine; the headless run plays all of them, the window plays officer A's by hand and the others' on
*Next step*. Nothing advances by itself.
"""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from countersign.demonstration import cast, papers
from countersign.demonstration.market import Market
from countersign.demonstration.stage import Bearer, Stage
from countersign.desk import ceremonies, ceremony, deals, drill, founding, preparing, releasing
from countersign.desk.author import Author
from countersign.desk.console import OfficerConsole
from countersign.desk.deals import Sale, Side
from countersign.desk.ports import AskSecret
from countersign.desk.views import Finding, ReviewView
from countersign.errors import CountersignError, Refused, Unavailable

Step = Callable[[], Awaitable[None]]
LOOKS = 3


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something refused in front of the officer: its item name, the bytes, the verdict's findings, the log index."""

    item: str
    file: str
    data: bytes
    findings: tuple[Finding, ...]
    index: int


async def _unwatched(_moment: str) -> None:
    """Nobody looks."""


@dataclass(slots=True)
class Story:
    """One play. `folder` receives frames and USB files; what was made is remembered for the output."""

    stage: Stage
    folder: Path
    people: Mapping[str, Bearer] = field(default_factory=dict)
    officer: OfficerConsole | None = None
    sold: Sale | None = None
    contract: str = ""
    contract_file: bytes = b""
    refusals: list[Refusal] = field(default_factory=list)
    frames: dict[str, Mapping[str, object]] = field(default_factory=dict)
    repeated: Mapping[str, object] = field(default_factory=dict)
    other_envelope_refused: str = ""
    books: tuple[releasing.Book, ...] = ()
    watch: Callable[[str], Awaitable[None]] = _unwatched
    market: Market | None = None
    busy: bool = False

    @property
    def steps(self) -> tuple[tuple[str, str, Step], ...]:
        """(who acts, what happens: a ui string's key, the step)."""
        return (
            ("everybody", "step-found", self.found),
            ("operations", "step-contract", self.agree),
            ("operations", "step-prepare", self.prepare),
            ("officer-a", "step-drill", self.drill),
            ("officer-a", "step-sign", self.sign),
            ("officer-c", "step-qr", self.cross_by_qr),
            ("officer-c", "step-usb", self.cross_by_usb),
            ("operations", "step-release", self.release),
            ("everybody", "step-final", self.finish),
            ("everybody", "step-market", self.open_market),
            ("operations", "step-cycle", self.close_cycle),
            ("officer-a", "step-batch", self.sign_cycle),
            ("operations", "step-delivery", self.settle_cycle),
        )

    @property
    def cycle(self) -> str:
        """The cycle that settles the contract (gross: a cycle of one)."""
        return f"cycle-{self.contract[:16]}"

    @property
    def reached(self) -> str:
        """Where the settlement stands on the desk."""
        return self.stage.desk.state.contract(self.contract).state.value

    def signed_by(self, officer: str) -> set[str]:
        """The kinds of instruction that an officer has signed."""
        desk = self.stage.desk
        live = desk.state.live(desk.state.cycle(self.cycle))
        return {each.group.kind for each in live if officer in {share.officer for share in each.shares}}

    def requested(self, kind: str) -> bool:
        """Whether officer A has made the request of that kind for the cold vault."""
        return self.console().requested(self.live(kind), cast.OFFICER_C.id)

    def console(self) -> OfficerConsole:
        """Officer A's console."""
        if self.officer is None:
            raise Refused("demonstration.not-founded")
        return self.officer

    async def found(self) -> None:
        """The founding ceremony, the policy, prices, deposits; officer A's console and the cold vault are enrolled."""
        labels = cast.vault_labels()
        wanted: dict[str, tuple[str, ...]] = {each.id: () for each in cast.OFFICERS if each is not cast.OFFICER_C}
        market = cast.market_labels()
        wanted |= {each.id: labels + market for each in (cast.OFFICER_A, cast.OFFICER_D)}
        wanted[cast.OFFICER_E.id] = market
        wanted |= {each.token: () for each in cast.TRADERS}
        self.people = await self.stage.tokens(wanted)
        cold = await self.stage.vault.ceremony(labels)
        desk, administrators = self.stage.desk, [self._author("compliance"), self._author("officer-d")]
        await founding.found(
            desk,
            administrators,
            self.founding_body(cold),
        )
        await founding.adopt_policy(desk, administrators, self.policy())
        await ceremonies.founded(desk, administrators, self.stage.anchor)
        await founding.publish_price(desk, cast.BTC, "80000", "Northgate reference")
        await founding.publish_price(desk, self.stage.outside.token(), "1", "Northgate reference")
        await self._deposit()
        self.officer = await self.stage.console(cast.OFFICER_A.id, self.people[cast.OFFICER_A.id])
        await self.officer.synchronise()
        await self.stage.vault.enrol(desk, self.stage.anchor)
        await ceremonies.enrolled(desk, administrators, self.stage.anchor)
        await self.stage.vault.confirm_clock()

    def founding_body(self, cold: ceremony.Keyring) -> dict[str, object]:
        """The body of `desk.founded`, with the cold vault operator's keys."""
        return papers.founding(self.stage, {name: each.ring for name, each in self.people.items()}, cold)

    def policy(self) -> dict[str, object]:
        """The first policy."""
        return papers.policy(self.stage.witness_keys)

    async def _deposit(self) -> None:
        desk, operations = self.stage.desk, self._author("operations")
        roster = desk.state.roster
        for slot, satoshis in enumerate(cast.DEPOSITS):
            entry = roster.vaults[cast.SELLER.coins]
            self.stage.outside.pay_coins(ceremony.registered_address(entry, slot), satoshis)
        await founding.credit_coins(desk, operations, cast.SELLER.coins, cast.BTC)
        safe = ceremony.registered_address(roster.vaults[cast.BUYER.safe], 0)
        reference = self.stage.outside.pay_tokens(safe, cast.TOKENS)
        token = self.stage.outside.token()
        await founding.credit_payment(desk, operations, cast.BUYER.safe, token, reference)

    async def agree(self) -> None:
        """The contract arrives signed by both parties; it is checked, logged, endorsed; both holds are placed."""
        desk = self.stage.desk
        parties = [self._author(each.token) for each in cast.PARTICIPANTS]
        self.sold = self.sale("MH-2026-0001")
        self.contract_file = await deals.sign_contract(deals.spot_terms(cast.ORIGIN, self.sold), parties)
        found, _ = await deals.import_contract(desk, self._author("operations"), self.contract_file)
        self.contract = found.hash
        await desk.put_artefact(self.stage.legal_text)
        await deals.endorse(desk, self._author("compliance"), self.contract)
        await deals.place_holds(desk, self.contract)
        await deals.close_cycle(desk, self.cycle, [self.contract])

    def sale(self, name: str) -> Sale:
        """The sale that both institutions sign."""
        now = self.stage.clock.now_ms() // 1000
        destinations = {
            (place.owner.lei, account.split(":", 1)[0]): account
            for account, place in self.stage.desk.state.roster.destinations.items()
            if place.owner.book == "main"
        }
        token = self.stage.outside.token()
        return Sale(
            id=name,
            custodian=cast.NORTHGATE,
            first=Side(cast.SELLER.lei, cast.BTC, cast.SOLD, destinations[cast.BUYER.lei, "bip122"]),
            second=Side(cast.BUYER.lei, token, cast.PAID, destinations[cast.SELLER.lei, "eip155"]),
            usd=20_000_000,
            price="80000",
            source="Northgate reference",
            fee_cap=cast.FEE_CAP,
            confirmations=cast.CONFIRMATIONS,
            not_before=now - 3600,
            settle_by=now + 36 * 3600,
            legal_text=self.stage.legal_text,
        )

    async def prepare(self) -> None:
        """Two instructions are prepared: one PSBT with three inputs, one Safe transaction. Officer A's console takes them in."""
        await preparing.prepare(self.stage.desk, self._author("operations"), self.cycle, rate=cast.RATE)
        await self.console().synchronise()

    async def drill(self, ask: AskSecret | None = None) -> None:
        """Three things are refused by named checks; the refusals are signed and logged. `ask` is asked if the token is locked."""
        officer = self.console()
        token = (await officer.strip()).token
        if token is None or not token.unlocked:
            await officer.unlock(ask or self.stage.ask_pin)
        psbt, safe_tx = self._artefact("psbt"), self._artefact("safe-tx")
        sold = self.sold or self.sale("MH-2026-0001")
        parties = [self._author(each.token) for each in cast.PARTICIPANTS]
        never_logged = replace(sold, id="MH-2026-0002")
        unlogged = await deals.sign_contract(deals.spot_terms(cast.ORIGIN, never_logged), parties)
        for item, file, kind, data in (
            ("altered-psbt", "altered.psbt", "psbt", drill.altered_recipient(psbt, sold.first.destination)),
            ("delegatecall", "delegatecall.json", "safe-tx", drill.delegate_call(safe_tx)),
            ("unlogged-contract", "unlogged.json", "contract", unlogged),
        ):
            verdict, receipt = await officer.refuse_file(kind, data, self.contract, f"refused in the drill: {item}")
            self.refusals.append(Refusal(item, file, data, verdict.against, receipt.index))

    async def sign(self) -> None:
        """Officer A reviews, proves and signs both instructions with token A."""
        officer = self.console()
        await officer.unlock(self.stage.ask_pin)
        for each in await officer.to_sign(self.contract):
            await officer.sign(each.instruction.instruction, _silent)

    async def attest(self) -> None:
        """Conrad Lake and Dora Finch attest, each from their own console, that nothing revokes the settlement."""
        consoles = [
            await self.stage.console(each.id, self.people[each.id]) for each in (cast.COMPLIANCE, cast.OFFICER_D)
        ]
        for each in consoles:
            await each.synchronise()
        state = self.stage.desk.state
        instruction = state.live(state.cycle(state.contract(self.contract).cycle or ""))[0].hash
        await consoles[1].join_attestation(await consoles[0].attest(instruction))
        await self.console().synchronise()

    @property
    def attested(self) -> bool:
        """Whether two officers have attested the settlement for the QR crossing."""
        return self.cycle in self.stage.desk.state.attestations

    async def cross_by_qr(self) -> None:
        """Two officers attest; the Bitcoin request crosses by animated QR pictures, a fifth of them lost, and back."""
        await self.attest()
        await self.film()
        returned = sorted((self.folder / "frames").glob("answer-*.png"))
        await filmed(lambda seen: self.console().take_pictures(seen, _silent), returned, seed=2)

    async def film(self) -> None:
        """The vault operator films officer A's screen, verifies, signs, and shows the answer as pictures."""
        officer, vault, frames = self.console(), self.stage.vault, self.folder / "frames"
        frames.mkdir(parents=True, exist_ok=True)
        request = await officer.request_frames(self.live("psbt"))
        pictures = self.stage.pictures.write(frames, "request", request)
        self.frames["request"] = await officer.request_facts(self.live("psbt"))
        await filmed(vault.take_pictures, [*pictures], seed=1)
        await self.watch("vault")
        await vault.sign()
        answer = await vault.answer_pictures(frames)
        self.frames["answer"] = {"ur_type": answer["ur_type"], "sha256": answer["sha256"]}

    async def cross_by_usb(self) -> None:
        """The Ethereum request crosses by USB file; inserted again it is answered from the record; another envelope is refused."""
        self.stick.mkdir(parents=True, exist_ok=True)
        request = await self.console().request_to_usb(self.live("safe-tx"), self.stick)
        await self.console().take_from_usb(await self.insert(request))

    @property
    def stick(self) -> Path:
        """The removable drive."""
        return self.folder / "usb"

    async def insert(self, request: Path) -> Path:
        """The vault operator inserts the request, verifies, signs and writes the answer; then tries the two replays of T1."""
        vault = self.stage.vault
        await vault.take_from_usb(request)
        await vault.sign()
        answer = await vault.answer_to_usb(self.stick)
        self.repeated = await vault.take_from_usb(request)
        forged = await drill.same_sequence(request.read_bytes(), self._author(cast.OFFICER_A.id))
        other = self.folder / "other.countersign"
        other.write_bytes(forged)
        try:
            await vault.take_from_usb(other)
        except CountersignError as refused:
            self.other_envelope_refused = refused.code
        finally:
            other.unlink()
        return answer

    async def release(self) -> None:
        """Maker and checker release both transactions together; both are broadcast."""
        desk = self.stage.desk
        release = await releasing.make_release(desk, self.cycle, self._author("operations"), "compliance")
        await releasing.check_release(desk, release, self._author("compliance"))
        await releasing.broadcast(desk, self.cycle, self._author("operations"))

    async def finish(self) -> None:
        """Observed on both chains, confirmed by both parties, final; the books balance."""
        desk = self.stage.desk
        await releasing.observe(desk, self.cycle, self._author("operations"))
        for each in cast.PARTICIPANTS:
            await releasing.confirm_delivery(desk, self.contract, self._author(each.token))
        await releasing.make_final(desk, self.cycle)
        await self.console().synchronise()
        self.books = await releasing.books(desk, (cast.BTC, self.stage.outside.token()))
        for book in self.books:
            if book.ledger != book.chain:
                raise Refused("demonstration.books", vault=book.vault, ledger=book.ledger, chain=book.chain)

    async def open_market(self) -> None:
        """Five institutions trade forty contracts; one lends, one disputes."""
        self.market = Market(self.stage, self.people, self.console(), busy=self.busy)
        await self.market.open()

    async def close_cycle(self) -> None:
        """The cut-off: one contract is short, one stands still, the others are netted and prepared."""
        await self._market().close()

    async def sign_cycle(self) -> None:
        """Officers A and E sign every transaction of the netted cycle."""
        await self.console().unlock(self.stage.ask_pin)
        await self._market().sign_as_a()
        await self._market().sign_as_e()

    async def settle_cycle(self) -> None:
        """The netted cycle is released, observed, final; the books balance. What waits for a block is lifted first."""
        market = self._market()
        await market.settle()
        if market.waiting:
            await market.lift()
            await self.sign_cycle()
            await market.settle()

    def _market(self) -> Market:
        if self.market is None:
            raise Refused("demonstration.not-founded")
        return self.market

    async def review(self) -> ReviewView:
        """Officer A's review of the settlement."""
        return await self.console().review(self.contract)

    def _author(self, who: str) -> Author:
        return self.people[who].author

    def _artefact(self, kind: str) -> bytes:
        desk = self.stage.desk
        return desk.artefacts.get(bytes.fromhex(desk.state.instruction(self.live(kind)).artefact))

    def logged_at(self) -> int:
        """The log index of the contract's `contract.affirmed`."""
        return self.stage.desk.state.contract(self.contract).causes["agreed"]

    def live(self, kind: str) -> str:
        """The event hash of the cycle's live instruction of a kind."""
        desk = self.stage.desk
        (found,) = [each for each in desk.state.live(desk.state.cycle(self.cycle)) if each.group.kind == kind]
        return found.hash


async def filmed(take: Callable[[list[Path]], Awaitable[object]], pictures: list[Path], *, seed: int) -> None:
    """Hold a camera to an animation; where too much of it was lost (once in a thousand times), longer, losing other parts."""
    for further in range(LOOKS - 1):
        try:
            await take(lossy(pictures, seed=seed + 100 * further))
        except Unavailable as missed:
            if missed.code != "desk.frames-missing":
                raise
        else:
            return
    await take(lossy(pictures, seed=seed + 100 * LOOKS))


def lossy(pictures: list[Path], *, seed: int) -> list[Path]:
    """What a camera sees of an animation: a fifth dropped, a tenth repeated, the rest shuffled."""
    chance = random.Random(seed)
    kept = chance.sample(pictures, len(pictures) - len(pictures) // 5)
    kept += chance.sample(kept, max(1, len(kept) // 10))
    chance.shuffle(kept)
    return kept


def _silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""
