"""B1–B6, B11–B13: every coin is proven, every script is the registered vault's, every signature that is there is good.

- B2 is the parser's rule, with the smaller bound of an air-gapped machine.
- Scripts, keys and quorums come from the registered descriptors, never from the PSBT (B4, B6).
- Existing signatures are those in the PSBT's maps and those of the shares already logged (B11).
"""

from collections.abc import Iterator

from countersign.bitcoin import combine, finalise, inspect, share, signatures, verify
from countersign.bitcoin.inspect import InputFacts
from countersign.bitcoin.psbt import MAX_USB_BYTES, Psbt, parse
from countersign.bitcoin.sighash import SIGHASH_ALL
from countersign.bitcoin.transaction import display
from countersign.errors import CountersignError, Refused
from countersign.formats import caip
from countersign.rails import bitcoin as rail
from countersign.rails.bitcoin import Wallet
from countersign.review.case import ANCHOR, Channel, Mode
from countersign.review.check import Check
from countersign.review.finding import Finding, blocked, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading

GLOBAL_XPUB = 0x01


def network(reading: Reading) -> Iterator[Finding]:
    """B1: the registered vaults' chain, and every destination spelled for that chain."""
    if reading.psbt is None:
        yield not_applicable("B1", "B2.no-psbt")
        return
    if reading.state is None:
        yield blocked("B1", ANCHOR, "network")
        return
    if not reading.vaults:
        yield failed("B1", "no-vault", "network", "a registered vault that owes", "none")
        return
    chains = sorted({vault.chain for vault in reading.vaults} | {owed.chain for owed in reading.owed})
    prefix = caip.hrp(caip.ChainId.parse(chains[0]))
    strange = [owed.destination for owed in reading.owed if f":{prefix}1" not in owed.destination]
    if len(chains) != 1 or strange:
        found = ", ".join([*chains, *strange])
        yield failed("B1", "other-network", "network", chains[0], found, expected=chains[0], found=found)
    else:
        yield passed("B1", "one-network", "network", f"{chains[0]}, addresses {prefix}1…", "as registered")


def psbt_form(reading: Reading) -> Iterator[Finding]:
    """B2: a well-formed PSBT within bounds, the smaller ones on an air-gapped machine."""
    instruction = reading.case.instruction
    if reading.psbt is None or instruction is None:
        yield not_applicable("B2", "B2.no-psbt")
    elif isinstance(reading.psbt, CountersignError):
        yield from_error("B2", reading.psbt, instruction.about, "PSBT version 0, well-formed, within bounds")
    elif reading.case.channel is not Channel.ONLINE and len(instruction.data) > MAX_USB_BYTES:
        yield failed("B2", "too-large-air-gapped", instruction.about, f"at most {MAX_USB_BYTES} bytes",
                     str(len(instruction.data)), size=len(instruction.data), limit=MAX_USB_BYTES)  # fmt: skip
    else:
        psbt = reading.psbt
        found = f"{len(psbt.inputs)} inputs, {len(psbt.outputs)} outputs"
        yield passed("B2", "well-formed", instruction.about, "PSBT version 0, well-formed, within bounds", found)


def amounts(reading: Reading) -> Iterator[Finding]:
    """B3: each input's amount is proven by the previous transaction's own hash."""
    facts = reading.psbt_facts
    if facts is None:
        yield not_applicable("B3", "B2.no-psbt")
        return
    wrong = [(fact.index, fact.unproven) for fact in facts.inputs if fact.unproven is not None]
    for index, code in wrong[:20]:
        yield from_error(
            "B3", Refused(code or "B3.no-parent", input=index, vout=0), f"input {index}", "proven by its parent"
        )
    if not wrong:
        yield passed(
            "B3", "amounts-proven", "inputs", "every amount proven by its parent", f"{len(facts.inputs)} proven"
        )


def scripts(reading: Reading) -> Iterator[Finding]:
    """B4: every input spends a slot of a paying vault, with that slot's script, byte for byte."""
    facts = reading.psbt_facts
    if facts is None:
        yield not_applicable("B4", "B2.no-psbt")
        return
    wallets = reading.wallets
    if wallets is None:
        yield blocked("B4", ANCHOR, "scripts")
        return
    if isinstance(wallets, CountersignError):
        yield from_error("B4", wallets, "registered descriptors")
        return
    wrong = [(fact.index, slug) for fact in facts.inputs if (slug := _script_fault(fact, wallets)) is not None]
    for index, slug in wrong[:20]:
        yield failed("B4", slug, f"input {index}", "the registered slot's script", slug, input=index)
    if not wrong:
        yield passed(
            "B4", "registered-scripts", "inputs", "the registered slots' scripts", f"{len(facts.inputs)} equal"
        )


def _script_fault(fact: InputFacts, wallets: tuple[Wallet, ...]) -> str | None:
    spent = fact.spent or fact.claimed
    if spent is None:
        return "no-script"
    for each in wallets:
        number = each.slot_of(spent.script_pubkey)
        if number is not None:
            if fact.redeem_script is not None:
                return "redeem-script"
            if fact.witness_script is None:
                return "no-script"
            return None if fact.witness_script == each.descriptor(number).witness_script else "other-script"
    return "foreign-input"


def sighash(reading: Reading) -> Iterator[Finding]:
    """B5: SIGHASH_ALL, in the field and behind every signature that is there."""
    facts = reading.psbt_facts
    if facts is None:
        yield not_applicable("B5", "B2.no-psbt")
        return
    wrong = [(fact.index, fact.sighash) for fact in facts.inputs if fact.sighash not in (None, SIGHASH_ALL)]
    wrong += [
        (fact.index, one.sighash) for fact in facts.inputs for one in fact.signatures if one.sighash != SIGHASH_ALL
    ]
    for index, kind in wrong[:20]:
        yield failed("B5", "sighash", f"input {index}", "01 (ALL)", f"{kind:02x}", input=index, found=f"{kind:02x}")
    if not wrong:
        yield passed("B5", "all", "inputs", "01 (ALL) everywhere", "01 everywhere")


def cosigners(reading: Reading) -> Iterator[Finding]:
    """B6: the registered keys, whole, in the registered slots; own key there exactly once; no key from the PSBT counts."""
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
            rail.keys_agree(each, state.roster)
        if any(key[0] == GLOBAL_XPUB for key in reading.psbt.globals):
            raise Refused("B6.extended-key")
        for fact in facts.inputs:
            _key_paths_match(fact, wallets)
        if reading.case.signer is not None:
            share.requests(reading.psbt, _own_keys(reading))
    except CountersignError as error:
        yield from_error("B6", error, "cosigners", "the registered keys, whole")
        return
    quorum = ", ".join(f"{each.vault.threshold} of {each.descriptors.cosigners}" for each in wallets)
    yield passed("B6", "registered-keys", "cosigners", "the registered keys, whole", quorum)


def _key_paths_match(fact: InputFacts, wallets: tuple[Wallet, ...]) -> None:
    spent = fact.spent or fact.claimed
    for each in wallets if spent is not None else ():
        number = each.slot_of(spent.script_pubkey) if spent is not None else None
        if number is None:
            continue
        origins = {key.public: key.origin for key in each.descriptor(number).keys}
        for public, origin in fact.key_paths:
            if origins.get(public) != origin:
                raise Refused("B6.key-path", input=fact.index, key=public.hex())


def _own_keys(reading: Reading) -> set[bytes]:
    signer, state = reading.case.signer, reading.state
    if signer is None or state is None:
        return set()
    officer = state.roster.officer(signer.officer)
    return {each.key.data for each in officer.vault_keys(caip.BIP122)}


def existing_signatures(reading: Reading) -> Iterator[Finding]:
    """B11: every signature that is there verifies under a registered cosigner's key; fewer than the quorum before signing."""
    facts, psbt, instruction = reading.psbt_facts, reading.psbt, reading.case.instruction
    if facts is None or instruction is None or not isinstance(psbt, Psbt):
        yield not_applicable("B11", "B2.no-psbt")
        return
    wallets = reading.wallets
    if wallets is None or isinstance(wallets, CountersignError):
        yield blocked("B11", ANCHOR if wallets is None else "B6", "signatures")
        return
    if reading.case.mode is Mode.SIGN and any(fact.finalised for fact in facts.inputs):
        yield failed("B11", "finalised", "inputs", "not finished yet", "finished inputs")
        return
    try:
        count = _verify_existing(psbt, wallets)
        for logged in instruction.shares:
            parsed = parse(logged.data)
            if parsed.unsigned != psbt.unsigned:
                raise Refused("B13.other-transaction")
            _verify_existing(combine.combine(psbt, parsed), wallets)
    except CountersignError as error:
        yield from_error("B11", error, "signatures", "valid, of registered cosigners")
        return
    quorum = min(each.vault.threshold for each in wallets)
    if reading.case.mode is Mode.SIGN and max(count, len(instruction.shares)) >= quorum:
        yield failed("B11", "complete", "signatures", f"fewer than {quorum}", str(count), threshold=quorum)
    else:
        there = max(count, len(instruction.shares))
        yield passed("B11", "valid", "signatures", "valid, of registered cosigners", f"{there} of {quorum}")


def _verify_existing(psbt: Psbt, wallets: tuple[Wallet, ...]) -> int:
    """The largest number of valid signatures on any input. Refused: B11.*, B5.*, B3.*, B4.*."""
    most = 0
    listed = [inspect.partial_signatures(found) for found in psbt.inputs]
    if not any(listed):
        return 0
    digests = signatures.vault_digests(psbt)
    for index, found in enumerate(listed):
        spent = inspect.spent_output(psbt, index)
        number = next(((each, n) for each in wallets if (n := each.slot_of(spent.script_pubkey)) is not None), None)
        keys = number[0].descriptor(number[1]).public_keys if number is not None else ()
        for one in found:
            if one.public_key not in keys:
                raise Refused("B11.stranger", input=index, key=one.public_key.hex())
            signatures.check(one.public_key, one.signature, digests[index], index)
        most = max(most, len(found))
    return most


def double_spend(reading: Reading) -> Iterator[Finding]:
    """B12: no other transaction of this desk or this machine ever spent one of these coins."""
    facts, psbt, state = reading.psbt_facts, reading.psbt, reading.state
    if facts is None or not isinstance(psbt, Psbt):
        yield not_applicable("B12", "B2.no-psbt")
        return
    if state is None:
        yield blocked("B12", ANCHOR, "coins")
        return
    txid = display(psbt.txid)
    for fact in facts.inputs:
        outpoint = f"{display(fact.outpoint.txid)}:{fact.outpoint.vout}"
        live = state.spending.get(outpoint)
        if live is not None and (reading.record is None or live != reading.record.hash):
            yield failed(
                "B12",
                "spent-in-log",
                f"input {fact.index}",
                "no other instruction",
                live,
                outpoint=outpoint,
                other=live,
            )
            return
        before = reading.case.journal.outpoints.get(outpoint)
        if before is not None and before != txid:
            yield failed("B12", "signed-before", f"input {fact.index}", txid, before, outpoint=outpoint, other=before)
            return
    yield passed("B12", "first-spend", "coins", "never signed into another transaction", f"{len(facts.inputs)} coins")


def combined(reading: Reading) -> Iterator[Finding]:
    """B13: the shares combine, in either order, into a transaction that our own rule accepts."""
    psbt, instruction = reading.psbt, reading.case.instruction
    if instruction is None or not isinstance(psbt, Psbt):
        yield not_applicable("B13", "B2.no-psbt")
        return
    if not instruction.shares and not any(inspect.partial_signatures(found) for found in psbt.inputs):
        yield not_applicable("B13", "B13.nothing-to-combine")
        return
    try:
        shares = [parse(each.data) for each in instruction.shares]
        forward, backward = combine.combine(psbt, *shares), combine.combine(*reversed([*shares, psbt]))
        if forward != backward:
            raise Refused("B13.order")
        complete = _complete(forward)
        if complete:
            spent = [inspect.spent_output(forward, index) for index in range(len(forward.inputs))]
            verify.verify(finalise.extract(finalise.finalise(forward)), spent)
    except CountersignError as error:
        yield from_error("B13", error, "shares", "one transaction, whatever the order")
        return
    found = "finished and verified" if complete else "combined, quorum not reached yet"
    yield passed("B13", "combines", "shares", "one transaction, whatever the order", found)


def _complete(psbt: Psbt) -> bool:
    try:
        finalise.signers(psbt)
    except Refused as refusal:
        if refusal.code != "B13.too-few-signatures":
            raise
        return False
    return True


CHECKS = (
    Check("B2", "PSBT-FORM", psbt_form),
    Check("B1", "NETWORK", network, ("B2",)),
    Check("B3", "UTXO-AMOUNT", amounts, ("B2",)),
    Check("B4", "SCRIPT-BIND", scripts, ("B2",)),
    Check("B5", "SIGHASH", sighash, ("B2",)),
    Check("B6", "COSIGNERS", cosigners, ("B2",)),
)
LATER = (
    Check("B11", "EXISTING-SIGS", existing_signatures, ("B2", "B3", "B4")),
    Check("B12", "DOUBLE-SPEND-SELF", double_spend, ("B2",)),
    Check("B13", "COMBINE/FINALIZE", combined, ("B2", "B3", "B4")),
)
