"""E10 where nothing is signed, in history, and in words: what it looked at, expected and found."""

from dataclasses import replace

from countersign.review.case import Case, Mode
from countersign.review.checks import verdict
from countersign.review.finding import Finding, Status
from countersign.settlement.roster import SafeVault
from support import settlement_world as world
from support.review_cases import Scene, batch_plan, story

WELL = ["E10.code", "E10.owned", "E10.alone", "E10.next"]


def said(case: Case) -> list[Finding]:
    return list(verdict(case).of("E10"))


def reasons(case: Case) -> list[str]:
    return [each.reason for each in said(case)]


def attested() -> Scene:
    return story().attest("compliance", "officer-d")


def test_a_good_safe_says_where_it_was_read_and_every_part_of_it() -> None:
    scene = story()
    source, *whole = said(scene.safe_case())
    seen = scene.seen()
    assert seen is not None
    assert (source.reason, source.status, source.values["number"]) == ("E10.read", Status.PASS, seen.number)
    assert seen.block in source.found
    assert source.expected == "at most 3600 s old"
    assert [each.reason for each in whole] == WELL
    told = "; ".join(each.found for each in whole)
    for part in ("singleton 0x41675C", "singleton code 0x1fe2df", "proxy code 0xd7d408", "version 1.4.1", "threshold 2",
                 "modules none", "guard none", "module guard none", "fallback handler 0xfd0732", "nonce 0"):  # fmt: skip
        assert part in told, part
    assert all(owner in told for owner in seen.safes[0].owners)
    assert all(each.found == each.expected for each in whole)


def test_the_policy_says_how_old_what_the_node_said_may_be() -> None:
    scene = story()
    for limit, ago, reason in ((600, 540, "E10.read"), (600, 660, "E10.old"), (3_600, 660, "E10.read")):
        adopted = replace(scene.state.adopted(), safe_state_age_seconds=limit)
        case = scene.safe_case(state=replace(scene.state, policy=adopted), safes=scene.seen(ago))
        assert reason in reasons(case), (limit, ago)


def test_every_part_that_drifted_is_a_fail_of_its_own() -> None:
    scene = story()
    found = said(
        scene.safe_case(safes=scene.seen(threshold=1, version="1.5.0", modules=(world.safe_address("meridian"),)))
    )
    assert [each.reason for each in found] == ["E10.read", "E10.next", "E10.version", "E10.threshold", "E10.modules"]
    assert [(each.expected, each.found) for each in found[2:4]] == [("1.4.1", "1.5.0"), ("2", "1")]
    assert [each.status for each in found[2:]] == [Status.FAIL] * 3


def test_a_bitcoin_transaction_has_no_safe_and_files_alone_have_no_registration() -> None:
    scene = story()
    assert reasons(scene.psbt_case()) == ["E1.no-safe-transaction"]
    alone = scene.safe_case(state=None, head=None, safes=None)
    assert [(each.status, each.blocked_by) for each in said(alone)] == [(Status.BLOCKED, "anchor")]


def test_who_only_looks_is_told_that_no_node_was_asked() -> None:
    scene = story()
    assert reasons(scene.safe_case(mode=Mode.LOOK, safes=None)) == ["E10.not-asked"]
    assert reasons(scene.safe_case(mode=Mode.LOOK)) == ["E10.read", *WELL]


def test_without_a_clock_nothing_is_known_of_age() -> None:
    assert reasons(story().safe_case(clock=None)) == ["E10.no-node"]


def history(scene: Scene, after: int) -> Case:
    """Looked at as history, so many seconds after the newest entry before the first share."""
    at = scene.state.time_ms // 1_000 + after
    return scene.safe_case(mode=Mode.HISTORY, clock=scene.clock(as_of=at), safes=None)


def test_in_history_only_what_is_in_the_log_counts() -> None:
    assert reasons(history(story(), 60)) == ["E10.not-logged"]
    other = story().attest("compliance", "officer-d")
    name, found = next(iter(other.state.attestations.items()))
    state = replace(
        other.state, attestations=other.state.attestations.set(name, replace(found, instructions=("ab" * 32,)))
    )
    assert reasons(replace(history(other, 60), state=state)) == ["E10.not-logged"]


def test_in_history_what_was_attested_before_the_first_share_is_judged_at_that_time() -> None:
    assert reasons(history(attested(), 60)) == ["E10.attested", *WELL]
    assert reasons(history(attested(), 86_400 + 60)) == ["E10.old", *WELL]
    found = verdict(history(attested(), 60))
    assert found.as_of == attested().state.size


def test_in_history_the_node_of_today_is_not_asked() -> None:
    drifted = story().seen(threshold=1)
    assert reasons(replace(history(story(), 60), safes=drifted)) == ["E10.not-logged"]


def test_a_chain_without_multi_send_stops_batches_only() -> None:
    batch = story(plan=batch_plan())
    assert reasons(batch.safe_case()) == ["E10.read", "E10.code", "E10.batch", *WELL[1:]]
    assert "E10.multi-send-code" in reasons(batch.safe_case(safes=batch.seen(multi_send_code=None)))
    assert reasons(story().safe_case(safes=story().seen(multi_send_code=None))) == ["E10.read", *WELL]


def test_a_call_to_the_registered_fallback_handler_is_administration() -> None:
    scene, usdc = story(), world.USDC_ADDRESS
    vault = scene.state.roster.vaults["harbour-safe"]
    assert isinstance(vault, SafeVault)
    vaults = scene.state.roster.vaults.set("harbour-safe", replace(vault, fallback_handler=usdc))
    state = replace(scene.state, roster=replace(scene.state.roster, vaults=vaults))
    found = verdict(scene.safe_case(state=state, safes=scene.seen(fallback_handler=usdc)))
    assert [each.reason for each in found.against if each.status is Status.FAIL] == ["E4.safe-machinery", "E10.handler"]
    assert found.against[0].found == f"the Safe's fallback handler at {usdc}"
