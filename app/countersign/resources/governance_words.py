"""The desk's own order in plain sentences: what a policy says, what a change of the roster does, who signs and reads what.

- One template a statement, through the same catalogue as every sentence; the codes are those of `settlement.saying.Said`.

    said("roster.suspended", {"name": "Harbour Prime", "lei": "9845…"}) == "Harbour Prime (9845…) is suspended: …"
"""

from collections.abc import Mapping

from countersign.resources.text import fill

TEMPLATES: dict[str, str] = {
    "policy.minimum": "A contract is worth at least {usd} USD; there is no maximum.",
    "policy.tolerance": "Its worth agrees with the published price within {percent}.",
    "policy.cap-transaction": "One transaction moves at most {usd} USD.",
    "policy.no-cap-transaction": "There is no cap on one transaction.",
    "policy.cap-day": "One payer gives away at most {usd} USD in any 24 hours.",
    "policy.no-cap-day": "There is no cap on what one payer gives away in a day.",
    "policy.cap-counterparty": "One payer gives one receiver at most {usd} USD in any 24 hours.",
    "policy.no-cap-counterparty": "There is no cap on what one payer gives one receiver in a day.",
    "policy.quorum": "From {usd} USD on, a paying vault needs at least {signatures} signatures.",
    "policy.no-quorums": "Every amount is paid with the vault's own quorum.",
    "policy.hours": "Officers' signatures and releases count on {days}, {opens} to {closes} UTC.",
    "policy.always": "Officers' signatures and releases count at any hour.",
    "policy.standard-eyes": "Who prepares does not sign, and who orders a release does not check it.",
    "policy.strict-eyes": "Who prepares does not sign; nobody who signed or endorsed has a hand in the release.",
    "policy.request-lifetime": "A request to sign is good for {span}.",
    "policy.cooling": "A new destination counts {span} after it was registered.",
    "policy.checkpoint-age": "A head of the log counts for {span} after it was witnessed.",
    "policy.safe-age": "What is known of a Safe on chain counts for {span}.",
    "policy.cut-offs": "Cycles are cut off each day at {times} UTC.",
    "policy.top-up": "A shortfall at a cut-off may be topped up for {span}.",
    "policy.cold-contracts": "A cycle that needs a cold vault's signatures holds at most {count} contracts.",
    "policy.lending": "The pool takes at most {limit} {symbol} ({asset}) and pays {rate} a year.",
    "policy.lending-unregistered": "The pool takes at most {limit} smallest units of {asset} and pays {rate} a year.",
    "policy.no-lending": "Nothing may be lent.",
    "policy.confirmations": "Confirmations that make a transaction on {chain} final: {count}.",
    "policy.confirmations-elsewhere": "Confirmations on a chain that is not named: {count}.",
    "policy.fee-rate": "A Bitcoin transaction pays at most {rate} satoshis a virtual byte.",
    "policy.fee-share": "A fee above {dual} % of what leaves needs two officers; above {never} % it is never signed.",
    "policy.witnesses": "A head of the log counts with {quorum} of these {count} witnesses: {keys}.",
    "policy.no-more": "No longer.",
    "owners.added": "{name} becomes an owner of the Safe {vault}, with the key {key}.",
    "owners.removed": "{name} owns the Safe {vault} no more, with the key {key}.",
    "owners.threshold": "The Safe {vault} wants {threshold} of its owners to sign instead of {was}.",
    "owners.sign": "Then {threshold} of {count} owners sign for the Safe {vault}.",
    "owners.kept": "The Safe {vault} keeps its owners: an empty call uses up its number {nonce}.",
    "owners.bytes": "The Safe {vault} at {address} calls itself under number {nonce}, by the bytes {artefact}.",
    "owners.instead": "It takes the place of the order {order}, which was not executed.",
    "roster.asset-added": "{symbol} ({asset}, {decimals} decimals) is admitted.",
    "roster.token-unprobed": (
        "Whether the token {symbol} reverts where it cannot pay is not probed yet: the desk asks its own node before it "
        "logs this, or, founded without a node, before the first deposit."
    ),
    "roster.token-found": (
        "Looked at here: this machine's own node of {chain} finds that the token {symbol} ({asset}) has {decimals} decimals, "
        "reverts where it cannot pay, and lets anybody transfer."
    ),
    "roster.token-unasked": (
        "NOT LOOKED AT HERE: this machine has no node of {chain}, so nothing here has asked what the token {symbol} ({asset}) "
        "does. You would rely on the desk's own node, and on the other administrators."
    ),
    "roster.token-awaited": (
        "NOT LOOKED AT YET: this machine's own node of {chain} has not answered about the token {symbol} ({asset}). Nothing is "
        "signed here before it does."
    ),
    "roster.asset-renamed": "The asset {asset} is called {symbol} instead of {was}.",
    "roster.participant-added": "{name} ({lei}) becomes a participant, certified until {until}.",
    "roster.participant-renamed": "{was} ({lei}) is called {name}.",
    "roster.certified": "The certification of {name} runs until {until} instead of {was}.",
    "roster.suspended": "{name} ({lei}) is suspended: it enters no new contract.",
    "roster.reinstated": "{name} ({lei}) is no longer suspended.",
    "roster.book-added": "{name} gets the book {book}.",
    "roster.book-closed": "The book {book} of {name} is closed.",
    "roster.participant-key-added": "{name} gains the signing key {key}.",
    "roster.participant-key-withdrawn": "The signing key {key} of {name} is withdrawn for ever.",
    "roster.keys-reordered": "The keys of {name} are listed in another order.",
    "roster.officer-added": "{name} ({officer}) becomes an officer.",
    "roster.officer-renamed": "{was} ({officer}) is called {name}.",
    "roster.role-given": "{name} gets the role {role}.",
    "roster.role-taken": "{name} loses the role {role}.",
    "roster.key-added": "{name} gains a key on token {token}: {label}, for {purpose}, {machine} ({key}).",
    "roster.key-withdrawn": "A key of {name} on token {token} is withdrawn for ever: {label}, for {purpose} ({key}).",
    "roster.key-elsewhere": "A key of {name} is now described as on token {token}: {label}, {machine} ({key}).",
    "roster.vault-added": "The vault {vault} of {owner}, book {book}, on {chain}: {threshold} signatures of {people}.",
    "roster.vault-tested": "Verified here: the test signatures for the vault {vault} of {people}.",
    "roster.vault-untested": "UNTESTED: for the vault {vault} nothing shows that these can sign: {people}. Reason given: {reason}",
    "roster.slots-tested": "Verified here: the test signatures for the vault {vault} (new slots: {slots}) of {people}.",
    "roster.slots-untested": (
        "UNTESTED: for the vault {vault} (new slots: {slots}) nothing shows that these can sign: {people}. Reason given: {reason}"
    ),
    "roster.vault-slots": "The vault {vault} has {count} slots.",
    "roster.vault-ranged": "The vault {vault} holds every address of this descriptor, for ever: {descriptor}",
    "roster.vault-threshold": "The vault {vault} needs {threshold} signatures instead of {was}.",
    "roster.vault-unable": "The vault {vault} no longer has {threshold} keys to spend with: move what lies there first.",
    "roster.slots-unable": (
        "The vault {vault} no longer has {threshold} keys to spend with in these slots: {slots}. Move what lies there first."
    ),
    "roster.slot-added": "The vault {vault} gets slot {slot}, with keys of {people}.",
    "roster.safe-owners": "The owners of the Safe {vault} are {people}.",
    "roster.safe-at": "The Safe {vault} stands at {address}.",
    "roster.safe-version": "The Safe {vault} is of version {version} (singleton {singleton}).",
    "roster.safe-handler": "The fallback handler of the Safe {vault} is {handler}.",
    "roster.safe-no-handler": "The Safe {vault} has no fallback handler.",
    "roster.safe-found": (
        "Looked at here: in block {block} this machine's own node of {chain} finds the Safe {vault} at {address} exactly as it is "
        "entered, without a module or a guard, and keeping nothing besides."
    ),
    "roster.safe-unasked": (
        "NOT LOOKED AT HERE: this machine has no node of {chain}, so nothing here has read the Safe {vault} at {address}. You "
        "would rely on the desk's own node, and on the other administrators."
    ),
    "roster.safe-awaited": (
        "NOT LOOKED AT YET: this machine's own node of {chain} has not answered about the Safe {vault} at {address}. Nothing is "
        "signed here before it does."
    ),
    "roster.destination-added": "{owner}, book {book}, may be paid at {account} in the vault {vault}, {span} after this.",
    "roster.destination-alike": "Careful: {account} differs from {like}, registered for {owner}, in {count} characters only. "
    "Such an address is made to be mistaken for the other: compare it whole, with its owner, by another way.",
    "roster.destination-outside": "{owner}, book {book}, may withdraw to {account}, outside this custody, {span} after this.",
    "roster.administrators": "The administrators are {people}; {threshold} of {count} sign changes.",
    "log.key": "The log's heads are signed with {log} instead of {was}: {reason}",
    "ceremony.held": "A ceremony of the kind {kind} is recorded, with {people} present; document {document}.",
    "ceremony.phrase": "The words read aloud were: {phrase}.",
    "freeze.participant": "Order {order} stops everything of {name} ({lei}).",
    "freeze.book": "Order {order} stops everything in the book {book} of {name} ({lei}).",
    "freeze.contract": "Order {order} stops the contract {id}, version {version}.",
    "freeze.asset": "Order {order} stops everything that moves {symbol} ({asset}).",
    "freeze.over": "It is over already: the order would stop nothing of it.",
    "freeze.stops": "Settlements that stop with it, beside those that are stopped already: {count}.",
    "freeze.paper": "Its paper has the SHA-256 {document}. Reason: {reason}",
    "lift.participant": "Order {order} no longer stops {name} ({lei}).",
    "lift.book": "Order {order} no longer stops the book {book} of {name} ({lei}).",
    "lift.contract": "Order {order} no longer stops the contract {id}, version {version}.",
    "lift.asset": "Order {order} no longer stops what moves {symbol} ({asset}).",
    "lift.frees": "Settlements that no order stops any more then: {count}.",
    "lift.paper": "The paper that lifts it has the SHA-256 {document}. Reason: {reason}",
    "deed.release": "The cycle {cycle} ({contracts}) is released: {count} instructions go to their chains.",
    "deed.pays": "{payer} pays {receiver} {amount}.",
    "deed.ends": "The instruction {instruction} pays nobody: it ends the settlement.",
    "deed.lifts": "The instruction {instruction} pays nobody: it lifts {parent} into a block.",
    "deed.people": "{maker} orders it, {checker} checks it.",
    "deed.instruct": "The cycle {cycle} ({contracts}) is prepared on {chain}:",
    "deed.instead": "It takes the place of the instruction {instruction}.",
    "deed.consent": "Both officers consent to its fee: at most {most}, and under {percent} of what leaves the vaults.",
    "deed.fee": "Its network fee is at most {most}, and under {percent} of what moves.",
    "deed.fee-paid": "Its transaction pays the network {fee}.",
    "deed.fee-lifted": "The transaction that it lifts pays the network {fee} itself.",
    "deed.void": "The instruction {instruction} on {chain} is ended; {contracts} will not be delivered.",
    "deed.void-coins": "Its {count} coins go back to the vaults that they lie in: {vaults}.",
    "deed.void-safe": "Nonce {nonce} of {vault} is used up by an empty call of the Safe to itself.",
    "deed.replacement": "The instruction {instruction} on {chain} ({contracts}) is sent again with a higher fee. It pays the same:",
    "deed.child": "The instruction {instruction} on {chain} ({contracts}) waits for a block. A child pays for it and pays nobody.",
    "deed.child-coins": "The change that it left, {count} coins, comes back to the vaults that it lies in: {vaults}.",
    "deed.child-fee": "The network's fee of both together is at most {most}, and under {percent} of what the first pays.",
    "deed.award": "The award {award} carries out a ruling on {id}, version {version}.",
    "deed.fee-cap": "Whoever delivers bears at most {amount} of the network's fee.",
    "deed.ruling": "The ruling has the SHA-256 {document}.",
    "deed.loan": "{owner} lends {amount} to the pool at {rate} a year, as the loan {loan}.",
    "deed.pool": "The pool then has {there} on loan, of at most {limit}.",
    "signer.desk": "the desk",
    "signer.administrators": "the administrators, at least their threshold",
    "signer.operations": "an operations officer",
    "signer.compliance": "a compliance officer",
    "signer.signing": "a signing officer",
    "signer.vault": "a vault operator",
    "signer.officer": "any officer",
    "signer.party": "a participant",
    "signer.all parties": "every party of the contract",
    "signer.those present": "every officer who was present",
    "reader.everyone": "every officer, participant and auditor",
    "reader.parties": "officers, auditors, and the participants that it concerns",
    "reader.officers": "officers and auditors only",
}


def said(code: str, values: Mapping[str, object]) -> str:
    """A statement in the reader's language. KeyError for a code that is not here: that is a bug of ours."""
    return fill(TEMPLATES[code], values)
