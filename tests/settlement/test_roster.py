"""The roster: keys with one holder and purpose, vaults of several people, changes by whole entries."""

import pytest

from countersign.settlement.roster import Purpose
from support import settlement_world as world
from support.settlement_world import Desk

BOTH = ["compliance", "officer-d"]


def change(desk: Desk, **entries: object) -> str | None:
    return desk.attempt("roster.changed", BOTH, {**world.no_entries(), **entries})


def test_the_founding_registers_everybody() -> None:
    roster = world.founded().state.roster
    assert str(roster.holder(world.identity("meridian").kid)) == f"participant:{world.MERIDIAN}"
    assert str(roster.holder(world.identity("desk").kid)) == f"desk:{world.ORIGIN}"
    assert len(roster.officer("officer-a").vault_keys("bip122")) == 2 * world.SLOTS
    key = roster.officer_key(world.vault_key("officer-c", "eip155", "harbour").kid)
    assert (key.purpose, key.token.serial) == (Purpose.ETHEREUM, "serial-officer-c")
    assert roster.cold(roster.vault("meridian-btc"))
    assert roster.paying_vault(world.OWNERS["harbour"], world.USDC).id == "harbour-safe"


def test_a_lost_key_is_replaced_and_history_still_replays() -> None:
    desk = world.founded()
    desk.play(desk.trade(), until="endorsed")
    entry = world.officer_entry("compliance")
    new = world.SoftwareKey.generate(world.Curve.ED25519, "a new token")
    entry["keys"][0]["jwk"] = new.public.jwk()  # type: ignore[index]
    desk.log("roster.changed", BOTH, {**world.no_entries(), "officers": [entry]})
    second = desk.trade()
    desk.play(second, until="agreed")
    assert desk.attempt("contract.endorsed", ["compliance"], {"contract": second.hash}) == "settlement.unknown-key"
    assert not world.machine.replay(desk.entries).faults


def test_a_key_belongs_to_one_holder() -> None:
    entry = world.officer_entry("operations")
    entry["keys"][0]["jwk"] = world.identity("officer-a").public.jwk()  # type: ignore[index]
    assert change(world.founded(), officers=[entry]) == "settlement.key-taken"


def test_a_vault_key_signs_no_event_and_is_secp256k1() -> None:
    desk = world.founded()
    entry = world.officer_entry("officer-a")
    entry["keys"][1]["jwk"] = world.SoftwareKey.generate(world.Curve.P256, "x").public.jwk()  # type: ignore[index]
    assert change(desk, officers=[entry]) == "settlement.vault-key-curve"
    entry = world.officer_entry("operations")
    entry["keys"][0]["purpose"] = "bip122"  # type: ignore[index]
    entry["keys"][0]["jwk"] = world.identity("harbour 2").public.jwk()  # type: ignore[index]
    assert change(desk, officers=[entry]) == "settlement.vault-key-curve"


def safe(**changes: object) -> dict[str, object]:
    return world.vault_entries("harbour")[1] | changes


def test_vaults_are_shared_by_several_people_and_do_not_move() -> None:
    desk = world.founded()
    keys = sorted(world.vault_key(officer, "eip155", "harbour").kid for officer in world.COSIGNERS)
    other = world.vault_key("officer-a", "eip155", "meridian").kid
    wrong = world.vault_key("officer-a", "bip122", "harbour").kid
    assert change(desk, vaults=[safe(keys=sorted([*keys, other]))]) == "settlement.vault-one-officer-twice"
    assert change(desk, vaults=[safe(keys=sorted([*keys[:2], wrong]))]) == "settlement.vault-key-purpose"
    assert change(desk, vaults=[safe(threshold=4)]) == "settlement.vault-threshold"
    assert change(desk, vaults=[safe(threshold=1)]) == "settlement.vault-threshold"
    assert change(desk, vaults=[safe(owner={"lei": world.MERIDIAN, "book": "main"})]) == "settlement.vault-moved"
    assert change(desk, vaults=[safe(id="harbour-safe-2")]) == "settlement.second-vault"
    assert change(desk, vaults=[safe(chain=world.BITCOIN)]) == "settlement.vault-chain"
    assert change(desk, vaults=[safe(threshold=3)]) is None


def test_where_coins_lie_does_not_change_under_them() -> None:
    desk = world.founded()
    other = world.safe_address("meridian")
    assert change(desk, vaults=[safe(address=other)]) == "settlement.vault-moved"
    vault = world.vault_entries("meridian")[0]
    first, second, *rest = vault["slots"]  # type: ignore[misc]
    swapped = [first | {"descriptor": second["descriptor"], "keys": second["keys"]}, second, *rest]
    assert change(desk, vaults=[vault | {"slots": swapped}]) == "settlement.vault-moved"
    assert change(desk, vaults=[vault | {"threshold": 3}]) == "settlement.vault-moved"
    assert change(desk, vaults=[vault | {"slots": [first, second]}]) is None


def test_a_vault_does_not_come_together_in_one_hand_when_officers_change() -> None:
    desk = world.founded()
    giver, taker = world.officer_entry("officer-a"), world.officer_entry("officer-c")
    kid = world.vault_key("officer-a", "eip155", "harbour").kid
    given = [key for key in giver["keys"] if world.PublicKey.from_jwk(key["jwk"]).kid == kid]  # type: ignore[attr-defined, index]
    kept = [key for key in giver["keys"] if key not in given]  # type: ignore[attr-defined]
    both = [giver | {"keys": kept}, taker | {"keys": [*taker["keys"], *given]}]  # type: ignore[misc]
    assert change(desk, officers=both) == "settlement.vault-one-officer-twice"
    signs = [key | {"purpose": "identity"} for key in given]
    assert change(desk, officers=[giver | {"keys": [*kept, *signs]}]) == "settlement.vault-key-purpose"
    assert change(desk, officers=[giver | {"keys": kept}]) is None


def test_destinations_lie_in_their_owners_vault() -> None:
    desk = world.founded()
    account = f"{world.ETHEREUM}:{world.safe_address('harbour')}"
    fresh = f"{world.ETHEREUM}:{world.safe_address('nobody')}"
    meridian, harbour = ({"lei": lei, "book": "main"} for lei in (world.MERIDIAN, world.HARBOUR))
    for entry, code in (
        ({"account": fresh, "owner": meridian, "vault": "harbour-safe"}, "settlement.destination-vault"),
        ({"account": fresh, "owner": harbour, "vault": "harbour-btc"}, "settlement.destination-vault"),
        ({"account": account, "owner": meridian, "vault": "meridian-safe"}, "settlement.destination-taken"),
        ({"account": fresh, "owner": harbour, "vault": "harbour-safe"}, None),
        ({"account": account.lower(), "owner": harbour, "vault": "harbour-safe"}, "E6.checksum"),
    ):
        assert attempt_raw(desk, {"destinations": [entry]}) == code


def attempt_raw(desk: Desk, entries: dict[str, object]) -> str | None:
    """As `change`, also for bodies that the builder would not build: it raises the same code."""
    try:
        return change(desk, **entries)
    except world.CountersignError as error:
        return error.code


@pytest.mark.parametrize(
    ("administrators", "code"),
    [
        ({"officers": ["compliance", "officer-a"], "threshold": 2}, "settlement.not-administrator"),
        ({"officers": ["compliance", "officer-d"], "threshold": 3}, "settlement.administrators-threshold"),
        ({"officers": ["compliance", "nobody"], "threshold": 1}, "settlement.unknown-officer"),
        ({"officers": ["compliance", "officer-d"], "threshold": 1}, None),
    ],
)
def test_administrators_can_reach_their_threshold(administrators: dict[str, object], code: str | None) -> None:
    assert change(world.founded(), administrators=administrators) == code


def test_an_administrator_cannot_be_stripped_below_the_threshold() -> None:
    entry = world.officer_entry("officer-d") | {"roles": ["vault"]}
    assert change(world.founded(), officers=[entry]) == "settlement.not-administrator"


def test_assets_keep_their_decimals_and_the_custodian_does_not_trade() -> None:
    desk = world.founded()
    assert change(desk, assets=[{"id": world.BTC, "symbol": "BTC", "decimals": 9}]) == "settlement.decimals-changed"
    assert change(desk, assets=[{"id": world.BTC, "symbol": "XBT", "decimals": 8}]) is None
    entry = world.participant_entry("harbour", lei=world.NORTHGATE)
    assert change(desk, participants=[entry]) == "settlement.custodian-trades"
