"""Vaults of extended keys and mixed slots at the rail: built, signed on devices that share no code with ours, finished."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from countersign.bitcoin import consensus, ranged, share
from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.inspect import facts
from countersign.bitcoin.psbt import Psbt
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.errors import CountersignError, Refused
from countersign.keys.public_key import PublicKey
from countersign.rails import bitcoin as rail
from countersign.rails import wallets
from countersign.rails.wallets import Wallet
from countersign.settlement.roster import GAP_LIMIT, Party, RangedVault, Slot, SlotVault
from support import mixed_world, ranged_world, review_cases
from support import settlement_world as world
from support.hardware_wallet import Device, described
from support.refusals import refused
from support.review_cases import Plan, held

RANGED = Plan(founding=ranged_world.put_in)
MIXED = Plan(founding=mixed_world.put_in)


def wallet(plan: Plan = RANGED) -> Wallet:
    return review_cases.wallet(held(plan)[0], ranged_world.VAULT)


def built(plan: Plan = RANGED) -> Psbt:
    return psbts.parse(review_cases.story(plan=plan).psbt)


def device_share(psbt: Psbt, device: Device, paying: Wallet) -> bytes:
    """What a device gives back, cut down to its share."""
    keys = wallets.signing_keys([paying], psbt, [device.public])
    returned = psbts.parse(device.sign(psbts.serialise(psbt)))
    return psbts.serialise(share.extract(psbt, returned, {key.data for key in keys}))


def test_a_place_is_what_the_device_derives_at_its_path() -> None:
    paying = wallet()
    for number in (0, 1, 2, 3, 14, 401):
        wanted = {
            ranged_world.device(each).child(ranged.branch_of(number), ranged.index_of(number))
            for each in world.COSIGNERS
        }
        assert set(paying.descriptor(number).public_keys) == wanted
        assert paying.slot_of(paying.descriptor(number).script_pubkey) == number
    assert (paying.spelled(14), paying.spelled(401)) == ("0/7", "1/200")


def test_what_is_watched_reaches_200_beyond_what_was_spent() -> None:
    paying = wallet()
    assert isinstance(paying.vault, RangedVault)
    assert len(paying.scripts) == 2 * (GAP_LIMIT + 1)
    further = wallets.read(paying.vault, 5)
    assert further.slot_of(further.descriptor(2 * 205).script_pubkey) == 2 * 205
    assert paying.slot_of(further.descriptor(2 * 205).script_pubkey) is None
    with refused("bitcoin.no-such-place", Refused):
        paying.descriptor(2 * (GAP_LIMIT + 1))
    assert list(paying.change_numbers)[:3] == [1, 3, 5]


def test_two_devices_sign_and_the_transaction_is_finished() -> None:
    psbt, paying = built(), wallet()
    unsigned = psbts.serialise(psbt)
    shares = [device_share(psbt, ranged_world.device(each), paying) for each in ("officer-a", "officer-d")]
    for officer, data in zip(("officer-a", "officer-d"), shares, strict=True):
        keys = wallets.signing_keys([paying], psbt, [ranged_world.device(officer).public])
        assert set(keys.values()) == {ranged_world.device(officer).public}
        rail.accept_share(unsigned, data, keys)
    done = rail.finalise(rail.combine(unsigned, shares))
    assert done.consensus == consensus.Answer.ACCEPTED.value


def test_another_cosigners_share_is_not_this_ones() -> None:
    psbt, paying = built(), wallet()
    data = device_share(psbt, ranged_world.device("officer-d"), paying)
    keys = wallets.signing_keys([paying], psbt, [ranged_world.device("officer-a").public])
    with refused("bitcoin.share-stranger", Refused):
        rail.accept_share(psbts.serialise(psbt), data, keys)


def test_a_mixed_slot_takes_one_share_from_a_device_and_one_from_a_token() -> None:
    psbt, paying = built(MIXED), wallet(MIXED)
    unsigned = psbts.serialise(psbt)
    of_device = device_share(psbt, mixed_world.device("officer-d"), paying)
    tokens = [world.vault_key("officer-a", "bip122", "meridian", slot) for slot in range(world.SLOTS)]
    keys = wallets.signing_keys([paying], psbt, [each.public for each in tokens])
    assert all(mine == registered for mine, registered in keys.items())
    by_key = {each.public.data: each for each in tokens}
    asked = rail.digests(psbt, keys)
    of_token = rail.make_share(psbt, {one: by_key[one.public_key].sign_digest(one.digest) for one in asked})
    done = rail.finalise(rail.combine(unsigned, [of_token, of_device]))
    assert done.consensus == consensus.Answer.ACCEPTED.value
    assert paying.extended == {mixed_world.device("officer-d").public.data}


def _described(paying: Wallet, text: str) -> Wallet:
    assert isinstance(paying.vault, RangedVault)
    return wallets.read(replace(paying.vault, descriptor=text))


def _devices(names: list[Device]) -> str:
    return described(2, [each.expression for each in names])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (lambda: _devices([*map(ranged_world.device, world.COSIGNERS[:2]), Device("attacker")]), "B6.other-extended-keys"),
        (lambda: _devices([Device(each, network="main") for each in world.COSIGNERS]), "bitcoin.key-network"),
        (lambda: _mainnet_letters_kept(), "bitcoin.key-coin-type"),
        (lambda: _origin_changed("/0'/2']", "/0'/3']"), "bitcoin.key-origin"),
        (lambda: _origin_changed("/0'/2']", "/2']"), "bitcoin.key-origin"),
    ],
    ids=["another key", "another network", "another coin type", "another last step", "a step fewer"],
)  # fmt: skip
def test_what_may_not_be_registered(text: Callable[[], str], code: str) -> None:
    roster = held(RANGED)[0].state.roster
    wallets.require_registrable(wallet(), roster)
    with pytest.raises(CountersignError) as caught:
        wallets.require_registrable(_described(wallet(), text()), roster)
    assert caught.value.code == code


def _origin_changed(old: str, new: str) -> str:
    """The registered keys, the first of them said to lie at another path: every address stays as it was."""
    body = ranged_world.descriptor().split("#")[0]
    keys = body.removeprefix("wsh(sortedmulti(2,").removesuffix("))").split(",")
    return described(2, [keys[0].replace(old, new, 1), *keys[1:]])


def _mainnet_letters_kept() -> str:
    """The registered keys under paths of the main network's coin."""
    body = ranged_world.descriptor().split("#")[0]
    return described(2, body.removeprefix("wsh(sortedmulti(2,").removesuffix("))").replace("/1'/", "/0'/").split(","))


def test_a_descriptor_of_another_quorum_is_refused() -> None:
    paying = wallet()
    with refused("B6.threshold", Refused):
        _described(paying, described(3, [ranged_world.device(each).expression for each in world.COSIGNERS]))


def test_an_officer_has_one_kind_of_key_in_a_vault() -> None:
    desk, _ = held(MIXED)
    paying = wallet(MIXED)
    wallets.require_registrable(paying, desk.state.roster)
    roster, device = desk.state.roster, mixed_world.device().public
    token = roster.ever(world.vault_key("officer-a", "bip122", "meridian", 0).kid)
    both = replace(roster, keys=roster.keys.set(device.kid, replace(token, key=device)))
    with refused("rails.officer-both", Refused):
        wallets.require_registrable(paying, both)


def test_change_is_counted_by_its_path_only() -> None:
    found, paying = facts(built()), wallet()
    (change,) = [each for each in found.outputs if each.key_paths]
    assert paying.change_place(change) == 3
    assert paying.change_place(replace(change, key_paths=())) is None
    assert paying.change_place(replace(change, key_paths=change.key_paths[:2])) is None
    assert rail.claims_change_falsely(replace(change, key_paths=change.key_paths[:2]), [paying])
    assert not rail.claims_change_falsely(change, [paying])


def test_a_key_that_signs_elsewhere_signs_nothing_here() -> None:
    stranger: PublicKey = Device("nobody").public
    assert not wallets.signing_keys([wallet()], built(), [stranger])


@pytest.mark.parametrize("plan", [RANGED, MIXED], ids=["ranged", "slots"])
async def test_a_node_that_is_asked_for_what_is_watched_finds_what_lies_at_every_place(plan: Plan) -> None:
    paying, chain = wallet(plan), EmbeddedBitcoin()
    for number in (paying.numbers[0], paying.numbers[-1]):
        chain.fund(paying.descriptor(number).script_pubkey, 10_000 + number)
    found = await chain.coins(*paying.watched)
    assert [paying.slot_of(coin.script_pubkey) for coin in found] == [paying.numbers[0], paying.numbers[-1]]
    assert list(found) == list(await chain.coins(paying.scripts))
    scripts, vaults = paying.watched
    assert (bool(scripts), bool(vaults)) == ((False, True) if plan is RANGED else (True, False))


def _slots(name: str, descriptors: list[str], **changes: object) -> Wallet:
    """A vault of these slots."""
    numbered = [Slot(number, text, ()) for number, text in enumerate(descriptors)]
    found = SlotVault(name, Party(world.HARBOUR, "main"), world.BITCOIN, 2, tuple(numbered))
    return wallets.read(replace(found, **changes))  # type: ignore[arg-type]


def _places(*numbers: int) -> list[str]:
    """Places of the ranged vault, as slots over its children's keys."""
    return [described(2, [key.public.hex() for key in wallet().descriptor(number).keys]) for number in numbers]


@pytest.mark.parametrize("number", [0, 1, 14, 401])
def test_no_script_is_two_vaults(number: int) -> None:
    twin = _slots("twin", _places(number))
    for one, other in ((twin, wallet()), (wallet(), twin)):
        with refused("rails.script-elsewhere", Refused):
            wallets.require_apart(one, [one, other])
    near = _slots("near", [described(2, [key.public.hex() for key in wallet().descriptor(number).keys[:2]])])
    wallets.require_apart(near, [wallet(), near])


def test_no_script_is_on_two_networks_for_a_signature_names_none() -> None:
    elsewhere = _slots("twin", _places(2), chain=world.TESTNET)
    for one, other in ((elsewhere, wallet()), (wallet(), elsewhere)):
        with refused("rails.script-other-network", Refused):
            wallets.require_apart(one, [one, other])
    others = [described(2, [key.public.hex() for key in wallet().descriptor(2).keys[:2]])]
    wallets.require_apart(_slots("near", others, chain=world.TESTNET), [wallet()])


def test_the_same_slot_twice_and_the_same_extended_keys_twice_are_refused() -> None:
    one = _slots("one", _places(0, 2))
    with refused("rails.script-elsewhere", Refused):
        wallets.require_apart(one, [_slots("two", _places(4, 2))])
    wallets.require_apart(one, [_slots("two", _places(4, 6)), one])
    assert isinstance(wallet().vault, RangedVault)
    with refused("rails.script-elsewhere", Refused):
        wallets.require_apart(wallet(), [wallets.read(replace(wallet().vault, id="again"))])  # type: ignore[type-var]
