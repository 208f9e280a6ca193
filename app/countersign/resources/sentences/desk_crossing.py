"""What is said of crossings to a cold vault, of its console and of enrolment."""

_ASK_AGAIN = "Nothing was signed. Ask the online machine for a new request and carry it here."
_STRANGER = "Nothing was logged. Do not act on it. Ask the vault operator, by another channel, what was sent."

SENTENCES: dict[str, tuple[str, str]] = {
    "desk.frames-missing": (
        "The {pictures} pictures do not hold the whole message; {unread} of them could not be read.",
        "Show the code on the other machine again and take more pictures, or carry the message by USB.",
    ),
    "desk.not-agreed": (
        "Contract {contract} is not signed by both parties in the log.",
        "Wait until the other side has affirmed it.",
    ),
    "desk.nothing-to-carry": (
        "There is nothing to carry to “{recipient}” for instruction {instruction}.",
        "Choose a vault operator with a key of this vault on a cold machine who has neither signed nor refused yet.",
    ),
    "desk.log-rotated": (
        "The log's key changed at entry {index}, which {recipient}'s machine does not hold yet; it cannot follow that by QR.",
        "Carry the request by USB: the whole history shows the machine who changed the key.",
    ),
    "desk.recipient-unknown": (
        "This machine does not know which part of the log {recipient}'s machine holds.",
        "Carry the request by USB, or enter the head with which that machine was enrolled.",
    ),
    "desk.behind-recipient": (
        "{recipient}'s machine has seen {theirs} entries of the log; this machine holds {ours}.",
        "Synchronise this machine with the desk, then make the request again.",
    ),
    "desk.too-large-for-qr": (
        "The request over {contracts} contracts has {size} bytes; a QR crossing carries at most {limit}.",
        "Carry it by USB: the same request goes onto a stick whole.",
    ),
    "desk.only-by-usb": (
        "This leg was prepared before, and what became of that cannot be shown to the other machine by QR.",
        "Carry this one by USB: the whole history goes with it.",
    ),
    "desk.too-large-for-usb": (
        "The request over {contracts} contracts has {size} bytes with all that was logged since; a stick carries {limit}.",
        "Carry to the cold vault more often, and let the administrators lower the policy's bound on cold contracts.",
    ),
    "desk.not-our-request": (
        "This answers a request that was not sent from this machine ({request}).",
        "Take it to the machine that sent the request.",
    ),
    "desk.answer-differs": ("The answer does not fit the request: its {what} is another.", _STRANGER),
    "desk.events-missing": (
        "The request leaves out entry {index} of the log; this machine needs {start} to {size} without a gap.",
        _ASK_AGAIN,
    ),
    "desk.not-attestation": (
        "What was given to attest is an event of the type {type}.",
        "Nothing was signed. Give the half that the other officer's console wrote.",
    ),
    "desk.attested-ahead": (
        "The attestation rests on a log of {size} entries; this console has {here}.",
        "Take in the newest entries, then attest.",
    ),
    "desk.attested-root": (
        "The attestation rests on another history: its log of {size} entries is not the one that this console replayed.",
        "Nothing was signed. Keep the file as evidence, and tell the auditor: somebody was shown another history.",
    ),
    "desk.attested-chain": (
        "On {chain} this console's own node does not say of the Safes what is attested of them at block {number}.",
        "Do not sign. See which of the two nodes follows another chain, and tell the administrators.",
    ),
    "desk.attested-differs": (
        "This console finds something else than what is attested of {cycle} at {size} entries.",
        "Nothing was signed. Attest again, from the newest entries; if it differs again, tell the auditor.",
    ),
    "desk.request-differs": (
        "The request contradicts itself: its {what} is not what its own log entries say.",
        "Nothing was signed. Do not act on it. Ask the sender, by another channel, what was sent.",
    ),
    "desk.no-request": ("No request is open.", "Scan a request or insert the drive that holds one."),
    "desk.no-answer": ("The open request is not answered yet.", "Sign it or refuse it first."),
    "desk.answered-already": (
        "The request {request} was answered before. An answer is never replaced.",
        "Show or write the recorded answer again.",
    ),
    "desk.enrolled-otherwise": (
        "This profile already trusts {desk} with other keys, and has followed its log.",
        "Make a new profile to enrol with other keys. Nothing was changed here.",
    ),
}
