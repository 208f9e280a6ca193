"""What is said of envelopes, UR texts and scans: T1, T3, and the air gap's own codes."""

_SHOW_AGAIN = "Nothing was taken over. Have the other machine show the code again from its beginning."
_MEND = "Nothing was taken over. Ask the sender to make the file again with a current version of this program."
_STRANGER = "Do not act on it. Ask the sender, by another channel, what was sent and from which machine."

SENTENCES: dict[str, tuple[str, str]] = {
    "T1.desk": ("This message belongs to another desk: {found}, not {expected}.", _STRANGER),
    "T1.recipient": (
        "This message is for {found}; this machine is {expected}.",
        "Take it to the machine that it is meant for.",
    ),
    "T1.sender": ("The sender {found} is not in this desk's roster.", _STRANGER),
    "T1.sender-key": ("The message names {sender} as its sender, but the key {kid} is not that officer's.", _STRANGER),
    "T1.unknown-key": ("The message is signed with a key that nobody here has registered: {kid}.", _STRANGER),
    "T1.signature": ("The signature by {kid} does not fit this message: it was altered, or never signed.", _STRANGER),
    "T1.sequence-reused": (
        "{sender} has already sent another message under number {sequence}. This one is refused.",
        _STRANGER,
    ),
    "T1.sequence": (
        "The message from {sender} has number {found}; number {expected} is next.",
        "Take over the message with number {expected} first, or ask the sender to begin a new session.",
    ),
    "T1.answered": (
        "The request {request} was answered before. An answer is never replaced.",
        "Show the recorded answer again.",
    ),
    "T3.empty": ("The code holds nothing.", _SHOW_AGAIN),
    "T3.byteword": ("The code holds letters that belong to no word: {found}.", _SHOW_AGAIN),
    "T3.checksum": ("The code's checksum is wrong: it was read or typed wrongly.", _SHOW_AGAIN),
    "T3.text-limit": ("The text has {found} characters; at most {limit} are read.", "Carry it by USB instead."),
    "T3.ur-form": (
        "This is not a UR text.",
        "Show the code on the other machine's Carry screen, or paste its whole text.",
    ),
    "T3.type": (
        "The code carries “{found}”, which is not read here.",
        "Show a Countersign message or a PSBT.",
    ),
    "T3.sequence": ("The part calls itself {found} outside and {expected} inside.", _SHOW_AGAIN),
    "T3.part-form": ("A part of the animated code is not built as it must be.", _SHOW_AGAIN),
    "T3.seq-len": (
        "The code claims {found} parts; at most {limit} are allowed.",
        "Do not scan it again. If it is your own large message, carry it by USB.",
    ),
    "T3.seq-num": ("The part has the impossible number {found}.", _SHOW_AGAIN),
    "T3.message-len": (
        "The message has {found} bytes; a code carries 1 to {limit}.",
        "Carry it by USB instead.",
    ),
    "T3.fragment-len": ("The part holds {found} bytes where {expected} belong.", _SHOW_AGAIN),
    "T3.mixed-messages": (
        "This part belongs to another message (checksum {found} instead of {expected}). It was left out.",
        "Go on scanning the first code; to read the other one, begin a new scan.",
    ),
    "T3.mixed-types": (
        "This part is of another kind ({found} instead of {expected}). It was left out.",
        "Go on scanning the first code; to read the other one, begin a new scan.",
    ),
    "T3.part-contradicts": ("Part {part} contradicts the parts before it. It was left out.", _SHOW_AGAIN),
    "T3.message-checksum": (
        "All parts arrived, but together they do not give the message that was announced.",
        _SHOW_AGAIN,
    ),
    "T3.timeout": ("The scan took longer than {seconds} seconds.", "Begin the scan again; nothing was lost."),
    "T3.psbt-form": ("The code does not hold a PSBT.", "Export the PSBT again from the program that made it."),
    "airgap.key-missing": ("The message lacks “{key}” in {where}.", _MEND),
    "airgap.key-unknown": ("The message holds the unknown entry “{key}” in {where}.", _MEND),
    "airgap.member": ("The message's {where} is not {expected}.", _MEND),
    "airgap.order": ("The entries of the message's {where} are out of order or repeated.", _MEND),
    "airgap.kind": (
        "The message is of the kind “{found}”; expected: {expected}.",
        "Choose the other file, where both lie beside each other; else ask the sender to make it again.",
    ),
    "airgap.event-absent": ("The message points to log entry {index} but does not carry it.", _MEND),
}
