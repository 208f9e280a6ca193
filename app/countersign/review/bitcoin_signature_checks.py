"""B11–B13: the signatures that are there are good, nothing was promised twice, the shares make one transaction.

- Existing signatures are those in the PSBT's own maps and those of the shares beside it; every one is verified over the
  digest rebuilt from the PSBT under review, never from the share.
- A share over another unsigned transaction is B13's matter; B11 passes over it.
- The coins are those that the logged event names, at the places that it names: nothing else knows what is spent already.
- What this machine signed for the same contracts before shares a coin with it, or is over (`paid_before.py`).
- What two persons declared may spend a coin again: a replacement that pays the same with a higher fee (higher than that of
  what it throws out of the pool), a void of exactly the same coins. A child spends its parent's change and nothing else.
- A leg made afresh may spend a coin of what was signed for it before (`bitcoin_afresh_checks`): one of them is mined, or none.
- How many there may be is asked only before a signature: history shows finished work.
"""

from collections import Counter
from collections.abc import Iterator

from countersign.bitcoin import combine, consensus, finalise, inspect, signatures, standard, verify
from countersign.bitcoin.inspect import PsbtFacts
from countersign.bitcoin.psbt import Psbt
from countersign.bitcoin.transaction import display
from countersign.errors import CountersignError, Refused
from countersign.rails.wallets import Wallet
from countersign.resources.counting import counted
from countersign.review import bitcoin_afresh_checks as afresh
from countersign.review import bitcoin_child_checks as child
from countersign.review import paid_before
from countersign.review.case import ANCHOR, Mode
from countersign.review.check import Check
from countersign.review.finding import Finding, blocked, failed, from_error, not_applicable, passed
from countersign.review.reading import Reading
from countersign.settlement.records import Instruction


def existing_signatures(reading: Reading) -> Iterator[Finding]:
    """B11: every signature there verifies under a registered cosigner's key; too few for the quorum before signing."""
    facts, psbt, wallets = reading.psbt_facts, reading.psbt, reading.wallets
    if facts is None or not isinstance(psbt, Psbt):
        yield not_applicable("B11", "B2.no-psbt")
        return
    if not wallets or isinstance(wallets, CountersignError):
        yield blocked("B11", ANCHOR if wallets is None else "B6" if wallets else "B1", "signatures")
        return
    before_signing = reading.case.mode is Mode.SIGN
    if before_signing and any(fact.finalised for fact in facts.inputs):
        yield failed("B11", "finalised", "inputs", "not finished yet", "finished inputs")
        return
    try:
        counts = _verified(reading, psbt)
    except CountersignError as error:
        yield from_error("B11", error, "signatures", "valid, of registered cosigners")
        return
    full = [threshold for count, threshold in counts if count >= threshold]
    there = f"{max((count for count, _ in counts), default=0)} of {min(each.vault.threshold for each in wallets)}"
    if before_signing and full:
        yield failed("B11", "complete", "signatures", f"fewer than {full[0]}", there, threshold=full[0])
    else:
        yield passed("B11", "valid", "signatures", "valid, of registered cosigners", there)


def _verified(reading: Reading, psbt: Psbt) -> list[tuple[int, int]]:
    """For each input how many cosigners signed and how many are needed. Refused: B11.*, B5.*, B3.*, B4.*."""
    given: dict[int, tuple[set[bytes], int]] = {}
    if not reading.partial_signatures:
        return []
    digests = signatures.vault_digests(psbt)
    for index, one in reading.partial_signatures:
        place = reading.places[index]
        if place is None or one.public_key not in place.origins:
            raise Refused("B11.stranger", input=index, key=one.public_key.hex())
        signatures.check(one.public_key, one.signature, digests[index], index)
        given.setdefault(index, (set(), place.wallet.vault.threshold))[0].add(one.public_key)
    return [(len(keys), threshold) for keys, threshold in given.values()]


def double_spend(reading: Reading) -> Iterator[Finding]:
    """B12: no other transaction of this desk or this machine ever spent one of these coins."""
    facts, psbt, state = reading.psbt_facts, reading.psbt, reading.state
    if facts is None or not isinstance(psbt, Psbt):
        yield not_applicable("B12", "B2.no-psbt")
        return
    if state is None:
        yield blocked("B12", ANCHOR, "coins")
        return
    txid, own = display(psbt.txid), None if reading.record is None else reading.record.hash
    untold = _untold(reading, facts)
    if untold:
        named = ", ".join(untold)
        yield failed(
            "B12", "other-coins-said", "coins", "the coins and places that its event names", named, outpoints=named
        )
    for fact in facts.inputs:
        outpoint, where = str(fact.outpoint), f"input {fact.index}"
        live = state.spending.get(outpoint)
        if live is not None and live != own:
            yield failed("B12", "spent-in-log", where, "no other instruction", live, outpoint=outpoint, other=live)
            return
        before = reading.case.journal.outpoints.get(outpoint)
        if before not in (None, txid) and before not in child.declared_against(reading) | afresh.against(
            reading, facts
        ):
            yield failed("B12", "signed-before", where, txid, before, outpoint=outpoint, other=before)
            return
    if (again := paid_before.objection(reading, facts, txid)) is not None:
        yield again
        return
    yield from paid_before.told(reading, facts)
    if reading.record is not None and reading.record.child:
        yield child.stands(reading, reading.record, facts)
    elif reading.record is not None and reading.record.declared:
        yield _declared(reading, reading.record, facts)
    elif not untold:
        yield passed(
            "B12", "first-spend", "coins", "never signed into another transaction", counted(len(facts.inputs), "coins")
        )


def _untold(reading: Reading, facts: PsbtFacts) -> list[str]:
    """The coins that the prepared event names otherwise than the PSBT spends them: absent, beside, or at another place.

    The log knows coins by this event alone: what it says of them is what no other instruction may spend, what a void must
    spend, and how far the gap limit reaches.
    """
    if reading.record is None:
        return []
    spent = {str(fact.outpoint) for fact in facts.inputs}
    places = {str(facts.inputs[each].outpoint): place for each, place in enumerate(reading.places)}
    differing = spent ^ {spend.outpoint for spend in reading.record.spends}
    for spend in reading.record.spends:
        place = places.get(spend.outpoint)
        if place is not None and (place.wallet.id, place.number) != (spend.vault, spend.slot):
            differing.add(spend.outpoint)
    return sorted(differing)


def _declared(reading: Reading, record: Instruction, facts: PsbtFacts) -> Finding:
    """A void spends exactly the same coins; a replacement all of them, and pays the same with a fee that takes its place."""
    if record.declarer is None:
        return failed(
            "B12", "not-dual", "declaration", "operations and compliance", record.preparer, purpose=record.purpose
        )
    if not reading.earlier or reading.earlier[0][0].cycle != record.cycle:
        return failed("B12", "replaces-nothing", "declaration", "an instruction of this settlement", "none")
    old, data = reading.earlier[0]
    mine, theirs = {str(fact.outpoint) for fact in facts.inputs}, {spend.outpoint for spend in old.spends}
    if record.void and mine != theirs:
        differing = ", ".join(sorted(mine ^ theirs))
        return failed("B12", "void-coins", "coins", "exactly the same coins", differing, outpoints=differing)
    if record.void:
        return passed("B12", "declared-void", "coins", "exactly the same coins", counted(len(mine), "coins"))
    thrown_out = [(old, data), *child.children_of(reading, old)]
    found = {each.artefact: afresh.parsed(raw) for each, raw in thrown_out}
    absent = next((artefact for artefact, psbt in found.items() if psbt is None), None)
    if absent is not None:
        return failed("B12", "replaced-absent", "declaration", absent, "not here", artefact=absent)
    read = [inspect.facts(psbt) for psbt in found.values() if psbt is not None]
    return _replaces(reading, facts, read[0], theirs - mine, sum(each.fee or 0 for each in read))


def _replaces(reading: Reading, facts: PsbtFacts, old: PsbtFacts, left_out: set[str], was: int) -> Finding:
    """`was`: the fees of what it throws out of the pool, a child among it (BIP-125, rule 3)."""
    wallets = reading.wallets if isinstance(reading.wallets, tuple) else ()
    if left_out:
        # One same coin would exclude the one before, but not, in a row of replacements, the first.
        named = ", ".join(sorted(left_out))
        return failed("B12", "replacement-coins", "coins", "every coin of what it replaces", named, outpoints=named)
    if _leaving(facts, wallets) != _leaving(old, wallets):
        return failed("B12", "replacement-outputs", "outputs", "the same payments", "other payments")
    now = facts.fee or 0
    least = standard.least_replacement_fee(was, facts.vsize)
    if now < least:
        return failed("B12", "replacement-fee", "fee", f"at least {least} sat", f"{now} sat",
                      was=was, now=now, least=least)  # fmt: skip
    return passed("B12", "declared-replacement", "coins", f"the same payments, more than {was} sat fee", f"{now} sat",
                  was=was, now=now)  # fmt: skip


def _leaving(facts: PsbtFacts, wallets: tuple[Wallet, ...]) -> Counter[tuple[bytes, int]]:
    """The outputs that are no change of a paying vault."""
    return Counter(
        (each.output.script_pubkey, int(each.output.satoshis))
        for each in facts.outputs
        if all(wallet.change_place(each) is None for wallet in wallets)
    )


def combined(reading: Reading) -> Iterator[Finding]:
    """B13: the shares combine, in either order, into a transaction that our own rule and Core's accept."""
    psbt, facts = reading.psbt, reading.psbt_facts
    if facts is None or not isinstance(psbt, Psbt):
        yield not_applicable("B13", "B2.no-psbt")
        return
    finished = any(fact.finalised for fact in facts.inputs)
    if not reading.psbt_shares and not reading.partial_signatures and not finished:
        yield not_applicable("B13", "B13.nothing-to-combine")
        return
    try:
        complete = _combines(psbt, reading.psbt_shares, finished=finished)
    except CountersignError as error:
        yield from_error("B13", error, "shares", "one transaction, whatever the order")
        return
    found = "finished and verified" if complete else "combined, quorum not reached yet"
    yield passed("B13", "combines", "shares", "one transaction, whatever the order", found)


def _combines(psbt: Psbt, given: tuple[Psbt | CountersignError, ...], *, finished: bool) -> bool:
    """Combine, and where the quorum is there finish and verify: whether it was. Refused: B13.*, B3.*, B5.*, B11.*."""
    shares = []
    for share in given:
        if isinstance(share, CountersignError):
            raise share
        shares.append(share)
    forward, backward = combine.combine(psbt, *shares), combine.combine(*reversed([psbt, *shares]))
    if forward != backward:
        raise Refused("B13.order")
    if not finished and not _complete(forward):
        return False
    spent = [inspect.spent_output(forward, index) for index in range(len(forward.inputs))]
    raw = finalise.extract(finalise.finalise(forward))
    verify.verify(raw, spent)
    consensus.verify(raw, spent)
    return True


def _complete(psbt: Psbt) -> bool:
    try:
        finalise.signers(psbt)
    except Refused as refusal:
        if refusal.code != "B13.too-few-signatures":
            raise
        return False
    return True


CHECKS = (
    Check("B11", "EXISTING-SIGS", existing_signatures, ("B2", "B3", "B4")),
    Check("B12", "DOUBLE-SPEND-SELF", double_spend, ("B2",)),
    Check("B13", "COMBINE/FINALIZE", combined, ("B2", "B3", "B4")),
)
