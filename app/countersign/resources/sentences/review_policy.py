"""What the findings of C7 (policy) and L8 (revocation) say to an officer: what happened, what to do next."""

_NONE = "There is nothing to do."
_STOP = "Do not sign. Refuse it, and tell the desk: somebody may have changed the request."
_CAP = "Do not sign. Wait until earlier payments are 24 hours old, or ask the administrators for another policy."
_ATTEST = "Ask two officers, neither of them you, to attest the settlement, and carry it again; or carry it by USB."

SENTENCES: dict[str, tuple[str, str]] = {
    "C7.no-vault": ("No registered vault that pays is known for this transaction.", _STOP),
    "C7.unreadable": (
        "The transaction is no payment that can be read, so no limit can be held against it.",
        _STOP,
    ),
    "C7.any-hour": ("The policy lets officers act at any hour.", _NONE),
    "C7.within-hours": ("It is {at}, within the hours in which officers act ({hours}).", _NONE),
    "C7.outside-hours": (
        "It is {at}, outside the hours in which officers act ({hours}).",
        "Sign within the hours, while the request still lives.",
    ),
    "C7.moves-nothing": ("It pays nothing to anybody else, so there is nothing to limit.", _NONE),
    "C7.destinations": (
        (
            "Every destination is registered ({count}): {founding} since the founding, the others for at least {hours} hours and "
            "not by you alone."
        ),
        _NONE,
    ),
    "C7.destination-unregistered": ("It pays {destination}, which nobody has registered.", _STOP),
    "C7.destination-look-alike": (
        "It pays {destination}: nobody registered it, it looks like {like} of {owner}, {others} of {length} characters apart.",
        "Do not sign. Somebody made an address to be mistaken for a registered one: keep the request and tell security.",
    ),
    "C7.destination-elsewhere": (
        "The destination {destination} is said to lie in vault {vault}, and is no address of it.",
        "Do not sign. What is paid there would be booked as held in that vault: ask the owner for an address of it.",
    ),
    "C7.destination-withdrawn": (
        "The destination {destination} lies in vault {vault}: of its {keys} keys {gone} are withdrawn, too many to trust it.",
        "Do not sign. The owner is paid at another place, with keys that count: register it, or change the Safe's owners first.",
    ),
    "C7.destination-cooling": (
        "It pays {destination}, which was registered {age} seconds ago; the policy asks for {needed}.",
        "Do not sign yet. Ask the receiver, by another way, whether the new destination is theirs.",
    ),
    "C7.destination-own": (
        "It pays {destination}, which {officer} alone has registered.",
        "Do not sign. Somebody else must sign, or register the destination.",
    ),
    "C7.judged-by": (
        "This pays {pays}, worth {usd} USD. Judged by policy version {version}, entry {index} of the log.",
        _NONE,
    ),
    "C7.unlimited": ("The policy sets no limit here: {rules}.", _NONE),
    "C7.transaction": ("This pays {usd} USD; one transaction may pay {cap} USD.", _NONE),
    "C7.over-transaction": (
        "This pays {usd} USD; one transaction may pay {cap} USD.",
        "Do not sign. Ask the desk to settle in smaller parts.",
    ),
    "C7.day": (
        "This pays {usd} USD; in the last 24 hours {payer} has already paid {used} of {cap} USD.",
        _NONE,
    ),
    "C7.over-day": (
        "This pays {usd} USD; in the last 24 hours {payer} has already paid {used} of {cap} USD. Together it is too much.",
        _CAP,
    ),
    "C7.counterparty": (
        "This pays {usd} USD; in the last 24 hours {payer} has already paid {receiver} {used} of {cap} USD.",
        _NONE,
    ),
    "C7.over-counterparty": (
        (
            "This pays {usd} USD; in the last 24 hours {payer} has already paid {receiver} {used} of {cap} USD. Together it is "
            "too much."
        ),
        _CAP,
    ),
    "C7.quorum": ("{vault} pays {usd} USD with {threshold} signatures; {needed} are needed for that much.", _NONE),
    "C7.over-quorum": (
        "{vault} pays {usd} USD with {threshold} signatures; {needed} are needed for that much.",
        "Do not sign. Such an amount must be paid from a vault of more signatures.",
    ),
    "L8.not-in-log": ("The contract is not in the log that this machine knows; L3 judges that.", _NONE),
    "L8.revoked": (
        "Contract {id} is {state}; nothing of it may be signed.",
        "Do not sign. A request for it is late or replayed: tell the desk.",
    ),
    "L8.frozen": (
        "Contract {id} is frozen by order {order}; nothing of it may be signed while the order stands.",
        "Do not sign. Compliance has the order's paper; two officers lift it.",
    ),
    "L8.frozen-owners": (
        "Order {order} stops what lies in the Safe {vault}: nobody may come to own it, and no fewer may sign for it.",
        "Do not sign. Compliance has the order's paper; two officers lift it. An owner may go meanwhile.",
    ),
    "L8.disputed": (
        "{opener} disputes contract {id}: {reason} Nothing of it may be signed until the dispute ends.",
        "Do not sign. Wait until the dispute is retracted or resolved, or an award is made.",
    ),
    "L8.entries-missing": (
        "The log has {size} entries, and this machine has replayed {found} of them: some were withheld.",
        "Do not sign. Take in the whole log first.",
    ),
    "L8.replayed": (
        "This machine replayed all {size} entries of the log; nothing revokes it.",
        _NONE,
    ),
    "L8.replayed-then": (
        "This machine replayed the log's first {size} entries, by which this is judged; nothing in them revokes it.",
        _NONE,
    ),
    "L8.told": (
        (
            "Of the log's first {size} entries, by which this is judged, the file holds {told}; none of them revokes it. It cannot "
            "show that none was left out."
        ),
        "Hold the file against a profile that has followed the log (check --profile).",
    ),
    "L8.not-attested": (
        "A crossing by QR cannot prove that nothing was cancelled, disputed or frozen since, and nobody attests it.",
        _ATTEST,
    ),
    "L8.attested-other": ("The attestation that came with it is of other instructions.", _ATTEST),
    "L8.attested-failed": (
        "It came with other failures of the settlement ({found}) than two officers attested ({expected}).",
        (
            "Do not sign. Keep the request as evidence, and fetch the whole history by USB: the log's rules may have refused "
            "what it says."
        ),
    ),
    "L8.attested-by-signer": ("{officer} attested the settlement and may not sign it on this machine.", _ATTEST),
    "L8.attested-by-gone": ("The settlement was attested by {officer}, who is an officer no more.", _ATTEST),
    "L8.other-history": (
        "What was attested is a log of {size} entries that this log does not extend ({why}).",
        "Do not sign. Keep the request as evidence, and tell the auditor: somebody was shown another history.",
    ),
    "L8.attested": (
        (
            "Attested, not proved here: {officers} replayed the log up to {size} entries ({at}) and found nothing that revokes "
            "the settlement."
        ),
        _NONE,
    ),
}
