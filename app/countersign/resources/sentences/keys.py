"""What is said when a key or a signature is not what it claims to be."""

_RESIGN = "Have it signed again; do not repair the signature by hand."
_ASK = "Do not act on it. Ask the sender, by another channel, who signed and with which key."
_KEY = "Compare the key with the one that was registered, and have it exported again."

SENTENCES: dict[str, tuple[str, str]] = {
    "keys.not-ecdsa": (
        "This needs an ECDSA key; {curve} is of another kind.",
        "Use the key that was registered for it.",
    ),
    "keys.not-secp256k1": ("Only secp256k1 keys have an Ethereum address; this is {curve}.", "Choose a vault key."),
    "keys.key-length": ("A public key has {found} bytes where {expected} belong.", _KEY),
    "keys.not-on-curve": ("This is not a usable public key of {curve}.", _KEY),
    "keys.aes-form": ("A key or counter for encryption has the wrong length.", "Nothing was read. Report this."),
    "keys.tweak": ("A key cannot be derived at this place.", "Use the next place."),
    "keys.jwk-mismatch": ("The key's name or algorithm in the file is not that of the key itself ({kid}).", _KEY),
    "keys.seed-length": ("A signing seed has {found} bytes where {expected} belong.", "Restore it from its backup."),
    "keys.digest-length": ("A digest has {found} bytes where 32 belong.", "Nothing was signed. Report this."),
    "keys.signature-length": ("A signature has {found} bytes where {expected} belong.", _RESIGN),
    "keys.signature-range": ("A signature holds a number outside the range of {curve}.", _RESIGN),
    "keys.high-s": (
        "A signature is in the form that anybody can make from a genuine one (high s); only the other form counts.",
        "Have it signed again with a program that writes low-s signatures.",
    ),
    "keys.der": ("A signature is not in strict DER form.", _RESIGN),
    "keys.recovery": ("No key belongs to this signature under recovery id {recovery_id}.", _RESIGN),
    "keys.recovery-mismatch": ("The signature was not made by the registered key over this digest.", _ASK),
    "keys.jws-header": ("The header of the signature by {kid} is not in its one permitted form.", _RESIGN),
    "keys.jws-order": ("The signatures are not in the order of their keys, or one key ({kid}) signed twice.", _RESIGN),
    "keys.jws-payload": (
        "The two files carry signatures over different contents.",
        "Compare both contents; each party must sign the same bytes.",
    ),
    "keys.no-signature": ("Nobody has signed this.", "Have it signed by those who must."),
    "keys.unknown-signer": ("It is signed by a key that is not registered for this ({kid}).", _ASK),
    "keys.wrong-algorithm": ("The signature by {kid} claims {found}; the registered key signs with {expected}.", _ASK),
    "keys.bad-signature": ("The signature by {kid} does not fit: the content or the signature was changed.", _ASK),
    "keys.cose-form": ("The signed envelope is not in its one permitted form.", "Have it exported again."),
    "keys.cose-algorithm": ("An envelope cannot be signed with {alg}.", "Sign with the officer's identity key."),
    "keys.wrapping-form": ("This is not a secret wrapped by this program, or it is damaged.", "Use the backup."),
    "keys.wrapping-cost": (
        "The wrapped secret asks for a strength outside the allowed range ({memory} KiB, {passes} passes).",
        "The file was changed or made by another program. Use the backup.",
    ),
    "keys.wrong-passphrase": (
        "The passphrase is wrong, or the file was damaged.",
        "Try again with care; if it is surely right, restore the file from its backup.",
    ),
}
