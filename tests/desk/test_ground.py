"""A profile and a pack are one kind of ground: the same states, the same history, under their own anchors."""

from dataclasses import replace

import pytest

from countersign.audit import note
from countersign.audit.note import COSIGNATURE
from countersign.audit.quorum import Quorum
from countersign.desk import evidence, grounding
from countersign.desk import ground as grounds
from countersign.desk.ground import Ground
from countersign.desk.replica import Replica
from countersign.keys import jws
from countersign.review.case import ContractFacts, JournalFacts, Mode
from countersign.settlement.records import ContractState
from countersign.settlement.state import State
from countersign.store.profile import Profile
from support import review_cases
from support import settlement_world as world
from support.finished_settlement import Finished


@pytest.fixture(scope="module")
def profile_ground(auditor: Profile, over: Finished) -> Ground:
    return grounding.of_replica(Replica(auditor, over.clock))


@pytest.fixture(scope="module")
def pack_ground(files: dict[str, bytes]) -> Ground:
    return grounding.of_pack(evidence.parse(files["evidence.zip"]), review_cases.quorum())


def test_both_reach_the_same_settlement(profile_ground: Ground, pack_ground: Ground, over: Finished) -> None:
    for each in (profile_ground, pack_ground):
        record = each.state.contracts[over.trade.hash]
        assert record.state is ContractState.FINAL
        assert record.causes == over.state.contracts[over.trade.hash].causes
        first = each.first_share(over.trade.hash)
        assert first is not None
        before = each.state_before(first.shares[0].index)
        assert before.contracts[over.trade.hash].state is ContractState.INSTRUCTED
        exhibit = each.exhibit(3)
        assert exhibit.index == 3
        assert each.index_of(over.state.events[12]) == 12
        assert each.index_of("00") is None
    assert profile_ground.exhibit(3) == pack_ground.exhibit(3)


def test_history_is_judged_before_the_first_share(profile_ground: Ground, over: Finished) -> None:
    first = profile_ground.first_share(over.trade.hash)
    when = grounds.moment(profile_ground, first)
    assert first is not None
    assert (when.size, when.at) == (first.shares[0].index, over.desk.entries[first.shares[0].index].time_ms // 1000)
    assert when.head.entry_ms == over.desk.entries[first.shares[0].index].time_ms
    case = grounds.case(profile_ground, when, over.now, ())
    assert case.mode is Mode.HISTORY
    assert case.clock is not None
    assert case.clock.judged == when.at
    assert grounds.moment(profile_ground, None).size == profile_ground.state.size  # an auditor's profile is all history


def test_the_journal_is_asked_about_the_logged_contracts_of_the_given_ids_only(profile_ground: Ground) -> None:
    asked = []

    def remembered(_state: object, contracts: tuple[str, ...], _instruction: object) -> JournalFacts:
        asked.append(contracts)
        return JournalFacts()

    desk = world.founded()
    first, second = desk.trade(), desk.trade()
    for trade in (first, second):
        desk.play(trade, until="agreed")
    ground = replace(profile_ground, state=desk.state, remembered=remembered, past=False)
    when = replace(grounds.moment(profile_ground, None), state=desk.state, size=None)
    other = world.signed_contract(world.terms(first.number, not_before=world.START + 1))
    strange = world.signed_contract(world.terms(77))
    for given in ((first.contract,), (other,), (strange,), (), (first.contract, second.contract)):
        grounds.case(ground, when, 0, tuple(ContractFacts(jws.serialise(each.jws)) for each in given))
    grounds.case(ground, when, 0, (ContractFacts(b"no contract"),))
    assert other.hash != first.hash
    assert asked == [(first.hash,), (first.hash,), (), (), tuple(sorted([first.hash, second.hash])), ()]


def test_nothing_counts_without_an_anchor(pack_ground: Ground, over: Finished) -> None:
    bare = grounding.trusting(pack_ground, None)
    assert bare.head(None).quorum is None
    when = grounds.moment(pack_ground, None)
    found = grounds.unanchored(grounds.case(pack_ground, when, over.now, ()))
    assert found.state is None
    assert found.head is not None
    assert found.head.quorum is None


def test_an_unknown_contract_has_no_place(pack_ground: Ground) -> None:
    assert pack_ground.contract("00" * 32, "x") is None
    assert pack_ground.first_share("00" * 32) is None


def asking(state: State, quorum: int) -> State:
    """The same state, had its policy asked for so many witnesses."""
    assert state.policy is not None
    return replace(state, policy=replace(state.policy, witnesses=replace(state.policy.witnesses, quorum=quorum)))


def third_witness(trust: Quorum) -> Quorum:
    """The reader trusts one more, whom the pack's policy does not name."""
    other = note.verifier_key(b"3" * 32, "witness.example/3", COSIGNATURE)
    return Quorum.parse(replace(trust, witnesses=(*trust.witnesses, other)).serialise())


def test_the_policys_number_counts_only_over_keys_that_were_given(pack_ground: Ground) -> None:
    trust = review_cases.quorum(2)
    assert grounding.effective(trust, pack_ground.state).k == 2
    fewer = replace(trust, witnesses=trust.witnesses[:1], k=1)
    assert grounding.effective(fewer, pack_ground.state) == fewer
    assert grounding.effective(trust, replace(pack_ground.state, policy=None)) == trust
    three = third_witness(trust)
    assert (three.k, grounding.effective(three, pack_ground.state).k) == (3, 2)
    assert grounding.effective(three, asking(pack_ground.state, 3)) == three


def test_no_policy_of_a_packs_asks_for_fewer_than_the_reader_does(pack_ground: Ground) -> None:
    lax = asking(pack_ground.state, 1)
    given = Quorum.parse(review_cases.quorum().serialise())
    assert grounding.effective(given, lax).k == 2
    assert grounding.effective(third_witness(given), lax).k == 2
    followed = review_cases.quorum(1)  # a profile's own policy asks for one
    assert grounding.effective(followed, lax).k == 1
    assert grounding.effective(followed, pack_ground.state).k == 2
    assert grounding.effective(review_cases.quorum(2), lax).k == 2
