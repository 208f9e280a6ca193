"""What a workstation's own desk says: its plan, its founding paper, its folder."""

_PLAN = "Correct the plan and run the command again; nothing was made."
_PAPER = "Ask whoever drafted the paper for the one that is meant, and compare its log key with them."

SENTENCES: dict[str, tuple[str, str]] = {
    "desk.ask-relayer-pin": (
        "The PIN of the relayer's token",
        "Type it and confirm: the relayer pays for the transaction. The PIN goes to the token and nowhere else.",
    ),
    "desk.plan-quorum": (
        "The plan asks for {quorum} witnesses and names {witnesses} different ones.",
        _PLAN,
    ),
    "desk.plan-officer": (
        "Vault {vault} is to be owned by {officer}, who is no officer of the plan.",
        _PLAN,
    ),
    "desk.plan-vault": (
        "Vault {vault} is of the kind {kind}, which has {wanted}, and nothing of the other kind.",
        _PLAN,
    ),
    "desk.plan-slot": (
        "Vault {vault} is to receive at slot {slot} and has {slots} slots, counted from 0.",
        _PLAN,
    ),
    "desk.not-a-founding": (
        "This file holds {type}, not the founding of a desk.",
        "Give the paper that `countersign desk make` wrote. Other changes are signed with `countersign proposal sign`.",
    ),
    "desk.founding-not-yours": (
        "No key of this token belongs to an administrator of {desk} by this paper.",
        "Take the token whose keyring went into the plan, or have the plan corrected.",
    ),
    "desk.founding-old": (
        "The paper that founds {desk} was drafted {minutes} minutes ago, or lies in the future; it is good for a day.",
        "Compare this machine's clock. If it is right, make the desk again in another folder and sign the new paper.",
    ),
    "desk.founding-stranger": (
        "The paper carries a signature of {signer}, who is no administrator by it.",
        _PAPER,
    ),
    "desk.founding-other-log": (
        "The paper founds a desk with the log key {log}; the key of this folder is {here}.",
        _PAPER,
    ),
    "desk.founding-unsigned": (
        "{wanted} administrators must sign the founding; who can still sign: {missing}.",
        "Have the paper signed with `countersign desk sign`, and give all signed files together.",
    ),
    "desk.paper-unnamed": (
        "The event {id} names no document with the SHA-256 {paper}.",
        "Leave that document out, or give the one that the event names.",
    ),
    "desk.unsigned": (
        "Nobody has signed this yet.",
        "Have it signed first: `countersign proposal sign`, or `countersign officer … take` and `approve`.",
    ),
    "desk.witness-known": (
        "The desk asks the witness {witness} at {url} already.",
        "Nothing was changed. Give another witness, or the address that this one has moved to.",
    ),
    "desk.not-founded": (
        "This desk is not founded yet.",
        "Have its paper signed, then run `countersign desk found`.",
    ),
    "desk.station-log-key": (
        "No key in the folder is the log key {log} with which the desk was made.",
        "Restore the folder `keys` from the desk's backup. Nothing was signed.",
    ),
    "desk.other-desk": (
        "The profile trusts the desk {profile}; this is {desk}.",
        "Take the profile that was enrolled with this desk, or enrol a new one.",
    ),
    "desk.no-station": (
        "This folder's store does not say which desk it is.",
        "Restore the desk's folder from its backup; do not found it anew under the same name.",
    ),
    "desk.station-key-absent": (
        "The token {token} does not hold the desk's own key {kid}.",
        "Attach the token with which the desk was made.",
    ),
    "desk.station-token-keys": (
        "The token {token} holds {found} keys that sign events; a desk's token holds exactly one.",
        "Make it with `countersign token generate {token} identity --curve P-256`, or take another token.",
    ),
}
