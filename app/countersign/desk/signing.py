"""Signing, in the one order that every machine keeps (DESIGN.md §7):

verify → journal the intent, durable → token signs the 32-byte digest → low-S → verify under the registered key with
independent code → journal the share → export.

- Only a verdict without fail or blocked is signed; a refusal carries every finding.
- Digests are rebuilt here from the bytes of the artefact, after the verdict and not before; what was shown cannot be swapped.
- The same digest is answered again from the record. A pulled token loses nothing: signing again continues where it stopped.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.psbt import parse as parse_psbt
from countersign.bitcoin.share import SigningRequest
from countersign.desk.author import Author, Scribe
from countersign.desk.cases import Basis, Circumstances, contract_ids, instruction_case, outpoints, replaced
from countersign.desk.own_keys import device_keys, to_sign, token_keys
from countersign.desk.ports import AskSecret, Mailbox, Profile, Receipt, Token
from countersign.desk.randomness import root_of
from countersign.desk.records import AFRESH, Declared, Intent, Promise, SafeNonce, Share
from countersign.desk.shares import as_needed
from countersign.desk.views import TokenView
from countersign.errors import Refused
from countersign.ethereum import safe_file
from countersign.formats import eip55
from countersign.keys import jws as jose
from countersign.keys.public_key import Curve, PublicKey
from countersign.rails import bitcoin as bitcoin_rail
from countersign.rails import ethereum as ethereum_rail
from countersign.review import checks
from countersign.review.case import Case, Mode, SignatureFacts, SignerFacts, TokenFacts
from countersign.review.finding import Verdict
from countersign.settlement.records import Instruction
from countersign.settlement.roster import OfficerKey, Roster, SafeVault
from countersign.settlement.roster import Token as RegisteredToken
from countersign.settlement.state import State

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Hand:
    """An officer at a machine: who, the token, and the identity that signs events. One hand signs one thing at a time."""

    officer: str
    token: Token
    author: Author
    turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class MadeShare:
    """One vault's share: its bytes, and the officer's signed `share.added` event."""

    vault: str
    share: bytes
    event: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """What was just signed (or answered from the record): a share for each of the instruction's vaults that this officer owns."""

    shares: tuple[MadeShare, ...]
    verdict: Verdict


async def token_facts(token: Token, registered: Sequence[OfficerKey]) -> TokenFacts:
    """H2 and H3's facts: the token beside what the roster registered for these keys."""
    now, held = await token.token(), await token.keys()
    first = registered[0].token
    found = [each for key in registered for each in held if each.public == key.key]
    faults = [(fault.attribute, fault.expected, fault.found) for each in found for fault in each.findings or ()]
    if any(each.findings is None for each in found):
        faults.append(("LOGIN", "unlocked", "locked"))
    return TokenFacts(
        serial=now.serial,
        label=now.label,
        model=now.model,
        registered=(first.serial, first.label, first.model),
        key_found=len({each.public for each in found}) == len(registered),
        gate=tuple(faults),
        copies=1 if len(found) <= len(registered) else len(found),
    )


async def _asked_of_token(hand: Hand, state: State, instruction: Instruction) -> tuple[OfficerKey, ...]:
    """The officer's keys that the token is asked for now: where a vault has its quorum, nothing is asked for it again."""
    keys, now = token_keys(state, hand.officer, instruction), await hand.token.token()
    return to_sign(state, hand.officer, instruction, keys, RegisteredToken(now.serial, now.label, now.model))


async def signing_case(
    hand: Hand, found: Basis, instruction: Instruction, data: bytes, moment: Circumstances, profile: Profile
) -> Case:
    """The case before this officer's signature, with the token's own facts in it; a device's it cannot know."""
    keys = await _asked_of_token(hand, found.state, instruction)
    if not keys:
        return device_case(hand.officer, found, instruction, data, moment, profile)
    return await _token_case(hand, found, instruction, data, moment, profile, keys)


async def _token_case(
    hand: Hand,
    found: Basis,
    instruction: Instruction,
    data: bytes,
    moment: Circumstances,
    profile: Profile,
    keys: Sequence[OfficerKey],
) -> Case:
    facts = await token_facts(hand.token, keys)
    complete = replace(moment, signer=SignerFacts(hand.officer, keys[0].key), token=facts)
    return instruction_case(found, instruction, data, complete, profile, Mode.SIGN)


def device_case(
    officer: str, found: Basis, instruction: Instruction, data: bytes, moment: Circumstances, profile: Profile
) -> Case:
    """The case before this officer's device signs. Refused("desk.not-an-owner")."""
    keys = device_keys(found.state, officer, instruction)
    if not keys:
        raise Refused("desk.not-an-owner", officer=officer)
    complete = replace(moment, signer=SignerFacts(officer, keys[0].key, device=True), token=None)
    return instruction_case(found, instruction, data, complete, profile, Mode.SIGN)


async def sign(
    hand: Hand,
    found: Basis,
    instruction: Instruction,
    data: bytes,
    moment: Circumstances,
    profile: Profile,
    scribe: Scribe,
    progress: Progress,
) -> Made:
    """Make this officer's share. Refused("desk.checks-forbid") with every finding; what journal and token raise.

    A second call meanwhile waits, and then finds the first one's signatures in the record.
    """
    async with hand.turn:
        return await _sign(hand, found, instruction, data, moment, profile, scribe, progress)


async def _sign(
    hand: Hand,
    found: Basis,
    instruction: Instruction,
    data: bytes,
    moment: Circumstances,
    profile: Profile,
    scribe: Scribe,
    progress: Progress,
) -> Made:
    asked = await _asked_of_token(hand, found.state, instruction)
    if not asked:
        device_case(hand.officer, found, instruction, data, moment, profile)
        raise Refused("desk.signs-on-device", officer=hand.officer)
    verdict = await approved(await _token_case(hand, found, instruction, data, moment, profile, asked))
    keys = tuple(each.key for each in asked)
    declared = remember(found, instruction, data, moment, profile)
    if instruction.group.kind == "psbt":
        made = await _sign_psbt(hand, found.state, instruction, data, keys, moment, profile, progress, declared)
    else:
        made = await _sign_safe(hand, found.state, instruction, data, keys, moment, profile, progress, declared)
    return Made(tuple([await said(hand, scribe, profile, instruction, each) for each in made]), verdict)


async def approved(case: Case) -> Verdict:
    """The verdict that allows a signature. Refused("desk.checks-forbid") with every finding."""
    verdict = await asyncio.to_thread(checks.verdict, case)
    if not verdict.may_sign:
        first = verdict.against[0]
        raise Refused("desk.checks-forbid", verdict.findings, check=first.check, count=len(verdict.against))
    return verdict


def remember(
    found: Basis, instruction: Instruction, data: bytes, moment: Circumstances, profile: Profile
) -> Declared | None:
    """The clock, the settlement's ids and what is paid for them, journalled; what a declared instruction may stand against."""
    profile.journal.raise_clock(moment.now)
    for contract in found.state.settles(instruction):
        terms = found.state.contracts[contract].terms
        profile.journal.see_settlement(terms.id, terms.version, bytes.fromhex(contract))
    if instruction.hash in found.state.instructions and not instruction.returns:
        profile.journal.promise(contract_ids(found.state, instruction), _payment(instruction, data))
    return _declared(found.state, instruction, profile)


def _payment(instruction: Instruction, data: bytes) -> Promise:
    """The payment that an instruction makes: a Safe's has no coins, its number stands in the log."""
    name = bytes.fromhex(instruction.hash)
    if instruction.group.kind != "psbt":
        return Promise(bytes(safe_file.parse(data).tx.digest), name, ())
    psbt = parse_psbt(data)
    return Promise(bytes(psbt.txid), name, outpoints(instruction.group.chain, psbt))


@dataclass(frozen=True, slots=True)
class Signed:
    """One vault's share and the registered keys that it is of."""

    vault: str
    keys: frozenset[PublicKey]
    share: bytes


async def said(hand: Hand, scribe: Scribe, profile: Profile, instruction: Instruction, made: Signed) -> MadeShare:
    """The officer's `share.added`, its share kept here."""
    body = {
        "instruction": instruction.hash,
        "vault": made.vault,
        "keys": sorted(key.kid for key in made.keys),
        "artefact": profile.artefacts.put(made.share).hex(),
    }
    event = await hand.author.sign(scribe.draft("share.added", body))
    return MadeShare(made.vault, made.share, jose.serialise(event))


async def give(mailbox: Mailbox, made: Made) -> list[Receipt]:
    """What was signed, to the desk, as far as it is needed (`shares.as_needed`). Raises what the desk raises."""

    async def one(each: MadeShare) -> Receipt:
        await mailbox.put_artefact(each.share)
        return await mailbox.submit(each.event)

    return await as_needed([partial(one, each) for each in made.shares])


def _declared(state: State, instruction: Instruction, profile: Profile) -> Declared | None:
    """What the journal may let coins or a nonce be signed again for: every transaction the declared one stands against, or the
    leg made afresh (B12 has judged it).

    Two persons declare a settlement's; a Safe's change of owners is declared by the administrators' order.
    """
    ordered = instruction.hash in state.orders and instruction.replaces is not None
    if instruction.declared and instruction.declarer is None and not ordered:
        return None
    earlier = replaced(state, profile.artefacts, instruction)
    if not instruction.declared and (not earlier or instruction.group.kind != "psbt"):
        return None  # a Safe's number that is used up is never signed again
    if instruction.group.kind == "psbt":
        against = tuple(bytes(parse_psbt(each).txid) for each in earlier)
    else:
        against = tuple(bytes(safe_file.parse(each).tx.digest) for each in earlier)
    return Declared(instruction.purpose if instruction.declared else AFRESH, against)


async def _sign_psbt(
    hand: Hand,
    state: State,
    instruction: Instruction,
    data: bytes,
    keys: Sequence[PublicKey],
    moment: Circumstances,
    profile: Profile,
    progress: Progress,
    declared: Declared | None,
) -> list[Signed]:
    psbt = parse_psbt(data)
    by_point = {key.data: key for key in keys}
    requests = intend(instruction, psbt, {key: key for key in keys}, moment.now, profile, declared)
    answers = {}
    for done, each in enumerate(requests):
        progress(done, len(requests))
        answers[each] = await _one(hand, profile, by_point[each.public_key], each.digest)
    progress(len(requests), len(requests))
    return shares_of(state.roster, instruction, data, answers, by_point)


def intend(
    instruction: Instruction,
    psbt: Psbt,
    keys: Mapping[PublicKey, PublicKey],
    now: int,
    profile: Profile,
    declared: Declared | None,
) -> tuple[SigningRequest, ...]:
    """What these keys (each with its registered one) are to sign, their intents journalled.

    Raises what `Journal.intend` and the rail raise.
    """
    by_point, coins = {key.data: key for key in keys}, outpoints(instruction.group.chain, psbt)
    requests = bitcoin_rail.digests(psbt, by_point.values())
    for key in dict.fromkeys(by_point[each.public_key] for each in requests):
        mine = tuple(each.digest for each in requests if each.public_key == key.data)
        spent = tuple(coins[each.index] for each in requests if each.public_key == key.data)
        intent = _intent(instruction, key, bytes(psbt.txid), mine, now)
        root = root_of(key, keys[key])
        profile.journal.intend(replace(intent, outpoints=spent, declared=declared, root=root))
    return requests


def shares_of(
    roster: Roster,
    instruction: Instruction,
    data: bytes,
    answers: Mapping[SigningRequest, bytes],
    registered: Mapping[bytes, PublicKey],
) -> list[Signed]:
    """A share for each vault that signatures spend from. `registered`: the registered key of each key in a script."""
    psbt, made = parse_psbt(data), []
    for vault in (roster.vault(each) for each in instruction.group.vaults):
        mine = {each: found for each, found in answers.items() if registered[each.public_key].kid in vault.keys}
        if not mine:
            continue
        share = bitcoin_rail.make_share(psbt, mine)
        bitcoin_rail.accept_share(data, share, {PublicKey(Curve.SECP256K1, each.public_key) for each in mine})
        made.append(Signed(vault.id, frozenset(registered[each.public_key] for each in mine), share))
    return made


async def _sign_safe(
    hand: Hand,
    state: State,
    instruction: Instruction,
    data: bytes,
    keys: Sequence[PublicKey],
    moment: Circumstances,
    profile: Profile,
    progress: Progress,
    declared: Declared | None,
) -> list[Signed]:
    digest = await asyncio.to_thread(ethereum_rail.digest, data)
    key, vault = keys[0], state.roster.vault(instruction.group.vaults[0])
    if not isinstance(vault, SafeVault):
        raise Refused("desk.not-a-safe", vault=vault.id)
    nonce = SafeNonce(vault.chain, eip55.parse(vault.address), safe_file.parse(data).tx.nonce)
    intent = _intent(instruction, key, bytes(digest), (bytes(digest),), moment.now)
    profile.journal.intend(replace(intent, nonce=nonce, declared=declared))
    progress(0, 1)
    answer = await _one(hand, profile, key, bytes(digest))
    progress(1, 1)
    share = ethereum_rail.make_share(data, key, answer)
    ethereum_rail.accept_share(data, share, keys)
    return [Signed(vault.id, frozenset({key}), share)]


def _intent(
    instruction: Instruction, key: PublicKey, transaction: bytes, digests: tuple[bytes, ...], now: int
) -> Intent:
    return Intent(
        instruction=bytes.fromhex(instruction.hash),
        settlement=instruction.cycle,
        key=key.thumbprint(),
        transaction=transaction,
        digests=digests,
        at=now,
    )


async def _one(hand: Hand, profile: Profile, key: PublicKey, digest: bytes) -> bytes:
    """One digest: from the record, or signed now, verified (H4, H7) and journalled before anybody sees it."""
    known = profile.journal.answered(key.thumbprint(), digest)
    if known is not None:
        return known
    signature = await hand.token.sign_digest(key, digest)
    recorded(profile, key, digest, signature)
    return signature


def recorded(profile: Profile, key: PublicKey, digest: bytes, signature: bytes, root: bytes = b"") -> None:
    """Verify what a token or a device answered under the key, and journal it (H4, H7, H8). Refused("desk.checks-forbid")."""
    judged = checks.verdict_on_signature(SignatureFacts(key, digest, signature, len(digest)))
    if not judged.may_sign:
        raise Refused("desk.checks-forbid", judged.findings, check=judged.against[0].check, count=len(judged.against))
    profile.journal.record_shares((Share(key.thumbprint(), digest, signature, root),))


async def unlock(hand: Hand, ask: AskSecret, *, last_try: bool = False) -> TokenView:
    """Log in to the token: the PIN is asked once. Refused("H5.final-try") on the last try, unless it was confirmed."""
    await hand.token.unlock(ask, last_try=last_try)
    return await token_view(hand.token, hand.officer)


async def lock(hand: Hand) -> None:
    """Log out of the token. What was signed is journalled; what was not can be signed after the next PIN."""
    await hand.token.lock()


async def token_view(token: Token, officer: str) -> TokenView:
    """The token as the strip and the Sign screen show it."""
    now = await token.token()
    tries = "locked" if now.pin_locked else "last" if now.pin_final_try else "low" if now.pin_count_low else "ok"
    return TokenView(now.label, now.serial, now.model, officer, now.unlocked, tries)
