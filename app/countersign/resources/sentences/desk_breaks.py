"""What is said of breaks between two books: why they differ, and what to do about it."""

_PASSES = "Nothing to do: it goes by itself. Compare again once it has its confirmations."

SENTENCES: dict[str, tuple[str, str]] = {
    "desk.break-vault-missing-here": (
        "The vault {about} holds a coin that nobody credited.",
        "Find out who sent it, and credit the deposit; until then its owner cannot use it.",
    ),
    "desk.break-vault-missing-there": (
        "The ledger has a credited coin in the vault {about} that its chain does not have, and nothing of ours spent it.",
        "Sign nothing more on this vault before it is known where the coin went.",
    ),
    "desk.break-vault-fee": (
        "The network's fee of a transaction that is in a block; the ledger charges it when the settlement is final.",
        _PASSES,
    ),
    "desk.break-vault-unconfirmed": (
        "A transaction or a deposit is on one side already and waits for its confirmations on the other.",
        _PASSES,
    ),
    "desk.break-vault-failed": (
        "This leg is on its chain, but the settlement failed on another one: the ledger has not moved.",
        "Deliver the other leg (Review offers to send it again), or have it replaced; then this break closes.",
    ),
    "desk.break-no-vault": (
        "The book {book} holds units for which no vault is registered.",
        "Have the administrators register the vault that holds them.",
    ),
    "desk.break-unexplained": (
        "Nothing in the log accounts for this difference.",
        "Sign nothing more on this vault before it is explained; tell the administrators.",
    ),
    "desk.break-trade-missing-here": (
        "Their file has this trade; the log does not.",
        "Ask for the signed contract, and import it; without one there is no trade here.",
    ),
    "desk.break-trade-missing-there": (
        "The log has this trade; their file does not.",
        "Have them book it, or dispute it: both institutions signed it.",
    ),
    "desk.break-trade-amount": (
        "Both have this trade, with different amounts.",
        "Compare both with the signed contract; its amount is the one that settles.",
    ),
    "desk.break-trade-state": (
        "Both have this trade, and do not agree how far it is.",
        "Give them the settlement's story; the log's state is the one that counts.",
    ),
    "desk.reconciliation-moved": (
        "The books have changed: this comparison showed {shown} lasting breaks, one made now finds others ({found}).",
        "Compare again, look at what is new, and record that.",
    ),
    "desk.not-operations": (
        "The officer {officer} does not hold the role of operations.",
        "Ask an operations officer to do it at their own console.",
    ),
}
