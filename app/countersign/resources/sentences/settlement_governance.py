"""What is refused about the desk's own order (roster, the log's key, ceremonies), in an officer's words."""

_ADMINISTRATORS = "Ask the administrators; a change of the roster is signed by their threshold."

SENTENCES: dict[str, tuple[str, str]] = {
    "settlement.ceremony-alone": (
        "A ceremony of the kind {kind} was recorded by {present} alone.",
        "Hold it with a second officer, one of the two an administrator, and record it again.",
    ),
    "settlement.ceremony-present": (
        "The record says that {present} were present, but it is signed by {signed}.",
        "Let exactly those who were present sign the record.",
    ),
    "settlement.key-kept": (
        "The key {key} belongs to {holder} for ever, as a key of the kind {purpose}, also after it was withdrawn.",
        "Make a new key in the new holder's own token, and register that.",
    ),
    "settlement.key-withdrawn": (
        "The key {key} of {holder} was withdrawn from the roster; it signs nothing any more.",
        "Sign with the key that is registered now. If the token was lost, tell the administrators that it is in use.",
    ),
    "settlement.log-name": (
        "The new log key {log} does not bear the name of this desk's log, {desk}.",
        "Make a key of that name. Nothing has changed.",
    ),
    "settlement.log-used": (
        "The log key {log} is, or was before, this log's key.",
        "Make a fresh key. Nothing has changed.",
    ),
    "settlement.log-witness": (
        "The new log key {log} is over the key of a witness; nobody witnesses their own log.",
        "Make a fresh key. Nothing has changed.",
    ),
    "settlement.not-log-key": (
        "This is not a log's verifier key: an Ed25519 key with its name and its own short id is wanted.",
        "Copy the key as the log's operator gives it.",
    ),
    "settlement.not-phrase": (
        "This is not a phrase of twelve four-letter words.",
        "Write the twelve words in small letters, one space between two of them.",
    ),
    "settlement.stale": (
        "The entry {entry} was changed after this change was drafted; it would undo that unseen.",
        f"Draft the change again from the roster as it is now. {_ADMINISTRATORS}",
    ),
}
