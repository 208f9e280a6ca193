"""A settlement's story in plain sentences: one template an event type, through the same catalogue as every sentence.

- A type without a template of its own is told by its name; nothing is left out of a story.

    told("contract.endorsed", "Conrad Lake", {}) == "Conrad Lake endorsed it for the custodian."
"""

from collections.abc import Mapping

from countersign.resources.text import fill

TEMPLATES: dict[str, str] = {
    "contract.proposed": "{who} proposed it; the other side was alleged to have agreed.",
    "contract.affirmed": "{who} filed it with both institutions' signatures: it is agreed.",
    "contract.endorsed": "{who} endorsed it for the custodian.",
    "contract.declined": "{who} declined it: {reason}",
    "contract.cancelled": "{who} cancelled it together: {reason}",
    "contract.expired": "Its time to settle passed before anybody signed for the chains; holds returned.",
    "withdrawal.requested": "{who} asked to withdraw.",
    "hold.placed": "{amount} of {payer} is held.",
    "hold.placed.fee": "{amount} of {payer} is held, and at most {fee_amount} for the network's fee.",
    "hold.released": "The hold on what {payer} delivers ended: {reason}",
    "cycle.closed": "Cycle {cycle} closed ({netting}); contracts in it: {count}.",
    "cycle.closed.short": "Cycle {cycle} closed without it: {lacking}.",
    "instruction.prepared": "{who} prepared the {purpose} transaction on {chain} from {vaults}.",
    "instruction.refused": "{who} refused it: {reason}",
    "state.attested": "{who} attested the state of the log for a machine that cannot see it.",
    "share.added": "{who} signed for {vault} and the desk verified it: {count} of {needed}.",
    "release.authorised": "{maker} ordered the release and {checker} checked it.",
    "transaction.broadcast": "{who} broadcast transaction {transaction} on {chain}.",
    "transaction.broadcast.together": "{who} broadcast transaction {transaction} on {chain}: "
    "one call that executes {together} Safes or none.",
    "transaction.observed": "Transaction {transaction} is in no block any more.",
    "transaction.observed.stranger": "Somebody else's transaction {transaction} executed {vaults} at block height {height}; "
    "confirmations: {confirmations}. This desk did not send it.",
    "transaction.observed.block": "Transaction {transaction} was seen at block height {height}; confirmations: {confirmations}.",
    "transaction.replaced": "{who} replaced transaction {transaction} by {replacement}: {reason}",
    "delivery.confirmed": "{who} confirmed delivery.",
    "settlement.final": "Everything is delivered and final; the books moved.",
    "settlement.failed": "One chain accepted and another refused: {reason} The custodian makes it good.",
    "settlement.voided": "It was voided: coins came home, the Safe's number is used up, holds returned.",
    "dispute.opened": "{who} disputed it: {reason}",
    "dispute.opened.expected": "{who} disputed it, expecting {expected}: {reason}",
    "dispute.retracted": "{who} retracted the dispute: {reason}",
    "dispute.resolved": "The dispute was resolved ({outcome}): {reason}",
    "freeze.ordered": "{who} froze it under order {order}: {reason}",
    "freeze.lifted": "{who} lifted order {order}: {reason}",
    "award.made": "{who} recorded an award on it.",
}
PLAIN, FAULT = (
    "{who}: {kind}.",
    "The desk logged this although the rules refuse it ({fault}); it changed nothing. {line}",
)
_PARTS = (
    ("stranger", "stranger"), ("together", "together"), ("fee", "fee_asset"), ("expected", "expected"), ("short", "lacking"),
    ("block", "height"),
)  # fmt: skip
"""What an event may say beyond its type's plain line: the template's ending, and the value that calls for it."""
NOBODY, TOGETHER = "nobody", "{first} and {last}"


def told(kind: str, who: str, values: Mapping[str, str], fault: str | None = None) -> str:
    """One line of a story, in words. Never raises."""
    further = (f"{kind}.{part}" for part, mark in _PARTS if mark in values)
    form = next((each for each in further if each in TEMPLATES), kind)
    line = fill(TEMPLATES.get(form, PLAIN), {"kind": kind, **values, "who": who})
    return line if fault is None else fill(FAULT, {"fault": fault, "line": line})


def together(names: list[str]) -> str:
    """ "Ada Vale, Olive Penn and Conrad Lake"."""
    if len(names) < 2:
        return names[0] if names else fill(NOBODY, {})
    return fill(TOGETHER, {"first": ", ".join(names[:-1]), "last": names[-1]})
