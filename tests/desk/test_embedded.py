"""The desk of a single workstation: what consoles give it, what it adds, what it hands back."""

from dataclasses import replace
from pathlib import Path

import pytest

from countersign.audit.checkpoint import SignedCheckpoint
from countersign.demonstration import cast
from countersign.desk import proposals, vault_enrolment, vault_proof, vault_trying
from countersign.desk.author import signed
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.ports import Receipt
from countersign.desk.vouching import Nodes, vouch
from countersign.errors import CountersignError, Refused, Unavailable
from countersign.settlement import events
from countersign.settlement.bodies import RosterChanged
from countersign.settlement.roster import Party
from support import enrolment_stage
from support.r_register import journal
from support.refusals import refused
from support.software_stage import Table, silent


@pytest.fixture
async def founded(table: Table) -> Table:
    return await table.until("step-found")


def kids(table: Table, event: bytes) -> set[str]:
    """Whose signatures an event carries, by the names of the stage."""
    holders = {each.author.key.kid: name for name, each in table.story.people.items()}
    holders[table.desk.author.key.kid] = "desk"
    return {holders[kid] for kid in events.parse(event).jws.kids}


async def test_every_event_of_the_story_is_signed_by_whom_the_table_names(table: Table) -> None:
    await table.until("step-final")
    found: dict[str, list[set[str]]] = {}
    holders = {key.kid: "officer-c" for key in table.stage.vault.token.public.values()}
    for record in await table.desk.records(0):
        event = events.parse(record.event)
        names = {"officer-c"} if holders.keys() & set(event.jws.kids) else set()
        rest = [kid for kid in event.jws.kids if kid not in holders]
        known = {each.author.key.kid: name for name, each in table.story.people.items()}
        known[table.desk.author.key.kid] = "desk"
        found.setdefault(event.type, []).append(names | {known[kid] for kid in rest})
    assert found == {
        "desk.founded": [{"desk", "compliance", "officer-d"}],
        "ceremony.recorded": [{"compliance", "officer-d"}] * 2,
        "policy.adopted": [{"compliance", "officer-d"}],
        "state.attested": [{"compliance", "officer-d"}],
        "price.published": [{"desk"}] * 2,
        "deposit.credited": [{"desk", "operations"}] * 4,
        "contract.affirmed": [{"operations"}],
        "contract.endorsed": [{"compliance"}],
        "hold.placed": [{"desk"}] * 2,
        "cycle.closed": [{"desk"}],
        "instruction.prepared": [{"operations"}] * 2,
        "share.added": [{"desk", "officer-a"}, {"desk", "officer-a"}, {"desk", "officer-c"}, {"desk", "officer-c"}],
        "release.authorised": [{"operations", "compliance"}],
        "transaction.broadcast": [{"desk", "operations"}] * 2,
        "transaction.observed": [{"desk", "operations"}] * 2,
        "delivery.confirmed": [{"meridian"}, {"harbour"}],
        "settlement.final": [{"desk"}],
    }


async def test_the_desk_adds_no_signature_where_none_is_wanted(table: Table) -> None:
    await table.until("step-contract")
    draft = table.desk.scribe.draft("contract.declined", {"contract": table.story.contract, "reason": "no"})
    event = await signed(draft, [table.author("compliance")])
    with pytest.raises(CountersignError):
        await table.desk.submit(event)
    (record,) = [r for r in await table.desk.records(0) if events.parse(r.event).type == "contract.endorsed"]
    assert kids(table, record.event) == {"compliance"}


async def test_a_receipt_says_where_the_event_stands(founded: Table) -> None:
    body = {"asset": cast.BTC, "price": "80100", "source": "test"}
    receipt = await founded.desk.own("price.published", body)
    record = (await founded.desk.records(receipt.index))[0]
    assert (record.index, record.time_ms) == (receipt.index, receipt.time_ms)
    assert events.parse(record.event).hash == receipt.event


async def test_bytes_that_are_no_event_are_refused(founded: Table) -> None:
    before = founded.desk.state
    for junk in (b"", b"{}", b"\xff" * 40, b"[" * 50_000):
        with pytest.raises(CountersignError):
            await founded.desk.submit(junk)
    assert founded.desk.state == before


async def test_another_desks_event_is_refused(founded: Table) -> None:
    other = replace(founded.desk.scribe, desk="other.example/desk")
    draft = other.draft("price.published", {"asset": cast.BTC, "price": "80100", "source": "test"})
    with pytest.raises(CountersignError):
        await founded.desk.submit(await signed(draft, [founded.desk.author]))


async def test_an_event_dated_more_than_five_minutes_away_is_refused(founded: Table) -> None:
    draft = founded.desk.scribe.draft("price.published", {"asset": cast.BTC, "price": "80100", "source": "test"})
    event = await signed(draft, [founded.desk.author])
    founded.stage.clock.seconds += 301
    with pytest.raises(CountersignError):
        await founded.desk.submit(event)
    founded.stage.clock.seconds -= 1
    await founded.desk.submit(event)


async def test_an_aged_head_is_cosigned_again_when_it_is_asked_for(founded: Table) -> None:
    old = SignedCheckpoint.parse(await founded.desk.checkpoint())
    founded.stage.clock.seconds += 7 * 3600
    new = SignedCheckpoint.parse(await founded.desk.checkpoint())
    assert new.checkpoint == old.checkpoint
    assert new.serialise() != old.serialise()


async def test_artefacts_are_found_by_their_hash_and_nothing_else(founded: Table) -> None:
    digest = await founded.desk.put_artefact(b"a legal text")
    assert await founded.desk.artefact(digest) == b"a legal text"
    with pytest.raises(Unavailable):
        await founded.desk.artefact(b"\x00" * 32)


async def test_a_desk_without_a_node_says_which_chain_it_cannot_see(founded: Table) -> None:
    blind = replace(founded.desk, nodes=Nodes())
    with pytest.raises(Unavailable) as refused:
        blind.bitcoin(cast.BITCOIN)
    assert refused.value.values["chain"] == cast.BITCOIN
    with pytest.raises(Unavailable):
        blind.ethereum(cast.ETHEREUM)


async def share_of(table: Table, kind: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Officer A's `share.added` on its way to the desk, its bytes there."""
    caught = list[bytes]()

    async def keep(_: EmbeddedDesk, event: bytes) -> Receipt:
        caught.append(event)
        raise Refused("test.kept")

    await table.officer.unlock(table.stage.ask_pin)
    with monkeypatch.context() as meanwhile, refused("test.kept", Refused):
        meanwhile.setattr(EmbeddedDesk, "submit", keep)
        await table.officer.sign(table.live(kind).hash, silent)
    return caught[0]


@pytest.mark.parametrize("kind", ["psbt", "safe-tx"])
@pytest.mark.parametrize("other", [True, False])
async def test_a_share_with_an_r_that_the_desk_has_seen_over_another_digest_never_enters_the_log(
    table: Table, monkeypatch: pytest.MonkeyPatch, kind: str, other: bool
) -> None:
    """Another machine of the officer signed under it: two such signatures in the log give the key to every reader of it."""
    await table.until("step-prepare")
    event = await share_of(table, kind, monkeypatch)
    desk, size = table.desk, table.desk.state.size
    found = await vouch(desk.state, events.parse(event), desk.artefacts, desk.nodes)
    before = replace(found[-1], digest=b"\x05" * 32 if other else found[-1].digest)
    desk.journal.register((before,))
    if not other:
        await desk.submit(event)
        assert [each.officer for each in table.live(kind).shares] == [cast.OFFICER_A.id]
        return
    with refused("H8.repeated-r", Refused):
        await desk.submit(event)
    with refused("H8.key-stopped", Refused):
        await desk.submit(event)
    assert (desk.state.size, table.live(kind).shares) == (size, ())


@pytest.mark.parametrize("other", [True, False])
async def test_the_tests_that_come_with_a_vault_are_held_against_the_same_register(tmp_path: Path, other: bool) -> None:
    table = await enrolment_stage.founded(tmp_path)
    desk, held = table.desk, table.stage.bearers
    described = vault_enrolment.read_vault(enrolment_stage.slots_file(table), None)
    owner = Party(cast.MERIDIAN, enrolment_stage.BOOK)
    vault = vault_enrolment.plan(desk.state.roster, described, enrolment_stage.NAME, owner, cast.BITCOIN)
    for each in enrolment_stage.SIGNERS:
        await held[each].unlock(table.stage.ask_pin)
    tests = [await vault_trying.sign(journal(), vault, each, held[each]) for each in enrolment_stage.SIGNERS]
    body = proposals.completed(vault_enrolment.entry(vault, tests))
    event = await signed(
        desk.scribe.draft("roster.changed", body), [table.author("compliance"), table.author("officer-d")]
    )
    change = events.parse(event).body
    assert isinstance(change, RosterChanged)
    one = vault_proof.signatures(desk.state.roster, change)[-1]
    desk.journal.register((replace(one, digest=b"\x05" * 32 if other else one.digest),))
    if other:
        with refused("H8.repeated-r", Refused):
            await desk.submit(event)
    else:
        await desk.submit(event)
    assert (enrolment_stage.NAME in desk.state.roster.vaults) is not other
    await table.stage.aclose()
