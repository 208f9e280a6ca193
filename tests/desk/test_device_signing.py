"""Signing with a third-party device keeps the discipline of tokens: verdict, intent, one digest a coin, verified, journalled."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from countersign.airgap import psbt_ur, ur
from countersign.bitcoin import psbt as psbts
from countersign.bitcoin.psbt import Psbt, fields, of_maps
from countersign.demonstration import cast
from countersign.desk import cases, device_signing
from countersign.errors import Conflict, CountersignError, Malformed, Refused
from countersign.keys import der, ecdsa
from support import device_stage
from support.careless import ORDER, given_back
from support.device_stage import console_of, device
from support.hardware_wallet import Device
from support.refusals import refused
from support.software_stage import Table, silent

A = cast.OFFICER_A.id


@pytest.fixture
async def prepared(tmp_path: Path):  # type: ignore[no-untyped-def]
    table = device_stage.ranged(tmp_path)
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    yield table
    await table.stage.aclose()


def intents(table: Table) -> int:
    return len(table.officer.replica.profile.journal.intents(bytes.fromhex(table.live("psbt").hash)))


async def code_of(work: object) -> str:
    with pytest.raises(CountersignError) as caught:
        await work  # type: ignore[misc]
    return caught.value.code


async def test_the_intent_is_durable_before_the_file_leaves(prepared: Table) -> None:
    assert intents(prepared) == 0
    exported = await prepared.officer.device_export(prepared.live("psbt").hash)
    assert exported == prepared.artefact("psbt")
    journal = prepared.officer.replica.profile.journal
    found = journal.intents(bytes.fromhex(prepared.live("psbt").hash))
    coins = cases.outpoints(prepared.live("psbt").group.chain, psbts.parse(exported))
    assert {coin for each in found for coin in each.outpoints} == set(coins)
    assert len({each.key for each in found}) == len(coins)  # a child of its own for every place
    with pytest.raises(Conflict) as caught:
        journal.intend(replace(found[0], transaction=b"\x01" * 32, digests=(b"\x02" * 32,)))
    assert caught.value.code == "B12.promised"


UNJUDGED = {b"\xfc\x01a\x00": b"\x01", b"\x35": b"\x04name", b"\x09": bytes(66), b"\x7e": b"\x02"}
"""A proprietary field, a name (BIP-353), what a device computes or proves by itself (BIP-375, BIP-127), an unknown one."""


@pytest.mark.parametrize("version", [0, 2])
async def test_what_no_check_looked_at_leaves_for_no_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    def stuffed(psbt: Psbt) -> bytes:
        inputs, outputs = ([{**each, **UNJUDGED} for each in maps] for maps in (psbt.inputs, psbt.outputs))
        return psbts.serialise(of_maps({**psbt.globals, **UNJUDGED}, tuple(inputs), tuple(outputs), psbt))

    monkeypatch.setattr("countersign.desk.preparing.serialise_psbt", stuffed)
    table = device_stage.ranged(tmp_path)
    await table.until("step-prepare")
    await table.officer.unlock(table.stage.ask_pin)
    name, prepared = table.live("psbt").hash, psbts.parse(table.artefact("psbt"))
    assert all(UNJUDGED.items() <= each.items() for each in (prepared.globals, *prepared.inputs, *prepared.outputs))
    exported = await table.officer.device_export(name, version)
    given = psbts.parse(exported)
    assert not any(UNJUDGED.keys() & each.keys() for each in (given.globals, *given.inputs, *given.outputs))
    assert psbts.judged(prepared) == psbts.to_version(given, 0)
    await table.officer.device_import(name, device(A).sign(exported))
    assert [each.officer for each in table.live("psbt").shares] == [A]
    await table.stage.aclose()


async def test_what_was_never_exported_is_not_taken_back(prepared: Table) -> None:
    psbt = prepared.live("psbt").hash
    signed = device(A).sign(prepared.artefact("psbt"))
    assert await code_of(prepared.officer.device_import(psbt, signed)) == "desk.device-not-asked"
    assert not prepared.live("psbt").shares
    await prepared.officer.device_export(psbt)
    await prepared.officer.device_import(psbt, signed)
    assert [each.officer for each in prepared.live("psbt").shares] == [A]


async def test_a_version_2_file_goes_out_and_comes_back(prepared: Table) -> None:
    psbt = prepared.live("psbt").hash
    exported = await prepared.officer.device_export(psbt, 2)
    assert exported != prepared.artefact("psbt")
    await prepared.officer.device_import(psbt, device(A).sign(exported))
    assert [each.officer for each in prepared.live("psbt").shares] == [A]


async def test_a_token_does_not_sign_for_a_device(prepared: Table) -> None:
    assert await code_of(prepared.officer.sign(prepared.live("psbt").hash, silent)) == "desk.signs-on-device"
    assert await code_of(prepared.officer.device_export(prepared.live("safe-tx").hash)) == "desk.no-device"
    compliance = await console_of(prepared, cast.COMPLIANCE.id)
    assert await code_of(compliance.device_export(prepared.live("psbt").hash)) == "desk.no-device"
    assert intents(prepared) == 0


async def test_checks_that_forbid_let_nothing_out(prepared: Table) -> None:
    console, instruction = prepared.officer, prepared.live("psbt")
    replica = console.replica
    moment = cases.Circumstances(now=prepared.stage.clock.seconds, store=cases.store_facts(replica.profile))
    parsed = psbts.parse(prepared.artefact("psbt"))
    unsigned = bytearray(parsed.unsigned)
    unsigned[-5] ^= 1  # the last output's script
    altered = psbts.serialise(psbts.parse(prepared.artefact("psbt").replace(parsed.unsigned, bytes(unsigned))))
    basis = cases.basis(replica, (prepared.story.contract,))
    with refused("desk.checks-forbid", Refused):
        await device_signing.export(console.hand, basis, instruction, altered, moment, replica.profile)
    assert intents(prepared) == 0


def _first(psbt: Psbt, change: Callable[[bytes], bytes]) -> bytes:
    """The returned PSBT with the first input's signature changed."""
    first = {
        key: change(value) if key[0] == fields.PARTIAL_SIGNATURE else value for key, value in psbt.inputs[0].items()
    }
    return psbts.serialise(of_maps(psbt.globals, (first, *psbt.inputs[1:]), psbt.outputs, psbt))


def _high_s(signature: bytes) -> bytes:
    raw = ecdsa.from_der(signature[:-1])
    s = ORDER - int.from_bytes(raw[32:], "big")
    return der.to_der(raw[:32] + s.to_bytes(32, "big")) + signature[-1:]


BAD: dict[str, Callable[[bytes], bytes]] = {
    "B11.high-s": _high_s,
    "B5.sighash": lambda signature: signature[:-1] + b"\x81",
    "B11.wrong": lambda signature: signature[:10] + bytes((signature[10] ^ 1,)) + signature[11:],
    "B11.encoding": lambda signature: b"\x31" + signature[1:],
}


async def test_what_a_device_gives_back_is_verified(prepared: Table) -> None:
    psbt = prepared.live("psbt").hash
    exported = await prepared.officer.device_export(psbt)
    signed = psbts.parse(device(A).sign(exported))
    for code, change in BAD.items():
        assert await code_of(prepared.officer.device_import(psbt, _first(signed, change))) == code
    stranger = Device("nobody").sign(exported)
    for lacking in (stranger, exported):
        assert await code_of(prepared.officer.device_import(psbt, lacking)) == "bitcoin.share-incomplete"
    parsed = psbts.parse(exported)
    unsigned = bytearray(parsed.unsigned)
    unsigned[-5] ^= 1
    other = device(A).sign(exported.replace(parsed.unsigned, bytes(unsigned)))
    assert await code_of(prepared.officer.device_import(psbt, other)) == "B13.other-transaction"
    with pytest.raises(Malformed):
        await prepared.officer.device_import(psbt, b"not a PSBT")
    assert not prepared.live("psbt").shares
    await prepared.officer.device_import(psbt, _first(signed, lambda signature: signature))


async def test_the_same_digest_is_answered_from_the_record(prepared: Table) -> None:
    """A share that was journalled and never reached the desk is the same share the second time."""
    console, instruction = prepared.officer, prepared.live("psbt")
    replica, data = console.replica, prepared.artefact("psbt")
    moment = cases.Circumstances(now=prepared.stage.clock.seconds, store=cases.store_facts(replica.profile))
    basis = cases.basis(replica, (prepared.story.contract,))
    signed = device(A).sign(await console.device_export(instruction.hash))
    parts = (console.hand, basis, instruction, data, signed, moment, replica.profile, prepared.desk.scribe)
    first, second = await device_signing.take_back(*parts), await device_signing.take_back(*parts)
    assert [each.share for each in first.shares] == [each.share for each in second.shares]


async def test_the_key_of_a_review_says_that_it_lies_in_a_device(prepared: Table) -> None:
    review = await prepared.officer.review(prepared.story.contract)
    verdicts = {each.kind: each.verdict for each in review.instructions}
    (found,) = [each for each in verdicts["psbt"].findings if each.check == "H2"]
    assert found.reason == "H2.device"
    (found,) = [each for each in verdicts["safe-tx"].findings if each.check == "H2"]
    assert found.reason == "H2.registered-token"


async def test_base64_version_2_and_foreign_signatures_beside_are_taken(prepared: Table) -> None:
    """Others' signatures in the same file are left behind; the share is this officer's alone, of version 0."""
    psbt = prepared.live("psbt").hash
    exported = await prepared.officer.device_export(psbt, 2)
    both = device(cast.OFFICER_D.id).sign(device(A).sign(exported))
    await prepared.officer.device_import(psbt, b64encode(both) + b"\r\n")
    (share,) = prepared.live("psbt").shares
    kept = psbts.parse(prepared.desk.artefacts.get(bytes.fromhex(share.artefact)))
    assert kept.version == 0
    known = {device(A).child(branch, index) for branch in (0, 1) for index in range(3)}
    assert {key[1:] for each in kept.inputs for key in each} <= known


async def test_an_answer_that_lacks_one_input_is_incomplete(prepared: Table) -> None:
    psbt = prepared.live("psbt").hash
    signed = psbts.parse(device(A).sign(await prepared.officer.device_export(psbt)))
    assert len(signed.inputs) > 1
    bare = {key: value for key, value in signed.inputs[-1].items() if key[0] != fields.PARTIAL_SIGNATURE}
    lacking = psbts.serialise(of_maps(signed.globals, (*signed.inputs[:-1], bare), signed.outputs, signed))
    assert await code_of(prepared.officer.device_import(psbt, b64encode(lacking))) == "bitcoin.share-incomplete"
    assert not prepared.live("psbt").shares
    await prepared.officer.device_import(psbt, b64encode(psbts.serialise(signed)))


async def test_only_what_was_shown_goes_out(prepared: Table) -> None:
    psbt = prepared.live("psbt").hash
    (shown,) = [each.instruction for each in await prepared.officer.to_sign(prepared.story.contract) if each.devices]
    other = replace(shown, fee=None)
    assert await code_of(prepared.officer.device_export(psbt, shown=other)) == "D1.other-than-shown"
    assert intents(prepared) == 0
    await prepared.officer.device_export(psbt, shown=shown)
    assert intents(prepared) > 0


async def test_the_codes_are_of_the_type_that_the_device_reads(prepared: Table) -> None:
    exported = await prepared.officer.device_export(prepared.live("psbt").hash)
    for tag, kind in ((2, "psbt"), (1, "crypto-psbt")):
        scan = ur.Scan(frozenset((kind,)))
        for text in prepared.officer.device_frames(exported, tag):
            scan.receive(text, 0)
        assert scan.message is not None
        assert psbt_ur.decode(scan.message) == exported


async def test_one_nonce_under_two_places_of_a_device_stops_its_key(prepared: Table) -> None:
    """Each place has a key of its own, and no key signs twice: the extended key gives all away nevertheless."""
    psbt = prepared.live("psbt").hash
    exported = await prepared.officer.device_export(psbt)
    coins = len(psbts.parse(exported).inputs)
    assert coins > 1
    careless = given_back(device(A), exported, [12_345] * coins)
    assert await code_of(prepared.officer.device_import(psbt, careless)) == "H8.repeated-r"
    assert not prepared.live("psbt").shares
    assert await code_of(prepared.officer.device_import(psbt, device(A).sign(exported))) == "H8.key-stopped"
