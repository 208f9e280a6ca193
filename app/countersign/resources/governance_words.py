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
    "policy.lending": "The pool takes at most {limit} smallest units of {symbol} ({asset}) and pays {rate} a year.",
    "policy.no-lending": "Nothing may be lent.",
    "policy.confirmations": "Confirmations that make a transaction on {chain} final: {count}.",
    "policy.confirmations-elsewhere": "Confirmations on a chain that is not named: {count}.",
    "policy.fee-rate": "A Bitcoin transaction pays at most {rate} satoshis a virtual byte.",
    "policy.fee-share": "A fee above {dual} % of what leaves needs two officers; above {never} % it is never signed.",
    "policy.witnesses": "A head of the log counts with {quorum} of these {count} witnesses: {keys}.",
    "policy.no-more": "No longer.",
    "roster.asset-added": "{symbol} ({asset}, {decimals} decimals) is admitted.",
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
    "roster.vault-threshold": "The vault {vault} needs {threshold} signatures instead of {was}.",
    "roster.vault-unable": "The vault {vault} no longer has {threshold} keys to spend with: move what lies there first.",
    "roster.slot-added": "The vault {vault} gets slot {slot}, with keys of {people}.",
    "roster.slot-closed": "Slot {slot} of the vault {vault} is no longer used.",
    "roster.safe-owners": "The owners of the Safe {vault} are {people}.",
    "roster.safe-version": "The Safe {vault} is of version {version} (singleton {singleton}).",
    "roster.destination-added": "{owner}, book {book}, may be paid at {account} in the vault {vault}, {span} after this.",
    "roster.destination-outside": "{owner}, book {book}, may withdraw to {account}, outside this custody, {span} after this.",
    "roster.administrators": "The administrators are {people}; {threshold} of {count} sign changes.",
    "log.key": "The log's heads are signed with {log} instead of {was}: {reason}",
    "ceremony.held": "A ceremony of the kind {kind} is recorded, with {people} present; document {document}.",
    "ceremony.phrase": "The words read aloud were: {phrase}.",
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
