"""What tokens, keys and PINs say to an officer: what happened, and what to do next; and the questions for secrets."""

_STOP = "Do not use this token. Tell the desk, and keep the token as evidence."
_REPLUG = "Take the token out, put it back in and unlock it again. Nothing was signed."
_ADDRESS = "Correct the token's address in the settings."
_MAKE_NEW = "Make a new key with `countersign token generate` and have it registered in this one's place."

SENTENCES: dict[str, tuple[str, str]] = {
    "signers.ask-pin": ("The PIN of the token", "Type it and confirm. It goes to the token and nowhere else."),
    "signers.ask-new-pin": ("A new PIN for the token's user", "Choose 4 to 32 characters; the officer keeps it."),
    "signers.ask-new-so-pin": (
        "A new PIN for the token's security officer",
        "Choose 4 to 32 characters; it is needed to reset the user's PIN, and somebody else keeps it.",
    ),
    "H1.module-path-relative": (
        "The token's driver is named by {module}, which is not a full path.",
        "Give the full path of the PKCS#11 module, beginning with a slash.",
    ),
    "signers.module-absent": (
        "There is no token driver at {module}.",
        "Install the driver of this token, or correct its path.",
    ),
    "signers.module-unusable": (
        "The file {module} cannot be used as a token driver ({what}).",
        "Install the driver again, or ask the token's maker for the one for this system.",
    ),
    "signers.softhsm-absent": (
        "SoftHSM is not installed on this machine.",
        "Install the package softhsm2, then try again.",
    ),
    "signers.softhsm-folder": (
        "SoftHSM cannot keep its tokens in {folder}: the name holds a character that its settings cannot carry.",
        "Choose a folder whose name has no line break and no #.",
    ),
    "signers.softhsm-unwritable": (
        "The folder {folder} for SoftHSM's tokens cannot be written ({why}).",
        "Choose a folder that you own.",
    ),
    "H2.token-absent": (
        "The token {token} (serial {serial}) is not attached.",
        "Attach it and try again.",
    ),
    "H2.wrong-token": (
        "This is not the registered token {token}: serial {expected} is registered, {found} is attached.",
        "Attach the registered token. If it is this one that you were given, tell the desk before you type a PIN.",
    ),
    "H2.token-ambiguous": (
        "Two attached tokens both call themselves {token} with one and the same serial number.",
        _STOP,
    ),
    "H2.token-changed": (
        "The token {token} was exchanged for another while it was unlocked.",
        "Nothing was signed. Attach the registered token and unlock it again.",
    ),
    "H2.key-absent": (
        "The token {token} does not hold the registered key {key}.",
        "Attach the token that holds this key, or see in the roster which key is registered.",
    ),
    "H3.not-one-key": (
        "The token holds {found} private keys under the id {id}; there must be exactly one.",
        _MAKE_NEW,
    ),
    "H3.cannot-sign": ("The key with the id {id} may not sign.", _MAKE_NEW),
    "H3.attributes": (
        "The key {label} is not protected as it must be: {attributes}.",
        "It could leave the token or do more than sign, so it never signs here. " + _MAKE_NEW,
    ),
    "H4.digest-length": (
        "A digest of {length} bytes was about to be signed; a digest has 32.",
        "Nothing was sent to the token. Tell whoever maintains this console.",
    ),
    "H5.pin-incorrect": (
        "The token says that the PIN is wrong. It was tried once.",
        "Type it again with care: tokens lock after a few wrong PINs.",
    ),
    "H5.pin-form": (
        "The token does not take a PIN of this length or form.",
        "Choose 4 to 32 letters or digits, or what the token's maker prescribes.",
    ),
    "H5.pin-locked": (
        "The PIN of this token is locked.",
        "Nothing was tried. The token's security officer can set a new PIN.",
    ),
    "H5.pin-expired": (
        "The token wants a new PIN before it works.",
        "Change the PIN with the maker's own program, then try again.",
    ),
    "H5.final-try": (
        "One more wrong PIN locks the token {token}.",
        "Nothing was tried. Be sure of the PIN, and confirm that the last try may be used.",
    ),
    "H6.device-removed": ("The token was taken out while it worked.", _REPLUG),
    "H6.token-not-present": ("There is no token in the reader, or the reader cannot read it.", _REPLUG),
    "H6.session-ended": ("The token ended the session.", "Unlock it again. Nothing was signed."),
    "H6.device-error": ("The token reports a fault of its own.", _REPLUG),
    "H6.general-error": ("The token's driver reports a general failure.", _REPLUG),
    "H6.host-memory": ("The token's driver has no memory left.", "Close other programs and try again."),
    "H6.device-memory": (
        "The token has no room left.",
        "Use another token, or remove what it no longer needs with its maker's program.",
    ),
    "H6.function-failed": ("The token could not do what it was asked.", _REPLUG),
    "H6.not-logged-in": ("The token wants its PIN again.", "Unlock it again. Nothing was signed."),
    "H6.other": ("The token answered with an error that this console has no words for: {name}.", _REPLUG),
    "H7.length": (
        "The token answered with {length} bytes; a signature has 64.",
        "Nothing was kept. " + _STOP,
    ),
    "H7.range": ("The token's signature for the key {key} holds a number out of range.", "Nothing was kept. " + _STOP),
    "H7.not-verified": (
        "What the token gave as a signature of the key {key} is not one over what it was asked to sign.",
        "Nothing was kept. " + _STOP,
    ),
    "signers.locked": ("{token} is locked.", "Unlock it with its PIN."),
    "signers.token-silent": (
        "The token did not answer within {seconds} seconds, and its process was ended.",
        _REPLUG,
    ),
    "signers.token-process-ended": ("The token's process ended by itself.", _REPLUG),
    "signers.token-protocol": ("The token's process said what is no answer ({detail}); it was ended.", _REPLUG),
    "signers.token-fault": (
        "The token's process met something that nobody foresaw: {what}.",
        "Nothing was signed. Tell whoever maintains this console.",
    ),
    "signers.identity-key-digest": (
        "The key {key} stands for a person or an institution; it does not sign transactions.",
        "Use the vault's key.",
    ),
    "signers.vault-key-message": (
        "The key {key} guards a vault; it signs transactions and never a text.",
        "Use the identity key.",
    ),
    "signers.no-blank-token": (
        "There is no blank token to initialise.",
        "Attach one that was never written; a written token is not touched here.",
    ),
    "signers.several-blank-tokens": (
        "There are several blank tokens.",
        "Attach only the one that is to be initialised.",
    ),
    "signers.token-label": (
        "A token cannot be named {label}: a name has 1 to 32 bytes of visible text.",
        "Choose another name.",
    ),
    "signers.token-label-taken": ("There is a token named {label} already.", "Choose another name."),
    "signers.key-label-taken": ("The token holds a key named {label} already.", "Choose another name."),
    "signers.key-id-taken": ("The token holds a key with the id {id} already.", "Try again: the id is drawn anew."),
    "signers.ec-point": (
        "The token describes a {curve} key in a form that this console does not read ({length} bytes).",
        "Use a token that gives its public keys as PKCS#11 v2.40 prescribes.",
    ),
    "signers.uri-length": ("The token's address has {length} characters; that is too long.", _ADDRESS),
    "signers.uri-scheme": ("A token's address begins with pkcs11: and this one does not.", _ADDRESS),
    "signers.uri-syntax": ("Part {position} of the token's address is not of the form name=value.", _ADDRESS),
    "signers.uri-encoding": ("In the token's address, {attribute} has a % that no two hex digits follow.", _ADDRESS),
    "signers.uri-character": (
        "In the token's address, {attribute} holds a character that must be percent-encoded.",
        _ADDRESS,
    ),
    "signers.uri-pin": (
        "The token's address carries a PIN, or says where one lies.",
        "Remove it, and change the PIN: it has been written down. PINs are typed by a person.",
    ),
    "signers.uri-repeated": ("The token's address gives {attribute} twice.", _ADDRESS),
    "signers.uri-text": ("In the token's address, {attribute} is not UTF-8 text.", _ADDRESS),
    "signers.uri-type": ("The token's address names a type of object that does not exist.", _ADDRESS),
    "signers.uri-version": ("The token's address gives a library version that is none.", _ADDRESS),
    "signers.uri-slot": ("The token's address gives a slot number that is none.", _ADDRESS),
    "signers.uri-identity": (
        "The token's address does not say which token it is.",
        "Give its label, serial number and model: token=…;serial=…;model=….",
    ),
}
