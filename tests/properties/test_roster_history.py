"""Random sequences of roster changes: a key has one holder over all history, vaults stay in different hands, logs replay.

What may be registered is judged here by a plain memory of who held which key when, written without the machine's rules.
"""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countersign.errors import CountersignError
from countersign.settlement import machine
from countersign.settlement.fingerprint import state_hash
from countersign.settlement.roster import SlotVault
from countersign.settlement.roster_words import differences
from countersign.settlement.state import State
from support import settlement_world as world
from support.settlement_world import Desk

OFFICERS = ("operations", "officer-a", "officer-c", "officer-d")
BOTH = ["compliance", "officer-d"]
POOL = [world.SoftwareKey.generate(world.Curve.SECP256K1, f"spare {number}").public for number in range(5)]
PURPOSES = ("bip122", "eip155", "identity")
changes = st.lists(
    st.tuples(
        st.sampled_from(OFFICERS),
        st.lists(st.tuples(st.integers(0, len(POOL) - 1), st.sampled_from(PURPOSES)), max_size=3),
        st.sets(st.integers(1, 9), max_size=4),  # which of the founding keys are withdrawn this time
        st.integers(-2, 1),  # drafted so many changes ago
    ),
    min_size=1,
    max_size=8,
)


def entry(officer: str, spare: list[tuple[int, str]], gone: set[int]) -> dict[str, object]:
    found = world.officer_entry(officer)
    keys: list[dict[str, object]] = found["keys"]  # type: ignore[assignment]
    kept = [key for place, key in enumerate(keys) if place not in gone]
    token = {"serial": f"serial-{officer}", "label": "spare", "model": "SoftHSM v2"}
    more = [
        {"purpose": purpose, "jwk": POOL[number].jwk(), "token": token, "label": f"spare {number}", "online": False}
        for number, purpose in spare
    ]
    return found | {"keys": [*kept, *more]}


def held(found: dict[str, object]) -> dict[str, str]:
    """Key → purpose of an entry; a key listed twice stands there as "twice"."""
    keys: dict[str, str] = {}
    for key in found["keys"]:  # type: ignore[attr-defined]
        kid = world.PublicKey.from_jwk(key["jwk"]).kid
        keys[kid] = "twice" if kid in keys else key["purpose"]
    return keys


def logged(desk: Desk, body: dict[str, object], name: str, drafted: int) -> bool:
    """Whether the machine took the change."""
    try:
        desk.log("roster.changed", BOTH, body, id=name, at=drafted)
    except CountersignError:
        return False
    return True


def require_said(before: State, desk: Desk) -> None:
    """A change says something exactly where it changes something, and names every key that came or went."""
    old, new = (world.replace(each.roster, touched=world.machine.EMPTY.roster.touched) for each in (before, desk.state))
    told = differences(old, new, cooling=0)
    assert (told == ()) == (old == new)
    named = {str(each.then.values.get("key")) for each in told}
    assert set(old.keys) ^ set(new.keys) <= named


def require_apart(desk: Desk) -> None:
    roster = desk.state.roster
    for vault in roster.vaults.values():
        places = [slot.keys for slot in vault.slots] if isinstance(vault, SlotVault) else [vault.keys]
        for keys in places:
            assert len({roster.ever(kid).holder for kid in keys}) == len(keys)
            assert {roster.ever(kid).purpose.value for kid in keys} == {vault.chain.split(":")[0]}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes)
def test_a_key_has_one_holder_over_all_history(
    sequence: list[tuple[str, list[tuple[int, str]], set[int], int]],
) -> None:
    desk = world.founded()
    owners = {kid: (str(each.holder), each.purpose.value) for kid, each in desk.state.roster.keys.items()}
    last: dict[str, int] = {}
    for place, (officer, spare, gone, ago) in enumerate(sequence):
        desk.now_ms += 60_000
        wanted = entry(officer, spare, gone)
        drafted = min(desk.now_ms, desk.now_ms + ago * 60_000) // 1_000
        keys = held(wanted)
        mine = all(owners.get(kid, (f"officer:{officer}", purpose)) == (f"officer:{officer}", purpose)
                   for kid, purpose in keys.items())  # fmt: skip
        fresh = drafted >= last.get(officer, world.START)
        body = {**world.no_entries(), "officers": [wanted]}
        before = desk.state
        taken = logged(desk, body, f"change-{place}", drafted)
        assert taken == (mine and fresh and "twice" not in keys.values())
        if not taken:
            assert desk.state is before
            continue
        last[officer] = desk.entries[-1].time_ms // 1_000
        owners |= {kid: (f"officer:{officer}", purpose) for kid, purpose in keys.items()}
        require_apart(desk)
        require_said(before, desk)
        for kid, owner in owners.items():
            known = desk.state.roster.ever(kid)
            assert (str(known.holder), known.purpose.value) == owner
    replayed = machine.replay(desk.entries)
    assert not replayed.faults
    assert state_hash(replayed) == state_hash(desk.state)
