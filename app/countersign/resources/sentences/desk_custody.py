"""What is said of accounts, statements, trade files and reconciliation."""

_FILE = "Correct the file where it is made, and give it again; docs/formats/trade-file.md says how it is written."

SENTENCES: dict[str, tuple[str, str]] = {
    "desk.account-form": (
        "An account is written as LEI/BOOK/ASSET, three parts with a slash between them.",
        "Write the participant's LEI, the book's id and the asset's CAIP-19 id, as the ledger lists them.",
    ),
    "desk.other-reconciliation": (
        "The desk's own comparison does not give the reconciliation {report}.",
        "Reconcile again from the log and the chains as they stand; if it still differs, tell the administrators.",
    ),
    "desk.report-passing": (
        "A break at {where} says that it goes away by itself, or that it does not, against its cause.",
        "Rely on nothing in that report; reconcile again.",
    ),
    "desk.trade-file-empty": ("The trade file has a header and no trade.", _FILE),
    "desk.trade-file-fields": ("Line {line} of the trade file has {found} fields instead of {expected}.", _FILE),
    "desk.trade-file-header": ("The trade file begins with “{found}” instead of “{expected}”.", _FILE),
    "desk.trade-file-participants": (
        "The trade file names {found} participants; one file is one participant's.",
        "Give one file for each participant.",
    ),
    "desk.trade-file-rows": (
        "The trade file has {found} trades; {limit} is the most.",
        "Split it, and give both parts.",
    ),
    "desk.trade-file-side": ("Line {line} of the trade file has “{found}” where deliver or receive belongs.", _FILE),
    "desk.trade-file-size": ("The trade file has {size} bytes; {limit} is the most.", "Split it, and give both parts."),
    "desk.trade-file-state": ("Line {line} of the trade file has the state “{found}”, which does not exist.", _FILE),
    "desk.trade-file-text": (
        "The trade file is not plain UTF-8 text whose lines all end alike, without quotes or a byte order mark.",
        _FILE,
    ),
    "desk.trade-file-twice": ("Line {line} of the trade file repeats line {other}, of contract {contract}.", _FILE),
    "desk.trade-file-value": ("Line {line} of the trade file does not parse ({why}).", _FILE),
    "settlement.reconciliation-again": (
        "This reconciliation is in the log already, at entry {index}.",
        "Nothing to do. Reconcile again when something has changed.",
    ),
    "settlement.reconciliation-ahead": (
        "The reconciliation claims to be made at {as_of} entries; the log had {size} when it arrived.",
        "Reconcile from the log as it stands.",
    ),
    "settlement.reconciliation-behind": (
        "The reconciliation was made at {as_of} entries, the last one in the log at {last}.",
        "Reconcile again from the newest log.",
    ),
    "desk.safe-waits": (
        "{vault} has an unexecuted instruction of {cycle} ({contracts}), prepared at {since}; it takes one at a time.",
        "Finish or void that settlement, then prepare this one.",
    ),
    "desk.span-order": (
        "The span begins on {first} and ends before it, on {last}.",
        "Give the earlier day first.",
    ),
}
