"""What is wrong with a document of the settlement room: an event, a contract, a policy, a roster."""

_MEND = "Ask whoever made the document to correct this field and to sign it again."

SENTENCES: dict[str, tuple[str, str]] = {
    "settlement.amount-zero": ("The amount at {where} is zero.", _MEND),
    "settlement.instruction-replaces": (
        "The text at {where} is an instruction for {purpose}: only a replacement, a void or a child takes the place of another.",
        _MEND,
    ),
    "settlement.instruction-lifts": (
        "The text at {where} is an instruction for {purpose}: a child is a PSBT and names what it lifts, no other does.",
        _MEND,
    ),
    "settlement.not-minute": ("The text at {where} is not a time of day, hours and minutes like 16:00.", _MEND),
    "settlement.quorums-order": ("The quorums at {where} do not rise: more dollars, more signatures.", _MEND),
    "settlement.hours-order": ("The hours at {where} end before they begin.", _MEND),
    "settlement.terms-book-twice": ("Contract {id} names one book twice among its parties.", _MEND),
    "settlement.terms-idle-party": ("Contract {id} names a party that delivers and receives nothing.", _MEND),
    "settlement.terms-count": (
        "Contract {id} has {parties} parties and {legs} legs, which is not its template's shape.",
        _MEND,
    ),
    "settlement.terms-leg-twice": ("Contract {id} has two legs between the same two books.", _MEND),
    "settlement.terms-position": (
        "Contract {id} has a leg of a party that it does not name ({parties} are named).",
        _MEND,
    ),
    "settlement.fee-bounds": ("The fee limits at {where} contradict each other.", _MEND),
    "settlement.instruction-kind": (
        "At {where}: a PSBT names the coins it spends and no nonce; a Safe transaction names its nonce and no coins.",
        _MEND,
    ),
    "settlement.not-ascending": ("The list at {where} is not in ascending order without repeats.", _MEND),
    "settlement.listed-twice": ("The list at {where} names something twice.", _MEND),
    "settlement.not-outpoint": ("The text at {where} is not a transaction's output or event.", _MEND),
    "settlement.not-sha256": ("The text at {where} is not a SHA-256 in lower-case hex.", _MEND),
    "settlement.not-ethereum-hash": ("The text at {where} is not a hash of 64 hex digits behind 0x.", _MEND),
    "settlement.not-transaction": ("The text at {where} is not a transaction or block id.", _MEND),
    "settlement.outpoint-twice": ("One coin is listed twice at {where}.", _MEND),
    "settlement.price-zero": ("The price at {where} is zero.", _MEND),
    "settlement.prose-characters": (
        "The text at {where} holds characters that cannot be seen or are not in their normal form.",
        _MEND,
    ),
    "settlement.prose-direction": (
        "The text at {where} holds letters that run from right to left: they would change the order of what stands beside.",
        _MEND,
    ),
    "settlement.prose-length": ("The text at {where} is empty or longer than {most} characters.", _MEND),
    "settlement.terms-confirmations": (
        "Contract {id} does not give the confirmations of exactly its legs' assets.",
        _MEND,
    ),
    "settlement.terms-destination-chain": (
        "In contract {id} the destination {destination} lies on another chain than its asset.",
        _MEND,
    ),
    "settlement.terms-fees": (
        "Contract {id} does not cap the network fee of exactly those chains whose fee the deliverer bears.",
        _MEND,
    ),
    "settlement.terms-legs-cross": ("The legs of contract {id} do not go one each way.", _MEND),
    "settlement.terms-one-asset": ("Both legs of contract {id} move the same asset.", _MEND),
    "settlement.terms-one-party": ("Both parties of contract {id} are the same institution.", _MEND),
    "settlement.terms-replaces": ("Contract {id}: only a later version replaces an earlier contract.", _MEND),
    "settlement.terms-window": ("Contract {id} must be settled before it may be.", _MEND),
    "settlement.transaction-chain": ("{transaction} is not how {chain} names a transaction.", _MEND),
    "settlement.unknown-leg": ("The contract has no leg {leg}.", _MEND),
    "settlement.vault-chain": ("The vault at {where} cannot live on that chain.", _MEND),
    "settlement.witness-quorum": ("The policy needs {quorum} witnesses but names {known}.", _MEND),
}
