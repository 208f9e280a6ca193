"""Hostile PSBTs of a vault of extended keys and of mixed slots, each beside the honest one."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from countersign.bitcoin import bip32, ranged
from countersign.bitcoin.bip32 import Network
from countersign.bitcoin.psbt import Psbt, fields
from countersign.bitcoin.transaction import Output
from countersign.formats import base58
from countersign.review.case import Case, SignerFacts
from countersign.settlement.roster import GAP_LIMIT
from hostile.bitcoin_changes import (
    ATTACKER,
    Change,
    attackers_change,
    same_fingerprint,
    unfindable_path,
)
from hostile.table import Hostile, overlaps
from support import alter, mixed_world, ranged_world
from support import settlement_world as world
from support.alter import Paid
from support.hardware_wallet import Device, described
from support.review_cases import Plan, Said, story

HIGHEST = 1
"""The highest index that the honest PSBT spends from: its coins lie at 0/0, 1/0 and 0/1."""


def _founded(text: Callable[[], str]) -> Callable[[dict[str, object]], None]:
    def founding(body: dict[str, object]) -> None:
        ranged_world.put_in(body)
        for vault in body["vaults"]:  # type: ignore[attr-defined]
            if vault["id"] == ranged_world.VAULT:
                vault["descriptor"] = text()

    return founding


HONEST = Plan(founding=ranged_world.put_in)


def altered(change: Change | None, plan: Plan = HONEST, said: Said | None = None) -> Case:
    """Officer A's device is about to sign the altered PSBT, under an event that says this of its coins."""
    signer = SignerFacts("officer-a", ranged_world.device("officer-a").public, device=True)
    return story(plan=plan, psbt=change, said=said).psbt_case(signer=signer, token=None)


honest = partial(altered, None)


def change_at(index: int) -> Change:
    """The change goes to 1/index, honestly claimed."""

    def change(psbt: Psbt) -> Psbt:
        at = alter.change_at(psbt)
        place = ranged.parse(ranged_world.descriptor()).at(ranged.place(ranged.CHANGE, index))
        claims = {bytes((fields.OUTPUT_KEY_PATH,)) + key.public: key.origin for key in place.keys}

        def moved(found: Paid) -> None:
            output = Output(place.script_pubkey, found[at][0].satoshis)
            found[at] = (output, {fields.OUTPUT_WITNESS_SCRIPT: place.witness_script, **claims})

        return alter.paid(psbt, moved)

    return change


def one_key_the_attackers(psbt: Psbt) -> Psbt:
    """The change's script is the vault's; under one of its right paths stands the attacker's key."""

    def change(found: dict[bytes, bytes]) -> None:
        key = next(key for key in found if key[0] == fields.OUTPUT_KEY_PATH)
        found[key[:1] + ATTACKER] = found.pop(key)

    return alter.one_output(psbt, alter.change_at(psbt), change)


def hardened_branch(psbt: Psbt) -> Psbt:
    """The change says that its keys lie behind a hardened step."""

    def change(found: dict[bytes, bytes]) -> None:
        for key in [key for key in found if key[0] == fields.OUTPUT_KEY_PATH]:
            found[key] = found[key][:-5] + bytes((found[key][-5] | 0x80,)) + found[key][-4:]

    return alter.one_output(psbt, alter.change_at(psbt), change)


def xpub(of: Device, origin: Device) -> Change:
    """PSBT_GLOBAL_XPUB with one device's key and another's origin."""

    def change(psbt: Psbt) -> Psbt:
        key = base58.decode(of.origin.split("]")[1])
        named = ranged.parse(described(2, [origin.expression, Device("other").expression])).keys[0]
        path = b"".join(step.to_bytes(4, "little") for step in named.path)
        return alter.header(psbt, bytes((fields.XPUB,)) + key, named.fingerprint + path)

    return change


def _officers() -> list[Device]:
    return [ranged_world.device(each) for each in world.COSIGNERS]


def _replaced() -> str:
    """D's extended key replaced by the attacker's, under D's own fingerprint and path."""
    *others, last = _officers()
    forged = f"{last.origin.split(']')[0]}]{Device('attacker').origin.split(']')[1]}/<0;1>/*"
    return described(2, [*(each.expression for each in others), forged])


def _another() -> str:
    return described(2, [*(each.expression for each in _officers()[:2]), Device("attacker").expression])


def _main() -> str:
    """The registered keys, written for the main network."""
    keys = []
    for each in _officers():
        origin, text = each.origin.split("]")
        keys.append(f"{origin}]{bip32.serialise(replace(bip32.parse(text), network=Network.MAIN))}/<0;1>/*")
    return described(2, keys)


REPLACED, ANOTHER, MAIN = (Plan(founding=_founded(each)) for each in (_replaced, _another, _main))
MIXED = Plan(founding=mixed_world.put_in)


def _token_with_path(body: dict[str, object]) -> None:
    """Slot 0's token key is registered as if it lay under a path, beside the extended one that does."""
    mixed_world.put_in(body)
    slot = body["vaults"][0]["slots"][0]  # type: ignore[index]
    key = world.vault_key("officer-a", "bip122", "meridian", 0).public.data.hex()
    text = slot["descriptor"].split("#")[0].replace(key, f"[00112233/48'/1'/0'/2']{key}")
    slot["descriptor"] = f"{text}#{world._descriptor_checksum(text)}"


WITH_PATH = Plan(founding=_token_with_path)


def mixed(plan: Plan = MIXED) -> Case:
    """Officer A's token is about to sign for mixed slots."""
    return story(plan=plan).psbt_case()


A = ranged_world.device("officer-a")
LIMIT = HIGHEST + GAP_LIMIT
CASES: list[Hostile] = [
    Hostile("B1", "extended keys of the main network", "bitcoin.key-network", partial(altered, None, MAIN), honest),
    Hostile("B4", "a coin whose path nobody names", "B4.foreign-input", partial(altered, lambda psbt: _no_paths(psbt)),
            honest, overlaps("B8")),
    Hostile("B6", "extended key replaced under the same fingerprint and path", "B6.other-extended-keys",
            partial(altered, None, REPLACED), honest),
    Hostile("B6", "ranged descriptor with a valid checksum and another key", "B6.other-extended-keys",
            partial(altered, None, ANOTHER), honest),
    Hostile("B6", "a child's key replaced under the same fingerprint", "B6.key-path", partial(altered, same_fingerprint),
            honest),
    Hostile("B6", "the attacker's extended key under a registered origin", "B6.extended-key",
            partial(altered, xpub(Device("attacker"), A)), partial(altered, xpub(A, A))),
    Hostile("B6", "a registered extended key under another origin", "B6.extended-key",
            partial(altered, xpub(A, ranged_world.device("officer-c"))), partial(altered, xpub(A, A))),
    Hostile("B6", "a token's key under a path, in a mixed slot", "B6.slot-origin", partial(mixed, WITH_PATH), mixed),
    Hostile("B7", "change of extended keys at m/293847/29300847/2382363/972353", "B7.fraud",
            partial(altered, unfindable_path), honest, overlaps("B8", "C7")),
    Hostile("B7", "change of extended keys at the right path, to an attacker's script", "B7.fraud",
            partial(altered, attackers_change), honest, overlaps("B8", "C7")),
    Hostile("B7", "change of extended keys with an attacker's key under the right path", "B7.fraud",
            partial(altered, one_key_the_attackers), honest, overlaps("B8", "C7")),
    Hostile("B7", "change of extended keys behind a hardened step", "B7.fraud", partial(altered, hardened_branch), honest,
            overlaps("B8", "C7")),
    Hostile("B7", "change of extended keys 201 beyond the highest index", "B7.fraud", partial(altered, change_at(LIMIT + 1)),
            partial(altered, change_at(LIMIT)), overlaps("B8", "C7")),
]  # fmt: skip


def _no_paths(psbt: Psbt) -> Psbt:
    """The first input says nothing of where its keys lie."""
    found = psbt
    for key in psbt.inputs[0]:
        if key[0] == fields.KEY_PATH:
            found = alter.one_input(found, 0, key, None)
    return found
