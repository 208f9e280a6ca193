"""Every change is proposed, said in words, signed by the administrators on their own consoles, and logged."""

from collections.abc import Mapping

import pytest

from countersign.demonstration import cast
from countersign.desk import proposal_box, proposals
from countersign.desk.author import Author
from countersign.desk.enrolment import phrase_of
from countersign.desk.governance import Governance
from countersign.desk.governance_views import ProposalView
from countersign.desk.ports import Receipt
from countersign.desk.proposal_box import ProposalBox
from countersign.desk.replica import Replica
from countersign.errors import Malformed, Refused
from countersign.formats import base64url, jcs, strict_json
from countersign.keys.jws import Jws
from countersign.resources.governance_words import said
from countersign.settlement import events
from countersign.settlement.roster import Holder, HolderKind
from support.refusals import refused
from support.software_stage import Table, software_token

LEI = cast.SELLER.lei


@pytest.fixture
async def founded(table: Table) -> Table:
    return await table.until("step-found")


async def console(table: Table, officer: str, *, own: bool = True) -> Governance:
    """An officer's console: a machine of its own, with its own box or the desk's."""
    replica = Replica(table.stage.profile(f"console-{officer}-{own}"), table.stage.clock)
    await replica.take_in(table.desk)
    box = ProposalBox(replica.profile.journal) if own else table.desk.proposals
    return Governance(replica, table.desk, table.author(officer), table.desk.scribe, table.stage.clock, box)


async def newest(found: Governance, table: Table) -> None:
    await found._replica.take_in(table.desk)


def participant(table: Table, **changes: object) -> dict[str, object]:
    known = table.desk.state.roster.participant(LEI)
    entry = {
        "lei": known.lei,
        "name": known.name,
        "certified_until": known.certified_until,
        "suspended": known.suspended,
        "keys": [key.jwk() for key in known.keys],
        "books": list(known.books),
    }
    return {"participants": [entry | changes]}


def policy(table: Table, **changes: object) -> dict[str, object]:
    return {"policy": {**table.story.policy(), "version": 2, **changes}}


def words(view: ProposalView) -> list[str]:
    return [said(each.then.code, each.then.values) for each in view.changes]


async def carried_through(table: Table, kind: str, body: Mapping[str, object]) -> Receipt:
    """A change proposed by one administrator, signed by the other, logged by the first."""
    first, second = await console(table, "compliance", own=False), await console(table, "officer-d", own=False)
    view = await first.propose(kind, body)
    await second.sign(view.id)
    return await first.append(view.id)


async def test_a_file_goes_from_console_to_console_until_enough_have_signed(founded: Table) -> None:
    first, second = await console(founded, "compliance"), await console(founded, "officer-d")
    made = await first.propose("roster.changed", participant(founded, suspended=True))
    assert words(made) == [f"{cast.SELLER.name} ({LEI}) is suspended: it enters no new contract."]
    assert (made.wanted, len(made.signed), made.complete, made.yours) == (2, 1, False, False)
    with refused("desk.proposal-incomplete", Refused):
        await first.append(made.id)
    seen = second.take_in(first.export(made.id))
    assert (seen.changes, seen.yours, seen.id) == (made.changes, True, made.id)
    assert (await second.sign(seen.id)).complete
    size = founded.desk.state.size
    receipt = await second.append(seen.id)
    assert receipt.index == size
    assert founded.desk.state.roster.participant(LEI).suspended
    assert second.proposals() == ()
    await newest(first, founded)
    assert first.proposals()[0].logged
    with refused("desk.proposal-logged", Refused):
        await first.append(made.id)
    assert next(each for each in first.participants() if each.lei == LEI).barred == "suspended"


async def test_consoles_of_one_desk_share_its_box_and_it_outlives_a_restart(founded: Table) -> None:
    first, second = await console(founded, "compliance", own=False), await console(founded, "officer-d", own=False)
    made = await first.propose("policy.adopted", policy(founded, minimum_notional_usd="250000"))
    again = ProposalBox(founded.stage.store.journal)
    assert [each.id for each in again.all()] == [made.id]
    assert (await second.sign(made.id)).complete
    await second.append(made.id)
    assert again.all() == ()
    await newest(second, founded)
    assert second.policy().version == 2
    clause = next(each for each in second.policy().clauses if each.code == "policy.minimum")
    assert clause.values == {"usd": "250,000"}


async def test_a_policy_says_what_it_changes_and_what_was_before(founded: Table) -> None:
    first = await console(founded, "compliance")
    caps = {"transaction_usd": "5000000", "day_usd": None, "counterparty_usd": None}
    made = await first.propose("policy.adopted", policy(founded, caps=caps))
    (change,) = made.changes
    assert (change.then.code, change.until_now.code if change.until_now else "") == (
        "policy.cap-transaction",
        "policy.no-cap-transaction",
    )
    assert words(made) == ["One transaction moves at most 5,000,000 USD."]


async def test_who_is_no_administrator_proposes_and_does_not_sign(founded: Table) -> None:
    operations = await console(founded, "operations")
    made = await operations.propose("roster.changed", participant(founded, suspended=True))
    assert (made.signed, made.yours) == ((), False)
    with refused("desk.proposal-not-yours", Refused):
        await operations.sign(made.id)
    first = await console(founded, "compliance")
    assert first.take_in(operations.export(made.id)).yours


async def test_a_policy_drafted_against_an_older_one_is_stale(founded: Table) -> None:
    first = await console(founded, "compliance")
    made = await first.propose("policy.adopted", policy(founded, minimum_notional_usd="250000"))
    await carried_through(founded, "policy.adopted", policy(founded, minimum_notional_usd="300000"))
    await newest(first, founded)
    stale = first.proposal(made.id)
    assert stale.objection is not None
    assert (stale.objection.code, stale.changes) == ("settlement.policy-version", ())
    second = await console(founded, "officer-d")
    with refused("settlement.policy-version", Refused):
        second.take_in(first.export(made.id))
    with refused("settlement.policy-version", Refused):
        await first.sign(made.id)
    with refused("settlement.policy-version", Refused):
        await first.append(made.id)


async def test_a_roster_change_drafted_before_another_of_the_same_entry_is_stale(founded: Table) -> None:
    first = await console(founded, "compliance")
    made = await first.propose("roster.changed", participant(founded, name="Another Name"))
    founded.stage.clock.seconds += 60
    await carried_through(founded, "roster.changed", participant(founded, suspended=True))
    await newest(first, founded)
    with refused("settlement.stale", Refused):
        await first.append(made.id)


async def test_after_seven_days_a_proposal_counts_no_more(founded: Table) -> None:
    first = await console(founded, "compliance")
    made = await first.propose("roster.changed", participant(founded, suspended=True))
    assert made.act_by is not None
    assert (made.act_by.at, made.act_by.reason) == (made.stale_at, "desk.act-by-proposal")
    founded.stage.clock.seconds = made.stale_at
    assert first.proposal(made.id).objection is None
    founded.stage.clock.seconds += 1
    assert first.proposal(made.id).act_by is None, "what is stale waits for nobody"
    with refused("desk.proposal-old", Refused):
        await first.sign(made.id)


async def test_what_must_be_signed_first_stands_first_and_what_cannot_go_on_last(founded: Table) -> None:
    first = await console(founded, "compliance")
    stale = await first.propose("policy.adopted", policy(founded, minimum_notional_usd="250000"))
    founded.stage.clock.seconds += 60
    later = await first.propose("roster.changed", participant(founded, suspended=True))
    founded.stage.clock.seconds -= 30
    sooner = await first.propose("roster.changed", participant(founded, name="Another Name"))
    assert [each.id for each in first.proposals()] == [stale.id, sooner.id, later.id]
    await carried_through(founded, "policy.adopted", policy(founded, minimum_notional_usd="300000"))
    await newest(first, founded)
    assert [each.id for each in first.proposals()] == [sooner.id, later.id, stale.id]


async def test_what_was_withdrawn_is_not_taken_in_again(founded: Table) -> None:
    first = await console(founded, "compliance")
    made = await first.propose("roster.changed", participant(founded, suspended=True))
    data = first.export(made.id)
    first.withdraw(made.id)
    assert first.proposals() == ()
    with refused("desk.proposal-withdrawn", Refused):
        first.take_in(data)
    with refused("desk.proposal-unknown", Refused):
        first.withdraw(made.id)


async def test_what_changes_nothing_or_is_refused_is_not_proposed(founded: Table) -> None:
    first = await console(founded, "compliance")
    with refused("desk.proposal-empty", Refused):
        await first.propose("roster.changed", participant(founded))
    with refused("settlement.policy-version", Refused):
        await first.propose("policy.adopted", policy(founded, version=7))
    with refused("desk.no-such-entries", Malformed):
        await first.propose("roster.changed", {"people": []})
    with refused("desk.not-a-proposal", Refused):
        await first.propose("price.published", {"asset": cast.BTC, "price": "1", "source": "x"})
    assert first.proposals() == ()


async def test_a_false_signature_refuses_the_file(founded: Table) -> None:
    first, second = await console(founded, "compliance"), await console(founded, "officer-d")
    made = await first.propose("roster.changed", participant(founded, suspended=True))
    other = await first.propose("roster.changed", participant(founded, name="Another Name"))
    value, wrong = (strict_json.parse(first.export(each.id)) for each in (made, other))
    assert isinstance(value, dict)
    assert isinstance(wrong, dict)
    with refused("keys.bad-signature", Refused):
        second.take_in(jcs.encode({**value, "signatures": wrong["signatures"]}))
    assert second.proposals() == ()


async def test_a_lost_token_is_replaced_by_proposal(founded: Table) -> None:
    """The new token's keys come in, the old ones go, in words; the ceremony is recorded by those who were there."""
    token = software_token("operations, the second", [])
    known = founded.desk.state.roster.officer("operations")
    place = {"serial": token.serial, "label": token.label, "model": token.model}
    key = {"purpose": "identity", "jwk": token.public["identity"].jwk(), "token": place, "label": "identity"}
    entry = {"id": known.id, "name": known.name, "roles": ["operations"], "keys": [{**key, "online": True}]}
    first, second = await console(founded, "compliance"), await console(founded, "officer-d")
    made = await first.propose("roster.changed", {"officers": [entry]})
    assert [each.then.code for each in made.changes] == ["roster.key-added", "roster.key-withdrawn"]
    assert f"on token {token.label} ({token.model}, {token.serial})" in words(made)[0]
    second.take_in(first.export(made.id))
    await second.sign(made.id)
    await second.append(made.id)
    for each in (first, second):
        await newest(each, founded)
    old = known.identity_keys[0].kid
    assert next(each for each in first.roster().officers if each.id == "operations").withdrawn_keys == (old,)
    record = {"kind": "key-replacement", "document": made.id, "phrase": None, "present": ["compliance", "officer-d"]}
    held = await first.propose("ceremony.recorded", record)
    second.take_in(first.export(held.id))
    assert (await second.sign(held.id)).complete
    await second.append(held.id)
    await newest(first, founded)
    assert first.roster().ceremonies[-1].document == made.id


async def test_a_ceremony_is_signed_by_those_present_only(founded: Table) -> None:
    first = await console(founded, "compliance")
    record = {"kind": "enrolment", "document": "ab" * 32, "phrase": None, "present": ["compliance", "officer-a"]}
    made = await first.propose("ceremony.recorded", record)
    assert made.missing == (founded.desk.state.roster.officer("officer-a").name,)
    second = await console(founded, "officer-d")
    second.take_in(first.export(made.id))
    with refused("desk.proposal-not-yours", Refused):
        await second.sign(made.id)


def test_a_file_of_another_kind_is_no_proposal(founded: Table) -> None:
    scribe = founded.desk.scribe
    payload = scribe.draft("price.published", {"asset": cast.BTC, "price": "1", "source": "x"})
    with refused("desk.not-a-proposal", Refused):
        proposals.parse(jcs.encode({"payload": base64url.encode(payload), "signatures": []}))
    with pytest.raises(Malformed):
        proposals.parse(b"{}")


async def test_the_roster_is_shown_whole(founded: Table) -> None:
    view = (await console(founded, "compliance")).roster()
    assert (view.threshold, len(view.administrators)) == (2, 2)
    assert {each.id for each in view.officers} == {each.id for each in cast.OFFICERS}
    assert all(vault.able for vault in view.vaults)
    seller = next(each for each in view.participants if each.lei == LEI)
    assert all(place.counts for place in seller.destinations)
    assert seller.barred is None


async def test_every_officers_console_has_it(founded: Table) -> None:
    own = founded.officer.governance
    made = await own.propose("roster.changed", participant(founded, suspended=True))
    assert (made.signed, own.proposals()[0].id) == ((), made.id)
    assert own.policy().version == 1


async def test_founding_and_enrolment_are_on_record_with_the_words_of_the_anchor(founded: Table) -> None:
    await founded.officer.synchronise()
    held = founded.officer.governance.roster().ceremonies
    assert [each.kind for each in held] == ["founding", "enrolment"]
    assert {each.phrase for each in held} == {phrase_of(founded.stage.anchor)}
    document = founded.desk.artefacts.get(bytes.fromhex(held[0].document))
    assert document == founded.stage.anchor.serialise()


async def test_a_participant_is_given_what_names_it_and_an_officer_everything(founded: Table) -> None:
    everything = await founded.desk.records(0)
    officer, seller, other = (
        Holder(HolderKind.OFFICER, "officer-a"),
        Holder(HolderKind.PARTICIPANT, LEI),
        Holder(HolderKind.PARTICIPANT, "5493STRANGER"),
    )
    assert await founded.desk.records_for(officer, 0) == list(everything)
    kinds = [
        {events.parse(each.event).type for each in await founded.desk.records_for(who, 0)} for who in (seller, other)
    ]
    public = {"desk.founded", "policy.adopted", "price.published"}
    assert kinds == [{*public, "deposit.credited"}, public]


async def test_a_file_is_read_before_it_is_signed(founded: Table) -> None:
    found = await console(founded, "compliance")
    change = jcs.encode(participant(founded, suspended=True))
    view = found.propose_file(change)
    assert (view.signed, view.yours) == ((), True)
    assert len(words(view)) == 1
    assert len((await found.sign(view.id)).signed) == 1


async def test_one_person_with_two_keys_spoils_no_proposal(founded: Table) -> None:
    token, known = software_token("compliance, the second", []), founded.desk.state.roster.officer("compliance")
    place = {"serial": token.serial, "label": token.label, "model": token.model}
    keys = [
        {"purpose": "identity", "jwk": jwk, "token": place, "label": "identity", "online": True}
        for jwk in sorted((known.identity_keys[0].jwk(), token.public["identity"].jwk()), key=str)
    ]
    entry = {"id": known.id, "name": known.name, "roles": [each.value for each in known.roles], "keys": keys}
    first, second = await console(founded, "compliance"), await console(founded, "officer-d")
    made = await first.propose("roster.changed", {"officers": [entry]})
    second.take_in(first.export(made.id))
    await second.sign(made.id)
    await second.append(made.id)
    for each in (first, second):
        await newest(each, founded)

    made = await first.propose("roster.changed", participant(founded, suspended=True))
    payload = proposals.parse(first.export(made.id)).event.jws.payload
    bare = proposals.Proposal(events.from_jws(Jws(payload, ()))).serialise()
    other = Author("compliance", token.public["identity"], token)
    again = await proposals.sign(founded.desk.state, bare, other, founded.stage.clock.now_ms())
    with refused("settlement.one-person-twice", Refused):
        first.take_in(again)
    second.take_in(first.export(made.id))
    assert (await second.sign(made.id)).complete


async def test_a_box_refuses_what_would_make_it_unreadable(founded: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    found = await console(founded, "compliance")
    first = found.propose_file(jcs.encode(participant(founded, suspended=True)))
    size = len(found.export(first.id))
    monkeypatch.setattr(proposal_box, "LIMIT", 3 * size)
    second = found.propose_file(jcs.encode(participant(founded, certified_until="2031-01-01")))
    with refused("desk.proposals-full", Refused):
        found.propose_file(jcs.encode(participant(founded, certified_until="2032-01-01")))
    assert {each.id for each in found.proposals()} == {first.id, second.id}
    found.withdraw(first.id)
    found.propose_file(jcs.encode(participant(founded, certified_until="2032-01-01")))
