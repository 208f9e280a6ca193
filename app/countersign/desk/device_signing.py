"""Signing with a third-party device: the same discipline as `signing`, with a file in the place of the token.

verify → journal the intent, durable → export the unsigned PSBT → (the officer signs on the device) → take the file back →
verify again → cut this officer's signatures out → verify each under the children of the registered key → journal → share.

- What goes out is the transaction with the fields that were judged: what else the prepared bytes carry, no check has looked at.
- What comes back is believed for nothing but signatures: they are laid into the prepared bytes, over digests rebuilt here.
- A file that this machine never exported is not taken back: no intent was journalled before the device signed.
- The same digest is answered from the record, whatever a device makes of it a second time; a repeated r stops the key, and
  children of one extended key are one key for that (H8).
- The device's own keys are no token's: H2 and H3 are not applicable, and say so.
"""

from collections.abc import Mapping, Sequence

from countersign.bitcoin import share as shares
from countersign.bitcoin.inspect import partial_signatures
from countersign.bitcoin.psbt import Psbt, binary
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.share import SigningRequest
from countersign.desk.author import Scribe
from countersign.desk.cases import Basis, Circumstances
from countersign.desk.own_keys import device_keys, to_sign
from countersign.desk.ports import Profile
from countersign.desk.randomness import root_of
from countersign.desk.signing import (
    Hand,
    Made,
    approved,
    device_case,
    intend,
    recorded,
    remember,
    said,
    shares_of,
)
from countersign.errors import Refused
from countersign.keys import ecdsa
from countersign.keys.public_key import PublicKey
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import wallets
from countersign.settlement.records import Instruction


async def export(
    hand: Hand,
    found: Basis,
    instruction: Instruction,
    data: bytes,
    moment: Circumstances,
    profile: Profile,
    *,
    version: int = 0,
) -> bytes:
    """The unsigned PSBT for the officer's device (`psbt.judged`), of this PSBT version, its intent journalled.

    Refused: desk.no-device, desk.checks-forbid with every finding, B2.no-such-version, what the journal raises.
    """
    async with hand.turn:
        keys, _ = _asked(hand, found, instruction, data)
        await approved(device_case(hand.officer, found, instruction, data, moment, profile))
        declared = remember(found, instruction, data, moment, profile)
        intend(instruction, parse_psbt(data), keys, moment.now, profile, declared)
        return bitcoin_rail.for_device(data, version)


async def take_back(
    hand: Hand,
    found: Basis,
    instruction: Instruction,
    data: bytes,
    returned: bytes,
    moment: Circumstances,
    profile: Profile,
    scribe: Scribe,
) -> Made:
    """This officer's shares from what the device gave back (a PSBT of either version, bytes or base64).

    Refused: desk.device-not-asked, desk.checks-forbid with every finding, B13.other-transaction, bitcoin.share-incomplete,
    B5.*, B11.*, H8.*. Malformed: B2.*.
    """
    async with hand.turn:
        keys, requests = _asked(hand, found, instruction, data)
        _require_exported(profile, instruction, requests)
        verdict = await approved(device_case(hand.officer, found, instruction, data, moment, profile))
        declared = remember(found, instruction, data, moment, profile)
        intend(instruction, parse_psbt(data), keys, moment.now, profile, declared)
        given = shares.extract(parse_psbt(data), parse_psbt(binary(returned)), {key.data for key in keys})
        by_point = {key.data: key for key in keys}
        answers = {each: _answered(profile, by_point[each.public_key], keys, each, given) for each in requests}
        registered = {key.data: known for key, known in keys.items()}
        made = shares_of(found.state.roster, instruction, data, answers, registered)
        return Made(tuple([await said(hand, scribe, profile, instruction, each) for each in made]), verdict)


def _asked(
    hand: Hand, found: Basis, instruction: Instruction, data: bytes
) -> tuple[Mapping[PublicKey, PublicKey], tuple[SigningRequest, ...]]:
    """The keys of the officer's device, each with its registered one, and what they are to sign. Refused("desk.no-device")."""
    known = device_keys(found.state, hand.officer, instruction)
    mine = [each.key for each in to_sign(found.state, hand.officer, instruction, known)]
    if not mine:
        raise Refused("desk.no-device", officer=hand.officer)
    psbt = parse_psbt(data)
    keys = wallets.signing_keys(wallets.paying(found.state, instruction.group.vaults), psbt, mine)
    return keys, bitcoin_rail.digests(psbt, keys)


def _require_exported(profile: Profile, instruction: Instruction, requests: Sequence[SigningRequest]) -> None:
    intents = profile.journal.intents(bytes.fromhex(instruction.hash))
    intended = {digest for intent in intents for digest in intent.digests}
    if not intended.issuperset(each.digest for each in requests):
        raise Refused("desk.device-not-asked", instruction=instruction.hash)


def _answered(
    profile: Profile, key: PublicKey, keys: Mapping[PublicKey, PublicKey], asked: SigningRequest, given: Psbt
) -> bytes:
    """One signature, r‖s: from the record, or the device's, verified and journalled now."""
    known = profile.journal.answered(key.thumbprint(), asked.digest)
    if known is not None:
        return known
    (signature,) = partial_signatures(given.inputs[asked.index])
    found = ecdsa.from_der(signature.der)
    recorded(profile, key, asked.digest, found, root_of(key, keys[key]))
    return found
