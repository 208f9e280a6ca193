"""What is refused when a settlement is voided, fails or is reorganised, and what to do next."""

SENTENCES: dict[str, tuple[str, str]] = {
    "settlement.safe-uncompared": (
        "The numbers {first} to {last} of the Safe {vault} were used outside this log, and what used them is not known.",
        "Compare the books with the chains and record it (Reconciliation) before anything is paid from this Safe.",
    ),
    "settlement.declared-alone": (
        "An instruction for {purpose} is declared by operations and compliance together; this one carries one signature.",
        "Ask an officer of compliance to check the same instruction and sign it too.",
    ),
    "settlement.replaces": (
        "It takes the place of {instruction}, but what counts there is {live}.",
        "Prepare or propose it again against what counts now.",
    ),
    "settlement.replaces-nothing": (
        "It takes the place of {instruction}, but that waits no more, and nothing waits in its place.",
        "Look at what became of it; prepare or propose it again only if it is still wanted.",
    ),
    "settlement.order-waits": (
        "At the Safe {vault} the order {live} is under way already.",
        "Propose yours again: it then takes that one's place, and says so.",
    ),
    "settlement.already-executed": (
        "Instruction {instruction} is on its chain already, as transaction {transaction}.",
        "Nothing takes its place any more; go on from what the chain did.",
    ),
    "settlement.void-unshared": (
        "Nobody has signed instruction {instruction}, so it needs no void.",
        "Void the instructions that carry shares; the others end with them.",
    ),
    "settlement.void-coins": (
        "The void does not spend exactly the coins, or use up exactly the nonce, of instruction {instruction}.",
        "Prepare the void again from that instruction: only the same coins or nonce stop it.",
    ),
    "settlement.voiding": (
        "The settlement of cycle {cycle} is being voided.",
        "Go on with its void; it ends without delivery.",
    ),
    "settlement.not-voiding": (
        "The settlement of cycle {cycle} is not being voided.",
        "There is nothing to end: look at the settlement's state.",
    ),
    "settlement.void-unconfirmed": (
        "The void {instruction} has {confirmations} of the {needed} confirmations that the policy asks for.",
        "Wait for its confirmations; holds return then.",
    ),
    "settlement.replacement-kind": (
        "Instruction {instruction} is a Safe transaction: its fee is paid outside it, so nothing signed is replaced.",
        "Send the same call again with more gas.",
    ),
    "settlement.replacement-coins": (
        "The replacement does not spend every coin of instruction {instruction}: it and one before it might both be mined.",
        "Prepare it again over all the coins of the instruction it replaces; it may add others.",
    ),
    "settlement.replaced-kind": (
        "Instruction {instruction} is a Bitcoin transaction: what was signed fixes its id, so no other carries it.",
        "Declare a replacement with a higher fee instead, and have it signed.",
    ),
    "settlement.still-executable": (
        "Instruction {instruction} may still be executed; another beside it could pay twice.",
        "Send it again, replace it, or record that its chain can never take it.",
    ),
    "settlement.both-payable": (
        "Instruction {instruction} may have been signed for this leg, and nothing bars it for good: both might pay.",
        "Spend a coin of it that is left; where none is, wait for the policy's confirmations and record its failure again.",
    ),
    "settlement.not-for-good": (
        "The number of instruction {instruction} is used, but its chain may undo that until it has the policy's confirmations.",
        "Wait for the confirmations, and record the failure again.",
    ),
    "settlement.failed-contradicts": (
        "What can still execute is not gone for good: the two things said of instruction {instruction} contradict each other.",
        "Ask your node again, and record what it says.",
    ),
    "settlement.not-released": (
        "Instruction {instruction} has not been released.",
        "Let maker and checker release it first.",
    ),
    "settlement.other-cycle": (
        "Instruction {instruction} does not belong to cycle {cycle}.",
        "Name the cycle and its own instruction.",
    ),
    "settlement.nothing-delivered": (
        "No transaction of cycle {cycle} is on its chain, so nobody waits for the other side.",
        "Send the transactions again; if nothing was sent at all, the settlement can be voided.",
    ),
    "settlement.failed-already": (
        "The failure of instruction {instruction} is recorded already.",
        "Take one of the ways out: send it again, replace it, or prepare its leg anew once it can never execute.",
    ),
    "settlement.child-parent": (
        "Instruction {instruction} is none that a child can lift: a Safe's transaction, a void, a child itself, or dead.",
        "Lift the Bitcoin payment that waits for a block; a void is declared again with a higher fee instead.",
    ),
    "settlement.child-parent-unsent": (
        "Instruction {instruction} was not sent yet: there is nothing to lift.",
        "Release and send it first; if it waits for a block then, declare the child.",
    ),
    "settlement.child-already": (
        "Instruction {instruction} has another child that counts: {child}.",
        "Go on with that one, or declare a child in its place with a higher fee once it was sent.",
    ),
    "settlement.child-unsent": (
        "The child {instruction} has its signatures and was not sent yet.",
        "Release and send it; if it waits too, declare another in its place.",
    ),
    "settlement.child-coins": (
        "The child does not spend one output of transaction {transaction} for each of its vaults, and nothing else.",
        "Prepare it again over the change of instruction {instruction}.",
    ),
    "settlement.child-open": (
        "The child {instruction} may be mined and stands in no block yet: what it costs is still to be charged.",
        "Release and send it if that was not done, and wait for its block; then the settlement is final.",
    ),
    "settlement.child-no-leg": (
        "Instruction {instruction} is a child: it delivers nothing, so no settlement fails by it.",
        "Record the failure of the instruction that it lifts.",
    ),
    "settlement.excerpt-declared": (
        "An instruction for {purpose} does not cross by QR: what it takes the place of, and why, is not carried.",
        "Nothing was taken in. Carry it by USB, with the whole history.",
    ),
    "settlement.observed-block": (
        "In {where}, a transaction in no block has no height and no confirmations, and one in a block has all three.",
        "Observe the transaction again with your node.",
    ),
}
