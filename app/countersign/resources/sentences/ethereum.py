"""What the codes of the room `ethereum` say to an officer: what happened, and what to do next."""

_ASK_AGAIN = "Do not sign. Ask the sender for the file again, written by a program that keeps the published form."
_STOP = "Do not sign. Tell the desk: somebody may have changed the request."
_NOT_ADMITTED = "Do not admit it: nothing would make a payment in it certain."
_FRAUD = "Do not sign. Refuse it and tell the desk by another way than the one it came: this looks like theft."

SENTENCES: dict[str, tuple[str, str]] = {
    "ethereum.address-length": ("An Ethereum address has 20 bytes; this one has {length}.", _ASK_AGAIN),
    "relaying.fee-cap": (
        "The chain asks {wanted} wei for a unit of gas; the relayer may pay at most {cap}.",
        "Wait until the chain is cheaper, or raise the cap in the file of nodes. Nothing was sent.",
    ),
    "relaying.gas-cap": (
        "The transaction needs a gas limit of {wanted}; the relayer may give at most {cap}.",
        "Raise the cap in the file of nodes, or settle less at once. Nothing was sent.",
    ),
    "relaying.gap": (
        "The relayer used nonces up to {following} but never nonce {nonce}: what stands above it would wait for ever.",
        "Take another relayer's key in the file of nodes, and find out whether the chain was reorganised. Nothing was sent.",
    ),
    "relaying.funds": (
        "The relayer {account} holds {balance} wei; what it sends may cost {needed}. It lacks {missing}.",
        "Send ether to that address, then try again. Nothing was sent.",
    ),
    "ethereum.unread-call": (
        "The call to {to} is none whose effects can be read.",
        _STOP,
    ),
    "ethereum.address-padding": (
        "The call carries hidden bytes in front of an address, where only zeros may stand.",
        _STOP,
    ),
    "ethereum.answer-length": (
        "The Ethereum node answered with {length} bytes where {expected} belong.",
        "Check which node this console asks, and try again.",
    ),
    "ethereum.atomic-gas": (
        "One call for {count} Safes needs {gas} units of gas; one transaction may use {limit}.",
        "Nothing is wrong with the settlement. Its transactions go out one after the other, or close smaller cycles.",
    ),
    "ethereum.atomic-nested": (
        "Execution {number} of the call for several Safes is itself an execution or a batch.",
        _STOP,
    ),
    "ethereum.atomic-refund": (
        "Execution {number} of the call for several Safes asks for a gas refund or limits its gas: it could fail alone.",
        _STOP,
    ),
    "ethereum.atomic-safe": (
        "Execution {number} of the call for several Safes goes to {safe}, which is no Safe.",
        _STOP,
    ),
    "ethereum.atomic-safe-twice": (
        "The call for several Safes executes {safe} twice (execution {number}).",
        _STOP,
    ),
    "ethereum.atomic-size": (
        "One call executes {least} to {limit} Safes; this one has {count}.",
        "Do not send it. Ask the desk to settle fewer vaults at a time.",
    ),
    "ethereum.atomic-value": (
        "Execution {number} of the call for several Safes carries ether of its own.",
        _STOP,
    ),
    "ethereum.dynamic-padding": ("The call carries hidden bytes behind its data, where only zeros may stand.", _STOP),
    "ethereum.exec-form": (
        "The execution call is not written in its one proper form; something in it is out of place or left over.",
        _ASK_AGAIN,
    ),
    "ethereum.exec-selector": (
        "This is not a call that executes a Safe transaction (it begins with {selector}).",
        _ASK_AGAIN,
    ),
    "ethereum.field-range": ("The Safe transaction's field {field} holds a number that cannot exist.", _ASK_AGAIN),
    "ethereum.hash-length": ("A hash has 32 bytes; this one has {length}.", _ASK_AGAIN),
    "ethereum.hex-prefix": ("A hexadecimal value is written without its leading 0x.", _ASK_AGAIN),
    "ethereum.no-owner": (
        "{owner} is no owner of the Safe.",
        "Read the Safe's owners again, and order the change anew.",
    ),
    "ethereum.owner-impossible": (
        "{owner} cannot own a Safe.",
        "Name the address of an officer's vault key.",
    ),
    "ethereum.owner-length": (
        "A call that changes a Safe's owners has {expected} bytes here; this one has {length}.",
        _STOP,
    ),
    "ethereum.owner-previous": (
        "In the Safe's list {expected} stands in front of the owner {owner}, not {given}: the call would fail.",
        "Prepare the change anew from the Safe as it is now.",
    ),
    "ethereum.owner-selector": (
        "The call changes neither the owners nor the threshold (it begins with {selector}).",
        _STOP,
    ),
    "ethereum.owner-threshold": (
        "A Safe of {owners} owners cannot want {threshold} of them to sign.",
        "Name a threshold between two and the number of owners.",
    ),
    "ethereum.owner-twice": ("{owner} is an owner of the Safe already.", "Name an address that is not one yet."),
    "ethereum.safe-version": ("The version of the Safe is not written as three numbers, such as 1.4.1.", _ASK_AGAIN),
    "ethereum.token-decimals": (
        "The token {token} says it has {found} decimals, not {decimals}: every amount would be another one.",
        "Enter the asset with the token's own decimals, or the token that was meant.",
    ),
    "ethereum.token-never-fails": (
        (
            "The token {token} does not revert when more is transferred than is there (it answers {answer}). A Safe would count "
            "such a payment as made."
        ),
        _NOT_ADMITTED,
    ),
    "ethereum.token-no-balance": ("The token {token} does not say a balance.", _NOT_ADMITTED),
    "ethereum.token-no-contract": (
        "There is no contract at {token} on this chain.",
        "Compare the token's address with its issuer's, and the chain; then enter the right one.",
    ),
    "ethereum.token-no-decimals": ("The contract {token} does not say its decimals.", _NOT_ADMITTED),
    "ethereum.token-odd-success": (
        "The token {token} answers {answer} to a transfer that succeeds, where `true` or nothing belongs.",
        _NOT_ADMITTED,
    ),
    "ethereum.token-refuses-all": (
        "The token {token} refuses even a transfer of nothing: it may be paused, or serve chosen holders only.",
        "Ask its issuer. It is admitted once it lets anybody transfer, and reverts what is not there.",
    ),
    "ethereum.token-returns-false": (
        (
            "The token {token} answers `false` instead of reverting when more is transferred than is there. A Safe would count "
            "such a payment as made."
        ),
        _NOT_ADMITTED,
    ),
    "ethereum.truncated": ("The call data breaks off: {length} bytes are too few for what it announces.", _ASK_AGAIN),
    "ethereum.uint-range": ("The call carries a number that does not fit its field of {bits} bits.", _ASK_AGAIN),
    "ethereum.uint256": ("A number is negative or too large for Ethereum (256 bits).", _ASK_AGAIN),
    "E1.version": (
        "The Safe has version {version}. Before 1.3.0 a signature names no network and would be good on every one.",
        "Do not sign. Move the vault to a Safe of version 1.3.0 or later.",
    ),
    "E2.implementations-differ": (
        "Two independent programs computed different hashes for this Safe transaction.",
        "Do not sign, and keep the file. One of the two has a fault: send it to the desk's administrators.",
    ),
    "E3.batch-form": (
        "The batch is not written in its one proper form; something in it is out of place or left over.",
        _STOP,
    ),
    "E3.batch-selector": (
        "This is not a call that makes several payments at once (it begins with {selector}).",
        _FRAUD,
    ),
    "E3.batch-size": (
        "A batch makes 1 to {limit} calls; this one has {count}.",
        "Do not sign. Ask the desk to settle fewer contracts at a time.",
    ),
    "E3.delegatecall": (
        (
            "This is not a transfer. With operation 1 it hands the Safe's own code to {to}: that contract "
            "would act as the Safe itself and could replace the wallet and take all that is in it."
        ),
        _FRAUD,
    ),
    "E3.delegatecall-known": (
        (
            "This is not a transfer. With operation 1 it hands the Safe's own code to {contract} at {to}, "
            "which would act as the Safe itself. Only MultiSendCallOnly of the Safe's own release may."
        ),
        _FRAUD,
    ),
    "E3.inner-length": (
        "Call {number} of the batch says that it is longer than the batch: more would be done than can be read.",
        _FRAUD,
    ),
    "E3.inner-operation": (
        "Call {number} of the batch has operation {operation}; only plain calls (0) leave the Safe's own code alone.",
        _FRAUD,
    ),
    "E3.inner-trailing": (
        "Behind call {count} the batch goes on with {length} bytes that are no call.",
        _STOP,
    ),
    "E3.nested": (
        "Call {number} of the batch is itself a batch, in which other calls can hide.",
        _FRAUD,
    ),
    "E3.no-release": (
        "For a Safe of version {version} no address is known at which several payments may be made at once.",
        "Settle these contracts one at a time, or move the vault to a Safe of version 1.3.0, 1.4.1 or 1.5.0.",
    ),
    "E3.other-release": (
        "It hands the Safe's own code to {to}, which belongs to Safe {found}; this Safe is of version {version}.",
        _STOP,
    ),
    "E5.length": (
        "A token transfer has exactly 68 bytes of data; this one has {length}.",
        _STOP,
    ),
    "E5.padding": ("The token transfer carries hidden bytes in front of the recipient's address.", _STOP),
    "E5.selector": ("The call is not a token transfer (it begins with {selector}).", _STOP),
    "E9.count": (
        "There are {found} owners' signatures; this vault executes with exactly {threshold}.",
        "Collect the missing signatures, or leave the surplus out, and combine again.",
    ),
    "E9.duplicate": (
        "The owner {owner} has signed twice; one owner counts once.",
        "Remove one of the two signatures and collect one from another owner.",
    ),
    "E9.high-s": (
        "A signature is in its second, mirrored form (high S), which no signer of this system writes.",
        "Ask the signer for the signature again; it was changed on the way.",
    ),
    "E9.kind": (
        "A signature ends in {v} (kind: {kind}). Only an owner's own signature, ending in 27 or 28, is taken.",
        "Do not use it. Ask the owner to sign this transaction with the vault key.",
    ),
    "E9.length": (
        "Owners' signatures are 65 bytes each; {length} bytes are not a whole number of them.",
        "Ask the sender for the signatures again.",
    ),
    "E9.not-owner": (
        "The signature belongs to {owner}, who is not the owner it should come from.",
        "Do not use it. It was made by another key, or for another transaction.",
    ),
    "E9.order": (
        "The signatures do not stand in ascending order of their owners' addresses; the Safe would refuse them.",
        "Combine the signatures again from the single shares.",
    ),
    "E9.range": (
        "A signature holds a number outside the range that a key can produce.",
        "Do not use it. Ask the signer for the signature again.",
    ),
    "E9.recovery": (
        "A signature belongs to no key at all over this transaction.",
        "Do not use it. Ask the signer for the signature again.",
    ),
}
