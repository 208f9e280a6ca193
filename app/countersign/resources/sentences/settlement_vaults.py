"""What is said of vaults as the roster registers them: their keys, their quorum, their slots and places."""

_ROSTER = "Check the name in the roster; a change of the roster is signed by the administrators."

SENTENCES: dict[str, tuple[str, str]] = {
    "settlement.destination-inside": (
        "The destination {destination} is registered as outside this custody, and is an address of vault {vault}.",
        "Register it as a place of that vault, or another address outside.",
    ),
    "settlement.place-far": (
        "Index {index} of vault {vault} lies beyond {limit}, the last one that is looked at.",
        "Spend coins of lower indexes first; the limit moves with them.",
    ),
    "settlement.safe-elsewhere": (
        "The Safe {safe} of vault {vault} is vault {other}'s already: what it holds would be two owners'.",
        "Register a Safe of its own for this vault.",
    ),
    "settlement.slot-gone": (
        "Vault {vault} would lose its slot {slot}: nobody would look for what lies there, and another vault could take its place.",
        "Name every slot of the vault; those that are not to be used any more are spent from, and stay.",
    ),
    "settlement.slot-unknown": ("Vault {vault} has no slot {slot}.", "Prepare the instruction with registered slots."),
    "settlement.vault-key-elsewhere": (
        "The key {key} of vault {vault} stands in vault {other} already; an extended key belongs to one vault alone.",
        "Register another account of the device for this vault.",
    ),
    "settlement.vault-key-curve": ("The vault key {key} is not a secp256k1 key.", "Register a key of that curve."),
    "settlement.vault-key-purpose": ("The key {key} is not registered for spending from vault {vault}.", _ROSTER),
    "settlement.vault-key-signs": (
        "The key {key} spends from a vault; it may not sign events.",
        "Sign with the identity key.",
    ),
    "settlement.vault-moved": (
        "Vault {vault} would change its owner, chain, kind, Safe, descriptor or what is paid by one of its slots.",
        "Register another vault, or another slot.",
    ),
    "settlement.vault-one-officer-twice": (
        "One officer would hold two of the keys in one place of vault {vault}.",
        "Every key of a place belongs to another officer.",
    ),
    "settlement.vault-test": (
        "A test signature of a vault is not 64 bytes long.",
        "Propose the vault again from its test files.",
    ),
    "settlement.vault-threshold": (
        "Vault {vault} would need {threshold} of {keys} signatures; allowed are two or more, of at most fifteen.",
        "Choose a threshold of two or more, and of no more than its keys.",
    ),
}
