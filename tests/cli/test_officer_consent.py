"""An officer's verbs at a terminal: what is signed stood there before the PIN was asked for, and nothing else is signed."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from countersign.cli.officer import officer_app
from countersign.cli.review_lines import review_lines
from countersign.demonstration import papers
from countersign.desk.arrivals import TakenIn
from countersign.errors import Refused, Unavailable
from support.desk_doubles import SEAT, At, Typing
from support.software_stage import Table


@pytest.fixture
def typing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    monkeypatch.chdir(tmp_path)
    return Typing(monkeypatch, capsys)


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """Both legs of the story's sale wait for officer A; for tests that sign none of them."""
    yield from _prepared(tmp_path_factory.mktemp("waiting"))


@pytest.fixture
def prepared(tmp_path: Path) -> Iterator[Table]:
    """The same, for one test."""
    yield from _prepared(tmp_path / "stage")


def _prepared(folder: Path) -> Iterator[Table]:
    found = Table.at(folder)
    asyncio.run(found.until("step-prepare"))
    asyncio.run(found.officer.synchronise())
    yield found
    found.stage.holds.close()


def at(table: Table) -> At:
    return At(table.desk, table.officer)


def test_every_digest_that_is_signed_stood_on_the_terminal_before_the_pin_was_asked_for(
    prepared: Table, typing: Typing
) -> None:
    status, out, _ = typing.run(officer_app(at(prepared)), *SEAT, "sign", prepared.story.contract)
    token = prepared.stage.bearers["officer-a"]
    assert (status, out.count("share.added")) == (0, 2)
    assert typing.asked == ["The PIN of the token (officer-a)"]
    assert token.signed
    assert all(each.hex() in typing.shown.replace(" ", "") for each in token.signed)


def test_where_nothing_waits_for_this_officer_no_pin_is_asked_for(prepared: Table, typing: Typing) -> None:
    app = officer_app(at(prepared))
    assert typing.run(app, *SEAT, "sign", prepared.story.contract)[0] == 0
    status, _, err = typing.run(app, *SEAT, "sign", prepared.story.contract)
    assert (status, typing.asked) == (1, [])
    assert "[cli.nothing-to-sign]" in err
    status, _, err = typing.run(app, *SEAT, "sign", "no such contract")
    assert (status, typing.asked, "desk.no-such-settlement" in err) == (1, [], True)


def test_what_was_logged_before_a_refusal_is_told_with_it(prepared: Table, typing: Typing) -> None:
    token, before = prepared.stage.bearers["officer-a"], prepared.desk.state.size

    def pulled(_key: object, _digest: bytes) -> None:
        if prepared.desk.state.size > before:
            raise Unavailable("H2.token-absent", token="officer-a", serial="1")

    token.before = pulled
    status, out, err = typing.run(officer_app(at(prepared)), *SEAT, "sign", prepared.story.contract)
    assert (status, out.count("share.added"), "[H2.token-absent]" in err) == (3, 1, True)
    token.before = None
    status, out, _ = typing.run(officer_app(at(prepared)), *SEAT, "sign", prepared.story.contract)
    assert (status, out.count("share.added")) == (0, 1)


def test_compliance_and_whoever_releases_see_the_terms_whole_before_their_word(waiting: Table, typing: Typing) -> None:
    app = officer_app(at(waiting))
    terms = waiting.desk.state.contract(waiting.story.contract).terms
    for verb in (("endorse",), ("decline", "--reason", "No."), ("release", "--checker", "compliance")):
        status, _, _ = typing.run(app, *SEAT, verb[0], waiting.story.contract, *verb[1:])
        assert status == 1  # not this officer's, and not its time: what matters is what was shown
        assert len(typing.asked) == 1
        for leg in terms.legs:
            assert leg.destination in typing.shown
        assert terms.legal_text_sha256 in typing.shown
        assert "do not apply here" in typing.shown


def test_a_review_tells_stops_and_leaves_out_only_what_does_not_apply(waiting: Table) -> None:
    view = asyncio.run(waiting.officer.review(waiting.story.contract))
    lines = review_lines(view)
    assert not [each for each in lines if each.strip().startswith("n/a")]
    against = len(view.contract_verdict.against) + sum(len(each.verdict.against) for each in view.instructions)
    assert len([each for each in lines if each.strip().startswith(("fail", "FAIL"))]) <= against


def test_proposals_are_approved_by_those_they_wait_for_and_others_are_asked_for_no_pin(
    waiting: Table, typing: Typing
) -> None:
    app = officer_app(at(waiting))
    status, out, _ = typing.run(app, *SEAT, "proposals")
    assert (status, out.strip(), typing.asked) == (0, "No proposal waits.", [])
    policy = papers.evening_policy(waiting.stage.witness_keys)
    made = waiting.officer.governance.draft("policy.adopted", {"policy": policy}).id
    status, _, err = typing.run(app, *SEAT, "approve", made[:8])
    assert (status, typing.asked, "[desk.proposal-not-yours]" in err) == (1, [], True)
    status, _, err = typing.run(app, *SEAT, "approve", made[:3])
    assert (status, typing.asked, "[desk.proposal-unknown]" in err) == (1, [], True)
    assert made in typing.run(app, *SEAT, "proposals")[1]
    assert typing.run(app, *SEAT, "withdraw", made[:8])[0] == 0
    assert made not in typing.run(app, *SEAT, "proposals")[1]
    status, _, err = typing.run(app, *SEAT, "approve", "abcd")
    assert (status, typing.asked, "[desk.proposal-unknown]" in err) == (1, [], True)


class Nodes:
    """Operations whose nodes see nothing, or are silent."""

    def __init__(self, seen: TakenIn) -> None:
        self.seen, self.taken = seen, 0

    async def arrivals(self) -> TakenIn:
        return self.seen

    async def take_in(self, _only: object) -> TakenIn:
        self.taken += 1
        return self.seen


@pytest.mark.parametrize(
    ("errors", "wanted"),
    [
        ([], 0),
        ([Unavailable("desk.no-node", chain="bip122:00")], 3),
        (
            [
                Refused("desk.deposit-unconfirmed", reference="x", confirmations=0),
                Unavailable("desk.no-node", chain="c"),
            ],
            1,
        ),
    ],
)
def test_arrivals_end_as_what_was_not_done_says_and_ask_for_no_pin_where_there_are_none(
    waiting: Table, typing: Typing, monkeypatch: pytest.MonkeyPatch, errors: list[Refused | Unavailable], wanted: int
) -> None:
    nodes = Nodes(TakenIn(not_done=list(errors)))
    monkeypatch.setattr(type(waiting.officer), "operations", nodes)
    status, out, _ = typing.run(officer_app(at(waiting)), *SEAT, "arrivals")
    assert (status, typing.asked, nodes.taken) == (wanted, [], 0)
    assert all(each.code in out for each in errors)


def test_where_no_rate_is_said_the_nodes_estimate_is_taken_and_shown_before_the_pin(
    tmp_path: Path, typing: Typing
) -> None:
    table = Table.at(tmp_path / "stage")
    try:
        asyncio.run(table.until("step-contract"))
        asyncio.run(table.officer.synchronise())
        _, _, err = typing.run(officer_app(at(table)), *SEAT, "prepare", table.story.contract)
        assert "Fee rate: 1 satoshi a virtual byte, the node's estimate for 6 blocks." in err
        _, _, err = typing.run(officer_app(at(table)), *SEAT, "prepare", table.story.contract, "--rate", "3")
        assert "Fee rate" not in err
    finally:
        table.stage.holds.close()


@pytest.mark.parametrize(
    ("verb", "code"), [("replace", "settlement.wrong-state"), ("child", "settlement.child-parent-unsent")]
)
def test_a_higher_fee_is_proposed_after_the_whole_review_and_only_where_the_rules_let_it(
    prepared: Table, typing: Typing, verb: str, code: str
) -> None:
    psbt = prepared.live("psbt")
    status, _, err = typing.run(officer_app(at(prepared)), *SEAT, verb, psbt.hash, "--rate", "20")
    assert (status, f"[{code}]" in err) == (1, True), err
    assert prepared.officer.governance.proposals() == ()
    for leg in prepared.desk.state.contract(prepared.story.contract).terms.legs:
        assert leg.destination in typing.shown  # what was reviewed stood there before the PIN was asked for


def test_an_instruction_goes_by_its_first_digits_or_its_settlement_and_what_is_meant_twice_is_named(
    waiting: Table, typing: Typing
) -> None:
    """Nobody types 64 digits; what is not there says where its name stands."""
    app, live = officer_app(at(waiting)), {kind: waiting.live(kind).hash for kind in ("psbt", "safe-tx")}
    status, _, err = typing.run(app, *SEAT, "replace", waiting.story.contract, "--rate", "9")
    assert (status, typing.asked, "[desk.several-instructions]" in err) == (1, [], True)
    assert all(each in err for each in live.values())
    for unknown in ("W-9", "", live["psbt"][:3], live["psbt"] + "0", "\udcff"):
        status, _, err = typing.run(app, *SEAT, "replace", unknown, "--rate", "9")
        assert (status, typing.asked, "[desk.no-such-instruction]" in err) == (1, [], True)
    status, _, err = typing.run(app, *SEAT, "replace", live["psbt"][:8], "--rate", "9")
    assert (status, len(typing.asked), "[settlement.wrong-state]" in err) == (1, 1, True)
