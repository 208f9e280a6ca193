"""A vault's enrolment: two rounds of BIP-129 or a descriptor file, own key, words, a test of each, the entry; and every trick."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from countersign.bitcoin import bsms, consensus, described, psbt, transaction
from countersign.bitcoin.described import Described
from countersign.desk import proposals, vault_enrolment
from countersign.desk.author import Scribe
from countersign.desk.order import Order
from countersign.desk.vault_enrolment import Planned
from countersign.errors import CountersignError, Refused
from countersign.rails import bitcoin as rail
from countersign.settlement.roster import Party, RangedVault, SlotVault, Token
from support import enrolment_world as enrolling
from support import mixed_world, ranged_world
from support import settlement_world as world
from support.enrolment_world import by_token, planned
from support.hardware_wallet import Device
from support.hardware_wallet import described as summed
from support.refusals import refused
from support.software_stage import CountedEntropy, SetClock

MAIN = "bip122:000000000019d6689c085ae165831e93"
A, C, D = world.COSIGNERS


def own(officer: str, device: Device | None = None) -> bsms.KeyRecord:
    return bsms.parse_key_record(enrolling.record(officer, device=device))


def by_device(vault: Planned, officer: str, device: Device | None = None) -> bytes:
    signed = (device or ranged_world.device(officer)).sign(vault_enrolment.test(vault))
    return vault_enrolment.take_test(vault, officer, signed)


def logged(body: dict[str, object]) -> world.Desk:
    """The world after the administrators signed the change."""
    desk = enrolling.desk().copy()
    order = Order(desk.state, desk.now_ms, Scribe(world.ORIGIN, SetClock(desk.now_ms // 1_000), CountedEntropy()))
    assert order.look(order.propose("roster.changed", body)).changes
    desk.log("roster.changed", ["compliance", "officer-d"], proposals.completed(body))
    return desk


def test_three_devices_enrol_a_vault_by_bsms_and_it_is_registered() -> None:
    data = enrolling.descriptor_record()
    consoles = [planned(data) for _ in world.COSIGNERS]
    for console, officer in zip(consoles, world.COSIGNERS, strict=True):
        vault_enrolment.require_own(console, officer, own(officer))
        vault_enrolment.require_same_words(console, f" {vault_enrolment.words(consoles[0]).upper()} ")
    assert len({vault_enrolment.test(each) for each in consoles}) == 1
    tests = [by_device(console, officer) for console, officer in zip(consoles, world.COSIGNERS, strict=True)]
    desk = logged(vault_enrolment.entry(consoles[0], tests))
    found = desk.state.roster.vaults[enrolling.NAME]
    assert isinstance(found, RangedVault)
    assert (
        found.descriptor.partition("#")[0]
        == ranged_world.descriptor().replace("48'/1'/0'/2'", "48'/1'/0'/2'").partition("#")[0]
    )
    record = described.read(data)
    assert isinstance(record, Described)
    assert record.record is not None
    assert consoles[0].first_address == record.record.first_address


def test_tokens_enrol_slots_by_a_descriptor_file() -> None:
    vault = planned(enrolling.slots())
    for officer in world.COSIGNERS:
        vault_enrolment.require_own(vault, officer, None)
    desk = logged(vault_enrolment.entry(vault, [by_token(vault, officer) for officer in world.COSIGNERS]))
    found = desk.state.roster.vaults[enrolling.NAME]
    assert isinstance(found, SlotVault)
    assert len(found.slots) == world.SLOTS


def test_mixed_slots_take_tokens_and_a_device_that_enrols_nothing() -> None:
    vault = planned(enrolling.mixed_slots())
    tests = [by_token(vault, A), by_token(vault, C), by_device(vault, D, mixed_world.device())]
    assert vault_enrolment.entry(vault, tests)
    vault_enrolment.require_own(vault, D, None)
    with refused("desk.enrol-not-all-extended", Refused):  # a device that enrols extended keys joins no such vault
        vault_enrolment.require_own(vault, D, own(D, mixed_world.device()))
    vault_enrolment.require_own(planned(enrolling.descriptor_record()), D, own(D))


def test_a_device_alone_knows_its_origin() -> None:
    vault = planned(enrolling.ranged_of(*map(ranged_world.device, world.COSIGNERS)))
    with refused("desk.enrol-record-wanted", Refused):
        vault_enrolment.require_own(vault, A, None)
    vault_enrolment.require_own(vault, A, own(A))


def test_the_owner_the_chain_and_every_key_are_in_the_words() -> None:
    vault = planned(enrolling.descriptor_record())
    others = [planned(enrolling.descriptor_record(), name="other"), planned(enrolling.slots())]
    assert len({vault_enrolment.words(each) for each in (vault, *others)}) == 3
    for other in others:
        with refused("desk.enrol-words", Refused):
            vault_enrolment.require_same_words(vault, vault_enrolment.words(other))


def _roster_keys(change: Callable[[str], str]) -> bytes:
    """Round 2 with its template changed and the first address that follows from it."""
    lines = enrolling.descriptor_record().decode().split("\n")
    lines[1] = change(lines[1])
    found = bsms.parse_descriptor_record("\n".join(lines).encode())
    return bsms.descriptor_record(bsms._vault(found.template, found.restrictions), "bcrt").serialise()


def _first_address_of_another() -> bytes:
    lines = enrolling.descriptor_record().decode().split("\n")
    lines[3] = planned(enrolling.slots()).first_address
    return "\n".join(lines).encode()


def _fingerprint() -> str:
    return ranged_world.device(A).origin[1:9]


def _own_key(record: Callable[[], bsms.KeyRecord], officer: str = A) -> Callable[[bytes], object]:
    return lambda data: vault_enrolment.require_own(planned(data), officer, record())


HOSTILE: list[tuple[str, Callable[[], bytes], Callable[[bytes], object], str]] = [
    ("own key twice", lambda: enrolling.ranged_of(*map(ranged_world.device, (A, A, D))), planned, "B6.duplicate-key"),
    ("own key absent", lambda: enrolling.ranged_of(*map(ranged_world.device, (C, D))), _own_key(lambda: own(A)),
     "desk.enrol-own-key"),
    ("a stranger's key", lambda: enrolling.ranged_of(*map(ranged_world.device, (A, C)), Device("stranger")), planned,
     "desk.enrol-unknown-key"),
    ("another fingerprint before the own key", lambda: _roster_keys(lambda text: text.replace(_fingerprint(), "0badcafe")),
     _own_key(lambda: own(A)), "bitcoin.bsms-own-key"),
    ("another device's record for the own key", enrolling.descriptor_record,
     _own_key(lambda: own(A, Device("stranger"))), "bitcoin.bsms-own-key"),
    ("another officer's record", enrolling.descriptor_record, _own_key(lambda: own(C)), "desk.enrol-own-key"),
    ("an officer who is no cosigner", enrolling.descriptor_record, _own_key(lambda: own(A), "officer-b"),
     "desk.enrol-own-key"),
    ("another first address", _first_address_of_another, planned, "bitcoin.bsms-first-address"),
    ("another chain", enrolling.descriptor_record, lambda data: planned(data, chain=MAIN), "desk.enrol-other-chain"),
    ("another chain, by descriptor", lambda: ranged_world.descriptor().encode(), lambda data: planned(data, chain=MAIN),
     "bitcoin.key-network"),
    ("a vault that is there", enrolling.descriptor_record, lambda data: planned(data, name="harbour-btc"),
     "desk.enrol-known-vault"),
    ("an owner with a vault", enrolling.descriptor_record,
     lambda data: planned(data, owner=Party(world.HARBOUR, "main")), "settlement.second-vault"),
    ("slots of another's vault",
     lambda: "".join(f"{world._descriptor('harbour', slot)}\n" for slot in range(world.SLOTS)).encode(), planned,
     "rails.script-elsewhere"),
    ("slots of another's vault, on another network",
     lambda: "".join(f"{world._descriptor('harbour', slot)}\n" for slot in range(world.SLOTS)).encode(),
     lambda data: planned(data, chain=world.TESTNET), "rails.script-other-network"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "judge", "code"), [each[1:] for each in HOSTILE], ids=[each[0] for each in HOSTILE])
def test_what_is_tampered_with_is_refused_beside_the_genuine_one(
    file: Callable[[], bytes], judge: Callable[[bytes], object], code: str
) -> None:
    for genuine in (enrolling.descriptor_record(), ranged_world.descriptor().encode()):
        vault_enrolment.require_own(planned(genuine), A, own(A))
    with pytest.raises(CountersignError) as caught:
        judge(file())
    assert caught.value.code == code


def test_a_replaced_key_under_a_known_fingerprint_is_nobodys() -> None:
    stranger = Device("stranger").origin.partition("]")[2]
    known = ranged_world.device(C).origin.partition("]")[2]
    with refused("desk.enrol-unknown-key", Refused):
        planned(_roster_keys(lambda text: text.replace(known, stranger)))


def test_origins_that_contradict_their_keys_are_refused_with_a_good_checksum() -> None:
    keys = [ranged_world.device(each).expression for each in world.COSIGNERS]
    assert planned(summed(2, keys).encode())
    with refused("bitcoin.key-origin", Refused):
        planned(summed(2, [keys[0].replace("/0'/2']", "/0'/3']"), *keys[1:]]).encode())


def test_a_key_record_signed_by_another_key_is_refused() -> None:
    lines, other = enrolling.record(A).decode().split("\n"), enrolling.record(C).decode().split("\n")
    for changed in ([*lines[:4], other[4]], [*lines[:2], other[2], *lines[3:]]):
        with refused("bitcoin.bsms-signature", Refused):
            described.read("\n".join(changed).encode())
    assert described.read("\n".join(lines).encode())


def test_the_test_is_whole_and_good_nowhere() -> None:
    """With all signatures it finishes, and every rule of a transaction holds but one: the coins cannot be."""
    vault = planned(enrolling.descriptor_record())
    unsigned, tests = vault_enrolment.test(vault), [by_device(vault, each) for each in (A, D)]
    done = rail.finalise(rail.combine(unsigned, tests))
    assert done.consensus in (consensus.Answer.ACCEPTED.value, consensus.Answer.ABSENT.value)
    parents = {map_[b"\x00"] for map_ in psbt.parse(unsigned).inputs}
    (parent,) = [transaction.parse(each) for each in parents]
    (coin,) = parent.vin
    assert coin.prevout.is_null()
    script = bytes(coin.scriptSig)
    assert script[:2] == b"\x00\x20"  # a coinbase begins with its height (BIP-34): 0 is the genesis block's alone
    assert script[2:] == vault_enrolment.commitment(vault)
    (paid,) = psbt.parse(unsigned).tx.vout
    assert bytes(paid.scriptPubKey) == vault.described.places[0].script_pubkey
    assert paid.nValue == sum(each.nValue for each in parent.vout)


@pytest.mark.parametrize("version", [0, 2])
def test_a_device_takes_the_test_in_either_version(version: int) -> None:
    vault = planned(enrolling.descriptor_record())
    signed = ranged_world.device(A).sign(rail.as_version(vault_enrolment.test(vault), version))
    assert vault_enrolment.take_test(vault, A, signed) == by_device(vault, A)


def test_every_cosigner_signs_the_test_of_this_vault() -> None:
    vault = planned(enrolling.descriptor_record())
    tests = [by_device(vault, officer) for officer in world.COSIGNERS]
    assert vault_enrolment.entry(vault, tests)
    assert vault_enrolment.entry(vault, [rail.combine(vault_enrolment.test(vault), tests)])
    with refused("desk.enrol-test-missing", Refused):
        vault_enrolment.entry(vault, tests[:2])
    with refused("desk.enrol-test-missing", Refused):
        vault_enrolment.entry(vault, [tests[0], tests[0], tests[1]])
    with refused("desk.enrol-test-nobodys", Refused):
        vault_enrolment.entry(vault, [*tests, vault_enrolment.test(vault)])
    other = planned(enrolling.descriptor_record(), name="other")
    with refused("B13.other-transaction", Refused):
        vault_enrolment.entry(vault, [*tests[:2], by_device(other, D)])


def test_half_a_test_and_a_false_signature_are_none() -> None:
    vault = planned(enrolling.descriptor_record())
    good = by_device(vault, A)
    with refused("bitcoin.share-incomplete", Refused):
        vault_enrolment.take_test(vault, C, good)
    found = psbt.parse(good)
    half = psbt.of_maps(found.globals, ({}, found.inputs[1]), found.outputs, found)
    with refused("bitcoin.share-incomplete", Refused):
        vault_enrolment.take_test(vault, A, psbt.serialise(half))
    with refused("desk.enrol-own-key", Refused):
        vault_enrolment.take_test(vault, "officer-b", good)
    (key,) = found.inputs[0]
    swapped = psbt.of_maps(
        found.globals, ({key: next(iter(found.inputs[1].values()))}, found.inputs[1]), found.outputs, found
    )
    with pytest.raises(CountersignError, match=r"B11\."):
        vault_enrolment.take_test(vault, A, psbt.serialise(swapped))
    assert vault_enrolment.take_test(vault, A, good) == good


def test_a_device_s_key_is_registered_from_its_record_once() -> None:
    roster, record = enrolling.roster(), own(A, Device("second of A"))
    body = vault_enrolment.device_entry(roster, A, record, Token("6F2A", "jade", "jade"), "account 0", online=False)
    desk = logged(body)
    (registered,) = [each for each in desk.state.roster.officer(A).keys if each.key.data == record.key.plain]
    assert (registered.token, registered.online, registered.purpose) == (Token("6F2A", "jade", "jade"), False, "bip122")
    assert len(desk.state.roster.officer(A).keys) == len(roster.officer(A).keys) + 1
    taken = vault_enrolment.device_entry(roster, C, own(A), Token("1", "x", "y"), "account 0", online=False)
    with refused("settlement.key-taken", Refused):
        logged(taken)


def test_a_later_roster_is_judged_anew() -> None:
    """A key that was withdrawn between the words and the proposal enrols nothing."""
    vault, roster = planned(enrolling.descriptor_record()), enrolling.roster()
    kid = ranged_world.device(C).kid
    without = replace(roster, keys=roster.keys.delete(kid), retired=roster.retired.set(kid, roster.keys[kid]))
    with refused("settlement.key-withdrawn", Refused):
        vault_enrolment.plan(without, vault.described, enrolling.NAME, enrolling.OWNER, world.BITCOIN)
