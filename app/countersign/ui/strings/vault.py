"""Labels of the vault's wizard."""

LABELS: dict[str, str] = {
    "vault.steps": "Step {number} of 4: {word}",
    "vault.step-take": "Scan or insert",
    "vault.step-review": "Verify and review",
    "vault.step-sign": "Sign",
    "vault.step-give": "Show or write",
    "vault.clock-step": "Before the first step: the clock",
    "vault.clock-title": "Is this machine's clock right?",
    "vault.clock-now": "This machine says",
    "vault.clock-compare": (
        "Compare it with a second source: a watch, a telephone, another machine. What you answer is "
        "recorded. If it is wrong, this machine cannot judge how old a request is, and refuses to sign."
    ),
    "vault.clock-yes": "Yes, it is right",
    "vault.clock-no": "No, or I cannot tell",
    "vault.clock-unconfirmed": "The clock is not confirmed. You can review, but this machine will refuse to sign.",
    "vault.take-title": "Take in the request",
    "vault.take-scan": "Scan codes",
    "vault.take-usb": "Insert a stick",
    "vault.review-title": "Is this what was agreed?",
    "vault.answered": (
        "This request has been answered before. The recorded answer is given again; nothing is signed anew."
    ),
    "vault.phrase": "Compare the phrase with the online machine",
    "vault.not-attested": "Not attested",
    "vault.not-attested-log": (
        "By QR code this machine cannot see whether the settlement was cancelled, disputed or frozen since."
    ),
    "vault.not-attested-safe": "It has no node, so it cannot see what the Safe is on its chain.",
    "vault.must-attest": "Two officers, neither of them you, must attest it.",
    "vault.or-by-usb": "Or it comes by USB.",
    "vault.attested-log": (
        "This machine does not prove it: both replayed the whole log and say that nothing cancelled, disputed "
        "or froze it."
    ),
    "vault.attested-safe": "Both read the Safe on nodes of their own; what they found stands in check E10.",
    "vault.sign-title": "Sign this request",
    "vault.take-locked": "Unlock the token first: it signs the answer",
    "vault.given": "Signed for {vaults}. The answer waits for what is still to be signed below, or is handed back as it is.",
    "vault.give-part": "Hand back as it is",
    "vault.give-part-tip": "Answer with what is signed; the rest is asked for again",
    "vault.give-title": "Hand the answer back",
    "vault.give-show": "Show codes",
    "vault.give-usb": "Write to a stick",
    "vault.go-sign": "Go on to sign",
    "vault.go-give": "Show the answer again",
    "vault.another": "Take in the next request",
    "vault.start-over": "Start over",
    "vault.refused": "Refused. The refusal is signed with your key; hand it back like a signature.",
    "vault.body": "The request",
    "vault.checks": "Every check, run on this machine",
}
