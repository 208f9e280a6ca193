"""A Safe's owners at a terminal: proposed, shown whole with every check before a PIN is asked for, signed; nothing sent early."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from countersign.cli import pins
from countersign.cli.vault import change_lines
from countersign.demonstration import cast
from countersign.demonstration.stage import Bearer
from countersign.desk.author import Author
from countersign.desk.ceremony import Keyring
from countersign.desk.console import OfficerConsole
from countersign.desk.owner_views import GOES
from countersign.ethereum import safe_file
from countersign.review.case import Channel
from countersign.settlement import owning
from countersign.settlement.owners_order import OwnersOrder
from countersign.settlement.roster import SafeVault
from support.crossing_world import CrossingWorld, show
from support.seated_officer import SeatedOfficer
from support.software_stage import Table

SAFE = cast.BUYER.safe
ADMINISTRATORS = ("compliance", "officer-d")


class Seats(SeatedOfficer):
    """Every officer's seat at one desk; who sits there now is said first."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self.sitting = "operations"
        self.consoles: dict[str, OfficerConsole] = {}

    def by(self, officer: str, *arguments: str) -> Result:
        self.sitting = officer
        return self.run(*arguments)

    def at(self, _folder: Path, _own: object, _seat: object, work: Callable[[OfficerConsole], Awaitable[Any]]) -> Any:
        async def within() -> Any:
            return await work(await self.console(self.sitting))

        return asyncio.run(within())

    async def console(self, officer: str) -> OfficerConsole:
        if officer not in self.consoles:
            self.consoles[officer] = await self._made(officer)
        await self.consoles[officer].synchronise()
        return self.consoles[officer]

    async def _made(self, officer: str) -> OfficerConsole:
        stage = self.table.stage
        if officer == cast.OFFICER_A.id and stage.officer is not None:
            return stage.officer
        if officer in self.table.story.people:
            return await stage.console(officer, self.table.story.people[officer])
        token = stage.vault.token
        ring = Keyring(token.serial, token.label, token.model, token.public, online=True)
        return await stage.console(officer, Bearer(Author(officer, token.public["identity"], token), ring, token))

    @property
    def vault(self) -> SafeVault:
        return owning.safe(self.table.desk.state, SAFE)

    @property
    def order(self) -> OwnersOrder:
        found = owning.under_way(self.table.desk.state, SAFE)
        assert found is not None
        return found

    def key(self, officer: str) -> str:
        held = self.table.desk.state.roster.officer(officer).vault_keys("eip155")
        return next(each.key.kid for each in held if each.key.kid in self.vault.keys)

    def approve(self, proposed: Result) -> None:
        """Both administrators sign what operations proposed, and it is logged."""
        _, made, *_ = proposed.stdout.split()

        async def within() -> None:
            data = (await self.console("operations")).governance.export(made)
            for officer in ADMINISTRATORS:
                console = await self.console(officer)
                console.governance.take_in(data)
                await console.unlock(self.table.stage.ask_pin)
                await console.governance.sign(made)
                data = console.governance.export(made)
            await console.governance.append(made)

        asyncio.run(within())


@pytest.fixture
def seats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seats]:
    table = Table.at(tmp_path)
    asyncio.run(table.until("step-found"))
    found = Seats(table)
    monkeypatch.setattr(pins, "hidden", found.hidden)
    yield found
    table.stage.holds.close()


def said(result: Result) -> str:
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


def test_an_owner_goes_from_proposal_to_quorum(seats: Seats) -> None:
    gone, before = seats.key("officer-d"), seats.vault
    proposed = seats.by("operations", "owners", SAFE, "--remove", gone)
    assert (proposed.exit_code, seats.asked) == (0, 0)
    assert cast.OFFICER_D.name in said(proposed)
    assert gone in said(proposed)
    seats.approve(proposed)
    assert seats.order.keys == tuple(sorted(set(before.keys) - {gone}))

    shown = seats.by("officer-a", "owners-show", SAFE)
    told = said(shown)
    assert (shown.exit_code, seats.asked) == (0, 0)
    tx = safe_file.parse(seats.table.desk.artefacts.get(bytes.fromhex(seats.order.instruction.artefact))).tx
    for expected in ("calls itself: removeOwner(owner 0x", f"GOES {cast.OFFICER_D.name}", "2 of 3 sign, then 2 of 2",
                     "in the Safe's own list", f"in {seats.order.instruction.hash}", "Signed by -; 2 lacking"):  # fmt: skip
        assert expected in told
    assert tx.digest.hex() in told.replace(" ", "")

    early = seats.by("operations", "owners-send", SAFE)
    assert early.exit_code == 1
    assert "[settlement.no-quorum]" in early.stderr
    for officer in ("officer-a", "officer-c"):
        asked = seats.asked
        signed = seats.by(officer, "owners-sign", SAFE)
        assert (signed.exit_code, seats.asked) == (0, asked + 1), signed.output
        assert "share.added" in signed.stdout
        assert f"GOES {cast.OFFICER_D.name}" in signed.stderr
    assert f"Signed by {cast.OFFICER_A.name}, {cast.OFFICER_C.name}; 0 lacking" in said(
        seats.by("officer-a", "owners-show", SAFE)
    )
    twice = seats.by("officer-a", "owners-sign", SAFE)
    assert twice.exit_code == 1
    nothing = seats.by("operations", "owners-observe", SAFE)
    assert (nothing.exit_code, "The log has what your node sees. It was not sent." in said(nothing)) == (0, True)
    assert seats.vault == before


def test_what_was_executed_is_not_sent_again_and_who_owns_it_is_told_at_the_end(seats: Seats) -> None:
    """Sent twice, the chain's own word would be GS026, and the advice to void a settlement that there is not."""
    gone = seats.key("officer-d")
    seats.approve(seats.by("operations", "owners", SAFE, "--remove", gone))
    for officer in ("officer-a", "officer-c"):
        seats.by(officer, "owners-sign", SAFE)
    sent = seats.by("operations", "owners-send", SAFE)
    assert sent.exit_code == 0, sent.output
    again = seats.by("operations", "owners-send", SAFE)
    assert (again.exit_code, "[desk.order-sent]" in again.stderr) == (1, True), again.output
    for _ in range(cast.CONFIRMATIONS + 1):
        told = seats.by("operations", "owners-observe", SAFE)
        assert told.exit_code == 0, told.output
    owners = f"by the roster {cast.OFFICER_A.name}, {cast.OFFICER_C.name} own the Safe {SAFE}; 2 of them sign"
    assert owners in said(told)


def test_what_cannot_be_is_refused_by_name_and_an_order_is_taken_back_by_another(seats: Seats) -> None:
    for arguments, code in REFUSED:
        refuses_by_name(seats, arguments, code)
    seats.approve(seats.by("operations", "owners", SAFE, "--threshold", "3"))
    refused = seats.by("officer-d", "owners-sign", SAFE)
    assert refused.exit_code == 1
    assert "officer-d ordered this change of owners, and who orders does not sign." in refused.stderr
    first = seats.order.instruction.hash
    seats.approve(seats.by("operations", "owners", SAFE))
    assert (seats.order.instruction.replaces, seats.order.threshold) == (first, 2)
    told = said(seats.by("officer-a", "owners-show", SAFE))
    assert "calls itself: an empty call" in told
    assert "2 of 3 sign, then 2 of 3" in told


async def test_a_vault_operator_reads_who_goes_before_the_pin(tmp_path: Path) -> None:
    world = CrossingWorld(tmp_path)
    name = world.order_owners()
    await world.vault.confirm_clock(True)
    view = await show(world, await world.crossing.request(name, "officer-c", Channel.USB), Channel.USB)
    told = "\n".join(change_lines(view))
    assert view.change is not None
    for each in view.change.owners:
        assert f"{'GOES' if each.fate == GOES else 'stays'} {each.name}, {each.address}" in told
    assert view.change.in_front is not None
    assert f"before who goes, in the Safe's own list: {view.change.in_front.name}" in told
    assert "2 of 3 sign, then 2 of 2" in told
    assert f"Ordered by Dora Finch, Conrad Lake, in {name}" in told
    assert "Other effects: none" in told


REFUSED: list[tuple[tuple[str, ...], str]] = [
    (("owners", SAFE), "settlement.owners-same"),
    (("owners", SAFE, "--threshold", "9"), "ethereum.owner-threshold"),
    (("owners", SAFE, "--remove", "x" * 43), "desk.owner-unknown"),
    (("owners", cast.BUYER.coins, "--threshold", "2"), "settlement.owners-not-safe"),
    (("owners-show", SAFE), "desk.no-order"),
    (("owners-sign", SAFE), "desk.no-order"),
    (("owners-send", SAFE), "desk.no-order"),
    (("owners-observe", SAFE), "desk.no-order"),
]


def refuses_by_name(seats: Seats, arguments: tuple[str, ...], code: str) -> None:
    refused = seats.by("operations", *arguments)
    assert refused.exit_code == 1
    assert f"[{code}]" in refused.stderr, refused.output
    assert "Traceback" not in refused.output
    assert asyncio.run(seats.console("operations")).governance.proposals() == ()
