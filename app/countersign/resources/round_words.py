"""What a desk does by itself, and what waits for whom, in plain sentences.

- One template a statement, through the same catalogue as every sentence; the codes are those of `settlement.saying.Said`.

    said("round.expired", {"contract": "MER-HAR-1", "settle_by": "2026-11-24T12:00:00Z"})
"""

from collections.abc import Mapping

from countersign.resources.text import fill

TEMPLATES: dict[str, str] = {
    "round.final": "Everything in cycle {cycle} is delivered, by the parties' word or with the confirmations agreed: it is final.",
    "round.voided": "Every void of cycle {cycle} has the policy's confirmations: the settlement is ended, holds return.",
    "round.accrued": "The interest on the {asset} on loan is accrued up to and with {date}.",
    "round.expired": "Contract {contract} had to be settled by {settle_by}, and nobody had signed for the chains: it expires.",
    "round.returned": "Contract {contract} was held in part only and is not covered in time: what was held returns.",
    "round.held": "Both sides of contract {contract} are covered: what they deliver is held.",
    "round.closed": "The cut-off of {cut_off} closes cycle {cycle}; contracts in it: {count}.",
    "wait.recall": "{owner} lent {amount} (loan {loan}) that its contracts need: it has to be recalled.",
    "wait.top-up": "{owner}, book {book}, lacks {amount} for what it is to deliver; it may come in until {until}.",
    "wait.deposit": "{amount} came into the vault {vault} and is not credited ({reference}).",
    "wait.young": (
        "{amount} came into the vault {vault} with {confirmations} of the {needed} confirmations that the policy asks for "
        "({reference})."
    ),
    "wait.payment": (
        "The Safe {vault} holds {amount} more than the books, and no newer payment explains it: credit it by its reference."
    ),
    "wait.news": (
        "Transaction {transaction} of cycle {cycle} is not logged as the chain has it; confirmations: {confirmations} of "
        "{needed}."
    ),
    "wait.endorse": "Contracts that both parties signed and compliance has yet to endorse: {count}.",
    "wait.prepare": "Cycle {cycle} is closed; instructions to prepare: {count}.",
    "wait.sign": "Cycle {cycle} waits for the vaults' officers; instructions that lack signatures: {count}.",
    "wait.release": "Cycle {cycle} is signed; transactions to release, by an operations and a compliance officer: {count}.",
    "wait.void": "Cycle {cycle} was signed for and not released in time: it is ended by a void.",
    "wait.send": "Cycle {cycle} is released; transactions to send: {count}.",
    "wait.observe": "Cycle {cycle} is on its way; transactions whose confirmations have to be logged: {count}.",
}


def said(code: str, values: Mapping[str, object]) -> str:
    """A statement in the reader's language. KeyError for a code that is not here: that is a bug of ours."""
    return fill(TEMPLATES[code], values)
