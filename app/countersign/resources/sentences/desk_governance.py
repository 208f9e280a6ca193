"""What is refused of proposals, enrolment and ceremonies, in an officer's words."""

SENTENCES: dict[str, tuple[str, str]] = {
    "desk.no-order": (
        "No change of owners is under way at the Safe {vault}.",
        "Order one (`countersign officer owners`); two administrators approve it.",
    ),
    "desk.order-sent": (
        "The change {order} was executed already, by transaction {transaction}; its confirmations: {confirmations}.",
        "Log it with `countersign officer … owners-observe`, once more when it has the policy's confirmations.",
    ),
    "desk.owner-unknown": (
        "The key {key} is no owner of the Safe {vault}.",
        "Take one of the keys that the roster lists for it (`countersign roster show`).",
    ),
    "desk.owners-not-seen": (
        "The desk's own node does not list the ordered owners of the Safe {vault}, though {transaction} is in a block.",
        "Wait for the desk's node and observe again. If it stays so, tell the administrators.",
    ),
    "desk.owners-there": (
        "The Safe {vault} is as it was ordered, by the desk's own node, though {transaction} is in no block.",
        "Look for the transaction that executed it (`owners-observe`), and log that one.",
    ),
    "desk.nothing-proved": (
        "This profile has proved no head of its desk yet.",
        "Take in the desk's history first; then hand it over.",
    ),
    "desk.enrolment-words": (
        "The words that were read are not those of the file for {desk}; this machine trusts nobody new.",
        "Read them again, slowly. If they still differ, somebody gave you another desk's file: stop, and tell the desk.",
    ),
    "desk.desk-key": (
        "The key {key} is the desk's own; it is not withdrawn like a person's.",
        "Change the desk's keys in a ceremony, as the administrators' guide describes.",
    ),
    "desk.no-change-in-file": (
        "The file is neither a proposal nor a drafted change of roster or policy.",
        "Choose a .proposal file, a policy document, or lists of roster entries in JSON.",
    ),
    "desk.not-a-number": (
        "{text} is not a number that the policy can have for {name}.",
        "Give a whole number in digits; only caps may be left empty, which takes them away.",
    ),
    "desk.not-a-policy": (
        "The entry that adopted the policy could not be read as one.",
        "Verify the log, then try again.",
    ),
    "desk.no-such-entries": (
        "A change of the roster lists nothing called {name}.",
        "Use assets, participants, officers, vaults, destinations and administrators only.",
    ),
    "desk.not-a-proposal": (
        "An event of the type {type} is not passed round for signatures.",
        "What several people sign is proposed: changes of the desk's order, orders, awards, loans, releases, voids, replacements.",
    ),
    "desk.no-such-kind": (
        "There is no event of the type {type}.",
        "These are proposed: {kinds}.",
    ),
    "desk.proposal-empty": (
        "This proposal changes nothing: the roster or policy already says all of it.",
        "Look at what is in force, then propose what should differ.",
    ),
    "desk.proposal-incomplete": (
        "The proposal has {signed} of the {wanted} signatures that it needs.",
        "Hand it on to those whose signatures are missing.",
    ),
    "desk.proposal-logged": (
        "The proposal {id} is already in the log.",
        "Nothing more is to be done; take in the newest entries to see it.",
    ),
    "desk.proposal-not-yours": (
        "{officer} cannot sign this proposal ({type}).",
        "Hand it on to those whose signatures are missing: what they do and which roles they have decides it.",
    ),
    "desk.proposal-old": (
        "The proposal {id} was drafted {hours} hours ago, longer than a draft of its kind counts.",
        "Draft it again from what is in force now.",
    ),
    "desk.proposal-unseen": (
        "{type} is about transactions whose bytes cannot be read here.",
        "Sign it at your console, which reads them and tries them at its own nodes before it signs.",
    ),
    "desk.nothing-to-prepare": (
        "The cycle {cycle} lacks no bitcoin transaction.",
        "Nothing needs a second officer's consent; prepare the rest alone.",
    ),
    "desk.no-cycle": (
        "The contract {contract} is in no cycle.",
        "Wait until its cycle is closed and prepared; before that it is cancelled, not voided.",
    ),
    "desk.proposal-unknown": (
        "There is no open proposal {id} here.",
        "Take in its file again, or look among the log's entries: it may have been logged.",
    ),
    "desk.proposals-full": (
        "The list of open proposals is full: it would hold {count}.",
        "Withdraw those that nobody wants any more, then take this one in.",
    ),
    "desk.proposal-withdrawn": (
        "The proposal {id} was withdrawn on this console.",
        "If it is wanted after all, draft it again.",
    ),
}
