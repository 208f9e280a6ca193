"""What is said of signing with a device of the officer's own, which exchanges PSBT files with this machine."""

SENTENCES: dict[str, tuple[str, str]] = {
    "desk.device-not-asked": (
        "This machine never exported instruction {instruction} for your device.",
        "Export it here first: what is signed is checked and journalled before the device sees it.",
    ),
    "desk.no-device": (
        "None of the vaults that pay here has an extended key of {officer}.",
        "Sign with the token, or ask an officer whose device is registered for the vault.",
    ),
    "desk.signs-on-device": (
        "The keys of {officer} in this vault lie in a device of their own, not in a token.",
        "Export the instruction for the device, sign it there, and take the file back.",
    ),
}
