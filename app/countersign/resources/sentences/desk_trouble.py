"""What the desk refuses when a settlement is voided, fails or is sent again, and what to do next."""

SENTENCES: dict[str, tuple[str, str]] = {
    "desk.nothing-stuck": (
        "No Ethereum transaction of the cycle {cycle} waits for its block.",
        "Send what was not sent (send), or log what the chain says (observe).",
    ),
    "desk.not-waiting": (
        "No relayer of this console has the transaction {transaction} waiting.",
        "Take one that waits from the list that this command shows.",
    ),
    "desk.nothing-to-void": (
        "No instruction of cycle {cycle} has shares, so nothing needs a void.",
        "Let the parties cancel the contract, or go on with it.",
    ),
    "desk.not-declared": (
        "Its transaction is not what the words say: {reason}.",
        "Sign nothing of it. Ask operations what they mean to do, and let them prepare it again.",
    ),
    "desk.nothing-to-release": (
        "Everything of cycle {cycle} was released already.",
        "Look at what its chains did.",
    ),
    "desk.not-on-chains": (
        "The settlement {contract} is not between its release and its end: nothing of it is on its way on a chain.",
        "Look at its state in Review.",
    ),
    "desk.executed-after-all": (
        "The desk's own node sees transaction {transaction} in a block.",
        "Nothing failed: observe it.",
    ),
    "desk.other-executable": (
        "The desk's own node does not agree on whether instruction {instruction} can still execute.",
        "Wait until both nodes have the newest block, then record the failure again.",
    ),
}
