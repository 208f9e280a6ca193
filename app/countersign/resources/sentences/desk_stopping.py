"""What the desk says of disputes and awards that are brought to it, and what to do next."""

SENTENCES: dict[str, tuple[str, str]] = {
    "desk.not-a-dispute": (
        "The event is {type}; only a dispute's events are filed here.",
        "Bring the participant's dispute.opened, dispute.retracted or dispute.resolved event.",
    ),
    "desk.other-ruling": (
        "The award's terms bear the hash {expected}, the ruling's document has {found}.",
        "Put the ruling's own hash into the terms, or bring the document that they name.",
    ),
}
