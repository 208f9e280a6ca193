"""What E10 says: the Safe as a node sees it, beside the Safe that is registered."""

_NONE = "Nothing to do."
_STOP = (
    "Do not sign. Ask the administrators who changed the Safe and when; if nobody of yours did, order a freeze. A wanted change "
    "is registered by them first."
)
_ATTEST = (
    "Ask two officers, neither of them you, to attest the settlement with what their nodes say now, and carry it again."
)
_DRIFT = "The Safe's {what} is not the registered one: expected {{expected}}, found {{found}}."


def _drift(what: str) -> tuple[str, str]:
    return _DRIFT.format(what=what), _STOP


SENTENCES: dict[str, tuple[str, str]] = {
    "E10.not-asked": (
        "No node was asked for the state of the Safe here. Before a signature it is.",
        _NONE,
    ),
    "E10.not-logged": (
        "Nobody attested the state of the Safe before the first share. What a signer's own node said then is not in the log.",
        _NONE,
    ),
    "E10.no-node": (
        "This console has no node that follows {chain}, so nobody knows what the Safe is now.",
        "Give this console a node of its own for that chain, then look again.",
    ),
    "E10.read": (
        "This console's own node read the Safe at block {number} ({block}), {age} s ago.",
        _NONE,
    ),
    "E10.attested": (
        "Attested, not proved here: {officers} read the Safe on their own nodes at block {number} ({block}) of {at}.",
        _NONE,
    ),
    "E10.not-attested": (
        "This machine has no node, and no two officers attest what the Safe is on its chain.",
        _ATTEST,
    ),
    "E10.old": (
        "What is known of the Safe is of block {number}, {age} s ago; at most {limit} s count.",
        "See that the node is in step with its chain, or have the Safe attested anew; then look again.",
    ),
    "E10.ahead": (
        "Block {number}, at which the Safe was read, lies {ahead} s ahead of this machine's time.",
        "Check the clock and the node before anything is signed.",
    ),
    "E10.other-chain": (
        "The Safe was looked for on another chain: expected {expected}, found {found}.",
        "Check which chain the node follows.",
    ),
    "E10.other-safe": (
        "What was read is another Safe: expected {expected}, found {found}.",
        "Do not sign. Have the registered Safe read and attested.",
    ),
    "E10.code": (
        "The Safe runs the released code of version {version}, at the registered singleton {singleton}.",
        _NONE,
    ),
    "E10.batch": (
        "The MultiSendCallOnly of version {version} that the batch runs stands on this chain with its released code.",
        _NONE,
    ),
    "E10.owned": (
        "The {owners} registered owners own the Safe and nobody else; {threshold} of them sign.",
        _NONE,
    ),
    "E10.alone": (
        "Nobody acts for the Safe beside its owners: no modules, no guards, and the fallback handler is the registered one.",
        _NONE,
    ),
    "E10.next": (
        "The Safe's next nonce is {nonce}, the one that is to be signed.",
        _NONE,
    ),
    "E10.singleton": _drift("singleton"),
    "E10.singleton-code": _drift("singleton's code"),
    "E10.proxy-code": _drift("own code"),
    "E10.version": _drift("version"),
    "E10.owners": (
        "The Safe's owners are not the registered ones: expected {expected}, found {found}.",
        _STOP,
    ),
    "E10.in-order": (
        "The call names who stands in front of the owner in the Safe's own list: it would succeed.",
        _NONE,
    ),
    "E10.order-unseen": (
        "The log says that transaction {transaction} changed the owners of {vault}; on its chain they are as before.",
        "Do not sign. Have operations look for it (`owners-observe {vault}`): what is in no block waits again.",
    ),
    "E10.threshold": _drift("threshold"),
    "E10.modules": (
        "Modules may act for the Safe without its owners: expected {expected}, found {found}.",
        _STOP,
    ),
    "E10.guard": (
        "A guard that nobody registered decides which transactions pass: expected {expected}, found {found}.",
        _STOP,
    ),
    "E10.module-guard": (
        "A guard that nobody registered decides which modules act: expected {expected}, found {found}.",
        _STOP,
    ),
    "E10.fallback-handler": _drift("fallback handler"),
    "E10.multi-send-code": (
        "The batch would count as executed and pay nobody: of MultiSendCallOnly's code expected {expected}, found {found}.",
        "Do not sign. Have the payments made one by one, or from a Safe of a release whose contracts stand on this chain.",
    ),
    "E10.handler": (
        "Through the Safe's fallback handler, registered as it is, others may act for it: expected {expected}, found {found}.",
        _STOP,
    ),
    "E10.nonce": (
        "The Safe's next nonce is another than the one to be signed: expected {expected}, found {found}.",
        "Do not sign. See which transaction used the nonce, or which earlier one still waits.",
    ),
}
