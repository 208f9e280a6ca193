"""A workstation's own desk: founded once by its own paper, and what people signed elsewhere is logged at it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from countersign.audit import note
from countersign.audit.note import VerifierKey
from countersign.audit.quorum import Quorum
from countersign.chains.embedded_ethereum import EmbeddedEthereum
from countersign.desk import bundles, extract, founding_paper, founding_plan, proposals, station
from countersign.desk.author import Scribe, signed
from countersign.desk.embedded import EmbeddedDesk
from countersign.desk.extract_checking import verify_extract
from countersign.desk.founding_plan import Place
from countersign.desk.sequencer import Sequencer, Watcher
from countersign.desk.station import Facts, TokenPlace
from countersign.desk.vouching import Nodes
from countersign.errors import Conflict, CountersignError, Malformed, Refused, Unavailable
from countersign.ethereum.abi import Address
from countersign.formats import caip
from countersign.store import profile as profiles
from countersign.store.profile import Kind
from countersign.store.tile_files import TileFiles
from countersign.sync.witness import Witness
from support import settlement_world as world
from support.small_plan import LOG, LOG_SEED, OTHER_LOG, RINGS, TOKENS, author, plan
from support.software_stage import CHEAP, CountedEntropy, Memory, SetClock

NOW = 1_795_348_800
USDC = Address(caip.AssetId.parse(world.USDC).token)


@dataclass
class Hearing:
    """A witness that can be out of reach."""

    witness: Witness
    silent: bool = False

    async def add_checkpoint(self, request: bytes) -> tuple[int, bytes]:
        if self.silent:
            raise Unavailable("sync.witness-silent")
        return await self.witness.add_checkpoint(request)


@dataclass
class Here:
    desk: EmbeddedDesk
    clock: SetClock
    witness: Hearing

    def paper(self, log: VerifierKey = LOG, key: str = "desk") -> bytes:
        found = founding_plan.parse(json.dumps(plan()).encode())
        body = founding_plan.body(found, RINGS, TOKENS[key].public["identity"], log)
        return founding_paper.draft(self.desk.scribe, body)

    async def signed(self, data: bytes, *who: str) -> bytes:
        for each in who:
            data = await founding_paper.sign(data, author(each), self.clock.now_ms())
        return data

    async def found(self, *papers: bytes) -> int:
        return (await station.found(self.desk, papers, self.clock.now_ms())).index


def following(tokens: dict[Address, dict[Address, int]], decimals: int = 6) -> Nodes:
    """An Ethereum node on whose chain there are these tokens."""
    chain = EmbeddedEthereum(31337, balances=tokens, decimals=dict.fromkeys(tokens, decimals))
    return Nodes(ethereum={world.ETHEREUM: chain})


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    clock, entropy = SetClock(NOW), CountedEntropy()
    store = profiles.create(tmp_path / "desk", Kind.DESK, entropy.random_bytes, lambda: "a passphrase", {}, CHEAP)
    witness = Witness("w.example", b"\x07" * 32, {world.ORIGIN: (LOG,)}, Memory(), lambda: clock.now_ms() // 1_000)
    hearing = Hearing(witness)
    sequencer = Sequencer(
        quorum=Quorum(LOG, (witness.key,), 1), archive=store.archive, tiles=TileFiles(tmp_path / "log"),
        watchers=[Watcher(witness.key, hearing)], clock=clock, entropy=entropy,
        sign_head=partial(note.sign, LOG_SEED, world.ORIGIN),
    )  # fmt: skip
    await sequencer.open()
    scribe = Scribe(world.ORIGIN, clock, entropy)
    yield Here(
        EmbeddedDesk(sequencer, store.archive, store.artefacts, author("desk"), scribe, Nodes(), store.journal),
        clock,
        hearing,
    )
    store.close()


async def test_it_is_founded_by_its_administrators_papers_and_once(here: Here) -> None:
    paper = here.paper()
    one, other = await here.signed(paper, "conrad"), await here.signed(paper, "dora")
    with pytest.raises(Refused) as refused:
        await here.found(one)
    assert (refused.value.code, refused.value.values["missing"]) == ("desk.founding-unsigned", "Dora Finch")
    assert here.desk.state.size == 0
    here.clock.seconds += 86_400  # administrators may sign one after another, for a day
    assert await here.found(one, other) == 0
    assert here.desk.state.desk == world.ORIGIN
    assert await here.found(one, other) == 0  # the same papers again: it was interrupted before
    assert here.desk.state.size == 1
    with pytest.raises(Refused) as again:
        await here.found(await here.signed(here.paper(), "conrad", "dora"))
    assert again.value.code == "settlement.founded-already"


@pytest.mark.parametrize(("log", "key"), [(OTHER_LOG, "desk"), (LOG, "other")])
async def test_another_desks_paper_founds_nothing_here(here: Here, log: VerifierKey, key: str) -> None:
    with pytest.raises(Refused) as refused:
        await here.found(await here.signed(here.paper(log, key), "conrad", "dora"))
    assert refused.value.code == "desk.founding-other-log"
    assert here.desk.state.size == 0


async def test_what_people_signed_elsewhere_is_logged_and_what_nobody_signed_is_not(here: Here) -> None:
    here = replace(here, desk=replace(here.desk, nodes=following({USDC: {}})))
    await here.found(await here.signed(here.paper(), "conrad", "dora"))
    change = {"participants": [], "assets": [{"id": world.USDC, "symbol": "USDC", "decimals": 6}]}
    draft = proposals.draft(here.desk.scribe, "roster.changed", proposals.completed(change))
    with pytest.raises(Refused) as refused:
        await station.log(here.desk, draft)
    assert refused.value.code == "desk.unsigned"
    one = await proposals.sign(here.desk.state, draft, author("conrad"), here.clock.now_ms())
    with pytest.raises(Refused) as half:
        await station.log(here.desk, one)
    assert half.value.code == "settlement.wrong-signers"
    both = await proposals.sign(here.desk.state, one, author("dora"), here.clock.now_ms())
    event, receipt = await station.log(here.desk, both)
    assert (event.type, receipt.index) == ("roster.changed", 1)
    assert here.desk.state.roster.asset(world.USDC).symbol == "USDC"


async def test_a_token_is_entered_only_once_the_desks_own_node_has_probed_it(here: Here) -> None:
    await here.found(await here.signed(here.paper(), "conrad", "dora"))
    change = proposals.completed({"assets": [{"id": world.USDC, "symbol": "USDC", "decimals": 6}]})
    event = await signed(here.desk.scribe.draft("roster.changed", change), [author("conrad"), author("dora")])
    for nodes, code in (
        (Nodes(), "desk.token-unprobed"),
        (following({}), "ethereum.token-no-contract"),
        (following({USDC: {}}, 18), "ethereum.token-decimals"),
    ):
        with pytest.raises(CountersignError) as refused:
            await station.log(replace(here.desk, nodes=nodes), event)
        assert refused.value.code == code
        assert here.desk.state.size == 1
    await station.log(replace(here.desk, nodes=following({USDC: {}})), event)
    again = await signed(here.desk.scribe.draft("roster.changed", change), [author("conrad"), author("dora")])
    await station.log(here.desk, again)  # it stands as it is named: nobody is asked


async def test_a_founding_probes_the_tokens_that_it_can_and_says_which_it_could_not(here: Here) -> None:
    token = {"id": world.USDC, "symbol": "USDC", "decimals": 6}
    plan_with = json.dumps(plan(assets=[*plan()["assets"], token])).encode()
    body = founding_plan.body(founding_plan.parse(plan_with), RINGS, TOKENS["desk"].public["identity"], LOG)
    paper = founding_paper.draft(here.desk.scribe, body)
    said = [each.then for each in founding_paper.look(paper, here.clock.now_ms()).changes]
    assert [each.values for each in said if each.code == "roster.token-unprobed"] == [{"symbol": "USDC"}]
    paper = await here.signed(paper, "conrad", "dora")
    with pytest.raises(Refused) as refused:
        await station.found(replace(here.desk, nodes=following({})), [paper], here.clock.now_ms())
    assert (refused.value.code, here.desk.state.size) == ("ethereum.token-no-contract", 0)
    assert await here.found(paper) == 0  # no node yet: it was said, and is asked before the first unit of it


async def test_a_participants_extract_is_what_it_may_read_under_the_newest_witnessed_head(here: Here) -> None:
    await here.found(await here.signed(here.paper(), "conrad", "dora"))
    body = {"kind": "founding", "document": "ab" * 32, "phrase": None, "present": ["conrad", "dora"]}
    await station.log(
        here.desk,
        await signed(here.desk.scribe.draft("ceremony.recorded", body), [author("conrad"), author("dora")]),
    )
    price = {"asset": world.BTC, "price": "80000", "source": "test"}
    await here.desk.own("price.published", price)
    found = await extract.of_desk(here.desk, world.MERIDIAN)
    assert ([each.index for each in found.exhibits], found.checkpoint.checkpoint.size) == ([0, 2], 3)
    trust = here.desk.sequencer.quorum
    assert verify_extract(bundles.serialise(found), "meridian.zip", trust).status == 0
    here.witness.silent = True
    with pytest.raises(Unavailable):
        await here.desk.own("price.published", price | {"price": "80001"})
    assert await extract.of_desk(here.desk, world.MERIDIAN) == found
    here.witness.silent = False
    newer = await extract.of_desk(here.desk, world.MERIDIAN)
    assert [each.index for each in newer.exhibits] == [0, 2, 3]
    assert verify_extract(bundles.serialise(newer), "meridian.zip", trust).status == 0
    with pytest.raises(Refused) as refused:
        await extract.of_desk(here.desk, world.HARBOUR)
    assert refused.value.code == "settlement.unknown-participant"


async def test_a_document_is_kept_if_the_event_names_it(here: Here) -> None:
    await here.found(await here.signed(here.paper(), "conrad", "dora"))
    order = b"the minutes of the founding"
    body = {"kind": "founding", "document": sha256(order).hexdigest(), "phrase": None, "present": ["conrad", "dora"]}
    event = await signed(here.desk.scribe.draft("ceremony.recorded", body), [author("conrad"), author("dora")])
    with pytest.raises(Refused) as refused:
        await station.log(here.desk, event, [b"another paper"])
    assert refused.value.code == "desk.paper-unnamed"
    assert here.desk.state.size == 1
    await station.log(here.desk, event, [order])
    assert await here.desk.artefact(sha256(order).digest()) == order


@pytest.mark.parametrize("data", [b"", b"{}", b'{"payload":"","signatures":[]}', b"not json"])
async def test_what_is_no_event_is_malformed(here: Here, data: bytes) -> None:
    with pytest.raises(CountersignError) as refused:
        await station.log(here.desk, data)
    assert isinstance(refused.value, Malformed) or refused.value.code == "desk.unsigned"


def test_facts_come_back_as_they_were_written() -> None:
    witness = VerifierKey.parse(plan()["witnesses"][0]["key"])
    facts = Facts(
        LOG,
        1,
        (Place(witness, "http://127.0.0.1:8401"),),
        TokenPlace(None, "/tokens", "1f", "desk", "SoftHSM v2"),
        "kid",
    )
    assert Facts.parse(facts.serialise()) == facts
    assert facts.anchor.origin == world.ORIGIN
    assert not facts.anchor.insiders
    later = VerifierKey.parse(plan()["witnesses"][1]["key"])
    more = facts.with_witness(Place(later, "http://127.0.0.1:1")).with_witness(Place(later, "http://127.0.0.1:2"))
    assert Facts.parse(more.serialise()).also == (Place(later, "http://127.0.0.1:2"),)
    assert more.anchor == facts.anchor
    with pytest.raises(Conflict):
        facts.with_witness(Place(witness, "http://127.0.0.1:8401"))
    moved = facts.with_witness(Place(witness, "http://127.0.0.1:3"))  # the same key elsewhere: nobody's trust changes
    assert (moved.witnesses[0].url, moved.also, moved.anchor) == ("http://127.0.0.1:3", (), facts.anchor)
    for key in (LOG, OTHER_LOG):
        with pytest.raises(Malformed) as role:
            facts.with_witness(Place(key, "http://127.0.0.1:3"))
        assert role.value.code == "L5.key-role"
    with pytest.raises(Malformed):
        Facts.parse(replace(facts, quorum=0).serialise())
