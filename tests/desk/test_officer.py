"""A signing officer's console: everything from its own replica, the desk believed in nothing."""

from collections.abc import Sequence

import pytest

from countersign.demonstration import cast
from countersign.desk import founding, rows, stopping
from countersign.desk.ports import Receipt, Record
from countersign.desk.safe_reader import Seen
from countersign.desk.views import Action, DeskView, Group
from countersign.errors import Refused, Unavailable
from countersign.keys.public_key import PublicKey
from countersign.review.finding import Status
from countersign.settlement.records import Instruction
from countersign.settlement.roster import Roster
from countersign.settlement.stop_bodies import Scope
from support.software_stage import Table, silent


class Mail:
    """The desk as this console sees it; a test changes what it gives."""

    def __init__(self, table: Table) -> None:
        self.table, self.silent, self.artefacts = table, False, dict[bytes, bytes]()
        self.submitted = list[bytes]()

    async def submit(self, event: bytes) -> Receipt:
        self.submitted.append(event)
        if self.silent:
            raise Unavailable("sync.silent")
        return await self.table.desk.submit(event)

    async def checkpoint(self) -> bytes:
        if self.silent:
            raise Unavailable("sync.silent")
        return await self.table.desk.checkpoint()

    async def records(self, start: int) -> Sequence[Record]:
        return await self.table.desk.records(start)

    async def artefact(self, digest: bytes) -> bytes:
        return self.artefacts.get(digest) or await self.table.desk.artefact(digest)

    async def put_artefact(self, data: bytes) -> bytes:
        return await self.table.desk.put_artefact(data)


@pytest.fixture
async def prepared(table: Table) -> Table:
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    return table


def through(table: Table) -> Mail:
    """Put a mailbox between the console and its desk."""
    mail = Mail(table)
    table.officer._mailbox = mail
    return mail


async def test_the_desk_shows_the_settlement_under_needs_you_with_every_check_passed(prepared: Table) -> None:
    view = await prepared.officer.desk()
    (row,) = view.rows
    assert (row.group, row.action, row.to_check, row.checked) == (Group.NEEDS_YOU, Action.SIGN, True, None)
    found = (await prepared.officer.checked([row.contract], view.size))[row.contract]
    assert (found.failure, found.trouble) == (None, None)
    assert found.passed > 50


async def test_the_review_shows_contract_transactions_and_proof(prepared: Table) -> None:
    review = await prepared.officer.review(prepared.story.contract)
    assert review.contract_verdict.against == ()
    assert [each.kind for each in review.instructions] == ["psbt", "safe-tx"]
    assert all(each.verdict.may_sign and each.extra_effects == () for each in review.instructions)
    assert review.proof is not None
    assert review.proof.size == prepared.desk.state.size
    assert [each.cosigned_at is not None and each.inside for each in review.proof.witnesses] == [True, True]


async def test_before_the_pin_the_token_blocks_and_nothing_else_does(table: Table) -> None:
    await table.until("step-prepare")
    review = await table.officer.review(table.story.contract)
    for each in review.instructions:
        assert {finding.check for finding in each.verdict.against} <= {"C5", "H2", "H3", "B6", "C6"}
        assert all(finding.status is Status.BLOCKED for finding in each.verdict.against)


async def test_what_is_left_to_sign_shrinks_with_every_signature(prepared: Table) -> None:
    first = await prepared.officer.to_sign(prepared.story.contract)
    assert [(each.instruction.kind, each.inputs) for each in first] == [("psbt", 3), ("safe-tx", 1)]
    review = await prepared.officer.sign(first[0].instruction.instruction, silent)
    assert [each.signed_by_me for each in review.instructions] == [True, False]
    assert len(await prepared.officer.to_sign(prepared.story.contract)) == 1
    await prepared.officer.sign(first[1].instruction.instruction, silent)
    assert await prepared.officer.to_sign(prepared.story.contract) == []


async def test_progress_counts_the_inputs(prepared: Table) -> None:
    seen = []
    await prepared.officer.sign(prepared.live("psbt").hash, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


async def test_signing_twice_adds_nothing(prepared: Table) -> None:
    await prepared.officer.sign(prepared.live("psbt").hash, silent)
    count, size = len(prepared.stage.bearers["officer-a"].signed), prepared.desk.state.size
    with pytest.raises(Refused):
        await prepared.officer.sign(prepared.live("psbt").hash, silent)
    assert len(prepared.stage.bearers["officer-a"].signed) == count
    assert prepared.desk.state.size == size


async def test_a_desk_that_is_silent_after_the_signature_loses_nothing(prepared: Table) -> None:
    mail = through(prepared)

    def hush(_key: PublicKey, _digest: bytes) -> None:
        mail.silent = True

    prepared.stage.bearers["officer-a"].before = hush
    with pytest.raises(Unavailable):
        await prepared.officer.sign(prepared.live("psbt").hash, silent)
    prepared.stage.bearers["officer-a"].before = None
    signed = list(prepared.stage.bearers["officer-a"].signed)
    assert len(signed) == 3
    mail.silent = False
    await prepared.officer.sign(prepared.live("psbt").hash, silent)
    assert prepared.stage.bearers["officer-a"].signed == signed
    assert len(prepared.live("psbt").shares) == 1


async def freeze(table: Table) -> None:
    """A court's order stops the buyer's book; no console is told."""
    officers = table.author("compliance"), table.author("operations")
    scope = Scope("book", cast.HARBOUR, "main")
    await stopping.order_freeze(table.desk, "HC-2026-114", scope, b"order", "By order of the court.", officers)


@pytest.mark.parametrize("kind", ["psbt", "safe-tx"])
async def test_a_stop_that_was_logged_after_the_look_stops_the_signature(prepared: Table, kind: str) -> None:
    """The window takes in what is new when somebody asks for it; a signature always does."""
    console, instruction = prepared.officer, prepared.live(kind).hash
    review = await console.review(prepared.story.contract)
    shown = next(each for each in review.instructions if each.instruction == instruction)
    assert shown.verdict.may_sign
    await freeze(prepared)
    with pytest.raises(Refused) as refused:
        await console.sign(instruction, silent, shown)
    assert "L8" in {finding.check for finding in refused.value.findings if not finding.ok}  # type: ignore[attr-defined]
    assert prepared.stage.bearers["officer-a"].signed == []


async def test_a_stop_that_comes_in_while_the_node_is_asked_stops_the_signature(
    prepared: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    console, looked = prepared.officer, prepared.officer._safes.look

    async def meanwhile(instruction: Instruction, roster: Roster, *, once: bool = False) -> Seen:
        seen = await looked(instruction, roster, once=once)
        await freeze(prepared)
        await console.synchronise()
        return seen

    monkeypatch.setattr(console._safes, "look", meanwhile)
    with pytest.raises(Refused):
        await console.sign(prepared.live("safe-tx").hash, silent)
    assert prepared.stage.bearers["officer-a"].signed == []


async def test_nothing_is_signed_where_the_desk_cannot_say_what_is_new(prepared: Table) -> None:
    mail = through(prepared)
    mail.silent = True
    with pytest.raises(Unavailable):
        await prepared.officer.sign(prepared.live("psbt").hash, silent)
    assert prepared.stage.bearers["officer-a"].signed == []
    mail.silent = False
    await prepared.officer.sign(prepared.live("psbt").hash, silent)
    assert len(prepared.live("psbt").shares) == 1


async def test_other_bytes_under_an_artefacts_hash_are_not_looked_at(prepared: Table) -> None:
    mail = through(prepared)
    mail.artefacts[bytes.fromhex(prepared.live("psbt").artefact)] = prepared.artefact("safe-tx")
    with pytest.raises(Refused) as refused:
        await prepared.officer.review(prepared.story.contract)
    assert refused.value.code == "desk.artefact-differs"
    with pytest.raises(Refused):
        await prepared.officer.sign(prepared.live("psbt").hash, silent)
    assert prepared.stage.bearers["officer-a"].signed == []


async def test_the_strip_says_when_the_desk_is_out_of_reach(prepared: Table) -> None:
    mail = through(prepared)
    await prepared.officer.synchronise()
    strip = await prepared.officer.strip()
    assert (strip.officer, strip.desk_reachable, strip.witnesses_seen, strip.witnesses_known) == (
        "Ada Vale",
        True,
        2,
        2,
    )
    mail.silent = True
    with pytest.raises(Unavailable):
        await prepared.officer.synchronise()
    assert (await prepared.officer.strip()).desk_reachable is False


async def test_everything_the_log_names_is_kept_here(table: Table) -> None:
    await table.until("step-final")
    keep = table.officer.replica.profile.artefacts
    for each in (table.live("psbt"), table.live("safe-tx")):
        for digest in (each.artefact, each.finished, *(share.artefact for share in each.shares)):
            assert keep.get(bytes.fromhex(digest or ""))
    assert (
        keep.get(bytes.fromhex(table.desk.state.contract(table.story.contract).terms.legal_text_sha256))
        == table.stage.legal_text
    )


async def test_a_settlement_that_is_over_is_judged_as_history(table: Table) -> None:
    await table.until("step-final")
    (row,) = (await table.officer.desk()).rows
    assert (row.group, row.action) == (Group.SETTLED, Action.NONE)
    table.stage.clock.seconds += 40 * 86_400
    review = await table.officer.review(table.story.contract)
    assert review.state == "final"
    assert [each.verdict.against for each in review.instructions] == [(), ()]
    assert list((await table.officer.desk()).rows) == []  # settled long ago: History has it


async def test_before_a_signature_an_expired_request_is_refused(prepared: Table) -> None:
    prepared.stage.clock.seconds += 86_401
    await prepared.officer.synchronise()
    with pytest.raises(Refused) as refused:
        await prepared.officer.sign(prepared.live("psbt").hash, silent)
    assert "C4" in {finding.check for finding in refused.value.findings if not finding.ok}  # type: ignore[attr-defined]


async def test_setting_the_clock_back_revives_nothing(prepared: Table) -> None:
    prepared.stage.clock.seconds += 86_401
    await prepared.officer.synchronise()
    with pytest.raises(Refused):
        await prepared.officer.sign(prepared.live("psbt").hash, silent)
    await founding.publish_price(prepared.desk, cast.BTC, "80000", "test")
    await prepared.officer.synchronise()
    prepared.stage.clock.seconds -= 86_401
    with pytest.raises(Refused) as refused:
        await prepared.officer.sign(prepared.live("psbt").hash, silent)
    assert "C4" in {finding.check for finding in refused.value.findings if not finding.ok}  # type: ignore[attr-defined]


async def test_where_much_is_to_be_counted_the_rows_come_first(
    prepared: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MUCH", 0)
    begun: list[DeskView] = []
    view = await prepared.officer.desk(begun.append)
    assert [(each.totals, each.rows) for each in begun] == [(None, view.rows)]
    assert view.totals is not None
    await prepared.officer.desk(begun.append)
    assert len(begun) == 1  # nothing is new: it is counted already


async def test_the_desk_is_judged_from_bytes_that_are_here(prepared: Table) -> None:
    mail = through(prepared)
    mail.artefacts[bytes.fromhex(prepared.live("psbt").artefact)] = prepared.artefact("safe-tx")
    view = await prepared.officer.desk()
    (found,) = (await prepared.officer.checked([view.rows[0].contract], view.size)).values()
    assert (found.failure, found.trouble) == (None, None)
