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
    "settlement.attested-called-off": (
        "{cycle} was called off; there is nothing to attest.",
        "Attest the cycle in which its contracts settle now.",
    ),
    "settlement.attested-instructions": (
        "The attestation of {cycle} names other instructions than the ones that wait for shares.",
        "Take in the newest entries and attest again.",
    ),
    "settlement.attested-failed": (
        "What is attested of {cycle} says otherwise which of its instructions failed than the entries known here.",
        "Take in the newest entries and attest again. On an air-gapped machine: fetch the whole history by USB.",
    ),
    "settlement.attested-policy": (
        "It was attested under the policy of entry {policy}; the newest one known here is that of entry {here}.",
        "Have both officers attest it again. On an air-gapped machine: fetch the whole history by USB; a policy was left out.",
    ),
    "settlement.attested-roster": (
        "It was attested under the roster of entry {roster}; the newest one known here is that of entry {here}.",
        "Have both officers attest it again. On an air-gapped machine: fetch the whole history by USB; a change was left out.",
    ),
    "settlement.attested-size": (
        (
            "The attestation rests on a log of {size} entries; it must lie behind its instructions and before itself, from "
            "{least} to {most}."
        ),
        "Take in the newest entries and attest again.",
    ),
    "settlement.attested-payer": (
        "The attestation says what {lei} gave away, which pays nothing in {cycle}.",
        "Take in the newest entries and attest again.",
    ),
    "settlement.attested-safes": (
        "The attestation of {cycle} does not hold the state of exactly the Safes that pay in it.",
        "Take in the newest entries and attest again, on a console with a node of every Safe's chain.",
    ),
    "settlement.attested-block-age": (
        "The block at which the Safes on {chain} were read is {age} s old; at most {limit} s count, and none of the future.",
        "See that the node is in step with its chain, then attest again.",
    ),
    "settlement.attested-block-order": (
        "The Safes on {chain} were read at block {number}, which contradicts block {known} that was attested before.",
        "See whether the node follows the same chain as the others, then attest again at its newest block.",
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
