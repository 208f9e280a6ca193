"""Why a deadline bites, or why there is none; and what to do."""

SENTENCES: dict[str, tuple[str, str]] = {
    "settlement.act-by-request": (
        "The request to sign for {vault} ends then.",
        "Sign or refuse before; after it, operations prepares it again.",
    ),
    "settlement.act-by-attestation": (
        "What two officers attested of the Safe {vault} is too old for a cold machine then.",
        "Have it signed on the cold machine before, or attested again.",
    ),
    "settlement.act-by-coins": (
        "A coin of {vault} that this transaction spends is spent or in no block any more, since then.",
        "Sign nothing more of it. Wait until its chain has the coin again, or have it prepared with other coins.",
    ),
    "settlement.act-by-nonce": (
        "The number of the Safe {vault} that this transaction needs is used or taken, since then.",
        "Sign nothing more of it. Look on the chain what used the number, and have it prepared with the next one.",
    ),
    "desk.act-by-head": (
        "The witnesses' signatures on the log's head in this request are too old for a cold machine then.",
        "Have it signed before, or make the request again: it carries the newest head then.",
    ),
    "desk.act-by-answer": (
        "The log takes what this answer holds until then: half a day after it was signed.",
        "Carry it back before. If it is too late, ask for the request again and sign once more.",
    ),
    "desk.act-by-proposal": (
        "The proposal ends then.",
        "Have it signed and logged before, or draft it again.",
    ),
    "settlement.act-by-cut-off": (
        "The next cycle is cut off then.",
        "What is not held by then waits for the cycle after it.",
    ),
    "settlement.act-by-top-up": (
        "Until then {name} may bring what it lacks of {asset}; then the cycle closes without this contract.",
        "Tell the deliverer, and place the hold when the deposit is credited.",
    ),
    "settlement.act-by-dispute": (
        "Until then a party may dispute what was delivered.",
        "Nothing is due from you; afterwards the settlement stands.",
    ),
    "settlement.act-by-certification": (
        "The certification of {name} ends then; afterwards its new contracts cannot be endorsed.",
        "Endorse before, or renew the certification.",
    ),
    "settlement.act-by-settle": ("The contract must be settled by then.", "Sign or refuse before."),
    "settlement.act-by-release": (
        "Every signature is there, and it must be released by then.",
        "Release it before; afterwards it can only be voided.",
    ),
    "settlement.act-by-send": (
        "It is released and not all of it was sent; the contract is to be settled by then.",
        "Have the desk send it. It may still be sent afterwards.",
    ),
    "settlement.act-by-observe": (
        "It was sent and not all of it stands in a block; the contract is to be settled by then.",
        "Look on the chains: send it again, pay more for it, or record that it failed.",
    ),
    "settlement.act-by-failed": (
        "One leg was delivered and another was not; the contract is to be settled by then.",
        "Send the other leg again, replace it, or have it prepared anew. It may still be delivered afterwards.",
    ),
    "settlement.no-deadline-dispute": (
        "No deadline: the dispute has none. It stands until its parties take it back or resolve it, or an award rules.",
        "Settle it with the parties. What must be signed afterwards keeps the contract's time to settle.",
    ),
    "settlement.no-deadline-void": (
        "No deadline: a void has none once it is signed. It only brings the assets home.",
        "Release and send what is signed; the holds return when the chains have confirmed it.",
    ),
    "settlement.no-deadline-chain": (
        "No deadline: all of it stands in blocks, and the chains confirm it in their own time.",
        "Wait for the confirmations, or for the parties to confirm what they received.",
    ),
    "settlement.no-deadline-over": ("No deadline: it is over.", "Nothing is due."),
}
