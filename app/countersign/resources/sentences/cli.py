"""What the command line itself says."""

SENTENCES: dict[str, tuple[str, str]] = {
    "cli.pin-file-absent": (
        "The PIN file {path} cannot be read ({why}).",
        "Give the path of a file that you can read.",
    ),
    "cli.pin-file-open": (
        "The PIN file {path} can be read by others.",
        "Take that right away (chmod 600), and change the PIN if others could have read it.",
    ),
    "cli.pin-file-form": (
        "The file {path} does not hold a PIN.",
        "Write the PIN alone into it: visible ASCII characters, at most one line.",
    ),
    "cli.softhsm-folder-absent": (
        "There is no folder {folder} with SoftHSM tokens.",
        "Correct the path, or make a token there with `countersign token init`.",
    ),
    "cli.token-ambiguous": (
        "{count} attached tokens are named {token}.",
        "Say which one with --serial, or detach the others.",
    ),
}
