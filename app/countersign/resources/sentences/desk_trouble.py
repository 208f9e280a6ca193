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
        (
            "Nothing failed: observe it. If it cannot be observed because the log lacks its signatures, somebody kept them back: "
            "sign and pay nothing more for this contract, and ask those who signed."
        ),
    ),
    "desk.executed-otherwise": (
        "The chain executed transaction {transaction}, but the token did not move what is owed: {differs}.",
        (
            "It does not count as paid. Find out what the token does, and record the failure of this leg (Review, On the chains). "
            "Whatever did move must come back to the vault before the leg is prepared anew, or it is paid twice."
        ),
    ),
    "desk.numbers-young": (
        "Numbers {first} to {last} of the Safe {vault} were used outside this log, and not yet with {needed} confirmations.",
        "Wait for them, then prepare again: until then the chain may give a number back.",
    ),
    "desk.leg-not-past": (
        "None of the coins of instruction {instruction}, signed for this leg, is left, and its chain may undo what took them.",
        "Wait until what took them has the policy's confirmations, and record its failure again; then prepare the leg anew.",
    ),
    "desk.other-executable": (
        "The desk's own node does not agree on whether instruction {instruction} can still execute, or is gone for good.",
        "Wait until both nodes have the newest block, then record the failure again.",
    ),
}
