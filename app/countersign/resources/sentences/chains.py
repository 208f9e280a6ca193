"""What the chain adapters say when a node is absent or says no."""

SENTENCES: dict[str, tuple[str, str]] = {
    "chains.unreachable": (
        "The node at {url} does not answer ({why}).",
        "See that the node runs and that this machine may reach it, then try again. Nothing was sent.",
    ),
    "chains.not-authorised": (
        "The node at {url} refuses this console's name and password.",
        "Check the cookie file or the node's user in the settings.",
    ),
    "chains.not-rpc": (
        "What answers at {url} is not a node's JSON-RPC (HTTP status {status}).",
        "Check the address in the settings.",
    ),
    "chains.answer-too-large": (
        "The node at {url} answered with more than this console reads.",
        "Ask for less, or look at the node.",
    ),
    "chains.no-cookie": (
        "The node's cookie file {path} cannot be read.",
        "Start the node, or give this console the right to read the file.",
    ),
    "chains.scan-failed": (
        "The node could not scan its unspent outputs.",
        "Wait until the node is in step with its chain, then try again.",
    ),
    "chains.bitcoin-refused": (
        "The Bitcoin node refuses the transaction: {reason}.",
        "Nothing moved. Look at the reason; if coins were spent elsewhere, the settlement must be prepared anew.",
    ),
    "chains.ethereum-refused": (
        "The Ethereum node refuses the transaction: {reason}.",
        "Nothing moved. Look at the reason; the Safe's nonce may have been used.",
    ),
    "chains.no-contract": (
        "There is no contract that answers at {address}.",
        "Check the registered address and that the node follows the registered chain.",
    ),
}
