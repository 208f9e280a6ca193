"""What the findings about contract, log, token, way in and store say to an officer: what happened, what to do next."""

_NONE = "There is nothing to do."
_STOP = "Do not sign. Refuse it, and tell the desk: somebody may have changed the request."
_ASK_DESK = "Do not sign. Ask the desk to prepare it again."
_TOKEN = "Do not sign with it. Keep the token apart and tell an administrator."
_LATER = "It is judged as soon as there is one."

SENTENCES: dict[str, tuple[str, str]] = {
    "review.blocked": (
        "{check} cannot be judged, because {by} stands in its way or is missing.",
        "Look at {by} first; nothing is signed until both are in order.",
    ),
    "review.unanchored": (
        "{check} cannot be judged: nothing here says whom to trust, no profile and no keys.",
        "Judge it with a profile that is enrolled with the desk; nothing is signed before.",
    ),
    "review.switched-off": ("{check} was switched off.", "This happens in tests only. Do not sign."),
    "review.no-anchor": (
        "This machine has nothing of its own to judge by: no roster, no pinned log, no witnesses.",
        "Open the profile that belongs to this desk, and judge again.",
    ),
    "C1.no-contract": ("There is no contract in this case.", _LATER),
    "C1.not-canonical": (
        "The contract is not written in its one canonical form, so its hash would not be the one agreed.",
        "Ask for the file as both parties signed it.",
    ),
    "C1.event-differs": (
        "The logged event carries contract {found}, the file is contract {expected}.",
        "Do not sign. Ask the desk for the event that belongs to this contract.",
    ),
    "C1.request-differs": ("The request names contract {found}; this one is {expected}.", _STOP),
    "C1.same-hash": ("File, log and request name one contract, {hash}, signed by whoever must sign it.", _NONE),
    "C2.strict": ("The contract is well-formed, every field of it known.", _NONE),
    "C3.other-hash": (
        "Contract {id} version {version} is already known with other terms, under the hash {other}.",
        "Do not sign. One id and version has one set of terms for ever: ask both parties which they agreed.",
    ),
    "C3.superseded": ("Contract {id} was replaced: version {newer} stands in the log.", _ASK_DESK),
    "C3.ended": (
        "Contract {id} is {state}; nothing of it is ever signed again.",
        "Do not sign. A request for it is late or replayed: tell the desk.",
    ),
    "C3.one-hash": ("This id and version has only ever stood for these terms.", _NONE),
    "C4.clock-unconfirmed": (
        "Nobody has confirmed this machine's clock, so the age of everything is unknown.",
        "Compare the clock with a second source and confirm it at the start of the session.",
    ),
    "C4.not-yet": (
        "Contract {id} may not be settled before {start}; it is {now}.",
        "Wait, and check the machine's clock.",
    ),
    "C4.too-late": (
        "Contract {id} had to be settled by {end}; it is {now}.",
        "Do not sign. A clock that was set back does not change it: the parties must agree a new contract.",
    ),
    "C4.in-time": ("The contract's time has come and has not passed.", _NONE),
    "C4.request-too-old": ("The request lived until {until}.", _ASK_DESK),
    "C4.request-alive": ("The request is not too old.", _NONE),
    "C5.no-instruction": ("There is no instruction in this case.", _LATER),
    "C5.nothing-to-sign": ("A signature is asked for, but there is no transaction to sign.", _ASK_DESK),
    "C5.not-prepared": (
        "No instruction in the log asks for this transaction.",
        "Do not sign. Only what an operations officer prepared and logged is signed.",
    ),
    "C5.superseded": ("Another instruction was prepared in place of this one.", "Open the newer one instead."),
    "C5.called-off": (
        "Cycle {cycle} was called off before anybody signed; its contracts settle in another, or not at all.",
        "Do not sign. Open the instruction of the contract's present cycle, if it has one.",
    ),
    "C5.not-operations": ("{officer}, who prepared it, does not hold the operations role.", _STOP),
    "C5.own-order": (
        "{officer} ordered this change of owners, and who orders does not sign.",
        "Another owner of the Safe must sign.",
    ),
    "C5.own-request": (
        "{officer} prepared this settlement's instructions, and who prepares does not sign.",
        "Another officer must sign.",
    ),
    "C5.other-artefact": (
        "These are not the bytes that were prepared: {found} instead of {expected}.",
        _STOP,
    ),
    "C5.prepared": ("{officer} prepared exactly this transaction.", _NONE),
    "C6.contracts-missing": (
        "The settlement consists of contracts {expected}; here are {found}.",
        "Give all its contracts together.",
    ),
    "C6.leg-missing": (
        "Nobody has prepared the other side of the exchange, on {chains}.",
        "Do not sign. Delivery goes only with payment: wait until every leg has its instruction.",
    ),
    "C6.not-owed": ("The contract does not make the owners of {vaults} pay this.", _STOP),
    "C6.both-legs": ("Every instruction of the exchange is there ({count}).", _NONE),
    "L1.absent": ("There is no checkpoint.", "Fetch the log's newest checkpoint and judge again."),
    "L1.note-in-order": ("The checkpoint is a well-formed note of this log.", _NONE),
    "L2.signed-by-log": ("The log's own key signed the checkpoint.", _NONE),
    "L3.no-contract": ("There is no contract whose place in the log could be proved.", _LATER),
    "L3.refused": (
        "The contract stands in the log at entry {index}, which the log's rules refused ({why}): nothing came into force.",
        "Do not rely on it. Ask the desk why it was logged, and tell the auditor.",
    ),
    "L3.not-in-log": (
        "Contract {hash} is not in the log: this machine has replayed all {size} entries and it is not among them.",
        "Do not sign. Only a logged contract counts, however well it is signed: ask the desk where it stands.",
    ),
    "L3.not-in-pack": (
        "The pack is named for contract {hash}, but no event in it affirms that contract.",
        "Do not rely on this pack. Ask whoever made it for the pack of the contract you mean.",
    ),
    "L3.no-such-entry": (
        "These files belong to none of the {size} entries of the log that this machine has replayed.",
        "Do not rely on them. Ask the desk for the event together with its opening and its inclusion proof.",
    ),
    "L3.not-affirmed": (
        "The event beside the contract is {type}, not the one that brings it into force.",
        "Give the contract.affirmed event, for a withdrawal withdrawal.requested, for an award award.made.",
    ),
    "L3.other-contract": (
        "Entry {index} of the log carries another contract.",
        "Do not sign. Give the event and the opening that belong to this contract.",
    ),
    "L3.index-differs": (
        "The proof is for entry {proof}, the opening for entry {opening}.",
        "Give the proof and the opening of one entry.",
    ),
    "L3.foreign-head": (
        "The proof leads to a checkpoint of {size} entries that this machine does not know as part of its log.",
        "Fetch a proof to the newest checkpoint.",
    ),
    "L3.included": ("The contract is entry {index} of the {size} in the log.", _NONE),
    "L4.consistent": ("The log has only grown since this machine last looked; it has {size} entries.", _NONE),
    "L5.witnessed": ("{have} witnesses cosigned the checkpoint; {need} are needed.", _NONE),
    "L5.witnessed-inside": (
        "{have} witnesses cosigned the checkpoint; {need} are needed. They run inside this program, not outside.",
        "This counts in the demonstration only.",
    ),
    "L6.no-outside-pin": (
        "No copy of the pinned head is kept outside the store on this machine.",
        "Keep a printed head beside it if the store may be restored from a backup.",
    ),
    "L6.pin-in-step": ("The store has not gone back behind {size} entries.", _NONE),
    "H2.no-token": ("No token is looked at in this case.", "It is looked at before anything is signed."),
    "H2.device": (
        "The key lies in a device of its owner's own, which this machine does not see.",
        "Compare what the device shows with what is shown here before you confirm on it.",
    ),
    "H2.other-token": ("This is not the registered token: {found} instead of {expected}.", _TOKEN),
    "H2.no-key": ("The registered key is not in the token {token}.", "Attach the token that holds the registered key."),
    "H2.registered-token": ("It is the registered token, and the registered key is in it.", _NONE),
    "H3.copies": ("The token holds {copies} private keys under this id; there must be exactly one.", _TOKEN),
    "H3.attribute": ("The key's {attribute} is {found}; it must be {expected}.", _TOKEN),
    "H3.key-guarded": ("The key never leaves the token and does nothing but sign.", _NONE),
    "H4.length": (
        "The token was handed {length} bytes to sign; a digest has 32, and tokens cut silently.",
        "What came back does not count. Tell whoever maintains this console.",
    ),
    "H4.length-in-order": ("The token was handed exactly 32 bytes.", _NONE),
    "H7.not-signed-yet": ("Nothing was signed yet.", _LATER),
    "H7.signature-length": ("The token returned {length} bytes; a signature has 64. It does not count.", _TOKEN),
    "H7.out-of-range": ("The token returned numbers that no signature has. It does not count.", _TOKEN),
    "H7.high-s": (
        "The signature has the larger of its two forms and does not count as it is.",
        "Nothing was kept. Tell whoever maintains this console.",
    ),
    "H7.not-this-digest": (
        "The signature is not the registered key's over this transaction. It does not count.",
        _TOKEN,
    ),
    "H7.verified": ("The signature was verified by independent code under the registered key.", _NONE),
    "T1.bare": (
        "The request came by {channel} without an envelope: nobody says who sent it, or when.",
        "Do not sign. Carry the request as the desk wrote it.",
    ),
    "T1.no-envelope": ("The request did not come in an envelope.", _NONE),
    "T1.in-order": ("The envelope is from a known sender, for this machine, and next in order.", _NONE),
    "T2.other-channel": ("The request did not come by USB.", _NONE),
    "T2.in-bounds": ("The file was read from the medium as it should be.", _NONE),
    "T3.other-channel": ("The request did not come by QR.", _NONE),
    "T3.in-bounds": ("The pictures made up one whole message.", _NONE),
    "T4.other-channel": ("The request did not come by USB or QR.", _NONE),
    "T4.in-bounds": ("The envelope is written in its one form.", _NONE),
    "S1.no-store": ("No store is looked at in this case.", _NONE),
    "S1.pragma": (
        "The store's setting {pragma} is {found}, not what was demanded.",
        "Do not sign on this machine. Tell whoever maintains this console.",
    ),
    "S1.integrity": (
        "The store is damaged: {found}.",
        "Do not sign on this machine. Keep the file as it is, and restore a backup beside it.",
    ),
    "S1.store-in-order": ("Every setting of the store took, every page of it authenticates.", _NONE),
    "rails.officer-both": (
        "In vault {vault}, officer {officer} would sign with a token in one slot and with a device in another.",
        "Register one kind of key for this officer in the vault.",
    ),
    "rails.script-elsewhere": (
        "Vault {vault} would share an address with vault {other}: the place {place} has the same keys in both.",
        "Give each vault keys of its own. Tell the compliance officer if you did not choose these keys.",
    ),
    "rails.script-other-network": (
        "Vault {vault} and vault {other}, on another network, share {place}: a signature for one spends the other's coins.",
        "Sign for neither. Give each vault keys of its own, and tell the compliance officer who asked for this one.",
    ),
    "rails.safe-reserved": (
        "Nobody can hold {safe}, the address that is given for the Safe {vault}.",
        "Copy the Safe's address again from where it was made; compare it with the owners, letter by letter.",
    ),
    "rails.safe-is-code": (
        "{safe}, given for the Safe {vault}, is {contract}: code that Safes run on. Nobody owns what is paid there.",
        "Give the address of the Safe itself (its proxy), which its owners were told when it was made.",
    ),
    "rails.safe-is-token": (
        "{safe}, given for the Safe {vault}, is the token {symbol} itself.",
        "Give the address of the Safe itself, not of what it holds.",
    ),
    "rails.safe-handler": (
        "The Safe {vault} would have {handler} as fallback handler. That is none of Safe's: somebody may act for the Safe by it.",
        "Do not sign. Have the Safe's owners set a CompatibilityFallbackHandler of Safe's, or none, and ask who chose this one.",
    ),
    "rails.other-vault": (
        "The Safe {vault} cannot pay what {other} owes.",
        "Prepare an instruction for each Safe by itself.",
    ),
    "rails.number-of-payments": (
        "The Safe {vault} would have to make {count} payments; one Safe transaction makes 1 to {limit}.",
        "Close the cycle with fewer contracts, and settle the rest in the next one.",
    ),
}
