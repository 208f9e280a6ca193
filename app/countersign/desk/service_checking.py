"""The verdicts on an answer of the Safe service: every transaction that it lists, with its confirmations as listed."""

from collections.abc import Iterator
from dataclasses import replace

from countersign.desk import matching
from countersign.desk.ground import Ground
from countersign.desk.hardware_screen import screen
from countersign.desk.recognising import MAINNET, Recognised
from countersign.desk.reports import HardwareScreen, Judged
from countersign.desk.weighing import Given, judge
from countersign.ethereum import safe_file, service
from countersign.ethereum.safe import ClaimedSafeTx, version_that_explains
from countersign.formats import caip, eip55
from countersign.review.case import InstructionFacts
from countersign.settlement.roster import SafeVault

CHAINS = (MAINNET, 10, 56, 100, 137, 8453, 42161, 11155111, 31337)


def judge_rows(file: Recognised, given: Given, ground: Ground | None, now: int) -> Iterator[Judged]:
    """One verdict for each transaction that an answer of the Safe service lists."""
    for about, row, claim in _rows(file, ground):
        data = safe_file.serialise(claim)
        found = matching.instruction_for(ground, "safe-tx", data, claim, given.hashes) if ground else None
        listed = tuple((bytes(one.owner), one.signature) for one in row.confirmations)
        facts = InstructionFacts("safe-tx", data, claim=claim, confirmations=listed, about=about)
        yield judge(facts, found, given, ground, now)


def screens(file: Recognised, ground: Ground | None) -> Iterator[HardwareScreen]:
    """What a hardware wallet shows of each row."""
    for about, _, claim in _rows(file, ground):
        yield screen(about, claim)


def _rows(file: Recognised, ground: Ground | None) -> Iterator[tuple[str, service.ServiceTx, ClaimedSafeTx]]:
    """Every row: what a verdict calls it, the row as listed, its transaction on the chain that it belongs to."""
    rows = service.parse(file.data, MAINNET).rows
    for place, row in enumerate(rows):
        about = file.name if len(rows) == 1 else f"{file.name} [{place}]"
        yield about, row, _on_its_chain(row.claim, ground)


def _on_its_chain(claim: ClaimedSafeTx, ground: Ground | None) -> ClaimedSafeTx:
    address = eip55.checksum(claim.tx.safe)
    for vault in ground.state.roster.vaults.values() if ground is not None else ():
        if isinstance(vault, SafeVault) and vault.address == address:
            return replace(claim, tx=replace(claim.tx, chain_id=caip.ChainId.parse(vault.chain).number))
    on_each = (replace(claim, tx=replace(claim.tx, chain_id=number)) for number in CHAINS)
    return next((each for each in on_each if version_that_explains(each) is not None), claim)
