"""What the use cases of the desk say: its log, its books, an officer's signature, a release."""

_AGAIN = "Try again; nothing was lost."
_ASK_DESK = "Ask the desk's administrators; keep this machine as it is until they answer."
_KEEP = "Rely on nothing that came with it, keep it as evidence, and tell the desk's administrators."
_ROSTER = "Compare the roster with what was meant; only the administrators change it."

SENTENCES: dict[str, tuple[str, str]] = {
    "D1.other-than-shown": (
        "What would be signed is not what stood on the screen when you confirmed it.",
        "Nothing was signed. Open the settlement again and read it anew; if it happens again, stop and tell security.",
    ),
    "desk.batch-too-large": (
        "The batch holds {found} items; at most {limit} are taken at once.",
        "Import it in parts.",
    ),
    "desk.batch-twice": (
        "{name} holds the same thing as {other}.",
        "Nothing is lost: the other copy is taken. Ask the sender why it came twice.",
    ),
    "desk.batch-joined": (
        "{name} holds another party's signature over the same terms as {other}.",
        "Nothing to do: both signatures count together, as {other}.",
    ),
    "desk.batch-conflict": (
        "{name} and {other} give different terms for {id}.",
        "Neither is filed. Ask the parties which of them they signed last, and import that one alone.",
    ),
    "desk.import-conflict": (
        "{id} already stands for the contract {other} here; this file holds the contract {contract}.",
        "It is not filed. If the terms changed, the parties agree a later version that replaces the other.",
    ),
    "desk.not-importable": (
        "This is a file of the kind {kind}; a batch takes contracts and participants' events.",
        "Take it out of the batch. `countersign check` says what it is worth.",
    ),
    "desk.no-such-settlement": (
        "No settlement here has the id or hash {id}.",
        "Check its spelling. A console holds only what its desk has logged and this machine has taken in.",
    ),
    "desk.a-cycle": (
        "{cycle} is a cycle, not a contract.",
        "See it with `countersign cycle {cycle}`; it names the contracts that it settles.",
    ),
    "desk.no-such-account": (
        "{owner} never had {symbol} in the book {book}.",
        "See every account with `countersign ledger`.",
    ),
    "desk.symbol-twice": (
        "{symbol} is the symbol of several assets here.",
        "Give the one that is meant by its id: {assets}.",
    ),
    "desk.several-versions": (
        "{count} versions of the contract {id} are here.",
        "Give the hash of the one that is meant, the latest stands last: {contracts}.",
    ),
    "desk.no-such-instruction": (
        "No instruction here has the hash {text}, or one that begins so, and no settlement of that name has any.",
        'Name the settlement, or give the hash after "Instruction" where `prepare` or `sign` shows it: 4 digits or more.',
    ),
    "desk.several-instructions": (
        "{text} stands for {count} instructions.",
        "Give the hash of the one that is meant, or enough of its first digits: {instructions}.",
    ),
    "S2.archive-differs": (
        "The events kept here do not lead to the head of {size} entries that this machine has pinned.",
        "Sign nothing here. Keep the profile as evidence and restore it from the desk in a new one.",
    ),
    "desk.archive-behind-head": (
        "The desk's archive holds {entries} entries and does not lead to the head of {size} entries it published last.",
        "Do not publish anything. Restore the newest archive: an older one would make the log lie.",
    ),
    "desk.artefact-differs": ("The bytes that came for {artefact} are other bytes.", _KEEP),
    "desk.atomic-together-refused": (
        "The chain {chain} would take each of the {count} Safes' transactions alone, and not all in one call: {reason}",
        "Release nothing. Find out why; send nothing one by one that should be all or none.",
    ),
    "desk.atomic-would-refuse": (
        "The chain {chain} would not take the one call for {count} Safes; by themselves these fail: {failing}",
        "Release nothing: nothing has moved. Find out why those fail; void the settlement if that does not change.",
    ),
    "desk.chain-would-refuse": (
        "The chain {chain} would not take the finished transaction: {reason}",
        "Release nothing. Find out why the chain refuses it; void the settlement if that does not change.",
    ),
    "desk.checks-forbid": (
        "Nothing was signed: {count} checks forbid it, the first is {check}.",
        "Read what each check expected and found, then refuse the request.",
    ),
    "desk.deposit-not-seen": (
        "The node does not see the deposit {reference} into {vault} as it was reported.",
        "Wait for its confirmations, or correct amount and reference.",
    ),
    "desk.deposit-from-custody": (
        "{reference} comes from {payer}, a vault of this custody: it is a delivery, not a deposit.",
        "Credit nothing: the ledger moves it when its settlement is final.",
    ),
    "desk.deposit-not-held": (
        (
            "{vault} holds {held} on its chain, less than the {credited} that is credited to its owner and the {amount} of "
            "{reference}."
        ),
        "Credit nothing. Compare the ledger with the chain first: something is credited already, or has left the vault.",
    ),
    "desk.deposit-reference": (
        "“{reference}” names no payment: a reference is 0x and 64 hex digits of the transaction, a colon, and a log's number.",
        "Look the transaction up: its own logs are counted from 0, and the one that paid the Safe is meant.",
    ),
    "desk.deposit-unconfirmed": (
        "The deposit {reference} has {confirmations} confirmations, fewer than the policy asks for.",
        "Wait for the chain, then credit it again.",
    ),
    "desk.drill-recipient": (
        "The drill's transaction pays that recipient {count} times, not once.",
        "Use a transaction that pays the recipient exactly once.",
    ),
    "desk.entries-ahead": (
        "Entry {index} claims a moment after the witnesses cosigned the head that holds it.",
        _ASK_DESK,
    ),
    "desk.entries-differ": (
        "The {entries} entries that came do not lead to the witnessed head of {size} entries.",
        _ASK_DESK,
    ),
    "desk.rate-above-policy": (
        "A fee of {rate} satoshis a virtual byte is above the policy's most, {most}.",
        "Choose {most} or less.",
    ),
    "desk.fee-never": (
        "The fee would be {fee} satoshis of {leaving} that leave: {percent} % or more, which the policy never admits.",
        "Choose a lower fee rate, or settle it together with more.",
    ),
    "desk.fee-wants-two": (
        "The fee would be {fee} satoshis of {leaving} that leave: {percent} % or more, which wants two officers.",
        "Choose a lower fee rate, or propose it with a second officer's consent.",
    ),
    "desk.no-fee-estimate": (
        "The node of {chain} has no fee estimate: it has seen too few transactions, or does not answer.",
        "Say a fee rate yourself.",
    ),
    "desk.fee-above-cap": (
        "The network fee that {vault} would bear, {fee} satoshis, is above the agreed {cap}.",
        "Prepare it with a lower fee rate.",
    ),
    "desk.finality-confirmations": ("Final once both chains have the agreed confirmations.", "Nothing to do."),
    "desk.finality-mutual": (
        "Final once both parties confirm delivery, or with the agreed confirmations.",
        "Nothing to do.",
    ),
    "desk.legal-text-absent": (
        "The legal text with the hash {sha256} is not at hand.",
        "Ask the parties for the file that they signed, and take it in: it is recognised by its hash.",
    ),
    "desk.legal-text-kind": (
        "The legal text is neither a PDF nor plain text in UTF-8, or it is larger than this console shows.",
        "Do not rely on what you have not read. Ask the parties for a contract whose text is a PDF or plain text.",
    ),
    "desk.legal-text-size": (
        "The file has {size} bytes; a legal text has at most {limit}.",
        "Check that it is the right file.",
    ),
    "desk.legal-text-unknown": (
        "This file is no contract's legal text: no contract in the log names its hash {sha256}.",
        "Nothing was kept. Ask the parties for the very file that they signed; a file that was saved anew has another hash.",
    ),
    "desk.no-anchor": ("This profile trusts no desk yet.", "Enrol it with a desk first."),
    "desk.no-checkpoint": (
        "The desk has not published a head yet.",
        "See that its witnesses run and follow the log's key, then try again.",
    ),
    "desk.change-promised": (
        "The change of vault {vault} would go to {place}, which another instruction pays or spends from already.",
        "Prepare it again: it then gets a place of its own.",
    ),
    "desk.coin-not-there": (
        "The desk's node sees the coin {outpoint} with {confirmations} confirmations; an instruction spends it with {needed}.",
        "Prepare again over coins that lie in the vault. If nobody spent it, ask who prepared this where it came from.",
    ),
    "desk.no-free-slot": (
        "The vault {vault} has no address left that no instruction has used and whose keys still count.",
        "Register new slots for it, then prepare again.",
    ),
    "desk.no-instruction": (
        "This settlement has no instruction of the kind {kind}.",
        "Choose the settlement that the file belongs to.",
    ),
    "desk.no-key": ("The token {token} holds no key named {label}.", "Use the token that was registered for it."),
    "desk.node-silent": (
        "No node that answers follows the chain {chain}. When they were opened, these did not answer: {nodes}.",
        "See that the node runs and that this machine reaches it; then start this again.",
    ),
    "desk.no-node": (
        "No node of the chain {chain} is followed here.",
        "Connect one (for a workstation's desk: `countersign desk nodes`), then try again.",
    ),
    "desk.no-quorum": (
        (
            "The event is logged, but too few witnesses cosigned the new head, so it counts for nobody yet ({why}). Without "
            "a signature: {witnesses}."
        ),
        "Wait until the witnesses answer; do not send the event again. A witness must also follow the log's key.",
    ),
    "desk.token-unprobed": (
        "Nobody here can ask what the token {symbol} ({asset}) does: no node of {chain} is followed. It is not admitted.",
        "Connect a node of that chain (`countersign desk nodes`), then log the change again.",
    ),
    "desk.safe-unread": (
        "Nobody here can read the Safe {safe} of {vault}: no node of {chain} is followed.",
        "Nothing in it is entered or credited. Connect a node of that chain (`countersign desk nodes`), then log it again.",
    ),
    "desk.safe-differs": (
        "The Safe of {vault} is not as it is registered: {part} expected {expected}, found {found}.",
        "Have nobody pay into it. Ask the administrators who made this Safe, and compare it with its owners.",
    ),
    "desk.safe-keeps-more": (
        "The Safe {safe} of {vault} keeps an owner, a module or an approval that no answer of it shows: somebody may act for it.",
        "Have nobody pay into it. Make a new Safe with a setup that runs no other code, and register that one.",
    ),
    "desk.unconfirmed": (
        "Too few witnesses confirm the log as it lies here, so nothing was logged ({why}). Without a signature: {witnesses}.",
        "See that the witnesses run, follow this log's key and can be reached; then do the same again.",
    ),
    "desk.clock-differs": (
        "This machine's clock says {here} and the witnesses' say {there}: no head counts while they differ.",
        "Set the clock that is wrong, then do the same again.",
    ),
    "desk.witness-ahead": (
        "The witness {witness} knows this log with {size} entries; the desk's folder holds {entries}.",
        "The folder is older than its log, perhaps from a backup. Restore the newest one; log nothing with this one.",
    ),
    "desk.policy-witnesses": (
        "The policy counts {quorum} witnesses, and the desk asks too few of them; it does not ask: {unknown}.",
        "Correct the policy, or have those witnesses asked first (`countersign desk witness`). Nothing was logged.",
    ),
    "desk.no-atomic-contract": (
        "On {chain} the released MultiSendCallOnly does not stand at {contract}: no one call can execute several Safes.",
        "They go out one after the other. That all of them do is the desk's discipline, not the chain's.",
    ),
    "desk.not-a-safe": ("The vault {vault} is not a Safe.", _ROSTER),
    "desk.not-a-slot-vault": ("The vault {vault} is not a Bitcoin vault with slots.", _ROSTER),
    "desk.not-an-owner": (
        "{officer} holds no registered key of the vaults that pay here.",
        "Ask an officer who owns one to sign.",
    ),
    "desk.not-released": (
        "The cycle {cycle} is not released, so nothing of it may be sent.",
        "Let maker and checker release it first.",
    ),
    "desk.not-your-release": (
        "This is no release that names {checker} as its checker.",
        "Give it to the person it names, or make a new release.",
    ),
    "desk.nothing-pinned": ("This machine has taken in no head of the log yet.", "Connect it to the desk once."),
    "desk.nothing-to-refuse": (
        "Every check passes, so there is nothing that the checks refuse.",
        "Refuse the settlement itself, with your reason, if you do not want to sign.",
    ),
    "desk.officer-refuses": ("The officer refuses: {reason}", "Talk to the officer before anything else."),
    "desk.log-key-absent": (
        "The log's key in force is {log}, and this desk does not hold it.",
        "Give the desk that key, then try again. Without it no head of this log can be signed.",
    ),
    "desk.other-fee": (
        "The fees reported for the transaction {transaction} are not what its bytes say.",
        "Observe it again with a node of your own.",
    ),
    "desk.other-log": (
        "The log names another key than the one of {enrolled} that this machine was enrolled with.",
        _ASK_DESK,
    ),
    "desk.other-transaction": ("The bytes given for the transaction {transaction} are another transaction.", _KEEP),
    "desk.transaction-not-seen": (
        "The desk's own node does not see the transaction {transaction} as it was reported.",
        "Wait for the chain, then report it again.",
    ),
}
