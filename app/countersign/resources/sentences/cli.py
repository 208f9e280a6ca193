"""What the command line itself says."""

SENTENCES: dict[str, tuple[str, str]] = {
    "cli.file-exists": (
        "There is already a file {path}.",
        "Give another name, or move that file away.",
    ),
    "cli.file-unwritten": (
        "The file {path} could not be written ({why}).",
        "Give a place that you can write to, and try again.",
    ),
    "cli.no-such-type": (
        "There is no event type {type}.",
        "Run the command without a type to see all of them.",
    ),
    "cli.not-an-officers-token": (
        "The token {token} holds no officer's identity key that is registered.",
        "Attach your own token. If it is new, ask the administrators to register it first.",
    ),
    "cli.clocks-apart": (
        "This machine's clock says {here}, the second source {second}.",
        "Set this machine's clock right, or read the second source again; nothing is signed on a wrong clock.",
    ),
    "cli.device-wanted": (
        "A device of yours signs this request too; devices that have not: {devices}. Nothing was signed.",
        "Use vault device-export, sign on the device, then vault device-import; or say --token-only for the token's share alone.",
    ),
    "cli.label-twice": (
        "Two keys in the token {token} are labelled {label}.",
        "A label says what a key is for. Remove or rename one of them with the token's own tool.",
    ),
    "cli.proposal-ambiguous": (
        "{count} proposals begin with {id}.",
        "Give more digits of the one that you mean.",
    ),
    "cli.nothing-to-sign": (
        "Nothing of {id} waits for your keys.",
        "See where it stands with `countersign settlement show {id}`, and what waits with `countersign desk round`.",
    ),
    "cli.nobody-present": (
        "Nobody is named as present.",
        "Give the officers' ids with commas between them.",
    ),
    "cli.not-a-change": (
        "The file {path} does not hold a change.",
        "Write a JSON object with the new entries, or with the whole new policy; docs/formats shows both.",
    ),
    "cli.other-proposal": (
        "The file proposes something of the type {found}, not {expected}.",
        "Look at it with the command of its own kind.",
    ),
    "cli.no-terminal": (
        "There is no terminal in which a secret could be typed unseen.",
        "Run the command in a terminal, or give it in a file that only you can read.",
    ),
    "cli.pin-file-absent": (
        "The file {path}, which should hold a PIN or passphrase, cannot be read ({why}).",
        "Give the path of a file that you can read.",
    ),
    "cli.pin-file-open": (
        "The file {path}, which holds a secret, can be read by others.",
        "Take that right away (chmod 600), and change what it holds if others could have read it.",
    ),
    "cli.not-a-time": (
        "“{text}” is not a time.",
        "Type it as the second source has it, in UTC, such as 2026-11-22T21:50:00Z.",
    ),
    "cli.pin-file-form": (
        "The file {path} does not hold a PIN or passphrase.",
        "Write it alone into the file: visible ASCII characters, at most one line.",
    ),
    "cli.softhsm-folder-absent": (
        "There is no folder {folder} with SoftHSM tokens.",
        "Correct the path, or make a token there with `countersign token init`.",
    ),
    "cli.typed": (
        "“{text}” was not typed as it should be.",
        "Correct it on the command line and run the command again; nothing was changed here.",
    ),
    "cli.token-ambiguous": (
        "{count} attached tokens are named {token}.",
        "Say which one with --serial, or detach the others.",
    ),
    "cli.nodes-login": (
        "The node at {url} has both a cookie and a login file.",
        "Keep one of them.",
    ),
    "cli.nodes-relayer-chain": (
        "The node at {url} has a relayer and no chain.",
        "Say which chain it stands for: a relayer signs for the chain that the file names, not for the one that a node names.",
    ),
    "cli.nodes-relayer-place": (
        "The relayer's token {token} is in no place, or in two.",
        "Give either a PKCS#11 module's path or SoftHSM's folder.",
    ),
    "cli.nodes-other-chain": (
        "The node at {url} stands for {expected} in the file of nodes and says that it follows {found}.",
        "Correct the file, or the node. It is left out until then.",
    ),
    "cli.relayer-absent": (
        "The relayer's token {token} (serial {serial}, {model}) holds no key {key} of the curve secp256k1, or several.",
        "Attach the token that the file of nodes names, or correct the file. Nothing can be sent on that chain until then.",
    ),
    "cli.nodes-none": (
        "The file of nodes names none.",
        "Give at least one: docs/formats/nodes.md says how it is written.",
    ),
    "cli.nodes-twice": (
        "Two nodes of the file follow the same chain, {chain}.",
        "Keep one of them: this console believes one node a chain.",
    ),
    "cli.file-absent": ("{path} cannot be read ({why}).", "Give the path of a file that you can read."),
    "cli.file-kind": ("{path} is not a regular file.", "Give a file, or a folder that holds files only."),
    "cli.file-too-large": (
        "{path} is larger than {limit} bytes.",
        "Ask its sender for it again; nothing of it was read.",
    ),
    "cli.folder-too-large": (
        "The folder {path} holds more than can be verified ({limit} bytes).",
        "Verify its parts one by one.",
    ),
    "cli.no-source": (
        "{path} is neither a profile nor the output of a settlement.",
        "Give a profile, an evidence pack, or a folder with a result.json.",
    ),
    "cli.pack-no-history": (
        "{path} is an evidence pack or an extract: it holds a part of the history, not the ledger.",
        "Use `countersign check {path}` or `countersign audit verify {path}`; here give a profile, or a headless run's folder.",
    ),
    "cli.fingerprint": (
        "Fingerprint of {name}: {words}",
        "Compare these words by telephone with somebody who has the original.",
    ),
    "cli.nothing-to-print": (
        "None of these files is a Safe transaction: a hardware wallet shows nothing of them.",
        "Give the Safe transaction's file, or leave --print out.",
    ),
    "cli.unexpected": (
        "Something failed that should not have ({kind}). Nothing was changed that is not recorded.",
        "Send {path} to whoever looks after this program.",
    ),
    "cli.unexpected-unrecorded": (
        "Something failed that should not have ({kind}), and {path} could not be written.",
        "Tell whoever looks after this program what you did.",
    ),
    "cli.unknown-order": (
        "The cold vault's process was given an order that it does not know.",
        "Start both processes from the same version of this program.",
    ),
}
