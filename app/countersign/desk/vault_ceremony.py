"""A vault's enrolment at one officer's console: `vault_enrolment`'s steps over chosen files, this seat's token and proposals.

- Each step judges the description anew against the roster of now; nothing between them is believed but the bytes that were read.
- No test leaves for a device, and no PIN is asked for, before the words that the others read were typed (decision 0017).
- Descriptors are derived and signatures verified on a thread: the console goes on.

    view = await ceremony.plan(Wanted(await ceremony.open(file, ""), "m-btc", lei, "main", chain))
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from countersign.bitcoin import bsms_encryption
from countersign.bitcoin.bsms import KeyRecord
from countersign.bitcoin.inspect import partial_signatures
from countersign.bitcoin.psbt import binary
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.desk import describing, vault_enrolment, vault_trying
from countersign.desk.enrolling_views import (
    AGAIN,
    NEW,
    SLOTS,
    Choices,
    CosignerTest,
    EnrolledKey,
    EnrolmentView,
    Opened,
    TestsView,
    Wanted,
)
from countersign.desk.governance import Governance
from countersign.desk.governance_views import ProposalView
from countersign.desk.names import owner
from countersign.desk.ports import Courier, Journal
from countersign.desk.replica import Replica
from countersign.desk.signing import Hand
from countersign.desk.vault_enrolment import Planned
from countersign.errors import CountersignError
from countersign.formats import caip
from countersign.rails import bitcoin as rail
from countersign.rails import wallets
from countersign.settlement.roster import Party, Roster, Token


class VaultCeremony:
    """`enrolling_views.Enrolling` for the officer of a hand."""

    def __init__(self, replica: Replica, hand: Hand, courier: Courier, governance: Governance) -> None:
        self._replica = replica
        self._hand = hand
        self._courier = courier
        self._governance = governance

    @property
    def _journal(self) -> Journal:
        return self._replica.profile.journal

    @property
    def _roster(self) -> Roster:
        return self._replica.state.roster

    def choices(self) -> Choices:
        """Every book of every participant, and every Bitcoin chain that the roster knows."""
        roster = self._roster
        owners = [(each.lei, book, each.name) for each in roster.participants.values() for book in each.books]
        named = {each.partition("/")[0] for each in roster.assets} | {each.chain for each in roster.vaults.values()}
        chains = sorted(each for each in named if each.startswith(f"{caip.BIP122}:"))
        return Choices(tuple(sorted(owners, key=lambda each: (each[2], each[1]))), tuple(chains))

    async def open(self, file: Path, session: str) -> Opened:
        """A file in its parts, read once. Malformed: bitcoin.bsms-token; what `describing.look` and the courier raise."""
        token = bsms_encryption.read_token(session) if session else None
        data = await self._courier.read_chosen(file)
        return Opened(file, data, token, await asyncio.to_thread(describing.look, data, token))

    async def plan(self, wanted: Wanted) -> EnrolmentView:
        """The vault, judged; raises as `vault_enrolment.plan`. What stands against the own key is in the view."""
        return await asyncio.to_thread(self._view, wanted)

    async def compare(self, wanted: Wanted, typed: str) -> None:
        """Raises as `plan`, `vault_enrolment.require_own` and `require_same_words`."""
        await asyncio.to_thread(self._compared, wanted, typed)

    async def device_test(self, wanted: Wanted, typed: str, version: int = 0) -> bytes:
        """The test as a PSBT of this version. Raises as `compare` and `vault_trying.require_may_sign`; B2.no-such-version."""

        def make() -> tuple[Planned, bytes]:
            planned = self._compared(wanted, typed)
            return planned, rail.as_version(vault_enrolment.test(planned), version)

        planned, data = await asyncio.to_thread(make)
        vault_trying.require_may_sign(self._journal, planned, self._hand.officer, _record(wanted))
        return data

    async def take_test(self, wanted: Wanted, returned: bytes) -> bytes:
        """Raises as `vault_enrolment.require_own` and `vault_trying.take`."""
        planned = await asyncio.to_thread(self._owned, wanted)
        async with self._hand.turn:
            return await vault_trying.take(self._journal, planned, self._hand.officer, returned, _record(wanted))

    async def sign_test(self, wanted: Wanted, typed: str) -> bytes:
        """Raises as `compare` and `vault_trying.sign`: signers.locked before anything is signed."""
        planned = await asyncio.to_thread(self._compared, wanted, typed)
        async with self._hand.turn:
            return await vault_trying.sign(self._journal, planned, self._hand.officer, self._hand.token)

    async def tests(self, wanted: Wanted, files: Sequence[Path]) -> TestsView:
        """Whose test signatures these files hold. A file without any signature is passed over; raises as `plan`."""
        planned = await asyncio.to_thread(self._planned, wanted)
        signed: dict[str, list[Path]] = {officer: [] for officer in planned.officers}
        refused, good = list[tuple[Path, CountersignError]](), list[bytes]()
        for file in files:
            try:
                data = await self._courier.read_chosen(file)
                officers = await asyncio.to_thread(_tested, planned, data)
            except CountersignError as error:
                refused.append((file, error))
                continue
            if officers:
                good.append(data)
            for officer in officers:
                signed[officer].append(file)
        lines = [
            CosignerTest(officer, self._roster.officer(officer).name, officer == self._hand.officer, tuple(found))
            for officer, found in signed.items()
        ]
        return TestsView(tuple(lines), tuple(refused), tuple(good))

    async def propose(self, wanted: Wanted, tests: Sequence[bytes], untested: str = "") -> ProposalView:
        """Raises as `plan`, `vault_enrolment.entry` and `Governance.propose`."""

        def body() -> dict[str, object]:
            return vault_enrolment.entry(self._planned(wanted), tests, untested or None)

        return await self._governance.propose("roster.changed", await asyncio.to_thread(body))

    async def propose_device(self, record: Opened, serial: str, model: str, *, online: bool) -> ProposalView:
        """Raises as `vault_enrolment.read_record`, `device_entry` and `Governance.propose`."""
        made = vault_enrolment.read_record(record.data, record.session)
        device = Token(serial, made.description or model, model)
        path = record.view.keys[0].path
        body = vault_enrolment.device_entry(self._roster, self._hand.officer, made, device, path, online=online)
        return await self._governance.propose("roster.changed", body)

    async def assemble(self, threshold: int, records: Sequence[Opened], chain: str) -> bytes:
        """Encrypted where the records' session is. Raises as `vault_enrolment.read_record` and `round_two`."""
        read = [vault_enrolment.read_record(each.data, each.session) for each in records]
        session = records[0].session if records else None
        return await asyncio.to_thread(vault_enrolment.round_two, threshold, read, chain, session)

    def _planned(self, wanted: Wanted) -> Planned:
        found = vault_enrolment.read_vault(wanted.description.data, wanted.description.session)
        return vault_enrolment.plan(self._roster, found, wanted.name, Party(wanted.lei, wanted.book), wanted.chain)

    def _owned(self, wanted: Wanted) -> Planned:
        planned = self._planned(wanted)
        vault_enrolment.require_own(planned, self._hand.officer, _record(wanted))
        return planned

    def _compared(self, wanted: Wanted, typed: str) -> Planned:
        planned = self._owned(wanted)
        vault_enrolment.require_same_words(planned, typed)
        return planned

    def _view(self, wanted: Wanted) -> EnrolmentView:
        planned, fault = self._planned(wanted), None
        try:
            self._owned(wanted)
        except CountersignError as error:
            fault = error
        hrp, first = caip.hrp(caip.ChainId.parse(wanted.chain)), planned.described.places[0]
        extended = _extended(planned)
        keys = _keys(planned, self._hand.officer)
        return EnrolmentView(
            wanted=wanted,
            owner=owner(self._roster, wanted.lei),
            threshold=first.threshold,
            cosigners=len(first.keys),
            extended=extended,
            keys=keys,
            addresses=tuple(
                (planned.spelled(number), each.address(hrp)) for number, each in enumerate(planned.described.places)
            ),
            words=vault_enrolment.words(planned),
            own=sum(each.own for each in keys) if fault is None else 0,
            own_fault=fault,
            by_device=self._hand.officer in planned.by_device,
            kind=_kind(planned),
        )


def _record(wanted: Wanted) -> KeyRecord | None:
    """The key record of the officer's own device. Raises as `vault_enrolment.read_record`."""
    return None if wanted.own is None else vault_enrolment.read_record(wanted.own.data, wanted.own.session)


def _kind(planned: Planned) -> str:
    if planned.trial.slots is not None:
        return SLOTS
    return NEW if planned.trial.owed else AGAIN


def _extended(planned: Planned) -> bool:
    return planned.vault.kind == "wsh-ranged"


def _keys(planned: Planned, officer: str) -> tuple[EnrolledKey, ...]:
    """Every key of every slot, or of the one descriptor, with whose it is as registered."""
    found, roster = planned.described, planned.roster
    views = [describing.key_view(each) for each in describing.expressions(found)]
    places = found.places[:1] if _extended(planned) else found.places
    made = list[EnrolledKey]()
    for at, place in enumerate(places):
        spelt = "" if _extended(planned) else planned.spelled(at)
        for number, (key, holder) in enumerate(zip(place.keys, planned.holders_at(at), strict=True), 1):
            known = roster.officer(holder)
            registered = wallets.registered_key(key)
            held = next((each for each in known.keys if each.key.data == registered), None)
            mine, shown = holder == officer and held is not None, views[len(made)]
            if held is None:
                made.append(EnrolledKey(number, spelt, shown, holder, known.name, mine, "", "", "", "", False, True))
                continue
            token = held.token
            made.append(
                EnrolledKey(
                    number, spelt, shown, holder, known.name, mine, held.label,
                    token.label, token.model, token.serial, held.online,
                )
            )  # fmt: skip
    return tuple(made)


def _tested(planned: Planned, data: bytes) -> frozenset[str]:
    """The cosigners who signed; nobody where the PSBT holds no signature at all: an unsigned test lies beside the others."""
    if not any(list(partial_signatures(each)) for each in parse_psbt(binary(data)).inputs):
        return frozenset()
    return vault_enrolment.tested(planned, data)
