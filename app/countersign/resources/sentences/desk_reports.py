"""Reports that an officer signed: what is wrong with one, and what holds."""

_NOTHING = "Nothing to do."
_KEEP = "Rely on nothing in this report; keep both files, and ask the desk for the report that was signed."
_AGAIN = "Ask the officer to make and sign the report again with a key that is in the roster."

SENTENCES: dict[str, tuple[str, str]] = {
    "desk.report-before-head": (
        "The report says it was made at {at}, before the newest entry that it tells of ({newest}).",
        _KEEP,
    ),
    "desk.report-contract": ("The settlement whose story it tells, {id}, stands in the log: {contract}.", _NOTHING),
    "desk.report-file": ("The file is the one that was signed: {bytes} bytes, SHA-256 {sha256}.", _NOTHING),
    "desk.report-future": (
        "The report says it was made at {at}, which is still to come.",
        "Check this machine's clock.",
    ),
    "desk.report-head": ("It tells the history as of the first {size} entries of this log, root {root}.", _NOTHING),
    "desk.report-head-ahead": (
        "The report tells the history as of {size} entries, and this profile knows {known}: its head cannot be judged here.",
        "Synchronise this profile with the desk, or take a profile that has replayed as far, and verify again.",
    ),
    "desk.report-key-withdrawn": (
        "The signature is good, but its key {key} of {officer} has been withdrawn since: it may have signed after that.",
        _AGAIN,
    ),
    "desk.report-other-desk": (
        "The report is of the desk {desk}; this profile is of {own}.",
        "Take that desk's profile.",
    ),
    "desk.report-other-file": (
        "The file is not the one that was signed: it has {bytes} bytes, the signed one {signed}, and another SHA-256.",
        _KEEP,
    ),
    "desk.report-other-head": (
        "The report's head of {size} entries is not of this officer's own history.",
        "Make the report again; if it happens again, verify everything on the Log screen.",
    ),
    "desk.report-other-officer": (
        "The report is signed with a key that is not the identity of {officer}: {key}.",
        _KEEP,
    ),
    "desk.report-other-root": (
        "Of its first {size} entries this log has another root than the report says: one of the two histories was altered.",
        "Keep both files as evidence, rely on nothing in the report, and compare heads with the desk's witnesses.",
    ),
    "desk.report-signed": ("Signed by {name} ({officer}) at {at} with the key {key}.", _NOTHING),
    "desk.report-signers": ("The report carries {count} signatures; one officer signs a report.", _KEEP),
    "desk.report-time": ("The time fits the log: {at}.", _NOTHING),
    "desk.report-unknown-contract": (
        "The settlement whose story it tells is in no log of {size} entries of this desk: {contract}.",
        _KEEP,
    ),
    "desk.report-unknown-key": (
        "The report is signed with a key that nobody had at {size} entries of this log: {key}.",
        _KEEP,
    ),
}
