"""What the settlement machine refuses, and what to do next, in an officer's words."""

_ROSTER = "Check the name in the roster; a change of the roster is signed by the administrators."
_DESK = "Nothing was changed. If the desk logged it, tell the desk operator: it should have been refused there."

SENTENCES: dict[str, tuple[str, str]] = {
    "settlement.excerpt-event": (
        "The request carries log entry {index} of the type {type}, which does not cross by QR.",
        "Nothing was taken in. Carry the request by USB, with the whole history.",
    ),
    "settlement.excerpt-nonce": (
        "The Safe {vault} has already executed number {executed}; number {nonce} cannot follow.",
        "Nothing was signed. Ask operations to prepare the instruction again.",
    ),
    "B12.outpoint-taken": (
        "The coin {outpoint} is already spent by instruction {instruction}.",
        "Prepare the instruction again with other coins of the vault.",
    ),
    "C3.id-taken": (
        "Contract id {id}, version {version}, already stands for another contract ({contract}).",
        "Refuse this copy. Ask the parties which one they mean; a new contract needs a new id.",
    ),
    "C4.expired": (
        "The time to settle contract {contract} has passed.",
        "The parties agree a new contract, or cancel this one together.",
    ),
    "C4.too-early": (
        "Contract {contract} may not be settled yet.",
        "Wait until its not-before time.",
    ),
    "C4.request-expired": (
        "The request to sign instruction {instruction} is older than the policy allows.",
        "Ask operations to prepare the instruction again.",
    ),
    "C5.preparer-signs": (
        "{officer} prepared an instruction of this settlement and may not sign in it.",
        "Another officer of the vault must sign.",
    ),
    "E8.nonce": (
        "The Safe {vault} expects nonce {expected}, the instruction has {nonce}.",
        "Prepare the instruction again with the next nonce.",
    ),
    "settlement.administrators-threshold": (
        "{threshold} administrators would be needed, but only {able} of those named hold a key to sign with.",
        "Name enough administrators with identity keys.",
    ),
    "settlement.amendment": (
        (
            "Contract {id}, version {version}, does not amend the contract that it says it replaces: that one has another id, "
            "other parties, or a version that is not earlier."
        ),
        "Name the live version's hash in `replaces`, keep its id and parties, and count the version up.",
    ),
    "settlement.author-time": (
        "Event {id} was dated {seconds} seconds away from the moment it reached the desk: further than its kind may be.",
        "Check this machine's clock, then make the event again.",
    ),
    "settlement.broadcast-already": (
        "Instruction {instruction} was already broadcast as transaction {transaction}.",
        "Look at the transaction that was broadcast; nothing else is to be sent.",
    ),
    "settlement.called-off": (
        "Cycle {cycle} was called off before anybody signed; nothing of it counts any more.",
        "Go on in the cycle in which its contracts settle now, if there is one.",
    ),
    "settlement.cancel-both": (
        "Contract {contract} can only be cancelled by both parties together.",
        "Let the other party sign the same cancellation.",
    ),
    "settlement.coin-unconfirmed": (
        "The coin {outpoint} has {confirmations} confirmations of the {needed} that the policy asks for.",
        "Wait for more blocks, or use other coins.",
    ),
    "settlement.confirmed-already": (
        "{lei} has already confirmed delivery of contract {contract}.",
        "Nothing more is needed from this party.",
    ),
    "settlement.contract-elsewhere": (
        "Contract {contract} was made for another desk or custodian ({desk}).",
        "Take it to the desk it names.",
    ),
    "settlement.contract-signed-twice": (
        "One party signed contract {contract} twice.",
        "Ask for a contract with one signature of each party.",
    ),
    "settlement.contract-signer": (
        "The key {key} under the contract is not a participant's signing key.",
        "Ask the party to sign with the key that is registered for it.",
    ),
    "settlement.contract-stranger": (
        "Contract {contract} is signed by a participant who is not one of its parties.",
        "Refuse it, and tell both parties.",
    ),
    "settlement.contract-unsigned": (
        "{lei} has not signed contract {contract}.",
        "Ask that party to affirm the same contract.",
    ),
    "settlement.custodian-trades": ("{lei} is the custodian and cannot be a participant.", _ROSTER),
    "settlement.cycle-count": (
        "The cycle says it holds {count} contracts, but names {found}.",
        _DESK,
    ),
    "settlement.cycle-gross": (
        "Cycle {cycle} is gross but names {count} contracts; a gross cycle settles one.",
        "Close one gross cycle for each contract, or one netted cycle over all of them.",
    ),
    "settlement.cycle-gross-only": (
        "Cycle {cycle} is netted, but {contract} is a withdrawal or an award and no sale to be set against others.",
        "Close a gross cycle for it alone.",
    ),
    "settlement.cycle-early": (
        "Cycle {cycle} closes {seconds} seconds too early: its cut-off, or the time to top up after it, has not passed.",
        "Close it then. Nothing has changed.",
    ),
    "settlement.cycle-short": (
        "Cycle {cycle} leaves out contract {contract} for a shortfall of {lei} that is not what the ledger shows.",
        "Work the shortfall out again from the newest state and close the cycle with it.",
    ),
    "settlement.cycle-cold": (
        "Cycle {cycle} holds {count} contracts and needs a cold vault's shares; the policy allows {limit} in such a cycle.",
        "Close it over fewer contracts; the others go into another cycle.",
    ),
    "settlement.not-a-sale": (
        "Contract {contract} has the template {template}, which is no sale to propose or affirm.",
        "File a withdrawal as a withdrawal; an award comes from two officers with the ruling's document.",
    ),
    "settlement.not-a-withdrawal": (
        "The terms {contract} have the template {template}; a request to withdraw carries the template withdrawal.",
        "File a sale as a contract, or sign withdrawal terms.",
    ),
    "settlement.not-expired": (
        "Contract {contract} may still be settled: its time has not passed.",
        "Wait for its last moment, or let both parties cancel it.",
    ),
    "settlement.cycle-root": ("The fingerprint of cycle {cycle} does not match its contracts.", _DESK),
    "settlement.cycle-taken": ("There already is a cycle {cycle}.", "Close the cycle under another name."),
    "settlement.coin-decimals": ("{asset} is its chain's coin, of {expected} decimals and not {decimals}.", _ROSTER),
    "settlement.decimals-changed": (
        "The decimals of {asset} would change.",
        "An asset keeps its decimals; register the right asset under its own id.",
    ),
    "settlement.deposit-confirmations": (
        "The deposit has {confirmations} confirmations of the {needed} that the policy asks for.",
        "Wait for more blocks, then credit it.",
    ),
    "settlement.deposit-credited": (
        "The deposit {reference} was already credited, in log entry {index}.",
        "Nothing more is to be credited.",
    ),
    "settlement.deposit-own": (
        "{reference} is a settlement's own transaction, not a deposit.",
        "The settlement itself moves it in the ledger; do not credit it.",
    ),
    "settlement.deposit-vault": (
        "Vault {vault} does not belong to the owner named, or {asset} does not live on its chain.",
        "Check into whose vault the deposit was paid.",
    ),
    "settlement.destination-cooling": (
        "The destination {destination} was registered {age} seconds ago; the policy asks for a longer wait.",
        "Wait until the waiting time is over, and confirm the address with the receiver meanwhile.",
    ),
    "settlement.destination-taken": ("The destination {destination} is already registered otherwise.", _ROSTER),
    "settlement.destination-unregistered": (
        "{destination} is not a registered destination of the party who is to receive there.",
        "Do not sign. Confirm the address with the receiver by another way.",
    ),
    "settlement.destination-vault": (
        "The destination {destination} does not belong to vault {vault} of the same owner and chain.",
        _ROSTER,
    ),
    "settlement.name-taken": ("{other} is called {name} already, or nearly so; {id} needs a name of its own.", _ROSTER),
    "settlement.symbol-taken": (
        "{other} has the symbol {symbol} already, or one that reads like it: amounts of {asset} could be mistaken for its own.",
        _ROSTER,
    ),
    "settlement.fee-cap": (
        "The network fee {fee} of vault {vault} is above the agreed {cap}.",
        "Check the transaction; what is above the cap is not the party's to pay.",
    ),
    "settlement.fee-changed": (
        "Another network fee was already recorded for transaction {transaction}.",
        "Compare with your own node; the two reports cannot both be right.",
    ),
    "settlement.fee-vaults": (
        "The network fees given for instruction {instruction} are not those of exactly its paying vaults.",
        "Give the fee of each paying vault, and of no other.",
    ),
    "settlement.first-quorum": (
        "This signature would complete one instruction while instruction {instruction} still lacks {missing}.",
        "Bring the other instruction to its last signature first; then both can be completed.",
    ),
    "settlement.foreign-coin": (
        "The coin {outpoint} lies in vault {vault}, which does not pay here.",
        "Prepare the instruction with coins of the paying vaults only.",
    ),
    "settlement.founded-already": (
        "The desk {desk} is already founded.",
        "A desk is founded once; change its roster. Consoles are enrolled with what `countersign desk handover` writes.",
    ),
    "settlement.hold-amount": (
        "The hold on leg {leg} of contract {contract} must be exactly {expected}.",
        _DESK,
    ),
    "settlement.hold-fee": (
        "The hold for the network fee on leg {leg} of contract {contract} must be exactly {expected}.",
        _DESK,
    ),
    "settlement.hold-twice": ("Leg {leg} of contract {contract} is already held.", "Nothing more is to be held."),
    "settlement.in-cycle": (
        "Contract {contract} is already in cycle {cycle}.",
        "It settles there, or both parties cancel it.",
    ),
    "settlement.instruction-contracts": (
        "The instruction does not name the contracts of cycle {cycle}.",
        "Prepare it again for that cycle.",
    ),
    "settlement.insufficient": (
        "{lei}, book {book}, has {there} of the {needed} needed in {asset}.",
        "Ask for a deposit, or wait until what is held elsewhere is free.",
    ),
    "settlement.key-taken": ("The key {key} is already registered for {holder}.", "Register a key of its own."),
    "settlement.maker-checker": (
        "A release is made by one person and checked by another, and both sign it: {maker}, {checker}.",
        "Let a second person check the release.",
    ),
    "settlement.minimum-notional": (
        "The contract is worth {usd} USD; this desk settles from {minimum} USD upwards.",
        "Decline the contract.",
    ),
    "settlement.negative-posting": ("An amount below zero of {asset} was to be moved.", _DESK),
    "settlement.no-coin": (
        "The instruction spends nothing from vault {vault}, which has to pay.",
        "Prepare it again with coins of that vault.",
    ),
    "settlement.no-hold": ("Nothing is held for leg {leg} of contract {contract}.", "There is nothing to release."),
    "settlement.no-mutual-clause": (
        "Contract {contract} does not let the parties' confirmation end it.",
        "Wait for the confirmations that it asks for.",
    ),
    "settlement.no-policy": ("The desk has no policy yet.", "Administrators adopt a policy first."),
    "settlement.no-price": (
        "No price of {asset} has been published.",
        "Publish a price, then log the contract again.",
    ),
    "settlement.no-quorum": (
        "Instruction {instruction} still lacks {missing} signatures.",
        "Nothing is released before every instruction is complete.",
    ),
    "settlement.no-vault": ("{lei}, book {book}, has no vault from which to deliver {asset}.", _ROSTER),
    "settlement.not-a-party": ("{lei} is not a party of contract {contract}.", "Only its parties may do this."),
    "settlement.not-administrator": ("{officer} does not have the administrator's role.", _ROSTER),
    "settlement.delivery-atomic": (
        (
            "All legs lie on one chain: one call executes every Safe's transaction or none. Whoever sees them could still "
            "execute one alone: then this desk sends the others, and names the transaction that split it. "
            "A private relay, where the chain has one, shows them to nobody before a block has them."
        ),
        "Nothing to do.",
    ),
    "settlement.delivery-chains": (
        "Its legs go out in several transactions. That all of them do is the desk's discipline, not the chains'.",
        "Nothing to do. A leg that fails after the release is the custodian's to make good.",
    ),
    "settlement.delivery-one": (
        "One transaction delivers everything.",
        "Nothing to do.",
    ),
    "settlement.not-broadcast": (
        "Transaction {transaction} is not the one broadcast for instruction {instruction}.",
        "Look for the transaction that was broadcast.",
    ),
    "settlement.not-certified": (
        "The certification of {lei} ended on {until}.",
        "Decline the contract until the participant is certified again.",
    ),
    "settlement.not-delivered": (
        "Contract {contract} is neither confirmed by both parties nor by enough blocks.",
        "Wait for the parties' confirmations or for more blocks.",
    ),
    "settlement.not-founded": ("The log's first event must found the desk, not {type}.", "Found the desk first."),
    "settlement.not-observed": (
        "The transaction of instruction {instruction} has not been seen in a block yet.",
        "Wait until every transaction of the settlement has been observed.",
    ),
    "settlement.not-owed": (
        "Nothing in cycle {cycle} is owed on {chain} from exactly these vaults: {vaults}.",
        "Prepare the instruction for what the contract says.",
    ),
    "settlement.notional-arithmetic": (
        "The notional of {usd} USD is not the first leg's amount at {price} USD.",
        "Ask the parties to correct the contract and to sign it again.",
    ),
    "settlement.observation-late": (
        "Transaction {transaction} was already seen with as many as {confirmations} confirmations.",
        "Nothing new is to be recorded.",
    ),
    "settlement.officer-role": ("{officer} does not have the role {role}.", _ROSTER),
    "settlement.one-person-twice": (
        "One person signed {type} twice; each place needs another person.",
        "Let another person sign.",
    ),
    "settlement.other-desk": (
        "The event was made for the desk {desk}; this is {here}.",
        "Take it to the desk it names.",
    ),
    "settlement.own-affirmation": (
        "{lei} proposed contract {contract}; the other party has to affirm it.",
        "Wait for the other party.",
    ),
    "settlement.place-taken": (
        "Log position {index} lies before position {size}, up to which this history was read.",
        "Read the log again in its order.",
    ),
    "settlement.policy-version": (
        "The policy comes as version {version}; the next one is {expected}.",
        "Number the policy anew and let the administrators sign it again.",
    ),
    "settlement.posting-asset": ("{asset} was to be moved through an account of another asset.", _DESK),
    "settlement.price-tolerance": (
        "At {published} USD, the leg in {asset} is not worth {usd} USD within {tolerance} hundredths of a percent.",
        "Ask the parties to check price and amounts, or publish a fresh price.",
    ),
    "settlement.proposal-signatures": (
        "A proposal carries one party's signature; contract {contract} carries {found}.",
        "A contract that both signed is filed as affirmed.",
    ),
    "settlement.quorum-complete": (
        "Vault {vault} already has all signatures it needs for instruction {instruction}.",
        "Nothing more is to be signed.",
    ),
    "settlement.release-instructions": (
        "The release does not name exactly the instructions of cycle {cycle}.",
        "Make the release again for all of them together.",
    ),
    "settlement.replayed": (
        "{signer} has already used the event id {id}.",
        "If this is a repeat, nothing is lost. A new event needs a new id.",
    ),
    "settlement.safe-busy": (
        "The Safe {vault} still has an unexecuted instruction: {instruction}.",
        "Wait until it is executed.",
    ),
    "settlement.second-vault": (
        "{other} is this book's vault on that chain; {vault} would be a second.",
        _ROSTER,
    ),
    "settlement.share-exists": (
        "A signature has already been given for contract {contract}.",
        "From the first signature on, a settlement is completed or voided.",
    ),
    "settlement.share-incomplete": (
        "The share of {officer} for vault {vault} does not cover each of its {needed} places exactly once.",
        "Sign every input of the vault again and send the whole share.",
    ),
    "settlement.share-key": (
        "The key {key} is not a key of {officer} in vault {vault}.",
        "Only that vault's officers sign, each with their own registered key.",
    ),
    "settlement.share-twice": (
        "{officer} has already signed for vault {vault}.",
        "Another officer of the vault must give the next signature.",
    ),
    "settlement.share-vault": (
        "Vault {vault} does not pay in instruction {instruction}.",
        "Check which vault the share was made for.",
    ),
    "settlement.superseded": (
        "Another instruction was prepared in place of {instruction}.",
        "Sign the newer one; this one is void.",
    ),
    "settlement.suspended": ("{lei} is suspended.", "No new contract of this participant is taken on."),
    "settlement.time-back": ("Log entry {index} is dated before the entry ahead of it.", _DESK),
    "settlement.transaction-taken": (
        "Transaction {transaction} already stands for another instruction.",
        "Check which instruction it belongs to.",
    ),
    "settlement.unconfirmed": (
        "{lei} needs {needed} of {asset}; without what arrived too recently to spend, {there} are there.",
        "Wait until the deliveries have the policy's confirmations.",
    ),
    "settlement.unknown-asset": ("{asset} is not in the asset registry.", _ROSTER),
    "settlement.unknown-book": ("{lei} has no book {book}.", _ROSTER),
    "settlement.unknown-contract": ("No contract {contract} is in the log.", "Log the contract first."),
    "settlement.unknown-cycle": ("There is no cycle {cycle}.", "Check the cycle's name."),
    "settlement.unknown-event": ("This version knows no event of type {type}.", "Use a version that knows it."),
    "settlement.unknown-instruction": ("No instruction {instruction} is in the log.", "Log the instruction first."),
    "settlement.unknown-key": ("The key {key} is not registered for anybody.", _ROSTER),
    "settlement.unknown-officer": ("There is no officer {officer}.", _ROSTER),
    "settlement.unknown-participant": ("{lei} is not a participant of this desk.", _ROSTER),
    "settlement.unknown-vault": ("There is no vault {vault}.", _ROSTER),
    "settlement.wrong-signers": (
        "{type} is signed by {signers}; it must be signed by {needed}.",
        "Let the right people sign, and nobody else.",
    ),
    "settlement.wrong-state": (
        "Contract {contract} is {state}; this event does not fit there.",
        "Look at the settlement's history. A late or repeated message changes nothing.",
    ),
}
