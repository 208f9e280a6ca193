"""What the audit room says: log, proofs, checkpoints, witnesses, the pinned head."""

_ASK_LOG = "Fetch it again from the desk or another mirror. If it stays so, tell the desk operator and keep the file."
_ASK_SENDER = "Ask whoever sent it for the file again, unaltered."
_STOP = "Do not sign. Keep this evidence, tell the custodian's security officer and the auditor."
_WAIT_WITNESS = "Wait until the desk has the checkpoint cosigned again, then fetch the newest one."

SENTENCES: dict[str, tuple[str, str]] = {
    # L1: the form of a signed note and of a checkpoint
    "L1.control-character": ("The checkpoint contains a control character.", _ASK_LOG),
    "L1.extension": ("The checkpoint has extra lines. Our own log writes none.", _ASK_LOG),
    "L1.lines": ("The checkpoint does not have its three lines: origin, size and root.", _ASK_LOG),
    "L1.no-final-newline": ("The checkpoint ends in the middle of a line.", _ASK_LOG),
    "L1.no-signatures": ("The checkpoint carries no signatures.", _ASK_LOG),
    "L1.origin": (
        "The checkpoint is of another log: {found} instead of {expected}.",
        "Use files of this desk only. If the desk changed its log, an administrator must say so first.",
    ),
    "L1.root": ("The checkpoint's root hash is not 32 bytes in its one base64 spelling.", _ASK_LOG),
    "L1.signature-base64": ("A signature line of the checkpoint is not in its one base64 spelling.", _ASK_LOG),
    "L1.signature-line": ("A line among the checkpoint's signatures is not a signature line.", _ASK_LOG),
    "L1.size": ("The checkpoint's size is not a plain number: {found}.", _ASK_LOG),
    "L1.size-leading-zero": ("The checkpoint's size is written with a leading zero: {found}.", _ASK_LOG),
    "L1.too-large": ("The checkpoint is larger than {limit} bytes.", _ASK_LOG),
    "L1.too-many-signatures": ("The checkpoint has {found} signatures; at most {limit} are read.", _ASK_LOG),
    "L1.utf-8": ("The checkpoint is not valid text (UTF-8) at byte {offset}.", _ASK_LOG),
    # L2: keys and the log's signature
    "L2.bad-signature": (
        "The checkpoint carries a false signature in the name of {name}, a key this console trusts.",
        _STOP,
    ),
    "L2.key-id": (
        "The verifier key of {name} does not have the key id that follows from it.",
        "Compare the key with the one its owner published and enter it again.",
    ),
    "L2.key-length": (
        "A verifier key is {found} bytes long; it must be 32.",
        "Compare the key with the one its owner published and enter it again.",
    ),
    "L2.key-name": (
        "A verifier key has no proper name: it is empty, or has spaces, a plus sign or control characters.",
        "Compare the key with the one its owner published and enter it again.",
    ),
    "L2.key-type": (
        "A verifier key is of type {type}. This console knows Ed25519 (1) and witness cosignatures (4).",
        "Ask its owner for a key of one of these types.",
    ),
    "L2.log-signature": ("The checkpoint is not signed by the log {name}.", _ASK_LOG),
    "L2.no-known-key": ("None of the checkpoint's signatures is by a key this console trusts.", _ASK_LOG),
    "L2.vkey": (
        "A verifier key is not written as name, key id and key with plus signs between.",
        "Copy it again from its owner's publication.",
    ),
    # L3: inclusion
    "L3.index": ("The entry's number {index} lies outside the log of {size} entries.", _ASK_LOG),
    "L3.log-root": (
        "The {size} entries of the log do not lead to the root that its checkpoint states.",
        "Do not rely on this copy. Fetch it again from another mirror; if it stays so, keep it as evidence.",
    ),
    "L3.opening": ("The opening of a log entry is wrong in {field}.", _ASK_SENDER),
    "L3.proof-checkpoint": ("The proof file carries no checkpoint.", _ASK_SENDER),
    "L3.proof-extra": ("The extra line of the proof file is not base64.", _ASK_SENDER),
    "L3.proof-hash": ("A line of the proof is not a 32-byte hash in base64.", _ASK_SENDER),
    "L3.proof-hashes": ("The proof has {found} hashes; no log needs more than {limit}.", _ASK_SENDER),
    "L3.proof-header": ("The file does not begin as a log proof (c2sp.org/tlog-proof@v1).", _ASK_SENDER),
    "L3.proof-index": ("The proof file does not say which entry it proves.", _ASK_SENDER),
    "L3.proof-index-leading-zero": ("The proof's entry number is written with a leading zero: {found}.", _ASK_SENDER),
    "L3.proof-length": ("The proof has {found} hashes; this entry of this log needs exactly {expected}.", _ASK_SENDER),
    "L3.proof-size": ("The proof file is larger than {limit} bytes.", _ASK_SENDER),
    "L3.proof-text": ("The proof file is not plain text.", _ASK_SENDER),
    "L3.root": (
        "This is not entry {index} of the log of {size} entries: the proof leads to another root.",
        "Do not sign. The contract shown is not the one that was logged; ask the desk for the logged one.",
    ),
    # L4: consistency with the pinned head
    "L4.equivocation": (
        "The log signed two different histories of {size} entries. One of them is a lie.",
        "All signing is frozen. Both signed checkpoints are kept as evidence: export them, and tell the auditor.",
    ),
    "L4.inconsistent": ("The log's {new} entries do not continue the {old} that were seen before.", _STOP),
    "L4.other-log": (
        "The checkpoint is of the log {found}; this console has pinned {pinned}.",
        "Use files of this desk only.",
    ),
    "L4.proof-length": (
        "The proof that the log only grew has {found} hashes; it must have exactly {expected}.",
        "Fetch the checkpoint again together with its proof.",
    ),
    "L4.rollback": (
        "The log shows {found} entries, fewer than the {pinned} this console has already seen.",
        "Fetch the newest checkpoint. If the log really became shorter, do not sign and tell the auditor.",
    ),
    "L4.sizes": (
        "There is no proof from {old} entries to {new}.",
        "Fetch the checkpoint again together with its proof.",
    ),
    # L5: witnesses
    "L5.absent": ("This witness has not signed the checkpoint.", _WAIT_WITNESS),
    "L5.before-entry": ("This witness signed before the entry was made.", _WAIT_WITNESS),
    "L5.cosignature": ("A witness's signature has the wrong length or an impossible time.", _ASK_LOG),
    "L5.in-the-future": (
        "This witness's signature is dated more than five minutes ahead of this machine's clock.",
        "Check this machine's clock. If it is right, tell the witness's operator.",
    ),
    "L5.key-role": (
        "The keys are not one log key (type 1) and witness keys (type 4).",
        "Correct the list of trusted keys.",
    ),
    "L5.majority": (
        "The policy in this file is content with {asked} of your {of} witnesses. Your keys demand {need}; {have} signed.",
        "Ask for a checkpoint that {need} of them signed. Get new witnesses' keys only from those who run the witnesses.",
    ),
    "L5.quorum": (
        "{have} of the policy's witnesses vouch for this checkpoint; {need} are needed.",
        _WAIT_WITNESS,
    ),
    "L5.same-key": (
        "One key stands in the list of trusted keys twice, so that one hand could count as two.",
        "Correct the list of trusted keys.",
    ),
    "L5.threshold": (
        "The policy asks for {need} of {of} witnesses, which cannot be.",
        "Correct the policy or the list of trusted keys.",
    ),
    "L5.too-old": ("This witness's signature is more than 24 hours old.", _WAIT_WITNESS),
    "L5.went-back": ("This witness's signature is older than one already seen of it.", _WAIT_WITNESS),
    "L5.witness-refused": (
        "The witness {witness} did not sign the checkpoint (status {status}).",
        "Nothing was lost. The desk sends it the missing proof and asks again.",
    ),
    "L5.zero-time": ("This witness's signature carries no time.", _WAIT_WITNESS),
    # L6: the pin
    "L6.restored": (
        "This store knows {stored} log entries, but {outside} were pinned already: an old copy was restored.",
        "Do not sign. Put the newest store back, or let an administrator recover it from the log.",
    ),
    # files and the conversation with a witness
    "audit.bundle": ("A file of log entries does not hold exactly {expected} entries.", _ASK_LOG),
    "audit.entry-too-long": (
        "A log entry of {length} bytes is longer than 65,535.",
        "Log its hash instead.",
    ),
    "audit.file-differs": ("The log's file {path} is not what its entries imply.", _ASK_LOG),
    "audit.tile-length": ("The log's file {path} does not have its proper length.", _ASK_LOG),
    "audit.tile-path": ("No file of a log is called {path}.", _ASK_LOG),
    "audit.witness-answer": (
        "A witness answered a conflict without naming the size it knows.",
        "Try again; if it stays so, tell the witness's operator.",
    ),
    "audit.witness-answer-leading-zero": (
        "A witness answered a conflict with a size in no proper spelling: {found}.",
        "Try again; if it stays so, tell the witness's operator.",
    ),
    "audit.witness-request": (
        "A request to a witness is not in its proper form.",
        "The sender must mend it: old size, proof, empty line, checkpoint.",
    ),
    "audit.witness-request-leading-zero": (
        "A request to a witness names its old size with a leading zero: {found}.",
        "The sender must mend it.",
    ),
}
