"""What the findings about Bitcoin and Ethereum transactions say to an officer: what happened, what to do next."""

_NONE = "There is nothing to do."
_STOP = "Do not sign. Refuse it, and tell the desk: somebody may have changed the request."
_ASK_DESK = "Do not sign. Ask the desk to prepare it again."
_FRAUD = "Do not sign. Refuse it and tell the desk by another way than the one it came: this looks like theft."
_NOT_OVER = "Do not sign yet. Wait until your node finds so too; if it never does, ask the desk, by another way, what became of it."
_ROSTER = "Do not sign. Tell the administrators: the registered vault itself is not in order."

SENTENCES: dict[str, tuple[str, str]] = {
    "B1.no-vault": ("No registered vault owes what this transaction would pay.", _STOP),
    "B1.other-network": ("The transaction belongs to {found}, the vault to {expected}.", _STOP),
    "B1.coin-type": ("A key path of this transaction is for another network; coin type {coin}' is ours.", _STOP),
    "B1.one-network": ("Vault, addresses and key paths belong to one network.", _NONE),
    "B2.no-psbt": ("There is no Bitcoin transaction in this case.", _NONE),
    "B2.too-large-for-channel": (
        "The file has {size} bytes; this way in carries at most {limit}.",
        "Bring it another way, or ask the desk to settle in smaller parts.",
    ),
    "B2.well-formed": ("The Bitcoin file is well-formed and within bounds.", _NONE),
    "B3.amounts-proven": ("Every amount that goes in is proven by the transaction it comes from.", _NONE),
    "B4.foreign-input": ("Input {input} spends a coin that belongs to no paying vault.", _STOP),
    "B4.registered-scripts": ("Every coin lies in a registered slot of a paying vault.", _NONE),
    "B5.not-all": (
        "Input {input} asks for a signature of kind {found}, which leaves parts of the transaction open to change.",
        _STOP,
    ),
    "B5.all": ("Every signature covers the whole transaction.", _NONE),
    "B6.threshold": ("Vault {vault} is registered with quorum {registered}, its descriptor says {found}.", _ROSTER),
    "B6.other-keys": (
        "The descriptor of slot {slot} of vault {vault} holds other keys than those registered for it.",
        _ROSTER,
    ),
    "B6.other-extended-keys": (
        "The descriptor of vault {vault} holds other extended keys than those registered for it.",
        _ROSTER,
    ),
    "B6.slot-origin": (
        "A key of slot {slot} of vault {vault} claims to be derived from another; a token's key never is.",
        _ROSTER,
    ),
    "B6.extended-key": ("The file brings an extended key of its own. No vault learns keys from a request.", _STOP),
    "B6.key-path": ("Input {input} names the key {key}, which is not registered for it.", _FRAUD),
    "B6.own-key": ("Input {input} holds {found} of your keys; it must hold exactly one.", _ROSTER),
    "B6.registered-keys": ("Every cosigner's key is the registered one, compared whole.", _NONE),
    "B7.fraud": (
        "Output {output} says that it is the vault's own change, and it is not: nobody here could spend it.",
        _FRAUD,
    ),
    "B7.keys-withdrawn": (
        "Output {output} leaves change in {place} of vault {vault}: of its {keys} keys {gone} are withdrawn, too many to trust it.",
        "Do not sign. Ask operations to prepare it again with another slot for the change.",
    ),
    "B7.change-is-ours": ("What stays goes to registered slots of the paying vaults.", _NONE),
    "B8.nothing-owed": ("The contracts here oblige these vaults to no payment.", _STOP),
    "B8.unpaid": ("The contract wants {amount} satoshis paid to {destination}; no output does that.", _STOP),
    "B8.extra": (
        "Output {output} pays {satoshis} satoshis to a script that the contract does not name: {script}.",
        _STOP,
    ),
    "B8.two-changes": ("Vault {vault} would get {count} change outputs; at most one is allowed.", _ASK_DESK),
    "B8.op-return": ("Output {output} writes data into the chain, which the contract does not ask for.", _STOP),
    "B8.unguarded": ("No key guards output {output}: anybody could take it, or nobody ever ({script}).", _STOP),
    "B8.too-much": ("Output {output} is worth more bitcoin than can exist.", _STOP),
    "B8.dust": ("Output {output} of {satoshis} satoshis is too small to be relayed or spent.", _ASK_DESK),
    "B8.vault-equation": (
        (
            "Vault {vault} brings {spent} satoshis, owes {owed} and gets back {change}: with its share of the "
            "fee this does not come out even."
        ),
        _STOP,
    ),
    "B8.pays-what-is-owed": ("It pays exactly what the contract says, {payments} payments, and nothing else.", _NONE),
    "B9.negative": ("More goes out than in: the fee would be {fee} satoshis.", _ASK_DESK),
    "B9.over-cap": ("The fee of {fee} satoshis passes the {cap} that the contract allows.", _ASK_DESK),
    "B9.never": ("The fee of {fee} satoshis is {percent} % or more of the {leaving} that leave.", _STOP),
    "B9.dual": (
        (
            "The fee of {fee} satoshis is {percent} % or more of the {leaving} that leave. That takes two "
            "officers' consent, which this version does not offer."
        ),
        _ASK_DESK,
    ),
    "B9.rate": (
        "The fee of {fee} satoshis for {vsize} vbytes lies outside 1 to {most} satoshis a vbyte.",
        _ASK_DESK,
    ),
    "B9.fee-in-bounds": ("The fee of {fee} satoshis is within contract and policy.", _NONE),
    "B10.lock-time": ("The transaction waits for lock time {lock_time}, which nobody agreed.", _ASK_DESK),
    "B10.lock-time-inert": (
        "The lock time {lock_time} has no effect: whoever wrote it meant something else.",
        _ASK_DESK,
    ),
    "B10.relative-lock": ("Input {input} waits for its coin to age, which nobody agreed.", _ASK_DESK),
    "B10.at-once": ("The transaction is valid at once.", _NONE),
    "B11.finalised": ("The transaction is finished in part already; nothing may be added to it.", _ASK_DESK),
    "B11.stranger": ("Input {input} carries a signature of {key}, which is no registered cosigner's.", _STOP),
    "B11.complete": ("All {threshold} signatures are there already.", "Another one is neither needed nor given."),
    "B11.valid": ("Every signature that is there is a registered cosigner's over this transaction.", _NONE),
    "B12.other-coins-said": (
        "The log names other coins or places than this transaction spends: {outpoints}.",
        "Do not sign. What the log does not name, another transaction could spend. Operations prepares it anew.",
    ),
    "B12.spent-in-log": (
        "The coin {outpoint} is promised to another instruction, {other}.",
        "Do not sign. Ask the desk which of the two stands.",
    ),
    "B12.signed-before": (
        (
            "This machine has signed the coin {outpoint} into another transaction, {other}. “It failed, sign "
            "again” is how vaults are emptied."
        ),
        "Do not sign. Ask the desk, by another way, why it is asked for twice.",
    ),
    "B12.paid-before": (
        (
            "This machine has signed another payment of contract {contract}, transaction {other}, over other coins: whoever has "
            "the signatures of both can send both."
        ),
        (
            "Do not sign. Ask the desk, by another way, what became of your first signature. Have that one asked for again, over "
            "the same bytes; or wait until one of its coins, {outpoint} or another, went elsewhere with the policy's confirmations."
        ),
    ),
    "B12.over": (
        (
            "The log says that the payment of contract {contract} that this machine signed before, {other}, is over; this "
            "machine's own node finds so too: a coin of it went elsewhere, {needed} confirmations ago or more."
        ),
        _NONE,
    ),
    "B12.over-unasked": (
        (
            "The log says that the payment of contract {contract} that this machine signed before, {other}, is over. No node of "
            "this machine's own was asked: that it cannot be mined any more is the desk's and an officer's word."
        ),
        "If you can, ask somebody whose own node sees that chain before you sign.",
    ),
    "B12.paid-on-chain": (
        (
            "The log says that the payment of contract {contract} that this machine signed before, {other}, is over. This "
            "machine's own node has a payment of it in a block, {transaction}: it would be paid twice."
        ),
        "Do not sign. Tell compliance, by another way, that the log says otherwise than the chain.",
    ),
    "B12.not-over": (
        (
            "The log says that the payment of contract {contract} that this machine signed before, {other}, is over. By this "
            "machine's own node it may still be mined: what bars it has {found} confirmations, not {needed}."
        ),
        _NOT_OVER,
    ),
    "B12.first-spend": ("None of these coins was ever signed into another transaction.", _NONE),
    "B13.nothing-to-combine": ("There are no shares yet.", _NONE),
    "B13.order": (
        "The shares give another transaction when they are put together in another order.",
        "Keep the files and tell whoever maintains this console.",
    ),
    "B13.combines": ("The shares that are there belong to one transaction.", _NONE),
    "E1.no-safe-transaction": ("There is no Safe transaction in this case.", _NONE),
    "E1.not-registered": ("The Safe {safe} is not a registered vault that owes something here.", _STOP),
    "E1.other-chain": ("The transaction is for the network {found}, the vault lies on {expected}.", _STOP),
    "E1.other-safe": ("The transaction is for the Safe {found}, the vault is {expected}.", _STOP),
    "E1.registered-safe": ("Network and Safe are those of the registered vault.", _NONE),
    "E2.other-digest": (
        (
            "The file says that its hash is {found}, but its fields hash to {expected}: you would sign "
            "something else than you were shown."
        ),
        _FRAUD,
    ),
    "E2.same-digest": ("The hash was computed here from the fields, and it is the one in the file.", _NONE),
    "E3.plain-call": ("It is a plain call; the Safe's own code is not touched.", _NONE),
    "E3.batch-value": (
        "The batch says that it moves {wei} wei itself, which would have no effect: whoever wrote it meant something else.",
        _STOP,
    ),
    "E3.batch": (
        (
            "It makes {count} plain calls, all or none, through MultiSendCallOnly of the Safe's own release, "
            "which can do nothing else."
        ),
        _NONE,
    ),
    "E4.self-call": ("It calls the Safe itself: {call}. No payment does that; it changes who may spend.", _FRAUD),
    "E4.admin-call": (
        "It calls {call} at {to}. That is no payment: it gives somebody power over what the Safe holds.",
        _FRAUD,
    ),
    "E4.reserved": ("It pays to {to}, an address that nobody can hold.", _STOP),
    "E4.safe-machinery": ("It calls {contract} at {to}, a part of the Safe's own machinery.", _STOP),
    "E4.no-administration": ("It changes nothing about the Safe or its owners.", _NONE),
    "E5.nothing-owed": (
        "The contracts here make this Safe owe nothing.",
        "Do not sign. Give the contract that it belongs to.",
    ),
    "E5.unpaid": ("The contracts want {expected}; nothing in this transaction does that.", _STOP),
    "E5.extra": ("Call {number} does what no contract asks for: {found}.", _FRAUD),
    "E5.other-kind": ("The Safe owes ether here, not a token.", _NONE),
    "E5.no-transfer": ("The Safe owes a token transfer, and this is none.", _STOP),
    "E5.token": (
        "It moves another token than the contract's, whatever that token calls itself: {found} instead of {expected}.",
        _FRAUD,
    ),
    "E5.ether-with-it": ("It sends {wei} wei along with the token transfer.", _STOP),
    "E5.to-nobody": (
        "It pays to {found}, where it is lost: a reserved address, the Safe itself, a contract of Safe's, or a token.",
        _STOP,
    ),
    "E5.recipient": ("It pays somebody else: {found} instead of {expected}.", _FRAUD),
    "E5.amount": ("It moves {found} base units; the contract says {expected}.", _STOP),
    "E5.amount-range": ("The amount {found} is zero or too large to be true.", _STOP),
    "E5.pays-what-is-owed": ("It transfers exactly what the contract says, to whom it says.", _NONE),
    "E6.unpaid": ("The contracts want {expected}; nothing in this transaction does that.", _STOP),
    "E6.extra": ("Call {number} pays what no contract asks for: {found}.", _FRAUD),
    "E6.other-kind": ("The Safe owes a token here, not ether.", _NONE),
    "E6.no-payment": ("The Safe owes ether, and this is not a plain payment of ether.", _STOP),
    "E6.to-nobody": (
        "It pays ether to {found}, where it is lost: a reserved address, the Safe itself, a contract of Safe's, or a token.",
        _STOP,
    ),
    "E6.recipient": ("It pays ether to {found}; the contract says {expected}.", _FRAUD),
    "E6.amount": ("It pays {found} wei; the contract says {expected}.", _STOP),
    "E6.pays-what-is-owed": ("It pays exactly the ether that the contract says, to whom it says.", _NONE),
    "E7.refund": (
        "It would pay whoever executes it, or burn the Safe's nonce on failure: {fields} must be zero.",
        _STOP,
    ),
    "E7.no-refund": ("Nothing is paid to whoever executes it.", _NONE),
    "E8.not-prepared": ("No prepared instruction says which nonce the Safe must use.", _STOP),
    "E8.other-nonce": ("The transaction has nonce {found}; nonce {expected} was prepared.", _STOP),
    "E8.not-next": ("The Safe's next nonce is {expected}; the transaction has {found}.", _ASK_DESK),
    "E8.taken": (
        "The Safe still waits for another instruction: {other}, not {here}.",
        "Wait until that one is executed or voided.",
    ),
    "E8.signed-before": (
        (
            "This machine has signed another transaction under nonce {nonce}: {other}, not {here}. “It "
            "failed, sign again” is how Safes are emptied."
        ),
        "Do not sign. Ask the desk, by another way, why it is asked for twice.",
    ),
    "E8.paid-before": (
        (
            "This machine has signed another payment of contract {contract}, {other}, under nonce {nonce}. Whoever kept that "
            "signature may have executed it: then this one pays the contract twice."
        ),
        (
            "Do not sign. Ask the desk, by another way, what used nonce {nonce}. Sign once the log shows what it was, or that "
            "the first is gone for good."
        ),
    ),
    "E8.over": (
        (
            "The log says that the payment of contract {contract} that this machine signed before, {other}, is over; this "
            "machine's own node finds so too: its number was used, {needed} confirmations ago or more, and not by it in the "
            "newest 50,000 blocks."
        ),
        _NONE,
    ),
    "E8.over-unasked": (
        (
            "The log says that the payment of contract {contract} that this machine signed before, {other}, is over. No node of "
            "this machine's own was asked: that it was never executed is the desk's and an officer's word."
        ),
        "If you can, ask somebody whose own node sees that chain before you sign.",
    ),
    "E8.paid-on-chain": (
        (
            "The log says that the payment of contract {contract} that this machine signed before, {other}, is over. By this "
            "machine's own node the Safe executed a payment of it, in {transaction}: it would be paid twice."
        ),
        "Do not sign. Tell compliance, by another way, that the log says otherwise than the chain.",
    ),
    "E8.not-over": (
        (
            "The log says that the payment of contract {contract} that this machine signed before, {other}, is over. By this "
            "machine's own node it may still be executed: the use of its number has {found} confirmations, not {needed}."
        ),
        _NOT_OVER,
    ),
    "E8.next-nonce": ("Nonce {nonce} is the one that was prepared, and nothing else was signed under it.", _NONE),
    "E9.listed": (
        "A signature listed under {listed} belongs to {found} over this transaction: it was made for another one.",
        _FRAUD,
    ),
    "E9.twice": ("The owner {owner} signed twice; one owner counts once.", _ASK_DESK),
    "E9.not-an-owner": ("{owner} signed and is not a registered owner of this Safe.", _STOP),
    "E9.no-own-key": ("You do not hold exactly one key of the Safe {vault}.", "Another officer must sign."),
    "E9.complete": ("All {threshold} signatures are there already.", "Another one is neither needed nor given."),
    "E9.none-yet": ("Nobody has signed yet.", _NONE),
    "E9.owners-signed": ("Every signature that is there is a registered owner's over this transaction.", _NONE),
}
