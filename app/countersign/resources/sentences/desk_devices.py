"""What is said of devices of the officers' own: how they are enrolled with a vault, and the PSBT files they sign."""

SENTENCES: dict[str, tuple[str, str]] = {
    "desk.keyring-known": (
        "Every key in the keyring of the token {token} is registered as {officer}'s already.",
        "Make the new keys in the token first (token generate), and write its keyring again.",
    ),
    "desk.device-not-asked": (
        "This machine never exported instruction {instruction} for your device.",
        "Export it here first: what is signed is checked and journalled before the device sees it.",
    ),
    "desk.enrol-known-vault": (
        "There is a vault {vault} already.",
        (
            "Choose another id. Under the id of a vault that stands, with its owner, book and chain, a descriptor file of new "
            "slots adds them, and its own description is tried again. A vault of extended keys is its keys: other keys are another "
            "vault."
        ),
    ),
    "desk.enrol-slot-stands": (
        "Slot {slot} of vault {vault} has this descriptor already.",
        "Describe the new slots alone; or the vault exactly as it stands, to try it again.",
    ),
    "desk.enrol-not-all-extended": (
        "Vault {vault} has keys that are not extended; a device that enrols extended keys signs for no such vault.",
        "Use the device in a vault whose keys are all extended, and a token in this one.",
    ),
    "desk.enrol-not-a-key-record": (
        "The file holds no key record.",
        "Choose the record that the device made in round 1 (.bsms, or .dat with the session's token).",
    ),
    "desk.enrol-not-a-vault": (
        "The file holds a single key ({note}), not a vault.",
        "Choose the descriptor file, or the descriptor record of round 2, which is made of all key records.",
    ),
    "desk.enrol-other-chain": (
        "The record's first address begins with {found}; the vault's chain has addresses that begin with {expected}.",
        "Have the record made for this chain.",
    ),
    "desk.enrol-own-key": (
        "None of the keys in vault {vault} is the one that {officer} enrolled here.",
        "Do not use this vault. Compare the keys with every cosigner: one of them may have been exchanged.",
    ),
    "desk.enrol-record-wanted": (
        "The key of {officer} in vault {vault} is a device's, and its origin is known from the device's own record alone.",
        "Give the key record that the device made in round 1 (at a terminal: --own).",
    ),
    "desk.enrol-test-missing": (
        "These cosigners of vault {vault} have not signed its test: {officers}.",
        (
            "Have each of them compare the words and sign the test; a key that cannot sign now cannot spend later. If it must be "
            "entered all the same, say why (at a terminal: --untested): every administrator reads it."
        ),
    ),
    "desk.enrol-untested": (
        "Vault {vault} would be entered, or get slots, that these cosigners have not tried: {officers}.",
        (
            "Have each of them sign the vault's test, and propose it from their test files; or say in the change, as "
            '"untested", why it is entered all the same: every administrator reads it.'
        ),
    ),
    "desk.enrol-test-false": (
        "The test signature of {officer} for vault {vault} does not hold ({why}).",
        "Do not sign. Ask who proposed the vault for the test files, and have {officer} sign the test again.",
    ),
    "desk.enrol-test-stray": (
        "The change carries a test of vault {vault} by {officer}, who has no key in what it enters of that vault.",
        "Propose the vault again from its description and its own test files.",
    ),
    "desk.enrol-test-nobodys": (
        "A test file holds no signature of any cosigner of vault {vault}.",
        "Choose the files that the cosigners' consoles wrote for this very vault.",
    ),
    "desk.enrol-unknown-key": (
        "Key {key} of the descriptor ({text}) is not registered as any officer's.",
        "Take in what was logged since; else register it: a device's by vault-enrol device, a token's by vault-enrol keys.",
    ),
    "desk.enrol-words": (
        "These are not the words of vault {vault} as it is described here.",
        "Sign nothing. Somebody has another description: compare keys, owner and chain with every cosigner.",
    ),
    "desk.no-device": (
        "None of the vaults that pay here has an extended key of {officer}.",
        "Sign with the token, or ask an officer whose device is registered for the vault.",
    ),
    "desk.nothing-signed": (
        "Nothing of this request has been signed yet: there is nothing to hand back.",
        "Sign it with the token or on the device first, or refuse it.",
    ),
    "desk.signs-on-device": (
        "The keys of {officer} in this vault lie in a device of their own, not in a token.",
        "Export it for the device, sign it there, and take back what it signed.",
    ),
}
