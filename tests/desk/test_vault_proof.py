"""A vault is registered with proof that each cosigner tried it, verified by every console and the desk; and every way around it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from embit.psbt import PSBTError

from countersign.bitcoin import bip32, key_expression
from countersign.desk import proposals, vault_enrolment, vault_proof
from countersign.desk.registering import objection
from countersign.desk.vault_enrolment import Planned
from countersign.errors import CountersignError, Malformed, Refused
from countersign.formats import base64url
from countersign.rails import bitcoin as rail
from countersign.rails import wallets
from countersign.resources.governance_words import said as words
from countersign.settlement import events
from countersign.settlement.roster import Party, SlotVault
from countersign.settlement.vault_trials import Trial
from desk.test_vault_enrolment import A, C, D, by_device
from support import enrolment_world as enrolling
from support import mixed_world, ranged_world
from support import settlement_world as world
from support.enrolment_world import by_token, planned
from support.hardware_wallet import described
from support.refusals import refused

BOTH = ["compliance", "officer-d"]
Body = dict[str, Any]


def of_devices() -> tuple[Planned, Body]:
    """A vault of extended keys with the tests of three devices."""
    vault = planned(enrolling.descriptor_record())
    return vault, vault_enrolment.entry(vault, [by_device(vault, each) for each in world.COSIGNERS])


def of_tokens() -> tuple[Planned, Body]:
    """A vault of slots with the tests of three tokens."""
    vault = planned(enrolling.slots())
    return vault, vault_enrolment.entry(vault, [by_token(vault, each) for each in world.COSIGNERS])


def of_both() -> tuple[Planned, Body]:
    """Mixed slots: two tokens and a device."""
    vault = planned(enrolling.mixed_slots())
    tests = [by_token(vault, A), by_token(vault, C), by_device(vault, D, mixed_world.device())]
    return vault, vault_enrolment.entry(vault, tests)


def proposed(body: Body) -> proposals.Examined:
    """What an administrator's console says of the change; the desk, which looks again, refuses it by the same name."""
    state = enrolling.desk().state
    at = state.time_ms // 1_000
    event = events.parse(world.event_bytes("roster.changed", BOTH, proposals.completed(body), id="vault", at=at))
    found, refused = proposals.examine(state, proposals.Proposal(event), state.time_ms), objection(state, event)
    assert (found.objection is None) is (refused is None)
    assert refused is None or found.objection is None or refused.code == found.objection.code
    return found


def against(body: Body) -> tuple[str, str] | None:
    """The code with which the change is refused and the officers it names, or None."""
    found = proposed(body).objection
    if found is None:
        return None
    values = dict(found.values)
    return found.code, str(values.get("officers", values.get("officer", "")))


def told(body: Body) -> list[str]:
    return [words(each.then.code, each.then.values) for each in proposed(body).differences]


@pytest.mark.parametrize("made", [of_devices, of_tokens, of_both])
def test_an_enrolled_vault_carries_its_tests_and_each_console_verifies_them(
    made: Callable[[], tuple[Planned, Body]],
) -> None:
    _, body = made()
    assert against(json.loads(json.dumps(body))) is None
    assert f"Verified here: the test signatures for the vault meridian-btc of {_names(body)}." in told(body)
    assert not [each for each in told(body) if each.startswith("UNTESTED")]


def _names(body: Body) -> str:
    return ", ".join(world.NAMES[each["officer"]] for each in sorted(body["tests"], key=lambda one: one["officer"]))


def test_a_vault_is_not_entered_by_a_plain_change_of_the_roster() -> None:
    _, body = of_devices()
    assert against({"vaults": body["vaults"]}) == ("desk.enrol-untested", f"{A}, {C}, {D}")
    for missing in world.COSIGNERS:
        kept = [each for each in body["tests"] if each["officer"] != missing]
        assert against({**body, "tests": kept}) == ("desk.enrol-untested", missing)
    assert against(body) is None


def test_why_a_vault_is_entered_untested_and_by_whom_stands_in_the_words() -> None:
    _, body = of_devices()
    reason = "Dora's device is at the maker's; the vault is empty until she has signed."
    kept = [each for each in body["tests"] if each["officer"] != D]
    some, none = {**body, "tests": kept, "untested": reason}, {"vaults": body["vaults"], "untested": reason}
    said = "UNTESTED: for the vault meridian-btc nothing shows that these can sign: {}. Reason given: " + reason
    assert said.format(world.NAMES[D]) in told(some)
    assert said.format(", ".join(world.NAMES[each] for each in world.COSIGNERS)) in told(none)
    assert (
        f"Verified here: the test signatures for the vault meridian-btc of {world.NAMES[A]}, {world.NAMES[C]}."
        in told(some)
    )


def _swapped(tests: list[Body]) -> list[Body]:
    """Two officers' signatures under each other's names."""
    first, second, *rest = tests
    return [first | {"signatures": second["signatures"]}, second | {"signatures": first["signatures"]}, *rest]


def _flipped(spelled: str) -> str:
    data = bytearray(base64url.decode(spelled))
    data[40] ^= 1
    return base64url.encode(bytes(data))


def _first(change: Callable[[list[str]], list[str]]) -> Callable[[list[Body]], list[Body]]:
    return lambda tests: [tests[0] | {"signatures": change(tests[0]["signatures"])}, *tests[1:]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_swapped, "desk.enrol-test-false"),
        (_first(lambda made: [_flipped(made[0]), *made[1:]]), "desk.enrol-test-false"),
        (_first(lambda made: made[::-1]), "desk.enrol-test-false"),
        (_first(lambda made: made[:1]), "desk.enrol-test-false"),
        (_first(lambda made: [*made, made[0]]), "desk.enrol-test-false"),
        (lambda tests: [*tests, tests[0] | {"officer": "operations"}], "desk.enrol-test-stray"),
        (lambda tests: [*tests, tests[0] | {"vault": "harbour-btc"}], "desk.enrol-test-stray"),
        (lambda tests: [*tests, tests[0] | {"vault": "harbour-safe"}], "desk.enrol-test-stray"),
    ],
    ids=["each other's", "one bit", "another order", "one place", "one more", "no cosigner", "another vault", "a Safe"],
)  # fmt: skip
def test_a_test_that_is_not_the_cosigners_own_of_this_vault_is_refused(
    change: Callable[[list[Body]], list[Body]], code: str
) -> None:
    _, body = of_devices()
    assert against(body) is None
    found = against({**body, "tests": change(body["tests"])})
    assert found is not None
    assert found[0] == code


@pytest.mark.parametrize("other", [{"id": "meridian-2"}, {"owner": {"lei": world.NORTHGATE, "book": "lending-pool"}}])
def test_the_tests_of_one_vault_are_of_no_other(other: Body) -> None:
    """Another owner for the same keys and words: the commitment is another, and so is every signature."""
    _, body = of_devices()
    vault = body["vaults"][0] | other
    tests = [each | {"vault": vault["id"]} for each in body["tests"]]
    assert against({"vaults": [vault], "tests": tests}) == ("desk.enrol-test-false", A)


def test_a_signature_of_64_bytes_is_wanted() -> None:
    _, body = of_devices()
    short = [body["tests"][0] | {"signatures": [base64url.encode(bytes(63))]}]
    with pytest.raises(Malformed) as caught:
        proposed({**body, "tests": short})
    assert caught.value.code == "settlement.vault-test"


def test_slots_that_nobody_tried_are_added_only_with_a_reason() -> None:
    desk = world.founded()
    vault = desk.state.roster.vaults["harbour-btc"]
    assert isinstance(vault, SlotVault)
    known = vault_proof.vault_entry(vault)
    kids = [key for officer in world.COSIGNERS for key in [world.vault_key(officer, "bip122", "more", 4)]]
    officers = []
    for officer, key in zip(world.COSIGNERS, kids, strict=True):
        entry = world.officer_entry(officer)
        entry["keys"] = [*entry["keys"], world._officer_key(officer, "bip122", key.public, "btc harbour 4")]  # type: ignore[misc]
        officers.append(entry)
    text = described(2, [key.public.data.hex() for key in kids])
    slots = [*known["slots"], {"number": 4, "descriptor": text, "keys": [key.kid for key in kids]}]  # type: ignore[misc]
    larger = {"officers": officers, "vaults": [known | {"slots": slots}]}
    for body, code in (
        (larger, "desk.enrol-untested"),
        ({**larger, "untested": "The new slots were read from the tokens at the table."}, None),
        ({"vaults": [known]}, None),  # named again as it stands
    ):
        at = desk.state.time_ms // 1_000
        event = events.parse(world.event_bytes("roster.changed", BOTH, proposals.completed(body), id="slots", at=at))
        found = objection(desk.state, event)
        assert (None if found is None else found.code) == code


def exchanged_chain_code() -> bytes:
    """The descriptor in which officer A's key has another chain code: the same public key, so that the roster knows it."""
    found = []
    for officer in world.COSIGNERS:
        expression = ranged_world.device(officer).expression
        key = key_expression.parse(expression).extended
        assert key is not None
        if officer == A:
            other = bip32.serialise(replace(key, chain_code=bytes(32)))
            expression = expression.replace(bip32.serialise(key), other)
        found.append(expression)
    return described(2, found).encode()


def test_an_exchanged_chain_code_passes_no_test() -> None:
    """The roster compares public keys; the places that are tried, one of either branch, are derived with the chain code."""
    vault = planned(exchanged_chain_code())
    assert vault.first_address != planned(enrolling.descriptor_record()).first_address
    assert by_device(vault, C)
    with pytest.raises(PSBTError):
        by_device(vault, A)  # the device itself finds that the key is not the one under its path
    genuine = vault_enrolment.test(planned(enrolling.descriptor_record()))
    with pytest.raises(CountersignError):
        vault_enrolment.take_test(vault, A, ranged_world.device(A).sign(genuine))
    _, honest = of_devices()
    for tests in (honest["tests"], [each for each in honest["tests"] if each["officer"] == A]):
        found = against({"vaults": [vault_proof.vault_entry(vault.vault)], "tests": tests})
        assert found == ("desk.enrol-test-false", A)


def test_both_branches_are_tried() -> None:
    vault, _ = of_devices()
    tried = {each.script_pubkey for each in vault.described.places}
    assert tried == {rail.script_at(f"{world.BITCOIN}:{ranged_world.address(branch, 0)}") for branch in (0, 1)}


class TestMoreSlots:
    """A vault of two slots gains a third; then it is tried as it stands."""

    LINES = enrolling.slots().splitlines(keepends=True)

    @pytest.fixture
    def desk(self) -> world.Desk:
        made = enrolling.desk().copy()
        vault = self.planned(made, self.LINES[:2])
        body = vault_enrolment.entry(vault, [by_token(vault, A)], "The others are on their way.")
        made.log("roster.changed", BOTH, proposals.completed(body))
        return made

    def planned(self, desk: world.Desk, lines: list[bytes], **changes: Any) -> Planned:
        found = vault_enrolment.read_vault(b"".join(lines), None)
        wanted = {"name": enrolling.NAME, "owner": enrolling.OWNER, "chain": world.BITCOIN} | changes
        return vault_enrolment.plan(desk.state.roster, found, **wanted)

    def against(self, desk: world.Desk, body: Body) -> str | None:
        """The code with which every console and the desk refuse it."""
        at = desk.state.time_ms // 1_000
        event = events.parse(world.event_bytes("roster.changed", BOTH, proposals.completed(body), id="more", at=at))
        found = proposals.examine(desk.state, proposals.Proposal(event), desk.state.time_ms).objection
        assert (found is None) is (objection(desk.state, event) is None)
        return None if found is None else found.code

    def test_the_slots_it_gains_are_tried_by_themselves_and_the_tests_are_owed(self, desk: world.Desk) -> None:
        vault = self.planned(desk, self.LINES[2:])
        assert [slot.number for slot in vault.vault.slots] == list(range(len(self.LINES)))  # type: ignore[union-attr]
        assert vault.spelled(0) == "slot 2"
        body = vault_enrolment.entry(vault, [by_token(vault, each) for each in world.COSIGNERS])
        assert [len(each["signatures"]) for each in body["tests"]] == [len(self.LINES) - 2] * 3
        assert self.against(desk, body) is None
        assert self.against(desk, {**body, "tests": body["tests"][1:]}) == "desk.enrol-untested"
        with refused("desk.enrol-test-missing", Refused):
            vault_enrolment.entry(vault, [by_token(vault, A)])
        late = vault_enrolment.entry(vault, [by_token(vault, A)], "Again on their way.")
        assert self.against(desk, late) is None

    def test_a_test_of_the_whole_vault_or_of_other_slots_is_none_of_these(self, desk: world.Desk) -> None:
        gain, tests = self.planned(desk, self.LINES[2:]), {}
        body = vault_enrolment.entry(gain, [by_token(gain, each) for each in world.COSIGNERS])
        whole = replace(gain, trial=Trial(gain.vault))
        assert isinstance(whole.vault, SlotVault)
        fewer = replace(whole.vault, slots=whole.vault.slots[:2])
        stood = replace(gain, trial=Trial(fewer), wallet=wallets.read(fewer))
        for name, other in (("whole", whole), ("stood", stood)):
            tests[name] = vault_proof.told(other.trial, gain.roster, A, by_token(other, A))
            assert self.against(desk, {**body, "tests": [tests[name], *body["tests"][1:]]}) == "desk.enrol-test-false"

    def test_a_vault_that_stands_is_tried_at_last_and_nothing_is_owed(self, desk: world.Desk) -> None:
        before = desk.state.roster.vaults[enrolling.NAME]
        vault = self.planned(desk, self.LINES[:2])
        assert (vault.vault, vault.trial.owed) == (before, False)
        body = vault_enrolment.entry(vault, [by_token(vault, C)])
        assert "untested" not in body
        assert self.against(desk, body) is None
        flipped = [{**body["tests"][0], "signatures": [_flipped(each) for each in body["tests"][0]["signatures"]]}]
        assert self.against(desk, {**body, "tests": flipped}) == "desk.enrol-test-false"
        assert (
            self.against(desk, {**body, "tests": [{**body["tests"][0], "officer": "operations"}]})
            == "desk.enrol-test-stray"
        )
        with refused("desk.enrol-test-missing", Refused):
            vault_enrolment.entry(vault, [], "No reason makes a test of none.")
        desk.log("roster.changed", BOTH, proposals.completed(body))
        assert desk.state.roster.vaults[enrolling.NAME] == before

    def test_a_withdrawn_key_is_tried_by_nobody_and_keeps_nobody_from_trying(self, desk: world.Desk) -> None:
        entry = world.officer_entry(D)
        entry["keys"] = [each for each in entry["keys"] if each["purpose"] == "identity"]  # type: ignore[attr-defined]
        desk.log("roster.changed", BOTH, proposals.completed({"officers": [entry]}))
        vault = self.planned(desk, self.LINES[:2])
        assert vault.officers == (A, C)
        assert vault.holders_at(0).count(D) == 1
        assert self.against(desk, vault_enrolment.entry(vault, [by_token(vault, A), by_token(vault, C)])) is None

    @pytest.mark.parametrize(
        ("lines", "changes", "code"),
        [
            (LINES[1:], {}, "desk.enrol-slot-stands"),
            (LINES[:1], {}, "desk.enrol-slot-stands"),
            (LINES[2:], {"owner": Party(world.NORTHGATE, "lending-pool")}, "desk.enrol-known-vault"),
            (LINES[:2], {"owner": Party(world.NORTHGATE, "lending-pool")}, "desk.enrol-known-vault"),
            ([enrolling.descriptor_record()], {}, "desk.enrol-known-vault"),
            (LINES[2:], {"name": "harbour-safe"}, "desk.enrol-known-vault"),
        ],
        ids=["a slot twice", "one slot of two", "another owner", "another owner's", "extended keys", "a Safe"],
    )
    def test_what_is_neither_more_slots_nor_the_vault_as_it_stands_is_refused(
        self, desk: world.Desk, lines: list[bytes], changes: Body, code: str
    ) -> None:
        with refused(code, Refused):
            self.planned(desk, lines, **changes)
        assert self.planned(desk, self.LINES[2:])
