"""What the chain adapters say when a node is absent or says no, and what the embedded chains say of themselves."""

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
    "chains.login-open": (
        "The file {path} with the node's name and password can be read by others on this machine.",
        "Let only its owner read it (chmod 600), and if others may have, choose another password.",
    ),
    "chains.no-login": (
        "The file {path} does not hold the node's login: one line, name, colon, password.",
        "Write it so, or name the node's cookie file instead; nothing was asked of the node.",
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
        "Look whether the transaction is in the chain already; if its coins were spent elsewhere, prepare it anew.",
    ),
    "chains.ethereum-refused": (
        "The Ethereum node refuses the transaction: {reason}.",
        "Nothing moved. Look at the reason; the Safe's nonce may have been used.",
    ),
    "chains.no-relayer": (
        "This console only reads its Ethereum node: it has no relayer to send with.",
        "Name a relayer in the file of nodes (docs/formats/nodes.md), or send from a console that has one. Nothing was sent.",
    ),
    "chains.other-chain": (
        "The node that stands for {expected} in the file of nodes says that it follows {found}.",
        "Correct the file, or the node. Nothing was sent.",
    ),
    "chains.other-effects": (
        "The transaction would do something else than what is owed: {differs}.",
        "Do not send it. Tell the desk: a token of this kind is not admitted, or somebody has changed its contract.",
    ),
    "chains.not-relayed": (
        "The relayer {account} did not send the transaction {transaction}.",
        "Take the transaction from the relayer's own list (countersign officer … relayer).",
    ),
    "chains.mined-already": (
        "The transaction {transaction} is in a block: nothing is stuck.",
        "Log what the chain says (observe).",
    ),
    "chains.displaced": (
        "Another transaction took the place of {transaction}: nonce {nonce} was used by {by}.",
        "Find out who used the relayer's key. The settlement's call can be sent again.",
    ),
    "relaying.stranger": (
        "Somebody else used the relayer's key: nonce {nonce} of {account} belongs to {transaction}, not sent from here.",
        "Take another key for the relayer in the file of nodes, and find out who has this one. Nothing was sent.",
    ),
    "E11.relayer-owns": (
        "The relayer {account} is an owner of the Safe {safe}: a vault's key signs Safe transactions and nothing else.",
        "Take a key that owns nothing for the relayer. Nothing was sent.",
    ),
    "E11.relayer-registered": (
        "The relayer's key {key} is registered to {holder}: a registered key signs what its holder sees, and nothing else.",
        "Take a fresh key for the relayer. Nothing was sent.",
    ),
    "chains.url": (
        "The address of the node is not one this console uses.",
        "Give an http or https address without a name or password in it: those come from a file.",
    ),
    "chains.odd-answer": (
        "The node answered {method} in a form that this console does not read.",
        "Check that the address in the settings is a node of the registered chain, and its version. Nothing was sent.",
    ),
    "chains.no-block": (
        "The node does not have the block {block}.",
        "See that the node is in step with its chain; if the chain was reorganised, read the Safe again at its newest block.",
    ),
    "chains.node-error": (
        "The node could not answer {method}: {message} ({number}).",
        "Wait until the node has started and is in step with its chain, then try again.",
    ),
    "chains.other-transaction": (
        "The node gave bytes for transaction {txid} that are not that transaction.",
        "Do not use this node until it is known why. Nothing was taken from its answer.",
    ),
    "chains.fund-outputs": (
        "One funding transaction of the demonstration cannot have {found} outputs; it has 1 to {most}.",
        "Fund the vaults in several transactions.",
    ),
    "chains.embedded-bitcoin": (
        "This demonstration's Bitcoin runs inside this program: nobody else sees it, its coins are worth nothing.",
        "Use it to learn. For real coins, make a profile with a node of its own.",
    ),
    "chains.embedded-ethereum": (
        "This demonstration's Ethereum runs inside this program: nobody else sees it, its tokens are worth nothing.",
        "Use it to learn. For real assets, make a profile with a node of its own.",
    ),
    "chains.no-contract": (
        "There is no contract that answers at {address}.",
        "Check the registered address and that the node follows the registered chain.",
    ),
}
