"""B1–B6: the right network, a well-formed PSBT, every coin proven, every script and key the registered vault's.

- B2 is the parser's rule, with the smaller bounds of an air-gapped machine.
- Scripts, keys and quorums come from the registered descriptors, never from the PSBT (B4, B6).
- Where a registered descriptor itself cannot be read, B6 says so and what needs it is blocked.
"""

from collections.abc import Iterator

from countersign.airgap.limits import MESSAGE_LIMIT
from countersign.bitcoin.inspect import InputFacts, PsbtFacts
from countersign.bitcoin.psbt import MAX_BYTES, MAX_USB_BYTES, Psbt, fields
from countersign.bitcoin.sighash import SIGHASH_ALL
from countersign.errors import CountersignError, Refused
from countersign.formats import caip
from countersign.rails import wallets as registered
from countersign.rails.wallets import SpentPlace, Wallet
from countersign.resources.counting import counted
from countersign.review.case import ANCHOR, Channel
from countersign.review.check import Check
from countersign.review.finding import Finding, blocked, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading
from countersign.settlement.roster import Roster

SHOWN = 20
"""Findings of one check that a verdict lists; a PSBT may have a thousand inputs."""
LIMITS = {Channel.ONLINE: MAX_BYTES, Channel.USB: MAX_USB_BYTES, Channel.QR: MESSAGE_LIMIT}
HARDENED = 1 << 31
PURPOSES = frozenset(HARDENED + number for number in (44, 48, 49, 84, 86, 87))
"""BIP-43 purposes whose second step is the coin type."""


def network(reading: Reading) -> Iterator[Finding]:
    """B1: the registered vaults' chain and no other network, every destination spelled for it, every path of its coin type."""
    if reading.psbt is None:
        yield not_applicable("B1", "B2.no-psbt")
        return
    if reading.state is None:
        yield blocked("B1", ANCHOR, "network")
        return
    read = (reading.contract(facts) for facts in reading.case.contracts)
    wrong = [each for each in read if isinstance(each, CountersignError) and each.check == "B1"]
    for error in wrong:
        yield from_error("B1", error, "destination", "an address of the registered vault's network")
    if wrong:
        return
    if not reading.vaults:
        yield failed("B1", "no-vault", "network", "a registered vault that owes", "none")
        return
    chains = sorted({vault.chain for vault in reading.vaults} | {owed.chain for owed in reading.owed})
    if len(chains) != 1:
        found = ", ".join(chains)
        yield failed("B1", "other-network", "network", chains[0], found, expected=chains[0], found=found)
        return
    prefix = caip.hrp(caip.ChainId.parse(chains[0]))
    coin = HARDENED + (0 if prefix == "bc" else 1)
    wallets = reading.wallets
    try:
        for each in wallets if isinstance(wallets, tuple) else ():
            registered.require_network(each)
            registered.require_one_network(each, reading.state)
    except CountersignError as error:
        yield from_error("B1", error, "registered keys", f"keys for {chains[0]} alone")
        return
    if any(path[:1] and path[0] in PURPOSES and path[1:2] != (coin,) for path in _paths(reading.psbt_facts)):
        yield failed("B1", "coin-type", "key paths", f"coin type {coin - HARDENED}'", "another", coin=coin - HARDENED)
    else:
        yield passed("B1", "one-network", "network", f"{chains[0]}, addresses {prefix}1…", "as registered")


def _paths(facts: PsbtFacts | None) -> Iterator[tuple[int, ...]]:
    if facts is None:
        return
    claimed = (*(each.key_paths for each in facts.inputs), *(each.key_paths for each in facts.outputs))
    for origin in {origin for paths in claimed for _, origin in paths}:
        yield tuple(int.from_bytes(origin[at : at + 4], "little") for at in range(4, len(origin), 4))


def psbt_form(reading: Reading) -> Iterator[Finding]:
    """B2: a well-formed PSBT within bounds, the smaller ones on an air-gapped machine."""
    instruction = reading.case.instruction
    if reading.psbt is None or instruction is None:
        yield not_applicable("B2", "B2.no-psbt")
        return
    expected, size, limit = (
        "PSBT, well-formed, within bounds",
        len(instruction.data),
        LIMITS[reading.case.channel],
    )
    if isinstance(reading.psbt, CountersignError):
        yield from_error("B2", reading.psbt, instruction.about, expected)
    elif size > limit:
        yield failed("B2", "too-large-for-channel", instruction.about, f"at most {limit} bytes", str(size),
                     size=size, limit=limit)  # fmt: skip
    else:
        found = f"{counted(len(reading.psbt.inputs), 'inputs')}, {counted(len(reading.psbt.outputs), 'outputs')}"
        yield passed("B2", "well-formed", instruction.about, expected, found)


def amounts(reading: Reading) -> Iterator[Finding]:
    """B3: each input's amount is proven by the previous transaction's own hash."""
    facts = reading.psbt_facts
    if facts is None:
        yield not_applicable("B3", "B2.no-psbt")
        return
    wrong = [(fact, fact.unproven) for fact in facts.inputs if fact.unproven is not None]
    for fact, code in wrong[:SHOWN]:
        error = Refused(code, input=fact.index, vout=fact.outpoint.vout)
        yield from_error("B3", error, f"input {fact.index}", "proven by its parent")
    if not wrong:
        found = f"{len(facts.inputs)} proven"
        yield passed("B3", "amounts-proven", "inputs", "every amount proven by its parent", found)


def scripts(reading: Reading) -> Iterator[Finding]:
    """B4: every input spends a slot of a paying vault, with that slot's script, byte for byte."""
    facts = reading.psbt_facts
    if facts is None:
        yield not_applicable("B4", "B2.no-psbt")
        return
    wallets = reading.wallets
    if wallets is None or isinstance(wallets, CountersignError):
        yield blocked("B4", ANCHOR if wallets is None else "B6", "scripts")
        return
    pairs = zip(facts.inputs, reading.places, strict=True)
    wrong = [fault for fact, place in pairs if (fault := _script_fault(fact, place)) is not None]
    yield from wrong[:SHOWN]
    if not wrong:
        found = f"{len(facts.inputs)} equal"
        yield passed("B4", "registered-scripts", "inputs", "the registered slots' scripts", found)


def _script_fault(fact: InputFacts, place: SpentPlace | None) -> Finding | None:
    script = fact.witness_script
    if place is not None and script == place.descriptor.witness_script and fact.redeem_script is None:
        return None
    where, expected, spent = f"input {fact.index}", "the registered slot's script", fact.spent or fact.claimed
    if spent is None:
        return blocked("B4", "B3", where)
    if place is None:
        return failed("B4", "foreign-input", where, expected, spent.script_pubkey.hex(), input=fact.index)
    if fact.redeem_script is not None:
        return failed("B4", "redeem-script", where, expected, "a P2SH script", input=fact.index)
    if script is None:
        return failed("B4", "no-script", where, expected, "none", input=fact.index)
    return failed("B4", "other-script", where, expected, script.hex(), input=fact.index)


def sighash(reading: Reading) -> Iterator[Finding]:
    """B5: SIGHASH_ALL, in the field and behind every signature that is there."""
    facts = reading.psbt_facts
    if facts is None:
        yield not_applicable("B5", "B2.no-psbt")
        return
    wrong = [(fact.index, fact.sighash) for fact in facts.inputs if fact.sighash not in (None, SIGHASH_ALL)]
    for index, signature in reading.partial_signatures:
        if signature.sighash != SIGHASH_ALL:
            wrong.append((index, signature.sighash))
    for index, kind in wrong[:SHOWN]:
        yield failed("B5", "not-all", f"input {index}", "01 (ALL)", f"{kind:02x}", input=index, found=f"{kind:02x}")
    if not wrong:
        yield passed("B5", "all", "inputs", "01 (ALL) everywhere", "01 everywhere")


def cosigners(reading: Reading) -> Iterator[Finding]:
    """B6: the registered keys, whole, in the registered slots; own key exactly once; no key from the PSBT counts."""
    facts = reading.psbt_facts
    if facts is None or not isinstance(reading.psbt, Psbt):
        yield not_applicable("B6", "B2.no-psbt")
        return
    wallets, state = reading.wallets, reading.state
    if wallets is None or state is None:
        yield blocked("B6", ANCHOR, "cosigners")
        return
    try:
        if isinstance(wallets, CountersignError):
            raise wallets
        for each in wallets:
            registered.keys_agree(each, state.roster)
            registered.require_plain_tokens(each)
        for key, value in reading.psbt.globals.items():
            if key[0] == fields.XPUB and not registered.known_xpub(wallets, key[1:], value):
                raise Refused("B6.extended-key")
        for fact, place in zip(facts.inputs, reading.places, strict=True):
            if place is not None:
                _key_paths_match(fact, place)
        _own_key_once(reading, wallets, state.roster)
    except CountersignError as error:
        yield from_error("B6", error, "cosigners", "the registered keys, whole")
        return
    quorum = ", ".join(f"{each.vault.threshold} of {each.cosigners}" for each in wallets)
    yield passed("B6", "registered-keys", "cosigners", "the registered keys, whole", quorum)


def _key_paths_match(fact: InputFacts, place: SpentPlace) -> None:
    own = place.origins
    for public, origin in fact.key_paths:
        if own.get(public) != origin:
            raise Refused("B6.key-path", input=fact.index, key=public.hex())


def _own_key_once(reading: Reading, wallets: tuple[Wallet, ...], roster: Roster) -> None:
    """Every place of a vault in which the signer holds keys, and that an input spends, has exactly one of them."""
    if reading.case.signer is None:
        return
    officer = roster.officer(reading.case.signer.officer)
    own = {each.key.data for each in officer.vault_keys(caip.BIP122)}
    kids = {each.key.kid for each in officer.vault_keys(caip.BIP122)}
    vaults = {each.id for each in wallets if kids.intersection(each.vault.keys)}
    if not vaults:
        raise Refused("B6.no-own-key")
    for index, place in enumerate(reading.places):
        if place is not None and place.first == index and place.wallet.id in vaults:
            held = sum(registered.registered_key(key) in own for key in place.descriptor.keys)
            if held != 1:
                raise Refused("B6.own-key", input=index, found=held)


CHECKS = (
    Check("B2", "PSBT-FORM", psbt_form),
    Check("B1", "NETWORK", network, ("B2",)),
    Check("B3", "UTXO-AMOUNT", amounts, ("B2",)),
    Check("B4", "SCRIPT-BIND", scripts, ("B2",)),
    Check("B5", "SIGHASH", sighash, ("B2",)),
    Check("B6", "COSIGNERS", cosigners, ("B2",)),
)
