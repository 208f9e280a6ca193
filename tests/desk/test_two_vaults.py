"""An officer with keys in two vaults of one instruction: each vault's share by itself, with one token or two."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from countersign.desk import own_keys, signing
from countersign.desk.author import Author, Scribe
from countersign.desk.cases import Basis, Circumstances
from countersign.desk.ports import Profile, Receipt
from countersign.desk.signing import Hand, Made
from countersign.errors import Refused
from countersign.review.case import Case, Channel
from countersign.settlement import contract as contracts
from countersign.settlement import events
from countersign.settlement.bodies import ShareAdded
from countersign.settlement.records import Instruction, Share
from countersign.settlement.roster import Token
from countersign.settlement.state import State
from support import crossing_world
from support import settlement_world as world
from support.crossing_world import CrossingWorld, SoftwareToken, no_progress, show
from support.refusals import refused
from support.review_cases import two_vaults

MINE, THEIRS = "meridian-btc", "harbour-btc"
A, C = "officer-a", "officer-c"


@dataclass
class Scene:
    """Two vaults owe in one PSBT; officer A holds keys in both, in the same token."""

    case: Case
    profile: Profile

    @property
    def state(self) -> State:
        assert self.case.state is not None
        return self.case.state

    @property
    def instruction(self) -> Instruction:
        assert self.case.instruction is not None
        assert self.case.instruction.prepared is not None
        return self.state.instruction(self.case.instruction.prepared)

    def shared(self, *shares: tuple[str, str]) -> None:
        """Shares (officer, vault) that the log holds."""
        kids = {vault: tuple(sorted(set(self.state.roster.vault(vault).keys))) for vault in (MINE, THEIRS)}
        made = [Share(who, vault, kids[vault], world.digest("share"), self.state.size - 1) for who, vault in shares]
        self.put(replace(self.instruction, shares=tuple(made)))

    def put(self, instruction: Instruction) -> None:
        instructions = self.state.instructions.set(instruction.hash, instruction)
        self.case = replace(self.case, state=replace(self.state, instructions=instructions))

    def registered_at(self, vault: str, token: Token) -> None:
        """Officer A's keys of a vault lie in another token."""
        roster, kids = self.state.roster, set(self.state.roster.vault(vault).keys)
        officer = roster.officer(A)
        keys = tuple(replace(each, token=token) if each.key.kid in kids else each for each in officer.keys)
        officers = roster.officers.set(A, replace(officer, keys=keys))
        self.case = replace(self.case, state=replace(self.state, roster=replace(roster, officers=officers)))

    async def sign(self, token: SoftwareToken) -> Made:
        hand = Hand(A, token, Author(A, world.identity(A).public, token))
        assert self.case.clock is not None
        assert self.case.instruction is not None
        assert self.case.head is not None
        facts = {contracts.parse(each.jws).hash: each for each in self.case.contracts}
        basis = Basis(self.state, self.case.head, facts, self.state.time_ms // 1_000)
        moment = Circumstances(now=self.case.clock.now, store=self.case.store)
        clock = crossing_world.SetClock(world.Desk(now_ms=self.case.clock.now * 1_000))
        scribe = Scribe(world.ORIGIN, clock, crossing_world.CountedEntropy("two vaults"))
        about = (basis, self.instruction, self.case.instruction.data, moment)
        return await signing.sign(hand, *about, self.profile, scribe, no_progress)


@dataclass
class ElsewhereToken(SoftwareToken):
    """Another token of the officer's: it holds the keys of one owner's vaults alone."""

    owner: str = "harbour"

    @property
    def serial(self) -> str:
        return f"serial-{self.officer}-{self.owner}"

    @property
    def registered(self) -> Token:
        return Token(self.serial, self.label, self.model)

    def _vault_keys(self) -> list[world.SoftwareKey]:
        return [world.vault_key(self.officer, "bip122", self.owner, slot) for slot in range(world.SLOTS)]


@pytest.fixture
def table(tmp_path: Path) -> CrossingWorld:
    return CrossingWorld(tmp_path)


@pytest.fixture
def scene(table: CrossingWorld) -> Scene:
    return Scene(two_vaults(), table.profile("two-vaults"))


def vaults(made: Made) -> list[str]:
    return [each.vault for each in made.shares]


async def test_one_token_signs_for_both_vaults_and_for_the_one_that_lacks_it(scene: Scene) -> None:
    token = SoftwareToken(A)
    assert vaults(await scene.sign(token)) == [THEIRS, MINE]
    both = len(token.signed)
    scene.shared((C, MINE), ("officer-d", MINE))
    fresh = SoftwareToken(A)
    assert vaults(await scene.sign(fresh)) == [THEIRS]
    assert (both, fresh.signed) == (
        3 + 2,
        [],
    )  # answered from the record, and nothing for the vault that has its quorum


async def test_the_token_at_hand_signs_for_its_own_vault_and_the_other_ones_later(scene: Scene) -> None:
    other = ElsewhereToken(A)
    scene.registered_at(THEIRS, other.registered)
    assert vaults(await scene.sign(other)) == [THEIRS]
    assert len(other.signed) == 2
    scene.shared((A, THEIRS))
    assert own_keys.open_vaults(scene.state, A, scene.instruction) == (MINE,)
    assert vaults(await scene.sign(SoftwareToken(A))) == [MINE]


async def test_where_one_vault_is_complete_the_other_ones_token_is_asked_for(scene: Scene) -> None:
    """The hostile case: the first key by the roster's order lies in the token that has nothing to do here any more."""
    other = ElsewhereToken(A, owner="meridian")
    scene.registered_at(MINE, other.registered)
    scene.shared((C, THEIRS), ("officer-d", THEIRS))
    with refused("desk.checks-forbid", Refused) as caught:
        await scene.sign(SoftwareToken(A))
    against = {each.check for each in caught.value.findings if each.status.value == "fail"}  # type: ignore[attr-defined]
    assert against == {"H2"}
    assert vaults(await scene.sign(other)) == [MINE]


class Mailbox:
    """A desk that takes shares of some vaults only."""

    def __init__(self, **codes: str) -> None:
        self.codes, self.logged = codes, list[str]()

    async def put_artefact(self, data: bytes) -> bytes:
        return data

    async def submit(self, event: bytes) -> Receipt:
        body = events.parse(event).body
        assert isinstance(body, ShareAdded)
        code = self.codes.get(body.vault.partition("-")[0])
        if code is not None:
            raise Refused(code, instruction=body.instruction, vault=body.vault, officer=A)
        self.logged.append(body.vault)
        return Receipt(len(self.logged), 0, body.instruction)


@pytest.mark.parametrize("code", ["settlement.quorum-complete", "settlement.share-twice"])
async def test_a_share_that_is_not_needed_keeps_no_other_back(scene: Scene, code: str) -> None:
    made = await scene.sign(SoftwareToken(A))
    for codes, logged in (({"harbour": code}, [MINE]), ({"meridian": code}, [THEIRS]), ({}, [THEIRS, MINE])):
        desk = Mailbox(**codes)
        assert len(await signing.give(desk, made)) == len(logged)  # type: ignore[arg-type]
        assert desk.logged == logged
    with refused(code, Refused):
        await signing.give(Mailbox(harbour=code, meridian=code), made)  # type: ignore[arg-type]


async def test_any_other_refusal_stops_at_once(scene: Scene) -> None:
    made = await scene.sign(SoftwareToken(A))
    desk = Mailbox(harbour="settlement.first-quorum")
    with refused("settlement.first-quorum", Refused):
        await signing.give(desk, made)  # type: ignore[arg-type]
    assert desk.logged == []


def in_crossing(table: CrossingWorld, scene: Scene) -> Instruction:
    """The two vaults' instruction as officer A's online machine knows it."""
    table.online.state = scene.state
    return scene.instruction


async def test_a_cold_vault_is_asked_until_it_gave_every_share_it_owes(table: CrossingWorld, scene: Scene) -> None:
    crossing = table.crossing
    assert crossing.recipients(in_crossing(table, scene)) == (C, "officer-d")
    scene.shared((C, MINE))
    assert crossing.recipients(in_crossing(table, scene)) == (C, "officer-d")
    scene.shared((C, MINE), (C, THEIRS))
    assert crossing.recipients(in_crossing(table, scene)) == ("officer-d",)
    scene.shared((A, THEIRS), ("officer-d", THEIRS), (C, MINE))
    assert crossing.recipients(in_crossing(table, scene)) == ("officer-d",)


async def test_after_an_answer_for_one_vault_the_other_ones_share_is_asked_for_anew(table: CrossingWorld) -> None:
    psbt, _ = table.prepare()
    first = await table.crossing.request(psbt, C, Channel.USB)
    await table.vault.confirm_clock(True)
    await show(table, first, Channel.USB)
    await table.vault.sign(no_progress)
    await table.crossing.take_answer(table.courier.files[await table.vault.answer_to_usb(Path("/drive"))])
    known = table.online.state.instruction(psbt)
    assert table.crossing.view(known, C).phase == "answered"  # the log has the share, this machine has not seen it yet
    table.take_in()
    assert table.crossing.view(table.online.state.instruction(psbt), C).phase == "answered"
    alone = table.online.state.instruction(psbt)
    also = replace(alone, group=replace(alone.group, vaults=(THEIRS, MINE)))
    table.online.state = replace(table.online.state, instructions=table.online.state.instructions.set(psbt, also))
    assert [(each.recipient, each.phase) for each in table.crossing.waiting() if each.instruction == psbt] == [
        (C, "request")
    ]
    assert await table.crossing.request(psbt, C, Channel.USB) != first
    assert table.crossing.view(also, C).phase == "carried"
