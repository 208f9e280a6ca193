"""What lending's rules refuse, and what to do next, in an officer's words."""

_AGAIN = "Nothing was changed. Work it out again from the newest state."

SENTENCES: dict[str, tuple[str, str]] = {
    "settlement.recall-first": (
        "What {lei} would hold of {asset} is lent (loan {loan}).",
        "Recall the loan first; then place the hold.",
    ),
    "settlement.not-lent": (
        "The policy lends no {asset}.",
        "The administrators may adopt a policy with a pool limit for it.",
    ),
    "settlement.loan-taken": ("There is already a loan {loan}.", "Give the new loan a name of its own."),
    "settlement.loan-owner": ("{lei} does not own the loan {loan}.", "Only the owner's key authorises or recalls it."),
    "settlement.loan-rate": (
        "The loan names a yearly rate of {rate} basis points; the policy's is {policy}.",
        "Agree the loan again at the policy's rate.",
    ),
    "settlement.pool-limit": (
        "The pool already holds {lent} of {asset}; {more} more would pass its limit of {limit}.",
        "Lend less, or wait for a recall.",
    ),
    "settlement.unknown-loan": ("There is no loan {loan}.", "Check its name in the statement of the account."),
    "settlement.loan-over": (
        "The loan {loan} is returned; the pool still owes {claim} and cannot pay it now.",
        "Ask the custodian to fund its lending-pool account, then recall again.",
    ),
    "settlement.accrual-early": (
        "Interest of {asset} for {date} is accrued before that day is over.",
        "Wait until it is.",
    ),
    "settlement.accrual-late": ("Interest of {asset} for {date} is accrued already: up to {last}.", _AGAIN),
    "settlement.accrual-sum": (
        "The accrual of {asset} does not add up: it is {interest} base units over {loans} loans.",
        _AGAIN,
    ),
}
