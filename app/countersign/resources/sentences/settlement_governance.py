"""What is refused about the desk's own order (roster, the log's key, ceremonies), in an officer's words."""

_ADMINISTRATORS = "Ask the administrators; a change of the roster is signed by their threshold."

SENTENCES: dict[str, tuple[str, str]] = {
    "C5.orderer-signs": (
        "{officer} ordered this change of owners and may not sign it.",
        "Another owner of the Safe must sign.",
    ),
    "settlement.ceremony-alone": (
        "A ceremony of the kind {kind} was recorded by {present} alone.",
        "Hold it with a second officer, one of the two an administrator, and record it again.",
    ),
    "settlement.ceremony-present": (
        "The record says that {present} were present, but it is signed by {signed}.",
        "Let exactly those who were present sign the record.",
    ),
    "settlement.entry-twice": (
        "The change names the entry {entry} twice: one of the two would be read, and the other would count.",
        f"Draft the change again with each entry once. {_ADMINISTRATORS}",
    ),
    "settlement.key-kept": (
        "The key {key} belongs to {holder} for ever, as a key of the kind {purpose}, also after it was withdrawn.",
        "Make a new key in the new holder's own token, and register that.",
    ),
    "settlement.key-opposite": (
        "The key {key} is the opposite of the key {other} of {holder}: whoever has the secret of one has that of the other.",
        "Make a new key in a token of its own, and register that.",
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
    "settlement.owners-by-order": (
        "The owners or the threshold of the Safe {vault} differ from those that its chain has.",
        "Order the change of owners (`countersign officer owners`): the roster follows when the Safe has executed it.",
    ),
    "settlement.owners-done": (
        "The order {instruction} has taken effect; nothing more is signed or sent for it.",
        "Nothing is to be done. For another change, order it.",
    ),
    "settlement.owners-not-safe": (
        "The vault {vault} is no Safe: its owners cannot be changed.",
        "Give new keys a new slot, or a new vault.",
    ),
    "settlement.owners-one-call": (
        "This changes more of the Safe {vault} than one call can: {gone} owners go, {new} come.",
        "Order one change after another: one owner in, out or exchanged, or another threshold.",
    ),
    "settlement.owners-unreachable": (
        "Of the owners that the Safe {vault} would have, {live} have keys that still count; {threshold} must sign.",
        "Exchange an owner whose key was withdrawn instead, or want fewer signatures.",
    ),
    "settlement.owners-same": (
        "The Safe {vault} has these owners and this threshold already.",
        "Nothing is to be done.",
    ),
    "settlement.stale": (
        "The entry {entry} was changed after this change was drafted; it would undo that unseen.",
        f"Draft the change again from the roster as it is now. {_ADMINISTRATORS}",
    ),
}
