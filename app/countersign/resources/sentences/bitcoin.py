"""What is said of Bitcoin transactions, descriptors, PSBTs and shares. Inputs are numbered from 0, as nodes do."""

_SENDER = "Ask whoever prepared it to prepare it again; nothing was signed and nothing was changed here."
_RESEND = "Have it sent again. If it arrives the same way, its sender must mend it; nothing was changed here."
_STOP = "Do not sign. Keep the file as evidence and tell the compliance officer."
_SIGN_AGAIN = "Ask that signer to sign the request again; this share is not used."
_REGISTERED = "Ask the administrators for the descriptor as it was registered."
_EXPORT = "Have the key exported again by its device, as xpub, or as tpub on a test network."
_OUR_FORM = "Use a vault of the form wsh(sortedmulti(…)); coins that lie elsewhere must be moved with their own wallet."
_RECORD = "Have the device export the record again, and hand it over unchanged."
_OURS = "This is a mistake in this program: report it."
_NOT_BROADCAST = "It is not broadcast. Combine the shares again, and if it fails again, keep the file and report it."

SENTENCES: dict[str, tuple[str, str]] = {
    # B2: the form of a PSBT
    "B2.amount": ("An amount in the transaction is negative.", _SENDER),
    "B2.base64": (
        "The file begins as a PSBT in base64 and does not go on as one.",
        "Save it again on the device, or choose the binary .psbt file.",
    ),
    "B2.compact-size": ("A length at byte {offset} is written longer than it needs to be.", _SENDER),
    "B2.duplicate-key": ("The PSBT holds one field twice (type {type}, at byte {offset}).", _STOP),
    "B2.duplicate-outpoint": ("The transaction spends one coin twice.", _STOP),
    "B2.fields": ("The PSBT has more fields than are read here ({limit}).", _SENDER),
    "B2.key-length": ("A field of type {type} has a key of the wrong length.", _SENDER),
    "B2.lock-time": (
        "No lock time suits every input: one asks for a block height, another for a time.",
        _SENDER,
    ),
    "B2.lock-time-range": (
        "An input asks for lock time {found} in the wrong field: heights are from 1 to 499,999,999, times from there on.",
        _SENDER,
    ),
    "B2.magic": ("This is not a PSBT: its first bytes are others.", "Choose the PSBT file (.psbt)."),
    "B2.modifiable": (
        "The PSBT says that its inputs or outputs may still change (flags {flags}); what is signed must be settled.",
        "Ask its maker to close it: a PSBT of version 2 without such a flag, or one of version 0.",
    ),
    "B2.no-such-version": ("There is no PSBT of version {found}.", "Ask for version 0 or version 2."),
    "B2.no-unsigned-transaction": ("The PSBT holds no transaction.", _SENDER),
    "B2.outputs": ("The transaction has {found} outputs; at most {limit} are admitted.", _SENDER),
    "B2.parent-outputs": (
        "The transactions that the PSBT spends from have more than {limit} outputs together.",
        "Ask the sender to split the transaction.",
    ),
    "B2.psbt-version": ("The PSBT says it is of version {found}; versions 0 and 2 are read.", _SENDER),
    "B2.script-sig": ("Input {input} of the unsigned transaction is not empty.", _SENDER),
    "B2.superfluous-witness": ("The transaction says it has witnesses and has none.", _SENDER),
    "B2.too-large": ("The PSBT has {size} bytes; at most {limit} are read here.", _SENDER),
    "B2.trailing": ("There are bytes behind the end, at byte {offset}.", _RESEND),
    "B2.transaction-version": ("The transaction is of version {found}; 1 and 2 are admitted.", _SENDER),
    "B2.transaction-pieces": (
        "A transaction says it has {found} inputs, outputs or witness items; no block holds more than {limit}.",
        "Ask the sender for the transaction without its witnesses.",
    ),
    "B2.transaction-size": ("A transaction has {size} bytes; no block holds one of more than {limit}.", _SENDER),
    "B2.truncated": ("The data ends too early, at byte {offset}.", _RESEND),
    "B2.unsigned-witness": ("The unsigned transaction in the PSBT is written with witnesses.", _SENDER),
    "B2.v0-field": ("The PSBT is of version 2 and carries the whole transaction, as only version 0 does.", _SENDER),
    "B2.v2-field": ("The PSBT is of version 0 and has a field of version 2 (type {type}).", _SENDER),
    "B2.v2-field-absent": (
        "The PSBT is of version 2 and map {map} lacks a field that it must have (type {type}).",
        _SENDER,
    ),
    "B2.value-length": ("A field of type {type} has a value of the wrong length.", _SENDER),
    "B2.weight": ("Once signed the transaction would weigh {found}; at most {limit} is admitted.", _SENDER),
    # B3: amounts
    "B3.no-parent": (
        "Input {input} does not carry the transaction its coin comes from, so its amount is only a claim.",
        _SENDER,
    ),
    "B3.no-such-output": ("The previous transaction of input {input} has no output {vout}.", _STOP),
    "B3.other-parent": ("Input {input} carries another transaction than the one its coin comes from.", _STOP),
    "B3.witness-utxo-differs": (
        "The amount or script that input {input} claims is not the one in its previous transaction.",
        _STOP,
    ),
    # B4: scripts
    "B4.no-script": ("Input {input} does not carry the script that its coin is locked with.", _SENDER),
    "B4.not-p2wsh": ("The coin of input {input} does not lie in a vault of the kind this console signs for.", _STOP),
    "B4.other-script": ("The script of input {input} is not the one that its coin is locked with.", _STOP),
    "B4.redeem-script": ("Input {input} carries a redeem script, which a vault's coin never needs.", _STOP),
    # B5, B6
    "B5.sighash": (
        "A signature on input {input} covers only a part of the transaction (type {found}); all of it is demanded.",
        _STOP,
    ),
    "B6.duplicate-fingerprint": ("Two cosigners of the descriptor have the same fingerprint.", _REGISTERED),
    "B6.duplicate-key": ("One key stands twice among the cosigners of the descriptor.", _REGISTERED),
    "B6.no-own-key": (
        "No input of this transaction needs a signature of this key.",
        "Check that this is the request for you and that the right token is inserted.",
    ),
    "B6.own-key-twice": ("Input {input} counts two keys of one signer.", _STOP),
    "B6.too-many-keys": ("The descriptor names {found} cosigners; at most {limit} are admitted.", _REGISTERED),
    # B11: signatures that are there already
    "B11.encoding": ("A signature on input {input} is not written as strict DER.", _SIGN_AGAIN),
    "B11.high-s": ("A signature on input {input} has a high s, so anybody could change its bytes.", _SIGN_AGAIN),
    "B11.wrong": ("A signature on input {input} is not the signature of {key} over this transaction.", _STOP),
    # B13: combining, finishing
    "B13.conflict": ("The PSBTs contradict each other (map {map}, field of type {type}).", _STOP),
    "B13.conflicting-signature": (
        "There are two signatures of {key} on input {input}, and they are not both shown to be valid.",
        _SIGN_AGAIN,
    ),
    "B13.consensus": ("Bitcoin Core's own rules refuse input {input} of the finished transaction.", _NOT_BROADCAST),
    "B13.inputs": ("The finished transaction has {found} signed inputs where {expected} are expected.", _NOT_BROADCAST),
    "B13.not-final": ("Input {input} is not finished.", "Finish the PSBT first: it may still lack shares."),
    "B13.other-transaction": ("This belongs to another transaction.", "Choose the share of this instruction."),
    "B13.programme": ("Input {input} spends a coin that is not a vault's.", _NOT_BROADCAST),
    "B13.script": ("The script in input {input} is not the one its coin is locked with.", _NOT_BROADCAST),
    "B13.script-sig": ("Input {input} has a script signature, which a vault's spend never has.", _NOT_BROADCAST),
    "B13.signature": ("The signatures of input {input} do not verify in the order of its keys.", _NOT_BROADCAST),
    "B13.too-few-signatures": (
        "Input {input} has {found} of {needed} signatures.",
        "Wait for the shares that are missing.",
    ),
    "B13.witness": ("The witness of input {input} is not a dummy, the signatures and the script.", _NOT_BROADCAST),
    # descriptors, vaults, addresses
    "bitcoin.address-spelling": ("The address is not in its canonical lower-case spelling.", "Write it in lower case."),
    "bitcoin.descriptor-character": ("The descriptor holds a character that descriptors may not have.", _REGISTERED),
    "bitcoin.descriptor-checksum": ("The descriptor's checksum is missing or does not fit its text.", _REGISTERED),
    "bitcoin.descriptor-depth": ("A key's path is longer than {limit} steps.", _REGISTERED),
    "bitcoin.descriptor-hardened-step": (
        "A step behind an extended key is hardened, so nobody without its private key can follow it.",
        "Export the extended key at the last hardened step, and let only plain numbers follow it.",
    ),
    "bitcoin.descriptor-key": (
        "A key in the descriptor is neither a compressed public key in lower-case hex nor an extended public key.",
        _REGISTERED,
    ),
    "bitcoin.descriptor-mixed-range": (
        "Key {key} has no numbered places. Devices that enrol extended keys only join vaults whose keys are all extended.",
        "Use a vault of slots, with every extended key at a fixed place, or one whose keys all end in /<0;1>/*.",
    ),
    "bitcoin.descriptor-length": ("The descriptor has {found} characters; at most {limit} are read.", _SENDER),
    "bitcoin.descriptor-not-ranged": (
        "No key of the descriptor ends in /<0;1>/*, so it names one place and not a vault's many.",
        "Register it as a slot, or ask for the descriptor whose keys end in /<0;1>/*.",
    ),
    "bitcoin.descriptor-path": ("A step in a key's origin is out of range.", _REGISTERED),
    "bitcoin.descriptor-private-key": (
        "The descriptor holds a private key.",
        "Treat that key as known to others: whoever sent this must replace it. Only public keys are registered.",
    ),
    "bitcoin.descriptor-range": (
        "A key's numbered places are not written /<0;1>/*, the one way in which receiving and change are told apart.",
        "Ask for the descriptor whose keys end in /<0;1>/*.",
    ),
    "bitcoin.descriptor-ranged": (
        "The descriptor names many places (/<0;1>/*) where one is expected.",
        "Register it as a vault of extended keys, not as a slot.",
    ),
    "bitcoin.descriptor-syntax": ("The descriptor is not written as BIP-380 says.", _REGISTERED),
    "bitcoin.descriptor-uncompressed-key": (
        "A key in the descriptor is uncompressed, which segwit forbids.",
        _REGISTERED,
    ),
    "bitcoin.extended-key-depth": ("An extended key's place in its tree is impossible.", _EXPORT),
    "bitcoin.extended-key-hardened": (
        "A hardened step cannot be followed with a public key.",
        "Export the extended key at the last hardened step.",
    ),
    "bitcoin.extended-key-length": ("An extended key has {found} bytes where {expected} belong.", _EXPORT),
    "bitcoin.extended-key-prefix": ("What is called an extended public key does not hold a public key.", _EXPORT),
    "bitcoin.extended-key-private": (
        "This is an extended private key.",
        "Treat that key, and every key under it, as known to others: whoever sent this must replace it.",
    ),
    "bitcoin.extended-key-slip-132": (
        "The extended key is written as {found}; only xpub and tpub are read, because the descriptor says the rest.",
        "Export the same key as xpub, or tpub on a test network.",
    ),
    "bitcoin.extended-key-version": ("An extended key is of a kind that is not known here.", _EXPORT),
    "bitcoin.form-keyless": ("The descriptor is of the form {form}, which says nothing of who can spend.", _OUR_FORM),
    "bitcoin.form-legacy": (
        "The descriptor is of the form {form}. Signatures there do not cover the amounts, so a lie about them succeeds.",
        _OUR_FORM,
    ),
    "bitcoin.form-nested": (
        "The descriptor is of the form {form}. Its coins need a second script in every spend, which is not written here.",
        _OUR_FORM,
    ),
    "bitcoin.form-policy": (
        "The descriptor is of the form {form}. It has conditions of its own, and this console signs for plain quorums only.",
        _OUR_FORM,
    ),
    "bitcoin.form-single": (
        "The descriptor is of the form {form}, which one key alone can spend; a vault has a quorum.",
        _OUR_FORM,
    ),
    "bitcoin.form-taproot": (
        "The descriptor is of the form {form}. Taproot needs Schnorr signatures, which the tokens here do not make.",
        _OUR_FORM,
    ),
    "bitcoin.form-unsorted": (
        "The descriptor is of the form {form}, in which the order of the keys changes the addresses.",
        _OUR_FORM,
    ),
    "bitcoin.key-coin-type": (
        "The path of key {key} is for another network; on this one the coin type is {expected}'.",
        "Export the key again from the path of this network.",
    ),
    "bitcoin.key-origin": (
        "An extended key is not where its origin says: its own depth, number or parent contradict the path.",
        "Export the key with its origin again: a device would not find its key under that path.",
    ),
    "bitcoin.key-network": (
        "Key {key} of the descriptor is for the {found} network, and the vault is on the {expected} network.",
        "Export the key again for this network.",
    ),
    "bitcoin.key-uncompressed": ("A key is not a compressed public key.", _REGISTERED),
    "bitcoin.mixed-networks": ("The extended keys of the descriptor are for different networks.", _REGISTERED),
    "bitcoin.no-address": ("This output's script has no address.", "Look at the script itself."),
    "bitcoin.no-such-place": ("The vault has no place {number}.", _OURS),
    "bitcoin.threshold": ("{threshold} signatures are demanded of {keys} keys.", _REGISTERED),
    "bitcoin.txid": ("A transaction id is 64 lower-case hex digits; this is not one.", _RESEND),
    "bitcoin.vault-empty": ("The vault has no slot.", _REGISTERED),
    "bitcoin.vault-key-reused": ("Slot {slot} of the vault uses a key of another slot again.", _REGISTERED),
    "bitcoin.vault-line": ("The list of descriptors does not end with a line end.", _REGISTERED),
    "bitcoin.vault-quorum": ("Slot {slot} of the vault has another quorum than slot 0.", _REGISTERED),
    # enrolment: BSMS records, signed messages
    "bitcoin.described-size": (
        "The file has {size} bytes; at most {limit} are read of a vault's description.",
        "Choose the file of descriptors, or the BSMS record.",
    ),
    "bitcoin.describes-nothing": (
        "This is neither a descriptor nor a BSMS record.",
        "Choose the descriptor file or the device's BSMS file; an encrypted one (.dat) needs the session's token.",
    ),
    "bitcoin.bsms-dat": ("This is not an encrypted BSMS record: it is not lower-case hex of enough bytes.", _RECORD),
    "bitcoin.bsms-description": (
        "The description of a key is longer than {limit} characters or holds a hidden one.",
        _RECORD,
    ),
    "bitcoin.bsms-first-address": (
        "The record's first address is not the one that its keys give: here it is {found}.",
        "Do not use this vault. Keys or addresses were changed on the way; compare the key records with every cosigner.",
    ),
    "bitcoin.bsms-key": (
        "A key record holds the key with its origin and nothing behind it; this one is written otherwise.",
        _RECORD,
    ),
    "bitcoin.bsms-line": ("Line {line} of the record is not written as BIP-129 says.", _RECORD),
    "bitcoin.bsms-line-end": (
        "The record's lines end with carriage returns, which its signature never covers.",
        _RECORD,
    ),
    "bitcoin.bsms-lines": ("The record has {found} lines where {expected} belong.", _RECORD),
    "bitcoin.bsms-mac": (
        "The record cannot be opened with this token: the token is another one, or the file was changed on the way.",
        "Compare the token with the coordinator, and have the file sent again.",
    ),
    "bitcoin.bsms-other-token": (
        "The record belongs to another session: it carries another token.",
        "Have it exported again with the token of this session.",
    ),
    "bitcoin.bsms-own-key": (
        "The key that this device enrolled stands {found} times in the record, whole and under its own origin.",
        "Do not use this vault. Compare the key records with every cosigner: one of the keys or origins was exchanged.",
    ),
    "bitcoin.bsms-restrictions": (
        "The record's path restrictions are not those of a vault: /0/*,/1/* with a template (/**), none without.",
        "Ask the coordinator for a record with /** and /0/*,/1/*.",
    ),
    "bitcoin.bsms-signature": (
        "The key record is not signed by the key in it.",
        "Do not use this key. Have its device make the record again, and tell the compliance officer if it repeats.",
    ),
    "bitcoin.bsms-size": ("The record has {size} bytes; at most {limit} are read.", _RECORD),
    "bitcoin.bsms-text": ("This is not a BSMS record.", "Choose the device's BSMS file (.bsms, or .dat if encrypted)."),
    "bitcoin.bsms-token": (
        "A token of {found} bytes is none of BIP-129's: 8 bytes for standard encryption, 16 for extended.",
        "Take the token over again from the coordinator.",
    ),
    "bitcoin.bsms-token-text": (
        "The session's token is not lower-case hexadecimal.",
        "Take the token over again from the coordinator, in digits and the letters a to f.",
    ),
    "bitcoin.bsms-version": ("The record is of version “{found}”; BSMS 1.0 is read here.", _RECORD),
    "bitcoin.message-signature": ("The signature over the text is not written as devices write it.", _RECORD),
    "bitcoin.message-signature-kind": (
        "The signature over the text is of kind {found}; only that of a compressed key (31 to 34) counts.",
        "Have the device sign with the key itself, not with an address of another kind.",
    ),
    # building, sharing
    "bitcoin.funds": (
        "The vault {vault} lacks {missing} satoshis for its payments and its share of the fee.",
        "Wait for a deposit, or choose a lower fee rate.",
    ),
    "bitcoin.dust": (
        "A payment of {satoshis} satoshis is so small that nodes do not relay it; the least is {least}.",
        "Settle it together with others of the same parties, or outside the chain.",
    ),
    "bitcoin.fee-below-relay": (
        "A fee of {fee} satoshis is below the {least} that nodes ask for a transaction of this size.",
        "Choose a higher fee rate.",
    ),
    "bitcoin.input-number": ("The transaction has no input {found}.", _OURS),
    "bitcoin.no-payment": ("There is nothing to pay.", _OURS),
    "bitcoin.no-script": ("Input {input} does not say how its coin is spent.", _SENDER),
    "bitcoin.no-utxo": ("Input {input} does not say which coin it spends.", _SENDER),
    "bitcoin.not-multisig": ("A script is not a multi-signature script over compressed keys.", _STOP),
    "bitcoin.not-our-coin": (
        "Output {vout} of that transaction does not pay into this slot.",
        "Choose the right slot.",
    ),
    "bitcoin.odd-script": (
        "Nodes do not relay payments to a script of this kind: {script}.",
        "Register a destination of a usual kind: P2WSH, P2WPKH, P2TR, P2SH or P2PKH.",
    ),
    "bitcoin.unguarded": (
        "No key guards what is paid to the script {script}: anybody could take it, or nobody ever.",
        "Register an address that the receiver's own wallet shows: P2WSH, P2WPKH or P2TR.",
    ),
    "bitcoin.rate": ("A fee of {found} satoshis a vbyte is below the least that nodes relay.", "Choose 1 or more."),
    "bitcoin.too-heavy": (
        "Once signed the transaction would weigh {found}; nodes relay at most {limit}.",
        "Close smaller cycles, or first bring the vault's many small coins together.",
    ),
    "bitcoin.too-many-outputs": (
        "The transaction would have {found} outputs; at most {limit} are admitted.",
        "Close smaller cycles.",
    ),
    "bitcoin.version": ("The transaction is of version {found}; this program makes version 2.", _OURS),
    "bitcoin.share-incomplete": ("The share lacks this signer's signature on input {input}.", _SIGN_AGAIN),
    "bitcoin.share-not-bare": ("The share holds more than one signer's signatures.", _SIGN_AGAIN),
    "bitcoin.share-stranger": (
        "The share holds a signature of {key} on input {input}, which is not this signer's.",
        _STOP,
    ),
}
