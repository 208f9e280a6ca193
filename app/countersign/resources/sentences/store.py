"""What is said when the store refuses: the file (S1), the journal and its pin (S2, L6), promises already made (B12,
E8)."""

_KEEP = "Nothing was changed. Keep the whole profile folder as it is, "
_RESTORE = _KEEP + "restore the newest backup into another folder, and have the administrator look at this one."
_OTHER_DISK = "Nothing that was confirmed is lost. Make room or mend the disk, then try again."
_BUG = "This is a mistake in this program: report it."
_NEVER_TWICE = (
    "Do not sign it elsewhere. If the first one shall be replaced or voided, prepare that as a declared replacement or "
    "void, which two officers approve."
)

SENTENCES: dict[str, tuple[str, str]] = {
    "B12.promised": (
        "A coin of this transaction was already promised to transaction {signed} of settlement {settlement} here.",
        _NEVER_TWICE,
    ),
    "E8.promised": (
        "This Safe's nonce was already promised to transaction {signed} of settlement {settlement} here.",
        _NEVER_TWICE,
    ),
    "C3.bound-otherwise": (
        "Settlement {settlement}, version {version}, is known here with another contract: {known}.",
        "Ask the sender for a new id or version. Sign neither until both parties say which one they agreed.",
    ),
    "C3.id-closed": (
        "Settlement {settlement} is closed here ({state}) and never signs again.",
        "A late or repeated message changes nothing. For a new trade, ask for a new id.",
    ),
    "H8.repeated-r": (
        "The key {key} signed twice with one secret number: it must be taken as known to others and is stopped.",
        "Call the administrators now: take the key out of every vault before anything else is signed.",
    ),
    "H8.key-stopped": (
        "The key {key} is stopped, because it once signed twice with one secret number.",
        "Sign with another officer's key and have the administrators replace this one.",
    ),
    "L4.signing-frozen": (
        "Signing is frozen on this machine: the log showed two different histories (evidence {evidence}).",
        "Export the evidence and call the auditor. Signing begins again only with a new profile.",
    ),
    "L6.behind-pin": (
        "The store ends at entry {found}, but {pinned} was confirmed: an older file is there, or its WAL is gone.",
        _KEEP + "put back the newest store.db together with its store.db-wal, or restore the newest backup elsewhere.",
    ),
    "L6.other-history": (
        "Entry {entry} of the journal is not the one that was confirmed outside the store.",
        _RESTORE,
    ),
    "L6.log-behind-pin": (
        "The store knows the audit log only up to {found} entries, but {pinned} were already relied on.",
        _RESTORE,
    ),
    "L6.moved": (
        "The relied-on head of the audit log moved to {size} entries meanwhile; this older step was not written.",
        "Nothing is wrong: the check is made again from the newer head.",
    ),
    "L6.pin-back": (
        "The audit log's head with {size} entries is older than the one already relied on ({pinned}).",
        "Do not sign. Compare the log's heads with the other officers; if they differ, call the auditor.",
    ),
    "L6.pin-other-root": (
        "The audit log shows another history of its first {size} entries than the one already relied on.",
        "Do not sign anything. Keep both heads as evidence and call the auditor.",
    ),
    "L6.pin-file": (
        "The file pin.json, which guards the store from outside, cannot be read as what it should be.",
        _KEEP + "and put back the newest pin.json from the backup, or restore the whole profile elsewhere.",
    ),
    "L6.pin-missing": (
        "The file {file}, which guards the store from outside, is missing.",
        _KEEP + "and put the file back: without it nobody can tell whether the store is the newest one.",
    ),
    "L6.other-store": (
        "The files in {profile} belong to two different stores.",
        _KEEP + "and put back the files that belong together.",
    ),
    "L7.two-heads": (
        "Two different histories of the audit log's first {size} entries were shown to us.",
        "Do not sign anything. Keep both as evidence and call the auditor.",
    ),
    "S1.damaged": (
        "Page {page} of {file} was changed or damaged: it does not carry its seal.",
        _RESTORE,
    ),
    "S1.damaged-in-use": (
        "The file {file} stopped being readable while it was in use ({reason}).",
        "Stop working with it and restart: it is examined at the next start. Keep the folder as it is.",
    ),
    "S1.truncated": ("The file {file} ends too early, at page {page}.", _RESTORE),
    "S1.inconsistent": (
        "The pages of {file} do not fit together: some are missing or from another time.",
        _RESTORE,
    ),
    "S1.wal-damaged": (
        "The file beside {file} that holds its newest changes is damaged before entry {pinned}, which was confirmed.",
        _RESTORE,
    ),
    "S1.wrong-key": (
        "The key does not belong to the store in {profile}.",
        "Use the key file that was made with this store; nothing was changed.",
    ),
    "S1.pragma-refused": (
        "The database would not accept a safety setting: {pragma} is {found} and must be {expected}.",
        "The installed SQLCipher is not the one this program needs. Install it again from its locked list.",
    ),
    "S1.read-only": (
        "The store {file} is open for reading only.",
        "An auditor's profile is never changed. Work in your own profile.",
    ),
    "S1.second-console": (
        "Another console has the profile {profile} open.",
        "Close the other console, or work there. One store serves one console.",
    ),
    "S2.journal-altered": (
        "Entry {entry} of the journal was altered, dropped or moved.",
        _RESTORE,
    ),
    "S2.archive-incomplete": (
        "The store {file} holds fewer or other events and files than its journal counted.",
        _RESTORE,
    ),
    "T1.number-taken": (
        "Message {sequence} of session {session} was already received with other contents.",
        "Refuse it and ask the sender by telephone what was sent twice.",
    ),
    "T1.number-not-next": (
        "Message {sequence} of session {session} came, but {expected} is next.",
        "Bring the missing message first, or begin a new session.",
    ),
    "T1.other-answer": (
        "The request {envelope} was already answered otherwise.",
        "Hand out the recorded answer again; nothing new is signed.",
    ),
    "store.already-answered": (
        "This key has already signed the digest {digest}, and that signature is on record.",
        "The recorded signature is used again; the new one is dropped.",
    ),
    "store.artefact-altered": (
        "The kept file {sha256} no longer has the contents of its name.",
        "It is not used. Fetch it again from the desk or from another console.",
    ),
    "store.disk": ("The file {file} could not be read or written ({reason}).", _OTHER_DISK),
    "store.key-length": ("A store key has 32 bytes, not {length}.", "Use the key file that was made with this store."),
    "store.missing-file": ("The file {file} is not here.", "Put it back, or choose the right folder."),
    "store.newer": (
        "The store was made by a newer program (step {found}; this one knows {known}).",
        "Install the newer program. This one does not touch what it does not know.",
    ),
    "store.no-artefact": (
        "The file with SHA-256 {sha256} is not in this store.",
        "Fetch it from the desk or have it sent again.",
    ),
    "store.no-event": ("The event {event} is not in this store.", "Fetch the log's newest entries and try again."),
    "store.no-intent": ("A signature over {digest} came that this machine never set out to make.", _BUG),
    "store.no-profile": (
        "There is no profile in {profile}.",
        "Choose the folder that holds profile.json, or make a new profile.",
    ),
    "store.no-record": (
        "Entry {index} of the log is not in this store.",
        "Fetch the log's newest entries. Entries you may not read are never here.",
    ),
    "store.other-record": (
        "Entry {index} of the log is already here with other contents.",
        "Do not sign. Keep both and call the auditor: the log or its messenger changed an entry.",
    ),
    "store.other-tile": (
        "The log's file {path} is already there with other contents.",
        "The log is not continued. Keep the folder as it is and have the desk's operator look at it.",
    ),
    "store.passphrase-needed": ("The profile {profile} opens only with its passphrase.", "Give the passphrase."),
    "store.profile-exists": (
        "There is already something in {profile}; nothing was overwritten.",
        "Choose an empty or new folder.",
    ),
    "store.profile-form": (
        "The profile {profile} is described by a file that cannot be read as what it should be.",
        _KEEP + "and put back profile.json and the key file from the backup.",
    ),
    "store.read-only-log": ("The log's folder is open for reading only.", _BUG),
    "store.record-form": ("The record for log entry {index} has a wrong index, time or salt.", _BUG),
    "store.short-passphrase": (
        "The passphrase is too short: {least} characters are the least.",
        "Choose a longer one; several words are easy to remember.",
    ),
    "store.tile-path": ("{path} is not a name of the log's files.", _BUG),
    "store.no-station": (
        "{folder} is not the folder of a desk.",
        "Give the folder that `countersign desk make` made. If making it was interrupted, make it again.",
    ),
    "store.station-exists": (
        "There is already something in {folder}; nothing was overwritten.",
        "Choose an empty or new folder for the desk. One that was made and never founded may be removed first.",
    ),
    "store.unfinished": (
        "The auditor's profile {profile} was never finished.",
        "Have it made again; an unfinished one proves nothing.",
    ),
    "store.witness-exists": (
        "Something stands in {folder} already; a witness is made in a folder of its own.",
        "Give the name of a folder that is new or empty.",
    ),
    "store.no-witness": (
        "There is no witness in {folder}.",
        "Check the path, or make one there with `countersign witness init`.",
    ),
    "store.witness-form": (
        "The file witness.json in {folder} is not in its one permitted form.",
        "Restore it from its backup.",
    ),
    "store.witness-running": (
        "Another server runs the witness of {folder} already.",
        "Stop the other server first. One witness has one memory, and one server.",
    ),
    "store.witness-heads-lost": (
        "What the witness of {folder} remembers (heads.json) is gone; started anew it could sign a second history.",
        "Put that very file back, never an older copy. If it is lost, make another witness under a new name.",
    ),
    "store.witness-heads-damaged": (
        "What the witness of {folder} remembers (heads.json) was damaged or altered, so it does not start.",
        "Look for the cause. If it cannot be mended, retire this witness and make another under a new name.",
    ),
    "store.witness-other-key": (
        "The key in {folder} is not the one that its witness.json names.",
        "Restore both files from the same backup.",
    ),
}
