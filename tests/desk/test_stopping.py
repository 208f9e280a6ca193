"""What stops a settlement at the desk: events filed, papers kept, rows and story that say so, nothing sent under an order."""

from hashlib import sha256

import pytest

from countersign.demonstration import cast
from countersign.desk import releasing, stopping
from countersign.desk.author import signed
from countersign.desk.rows import Rows
from countersign.desk.telling import story
from countersign.desk.views import Action
from countersign.errors import Refused, Unavailable
from countersign.resources.telling import together, told
from countersign.settlement.stop_bodies import Scope, Transfer
from support.refusals import refused
from support.software_stage import Table
from support.stopped_stage import BUYER, SELLER

PAPER, LIFTED = b"In the matter of Harbour Prime: frozen.", b"In the matter of Harbour Prime: discharged."
BOOK = Scope("book", cast.HARBOUR, "main")


def two(table: Table) -> list[object]:
    return [table.author("compliance"), table.author("operations")]


async def freeze(table: Table, scope: Scope = BOOK) -> None:
    await stopping.order_freeze(table.desk, "HC-1", scope, PAPER, "By order of the court.", two(table))  # type: ignore[arg-type]


async def lift(table: Table) -> None:
    await stopping.lift_freeze(table.desk, "HC-1", LIFTED, "Discharged.", two(table))  # type: ignore[arg-type]


def action(table: Table) -> tuple[str, Action]:
    (found,) = Rows("officer-a", lambda _: 0).view(table.desk.state, table.stage.clock.seconds).rows
    return found.state, found.action


def lines(table: Table) -> list[str]:
    found = story(
        table.desk.state,
        lambda index: table.desk.archive.records(index)[0],
        table.story.contract,
        table.stage.clock.seconds,
    )
    return [told(each.kind, together([who.name for who in each.people]), each.values) for each in found.lines]


async def test_an_orders_paper_is_kept_under_the_hash_that_is_logged(table: Table) -> None:
    await table.until("step-prepare")
    await freeze(table)
    logged = table.desk.state.freezes["HC-1"]
    assert table.desk.artefacts.get(bytes.fromhex(logged.document_sha256)) == PAPER
    await lift(table)
    assert table.desk.artefacts.get(bytes.fromhex(table.desk.state.lifted["HC-1"].lifted_by or "")) == LIFTED


async def test_the_desk_shows_frozen_and_asks_nobody_to_sign_until_it_is_lifted(table: Table) -> None:
    await table.until("step-prepare")
    assert action(table) == ("instructed", Action.SIGN)
    await freeze(table)
    assert action(table) == ("frozen", Action.WAIT)
    await lift(table)
    assert action(table) == ("instructed", Action.SIGN)


async def test_an_order_after_the_release_is_heeded_before_anything_is_sent(table: Table) -> None:
    await table.until("step-usb")
    desk, operations = table.desk, table.author("operations")
    release = await releasing.make_release(desk, table.story.cycle, operations, "compliance")
    await releasing.check_release(desk, release, table.author("compliance"))
    await freeze(table)
    height = await table.stage.bitcoin.height()
    with refused("settlement.frozen", Refused):
        await releasing.broadcast(desk, table.story.cycle, operations)
    assert await table.stage.bitcoin.height() == height
    await lift(table)
    assert len(await releasing.broadcast(desk, table.story.cycle, operations)) == 2


async def test_the_story_tells_dispute_and_order_in_plain_sentences(table: Table) -> None:
    await table.until("step-prepare")
    expected = [Transfer(SELLER, BUYER, cast.BTC, 20_000_000_000)]
    contract, harbour = table.story.contract, table.author("harbour")
    await stopping.open_dispute(table.desk, contract, harbour, expected, "We bought 200.")
    await freeze(table, Scope("participant", cast.MERIDIAN))
    await stopping.retract_dispute(table.desk, contract, harbour, "We were wrong.")
    assert lines(table)[-3:] == [
        (
            "Harbour Prime disputed it, expecting 200.00000000 BTC Meridian Capital (main) → Harbour Prime (main): "
            "We bought 200."
        ),
        "Conrad Lake and Olive Penn froze it under order HC-1: By order of the court.",
        "Harbour Prime retracted the dispute: We were wrong.",
    ]


async def test_an_order_for_somebody_else_is_no_part_of_the_story(table: Table) -> None:
    await table.until("step-prepare")
    before = lines(table)
    await freeze(table, Scope("asset", asset=table.stage.outside.token()))
    assert len(lines(table)) == len(before) + 1
    await lift(table)
    assert lines(table)[-1] == "Conrad Lake and Olive Penn lifted order HC-1: Discharged."


async def test_a_participants_event_is_filed_as_it_was_signed(table: Table) -> None:
    await table.until("step-prepare")
    body = {"contract": table.story.contract, "expected": [], "reason": "Nothing was agreed."}
    event = await signed(table.desk.scribe.draft("dispute.opened", body), [table.author("harbour")])
    receipt = await stopping.file_dispute(table.desk, event)
    assert table.desk.archive.records(receipt.index)[0].event == event
    assert table.contract_state == "disputed"
    body = {"contract": table.story.contract, "outcome": "cancel", "reason": "Agreed."}
    parties = [table.author("meridian"), table.author("harbour")]
    await stopping.resolve_dispute(table.desk, table.story.contract, parties, "cancel", "Agreed.")
    assert table.contract_state == "cancelled"


async def test_an_event_of_another_type_is_not_filed_as_a_dispute(table: Table) -> None:
    await table.until("step-prepare")
    draft = table.desk.scribe.draft("contract.endorsed", {"contract": table.story.contract})
    event = await signed(draft, [table.author("compliance")])
    with refused("desk.not-a-dispute", Refused):
        await stopping.file_dispute(table.desk, event)


@pytest.mark.parametrize("names", [("operations", "officer-d"), ("compliance",)])
async def test_an_order_by_the_wrong_people_leaves_no_paper(table: Table, names: tuple[str, ...]) -> None:
    await table.until("step-prepare")
    officers = [table.author(each) for each in names]
    with refused("settlement.wrong-signers", Refused):
        await stopping.order_freeze(table.desk, "HC-1", BOOK, PAPER, "By order.", officers)
    assert not table.desk.state.freezes
    with pytest.raises(Unavailable):
        table.desk.artefacts.get(sha256(PAPER).digest())
