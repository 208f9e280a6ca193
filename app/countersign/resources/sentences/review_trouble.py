"""What the checks say of a void, a replacement or a child, and what to do next."""

_COMPLIANCE = "Refuse it. Operations and compliance declare it together."

SENTENCES: dict[str, tuple[str, str]] = {
    "B8.returns": (
        "Every output returns to a vault that pays: {vaults} vaults get back what they bring, less their share of the fee.",
        "Nothing to do.",
    ),
    "B8.child-unreturned": (
        "The child brings nothing back to vault {vault}, whose change it spends.",
        "Refuse it: all but the fee comes home to the vault that it lay in.",
    ),
    "B8.child-address": (
        "Output {output} of the child goes to an address that its parent pays or that its change lies at.",
        "Have it prepared again with a fresh address: no address is used twice.",
    ),
    "B9.child-fee": (
        "Its fee of {fee} satoshis with its parent's {parent} makes {both}: within contract and policy, and it lifts both.",
        "Nothing to do.",
    ),
    "B9.child-lifts-nothing": (
        "The child pays {fee} satoshis for {vsize} vbytes, a vbyte no more than its parent pays: it lifts nothing.",
        "Refuse it; only a higher rate is a reason to pay again.",
    ),
    "B12.parent-absent": (
        "The transaction of instruction {instruction} that is to be lifted is not on this machine, or none of registered vaults.",
        "Bring it to this machine, then check again.",
    ),
    "B12.parent-replaced": (
        "Instruction {instruction}, which it lifts, is no payment of this settlement that counts.",
        "Refuse it: lift what counts, and nothing else.",
    ),
    "B12.parent-unsent": (
        "The log does not say that instruction {instruction} was sent as transaction {transaction}.",
        "Refuse it: only what was signed, released and sent is lifted.",
    ),
    "B12.parent-mined": (
        "Transaction {transaction}, which it lifts, stands in a block already.",
        "Do not sign it: there is nothing left to pay for.",
    ),
    "B12.other-parent": (
        "Over the coins of its parent {transaction} this machine signed another transaction: {other}.",
        "Refuse it, and ask operations which of the two was sent.",
    ),
    "B12.child-coins": (
        "The child does not spend exactly the change of its parent: {outpoints}.",
        "Refuse it: every vault's change bears its part, and no other coin is spent unconfirmed.",
    ),
    "B12.declared-child": (
        "It spends the change of instruction {instruction}, which waits for a block, and nothing else, as declared.",
        "Nothing to do.",
    ),
    "B12.not-dual": ("Its {purpose} was not declared by two persons.", _COMPLIANCE),
    "B12.replaces-nothing": (
        "The declared instruction takes the place of none in this settlement.",
        "Refuse it, and ask operations which instruction it is against.",
    ),
    "B12.void-coins": (
        "The void does not spend exactly the coins of what it voids: {outpoints}.",
        "Refuse it: only the same coins stop what was signed.",
    ),
    "B12.declared-void": ("It spends exactly the coins of the instruction it voids, as declared.", "Nothing to do."),
    "B12.replaced-absent": (
        "The transaction that is to be replaced ({artefact}) is not on this machine, so they cannot be compared.",
        "Bring it to this machine, then check again.",
    ),
    "B12.replacement-coins": (
        "The replacement does not spend every coin of the transaction it replaces: {outpoints}.",
        "Refuse it; a replacement spends them all, so that only one of the two, or of any before them, can be mined.",
    ),
    "B12.replacement-outputs": (
        "The replacement does not pay exactly what the transaction it replaces pays.",
        "Refuse it; a replacement changes the fee and nothing else.",
    ),
    "B12.replacement-fee": (
        "The replacement pays {now} satoshis in fees, the transaction it replaces {was}; nodes take its place from {least}.",
        "Refuse it; only a fee that nodes take for a replacement is a reason to sign the coins again.",
    ),
    "B12.declared-replacement": (
        "It pays what the transaction it replaces pays, with {now} satoshis in fees instead of {was}, as declared.",
        "Nothing to do.",
    ),
    "C4.completes": (
        "The time to settle {id} has passed; this only brings assets home or completes what was begun.",
        "Nothing to do.",
    ),
    "C5.voiding": (
        "The settlement of cycle {cycle} is being voided.",
        "Do not sign it. Sign its void instead.",
    ),
    "C5.not-dual": ("Its {purpose} was not declared by two persons.", _COMPLIANCE),
    "C5.ordered": ("Ordered by the administrators, for these bytes: {officers}.", "Nothing to do."),
    "C5.order-done": (
        "The Safe has executed this order already, by entry {index}.",
        "Nothing is to be signed any more.",
    ),
    "C5.not-administrators": (
        "Of those who ordered it ({officers}) fewer than {threshold} are administrators now.",
        "Do not sign. Let the administrators order it anew.",
    ),
    "C6.owners": ("It settles no contract: a Safe changes its own owners.", "Nothing to do."),
    "E4.owners-as-ordered": ("It does what the administrators ordered, and nothing else: {call}.", "Nothing to do."),
    "E4.owners-kept": ("An empty call of the Safe to itself, as the administrators ordered.", "Nothing to do."),
    "E4.not-ordered": (
        "It is not what the administrators ordered for the Safe {vault}: {found}.",
        "Do not sign. Refuse it and tell the desk by another way than the one it came: this looks like theft.",
    ),
    "E4.not-a-neighbour": (
        "In front of the owner who goes it names {found}, which is no other owner of the Safe {vault}.",
        "Do not sign: the call would fail. Let it be proposed anew, from the Safe's own list.",
    ),
    "E4.owners-drifted": (
        "The owners or the threshold of the Safe {vault} on its chain are not those that are registered.",
        "Do not go on. Find out who changed them: compare the Safe with the roster, owner by owner.",
    ),
    "E5.owners": ("A change of owners transfers no token.", "Nothing to do."),
    "E6.owners": ("A change of owners pays no ether.", "Nothing to do."),
    "C5.declared": (
        "Declared as a {purpose} by operations and compliance, for these bytes: {officers}.",
        "Nothing to do.",
    ),
    "C6.child": (
        "Nothing is delivered by it: it pays for a transaction of cycle {cycle} that waits for a block.",
        "Nothing to do.",
    ),
    "C6.void": ("Nothing is delivered: the settlement of cycle {cycle} ends by this void.", "Nothing to do."),
    "E4.not-void": (
        "The void is not an empty call of the Safe to itself: {found}.",
        "Refuse it: a void has no value, no data and no other target.",
    ),
    "E4.declared-void": ("An empty call of the Safe to itself, declared as a void.", "Nothing to do."),
    "E5.void": ("A void transfers no token.", "Nothing to do."),
    "E6.void": ("A void pays no ether.", "Nothing to do."),
    "E8.not-dual": ("A {purpose} of a nonce signed before was not declared by two persons.", _COMPLIANCE),
    "E8.void-nonce": (
        "The void has nonce {found}, what it voids has {expected}.",
        "Refuse it: only the same nonce stops what was signed.",
    ),
    "E8.ordered-instead": (
        "Under nonce {nonce} another call was signed here; the administrators ordered this one in its place.",
        "Nothing to do. Only one of the two can be executed.",
    ),
    "E8.late-void": (
        "Nonce {voided} of the instruction it voids was used outside this log; it uses up nonce {nonce}, as declared.",
        "Nothing to do.",
    ),
    "E8.used-outside": (
        "Numbers {numbers} of this Safe were used outside this log. What used them, and what it moved, is not known here.",
        "Look at the Safe's holdings (Vaults) and at what its owners say before you sign.",
    ),
    "E8.uncompared": (
        "Numbers of this Safe were used outside this log (entry {index}), and its books were not compared since.",
        "Do not sign yet. Ask operations to compare the books with the chains and to record it.",
    ),
    "E8.declared-void": ("It uses up nonce {nonce} of the instruction it voids, as declared.", "Nothing to do."),
    "rails.change-dust": (
        "What would return to vault {vault} is {left} satoshis; the least that can be an output is {least}.",
        "Choose a lower fee rate.",
    ),
    "rails.child-address": (
        "The child pays to an address that its parent already pays.",
        "Refuse it: no address is used twice.",
    ),
    "rails.child-coins": (
        "The child does not spend exactly the change of its parent: {outpoints}.",
        "Refuse it: only that change may be spent to lift the parent.",
    ),
    "rails.child-fee": (
        "With its child, the transaction would cost vault {vault} {fee} satoshis; its contracts allow {cap}.",
        "Choose a lower fee rate.",
    ),
    "rails.child-pays": (
        "The child does not bring everything home: something leaves, or does not come back to its own vault.",
        "Refuse it, and tell the compliance officer.",
    ),
    "rails.child-unbalanced": (
        "A vault gives more to the child than its share of the fee.",
        "Refuse it, and have it prepared again.",
    ),
    "rails.lifted-already": (
        "The transaction pays {fee} satoshis, as much as {rate} satoshis a virtual byte or more.",
        "Choose a higher rate, or wait.",
    ),
    "rails.nothing-to-lift": (
        "The transaction returns nothing to any of its vaults, so nothing of it can be spent to lift it.",
        "Replace it by a higher fee instead.",
    ),
    "rails.not-replaceable": (
        "The transaction does not say that it may be replaced (BIP-125).",
        "Wait for a block, or spend its change at a higher fee.",
    ),
    "rails.replacement-fee": (
        "Nodes would not take it in the other's place: its fee is {fee} satoshis, the least is {least}.",
        "Choose {rate} satoshis a virtual byte or more.",
    ),
    "rails.foreign-coin": (
        "{count} inputs of the original belong to no paying vault, or their amounts are not proven.",
        "Refuse it, and ask operations where the original comes from.",
    ),
}
