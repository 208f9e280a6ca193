"""What checking files, evidence packs and audits say: findings about the record itself, and files that do not parse."""

_ASK_AGAIN = "Ask whoever sent it for the file again."
_NOTHING = "Nothing to do."
_KEEP = "Keep this file as evidence, rely on nothing in it, and ask its sender for the one that was written."
_DESK = "Keep this as evidence and take it up with the desk: it should not have logged this."

SENTENCES: dict[str, tuple[str, str]] = {
    "desk.empty-file": ("The file is empty.", _ASK_AGAIN),
    "desk.unknown-file": (
        "The file is none of the kinds that can be checked.",
        "Give a contract, event, opening, proof, PSBT, Safe transaction, envelope, pack, extract, descriptors or BSMS record.",
    ),
    "desk.jwks-kid": (
        "The list of keys is not in its one spelling: ordered by thumbprint, each key with its own.",
        _ASK_AGAIN,
    ),
    "desk.extract-as-of": (
        "It shows the log as of {size} entries, cosigned at {at}. What was logged later is not in it.",
        "If that is long ago, ask the desk for a newer one.",
    ),
    "desk.extract-event": (
        "Entry {index} does not hold by itself under the roster in this file ({why}).",
        "Keep this as evidence. Ask the desk for the file anew; if it says the same, the desk should not have logged this.",
    ),
    "desk.extract-foreign": (
        "Entry {index} ({type}) is not for {lei} to read, as far as this file says whom it concerns.",
        "Take it up with the desk: the file holds what is somebody else's, or leaves out what this event rests on.",
    ),
    "desk.extract-signed": (
        "All {count} events are signed by whom their kinds need, with keys that the roster in this file registers.",
        _NOTHING,
    ),
    "desk.extract-theirs": ("Every event whose subject this file names is for {lei} to read.", _NOTHING),
    "desk.extract-too-large": (
        "{lei} may read {count} events; one extract holds {limit}.",
        "Nothing was written. Answer what the participant asks about settlement by settlement.",
    ),
    "desk.extract-unnamed": (
        "Of {count} events this file does not say whose they are: no release in it names their instructions.",
        "Compare their transactions with those that {lei} knows.",
    ),
    "desk.extract-unproven": (
        (
            "{count} of the log's {size} entries are here. That nothing else was for {lei} to read, and how settlements and "
            "balances stand, this file cannot show."
        ),
        "Compare it with your own records. An evidence pack shows how one settlement stands, an auditor's profile everything.",
    ),
    "desk.pack-artefact": ("The file {name} in the pack is not what its name says.", _KEEP),
    "desk.pack-checksum": ("The file {name} in the pack is damaged.", _ASK_AGAIN),
    "desk.pack-compressed": (
        "The file {name} in the pack is compressed; evidence packs are stored as they are, so that none can swell.",
        _ASK_AGAIN,
    ),
    "desk.pack-duplicate": ("The pack holds two files named {name}.", _KEEP),
    "desk.pack-encrypted": ("The file {name} in the pack is encrypted.", "Ask for the pack as it was written."),
    "desk.pack-form": ("The pack is a zip file, but not in the one form that evidence packs have.", _ASK_AGAIN),
    "desk.pack-hash": ("The file {name} in the pack is not the one that its manifest lists.", _KEEP),
    "desk.pack-index": ("The files of entry {index} in the pack name another entry.", _KEEP),
    "desk.pack-lacks": (
        "The settlement {id} names bytes with the hash {artefact} ({type}) that are not kept here.",
        "Make the pack from a profile that has them: the desk's own, or an officer's console that has taken everything in.",
    ),
    "desk.pack-left-out": (
        "The pack leaves out entry {index} ({type}), which belongs to its settlement: what it tells is not what happened.",
        "Do not rely on it. Keep it, ask whoever made it, and make a pack of your own from the profile.",
    ),
    "desk.pack-refused-here": (
        "It holds entry {index}, which the rules refused in this machine's own replay ({why}): it changed nothing.",
        "Do not rely on it. Keep it, ask whoever made it, and make a pack of your own from the profile.",
    ),
    "desk.pack-manifest": ("The pack's parts do not give its manifest again.", _KEEP),
    "desk.pack-missing": ("The pack has no {name}.", _ASK_AGAIN),
    "desk.pack-name": ("The pack holds a file with a name that is not allowed: {name}", _KEEP),
    "desk.pack-other-history": (
        "Its {where} is not what this machine's own log of {size} entries has there: somebody was shown another history.",
        "Do not rely on it. Keep both, and tell the auditor: the log signed two histories.",
    ),
    "desk.pack-other-head": ("The proof of entry {index} leads to another checkpoint than the pack's.", _KEEP),
    "desk.pack-too-large": ("The pack is too large: at most {limit} bytes are read.", _ASK_AGAIN),
    "desk.extract-known": (
        "Of the first {known} of {size} entries, which this machine has replayed itself, the rules accepted each that it holds.",
        _NOTHING,
    ),
    "desk.pack-whole": (
        "Of the first {known} of {size} entries, which this machine has replayed itself, the pack holds all that belong to it.",
        _NOTHING,
    ),
    "desk.pack-part": (
        (
            "The pack holds {count} of {size} entries. It cannot show that none was left out: a key withdrawn, an order that "
            "stopped it, a refusal."
        ),
        "Hold it against a profile that has followed the log (check --profile), or against a pack of somebody else's.",
    ),
    "desk.pack-truncated": ("The pack ends in the middle of a file.", _ASK_AGAIN),
    "desk.pack-unlisted": ("The pack holds the file {name}, which its manifest does not list.", _KEEP),
    "desk.pack-unsorted": ("The file {name} stands in the wrong place in the pack.", _ASK_AGAIN),
    "desk.output-missing": ("The file {name} is missing.", "Verify the whole directory as it was written."),
    "desk.audit-absent": ("The file {name} belongs to a finished settlement and is missing.", _KEEP),
    "desk.audit-accepted": ("Entry {index} is accepted by the rules on replay.", _NOTHING),
    "desk.audit-all-included": ("All {count} entries stand in the log of {size} entries.", _NOTHING),
    "desk.audit-artefact-gone": ("The bytes with the hash {artefact}, which the log names, are not here.", _KEEP),
    "desk.audit-artefact-missing": (
        "The bytes with the hash {artefact}, which the log names, are not here.",
        "Fetch them from the desk, then verify again.",
    ),
    "desk.audit-books-balance": (
        "The books balance: every asset's accounts sum to what came in less what left.",
        _NOTHING,
    ),
    "desk.audit-books-differ": ("The books do not balance.", _DESK),
    "desk.audit-differs": ("{name} is not what the rest of the files imply.", _KEEP),
    "desk.audit-fault": ("The desk logged entry {index}, which the rules refuse ({why}). It changed nothing.", _DESK),
    "desk.audit-finished": ("The shares finish into the transaction {transaction} that was broadcast.", _NOTHING),
    "desk.audit-roster": ("{name} stands in the roster and is not what it is said to be ({why}).", _DESK),
    "desk.audit-hash": ("The file {name} is not the one that result.json lists.", _KEEP),
    "desk.audit-hashes": ("All {count} files are as result.json lists them.", _NOTHING),
    "desk.audit-missing": ("The file {name}, which result.json lists, is missing.", _KEEP),
    "desk.audit-no-fault": ("The rules accept every one of {count} entries on replay.", _NOTHING),
    "desk.audit-no-instruction": ("The settlement has no instruction of the kind {kind}.", _KEEP),
    "desk.audit-not-a-refusal": ("Beside {name} lies an event of the type {type}, not a refusal.", _KEEP),
    "desk.audit-other-desk": ("The parts belong to different desks: {names}", _KEEP),
    "desk.audit-other-entry": ("Entry {index} as carried is not the entry of this log.", _KEEP),
    "desk.audit-other-finished": (
        "The transaction broadcast for the instruction {instruction} is not what its shares finish into.",
        _DESK,
    ),
    "desk.audit-other-trust": (
        "The keys used here are not those that you trust: {names}",
        "Rely on nothing here until the desk has explained it; compare the keys' twelve words by telephone.",
    ),
    "desk.audit-own-keys": ("The head of {desk} is signed by the keys that lie beside it.", _NOTHING),
    "desk.audit-refusal-carried": ("The answer carries no share but an event of the type {type}.", _NOTHING),
    "desk.audit-repeated-r": (
        "The signature of {officer}, logged at entry {index}, repeats the secret number of another: every reader knows that key.",
        "Have the administrators take that key out of every vault before anything else is signed; have the desk explain it.",
    ),
    "desk.audit-replayed": ("All {count} events replay; the settlement is {state}.", _NOTHING),
    "desk.audit-same": ("{name} is what the rest of the files imply.", _NOTHING),
    "desk.audit-same-trust": ("The keys used here are those that you trust: {names}", _NOTHING),
    "desk.audit-share": ("The share of {officer}, entry {index}, is whole and valid.", _NOTHING),
    "desk.audit-share-carried": ("The share of {officer} is whole and valid.", _NOTHING),
    "desk.audit-stray": ("The file {name} has no place among what a settlement leaves behind.", _KEEP),
    "desk.audit-stranger": ("No logged event registers the key {kid}.", _KEEP),
    "desk.audit-test-false": (
        "The test signature of {officer} for vault {vault}, logged at entry {index}, does not hold ({why}).",
        "Put nothing into that vault. Ask its cosigners whether they tried it; have the desk explain what was logged.",
    ),
    "desk.audit-test-stray": (
        "Entry {index} carries a test of vault {vault} by {officer}, who is no cosigner of a Bitcoin vault that it enters.",
        _DESK,
    ),
    "desk.audit-tested": ("{officer} tried vault {vault} before it was registered at entry {index}.", _NOTHING),
    "desk.audit-untested": (
        "UNTESTED: for vault {vault}, entry {index}, nothing shows that these can sign: {officers}. Reason given: {reason}",
        "Have them try it before much lies there: enrol the vault once more under its own id, over its own description.",
    ),
    "desk.audit-untried": (
        "Nothing shows that these can sign for vault {vault}, entered at entry {index}: {officers}. No reason was given.",
        "Put nothing into that vault. Ask its cosigners whether they can sign; have the desk explain what was logged.",
    ),
    "desk.audit-tile-missing": ("The log's file {name} is missing.", "Verify the whole directory as it was written."),
    "desk.audit-unnamed": ("No event of the pack names the bytes with the hash {artefact} that lie in it.", _KEEP),
    "desk.audit-unlisted": ("The file {name} is not listed in result.json.", _KEEP),
}
