"""What the policy's limits refuse in the settlement machine, and what to do next, in an officer's words."""

_CAP = "Settle less, wait until earlier payments are 24 hours old, or ask the administrators for another policy."

SENTENCES: dict[str, tuple[str, str]] = {
    "settlement.over-transaction": (
        "One transaction would pay out {usd} USD; the policy allows {cap} USD.",
        "Agree smaller contracts, or ask the administrators for another policy.",
    ),
    "settlement.over-day": (
        (
            "{payer} would give away {usd} USD; in the last 24 hours it has already given {used} USD of the {cap} USD that the "
            "policy allows."
        ),
        _CAP,
    ),
    "settlement.over-counterparty": (
        (
            "{payer} would give {receiver} {usd} USD; in the last 24 hours it has already given them {used} USD of the {cap} "
            "USD that the policy allows."
        ),
        _CAP,
    ),
    "settlement.over-quorum": (
        "{vault} would pay {usd} USD with {threshold} signatures; the policy asks for {needed} from that amount on.",
        "Agree smaller contracts, or keep the assets in a vault of more signatures.",
    ),
    "settlement.outside-hours": (
        "It is {at}, outside the hours in which officers act ({hours}).",
        "Do it again within the hours, while the request still lives.",
    ),
    "settlement.strict-signer": (
        "{officer} signed in {cycle} and may not release it: the policy asks for strict four eyes.",
        "Another officer makes or checks the release.",
    ),
    "settlement.strict-endorser": (
        "{officer} endorsed a contract of {cycle} and may not release it: the policy asks for strict four eyes.",
        "Another officer makes or checks the release.",
    ),
}
