"""Labels of a Safe's change of its own owners: at the vault's wizard."""

LABELS: dict[str, str] = {
    "owners.review-title": "Is this who shall own the Safe?",
    "owners.title": "Who owns the Safe {vault}",
    "owners.of": "Held for",
    "owners.safe": "Safe",
    "owners.stays": "stays",
    "owners.goes": "goes",
    "owners.comes": "comes",
    "owners.nobody": "An address that nobody registered",
    "owners.address": "Address of {name}",
    "owners.sign-same": "{before} of {owners} sign, then {after} of {then}",
    "owners.sign-unknown": "{before} of {owners} sign; what then cannot be read from the call",
    "owners.in-front": "Before the one who goes, in the Safe's own list",
    "owners.ordered-by": "Ordered by",
    "owners.order": "Order (event)",
    "owners.call": "The call",
    "owners.purpose": "Nothing is paid. The Safe calls itself and changes who owns it, or how many sign",
    "owners.statement-goes": "Goes: {who}",
    "owners.statement-comes": "Comes: {who}",
    "owners.statement-sign": "How many sign: {now}, then {then}",
    "owners.statement-in-front": "Stands before the one who goes: {who}",
}
