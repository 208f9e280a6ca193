"""What takes two officers goes from console to console as a file: each looks for itself before it signs, and then it counts."""

from dataclasses import dataclass, replace

import pytest

from countersign.bitcoin.inspect import PsbtFacts
from countersign.bitcoin.psbt import serialise
from countersign.demonstration import cast
from countersign.desk import awards, deals, declaring, mending, proposals, releasing, stopping
from countersign.desk.author import signed
from countersign.desk.deeds import Deeds, Look
from countersign.desk.governance import Governance
from countersign.desk.governance_views import ProposalView
from countersign.desk.ports import Receipt
from countersign.desk.proposal_box import ProposalBox
from countersign.desk.replica import Replica
from countersign.desk.vouching import Nodes
from countersign.desk.workplace import AtConsole, fetch_cycle
from countersign.errors import Refused
from countersign.formats import strict_json
from countersign.rails import ethereum as ethereum_rail
from countersign.rails.bitcoin import Readback, VaultSide
from countersign.rails.bitcoin_respend import respend
from countersign.rails.wallets import paying
from countersign.resources.governance_words import said
from countersign.settlement import builder, stops
from countersign.settlement.bodies import InstructionPrepared
from countersign.settlement.roster import SafeVault
from countersign.settlement.stop_bodies import Scope
from support import stopped_stage as stage
from support.contrary_chains import Contrary
from support.refusals import refused
from support.software_stage import Table

ORDER, DISCHARGE = b"The court orders. Demonstration only.\n", b"The court discharges its order. Demonstration only.\n"
RULING = b"The tribunal awards 100 BTC to Harbour Prime. Demonstration only.\n"


@dataclass
class Console:
    """One officer's machine: its own replica, box and nodes."""

    place: AtConsole
    governance: Governance
    deeds: Deeds

    async def newest(self) -> None:
        await self.place.synchronise()

    async def countersigned(self, data: bytes) -> ProposalView:
        """A file from another console, taken in and signed."""
        await self.newest()
        return await self.governance.sign(self.governance.take_in(data).id)


async def console(table: Table, officer: str) -> Console:
    replica = Replica(table.stage.profile(f"console-{officer}"), table.stage.clock)
    place = AtConsole(replica, table.desk, table.desk.scribe, table.desk.nodes)
    box = ProposalBox(replica.profile.journal)
    author = table.author(officer)
    governance = Governance(replica, table.desk, author, table.desk.scribe, table.stage.clock, box, Look(place))
    await place.synchronise()
    return Console(place, governance, Deeds(place, author, governance))


@pytest.fixture
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vaults with one slot more than the story's: a child's change lies where nobody was paid."""
    monkeypatch.setattr(cast, "SLOTS", 6)


@pytest.fixture
async def founded(table: Table) -> Table:
    return await table.until("step-found")


@pytest.fixture
async def pair(founded: Table) -> tuple[Console, Console]:
    return await console(founded, "operations"), await console(founded, "compliance")


def name(table: Table, officer: str) -> str:
    return table.desk.state.roster.officer(officer).name


def words(view: ProposalView) -> list[str]:
    return [said(each.then.code, each.then.values) for each in view.changes]


async def carried(first: Console, second: Console, view: ProposalView) -> Receipt:
    """The file goes over, is signed there and logged from there."""
    done = await second.countersigned(first.governance.export(view.id))
    assert done.complete
    receipt = await second.governance.append(done.id)
    for each in (first, second):
        await each.newest()
    return receipt


async def test_a_freeze_and_its_lifting_are_proposed_by_one_and_signed_by_the_other(
    founded: Table, pair: tuple[Console, Console]
) -> None:
    operations, compliance = pair
    contract = await stage.agreed(founded)
    await operations.newest()
    view = await operations.deeds.freeze("HC-1", Scope("book", cast.HARBOUR, "main"), ORDER, "By order.")
    assert words(view)[:2] == [
        f"Order HC-1 stops everything in the book main of {cast.BUYER.name} ({cast.HARBOUR}).",
        "Settlements that stop with it, beside those that are stopped already: 1.",
    ]
    assert (view.wanted, view.signed, view.complete) == (2, (name(founded, "operations"),), False)
    assert view.missing == (name(founded, "compliance"),)  # one of the two is of compliance
    with refused("desk.proposal-incomplete", Refused):
        await operations.governance.append(view.id)
    founded.stage.clock.seconds += 3_600  # the paper takes its time
    await carried(operations, compliance, view)
    state = founded.desk.state
    assert stops.stopping(state, state.contract(contract)) is not None
    assert founded.desk.artefacts.get(bytes.fromhex(state.freezes["HC-1"].document_sha256)) == ORDER

    lift = await compliance.deeds.lift("HC-1", DISCHARGE, "Discharged.")
    assert words(lift)[1] == "Settlements that no order stops any more then: 1."
    await carried(compliance, operations, lift)
    assert not founded.desk.state.freezes


async def test_an_order_is_good_for_a_week_and_a_release_for_a_day(
    founded: Table, pair: tuple[Console, Console]
) -> None:
    operations, compliance = pair
    view = await operations.deeds.freeze("HC-1", Scope("asset", asset=cast.BTC), ORDER, "By order.")
    file = operations.governance.export(view.id)
    founded.stage.clock.seconds += 7 * 86_400
    assert (await compliance.countersigned(file)).complete
    founded.stage.clock.seconds += 1
    with refused("desk.proposal-old", Refused):
        await compliance.countersigned(file)


async def test_two_of_the_same_role_do_not_make_an_order(founded: Table, pair: tuple[Console, Console]) -> None:
    operations, _ = pair
    other = await console(founded, "officer-a")
    view = await operations.deeds.freeze("HC-1", Scope("asset", asset=cast.BTC), ORDER, "By order.")
    with refused("desk.proposal-not-yours", Refused):
        await other.countersigned(operations.governance.export(view.id))


async def partly_signed(table: Table) -> tuple[str, str]:
    contract = await stage.agreed(table)
    cycle = await stage.instructed(table, contract)
    await stage.signed_online(table, cycle)
    return contract, cycle


async def test_a_void_is_declared_across_two_consoles_and_read_before_it_is_signed(
    founded: Table, pair: tuple[Console, Console]
) -> None:
    operations, compliance = pair
    contract, cycle = await partly_signed(founded)
    await operations.newest()
    voids = await operations.deeds.void(contract, cast.RATE + 3)
    assert [each.complete for each in voids] == [False, False]  # one may prepare alone; nobody declares alone
    said_of_both = [line for each in voids for line in words(each)]
    assert any("go back to the vaults that they lie in" in line for line in said_of_both)
    assert any("empty call of the Safe to itself" in line for line in said_of_both)
    for each in voids:
        await carried(operations, compliance, each)
    assert [each.purpose for each in stage.live(founded, cycle)] == ["void", "void"]
    await founded.officer.synchronise()
    await stage.signed_by_both(founded, cycle)

    # The release travels the same way: the maker names the checker, who finishes and tries everything again.
    await operations.newest()
    assert operations.deeds.checkers() == (("compliance", name(founded, "compliance")),)
    release = await operations.deeds.release(contract, "compliance")
    assert words(release)[0].endswith("is released: 2 instructions go to their chains.")
    assert release.missing == (name(founded, "compliance"),)
    await carried(operations, compliance, release)
    await releasing.broadcast(founded.desk, cycle, founded.author("operations"))
    for _ in range(cast.CONFIRMATIONS):
        await releasing.observe(founded.desk, cycle, founded.author("operations"))
    await mending.make_voided(founded.desk, cycle)
    assert stage.stands(founded, contract) == "voided"


async def test_what_pays_somebody_is_not_declared_as_a_void(founded: Table, pair: tuple[Console, Console]) -> None:
    operations, compliance = pair
    contract, cycle = await partly_signed(founded)
    await operations.newest()
    honest, _ = await operations.deeds.void(contract, cast.RATE)
    [psbt] = [each for each in stage.live(founded, cycle) if each.group.kind == "psbt"]
    drafted = strict_json.parse(operations.governance._box.get(honest.id).event.jws.payload)
    body = {**drafted["body"], "artefact": psbt.artefact}  # type: ignore[index]  # the payment itself
    draft = proposals.draft(founded.desk.scribe, "instruction.prepared", body)
    now = founded.stage.clock.now_ms()
    file = await proposals.sign(founded.desk.state, draft, founded.author("operations"), now)
    with refused("desk.not-declared", Refused):
        await compliance.countersigned(file)
    assert (await compliance.countersigned(operations.governance.export(honest.id))).complete


async def test_a_void_that_burns_the_coins_as_a_fee_or_is_of_another_safe_is_not_signed(
    founded: Table, pair: tuple[Console, Console]
) -> None:
    operations, compliance = pair
    contract, cycle = await partly_signed(founded)
    await operations.newest()
    kinds = {each.hash: each.group.kind for each in stage.live(founded, cycle)}
    for view in await operations.deeds.void(contract, cast.RATE):
        event = operations.governance._box.get(view.id).event
        assert isinstance(event.body, InstructionPrepared)
        psbt = kinds[event.body.replaces or ""] == "psbt"
        data = burning(founded, cycle) if psbt else of_another_safe(founded, event.body)
        drafted = strict_json.parse(event.jws.payload)
        body = {**drafted["body"], "artefact": (await founded.desk.put_artefact(data)).hex()}  # type: ignore[index]
        draft = proposals.draft(founded.desk.scribe, "instruction.prepared", body)
        file = await proposals.sign(
            founded.desk.state, draft, founded.author("operations"), founded.stage.clock.now_ms()
        )
        with refused("desk.fee-above-cap" if psbt else "desk.not-declared", Refused):
            await compliance.countersigned(file)
        assert (await compliance.countersigned(operations.governance.export(view.id))).complete


def burning(table: Table, cycle: str) -> bytes:
    """The coins of the cycle's bitcoin instruction back to their vault, but for what a thousandfold fee rate takes."""
    [old] = [each for each in stage.live(table, cycle) if each.group.kind == "psbt"]
    original, owed = table.desk.artefacts.get(bytes.fromhex(old.artefact)), table.desk.state.owed(old)
    wallets = paying(table.desk.state, old.group.vaults)
    return serialise(respend(original, wallets, settled=owed, owed=(), rate=cast.RATE * 1_000, spare={}).psbt)


def of_another_safe(table: Table, body: InstructionPrepared) -> bytes:
    """The same nonce of another Safe."""
    vaults = table.desk.state.roster.vaults.values()
    other = next(each for each in vaults if isinstance(each, SafeVault) and each.id not in body.vaults)
    return ethereum_rail.serialise(ethereum_rail.void(other, body.nonce or 0))


def test_a_void_that_gives_one_vaults_coins_to_another_is_objected_to() -> None:
    def side(vault: str, change: int) -> VaultSide:
        return VaultSide(vault, (0,), 1_000, (0,), change, 0, 10)

    named = InstructionPrepared("", (), "", "psbt", "void", None, None, (), "", None, ())
    found = PsbtFacts(b"", 2, 0, (), (), 0)
    for changes, balanced in (((990, 990), True), ((490, 1_490), False)):
        read = Readback(tuple(map(side, "ab", changes)), (), (), (), (), 20)
        assert (declaring._psbt_objection(named, found, read) == "") is balanced


async def test_a_release_of_what_pays_nobody_is_not_signed_whoever_signed_it(
    founded: Table, pair: tuple[Console, Console]
) -> None:
    _, compliance = pair
    contract = await stage.agreed(founded)
    cycle = await stage.instructed(founded, contract)
    [old] = [each for each in stage.live(founded, cycle) if each.group.kind == "psbt"]
    original, owed = founded.desk.artefacts.get(bytes.fromhex(old.artefact)), founded.desk.state.owed(old)
    wallets = paying(founded.desk.state, old.group.vaults)
    nothing = serialise(respend(original, wallets, settled=owed, owed=(), rate=cast.RATE, spare={}).psbt)

    async def looked_at() -> None:
        await compliance.newest()
        live = sorted(each.hash for each in stage.live(founded, cycle))
        body = {"cycle": cycle, "instructions": live, "maker": "operations", "checker": "compliance"}
        draft = proposals.draft(founded.desk.scribe, "release.authorised", body)
        await Look(compliance.place)(proposals.parse(draft).event)

    with refused("B13.too-few-signatures", Refused):  # what it pays is right; the shares are missing
        await looked_at()
    digest = (await founded.desk.put_artefact(nothing)).hex()
    body = builder.psbt_instruction_body(
        cycle, founded.desk.state.cycle(cycle).contracts, old.group.chain, digest, old.spends
    )
    draft = founded.desk.scribe.draft("instruction.prepared", body)
    await founded.desk.submit(await signed(draft, [founded.author("operations")]))
    with refused("desk.not-declared", Refused):
        await looked_at()


async def test_a_release_that_a_chain_would_refuse_is_signed_by_neither(
    founded: Table, pair: tuple[Console, Console]
) -> None:
    operations, compliance = pair
    contract, cycle = await partly_signed(founded)
    await stage.signed_cold(founded, cycle)
    for each in pair:
        await each.newest()
    release = await operations.deeds.release(contract, "compliance")
    file = operations.governance.export(release.id)
    for each in pair:
        chain = founded.desk.nodes.of_bitcoin(cast.BITCOIN)
        ethereum = {cast.ETHEREUM: founded.desk.nodes.of_ethereum(cast.ETHEREUM)}
        refusing = Nodes({cast.BITCOIN: Contrary(chain, "txn-mempool-conflict")}, ethereum)  # type: ignore[dict-item]
        each.place = replace(each.place, nodes=refusing)
    compliance.governance._look = Look(compliance.place)
    with refused("desk.chain-would-refuse", Refused):
        await compliance.countersigned(file)
    with refused("desk.chain-would-refuse", Refused):
        await Deeds(operations.place, founded.author("operations"), operations.governance).release(
            contract, "compliance"
        )


async def test_an_awards_terms_take_both_signatures_before_the_event_is_proposed(
    founded: Table, pair: tuple[Console, Console]
) -> None:
    operations, compliance = pair
    contract = await stage.agreed(founded)
    await stopping.open_dispute(founded.desk, contract, founded.author("meridian"), [], "Delivery was never agreed.")
    for each in pair:
        await each.newest()
    terms = stage.award(founded, contract, 10_000_000_000, RULING).serialise()
    with refused("desk.other-ruling", Refused):
        await operations.deeds.award(terms, b"another ruling")
    before = [
        said(each.then.code, each.then.values) for each in awards.read(operations.place.state, terms, RULING).changes
    ]
    half = await operations.deeds.award(terms, RULING)
    assert isinstance(half, bytes)
    assert await operations.deeds.award(half, RULING) == half  # one officer counts once
    view = await compliance.deeds.award(half, RULING)
    assert isinstance(view, ProposalView)
    assert before == words(view)  # read from the file before anybody signed it
    assert words(view)[0] == "The award AWARD-1 carries out a ruling on MH-2026-0007, version 1."
    assert "Meridian Capital (main) pays Harbour Prime (main) 100.00000000 BTC." in words(view)
    assert any(each.startswith("Whoever delivers bears at most ") for each in words(view))
    assert view.signed == ()  # a file said what the terms are: the event is signed by who has read them here
    await compliance.governance.sign(view.id)
    await carried(compliance, operations, view)
    assert stage.stands(founded, contract) == "awarded"


async def test_a_console_without_the_bytes_signs_no_release(founded: Table, pair: tuple[Console, Console]) -> None:
    operations, compliance = pair
    contract, cycle = await partly_signed(founded)
    await stage.signed_cold(founded, cycle)
    await operations.newest()
    release = await operations.deeds.release(contract, "compliance")
    await compliance.newest()
    compliance.governance._look = None
    with refused("desk.proposal-unseen", Refused):
        await compliance.countersigned(operations.governance.export(release.id))
    await fetch_cycle(compliance.place, cycle)
    compliance.governance._look = Look(compliance.place)
    assert (await compliance.countersigned(operations.governance.export(release.id))).complete


def possible(found: Console, contract: str) -> dict[str, str | None]:
    return {each.kind: each.objection and each.objection.code for each in found.deeds.offers(contract)}


async def test_a_console_offers_what_the_rules_would_let_pass_and_says_why_not(
    founded: Table, pair: tuple[Console, Console]
) -> None:
    operations, compliance = pair
    contract = await stage.agreed(founded)
    await operations.newest()
    assert possible(operations, contract) == {"freeze": None}
    await stage.instructed(founded, contract)
    await operations.newest()
    early = {"void": "desk.nothing-to-void", "release": "settlement.wrong-state", "replace": "settlement.wrong-state"}
    early["lift"] = "settlement.child-parent-unsent"
    assert possible(operations, contract) == {**early, "freeze": None}
    cycle = stage.live(founded, "cycle-1")[0].cycle
    await stage.signed_online(founded, cycle)
    await operations.newest()
    assert possible(operations, contract) == {**early, "void": None, "freeze": None}
    await stage.signed_cold(founded, cycle)
    for each in pair:
        await each.newest()
    assert possible(operations, contract) == {**early, "void": None, "release": None, "freeze": None}
    assert possible(compliance, contract)["release"] == "settlement.maker-checker"  # checks, but does not make
    await carried(operations, compliance, await operations.deeds.release(contract, "compliance"))
    await releasing.broadcast(founded.desk, cycle, founded.author("operations"))
    await operations.newest()
    settling = {"void": "settlement.wrong-state", "release": "settlement.wrong-state", "replace": None, "freeze": None}
    settling["lift"] = None
    assert possible(operations, contract) == settling


async def test_a_child_of_what_waits_for_a_block_is_proposed_by_one_and_read_back_by_the_other(
    roomy: None, founded: Table, pair: tuple[Console, Console]
) -> None:
    operations, compliance = pair
    contract = await stage.agreed(founded)
    cycle = await stage.instructed(founded, contract)
    await stage.signed_by_both(founded, cycle)
    await operations.newest()
    await compliance.newest()
    await carried(operations, compliance, await operations.deeds.release(contract, "compliance"))
    await releasing.broadcast(founded.desk, cycle, founded.author("operations"))
    await operations.newest()
    await compliance.newest()
    parent = stage.live(founded, cycle)[0]
    view = await operations.deeds.child(parent.hash, cast.RATE * 5)
    said_of_it = words(view)
    assert said_of_it[0].startswith(
        f"The instruction {parent.hash} on {cast.BITCOIN} (MH-2026-0007) waits for a block."
    )
    drafted = strict_json.parse(operations.governance._box.get(view.id).event.jws.payload)
    body = {**drafted["body"], "artefact": parent.artefact}  # type: ignore[index]  # the payment itself
    draft = proposals.draft(founded.desk.scribe, "instruction.prepared", body)
    file = await proposals.sign(founded.desk.state, draft, founded.author("operations"), founded.stage.clock.now_ms())
    with refused("rails.child-coins", Refused):
        await compliance.countersigned(file)
    await carried(operations, compliance, view)
    child = founded.desk.state.child(parent)
    assert child is not None
    assert (child.preparer, child.declarer) == ("operations", "compliance")
    assert possible(operations, contract)["lift"] is None  # another in its place, for nobody signed it


async def test_orders_are_listed_with_what_they_stop(founded: Table, pair: tuple[Console, Console]) -> None:
    operations, compliance = pair
    contract = await stage.agreed(founded)
    await operations.newest()
    assert {each.scope.kind for each in operations.deeds.targets()} == {"participant", "book", "asset", "contract"}
    await carried(
        operations,
        compliance,
        await operations.deeds.freeze("HC-1", Scope("contract", contract=contract), ORDER, "So."),
    )
    [order] = operations.deeds.orders()
    assert (order.order, order.contracts, order.lifted) == ("HC-1", 1, None)
    assert said(order.scope.code, order.scope.values) == "Order HC-1 stops the contract MH-2026-0007, version 1."
    assert possible(operations, contract)["freeze"] == "settlement.frozen"
    await carried(operations, compliance, await operations.deeds.lift("HC-1", DISCHARGE, "Over."))
    [order] = operations.deeds.orders()
    assert (order.contracts, order.lifted) == (0, founded.desk.state.size - 1)
    assert possible(operations, contract)["freeze"] is None


async def test_two_officers_prepare_what_one_may_not_at_that_fee(founded: Table, pair: tuple[Console, Console]) -> None:
    operations, compliance = pair
    contract = await stage.agreed(founded)
    await deals.close_cycle(founded.desk, "cycle-1", [contract])
    for each in pair:
        await each.newest()
    assert possible(operations, contract)["consent"] is None
    [view] = await operations.deeds.consent(contract, cast.RATE)
    assert words(view)[-1].startswith("Both officers consent to its fee")
    await carried(operations, compliance, view)
    [psbt] = stage.live(founded, "cycle-1")
    assert (psbt.purpose, psbt.preparer, psbt.declarer) == ("settlement", "operations", "compliance")
    assert "consent" not in possible(operations, contract)
    with refused("desk.nothing-to-prepare", Refused):
        await operations.deeds.consent(contract, cast.RATE)
