"""B7–B10: what leaves is what the contract says, what stays is provably ours, the fee is bounded, the time is now.

- Every output is a payment that is owed, change of a paying vault by its registered script, or extra: extra fails B8.
- A declared void pays nobody: every coin returns to its vault, less the fee. So does a child, to a place that nobody was
  paid at; its fee is judged with its parent's (`bitcoin_child_checks.py`).
- The vaults' equation is checked for each paying vault by itself, to the satoshi.
- A claim of change that fails is a fraud, not "an external output" (B7). Nor is change left in a slot whose keys were withdrawn.
"""

from collections.abc import Iterator, Sequence

from countersign.bitcoin import script, standard
from countersign.bitcoin.inspect import FINAL_SEQUENCE, REPLACEABLE, PsbtFacts
from countersign.bitcoin.transaction import MAX_MONEY
from countersign.errors import CountersignError
from countersign.rails import bitcoin as rail
from countersign.rails.bitcoin import Readback
from countersign.rails.wallets import Wallet
from countersign.resources.counting import counted
from countersign.review import bitcoin_child_checks as child
from countersign.review.case import ANCHOR
from countersign.review.check import Check
from countersign.review.finding import Finding, blocked, failed, not_applicable, passed
from countersign.review.reading import Reading
from countersign.settlement import spendable
from countersign.settlement.policy import FeeBounds

OP_RETURN = 0x6A


def change(reading: Reading) -> Iterator[Finding]:
    """B7: whatever says it is change is a registered slot of a paying vault, with that slot's keys."""
    facts = reading.psbt_facts
    if facts is None:
        yield not_applicable("B7", "B2.no-psbt")
        return
    wallets = reading.wallets
    if wallets is None or isinstance(wallets, CountersignError):
        yield blocked("B7", ANCHOR if wallets is None else "B6", "outputs")
        return
    frauds = [fact.index for fact in facts.outputs if rail.claims_change_falsely(fact, wallets)]
    for index in frauds[:20]:
        where, expected = f"output {index}", "a registered slot of a paying vault"
        yield failed("B7", "fraud", where, expected, "another script or key", output=index)
    lost = list(_lost(reading, facts, wallets))
    yield from lost[:20]
    if not frauds and not lost:
        ours = sum(any(each.change_place(fact) is not None for each in wallets) for fact in facts.outputs)
        yield passed("B7", "change-is-ours", "outputs", "registered slots of paying vaults", f"{ours} change")


def _lost(reading: Reading, facts: PsbtFacts, paying: Sequence[Wallet]) -> Iterator[Finding]:
    """Change to a slot that stays the vault's, and whose keys were withdrawn: nobody here could spend it, or somebody else can."""
    assert reading.state is not None, "wallets are read from it"
    for fact in facts.outputs:
        for each in paying:
            number = each.change_place(fact)
            if number is None or spendable.takes_change(reading.state.roster, each.vault, number):
                continue
            keys = spendable.keys_at(each.vault, number)
            gone = spendable.withdrawn(reading.state.roster, keys)
            yield failed("B7", "keys-withdrawn", f"output {fact.index}", "a slot whose keys still count",
                         f"{each.spelled(number)}, {gone} of {len(keys)} keys withdrawn", output=fact.index,
                         place=each.spelled(number), vault=each.id, gone=gone, keys=len(keys))  # fmt: skip


def outputs(reading: Reading) -> Iterator[Finding]:
    """B8: exactly the contract's payments, at most one change for each vault, and each vault's equation."""
    facts = reading.psbt_facts
    if facts is None:
        yield not_applicable("B8", "B2.no-psbt")
        return
    found = reading.readback
    if found is None:
        yield blocked("B8", ANCHOR if reading.wallets is None else "B6", "outputs")
        return
    if not reading.owed and not reading.returns:
        yield failed("B8", "nothing-owed", "outputs", "obligations of the contract", "none")
        return
    faults = [*_unpaid(reading, found), *_extra(facts, found), *_malformed(facts), *_unbalanced(found)]
    faults += child.unreturned(reading, facts, found)
    yield from faults[:20]
    if not faults and reading.returns:
        yield passed("B8", "returns", "outputs", "every coin back to its vault, less the fee",
                     f"{counted(len(facts.outputs), 'outputs')}, all the paying vaults' own", vaults=len(found.sides))  # fmt: skip
    elif not faults:
        yield passed("B8", "pays-what-is-owed", "outputs", f"{counted(len(reading.owed), 'payments')} of the contract",
                     f"{counted(len(found.payments), 'payments')}, extra effects: none", payments=len(found.payments))  # fmt: skip


def _unpaid(reading: Reading, found: Readback) -> Iterator[Finding]:
    for owed in found.missing:
        yield failed("B8", "unpaid", "outputs", f"{owed.amount} sat to {owed.destination}", "no such output",
                     amount=owed.amount, destination=owed.destination)  # fmt: skip


def _extra(facts: PsbtFacts, found: Readback) -> Iterator[Finding]:
    for index in found.extra:
        output = facts.outputs[index].output
        yield failed("B8", "extra", f"output {index}", "nothing beside the contract and change",
                     f"{output.satoshis} sat to script {output.script_pubkey.hex()}",
                     output=index, satoshis=int(output.satoshis), script=output.script_pubkey.hex())  # fmt: skip
    for side in found.sides:
        if len(side.change) > 1:
            yield failed("B8", "two-changes", "outputs", f"one change for {side.vault}", str(len(side.change)),
                         vault=side.vault, count=len(side.change))  # fmt: skip


def _malformed(facts: PsbtFacts) -> Iterator[Finding]:
    for fact in facts.outputs:
        code, satoshis = fact.output.script_pubkey, int(fact.output.satoshis)
        if code[:1] == bytes((OP_RETURN,)):
            yield failed("B8", "op-return", f"output {fact.index}", "no data output", code.hex(), output=fact.index)
        elif not standard.is_guarded(code):
            yield failed("B8", "unguarded", f"output {fact.index}", "a script that somebody's key guards", code.hex(),
                         output=fact.index, script=code.hex())  # fmt: skip
        elif satoshis > MAX_MONEY:
            yield failed(
                "B8", "too-much", f"output {fact.index}", f"at most {MAX_MONEY}", str(satoshis), output=fact.index
            )
        elif satoshis < script.dust_limit(code):
            yield failed("B8", "dust", f"output {fact.index}", f"at least {script.dust_limit(code)} sat", str(satoshis),
                         output=fact.index, satoshis=satoshis)  # fmt: skip


def _unbalanced(found: Readback) -> Iterator[Finding]:
    for side in found.sides:
        if not side.balances:
            share = "unknown" if side.share is None else str(side.share)
            yield failed("B8", "vault-equation", f"vault {side.vault}",
                         f"inputs - change = {side.owed} owed + {share} fee",
                         f"{side.spent} - {side.change_satoshis} = {side.spent - side.change_satoshis}",
                         vault=side.vault, owed=side.owed, spent=side.spent, change=side.change_satoshis)  # fmt: skip


def fee(reading: Reading) -> Iterator[Finding]:
    """B9: within the contract's cap, the policy's percentages and its rate."""
    facts, state, found = reading.psbt_facts, reading.state, reading.readback
    if facts is None:
        yield not_applicable("B9", "B2.no-psbt")
    elif facts.fee is None:
        yield blocked("B9", "B3", "fee")
    elif facts.fee < 0:
        yield failed("B9", "negative", "fee", "at least 0", str(facts.fee), fee=facts.fee)
    elif state is None or state.policy is None or found is None:
        yield blocked("B9", "B6" if isinstance(reading.wallets, CountersignError) else ANCHOR, "fee")
    elif not reading.terms:
        yield blocked("B9", "C6", "fee")
    else:
        if reading.record is not None and reading.record.child:
            yield from child.fee(reading, facts, facts.fee, found, state.policy.fees)
            return
        yield from _bounded(reading, facts, facts.fee, found, state.policy.fees)


def _bounded(reading: Reading, facts: PsbtFacts, paid: int, found: Readback, bounds: FeeBounds) -> Iterator[Finding]:
    leaving = facts.total_out - sum(side.change_satoshis for side in found.sides)
    if reading.void:
        leaving = sum(side.spent for side in found.sides)  # nothing leaves: measured by what returns
    caps = {each.vault: each.cap for each in reading.fee_caps}
    cap, of_it = sum(caps.values()), f"{paid} sat of {leaving}"
    expected = f"at most {cap} sat, under {bounds.dual_percent} % of what leaves, 1 to {bounds.max_sat_vb} sat/vB"
    over = [side.vault for side in found.sides if side.share is not None and side.share > caps.get(side.vault, 0)]
    good = True
    if paid > cap or over:
        good = False
        yield failed("B9", "over-cap", "fee", expected, f"{paid} sat", fee=paid, cap=cap)
    if paid * 100 >= leaving * bounds.never_percent:
        good = False
        yield failed("B9", "never", "fee", expected, of_it, fee=paid, leaving=leaving, percent=bounds.never_percent)
    elif paid * 100 >= leaving * bounds.dual_percent and (reading.record is None or reading.record.declarer is None):
        good = False
        yield failed("B9", "dual", "fee", expected, of_it, fee=paid, leaving=leaving, percent=bounds.dual_percent)
    rate = f"{paid}/{facts.vsize} sat/vB"
    if not facts.vsize <= paid <= facts.vsize * bounds.max_sat_vb:
        good = False
        yield failed("B9", "rate", "fee", expected, rate, fee=paid, vsize=facts.vsize, most=bounds.max_sat_vb)
    if good:
        yield passed("B9", "fee-in-bounds", "fee", expected, f"{paid} sat, {rate}", fee=paid)


def time(reading: Reading) -> Iterator[Finding]:
    """B10: valid at once; no lock time, no relative lock; whether it may be replaced is shown."""
    facts = reading.psbt_facts
    if facts is None:
        yield not_applicable("B10", "B2.no-psbt")
        return
    relative = [fact.index for fact in facts.inputs if fact.sequence < REPLACEABLE]
    if facts.lock_time_without_effect:
        yield failed("B10", "lock-time-inert", "lock time", "0", str(facts.lock_time), lock_time=facts.lock_time)
    elif facts.lock_time:
        yield failed("B10", "lock-time", "lock time", "0", str(facts.lock_time), lock_time=facts.lock_time)
    elif relative:
        yield failed("B10", "relative-lock", f"input {relative[0]}", f"{REPLACEABLE:08x} to {FINAL_SEQUENCE:08x}",
                     f"{facts.inputs[relative[0]].sequence:08x}", input=relative[0])  # fmt: skip
    else:
        found = (
            "valid at once; may be replaced by a higher fee" if facts.replaceable else "valid at once; not replaceable"
        )
        yield passed("B10", "at-once", "lock time", "0, no relative lock", found)


CHECKS = (
    Check("B7", "CHANGE", change, ("B2", "B4")),
    Check("B8", "OUTPUTS = CONTRACT", outputs, ("C2", "B2", "B3", "B4"), "psbt"),
    Check("B9", "FEE", fee, ("C2", "B2", "B3"), "psbt"),
    Check("B10", "TIME", time, ("B2",)),
)
