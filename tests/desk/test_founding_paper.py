"""The founding paper: what it says, who signs it, and whose signature it refuses."""

import json

import pytest

from countersign.desk import founding_paper, founding_plan
from countersign.desk.author import Scribe, add_signature
from countersign.errors import Conflict, CountersignError, Malformed, Refused
from countersign.formats import jcs
from support import settlement_world as world
from support.small_plan import LOG, RINGS, TOKENS, author, plan
from support.software_stage import CountedEntropy, SetClock

NOW = 1_795_348_800
DAY = 86_400


def paper(**changed: object) -> bytes:
    scribe = Scribe(world.ORIGIN, SetClock(NOW), CountedEntropy())
    found = founding_plan.parse(json.dumps(plan(**changed)).encode())
    return founding_paper.draft(scribe, founding_plan.body(found, RINGS, TOKENS["desk"].public["identity"], LOG))


async def signed(by: str, data: bytes) -> bytes:
    return await founding_paper.sign(data, author(by), NOW * 1_000)


async def test_it_says_what_it_founds_and_gathers_its_administrators() -> None:
    data = paper()
    view = founding_paper.look(data, NOW * 1_000)
    assert (view.desk, view.log, view.signed, view.missing, view.wanted) == (
        world.ORIGIN, str(LOG), (), ("Conrad Lake", "Dora Finch"), 2
    )  # fmt: skip
    said = {each.then.code for each in view.changes}
    assert {"roster.asset-added", "roster.participant-added", "roster.officer-added", "roster.vault-added"} <= said
    one, other = await signed("conrad", data), await signed("dora", data)
    both = founding_paper.merged([one, other])
    assert founding_paper.look(one, NOW * 1_000).missing == ("Dora Finch",)
    assert not founding_paper.look(one, NOW * 1_000).complete
    assert founding_paper.look(both, NOW * 1_000).complete
    assert await signed("conrad", both) == both  # once is enough
    assert founding_paper.look(await signed("dora", one), NOW * 1_000).signed == ("Conrad Lake", "Dora Finch")


async def test_only_its_administrators_sign_it() -> None:
    for who in ("ada", "meridian", "desk"):
        with pytest.raises(Refused) as refused:
            await signed(who, paper())
        assert refused.value.code == "desk.founding-not-yours"
    held = {each.kid: each for each in TOKENS["dora"].public.values()}
    assert founding_paper.officer_of(paper(), held, NOW * 1_000)[0] == "dora"


async def test_a_strangers_or_a_false_signature_makes_it_worthless() -> None:
    stranger = await add_signature(await signed("conrad", paper()), author("ada"))
    with pytest.raises(Refused) as refused:
        founding_paper.look(stranger, NOW * 1_000)
    assert refused.value.code == "desk.founding-stranger"
    good = await signed("conrad", paper())
    other = await signed("conrad", paper(administrators={"officers": ["conrad", "dora"], "threshold": 1}))
    false = json.loads(good) | {"signatures": json.loads(other)["signatures"]}  # good, over other bytes
    with pytest.raises(CountersignError) as false_one:
        founding_paper.look(jcs.encode(false), NOW * 1_000)
    assert false_one.value.code == "keys.bad-signature"
    assert founding_paper.look(good, NOW * 1_000).signed == ("Conrad Lake",)


@pytest.mark.parametrize(("after", "fits"), [(0, True), (DAY, True), (DAY + 1, False), (-300, True), (-301, False)])
def test_it_is_good_for_a_day(after: int, *, fits: bool) -> None:
    if fits:
        founding_paper.look(paper(), (NOW + after) * 1_000)
        return
    with pytest.raises(Refused) as refused:
        founding_paper.look(paper(), (NOW + after) * 1_000)
    assert refused.value.code == "desk.founding-old"


async def test_papers_of_two_foundings_do_not_count_together() -> None:
    other = paper(administrators={"officers": ["conrad", "dora"], "threshold": 1})
    with pytest.raises(Conflict):
        founding_paper.merged([await signed("conrad", paper()), await signed("dora", other)])


def test_a_roster_that_contradicts_itself_is_never_drafted() -> None:
    with pytest.raises(CountersignError) as refused:
        paper(administrators={"officers": ["ada", "dora"], "threshold": 2})
    assert refused.value.code == "settlement.not-administrator"


@pytest.mark.parametrize("data", [b"", b"{}", b'{"payload":"","signatures":[]}', b'{"payload":"e30","signatures":[]}'])
def test_what_is_no_paper_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        founding_paper.parse(data)
