"""What is said of accounts, statements, trade files and reconciliation."""

SENTENCES: dict[str, tuple[str, str]] = {
    "desk.account-form": (
        "An account is written as LEI/BOOK/ASSET, three parts with a slash between them.",
        "Write the participant's LEI, the book's id and the asset's CAIP-19 id, as the ledger lists them.",
    ),
    "desk.span-order": (
        "The span begins on {first} and ends before it, on {last}.",
        "Give the earlier day first.",
    ),
}
