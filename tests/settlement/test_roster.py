"""The roster: keys with one holder and purpose, vaults of several people, changes by whole entries."""

from dataclasses import replace

import pytest

from countersign.settlement import spendable
from countersign.settlement.roster import Entries, Purpose, Roster, SlotVault
from countersign.settlement.roster_change import changed
from countersign.settlement.roster_words import differences
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
    online = {registered.holder.id for registered in roster.keys.values() if registered.online}
    assert online == {"officer-a"}
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
    assert desk.attempt("contract.endorsed", ["compliance"], {"contract": second.hash}) == "settlement.key-withdrawn"
    assert not world.machine.replay(desk.entries).faults


def test_a_vault_is_cold_until_enough_of_its_officers_go_online() -> None:
    desk = world.founded()
    assert desk.state.roster.cold(desk.state.roster.vault("harbour-safe"))
    entry = world.officer_entry("officer-c")
    for key in entry["keys"]:  # type: ignore[attr-defined]
        key["online"] = True
    desk.log("roster.changed", BOTH, {**world.no_entries(), "officers": [entry]})
    assert not desk.state.roster.cold(desk.state.roster.vault("harbour-safe"))
    desk.log("roster.changed", BOTH, {**world.no_entries(), "officers": [world.officer_entry("officer-c")]})
    assert desk.state.roster.cold(desk.state.roster.vault("harbour-safe"))


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
    assert change(desk, vaults=[safe(threshold=3)]) == "settlement.owners-by-order"
    assert change(desk, vaults=[safe(version="1.5.0")]) is None


def test_a_safe_is_one_vaults() -> None:
    """What it holds would be two owners': each could be paid out of it."""
    desk = world.founded()
    owner = {"lei": world.NORTHGATE, "book": "lending-pool"}
    pool = safe(id="pool-safe", owner=owner)
    assert change(desk, vaults=[pool]) == "settlement.safe-elsewhere"
    assert change(desk, vaults=[pool | {"address": world.safe_address("pool")}]) is None


def test_where_coins_lie_does_not_change_under_them() -> None:
    desk = world.founded()
    other = world.safe_address("nobody")
    assert change(desk, vaults=[safe(address=other)]) == "settlement.vault-moved"
    vault = world.vault_entries("meridian")[0]
    first, second, *rest = vault["slots"]  # type: ignore[misc]
    swapped = [first | {"descriptor": second["descriptor"], "keys": second["keys"]}, second, *rest]
    assert change(desk, vaults=[vault | {"slots": swapped}]) == "settlement.vault-moved"
    assert change(desk, vaults=[vault | {"threshold": 3}]) == "settlement.vault-moved"
    assert change(desk, vaults=[vault | {"slots": [first, second, *rest]}]) is None


def test_a_slot_that_stands_is_not_let_go() -> None:
    """Nobody would look for its coins, its number could come back over other keys, and another vault could take its script."""
    desk = world.founded()
    vault = world.vault_entries("meridian")[0]
    first, second, *rest = vault["slots"]  # type: ignore[misc]
    for fewer in ([first, second], [second, *rest], [first, *rest]):
        assert change(desk, vaults=[vault | {"slots": fewer}]) == "settlement.slot-gone"
    fresh = second | {"number": rest[-1]["number"] + 1}  # a script twice is the rails' to refuse
    assert change(desk, vaults=[vault | {"slots": [first, second, *rest, fresh]}]) is None


def test_a_vault_does_not_come_together_in_one_hand_when_officers_change() -> None:
    desk = world.founded()
    giver, taker = world.officer_entry("officer-a"), world.officer_entry("officer-c")
    kid = world.vault_key("officer-a", "eip155", "harbour").kid
    given = [key for key in giver["keys"] if world.PublicKey.from_jwk(key["jwk"]).kid == kid]  # type: ignore[attr-defined, index]
    kept = [key for key in giver["keys"] if key not in given]  # type: ignore[attr-defined]
    both = [giver | {"keys": kept}, taker | {"keys": [*taker["keys"], *given]}]  # type: ignore[misc]
    assert change(desk, officers=both) == "settlement.key-kept"
    assert change(desk, officers=both[::-1]) == "settlement.key-taken"
    signs = [key | {"purpose": "identity"} for key in given]
    assert change(desk, officers=[giver | {"keys": [*kept, *signs]}]) == "settlement.key-kept"
    assert change(desk, officers=[giver | {"keys": kept}]) is None


def test_destinations_lie_in_their_owners_vault() -> None:
    desk = world.founded()
    account = f"{world.ETHEREUM}:{world.safe_address('harbour')}"
    fresh = f"{world.ETHEREUM}:{world.safe_address('nobody')}"
    slot = f"{world.BITCOIN}:{world.bitcoin_address('harbour', 0)}"
    meridian, harbour = ({"lei": lei, "book": "main"} for lei in (world.MERIDIAN, world.HARBOUR))
    for entry, code in (
        ({"account": fresh, "owner": meridian, "vault": "harbour-safe"}, "settlement.destination-vault"),
        ({"account": fresh, "owner": harbour, "vault": "harbour-btc"}, "settlement.destination-vault"),
        ({"account": fresh, "owner": harbour, "vault": "harbour-safe"}, "C7.destination-elsewhere"),
        ({"account": account, "owner": meridian, "vault": "meridian-safe"}, "C7.destination-elsewhere"),
        ({"account": account, "owner": harbour, "vault": None}, "settlement.destination-inside"),
        ({"account": account, "owner": harbour, "vault": "harbour-safe"}, None),
        ({"account": fresh, "owner": harbour, "vault": None}, None),
        ({"account": slot, "owner": harbour, "vault": "harbour-btc"}, None),
        ({"account": account.lower(), "owner": harbour, "vault": "harbour-safe"}, "E6.checksum"),
    ):
        assert attempt_raw(desk, {"destinations": [entry]}) == code
    place = {"account": fresh, "owner": harbour, "vault": None}
    desk.log("roster.changed", BOTH, {**world.no_entries(), "destinations": [place]})
    assert (
        change(desk, destinations=[{"account": fresh, "owner": meridian, "vault": None}])
        == "settlement.destination-taken"
    )


def test_a_place_outside_this_custody_becomes_nobodys_safe() -> None:
    desk, book = world.founded(), {"lei": world.NORTHGATE, "book": "lending-pool"}
    place = world.safe_address("pool")
    outside = {"account": f"{world.ETHEREUM}:{place}", "owner": {"lei": world.HARBOUR, "book": "main"}, "vault": None}
    desk.log("roster.changed", BOTH, {**world.no_entries(), "destinations": [outside]})
    pool = safe(id="pool-safe", owner=book, address=place)
    assert change(desk, vaults=[pool]) == "settlement.destination-inside"
    assert change(desk, vaults=[pool | {"address": world.safe_address("another")}]) is None


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


def replaced_token(officer: str) -> dict[str, object]:
    """The officer's entry after the token was lost: every key anew."""
    entry = world.officer_entry(officer)
    for place, key in enumerate(entry["keys"]):  # type: ignore[arg-type, var-annotated]
        curve = world.Curve.SECP256K1 if place else world.Curve.ED25519
        key["jwk"] = new_key(officer, place, curve).jwk()
        key["token"] = {"serial": f"second-{officer}", "label": "second", "model": "SoftHSM v2"}
    return entry


def new_key(officer: str, place: int, curve: world.Curve = world.Curve.SECP256K1) -> world.PublicKey:
    return world.SoftwareKey.generate(curve, f"second token of {officer} {place}").public


def test_a_vault_with_a_lost_key_is_spent_by_the_others_and_the_lost_key_signs_nothing() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="instructed")
    psbt, safe = desk.instructions(trade)
    desk.log("roster.changed", BOTH, {**world.no_entries(), "officers": [replaced_token("officer-c")]})
    assert all(desk.state.roster.able(vault) for vault in desk.state.roster.vaults.values())
    lost = world.share_step(psbt, "officer-c", "meridian-btc")
    assert desk.attempt(*lost) == "settlement.key-withdrawn"  # the identity key is gone with the token
    for officer in ("officer-a", "officer-d"):
        desk.log(*world.share_step(psbt, officer, "meridian-btc"))
        desk.log(*world.share_step(safe, officer, "harbour-safe"))
    assert desk.stands(trade).value == "signed"
    assert not world.machine.replay(desk.entries).faults


def test_a_lost_vault_key_signs_nothing_even_under_its_officers_new_identity() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="instructed")
    entry = replaced_token("officer-c")
    entry["keys"][0] = world.officer_entry("officer-c")["keys"][0]  # type: ignore[index]  # the identity is kept
    desk.log("roster.changed", BOTH, {**world.no_entries(), "officers": [entry]})
    psbt, _ = desk.instructions(trade)
    assert desk.attempt(*world.share_step(psbt, "officer-c", "meridian-btc")) == "settlement.key-withdrawn"


def test_new_slots_take_the_new_key_and_never_the_lost_one() -> None:
    desk = world.founded()
    desk.log("roster.changed", BOTH, {**world.no_entries(), "officers": [replaced_token("officer-c")]})
    vault = world.vault_entries("meridian")[0]
    old = vault["slots"][0]  # type: ignore[index]
    others = [kid for kid in old["keys"] if kid != world.vault_key("officer-c", "bip122", "meridian").kid]
    fresh = {"number": 9, "descriptor": "the descriptor of slot 9", "keys": [*others, new_key("officer-c", 1).kid]}
    assert change(desk, vaults=[vault | {"slots": [*vault["slots"], fresh]}]) is None  # type: ignore[misc]
    for keys in (old["keys"], list(reversed(old["keys"]))):  # that they stand in slot 0 makes them good for no other
        lost = fresh | {"keys": keys}
        assert change(desk, vaults=[vault | {"slots": [*vault["slots"], lost]}]) == "settlement.key-withdrawn"  # type: ignore[misc]


def test_a_vault_below_its_quorum_is_said_to_be_unable() -> None:
    desk = world.founded()
    lost = [replaced_token("officer-c"), replaced_token("officer-d")]
    lost[1]["keys"][0] = world.officer_entry("officer-d")["keys"][0]  # type: ignore[index]
    desk.log("roster.changed", BOTH, {**world.no_entries(), "officers": lost})
    assert not any(desk.state.roster.able(vault) for vault in desk.state.roster.vaults.values())


def withdrawn(roster: Roster, slot: int, *officers: str) -> Roster:
    """The roster after these officers' keys in one slot of Meridian's were withdrawn."""
    kids = {world.vault_key(each, "bip122", "meridian", slot).public.kid for each in officers}
    for officer in {roster.key(kid).holder.id for kid in kids}:
        entry = roster.officer(officer)
        kept = replace(entry, keys=tuple(each for each in entry.keys if each.key.kid not in kids))
        roster = changed(roster, Entries((), (), (kept,), (), (), None), time_ms=0)
    return roster


def test_a_place_is_sound_while_the_keys_that_count_reach_the_quorum_and_the_others_do_not() -> None:
    roster = world.founded().state.roster
    vault = roster.vault("meridian-btc")
    assert isinstance(vault, SlotVault)
    keys = vault.slots[1].keys
    one, two = withdrawn(roster, 1, "officer-c"), withdrawn(roster, 1, "officer-c", "officer-d")
    assert [spendable.sound(each, vault, keys) for each in (roster, one, two)] == [True, True, False]
    assert [spendable.stuck(each, vault) for each in (roster, one, two)] == [(), (), (1,)]
    assert [spendable.takes_change(two, vault, number) for number in (0, 1, 2)] == [True, False, True]
    four = (*keys, vault.slots[2].keys[0])  # two of four: those that are left can spend, and so can those that are gone
    assert spendable.sound(one, vault, four)
    assert not spendable.sound(two, vault, four)


def test_slots_below_their_quorum_are_told_each_time_some_more_are() -> None:
    """A slot never leaves its vault: that one has too few keys must not hide that another has, too."""
    roster = world.founded().state.roster
    first = withdrawn(roster, 1, "officer-c", "officer-d")
    second = withdrawn(first, 3, "officer-c", "officer-d")
    third = withdrawn(withdrawn(second, 0, "officer-c", "officer-d"), 2, "officer-c", "officer-d")
    told = [
        [(each.then.code, each.then.values.get("slots")) for each in differences(one, other, cooling=0)
         if "unable" in each.then.code]
        for one, other in ((roster, first), (first, second), (second, third), (third, third))
    ]  # fmt: skip
    assert told == [[("roster.slots-unable", "1")], [("roster.slots-unable", "3")], [("roster.vault-unable", None)], []]


def test_a_change_drafted_before_another_of_the_same_entry_is_stale() -> None:
    desk = world.founded()
    drafted = desk.now_ms // 1_000
    suspended = world.participant_entry("harbour", suspended=True)
    desk.now_ms += 60_000
    desk.log("roster.changed", BOTH, {**world.no_entries(), "participants": [suspended]})
    desk.now_ms += 60_000
    renamed = {**world.no_entries(), "participants": [world.participant_entry("harbour", name="Harbour Prime Ltd")]}
    assert desk.attempt("roster.changed", BOTH, renamed, at=drafted) == "settlement.stale"
    assert desk.attempt("roster.changed", BOTH, renamed) is None
    other = {**world.no_entries(), "participants": [world.participant_entry("meridian", name="Meridian Ltd")]}
    assert desk.attempt("roster.changed", BOTH, other, at=drafted) is None


def test_a_contract_signed_with_a_key_that_is_withdrawn_later_stays_signed() -> None:
    desk = world.founded()
    trade = desk.trade()
    desk.play(trade, until="endorsed")
    second = world.identity("harbour 2").public.jwk()
    new = world.participant_entry("harbour", keys=[second])
    desk.log("roster.changed", BOTH, {**world.no_entries(), "participants": [new]})
    roster = desk.state.roster
    world.contract.verify(trade.contract, roster, logged=True)
    with pytest.raises(world.CountersignError) as caught:
        world.contract.verify(trade.contract, roster)
    assert caught.value.code == "settlement.key-withdrawn"
    desk.play(trade, until="signed")
