"""What B8, B9 and B12 ask of a child: a transaction that spends the change of one that waits for a block, to lift both.

- The parent is the logged instruction that the child names, by its own bytes: it counts, was sent as those bytes, waits,
  and is what this machine signed, if it signed it. Where its bytes are not here nothing is known, and nothing is signed.
- Every change of the parent is spent, and nothing else: so no vault is left out of the fee that could bear it (B12).
- Each vault's change comes home to it in one output, at a place that the parent paid nobody at, less its share (B8).
- The fee is that of both: within the caps by vault, under the percentages of what the parent pays, within the rates, and
  the child's rate higher than its parent's (B9).

    >>> stands(reading, record, facts).reason
    'B12.declared-child'
"""

from collections.abc import Iterator

from countersign.bitcoin import inspect, standard
from countersign.bitcoin.inspect import PsbtFacts
from countersign.bitcoin.transaction import display
from countersign.rails.bitcoin import Readback
from countersign.resources.counting import counted
from countersign.review import bitcoin_afresh_checks as afresh
from countersign.review.bitcoin_afresh_checks import parsed
from countersign.review.finding import Finding, blocked, failed, passed
from countersign.review.reading import Lifted, Reading
from countersign.settlement import netting
from countersign.settlement.policy import FeeBounds
from countersign.settlement.records import Instruction


def declared_against(reading: Reading) -> set[str]:
    """The ids of the transactions in whose place, or on which, a declared one may be signed."""
    if reading.record is None or reading.record.declarer is None:
        return set()
    return {display(psbt.txid) for _, data in reading.earlier if (psbt := parsed(data)) is not None}


def children_of(reading: Reading, parent: Instruction) -> list[tuple[Instruction, bytes | None]]:
    """The child of an earlier instruction that may lie in the pool, with its bytes: the last that was sent, though another was
    declared in its place since and was not sent."""
    sent = [each for each in reading.earlier if each[0].lifts == parent.hash and each[0].transaction is not None]
    return sent[:1]


def unreturned(reading: Reading, facts: PsbtFacts, found: Readback) -> Iterator[Finding]:
    """B8: what of a child does not come home in one output, or lies where its parent paid somebody."""
    if reading.record is None or not reading.record.child:
        return
    for side in found.sides:
        if not side.change:
            yield failed(
                "B8", "child-unreturned", "outputs", f"one output back to {side.vault}", "none", vault=side.vault
            )
    parent = reading.lifted
    paid = {each.output.script_pubkey for each in parent.facts.outputs} if parent is not None else set()
    for fact in facts.outputs:
        if fact.output.script_pubkey in paid:
            yield failed("B8", "child-address", f"output {fact.index}", "a place that its parent paid nobody at",
                         "one that its parent paid", output=fact.index)  # fmt: skip


def fee(reading: Reading, facts: PsbtFacts, paid: int, found: Readback, bounds: FeeBounds) -> Iterator[Finding]:
    """B9 over parent and child together."""
    parent = reading.lifted
    if parent is None or parent.facts.fee is None:
        yield blocked("B9", "B12", "fee")
        return
    faults = [*_over_caps(reading, paid, found, parent), *_share_of_it(reading, paid, parent, bounds)]
    faults += _rate(facts, paid, parent, bounds)
    yield from faults
    if not faults:
        both, size = paid + parent.facts.fee, facts.vsize + parent.facts.vsize
        yield passed("B9", "child-fee", "fee", "caps, percentages and rates over parent and child",
                     f"{both} sat, {both}/{size} sat/vB", fee=paid, parent=parent.facts.fee, both=both)  # fmt: skip


def _over_caps(reading: Reading, paid: int, found: Readback, parent: Lifted) -> Iterator[Finding]:
    assert reading.state is not None
    known = netting.fee_caps(reading.state.roster, reading.terms, reading.sunk)
    caps = {each.vault: each.cap for each in known if each.vault in parent.record.group.vaults}
    borne = {side.vault: side.share or 0 for side in parent.read.sides}
    for side in found.sides:
        borne[side.vault] = borne.get(side.vault, 0) + (side.share or 0)
    both, cap = paid + (parent.facts.fee or 0), sum(caps.values())
    if both > cap or any(units > caps.get(vault, 0) for vault, units in borne.items()):
        yield failed(
            "B9", "over-cap", "fee", f"at most {cap} sat for parent and child", f"{both} sat", fee=both, cap=cap
        )


def _share_of_it(reading: Reading, paid: int, parent: Lifted, bounds: FeeBounds) -> Iterator[Finding]:
    both = paid + (parent.facts.fee or 0)
    leaving = parent.facts.total_out - sum(side.change_satoshis for side in parent.read.sides)
    of_it = f"{both} sat of {leaving}"
    if both * 100 >= leaving * bounds.never_percent:
        expected = f"under {bounds.never_percent} % of what the parent pays"
        yield failed("B9", "never", "fee", expected, of_it, fee=both, leaving=leaving, percent=bounds.never_percent)
    elif both * 100 >= leaving * bounds.dual_percent and (reading.record is None or reading.record.declarer is None):
        expected = f"under {bounds.dual_percent} % of what the parent pays, or two officers"
        yield failed("B9", "dual", "fee", expected, of_it, fee=both, leaving=leaving, percent=bounds.dual_percent)


def _rate(facts: PsbtFacts, paid: int, parent: Lifted, bounds: FeeBounds) -> Iterator[Finding]:
    """Nodes relay the child, both pay no more than the policy's most, and the child pays more a vbyte than its parent."""
    borne, size = parent.facts.fee or 0, facts.vsize + parent.facts.vsize
    if paid < facts.vsize or borne + paid > size * bounds.max_sat_vb:
        expected, rate = f"1 to {bounds.max_sat_vb} sat/vB for both", f"{borne + paid}/{size} sat/vB"
        yield failed("B9", "rate", "fee", expected, rate, fee=borne + paid, vsize=size, most=bounds.max_sat_vb)
    elif paid * parent.facts.vsize <= borne * facts.vsize:
        yield failed("B9", "child-lifts-nothing", "fee", f"more than {borne}/{parent.facts.vsize} sat/vB",
                     f"{paid}/{facts.vsize} sat/vB", fee=paid, vsize=facts.vsize)  # fmt: skip


def stands(reading: Reading, record: Instruction, facts: PsbtFacts) -> Finding:
    """B12: whether a child stands on the parent that this machine knows, over its change and nothing else."""
    if record.declarer is None:
        return failed(
            "B12", "not-dual", "declaration", "operations and compliance", record.preparer, purpose=record.purpose
        )
    parent = reading.lifted
    if parent is None:
        return failed(
            "B12", "parent-absent", "declaration", record.lifts or "", "not here", instruction=record.lifts or ""
        )
    return _objection(reading, record, parent) or _coins(reading, record, facts, parent)


def _objection(reading: Reading, record: Instruction, parent: Lifted) -> Finding | None:
    """Why the parent is none to be lifted by this child."""
    txid, name = display(parent.psbt.txid), parent.record.hash
    if parent.record.cycle != record.cycle or parent.record.returns or parent.record.superseded_by is not None:
        found = parent.record.superseded_by or parent.record.purpose
        return failed("B12", "parent-replaced", "parent", "a payment of this settlement that counts", found,
                      instruction=name)  # fmt: skip
    if parent.record.transaction != txid:
        found = parent.record.transaction or "none"
        return failed("B12", "parent-unsent", "parent", txid, found, instruction=name, transaction=txid)
    if parent.record.seen and record.replaces is None:
        return failed("B12", "parent-mined", "parent", "one that waits for a block", "in a block", transaction=txid)
    known = declared_against(reading) | afresh.superseded(reading, parent.facts)
    for fact in parent.facts.inputs:
        before = reading.case.journal.outpoints.get(str(fact.outpoint))
        if before not in (None, txid) and before not in known:
            return failed("B12", "other-parent", "parent", txid, before, transaction=txid, other=before)
    return None


def _coins(reading: Reading, record: Instruction, facts: PsbtFacts, parent: Lifted) -> Finding:
    txid = display(parent.psbt.txid)
    wanted = {f"{txid}:{number}" for side in parent.read.sides for number in side.change}
    differing = wanted ^ {str(fact.outpoint) for fact in facts.inputs}
    if differing:
        named = ", ".join(sorted(differing))
        return failed(
            "B12", "child-coins", "coins", "every change of its parent, and nothing else", named, outpoints=named
        )
    if record.replaces is not None:
        old, data = reading.earlier[0]
        before = parsed(data)
        if before is None:
            return failed("B12", "replaced-absent", "declaration", old.artefact, "not here", artefact=old.artefact)
        was, now = inspect.facts(before).fee or 0, facts.fee or 0
        least = standard.least_replacement_fee(was, facts.vsize)
        if now < least:
            return failed("B12", "replacement-fee", "fee", f"at least {least} sat", f"{now} sat",
                          was=was, now=now, least=least)  # fmt: skip
    return passed("B12", "declared-child", "coins", "every change of its parent, and nothing else", counted(len(wanted), "coins"),
                  instruction=parent.record.hash)  # fmt: skip
