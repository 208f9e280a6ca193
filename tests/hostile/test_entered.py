"""What a dishonest hand tries to get into the roster with a vault, through every administrator's console and the desk itself.

Each case is a change that two administrators could sign, with honest test signatures where it carries tests.
"""

from collections.abc import Callable
from typing import Any

import pytest

from countersign.desk import proposals, vault_enrolment, vault_proof
from countersign.desk.registering import objection
from countersign.keys.public_key import PublicKey
from countersign.settlement import events, roster_change
from countersign.settlement.roster import Vault
from support import enrolment_world as enrolling
from support import ranged_world
from support import settlement_world as world
from support.enrolment_world import by_token, planned
from support.hardware_wallet import described

BOTH = ["compliance", "officer-d"]
LINES = enrolling.slots().splitlines(keepends=True)
Body = dict[str, Any]


def against(desk: world.Desk, body: Body) -> str | None:
    """The code with which a console shows the change as not good to sign, and the desk refuses to log it."""
    at = desk.state.time_ms // 1_000
    event = events.parse(world.event_bytes("roster.changed", BOTH, proposals.completed(body), id="tried", at=at))
    shown = proposals.examine(desk.state, proposals.Proposal(event), desk.state.time_ms).objection
    logged = desk.copy().attempt("roster.changed", BOTH, proposals.completed(body)) or objection(desk.state, event)
    assert (shown is None) is (logged is None)
    return None if shown is None else shown.code


def twice() -> tuple[world.Desk, Body]:
    """A vault of one slot, tried by everybody; behind it the same vault with four, which nobody tried."""
    body = _tried()
    return enrolling.desk(), {
        **body,
        "vaults": [*body["vaults"], vault_proof.vault_entry(planned(enrolling.slots()).vault)],
    }


def once() -> tuple[world.Desk, Body]:
    """The vault of one slot alone."""
    return enrolling.desk(), _tried()


def _tried() -> Body:
    small = planned(LINES[0])
    return vault_enrolment.entry(small, [by_token(small, each) for each in world.COSIGNERS])


def _of_children(desk: world.Desk, place: int) -> vault_enrolment.Planned:
    """The vault, or the slot more, over child `place` of each cosigner's device."""
    keys = [f"{ranged_world.device(each).origin}/0/{place}" for each in world.COSIGNERS]
    found = vault_enrolment.read_vault(f"{described(2, keys)}\n".encode(), None)
    return vault_enrolment.plan(desk.state.roster, found, enrolling.NAME, enrolling.OWNER, world.BITCOIN)


def _further_slot(desk: world.Desk) -> Body:
    """A further slot of that vault, made by hand: the next children of the same three extended keys."""
    standing = desk.state.roster.vaults[enrolling.NAME]
    keys = [f"{ranged_world.device(each).origin}/0/1" for each in world.COSIGNERS]
    entry: Body = vault_proof.vault_entry(standing)  # type: ignore[arg-type]
    more = {**entry["slots"][0], "number": 1, "descriptor": described(2, keys)}
    return {"vaults": [{**entry, "slots": [*entry["slots"], more]}], "untested": "One device is at the maker's."}


def _of_extended_keys() -> world.Desk:
    desk = enrolling.desk().copy()
    vault = _of_children(desk, 0)
    signed = [ranged_world.device(each).sign(vault_enrolment.test(vault)) for each in world.COSIGNERS]
    desk.log("roster.changed", BOTH, proposals.completed(vault_enrolment.entry(vault, signed)))
    return desk


def withdrawn() -> tuple[world.Desk, Body]:
    """The same once officer D's device was stolen, and its key withdrawn: the thief would have a share in what comes there."""
    desk = _of_extended_keys()
    entry = world.officer_entry("officer-d")
    entry["keys"] = [each for each in entry["keys"] if each["purpose"] == "identity"]  # type: ignore[attr-defined]
    desk.log("roster.changed", BOTH, proposals.completed({"officers": [entry]}))
    return desk, _further_slot(desk)


def registered() -> tuple[world.Desk, Body]:
    """The same while all three keys count."""
    desk = _of_extended_keys()
    return desk, _further_slot(desk)


def _with_keys(keys: list[PublicKey]) -> tuple[world.Desk, Body]:
    """A slot more of Harbour's vault over these keys, one a cosigner."""
    desk, officers = world.founded(), []
    for officer, key in zip(world.COSIGNERS, keys, strict=True):
        entry = world.officer_entry(officer)
        entry["keys"] = [*entry["keys"], world._officer_key(officer, "bip122", key, "btc harbour 4")]  # type: ignore[misc]
        officers.append(entry)
    known: Body = vault_proof.vault_entry(desk.state.roster.vaults["harbour-btc"])  # type: ignore[arg-type]
    slot = {
        "number": 4,
        "descriptor": described(2, [key.data.hex() for key in keys]),
        "keys": [key.kid for key in keys],
    }
    vault = {**known, "slots": [*known["slots"], slot]}
    return desk, {"officers": officers, "vaults": [vault], "untested": "Read from the tokens at the table."}


def _fresh(*names: str) -> list[PublicKey]:
    return [world.SoftwareKey.generate(world.Curve.SECP256K1, name).public for name in names]


def opposite() -> tuple[world.Desk, Body]:
    """Two of the three keys are one secret's: it signs for both officers."""
    one, third = _fresh("one secret", "another")
    return _with_keys([one, one.opposite, third])


def apart() -> tuple[world.Desk, Body]:
    """Three secrets."""
    return _with_keys(_fresh("one secret", "two", "another"))


def _by_keys_alone(known: Vault | None, vault: Vault) -> Any:
    """How a slot's standing was told before: by its keys."""
    standing = set() if known is None else {slot.keys for slot in known.slots}  # type: ignore[union-attr]
    return [(slot.keys, slot.keys in standing) for slot in vault.slots]  # type: ignore[union-attr]


Case = Callable[[], tuple[world.Desk, Body]]
CASES: list[tuple[Case, Case, str]] = [
    (twice, once, "settlement.entry-twice"),
    (withdrawn, registered, "settlement.key-withdrawn"),
    (opposite, apart, "settlement.key-opposite"),
]


@pytest.mark.parametrize(("case", "near", "code"), CASES, ids=[code for *_, code in CASES])
def test_it_is_not_entered(case: Case, near: Case, code: str) -> None:
    assert against(*case()) == code


@pytest.mark.parametrize(("case", "near", "code"), CASES, ids=[code for *_, code in CASES])
def test_the_near_miss_is_entered(case: Case, near: Case, code: str) -> None:
    assert against(*near()) is None


@pytest.mark.parametrize(("case", "near", "code"), CASES, ids=[code for *_, code in CASES])
def test_switched_off_it_would_be_entered(case: Case, near: Case, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, body = case()
    monkeypatch.setattr(roster_change, "_require_once", lambda entries: None)
    monkeypatch.setattr(roster_change, "_places", _by_keys_alone)
    monkeypatch.setattr(PublicKey, "opposite", property(lambda key: world.identity("nobody").public))
    assert against(desk, body) is None


def test_the_change_could_name_any_entry_twice_and_names_none() -> None:
    desk = enrolling.desk()
    for name, entry in (
        ("officers", world.officer_entry("officer-a")),
        ("vaults", world.vault_entries("harbour")[0]),
    ):
        assert against(desk, {name: [entry]}) is None
        assert against(desk, {name: [entry, entry]}) == "settlement.entry-twice"
